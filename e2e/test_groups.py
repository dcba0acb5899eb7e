"""A session whose list is ticked on two phones without a network, comes together as one, and is counted at the desk."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.people import Person
from e2e.world import CRAFTS, CRAFTS_TODAY

LIST = f"/sessions/{CRAFTS_TODAY}"


def ticks(person: Person, *names: str) -> None:
    """Check some names of the list, which is open."""
    for name in names:
        person.page.locator("[data-person]", has_text=name).locator("label").click()
    expect(person.page.locator('[data-person][data-present="true"]')).to_have_count(len(names))


def test_two_phones_tick_one_list_offline_and_the_desk_counts_everybody_once(phone: Opens, desk: Opens):
    li_min, huang_li = phone("li_min").signs_in(), phone("huang_li").signs_in()
    for person in (li_min, huang_li):
        person.goes_offline()
        person.opens("/sessions").screen("sessions")
        person.page.locator(f'[data-section=today] [data-record="{CRAFTS_TODAY}"] a').click()
        person.screen("session")
    # Whoever helps has names, and nothing that leads further.
    expect(huang_li.page.locator("[data-action=details], [data-steps]")).to_have_count(0)
    ticks(li_min, "王秀兰", "赵国强", "刘伟")
    ticks(huang_li, "刘伟", "李桂芳")
    huang_li.does("more")
    huang_li.does("more")
    li_min.shot("1-ticked-without-a-network")
    for person in (li_min, huang_li):
        person.does("done")
        person.sees_saved()
    huang_li.comes_online()
    huang_li.waits_until_sent()
    li_min.comes_online()
    li_min.waits_until_sent()

    li_min.opens(LIST).screen("session")
    expect(li_min.page.locator('[data-person][data-present="true"]')).to_have_count(4)
    li_min.does("step-held")
    li_min.writes("content", "做香囊")
    li_min.does("take-step")
    expect(li_min.page.locator("[data-action=step-held]")).to_have_count(0)
    li_min.waits_until_sent()
    huang_li.meets_the_centre()
    huang_li.opens(LIST).screen("session")
    expect(huang_li.page.locator("[data-there]")).to_have_attribute("data-there", "4")

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens("/groups").screen("group-board")
    # Four by name, of whom one was ticked on both phones, and two visitors.
    row = zhou_hui.page.locator(f'[data-part=today] [data-record="{CRAFTS_TODAY}"]')
    expect(row).to_contain_text("6")
    expect(zhou_hui.page.locator(f'[data-part=group] [data-record="{CRAFTS}"]')).to_contain_text("开过 3 节，计划 6 节")
    zhou_hui.shot("2-at-the-desk")
