"""Recovery codes: printed once, kept in a safe, for when nobody is left who could invite.

Not here: what one opens (enrol.py). Each has 80 random bits, so that a slow hash would add nothing.
"""

from __future__ import annotations

from datetime import datetime

from server.auth.codes import RECOVERY_CHARACTERS, new_code, shown
from server.auth.keys import Keys
from sync import credentials
from sync.store.store import Store

CODES = 10


def make_codes(store: Store, keys: Keys, person: str, now: datetime) -> list[str]:
    """New codes of a person as they are printed; those of before are worth nothing."""
    codes = [new_code(RECOVERY_CHARACTERS) for _ in range(CODES)]
    credentials.set_recovery_codes(store, person, [code_hash(keys, code) for code in codes], now)
    return [shown(code) for code in codes]


def code_hash(keys: Keys, code: str) -> str:
    """What is kept of a code."""
    return keys.mac("recovery", code).hex()
