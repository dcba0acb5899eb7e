"""Whoever looks at a whole telephone number stands in the trail, also where there was no network.

Not here: what is noted of it (tests/server/test_reveals.py), and that it is covered again (pwa/tests/records).
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.world import HER_HOME


@pytest.mark.nightly
def test_a_number_that_was_looked_at_without_a_network_stands_in_the_trail(phone: Opens, desk: Opens):
    li_min = phone("li_min").signs_in()
    li_min.opens(f"/homes/{HER_HOME}").screen("home")
    row = li_min.page.locator(".tel").first
    expect(row.locator(".num")).to_contain_text("****")
    li_min.goes_offline()
    row.locator("[data-action=reveal]").tap()
    expect(row.locator(".num")).not_to_contain_text("****")
    li_min.comes_online()
    li_min.meets_the_centre()

    wu_jianguo = desk("wu_jianguo").signs_in()
    wu_jianguo.opens("/audit?action=phone_revealed").screen("audit")
    step = wu_jianguo.page.locator("[data-step=phone_revealed][data-by=li_min]")
    expect(step).to_have_count(1)
    expect(step).to_contain_text("按手机的钟")
