"""The high-water mark: the head that a server had when it last started or stopped, in a file beside its database.

An older copy of the database cannot show that head. Not here: what is done about it (doctor.py).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from server.operations.files import write_whole
from server.settings import Settings
from sync import feed
from sync.backup import Head, HeadError, read_head, written_head
from sync.epoch import epoch_of
from sync.log import tip_of
from sync.store.store import Store
from sync.times import written


def mark_path(settings: Settings) -> Path:
    """Where the mark of a folder stands."""
    return settings.data / "doorstep.head.json"


def write_mark(settings: Settings, store: Store, now: datetime) -> None:
    """Note the head of the log as it is now."""
    tip = tip_of(store)
    head = Head(written(now), epoch_of(store), tip.position, feed.head(store), tip.hash, {})
    write_whole(mark_path(settings), written_head(head).encode())


def read_mark(settings: Settings) -> Head | None:
    """The head that was noted; None where nothing readable is."""
    path = mark_path(settings)
    try:
        return read_head(path.read_text("utf-8", errors="replace")) if path.is_file() else None
    except HeadError:
        return None


def forget_mark(settings: Settings) -> None:
    """A restored database goes on from its own head."""
    mark_path(settings).unlink(missing_ok=True)
