"""Traces of reading on their way into the audit: a reader's thread may not write, so what it saw is written by another.

Not here: what is noted (the resolvers), and traces of what is written, which ride in its transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from schema.model import Problem
from server.errors import Refusal, log_failure
from server.operations.logs import tell
from server.threads import StoreThreads
from sync.audit import Trace, note_all
from sync.store.faults import WORLD_ERRORS, Fault, fault_of
from sync.store.store import Store

# Pages to phones and lists at desks are many: they wait so long, so that many share one commit. A process that is
# killed loses the traces of no more than this.
SOON = frozenset(("delivered", "listed"))
SOON_SECONDS_MAX = 1.0
# On a full disk reading goes on, and is noted once there is room; beyond so many nobody reads unseen.
WAITING_MAX = 10_000


class Traces:
    """The traces of one process."""

    def __init__(self, threads: StoreThreads) -> None:
        self._threads = threads
        self._waiting: deque[Trace] = deque()
        self._writing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._late: set[asyncio.Task[None]] = set()

    async def take(self, traces: Sequence[Trace]) -> None:
        """Write down what is about to be shown, before it is; several who ask at once share one commit. What is counted
        by the page, and what fails no promise by coming late, is written soon.

        Raises Refusal store_full when the disk has had no room for so long that too much waits.
        """
        if not traces:
            return
        if len(self._waiting) + len(traces) > WAITING_MAX:
            raise Refusal(Problem("store_full"))
        self._waiting.extend(traces)
        if not all(trace.action in SOON for trace in traces):
            await self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SOON_SECONDS_MAX, self._begin)

    async def flush(self) -> None:
        """Write down all that waits."""
        async with self._writing:
            batch = list(self._waiting)
            if not batch:
                return
            self._waiting.clear()
            try:
                await self._threads.write(lambda store: _written(store, batch))
            except WORLD_ERRORS as error:
                self._waiting.extendleft(reversed(batch))
                if fault_of(error) not in (Fault.full, Fault.busy):
                    raise
                tell(logging.WARNING, "audit_waits", traces=len(self._waiting))

    def _begin(self) -> None:
        self._timer = None
        task = asyncio.get_running_loop().create_task(self.flush())
        self._late.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._late.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log_failure(error)


def _written(store: Store, traces: Sequence[Trace]) -> None:
    # Each centre has a transaction of its own where each has a log of its own.
    for centre in dict.fromkeys(trace.centre for trace in traces):
        store.bind(centre)
        note_all(store, [trace for trace in traces if trace.centre == centre])
