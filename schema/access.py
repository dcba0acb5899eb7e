"""Who may do what: one function that decides about every operation on every kind, and what follows from the same rules
for lists (who reaches how far) and for feeds (which scopes a person and a record belong to).

Not here: finding a record's team and own persons along their paths; that needs stored records, and is handed in.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from schema.model import Kind, Membership, Operation, Permissions, Person, Schema

NOBODY: Permissions = {}


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the device that asks: how it keeps what it opens (`path`, see load_rights.py; empty where nobody
    said), when its person last showed that it is they, and the instant of asking.
    """

    path: str = ""
    verified_at: datetime | None = None
    now: datetime | None = None


# What nobody told about a device opens nothing that depends on it.
UNTOLD = Context()


class Decision(NamedTuple):
    """Whether it is allowed, and by which rule, or which one is missing. `step_up`: it would be, if the person showed
    once more that it is they.
    """

    allowed: bool
    rule: str
    step_up: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """Who may do one thing: role -> the answer by centre, own and team, and the answer to everybody else.

    device  what a device must be (its paths, whether its person must have shown that it is they) and the name of that
            rule; None where any will do
    """

    by_role: Mapping[str, tuple[Decision | None, Decision | None, Decision | None]]
    otherwise: Decision
    device: tuple[tuple[str, ...], bool, str] | None


def decide(
    schema: Schema,
    person: Person,
    operation: str,
    kind: Kind | None,
    *,
    centre: str,
    team: str | None = None,
    own: Collection[str] = (),
    field: str | None = None,
    state: tuple[Iterable[str], str] | None = None,
    creating: bool = False,
    context: Context = UNTOLD,
) -> Decision:
    """Whether a person may do something, and the rule that says so.

    operation  one of load_rights.OPERATIONS with a kind; without one, an act of permissions.toml
    centre     of the record; team: its team id or None; own: the persons it is `own` to
    field      a field or field key that is to be changed: its own `edit` then takes the place of the kind's
    state      (the states a record is in, the state it is to go to): the step must name a role that the person holds,
               and that role must reach the record by the kind's `edit`. Staying where the record is, is no step
    creating   the first save of a record: whoever may create it may write any of its fields
    """
    if kind is None:
        rule = _rule_of_act(schema, operation)
    elif state is not None:
        rule = _rule_of_step(schema, kind, frozenset(state[0]), state[1])
    else:
        name = field.partition(".")[0] if field is not None and "." in field else field
        rule = _rules(schema, kind).get((operation, name, creating)) or _rule(schema, kind, operation, name, creating)
    found, by_role = rule.otherwise, rule.by_role
    for membership in person.memberships:
        answers = by_role.get(membership.role)
        if answers is None or membership.centre != centre:
            continue
        by_centre, by_own, by_team = answers
        reached = (
            by_centre
            or (by_own if by_own and person.person in own else None)
            or (by_team if by_team and team is not None and membership.team == team else None)
        )
        if reached is not None:
            found = reached
            break
    return found if rule.device is None or not found.allowed else _on_device(schema, rule, found, context)


def shut(schema: Schema, kind: Kind, operation: str, context: Context) -> Decision | None:
    """Why a device opens no record of a kind at all, whoever asks; None where that does not hinder it."""
    rule = _rule(schema, kind, operation, None, False)
    answer = _on_device(schema, rule, Decision(True, ""), context)
    return None if answer.allowed else answer


def is_hidden(schema: Schema, kind: Kind) -> bool:
    """Whether nobody but the people named in a record of this kind learns that it exists."""
    return schema.rights.tiers[kind.sensitivity].is_hidden


def permissions_of(schema: Schema, operation: str, kind: Kind) -> Permissions:
    """Which roles may do something with records of a kind, and how far: the table behind `decide`, for a whole list."""
    return _permissions(schema.rights.operations[operation], kind)


def scopes_of_person(schema: Schema, person: Person, context: Context = UNTOLD) -> list[str]:
    """The scopes a person's device keeps a copy of, most urgent first: what the person is told, what is their own in
    each role, the teams', the centre's, and what is confidential where the device may carry that.
    """
    # A role that is declared no longer gives nothing, rather than keeping its people from signing in.
    copying = {role.name for role in schema.roles.values() if role.replicates}
    held = [membership for membership in person.memberships if membership.role in copying]
    mine = [own_scope(OWN, person.person, at.centre, at.role) for at in held if at.role in _roles_with_own(schema)]
    teams = [f"team:{membership.team}:{membership.role}" for membership in held if membership.team is not None]
    centres = [f"centre:{membership.centre}:{membership.role}" for membership in held]
    hidden = [
        own_scope(CONFIDENTIAL, person.person, at.centre, at.role)
        for at in person.memberships
        if _carries_hidden(schema, person, at, context)
    ]
    return list(dict.fromkeys([f"person:{person.person}", *mine, *teams, *centres, *hidden]))


# A record is somebody's own in a role at a centre, and no longer when that role ends. What is hidden from everybody
# else has a scope beside what is merely one's own.
OWN, CONFIDENTIAL = "own:", "confidential:"


def scopes_of_record(schema: Schema, kind: Kind, centre: str, team: str | None, own: Collection[str]) -> set[str]:
    """The scopes a record is fed to, from the kind's [access].see."""
    scopes: set[str] = set()
    mine = own_prefix(schema, kind)
    for role, reaches in kind.access.see.items():
        if "own" in reaches:
            scopes |= {own_scope(mine, person, centre, role) for person in own}
        if "team" in reaches and team is not None:
            scopes.add(f"team:{team}:{role}")
        if "centre" in reaches:
            scopes.add(f"centre:{centre}:{role}")
    return scopes


def own_scope(prefix: str, person: str, centre: str, role: str) -> str:
    """The scope of what is a person's own in one role at one centre."""
    return f"{prefix}{person}:{centre}:{role}"


def own_prefix(schema: Schema, kind: Kind) -> str:
    """What the scopes of one's own records of this kind begin with."""
    return CONFIDENTIAL if is_hidden(schema, kind) else OWN


@cache
def _roles_with_own(schema: Schema) -> frozenset[str]:
    """The roles in which something that is not hidden may be seen because it is one's own."""
    shown = (kind for kind in schema.kinds.values() if not is_hidden(schema, kind))
    return frozenset(role for kind in shown for role, reaches in kind.access.see.items() if "own" in reaches)


def _carries_hidden(schema: Schema, person: Person, membership: Membership, context: Context) -> bool:
    """Whether a device may carry what is confidential and seen in this role."""
    in_this_role = replace(person, memberships=(membership,))
    own = (person.person,)
    return any(
        decide(schema, in_this_role, "carry", kind, centre=membership.centre, own=own, context=context).allowed
        for kind in _hidden_kinds(schema)
    )


@cache
def _hidden_kinds(schema: Schema) -> tuple[Kind, ...]:
    return tuple(kind for kind in schema.kinds.values() if is_hidden(schema, kind))


def _on_device(schema: Schema, rule: _Rule, found: Decision, context: Context) -> Decision:
    """What was decided for the person, as far as the device may be given it."""
    if rule.device is None:
        return found
    paths, verified, name = rule.device
    if paths and context.path not in paths:
        return Decision(False, f"{name}.path")
    if verified and not _is_verified(context, schema.rights.verified_minutes):
        return Decision(False, f"{name}.verified", step_up=True)
    return found


def _is_verified(context: Context, minutes: int) -> bool:
    if context.verified_at is None or context.now is None:
        return False
    return timedelta(0) <= context.now - context.verified_at <= timedelta(minutes=minutes)


@cache
def _rules(schema: Schema, kind: Kind) -> dict[tuple[str, str | None, bool], _Rule]:
    """The rules of a kind that were asked for, by operation, field and whether a record is being created.

    Only names that are declared are kept: what a phone invents cannot fill the memory.
    """
    return {}


def _rule(schema: Schema, kind: Kind, operation: str, field: str | None, creating: bool) -> _Rule:
    declared = schema.rights.operations[operation]
    permissions, name = _permissions(declared, kind), f"{kind.name}.{operation}"
    if field is not None and operation in ("create", "change"):
        found = kind.fields.get(field)
        if found is None:
            permissions = NOBODY
        elif creating or operation == "create":
            permissions, name = kind.access.create, f"{kind.name}.create"
        elif found.edit is not None:
            permissions, name = found.edit, f"{kind.name}.{field}.change"
    elif creating and operation == "change":
        permissions, name = kind.access.create, f"{kind.name}.create"
    rule = _made(name, permissions, _device(schema, kind, declared.opens))
    if field is None or field in kind.fields:
        _rules(schema, kind)[operation, field, creating] = rule
    return rule


@cache
def _rule_of_act(schema: Schema, name: str) -> _Rule:
    act = schema.rights.acts[name]
    device = ((), True, name) if act.verified else None
    return _made(name, act.by or NOBODY, device, everybody=act.by is None)


def _rule_of_step(schema: Schema, kind: Kind, origins: frozenset[str], to: str) -> _Rule:
    device = _device(schema, kind, opens=False)
    if kind.states is None:
        return _made(f"{kind.name}.change", NOBODY, device)
    name = f"{kind.name}.{kind.states.field}.{to}"
    roles = {role for move in kind.states.moves if move.to == to and origins & set(move.origins) for role in move.by}
    permissions = {role: reaches for role, reaches in kind.access.edit.items() if role in roles}
    return _made(name, permissions, device, everybody=to in origins)


def _device(schema: Schema, kind: Kind, opens: bool) -> tuple[tuple[str, ...], bool, str] | None:
    tier = schema.rights.tiers[kind.sensitivity]
    verified = opens and tier.verified
    return (tier.paths, verified, f"tier.{tier.number}") if tier.paths or verified else None


def _permissions(operation: Operation, kind: Kind) -> Permissions:
    if operation.tier_max is not None and kind.sensitivity > operation.tier_max:
        return NOBODY
    if operation.follows is None:
        return operation.by
    reviewers = kind.review.by if kind.review else NOBODY
    found = {
        **{"see": kind.access.see, "count": {**kind.access.see, **kind.access.count}},
        **{"create": kind.access.create, "edit": kind.access.edit},
        **{"settle": kind.access.settle, "review": reviewers},
        "certify": reviewers if kind.review and kind.review.locks else NOBODY,
    }[operation.follows]
    if operation.roles is None:
        return found
    return {role: reaches for role, reaches in found.items() if role in operation.roles}


def _made(
    name: str, permissions: Permissions, device: tuple[tuple[str, ...], bool, str] | None, everybody: bool = False
) -> _Rule:
    def answer(role: str, reach: str) -> Decision | None:
        return Decision(True, f"{name}.{role}.{reach}") if reach in permissions[role] else None

    by_role = {role: (answer(role, "centre"), answer(role, "own"), answer(role, "team")) for role in permissions}
    return _Rule(by_role, Decision(everybody, name), device)
