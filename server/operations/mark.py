"""The high-water mark: the head that a server had when it last started or stopped, in a file beside its database.

An older copy of the database cannot show that head. Not here: what is done about it (doctor.py).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from server.operations.files import write_whole
from server.settings import Settings
from sync import feed
from sync.backup import Head, HeadError, read_head, written_head
from sync.epoch import epoch_of
from sync.log import tip_of
from sync.store.store import Store
from sync.times import written


def mark_path(settings: Settings, part: str = "") -> Path:
    """Where the mark of a folder stands; of a centre that is kept apart, where its own."""
    name = f".{quote(part, safe='')}" if part else ""
    return settings.data / f"doorstep{name}.head.json"


def write_mark(settings: Settings, store: Store, now: datetime) -> None:
    """Note the head of each log as it is now."""
    for part in store.parts():
        store.bind(part)
        tip = tip_of(store)
        head = Head(written(now), epoch_of(store), tip.position, feed.head(store), tip.hash, {})
        write_whole(mark_path(settings, part), written_head(head).encode())


def read_mark(settings: Settings, part: str = "") -> Head | None:
    """The head that was noted; None where nothing readable is."""
    path = mark_path(settings, part)
    try:
        return read_head(path.read_text("utf-8", errors="replace")) if path.is_file() else None
    except HeadError:
        return None


def forget_mark(settings: Settings, part: str = "") -> None:
    """A restored database goes on from its own head."""
    mark_path(settings, part).unlink(missing_ok=True)
