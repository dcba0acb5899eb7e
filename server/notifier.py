"""Who waits for news, and who is told: the small interface behind which one process, or a database, passes it on.

Not here: what is news to whom (pokes.py), and how it reaches a phone (sockets.py).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from types import TracebackType
from typing import Protocol

from server.operations.logs import error_places, tell
from sync.store.faults import WORLD_ERRORS
from sync.store.opening import open_news
from sync.store.store import News

# How often a listening thread looks whether it is to end, and how soon it tries again when the database was away.
HEARD_SECONDS = 0.5
AGAIN_SECONDS = 2.0


class Listener(Protocol):
    """Somebody who waits. News that come while nobody waits are not lost: the next wait returns at once."""

    scopes: frozenset[str]

    async def wait(self, seconds_max: float) -> bool:
        """Whether one of the scopes was told of within so many seconds."""

    def __enter__(self) -> Listener: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Notifier(Protocol):
    """Passes on in which scopes something has happened. A poke too many costs a question; it carries nothing else."""

    def tell(self, scopes: Iterable[str]) -> None:
        """Something has happened in these scopes, and is committed."""

    def listener(self) -> Listener:
        """A new listener, from when it is entered until it is left."""


class InProcess:
    """A notifier for one server process; all of it runs in the event loop."""

    def __init__(self) -> None:
        self.listening: set[_Waiting] = set()

    def tell(self, scopes: Iterable[str]) -> None:
        told = frozenset(scopes)
        for listener in self.listening:
            if listener.scopes & told:
                listener.news.set()

    def tell_all(self) -> None:
        """Something may have happened in any scope: somebody who should have passed it on could not."""
        for listener in self.listening:
            listener.news.set()

    def listener(self) -> _Waiting:
        return _Waiting(self)


class BetweenProcesses:
    """A notifier for several server processes on one database: what one tells, the listeners of all are told."""

    def __init__(self, place: str, here: InProcess) -> None:
        self._place = place
        self._here = here
        # Who listens here is told at once, and not a second time when it comes back through the database.
        self._name = secrets.token_hex(8)
        self._teller = ThreadPoolExecutor(1, "news-teller")
        self._telling: News | None = None
        self._has_ended = threading.Event()
        self._listening = threading.Thread(target=self._listen, name="news-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen; called in the event loop of the listeners."""
        self._loop = asyncio.get_running_loop()
        self._listening.start()

    def close(self) -> None:
        """Tell what is still to be told, then stop."""
        self._teller.submit(self._forget).result()
        self._teller.shutdown()
        self._has_ended.set()
        self._listening.join()

    def tell(self, scopes: Iterable[str]) -> None:
        """Something has happened in these scopes, and is committed."""
        told = sorted(scopes)
        if told:
            self._here.tell(told)
            self._teller.submit(self._pass_on, told)

    def listener(self) -> Listener:
        """A new listener, from when it is entered until it is left."""
        return self._here.listener()

    def _pass_on(self, scopes: list[str]) -> None:
        try:
            self._telling = self._telling or open_news(self._place)
            self._telling.tell(self._name, scopes)
        except WORLD_ERRORS as error:
            # What is not told is found by the next question: every device asks by itself as well.
            tell(logging.WARNING, "news not told", error=error_places(error))
            self._forget()

    def _forget(self) -> None:
        if self._telling is not None:
            self._telling.close()
            self._telling = None

    def _listen(self) -> None:
        """In a thread of its own: listen, and begin again where the database was away."""
        while not self._has_ended.is_set():
            try:
                with closing(open_news(self._place)) as news:
                    news.listen()
                    # What was told before this connection heard of it is not known.
                    self._loop.call_soon_threadsafe(self._here.tell_all)
                    while not self._has_ended.is_set():
                        for name, scopes in news.heard(HEARD_SECONDS):
                            if name != self._name:
                                self._loop.call_soon_threadsafe(self._here.tell, scopes)
            except WORLD_ERRORS as error:
                tell(logging.WARNING, "news not heard", error=error_places(error))
                self._has_ended.wait(AGAIN_SECONDS)


class _Waiting:
    def __init__(self, notifier: InProcess) -> None:
        self.scopes: frozenset[str] = frozenset()
        self.news = asyncio.Event()
        self._notifier = notifier

    async def wait(self, seconds_max: float) -> bool:
        try:
            await asyncio.wait_for(self.news.wait(), seconds_max)
        except TimeoutError:
            return False
        self.news.clear()
        return True

    def __enter__(self) -> _Waiting:
        self._notifier.listening.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._notifier.listening.discard(self)
