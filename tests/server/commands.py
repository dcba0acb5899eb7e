"""A command as an operator runs it, within the process of the test. Not here: a process of its own (processes.py)."""

import shutil
from pathlib import Path

import pytest

from server.__main__ import main


def says(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    """Its exit status, and all that it printed."""
    status = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return status, out + err


def secrets_brought(data: Path, folder: Path) -> Path:
    """A folder with the keys of a centre, as an operator brings them to a new machine."""
    shutil.copytree(data / "centre_keys", folder / "centre_keys")
    folder.chmod(0o700)
    return folder
