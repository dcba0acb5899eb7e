"""Signing in on a device that has been enrolled: by a passkey, by a PIN that the server counts, or silently by the key
of the device while its person has proved to be there within days.

    sign-in/options {}, sign-in/finish {credential, device, pin_proof?}       -> {token, device, me, share?}
    sign-in/nonce {}, sign-in/pin {device, nonce, pin_proof, signature}       -> {token, device, me}
    renew, signed by the device                                               -> {token, device, me}
    share {pin_proof, new_pin_proof?}, signed by the device                   -> {share}

Not here: the first time (enrol.py), and proving it once more for something grave (step_up.py).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schema.model import Problem
from server.auth import challenges, passkeys, pin
from server.auth.described import Described, read_described
from server.auth.door import Door, text_of
from server.auth.enrol import me_in
from server.auth.invites import is_desk
from server.auth.signatures import Nonces, Signature, check_signature, read_signature, spend
from server.auth.strangers import fail
from server.errors import Refusal
from server.requests import read_object, read_signed
from sync import credentials, people
from sync.lives import follow_on
from sync.save import is_signed, read_public_key
from sync.store.store import Store
from sync.times import read_instant

PASSKEY, PIN = "passkey", "pin"


async def options(request: Request, door: Door) -> Response:
    """POST /api/sign-in/options: what any passkey of this place is to sign."""
    await read_object(request)
    challenge = challenges.new_challenge(door.keys, PASSKEY, door.now)
    return JSONResponse(passkeys.request_options(door.settings, challenge))


async def finish(request: Request, door: Door) -> Response:
    """POST /api/sign-in/finish: a passkey has signed; on a device that is not known it makes a new one."""
    asked = await read_object(request)
    described = read_described(asked.get("device"))
    proof = pin.read_proof(asked["pin_proof"]) if asked.get("pin_proof") is not None else None
    used = await used_passkey(request, door, asked.get("credential"), PASSKEY)
    proof_hash = None if proof is None else await pin.hashed(door.keys, proof)

    def begin(store: Store) -> tuple[str, dict[str, Any]]:
        with store.atomic():
            note_use(store, door, used)
            device = _device(store, door, used.passkey, described)
            share = None if proof_hash is None else pin.new_share(store, door.keys, device, proof_hash)
            people.end_sessions_of(store, device, door.now)
            token = door.sessions.begin(store, used.passkey.person, device, described.form)
            door.note(store, "sign_in", used.passkey.person, device, rule=PASSKEY)
            answer = {"device": device, "me": me_in(store, door, used.passkey.person, device)}
        return token, answer | ({} if share is None else {"share": share})

    token, answer = await door.threads.write(begin)
    return door.let_in(token, answer)


async def nonce(request: Request, door: Door) -> Response:
    """POST /api/sign-in/nonce: what a device is to sign beside a PIN."""
    await read_object(request)
    return JSONResponse({"nonce": challenges.as_text(challenges.new_challenge(door.keys, PIN, door.now))})


async def by_pin(request: Request, door: Door) -> Response:
    """POST /api/sign-in/pin: the device has signed and its person knows the PIN."""
    asked = await read_object(request)
    device, text, signature = text_of(asked, "device"), text_of(asked, "nonce"), text_of(asked, "signature")
    proof, challenge = pin.read_proof(asked.get("pin_proof")), challenges.from_text(text)
    if not challenges.is_ours(door.keys, PIN, challenge, door.now):
        raise Refusal(Problem("passkey_challenge"))

    def known(store: Store) -> str | None:
        """Whose device it is, once it has signed this challenge and no other has."""
        store.bind_by("device", device)
        found = people.device_of(store, device)
        if found is None or not is_signed(text.encode(), signature, read_public_key(found[1])):
            return None
        if not challenges.spend(store, challenge, door.now):
            raise Refusal(Problem("passkey_challenge"))
        return found[0]

    person = await door.threads.write(known)
    if person is None:
        raise await fail(door, request, Problem("signature_wrong"))
    await pin.judge(door, device, person, proof)
    token, answer = await door.threads.write(lambda store: _by_pin(store, door, person, device))
    return door.let_in(token, answer)


async def renew(request: Request, door: Door, nonces: Nonces) -> Response:
    """POST /api/renew: a phone goes on by its signature, until its person has to prove again that they are there."""
    _, body = await read_signed(request)
    signature = _must_be_signed(request, body)
    nonces.look(signature, door.now)

    def begin(store: Store) -> tuple[str, dict[str, Any]]:
        spend_signature(store, door, signature)
        with store.atomic():
            person, form, verified_at = _last(store, signature.device)
            if form != "phone" or verified_at is None or door.now - verified_at > door.sessions.longest:
                raise Refusal(Problem("not_signed_in"))
            people.end_sessions_of(store, signature.device, door.now)
            token = door.sessions.begin(store, person, signature.device, form, verified_at)
            door.note(store, "sign_in", person, signature.device, rule="renewed")
            return token, {"device": signature.device, "me": me_in(store, door, person, signature.device)}

    token, answer = await door.threads.write(begin)
    return door.let_in(token, answer)


async def share(request: Request, door: Door, nonces: Nonces) -> Response:
    """POST /api/share: the device has signed and its person knows the PIN; ten wrong ones destroy the share.

    Whoever knows it may put another in its place. The share stays: a phone that never hears
    the answer opens by whichever counts.
    """
    asked, body = await read_signed(request)
    signature = _must_be_signed(request, body)
    proof = pin.read_proof(asked.get("pin_proof"))
    new = pin.read_proof(asked["new_pin_proof"]) if asked.get("new_pin_proof") is not None else None
    nonces.look(signature, door.now)
    person = await door.threads.write(lambda store: spend_signature(store, door, signature))
    given = await pin.judge(door, signature.device, person, proof)
    if new is not None:
        await pin.change(door, signature.device, person, new)
    return JSONResponse({"share": given})


def spend_signature(store: Store, door: Door, signature: Signature) -> str:
    """Whose device has signed; raises Refusal where it has not, or where the signature was used before."""
    store.bind_by("device", signature.device)
    check_signature(store, signature, signature.device)
    spend(store, signature, door.now)
    found = people.device_of(store, signature.device)
    return "" if found is None else found[0]


class Used:
    """A passkey that has signed a challenge of ours; what follows from it is written down at once or not at all."""

    def __init__(self, passkey: credentials.Passkey, challenge: bytes, counter: int) -> None:
        self.passkey = passkey
        self.challenge = challenge
        self.counter = counter


async def used_passkey(request: Request, door: Door, credential: object, purpose: str) -> Used:
    """The passkey that an answer was signed with; raises Refusal with what is wrong about it."""
    id, challenge = passkeys.id_of(credential), passkeys.challenge_of(credential)
    found = await door.threads.read(lambda store: credentials.passkey_of(store, id))
    try:
        if found is None:
            raise Refusal(Problem("passkey_unknown"))
        expected = challenge if challenges.is_ours(door.keys, purpose, challenge, door.now) else b""
        counter = passkeys.read_used(door.settings, credential, expected, found.public_key, found.counter)
    except Refusal as refusal:
        told = await fail(door, request, refusal.problem)
        # Beyond the limit of its address nothing is noted any more: a stranger cannot fill the audit either.
        if found is not None and told.problem.code == refusal.problem.code:
            await door.threads.write(lambda store: _note_refused(store, door, found, told.problem.code))
        raise told from refusal
    return Used(found, challenge, counter)


def _note_refused(store: Store, door: Door, passkey: credentials.Passkey, code: str) -> None:
    store.bind_by("person", passkey.person)
    door.note(store, "sign_in_refused", passkey.person, "", rule=code)


def note_use(store: Store, door: Door, used: Used) -> None:
    """Use up the challenge and count the use; raises Refusal where another answer was quicker."""
    known = credentials.passkey_of(store, used.passkey.passkey)
    if known is None:
        raise Refusal(Problem("passkey_unknown"))
    if not challenges.spend(store, used.challenge, door.now):
        raise Refusal(Problem("passkey_challenge"))
    if (used.counter or known.counter) and used.counter <= known.counter:
        raise Refusal(Problem("passkey_copied"))
    credentials.use_passkey(store, known.passkey, used.counter, door.now)


def _device(store: Store, door: Door, passkey: credentials.Passkey, described: Described) -> str:
    """The device of that id if it is this person's with this key, else a new one, which follows on theirs."""
    known = None if described.id is None else people.device_of(store, described.id)
    if described.id is not None and known == (passkey.person, described.public_key):
        return described.id
    fresh = str(uuid.uuid4())
    path = "prf" if passkey.has_prf else "key" if described.form == "desk" else "passkey"
    people.add_device(
        store, passkey.person, described.public_key, described.name, fresh, door.now,
        described.form, path, described.capabilities,
    )  # fmt: skip
    if described.id is not None and known is not None and known[0] == passkey.person:
        follow_on(store, fresh, described.id)
    return fresh


def _by_pin(store: Store, door: Door, person: str, device: str) -> tuple[str, dict[str, Any]]:
    store.bind_by("person", person)
    with store.atomic():
        path, form = store.row("SELECT path, form FROM device WHERE device = ?", (device,)) or ("", "phone")
        # Whoever was given a role at a desk since comes in by a passkey from now on.
        if path != PIN or is_desk(door.schema, people.memberships_of(store, person)):
            raise Refusal(Problem("path_not_allowed"))
        people.end_sessions_of(store, device, door.now)
        token = door.sessions.begin(store, person, device, form)
        door.note(store, "sign_in", person, device, rule=PIN)
        return token, {"device": device, "me": me_in(store, door, person, device)}


def _must_be_signed(request: Request, body: bytes) -> Signature:
    signature = read_signature(request, body)
    if signature is None:
        raise Refusal(Problem("signature_missing"))
    return signature


def _last(store: Store, device: str) -> tuple[str, str, datetime | None]:
    """Person and form of a device, and when its person last proved to be there; nobody did after signing out."""
    found = store.row("SELECT person, form FROM device WHERE device = ? AND path <> 'demo'", (device,))
    at = store.value("SELECT max(verified_at) FROM session WHERE device = ?", (device,))
    if found is None:
        raise Refusal(Problem("not_signed_in"))
    return found[0], found[1], None if at is None else read_instant(at)
