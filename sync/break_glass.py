"""Opening one record out of one's reach in an emergency: for an hour, with a reason, and told to those who answer for
it.

Not here: who may at all (schema/permissions.toml), and what a record then shows (detail.py). What is confidential is
not opened this way: whoever is not named in it does not find it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schema.access import decide
from schema.model import Kind, Person, Problem, Schema
from sync.record import Record, record_of
from sync.references import sees
from sync.store.store import Row, Store, can_keep
from sync.tables import quoted
from sync.times import written
from sync.visibility import decide_at

MINUTES = 60
REASON_CHARACTERS_MIN = 10
REASON_CHARACTERS_MAX = 200
RECENT_MAX = 50
FOUND_MAX = 20
_COLUMNS = "id, person, record, reason, at, until, seen_by, seen_at"
# The act of permissions.toml that says who is told of an opening.
TOLD = "openings.see"


@dataclass(frozen=True)
class Opening:
    """One record that somebody opened: why, when, until when it stays open, and who of those told has read it."""

    id: str
    person: str
    record: str
    reason: str
    at: str
    until: str
    seen_by: str | None = None
    seen_at: str | None = None


@dataclass(frozen=True)
class Beyond:
    """A record that is there, but not within this person's reach: its name, kind and team, and nothing that it says."""

    record: str
    kind: str
    team: str | None


def break_glass(
    store: Store, schema: Schema, person: Person, id: str, record: str, reason: str, now: datetime
) -> Opening | Problem:
    """Open one record for an hour; while it is open, the same opening again.

    Refused `reason_too_short` without a reason; `not_found` where nothing is there, or nothing this person may open so.
    """
    words = reason.strip()
    if not REASON_CHARACTERS_MIN <= len(words) <= REASON_CHARACTERS_MAX or not can_keep(words):
        limits = {"min": REASON_CHARACTERS_MIN, "max": REASON_CHARACTERS_MAX}
        return Problem("reason_too_short", "reason", limits)
    with store.atomic():
        found = record_of(store, schema, record, with_claims=False)
        if found is None or not decide_at(schema, person, "break_glass", found.kind, found.place).allowed:
            return Problem("not_found")
        known = _open_now(store, person, record, now)
        if known is not None:
            return known
        until = written(now + timedelta(minutes=MINUTES))
        opening = Opening(id, person.person, record, words, written(now), until)
        store.execute(
            "INSERT INTO opening (id, person, record, reason, at, until) VALUES (?, ?, ?, ?, ?, ?)",
            (opening.id, opening.person, opening.record, opening.reason, opening.at, opening.until),
        )
        return opening


def may_read(store: Store, schema: Schema, person: Person, found: Record, now: datetime | None) -> bool:
    """Whether a person may look at a record: it is within their reach, or they have it open in an emergency."""
    if sees(schema, person, found):
        return True
    if now is None or not decide_at(schema, person, "break_glass", found.kind, found.place).allowed:
        return False
    return _open_now(store, person, found.record, now) is not None


def openings(store: Store, schema: Schema, person: Person) -> list[tuple[Opening, Kind]]:
    """The latest openings, newest first: a person's own, and those of records that they answer for."""
    found = []
    for row in store.rows(f"SELECT {_COLUMNS} FROM opening ORDER BY at DESC, id"):  # noqa: S608
        opening = _opening(row)
        record = record_of(store, schema, opening.record, with_claims=False)
        if record is None:
            continue
        if opening.person == person.person or _is_told(schema, person, record):
            found.append((opening, record.kind))
        if len(found) == RECENT_MAX:
            break
    return found


def unseen(store: Store, schema: Schema, person: Person) -> int:
    """How many of the latest openings of what this person answers for nobody has read yet, their own left out."""
    sql = "SELECT record FROM opening WHERE seen_at IS NULL AND person <> ? ORDER BY at DESC, id LIMIT ?"
    rows = store.rows(sql, (person.person, RECENT_MAX))
    found = (record_of(store, schema, row[0], with_claims=False) for row in rows)
    return sum(record is not None and _is_told(schema, person, record) for record in found)


def see_opening(store: Store, schema: Schema, person: Person, id: str, now: datetime) -> Opening | Problem:
    """Who answers for the record has read why it was opened; the first to say so stays.

    Refused `not_found` to who is not told of it, `needs_another_person` to who opened it.
    """
    with store.atomic():
        row = store.row(f"SELECT {_COLUMNS} FROM opening WHERE id = ?", (id,))  # noqa: S608
        record = None if row is None else record_of(store, schema, row[2], with_claims=False)
        if row is None or record is None or not _is_told(schema, person, record):
            return Problem("not_found")
        opening = _opening(row)
        if opening.person == person.person:
            return Problem("needs_another_person")
        if opening.seen_at is not None:
            return opening
        seen = replace(opening, seen_by=person.person, seen_at=written(now))
        store.execute("UPDATE opening SET seen_by = ?, seen_at = ? WHERE id = ?", (seen.seen_by, seen.seen_at, id))
        return seen


def beyond(store: Store, schema: Schema, person: Person, name: str) -> list[Beyond]:
    """Who bears exactly this name out of this person's reach, and what names them; nothing for who may not open any."""
    found: dict[str, Beyond] = {}
    for kind in schema.kinds.values():
        for field in [field.name for field in kind.fields.values() if field.search == "name"]:
            for record in _where(store, kind, field, name.strip()):
                _add(store, schema, person, found, record)
                for other in schema.kinds.values():
                    if (column := next((f.name for f in other.fields.values() if f.of == kind.name), None)) is not None:
                        for naming in _where(store, other, column, record):
                            _add(store, schema, person, found, naming)
    return list(found.values())[:FOUND_MAX]


def _where(store: Store, kind: Kind, field: str, value: str) -> list[str]:
    sql = f"SELECT record FROM {quoted(kind.name)} WHERE {quoted(field)} = ? ORDER BY record DESC LIMIT ?"  # noqa: S608
    return [row[0] for row in store.rows(sql, (value, FOUND_MAX))]


def _add(store: Store, schema: Schema, person: Person, found: dict[str, Beyond], name: str) -> None:
    record = record_of(store, schema, name, with_claims=False)
    if record is None or sees(schema, person, record):
        return
    if decide_at(schema, person, "break_glass", record.kind, record.place).allowed:
        found[name] = Beyond(name, record.kind.name, record.relation.team)


def _open_now(store: Store, person: Person, record: str, now: datetime) -> Opening | None:
    row = store.row(
        f"SELECT {_COLUMNS} FROM opening WHERE person = ? AND record = ? AND at <= ? AND until > ?",  # noqa: S608
        (person.person, record, written(now), written(now)),
    )
    return None if row is None else _opening(row)


def _is_told(schema: Schema, person: Person, record: Record) -> bool:
    place = record.place
    return decide(schema, person, TOLD, None, centre=place.centre, team=place.relation.team).allowed


def _opening(row: Row) -> Opening:
    return Opening(*row)
