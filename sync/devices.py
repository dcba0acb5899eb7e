"""The devices of a centre: whose they are, when they were last in contact, what they said is still unsent, and how far
one that was taken back has come.

Not here: taking one back (clearing.py), and who may see them.
"""

from dataclasses import dataclass
from datetime import datetime

from schema.access import scopes_of_person
from schema.model import Membership, Person, Schema
from sync import people
from sync.record import record_of, values_of
from sync.references import sees
from sync.store.store import Store
from sync.tables import one_of
from sync.times import written
from sync.titles import Titles

NAMES_MAX = 2000


@dataclass(frozen=True)
class Device:
    """One device. unsent: as it said when it was last seen, None where it never did; order and what follows are of one
    that was taken back.
    """

    device: str
    name: str
    person: str
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


@dataclass(frozen=True)
class OwnDevice:
    """One device as its person sees it. is_open: it has a session, or begins one by its signature."""

    device: str
    name: str
    form: str
    path: str
    added_at: str
    seen_at: str | None
    is_open: bool


@dataclass(frozen=True)
class Use:
    """One session of a device."""

    began_at: str
    used_at: str
    ended_at: str | None


@dataclass(frozen=True)
class Carried:
    """How many records of a kind a device carries by its person's scopes, and how sensitive the kind is."""

    kind: str
    tier: int
    records: int


_SELECT = (
    "SELECT device.device, device.name, device.person, person.name, form, path, added_at, seen_at, unsent, app_version,"
    " revoked_at, (SELECT name FROM person p WHERE p.person = revoked_by), clear_order, ordered_at, told_at,"
    " cleared_at, (SELECT twice_at FROM device_life l WHERE l.device = device.device)"
    " FROM device JOIN person ON person.person = device.person WHERE person.centre = ?"
    # What the centre wrote with by itself is nobody's to look after.
    " AND path <> 'centre'"
)
_HELD = "FROM feed f JOIN record r ON r.record = f.record WHERE f.kind = 'changed'"


def devices(store: Store, centre: str) -> list[Device]:
    """Every device of a centre, those in use first, the ones last seen before the others."""
    found = [Device(*row) for row in store.rows(f"{_SELECT} ORDER BY device.device", (centre,))]
    found.sort(key=lambda one: one.seen_at or one.added_at, reverse=True)
    return sorted(found, key=lambda one: one.revoked_at is not None)


def device(store: Store, centre: str, name: str) -> Device | None:
    """One of them."""
    found = store.row(f"{_SELECT} AND device.device = ?", (centre, name))
    return None if found is None else Device(*found)


def own_devices(store: Store, person: str) -> list[OwnDevice]:
    """The devices of one person that were not taken back, the one last seen first."""
    rows = store.rows(
        "SELECT device, name, form, path, added_at, seen_at, EXISTS (SELECT 1 FROM session s WHERE"
        " s.device = device.device AND s.verified_at IS NOT NULL AND (s.ended_at IS NULL OR device.form = 'phone'))"
        " FROM device WHERE person = ? AND revoked_at IS NULL ORDER BY device",
        (person,),
    )
    found = [
        OwnDevice(device, name, form, path, added_at, seen_at, bool(is_open))
        for device, name, form, path, added_at, seen_at, is_open in rows
    ]
    return sorted(found, key=lambda one: one.seen_at or one.added_at, reverse=True)


def was_seen(store: Store, device: str, unsent: int | None, app_version: str | None, now: datetime) -> None:
    """A device was in contact, and said how many saves wait on it and which app it has."""
    store.execute(
        "UPDATE device SET seen_at = ?, unsent = coalesce(?, unsent), app_version = coalesce(?, app_version)"
        " WHERE device = ?",
        (written(now), unsent, app_version, device),
    )


def rename(store: Store, device: str, name: str) -> None:
    """Call a device by another name."""
    store.execute("UPDATE device SET name = ? WHERE device = ?", (name, device))


def sessions_of(store: Store, device: str, since: str) -> list[Use]:
    """The sessions of a device that were used since an instant, newest first."""
    rows = store.rows(
        "SELECT began_at, used_at, ended_at FROM session WHERE device = ? AND used_at >= ? ORDER BY used_at DESC",
        (device, since),
    )
    return [Use(*row) for row in rows]


def carried(store: Store, schema: Schema, held: Device) -> list[Carried]:
    """What lies on a device at most: the records of the scopes it copies, by kind. Those whose existence is hidden are
    left out: how many there are is for nobody who is not named in them.
    """
    scopes = _scopes(store, schema, held)
    sql = f"SELECT r.kind, count(DISTINCT r.record) {_HELD} AND f.scope IN {one_of(scopes)} GROUP BY r.kind"
    rows = store.rows(sql, tuple(scopes))
    found = [Carried(kind, schema.kinds[kind].sensitivity, count) for kind, count in rows if kind in schema.kinds]
    return sorted(found, key=lambda one: (-one.tier, one.kind))


def names_carried(store: Store, schema: Schema, reader: Person, held: Device, kind: str, language: str) -> list[str]:
    """The titles of the records of one kind that lie on a device, of those that the reader may see; bounded."""
    scopes = _scopes(store, schema, held)
    sql = f"SELECT DISTINCT r.record {_HELD} AND r.kind = ? AND f.scope IN {one_of(scopes)} LIMIT {NAMES_MAX}"
    rows = store.rows(sql, (kind, *scopes))
    titles = Titles(store, schema, reader)
    found = [record_of(store, schema, record, with_claims=False) for (record,) in rows]
    return sorted(
        titles.of(one.kind, values_of(store, one.kind, one.record), language)
        for one in found
        if one is not None and sees(schema, reader, one)
    )


def _scopes(store: Store, schema: Schema, held: Device) -> list[str]:
    memberships: tuple[Membership, ...] = people.memberships_of(store, held.person)
    centre = people.centre_of(store, held.person)
    owner = Person(held.person, held.person_name, centre, memberships, held.device)
    return scopes_of_person(schema, owner)
