"""A copy of the centre's declarations that a test may change. Not here: any rule."""

import shutil
from pathlib import Path

from schema.load import FOLDER


def copy_declarations(to: Path) -> Path:
    """Copy the declarations, and nothing else, into a folder; returns it."""
    for part in ("records", "vocabularies"):
        shutil.copytree(FOLDER / part, to / part)
    for file in (
        "roles.toml",
        "problems.toml",
        "permissions.toml",
        "retention.toml",
        "statutory_days.toml",
        "clocks.toml",
    ):
        shutil.copy(FOLDER / file, to / file)
    return to


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the first `old` in a file, which must be there, by `new`."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} does not say {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
