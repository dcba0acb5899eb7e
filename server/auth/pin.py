"""PINs: the server hears a proof of one and never the PIN, counts the wrong ones, and gives the share of a device for a
right one. What the phone makes of PIN and share opens what it keeps; the server has only its half.

    pin_proof  base64 of 32 bytes: Argon2id of the PIN on the phone (pwa/src/auth/pin.ts)

Not here: who may have a PIN (enrol.py), and that the device itself has signed (sign_in.py).
"""

from __future__ import annotations

import base64
import hmac
import secrets

from schema.model import Problem
from server.auth.door import Door
from server.auth.keys import Keys
from server.auth.slow_hash import is_hash_of, slowly_hashed
from server.errors import Refusal
from server.requests import read_bytes
from sync import credentials
from sync.store.store import Store

PROOF_BYTES = 32
SEED_BYTES = 32


def read_proof(text: object) -> bytes:
    """The proof of a request; raises Refusal damaged_request."""
    proof = read_bytes(text, "pin_proof")
    if len(proof) != PROOF_BYTES:
        raise Refusal(Problem("damaged_request", "pin_proof"))
    return proof


async def hashed(keys: Keys, proof: bytes) -> str:
    """What is kept of a proof: without the pepper nobody can try PINs on it."""
    return await slowly_hashed(_peppered(keys, proof))


def new_share(store: Store, keys: Keys, device: str, proof_hash: str) -> str:
    """Give a device its PIN and a share of its own, in base64."""
    seed = secrets.token_bytes(SEED_BYTES)
    credentials.set_pin(store, device, proof_hash, seed)
    return _share(keys, device, seed)


async def judge(door: Door, device: str, person: str, proof: bytes) -> str:
    """The share of a device whose PIN this proves, in base64.

    A try is used up before it is judged, so that a thousand at once are ten. Raises Refusal wrong_pin with the tries
    that are left, or pin_disabled once there are none.
    """

    def tried(store: Store) -> credentials.Pin | None:
        store.bind_by("person", person)
        return credentials.try_pin(store, device)

    pin = await door.threads.write(tried)
    if pin is None:
        raise Refusal(Problem("pin_disabled"))
    is_right = await is_hash_of(pin.proof_hash, _peppered(door.keys, proof))

    def settled(store: Store) -> int:
        store.bind_by("person", person)
        with store.atomic():
            if not is_right:
                door.note(store, "sign_in_refused", person, device, rule="wrong_pin")
            return credentials.settle_pin(store, device, is_right)

    left = await door.threads.write(settled)
    if is_right and pin.seed is not None:
        return _share(door.keys, device, pin.seed)
    if left == 0:
        raise Refusal(Problem("pin_disabled"))
    raise Refusal(Problem("wrong_pin", details={"tries_left": left}))


async def change(door: Door, device: str, person: str, proof: bytes) -> None:
    """Another PIN for whoever has just proved the one before. Raises Refusal pin_disabled where the share is gone."""
    proof_hash = await hashed(door.keys, proof)

    def changed(store: Store) -> bool:
        store.bind_by("person", person)
        with store.atomic():
            door.note(store, "pin_changed", person, device, rule="pin")
            return credentials.change_pin(store, device, proof_hash)

    if not await door.threads.write(changed):
        raise Refusal(Problem("pin_disabled"))


def _peppered(keys: Keys, proof: bytes) -> bytes:
    return keys.mac("pin", proof.hex())


def _share(keys: Keys, device: str, seed: bytes) -> str:
    """Of two halves, the database's and the secret beside it: neither alone gives it, and either may be destroyed."""
    return base64.b64encode(hmac.digest(keys.share, device.encode() + seed, "sha256")).decode()
