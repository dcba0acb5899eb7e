"""A supervisor opens, for an hour and with a reason, the case of somebody who is not hers, and the one who answers for
it reads why.

Not here: who may, and what it shows afterwards (tests/server/test_break_glass.py).
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.people import Person
from e2e.world import HER_CASE


def test_a_case_out_of_reach_is_opened_with_a_reason_and_its_supervisor_reads_it(desk: Opens):
    luo_wei, zhou_hui = desk("luo_wei"), desk("zhou_hui")
    comes_to(luo_wei, "luo_wei")
    luo_wei.does("find")
    luo_wei.page.locator("#desk-find").fill("王秀兰")
    luo_wei.does("look-beyond")
    luo_wei.screen("beyond")
    out_of_reach = luo_wei.page.locator(f'[data-beyond="{HER_CASE}"]')
    expect(out_of_reach).to_contain_text("不在你名下 · 一组")
    assert "王秀兰" not in luo_wei.page.url

    out_of_reach.locator("[data-action=open]").click()
    luo_wei.screen("opened")
    luo_wei.page.locator(".chip", has_text="有人摔倒或发病").click()
    luo_wei.page.locator("#opening-sentence").fill("家属来电，要马上知道她的情况")
    luo_wei.does("open-hour")
    expect(luo_wei.page.locator("[data-banner]")).to_contain_text("剩 60 分钟")
    expect(luo_wei.page.locator("[data-changes], dl.rest").first).to_be_visible()
    luo_wei.shot("opened")

    comes_to(zhou_hui, "zhou_hui")
    expect(zhou_hui.page.locator("[data-menu=openings] .count")).to_have_text("1")
    zhou_hui.goes_to("/openings").screen("openings")
    told = zhou_hui.page.locator("[data-opening]")
    expect(told).to_contain_text("有人摔倒或发病：家属来电，要马上知道她的情况")
    zhou_hui.does("seen")
    expect(told).to_contain_text("周慧 已看过")
    expect(zhou_hui.page.locator("[data-menu=openings] .count")).to_have_count(0)
    zhou_hui.shot("openings")


def comes_to(person: Person, name: str) -> None:
    """Through the demo's list to the desk; the copies of her teams may still be on their way."""
    person.opens("/sign-in").page.locator(f'[data-person="{name}"]').first.click()
    person.screen("workbench")
