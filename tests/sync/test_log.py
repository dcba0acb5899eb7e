"""The log keeps everything that was received, in order, and shows when somebody has changed it."""

import json

import pytest

from sync.log import LogBroken, LogHead, check_log
from tests.centre import VISITED


@pytest.fixture
def written(centre):
    """A log with an accepted save, a held one, a decision and a refused decision."""
    visit = centre.visit(centre.home(), **VISITED)
    held = centre.zhou_hui.changes(visit, weather="rain")
    centre.zhou_hui.meets_network()
    centre.zhou_hui.decides(visit, "approve")
    centre.zhou_hui.decides(visit, "approve")
    return held


def test_a_held_save_is_kept_as_it_was_signed_with_its_reason(centre, written):
    entry = next(entry for entry in centre.log if entry.id == written.id)
    assert {**json.loads(entry.body), "signature": entry.signature} == written.save
    assert (entry.status, entry.problem.code, entry.person) == ("held", "unknown_field", "zhou_hui")


def test_saves_and_decisions_stand_in_one_order_also_those_refused(centre, written):
    assert [(entry.entry, entry.status) for entry in centre.log] == [
        ("save", "accepted"),
        ("save", "accepted"),
        ("save", "held"),
        ("decision", "accepted"),
        ("decision", "refused"),
    ]
    assert [entry.position for entry in centre.log] == [1, 2, 3, 4, 5]


def test_a_whole_log_has_a_head_that_moves_with_every_entry(centre, written):
    head = check_log(centre.store)
    assert isinstance(head, LogHead)
    assert (head.entries, len(head.hash)) == (5, 64)
    centre.home()
    assert check_log(centre.store).hash != head.hash


@pytest.mark.parametrize(
    "change", ["UPDATE log SET person = 'x' WHERE position = 2", "DELETE FROM log WHERE position = 5"]
)
def test_the_store_refuses_to_change_or_shorten_the_log(centre, written, change):
    with pytest.raises(Exception, match="append-only"):
        centre.store.execute(change)


@pytest.mark.parametrize(
    ("change", "position"),
    [
        ("UPDATE log SET body = replace(body, 'rain', 'snow') WHERE position = 3", 3),
        ("UPDATE log SET person = 'li_min' WHERE position = 2", 2),
        ("UPDATE log SET facts = '{}' WHERE position = 1", 1),
        ("DELETE FROM log WHERE position = 2", 2),
        ("DELETE FROM log WHERE position >= 4", 4),
    ],
)
def test_a_log_changed_behind_the_stores_back_is_found_at_the_first_wrong_entry(centre, written, change, position):
    centre.store.execute("DROP TRIGGER log_is_never_changed")
    centre.store.execute("DROP TRIGGER log_is_never_shortened")
    centre.store.execute(change)
    found = check_log(centre.store)
    assert isinstance(found, LogBroken)
    assert found.position == position
