"""Every number of hours opens to its entries; a phone and the centre are compared entry by entry, and after one meeting
they are the same.
"""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect

from e2e.centre import Centre, today
from e2e.conftest import Opens
from e2e.outside import Device
from e2e.people import Person

A_DAY = timedelta(days=1)


def test_a_total_opens_to_its_entries_and_an_entry_to_its_history(desk: Opens):
    chen_jing = desk("chen_jing").signs_in()
    chen_jing.opens("/hours/report").screen("hours-report")
    page = chen_jing.page
    expect(page.locator("[data-adds-up=true]")).to_be_visible()
    month = today().isoformat()[:7]
    chen_jing.shot("1-by-month")

    row = page.locator("tr[data-key]").first
    expect(row).to_be_visible()
    row.locator("[data-action=open-rows]").click()
    expect(page.locator("[data-opened]")).to_be_visible()
    while page.locator("[data-action=more]").count():
        chen_jing.does("more")
        chen_jing.is_settled()
    expect(page.locator("[data-lines-add-up=true]")).to_be_visible()
    chen_jing.shot("2-entries")
    assert re.fullmatch(r".*/hours/report", page.url), page.url
    page.locator("tr[data-record] a").first.click()
    chen_jing.screen("opened")
    expect(page.locator("main")).to_contain_text(month[:4])
    chen_jing.shot("3-history")

    for by in ("project", "volunteer", "month+project"):
        chen_jing.opens("/hours/report").screen("hours-report")
        page.locator(f'[data-by="{by}"]').click()
        expect(page.locator("[data-adds-up=true]")).to_be_visible()
        assert "huang" not in page.url and "=volunteer" not in page.url.replace("by=volunteer", "")


def adds_hours(volunteer: Person, on: str, from_: str, to: str) -> None:
    volunteer.opens("/record/hour_entry/new?provenance=added_later").screen("record-edit")
    volunteer.writes("activity", "陪老人散步")
    volunteer.writes_date("worked_on", on)
    volunteer.writes("started_at", from_)
    volunteer.writes("ended_at", to)
    volunteer.writes("late_reason", "手机没电")
    volunteer.does("save")
    volunteer.sees_saved()


def test_the_phone_explains_each_entry_and_is_equal_after_one_meeting(centre: Centre, phone: Opens, desk: Opens):
    on = (today() - 3 * A_DAY).isoformat()
    coordinator, device = Device(centre, "chen_jing"), Device(centre, "huang_li")
    entry = {"volunteer": "huang_li", "activity": "便民服务日", "worked_on": on, "provenance": "signed"}
    shift = coordinator.writes(
        "shift",
        {
            **{"volunteer": "huang_li", "activity": "便民服务日", "place": "一楼", "shift_on": on},
            **{"starts_at": "07:00", "ends_at": "08:00"},
        },
    )
    cut = device.writes("hour_entry", {**entry, "shift": shift, "started_at": "07:00", "ended_at": "10:00"})
    returned = device.writes("hour_entry", {**entry, "started_at": "05:00", "ended_at": "06:00"})
    coordinator.decides("return", {returned: coordinator.waiting("hour_entry")[returned]}, "几点走的？")

    huang_li = phone("huang_li").signs_in()
    # Held: a phone whose clock is a day ahead lets hours of tomorrow be written.
    huang_li.has_a_clock_that_is_off_by(A_DAY)
    adds_hours(huang_li, (today() + A_DAY).isoformat(), "09:00", "10:00")
    huang_li.waits_until(lambda: [row["status"] for row in huang_li.stored("outbox")] == ["held"])
    huang_li.has_a_clock_that_is_off_by(timedelta())

    huang_li.goes_offline()
    adds_hours(huang_li, on, "20:00", "21:00")
    huang_li.goes_to("/hours/compare").screen("hours-compare")
    page = huang_li.page
    expect(page.locator("[data-offline]")).to_be_visible()
    expect(page.locator("[data-besides=saved]")).to_contain_text("1 小时")
    expect(page.locator("[data-besides=held]")).to_contain_text("1 条")
    huang_li.shot("1-offline")

    huang_li.comes_online()
    huang_li.waits_until(lambda: [row["status"] for row in huang_li.stored("outbox")] == ["held"])
    huang_li.does("compare")
    huang_li.is_settled()
    expect(page.locator("[data-code=held]")).to_be_visible()
    expect(page.locator(f'[data-record="{cut}"]')).to_have_attribute("data-code", "cut_to_shift")
    expect(page.locator(f'[data-record="{returned}"]')).to_contain_text("几点走的？")
    expect(page.locator("[data-code=not_sent], [data-code=not_on_phone], [data-code=behind]")).to_have_count(0)
    assert page.locator("[data-total=phone]").inner_text() == page.locator("[data-total=centre]").inner_text()
    huang_li.shot("2-compared")

    # What was held is put away; then nothing at all is different.
    huang_li.opens("/sync").screen("sync")
    page.locator("[data-action=put-away]").first.click()
    if page.locator("[data-action=put-away-for-good]").count():
        huang_li.does("put-away-for-good")
    huang_li.waits_until(lambda: huang_li.stored("outbox") == [])
    huang_li.goes_to("/hours/compare").screen("hours-compare")
    expect(page.locator("[data-equal=true]")).to_be_visible()
    huang_li.shot("3-equal")

    chen_jing = desk("chen_jing").signs_in()
    chen_jing.opens("/hours/compare-desk").screen("compare-desk")
    chen_jing.page.locator("select").first.select_option("huang_li")
    expect(chen_jing.page.locator("[data-comparison] [data-equal=true]").first).to_be_visible()
    expect(chen_jing.page.locator(f'[data-record="{cut}"]').first).to_have_attribute("data-code", "cut_to_shift")
    assert "huang_li" not in chen_jing.page.url
    chen_jing.shot("4-desk")


def test_a_months_hours_are_drawn_and_checked_by_who_had_no_hand_in_them(desk: Opens):
    chen_jing = desk("chen_jing").signs_in()
    chen_jing.opens("/hour-checks").screen("hour-checks")
    chen_jing.is_settled()
    if chen_jing.page.locator("[data-action=draw]").count():
        chen_jing.does("draw")
    expect(chen_jing.page.locator("[data-plan]")).to_be_visible()
    chen_jing.shot("1-drawn")

    wu_jianguo = desk("wu_jianguo").signs_in()
    wu_jianguo.opens("/hour-checks").screen("hour-checks")
    page = wu_jianguo.page
    mine = page.locator("tr[data-record]").filter(has_text="吴建国").first
    expect(mine).to_be_visible()
    mine.locator("a").click()
    wu_jianguo.screen("hour-check")
    expect(page.locator("[data-entry]")).to_be_visible()
    wu_jianguo.does("step-not_true")
    wu_jianguo.chooses("asked", "volunteer")
    wu_jianguo.writes("note", "那天十点就走了")
    wu_jianguo.does("take-step")
    wu_jianguo.waits_until_sent()
    wu_jianguo.opens(page.url.removeprefix(wu_jianguo.network.address)).screen("hour-check")
    expect(page.locator("[data-correct]")).to_be_visible()
    wu_jianguo.shot("2-not-true")
