"""When a run whose tests failed beside others is green all the same, and where tests put their files."""

import sys
from pathlib import Path

import pytest

from tools import checks
from tools.checks import ALONE_TESTS_MAX, ALONE_TIMES, TESTS_FAILED, Check

ENDS = (sys.executable, "-c", "import sys; sys.exit(int(sys.argv[1]))")
# Writes a line for each time it is asked, and fails at one of them.
ASKED = "import sys; p = sys.argv[1]; open(p, 'a').write('.'); sys.exit(len(open(p).read()) == int(sys.argv[2]))"


@pytest.fixture(autouse=True)
def _logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "STAMPS", tmp_path)


def a_run(tmp_path: Path, *, ends: int, failed: int, fails_alone_at: int = 0) -> Check:
    alone = (sys.executable, "-c", ASKED, str(tmp_path / "asked"), str(fails_alone_at))
    return Check("a run", (*ENDS, str(ends)), failed=lambda: ["one"] * failed, alone=alone)


def times_alone(tmp_path: Path) -> int:
    asked = tmp_path / "asked"
    return len(asked.read_text()) if asked.exists() else 0


def test_what_passes_at_once_is_not_asked_again(tmp_path: Path):
    assert checks._passes(a_run(tmp_path, ends=0, failed=0))
    assert times_alone(tmp_path) == 0


def test_what_failed_beside_others_and_passes_alone_is_green_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert checks._passes(a_run(tmp_path, ends=TESTS_FAILED, failed=1))
    assert times_alone(tmp_path) == ALONE_TIMES
    assert "UNSTEADY" in capsys.readouterr().out


@pytest.mark.parametrize("at", range(1, ALONE_TIMES + 1))
def test_one_failure_alone_is_a_failure(tmp_path: Path, at: int):
    assert not checks._passes(a_run(tmp_path, ends=TESTS_FAILED, failed=1, fails_alone_at=at))
    assert times_alone(tmp_path) == at


@pytest.mark.parametrize(("ends", "failed"), [(TESTS_FAILED, 0), (TESTS_FAILED, ALONE_TESTS_MAX + 1), (2, 1), (137, 1)])
def test_more_than_a_few_tests_or_anything_worse_is_a_failure_at_once(tmp_path: Path, ends: int, failed: int):
    assert not checks._passes(a_run(tmp_path, ends=ends, failed=failed))
    assert times_alone(tmp_path) == 0


# Fails unless the files of a run go to a folder in the place it is told.
IN_THE_PLACE = "import os, sys; sys.exit(not os.environ.get('TMPDIR', '').startswith(sys.argv[1]))"


@pytest.mark.parametrize(("free_bytes_min", "is_in_memory"), [(0, True), (1 << 62, False)])
def test_files_of_tests_go_to_memory_that_has_room_and_are_gone_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes_min: int, is_in_memory: bool
):
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(checks, "MEMORY", memory)
    monkeypatch.setattr(checks, "MEMORY_BYTES_MIN", free_bytes_min)
    run = Check("a run", (sys.executable, "-c", IN_THE_PLACE, str(memory)))
    assert checks._passes(run) is is_in_memory
    assert list(memory.iterdir()) == []
