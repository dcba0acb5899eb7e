"""`python -m tests.mutants`: plant each known bug in a copy of the tree and require that something catches it.

Not here: the bugs (bugs.py). Fails when a bug is not caught, when a test that caught one fails without it too, and when
a bug no longer applies to the source as it is.
"""

# ruff: noqa: S603 (every command here is written in this module)

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from tests.bugs import BUGS, Bug

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("schema", "sync", "server", "tests", "pyproject.toml", "pwa")
# What is large and never changed lies in every copy as a link.
LINKED, LEFT_OUT = "pwa/node_modules", ("node_modules", "dist", "__pycache__")
# A bug lives in both databases: the one that needs no server of its own is enough.
PYTEST = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not postgres")
VITEST = ("node_modules/.bin/vitest", "run", "--bail", "1")
PHONE = "pwa/"
# A bug that lives longer than this in the simulation is left to the tests.
SEEDS_MAX = 60
SECONDS_MAX = 900


@dataclass(frozen=True)
class Caught:
    """What caught a bug: a test, a seed, or both, each after so many seconds; None where nothing did."""

    test: str | None
    test_seconds: float
    seed: str | None
    seed_seconds: float


def planted(bug: Bug, text: str) -> str:
    """The source with the bug; raises ValueError when it no longer applies."""
    if text.count(bug.old) != 1:
        raise ValueError(f"'{bug.name}' no longer applies: its line stands {text.count(bug.old)} times in {bug.path}")
    return text.replace(bug.old, bug.new)


def try_bug(bug: Bug, seeds: int) -> Caught:
    """Plant one bug in a copy of its own, run its tests and, where it is the centre's, the simulation there."""
    with tempfile.TemporaryDirectory() as folder:
        tree = copied_to(Path(folder))
        file = tree / bug.path
        file.write_text(planted(bug, file.read_text("utf-8")), "utf-8")
        began = time.monotonic()
        found = failed_in(tree, bug.tests.split())
        between = time.monotonic()
        if bug.path.startswith(PHONE):
            return Caught(found, between - began, None, 0)
        said = run(tree, sys.executable, "-m", bug.simulation, "--until-failure", "--seeds", str(seeds))
        seed = re.search(r"^seed (\d+): (\w+)(.{0,40})", said, re.MULTILINE)
        return Caught(
            found,
            between - began,
            f"{seed[1]} ({seed[2]}{seed[3].partition(': 0')[0]})" if seed else None,
            time.monotonic() - between,
        )


def copied_to(tree: Path) -> Path:
    """A folder with all that the tests of a bug need."""
    for name in COPIED:
        whole = ROOT / name
        if whole.is_dir():
            shutil.copytree(whole, tree / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copyfile(whole, tree / name)
    (tree / LINKED).symlink_to((ROOT / LINKED).resolve())
    return tree


def failed_in(tree: Path, tests: Sequence[str]) -> str | None:
    """The first test that fails, as its runner names it; None where all pass."""
    if tests[0].startswith(PHONE):
        said = run(tree / "pwa", *VITEST, *(test.removeprefix(PHONE) for test in tests))
        found = re.search(r"^ *FAIL +(\S+ > .+)$", said, re.MULTILINE)
        return f"{PHONE}{found[1]}" if found else None
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", run(tree, sys.executable, *PYTEST, *tests), re.MULTILINE)
    return found[1] if found else None


def failed_without(caught: Sequence[str]) -> str | None:
    """The first of the tests that caught a bug which fails in a copy without any: it would have caught nothing."""
    with tempfile.TemporaryDirectory() as folder:
        tree = copied_to(Path(folder))
        of_phone = sorted({test.partition(" > ")[0] for test in caught if test.startswith(PHONE)})
        # Of a test with examples all are run: the name of one may have blanks in it.
        of_centre = sorted({test.partition("[")[0] for test in caught if not test.startswith(PHONE)})
        return next((found for tests in (of_centre, of_phone) if tests and (found := failed_in(tree, tests))), None)


def run(place: Path, *words: str) -> str:
    """What a command says; a bug may also make it hang."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    try:
        done = subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return "seed 0: hangs"
    return done.stdout + done.stderr


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.mutants")
    asked.add_argument("names", nargs="*", help="only bugs whose name has one of these words")
    asked.add_argument("--seeds", type=int, default=SEEDS_MAX, help="how many seeds a bug may live")
    asked.add_argument("--workers", type=int, default=os.cpu_count(), help="bugs that are tried at a time")
    asked.add_argument("--check", action="store_true", help="only see whether every bug still applies")
    said = asked.parse_args()
    bugs = [bug for bug in BUGS if not said.names or any(word in bug.name for word in said.names)]
    for bug in bugs:
        planted(bug, (ROOT / bug.path).read_text("utf-8"))
    if said.check:
        print(f"{len(bugs)} bugs apply.")
        return
    missed, tests = list[str](), list[str]()
    print("| planted bug | in | test that catches it | s | first seed that catches it | s |\n|---|---|---|---|---|---|")
    with ThreadPoolExecutor(said.workers) as pool:
        for bug, caught in zip(bugs, pool.map(try_bug, bugs, repeat(said.seeds)), strict=True):
            if not caught.test and not caught.seed:
                missed.append(bug.name)
            test, seed = f"`{caught.test.removeprefix('tests/')}`" if caught.test else "–", caught.seed or "–"
            tests += [caught.test] if caught.test else []
            times = f"{caught.test_seconds:.0f}", f"{caught.seed_seconds:.0f}"
            print(f"| {bug.name} | `{bug.path}` | {test} | {times[0]} | {seed} | {times[1]} |", flush=True)
    print(f"\n{len(bugs) - len(missed)} of {len(bugs)} planted bugs caught.")
    if missed:
        sys.exit(f"Not caught: {missed}")
    if wrong := failed_without(tests):
        sys.exit(f"Fails without a bug too, and catches none: {wrong}")
    print("Each of these tests passes without a bug.")


if __name__ == "__main__":
    main()
