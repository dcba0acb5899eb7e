"""What the centre acknowledges: papers that only the centre makes, steps that nobody takes about themself, and what a
volunteer learns of what is written about them.

Not here: the boundaries of single fields (schema/records/*.examples.toml), and papers (server/test_papers.py).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schema.model import Problem
from server.recognition.papers import Maker, open_assessment
from server.register_plan import new_id
from sync import recognition
from sync.recognition import Due
from tests.centre import Centre
from tests.sync.test_volunteers import Station

ASSESSED = {
    **{"volunteer": "huang_li", "period": "half_year", "from_on": "2025-09-01", "to_on": "2026-02-28"},
    **{"certified_hours": 46, "trainings": 1, "conduct": 0},
}
PAPER = {
    **{"volunteer": "huang_li", "paper": "certified_proof", "number": "0" * 16, "issuer": "自己", "minutes": 6000},
    **{"from_on": "2026-01-01", "to_on": "2026-03-10", "issued_on": "2026-03-10", "entries": 1, "digest": "0" * 64},
}
MATTER = {"volunteer": "huang_li", "rule": "on_time", "happened_on": "2026-03-09", "facts": "晚到了一个钟头"}


@pytest.mark.parametrize(("person", "kind", "values"), [("huang_li", "hour_certificate", PAPER)])
def test_no_hand_writes_a_paper_about_hours(centre: Centre, person, kind, values):
    phone = centre.phones[person]
    phone.writes(kind, values)
    ((_, status, code, _),) = phone.meets_network()
    assert (status, code) == ("held", "made_by_centre")
    phone.held.clear()


def test_nobody_takes_a_step_about_themself(centre: Centre):
    centre.sets_roles("chen_jing", ("volunteer_coordinator", None), ("volunteer", None))
    matter = centre.chen_jing.writes("conduct_event", {**MATTER, "volunteer": "chen_jing"})
    centre.chen_jing.meets_network()
    centre.chen_jing.changes(matter.record, state="checked", findings="没有的事")
    ((_, status, code, field),) = centre.chen_jing.meets_network()
    assert (status, code, field) == ("held", "own_step", "state")
    centre.chen_jing.held.clear()


def test_what_was_said_about_a_volunteer_reaches_no_volunteer(centre: Centre):
    matter = centre.chen_jing.writes("conduct_event", {**MATTER, "reporter": "五楼王奶奶"})
    centre.chen_jing.meets_network()
    for name in ("huang_li", "deng_jie"):
        centre.phones[name].pulls()
        assert centre.phones[name].sees(matter.record) is None


def test_a_decision_on_conduct_is_told_to_whom_it_concerns_who_answers_and_changes_nothing_else(centre: Centre):
    matter = centre.chen_jing.writes("conduct_event", MATTER)
    told = centre.chen_jing.writes(
        "conduct_decision",
        {
            **{"matter": matter.record, "volunteer": "huang_li", "rule": "on_time", "outcome": "warning"},
            **{"words": "来不了先打个电话。", "told_on": "2026-03-10"},
        },
    )
    centre.chen_jing.meets_network()
    centre.huang_li.pulls()
    centre.deng_jie.pulls()
    assert centre.huang_li.sees(told.record).words == "来不了先打个电话。"
    assert centre.deng_jie.sees(told.record) is None

    centre.huang_li.changes(told.record, state="answered", answer="那天公交停了")
    assert [answer[1] for answer in centre.huang_li.meets_network()] == ["accepted"]
    centre.huang_li.changes(told.record, outcome="unfounded")
    ((_, status, code, field),) = centre.huang_li.meets_network()
    assert (status, code, field) == ("held", "field_not_permitted", "outcome")
    centre.huang_li.held.clear()


def test_a_half_year_from_admission_is_due_once_and_read_by_the_volunteer_when_she_is_told(centre: Centre):
    Station(centre).serves()
    chen_jing, huang_li, last = centre.chen_jing, centre.huang_li, "2026-09-05"
    centre.now = datetime(2026, 9, 5, 3, tzinfo=UTC)
    assert recognition.due_on(centre.store, centre.schema, "heping", centre.today) == []
    centre.passes(days=1)
    half = Due("huang_li", "half_year", "2026-03-06", last)
    assert recognition.due_on(centre.store, centre.schema, "heping", centre.today) == [half]
    maker = Maker(chen_jing.me(), centre.now, centre.random.randbytes, new_id)
    record = open_assessment(centre.store, centre.schema, maker, "huang_li", "half_year", last)
    assert isinstance(record, str)
    assert recognition.due_on(centre.store, centre.schema, "heping", centre.today) == []
    again = open_assessment(centre.store, centre.schema, maker, "huang_li", "half_year", last)
    assert again == Problem("assessment_not_due")
    own = Maker(huang_li.me(), centre.now, centre.random.randbytes, new_id)
    assert open_assessment(centre.store, centre.schema, own, "huang_li", "half_year", last) == Problem("own_step")

    chen_jing.pulls()
    assert chen_jing.sees(record).trainings == 1
    said = {
        "client_feedback.a1b2c3d4": {"said_on": "2026-09-01", "satisfied": 5},
        "staff_evaluations.b1b2c3d4": {"by": "li_min", "words": "配合得好"},
    }
    for step in (
        {"state": "collecting"},
        {"state": "scored", "training_ok": True, "proposed_result": "pass", **said},
    ):
        chen_jing.changes(record, step)
        assert [answer[1] for answer in chen_jing.meets_network()] == ["accepted"]
    chen_jing.changes(record, {"state": "decided", "because": "都来了"})
    assert chen_jing.meets_network()[0][1:3] == ("held", "field_not_permitted")
    chen_jing.held.clear()
    huang_li.pulls()
    assert huang_li.sees(record) is None


def test_by_halves_of_the_year_whoever_came_within_one_is_assessed_by_what_is_left(centre: Centre):
    Station(centre).serves()
    centre.sets_roles("chen_jing", ("volunteer_coordinator", None), ("director", None))
    setting = {"effective_on": "2026-06-01", "counts_from": "halves"}
    centre.chen_jing.writes("assessment_setting", setting)
    assert [answer[1] for answer in centre.chen_jing.meets_network()] == ["accepted"]
    centre.now = datetime(2026, 7, 1, 3, tzinfo=UTC)
    due = recognition.due_on(centre.store, centre.schema, "heping", centre.today)
    assert due == [Due("huang_li", "half_year", "2026-03-06", "2026-06-30")]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2026-08-31", 6, "2027-02-28"), ("2026-03-06", 6, "2026-09-06"), ("2026-12-01", 12, "2027-12-01")],
)
def test_so_many_months_later_is_the_same_day_or_the_last_of_its_month(day: str, months: int, later: str):
    assert recognition.months_later(date.fromisoformat(day), months) == date.fromisoformat(later)
