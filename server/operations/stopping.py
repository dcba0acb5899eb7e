"""A graceful stop: what has begun is answered, what comes later is told to come again, and all of it within a bound.

Not here: closing the store, which happens when the last answer has gone (app.py).
"""

from __future__ import annotations

import logging
import os
import signal
import time
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from schema.model import Problem, Schema
from server.errors import answer
from server.operations.logs import tell

# Longer than a push may wait for the database; then what still runs is cut.
DRAIN_SECONDS_MAX = 15
CUT_SECONDS_MAX = 5
# The exit status of a process whose disk failed, as sysexits.h has it for input and output.
DISK_FAILED = 74
# Whether the process lives is told to the end.
ALWAYS = "/api/health"


class Stopping:
    """Whether this process is being stopped, and how many requests it still answers."""

    def __init__(self) -> None:
        self.running = 0
        self.has_disk_failed = False
        self._since: float | None = None

    @property
    def has_begun(self) -> bool:
        """Whether new requests are told to come again."""
        return self._since is not None

    def disk_failed(self) -> None:
        """The disk did not keep something: end, and leave all as it is."""
        tell(logging.CRITICAL, "disk_failed")
        self.has_disk_failed = True
        self.begin()

    def begin(self) -> None:
        """Take no new requests from now on."""
        self._since = self._since or time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether nothing runs any more, or has run for too long."""
        return self._since is not None and (self.running == 0 or time.monotonic() - self._since > DRAIN_SECONDS_MAX)


class Gate:
    """Lets requests through until the stop begins."""

    def __init__(self, app: ASGIApp, schema: Schema, stopping: Stopping) -> None:
        self._app = app
        self._schema = schema
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._stopping.has_begun and scope["path"] != ALWAYS:
            await answer(self._schema, Problem("stopping"), headers={"connection": "close"})(scope, receive, send)
        else:
            self._stopping.running += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._stopping.running -= 1


class GracefulServer(uvicorn.Server):
    """Uvicorn that goes on listening, and says so, until what has begun is answered. Asked twice it stops at once."""

    def __init__(self, config: uvicorn.Config, stopping: Stopping) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._asked_by: int = signal.SIGTERM

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The system, or a person, asks this process to stop."""
        if self._stopping.has_begun:
            super().handle_exit(sig, frame)
        else:
            self._asked_by = sig
            self._stopping.begin()

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second."""
        if self._stopping.is_over and self._stopping.has_disk_failed:
            # Closing the store would move into its file what the disk may not have, and throw away what it has.
            os._exit(DISK_FAILED)
        if self._stopping.is_over and not self.should_exit:
            super().handle_exit(self._asked_by, None)
        return await super().on_tick(counter)
