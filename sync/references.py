"""What a save names besides itself: other records, persons, teams. Each must be known, and in the author's reach.

Not here: the form of such a value (schema/validate.py).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from schema.access import may
from schema.model import Field, Kind, Person, Problem, Schema
from sync.record import Record, place_of
from sync.store.store import Store
from sync.tables import quoted
from sync.visibility import Place, has_moved_away


def judge_references(
    store: Store,
    schema: Schema,
    person: Person,
    kind: Kind,
    centre: str,
    values: Mapping[str, Any],
    before: Mapping[str, Any],
) -> Problem | None:
    """The first thing named that may not be named; what stays as it was is not asked again."""
    for field in _referring(kind):
        value = values.get(field.name)
        if value is None or value == before.get(field.name):
            continue
        problem = _judge_one(store, schema, person, field, centre, value)
        if problem is not None:
            return problem
    return None


def referred(store: Store, kind: Kind, record: str) -> list[str]:
    """The records that a record names."""
    names = [field.name for field in kind.fields.values() if field.type == "ref"]
    if not names:
        return []
    columns = ", ".join(quoted(name) for name in names)
    found = store.row(f"SELECT {columns} FROM {quoted(kind.name)} WHERE record = ?", (record,))  # noqa: S608
    return [value for value in found or () if value is not None]


@cache
def _referring(kind: Kind) -> tuple[Field, ...]:
    """The fields of a kind whose values name something else."""
    return tuple(field for field in kind.fields.values() if field.type in ("ref", "person", "team"))


def _judge_one(store: Store, schema: Schema, person: Person, field: Field, centre: str, value: Any) -> Problem | None:
    if field.type == "ref":
        return _judge_record(store, schema, person, field, value)
    if field.type == "person":
        return None if _holds_role(store, value, field.role, centre) else Problem("unknown_choice", field.name)
    if field.type == "team":
        return None if _is_team(store, value, centre) else Problem("unknown_choice", field.name)
    return None


def _judge_record(store: Store, schema: Schema, person: Person, field: Field, value: str) -> Problem | None:
    found = place_of(store, value)
    if found is None:
        return Problem("depends_on_held" if is_creation_held(store, value) else "unknown_record", field.name)
    kind, place = found
    if not sees_place(schema, person, schema.kinds[kind], place):
        moved = has_moved_away(store, schema, person, value)
        return Problem("out_of_scope" if moved else "not_permitted", field.name)
    return None if kind == field.of else Problem("wrong_type", field.name, {"of": field.of})


def is_creation_held(store: Store, record: str) -> bool:
    """Whether a first save of a record that does not exist is held."""
    found = store.value("SELECT 1 FROM held WHERE record = ? AND creates = 1 LIMIT 1", (record,))
    return found is not None


def sees(schema: Schema, person: Person, record: Record) -> bool:
    """Whether a person may see a record."""
    return sees_place(schema, person, record.kind, Place(record.centre, record.relation))


def sees_place(schema: Schema, person: Person, kind: Kind, place: Place) -> bool:
    """Whether a person may see a record of this kind that stands here."""
    return may(schema, person, "see", kind, place.centre, place.relation.team, place.relation.own)


def _holds_role(store: Store, person: str, role: str | None, centre: str) -> bool:
    sql = "SELECT 1 FROM membership WHERE person = ? AND centre = ?"
    if role is None:
        return store.value(f"{sql} LIMIT 1", (person, centre)) is not None
    return store.value(f"{sql} AND role = ? LIMIT 1", (person, centre, role)) is not None


def _is_team(store: Store, team: str, centre: str) -> bool:
    return store.value("SELECT 1 FROM team WHERE team = ? AND centre = ?", (team, centre)) is not None
