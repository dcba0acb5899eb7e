"""A referral from the door to the supervisor and back: agreed to without a network, approved at the desk, sent on."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.world import HER_CASE

UNIT = "街道社会事务办"


def test_a_referral_made_offline_with_her_consent_is_approved_at_the_desk_and_sent_on(phone: Opens, desk: Opens):
    li_min = phone("li_min").signs_in()
    li_min.goes_offline()
    li_min.opens(f"/cases/{HER_CASE}").screen("case")
    li_min.does("refer")
    li_min.screen("record-edit")
    li_min.writes("receiver", UNIT)
    li_min.writes("reason", "要申请长护险")
    li_min.writes("summary", "独居，下楼要人扶。")
    li_min.does("save")
    li_min.sees_saved()
    page = li_min.screen("record")
    li_min.does("step-consented")
    expect(page.locator("[data-consent]")).to_contain_text(UNIT)
    li_min.does("take-step")
    expect(page.locator("[data-action=step-withdrawn]")).to_be_visible()
    referral = next(row["record"] for row in li_min.stored("outbox") if row["kind"] == "referral")
    li_min.shot("1-agreed-to-at-the-door")
    li_min.comes_online()
    li_min.waits_until_sent()

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens("/case-board").screen("case-board")
    waits = zhou_hui.page.locator(f'[data-part=waits] [data-record="{referral}"]')
    expect(waits).to_contain_text(UNIT)
    zhou_hui.shot("2-waits-for-her")
    waits.locator("[data-action=open-case]").click()
    zhou_hui.screen("record")
    zhou_hui.does("step-approved")
    zhou_hui.does("take-step")
    expect(zhou_hui.page.locator("[data-action=step-sent]")).to_be_visible()
    zhou_hui.waits_until_sent()

    li_min.meets_the_centre()
    li_min.opens(f"/record/referral/{referral}").screen("record")
    li_min.does("step-sent")
    li_min.writes_date("follow_up_on", "2099-01-05")
    li_min.does("take-step")
    expect(page.locator("[data-action=step-accepted]")).to_be_visible()
    li_min.waits_until_sent()
