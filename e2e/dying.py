"""A browser of its own on one profile folder, which a test can kill and open again.

Not here: what must be there afterwards (the tests).
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Playwright

from e2e.network import Network
from e2e.people import PHONE, Person


class PhoneThatCanDie:
    """A browser process of our own on one profile folder, so that its id is known and it can be killed."""

    living: ClassVar[list[PhoneThatCanDie]] = []
    """Those that nobody has buried; a test that fails leaves its own here."""

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
        endpoint = self._endpoint()
        self.living.append(self)
        self._browser = playwright.chromium.connect_over_cdp(endpoint)

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
        # What has no finger is a desk to the app, and asks for more before it opens.
        touched = {"enabled": True, "maxTouchPoints": 1}
        person.context.new_cdp_session(person.page).send("Emulation.setTouchEmulationEnabled", touched)
        return person

    def stands_still(self) -> None:
        """All of it, until it goes on: nothing is written meanwhile."""
        os.killpg(self._process.pid, signal.SIGSTOP)
        while not all(state == "T" for state in self._states()):
            threading.Event().wait(0.001)

    def goes_on(self) -> None:
        os.killpg(self._process.pid, signal.SIGCONT)

    def _states(self) -> Iterator[str]:
        """Of every thread of the group that is alive."""
        for file in Path("/proc").glob("[0-9]*/task/*/stat"):
            # One that has ended meanwhile has no file any more.
            with suppress(OSError):
                state, _, group, *_ = file.read_text().rpartition(")")[2].split()
                if group == str(self._process.pid) and state not in "ZX":
                    yield state

    def dies(self) -> None:
        self.is_killed()
        self.is_buried()

    def is_killed(self) -> None:
        """From any thread, at any moment."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def is_buried(self) -> None:
        """Waits until nothing of it is left."""
        self.living.remove(self)
        self._process.wait()
        self._reader.join()
        self._process.stderr.close()
