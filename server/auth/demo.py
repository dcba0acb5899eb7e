"""The demo's way in: choose a person, no proof asked. It answers only in the process that was started as `demo`, only
to this machine, and only under a name of this machine. Sessions and devices it makes are real rows.
"""

from __future__ import annotations

import ipaddress
import uuid
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schema.access import Context
from schema.model import Membership, Problem, Schema
from server.auth.described import Described, read_described
from server.auth.sessions import Sessions
from server.errors import Refusal
from server.graphql.me import me_of
from server.requests import host_name, read_object
from server.settings import LOOPBACK_HOSTS, Settings
from server.threads import StoreThreads
from sync import people
from sync.audit import note
from sync.lives import follow_on
from sync.store.store import Store


def require_demo(request: Request, settings: Settings) -> None:
    """Refuse unless this is the demo, asked from this machine, under a name of this machine."""
    address = request.client.host if request.client else ""
    if not (settings.demo and host_name(request) in LOOPBACK_HOSTS and _is_loopback(address)):
        raise Refusal(Problem("demo_only"))


async def demo_people(request: Request, settings: Settings, schema: Schema, threads: StoreThreads) -> Response:
    """Everyone of the invented neighbourhood, once for each role, by centre and role as the declarations order them."""
    require_demo(request, settings)
    found = await threads.read(lambda store: _everyone(store, schema))
    return JSONResponse({"people": found})


async def open_demo_session(
    request: Request, settings: Settings, schema: Schema, threads: StoreThreads, sessions: Sessions
) -> Response:
    """Open a session for a person on a device: {person, device: {public_key, name, form?, id?}} -> {token, device, me}.

    The device is of the path `demo`, whatever it can do.
    """
    require_demo(request, settings)
    asked = await read_object(request)
    person = asked.get("person")
    if not isinstance(person, str):
        raise Refusal(Problem("damaged_request"))
    device = read_described(asked.get("device"))

    def begin(store: Store) -> tuple[str, str, dict[str, Any]]:
        store.bind_by("person", person)
        with store.atomic():
            known = _device(store, sessions, person, device)
            found = people.person_of(store, person, known)
            if found is None:
                raise Refusal(Problem("unknown_person"))
            now = sessions.clock()
            # By this word, and no other, a phone keeps its records under a key that asks for nothing.
            me = asdict(me_of(store, schema, found, Context("demo", now, now))) | {"demo": True}
            note(store, action="sign_in", by=person, device=known, centre=found.centre, at=now, rule="demo")
            return sessions.begin(store, person, known, device.form), known, me

    token, known, me = await threads.write(begin)
    response = JSONResponse({"token": token, "device": known, "me": me})
    sessions.give(response, token)
    return response


def _device(store: Store, sessions: Sessions, person: str, device: Described) -> str:
    """The device of that id if it is this person's with this key, else a new one, which follows on theirs."""
    known = None if device.id is None else people.device_of(store, device.id)
    if device.id is not None and known == (person, device.public_key):
        return device.id
    fresh = str(uuid.uuid4())
    people.add_device(
        store, person, device.public_key, device.name, fresh, sessions.clock(), device.form,
        capabilities=device.capabilities,
    )  # fmt: skip
    if device.id is not None and known is not None and known[0] == person:
        follow_on(store, fresh, device.id)
    return fresh


def _everyone(store: Store, schema: Schema) -> list[dict[str, Any]]:
    order = list(schema.roles)
    found = []
    centres = [(centre, name, people.members(store, centre)) for centre, name in people.centres(store)]
    # The larger centre first: it is the one whose days are told in full.
    for centre, centre_name, members in sorted(centres, key=lambda entry: -len(entry[2])):
        store.bind(centre)
        teams = {team.team: team.name for team in people.teams(store, centre)}
        for role in order:
            for member in sorted(members, key=lambda member: member.teams):
                held = [entry for entry in member.memberships if entry.role == role]
                if not held:
                    continue
                found.append(
                    {
                        "person": member.person,
                        "name": member.name,
                        "role": role,
                        "centre": centre,
                        "centre_name": centre_name,
                        "team_name": _team_names(held, teams),
                    }
                )
    return found


def _team_names(memberships: list[Membership], teams: dict[str, str]) -> str | None:
    return "、".join(teams.get(entry.team, entry.team) for entry in memberships if entry.team) or None


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
