"""A centre served by a real process, in the way an operator serves one, with phones that are signed in already.

Not here: the demo's way in; the sessions are rows that a test writes.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import httpx2

from server.auth.keys import make_keys
from server.auth.sessions import hash_of
from server.settings import Settings
from sync import people
from sync.save import new_private_key, public_point
from sync.store.opening import open_store
from tests.server.door_world import Device
from tests.server.http_world import OPERATIONS, HttpWorld, Phone, empty_store

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30


class SignedPhone(Device):
    """A phone that signs what it asks, by the clock on the wall."""

    def clock(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Served:
    """One folder and the process that serves it; `lines` is all that the process wrote down.

    command  what runs the server; a test may put a server of its own here that dies at a chosen moment
    """

    folder: Path
    command: Sequence[str] = (sys.executable, "-m", "server")
    settings: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if "DOORSTEP_STORE" not in self.settings and not (self.folder / "doorstep.sqlite3").exists():
            (self.folder / "doorstep.sqlite3").write_bytes(empty_store())
        if not (self.folder / "secrets").exists():
            make_keys(self.folder)

    def __enter__(self) -> Served:
        self.starts()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self._ends()

    def starts(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
        self.process = subprocess.Popen(  # noqa: S603
            [*self.command, "serve", "--data", str(self.folder), "--port", "0"],
            cwd=ROOT,
            env=kept
            | {"DOORSTEP_FREE_MEGABYTES_MIN": "0", "DOORSTEP_OPERATIONS": str(OPERATIONS), "PYTHONUNBUFFERED": "1"}
            | self.settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(r"listens on 127\.0\.0\.1:(\d+)", line):
                break
        else:
            self.process.wait(START_SECONDS_MAX)
            raise AssertionError("The server did not start:\n" + "".join(self.lines))
        self._reader = threading.Thread(target=self._reads, daemon=True)
        self._reader.start()
        self.client = httpx2.Client(base_url=f"http://localhost:{found[1]}", timeout=START_SECONDS_MAX)
        assert self.client.get("/api/health").status_code == 200

    def _reads(self) -> None:
        assert self.process.stdout is not None
        self.lines += self.process.stdout

    def _ends(self) -> int:
        status = self.process.wait(STOP_SECONDS_MAX)
        self._reader.join(STOP_SECONDS_MAX)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.client.close()
        return status

    def dies(self) -> None:
        """Killed, as by the system."""
        self.process.kill()
        self._ends()

    def is_dead(self) -> None:
        """It has killed itself."""
        assert self._ends() == -signal.SIGKILL

    def stops(self) -> int:
        """Stopped as a service manager does; the exit status."""
        self.process.terminate()
        return self._ends()

    def signs_in(self, person: str, number: int = 1) -> Phone:
        """A phone of this person, whose session is a row in the store; of several, each has its number."""
        key, device, token = new_private_key(), f"device-{number}-of-{person}", f"token {number} of {person}"
        store = open_store(self.settings.get("DOORSTEP_STORE", self.folder / "doorstep.sqlite3"))
        store.bind_by("person", person)
        now = datetime.now(UTC)
        if people.device_of(store, device) is None:
            people.add_device(store, person, public_point(key), "phone", device, now, path="prf")
            people.add_session(store, hash_of(token), person, device, now)
        store.close()
        world = HttpWorld(Settings(data=self.folder), now, cast(Any, self.client), random.Random(device))  # noqa: S311
        return SignedPhone(world, person, key, token, device, {})

    def log(self) -> list[dict[str, Any]]:
        """The structured lines."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]
