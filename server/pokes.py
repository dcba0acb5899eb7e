"""Pokes: telling a device that there is something to pull, as a revision and nothing more.

Not here: the socket and the long poll that carry them (sockets.py), and what happened (sync.feed).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from schema.access import scopes_of_person
from schema.model import Schema
from server.auth.sessions import Session, Sessions
from server.notifier import Notifier
from server.threads import StoreThreads
from sync import feed
from sync.store.store import Store

# A session that expired, or was ended without a word to anybody, is noticed within this time.
CHECKED_SECONDS = 20.0
# Below the ten seconds in which a stopping server lets answers come to their end.
LONG_POLL_SECONDS = 9.0


class Pokes:
    """The pokes of one server process."""

    def __init__(self, schema: Schema, threads: StoreThreads, sessions: Sessions, notifier: Notifier) -> None:
        self._schema = schema
        self._threads = threads
        self._sessions = sessions
        self._notifier = notifier

    async def of(self, session: Session) -> AsyncIterator[int]:
        """The newest revision of the person's scopes at once, and the head whenever something happens in one of them.

        Ends with Refusal not_signed_in when the session does.
        """
        with self._notifier.listener() as listener:
            newest, listener.scopes = await self._now(session)
            yield newest
            # What came between the question and here has woken the listener only if its scopes were known by then.
            again, listener.scopes = await self._now(session)
            if again > newest:
                yield again
            while True:
                has_news = await listener.wait(CHECKED_SECONDS)
                _, listener.scopes = await self._now(session)
                if has_news:
                    yield await self._head(session)

    async def next(self, session: Session, after: int) -> int:
        """The first poke beyond a revision, or that revision again when none comes in the time of a long poll."""
        with self._notifier.listener() as listener:
            listener.scopes = (await self._now(session))[1]
            newest, _ = await self._now(session)
            if newest > after:
                return newest
            has_news = await listener.wait(LONG_POLL_SECONDS)
            await self._now(session)
            return await self._head(session) if has_news else after

    async def _head(self, session: Session) -> int:
        def look(store: Store) -> int:
            self._sessions.check(store, session)
            return feed.head(store)

        return await self._threads.read(look)

    async def _now(self, session: Session) -> tuple[int, frozenset[str]]:
        def look(store: Store) -> tuple[int, frozenset[str]]:
            self._sessions.check(store, session)
            asking = self._sessions.asking(store, self._schema, session)
            scopes = scopes_of_person(self._schema, asking.person, asking.context)
            # What ends this session is told in the name of its device.
            return feed.newest(store, scopes), frozenset((*scopes, f"device:{session.device}"))

        return await self._threads.read(look)
