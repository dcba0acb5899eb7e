"""What `make check` and `make test` run, in order, and how it is told.

Not here: what the tests say.
"""

# ruff: noqa: S603 (every command here is written in this package)

import datetime
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.setup import PWA, PYTHON, node_version
from tools.steps import ROOT, STAMPS, StepFailed, clean_environment, fingerprint, say, seconds_since


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str | Path]
    cwd: Path = ROOT
    shows: bool = False
    """It uses all processors, so it runs alone, and its output is shown as it comes; otherwise only when it fails."""
    failed: Callable[[], Sequence[str]] = tuple
    """The tests that failed in the run just ended; what names none is not asked again."""
    alone: Sequence[str | Path] = ()
    """The command that runs the named tests by themselves."""

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
# Tests wait for commits, browsers and servers a fifth of their time, so that one more runs than there are cores.
PROCESSES = min(4, (os.cpu_count() or 1) + 1)
PYTEST = (PYTHON, "-m", "pytest", "-q", "--durations=8", f"--numprocesses={PROCESSES}", "--dist=worksteal")

# The modules whose sizes stand in tests/sizes.py; the other rows are tried whole in every run.
SECURITY_MODULES = (
    "server/test_alike_in_time", "server/test_beginning", "server/test_enrolment", "server/test_forged_bytes",
    "server/test_scan", "server/test_sign_in", "server/test_trail", "sync/test_data_keys",
    "sync/test_numbers_of_others", "sync/test_odd_reads",
)  # fmt: skip

# The exit of pytest and of vitest when tests failed, and nothing worse.
TESTS_FAILED = 1
ALONE_TIMES = 2
ALONE_TESTS_MAX = 4
VITEST_REPORT = STAMPS / "vitest.json"

# A test waits for the disk at every commit, and none asks whether the disk keeps its word: what a cut of the power
# takes is tried on disks of the tests' own (tests/faults).
MEMORY = Path("/dev/shm")  # noqa: S108
MEMORY_BYTES_MIN = 4 << 30


def _failed_of(folder: str) -> Callable[[], Sequence[str]]:
    def failed() -> Sequence[str]:
        kept = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
        return [test for test in json.loads(kept.read_text()) if test.startswith(f"{folder}/")] if kept.exists() else []

    return failed


def _failed_of_vitest() -> Sequence[str]:
    modules = json.loads(VITEST_REPORT.read_text())["testResults"] if VITEST_REPORT.exists() else []
    return [module["name"] for module in modules if module["status"] == "failed"]


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
    Check(
        "vitest, the phone's rules",
        (*NPM, "test", "--", "--reporter=default", "--reporter=json", f"--outputFile.json={VITEST_REPORT}"),
        PWA,
        failed=_failed_of_vitest,
        alone=(*NPM, "test", "--"),
    ),
    Check(
        "pytest tests, the centre's rules",
        (*PYTEST, "tests"),
        shows=True,
        failed=_failed_of("tests"),
        alone=(PYTHON, "-m", "pytest", "-q"),
    ),
    # A process of its own: Playwright leaves a running event loop behind, in which other tests cannot start theirs.
    Check(
        "pytest e2e, promises to people in a real browser",
        (*PYTEST, "-m", "not nightly", "e2e"),
        shows=True,
        failed=_failed_of("e2e"),
        alone=(PYTHON, "-m", "pytest", "-q"),
    ),
)
SECURITY = (
    Check(
        "security rows at night's size",
        (*PYTEST, "-rP", "--timeout=7200", *(f"tests/{name}.py" for name in SECURITY_MODULES)),
        shows=True,
    ),
    Check("a site in between, in a real browser", (*PYTEST, "e2e/test_look_alike.py"), shows=True),
)
E2E = (Check("pytest e2e with its nightly variants, in a real browser", (*PYTEST, "e2e"), shows=True),)


def run_checks(checks: Sequence[Check], again: bool) -> None:
    """Run each check and tell its time; all are run even when one fails, and the failed ones are named at the end.

    again   run what was already green on exactly these files today; CI always does
    """
    state = fingerprint([ROOT]) + datetime.datetime.now(datetime.UTC).date().isoformat() + node_version()

    VITEST_REPORT.unlink(missing_ok=True)

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
    code = _run(check, check.command, check.name)
    return code == 0 or (code == TESTS_FAILED and _passes_alone(check))


def _passes_alone(check: Check) -> bool:
    """Whether the few tests that failed beside others pass several times by themselves; they are named all the same.

    A machine that stands still for half a minute fails a test that waits for it. A fault of ours fails it again.
    """
    failed = check.failed()
    if not 0 < len(failed) <= ALONE_TESTS_MAX:
        return False
    for _ in range(ALONE_TIMES):
        if _run(check, (*check.alone, *failed), f"{check.name}: {len(failed)} failed, alone"):
            return False
    say(f"UNSTEADY, to be mended: failed beside others, passed {ALONE_TIMES} times alone: {'; '.join(failed)}")
    return True


def _run(check: Check, command: Sequence[str | Path], name: str) -> int:
    say(f"{name} ...")
    started = time.monotonic()
    # An operator's settings must not reach the tests.
    environment = {name: value for name, value in clean_environment().items() if not name.startswith("DOORSTEP_")}
    with check.log.open("w", encoding="utf-8") as out, _place_for_files() as place:
        shown = None if check.shows else out
        code = subprocess.run(
            [str(word) for word in command],
            cwd=check.cwd,
            env=environment | {"CI": os.environ.get("CI", "true")} | place,
            stdin=subprocess.DEVNULL,
            stdout=shown,
            stderr=shown,
        ).returncode
    how = "passed" if code == 0 else f"FAILED (exit {code})" if code > 0 else f"KILLED by signal {-code}"
    if code and not check.shows:
        # In one piece: what runs beside it says lines of its own.
        print(f"{name}:\n{check.log.read_text(encoding='utf-8', errors='replace')}", flush=True)
    say(f"{name}: {how} in {seconds_since(started)}")
    return code


@contextmanager
def _place_for_files() -> Iterator[dict[str, str]]:
    """The setting that puts the files of tests into memory where there is plenty; else they go where they always go."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < MEMORY_BYTES_MIN:
        yield {}
        return
    with TemporaryDirectory(prefix="doorstep-tests-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield {"TMPDIR": folder}
