"""Holds: a record that must be kept although its years are over, for a court, an inspection, a complaint, with all that
names it. Each is set and lifted with a reason.

Not here: what else keeps a record (kept_back.py), and who may set one (schema/permissions.toml).
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from schema.access import Context, is_hidden
from schema.model import Person, Problem, Schema
from sync.record import record_of
from sync.references import fields_naming_records, sees
from sync.store.store import Row, Store, can_keep
from sync.tables import quoted
from sync.times import written

REASON_CHARACTERS_MIN = 4
REASON_CHARACTERS_MAX = 200
RECENT_MAX = 200
_COLUMNS = "id, kind, record, reason, person, set_at, lifted_by, lifted_at, lifted_reason"


@dataclass(frozen=True)
class Hold:
    """One hold; it holds until somebody lifts it."""

    id: str
    kind: str
    record: str
    reason: str
    person: str
    set_at: str
    lifted_by: str | None = None
    lifted_at: str | None = None
    lifted_reason: str | None = None


def is_reason(words: str) -> bool:
    """Whether these words are a reason: a sentence, and no story."""
    return REASON_CHARACTERS_MIN <= len(words.strip()) <= REASON_CHARACTERS_MAX and can_keep(words)


def set_hold(
    store: Store, schema: Schema, person: Person, id: str, record: str, reason: str, now: datetime, context: Context
) -> Hold | Problem:
    """Keep a record that this person sees; one that is held already stays so, for the reason it has.

    Refused `needs_a_sentence` without a reason, `not_found` where there is nothing this person sees.
    """
    if not is_reason(reason):
        return Problem("needs_a_sentence", "reason", {"min": REASON_CHARACTERS_MIN, "max": REASON_CHARACTERS_MAX})
    with store.atomic():
        found = record_of(store, schema, record, with_claims=False)
        # What is hidden is kept with what it names: a list of holds would tell that it is there.
        if found is None or is_hidden(schema, found.kind) or not sees(schema, person, found, "list", context):
            return Problem("not_found")
        sql = f"SELECT {_COLUMNS} FROM hold WHERE record = ? AND lifted_at IS NULL"  # noqa: S608
        known = store.row(sql, (record,))
        if known is not None:
            return _hold(known)
        hold = Hold(id, found.kind.name, record, reason.strip(), person.person, written(now))
        store.execute(
            "INSERT INTO hold (id, centre, kind, record, reason, person, set_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (hold.id, found.centre, hold.kind, hold.record, hold.reason, hold.person, hold.set_at),
        )
        return hold


def lift_hold(store: Store, person: Person, id: str, reason: str, now: datetime) -> Hold | Problem:
    """End a hold of one's centre, with a reason; what ended stays as it did."""
    if not is_reason(reason):
        return Problem("needs_a_sentence", "reason", {"min": REASON_CHARACTERS_MIN, "max": REASON_CHARACTERS_MAX})
    with store.atomic():
        sql = "SELECT lifted_at FROM hold WHERE id = ? AND centre = ?"
        known = store.row(sql, (id, person.centre))
        if known is None or known[0] is not None:
            return Problem("not_found")
        store.execute(
            "UPDATE hold SET lifted_by = ?, lifted_at = ?, lifted_reason = ? WHERE id = ?",
            (person.person, written(now), reason.strip(), id),
        )
        (row,) = store.rows(f"SELECT {_COLUMNS} FROM hold WHERE id = ?", (id,))  # noqa: S608
        return _hold(row)


def holds(store: Store, centre: str) -> list[Hold]:
    """The holds of a centre, those that hold first, newest first."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM hold WHERE centre = ?"  # noqa: S608
        f" ORDER BY CASE WHEN lifted_at IS NULL THEN 0 ELSE 1 END, set_at DESC, id LIMIT {RECENT_MAX}",
        (centre,),
    )
    return [_hold(row) for row in rows]


def under_hold(store: Store, schema: Schema) -> set[str]:
    """Every record that is held, and every one that names such a record, over however many steps."""
    return with_naming(store, schema, {row[0] for row in store.rows("SELECT record FROM hold WHERE lifted_at IS NULL")})


def with_naming(store: Store, schema: Schema, records: Collection[str]) -> set[str]:
    """These records, those that name them, and so on."""
    found, newest = set(records), set(records)
    while newest:
        asked, naming = json.dumps(sorted(newest)), set[str]()
        for kind in schema.kinds.values():
            for field in fields_naming_records(kind):
                sql = (
                    f"SELECT record FROM {quoted(kind.name)}"  # noqa: S608
                    f" WHERE {quoted(field)} IN (SELECT value FROM json_each(?))"
                )
                naming |= {row[0] for row in store.rows(sql, (asked,))}
        newest = naming - found
        found |= newest
    return found


def _hold(row: Row) -> Hold:
    return Hold(*row)
