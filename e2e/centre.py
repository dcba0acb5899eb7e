"""One centre: the real server process over a folder of its own, seeded once a day and copied for each test.

Not here: browsers and people.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS_MAX = 60


class Centre:
    """`python -m server demo` on a free port; `port` is known once it answers.

    origin  under which its people reach it, where that matters: for passkeys
    """

    def __init__(
        self,
        folder: Path,
        log: Path,
        app: Path = ROOT / "pwa" / "dist",
        size: str = "small",
        origin: str | None = None,
    ) -> None:
        self.folder = folder
        self._log = log
        self._app = app
        self._size = size
        self._origin = origin
        self.start()

    def start(self) -> None:
        settings = {"DOORSTEP_APP": str(self._app)}
        if self._origin is not None:
            settings["DOORSTEP_ORIGIN"] = self._origin
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "server", "demo", "--size", self._size, "--data", str(self.folder), "--port", "0"],
            cwd=ROOT,
            env=environment() | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.port = self._port_it_says()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/health", timeout=START_SECONDS_MAX) as answer:
            assert answer.status == 200

    def _port_it_says(self) -> int:
        """Reads what the server prints until it names its address; the rest goes on into the log."""
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if found := re.search(r"http://localhost:(\d+)/", line):
                self._reader = threading.Thread(target=self._keep_log, args=(said,), daemon=True)
                self._reader.start()
                return int(found[1])
        self._process.stdout.close()
        self._process.wait(START_SECONDS_MAX)
        raise AssertionError("The server ended before it named its address:\n" + "".join(said))

    def _keep_log(self, said: list[str]) -> None:
        assert self._process.stdout is not None
        with self._process.stdout, self._log.open("a", encoding="utf-8") as log:
            log.writelines(said)
            for line in self._process.stdout:
                log.write(line)
                log.flush()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS_MAX)
        self._reader.join(START_SECONDS_MAX)

    def dies(self) -> None:
        """As when the machine takes it away: nothing is closed in an orderly way."""
        self._process.kill()
        self._process.wait(START_SECONDS_MAX)
        self._reader.join(START_SECONDS_MAX)

    def command(self, *words: str) -> str:
        """What another `python -m server` command prints about this centre's folder."""
        return run_server(*words, "--data", str(self.folder))

    def __enter__(self) -> Centre:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Template:
    """A seeded folder, made once for all processes of a run; anew after midnight, since the seeded day is today."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seeded_on = folder.with_suffix(".seeded_on")

    def copy_to(self, folder: Path) -> Path:
        with self._folder.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            day = today().isoformat()
            if not self._seeded_on.exists() or self._seeded_on.read_text() != day:
                shutil.rmtree(self._folder, ignore_errors=True)
                with Centre(self._folder, self._folder.with_suffix(".log")):
                    """The first start fills the folder."""
                self._seeded_on.write_text(day)
            shutil.copytree(self._folder, folder)
        return folder


def today() -> datetime.date:
    """The centre's own day."""
    return now().date()


def now() -> datetime.datetime:
    return datetime.datetime.now(ZoneInfo("Asia/Shanghai"))


def run_server(*words: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "server", *words],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"python -m server {' '.join(words)} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def environment() -> dict[str, str]:
    """This machine's environment without settings that an operator might have made for another server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
