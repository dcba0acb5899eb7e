"""What a device says about itself with each meeting: how many saves wait on it, and which app it has. Noted when it
changed, or now and then: every meeting by itself would make every question a write.

Not here: what a lost device is told (leaving.py).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from server.auth.sessions import SEEN_MAX, USE_NOTED_EVERY, Session
from server.threads import StoreThreads
from sync import people
from sync.devices import was_seen
from sync.store.faults import WORLD_ERRORS, Fault, fault_of
from sync.store.store import Store

UNSENT_MAX = 1_000_000
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,32}")


class Contacts:
    """The devices that were in contact with one process, as far as it remembers."""

    def __init__(self, threads: StoreThreads, clock: Callable[[], datetime]) -> None:
        self._threads = threads
        self._clock = clock
        self._known: OrderedDict[str, tuple[datetime, int | None, str | None]] = OrderedDict()

    async def heard(self, session: Session, request: Mapping[str, Any]) -> None:
        """Note what a request says of its device, `phone: {unsent, app}`; what is none of it says nothing."""
        told = request.get("phone")
        if not isinstance(told, dict) or session.is_leaving:
            return
        unsent, app = told.get("unsent"), told.get("app")
        count = unsent if isinstance(unsent, int) and 0 <= unsent <= UNSENT_MAX else None
        version = app if isinstance(app, str) and _VERSION.fullmatch(app) else None
        now = self._clock()
        known = self._known.get(session.device)
        if known is not None and known[1:] == (count, version) and now - known[0] < USE_NOTED_EVERY:
            return
        self._known[session.device] = now, count, version
        self._known.move_to_end(session.device)
        if len(self._known) > SEEN_MAX:
            self._known.popitem(last=False)
        await self._note(session, count, version, now)

    async def _note(self, session: Session, unsent: int | None, version: str | None, now: datetime) -> None:
        def write(store: Store) -> None:
            store.bind_by("person", session.person)
            with store.atomic():
                # Only of a device that is theirs: a session that ended meanwhile says nothing any more.
                if people.device_of(store, session.device) is not None:
                    was_seen(store, session.device, unsent, version, now)

        try:
            await self._threads.write(write)
        except WORLD_ERRORS as error:
            # On a full disk devices go on being answered; they say it again.
            if fault_of(error) is not Fault.full:
                raise
