"""`doorstep backup`: a copy of the running centre, proven by restoring it, and only then given the name of a backup.

Not here: what is proven (sync/backup.py), and putting a backup back (restore.py).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from schema.load import load_schema
from server.files.store import FileStore
from server.operations.faults import CommandError, told_plainly
from server.operations.file_copies import LOCK, bytes_to_copy, copy_files, list_path, remove_unnamed, told, write_list
from server.operations.files import copy_whole, locked, write_whole
from server.operations.key_copies import FOLDER as KEYS_FOLDER
from server.operations.key_copies import copy_keys
from server.settings import Settings
from sync.backup import (
    Head,
    HeadError,
    copy_to,
    differences_of,
    doubts_about,
    head_of,
    miscounted,
    read_head,
    without_derived,
    written_head,
)
from sync.epoch import note_backup
from sync.files import File, all_files
from sync.log import LogBroken, check_log
from sync.store.opening import open_store
from sync.store.store import Store
from sync.store.whole_files import flush

# Marks a folder as the demo's, and says when its neighbourhood was complete.
MADE = "demo.json"
NAME = re.compile(r"doorstep-\d{8}T\d{6}Z\.sqlite3")
LOST = (
    "数据库备份好了，但有 {count} 个照片等文件不见了或坏了，后面是写着它的记录：\n"
    "The database is backed up, but {count} photos or other files are missing or damaged; behind each stands a record"
    " that names it:\n{named}"
)
# The copy, and the second one that it is restored to; SQLite may need a little more on the way.
COPIES = 2.2

Say = Callable[[str], None]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Exported:
    """The file beside a backup: its head, and the digest of the copy. is_invented: it is of a demo's neighbourhood."""

    head: Head
    sha256: str
    is_invented: bool


def make_backup(
    settings: Settings,
    folder: Path | None,
    keep: int | None,
    is_away: bool,
    now: datetime,
    say: Say,
    keys_to: Path | None = None,
) -> Path:
    """Back the centre up while it goes on working; gives the new file.

    folder   where to; None for the folder of the settings. A named folder must exist: it may be a disk not plugged in
    keep     how many backups stay in the folder; None for all
    is_away  whoever runs this copies the folder to another machine
    keys_to  where the copy of the data keys goes; None for `keys` in that folder
    Raises CommandError and leaves nothing that looks like a backup.
    """
    place = _place(settings, folder)
    with (
        told_plainly(place, settings.store_path),
        locked(place / ".lock") as is_ours,
        locked(settings.data / LOCK) as is_files_ours,
    ):
        if not is_ours or not is_files_ours:
            raise CommandError(f"Another backup into {place} is running. Wait until it is done.")
        _clear_abandoned(place)
        _need_space(settings, place)
        name = f"doorstep-{now.strftime('%Y%m%dT%H%M%SZ')}"
        whole = place / f"{name}.sqlite3"
        if whole.exists():
            raise CommandError(f"{whole} is there already. Try again in a second.")
        say(f"Copying {settings.store_path} to {place}.")
        head, files = _copied_and_proven(settings, place, name, now, say)
        say(f"Proven by restoring it: {head.entries:,} entries, revision {head.revision:,}, head {head.hash}.")
        keys = copy_keys(settings, keys_to or place / KEYS_FOLDER, name, now)
        if keys is not None:
            say(f"The data keys are copied to {keys}, wrapped by a key of the centre that no backup has.")
        is_elsewhere = is_away or not _is_same_disk(settings, place)
        with opened(settings.store_path) as store:
            note_backup(store, head.epoch, head.revision, head.made_at, is_elsewhere)
        if not is_elsewhere:
            say(
                "This folder is on the disk of the database. If that disk breaks, both are gone: phones go on keeping"
                " their copies. Name a folder elsewhere with --to, or say --copied-away if this one is copied away."
            )
        lost = _with_files(settings, whole, files, say)
        for old in backups_in(place)[:-keep] if keep else []:
            say(f"Removing {old.name}.")
            for path in (old, head_path(old), list_path(old)):
                path.unlink(missing_ok=True)
        remove_unnamed(place, backups_in(place))
        if lost:
            with opened(settings.store_path) as store:
                raise CommandError(f"{LOST.format(count=len(lost), named=told(store, lost))}\n{whole}")
    return whole


def backups_in(folder: Path) -> list[Path]:
    """The whole backups of a folder, oldest first."""
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and head_path(path).is_file())


def head_path(backup: Path) -> Path:
    """Where the head of a backup stands."""
    return backup.with_suffix(".head.json")


def read_exported(path: Path) -> Exported:
    """The head that was exported beside a backup; raises CommandError for a file that is none."""
    with told_plainly(path):
        text = path.read_text("utf-8", errors="replace")
    try:
        found = json.loads(text)
        return Exported(read_head(text), str(found.get("sha256", "")), bool(found.get("is_invented", False)))
    except (HeadError, ValueError, AttributeError) as error:
        raise CommandError(f"{path} is no exported head. It ends in .head.json and lies beside its backup.") from error


@contextmanager
def opened(path: Path | str, keys_of: Path | None = None) -> Iterator[Store]:
    """The store of a place, closed at the end; of a copy, with the keys of another one."""
    store = open_store(path, keys_of=keys_of)
    try:
        yield store
    finally:
        store.close()


def _place(settings: Settings, folder: Path | None) -> Path:
    chosen = folder or settings.backups
    if chosen is not None:
        if not chosen.is_dir():
            raise CommandError(f"There is no folder {chosen}. Is the disk plugged in? Otherwise make the folder first.")
        return chosen
    place = settings.data / "backups"
    with told_plainly(place):
        place.mkdir(mode=0o700, exist_ok=True)
    return place


def _is_same_disk(settings: Settings, place: Path) -> bool:
    return place.stat().st_dev == settings.data.stat().st_dev


def _with_files(settings: Settings, whole: Path, files: list[File], say: Say) -> list[File]:
    """Bring the files that a backup names beside it; gives those that cannot be had."""
    place = whole.parent
    write_list(whole, files)
    # A linked file takes no room.
    needed = 0 if _is_same_disk(settings, place) else bytes_to_copy(files, place) + settings.reserved_bytes
    free = shutil.disk_usage(place).free
    if files and free < needed:
        raise CommandError(
            f"数据库备份好了：{whole}。照片等文件放不下，还需要 {_megabytes(needed - free)} MB。\n"
            f"The database is backed up: {whole}. Its photos and other files do not fit beside it:"
            f" {_megabytes(needed - free)} MB more are needed."
        )
    lost = copy_files(files, FileStore(settings.files_path), place)
    say(f"Photos and other files beside it: {len(files) - len(lost):,}, each read and compared.")
    return lost


def _need_space(settings: Settings, place: Path) -> None:
    needed = int(settings.store_path.stat().st_size * COPIES) + settings.reserved_bytes
    free = shutil.disk_usage(place).free
    if free < needed:
        raise CommandError(
            f"{place} 所在的磁盘空间不够：还需要 {_megabytes(needed - free)} MB。删掉旧备份，或用 --to 换一个文件夹。\n"
            f"The disk of {place} is too full: {_megabytes(needed - free)} MB more are needed. Remove old backups, or"
            " choose another folder with --to."
        )


def _megabytes(count: int) -> int:
    return -(-count // (1024 * 1024))


def _clear_abandoned(place: Path) -> None:
    """Remove what a backup left behind that was killed; nothing of it has the name of a backup."""
    for path in place.glob(".doorstep-*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    for ending in (".head.json", ".sha256"):
        for path in place.glob(f"doorstep-*{ending}"):
            if not path.with_name(path.name.replace(ending, ".sqlite3")).exists():
                path.unlink()


def _copied_and_proven(settings: Settings, place: Path, name: str, now: datetime, say: Say) -> tuple[Head, list[File]]:
    part = place / f".{name}.part"
    try:
        with TemporaryDirectory(prefix=f".{name}.", dir=place) as scratch:
            whole = Path(scratch) / "whole.sqlite3"
            with opened(settings.store_path) as store:
                copy_to(store, whole)
            with opened(whole, settings.store_path) as store:
                head, files = _proven(store, now)
                without_derived(store, load_schema(), part)
            whole.unlink()
            part.chmod(0o600)
            flush(part)
            restored = Path(scratch) / settings.store_path.name
            sha256 = copy_whole(part, restored)
            say("Restoring it to a scratch folder and following its log.")
            with opened(restored, settings.store_path) as store:
                _must_be_proven(doubts_about(store, head) or miscounted(store, head))
        with opened(settings.store_path) as store:
            # The copy must also be of this very centre: its head is one that the running log passed through.
            _must_be_whole(check_log(store, head.log), "The running centre's log")
        is_invented = (settings.data / MADE).is_file()
        exported = written_head(head, sha256=sha256, is_invented=is_invented)
        write_whole(place / f"{name}.head.json", exported.encode())
        part.replace(place / f"{name}.sqlite3")
        flush(place)
    finally:
        part.unlink(missing_ok=True)
    return head, files


def _proven(store: Store, now: datetime) -> tuple[Head, list[File]]:
    head = _must_be_whole(head_of(store, now), "The copy's log")
    _must_be_proven(doubts_about(store, head) or differences_of(store, load_schema(), head))
    return head, all_files(store)


def _must_be_proven(doubts: list[str]) -> None:
    if doubts:
        raise CommandError(
            f"The copy could not be proven and is not kept: {doubts[0]}. Run `doorstep rebuild`, then try again."
        )


def _must_be_whole(found: Found | LogBroken, whose: str) -> Found:
    if isinstance(found, LogBroken):
        raise CommandError(
            f"{whose} is broken at entry {found.position}: {found.reason}. No backup was made; keep the older ones."
        )
    return found
