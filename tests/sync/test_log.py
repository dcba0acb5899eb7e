"""The log keeps everything that was received, in order, and shows when somebody has changed it."""

import json

import pytest

from sync import log
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
    with pytest.raises(Exception, match=r"append-only|permission denied for table log"):
        centre.store.execute(change)


@pytest.mark.of_sqlite  # whoever can write the file; whoever owns a PostgreSQL is tried in test_postgres.py
@pytest.mark.parametrize(
    ("change", "position"),
    [
        ("UPDATE log SET body = forged(body) WHERE position = 3", 3),
        ("UPDATE log SET body = X'28B52FFD00' WHERE position = 3", 3),
        ("UPDATE log SET body = X'FFFE' WHERE position = 3", 3),
        ("UPDATE log SET person = 'li_min' WHERE position = 2", 2),
        ("UPDATE log SET facts = '[]' WHERE position = 1", 1),
        ("DELETE FROM log WHERE position = 2", 2),
        ("DELETE FROM log WHERE position >= 4", 4),
    ],
)
def test_a_log_changed_behind_the_stores_back_is_found_at_the_first_wrong_entry(centre, written, change, position):
    centre.store.execute("DROP TRIGGER log_is_never_changed")
    centre.store.execute("DROP TRIGGER log_is_never_shortened")
    if "forged" in change:
        body = json.dumps({**written.save, "set": {"weather": "snow"}}).encode()
        centre.store.execute(change.replace("forged(body)", "?"), (centre.store.compressed(body),))
    else:
        centre.store.execute(change)
    found = check_log(centre.store)
    assert isinstance(found, LogBroken)
    assert found.position == position


def unlocked(store):
    """A store whose log can be changed by whoever can write its file."""
    store.execute("DROP TRIGGER log_is_never_changed")
    store.execute("DROP TRIGGER log_is_never_shortened")
    return store


def rechained(store) -> None:
    """Write the whole log again, as somebody would who knows how the chain is made."""
    before = log.FIRST_HASH
    rows = store.rows(f"SELECT {log._READ} FROM log ORDER BY position")  # noqa: S608
    for row in rows:
        before = log._chained(before, log._as_chained(store, row))
        store.execute("UPDATE log SET hash = ? WHERE position = ?", (before, row[0]))
    store.execute("UPDATE counter SET value = ? WHERE name = 'log'", (len(rows),))


@pytest.fixture
def exported(centre):
    """A log of six entries and its head."""
    for number in range(6):
        centre.home(room=str(number))
    return check_log(centre.store)


def test_a_log_that_grew_still_passes_through_its_exported_head(centre, exported):
    centre.home(room="99")
    found = check_log(centre.store, exported)
    assert isinstance(found, LogHead) and found.entries == 7


@pytest.mark.of_sqlite
def test_a_tail_cut_with_its_counter_is_found_by_the_exported_head_alone(centre, exported):
    unlocked(centre.store).execute("DELETE FROM log WHERE position > 4")
    centre.store.execute("UPDATE counter SET value = 4 WHERE name = 'log'")
    assert isinstance(check_log(centre.store), LogHead), "nothing in the file tells"
    found = check_log(centre.store, exported)
    assert isinstance(found, LogBroken) and found.position == 5 and "knows 6" in found.reason


@pytest.mark.of_sqlite
def test_a_tail_cut_and_chained_anew_is_found_by_the_exported_head_alone(centre, exported):
    unlocked(centre.store).execute("DELETE FROM log WHERE position = 6")
    centre.store.execute("UPDATE counter SET value = 5 WHERE name = 'log'")
    # Pushed only: whoever pulled before would show the server that it misses an entry.
    centre.zhou_hui.writes("household", estate="和平里", building="3", unit="2", room="7", team="heping_1")
    centre.zhou_hui.pushes()
    assert isinstance(check_log(centre.store), LogHead)
    found = check_log(centre.store, exported)
    assert isinstance(found, LogBroken) and found.position == 6 and "written anew" in found.reason


@pytest.mark.of_sqlite
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log SET person = 'li_min' WHERE position = 3",
        # Two entries change places.
        "UPDATE log SET position = CASE position WHEN 103 THEN 4 WHEN 104 THEN 3 END WHERE position > 100",
        # An entry is put between, and those behind it move on.
        "INSERT INTO log SELECT 3, entry, id || 'x', record, client, person, device, received_at, status, revision,"
        " problem, facts, body, signature, key, hash FROM log WHERE position = 2",
    ],
)
def test_an_edit_an_insertion_and_a_swap_are_found_even_when_chained_anew(centre, exported, change):
    unlocked(centre.store)
    if "CASE" in change:
        centre.store.execute("UPDATE log SET position = position + 100 WHERE position IN (3, 4)")
    if "INSERT" in change:
        centre.store.execute("UPDATE log SET position = -position WHERE position >= 3")
        centre.store.execute("UPDATE log SET position = 1 - position WHERE position < 0")
    centre.store.execute(change)
    found = check_log(centre.store)
    assert isinstance(found, LogBroken) and found.position == 3, "the chain itself breaks there"
    rechained(centre.store)
    assert isinstance(check_log(centre.store), LogHead), "a whole new chain convinces nobody but itself"
    assert isinstance(check_log(centre.store, exported), LogBroken)
