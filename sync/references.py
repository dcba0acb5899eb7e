"""What a save names besides itself: other records, persons, teams. Each must be known, and in the author's reach.

Not here: the form of such a value (schema/validate.py).
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from schema.access import UNTOLD, Context, is_hidden
from schema.field_types import record_of_row
from schema.model import Field, Kind, Person, Problem, Schema
from sync import json_text, log
from sync.in_file import judge_in_file
from sync.put_away import put_away_of
from sync.record import Record, place_of, places_of
from sync.store.store import Store
from sync.tables import one_of, quoted
from sync.visibility import Place, decide_at, has_moved_away


class Named:
    """What saves name: where a record stands, who holds a role; each is read once, until something moves."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._places: dict[str, tuple[str, Place] | None] = {}
        self._roles: dict[tuple[str, str], set[str]] = {}
        self._teams: dict[tuple[str, str], bool] = {}
        self._listed: set[str] = set()

    def place_of(self, record: str) -> tuple[str, Place] | None:
        """Kind and place of a record, None where there is none."""
        if record not in self._places:
            self._places[record] = place_of(self.store, record)
        return self._places[record]

    def read_ahead(self, records: Collection[str]) -> None:
        """Read where several records stand, at once."""
        self._places |= places_of(self.store, records)
        self._listed |= set(records) - put_away_of(self.store, records)

    def read_roles_ahead(self, persons: Collection[str], centre: str) -> None:
        """Read which roles several persons have at a centre, at once."""
        self._roles |= {(person, centre): set() for person in persons}
        sql = f"SELECT person, role FROM membership WHERE person IN {one_of(persons)} AND centre = ?"  # noqa: S608
        for person, role in self.store.rows(sql, (*persons, centre)):
            self._roles[person, centre].add(role)

    def holds_role(self, person: str, role: str | None, centre: str) -> bool:
        """Whether a person works at a centre, in this role where one is named."""
        if (person, centre) not in self._roles:
            self.read_roles_ahead((person,), centre)
        roles = self._roles[person, centre]
        return bool(roles) if role is None else role in roles

    def are_listed(self, records: Collection[str]) -> bool:
        """Whether certainly none of these records is put away. False says nothing."""
        return self._listed.issuperset(records)

    def is_team(self, team: str, centre: str) -> bool:
        """Whether a centre has this team."""
        known = self._teams.get((team, centre))
        if known is None:
            sql = "SELECT 1 FROM team WHERE team = ? AND centre = ?"
            known = self._teams[team, centre] = self.store.value(sql, (team, centre)) is not None
        return known

    def forget(self, record: str | None = None) -> None:
        """A record came to be, or something moved: read it again where it is asked for."""
        if record is None:
            self._places.clear()
            self._listed.clear()
        else:
            self._places.pop(record, None)
            self._listed.discard(record)


def judge_references(
    named: Named,
    schema: Schema,
    person: Person,
    kind: Kind,
    centre: str,
    values: Mapping[str, Any],
    before: Mapping[str, Any],
    context: Context = UNTOLD,
) -> Problem | None:
    """The first thing named that may not be named; what stays as it was is not asked again."""
    for field in kind.fields.values():
        if field.type == "rows":
            problem = _judge_rows(named, schema, person, kind, field, centre, values, before, context)
            if problem is not None:
                return problem
    for field in _referring(kind):
        value = values.get(field.name)
        if value is None or value == before.get(field.name):
            continue
        problem = _judge_one(named, schema, person, field, centre, value, context)
        if problem is None and field.apart_from is not None:
            problem = _judge_apart(named, field, {**before, **values}, value)
        if problem is not None:
            return problem
    return judge_in_file(named.store, schema, kind, centre, values, before)


def referred(store: Store, kind: Kind, record: str) -> list[str]:
    """The records that a record names."""
    names = fields_naming_records(kind)
    if not names:
        return []
    columns = ", ".join(quoted(name) for name in names)
    found = store.row(f"SELECT {columns} FROM {quoted(kind.name)} WHERE record = ?", (record,))  # noqa: S608
    return [value for value in found or () if value is not None]


@cache
def fields_naming_records(kind: Kind) -> tuple[str, ...]:
    """The fields of a kind whose values name records."""
    return tuple(field.name for field in _referring(kind) if field.type == "ref")


@cache
def fields_naming_persons(kind: Kind) -> tuple[str, ...]:
    """The fields of a kind whose values name persons."""
    return tuple(field.name for field in _referring(kind) if field.type == "person")


@cache
def _referring(kind: Kind) -> tuple[Field, ...]:
    """The fields of a kind whose values name something else."""
    return tuple(field for field in kind.fields.values() if field.type in ("ref", "person", "team"))


def _judge_rows(
    named: Named,
    schema: Schema,
    person: Person,
    kind: Kind,
    field: Field,
    centre: str,
    values: Mapping[str, Any],
    stated: Mapping[str, Any],
    context: Context,
) -> Problem | None:
    """The first row written that stands for a record, or names a person, that it may not."""
    before = stated.get(field.name)
    columns = [column for column in field.columns.values() if column.type == "person"]
    if field.of is None and not columns:
        return None
    old = before if isinstance(before, Mapping) else {}
    for key, row in values.items():
        name, _, part = key.partition(".")
        if name != field.name or not isinstance(row, Mapping):
            continue
        # A name that is on the list already may be ticked by whoever may write the list, and knows no more of them.
        if field.of is not None and part not in old:
            problem = _judge_record(named, schema, person, field, record_of_row(part), context)
            if problem is None and not _is_among(named, kind, field, part, values, stated):
                problem = Problem("not_on_the_list")
            if problem is not None:
                return replace(problem, field=key)
        for column in columns:
            if not named.holds_role(row.get(column.name, ""), None, centre):
                return Problem("unknown_choice", key, {"column": column.name})
    return None


def _is_among(
    named: Named, kind: Kind, field: Field, part: str, values: Mapping[str, Any], before: Mapping[str, Any]
) -> bool:
    """Whether a row stands in the rows of the other record that these are taken from."""
    if field.among is None:
        return True
    first, _, last = field.among.partition(".")
    other = kind.fields[first].of
    sql = f"SELECT {quoted(last)} FROM {quoted(str(other))} WHERE record = ?"  # noqa: S608
    kept = named.store.value(sql, (values.get(first) or before.get(first),))
    return part in (json_text.read(kept) if kept else {})


def _judge_one(
    named: Named, schema: Schema, person: Person, field: Field, centre: str, value: Any, context: Context
) -> Problem | None:
    if field.type == "ref":
        return _judge_record(named, schema, person, field, value, context)
    if field.type == "person":
        return None if named.holds_role(value, field.role, centre) else Problem("unknown_choice", field.name)
    if field.type == "team":
        return None if named.is_team(value, centre) else Problem("unknown_choice", field.name)
    return None


def _judge_apart(named: Named, field: Field, values: Mapping[str, Any], value: str) -> Problem | None:
    """Nobody is given what looks at their own work: the record that is looked at must not be theirs."""
    record = values.get(field.apart_from or "") or ""
    found = named.place_of(record)
    if found is not None and value in found[1].relation.own:
        return Problem("own_work", field.name)
    if field.apart_from_hands and log.had_a_hand(named.store, record, value):
        return Problem("had_a_hand", field.name)
    return None


def _judge_record(
    named: Named, schema: Schema, person: Person, field: Field, value: str, context: Context
) -> Problem | None:
    found = named.place_of(value)
    if found is None:
        return Problem("depends_on_held" if is_creation_held(named.store, value) else "unknown_record", field.name)
    kind, place = found
    if not sees_place(schema, person, schema.kinds[kind], place, "carry", context):
        moved = has_moved_away(named.store, schema, person, value, context)
        if not moved and is_hidden(schema, schema.kinds[kind]):
            return Problem("unknown_record", field.name)
        if not (moved and field.once_theirs):
            return Problem("out_of_scope" if moved else "not_permitted", field.name)
    return None if kind == field.of else Problem("wrong_type", field.name, {"of": field.of})


def is_creation_held(store: Store, record: str) -> bool:
    """Whether a first save of a record that does not exist is held."""
    found = store.value("SELECT 1 FROM held WHERE record = ? AND creates = 1 LIMIT 1", (record,))
    return found is not None


def sees(schema: Schema, person: Person, record: Record, operation: str = "read", context: Context = UNTOLD) -> bool:
    """Whether a person may see a record: `read` it now, or `carry` it on their device."""
    return sees_place(schema, person, record.kind, record.place, operation, context)


def sees_place(
    schema: Schema, person: Person, kind: Kind, place: Place, operation: str = "read", context: Context = UNTOLD
) -> bool:
    """Whether a person may see a record of this kind that stands here."""
    return decide_at(schema, person, operation, kind, place, context=context).allowed
