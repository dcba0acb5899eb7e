"""`doorstep destroy`: what two people agreed to is destroyed, here and in every copy of the keys that is at hand, and
told by a certificate. Cut off anywhere, the next run finishes it.

Not here: who agreed (sync/destructions.py), and what is done to the log and the tables (sync/destroy.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from schema.model import Schema
from server.audit_key import audit_key
from server.files.store import FileStore
from server.operations.backup import opened
from server.operations.faults import CommandError, told_plainly
from server.operations.file_copies import LOCK, copy_path
from server.operations.files import locked
from server.operations.key_copies import FOLDER as KEYS_FOLDER
from server.operations.key_copies import destroy_in_copies
from server.operations.restore import Say, alone
from server.settings import Settings
from sync import audit
from sync.destroy import begin, files_gone, keys_to_strike, strike
from sync.destructions import Destruction, note_done, to_be_done
from sync.log import LogBroken, check_log
from sync.store.store import Store

_OLD_TABLES = (
    "{folder} 是恢复以前的数据库，里面的表没有封住，还读得到。确认用不着了就删掉它。\n"
    "{folder} is a database of before a restore. Its tables are not sealed and still tell what was destroyed. Remove it"
    " once you are sure that you do not need it."
)
_CLOSED = (
    "{path} 用现在的中心密钥打不开，没有改。30 天后它会被删掉，也可以现在就删。\n"
    "{path} is not opened by the present key of the centre and stays as it is. It ends after 30 days; remove it now if"
    " you can."
)


def destroy(
    settings: Settings, schema: Schema, places: Sequence[Path], keys_to: Sequence[Path], now: datetime, say: Say
) -> list[Destruction]:
    """Destroy all that two people agreed to; gives each with its certificate.

    places   folders of backups, whose copies of the keys and files lose it too
    keys_to  folders of copies of the keys that lie elsewhere
    Nobody may serve the centre meanwhile. Raises CommandError.
    """
    done = []
    with (
        told_plainly(settings.data, settings.store_path),
        alone(settings),
        locked(settings.data / LOCK) as is_ours,
        opened(settings.store_path) as store,
    ):
        if not is_ours:
            raise CommandError("A backup is copying the files. Wait until it is done.")
        store.audit_key = audit_key(settings)
        _must_be_whole(store)
        while (one := next(iter(to_be_done(store)), None)) is not None:
            if one.begun_at is None:
                begin(store, schema, one, now)
            say(f"{one.number}: 记录已从所有的表里取出 / taken out of every table.")
            _finish(settings, store, places, keys_to, say)
            done.append(_certified(store, one, now))
        _must_be_whole(store)
    return done


def told(schema: Schema, one: Destruction) -> Iterator[str]:
    """The certificate of a destruction, for whoever files it."""
    found = one.certificate
    if found is None:
        raise ValueError("a destruction that was done has a certificate")
    yield f"销毁凭证 / Certificate of destruction {one.number}"
    for name, count in found.records.items():
        kind = schema.kinds[name]
        kept = schema.retention[kind.retention.name]
        yield f"  {kind.many.zh} / {kind.many.en}: {count:,} · {kept.words.zh} / {kept.words.en}"
    yield f"  连同附属记录，日志 {found.entries:,} 条、文件 {found.files:,} 个 / entries of the log and files, all told"
    if found.stayed:
        yield f"  没有销毁、仍然保留 / not destroyed, and kept: {found.stayed:,}"
    yield f"  日志头 / head of the log: {found.head_before} → {found.head_after}"


def _finish(settings: Settings, store: Store, places: Sequence[Path], keys_to: Sequence[Path], say: Say) -> None:
    """All that comes after the log has said it; each step may be done again."""
    # In the copies first: once the keys are zeros here, nobody knows which ones to look for there.
    keys = keys_to_strike(store)
    for folder in [*(place / KEYS_FOLDER for place in places), *keys_to]:
        for path in destroy_in_copies(settings, folder, keys) if keys else ():
            say(_CLOSED.format(path=path))
    say(f"密钥已销毁 / keys destroyed: {strike(store):,}.")
    kept = FileStore(settings.files_path)
    for file in files_gone(store):
        kept.remove(file.hash)
        for place in places:
            copy_path(place, file.kept_sha256).unlink(missing_ok=True)
    store.scour()
    for folder in sorted(settings.data.glob("replaced-*")):
        say(_OLD_TABLES.format(folder=folder))


def _certified(store: Store, one: Destruction, now: datetime) -> Destruction:
    with store.atomic():
        done = note_done(store, one.id, now)
        found = done.certificate
        audit.note(
            store,
            action="destroyed",
            by=one.confirmed_by or "",
            device="",
            centre=one.centre,
            at=now,
            rule=one.ground,
            about=one.number,
            counts={} if found is None else dict(found.records),
        )
    return done


def _must_be_whole(store: Store) -> None:
    found = check_log(store)
    if isinstance(found, LogBroken):
        raise CommandError(f"The log is broken at entry {found.position}: {found.reason}. Nothing more is destroyed.")
