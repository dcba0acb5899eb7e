"""What each entry of hours counts, kept in a derived row an entry, so that a total of many need not count them anew. A
rebuild makes the rows again from the log; no total is kept.

Not here: how an entry counts, and who may see what (hours.py).
"""

from collections.abc import Collection, Mapping
from typing import Any

from schema.model import Kind, Schema
from sync.hour_decisions import ENTRY, SHIFT
from sync.hour_rules import RULE
from sync.hours import counts_of
from sync.store.store import Store

_WRITE = (
    "INSERT INTO hour_count (record, centre, volunteer, worked_on, started_at, project, activity, state, minutes)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (record) DO UPDATE SET centre = excluded.centre,"
    " volunteer = excluded.volunteer, worked_on = excluded.worked_on, started_at = excluded.started_at,"
    " project = excluded.project, activity = excluded.activity, state = excluded.state, minutes = excluded.minutes"
)
# What of a shift bounds its entries.
_PLANNED = frozenset(("starts_at", "ends_at"))
# A rule that reaches far back is worked off in such portions.
_DAYS_AT_ONCE = 400


def was_written(
    store: Store, schema: Schema, kind: Kind, record: str, values: Mapping[str, Any], changed: Collection[str]
) -> None:
    """Count again what an accepted save may have changed. values: those that stand now; changed: fields among them."""
    if kind.name == RULE:
        # A rule is written before its day, so that there is something to count again only where the log is folded anew.
        on = str(values.get("effective_on") or "")
        days = store.rows(
            "SELECT DISTINCT k.volunteer, k.worked_on FROM hour_entry k JOIN record r ON r.record = k.record"
            " JOIN record o ON o.record = ? WHERE r.centre = o.centre AND k.worked_on >= ?",
            (record, on),
        )
    elif kind.name == SHIFT and not _PLANNED.isdisjoint(changed):
        days = store.rows("SELECT volunteer, worked_on FROM hour_entry WHERE shift = ?", (record,))
    elif kind.name == ENTRY:
        days = _days_of(store, record)
    else:
        return
    _count(store, schema, {(volunteer, worked_on) for volunteer, worked_on in days})


def was_decided(store: Store, schema: Schema, kind: Kind, record: str) -> None:
    """Count again what a decision may have changed."""
    if kind.name == ENTRY:
        _count(store, schema, {(volunteer, worked_on) for volunteer, worked_on in _days_of(store, record)})


def _days_of(store: Store, record: str) -> list[tuple[Any, ...]]:
    """The day of an entry, that on which it stood before, and that of the entry it corrects."""
    return store.rows(
        "SELECT volunteer, worked_on FROM hour_entry WHERE record = ? UNION"
        " SELECT volunteer, worked_on FROM hour_count WHERE record = ? UNION"
        " SELECT o.volunteer, o.worked_on FROM hour_entry k JOIN hour_entry o ON o.record = k.corrects"
        " WHERE k.record = ?",
        (record, record, record),
    )


def _count(store: Store, schema: Schema, days: Collection[tuple[str, str]]) -> None:
    wanted = sorted(days)
    for start in range(0, len(wanted), _DAYS_AT_ONCE):
        store.execute_many(_WRITE, counts_of(store, schema, wanted[start : start + _DAYS_AT_ONCE]))
