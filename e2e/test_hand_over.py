"""Somebody leaves: what is open in their name goes to a colleague, and then the account stops.

Not here: what is open, who may hand it over (tests/server/test_stopped_account.py), and how phones get what is theirs.
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.world import HER_CASE


def test_what_li_min_leaves_goes_to_zhang_qiang_and_her_account_stops(centre: Centre, desk: Opens):
    zhou_hui, chen_jing = desk("zhou_hui").signs_in(), desk("chen_jing").signs_in()
    chen_jing.opens("/members").screen("members")
    chen_jing.page.locator("[data-field=find]").fill("李敏")
    chen_jing.page.locator('[data-person="li_min"] [data-action="stop-member"]').click()
    chen_jing.does("stop-now")
    expect(chen_jing.page.get_by_role("alert")).to_contain_text("没办完")

    zhou_hui.opens("/members").screen("members")
    zhou_hui.page.locator('[data-person="li_min"] [data-action="hand-over"]').click()
    zhou_hui.screen("hand-over")
    expect(zhou_hui.page.locator(f'[data-record="{HER_CASE}"]')).to_be_visible()
    zhou_hui.page.locator("[data-field=all]").select_option("zhang_qiang")
    zhou_hui.does("hand-over")
    # Homes that he served himself are asked about by somebody else.
    expect(zhou_hui.page.locator(f'[data-record="{HER_CASE}"]')).to_have_count(0, timeout=20_000)
    expect(zhou_hui.page.locator("[data-action=hand-over]")).not_to_have_attribute("aria-busy", "true")
    zhou_hui.page.locator("[data-field=all]").select_option("he_fang")
    zhou_hui.does("hand-over")
    expect(zhou_hui.page.locator("[data-empty]")).to_be_visible(timeout=20_000)

    chen_jing.page.locator('[data-person="li_min"] [data-action="stop-member"]').click()
    chen_jing.does("stop-now")
    expect(chen_jing.page.locator("[data-done]")).to_contain_text("已停用李敏的账号")
