"""What the phone calls saved is there even if its browser is killed in that very moment, with no network since."""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright

from e2e.dying import PhoneThatCanDie
from e2e.network import Network
from e2e.world import HER_CASE, VISIT_TODAY

# Kills at any moment of writing and saving; a night sets NIGHT_BROWSER_KILLS=40.
KILLS = int(os.environ.get("NIGHT_BROWSER_KILLS", "4"))


def test_a_visit_is_there_after_the_browser_was_killed_right_after_saved(
    playwright: Playwright, browser_path: str | None, network: Network, tmp_path: Path, results: Path
):
    phone = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile")
    li_min = phone.person(network, results).signs_in()
    network.cut()
    li_min.opens("/today").screen("today")
    li_min.does("start-visit")
    li_min.screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()
    phone.dies()

    phone = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile")
    li_min = phone.person(network, results).opens("/today")
    li_min.screen("today")
    li_min.sees_mark(VISIT_TODAY, "saved")
    assert [row["record"] for row in li_min.stored("outbox")] == [VISIT_TODAY]

    # A browser writes its cookies to disk only every half minute, so the session may have died with it. Sending goes on
    # by itself after signing in again, on the same device.
    network.restore()
    li_min.signs_in()
    li_min.waits_until_sent()
    li_min.opens("/today").screen("today")
    li_min.sees_mark(VISIT_TODAY, "sent")
    phone.dies()


def test_what_was_half_written_is_there_after_the_browser_was_killed(
    playwright: Playwright, browser_path: str | None, network: Network, tmp_path: Path, results: Path
):
    phone = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile")
    li_min = phone.person(network, results).signs_in()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "met_person")
    li_min.writes("observation", "门口堆了纸箱")
    li_min.waits_until(lambda: any("门口堆了纸箱" in str(draft) for draft in li_min.stored("draft")))
    phone.dies()

    network.cut()
    phone = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile")
    li_min = phone.person(network, results).opens(f"/visit/{VISIT_TODAY}")
    li_min.screen("visit")
    li_min.sees_chosen("outcome", "met_person")
    li_min.sees_written("observation", "门口堆了纸箱")
    phone.dies()


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_killed_at_any_moment_of_writing_and_saving_the_browser_opens_again_with_all_it_called_saved(
    playwright: Playwright, browser_path: str | None, network: Network, tmp_path: Path, results: Path
):
    phone = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile")
    phone.person(network, results).signs_in()
    phone.dies()
    network.cut()
    rng, saved = random.Random(KILLS), []  # noqa: S311
    for number in range(KILLS):
        words = f"第 {number} 次电话"
        phone = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile")
        li_min = phone.person(network, results).opens(f"/cases/{HER_CASE}/note")
        li_min.screen("case-note")
        # What was called saved in any life before is there, once; of what was not, nothing is there twice.
        kept = [row["content"]["set"].get("content") for row in li_min.stored("outbox")]
        assert set(saved) <= set(kept) and len(kept) == len(set(kept)), number
        killer = threading.Timer(rng.uniform(0.05, 1.2), phone.is_killed)
        killer.start()
        try:
            li_min.writes("content", words)
            li_min.chooses("mode", "phone")
            li_min.does("save")
            li_min.sees_saved()
            saved.append(words)
        except (Error, AssertionError):
            assert killer.finished.is_set(), "it was stopped by nothing else than the kill"
        killer.join()
        phone.is_buried()
    assert 0 < len(saved) < KILLS or KILLS < 10
