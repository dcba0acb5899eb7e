"""The photos and other files beside the backups of a folder: each content once, under its own SHA-256, however many
backups name it; and back from there.

Not here: the backup of the database, which says what files there are (backup.py, restore.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from schema.load import load_schema
from server.files.store import FileStore
from server.operations.files import copy_whole, digest_of, write_whole
from sync.files import File, naming
from sync.store.store import Store
from sync.store.whole_files import flush

# In the folder of the backups.
FOLDER = "files"
# Held by whoever takes files away from a centre, or copies them.
LOCK = "files.lock"
# Named one by one to the operator; of more there is only the number.
NAMED_MAX = 20


def bytes_to_copy(files: Iterable[File], place: Path) -> int:
    """The bytes of the files that do not lie in a folder of backups yet."""
    return sum(file.kept_bytes for file in files if not copy_path(place, file.kept_sha256).is_file())


def copy_files(files: Sequence[File], kept: FileStore, place: Path) -> list[File]:
    """Bring every file that is not there yet into a folder of backups, and read every one; gives those that cannot be
    had whole.
    """
    folder = place / FOLDER
    if files:
        folder.mkdir(mode=0o700, exist_ok=True)
    for part in folder.glob("*/.*.part"):
        part.unlink()
    lost = [file for file in files if not _is_there(copy_path(place, file.kept_sha256), kept.path(file.hash), file)]
    for path in folder.glob("*/"):
        flush(path)
    return lost


def bring_back(files: Iterable[File], place: Path, kept: FileStore) -> list[File]:
    """Copy what is missing or damaged at a centre back from beside its backups; gives those that are nowhere whole."""
    return [file for file in files if not _is_there(kept.path(file.hash), copy_path(place, file.kept_sha256), file)]


def copy_path(place: Path, sha256: str) -> Path:
    """Where the copy of a content lies in a folder of backups."""
    return place / FOLDER / sha256[:2] / sha256


def list_path(backup: Path) -> Path:
    """The list of a backup's files, as `sha256sum --check` reads it."""
    return backup.with_suffix(".sha256")


def write_list(backup: Path, files: Iterable[File]) -> None:
    """Write beside a backup which contents it names."""
    sums = sorted({file.kept_sha256 for file in files})
    lines = (f"{sha256}  {FOLDER}/{sha256[:2]}/{sha256}\n" for sha256 in sums)
    write_whole(list_path(backup), "".join(lines).encode())


def remove_unnamed(place: Path, backups: Sequence[Path]) -> int:
    """Remove the contents that none of these backups names; how many. None, where the list of one is missing."""
    if not all(list_path(backup).is_file() for backup in backups):
        return 0
    named = {line.split()[0] for backup in backups for line in list_path(backup).read_text("ascii").splitlines()}
    unnamed = [path for path in (place / FOLDER).glob("*/*") if path.name not in named]
    for path in unnamed:
        path.unlink()
    return len(unnamed)


def told(store: Store, lost: Sequence[File]) -> str:
    """Files that are lost, for an operator: each with a record that names it, where one does."""
    named = lost[:NAMED_MAX]
    records = naming(store, load_schema(), {file.hash for file in named})
    lines = [f"  {file.hash}  {records.get(file.hash, '-')}" for file in named]
    return "\n".join([*lines, f"  … {len(lost):,}"] if len(lost) > NAMED_MAX else lines)


def _is_there(target: Path, source: Path, file: File) -> bool:
    """Whether a whole file is at the target now, taken from the source if need be."""
    return _is_whole(target, file) or (source.is_file() and _taken(target, source, file))


def _is_whole(path: Path, file: File) -> bool:
    return path.is_file() and path.stat().st_size == file.kept_bytes and digest_of(path) == file.kept_sha256


def _taken(target: Path, source: Path, file: File) -> bool:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        try:
            # On one disk; neither side is ever written into, only replaced.
            os.link(source, part)
        except OSError:
            copy_whole(source, part)
        if not _is_whole(part, file):
            return False
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return True
