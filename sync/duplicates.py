"""Possible doubles: records of one kind that agree where the declaration says they should not.

Not here: what a reviewer makes of them (decide.py). A double is shown, never merged and never refused.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from schema.field_types import is_empty
from schema.model import Duplicate, Kind
from sync.put_away import names_of
from sync.search import sound_of
from sync.store.store import Store
from sync.tables import one_of, quoted


@cache
def fields_compared(kind: Kind) -> frozenset[str]:
    """The fields of a kind by which doubles are found."""
    return frozenset(name for rule in kind.duplicates for name in (*rule.same, *rule.sounds, *(rule.overlap or ())))


class Agreements:
    """Which new records may have a double at all, read for all records of a push at once: nearly none have."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: dict[tuple[str, str], set[tuple[Any, ...]]] = {}
        self._taken: dict[tuple[str, str], set[tuple[Any, ...]]] = {}

    def read_ahead(self, kind: Kind, several: Sequence[Mapping[str, Any]]) -> None:
        """Read which of these values some record of the kind has."""
        for rule in kind.duplicates:
            asked = {compared for values in several if (compared := _compared(rule, values)) is not None}
            if asked:
                self._asked[kind.name, rule.name] = asked
                self._taken[kind.name, rule.name] = self._present(kind, rule, asked)

    def _present(self, kind: Kind, rule: Duplicate, asked: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
        names = ", ".join(_column(rule, name) for name in rule.same)
        several = ", ".join([one_of(rule.same)] * len(asked))
        sql = f"SELECT {names} FROM {quoted(kind.name)} WHERE ({names}) IN (VALUES {several})"  # noqa: S608
        return set(self._store.rows(sql, tuple(value for compared in asked for value in compared)))

    def is_alone(self, kind: Kind, values: Mapping[str, Any]) -> bool:
        """Whether certainly no record agrees with these values. False says nothing."""
        for rule in kind.duplicates:
            compared, name = _compared(rule, values), (kind.name, rule.name)
            if compared is not None and (compared not in self._asked.get(name, ()) or compared in self._taken[name]):
                return False
        return True

    def join(self, kind: Kind, values: Mapping[str, Any]) -> None:
        """There is a new record with these values."""
        for rule in kind.duplicates:
            compared = _compared(rule, values)
            if compared is not None:
                self._taken.setdefault((kind.name, rule.name), set()).add(compared)

    def forget(self) -> None:
        """Records have changed: nothing is certain any more."""
        self._asked.clear()


def _compared(rule: Duplicate, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What must be the same in both, None where the rule has nothing to say about these values."""
    for name in (*rule.same, *rule.sounds, *(rule.overlap or ())):
        if is_empty(values.get(name)) and name not in rule.blank:
            return None
    return tuple(values.get(name) or "" if name in rule.blank else values[name] for name in rule.same)


def _column(rule: Duplicate, name: str, table: str = "") -> str:
    """A column as it is compared: what may be empty in both is, however it is empty."""
    return f"coalesce({table}{quoted(name)}, '')" if name in rule.blank else f"{table}{quoted(name)}"


def doubles_of(store: Store, kind: Kind, record: str, centre: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The records of the same centre that may be the same as this one, without those settled or rejected."""
    found: set[str] = set()
    for rule in kind.duplicates:
        agreeing = _agreeing(store, kind, rule, record, centre, values)
        found |= agreeing - _chain(store, kind, rule.apart, record, values) if agreeing and rule.apart else agreeing
    if found:
        found -= {row[0] for row in store.rows("SELECT other FROM settled_duplicate WHERE record = ?", (record,))}
    return tuple(sorted(found))


def _agreeing(
    store: Store, kind: Kind, rule: Duplicate, record: str, centre: str, values: Mapping[str, Any]
) -> set[str]:
    compared = _compared(rule, values)
    if compared is None:
        return set()
    conditions, parameters = list[str](), list[Any]()
    for name, value in zip(rule.same, compared, strict=True):
        # Who lives in a home lives in whatever was found to be that home.
        named = names_of(store, value) if kind.fields[name].type == "ref" else [value]
        conditions.append(f"{_column(rule, name, 'k.')} IN {one_of(named)}")
        parameters += named
    if rule.sounds:
        conditions.append("r.search = ?")
        parameters.append(sound_of(kind, values))
    if rule.overlap:
        begin, end = rule.overlap
        conditions += [f"k.{quoted(begin)} < ?", f"k.{quoted(end)} > ?"]
        parameters += [values[end], values[begin]]
    rows = store.rows(
        f"SELECT k.record FROM {quoted(kind.name)} k JOIN record r USING (record)"  # noqa: S608
        f" WHERE {' AND '.join(conditions)} AND k.record <> ? AND r.centre = ?"
        " AND r.review_state IS DISTINCT FROM 'rejected' AND r.put_away IS NULL",
        (*parameters, record, centre),
    )
    return {row[0] for row in rows}


def _chain(store: Store, kind: Kind, name: str, record: str, values: Mapping[str, Any]) -> set[str]:
    """The records that this one names by a reference, over however many, and those that so name it."""
    column, table, before = quoted(name), quoted(kind.name), set[str]()
    named = values.get(name)
    while named is not None and named not in before:
        before.add(named)
        named = store.value(f"SELECT {column} FROM {table} WHERE record = ?", (named,))  # noqa: S608
    after = naming = {record}
    while naming:
        sql = f"SELECT record FROM {table} WHERE {column} IN {one_of(naming)}"  # noqa: S608
        naming = {row[0] for row in store.rows(sql, tuple(sorted(naming)))} - after
        after = after | naming
    return before | after


def unsettle(store: Store, record: str, other: str) -> None:
    """Forget what a reviewer said about two records."""
    sql = "DELETE FROM settled_duplicate WHERE (record = ? AND other = ?) OR (record = ? AND other = ?)"
    store.execute(sql, (record, other, other, record))


def settle(store: Store, record: str, other: str, verdict: str) -> None:
    """Remember what a reviewer said about two records, so that they are not asked again."""
    for pair in ((record, other), (other, record)):
        store.execute(
            "INSERT INTO settled_duplicate VALUES (?, ?, ?)"
            " ON CONFLICT (record, other) DO UPDATE SET verdict = excluded.verdict",
            (*pair, verdict),
        )
