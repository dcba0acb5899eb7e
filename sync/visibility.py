"""Who may see or change which record: a record's team and own persons, found along the declared paths, and the words
of reach (own, team, centre) as one condition of SQL.

Not here: the meaning of a permission for one record in hand (schema/access.py).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from schema.access import (
    UNTOLD,
    Context,
    Decision,
    decide,
    own_prefix,
    own_scope,
    permissions_of,
    scopes_of_person,
    shut,
)
from schema.model import Kind, Membership, Permissions, Person, Schema
from schema.paths import column_values, in_rows
from sync import feed, log
from sync.put_away import survivor_of
from sync.store.store import Store
from sync.tables import one_of, quoted


@dataclass(frozen=True, slots=True)
class Relation:
    """What ties people to a record: the team it follows, and the persons it is `own` to."""

    team: str | None
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: its centre, and who it is tied to. For a new record, where it would stand."""

    centre: str
    relation: Relation


def decide_at(
    schema: Schema,
    person: Person,
    operation: str,
    kind: Kind,
    place: Place,
    *,
    field: str | None = None,
    state: tuple[Iterable[str], str] | None = None,
    context: Context = UNTOLD,
) -> Decision:
    """What is decided about a record that stands here."""
    relation = place.relation
    return decide(
        schema,
        person,
        operation,
        kind,
        centre=place.centre,
        team=relation.team,
        own=relation.own,
        field=field,
        state=state,
        context=context,
    )


class Paths:
    """What stands in the records that paths lead through; each value is read once, until its record changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[str, dict[tuple[str, str], str | None]] = {}
        # Of each record the ones that are it, which were read through it.
        self._aliases: dict[str, set[str]] = {}

    def at(self, kind: str, name: str, record: str) -> str | None:
        """The value of one field of one record, or who created it; None where there is none."""
        known = self._found.get(record)
        if known is None or (kind, name) not in known:
            self.read_ahead(kind, name, (record,))
            known = self._found[record]
        return known[kind, name]

    def read_ahead(self, kind: str, name: str, records: Collection[str]) -> set[str]:
        """Read the value of one field of several records at once; the values found."""
        table = "record" if name == "created_by" else kind
        # What an alias says of itself counts no more: a path through it leads through the record that it is.
        sql = (
            f"SELECT r.record, k.record, k.{quoted(name)} FROM record r"  # noqa: S608
            f" JOIN {quoted(table)} k ON k.record = coalesce(r.survivor, r.record) WHERE r.record IN {one_of(records)}"
        )
        found: dict[str, str | None] = {}
        for record, end, value in self._store.rows(sql, tuple(records)):
            found[record] = value
            if end != record:
                self._aliases.setdefault(end, set()).add(record)
        for record in records:
            self._found.setdefault(record, {})[kind, name] = found.get(record)
        return {value for value in found.values() if value is not None}

    def survivor_of(self, record: str) -> str:
        """The record that stands for this one."""
        return survivor_of(self._store, record)

    def forget(self, record: str) -> None:
        """A record came to be or changed: read it, and what is it, again where they are asked for."""
        for name in (record, *self._aliases.pop(record, ())):
            self._found.pop(name, None)


def relation_of(paths: Paths, schema: Schema, kind: Kind, values: Mapping[str, Any], created_by: str) -> Relation:
    """The relation of a record with these values; reads the records its paths lead through."""
    team = None if kind.team is None else at_path(paths, schema, kind, values, created_by, kind.team)
    own: list[str | None] = []
    for path in kind.own:
        of_rows = in_rows(kind, path)
        if of_rows is None:
            own.append(at_path(paths, schema, kind, values, created_by, path))
        else:
            own += column_values(values, *of_rows)
    return Relation(team, frozenset(person for person in own if person is not None))


@cache
def path_heads(kind: Kind) -> frozenset[str]:
    """The fields of a kind that its paths begin with: while none of them changes, its relation stays."""
    return frozenset(path.partition(".")[0] for path in paths_of(kind))


@cache
def paths_of(kind: Kind) -> tuple[str, ...]:
    """The paths to a kind's team and own persons."""
    return (*([kind.team] if kind.team else []), *kind.own)


@cache
def leading_paths(kind: Kind) -> tuple[str, ...]:
    """Those of them that may lead through other records; the others end in rows of the record itself."""
    return tuple(path for path in paths_of(kind) if in_rows(kind, path) is None)


def at_path(
    paths: Paths, schema: Schema, kind: Kind, values: Mapping[str, Any], created_by: str, path: str
) -> str | None:
    """What stands at the end of a declared path that begins in a record with these values."""
    first, steps = steps_of(schema, kind, path)
    value: str | None = created_by if first == "created_by" else values.get(first)
    for at, name in steps:
        if value is None:
            return None
        value = paths.at(at, name, value)
    return value


@cache
def steps_of(schema: Schema, kind: Kind, path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The field a path begins with, and the kind and field of each record it leads on to."""
    first, *rest = path.split(".")
    steps, name = [], first
    for following in rest:
        kind = schema.kinds[str(kind.fields[name].of)]
        steps.append((kind.name, following))
        name = following
    return first, tuple(steps)


@dataclass(frozen=True, slots=True)
class Follower:
    """Records of `kind` that reach another record through a chain of references; `fields` lead from it to that one."""

    kind: str
    fields: tuple[str, ...]
    kinds: tuple[str, ...]


@cache
def followers_of(schema: Schema, kind: Kind, field: str) -> tuple[Follower, ...]:
    """The records whose team or own persons follow from this field of this kind."""
    found = []
    for other in schema.kinds.values():
        for path in leading_paths(other):
            names, at, kinds = path.split("."), other, [other.name]
            for name in names[:-1]:
                at = schema.kinds[str(at.fields[name].of)]
                kinds.append(at.name)
            for place in range(1, len(names)):
                if kinds[place] == kind.name and names[place] == field:
                    found.append(Follower(other.name, tuple(names[:place]), tuple(kinds[:place])))
    return tuple(dict.fromkeys(found))


@cache
def moving_fields(schema: Schema, kind: Kind) -> frozenset[str]:
    """The fields of a kind that can move its records, or others that follow them."""
    return path_heads(kind) | {name for name in kind.fields if followers_of(schema, kind, name)}


def records_following(store: Store, follower: Follower, record: str) -> list[str]:
    """The records of one chain that lead to a record or to an alias of it, in a stable order."""
    found = [record]
    for kind, field in reversed(list(zip(follower.kinds, follower.fields, strict=True))):
        named = "SELECT value AS record FROM json_each(?)"
        # An alias is named by its own id still.
        aliases = "SELECT r.record FROM record r WHERE r.survivor IN (SELECT record FROM named)"
        sql = (
            f"WITH named AS ({named}) SELECT k.record FROM {quoted(kind)} k WHERE k.{quoted(field)} IN"  # noqa: S608
            f" (SELECT record FROM named UNION {aliases}) ORDER BY k.record"
        )
        found = [row[0] for row in store.rows(sql, (json.dumps(found),))]
    return found


def has_moved_away(store: Store, schema: Schema, person: Person, record: str, context: Context = UNTOLD) -> bool:
    """Whether a record that the person cannot see was theirs before: it left their scopes, or they wrote in it."""
    if feed.has_left(store, record, scopes_of_person(schema, person, context)):
        return True
    return log.has_written(store, record, person.person)


def held_scopes(schema: Schema, author: Person, kind: Kind | None, centre: str | None, team: str | None) -> list[str]:
    """Who is shown a held save: its author, and those who answer for the record where it is now or for the author.

    kind         None where the save names none that is known: then whoever reviews anything
    centre, team where the record is; None for a record that does not exist
    """
    permissions: dict[str, set[str]] = {}
    for declared in [kind] if kind else schema.kinds.values():
        review = permissions_of(schema, "review", declared)
        changes = {**declared.access.edit, **declared.access.settle} if kind else {}
        for role, declared_reaches in (*changes.items(), *review.items()):
            if schema.roles[role].home == "desk":
                permissions.setdefault(role, set()).update(declared_reaches)
    if kind is None:
        # What nobody can name is shown as narrowly as the role looks at anything.
        permissions = {
            role: reaches - {"centre"} if "team" in reaches else reaches for role, reaches in permissions.items()
        }
    found = {f"person:{author.person}"}
    places = {(membership.centre, membership.team) for membership in author.memberships} | {(centre, team)}
    if not author.memberships:
        # Whose last role has ended is answered for by the centre that let them in.
        places.add((author.centre, None))
    for role, reaches in permissions.items():
        for at, group in places:
            if "team" in reaches and group is not None:
                found.add(f"team:{group}:{role}")
            if "centre" in reaches and at is not None:
                found.add(f"centre:{at}:{role}")
    return sorted(found)


def desk_scopes(person: Person) -> list[str]:
    """The scopes a person reads by at a desk: of every role held, whether its devices keep copies or not."""
    found = [f"person:{person.person}"]
    for membership in person.memberships:
        found.append(f"centre:{membership.centre}:{membership.role}")
        if membership.team is not None:
            found.append(f"team:{membership.team}:{membership.role}")
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the columns of table `record`, named `r`, with its parameters."""

    sql: str
    parameters: tuple[str, ...]


NOTHING = Condition("FALSE", ())


def _reachable(person: Person, permissions: Permissions, own: Callable[[Membership], Condition]) -> Condition:
    parts: list[str] = []
    parameters: list[str] = []
    for membership in dict.fromkeys(person.memberships):
        reaches = permissions.get(membership.role, ())
        if "centre" in reaches:
            parts.append("r.centre = ?")
            parameters.append(membership.centre)
            continue
        if "team" in reaches and membership.team is not None:
            parts.append("(r.team = ? AND r.centre = ?)")
            parameters += [membership.team, membership.centre]
        if "own" in reaches:
            mine = own(membership)
            parts.append(f"(r.centre = ? AND {mine.sql})")
            parameters += [membership.centre, *mine.parameters]
    return Condition(f"({' OR '.join(parts)})", tuple(parameters)) if parts else NOTHING


def seen_by(
    schema: Schema,
    person: Person,
    kinds: Collection[str],
    operation: str = "list",
    context: Context = UNTOLD,
    put_away: bool = False,
) -> Condition:
    """The records of these kinds that a person may do something with (`list`, `settle`, `review`), or answers for
    (`settle_or_review`); of what this device may not open, none. What is put away is in no list that does not ask.
    """
    parts: list[str] = []
    parameters: list[str] = []
    for name in kinds:
        kind = schema.kinds[name]
        if shut(schema, kind, "list", context) is not None:
            continue
        own = partial(_own, schema, kind, person, operation)
        condition = _reachable(person, _permissions(schema, kind, operation), own)
        if condition is not NOTHING:
            listed = " AND r.put_away IS NULL" if kind.aliases and not put_away else ""
            parts.append(f"(r.kind = ? AND {condition.sql}{listed})")
            parameters += [name, *condition.parameters]
    return Condition(f"({' OR '.join(parts)})", tuple(parameters)) if parts else NOTHING


def _own(schema: Schema, kind: Kind, person: Person, operation: str, membership: Membership) -> Condition:
    if operation == "list":
        # Whatever may be seen as one's own is in the feed of that person, where an index finds it.
        scope = own_scope(own_prefix(schema, kind), person.person, membership.centre, membership.role)
        return Condition("r.record IN (SELECT record FROM feed WHERE scope = ? AND kind = 'changed')", (scope,))
    return Condition("EXISTS (SELECT 1 FROM json_each(r.own) WHERE value = ?)", (person.person,))


def _permissions(schema: Schema, kind: Kind, operation: str) -> Permissions:
    if operation == "settle_or_review":
        return permissions_of(schema, "review", kind) or permissions_of(schema, "settle", kind)
    return permissions_of(schema, operation, kind)
