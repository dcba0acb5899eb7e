"""Pull: what changed since a device's cursors, page by page, and what its person may no longer see.

Not here: the order of the feed (feed.py), how a record is written down (packed.py), and who belongs to which scope
(the declarations).
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from schema.access import OWN, UNTOLD, Context, scopes_of_person
from schema.model import Person, Problem, Schema
from sync import feed, limits, rows
from sync.epoch import backed_up, epoch_of
from sync.log import has_mark, mark_of
from sync.news import moment
from sync.packed import in_cbor
from sync.references import referred
from sync.rows import RecordState
from sync.store.store import Row, Store
from sync.verdicts import Verdict, decided_since

# Answered with each page, so that a phone too old for this server says so before it writes.
SCHEMA_MIN = 1
APP_MIN = "0.1.0"


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
    gone     records that left this person's sight and are in none of their scopes now
    cursors  every scope of the person, most urgent first; a scope that is not there is no longer theirs
    more     ask again with these cursors
    head     the last revision when this page was made; a poke up to it is no news
    mark     names the newest entry of the log; given back with the next question
    at       of a last page after which the device has everything: the moment to ask for news of (news.py)
    backed_up  the revision up to which a backup has been verified, 0 for none
    refused  why a scope stays incomplete: this person's scopes hold more than a phone may carry
    decided  later verdicts on held saves of this device
    """

    rows: tuple[RecordState, ...]
    gone: tuple[str, ...]
    cursors: tuple[ScopeCursor, ...]
    more: bool
    epoch: str
    head: int = 0
    mark: str = ""
    at: str | None = None
    backed_up: int = 0
    refused: Problem | None = None
    decided: tuple[Verdict, ...] = ()
    schema_min: int = SCHEMA_MIN
    app_min: str = APP_MIN

    @property
    def text(self) -> bytes:
        """The rows as JSON: [[record, kind, revision, standing, saves], ...]."""
        return b"[" + b",".join(row.text for row in self.rows) + b"]"

    @property
    def packed(self) -> bytes:
        """The rows as older apps read them: raw DEFLATE of a CBOR sequence."""
        deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return deflate.compress(in_cbor(row.text for row in self.rows)) + deflate.flush()


class Packing:
    """A page that is being filled; says when it is full."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_left = bytes_max * limits.PAGE_SHRINKS
        self.rows: dict[str, RecordState] = {}
        self.gone: dict[str, None] = {}

    def has_room(self) -> bool:
        """Whether another record may be added."""
        return len(self.rows) + len(self.gone) < limits.PAGE_RECORDS_MAX and self._bytes_left > 0

    def add(self, row: RecordState) -> None:
        """Put one record on the page, once."""
        if row.record not in self.rows:
            self.rows[row.record] = row
            self._bytes_left -= len(row.text)


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
    context: Context = UNTOLD,
) -> Page | Problem:
    """The next page after a device's cursors; everything on it is of one moment.

    after      scope -> cursor of the last page; one not named starts at "0", one that is not the person's is ignored
    bytes_max  of the page as it travels, compressed to about a quarter; None for the default. At least one record is
               sent whatever its size
    mark       of the last page, by which a store that is not the one of that page is known
    context    what is known of the device: only some carry what is confidential
    Returns Problem cursor_ahead when a cursor lies beyond the log or the log has another entry at the mark: this store
    is older than what the phone has seen, or is another. Returns query_refused for a cursor that is none.

    News of all scopes come first, upwards: what was taken away, and what is wrong by now on the phone. Then what it
    does not hold yet, scope by scope, the newest first. With too many records it says so, and stops where the phone is
    full; news still come.
    """
    asked = limits.PAGE_BYTES_DEFAULT if bytes_max is None else bytes_max
    page = Packing(min(max(asked, limits.PAGE_BYTES_MIN), limits.PAGE_BYTES_MAX))
    with store.snapshot():
        scopes = scopes_of_person(schema, person, context)
        head = feed.head(store)
        found = _cursors(scopes, after, head)
        if isinstance(found, Problem):
            return found
        if mark and not has_mark(store, mark):
            return Problem("cursor_ahead", details={"mark": mark})
        pulling = _Pulling(store, schema, page, scopes, head)
        cursors = {scope: pulling.news(scope, cursor) for scope, cursor in found.items()}
        # Counting reads every row of a scope: once, where it began, while all of them fit.
        is_open = any(cursor.below and not cursor.fits for cursor in cursors.values())
        extent = feed.extent(store, scopes, phone_records_max(store)) if is_open else None
        if extent is None:
            cursors = {scope: replace(cursor, fits=bool(cursor.below)) for scope, cursor in cursors.items()}
        for place, scope in enumerate(scopes):
            earlier = {name: cursors[name] for name in scopes[:place]}
            cursors[scope] = pulling.fill(scope, cursors[scope], extent.floors[scope] if extent else 0, earlier)
        has_all = all(cursor.after == head and not cursor.below for cursor in cursors.values())
        return Page(
            rows=tuple(page.rows.values()),
            gone=tuple(page.gone),
            cursors=tuple(
                ScopeCursor(scope, str(cursor), cursor.after == head and not cursor.below)
                for scope, cursor in cursors.items()
            ),
            more=pulling.has_more,
            epoch=epoch_of(store),
            head=head,
            mark=mark_of(store),
            at=moment(store, scopes, head) if has_all else None,
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
    scopes: Sequence[str]
    head: int
    has_more: bool = False

    def news(self, scope: str, cursor: feed.Cursor) -> feed.Cursor:
        """Add what happened in one scope; the cursor comes to the last row read, or after the last to the head."""
        after = cursor.after
        while self.page.has_room():
            found = rows.changes(self.store, scope, after, limits.FEED_ROWS_READ)
            for name, revision, row in found:
                if not self.page.has_room():
                    break
                # A record that left one scope may be in another one of the person's.
                here = rows.in_sight(self.store, name, self.scopes) if row is None else self._put_together(row)
                if here is not None:
                    self.page.add(here)
                else:
                    self.page.gone[name] = None
                after = revision
            else:
                if len(found) < limits.FEED_ROWS_READ:
                    return replace(cursor, after=self.head)
        self.has_more = True
        return replace(cursor, after=after)

    def fill(self, scope: str, cursor: feed.Cursor, floor: int, earlier: Mapping[str, feed.Cursor]) -> feed.Cursor:
        """Add what the device does not hold of a scope, newest first, down to the floor of what it may carry.

        earlier  how far the scopes before this one have come with this page: what they hold is not sent twice
        """
        below = cursor.below
        while below > floor:
            if not self.page.has_room():
                self.has_more = True
                break
            found = rows.older(self.store, scope, below, limits.FEED_ROWS_READ, earlier)
            for _, revision, row in found:
                if revision < floor or not self.page.has_room():
                    break
                if row is not None:
                    self._add_with_references(scope, self._put_together(row))
                below = revision
            else:
                if len(found) < limits.FEED_ROWS_READ:
                    return feed.Cursor(cursor.after)
            if found and found[0].revision < floor:
                break
        return replace(cursor, below=below)

    def _put_together(self, row: Row) -> RecordState:
        return rows.put_together(self.store, row)

    def _add_with_references(self, scope: str, row: RecordState) -> None:
        self.page.add(row)
        if not scope.startswith(OWN):
            return
        # A visit says nothing without its home, which else would come with the team's thousands.
        for other in referred(self.store, self.schema.kinds[row.kind], row.record):
            named = None if other in self.page.rows else rows.in_sight(self.store, other, self.scopes)
            if named is not None:
                self.page.add(named)
