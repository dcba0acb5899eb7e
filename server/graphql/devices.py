"""The devices of the centre at a desk: the list, taking one back, and what is needed when one is lost. Who may is an
act of the permissions, judged for the person whose device it is.
"""

from __future__ import annotations

from datetime import timedelta

import strawberry

from schema.model import Problem
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.rights import may_about
from sync import clearing, devices, taken_along
from sync.audit import note_all
from sync.store.store import can_keep
from sync.times import read_instant, written

# Whose names are told in the page for a lost phone.
NAMED = "resident"
SESSIONS_SINCE = timedelta(days=30)
NAME_CHARACTERS_MAX = 30


@strawberry.type
class Device:
    """One device. path: how it was let in (prf, passkey, pin, key, demo); unsent: as it last said. order, ordered_at,
    told_at and cleared_at are of one that was taken back.
    """

    device: strawberry.ID
    name: str
    person: strawberry.ID
    person_name: str
    form: str
    path: str
    added_at: str
    seen_at: str | None
    unsent: int | None
    app_version: str | None
    revoked_at: str | None
    revoked_by_name: str | None
    order: str | None
    ordered_at: str | None
    told_at: str | None
    cleared_at: str | None
    twice_at: str | None
    can_revoke: bool


@strawberry.type
class Carried:
    """How many records of a kind lie on a device at most, and how sensitive the kind is."""

    kind: str
    tier: int
    records: int


@strawberry.type
class DeviceUse:
    """One session of a device."""

    began_at: str
    used_at: str
    ended_at: str | None


@strawberry.type
class TakenAlong:
    """The homes that a phone took along for a day, which words open there; `names` of those the person may see."""

    homes: int
    names: list[str]
    until: str


@strawberry.type
class IncidentPack:
    """What is needed when a device is lost. `names` are residents whose records lie on it and the asking person may
    see; `sessions` those of the last 30 days.
    """

    made_at: str
    made_by_name: str
    device: Device
    carried: list[Carried]
    names: list[str]
    sessions: list[DeviceUse]
    taken_along: TakenAlong | None


def listed(asking: Asking) -> list[Device]:
    """The devices this person may see."""
    found = devices.devices(asking.store, asking.person.centre)
    return [_told(asking, one) for one in found if may_about(asking, "devices.see", one.person)]


def revoke(asking: Asking, device: str, order: str) -> Device:
    """Take a device back; raises Refusal not_found for one that is not this person's to see, or not_allowed."""
    if order not in clearing.ORDERS:
        raise Refusal(Problem("query_refused", "order", {"reason": "variables"}))
    found = _device(asking, device)
    if not may_about(asking, "devices.revoke", found.person):
        raise Refusal(Problem("not_allowed", details={"act": "devices.revoke"}))
    with asking.store.atomic():
        clearing.order(asking.store, device, order, asking.person.person, asking.now)
        asking.notes("device_revoked", about=device, rule=order)
    return _told(asking, _device(asking, device))


def rename(asking: Asking, device: str, name: str) -> Device:
    """Call a device what people call it; raises Refusal as taking it back does, or device_name_unfit."""
    found, named = _device(asking, device), name.strip()
    if not may_about(asking, "devices.revoke", found.person):
        raise Refusal(Problem("not_allowed", details={"act": "devices.revoke"}))
    if not 0 < len(named) <= NAME_CHARACTERS_MAX or not can_keep(named):
        raise Refusal(Problem("device_name_unfit", details={"max": NAME_CHARACTERS_MAX}))
    with asking.store.atomic():
        devices.rename(asking.store, device, named)
        asking.notes("device_named", about=device)
    return _told(asking, _device(asking, device))


def incident_pack(asking: Asking, device: str, language: str) -> IncidentPack:
    """The page for a lost device; that it was made is noted."""
    if language not in ("zh", "en"):
        raise Refusal(Problem("query_refused", "language", {"reason": "variables"}))
    held = _device(asking, device)
    store, schema, person = asking.store, asking.schema, asking.person
    since = written(read_instant(held.seen_at or held.added_at) - SESSIONS_SINCE)
    carried = devices.carried(store, schema, held)
    along = taken_along.taken_along(store, schema, person, person.centre, device, language)
    asking.saw("incident_pack", about=device, counts={one.kind: one.records for one in carried})
    return IncidentPack(
        made_at=written(asking.now),
        made_by_name=person.name,
        device=_told(asking, held),
        carried=[Carried(**vars(one)) for one in carried],
        names=devices.names_carried(store, schema, person, held, NAMED, language),
        sessions=[DeviceUse(**vars(use)) for use in devices.sessions_of(store, device, since)],
        taken_along=None if along is None else TakenAlong(**vars(along)),
    )


def take_along(asking: Asking, homes: list[str], minutes: int) -> bool:
    """Note which homes this device takes along; raises Refusal not_found for one that its person may not see."""
    noted = taken_along.traces(asking.store, asking.schema, asking.person, homes, minutes, asking.trace)
    if isinstance(noted, Problem):
        raise Refusal(noted)
    with asking.store.atomic():
        note_all(asking.store, noted)
    return True


def _device(asking: Asking, name: str) -> devices.Device:
    found = devices.device(asking.store, asking.person.centre, name)
    if found is None or not may_about(asking, "devices.see", found.person):
        raise Refusal(Problem("not_found"))
    return found


def _told(asking: Asking, found: devices.Device) -> Device:
    members = vars(found) | {"device": strawberry.ID(found.device), "person": strawberry.ID(found.person)}
    can_revoke = found.cleared_at is None and found.order != clearing.NOW
    return Device(**members, can_revoke=can_revoke and may_about(asking, "devices.revoke", found.person))
