"""Exports as they are asked for, agreed to by a second person, and fetched once: which records, never their words.

Not here: what a file of them looks like (server/exports), whose consent counts (sync/consents.py), which records are
about somebody who wants a copy (sync/copies.py), and who may ask at all (schema/permissions.toml).
"""

import hashlib
import json
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from schema.access import UNTOLD, Context, decide
from schema.model import Kind, Person, Problem, Schema
from sync import copies, recognition
from sync.consents import subject_of, who_agreed
from sync.record import record_of, values_of
from sync.shapes import ExportRow
from sync.store.store import Row, Store
from sync.times import read_instant, written
from sync.titles import Titles
from sync.visibility import Paths, seen_by

FORMATS = ("xlsx", "csv")
# With more, or from this sensitivity on, or with whole numbers of phones, a second person looks before it leaves.
ROWS_ALONE_MAX = 200
TIER_ALONE_MAX = 1
ROWS_MAX = 5000
REASON_CHARACTERS_MAX = 200
LINK_MINUTES = 10
# What nobody fetched by then is asked for anew.
OPEN_HOURS = 24
RECENT_MAX = 50
SHARED_WITH_CHARACTERS_MAX = 60
# What somebody agrees to when something about them may be given to another unit.
SHARING = "sharing"
# No kind: what the rule on volunteer records asks for, of one volunteer or of all; `records` are their persons.
SERVICE_RECORD = "service_record"
_COLUMNS = (
    "id, centre, person, kind, format, reason, is_whole, tier, records, needs_second, made_at, approved_by,"
    " approved_at, token_hash, token_at, fetched_at, shared_with, subject"
)
_INSERT = f"INSERT INTO export ({_COLUMNS}) VALUES ({', '.join('?' * 18)})"  # noqa: S608


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to take away.

    kind         the records of a kind; of the kind of `subject`, where that is told
    reason       in the person's own words, one sentence
    is_whole     phones and numbers are not masked
    shared_with  the other unit it is for: then only of whom agreed to that; None for the centre's own work
    subject      the person who wants a copy of everything about them; None for a list
    """

    kind: str
    format: str
    reason: str
    is_whole: bool = False
    shared_with: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Export:
    """One export, as it was `Wanted`. `needs_second`: a second person has to agree."""

    id: str
    person: str
    kind: str
    format: str
    reason: str
    is_whole: bool
    tier: int
    records: tuple[str, ...]
    needs_second: bool
    made_at: str
    approved_by: str | None
    approved_at: str | None
    fetched_at: str | None
    shared_with: str | None
    subject: str | None

    @property
    def number(self) -> str:
        """What stands on every page of it, short enough to be read out."""
        return self.id[-8:].upper()

    @property
    def noted(self) -> str:
        """The reason as the audit keeps it, with whom it is for."""
        return self.reason if self.shared_with is None else f"{self.shared_with}: {self.reason}"

    def state(self, now: datetime) -> str:
        """waiting (for a second person) | ready | fetched | over."""
        if self.fetched_at is not None:
            return "fetched"
        if now - read_instant(self.made_at) > timedelta(hours=OPEN_HOURS):
            return "over"
        return "waiting" if self.needs_second and self.approved_by is None else "ready"


def ask(
    store: Store,
    schema: Schema,
    person: Person,
    id: str,
    wanted: Wanted,
    now: datetime,
    context: Context = UNTOLD,
) -> Export | Problem:
    """Note an export of what is wanted, as far as this person may take it away; in the transaction that is open.

    id        drawn by whoever calls; the same id again is refused by the key of the table
    """
    reason, unit = wanted.reason.strip(), wanted.shared_with and wanted.shared_with.strip()
    is_known = wanted.kind in schema.kinds or wanted.kind == SERVICE_RECORD
    if not is_known or wanted.format not in FORMATS or (wanted.subject and wanted.shared_with):
        return Problem("not_found")
    if not reason or len(wanted.reason) > REASON_CHARACTERS_MAX:
        return Problem("export_needs_reason")
    if wanted.shared_with is not None and (not unit or len(unit) > SHARED_WITH_CHARACTERS_MAX):
        return Problem("export_needs_unit")
    if wanted.kind == SERVICE_RECORD:
        names = _volunteers(store, schema, person, wanted, context)
    else:
        names = _wanted_records(store, schema, person, wanted, now, context)
    if isinstance(names, Problem):
        return names
    if len(names) > ROWS_MAX:
        return Problem("export_too_large", details={"max": ROWS_MAX})
    about = _about(schema, wanted)
    tier = max(kind.sensitivity for kind in about)
    export = Export(
        id=id,
        person=person.person,
        kind=wanted.kind,
        format=wanted.format,
        reason=reason,
        is_whole=wanted.is_whole,
        tier=tier,
        records=tuple(names),
        needs_second=len(names) > ROWS_ALONE_MAX or tier > TIER_ALONE_MAX or wanted.is_whole or unit is not None,
        made_at=written(now),
        approved_by=None,
        approved_at=None,
        fetched_at=None,
        shared_with=unit,
        subject=None if wanted.kind == SERVICE_RECORD else wanted.subject,
    )
    row = (id, person.centre, person.person, export.kind, export.format, reason, int(export.is_whole), tier)
    more = (json.dumps(export.records), int(export.needs_second), export.made_at, None, None, None, None, None)
    store.execute_many(_INSERT, [(*row, *more, unit, export.subject)])
    return export


def _about(schema: Schema, wanted: Wanted) -> Sequence[Kind]:
    if wanted.kind == SERVICE_RECORD:
        return [schema.kinds[kind] for kind in recognition.TOLD_OF]
    return copies.kinds_about(schema, wanted.kind) if wanted.subject else [schema.kinds[wanted.kind]]


def _volunteers(store: Store, schema: Schema, person: Person, wanted: Wanted, context: Context) -> list[str] | Problem:
    """The volunteers with certified hours whose records would leave, by their ids; to who sees all of each kind."""
    for kind in recognition.TOLD_OF:
        if not decide(schema, person, "export", schema.kinds[kind], centre=person.centre, context=context).allowed:
            return Problem("not_found")
    found = recognition.served_at(store, person.centre)
    if wanted.subject is not None:
        found = [volunteer for volunteer in found if volunteer == wanted.subject]
    return found or Problem("export_empty")


def _wanted_records(
    store: Store, schema: Schema, person: Person, wanted: Wanted, now: datetime, context: Context
) -> list[str] | Problem:
    """The records that would leave, one more than may at most; or why there are none."""
    if wanted.subject is not None:
        return copies.records_about(store, schema, person, wanted.kind, wanted.subject, context)
    kind = schema.kinds[wanted.kind]
    if wanted.shared_with is not None and kind.subject is None:
        return Problem("export_about_nobody")
    seen = seen_by(schema, person, [kind.name], "export", context)
    found = store.rows(
        f"SELECT r.record FROM record r WHERE {seen.sql} ORDER BY r.happened_on DESC, r.record LIMIT ?",  # noqa: S608
        (*seen.parameters, ROWS_MAX + 1),
    )
    if not found:
        return Problem("export_empty")
    names = [name for (name,) in found]
    if wanted.shared_with is None:
        return names
    agreed = who_agreed(store, schema, SHARING, now, wanted.shared_with)
    names = [name for name in names if _subject(store, schema, kind, name) in agreed]
    return names or Problem("export_nobody_agreed")


def _subject(store: Store, schema: Schema, kind: Kind, record: str) -> str | None:
    return subject_of(Paths(store), schema, kind, record, values_of(store, kind, record))


def agree(store: Store, person: Person, id: str, now: datetime) -> Export | Problem:
    """A second person of the same centre agrees that it leaves; never the one who asked."""
    export = _of(store, person.centre, id)
    if export is None or export.state(now) != "waiting":
        return Problem("not_found")
    if export.person == person.person:
        return Problem("needs_another_person")
    store.execute(
        "UPDATE export SET approved_by = ?, approved_at = ? WHERE id = ?", (person.person, written(now), export.id)
    )
    return _of(store, person.centre, id) or Problem("not_found")


def open_link(store: Store, person: Person, id: str, token: str, now: datetime) -> Export | Problem:
    """Let this token fetch the export once, within minutes; an earlier token fetches nothing any more."""
    export = _of(store, person.centre, id)
    if export is None or export.person != person.person or export.state(now) in ("fetched", "over"):
        return Problem("not_found")
    if export.state(now) == "waiting":
        return Problem("export_waits")
    store.execute(
        "UPDATE export SET token_hash = ?, token_at = ? WHERE id = ?", (_hash(token), written(now), export.id)
    )
    return export


def fetch(store: Store, person: Person, token: str, now: datetime) -> Export | Problem:
    """The export of a token, which is used up by asking; only for the person it was given to."""
    row = store.row(f"SELECT {_COLUMNS} FROM export WHERE token_hash = ?", (_hash(token),))  # noqa: S608
    if row is None or row[2] != person.person or row[1] != person.centre or row[15] is not None:
        return Problem("export_link_over")
    store.execute("UPDATE export SET token_hash = NULL, token_at = NULL WHERE id = ?", (row[0],))
    if not timedelta(0) <= now - read_instant(row[14]) <= timedelta(minutes=LINK_MINUTES):
        return Problem("export_link_over")
    store.execute("UPDATE export SET fetched_at = ? WHERE id = ?", (written(now), row[0]))
    return _export(row)


def recent(store: Store, person: Person, sees_all: bool) -> list[Export]:
    """The newest exports of this person, or of the whole centre for whoever may agree to them."""
    whose = "" if sees_all else " AND person = ?"
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM export WHERE centre = ?{whose} ORDER BY made_at DESC, id DESC LIMIT {RECENT_MAX}",  # noqa: S608
        (person.centre,) if sees_all else (person.centre, person.person),
    )
    return [_export(row) for row in rows]


def rows_of(
    store: Store,
    schema: Schema,
    person: Person,
    export: Export,
    titles: Titles,
    now: datetime,
    context: Context = UNTOLD,
) -> list[ExportRow]:
    """The records of an export as they are now. What this person may not take away any more is left out, and so is what
    nobody agrees to any more: whole records where they are given to others, else the fields that leave with a consent.
    """
    if export.kind == SERVICE_RECORD:
        return []
    kinds = list(schema.kinds) if export.subject else [export.kind]
    seen = seen_by(schema, person, kinds, "export", context, put_away=export.subject is not None)
    names = store.rows(
        f"SELECT r.record FROM record r WHERE {seen.sql} AND r.record IN (SELECT value FROM json_each(?))",  # noqa: S608
        (*seen.parameters, json.dumps(export.records)),
    )
    still = {name for (name,) in names}
    agreed: dict[str, Set[str]] = {}
    if export.shared_with is not None:
        partner = who_agreed(store, schema, SHARING, now, export.shared_with)
        kind = schema.kinds[export.kind]
        still = {name for name in still if _subject(store, schema, kind, name) in partner}
    if export.subject is None:
        fields = schema.kinds[export.kind].fields.values()
        purposes = {field.leaves_with for field in fields if field.leaves_with}
        agreed = {purpose: who_agreed(store, schema, purpose, now) for purpose in purposes}
    return [_row(store, schema, titles, record, agreed) for record in export.records if record in still]


def _row(store: Store, schema: Schema, titles: Titles, record: str, agreed: dict[str, Set[str]]) -> ExportRow:
    """`agreed`: of each purpose that a field leaves with, who agreed to it."""
    found = record_of(store, schema, record, with_claims=False)
    if found is None:
        raise ValueError("a record that was listed a moment ago is gone")
    kind = found.kind
    values = values_of(store, kind, record)
    subject = subject_of(Paths(store), schema, kind, record, values) if agreed else None
    withheld = frozenset(
        field.name
        for field in kind.fields.values()
        if field.leaves_with in agreed and field.name in values and subject not in agreed[field.leaves_with]
    )
    shown = {name: value for name, value in values.items() if name not in withheld}
    return ExportRow(record, kind.name, titles.of(kind, shown, "zh"), titles.of(kind, shown, "en"), shown, withheld)


def _of(store: Store, centre: str, id: str) -> Export | None:
    row = store.row(f"SELECT {_COLUMNS} FROM export WHERE id = ? AND centre = ?", (id, centre))  # noqa: S608
    return None if row is None else _export(row)


def _export(row: Row) -> Export:
    records: Sequence[str] = json.loads(row[8])
    return Export(
        id=row[0],
        person=row[2],
        kind=row[3],
        format=row[4],
        reason=row[5],
        is_whole=bool(row[6]),
        tier=row[7],
        records=tuple(records),
        needs_second=bool(row[9]),
        made_at=row[10],
        approved_by=row[11],
        approved_at=row[12],
        fetched_at=row[15],
        shared_with=row[16],
        subject=row[17],
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
