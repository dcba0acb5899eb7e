"""Who works at a centre: people, their roles and teams, their devices and sessions, as rows.

Not here: how a person proves who they are (server/auth), and what a role may do (the declarations).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from schema.model import Membership, Person
from sync.credentials import forget_pin, revoke_passkeys_of
from sync.store.store import Store
from sync.times import written


@dataclass(frozen=True)
class Member:
    """A person of a centre, as colleagues see them."""

    person: str
    name: str
    centre: str
    memberships: tuple[Membership, ...]

    @property
    def roles(self) -> list[str]:
        """The roles held, each once."""
        return list(dict.fromkeys(membership.role for membership in self.memberships))

    @property
    def teams(self) -> list[str]:
        """The teams belonged to, each once."""
        return list(dict.fromkeys(membership.team for membership in self.memberships if membership.team))


@dataclass(frozen=True)
class Team:
    """A team of a centre."""

    team: str
    name: str
    centre: str


@dataclass(frozen=True)
class Use:
    """A session that has not ended, and of its device what an answer may depend on.

    began_at, used_at, verified_at  as written; verified_at is None where its person was never asked to prove anything
    form                            phone | desk
    path                            how the device was let in: prf | passkey | pin | key | demo
    """

    person: str
    device: str
    began_at: str
    used_at: str
    verified_at: str | None
    form: str
    path: str


def add_centre(store: Store, centre: str, name: str) -> None:
    """Add a centre, or rename it."""
    store.begin_centre(centre)
    store.execute(
        "INSERT INTO centre VALUES (?, ?) ON CONFLICT (centre) DO UPDATE SET name = excluded.name", (centre, name)
    )


def centres(store: Store) -> Iterator[tuple[str, str]]:
    """Id and name of every centre; the store shows each while it is told."""
    for part in store.parts():
        store.bind(part)
        yield from [(row[0], row[1]) for row in store.rows("SELECT centre, name FROM centre")]


def add_team(store: Store, team: str, name: str, centre: str) -> None:
    """Add a team to a centre, or rename it."""
    store.bind(centre)
    store.execute(
        "INSERT INTO team VALUES (?, ?, ?) ON CONFLICT (team) DO UPDATE SET name = excluded.name", (team, name, centre)
    )


def add_member(store: Store, person: str, name: str, centre: str, memberships: Iterable[Membership]) -> None:
    """Add a person, or set their name and memberships anew. Records already written stay as they are."""
    store.bind(centre)
    with store.atomic():
        store.enter("person", person)
        store.execute(
            "INSERT INTO person VALUES (?, ?, ?)"
            " ON CONFLICT (person) DO UPDATE SET name = excluded.name, centre = excluded.centre",
            (person, name, centre),
        )
        store.execute("DELETE FROM membership WHERE person = ?", (person,))
        store.execute_many(
            "INSERT INTO membership VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(person, entry.role, entry.centre, entry.team or "") for entry in memberships],
        )


def add_device(
    store: Store,
    person: str,
    public_key: bytes,
    name: str,
    device: str,
    now: datetime,
    form: str = "phone",
    path: str = "demo",
    capabilities: str | None = None,
) -> None:
    """Add a device of a person. `public_key` is the raw uncompressed P-256 point (65 bytes); `device` a new id."""
    store.bind_by("person", person)
    store.enter("device", device)
    store.execute(
        "INSERT INTO device (device, person, name, public_key, added_at, form, path, capabilities, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (device, person, name, public_key, written(now), form, path, capabilities, written(now)),
    )


def device_of(store: Store, device: str, delivering: bool = False) -> tuple[str, bytes] | None:
    """The person and the public key of a device that is not revoked.

    delivering  or that is, and may still hand over what it has before it is cleared
    """
    still = " OR (clear_order = 'deliver_first' AND cleared_at IS NULL)" if delivering else ""
    found = store.row(
        f"SELECT person, public_key FROM device WHERE device = ? AND (revoked_at IS NULL{still})",  # noqa: S608
        (device,),
    )
    return None if found is None else (found[0], bytes(found[1]))


def revoke_device(store: Store, device: str, now: datetime, by: str | None = None) -> None:
    """A lost phone: its sessions end, its share of what opens it is destroyed, and nothing it signs is accepted any
    more. What it has sent stays.

    by  the person who revoked it
    """
    with store.atomic():
        store.execute(
            "UPDATE device SET revoked_at = ?, revoked_by = ? WHERE device = ? AND revoked_at IS NULL",
            (written(now), by, device),
        )
        forget_pin(store, device)
        revoke_passkeys_of(store, device, now)
        end_sessions_of(store, device, now)


def end_sessions_of(store: Store, device: str, now: datetime) -> None:
    """End every session of a device; whoever listens there is told at once."""
    store.execute("UPDATE session SET ended_at = ? WHERE device = ? AND ended_at IS NULL", (written(now), device))
    store.touched.add(f"device:{device}")


def person_of(store: Store, person: str, device: str, delivering: bool = False) -> Person | None:
    """The person who asks from a device, or None when the device is not theirs or is revoked (see `device_of`).

    From here on the store shows the centre of this person and no other.
    """
    store.bind_by("person", person)
    known = device_of(store, device, delivering)
    if known is None or known[0] != person:
        return None
    found = store.row("SELECT name, centre FROM person WHERE person = ?", (person,))
    if found is None:
        return None
    return Person(person, found[0], found[1], memberships_of(store, person), device)


def memberships_of(store: Store, person: str) -> tuple[Membership, ...]:
    """The roles of a person, in a stable order."""
    return tuple(
        Membership(role, centre, team or None)
        for role, centre, team in store.rows(
            "SELECT role, centre, team FROM membership WHERE person = ? ORDER BY role, centre, team", (person,)
        )
    )


def members(store: Store, centre: str) -> list[Member]:
    """Everyone of a centre, by name."""
    roles: dict[str, list[Membership]] = {}
    for person, role, at, team in store.rows(
        "SELECT person, role, membership.centre, team FROM membership JOIN person USING (person)"
        " WHERE person.centre = ? ORDER BY role, membership.centre, team",
        (centre,),
    ):
        roles.setdefault(person, []).append(Membership(role, at, team or None))
    return [
        Member(person, name, centre, tuple(roles.get(person, ())))
        for person, name in store.rows("SELECT person, name FROM person WHERE centre = ? ORDER BY name", (centre,))
    ]


def teams(store: Store, centre: str) -> list[Team]:
    """The teams of a centre."""
    return [
        Team(*row)
        for row in store.rows("SELECT team, name, centre FROM team WHERE centre = ? ORDER BY team", (centre,))
    ]


def name_of(store: Store, person: str) -> str:
    """The name of a person, or the id where nobody of that id is known."""
    return str(store.value("SELECT name FROM person WHERE person = ?", (person,)) or person)


def centre_of(store: Store, person: str) -> str:
    """The centre of a person; "" where nobody of that id is known."""
    return str(store.value("SELECT centre FROM person WHERE person = ?", (person,)) or "")


def centre_name(store: Store, centre: str) -> str:
    """The name of a centre, or the id where none is known."""
    return str(store.value("SELECT name FROM centre WHERE centre = ?", (centre,)) or centre)


def add_session(
    store: Store,
    token_hash: bytes,
    person: str,
    device: str,
    now: datetime,
    form: str = "phone",
    verified_at: datetime | None = None,
) -> None:
    """Begin a session. Only the hash of its token is kept, so that a stolen file opens nothing."""
    at = written(now)
    store.bind_by("person", person)
    store.enter("session", token_hash.hex())
    store.execute(
        "INSERT INTO session (token_hash, person, device, began_at, used_at, verified_at, form)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (token_hash, person, device, at, at, None if verified_at is None else written(verified_at), form),
    )


def session_of(store: Store, token_hash: bytes) -> Use | None:
    """A session that has not ended; how long it may last is the server's."""
    store.bind_by("session", token_hash.hex())
    found = store.row(
        "SELECT session.person, session.device, began_at, used_at, verified_at, session.form, path"
        " FROM session JOIN device ON device.device = session.device WHERE token_hash = ? AND ended_at IS NULL",
        (token_hash,),
    )
    return None if found is None else Use(*found)


def use_session(store: Store, token_hash: bytes, now: datetime) -> None:
    """Note that a session was used."""
    store.bind_by("session", token_hash.hex())
    store.execute("UPDATE session SET used_at = ? WHERE token_hash = ?", (written(now), token_hash))


def end_session(store: Store, token_hash: bytes, now: datetime) -> None:
    """End a session; its person signs in again. Whoever listens there is told at once."""
    store.bind_by("session", token_hash.hex())
    with store.atomic():
        device = store.value(
            "UPDATE session SET ended_at = ? WHERE token_hash = ? AND ended_at IS NULL RETURNING device",
            (written(now), token_hash),
        )
    if device is not None:
        store.touched.add(f"device:{device}")


def sign_out_device(store: Store, device: str, now: datetime) -> None:
    """End every session of a device by its person's wish: it does not go on by itself, but waits for a new proof."""
    with store.atomic():
        end_sessions_of(store, device, now)
        store.execute("UPDATE session SET verified_at = NULL WHERE device = ?", (device,))


def sign_out(store: Store, token_hash: bytes, now: datetime) -> None:
    """End a session by its person's wish: its device does not go on by itself, but waits for a new proof."""
    store.bind_by("session", token_hash.hex())
    with store.atomic():
        end_session(store, token_hash, now)
        store.execute(
            "UPDATE session SET verified_at = NULL WHERE device = (SELECT device FROM session WHERE token_hash = ?)",
            (token_hash,),
        )
