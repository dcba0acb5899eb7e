"""Invites: the code and the token by which a phone comes in, and the number by which a desk knows which phone it is.

Not here: the addresses (enrol.py), and the rows (sync/invites.py).
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schema.model import Membership, Schema
from server.auth.codes import INVITE_CHARACTERS, PLACE_CHARACTERS, new_code, shown
from server.auth.keys import Keys
from server.auth.slow_hash import slow_hash
from sync import invites, people
from sync.store.store import Store
from sync.times import written

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=24)
ENROLMENT_LIFE = timedelta(minutes=10)
TOKEN_BYTES = 16
NUMBERS = 3


@dataclass(frozen=True)
class Made:
    """A new invite, and what opens it, told this once. code: as it is read out; token: for the QR."""

    invite: invites.Invite
    code: str
    token: str


def make_invite(
    store: Store,
    keys: Keys,
    person: str,
    made_by: str,
    now: datetime,
    *,
    revokes: bool,
    is_confirmed: bool = True,
    code_life: timedelta = CODE_LIFE,
    token_life: timedelta = TOKEN_LIFE,
) -> Made:
    """A new invite for a person of the centre; those of before that are still open end."""
    with store.atomic():
        code = _placed_code(store, person, now)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        invite = invites.Invite(
            invite=str(uuid.uuid4()),
            person=person,
            made_by=made_by,
            made_at=written(now),
            state="open" if is_confirmed else "unconfirmed",
            code_hash=slow_hash(code_secret(keys, code)),
            code_until=written(now + code_life),
            tries=0,
            until=written(now + token_life),
            revokes=revokes,
            confirmed_by=None,
        )
        invites.add_invite(store, invite, code[:PLACE_CHARACTERS], token_hash(keys, token))
    return Made(invite, shown(code), token)


def places_of(code: str, now: datetime) -> tuple[str, list[str]]:
    """The part of a code by which it is found, and how that is called while it may hold, the newest first.

    The names change with time: a part may come again, for another centre.
    """
    place, span = code[:PLACE_CHARACTERS], int(now.timestamp() // CODE_LIFE.total_seconds())
    return place, [f"{place}.{number}" for number in (span, span - 1, span - 2, span - 3)]


def code_secret(keys: Keys, code: str) -> bytes:
    """What of a code is hashed slowly."""
    return keys.mac("code", code)


def token_hash(keys: Keys, token: str) -> str:
    """What is kept of a token; it has 128 random bits, so that a slow hash would add nothing."""
    return keys.mac("token", token).hex()


def new_enrolment(invite: invites.Invite, now: datetime, state: str = "waiting") -> invites.Enrolment:
    """A phone that comes with an invite, and the number it shows among those that the desk may choose from."""
    drawn: list[str] = []
    while len(drawn) < NUMBERS:
        number = f"{secrets.randbelow(90) + 10}"
        drawn += [number] if number not in drawn else []
    number = drawn[0]
    secrets.SystemRandom().shuffle(drawn)
    until = written(now + ENROLMENT_LIFE)
    return invites.Enrolment(
        str(uuid.uuid4()), invite.invite, invite.person, state, number, tuple(drawn), written(now), until, None
    )


def is_desk(schema: Schema, memberships: Iterable[Membership]) -> bool:
    """Whether one of the roles is held at a desk: whoever has it sees much, and never comes in by a PIN alone."""
    return any(schema.roles[entry.role].home == "desk" for entry in memberships if entry.role in schema.roles)


def has_device(store: Store, person: str) -> bool:
    """Whether a person has a device that is not revoked, and did not only come in by the demo."""
    sql = "SELECT 1 FROM device WHERE person = ? AND revoked_at IS NULL AND path <> 'demo'"
    return store.value(sql, (person,)) is not None


def revoke_devices(store: Store, person: str, by: str, now: datetime) -> list[str]:
    """Every device and passkey of a person ends, and what their shares opened stays shut; gives which they were."""
    found = store.rows("SELECT device FROM device WHERE person = ? AND revoked_at IS NULL ORDER BY device", (person,))
    for (device,) in found:
        people.revoke_device(store, device, now, by)
    return [row[0] for row in found]


def _placed_code(store: Store, person: str, now: datetime) -> str:
    while True:
        code = new_code(INVITE_CHARACTERS)
        place, names = places_of(code, now)
        if invites.take_place(store, person, place, names[0], now):
            return code
