"""Who waits for news, and who is told: the small interface behind which one process, or a database, passes it on.

Not here: what is news to whom (pokes.py), and how it reaches a phone (sockets.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Protocol


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

    def listener(self) -> _Waiting:
        return _Waiting(self)


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
