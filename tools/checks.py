"""What `make check` and `make test` run, in order, and how it is told.

Not here: what the tests say.
"""

# ruff: noqa: S603 (every command here is written in this package)

import datetime
import os
import subprocess
import time
from collections.abc import Sequence
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
    """Its output is shown as it comes; otherwise only when it fails."""


NPM = ("npm", "run", "--silent")
# Tests wait for commits, browsers and servers more than they compute, so even one core runs two at a time.
PROCESSES = min(4, max(2, os.cpu_count() or 1))
PYTEST = (PYTHON, "-m", "pytest", "-q", "--durations=8", f"--numprocesses={PROCESSES}", "--dist=worksteal")

CHECKS = (
    Check("generated files are fresh", (PYTHON, "-m", "schema.generate", "--check")),
    Check("ruff", (PYTHON, "-m", "ruff", "check", ".")),
    Check("mypy", (PYTHON, "-m", "mypy")),
    Check("eslint", (*NPM, "lint"), PWA),
    Check("svelte-check", (*NPM, "types"), PWA),
)
TESTS = (
    Check("vitest, the phone's rules", (*NPM, "test"), PWA),
    Check("pytest tests, the centre's rules", (*PYTEST, "tests"), shows=True),
    # A process of its own: Playwright leaves a running event loop behind, in which other tests cannot start theirs.
    Check("pytest e2e, promises to people in a real browser", (*PYTEST, "e2e"), shows=True),
)
E2E = TESTS[-1:]


def run_checks(checks: Sequence[Check], again: bool) -> None:
    """Run each check and tell its time; all are run even when one fails, and the failed ones are named at the end.

    again   run what was already green on exactly these files today; CI always does
    """
    state = fingerprint([ROOT]) + datetime.datetime.now(datetime.UTC).date().isoformat() + node_version()
    failed = []
    for check in checks:
        stamp = STAMPS / f"green-{check.name.split(',')[0].replace(' ', '-')}"
        if not again and stamp.exists() and stamp.read_text() == state:
            say(f"{check.name}: green already, nothing changed since (AGAIN=1 runs it all the same)")
            continue
        if _passes(check):
            stamp.write_text(state)
        else:
            failed.append(check.name)
    if failed:
        raise StepFailed("Failed: " + "; ".join(failed))
    say("All green.")


def _passes(check: Check) -> bool:
    say(f"{check.name} ...")
    started = time.monotonic()
    log = STAMPS / "check.log"
    # An operator's settings must not reach the tests.
    environment = {name: value for name, value in clean_environment().items() if not name.startswith("DOORSTEP_")}
    with log.open("w", encoding="utf-8") as out:
        shown = None if check.shows else out
        code = subprocess.run(
            [str(word) for word in check.command],
            cwd=check.cwd,
            env=environment | {"CI": os.environ.get("CI", "true")},
            stdin=subprocess.DEVNULL,
            stdout=shown,
            stderr=shown,
        ).returncode
    if code and not check.shows:
        print(log.read_text(encoding="utf-8", errors="replace"), flush=True)
    how = "passed" if code == 0 else f"FAILED (exit {code})" if code > 0 else f"KILLED by signal {-code}"
    say(f"{check.name}: {how} in {seconds_since(started)}")
    return code == 0
