"""What is due by its class of retention, on both sides of the day on which its years are over.

Not here: that every kind has a class (tests/schema/test_declarations.py), and the command (tests/server).
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from schema.model import Problem, Schema
from sync.destructions import propose
from sync.holds import (
    REASON_CHARACTERS_MAX,
    REASON_CHARACTERS_MIN,
    Hold,
    holds,
    lift_hold,
    set_hold,
    under_hold,
)
from sync.kept_back import kept_back
from sync.retention import due
from sync.store.store import Store
from tests.centre import VISITED, Centre
from tests.sync.test_push import start_case, start_shift

CLOSED = {"closed_on": "2026-03-10", "close_reason": "goals_met", "outcome_summary": "好了"}


def named(store: Store, schema: Schema, *day: int) -> dict[str, tuple[str, ...]]:
    """Kind -> what is due of it at the centre on a day."""
    return {one.kind: one.records for one in due(store, schema, "heping", datetime(*day, 4, 0, tzinfo=UTC))}


@pytest.fixture
def kept(centre: Centre) -> tuple[Centre, dict[str, Any]]:
    home = centre.home()
    resident = centre.resident(home)
    visit = centre.visit(home, **VISITED)
    planned = centre.visit(home, planned_on="2026-03-12")
    hours = centre.hours()
    return centre, {"home": home, "resident": resident, "visit": visit, "planned": planned, "hours": hours}


def test_a_record_is_due_from_the_day_on_which_its_years_are_over(kept):
    centre, made = kept

    assert "home_visit" not in named(centre.store, centre.schema, 2031, 3, 9)
    assert named(centre.store, centre.schema, 2031, 3, 10)["home_visit"] == (made["visit"],)
    # Without a day of its visit, that of its plan counts; what is due longest stands first.
    assert named(centre.store, centre.schema, 2031, 3, 12)["home_visit"] == (made["visit"], made["planned"])


def test_what_has_no_such_day_yet_and_what_is_kept_for_ever_is_never_due(kept):
    centre, made = kept

    found = named(centre.store, centre.schema, 2099, 1, 1)

    assert "resident" not in found and "hour_entry" not in found
    assert found["household"] == (made["home"],)
    assert due(centre.store, centre.schema, "guanhu", datetime(2099, 1, 1, tzinfo=UTC)) == []


def test_a_shift_is_kept_as_long_as_the_hours_that_name_it(centre: Centre):
    shift, other = start_shift(centre), start_shift(centre)
    assert set(named(centre.store, centre.schema, 2031, 3, 10)["shift"]) == {shift, other}

    centre.hours(shift=shift)

    assert named(centre.store, centre.schema, 2099, 1, 1)["shift"] == (other,)


def test_the_notes_of_a_case_are_kept_until_its_own_years_are_over(centre: Centre):
    case = start_case(centre)
    note = centre.li_min.writes(
        "case_progress", {"case": case, "written_on": "2026-03-10", "mode": "visit", "content": "谈了回家的事"}
    )
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted"]
    assert "case_progress" not in named(centre.store, centre.schema, 2099, 1, 1)

    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(case, CLOSED)
    assert [answer[1] for answer in centre.zhou_hui.meets_network()] == ["accepted"]

    assert "case_progress" not in named(centre.store, centre.schema, 2036, 3, 9)
    found = named(centre.store, centre.schema, 2036, 3, 10)
    assert (found["case"], found["case_progress"]) == ((case,), (note.record,))


def test_the_last_day_of_a_leap_february_is_due_a_day_later(centre: Centre):
    centre.now = datetime(2028, 2, 29, 2, 0, tzinfo=UTC)
    visit = centre.visit(centre.home(), **{**VISITED, "visited_on": "2028-02-29"})

    assert "home_visit" not in named(centre.store, centre.schema, 2033, 2, 28)
    assert named(centre.store, centre.schema, 2033, 3, 1)["home_visit"] == (visit,)


def test_a_hold_keeps_a_record_with_all_that_names_it_until_it_is_lifted(kept):
    centre, made = kept
    store, schema, me, context = centre.store, centre.schema, centre.zhou_hui.me(), centre.zhou_hui.context
    everything = (made["home"], made["resident"], made["visit"], made["planned"])
    assert under_hold(store, schema) == set()
    hold = set_hold(store, schema, me, "h1", made["home"], "法院来函要求保留", centre.now, context)
    assert isinstance(hold, Hold)
    again = set_hold(store, schema, me, "h2", made["home"], "又来一封函", centre.now, context)
    assert again == hold, "it has its reason"
    assert under_hold(store, schema) == set(everything)
    assert set(kept_back(store, schema, everything).values()) == {"hold"}
    assert lift_hold(store, me, "h1", "", centre.now) == Problem(
        "needs_a_sentence", "reason", {"min": REASON_CHARACTERS_MIN, "max": REASON_CHARACTERS_MAX}
    )
    assert lift_hold(store, centre.ma_li.me(), "h1", "不归我管", centre.now) == Problem("not_found")
    me = centre.zhou_hui.me()
    assert isinstance(lift_hold(store, me, "h1", "案子结了", centre.now), Hold)
    assert lift_hold(store, me, "h1", "再解一次", centre.now) == Problem("not_found")
    assert [one.lifted_reason for one in holds(store, "heping")] == ["案子结了"]
    assert under_hold(store, schema) == set()
    # What stays keeps what it names: nobody asked about the resident and the planned visit.
    assert "hold" not in kept_back(store, schema, [made["home"], made["visit"]]).values()


def test_where_nothing_is_sealed_nothing_can_be_proposed(kept):
    centre, _ = kept
    sealing, centre.store.sealing = centre.store.sealing, None
    asked = propose(centre.store, centre.schema, centre.zhou_hui.me(), "d1", ["home_visit"], "年限已到", centre.now)
    centre.store.sealing = sealing
    assert asked == Problem("destroy_not_here")
