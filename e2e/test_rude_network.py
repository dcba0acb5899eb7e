"""A network that refuses, fails, breaks off, repeats and calls a session over at random: the day's work gets through,
once, and nobody is told to do anything about it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.people import HEALED_SECONDS_MAX
from e2e.world import HER_CASE, VISIT_TODAY

# Three of four questions are refused, as far as a network may go on which anything gets through at all.
MORE = 3
# How many questions a day takes depends on the speed of the machine, so she writes until it was rude often enough.
RUDE_MIN = 3
NOTES = ("门口的灯坏了，报给物业。", "下周带血压计。", "女儿周末来。", "药盒分好了。", "电费单交了。", "想去合唱队。")
ALL_NOTES = "{ case_progress_list(first: 500) { items { content } } }"


@pytest.mark.nightly
def test_a_days_work_gets_through_a_rude_network_once_and_nobody_hears_of_it(phone: Opens, desk: Opens):
    li_min = phone("li_min", rude="7", rude_more=MORE).signs_in()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()
    written = []
    for note in NOTES:
        if len(li_min.network.rudeness.shown) >= RUDE_MIN:
            break
        written.append(note)
        li_min.opens(f"/cases/{HER_CASE}/note").screen("case-note")
        li_min.chooses("mode", "visit")
        li_min.writes("content", note)
        li_min.does("save")
        li_min.sees_saved()
        li_min.waits_until_sent(HEALED_SECONDS_MAX)
    li_min.opens("/today").screen("today")
    li_min.sees_mark(VISIT_TODAY, "sent")
    expect(li_min.page.locator("[data-strip]")).to_have_count(0, timeout=HEALED_SECONDS_MAX * 1000)
    li_min.shot("1-delivered")

    assert len(li_min.network.rudeness.shown) >= RUDE_MIN, "it was rude"
    zhou_hui = desk("zhou_hui", rude=None).signs_in()
    found = zhou_hui.asks(ALL_NOTES, {})["data"]["case_progress_list"]["items"]
    texts = [note["content"] for note in found]
    assert [texts.count(note) for note in NOTES] == [int(note in written) for note in NOTES]
