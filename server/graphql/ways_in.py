"""The ways in of the person who asks: how many there are, until when a second one is due, and new recovery codes.

Not here: what a second way is asked for by (server/auth/second_way.py), and using a code (server/auth/enrol.py).
"""

from __future__ import annotations

import strawberry
from strawberry.types import Info

from server.auth import recovery
from server.auth.person import Asking
from server.auth.second_way import due_at
from sync import credentials
from sync.times import written


@strawberry.type
class WaysIn:
    """What I could sign in with. `due_at`: from then on a second way is asked for; null where I have one."""

    passkeys: int
    codes_left: int
    codes_made_at: str | None
    due_at: str | None


def ways_in(info: Info[Asking, None]) -> WaysIn:
    """My own; nobody is told those of others."""
    asking = info.context
    found = credentials.ways_in(asking.store, asking.person.person)
    due = due_at(asking, found)
    return WaysIn(
        passkeys=found.passkeys,
        codes_left=found.codes,
        codes_made_at=found.codes_made_at,
        due_at=None if due is None else written(due),
    )


def make_recovery_codes(info: Info[Asking, None]) -> list[str]:
    """Ten codes by which I get a device in when nobody else can; those of before are void."""
    asking = info.context
    with asking.store.atomic():
        asking.notes("invited", about=asking.person.person, rule="recovery_codes")
        return recovery.make_codes(asking.store, asking.keys, asking.person.person, asking.now)
