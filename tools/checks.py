"""What `make check` and `make test` run, in order, and how it is told.

Not here: what the tests say.
"""

# ruff: noqa: S603 (every command here is written in this package)

import datetime
import os
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.setup import PWA, PYTHON, node_version
from tools.steps import ROOT, STAMPS, StepFailed, clean_environment, fingerprint, say, seconds_since


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str | Path]
    cwd: Path = ROOT
    shows: bool = False
    """It uses all processors, so it runs alone, and its output is shown as it comes; otherwise only when it fails."""

    @property
    def log(self) -> Path:
        return STAMPS / f"check-{self._short}.log"

    @property
    def stamp(self) -> Path:
        return STAMPS / f"green-{self._short}"

    @property
    def _short(self) -> str:
        return self.name.split(",")[0].replace(" ", "-")


NPM = ("npm", "run", "--silent")
# Tests wait for commits, browsers and servers more than they compute, so even one core runs two at a time.
PROCESSES = min(4, max(2, os.cpu_count() or 1))
PYTEST = (PYTHON, "-m", "pytest", "-q", "--durations=8", f"--numprocesses={PROCESSES}", "--dist=worksteal")

CHECKS = (
    Check("generated files are fresh", (PYTHON, "-m", "schema.generate", "--check")),
    Check("registered operations are fresh", (PYTHON, "-m", "tools.operations", "--check")),
    Check("ruff", (PYTHON, "-m", "ruff", "check", ".")),
    Check("bandit", (PYTHON, "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", "schema", "sync", "server")),
    Check("mypy", (PYTHON, "-m", "mypy")),
    Check("eslint", (*NPM, "lint"), PWA),
    Check("svelte-check", (*NPM, "types"), PWA),
)
TESTS = (
    Check("vitest, the phone's rules", (*NPM, "test"), PWA),
    Check("pytest tests, the centre's rules", (*PYTEST, "tests"), shows=True),
    # A process of its own: Playwright leaves a running event loop behind, in which other tests cannot start theirs.
    Check("pytest e2e, promises to people in a real browser", (*PYTEST, "-m", "not nightly", "e2e"), shows=True),
)
E2E = (Check("pytest e2e with its nightly variants, in a real browser", (*PYTEST, "e2e"), shows=True),)


def run_checks(checks: Sequence[Check], again: bool) -> None:
    """Run each check and tell its time; all are run even when one fails, and the failed ones are named at the end.

    again   run what was already green on exactly these files today; CI always does
    """
    state = fingerprint([ROOT]) + datetime.datetime.now(datetime.UTC).date().isoformat() + node_version()

    def is_green(check: Check) -> bool:
        if not again and check.stamp.exists() and check.stamp.read_text() == state:
            say(f"{check.name}: green already, nothing changed since (AGAIN=1 runs it all the same)")
            return True
        if passed := _passes(check):
            check.stamp.write_text(state)
        return passed

    quiet, loud = [check for check in checks if not check.shows], [check for check in checks if check.shows]
    # Most of the quiet ones work on one processor.
    with ThreadPoolExecutor(PROCESSES) as together:
        green = dict(zip(quiet, together.map(is_green, quiet), strict=True))
    green |= {check: is_green(check) for check in loud}
    if failed := [check.name for check in checks if not green[check]]:
        raise StepFailed("Failed: " + "; ".join(failed))
    say("All green.")


def _passes(check: Check) -> bool:
    say(f"{check.name} ...")
    started = time.monotonic()
    # An operator's settings must not reach the tests.
    environment = {name: value for name, value in clean_environment().items() if not name.startswith("DOORSTEP_")}
    with check.log.open("w", encoding="utf-8") as out:
        shown = None if check.shows else out
        code = subprocess.run(
            [str(word) for word in check.command],
            cwd=check.cwd,
            env=environment | {"CI": os.environ.get("CI", "true")},
            stdin=subprocess.DEVNULL,
            stdout=shown,
            stderr=shown,
        ).returncode
    how = "passed" if code == 0 else f"FAILED (exit {code})" if code > 0 else f"KILLED by signal {-code}"
    if code and not check.shows:
        # In one piece: what runs beside it says lines of its own.
        print(f"{check.name}:\n{check.log.read_text(encoding='utf-8', errors='replace')}", flush=True)
    say(f"{check.name}: {how} in {seconds_since(started)}")
    return code == 0
