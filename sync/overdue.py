"""How many of the records that somebody answers for are over a clock that still runs.

Not here: which clocks there are and when they end (schema/clocks.toml, schema/clocks.py).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from schema.clocks import deadlines, is_late
from schema.model import Clock, Person, Schema
from sync.store.store import Store
from sync.tables import quoted
from sync.times import written
from sync.visibility import seen_by


def overdue(store: Store, schema: Schema, person: Person, now: datetime) -> int:
    """Records that the person settles, or that they look on at over a whole centre, each counted once."""
    at = written(now)
    return sum(
        any(one.runs and is_late(one, at) for one in deadlines(schema.clocks[kind], values))
        for kind in schema.clocks
        for values in _open(store, schema, person, kind)
    )


def _open(store: Store, schema: Schema, person: Person, kind: str) -> Iterator[dict[str, Any]]:
    """What the clocks of a kind read of each record over which one may still run."""
    seen = seen_by(schema, person, [kind])
    clocks = schema.clocks[kind]
    names = sorted({name for clock in clocks for name in _read(clock)})
    columns = ", ".join(f"k.{quoted(name)}" for name in names)
    unmet = " OR ".join(f"k.{quoted(name)} IS NULL" for name in sorted({clock.ends for clock in clocks}))
    rows = store.rows(
        f"SELECT {columns} FROM record r JOIN {quoted(kind)} k ON k.record = r.record"  # noqa: S608
        f" WHERE {seen.sql} AND ({unmet})",
        seen.parameters,
    )
    return (dict(zip(names, row, strict=True)) for row in rows)


def _read(clock: Clock) -> set[str]:
    until = {clock.until} if clock.until else set()
    return {clock.starts, clock.ends, *until, *clock.when, *(clock.stops_when or {})}
