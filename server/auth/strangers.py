"""Tries that failed and name nobody: counted by address, so that one attacker is slowed down.

Not here: tries that name an invite or a device; they are counted there (sync/invites.py, sync/credentials.py). A right
proof is always let in, however much failed before it: behind the attacker's address there may be a whole centre.
"""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request

from schema.model import Problem
from server.auth.door import Door, address_of
from server.errors import Refusal
from sync import tries
from sync.store.store import Store

FAILURES_MAX = 30
SPAN = timedelta(minutes=10)


async def fail(door: Door, request: Request, problem: Problem, what: str = "address") -> Refusal:
    """Count one failed try of an address; gives what to answer: the problem, or too_many_tries beyond the limit.

    what  is tried, where it is counted by itself
    """
    now = door.now
    # Of the address only a keyed hash is kept.
    who = f"{what} {door.keys.mac('address', address_of(request, door.settings.proxies)).hex()}"

    def is_over(store: Store) -> bool:
        # Of no centre: where it was tried to get in is not known.
        store.bind("")
        return tries.failures(store, who, now) >= FAILURES_MAX

    def count(store: Store) -> None:
        store.bind("")
        tries.failed(store, who, now, SPAN)

    if await door.threads.read(is_over):
        return Refusal(Problem("too_many_tries"))
    await door.threads.write(count)
    return Refusal(problem)
