"""Pull: what changed since a device's cursors, page by page, and what its person may no longer see.

Not here: the order of the feed (feed.py), how a record is written down (packed.py), and who belongs to which scope
(the declarations).
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.access import scopes_of_person
from schema.model import Person, Problem, Schema
from sync import feed, limits
from sync.epoch import backed_up, epoch_of
from sync.log import has_mark, mark_of
from sync.packed import packed_row, parted, state_of
from sync.record import Record, record_of
from sync.references import referred
from sync.store.store import Store
from sync.verdicts import Verdict, decided_since

# Answered with each page, so that a phone too old for this server says so before it writes.
SCHEMA_MIN = 1
APP_MIN = "0.1.0"
# Of 9: higher levels take most of the time of a page and save a twentieth of it.
DEFLATE_LEVEL = 4


@dataclass(frozen=True)
class RecordState:
    """One whole record: the server's facts and what its row keeps of the document."""

    record: str
    kind: str
    revision: int
    standing: dict[str, Any]
    content: bytes

    @property
    def state(self) -> bytes:
        """The document (Yjs update v1); few ask for it."""
        return state_of(self.content)


@dataclass(frozen=True)
class ScopeCursor:
    """How far a device has come in one scope. What `cursor` says is for feed.Cursor alone."""

    scope: str
    cursor: str
    complete: bool


@dataclass(frozen=True)
class Page:
    """One page.

    rows     the records that changed, then older ones the device does not hold yet; each once
    packed   the same rows: raw DEFLATE of a CBOR sequence of [record, kind, revision, standing, saves]
    gone     records that left this person's sight and are in none of their scopes now
    cursors  every scope of the person, most urgent first; a scope that is not there is no longer theirs
    more     ask again with these cursors
    head     the last revision when this page was made; a poke up to it is no news
    mark     names the newest entry of the log; given back with the next question
    backed_up  the revision up to which a backup has been verified, 0 for none
    refused  why a scope stays incomplete: this person's scopes hold more than a phone may carry
    decided  later verdicts on held saves of this device
    """

    rows: tuple[RecordState, ...]
    packed: bytes
    gone: tuple[str, ...]
    cursors: tuple[ScopeCursor, ...]
    more: bool
    epoch: str
    head: int = 0
    mark: str = ""
    backed_up: int = 0
    refused: Problem | None = None
    decided: tuple[Verdict, ...] = ()
    schema_min: int = SCHEMA_MIN
    app_min: str = APP_MIN


class Packing:
    """A page that is being filled; says when it is full."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        # Raw DEFLATE: what travels has no header, as phones inflate it.
        self._deflate = zlib.compressobj(level=DEFLATE_LEVEL, wbits=-zlib.MAX_WBITS)
        self._parts: list[bytes] = []
        self._packed_bytes = 0
        self._unflushed_bytes = 0
        self.rows: dict[str, RecordState] = {}
        self.gone: dict[str, None] = {}

    def has_room(self) -> bool:
        """Whether another record may be added. What the compressor still holds counts in full: it never grows."""
        entries = len(self.rows) + len(self.gone)
        return entries < limits.PAGE_RECORDS_MAX and self._packed_bytes + self._unflushed_bytes < self._bytes_max

    def add(self, record: Record, content: bytes) -> None:
        """Put one record on the page, once; `content` is what its row keeps, restored."""
        if record.record in self.rows:
            return
        row = RecordState(record.record, record.kind.name, record.revision, record.standing(), content)
        self.rows[record.record] = row
        encoded = packed_row(row.record, row.kind, row.revision, row.standing, parted(content)[0])
        part = self._deflate.compress(encoded)
        self._unflushed_bytes = len(encoded) if part else self._unflushed_bytes + len(encoded)
        self._packed_bytes += len(part)
        self._parts.append(part)

    def packed(self) -> bytes:
        """The bytes of the page; nothing can be added afterwards."""
        return b"".join([*self._parts, self._deflate.flush()])


def phone_records_max(store: Store) -> int:
    """How many records one device may carry here."""
    return int(store.value("SELECT value FROM setting WHERE name = 'phone_records_max'") or limits.PHONE_RECORDS_MAX)


def pull(
    store: Store,
    schema: Schema,
    person: Person,
    after: Mapping[str, str],
    bytes_max: int | None,
    now: datetime,
    mark: str | None = None,
) -> Page | Problem:
    """The next page after a device's cursors; everything on it is of one moment.

    after      scope -> cursor of the last page; one not named starts at "0", one that is not the person's is ignored
    bytes_max  of the packed page; None for the default. At least one record is sent whatever its size
    mark       of the last page, by which a store that is not the one of that page is known
    Returns Problem cursor_ahead when a cursor lies beyond the log or the log has another entry at the mark: this store
    is older than what the phone has seen, or is another. Returns query_refused for a cursor that is none.

    News of all scopes come first, upwards: what was taken away, and what is wrong by now on the phone. Then what it
    does not hold yet, scope by scope, the newest first. With too many records it says so, and stops where the phone is
    full; news still come.
    """
    asked = limits.PAGE_BYTES_DEFAULT if bytes_max is None else bytes_max
    page = Packing(min(max(asked, limits.PAGE_BYTES_MIN), limits.PAGE_BYTES_MAX))
    with store.snapshot():
        scopes = scopes_of_person(schema, person)
        head = feed.head(store)
        found = _cursors(scopes, after, head)
        if isinstance(found, Problem):
            return found
        if mark and not has_mark(store, mark):
            return Problem("cursor_ahead", details={"mark": mark})
        pulling = _Pulling(store, schema, page, frozenset(scopes), head)
        cursors = {scope: pulling.news(scope, cursor) for scope, cursor in found.items()}
        is_filling = any(cursor.below for cursor in cursors.values())
        extent = feed.extent(store, scopes, phone_records_max(store)) if is_filling else None
        for place, scope in enumerate(scopes):
            earlier = {name: cursors[name] for name in scopes[:place]}
            cursors[scope] = pulling.fill(scope, cursors[scope], extent.floors[scope] if extent else 0, earlier)
        return Page(
            rows=tuple(page.rows.values()),
            packed=page.packed(),
            gone=tuple(page.gone),
            cursors=tuple(
                ScopeCursor(scope, str(cursor), cursor.after == head and not cursor.below)
                for scope, cursor in cursors.items()
            ),
            more=pulling.has_more,
            epoch=epoch_of(store),
            head=head,
            mark=mark_of(store),
            backed_up=backed_up(store),
            refused=_too_many(extent),
            decided=decided_since(store, person.device, _verdicts_seen(person, after, found)),
        )


def _cursors(scopes: Sequence[str], after: Mapping[str, str], head: int) -> dict[str, feed.Cursor] | Problem:
    cursors = {}
    for scope in scopes:
        text = after.get(scope, "0")
        cursor = feed.Cursor(head, head + 1) if text == "0" else feed.read_cursor(text)
        if cursor is None:
            return Problem("query_refused", "cursor", {"reason": "cursor"})
        if cursor.after > head or cursor.below > head + 1:
            return Problem("cursor_ahead", details={"scope": scope})
        cursors[scope] = cursor
    return cursors


def _verdicts_seen(person: Person, after: Mapping[str, str], cursors: Mapping[str, feed.Cursor]) -> int:
    # A phone that begins anew, after the centre was restored, must hear every verdict again.
    scope = f"person:{person.person}"
    return 0 if after.get(scope, "0") == "0" else cursors[scope].after


def _too_many(extent: feed.Extent | None) -> Problem | None:
    if extent is None:
        return None
    return Problem("too_many_records", details={"records": extent.records, "records_max": extent.records_max})


@dataclass
class _Pulling:
    """What stays the same for all scopes of one page. `has_more`: it ended because it was full."""

    store: Store
    schema: Schema
    page: Packing
    scopes: frozenset[str]
    head: int
    has_more: bool = False

    def news(self, scope: str, cursor: feed.Cursor) -> feed.Cursor:
        """Add what happened in one scope; the cursor comes to the last row read, or after the last to the head."""
        after = cursor.after
        while self.page.has_room():
            rows = feed.changes(self.store, scope, after, limits.FEED_ROWS_READ)
            for name, revision, _ in rows:
                if not self.page.has_room():
                    break
                record = self._in_sight(name)
                # A row says that something happened; what is sent follows from where the record is now.
                if record is not None:
                    self._add(record)
                else:
                    self.page.gone[name] = None
                after = revision
            else:
                if len(rows) < limits.FEED_ROWS_READ:
                    return feed.Cursor(self.head, cursor.below)
        self.has_more = True
        return feed.Cursor(after, cursor.below)

    def fill(self, scope: str, cursor: feed.Cursor, floor: int, earlier: Mapping[str, feed.Cursor]) -> feed.Cursor:
        """Add what the device does not hold of a scope, newest first, down to the floor of what it may carry.

        earlier  how far the scopes before this one have come with this page: what they hold is not sent twice
        """
        below = cursor.below
        while below > floor:
            if not self.page.has_room():
                self.has_more = True
                break
            rows = feed.older(self.store, scope, below, limits.FEED_ROWS_READ)
            for name, revision in rows:
                if revision < floor or not self.page.has_room():
                    break
                self._add_with_references(scope, name, earlier)
                below = revision
            else:
                if len(rows) < limits.FEED_ROWS_READ:
                    return feed.Cursor(cursor.after)
            if rows and rows[0][1] < floor:
                break
        return feed.Cursor(cursor.after, below)

    def _add_with_references(self, scope: str, name: str, earlier: Mapping[str, feed.Cursor]) -> None:
        record = self._in_sight(name)
        if record is None or _is_there(record, earlier):
            return
        self._add(record)
        if not scope.startswith("person:"):
            return
        # A visit says nothing without its home, which else would come with the team's thousands.
        for other in referred(self.store, record.kind, name):
            found = self._in_sight(other)
            if found is not None:
                self._add(found)

    def _add(self, record: Record) -> None:
        self.page.add(record, self.store.restored(record.content))

    def _in_sight(self, name: str) -> Record | None:
        record = record_of(self.store, self.schema, name, with_claims=False)
        return record if record is not None and record.scopes & self.scopes else None


def _is_there(record: Record, cursors: Mapping[str, feed.Cursor]) -> bool:
    """Whether a device with these cursors holds a record as it is: every scope of a record has it at one revision."""
    return any(
        cursor.below <= record.revision <= cursor.after for scope, cursor in cursors.items() if scope in record.scopes
    )
