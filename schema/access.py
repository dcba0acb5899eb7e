"""Who may do what with which record, and which scopes people and records belong to.

Not here: finding a record's team and own persons along their paths; that needs stored records, and is handed in.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from schema.model import Kind, Permissions, Person, Schema

VERBS = ("see", "create", "edit", "settle", "review")


@dataclass(frozen=True)
class Context:
    """What a decision may depend on besides the person.

    path         how their device was let in: prf | passkey | pin | key | demo
    verified_at  when they last proved to be there, None where nobody asked
    now          the instant of asking
    """

    path: str
    verified_at: datetime | None
    now: datetime


def may(
    schema: Schema,
    person: Person,
    verb: str,
    kind: Kind,
    centre: str,
    team: str | None,
    own: Collection[str],
    field: str | None = None,
    creating: bool = False,
) -> bool:
    """Whether a person may do something with a record.

    verb      see | create | edit | settle | review
    centre    of the record; team: its team id or None; own: the persons it is `own` to
    field     a field or field key that is to be changed: its own `edit` then takes the place of the kind's
    creating  the first save of a record: whoever may create it may write any of its fields
    """
    return _reaches_any(_permissions(kind, verb, field, creating), person, centre, team, own)


def may_move(
    schema: Schema,
    person: Person,
    kind: Kind,
    origins: Iterable[str],
    to: str,
    centre: str,
    team: str | None,
    own: Collection[str],
) -> bool:
    """Whether a person may take a record's state from one of `origins` to `to`.

    The step must name a role that the person holds, and that role must reach the record by the kind's `edit`. Staying
    where the record is, is no step.
    """
    if kind.states is None:
        return False
    found = set(origins)
    if to in found:
        return True
    roles = {role for move in kind.states.moves if move.to == to and found & set(move.origins) for role in move.by}
    permissions = {role: reaches for role, reaches in kind.access.edit.items() if role in roles}
    return _reaches_any(permissions, person, centre, team, own)


def scopes_of_person(schema: Schema, person: Person) -> list[str]:
    """The scopes a person's device keeps a copy of, most urgent first: the person's own, the teams', the centre's."""
    # A role that is declared no longer gives nothing, rather than keeping its people from signing in.
    copying = {role.name for role in schema.roles.values() if role.replicates}
    held = [membership for membership in person.memberships if membership.role in copying]
    teams = [f"team:{membership.team}:{membership.role}" for membership in held if membership.team is not None]
    centres = [f"centre:{membership.centre}:{membership.role}" for membership in held]
    return list(dict.fromkeys([f"person:{person.person}", *teams, *centres]))


def scopes_of_record(schema: Schema, kind: Kind, centre: str, team: str | None, own: Collection[str]) -> set[str]:
    """The scopes a record is fed to, from the kind's [access].see."""
    scopes: set[str] = set()
    for role, reaches in kind.access.see.items():
        if "own" in reaches:
            scopes |= {f"person:{person}" for person in own}
        if "team" in reaches and team is not None:
            scopes.add(f"team:{team}:{role}")
        if "centre" in reaches:
            scopes.add(f"centre:{centre}:{role}")
    return scopes


def _permissions(kind: Kind, verb: str, field: str | None, creating: bool) -> Permissions:
    if verb == "review":
        return kind.review.by if kind.review else {}
    if field is None or verb not in ("create", "edit"):
        return {"see": kind.access.see, "create": kind.access.create, "settle": kind.access.settle}.get(
            verb, kind.access.create if creating else kind.access.edit
        )
    declared = kind.field_of(field)
    if declared is None:
        return {}
    if creating or verb == "create":
        return kind.access.create
    return kind.access.edit if declared.edit is None else declared.edit


def _reaches_any(permissions: Permissions, person: Person, centre: str, team: str | None, own: Collection[str]) -> bool:
    for membership in person.memberships:
        if membership.centre != centre:
            continue
        reaches = permissions.get(membership.role, ())
        if "centre" in reaches or ("own" in reaches and person.person in own):
            return True
        if "team" in reaches and team is not None and membership.team == team:
            return True
    return False
