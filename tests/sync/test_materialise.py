"""The tables follow from the log: what each row says, and that all of them can be dropped and made again."""

import pytest

from sync.document import claims_in
from sync.materialise import rebuild
from sync.packed import joined, packed_saves
from sync.record import record_of, values_of, write_record
from tests.centre import VISITED, Centre
from tests.sync.test_push import start_case


def row(centre: Centre, record: str) -> dict:
    return values_of(centre.store, record_of(centre.store, centre.schema, record).kind, record)


def test_a_record_has_a_row_with_its_displayed_values(centre):
    visit = centre.visit(centre.home())
    centre.zhou_hui.changes(visit, {**VISITED, "services.greeting": True, "remarks.row00001": {"text": "一早去的"}})
    centre.zhou_hui.meets_network()
    found = row(centre, visit)
    assert found["outcome"] == "met_person"
    assert found["services"] == {"greeting": True}
    assert found["remarks"] == {"row00001": {"text": "一早去的"}}
    assert "observation" not in found


def test_derived_minutes_are_in_the_row(centre):
    assert row(centre, centre.hours(break_minutes=30))["minutes"] == 120


def test_numbers_as_javascript_writes_them_are_kept_as_whole_numbers(centre):
    hours = centre.hours(break_minutes=10.0)
    assert row(centre, hours)["break_minutes"] == 10
    assert rebuild(centre.store, centre.schema) == []


def test_the_day_and_the_author_of_a_visit_are_those_of_who_went(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    centre.li_min.changes(visit, {**VISITED, "visited_on": "2026-03-09"})
    centre.li_min.meets_network()
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(visit, reason="routine")
    centre.zhou_hui.meets_network()
    found = record_of(centre.store, centre.schema, visit)
    assert (found.author, found.happened_on, found.created_by) == ("li_min", "2026-03-09", "zhou_hui")


def test_an_urgent_visit_is_marked(centre):
    calm, urgent = (
        centre.visit(centre.home(), **VISITED),
        centre.visit(centre.home(), **{**VISITED, "condition": "urgent"}),
    )
    assert [record_of(centre.store, centre.schema, name).urgent for name in (calm, urgent)] == [False, True]


@pytest.fixture
def busy(centre: Centre) -> Centre:
    """A store with something in every table."""
    case = start_case(centre)
    visit = centre.visit(centre.home(), **VISITED)
    centre.visit(centre.li_min.sees(case).household, **VISITED)
    centre.visit(centre.li_min.sees(case).household, **VISITED)
    doubles = centre.hours(), centre.hours(), centre.hours()
    for phone in (centre.li_min, centre.zhang_qiang, centre.chen_jing):
        phone.pulls()
    centre.zhou_hui.changes(case, next_step="转介")
    centre.li_min.changes(case, next_step="再访")
    # Written in an order of its own: the log keeps the columns of a row sorted, the claim must read the same.
    centre.li_min.changes(case, **{"goals.row00001": {"text": "按时吃药", "due_on": "2026-04-01"}})
    centre.li_min.changes(case, weather="rain")
    for phone in (centre.li_min, centre.zhou_hui):
        phone.meets_network()
    centre.zhou_hui.decides(visit, "return", "再补一句", "observation")
    centre.zhou_hui.decides(visit, "undo")
    centre.chen_jing.decides(doubles[0], "approve")
    centre.chen_jing.says_of_double(doubles[0], doubles[1], "same")
    centre.zhou_hui.changes(centre.li_min.sees(case).household, team="heping_2")
    centre.zhou_hui.meets_network()
    return centre


def test_every_derived_table_comes_back_the_same(busy):
    for table in ("record", "conflict", "settled_duplicate", "feed", "held"):
        assert busy.store.value(f"SELECT count(*) FROM {table}") > 0, table  # noqa: S608
    assert rebuild(busy.store, busy.schema) == []
    assert rebuild(busy.store, busy.schema) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE home_visit SET outcome = 'no_answer' WHERE outcome IS NOT NULL", "home_visit {visit}: outcome"),
        ("UPDATE record SET team = 'heping_3' WHERE kind = 'home_visit'", "record {visit}: team"),
        ("DELETE FROM feed WHERE record = '{visit}'", "feed team:heping_1:supervisor/{visit}: was not there"),
        ("INSERT INTO conflict VALUES ('x', 'y')", "conflict x/y: should not be there"),
    ],
)
def test_a_table_that_does_not_follow_the_log_is_told_and_mended_without_naming_values(centre, change, told):
    visit = centre.visit(centre.home(), **VISITED)
    centre.store.execute(change.format(visit=visit))
    differences = rebuild(centre.store, centre.schema)
    assert differences
    assert told is None or told.format(visit=visit) in differences
    assert not any("no_answer" in difference or "met_person" in difference for difference in differences)
    assert rebuild(centre.store, centre.schema) == []
    assert row(centre, visit)["outcome"] == "met_person"


@pytest.mark.parametrize("lost", ["a claim", "the document"])
def test_a_record_that_lost_what_the_log_says_is_told_and_mended(centre, lost):
    visit = centre.visit(centre.home(), **VISITED)
    found = record_of(centre.store, centre.schema, visit)
    claims = found.claims[:-1] if lost == "a claim" else found.claims
    state = b"\0\0" if lost == "the document" else found.state
    found.content = centre.store.compressed(joined(packed_saves(claims), state))
    write_record(centre.store, found)
    assert rebuild(centre.store, centre.schema) == [f"record {visit}: content"]
    mended = record_of(centre.store, centre.schema, visit)
    assert len(mended.claims) == len(claims_in(mended.state)) == len(found.claims)
    assert rebuild(centre.store, centre.schema) == []


def test_phones_go_on_after_a_rebuild(busy):
    before = busy.store.value("SELECT value FROM counter WHERE name = 'revision'")
    rebuild(busy.store, busy.schema)
    assert busy.store.value("SELECT value FROM counter WHERE name = 'revision'") == before
    page = busy.zhou_hui.asks()
    assert (page.rows, page.more) == ((), False)
    home = busy.home(room="909")
    busy.zhou_hui.pulls()
    assert busy.zhou_hui.sees(home).room == "909"


def test_a_held_save_is_dealt_with_when_its_author_has_written_the_same_again(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    held = centre.li_min.changes(visit, {**VISITED, "visited_on": "2026-03-11"})
    centre.li_min.meets_network()
    is_open = "SELECT open FROM held WHERE save = ?"
    centre.li_min.changes(visit, observation="别的事")
    centre.li_min.meets_network()
    assert centre.store.value(is_open, (held.id,)) == 1
    centre.li_min.changes(visit, VISITED)
    centre.li_min.meets_network()
    assert centre.store.value(is_open, (held.id,)) == 0
