"""`doorstep restore`: put a backup in the place of the centre's database, proven first, under a new epoch.

Not here: how a backup is made (backup.py), and what phones do when the epoch changes (the protocol).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from schema.load import load_schema
from server.files.store import FileStore
from server.operations.backup import MADE, Exported, head_path, opened, read_exported
from server.operations.checkpoints import set_aside
from server.operations.faults import CommandError, told_plainly
from server.operations.file_copies import bring_back, told
from server.operations.files import copy_whole, locked
from server.operations.key_copies import FOLDER as KEYS_FOLDER
from server.operations.key_copies import bring_back_keys
from server.operations.mark import forget_mark
from server.settings import Settings
from sync.backup import doubts_about
from sync.closed import Closed, close_again, closed_in
from sync.epoch import Parent, begin_epoch
from sync.files import all_files, forget
from sync.log import LogBroken, check_log
from sync.materialise import rebuild
from sync.store.data_keys import keys_path
from sync.store.faults import WORLD_ERRORS
from sync.store.whole_files import flush

# Held by whoever serves or replaces the database of a folder.
LOCK = "doorstep.lock"
# What is being restored lies here until it is proven; a folder that is still there tells of a restore cut short.
RESTORING = "restoring"
ENDINGS = ("", "-wal", "-shm")
ASIDE = "replaced-"

Say = Callable[[str], None]

_LOST = (
    "有 {count} 个照片等文件哪里都没有了，后面是写着它的记录：\n"
    "{count} photos or other files are nowhere any more; behind each stands a record that names it:\n{named}"
)

_UNKNOWN = (
    "原来的数据库不在了或读不出来：备份以后停用的设备、改过的岗位，请再做一次；每个 PIN 最多还能试 3 次。\n"
    "The database of before is gone or cannot be read. Take back again the devices, and change again the roles, that"
    " were since the backup. Each PIN has 3 tries left at most."
)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Nobody else serves or replaces this folder's database meanwhile; raises CommandError when somebody does."""
    with told_plainly(settings.data), locked(settings.data / LOCK) as is_ours:
        if not is_ours:
            raise CommandError(
                f"{settings.data} 正由另一个上门服务使用。先停掉它。\n"
                f"Another Doorstep server uses {settings.data}. Stop it first."
            )
        yield


def restore(
    settings: Settings, file: Path, replace: bool, epoch: str, now: datetime, say: Say, keys_from: Path | None = None
) -> Parent:
    """Put a backup in place; gives the epoch it comes from and the revision it goes up to.

    replace  a database that is there is moved into a folder beside it, never deleted
    epoch    a fresh random id
    keys_from  folder with copies of the data keys; None for `keys` beside the backup
    Raises CommandError and leaves what was there as it was, unless the disk fails in the last step.
    """
    if not file.is_file():
        raise CommandError(f"There is no file at {file}.")
    if not head_path(file).is_file():
        raise CommandError(f"The head of this backup is missing: {head_path(file)}. Copy both files of a backup.")
    exported = read_exported(head_path(file))
    with told_plainly(settings.data):
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if exported.is_invented and not (settings.data / MADE).is_file():
        raise CommandError(f"{file} is of an invented neighbourhood. It cannot become a centre's database.")
    with alone(settings), told_plainly(settings.data, file):
        if settings.store_path.exists() and not replace:
            raise CommandError(
                f"{settings.store_path} is there already. To put the backup in its place say --replace; the present"
                " database is kept beside it."
            )
        restoring = settings.data / RESTORING
        shutil.rmtree(restoring, ignore_errors=True)
        restoring.mkdir(mode=0o700)
        restored = restoring / settings.store_path.name
        say(f"Copying {file} and following its log.")
        were_brought = False
        try:
            _must_be_what_was_made(restored, file, exported)
            were_brought = bring_back_keys(settings, keys_from or file.parent / KEYS_FOLDER)
            if were_brought:
                say("The newest copy of the data keys is put in place.")
            parent = _proven(restored, settings.store_path, file, exported, epoch, now, say)
            _close_again(settings, restored, say)
        except BaseException:
            shutil.rmtree(restoring, ignore_errors=True)
            if were_brought:
                # They opened nothing; a better copy can be put there next time.
                keys_path(settings.store_path).unlink(missing_ok=True)
            raise
        aside = _set_aside(settings, now)
        if aside is not None:
            say(f"The database that was there is kept in {aside}.")
        restored.replace(settings.store_path)
        flush(settings.data)
        forget_mark(settings)
        set_aside(settings, epoch)
        with opened(settings.store_path) as store:
            say("Bringing back the photos and other files that it names.")
            lost = bring_back(all_files(store), file.parent, FileStore(settings.files_path))
            # Phones that still have one send it again: it counts as on its way.
            forget(store, [one.hash for one in lost])
            named = told(store, lost)
        shutil.rmtree(restoring)
    if lost:
        say(_LOST.format(count=len(lost), named=named))
    return parent


def restore_files(settings: Settings, place: Path, say: Say) -> bool:
    """Bring back, from a folder of backups, the files that are missing or damaged here; whether none is lost now.

    The database stays as it is, and may be served meanwhile.
    """
    with told_plainly(settings.data, settings.store_path), opened(settings.store_path) as store:
        files = all_files(store)
        say(f"Reading {len(files):,} photos and other files.")
        lost = bring_back(files, place, FileStore(settings.files_path))
        if lost:
            say(_LOST.format(count=len(lost), named=told(store, lost)))
    return not lost


def adopt(settings: Settings, epoch: str, now: datetime, say: Say) -> list[Parent]:
    """Give the database that somebody put in place by hand its new epoch, once it is proven to be whole.

    Of centres that are kept apart each gets one of its own, made from this one.
    """
    parents = []
    with alone(settings), told_plainly(settings.store_name), opened(settings.place) as store:
        parts = store.parts()
        for part in parts:
            store.bind(part)
            say(f"Following the log of {part or settings.store_name}.")
            found = check_log(store)
            if isinstance(found, LogBroken):
                raise CommandError(
                    f"The log is broken at entry {found.position}: {found.reason}. Restore a backup instead."
                )
        for part in parts:
            store.bind(part)
            for difference in rebuild(store, load_schema()):
                say(f"Mended: {difference}")
            own = hashlib.sha256(f"{epoch}.{part}".encode()).hexdigest()[:16] if part else epoch
            parents.append(begin_epoch(store, own, now))
            forget_mark(settings, part)
        set_aside(settings, epoch)
    return parents


def _must_be_what_was_made(restored: Path, file: Path, exported: Exported) -> None:
    if copy_whole(file, restored) != exported.sha256:
        raise CommandError(f"{file} is not what was backed up: it is damaged or changed. Use another backup.")


def _proven(
    restored: Path, keys_of: Path, file: Path, exported: Exported, epoch: str, now: datetime, say: Say
) -> Parent:
    with opened(restored, keys_of) as store:
        doubts = doubts_about(store, exported.head)
        if doubts:
            raise CommandError(f"{file} cannot be restored: {doubts[0]}. Use another backup.")
        # The file is proven; a later version of Doorstep may derive its tables differently.
        for difference in rebuild(store, load_schema()):
            say(f"Derived anew: {difference}")
        parent = begin_epoch(store, epoch, now)
    flush(restored)
    return parent


def _close_again(settings: Settings, restored: Path, say: Say) -> None:
    """Whoever was shut out since the backup was made stays shut out."""
    before = _closed_before(settings, restored.with_name("before.sqlite3"))
    if before is None:
        say(_UNKNOWN)
    with opened(restored, settings.store_path) as store:
        close_again(store, before)
    flush(restored)


def _closed_before(settings: Settings, copied: Path) -> Closed | None:
    """From a copy of what is there, or of what a restore that was cut short has set aside, which stays byte for byte as
    it is. None where it cannot be read.
    """
    aside = sorted(settings.data.glob(f"{ASIDE}*/{settings.store_path.name}"))
    there = [path for path in (*aside[-1:], settings.store_path) if path.exists()]
    if not there:
        return None
    try:
        for ending in ENDINGS[:2]:
            part = there[-1].with_name(there[-1].name + ending)
            if part.exists():
                copy_whole(part, copied.with_name(copied.name + ending))
        with opened(copied, settings.store_path) as store:
            return closed_in(store)
    except WORLD_ERRORS:
        return None


def _set_aside(settings: Settings, now: datetime) -> Path | None:
    """Move what is there into a folder beside it. Also a journal alone: SQLite would play it into the restored file."""
    found = [settings.store_path.with_name(settings.store_path.name + ending) for ending in ENDINGS]
    found = [path for path in found if path.exists()]
    if not found:
        return None
    aside = settings.data / f"{ASIDE}{now.strftime('%Y%m%dT%H%M%SZ')}"
    aside.mkdir(mode=0o700)
    # The database before its journal: the other way round, a cut would leave one that looks whole and lacks saves.
    for path in found:
        path.replace(aside / path.name)
    flush(aside)
    return aside
