"""Challenges for whoever is not known yet: made without a trace, answered within five minutes, and once.

A challenge carries when it ends and the mark of this centre, so that strangers fill no table by asking; only one that
was answered is written down. Not here: what signs them (passkeys.py, signatures.py).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import datetime, timedelta

from server.auth.keys import Keys
from sync import tries
from sync.store.store import Store

LIFE = timedelta(minutes=5)
_RANDOM_BYTES, _TIME_BYTES, _MARK_BYTES = 16, 6, 16


def new_challenge(keys: Keys, purpose: str, now: datetime) -> bytes:
    """A challenge for one purpose."""
    body = secrets.token_bytes(_RANDOM_BYTES) + int((now + LIFE).timestamp()).to_bytes(_TIME_BYTES, "big")
    return body + _mark(keys, purpose, body)


def is_ours(keys: Keys, purpose: str, challenge: bytes, now: datetime) -> bool:
    """Whether we made it for this purpose, and it has not ended."""
    body, mark = challenge[:-_MARK_BYTES], challenge[-_MARK_BYTES:]
    if len(body) != _RANDOM_BYTES + _TIME_BYTES or not hmac.compare_digest(mark, _mark(keys, purpose, body)):
        return False
    until = int.from_bytes(body[_RANDOM_BYTES:], "big")
    return until - LIFE.total_seconds() - 60 <= now.timestamp() <= until


def spend(store: Store, challenge: bytes, now: datetime) -> bool:
    """Use it up; False where it was answered before."""
    return tries.spend(store, f"challenge {challenge.hex()}", now, 2 * LIFE)


def as_text(challenge: bytes) -> str:
    """As it travels: base64url without padding."""
    return base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()


def from_text(text: object) -> bytes:
    """What `as_text` wrote; nothing for anything else."""
    if not isinstance(text, str) or len(text) > 1024:
        return b""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _mark(keys: Keys, purpose: str, body: bytes) -> bytes:
    return keys.mac(f"challenge for {purpose}", body.hex())[:_MARK_BYTES]
