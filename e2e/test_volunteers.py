"""Somebody applies on her own phone without a network, is looked at, trained and taken on at the desk, and begins to
serve; she corrects what is written of her, takes leave and comes back.
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.people import Person


def takes(desk: Person, step: str) -> None:
    """One step of the file that is open, and back on its page."""
    desk.does(f"step-{step}")
    desk.does("take-step")
    expect(desk.page.locator(f"[data-action=step-{step}]")).to_have_count(0)
    desk.waits_until_sent()


def test_she_applies_offline_is_trained_and_gets_her_first_shift(phone: Opens, desk: Opens):
    hou = phone("hou_guizhi").signs_in()
    hou.opens("/volunteer").screen("volunteer")
    hou.goes_offline()
    hou.writes("phone", "13600001188")
    hou.writes_date("birth_date", "1968-05-04")
    hou.field("skills").locator("label").first.click()
    hou.shot("1-the-application")
    hou.does("save")
    hou.sees_saved()
    expect(hou.page.locator("[data-state=applied]")).to_be_visible()
    # She reads the code of conduct and agrees to it, still without a network.
    hou.does("agree")
    expect(hou.page.locator("[data-action=agree]")).to_have_count(0)
    hou.comes_online()
    hou.waits_until_sent()

    chen_jing = desk("chen_jing").signs_in()
    chen_jing.opens("/volunteers").screen("volunteers")
    waits = chen_jing.page.locator("[data-part=waits] li", has_text="侯桂枝")
    expect(waits).to_contain_text("等您看材料")
    expect(chen_jing.page.locator("[data-part=no-file] li", has_text="侯桂枝")).to_have_count(0)
    chen_jing.shot("2-who-waits")
    waits.locator("a").click()
    chen_jing.screen("volunteer-file")
    takes(chen_jing, "doc_review")
    chen_jing.does("add-note")
    chen_jing.writes("note", "证件齐全，怕爬楼")
    chen_jing.does("save-note")
    expect(chen_jing.page.locator("[data-note]")).to_contain_text("怕爬楼")
    takes(chen_jing, "interview")
    takes(chen_jing, "admitted")
    takes(chen_jing, "training")
    file = chen_jing.page.url.rpartition("/")[2]

    # Beginning before a training is held by the centre, with its words.
    chen_jing.opens("/trainings").screen("trainings")
    chen_jing.page.locator("tr", has_text="第一次值班").locator("[data-action=open-training]").click()
    chen_jing.screen("training")
    chen_jing.page.locator("[data-field=add]").select_option(file)
    chen_jing.does("add-person")
    row = chen_jing.page.locator("[data-row]", has_text="侯桂枝")
    row.locator("input").first.check()
    expect(row).to_have_attribute("data-present", "true")
    takes(chen_jing, "verified")
    chen_jing.shot("3-the-list")
    chen_jing.does("begin-all")
    expect(chen_jing.page.locator("[data-action=begin-all]")).to_have_count(0)
    chen_jing.waits_until_sent()

    hou.meets_the_centre()
    hou.opens("/volunteer").screen("volunteer")
    expect(hou.page.locator("[data-state=active]")).to_be_visible()
    expect(hou.page.locator("body")).not_to_contain_text("怕爬楼")
    expect(hou.page.locator("[data-trainings]")).to_contain_text("第一次值班")
    hou.shot("4-she-serves")


def test_she_corrects_her_data_takes_leave_and_comes_back(phone: Opens, desk: Opens):
    deng_jie = phone("deng_jie").signs_in()
    deng_jie.opens("/volunteer").screen("volunteer")
    deng_jie.goes_offline()
    deng_jie.does("correct")
    deng_jie.writes("phone", "13700002299")
    deng_jie.does("save")
    deng_jie.sees_saved()
    deng_jie.does("step-paused")
    deng_jie.writes_date("paused_until", "2030-01-31")
    deng_jie.writes("paused_because", "回老家带孙子")
    deng_jie.does("take-step")
    expect(deng_jie.page.locator("[data-state=paused]")).to_be_visible()
    deng_jie.shot("5-on-leave")
    deng_jie.comes_online()
    deng_jie.waits_until_sent()

    chen_jing = desk("chen_jing").signs_in()
    chen_jing.opens("/volunteers").screen("volunteers")
    expect(chen_jing.page.locator("[data-part=files] tr", has_text="邓洁")).to_contain_text("请假")

    deng_jie.does("step-active")
    deng_jie.does("take-step")
    expect(deng_jie.page.locator("[data-state=active]")).to_be_visible()
    deng_jie.waits_until_sent()
    chen_jing.meets_the_centre()
    chen_jing.opens("/volunteers").screen("volunteers")
    expect(chen_jing.page.locator("[data-part=files] tr", has_text="邓洁")).to_contain_text("在岗")
