"""What stalls is told to whoever answers for it, with its day; what somebody said about it holds; nobody is compared.

Not here: silent phones (tests/server/test_signals.py).
"""

from datetime import timedelta

import pytest

from sync.signals import Raised, Signals, signals
from tests.centre import VISITED, Centre

CASE = {"category": "elderly", "opened_on": "2026-03-10", "presenting_problem": "独居，少出门", "worker": "li_min"}


def told(centre: Centre, person: str, rule: str) -> Signals:
    me = centre.phones[person].me()
    return next(one for one in signals(centre.store, centre.schema, me, centre.now) if one.rule == rule)


@pytest.fixture
def case(centre: Centre) -> str:
    home = centre.home()
    category = next(iter(centre.schema.vocabularies["case_category"].choices))
    values = {**CASE, "category": category, "household": home, "resident": centre.resident(home)}
    written = centre.zhou_hui.writes("case", values)
    centre.zhou_hui.meets_network()
    return written.record


def test_a_case_without_a_session_is_told_on_the_thirtieth_day_and_no_earlier(centre: Centre, case: str):
    centre.passes(days=29)
    assert told(centre, "zhou_hui", "case.still").items == []
    centre.passes(days=1)
    found = told(centre, "zhou_hui", "case.still")
    assert (found.open, found.answered) == (1, 0)
    assert [(one.subject, one.since, one.raised_on) for one in found.items] == [(case, "2026-03-10", "2026-04-09")]
    assert told(centre, "luo_wei", "case.still").open == 0


def test_a_session_lets_the_days_count_anew(centre: Centre, case: str):
    centre.passes(days=20)
    mode = next(iter(centre.schema.vocabularies["contact_mode"].choices))
    centre.zhou_hui.writes("case_progress", case=case, written_on="2026-03-30", mode=mode, content="通了电话")
    centre.zhou_hui.meets_network()
    centre.passes(days=29)
    assert told(centre, "zhou_hui", "case.still").open == 0
    centre.passes(days=1)
    assert told(centre, "zhou_hui", "case.still").items[0].since == "2026-03-30"


def test_a_follow_up_is_overdue_on_the_day_after_and_a_later_visit_ends_it(centre: Centre):
    home = centre.home()
    visit = centre.visit(home, **{**VISITED, "condition": "follow_up"}, follow_up_on="2026-03-17")
    centre.passes(days=7)
    assert told(centre, "zhou_hui", "home_visit.follow_up").open == 0
    centre.passes(days=1)
    assert [one.subject for one in told(centre, "zhou_hui", "home_visit.follow_up").items] == [visit]
    centre.visit(home, **{**VISITED, "visited_on": "2026-03-18"})
    assert told(centre, "zhou_hui", "home_visit.follow_up").open == 0


def test_a_review_older_than_three_days_is_told_to_its_reviewer_and_to_who_looks_on(centre: Centre):
    visit = centre.visit(centre.home(), **VISITED)
    centre.passes(days=2, hours=13)
    assert told(centre, "zhou_hui", "review.old").open == 0
    centre.passes(days=1)
    for person in ("zhou_hui", "wu_jianguo"):
        assert [one.subject for one in told(centre, person, "review.old").items] == [visit]
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "approve")
    assert told(centre, "zhou_hui", "review.old").open == 0


def test_what_was_said_holds_until_its_day_and_for_this_time_only(centre: Centre, case: str):
    centre.passes(days=30)
    said = {"team": "heping_1", "rule": "case.still", "subject": case, "reason": "住院了"}
    centre.zhou_hui.writes("signal_note", {**said, "until": (centre.today + timedelta(days=7)).isoformat()})
    centre.zhou_hui.meets_network()
    found = told(centre, "wu_jianguo" if told_of(centre, "wu_jianguo", "case.still") else "zhou_hui", "case.still")
    assert (found.open, found.answered, found.items[0].note.by_name) == (0, 1, "周慧")
    centre.passes(days=8)
    assert told(centre, "zhou_hui", "case.still").open == 1
    centre.zhou_hui.writes("signal_note", {**said, "reason": "知道了，下周去"})
    centre.zhou_hui.meets_network()
    assert told(centre, "zhou_hui", "case.still").open == 0
    # After a session it may stall once more; what was said was about the time before.
    mode = next(iter(centre.schema.vocabularies["contact_mode"].choices))
    on = centre.today.isoformat()
    centre.zhou_hui.writes("case_progress", case=case, written_on=on, mode=mode, content="去过了")
    centre.zhou_hui.meets_network()
    centre.passes(days=30)
    assert told(centre, "zhou_hui", "case.still").open == 1


def told_of(centre: Centre, person: str, rule: str) -> int:
    found = told(centre, person, rule)
    return found.open + found.answered


@pytest.mark.parametrize("person", ["li_min", "huang_li"])
def test_who_works_with_a_phone_is_told_nothing(centre: Centre, case: str, person: str):
    centre.passes(days=40)
    assert signals(centre.store, centre.schema, centre.phones[person].me(), centre.now) == []
    centre.phones[person].writes("signal_note", rule="case.still", subject=case, reason="先放放")
    ((_, answer, *_),) = centre.phones[person].meets_network()
    assert answer == "held"


def test_a_signal_names_what_it_is_about_and_when_and_no_figure_of_a_person():
    assert set(Raised.__dataclass_fields__) == {
        *("subject", "kind", "title_zh", "title_en", "team", "since", "raised_on", "note"),
    }
