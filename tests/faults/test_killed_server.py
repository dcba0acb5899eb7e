"""A server process killed with SIGKILL, between commit and answer or at any moment, loses nothing it acknowledged.

Not here: a power cut (test_power_cut.py): what a killed process wrote stays with the system.
"""

import base64
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schema.load import load_schema
from sync.log import LogHead, check_log, entries
from sync.materialise import rebuild
from sync.save import new_private_key, public_point, sealed
from sync.store.opening import open_store
from sync.times import local_date
from tests.server.http_world import PUSH, empty_store

# Kills of `make test` for each way to die; a night sets NIGHT_KILLS=500.
KILLS = int(os.environ.get("NIGHT_KILLS", "4"))
START_SECONDS_MAX = 60


class Killed(Exception):
    """No answer came."""


class Mother:
    """The process in which every life of a server begins; `said` gives what it and they write, line by line."""

    def __enter__(self) -> "Mother":
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "tests.faults.dying_server"],
            env={name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
            | {"DOORSTEP_FREE_MEGABYTES_MIN": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(START_SECONDS_MAX)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    def begins(self, way: str, folder: Path) -> None:
        assert self._process.stdin is not None
        words = [way, "demo", "--data", str(folder), "--port", "0"]
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def says(self, pattern: str) -> re.Match[str]:
        """The next line in which this stands."""
        assert self._process.stdout is not None
        found = next((found for line in self._process.stdout if (found := re.search(pattern, line))), None)
        assert found is not None, "the servers ended"
        return found


class Server:
    """One life of the server process over a folder."""

    def __init__(self, mother: Mother, folder: Path, way: str = "never") -> None:
        self.mother = mother
        mother.begins(way, folder)
        self.id = int(mother.says(r"^life (\d+)")[1])
        port = mother.says(r"localhost:(\d+)/|^ended")[1]
        assert port is not None, "the server ended before it named its address"
        self.port = int(port)
        self.asks("GET", "/api/health")

    def asks(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """The answer as JSON; raises Killed when none comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS_MAX)
        headers = {"content-type": "application/json", "host": f"localhost:{self.port}"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Killed from error
        finally:
            connection.close()

    def kill(self) -> None:
        """Wherever it is; it may have died by itself before."""
        os.kill(self.id, signal.SIGKILL)
        self.mother.says("^ended")


class Author:
    """Somebody who writes hours, and knows which saves were acknowledged."""

    def __init__(self, server: Server, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311
        self.key = new_private_key()
        device = {"public_key": base64.b64encode(public_point(self.key)).decode(), "name": "phone"}
        self.token = server.asks("POST", "/api/session", {"person": "huang_li", "device": device})["token"]
        self.waiting: list[dict[str, Any]] = []
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.written: list[dict[str, Any]] = []

    def writes(self, count: int) -> None:
        for _ in range(count):
            number = len(self.written) + 1
            save = {
                "id": self.new_id(),
                "record": self.new_id(),
                "kind": "hour_entry",
                "schema": load_schema().kinds["hour_entry"].version,
                "device_sequence": number,
                "client": self.rng.randrange(1, 2**32),
                "base": 0,
                "made_at": f"{number:013d}-0000",
                "set": {
                    "volunteer": "huang_li",
                    "activity": "便民服务日",
                    "worked_on": "2026-03-10",
                    "started_at": "09:00",
                    "ended_at": "11:30",
                    "provenance": "signed",
                },
                "replaces": {},
            }
            self.written.append(sealed(save, self.key))
            self.waiting.append(self.written[-1])

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128) & ~(0xF << 76) | 7 << 76))

    def pushes(self, server: Server, saves: list[dict[str, Any]]) -> None:
        answer = server.asks("POST", "/graphql", {"query": PUSH, "variables": {"saves": saves}}, self.token)
        for receipt in answer["data"]["push"]["receipts"]:
            assert receipt["status"] == "accepted", receipt
            before = self.acknowledged.setdefault(receipt["save"], receipt)
            assert before == receipt, "the same save got another receipt"
        self.waiting = [save for save in self.waiting if save["id"] not in self.acknowledged]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A centre's folder: people, no records."""
    (tmp_path / "doorstep.sqlite3").write_bytes(empty_store())
    (tmp_path / "demo.json").write_text(json.dumps({"made_on": local_date(datetime.now(UTC)).isoformat()}))
    return tmp_path


@pytest.fixture
def mother() -> Iterator[Mother]:
    with Mother() as found:
        yield found


def lives(mother: Mother, folder: Path, kills: int, way: Callable[[int], str]) -> Iterator[Server]:
    """One life of the server after the other; each must be ready in time."""
    for number in range(kills):
        server = Server(mother, folder, way(number))
        try:
            yield server
        finally:
            server.kill()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("where", ["between commit and answer", "at any moment"])
def test_a_killed_server_keeps_what_it_acknowledged(mother, folder, where, seed):
    rng, author = random.Random(seed), None  # noqa: S311
    is_exact = where == "between commit and answer"
    for server in lives(
        mother, folder, KILLS, lambda number: str(rng.randint(0, 3)) if is_exact and number else "never"
    ):
        author = author or Author(server, seed)
        # All that was acknowledged in this life of the server or in one before is there, under the same receipt.
        if author.acknowledged:
            known = [save for save in author.written if save["id"] in author.acknowledged][-20:]
            try:
                author.pushes(server, known)
            except Killed:
                continue
        killer = threading.Timer(rng.uniform(0, 0.25), os.kill, (server.id, signal.SIGKILL))
        if not is_exact:
            killer.start()
        try:
            for _ in range(20):
                author.writes(rng.randint(1, 10))
                author.pushes(server, author.waiting[:100])
        except Killed:
            pass
        killer.cancel()
    for server in lives(mother, folder, 1, lambda number: "never"):
        while author.waiting:
            author.pushes(server, author.waiting[:100])
    store = open_store(folder / "doorstep.sqlite3")
    logged = [entry.id for entry in entries(store) if entry.entry == "save"]
    assert author.acknowledged.keys() <= set(logged) and len(logged) == len(set(logged))
    assert isinstance(check_log(store), LogHead)
    assert rebuild(store, load_schema()) == []
    store.close()
