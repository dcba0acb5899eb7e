"""What the centre acknowledges: papers that only the centre makes, steps that nobody takes about themself, and what a
volunteer learns of what is written about them.

Not here: the boundaries of single fields (schema/records/*.examples.toml), and papers (server/test_papers.py).
"""

from __future__ import annotations

import pytest

from tests.centre import Centre

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
