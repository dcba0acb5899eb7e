"""A paper about hours: made at the desk, opened by the volunteer, verified by a stranger without signing in, and
refused where its number is forged.

Not here: what the paper says, and who may have one (tests/server/test_papers.py).
"""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from e2e.centre import Centre
from e2e.conftest import Opens

NUMBER = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


def test_a_paper_made_at_the_desk_is_fetched_by_the_volunteer_and_verified_by_a_stranger(
    centre: Centre, desk: Opens, phone: Opens, browser: Browser
):
    chen_jing = desk("chen_jing").signs_in()
    chen_jing.opens("/recognition-board?tab=papers").screen("recognition-board")
    papers = chen_jing.page.locator("[data-kind=hour_certificate] tbody tr")
    expect(papers.first).to_be_visible()
    before = papers.count()
    chen_jing.page.locator("[data-field=volunteer]").select_option("xiao_guohua")
    chen_jing.page.locator("[data-field=from_on]").fill("2020-01-01")
    with chen_jing.page.expect_download() as begun:
        chen_jing.does("make-paper")
    assert begun.value.suggested_filename.endswith(".pdf")
    assert begun.value.path().read_bytes().startswith(b"%PDF")
    expect(chen_jing.page.locator("[data-kind=hour_certificate] tbody tr")).to_have_count(before + 1)

    xiao = phone("xiao_guohua").signs_in()
    xiao.opens("/recognition").screen("recognition")
    papers = xiao.page.locator("[data-papers] li")
    expect(papers).to_have_count(before + 1)
    with xiao.page.expect_download() as begun:
        papers.first.locator("[data-action=take-paper]").click()
    assert begun.value.path().read_bytes().startswith(b"%PDF")
    found = NUMBER.search(papers.first.inner_text())
    assert found is not None
    number = found[0]

    stranger = browser.new_page(locale="zh-CN")
    asked: list[str] = []
    stranger.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    stranger.goto(f"{xiao.network.address}/verify#{number.replace('-', '')}")
    told = stranger.locator("[data-verified=valid]")
    expect(told).to_contain_text("肖**")
    expect(told).not_to_contain_text("肖国华")
    assert "#" not in stranger.url
    assert not any(number.replace("-", "") in one.split("#")[0] for one in asked)

    stranger.locator("[data-action=again]").click()
    wrong = ("0" if number[0] != "0" else "1") + number[1:]
    stranger.locator("[data-field=number]").fill(wrong)
    stranger.keyboard.press("Enter")
    expect(stranger.locator("[data-trouble]")).to_contain_text("编号里有一位不对")
    stranger.close()


def test_a_volunteer_has_a_paper_made_and_without_network_is_told_to_come_back(centre: Centre, phone: Opens):
    xiao = phone("xiao_guohua").signs_in()
    xiao.is_ready_for_offline()
    xiao.opens("/recognition").screen("recognition")
    expect(xiao.page.locator("[data-mine]")).to_be_visible()
    xiao.page.locator("[data-field=from_on]").fill("2020-01-01")
    with xiao.page.expect_download() as begun:
        xiao.does("make-paper")
    assert begun.value.suggested_filename.endswith(".pdf")

    xiao.goes_offline()
    xiao.does("make-paper")
    expect(xiao.page.locator("[data-trouble]")).to_contain_text("没有网络")
    xiao.comes_online()


def test_a_medal_is_put_forward_by_name_and_the_volunteer_reads_of_it(centre: Centre, desk: Opens, phone: Opens):
    chen_jing = desk("chen_jing").signs_in()
    chen_jing.opens("/recognition-board").screen("recognition-board")
    reached = chen_jing.page.locator("[data-part=reached] li")
    expect(chen_jing.page.locator("#reached")).to_be_visible()
    before = reached.count()
    if before:
        reached.first.locator("[data-action=propose]").click()
        expect(reached).to_have_count(before - 1)
    huang_li = phone("huang_li").signs_in()
    huang_li.opens("/recognition").screen("recognition")
    expect(huang_li.page.locator("[data-mine]")).to_be_visible()
    huang_li.page.locator("[data-told] a").first.click()
    huang_li.screen("record")
    expect(huang_li.page.locator("[data-action=step-answered]")).to_be_visible()
    expect(huang_li.page.locator("main")).not_to_contain_text("本人说的")
