"""Possible doubles: records of one kind that agree where the declaration says they should not.

Not here: what a reviewer makes of them (decide.py). A double is shown, never merged and never refused.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from schema.field_types import is_empty
from schema.model import Duplicate, Kind
from sync.store.store import Store
from sync.tables import quoted


@cache
def fields_compared(kind: Kind) -> frozenset[str]:
    """The fields of a kind by which doubles are found."""
    return frozenset(name for rule in kind.duplicates for name in (*rule.same, *(rule.overlap or ())))


def doubles_of(store: Store, kind: Kind, record: str, centre: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The records of the same centre that may be the same as this one, without those settled or rejected."""
    found: set[str] = set()
    for rule in kind.duplicates:
        found |= _agreeing(store, kind, rule, record, centre, values)
    if found:
        found -= {row[0] for row in store.rows("SELECT other FROM settled_duplicate WHERE record = ?", (record,))}
    return tuple(sorted(found))


def _agreeing(
    store: Store, kind: Kind, rule: Duplicate, record: str, centre: str, values: Mapping[str, Any]
) -> set[str]:
    names = (*rule.same, *(rule.overlap or ()))
    if any(is_empty(values.get(name)) for name in names):
        return set()
    conditions = [f"k.{quoted(name)} = ?" for name in rule.same]
    parameters = [values[name] for name in rule.same]
    if rule.overlap:
        begin, end = rule.overlap
        conditions += [f"k.{quoted(begin)} < ?", f"k.{quoted(end)} > ?"]
        parameters += [values[end], values[begin]]
    rows = store.rows(
        f"SELECT k.record FROM {quoted(kind.name)} k JOIN record r USING (record)"  # noqa: S608
        f" WHERE {' AND '.join(conditions)} AND k.record <> ? AND r.centre = ?"
        " AND r.review_state IS DISTINCT FROM 'rejected'",
        (*parameters, record, centre),
    )
    return {row[0] for row in rows}


def settle(store: Store, record: str, other: str, verdict: str) -> None:
    """Remember what a reviewer said about two records, so that they are not asked again."""
    for pair in ((record, other), (other, record)):
        store.execute(
            "INSERT INTO settled_duplicate VALUES (?, ?, ?)"
            " ON CONFLICT (record, other) DO UPDATE SET verdict = excluded.verdict",
            (*pair, verdict),
        )
