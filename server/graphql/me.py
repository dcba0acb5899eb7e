"""The signed-in person and their colleagues, as a phone or a desk is told them. What they may do follows from the
declarations and is judged there.
"""

from __future__ import annotations

import strawberry

from schema.access import Context, scopes_of_person
from schema.model import Person, Schema
from server.auth.person import Asking
from sync import people
from sync.lives import life_of
from sync.store.store import Store


@strawberry.type
class Team:
    """A team of a centre."""

    id: strawberry.ID
    name: str


@strawberry.type
class Me:
    """The signed-in person. `home` is the side they work at, phone or desk; `scopes` are pulled in this order.

    `device_twice_at`: since then the centre knows that this device lives twice, as a copy of itself or put back to one.
    """

    person: strawberry.ID
    name: str
    centre: strawberry.ID
    centre_name: str
    roles: list[str]
    home: str
    teams: list[Team]
    scopes: list[strawberry.ID]
    device: strawberry.ID
    device_twice_at: str | None


@strawberry.type
class Member:
    """A colleague of the same centre; `teams` are ids."""

    person: strawberry.ID
    name: str
    centre: strawberry.ID
    roles: list[str]
    teams: list[strawberry.ID]


def me_of(store: Store, schema: Schema, person: Person, context: Context) -> Me:
    """The person as they are told about themselves; works at the desk if any of their roles does."""
    roles = list(dict.fromkeys(entry.role for entry in person.memberships))
    mine = {entry.team for entry in person.memberships if entry.team}
    return Me(
        person=strawberry.ID(person.person),
        name=person.name,
        centre=strawberry.ID(person.centre),
        centre_name=people.centre_name(store, person.centre),
        roles=roles,
        home="desk" if any(schema.roles[role].home == "desk" for role in roles) else "phone",
        teams=[
            Team(id=strawberry.ID(team.team), name=team.name)
            for team in people.teams(store, person.centre)
            if team.team in mine
        ],
        scopes=[strawberry.ID(scope) for scope in scopes_of_person(schema, person, context)],
        device=strawberry.ID(person.device),
        device_twice_at=life_of(store, person.device).twice_at,
    )


def members_of(asking: Asking) -> list[Member]:
    """Everyone of the person's own centre."""
    return [
        Member(
            person=strawberry.ID(member.person),
            name=member.name,
            centre=strawberry.ID(member.centre),
            roles=member.roles,
            teams=[strawberry.ID(team) for team in member.teams],
        )
        for member in people.members(asking.store, asking.person.centre)
    ]


def teams_of(asking: Asking) -> list[Team]:
    """The teams of the person's own centre."""
    found = people.teams(asking.store, asking.person.centre)
    return [Team(id=strawberry.ID(team.team), name=team.name) for team in found]
