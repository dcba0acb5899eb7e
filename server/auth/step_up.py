"""Step-up: what is grave asks that the person has just proved to be there, and not only at some time today.

    step-up/options {}                          -> what a passkey is to sign
    step-up/finish {credential} | {pin_proof}   -> {token}; the PIN's request is signed by the device

Not here: how a proof is judged (passkeys.py, pin.py), and what asks for one.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schema.model import Problem
from server.auth import challenges, passkeys, pin
from server.auth.demo import require_demo
from server.auth.door import Door
from server.auth.sessions import Session, Sessions
from server.auth.sign_in import PASSKEY, PIN, note_use, spend_signature, used_passkey
from server.auth.signatures import Nonces, read_signature
from server.errors import Refusal
from server.requests import read_object, read_signed
from server.settings import Settings
from server.threads import StoreThreads
from sync import credentials
from sync.store.store import Store

PURPOSE = "step-up"


async def options(request: Request, door: Door) -> Response:
    """POST /api/step-up/options: what one of the person's passkeys is to sign."""
    session = await door.sessions.of(request)
    await read_object(request)

    def known(store: Store) -> list[str]:
        store.bind_by("person", session.person)
        return credentials.passkeys_of(store, session.person)

    challenge = challenges.new_challenge(door.keys, PURPOSE, door.now)
    return JSONResponse(passkeys.request_options(door.settings, challenge, await door.threads.read(known)))


async def finish(request: Request, door: Door, nonces: Nonces) -> Response:
    """POST /api/step-up/finish: the person has proved to be there; the session gets a new token."""
    session = await door.sessions.of(request)
    asked, body = await read_signed(request)
    if "pin_proof" in asked:
        await _prove_by_pin(request, door, nonces, session, pin.read_proof(asked["pin_proof"]), body)
        rule, use = PIN, None
    else:
        rule, use = PASSKEY, await used_passkey(request, door, asked.get("credential"), PURPOSE)
        if use.passkey.person != session.person:
            raise Refusal(Problem("passkey_unknown"))

    def begin(store: Store) -> str:
        with store.atomic():
            if use is not None:
                note_use(store, door, use)
            token = door.sessions.begin_anew(store, session)
            door.note(store, "step_up", session.person, session.device, rule)
            return token

    token = await door.threads.write(begin)
    return door.let_in(token, {"device": session.device})


async def _prove_by_pin(
    request: Request, door: Door, nonces: Nonces, session: Session, proof: bytes, body: bytes
) -> None:
    signature = read_signature(request, body)
    if signature is None:
        raise Refusal(Problem("signature_missing"))
    if signature.device != session.device:
        raise Refusal(Problem("signature_wrong"))
    if session.path != PIN:
        raise Refusal(Problem("path_not_allowed"))
    nonces.look(signature, door.now)
    await door.threads.write(lambda store: spend_signature(store, door, signature))
    await pin.judge(door, session.device, session.person, proof)


async def step_up_in_demo(request: Request, settings: Settings, threads: StoreThreads, sessions: Sessions) -> Response:
    """The demo asks for no proof: whoever is signed in there is given a new session, as after one -> {token}."""
    require_demo(request, settings)
    session = await sessions.of(request)
    token = await threads.write(lambda store: sessions.begin_anew(store, session))
    response = JSONResponse({"token": token})
    sessions.give(response, token)
    return response
