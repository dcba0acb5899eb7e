"""Hashes that are slow on purpose, of what has too few bits for a quick one; one at a time, so that nobody can fill
the memory with them.

Not here: how often one may be tried.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# OWASP's floor for Argon2id; what comes here was hashed with a key of the centre first, or on the phone more slowly.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16)
_ONE_AT_A_TIME = ThreadPoolExecutor(1, "slow-hash")


def slow_hash(secret: bytes) -> str:
    """The hash, with its own salt and parameters in it."""
    return _HASHER.hash(secret)


async def is_hash_of(hashed: str, secret: bytes) -> bool:
    """Whether this is the hash of the secret; takes some tens of milliseconds, away from the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_ONE_AT_A_TIME, _is_hash_of, hashed, secret)


async def slowly_hashed(secret: bytes) -> str:
    """As `slow_hash`, away from the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_ONE_AT_A_TIME, slow_hash, secret)


def _is_hash_of(hashed: str, secret: bytes) -> bool:
    try:
        return _HASHER.verify(hashed, secret)
    except (Argon2Error, InvalidHashError):
        return False
