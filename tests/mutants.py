"""`python -m tests.mutants`: plant each known bug in a copy of the tree and require that something catches it.

Not here: the bugs (bugs.py). Fails when a bug is not caught, and when one no longer applies to the source as it is.
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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from tests.bugs import BUGS, Bug

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("schema", "sync", "server", "tests", "pyproject.toml")
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
    """Plant one bug in a copy of its own, run its tests and the simulation there."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in COPIED:
            whole = ROOT / name
            (shutil.copytree if whole.is_dir() else shutil.copyfile)(whole, tree / name)
        file = tree / bug.path
        file.write_text(planted(bug, file.read_text("utf-8")), "utf-8")
        began = time.monotonic()
        tests = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *bug.tests.split())
        said = run(tree, *tests)
        found = re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
        between = time.monotonic()
        said = run(tree, "-m", "tests.sync.simulate", "--until-failure", "--seeds", str(seeds))
        seed = re.search(r"^seed (\d+): (\w+)(.{0,40})", said, re.MULTILINE)
        return Caught(
            found[1].removeprefix("tests/") if found else None,
            between - began,
            f"{seed[1]} ({seed[2]}{seed[3].partition(': 0')[0]})" if seed else None,
            time.monotonic() - between,
        )


def run(tree: Path, *words: str) -> str:
    """What a Python command says; a bug may also make it hang."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, *words], cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX
        )
    except subprocess.TimeoutExpired:
        return "seed 0: hangs"
    return done.stdout + done.stderr


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.mutants")
    asked.add_argument("names", nargs="*", help="only bugs whose name has one of these words")
    asked.add_argument("--seeds", type=int, default=SEEDS_MAX, help="how many seeds a bug may live")
    asked.add_argument("--check", action="store_true", help="only see whether every bug still applies")
    said = asked.parse_args()
    bugs = [bug for bug in BUGS if not said.names or any(word in bug.name for word in said.names)]
    for bug in bugs:
        planted(bug, (ROOT / bug.path).read_text("utf-8"))
    if said.check:
        print(f"{len(bugs)} bugs apply.")
        return
    missed = []
    print("| planted bug | in | test that catches it | s | first seed that catches it | s |\n|---|---|---|---|---|---|")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for bug, caught in zip(bugs, pool.map(try_bug, bugs, repeat(said.seeds)), strict=True):
            if not caught.test and not caught.seed:
                missed.append(bug.name)
            test, seed = f"`{caught.test}`" if caught.test else "–", caught.seed or "–"
            times = f"{caught.test_seconds:.0f}", f"{caught.seed_seconds:.0f}"
            print(f"| {bug.name} | `{bug.path}` | {test} | {times[0]} | {seed} | {times[1]} |", flush=True)
    print(f"\n{len(bugs) - len(missed)} of {len(bugs)} planted bugs caught.")
    if missed:
        sys.exit(f"Not caught: {missed}")


if __name__ == "__main__":
    main()
