"""What the phone calls saved is there even if its browser is killed in that very moment, with no network since."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from e2e.centre import Centre
from e2e.network import Network
from e2e.people import PHONE, Person
from e2e.world import VISIT_TODAY


class PhoneThatCanDie:
    """A browser process of our own on one profile folder, so that its id is known and it can be killed."""

    def __init__(self, playwright: Playwright, browser_path: str | None, profile: Path, *flags: str) -> None:
        self._process: Any = subprocess.Popen(  # noqa: S603
            [
                browser_path or playwright.chromium.executable_path,
                "--headless=new",
                "--no-sandbox",
                "--no-first-run",
                "--lang=zh-CN",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                *flags,
                "about:blank",
            ],
            env=os.environ | {"TZ": "Asia/Shanghai"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # A group of its own: killed is the browser with all its helpers, as when a phone takes its memory back.
            start_new_session=True,
        )
        self._browser = playwright.chromium.connect_over_cdp(self._endpoint())

    def _endpoint(self) -> str:
        for line in self._process.stderr:
            if found := re.search(r"DevTools listening on (ws://\S+)", line):
                # Read on, or the browser stops when the pipe is full.
                self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
                self._reader.start()
                return found[1]
        raise AssertionError("The browser ended before it could be driven.")

    def person(self, network: Network, results: Path) -> Person:
        person = Person("li_min", self._browser.contexts[0], network, results)
        person.page.set_viewport_size(PHONE)
        return person

    def dies(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        self._process.stderr.close()


@pytest.fixture
def network(centre: Centre) -> Iterator[Network]:
    with Network(centre.port) as between:
        yield between


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
