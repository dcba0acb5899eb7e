"""What someone has begun to write is still there after a reload at any keystroke, and goes away only when saved."""

from __future__ import annotations

import pytest

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.world import HER_CASE, VISIT_TODAY


@pytest.fixture
def centre(quiet_centre: Centre) -> Centre:
    """Nothing of these tests reaches it."""
    return quiet_centre


SENTENCE = "王阿姨说膝盖疼"


def test_a_reload_after_any_keystroke_loses_no_letter(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.goes_offline()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "met_person")

    for number, letter in enumerate(SENTENCE, 1):
        li_min.field("observation").locator("textarea").focus()
        li_min.presses("Control+End")
        li_min.page.keyboard.insert_text(letter)
        li_min.reloads().screen("visit")
        li_min.sees_written("observation", SENTENCE[:number])

    li_min.sees_chosen("outcome", "met_person")


def test_a_draft_is_kept_when_its_screen_is_left_and_gone_once_it_is_saved(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.goes_offline()
    li_min.opens(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.writes("content", "已联系街道办")

    li_min.goes_to("/today").screen("today")
    li_min.goes_to(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.sees_written("content", "已联系街道办")

    li_min.chooses("mode", "phone")
    li_min.does("save")
    li_min.sees_saved()
    li_min.opens(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.sees_written("content", "")


@pytest.mark.nightly
def test_clicking_away_from_a_half_written_visit_and_back_by_the_phones_own_button_keeps_it(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.opens("/today").screen("today")
    li_min.does("start-visit")
    li_min.screen("visit")
    li_min.chooses("outcome", "met_family")

    li_min.page.go_back()
    li_min.screen("today")
    li_min.page.go_forward()

    li_min.screen("visit")
    li_min.sees_chosen("outcome", "met_family")
