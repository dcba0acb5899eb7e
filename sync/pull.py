"""Pull: what changed since a device's cursors, page by page, and what its person may no longer see.

Not here: the order of the feed (feed.py), how a record is written down (packed.py), and who belongs to which scope
(the declarations).
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.access import scopes_of_person
from schema.model import Person, Problem, Schema
from sync import feed, limits
from sync.epoch import epoch_of
from sync.packed import packed_row
from sync.record import Record, record_of
from sync.store.sqlite import Store
from sync.verdicts import Verdict, decided_since

# Answered with each page, so that a phone too old for this server says so before it writes.
SCHEMA_MIN = 1
APP_MIN = "0.1.0"


@dataclass(frozen=True)
class RecordState:
    """One whole record: the server's facts and the document."""

    record: str
    kind: str
    revision: int
    standing: dict[str, Any]
    state: bytes


@dataclass(frozen=True)
class ScopeCursor:
    """How far a device has come in one scope. On the wire `cursor` is a string."""

    scope: str
    cursor: int
    complete: bool


@dataclass(frozen=True)
class Page:
    """One page.

    rows     the records that changed, oldest change first within a scope; each once
    packed   the same rows: raw DEFLATE of a CBOR sequence of [record, kind, revision, standing, saves]
    gone     records that left this person's sight and are in none of their scopes now
    cursors  every scope of the person, most urgent first; a scope that is not there is no longer theirs
    more     ask again with these cursors
    decided  later verdicts on held saves of this device
    """

    rows: tuple[RecordState, ...]
    packed: bytes
    gone: tuple[str, ...]
    cursors: tuple[ScopeCursor, ...]
    more: bool
    epoch: str
    decided: tuple[Verdict, ...] = ()
    schema_min: int = SCHEMA_MIN
    app_min: str = APP_MIN


class Packing:
    """A page that is being filled; says when it is full."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        # Raw DEFLATE: what travels has no header, as phones inflate it.
        self._deflate = zlib.compressobj(level=6, wbits=-zlib.MAX_WBITS)
        self._parts: list[bytes] = []
        self._packed_bytes = 0
        self._unflushed_bytes = 0
        self.rows: dict[str, RecordState] = {}
        self.gone: dict[str, None] = {}

    def has_room(self) -> bool:
        """Whether another record may be added. What the compressor still holds counts in full: it never grows."""
        entries = len(self.rows) + len(self.gone)
        return entries < limits.PAGE_RECORDS_MAX and self._packed_bytes + self._unflushed_bytes < self._bytes_max

    def add(self, record: Record) -> None:
        """Put one record on the page, once."""
        if record.record in self.rows:
            return
        row = RecordState(record.record, record.kind.name, record.revision, record.standing(), record.state)
        self.rows[record.record] = row
        encoded = packed_row(row.record, row.kind, row.revision, row.standing, record.claims)
        part = self._deflate.compress(encoded)
        self._unflushed_bytes = len(encoded) if part else self._unflushed_bytes + len(encoded)
        self._packed_bytes += len(part)
        self._parts.append(part)

    def packed(self) -> bytes:
        """The bytes of the page; nothing can be added afterwards."""
        return b"".join([*self._parts, self._deflate.flush()])


def pull(
    store: Store,
    schema: Schema,
    person: Person,
    after: Mapping[str, int],
    bytes_max: int | None,
    now: datetime,
) -> Page | Problem:
    """The next page after a device's cursors; everything on it is of one moment.

    after      scope -> cursor of the last page; a scope not named starts at 0, one that is not the person's is ignored
    bytes_max  of the packed page; None for the default. At least one record is sent whatever its size
    Returns Problem cursor_ahead when a cursor lies beyond the log: this store is older than what the phone has seen.
    """
    asked = limits.PAGE_BYTES_DEFAULT if bytes_max is None else bytes_max
    page = Packing(min(max(asked, limits.PAGE_BYTES_MIN), limits.PAGE_BYTES_MAX))
    with store.snapshot():
        scopes = scopes_of_person(schema, person)
        head = feed.head(store)
        cursors = []
        for scope in scopes:
            cursor = after.get(scope, 0)
            if cursor > head:
                return Problem("cursor_ahead", details={"scope": scope})
            cursors.append(_fill(store, schema, page, scope, frozenset(scopes), cursor, head))
        return Page(
            rows=tuple(page.rows.values()),
            packed=page.packed(),
            gone=tuple(page.gone),
            cursors=tuple(cursors),
            more=not all(cursor.complete for cursor in cursors),
            epoch=epoch_of(store),
            decided=decided_since(store, person.device, after.get(f"person:{person.person}", 0)),
        )


def _fill(
    store: Store, schema: Schema, page: Packing, scope: str, scopes: frozenset[str], cursor: int, head: int
) -> ScopeCursor:
    """Add what happened in one scope; the next cursor is the last row's revision, or the head when nothing is left."""
    while page.has_room():
        rows = feed.changes(store, scope, cursor, limits.FEED_ROWS_READ)
        for name, revision, _ in rows:
            if not page.has_room():
                return ScopeCursor(scope, cursor, False)
            record = record_of(store, schema, name)
            # A row says that something happened; what is sent follows from where the record is now.
            if record is not None and record.scopes & scopes:
                page.add(record)
            else:
                page.gone[name] = None
            cursor = revision
        if len(rows) < limits.FEED_ROWS_READ:
            return ScopeCursor(scope, head, True)
    return ScopeCursor(scope, cursor, False)
