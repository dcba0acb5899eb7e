"""An incident is reported by somebody who may do little else, without a network, and stands at the desk among what is
looked at first."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Opens

REPORT_TAPS_MAX = 6
PLACE = "5 栋三楼楼道"


def test_a_volunteer_reports_an_incident_offline_and_the_desk_looks_at_it_first(phone: Opens, desk: Opens):
    huang_li = phone("huang_li").signs_in()
    huang_li.goes_offline()
    huang_li.counts_touches()
    huang_li.does("help")
    huang_li.does("report-incident")
    new = huang_li.screen("incident-new")
    expect(new.locator('a[href="tel:120"]')).to_be_visible()
    huang_li.chooses("what", "injury")
    huang_li.writes("place", PLACE)
    huang_li.does("save")
    told = huang_li.screen("incident")
    # Under a minute for anybody: a tap into the field for the place comes to these.
    assert 0 < huang_li.touched() + 1 <= REPORT_TAPS_MAX
    expect(told.locator("[data-delivery=waiting]")).to_contain_text("还没送到中心")
    expect(told.locator('a[href="tel:120"]')).to_be_visible()
    expect(told).to_contain_text(PLACE)
    (incident,) = (row["record"] for row in huang_li.stored("outbox"))
    huang_li.shot("1-not-delivered")

    huang_li.comes_online()
    expect(told.locator("[data-delivery=delivered]")).to_be_visible()
    expect(told.locator('a[href="tel:120"]')).to_have_count(0)

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens("/workbench").screen("workbench")
    zhou_hui.page.locator("[data-figure=urgent]").click()
    zhou_hui.screen("review")
    row = zhou_hui.page.locator(f'[data-row="{incident}"]')
    expect(row).to_contain_text(PLACE)
    row.click()
    detail = zhou_hui.page.locator(f'[data-detail="{incident}"]')
    detail.locator("[data-action=approve]").click()
    expect(zhou_hui.page.locator(f'[data-row="{incident}"]')).to_have_count(0)
    zhou_hui.shot("2-seen")
    huang_li.opens(f"/incidents/{incident}").screen("incident")
    expect(huang_li.screen("incident")).to_contain_text("主管已看过")
