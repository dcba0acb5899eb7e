"""Anyone is found offline by what comes to mind: characters, pinyin, initials, room, last digits of the phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Takes
from e2e.world import HER_HOME, WANG_XIULAN


def test_wang_xiulan_is_found_by_everything_a_worker_might_remember(ready_phone: Takes):
    li_min = ready_phone("li_min")
    li_min.goes_offline()
    li_min.opens("/homes?search").screen("homes")

    for typed in ("王秀兰", "秀兰", "wangxiulan", "wxl", "WXL", "32502", "3-2-502", "5521"):
        li_min.searches(typed)
        hers = li_min.page.locator(f'main [data-record="{WANG_XIULAN}"], main [data-record="{HER_HOME}"]').first
        expect(hers, f"{typed} finds her").to_be_visible()


def test_a_search_that_finds_nobody_says_so_and_one_that_is_cleared_shows_the_buildings_again(ready_phone: Takes):
    li_min = ready_phone("li_min")
    li_min.goes_offline()
    li_min.opens("/homes?search").screen("homes")

    li_min.searches("没有这个人")
    expect(li_min.screen("homes")).to_contain_text("没有这个人")
    expect(li_min.page.locator("main [data-record]")).to_have_count(0)

    li_min.searches("")
    expect(li_min.screen("homes").get_by_role("heading", level=2).first).to_be_visible()


@pytest.mark.parametrize("typed", ["%", "_", "'", "\\", "*", "<b>", " " * 3, "王" * 200])
def test_signs_that_mean_something_to_machines_find_nothing_special(ready_phone: Takes, typed: str):
    li_min = ready_phone("li_min")
    li_min.opens("/homes?search").screen("homes")

    li_min.searches(typed)
    li_min.searches("wxl")

    expect(li_min.page.locator(f'main [data-record="{WANG_XIULAN}"]').first).to_be_visible()
