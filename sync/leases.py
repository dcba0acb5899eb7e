"""Who looks at a record just now: a lease of fifteen minutes, so that two desks do not read the same thing at once.

Not here: deciding (decide.py), which asks for no lease. It is a courtesy: it is no part of the log, and neither a
decision nor an edit from a phone is ever refused for it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from schema.model import Person, Schema
from sync.record import record_of
from sync.references import sees
from sync.store.store import Store
from sync.tables import one_of
from sync.times import written
from sync.visibility import decide_at

LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class Lease:
    """Who looks at a record, and until when nobody else need."""

    record: str
    person: str
    device: str
    until: str


def look(store: Store, schema: Schema, person: Person, record: str, takes_over: bool, now: datetime) -> Lease | None:
    """Say that this device looks at a record; who holds it now. None where the person may not decide on it.

    A device looks at one record at a time: what it looked at before is free again. What somebody else holds stays
    theirs until it ends, unless it is taken over.
    """
    found = record_of(store, schema, record, with_claims=False)
    if found is None or not sees(schema, person, found):
        return None
    verbs = ("review", "settle") if found.kind.review else ("settle",)
    if not any(decide_at(schema, person, verb, found.kind, found.place).allowed for verb in verbs):
        return None
    with store.atomic():
        leave(store, person, now)
        held = holders(store, [record], now).get(record)
        if held is not None and held.person != person.person and not takes_over:
            return held
        lease = Lease(record, person.person, person.device, written(now + LEASE))
        store.execute("DELETE FROM lease WHERE record = ?", (record,))
        store.execute_many(
            "INSERT INTO lease VALUES (?, ?, ?, ?)", [(lease.record, lease.person, lease.device, lease.until)]
        )
        return lease


def leave(store: Store, person: Person, now: datetime) -> None:
    """This device looks at nothing; what has ended is forgotten with it."""
    store.execute("DELETE FROM lease WHERE device = ? OR until <= ?", (person.device, written(now)))


def holders(store: Store, records: Collection[str], now: datetime) -> dict[str, Lease]:
    """Those of these records that somebody looks at."""
    if not records:
        return {}
    rows = store.rows(
        f"SELECT record, person, device, until FROM lease WHERE record IN {one_of(records)} AND until > ?",  # noqa: S608
        (*records, written(now)),
    )
    return {row[0]: Lease(*row) for row in rows}
