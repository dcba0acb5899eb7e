"""docs/operations.md is true: every command in it is one, every measure is told, every setting can be set."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

from server.__main__ import _parser
from server.operations.metrics import Metrics, StoreFacts
from server.settings import VARIABLES

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")


def commands() -> list[str]:
    fenced = re.findall(r"^doorstep [^#\n]+", DOCUMENT, re.M)
    inline = [text for text in re.findall(r"`(doorstep [^`\n]+)`", DOCUMENT) if "<" not in text]
    return [text.strip() for text in fenced + inline if "…" not in text]


def test_every_command_is_one() -> None:
    found = {
        _parser().parse_args(shlex.split(text)[1:]).command.__name__ for text in commands() if "--help" not in text
    }
    assert found == {
        "diagnose",
        "backup",
        "restore_backup",
        "check",
        "rebuild_tables",
        "serve",
        "audit",
        "init",
        "retention",
        "destroy_records",
        "rotate_keys",
    }


def test_every_measure_is_told_and_every_setting_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "doorstep.sqlite3").write_bytes(b"")
    metrics = Metrics()
    metrics.request("/graphql", "POST", 500, 0.1)
    metrics.policy_was_breached("img-src")
    facts = StoreFacts(1, 1, 0, None, 0)
    told = metrics.text(facts, tmp_path, datetime(2026, 3, 10, tzinfo=UTC)).decode()
    for name in re.findall(r"`(doorstep_\w+)", DOCUMENT):
        assert f"\n{name}" in told, name
    assert set(re.findall(r"`(DOORSTEP_\w+)`", DOCUMENT)) <= VARIABLES
