"""A full phone, a session that ends, a second window: the words stay, and the person is told what to do."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, expect

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.network import Network
from e2e.people import PHONE, Person
from e2e.world import HER_HOME, VISIT_TODAY

FULL = 1_000
"""Bytes this site may keep: fewer than it already does."""
WORDS = "门口说话，不让进。"


def test_a_full_phone_refuses_the_save_and_keeps_the_words_on_the_page(
    playwright: Playwright, browser_path: str | None, centre: Centre, tmp_path: Path, results: Path
):
    def browser() -> BrowserContext:
        return playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=browser_path, viewport=PHONE, timezone_id="Asia/Shanghai"
        )

    with Network(centre.port) as network:
        # How much is left is reckoned once and then remembered: a new process reckons with the limit.
        with browser() as context:
            Person("li_min", context, network, results).signs_in()
        with browser() as context:
            li_min = Person("li_min", context, network, results).goes_offline()
            devtools = context.new_cdp_session(li_min.page)
            devtools.send("Storage.overrideQuotaForOrigin", {"origin": network.address, "quotaSize": FULL})
            li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
            li_min.chooses("outcome", "refused")
            li_min.writes("observation", WORDS)
            li_min.does("save")

            expect(li_min.page.locator("[role=alert]")).to_contain_text("空间快满了")
            li_min.screen("visit")
            li_min.sees_chosen("outcome", "refused")
            li_min.sees_written("observation", WORDS)
            assert li_min.stored("outbox") == []
            li_min.shot("1-full-phone")

            # Somebody deletes a film; the next tap on save goes through.
            devtools.send("Storage.overrideQuotaForOrigin", {"origin": network.address})
            li_min.does("save")
            li_min.sees_saved()
            assert [row["record"] for row in li_min.stored("outbox")] == [VISIT_TODAY]


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
    assert li_min.network.happened.count("passed") == 1
