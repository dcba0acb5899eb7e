"""A push that asks and writes for all its saves at once does what it would do for each of them alone."""

from typing import Any

from sync.materialise import rebuild
from sync.push import push
from sync.store.layout import DERIVED_TABLES
from sync.tables import quoted
from tests.centre import VISITED, Centre, Written, held, told
from tests.faults.statements import watch

KEPT = ("log", "counter")


def test_a_push_of_many_new_visits_sends_no_more_statements_than_one_of_few(centre):
    home = centre.home()
    days = iter(range(1, 101))
    for count in (10, 90):
        for _ in range(count):
            centre.li_min.writes(
                "home_visit", VISITED, household=home, assigned_to="li_min", visited_on=f"2025-{day_of(next(days))}"
            )
    sent: list[str] = []
    stop = watch(centre.store, lambda sql, rows: sent.append(sql))
    waiting = centre.li_min.outbox
    few = [told(receipt)[1] for receipt in centre.li_min.sends(waiting[:10])]
    few_statements = len(sent)
    many = [told(receipt)[1] for receipt in centre.li_min.sends(waiting[10:])]
    stop()
    assert few + many == ["accepted"] * 100
    assert len(sent) - few_statements == few_statements < 30
    assert rebuild(centre.store, centre.schema) == []


def test_a_visit_finds_its_home_in_the_same_push(centre):
    home = centre.zhou_hui.writes("household", estate="和平里", building="1", unit="2", room="101", team="heping_2")
    visit = centre.zhou_hui.writes("home_visit", household=home.record, assigned_to="he_fang")
    assert centre.zhou_hui.pushes() == [(home.id, "accepted"), (visit.id, "accepted")]
    centre.he_fang.pulls()
    assert centre.he_fang.sees(visit).standing["team"] == "heping_2"


def test_a_visit_goes_where_its_home_was_moved_earlier_in_the_same_push(centre):
    home = centre.home("heping_1")
    centre.zhou_hui.pulls()
    early = centre.zhou_hui.writes("home_visit", household=home, assigned_to="li_min", planned_on="2026-03-11")
    moved = centre.zhou_hui.changes(home, team="heping_2")
    late = centre.zhou_hui.writes("home_visit", household=home, assigned_to="he_fang", planned_on="2026-03-12")
    assert centre.zhou_hui.pushes() == [(one.id, "accepted") for one in (early, moved, late)]
    centre.zhou_hui.pulls()
    assert [centre.zhou_hui.sees(visit).standing["team"] for visit in (early, late)] == ["heping_2"] * 2


def test_whoever_moved_away_with_a_home_is_out_of_sight_later_in_the_same_push(centre):
    home, near = centre.home("heping_1"), centre.home("heping_2")
    resident = centre.resident(home)
    centre.zhou_hui.pulls()
    moved = centre.zhou_hui.changes(home, team="heping_3")
    visit = centre.zhou_hui.writes("home_visit", household=near, resident=resident, assigned_to="he_fang")
    assert centre.zhou_hui.pushes() == [(moved.id, "accepted"), held(visit, "out_of_scope", "resident")]


def test_two_visits_of_one_push_on_the_same_day_are_a_possible_double(centre):
    home = centre.home()
    one, other = (centre.li_min.writes("home_visit", VISITED, household=home, assigned_to="li_min") for _ in range(2))
    centre.li_min.meets_network()
    assert [centre.li_min.sees(visit).standing["duplicates"] for visit in (one, other)] == [
        [other.record],
        [one.record],
    ]


def test_a_visit_whose_day_was_changed_earlier_in_the_same_push_is_a_possible_double(centre):
    home = centre.home()
    first = centre.visit(home, **{**VISITED, "visited_on": "2026-03-09"})
    centre.li_min.pulls()
    centre.li_min.changes(first, visited_on="2026-03-10")
    second = centre.li_min.writes("home_visit", VISITED, household=home, assigned_to="li_min")
    centre.li_min.meets_network()
    assert centre.li_min.sees(second).standing["duplicates"] == [first]


def test_an_id_and_a_client_number_are_known_within_the_push_that_brings_them(centre):
    home = centre.home()
    first = centre.li_min.writes("home_visit", household=home, assigned_to="li_min")
    reused = centre.li_min.seals(
        first.record, "home_visit", {"observation": "x"}, 0, {}, client=first.save["client"], scopes=[]
    )
    receipts = centre.li_min.sends([first, first, reused])
    assert receipts[0] == receipts[1]
    assert told(receipts[2]) == held(reused, "client_reused")


def test_what_is_named_by_a_text_that_nothing_can_be_called_is_held_at_its_field(centre):
    written = centre.li_min.writes("home_visit", household="\x00", assigned_to="li_min")
    assert centre.li_min.pushes() == [held(written, "wrong_type", "household")]


def test_one_push_and_many_pushes_of_the_same_saves_leave_the_same_log_and_tables():
    together, alone = Centre(), Centre()
    saves = {person: a_day_of(together, person) for person in ("zhou_hui", "li_min")}
    for person, written in saves.items():
        asking = together.phones[person].me()
        answers = push(together.store, together.schema, asking, written, together.now)
        single = [receipt for save in written for receipt in push(alone.store, alone.schema, asking, [save], alone.now)]
        assert answers == single
    assert {receipt.status for receipt in answers} == {"accepted", "held", "retry"}
    assert everything(together) == everything(alone)
    assert rebuild(together.store, together.schema) == []


def a_day_of(centre: Centre, person: str) -> list[dict[str, Any]]:
    """The saves of one person on one day, with everything in it that can concern another save of the same push."""
    phone, other = centre.phones[person], centre.phones["he_fang"]
    home = phone.writes("household", estate="和平里", building="1", unit="2", room="101", team="heping_1")
    resident = phone.writes("resident", name="王秀兰", household=home.record)
    visits = [
        phone.writes(
            "home_visit",
            {**VISITED, "visited_on": f"2026-03-{day:02d}", "services.greeting": True, "observation": "精神不错"},
            household=home.record,
            assigned_to="li_min",
        )
        for day in (1, 2, 2, 3, 3, 11)
    ]
    edited = phone.changes(visits[0], observation="说话清楚")
    follows = phone.changes(visits[-1], observation="在一起的")
    again = phone.changes(visits[0], {"remarks.row00001": {"text": "一早去的"}}, observation="好")
    moved = phone.changes(home, team="heping_2")
    after = phone.writes("home_visit", VISITED, household=home.record, assigned_to="he_fang")
    lost = phone.writes("home_visit", VISITED, household=centre.new_id(), assigned_to="li_min")
    not_theirs = Written({**other.writes("home_visit", household=home.record, assigned_to="he_fang").save})
    written = [home, resident, *visits, edited, follows, visits[1], again, moved, after, lost, not_theirs]
    return [one.save for one in written]


def everything(centre: Centre) -> dict[str, list[Any]]:
    names = [*KEPT, *DERIVED_TABLES, *centre.schema.kinds]
    return {name: centre.store.rows(f"SELECT * FROM {quoted(name)} ORDER BY 1, 2") for name in names}  # noqa: S608


def day_of(number: int) -> str:
    """A day of a year by its number, as `03-09`."""
    return f"{1 + (number - 1) // 28:02d}-{1 + (number - 1) % 28:02d}"
