"""Runs work on the store away from the event loop: threads that write and threads that read, each with a store of its
own. What the work is, and who may ask for it, is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar

from schema.model import Schema
from sync import feed
from sync.store.opening import is_postgres, open_store
from sync.store.store import Store

READERS = 2
WRITERS_OF_CENTRES = 4

Answer = TypeVar("Answer")


class StoreThreads:
    """The threads of one server process. A connection is bound to its thread, so each thread opens its own store at
    its first use and keeps it; readers see the last committed state and never wait for a push.
    """

    def __init__(
        self,
        place: Path | str,
        schema: Schema,
        on_failing: Callable[[], None] = lambda: None,
        tell: Callable[[Iterable[str]], None] = lambda scopes: None,
        audit_key: bytes | None = None,
    ) -> None:
        """on_failing  called once, from the writer's thread, when the disk has failed; nothing is written after
        tell        called in the event loop after each piece of work that wrote, with the scopes it touched
        audit_key   given to every store (sync/audit.py)
        """
        self._place = place
        self._schema = schema
        self._on_failing = on_failing
        self._tell = tell
        self._audit_key = audit_key
        self._is_failing = False
        self._own = threading.local()
        # A file has one writer. Centres that are kept apart need not wait for each other.
        self._writers_max = WRITERS_OF_CENTRES if isinstance(place, str) and is_postgres(place) else 1
        self._writers = ThreadPoolExecutor(self._writers_max, "store-writer")
        self._readers = ThreadPoolExecutor(READERS, "store-reader")

    async def write(self, work: Callable[[Store], Answer]) -> Answer:
        """Do one piece of work that may write; pieces of one centre run one after the other."""
        loop = asyncio.get_running_loop()
        answer, touched = await loop.run_in_executor(self._writers, copy_context().run, self._write, work)
        if touched:
            self._tell(touched)
        return answer

    async def read(self, work: Callable[[Store], Answer]) -> Answer:
        """Do one piece of work that changes nothing, beside writes and other reads."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, copy_context().run, self._do, work)

    def close(self) -> None:
        """Let what has begun come to its end, then stop; nothing can be asked afterwards."""
        for threads, count in ((self._writers, self._writers_max), (self._readers, READERS)):
            # Each must close its own connection; a barrier makes sure that no thread takes the job twice.
            barrier = threading.Barrier(count)
            for closing in [threads.submit(self._close_own, barrier) for _ in range(count)]:
                closing.result()
            threads.shutdown(wait=True)

    def _write(self, work: Callable[[Store], Answer]) -> tuple[Answer, frozenset[str]]:
        if self._is_failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        try:
            return self._do(lambda store: (work(store), feed.take_touched(store)))
        finally:
            store: Store | None = getattr(self._own, "store", None)
            if store is not None and store.is_failing:
                self._is_failing = True
                self._on_failing()

    def _do(self, work: Callable[[Store], Answer]) -> Answer:
        store: Store | None = getattr(self._own, "store", None)
        if store is None:
            store = self._own.store = open_store(self._place, self._schema)
            store.audit_key = self._audit_key
        # Who asks next says whose centre is meant.
        store.bind("")
        return work(store)

    def _close_own(self, barrier: threading.Barrier) -> None:
        barrier.wait(timeout=30)
        store: Store | None = getattr(self._own, "store", None)
        if store is not None and not store.is_failing:
            store.close()
            del self._own.store
