"""Invites, by which a person gets a device in, and the enrolments that came with them, as rows.

Not here: how codes are made and judged (server/auth/invites.py), and who may invite whom.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.store.store import Row, Store
from sync.times import read_instant, written

# Looked at so often, right or wrong, a typed code is worth nothing any more.
CODE_TRIES_MAX = 5

_INVITE = "invite, person, made_by, made_at, state, code_hash, code_until, tries, until, revokes, confirmed_by"
_ENROLMENT = "enrolment, invite, person, state, number, numbers, begun_at, until, challenge"


@dataclass(frozen=True)
class Invite:
    """An invite. state: unconfirmed | open | used | withdrawn | refused.

    code_until  the typed code ends sooner than the invite itself, whose token came by QR
    revokes     the devices of before end when it is used
    """

    invite: str
    person: str
    made_by: str
    made_at: str
    state: str
    code_hash: str
    code_until: str
    tries: int
    until: str
    revokes: bool
    confirmed_by: str | None

    def is_open(self, now: datetime) -> bool:
        """Whether a phone may still come with it."""
        return self.state == "open" and now < read_instant(self.until)


@dataclass(frozen=True)
class Enrolment:
    """A phone that came with an invite. state: waiting | matched | refused | done.

    number   of two digits, which the phone shows; `numbers`: what the desk may choose from
    """

    enrolment: str
    invite: str
    person: str
    state: str
    number: str
    numbers: tuple[str, ...]
    begun_at: str
    until: str
    challenge: str | None


def take_place(store: Store, person: str, place: str, place_id: str, now: datetime) -> bool:
    """Whether the typed code of a new invite of this person can be found by this part of it.

    place_id  by which it is found before the centre is known
    """
    store.bind_by("person", person)
    sql = "SELECT 1 FROM invite WHERE place = ? AND state IN ('open', 'unconfirmed') AND code_until > ?"
    if store.value(sql, (place, written(now))) is not None:
        return False
    store.enter("code", place_id)
    store.bind_by("code", place_id)
    # Where another centre was there first, it now leads to that one, where nobody knows this person.
    is_ours = store.value("SELECT 1 FROM person WHERE person = ?", (person,)) is not None
    store.bind_by("person", person)
    return is_ours


def add_invite(store: Store, invite: Invite, place: str, token_hash: str) -> None:
    """Keep a new invite whose place is taken; earlier ones of the same person that are still open end."""
    store.bind_by("person", invite.person)
    with store.atomic():
        withdraw_invites_of(store, invite.person)
        store.enter("token", token_hash)
        store.execute(
            "INSERT INTO invite (invite, person, made_by, made_at, state, place, code_hash, code_until, tries,"
            " token_hash, until, revokes, confirmed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, NULL)",
            (
                invite.invite,
                invite.person,
                invite.made_by,
                invite.made_at,
                invite.state,
                place,
                invite.code_hash,
                invite.code_until,
                token_hash,
                invite.until,
                int(invite.revokes),
            ),
        )


def invite_of(store: Store, invite: str) -> Invite | None:
    """The invite of an id, whatever became of it."""
    return _found(store.row(f"SELECT {_INVITE} FROM invite WHERE invite = ?", (invite,)))  # noqa: S608


def invite_by_token(store: Store, token_hash: str) -> Invite | None:
    """The invite whose QR has this token; the store is bound to its centre."""
    store.bind_by("token", token_hash)
    return _found(store.row(f"SELECT {_INVITE} FROM invite WHERE token_hash = ?", (token_hash,)))  # noqa: S608


def try_code(store: Store, place: str, place_ids: Sequence[str], since: datetime) -> Invite | None:
    """The invite that a typed code may be of, one try of its five used up; None where there is none to try.

    since  one whose code ended before is not looked for: nobody has to be told any more why it does not open
    """
    for id in place_ids:
        store.bind_by("code", id)
        with store.atomic():
            found = _found(
                store.row(
                    f"SELECT {_INVITE} FROM invite"  # noqa: S608
                    " WHERE place = ? AND code_until > ? AND tries < ? ORDER BY made_at DESC, invite LIMIT 1",
                    (place, written(since), CODE_TRIES_MAX),
                )
            )
            if found is not None:
                store.execute("UPDATE invite SET tries = tries + 1 WHERE invite = ?", (found.invite,))
                return found
    return None


def close_invite(store: Store, invite: str, state: str) -> None:
    """Nobody comes with it any more."""
    store.execute("UPDATE invite SET state = ? WHERE invite = ?", (state, invite))


def confirm_invite(store: Store, invite: str, by: str) -> None:
    """A second person stands for it too: from here on it holds."""
    store.execute(
        "UPDATE invite SET state = 'open', confirmed_by = ? WHERE invite = ? AND state = 'unconfirmed'", (by, invite)
    )


def open_invites(store: Store, centre: str, now: datetime) -> list[Invite]:
    """What a phone may still come with, and what waits for a second person, newest first."""
    rows = store.rows(
        f"SELECT {_INVITE} FROM invite WHERE state IN ('open', 'unconfirmed') AND until > ?"  # noqa: S608
        " AND person IN (SELECT person FROM person WHERE centre = ?) ORDER BY made_at DESC, invite",
        (written(now), centre),
    )
    return [invite for row in rows if (invite := _found(row)) is not None]


def withdraw_invites_of(store: Store, person: str) -> None:
    """Nobody comes with an invite of this person any more, whoever made it."""
    store.execute(
        "UPDATE invite SET state = 'withdrawn' WHERE person = ? AND state IN ('open', 'unconfirmed')", (person,)
    )


def begin_enrolment(store: Store, enrolment: Enrolment) -> None:
    """A phone has come with an invite; one that came with it before, and is not done, gives way."""
    with store.atomic():
        store.execute(
            "UPDATE enrolment SET state = 'refused' WHERE invite = ? AND state IN ('waiting', 'matched')",
            (enrolment.invite,),
        )
        store.enter("enrolment", enrolment.enrolment)
        store.execute(
            "INSERT INTO enrolment VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                enrolment.enrolment,
                enrolment.invite,
                enrolment.person,
                enrolment.state,
                enrolment.number,
                json.dumps(enrolment.numbers),
                enrolment.begun_at,
                enrolment.until,
            ),
        )


def enrolment_of(store: Store, enrolment: str) -> Enrolment | None:
    """The enrolment of an id; the store is bound to its centre."""
    store.bind_by("enrolment", enrolment)
    return _enrolment(store.row(f"SELECT {_ENROLMENT} FROM enrolment WHERE enrolment = ?", (enrolment,)))  # noqa: S608


def waiting_enrolments(store: Store, centre: str, now: datetime) -> list[Enrolment]:
    """The phones whose number somebody has to match, the one that came last first."""
    rows = store.rows(
        f"SELECT {_ENROLMENT} FROM enrolment WHERE state = 'waiting' AND until > ?"  # noqa: S608
        " AND person IN (SELECT person FROM person WHERE centre = ?) ORDER BY begun_at DESC, enrolment",
        (written(now), centre),
    )
    return [enrolment for row in rows if (enrolment := _enrolment(row)) is not None]


def settle_enrolment(store: Store, enrolment: str, state: str) -> None:
    """What became of it: matched | refused | done. The phone that waits is told at once."""
    store.execute("UPDATE enrolment SET state = ?, challenge = NULL WHERE enrolment = ?", (state, enrolment))
    store.touched.add(f"enrolment:{enrolment}")


def challenge_enrolment(store: Store, enrolment: str, challenge: str | None) -> None:
    """What its passkey has to sign; None once it was answered."""
    store.execute("UPDATE enrolment SET challenge = ? WHERE enrolment = ?", (challenge, enrolment))


def _found(row: Row | None) -> Invite | None:
    if row is None:
        return None
    members: dict[str, Any] = dict(zip(_INVITE.split(", "), row, strict=True))
    return Invite(**members | {"revokes": bool(members["revokes"])})


def _enrolment(row: Row | None) -> Enrolment | None:
    if row is None:
        return None
    members: dict[str, Any] = dict(zip(_ENROLMENT.split(", "), row, strict=True))
    return Enrolment(**members | {"numbers": tuple(json.loads(members["numbers"]))})
