"""A case on the phone: a progress note of its own, the stage moved by whoever may move it, and nobody else's case."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Opens, Takes
from e2e.people import Person
from e2e.world import HER_CASE, VISIT_CHANGED

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


TAPS_TO_A_PLAN_MAX, TAPS_TO_A_NOTE_MAX = 16, 8


def types(person: Person, field: str, text: str) -> None:
    """A tap into the field, then the keys."""
    box = person.field(field).locator("textarea, input").first
    box.click()
    box.fill(text)


def test_a_case_is_opened_from_a_visit_with_a_plan_that_the_supervisor_approves_and_handed_to_a_colleague(
    phone: Opens, desk: Opens
):
    li_min = phone("li_min").signs_in()
    li_min.opens(f"/record/home_visit/{VISIT_CHANGED}").screen("record")
    li_min.goes_offline()
    li_min.counts_touches()
    li_min.does("open-case-from-visit")
    li_min.screen("record-edit")
    li_min.sees_written("presenting_problem", "周阿姨在家，孙子上学正常。低保材料差一份收入证明。")
    li_min.chooses("category", "hardship")
    li_min.chooses("risk_level", "medium")
    li_min.does("save")
    page = li_min.screen("case")
    li_min.does("step-assessed")
    li_min.chooses("needs", "income")
    li_min.does("add-row")
    types(li_min, "text", "把收入证明交齐")
    types(li_min, "by_whom", "社工陪着去")
    li_min.shot("1-plan")
    li_min.does("take-step")
    expect(page).to_contain_text("等主管看，进展照常可以记")
    to_a_plan = li_min.touched()
    assert 0 < to_a_plan <= TAPS_TO_A_PLAN_MAX, f"{to_a_plan} taps from a visit to a case with its plan"
    li_min.shot("2-handed-in")

    li_min.does("add-note")
    li_min.screen("case-note")
    li_min.chooses("mode", "visit")
    types(li_min, "content", NOTE)
    li_min.chooses("goal", "把收入证明交齐")
    types(li_min, "next_step", "周一去窗口问回音")
    li_min.does("save")
    to_a_note = li_min.touched()
    assert 0 < to_a_note <= TAPS_TO_A_NOTE_MAX, f"{to_a_note} taps for a note with the next step"
    story = page.locator("[data-story]")
    expect(story).to_contain_text(NOTE)
    expect(story).to_contain_text("进入“评估”")
    expect(story).to_contain_text("接案")
    li_min.shot("3-story")
    case = next(row["record"] for row in li_min.stored("outbox") if row["kind"] == "case")
    li_min.comes_online()
    li_min.waits_until_sent()

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens("/case-board").screen("case-board")
    waits = zhou_hui.page.locator(f'[data-part=waits] [data-record="{case}"]')
    zhou_hui.shot("4-board")
    waits.locator("[data-action=open-case]").focus()
    zhou_hui.presses("Enter")
    read = zhou_hui.screen("case")
    zhou_hui.does("step-in_service")
    zhou_hui.does("take-step")
    expect(read.locator("[data-story]")).to_contain_text("批准了计划")
    zhou_hui.does("offer")
    zhou_hui.chooses("offered_to", "zhang_qiang")
    zhou_hui.does("send-offer")
    expect(read.locator("[data-offer]")).to_contain_text("张强")
    zhou_hui.waits_until_sent()
    zhou_hui.shot("5-approved")

    li_min.meets_the_centre()
    li_min.opens(f"/cases/{case}").screen("case")
    expect(story).to_contain_text("批准了计划")
    expect(page.locator("[data-offer]")).to_contain_text("对方接了才换人")
    expect(page.locator("[data-action=step-suspended]")).to_be_visible()

    zhang_qiang = phone("zhang_qiang").signs_in()
    zhang_qiang.opens(f"/cases/{case}").screen("case")
    expect(zhang_qiang.page.locator("[data-action=add-note]")).to_have_count(0)
    zhang_qiang.does("take-over")
    expect(zhang_qiang.page.locator("[data-action=add-note]")).to_be_visible()
    zhang_qiang.does("step-closing")
    zhang_qiang.page.locator("[data-steps] [data-row] label:has(input[value=reached])").click()
    zhang_qiang.chooses("close_reason", "goals_met")
    zhang_qiang.writes("outcome_summary", "收入证明交齐了，低保批下来了。")
    zhang_qiang.shot("6-asks-to-close")
    zhang_qiang.does("take-step")
    expect(zhang_qiang.screen("case")).to_contain_text("等主管看")
    expect(zhang_qiang.screen("case")).to_contain_text("达成")
    zhang_qiang.waits_until_sent()
