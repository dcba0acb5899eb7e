"""Checkpoints: heads of the audit in files outside the database, by which a later cut or a chain written anew is found.

Not here: the chain itself (sync/audit.py). Phones carry heads too; this is for those who copy the folder away.
"""

from __future__ import annotations

import hmac
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from server.settings import Settings
from sync import people
from sync.audit import AuditHead, head_of, key_of
from sync.epoch import epoch_of
from sync.log import tip_of
from sync.store.store import Store
from sync.store.whole_files import flush
from sync.times import read_instant, written

EVERY = timedelta(minutes=15)
ENTRIES_MAX = 1000
TAIL_BYTES = 8192


@dataclass(frozen=True)
class Checkpoint:
    """The end of a centre's audit, and of the log it stands beside, at one moment.

    signature  by a key that follows from the audit's: a line that somebody without it wrote is told apart
    """

    at: str
    centre: str
    epoch: str
    size: int
    mac: str
    log_entries: int
    log_hash: str
    signature: str = ""

    @property
    def head(self) -> AuditHead:
        """What the chain must pass through."""
        return AuditHead(self.size, self.mac)

    def signed(self, key: bytes) -> Checkpoint:
        """The same with its signature."""
        text = json.dumps({**asdict(self), "signature": ""}, sort_keys=True).encode()
        own = hmac.digest(key, b"doorstep checkpoint", "sha256")
        return replace(self, signature=hmac.digest(own, text, "sha256").hex())


def checkpoints_path(settings: Settings, centre: str) -> Path:
    """The file of one centre; one line for each checkpoint, oldest first."""
    return settings.checkpoints_path / f"{quote(centre, safe='')}.jsonl"


def take_due(settings: Settings, store: Store, now: datetime) -> int:
    """Write a checkpoint for each centre whose audit has grown by enough, or for long enough; how many."""
    return sum(_take(settings, store, centre, now) for centre, _ in people.centres(store))


def read_checkpoints(settings: Settings, centre: str, key: bytes) -> tuple[list[Checkpoint], int]:
    """The checkpoints of a centre, oldest first, and how many lines are none or were signed by nobody with the key."""
    found, wrong = [], 0
    for line in _lines(checkpoints_path(settings, centre)):
        checkpoint = _checkpoint(line)
        if checkpoint is not None and hmac.compare_digest(checkpoint.signed(key).signature, checkpoint.signature):
            found.append(checkpoint)
        else:
            wrong += 1
    return found, wrong


def set_aside(settings: Settings, name: str) -> None:
    """Keep the checkpoints of before under another name: a restored store goes on from an older head."""
    for path in sorted(settings.checkpoints_path.glob("*.jsonl")):
        path.replace(path.with_suffix(f".before-{name}"))


def forget_checkpoints(settings: Settings) -> None:
    """Those of an invented neighbourhood that is made anew."""
    shutil.rmtree(settings.checkpoints_path, ignore_errors=True)


def _take(settings: Settings, store: Store, centre: str, now: datetime) -> bool:
    path = checkpoints_path(settings, centre)
    last = _last(path)
    with store.snapshot():
        head, tip = head_of(store, centre), tip_of(store)
        checkpoint = Checkpoint(
            written(now), centre, epoch_of(store), head.size, head.mac, tip.position, tip.hash
        ).signed(key_of(store))
    if head.size == (last.size if last else 0):
        return False
    if last and head.size - last.size < ENTRIES_MAX and now - read_instant(last.at) < EVERY:
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps(asdict(checkpoint), sort_keys=True) + "\n"
    # One write behind all others: processes that share the folder never write into each other's lines.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    flush(path.parent)
    return True


def _last(path: Path) -> Checkpoint | None:
    """The newest one, from the end of its file: years of them need not be read every minute."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    return next((found for line in reversed(lines) if (found := _checkpoint(line))), None)


def _lines(path: Path) -> Iterator[str]:
    if path.is_file():
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from file


def _checkpoint(line: str) -> Checkpoint | None:
    try:
        found = Checkpoint(**json.loads(line))
    except (ValueError, TypeError):
        return None
    return found if isinstance(found.size, int) and isinstance(found.mac, str) else None
