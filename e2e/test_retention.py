"""A record is kept for a reason, and destroyed when two people have agreed and the server was stopped for it.

Not here: that nothing of it is left in any file (tests/server/test_destroy.py).
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.world import VISIT_RETURNED


def test_a_visit_goes_on_request_once_nothing_keeps_it_and_somebody_else_has_looked(centre: Centre, desk: Opens):
    zhou_hui, wu_jianguo = desk("zhou_hui").signs_in(), desk("wu_jianguo")
    reason = zhou_hui.page.locator("[data-field=reason]")
    zhou_hui.opens(f"/review/{VISIT_RETURNED}?tab=returned").screen("review")
    zhou_hui.does("retention-of")
    zhou_hui.screen("retention")
    zhou_hui.does("request")
    expect(zhou_hui.page.locator("[data-trouble]")).to_contain_text("要写一句理由")
    reason.fill("投诉还在处理")
    zhou_hui.does("hold")
    expect(zhou_hui.page.locator("[data-hold]")).to_have_count(1)
    reason.fill("本人来信要求删除")
    zhou_hui.does("request")
    expect(zhou_hui.page.locator("[data-trouble]")).to_contain_text("先解除保留")
    zhou_hui.shot("retention-of-a-record")
    zhou_hui.does("lift")
    zhou_hui.page.locator("[data-field=lift-reason]").fill("投诉已处理完")
    zhou_hui.does("lift-done")
    expect(zhou_hui.page.locator("[data-hold][data-lifted=true]")).to_have_count(1)
    zhou_hui.does("request")
    expect(zhou_hui.page.locator("[data-destruction][data-state=waiting]")).to_have_count(1)
    expect(zhou_hui.page.locator("[data-action=confirm]")).to_have_count(0)

    wu_jianguo.opens("/sign-in").page.locator('[data-person="wu_jianguo"]').first.click()
    wu_jianguo.screen("workbench")
    wu_jianguo.opens("/retention").screen("retention")
    wu_jianguo.does("confirm")
    wu_jianguo.does("sure")
    expect(wu_jianguo.page.locator("[data-destruction][data-state=confirmed]")).to_have_count(1)
    centre.stop()
    assert "Certificate of destruction" in centre.command("destroy")
    centre.start()
    zhou_hui.network.port = centre.port

    zhou_hui.opens("/retention").screen("retention")
    zhou_hui.does("certificate")
    expect(zhou_hui.page.locator("[data-certificate]")).to_contain_text("入户探访1 条")
    zhou_hui.shot("retention-certificate")
    zhou_hui.opens(f"/review/{VISIT_RETURNED}?tab=returned").screen("review")
    expect(zhou_hui.page.locator("[data-action=retention-of]")).to_have_count(0)
