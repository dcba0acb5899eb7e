"""A day's visits: planned at the desk from a pasted list, told on the phone, and written at the door in as few touches
as were promised (a visit ten, as last time four, nobody home five, finding a home six keys and one tap)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.people import Person

VISIT_TAPS_MAX, AS_LAST_TIME_TAPS_MAX, NOBODY_HOME_TAPS_MAX, FINDING_KEYS_MAX, FINDING_TAPS_MAX = 10, 4, 5, 6, 1


def test_visits_planned_at_the_desk_are_told_on_the_phone_and_written_in_few_touches(phone: Opens, desk: Opens):
    li_min = phone("li_min").signs_in()
    li_min.opens("/today").screen("today")
    expect(li_min.page.locator("[data-action=start-visit]")).to_be_visible()
    home = a_home_visited_before_and_not_today(li_min)

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens("/visits/plan").screen("visit-plan")
    expect(zhou_hui.page.locator("tr[data-why]").first).to_be_visible()
    zhou_hui.does("by_paste")
    zhou_hui.field("pasted").fill(f"{home['door']}\n9-9-999\t不在名册的人")
    zhou_hui.does("compare")
    expect(zhou_hui.page.locator("[data-matched]")).to_have_attribute("data-matched", "1")
    expect(zhou_hui.page.locator("[data-unmatched]")).to_contain_text("不在名册的人")
    zhou_hui.field("worker").select_option("li_min")
    zhou_hui.shot("1-pasted")
    zhou_hui.does("do-plan")
    expect(zhou_hui.page.locator("[data-action=do-plan]")).to_be_disabled()
    zhou_hui.waits_until_sent()
    zhou_hui.opens("/visits").screen("visits")
    expect(zhou_hui.page.locator('tr[data-state="planned"]').filter(has_text=home["title"])).to_be_visible()

    li_min.meets_the_centre()
    li_min.goes_offline()
    li_min.goes_to("/today").screen("today")
    changed = li_min.page.locator("[data-plan-changed]")
    expect(changed).to_contain_text("周慧加了 1 户")
    li_min.shot("1-one-more-home")
    li_min.does("seen")
    expect(changed).to_have_count(0)
    li_min.does("skip")
    li_min.page.locator('[data-skip="no_time"]').click()
    expect(li_min.page.locator("[data-skipped]")).to_contain_text("没时间")

    li_min.counts_touches()
    a_visit_takes_few_taps(li_min)
    nobody_home_takes_fewer(li_min)
    as_last_time_takes_fewest(li_min, home["record"])
    finding_takes_few_keys(li_min, home)
    li_min.comes_online()
    li_min.waits_until_sent()


def a_home_visited_before_and_not_today(li_min: Person) -> dict[str, Any]:
    """One of hers where somebody was met before and nobody is planned, with its door as a sheet would write it."""
    rows = li_min.stored("view")
    visits = [row["values"] for row in rows if row["kind"] == "home_visit"]
    # Where somebody was this week something may be due that has a day; where somebody is planned, nobody is twice.
    open_homes = {one["household"] for one in visits if not one.get("outcome")}
    met = sorted({one["household"] for one in visits if one.get("outcome") == "met_person"} - open_homes)
    homes = {row["record"]: row["values"] for row in rows if row["kind"] == "household"}
    people = [row["values"] for row in rows if row["kind"] == "resident"]
    names = [one["name"] for one in people]
    for record in met:
        values = homes[record]
        here = [one["name"] for one in people if one["household"] == record]
        if len(here) == 1 and names.count(here[0]) == 1:
            place = [values[name] for name in ("building", "unit", "room")]
            door = f"{values['estate']}{place[0]}栋{place[1]}单元{place[2]}"
            title = f"{values['estate']} {place[0]} 栋 {place[1]} 单元 {place[2]}"
            return {"record": record, "door": door, "title": title, "short": "".join(place)}
    raise AssertionError("nobody in this world lives alone and was visited")


def a_visit_takes_few_taps(li_min: Person) -> None:
    li_min.touched("taps")
    li_min.does("start-visit")
    li_min.screen("visit")
    li_min.chooses("outcome", "met_person")
    li_min.chooses("services", "greeting")
    li_min.chooses("services", "health_reminder")
    li_min.chooses("condition", "follow_up")
    li_min.field("follow_up_on").locator("label").last.click()
    li_min.field("observation").locator("textarea").click()
    li_min.page.keyboard.insert_text("膝盖疼，下楼不方便。")
    li_min.does("save")
    li_min.sees_saved()
    # The keyboard's own microphone and its end are two more.
    assert li_min.touched("taps") + 2 <= VISIT_TAPS_MAX
    li_min.screen("today")


def nobody_home_takes_fewer(li_min: Person) -> None:
    li_min.touched("taps")
    li_min.does("start-visit")
    li_min.screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.field("rebook_on").locator("label").first.click()
    li_min.does("save")
    li_min.screen("today")
    assert li_min.touched("taps") <= NOBODY_HOME_TAPS_MAX


def as_last_time_takes_fewest(li_min: Person, home: str) -> None:
    li_min.goes_to(f"/homes/{home}").screen("home")
    li_min.touched("taps")
    li_min.does("start-visit")
    li_min.screen("visit")
    li_min.does("same")
    li_min.does("save")
    li_min.screen("today")
    assert li_min.touched("taps") <= AS_LAST_TIME_TAPS_MAX
    done = [row["values"] for row in li_min.stored("view") if row["values"].get("household") == home]
    assert any(one.get("outcome") and one.get("visited_on") == one.get("planned_on") for one in done)


def finding_takes_few_keys(li_min: Person, home: dict[str, Any]) -> None:
    li_min.goes_to("/homes?search").screen("homes")
    box = li_min.page.locator("input[type=search]")
    expect(box).to_be_focused()
    li_min.touched("taps")
    box.press_sequentially(home["short"][:FINDING_KEYS_MAX])
    found = li_min.page.locator(f'main [data-record="{home["record"]}"]').first
    expect(found).to_be_visible()
    assert 0 < li_min.page.evaluate("window.touched.keys") <= FINDING_KEYS_MAX
    found.locator("a").or_(found).first.click()
    li_min.screen("home")
    assert li_min.touched("taps") <= FINDING_TAPS_MAX
