"""Whether somebody may be named in a record on a day, by the file that is kept of them: a volunteer by her state.

Not here: what is written in a file (its declaration), and the form of what names them (references.py).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from schema.model import Field, InFile, Kind, Problem, Schema
from sync.store.store import Store
from sync.tables import quoted


def judge_in_file(
    store: Store, schema: Schema, kind: Kind, centre: str, values: Mapping[str, Any], before: Mapping[str, Any]
) -> Problem | None:
    """The first person whose file does not let them be named on that day (not_active); what stays as it was is not
    asked again. Whoever has no file at this centre may be named: those who came before there were any.
    """
    for field, rule in _with_file(kind):
        person = values.get(field.name, before.get(field.name))
        on = rule.on.partition(".")[0]
        is_new = person != before.get(field.name) or values.get(on, before.get(on)) != before.get(on)
        day = _day(store, kind, rule.on, {**before, **values}) if is_new and person is not None else None
        if day is None:
            continue
        files = _files(store, schema, centre, rule, person)
        if files and not any(_lets(rule, state, days, day) for state, days in files):
            return Problem("not_active", field.name, {"state": files[-1][0]})
    return None


@cache
def _with_file(kind: Kind) -> tuple[tuple[Field, InFile], ...]:
    return tuple((field, field.in_file) for field in kind.fields.values() if field.in_file is not None)


def _day(store: Store, kind: Kind, on: str, values: Mapping[str, Any]) -> str | None:
    """The day that a record is about: its own, or that of the record it belongs to."""
    first, dot, last = on.partition(".")
    if not dot:
        own: str | None = values.get(on)
        return own
    sql = f"SELECT {quoted(last)} FROM {quoted(str(kind.fields[first].of))} WHERE record = ?"  # noqa: S608
    found: str | None = store.value(sql, (values.get(first),))
    return found


def _files(
    store: Store, schema: Schema, centre: str, rule: InFile, person: str
) -> list[tuple[str, dict[str, str | None]]]:
    """State and days of each file of one person, as they are displayed now."""
    other = schema.kinds[rule.kind]
    if other.states is None:
        return []
    names = list(dict.fromkeys([*((rule.since,) if rule.since else ()), *rule.back.values()]))
    columns = "".join(f", k.{quoted(name)}" for name in names)
    found = store.rows(
        f"SELECT coalesce(k.{quoted(other.states.field)}, ?){columns} FROM {quoted(rule.kind)} k"  # noqa: S608
        f" JOIN record r USING (record) WHERE k.{quoted(rule.field)} = ? AND r.centre = ? ORDER BY k.record",
        (other.states.initial, person, centre),
    )
    return [(state, dict(zip(names, days, strict=True))) for state, *days in found]


def _lets(rule: InFile, state: str, days: Mapping[str, str | None], day: str) -> bool:
    if rule.since is not None:
        since = days[rule.since]
        if since is None or day < since:
            return False
    last = days[rule.back[state]] if state in rule.back else None
    return not rule.states or state in rule.states or (last is not None and day > last)
