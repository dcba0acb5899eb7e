"""What the centre cannot accept stays with its author, with the reason in plain words and a way to mend it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from e2e.centre import today
from e2e.conftest import Opens
from e2e.people import Person
from e2e.world import HER_HOME, VISIT_TODAY

A_DAY = timedelta(days=1)


def visits_tomorrow_by_a_wrong_clock(li_min: Person) -> None:
    """A phone whose clock is a day ahead calls tomorrow today, so nothing on the phone itself can object."""
    li_min.has_a_clock_that_is_off_by(A_DAY)
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "refused")
    li_min.does("save")
    li_min.sees_saved()


def test_a_held_visit_is_shown_with_its_reason_and_goes_through_once_mended(phone: Opens):
    li_min = phone("li_min").signs_in()
    visits_tomorrow_by_a_wrong_clock(li_min)
    li_min.waits_until(lambda: [row["status"] for row in li_min.stored("outbox")] == ["held"])
    li_min.has_a_clock_that_is_off_by(timedelta())

    li_min.opens("/today").screen("today")
    expect(li_min.page.locator("[data-needs]")).to_be_visible()
    li_min.opens("/sync").screen("sync")
    li_min.sees_mark(VISIT_TODAY, "held")
    expect(li_min.record(VISIT_TODAY)).to_contain_text("还没到")
    li_min.shot("1-held")

    li_min.record(VISIT_TODAY).locator("[data-action=fix]").click()
    li_min.screen("visit")
    expect(li_min.field("visited_on")).to_be_visible()
    li_min.writes_date("visited_on", today().isoformat())
    li_min.shot("2-mending")
    li_min.does("save")
    li_min.sees_saved()
    li_min.waits_until_sent()
    li_min.opens("/today").screen("today")
    li_min.sees_mark(VISIT_TODAY, "sent")


@pytest.mark.nightly
def test_a_held_save_does_not_delay_one_that_does_not_depend_on_it(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.goes_offline()
    visits_tomorrow_by_a_wrong_clock(li_min)
    li_min.opens(f"/record/household/{HER_HOME}/edit").screen("record-edit")
    li_min.writes("care_note", "按两下门铃")
    li_min.does("save")
    li_min.sees_saved()

    li_min.comes_online()

    li_min.waits_until(lambda: [row["status"] for row in li_min.stored("outbox")] == ["held"])
    assert [row["record"] for row in li_min.stored("outbox")] == [VISIT_TODAY]


def test_the_supervisor_sees_what_was_held_word_for_word(phone: Opens, desk: Opens):
    li_min = phone("li_min").signs_in()
    visits_tomorrow_by_a_wrong_clock(li_min)
    li_min.waits_until(lambda: [row["status"] for row in li_min.stored("outbox")] == ["held"])

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens("/review?tab=held").screen("review")
    zhou_hui.record(VISIT_TODAY).locator("a").click()

    held = zhou_hui.page.locator(f'[data-detail="{VISIT_TODAY}"]')
    expect(held).to_contain_text("还没到")
    expect(held).to_contain_text("不愿接待")
    zhou_hui.shot("1-held-at-the-desk")
