"""Hours from a phone without a network to certified ones: the same hours written twice are joined, a second person
certifies what the coordinator wrote, and a correction takes the place of what was certified.

Not here: a list of many entries (test_hours_batch.py).
"""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Locator, expect

from e2e.centre import today
from e2e.conftest import Opens
from e2e.people import Person

TOTALS = """query t($where: HourFilter) { hour_totals(by: "all", where: $where) { certified waiting } }"""


def numbers(desk: Person) -> tuple[int, int]:
    where = {"volunteer": "huang_li", "from_on": f"{today().year}-01-01", "to_on": today().isoformat()}
    found = desk.asks(TOTALS, {"where": where})["data"]["hour_totals"]
    return found["certified"], found["waiting"]


def told(huang_li: Person) -> tuple[int, int]:
    """The two numbers as her phone shows them, in minutes."""
    huang_li.opens("/hours").screen("hours")
    return minutes_in(huang_li, "certified"), minutes_in(huang_li, "waiting")


def minutes_in(huang_li: Person, name: str) -> int:
    text = huang_li.page.locator(f'[data-total="{name}"]').inner_text()
    hours, minutes = (re.search(pattern, text) for pattern in (r"(\d+)\s*小时", r"(\d+)\s*分"))
    return (int(hours[1]) * 60 if hours else 0) + (int(minutes[1]) if minutes else 0)


def agree(huang_li: Person, desk: Person) -> tuple[int, int]:
    """Phone and centre say the same of this year; what they say."""
    huang_li.meets_the_centre()
    huang_li.waits_until_sent()
    numbers_there = numbers(desk)
    assert told(huang_li) == numbers_there
    return numbers_there


def writes_hours(person: Person, started_at: str, ended_at: str, why: str) -> None:
    person.writes("activity", "便民服务日")
    person.writes_date("worked_on", (today() - timedelta(days=1)).isoformat())
    person.writes("started_at", started_at)
    person.writes("ended_at", ended_at)
    person.writes("late_reason", why)
    person.does("save")


def newest(huang_li: Person, **values: object) -> str:
    """Her entry with these values, as her phone has it."""
    found = [
        row["record"]
        for row in huang_li.stored("view")
        if row["kind"] == "hour_entry" and all(row["values"].get(name) == value for name, value in values.items())
    ]
    assert len(found) == 1, found
    return str(found[0])


def waiting_at(huang_li: Person, started_at: str) -> list[str]:
    return [
        row["record"]
        for row in huang_li.stored("view")
        if row["kind"] == "hour_entry"
        and row["values"].get("started_at") == started_at
        and (row["standing"].get("review") or {}).get("state") == "waiting"
    ]


def backfills(chen_jing: Person, started_at: str, ended_at: str) -> None:
    chen_jing.opens("/hours/new").screen("hours-new")
    chen_jing.chooses("volunteer", "huang_li")
    writes_hours(chen_jing, started_at, ended_at, "按签到表补")
    chen_jing.waits_until_sent()
    chen_jing.screen("approve")


def test_the_same_hours_written_twice_are_joined_certified_and_corrected(phone: Opens, desk: Opens):
    huang_li, chen_jing = phone("huang_li").signs_in(), desk("chen_jing").signs_in()
    certified, waiting = agree(huang_li, chen_jing)

    huang_li.opens("/hours").screen("hours")
    huang_li.goes_offline()
    huang_li.does("add-hours")
    huang_li.screen("record-edit")
    writes_hours(huang_li, "00:10", "01:40", "手机没电")
    huang_li.sees_saved()
    huang_li.opens("/hours").screen("hours")
    hers = newest(huang_li, started_at="00:10")
    expect(huang_li.record(hers)).to_contain_text("有网后送出")
    expect(huang_li.record(hers)).to_contain_text("手机没电")
    assert told(huang_li) == (certified, waiting + 90)
    huang_li.shot("1-without-a-network")

    backfills(chen_jing, "00:10", "01:40")
    huang_li.comes_online()
    assert agree(huang_li, chen_jing) == (certified, waiting + 180)
    expect(huang_li.record(hers)).to_contain_text("重叠 90 分钟，陈静在看")
    huang_li.shot("2-twice")

    chen_jing.opens("/approve").screen("approve")
    case = opened(chen_jing, hers)
    chen_jing.shot("2-the-same-twice")
    case.locator("[data-choice=merge]").click()
    expect(chen_jing.page.locator("[data-done]")).to_be_visible()
    chen_jing.waits_until_sent()
    assert agree(huang_li, chen_jing) == (certified, waiting + 90)
    # Whichever stays was not written by the director.
    (hers,) = waiting_at(huang_li, "00:10")
    wu_jianguo = desk("wu_jianguo").signs_in()
    certifies(wu_jianguo, hers)
    assert agree(huang_li, chen_jing) == (certified + 90, waiting)
    expect(huang_li.record(hers)).to_have_attribute("data-state", "certified")

    # A correction, asked for on the phone without a network.
    huang_li.goes_offline()
    huang_li.opens(f"/record/hour_entry/{hers}").screen("record")
    huang_li.does("correct")
    huang_li.screen("record-edit")
    huang_li.sees_written("started_at", "00:10")
    huang_li.shot("3-correcting")
    huang_li.writes("ended_at", "01:10")
    huang_li.writes("correction_reason", "多写了半小时")
    huang_li.does("save")
    huang_li.sees_saved()
    huang_li.comes_online()
    assert agree(huang_li, chen_jing) == (certified + 90, waiting + 60)
    correction = newest(huang_li, corrects=hers)
    expect(huang_li.record(correction)).to_contain_text("多写了半小时")
    certifies(chen_jing, correction)
    assert agree(huang_li, chen_jing) == (certified + 60, waiting)
    expect(huang_li.record(hers)).to_have_attribute("data-state", "corrected")
    huang_li.shot("4-corrected")
    huang_li.opens(f"/record/hour_entry/{hers}").screen("record")
    expect(huang_li.page.locator("[data-action=correct]")).to_have_count(0)
    huang_li.does("see-correction")
    expect(huang_li.page.locator("[data-action=see-corrected]")).to_be_visible()
    huang_li.shot("5-the-chain")


def certifies(desk: Person, record: str) -> None:
    """One entry at the desk, whatever group it is in."""
    desk.opens("/approve").screen("approve")
    row, done = desk.page.locator(f'tr[data-record="{record}"]'), desk.page.locator("[data-done]")
    row.wait_for()
    if row.get_attribute("data-group") == "odd":
        case = opened(desk, record)
        case.locator("[data-choice=approve]").click()
        sentence = case.locator("[data-sentence]")
        sentence.or_(done).first.wait_for()
        if sentence.count():
            desk.presses("1")
    else:
        others = desk.page.locator(f'tr[data-record]:not([data-record="{record}"]) input:checked')
        while others.count():
            others.first.uncheck()
        row.locator("input").check()
        desk.does("approve")
    expect(done).to_contain_text("核定")
    desk.waits_until_sent()


def opened(desk: Person, record: str) -> Locator:
    """The case that an entry belongs to, opened."""
    unfold = desk.page.locator(f'tr[data-record="{record}"] [data-action=unfold]')
    unfold.wait_for()
    if unfold.get_attribute("aria-expanded") != "true":
        unfold.click()
    case = desk.page.locator("[data-hours]")
    case.wait_for()
    return case


def test_what_the_coordinator_wrote_is_certified_by_the_director(phone: Opens, desk: Opens):
    huang_li, chen_jing = phone("huang_li").signs_in(), desk("chen_jing").signs_in()
    certified, waiting = agree(huang_li, chen_jing)
    backfills(chen_jing, "02:10", "03:10")
    assert agree(huang_li, chen_jing) == (certified, waiting + 60)
    record = newest(huang_li, started_at="02:10")
    expect(huang_li.record(record)).to_contain_text("等主任核定")
    huang_li.shot("1-waits-for-the-director")
    chen_jing.opens("/approve").screen("approve")
    expect(chen_jing.page.locator(f'tr[data-record="{record}"]')).to_have_attribute("data-group", "others")
    chen_jing.shot("1-not-hers-to-certify")

    wu_jianguo = desk("wu_jianguo").signs_in()
    certifies(wu_jianguo, record)
    assert agree(huang_li, chen_jing) == (certified + 60, waiting)
    expect(huang_li.record(record)).to_have_attribute("data-state", "certified")


def test_a_rule_is_tried_and_written_for_tomorrow(desk: Opens):
    wu_jianguo = desk("wu_jianguo").signs_in()
    wu_jianguo.opens("/hour-rules").screen("hour-rules")
    wu_jianguo.does("write-rule")
    wu_jianguo.writes("round_to", "30")
    wu_jianguo.does("preview")
    expect(wu_jianguo.page.locator("[data-preview]")).to_contain_text("小时")
    wu_jianguo.shot("1-tried")
    wu_jianguo.writes_date("effective_on", today().isoformat())
    wu_jianguo.does("save-rule")
    expect(wu_jianguo.field("effective_on")).to_contain_text("最早从明天起")
    wu_jianguo.writes_date("effective_on", (today() + timedelta(days=1)).isoformat())
    wu_jianguo.does("save-rule")
    expect(wu_jianguo.page.locator("section[data-record]").first).to_contain_text("按 30 分钟取整")
    wu_jianguo.shot("2-written")
