"""Duties that are open to several: two volunteers without a network ask for the last place, one has it and the other
waits until it comes free; a shift goes to a colleague; a series is planned and one day of it called off.

Not here: who gets which place in any order of arrival (tests/sync/test_places.py).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.people import Person


def day(ahead: int) -> str:
    """A day at the centre, so many from today."""
    return (datetime.now(UTC) + timedelta(hours=8) + timedelta(days=ahead)).date().isoformat()


def fills(person: Person, activity: str, capacity: int) -> None:
    """The form of a duty, but for its day."""
    person.writes("activity", activity)
    person.writes("place", "二楼")
    for field, time in (("starts_at", "19:00"), ("ends_at", "20:30")):
        person.field(field).locator("input").first.fill(time)
    person.field("capacity").locator("input").first.fill(str(capacity))


def plans(person: Person, activity: str, on: str, capacity: int) -> str:
    """One duty, planned on the board; its id."""
    person.opens(f"/duty-board?from={on}").screen("duty-board")
    person.does("new-duty")
    fills(person, activity, capacity)
    person.writes_date("duty_on", on)
    person.does("plan")
    cell = person.page.locator(f'[data-day="{on}"] [data-action=open-duty]', has_text=activity)
    expect(cell).to_be_visible()
    person.waits_until_sent()
    return str(cell.get_attribute("data-record"))


def answer(person: Person, duty: str, state: str) -> None:
    """What the page of a duty says of her sign-up, once she has met the centre."""
    person.meets_the_centre()
    person.opens(f"/duties/{duty}").screen("duty")
    expect(person.page.locator(f'[data-answer="{state}"]')).to_be_visible()


def test_two_ask_offline_for_the_last_place_and_who_waits_has_it_once_it_is_free(phone: Opens, desk: Opens):
    chen_jing = desk("chen_jing").signs_in()
    duty = plans(chen_jing, "晚间图书角", day(3), 1)
    first, second = phone("ding_yalan").signs_in(), phone("ren_yong").signs_in()
    for person in (first, second):
        person.goes_offline()
        person.opens("/shifts").screen("shifts")
        person.page.locator(f'[data-section=open] [data-record="{duty}"] a').click()
        person.screen("duty")
        person.does("join")
        person.sees_saved()
        expect(person.page.locator("[data-answer]")).to_contain_text("已记下报名，有网后确认名额")
    first.shot("1-signed-up-without-a-network")
    for person in (first, second):
        person.comes_online()
        person.waits_until_sent()
    answer(first, duty, "confirmed")
    answer(second, duty, "waiting")
    expect(second.page.locator("[data-answer]")).to_contain_text("第 1 位")
    second.shot("2-waits")

    first.does("withdraw")
    first.does("withdraw-yes")
    first.sees_saved()
    first.waits_until_sent()
    answer(second, duty, "confirmed")
    second.does("see-shift")
    second.screen("shift")
    second.shot("3-has-the-place")
    chen_jing.meets_the_centre()
    chen_jing.opens(f"/duty-board?from={day(3)}").screen("duty-board")
    chen_jing.page.locator(f'[data-action=open-duty][data-record="{duty}"]').click()
    expect(chen_jing.page.locator("[data-part=duty] [data-volunteer=ren_yong]")).to_be_visible()
    expect(chen_jing.page.locator("[data-part=duty] [data-volunteer]")).to_have_count(1)
    chen_jing.shot("4-the-board")


def test_a_shift_goes_to_a_colleague_who_takes_it(phone: Opens, desk: Opens):
    chen_jing = desk("chen_jing").signs_in()
    duty = plans(chen_jing, "晚间合唱", day(4), 1)
    first, second = phone("ding_yalan").signs_in(), phone("ren_yong").signs_in()
    first.opens(f"/duties/{duty}").screen("duty")
    first.does("join")
    first.waits_until_sent()
    answer(first, duty, "confirmed")
    first.does("see-shift")
    first.screen("shift")
    first.does("cannot-come")
    first.does("ask-colleague")
    first.chooses("offered_to", "ren_yong")
    first.does("send-offer")
    first.waits_until_sent()
    chen_jing.meets_the_centre()
    chen_jing.opens("/duty-board?view=list").screen("duty-board")
    expect(chen_jing.page.locator(f'tr[data-record="{duty}"]')).to_contain_text("1 人在找人替")

    second.meets_the_centre()
    second.opens("/shifts").screen("shifts")
    second.page.locator("[data-section=offered] a", has_text="晚间合唱").click()
    second.screen("shift")
    second.does("take-shift")
    second.waits_until_sent()
    answer(first, duty, "withdrawn")
    expect(first.page.locator("[data-answer]")).to_contain_text("换给了别人")
    chen_jing.meets_the_centre()
    chen_jing.opens("/duty-board?view=list").screen("duty-board")
    expect(chen_jing.page.locator(f'tr[data-record="{duty}"]')).to_contain_text("任勇")


def test_a_series_is_planned_and_one_day_of_it_called_off(phone: Opens, desk: Opens):
    chen_jing = desk("chen_jing").signs_in()
    chen_jing.opens("/duty-board").screen("duty-board")
    chen_jing.does("new-series")
    fills(chen_jing, "晚间巡楼", 2)
    for weekday in (1, 3):
        chen_jing.page.locator(f"label:has([data-weekday='{weekday}'])").click()
    chen_jing.page.locator("[data-input=from]").fill(day(1))
    chen_jing.page.locator("[data-input=to]").fill(day(21))
    chen_jing.page.get_by_label("中心休息的日子不排").uncheck()
    chen_jing.does("plan")
    expect(chen_jing.page.locator("[data-part=plan]")).to_have_count(0)
    chen_jing.waits_until_sent()
    chen_jing.opens("/duty-board?view=list").screen("duty-board")
    rows = chen_jing.page.locator("tr[data-record]", has_text="晚间巡楼")
    expect(rows).to_have_count(6)
    gone = str(rows.first.get_attribute("data-record"))
    rows.first.locator("[data-action=open-duty]").click()
    chen_jing.does("call-off")
    chen_jing.page.locator("[data-input=why]").fill("停电检修")
    chen_jing.does("call-off-yes")
    expect(chen_jing.page.locator(f'tr[data-record="{gone}"]')).to_contain_text("已取消")
    chen_jing.waits_until_sent()
    chen_jing.shot("5-a-series")

    volunteer = phone("ren_yong").signs_in()
    volunteer.meets_the_centre()
    volunteer.opens("/shifts").screen("shifts")
    expect(volunteer.page.locator("[data-section=open] li", has_text="晚间巡楼")).to_have_count(5)
    volunteer.opens(f"/duties/{gone}").screen("duty")
    expect(volunteer.page.locator("main")).to_contain_text("停电检修")
