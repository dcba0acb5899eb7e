"""Runs work on the store away from the event loop: one writer thread and two reader threads, each with a store of its
own. What the work is, and who may ask for it, is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar

from schema.model import Schema
from sync.store.opening import open_store
from sync.store.store import Store

READERS = 2

Answer = TypeVar("Answer")


class StoreThreads:
    """The threads of one server process. SQLite objects are bound to their thread, so each thread opens its own store
    at its first use and keeps it; readers see the last committed state and never wait for a push.
    """

    def __init__(self, path: Path, schema: Schema, on_failing: Callable[[], None] = lambda: None) -> None:
        """`on_failing` is called once, from the writer's thread, when the disk has failed; nothing is written after."""
        self._path = path
        self._schema = schema
        self._on_failing = on_failing
        self._is_failing = False
        self._own = threading.local()
        self._writer = ThreadPoolExecutor(1, "store-writer")
        self._readers = ThreadPoolExecutor(READERS, "store-reader")

    async def write(self, work: Callable[[Store], Answer]) -> Answer:
        """Do one piece of work on the only store that writes; pieces run one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, copy_context().run, self._write, work)

    async def read(self, work: Callable[[Store], Answer]) -> Answer:
        """Do one piece of work that changes nothing, beside writes and other reads."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, copy_context().run, self._do, work)

    def close(self) -> None:
        """Let what has begun come to its end, then stop; nothing can be asked afterwards."""
        self._writer.submit(self._close_own).result()
        self._writer.shutdown(wait=True)
        # Each reader must close its own connection; a barrier makes sure that no thread takes the job twice.
        barrier = threading.Barrier(READERS)
        for closing in [self._readers.submit(self._close_own, barrier) for _ in range(READERS)]:
            closing.result()
        self._readers.shutdown(wait=True)

    def _write(self, work: Callable[[Store], Answer]) -> Answer:
        if self._is_failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        try:
            return self._do(work)
        finally:
            store: Store | None = getattr(self._own, "store", None)
            if store is not None and store.is_failing:
                self._is_failing = True
                self._on_failing()

    def _do(self, work: Callable[[Store], Answer]) -> Answer:
        store: Store | None = getattr(self._own, "store", None)
        if store is None:
            store = self._own.store = open_store(self._path, self._schema)
        return work(store)

    def _close_own(self, barrier: threading.Barrier | None = None) -> None:
        if barrier is not None:
            barrier.wait(timeout=30)
        store: Store | None = getattr(self._own, "store", None)
        if store is not None and not store.is_failing:
            store.close()
            del self._own.store
