"""`doorstep doctor`: everything that must be right before a centre is served, looked at and told in plain words.

The words stand in doctor.toml. Not here: mending anything; `serve` asks the same and does not start.
"""

from __future__ import annotations

import os
import shutil
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from schema.load import load_schema
from server.audit_key import audit_key_path
from server.auth.keys import KeysError, read_keys
from server.files.store import FileStore
from server.operations.backup import opened
from server.operations.faults import words_of
from server.operations.mark import read_mark
from server.operations.restore import RESTORING
from server.settings import LOOPBACK_HOSTS, Settings
from sync.destroy import keys_to_strike
from sync.destructions import to_be_done
from sync.document import DocumentError
from sync.epoch import last_backup_at
from sync.files import all_files
from sync.log import LogBroken, check_log, tip_of
from sync.store.centre_keys import CentreKeyMissing
from sync.store.data_keys import DataKeyMissing
from sync.store.faults import WORLD_ERRORS, Fault, fault_of
from sync.store.store import Store, StoreError, StoreTooOld
from sync.times import read_instant, written

CLOCK_BEHIND_MAX = timedelta(minutes=10)
NEWEST_AGE_MAX = timedelta(days=400)
# Nobody has served a centre with this program before.
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
BACKUP_AGE_MAX = timedelta(days=2)
# What two people agreed to is destroyed within a day.
DESTROY_AGE_MAX = timedelta(days=1)
# With this many times the least free disk there is nothing to say.
FREE_COMFORTABLY = 4


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. state: wrong (the server does not start) | warning."""

    code: str
    state: str
    zh: str
    en: str
    next_zh: str
    next_en: str


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Look at everything; an empty list when nothing is to be said. Changes nothing."""
    found = list(_of_folder(settings))
    if not any(finding.code in ("folder_missing", "database_missing") for finding in found):
        found += _of_store(settings, now)
    if settings.host not in LOOPBACK_HOSTS and not settings.is_https:
        found.append(_finding("open_without_tls", host=settings.host))
    if not (settings.app / "index.html").is_file():
        found.append(_finding("app_missing", path=settings.app))
    return found


def is_wrong(findings: list[Finding]) -> bool:
    """Whether a server must not start."""
    return any(finding.state == "wrong" for finding in findings)


def lines(findings: list[Finding]) -> Iterator[str]:
    """The findings for a person, what is wrong first."""
    for finding in sorted(findings, key=lambda finding: finding.state != "wrong"):
        sign = "✗" if finding.state == "wrong" else "!"
        yield f"{sign} {finding.zh}。{finding.next_zh}。"
        yield f"  {finding.en}. {finding.next_en}."


def as_data(findings: list[Finding]) -> dict[str, Any]:
    """The findings for a program."""
    return {"ready": not is_wrong(findings), "findings": [asdict(finding) for finding in findings]}


def _finding(code: str, **facts: object) -> Finding:
    words = _words()[code]
    told = {name: words[name].format(**facts) for name in ("zh", "en", "next_zh", "next_en")}
    return Finding(code, words["state"], **told)


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("doctor.toml").read_text("utf-8"))


def _of_folder(settings: Settings) -> Iterator[Finding]:
    folder, file = settings.data, settings.store_path
    if not folder.is_dir():
        yield _finding("folder_missing", path=folder)
        return
    if (folder / RESTORING).exists():
        yield _finding("restore_unfinished")
    if not settings.is_shared and not file.is_file():
        yield _finding("database_missing", path=file)
        return
    yield from _of_permissions(folder, file)
    yield from _of_secrets(settings)
    free = shutil.disk_usage(folder).free // (1024 * 1024)
    if free < settings.free_megabytes_min:
        yield _finding("disk_nearly_full", free=free, least=settings.free_megabytes_min)
    elif free < settings.free_megabytes_min * FREE_COMFORTABLY:
        yield _finding("disk_getting_full", free=free)


def _of_permissions(folder: Path, file: Path) -> Iterator[Finding]:
    there = [path for path in (folder, file) if path.exists()]
    modes = {path: path.stat().st_mode for path in there}
    for path in there:
        if modes[path] & (stat.S_IWGRP | stat.S_IWOTH):
            yield _finding("changeable_by_others", path=path)
        if not os.access(path, os.W_OK):
            yield _finding("not_writable", path=path)
    # Whoever cannot pass the folder cannot read what is in it, whatever the file itself allows.
    if file in modes and modes[folder] & (stat.S_IXGRP | stat.S_IXOTH) and modes[file] & (stat.S_IRGRP | stat.S_IROTH):
        yield _finding("open_to_others", path=file, folder=folder)


def _of_secrets(settings: Settings) -> Iterator[Finding]:
    try:
        read_keys(settings.data)
    except KeysError as error:
        yield _finding(f"secrets_{error.code}", path=error.path)
    key = audit_key_path(settings)
    if key.exists() and key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield _finding("secrets_open_to_others", path=key)


def _of_store(settings: Settings, now: datetime) -> Iterator[Finding]:
    try:
        with opened(settings.place) as store:
            for reason in store.laxness():
                yield _finding("not_durable", reason=reason)
            if store.sealing is not None:
                store.sealing.prove()
            # PostgreSQL is backed up by its own tools, which tell nobody here.
            if not settings.is_shared:
                yield from _of_backup(store, now)
                yield from _of_destructions(store, now)
            for part in store.parts():
                store.bind(part)
                yield from _of_file(store)
                yield from _of_log(settings, store, part)
                yield from _of_clock(store, now)
                yield from _of_files(settings, store)
    except CentreKeyMissing as error:
        yield _finding("centre_key_missing", path=error.path)
    except DataKeyMissing as error:
        yield _finding("data_keys_missing", path=error.path)
    except StoreTooOld as error:
        yield _finding("sqlite_too_old", reason=error)
    except StoreError as error:
        yield _finding("not_durable", reason=error)
    except DocumentError as error:
        yield _finding("merge_wrong", reason=error)
    except WORLD_ERRORS as error:
        if fault_of(error) is Fault.damaged:
            yield _finding("database_damaged")
        else:
            reason_zh, reason_en = words_of(error, settings.store_name)
            yield _finding("database_unusable", reason_zh=reason_zh.rstrip("。"), reason_en=reason_en.rstrip("."))


def _of_file(store: Store) -> Iterator[Finding]:
    if store.damage(is_quick=True):
        yield _finding("database_damaged")
    known = load_schema().kinds
    strange = [kind for (kind,) in store.rows("SELECT DISTINCT kind FROM record ORDER BY kind") if kind not in known]
    if strange:
        yield _finding("declarations_missing", kinds=", ".join(strange))


def _of_log(settings: Settings, store: Store, part: str) -> Iterator[Finding]:
    mark = read_mark(settings, part)
    if not isinstance(check_log(store, mark.log if mark else None), LogBroken):
        return
    # Read a second time only now: whether the log is broken by itself, or misses what the mark knows.
    broken = check_log(store)
    if isinstance(broken, LogBroken):
        yield _finding("log_broken", position=broken.position, reason=broken.reason)
    elif mark is not None:
        yield _finding("older_copy", known=mark.entries)


def _of_clock(store: Store, now: datetime) -> Iterator[Finding]:
    received_at = tip_of(store).received_at
    if now < FIRST_DAY:
        yield _finding("clock_unset", now=written(now))
    elif received_at is not None:
        newest = read_instant(received_at)
        if newest - now > CLOCK_BEHIND_MAX:
            yield _finding("clock_behind", newest=received_at, now=written(now))
        elif now - newest > NEWEST_AGE_MAX:
            yield _finding("clock_ahead", newest=received_at)


def _of_backup(store: Store, now: datetime) -> Iterator[Finding]:
    made_at = last_backup_at(store)
    if made_at is None:
        yield _finding("no_backup")
    elif now - made_at > BACKUP_AGE_MAX:
        yield _finding("backup_old", made_at=written(made_at))


def _of_destructions(store: Store, now: datetime) -> Iterator[Finding]:
    agreed = to_be_done(store)
    if any(one.begun_at is not None for one in agreed) or keys_to_strike(store):
        yield _finding("destroy_unfinished")
    elif any(now - read_instant(one.confirmed_at or one.made_at) > DESTROY_AGE_MAX for one in agreed):
        yield _finding("destroy_waiting", count=len(agreed))


def _of_files(settings: Settings, store: Store) -> Iterator[Finding]:
    """Whether every file is there, as long as it was; what is in them is read by every backup."""
    kept = FileStore(settings.files_path)
    missing = [file.hash for file in all_files(store) if kept.size(file.hash) != file.kept_bytes]
    if missing:
        yield _finding("files_missing", count=len(missing), first=missing[0], folder=settings.files_path)
