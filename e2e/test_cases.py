"""A case on the phone: a progress note of its own, the stage moved by whoever may move it, and nobody else's case."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Opens, Takes
from e2e.world import HER_CASE

NOTED_APART = "她说上周夜里他动了手，孩子也在场。"
NOTE = "陪王阿姨去街道办交了长护险材料，下周听回音。"


def test_a_note_written_offline_joins_the_timeline_and_reaches_the_supervisor(phone: Opens, desk: Opens):
    li_min = phone("li_min").signs_in()
    li_min.goes_offline()
    li_min.opens(f"/cases/{HER_CASE}").screen("case")
    li_min.opens(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.chooses("mode", "visit")
    li_min.writes("content", NOTE)
    li_min.does("save")
    li_min.sees_saved()
    expect(li_min.screen("case")).to_contain_text(NOTE)
    note = next(row["record"] for row in li_min.stored("outbox") if row["kind"] == "case_progress")
    li_min.sees_mark(note, "saved")
    li_min.shot("1-note-saved")

    li_min.comes_online()
    li_min.waits_until_sent()
    li_min.opens(f"/cases/{HER_CASE}").screen("case")
    li_min.sees_mark(note, "sent")

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens(f"/review?tab=waiting&open={note}").screen("review")
    expect(zhou_hui.page.locator(f'[data-detail="{note}"]')).to_contain_text(NOTE)
    zhou_hui.page.locator(f'[data-detail="{note}"] [data-action=approve]').click()
    expect(zhou_hui.page.locator(f'[data-row="{note}"]')).to_have_count(0)


@pytest.mark.nightly
def test_a_note_without_its_words_is_not_saved_and_says_what_is_missing(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.opens(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.chooses("mode", "phone")
    li_min.does("save")

    expect(li_min.screen("case-note")).to_contain_text("还差一项")
    assert li_min.stored("outbox") == []
    li_min.shot("what-is-missing")


def test_a_confidential_note_is_opened_by_those_it_names_and_is_nowhere_for_others(phone: Opens, ready_phone: Takes):
    li_min = phone("li_min").signs_in()
    li_min.opens(f"/cases/{HER_CASE}").screen("case")
    li_min.does("confidential")
    li_min.screen("confidential")
    li_min.does("add-confidential")
    li_min.chooses("topic", "violence")
    li_min.chooses("basis", "separate_consent")
    li_min.writes("content", NOTED_APART)
    li_min.does("save")
    li_min.sees_saved()
    li_min.waits_until_sent()
    li_min.opens(f"/cases/{HER_CASE}/confidential").screen("confidential")
    expect(li_min.screen("confidential")).to_contain_text(NOTED_APART)
    li_min.shot("confidential")
    note = li_min.screen("confidential").locator("[data-record]").first.get_attribute("data-record")
    # Nowhere else on the phone, not by its own address.
    li_min.opens(f"/record/case_confidential/{note}").screen("record")
    expect(li_min.page.locator("body")).not_to_contain_text(NOTED_APART)

    zhang_qiang = ready_phone("zhang_qiang")
    zhang_qiang.opens(f"/cases/{HER_CASE}/confidential").screen("confidential")
    expect(zhang_qiang.screen("confidential")).to_contain_text("这里没有你能看的内容")


def test_a_colleague_does_not_see_her_case(ready_phone: Takes):
    zhang_qiang = ready_phone("zhang_qiang")

    zhang_qiang.opens("/cases").screen("cases")
    expect(zhang_qiang.page.locator(f'[data-record="{HER_CASE}"]')).to_have_count(0)
    zhang_qiang.opens(f"/cases/{HER_CASE}").screen("case")
    expect(zhang_qiang.page.locator("body")).not_to_contain_text("王秀兰")
