"""What was refused is decided by a supervisor, and whoever wrote it reads on the phone how."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from e2e.centre import today
from e2e.conftest import Opens
from e2e.people import Person

DECIDE = """mutation decide($decisions: [DecisionInput!]!) {
  decide(decisions: $decisions) { standing problem { code } } }"""
DETAIL = "query detail($record: ID!) { record_detail(record: $record) { revision } }"
BY_LATER = "便民服务日，多留了半小时收桌椅"


def waiting_hours(huang_li: Person) -> list[str]:
    return [
        row["record"]
        for row in huang_li.stored("view")
        if row["kind"] == "hour_entry" and (row["standing"].get("review") or {}).get("state") == "waiting"
    ]


def certified_while_she_writes(huang_li: Person, chen_jing: Person, wu_jianguo: Person) -> str:
    """Huang Li writes on the hours that Chen Jing added for her, without a network; before it arrives, the director
    certifies them.
    """
    chen_jing.opens("/hours/new").screen("hours-new")
    chen_jing.chooses("volunteer", "huang_li")
    for field, value in {"activity": "便民服务日", "started_at": "00:05", "ended_at": "00:35"}.items():
        chen_jing.writes(field, value)
    chen_jing.writes_date("worked_on", today().isoformat())
    chen_jing.writes("late_reason", "按签到表补")
    chen_jing.does("save")
    chen_jing.waits_until_sent()
    huang_li.opens("/sync").screen("sync")
    huang_li.does("send-now")
    huang_li.waits_until(lambda: bool(waiting_hours(huang_li)))
    (hours,) = waiting_hours(huang_li)
    huang_li.goes_offline()
    huang_li.opens(f"/record/hour_entry/{hours}/edit").screen("record-edit")
    huang_li.writes("activity", BY_LATER)
    huang_li.does("save")
    huang_li.sees_saved()
    revision = chen_jing.asks(DETAIL, {"record": hours})["data"]["record_detail"]["revision"]
    decision: dict[str, Any] = {
        "id": "certified-meanwhile",
        "record": hours,
        "revision": revision,
        "verdict": "approve",
    }
    (result,) = wu_jianguo.asks(DECIDE, {"decisions": [decision]})["data"]["decide"]
    assert result["problem"] is None
    huang_li.comes_online()
    huang_li.waits_until(lambda: [row["status"] for row in huang_li.stored("outbox")] == ["held"])
    return str(hours)


def held_at_the_desk(chen_jing: Person, hours: str) -> Locator:
    chen_jing.opens("/review?tab=held").screen("review")
    chen_jing.record(hours).locator("a").click()
    held = chen_jing.page.locator(f'[data-detail="{hours}"]')
    expect(held.locator("[data-held]")).to_be_visible()
    return held


def test_a_late_edit_is_let_in_by_the_coordinator_and_its_author_reads_it_on_the_phone(phone: Opens, desk: Opens):
    huang_li, chen_jing = phone("huang_li").signs_in(), desk("chen_jing").signs_in()
    hours = certified_while_she_writes(huang_li, chen_jing, desk("wu_jianguo").signs_in())
    huang_li.opens("/sync").screen("sync")
    huang_li.sees_mark(hours, "held")
    huang_li.shot("1-held")

    held = held_at_the_desk(chen_jing, hours)
    expect(held).to_contain_text(BY_LATER)
    expect(held).to_contain_text("本人没有做错")
    expect(held.locator("[data-opens]")).to_be_visible()
    chen_jing.shot("1-held-beside-what-stands")
    chen_jing.presses("a")
    expect(chen_jing.page.locator(f'[data-row][data-record="{hours}"]')).to_have_count(0)
    chen_jing.shot("2-let-in")

    huang_li.opens("/sync").screen("sync")
    huang_li.waits_until_sent()
    huang_li.opens(f"/record/hour_entry/{hours}").screen("record")
    expect(huang_li.page.locator('[data-value="activity"]')).to_contain_text(BY_LATER)
    huang_li.opens("/inbox").screen("inbox")
    expect(huang_li.page.locator(f'[data-record="{hours}"][data-decided="released"]')).to_contain_text("收进来了")
    huang_li.shot("2-told")


@pytest.mark.nightly
def test_a_late_edit_is_let_in_with_an_edit_in_the_editors_name(phone: Opens, desk: Opens):
    huang_li, chen_jing = phone("huang_li").signs_in(), desk("chen_jing").signs_in()
    hours = certified_while_she_writes(huang_li, chen_jing, desk("wu_jianguo").signs_in())
    held = held_at_the_desk(chen_jing, hours)
    chen_jing.presses("e")
    held.locator('[data-edit="activity"] :is(input, textarea)').first.fill("便民服务日（含收场）")
    held.locator("textarea[name=sentence]").fill("写短一点就好")
    chen_jing.shot("1-editing")
    chen_jing.does("release")
    expect(chen_jing.page.locator(f'[data-row][data-record="{hours}"]')).to_have_count(0)

    huang_li.opens("/inbox").screen("inbox")
    told = huang_li.page.locator(f'[data-record="{hours}"][data-decided="released"]')
    expect(told).to_contain_text("做什么")
    expect(told).to_contain_text("写短一点就好")
    huang_li.opens(f"/record/hour_entry/{hours}").screen("record")
    expect(huang_li.page.locator('[data-value="activity"]')).to_contain_text("便民服务日（含收场）")


def test_what_is_not_taken_in_comes_back_with_the_reason_at_its_question(phone: Opens, desk: Opens):
    huang_li, chen_jing = phone("huang_li").signs_in(), desk("chen_jing").signs_in()
    hours = certified_while_she_writes(huang_li, chen_jing, desk("wu_jianguo").signs_in())
    held = held_at_the_desk(chen_jing, hours)
    chen_jing.presses("r")
    chen_jing.does("send-reject")
    expect(held.get_by_role("alert").first).to_be_visible()
    held.locator("textarea[name=sentence]").fill("收场的时间另记一条")
    chen_jing.shot("1-rejecting")
    chen_jing.presses("Control+Enter")
    expect(chen_jing.page.locator(f'[data-row][data-record="{hours}"]')).to_have_count(0)

    huang_li.opens("/sync").screen("sync")
    card = huang_li.record(hours)
    expect(card.locator("[data-verdict]")).to_contain_text("收场的时间另记一条")
    huang_li.shot("1-not-taken-in")
    card.locator("[data-action=fix]").click()
    huang_li.screen("record-edit")
    expect(huang_li.field("activity")).to_contain_text("收场的时间另记一条")
    huang_li.shot("2-at-its-question")
    huang_li.opens("/sync").screen("sync")
    huang_li.does("put-away")
    huang_li.waits_until_sent()
    huang_li.opens("/inbox").screen("inbox")
    expect(huang_li.page.locator(f'[data-record="{hours}"][data-decided="not_taken"]')).to_be_visible()
    huang_li.shot("3-told")


def test_a_director_sees_what_waits_in_each_team_and_only_looks(desk: Opens):
    wu_jianguo = desk("wu_jianguo").signs_in()
    wu_jianguo.opens("/workbench").screen("workbench")
    table = wu_jianguo.page.locator("[data-teams]")
    expect(table.locator("[data-team]").first).to_be_visible()
    wu_jianguo.shot("1-teams")
    table.locator("[data-team] a").first.click()
    wu_jianguo.screen("review")
    expect(wu_jianguo.page.locator("[data-row]").first).to_be_visible()
    wu_jianguo.is_settled()
    expect(wu_jianguo.page.locator("[data-action=approve]")).to_have_count(0)
    wu_jianguo.shot("2-looks")
