"""What is asked about hours: two numbers by whatever they are added up, the entries behind each, and each for who may.

Not here: counting (tests/sync/test_hours.py), and the desk that certifies.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.http_world import HttpWorld, Phone

TOTALS = (
    "query t($by: String!, $where: HourFilter) { hour_totals(by: $by, where: $where)"
    " { certified waiting entries items { key certified waiting entries } } }"
)
LINES = (
    "query l($where: HourFilter, $first: Int!, $after: String)"
    " { hour_lines(where: $where, first: $first, after: $after)"
    " { total next items { record volunteer worked_on minutes_written minutes_counted state } } }"
)
APPROVE = "mutation d($decisions: [DecisionInput!]!) { decide(decisions: $decisions) { problem { code } } }"


def wrote(phone: Phone, on: str, project: str | None = None, ended_at: str = "11:00") -> str:
    values = {
        **{"volunteer": phone.person, "activity": "陪老人散步", "worked_on": on, "provenance": "signed"},
        **{"started_at": "09:00", "ended_at": ended_at, **({"project": project} if project else {})},
    }
    return phone.writes("hour_entry", values)


@pytest.fixture
def served(world: HttpWorld) -> dict[str, str]:
    """Three entries of Huang Li and one of Deng Jie; the first is certified."""
    huang_li, deng_jie = world.signs_in("huang_li"), world.signs_in("deng_jie")
    found = {
        "first": wrote(huang_li, "2026-10-03", "敬老"),
        "second": wrote(huang_li, "2026-11-02", "敬老", "10:30"),
        "third": wrote(huang_li, "2026-11-03", None, "09:45"),
        "of_deng_jie": wrote(deng_jie, "2026-11-03", "图书角"),
    }
    chen_jing = world.signs_in("chen_jing")
    seen = chen_jing.finds(f'{{ record_detail(record: "{found["first"]}") {{ revision }} }}')["record_detail"]
    decision = {"id": world.new_id(), "record": found["first"], "revision": seen["revision"], "verdict": "approve"}
    assert chen_jing.finds(APPROVE, decisions=[decision])["decide"] == [{"problem": None}]
    return found


def keys(found: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {item["key"]: (item["certified"], item["waiting"], item["entries"]) for item in found["items"]}


def test_a_coordinator_is_told_two_numbers_by_whatever_is_asked(world, served):
    chen_jing = world.signs_in("chen_jing")

    def asks(by: str, **where: Any) -> dict[str, Any]:
        return chen_jing.finds(TOTALS, by=by, where=where or None)["hour_totals"]

    assert keys(asks("volunteer")) == {"huang_li": (120, 135, 3), "deng_jie": (0, 120, 1)}
    assert keys(asks("month")) == {"2026-10": (120, 0, 1), "2026-11": (0, 255, 3)}
    assert keys(asks("project")) == {"": (0, 45, 1), "敬老": (120, 90, 2), "图书角": (0, 120, 1)}
    assert keys(asks("month+project", month="2026-11")) == {
        "2026-11+": (0, 45, 1),
        "2026-11+敬老": (0, 90, 1),
        "2026-11+图书角": (0, 120, 1),
    }
    for by in ("volunteer", "month", "project", "all"):
        whole = asks(by)
        parts = keys(whole).values()
        assert [sum(part) for part in zip(*parts, strict=True)] == [120, 255, 4]
        assert (whole["certified"], whole["waiting"], whole["entries"]) == (120, 255, 4)


def test_the_entries_behind_a_total_come_page_by_page_and_add_up_to_it(world, served):
    chen_jing = world.signs_in("chen_jing")
    found, after = [], None
    for _ in range(4):
        page = chen_jing.finds(LINES, where={"volunteer": "huang_li"}, first=2, after=after)["hour_lines"]
        assert page["total"] == 3
        found += page["items"]
        after = page["next"]
        if after is None:
            break
    assert [one["record"] for one in found] == [served["first"], served["second"], served["third"]]
    assert sum(one["minutes_counted"] for one in found if one["state"] == "waiting") == 135


def test_a_volunteer_is_told_her_own_and_others_nothing(world, served):
    huang_li = world.signs_in("huang_li")
    assert keys(huang_li.finds(TOTALS, by="volunteer", where=None)["hour_totals"]) == {"huang_li": (120, 135, 3)}
    assert huang_li.finds(LINES, where={"volunteer": "deng_jie"}, first=50, after=None)["hour_lines"]["total"] == 0
    assert keys(world.signs_in("li_min").finds(TOTALS, by="all", where=None)["hour_totals"]) == {}
    assert world.signs_in("ma_li").finds(LINES, where=None, first=50, after=None)["hour_lines"]["items"] == []
    assert len(world.signs_in("wu_jianguo").finds(LINES, where=None, first=50, after=None)["hour_lines"]["items"]) == 4


@pytest.mark.parametrize(
    ("question", "variables"),
    [
        (TOTALS, {"by": "team", "where": None}),
        (TOTALS, {"by": "all", "where": {"month": "2026-13"}}),
        (LINES, {"where": {"from_on": "2026-02-30"}, "first": 50}),
        (LINES, {"where": {"state": "approved"}, "first": 50}),
        (LINES, {"where": None, "first": 201}),
        (LINES, {"where": None, "first": 0}),
    ],
)
def test_what_nothing_can_be_asked_by_is_refused_by_its_name(world, question, variables):
    answer = world.signs_in("chen_jing").asks(question, variables).json()
    assert "query_refused" in str(answer["errors"])


DIFFERENCES = (
    "volunteer device_name told_at phone centre certified is_equal"
    " differences { record worked_on activity code phone written centre certified problem sentence other }"
)
TELL = f"mutation t($entries: [HoursTold!]!) {{ tell_hours(entries: $entries) {{ {DIFFERENCES} }} }}"
COMPARE = f"query c($volunteer: ID!) {{ hour_comparisons(volunteer: $volunteer) {{ {DIFFERENCES} }} }}"


def test_a_phone_says_what_it_counts_and_the_coordinator_reads_it(world, served):
    told = {"record": served["first"], "worked_on": "2026-10-03", "minutes": 120, "mark": "reviewed"}
    answer = world.signs_in("huang_li").finds(TELL, entries=[told])["tell_hours"]
    assert (answer["phone"], answer["centre"], answer["certified"], answer["is_equal"]) == (120, 255, 120, False)
    assert [one["code"] for one in answer["differences"]] == ["not_on_phone", "not_on_phone"]
    (read,) = world.signs_in("chen_jing").finds(COMPARE, volunteer="huang_li")["hour_comparisons"]
    assert read == answer
    assert world.signs_in("huang_li").finds(COMPARE, volunteer="huang_li")["hour_comparisons"]
    for stranger in ("deng_jie", "li_min", "ma_li"):
        assert "not_allowed" in world.signs_in(stranger).asks(COMPARE, {"volunteer": "huang_li"}).text


@pytest.mark.parametrize(
    "wrong", [{"minutes": 1441}, {"minutes": -1}, {"mark": "lost"}, {"record": "a b"}, {"worked_on": "2026-10-033"}]
)
def test_a_word_of_a_phone_that_is_none_is_refused(world, wrong):
    told = {"record": "r1", "worked_on": "2026-10-03", "minutes": 120, "mark": "sent", **wrong}
    assert "query_refused" in world.signs_in("huang_li").asks(TELL, {"entries": [told]}).text
