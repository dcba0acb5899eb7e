"""Enrolment: how a phone comes to a centre, from the code somebody was given in person to its first session.

    look     {code} | {token} | {recovery}  -> whom it is for, and the number that phone shows
    wait     {enrolment}                    -> waiting | matched | refused, as soon as the desk has said so
    options  {enrolment}                    -> what a passkey is made with
    finish   {enrolment, device, path, credential?, pin_proof?} -> {token, device, me, share?}

Not here: making invites (invites.py), and matching the number at the desk (server/graphql/accounts.py).
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schema.access import Context
from schema.model import Person, Problem
from server.auth import passkeys, pin
from server.auth.challenges import as_text, from_text
from server.auth.codes import INVITE_CHARACTERS, RECOVERY_CHARACTERS, read_code
from server.auth.described import Described, read_described
from server.auth.door import Door, text_of
from server.auth.invites import (
    CODE_LIFE,
    code_secret,
    has_device,
    is_desk,
    make_invite,
    new_enrolment,
    places_of,
    revoke_devices,
    token_hash,
)
from server.auth.recovery import code_hash
from server.auth.slow_hash import is_hash_of, slowly_hashed
from server.auth.strangers import fail
from server.errors import Refusal
from server.graphql.me import me_of
from server.requests import read_object
from sync import credentials, invites, people
from sync.store.store import Store
from sync.times import read_instant

# Below the ten seconds in which a stopping server lets answers come to their end.
WAIT_SECONDS = 9.0
CHALLENGE_BYTES = 32
WITH_PASSKEY = ("prf", "passkey", "key")


async def look(request: Request, door: Door) -> Response:
    """POST /api/enrol/look: an invite was brought; its phone is told whom it is for, and shows a number."""
    asked = await read_object(request)
    if "recovery" in asked:
        return JSONResponse(await _recovered(request, door, asked["recovery"]))
    found, until = await (_by_token if "token" in asked else _by_code)(request, door, asked)
    return JSONResponse(await door.threads.write(lambda store: _begin(store, door, found, until)))


async def wait(request: Request, door: Door) -> Response:
    """POST /api/enrol/wait: what the desk said of the number, at once or within some seconds."""
    enrolment = text_of(await read_object(request), "enrolment")

    def state(store: Store) -> str:
        found = invites.enrolment_of(store, enrolment)
        return "refused" if found is None else "matched" if found.state == "done" else found.state

    with door.notifier.listener() as listener:
        listener.scopes = frozenset((f"enrolment:{enrolment}",))
        said = await door.threads.read(state)
        if said == "waiting" and await listener.wait(WAIT_SECONDS):
            said = await door.threads.read(state)
    return JSONResponse({"state": said})


async def options(request: Request, door: Door) -> Response:
    """POST /api/enrol/options: what the passkey of a matched phone is made with."""
    enrolment, challenge = text_of(await read_object(request), "enrolment"), secrets.token_bytes(CHALLENGE_BYTES)

    def begin(store: Store) -> dict[str, Any]:
        with store.atomic():
            found, invite = _matched(store, door, enrolment)
            invites.challenge_enrolment(store, enrolment, as_text(challenge))
        known = [] if invite.revokes else credentials.passkeys_of(store, found.person)
        handle = door.keys.mac("user handle", found.person)
        return passkeys.creation_options(door.settings, challenge, handle, people.name_of(store, found.person), known)

    return JSONResponse(await door.threads.write(begin))


async def finish(request: Request, door: Door) -> Response:
    """POST /api/enrol/finish: from here on the phone is a device of the centre, and its person signed in."""
    asked = await read_object(request)
    enrolment, path = text_of(asked, "enrolment"), text_of(asked, "path")
    described = read_described(asked.get("device"))
    proof = pin.read_proof(asked["pin_proof"]) if asked.get("pin_proof") is not None else None
    if path == "pin" and proof is None:
        raise Refusal(Problem("damaged_request", "pin_proof"))
    if path not in (*WITH_PASSKEY, "pin"):
        raise Refusal(Problem("damaged_request", "path"))

    def taken(store: Store) -> bytes:
        # A challenge is answered once, whatever the answer is worth.
        with store.atomic():
            found, _ = _matched(store, door, enrolment)
            if path == "pin":
                _must_be_allowed_a_pin(store, door, found.person, described)
            invites.challenge_enrolment(store, enrolment, None)
        return from_text(found.challenge)

    challenge = await door.threads.write(taken)
    made = passkeys.read_made(door.settings, asked.get("credential"), challenge) if path in WITH_PASSKEY else None
    proof_hash = None if proof is None else await pin.hashed(door.keys, proof)
    token, answer = await door.threads.write(
        lambda store: _finish(store, door, enrolment, described, path, made, proof_hash)
    )
    return door.let_in(token, answer)


async def _by_token(request: Request, door: Door, asked: dict[str, Any]) -> tuple[invites.Invite, str]:
    token = text_of(asked, "token")
    found = await door.threads.read(lambda store: invites.invite_by_token(store, token_hash(door.keys, token)))
    if found is None:
        raise await fail(door, request, Problem("code_wrong"))
    return found, found.until


async def _by_code(request: Request, door: Door, asked: dict[str, Any]) -> tuple[invites.Invite, str]:
    code, now = read_code(asked.get("code"), INVITE_CHARACTERS), door.now
    if code is None:
        raise Refusal(Problem("code_wrong"))
    place, names = places_of(code, now)
    since = now - 2 * CODE_LIFE
    found = await door.threads.write(lambda store: invites.try_code(store, place, names, since))
    secret = code_secret(door.keys, code)
    if found is None:
        # As long as a guess that met something: nobody can measure which codes there are.
        await slowly_hashed(secret)
        raise await fail(door, request, Problem("code_wrong"))
    if not await is_hash_of(found.code_hash, secret):
        raise await fail(door, request, Problem("code_wrong"))
    return found, found.code_until


async def _recovered(request: Request, door: Door, text: object) -> dict[str, Any]:
    """Somebody brought a printed recovery code: it is its own invite, and nobody else has to match a number."""
    code, now = read_code(text, RECOVERY_CHARACTERS), door.now
    kept = None if code is None else code_hash(door.keys, code)

    def use(store: Store) -> dict[str, Any] | None:
        with store.atomic():
            person = None if kept is None else credentials.use_recovery_code(store, kept, now)
            if person is None:
                return None
            made = make_invite(store, door.keys, person, person, now, revokes=True)
            door.note(store, "recovered", person, "", rule="recovery_code", about=made.invite.invite)
            return _begin(store, door, made.invite, made.invite.until, "matched")

    found = await door.threads.write(use)
    if found is None:
        raise await fail(door, request, Problem("recovery_wrong"))
    return found


def _begin(store: Store, door: Door, invite: invites.Invite, until: str, state: str = "waiting") -> dict[str, Any]:
    now = door.now
    store.bind_by("person", invite.person)
    with store.atomic():
        # As it is now: another phone may have been quicker.
        found = invites.invite_of(store, invite.invite) or invite
        if found.state == "used":
            raise Refusal(Problem("code_used"))
        if found.state == "unconfirmed":
            raise Refusal(Problem("code_unconfirmed"))
        if not found.is_open(now) or now >= read_instant(until):
            raise Refusal(Problem("code_expired"))
        if _is_first(store, found):
            state = "matched"
        enrolment = new_enrolment(found, now, state)
        invites.begin_enrolment(store, enrolment)
    # Whoever made it waits for the number.
    store.touched.add(f"person:{found.made_by}")
    roles = people.memberships_of(store, invite.person)
    return {
        "enrolment": enrolment.enrolment,
        "number": enrolment.number,
        "number_choices_needed": enrolment.state == "waiting",
        "person_name": people.name_of(store, invite.person),
        "centre_name": people.centre_name(store, people.centre_of(store, invite.person)),
        "role": roles[0].role if roles else "",
        "expires_at": enrolment.until,
    }


def _is_first(store: Store, invite: invites.Invite) -> bool:
    """Whether this is the invite that the operator's command has shown a director: nobody is at a desk yet who could
    choose the number.
    """
    roles = {entry.role for entry in people.memberships_of(store, invite.person)}
    return invite.made_by == invite.person and "director" in roles and not has_device(store, invite.person)


def _matched(store: Store, door: Door, enrolment: str) -> tuple[invites.Enrolment, invites.Invite]:
    """An enrolment whose number was matched, with its invite; raises Refusal with what is missing."""
    found = invites.enrolment_of(store, enrolment)
    invite = None if found is None else invites.invite_of(store, found.invite)
    if found is None or invite is None or door.now >= read_instant(found.until):
        raise Refusal(Problem("code_expired"))
    if found.state == "refused":
        raise Refusal(Problem("number_refused"))
    if found.state == "waiting":
        raise Refusal(Problem("number_not_matched"))
    if found.state == "done" or not invite.is_open(door.now):
        raise Refusal(Problem("code_used"))
    return found, invite


def _must_be_allowed_a_pin(store: Store, door: Door, person: str, described: Described) -> None:
    """A PIN alone is for phones of people who hold no role at a desk."""
    if described.form == "desk" or is_desk(door.schema, people.memberships_of(store, person)):
        raise Refusal(Problem("path_not_allowed"))


def _finish(
    store: Store,
    door: Door,
    enrolment: str,
    described: Described,
    path: str,
    made: passkeys.Made | None,
    proof_hash: str | None,
) -> tuple[str, dict[str, Any]]:
    now, device = door.now, str(uuid.uuid4())
    with store.atomic():
        found, invite = _matched(store, door, enrolment)
        if invite.revokes:
            for revoked in revoke_devices(store, found.person, invite.made_by, now):
                door.note(store, "device_revoked", invite.made_by, "", rule="recovered", about=revoked)
        people.add_device(
            store, found.person, described.public_key, described.name, device, now,
            described.form, path, described.capabilities,
        )  # fmt: skip
        if made is not None:
            _add_passkey(store, found.person, device, made, path == "prf", now)
        share = None if proof_hash is None else pin.new_share(store, door.keys, device, proof_hash)
        door.note(store, "enrolled", found.person, device, rule=path, about=invite.invite)
        invites.close_invite(store, invite.invite, "used")
        invites.settle_enrolment(store, enrolment, "done")
        store.touched.add(f"person:{invite.made_by}")
        token = door.sessions.begin(store, found.person, device, described.form)
        answer = {"device": device, "me": me_in(store, door, found.person, device)}
    return token, answer | ({} if share is None else {"share": share})


def _add_passkey(store: Store, person: str, device: str, made: passkeys.Made, has_prf: bool, now: datetime) -> None:
    if credentials.passkey_of(store, made.id) is not None:
        raise Refusal(Problem("passkey_unknown"))
    store.bind_by("person", person)
    kept = credentials.Passkey(made.id, person, device, made.public_key, made.counter, has_prf)
    credentials.add_passkey(store, kept, now)


def me_in(store: Store, door: Door, person: str, device: str) -> dict[str, Any]:
    """The person as the answer to signing in tells them; raises Refusal not_signed_in where they have gone."""
    found: Person | None = people.person_of(store, person, device)
    if found is None:
        raise Refusal(Problem("not_signed_in"))
    path = str(store.value("SELECT path FROM device WHERE device = ?", (device,)))
    return asdict(me_of(store, door.schema, found, Context(path, door.now, door.now)))
