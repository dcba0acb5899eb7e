"""A command as an operator runs it, within the process of the test. Not here: a process of its own (processes.py)."""

import pytest

from server.__main__ import main


def says(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    """Its exit status, and all that it printed."""
    status = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return status, out + err
