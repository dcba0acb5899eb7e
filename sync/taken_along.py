"""What a phone says that it takes along for a day, where its person will have no network: which homes, for how long.
The audit keeps it, so that after a loss it is known whose records lay there.

Not here: what goes along, and what opens it, which is the phone's (pwa/src/day_pack).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from schema.model import Person, Problem, Schema
from sync.audit import Trace
from sync.record import record_of, values_of
from sync.references import sees
from sync.store.store import Store
from sync.times import read_instant, written
from sync.titles import Titles

HOMES_MAX = 40
MINUTES_MAX = 12 * 60
_HOME = "household"
_ACTION = "taken_along"


@dataclass(frozen=True)
class TakenAlong:
    """The newest of a device. names: of the homes that the reader may see; until: by the centre's clock."""

    homes: int
    names: list[str]
    until: str


def traces(
    store: Store,
    schema: Schema,
    person: Person,
    homes: Sequence[str],
    minutes: int,
    trace: Callable[..., Trace],
) -> list[Trace] | Problem:
    """What is to be noted of it, one for each home; the problem where a home is none that the person may see."""
    if not 0 < minutes <= MINUTES_MAX:
        return Problem("query_refused", "minutes", {"reason": "variables"})
    if len(homes) > HOMES_MAX:
        return Problem("query_refused", "homes", {"reason": "variables"})
    counts = {"minutes": minutes}
    for home in homes:
        found = record_of(store, schema, home, with_claims=False)
        if found is None or found.kind.name != _HOME or not sees(schema, person, found):
            return Problem("not_found")
    return [trace(_ACTION, kind=_HOME, record=home, counts=counts) for home in homes] or [trace(_ACTION, counts=counts)]


def taken_along(
    store: Store, schema: Schema, reader: Person, centre: str, device: str, language: str
) -> TakenAlong | None:
    """What a device took along last; None where it never did."""
    rows = store.rows(
        "SELECT at, record, details FROM audit WHERE centre = ? AND device = ? AND action = ?"
        " ORDER BY position DESC LIMIT ?",
        (centre, device, _ACTION, HOMES_MAX),
    )
    if not rows:
        return None
    at, _, details = rows[0]
    told: dict[str, Any] = json.loads(details)
    # A question that was repeated on its way is noted twice.
    homes = list(dict.fromkeys(record for its_time, record, _ in rows if its_time == at and record is not None))
    found = [record_of(store, schema, record, with_claims=False) for record in homes]
    titles = Titles(store, schema, reader)
    names = [
        titles.of(one.kind, values_of(store, one.kind, one.record), language)
        for one in found
        if one is not None and sees(schema, reader, one)
    ]
    until = read_instant(at) + timedelta(minutes=told["counts"]["minutes"])
    return TakenAlong(len(homes), sorted(names), written(until))
