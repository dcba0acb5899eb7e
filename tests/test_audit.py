"""What `make audit` says of the age of a lock. Not here: what is known against a package, which needs a network."""

import os
import subprocess
from pathlib import Path

import pytest

from tools.audit import LOCK_DAYS_MAX, is_fresh

DAY = 24 * 3600
WRITTEN = 1_795_000_000


def git(folder: Path, *words: str) -> None:
    who = {f"GIT_{role}_{what}": "nobody" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    at = {"GIT_AUTHOR_DATE": f"{WRITTEN} +0000", "GIT_COMMITTER_DATE": f"{WRITTEN} +0000"}
    subprocess.run(["git", *words], cwd=folder, env=os.environ | who | at, check=True)  # noqa: S603, S607


@pytest.mark.parametrize(("seconds", "fresh"), [(LOCK_DAYS_MAX * DAY, True), (LOCK_DAYS_MAX * DAY + 1, False)])
def test_a_lock_is_fresh_for_ninety_days(tmp_path: Path, seconds: int, fresh: bool) -> None:
    (tmp_path / "a.lock").write_text("one==1")
    for words in (("init", "-q"), ("add", "a.lock"), ("commit", "-q", "-m", "Lock")):
        git(tmp_path, *words)
    assert is_fresh("a.lock", WRITTEN + seconds, tmp_path) is fresh
    assert not is_fresh("another.lock", WRITTEN, tmp_path), "nobody knows how old it is"
