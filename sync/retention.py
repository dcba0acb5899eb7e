"""What is due by the classes of retention: records whose years are over, named by their ids and never by what they say.

Not here: how long a class is kept and why (schema/retention.toml), and destroying anything.
"""

from dataclasses import dataclass
from datetime import date, datetime

from schema.model import Kind, RetentionClass, Schema
from sync.references import fields_naming_records
from sync.store.store import Store
from sync.tables import quoted
from sync.times import local_date
from sync.visibility import steps_of


@dataclass(frozen=True)
class Due:
    """The records of one kind whose years are over, those due longest first; `day`: the first of the days they count
    from."""

    kind: str
    retention: RetentionClass
    records: tuple[str, ...]
    day: str


def due(store: Store, schema: Schema, centre: str, now: datetime) -> list[Due]:
    """What is due at a centre today, kind by kind; kinds of which nothing is due are left out.

    What a record that is kept for ever names is never due: without its shift an hour of a volunteer proves less.
    """
    found = []
    for kind in schema.kinds.values():
        retention = schema.retention[kind.retention.name]
        if retention.years is None:
            continue
        # Counted from the last change, a day is the first part of its instant, which is as good as its date in years.
        day = _day(schema, kind) or "substr(r.delivered_at, 1, 10)"
        unnamed = _unnamed_for_ever(schema, kind)
        rows = store.rows(
            f"SELECT k.record, {day} AS day FROM {quoted(kind.name)} k JOIN record r ON r.record = k.record"  # noqa: S608
            f" WHERE r.centre = ? AND {day} <= ?{unnamed} ORDER BY day, k.record",
            (centre, _years_before(local_date(now), retention.years).isoformat()),
        )
        if rows:
            found.append(Due(kind.name, retention, tuple(row[0] for row in rows), rows[0][1]))
    return found


def _unnamed_for_ever(schema: Schema, kind: Kind) -> str:
    """The condition in SQL that no record that is kept for ever names a record of this kind."""
    return "".join(
        f" AND NOT EXISTS (SELECT 1 FROM {quoted(other.name)} WHERE {quoted(field)} = k.record)"  # noqa: S608
        for other in schema.kinds.values()
        if schema.retention[other.retention.name].years is None
        for field in fields_naming_records(other)
        if other.fields[field].of == kind.name
    )


def _day(schema: Schema, kind: Kind) -> str:
    """The day that the years count from as SQL: the first of the declared paths that leads to one; "" without any."""
    found = []
    for path in kind.retention.counts_from:
        first, steps = steps_of(schema, kind, path)
        value = f"k.{quoted(first)}"
        for at, name in steps:
            value = f"(SELECT {quoted(name)} FROM {quoted(at)} WHERE record = {value})"  # noqa: S608
        found.append(value)
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})" if found else ""


def _years_before(day: date, years: int) -> date:
    """The same day so many years ago; of a day that year did not have, the one before it."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
