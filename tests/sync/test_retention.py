"""What is due by its class of retention, on both sides of the day on which its years are over.

Not here: that every kind has a class (tests/schema/test_declarations.py), and the command (tests/server).
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from schema.model import Schema
from sync.retention import due
from sync.store.store import Store
from tests.centre import VISITED, Centre
from tests.sync.test_push import start_case

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
