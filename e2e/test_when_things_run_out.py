"""A session that ends, a second window: the words stay, and the person is told what to do."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.world import HER_HOME, VISIT_TODAY


def test_a_session_that_ends_in_the_middle_keeps_the_records_and_sending_goes_on_after_signing_in(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    assert li_min.context.request.delete(f"{li_min.network.address}/api/session").ok
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()

    expect(li_min.page.locator("[data-strip=signed_out]")).to_contain_text("记录都在")
    li_min.sees_mark(VISIT_TODAY, "saved")
    li_min.opens(f"/homes/{HER_HOME}").screen("home")
    li_min.shot("1-session-ended")

    li_min.page.locator("[data-strip=signed_out]").click()
    li_min.screen("sign-in")
    li_min.page.locator('[data-person="li_min"]').first.click()
    li_min.screen("today")
    li_min.waits_until_sent()
    li_min.sees_mark(VISIT_TODAY, "sent")


def test_what_is_saved_in_one_window_shows_in_the_other_and_is_sent_once(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.opens("/today").screen("today")
    first = li_min.page
    li_min.opens_a_new_page(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()
    li_min.waits_until_sent()

    expect(first.locator(f'[data-record="{VISIT_TODAY}"] [data-mark="sent"]')).to_be_visible()
    assert sum(fate in ("passed", "repeated") for fate in li_min.network.happened) == 1
