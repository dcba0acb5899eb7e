"""Whether this server can do its work: its store takes writes, its disk has room. And who may read its measures.

Not here: the checks before a start (doctor.py).
"""

from __future__ import annotations

import hmac
import ipaddress
import shutil
import time
from dataclasses import dataclass

from starlette.requests import Request

from schema.model import Problem
from server.errors import Refusal
from server.requests import host_name
from server.settings import LOOPBACK_HOSTS, Settings
from server.threads import StoreThreads
from sync import feed
from sync.epoch import try_writing
from sync.store.faults import WORLD_ERRORS, Fault, fault_of
from sync.store.store import Store

# A look waits for the disk.
LOOK_EVERY_SECONDS = 1
# Somebody between us and whoever asks; then the nearest address says nothing about who it is.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@dataclass(frozen=True)
class Ready:
    """Whether pushes can be taken. `reason` is a word: full, busy, failing, damaged, forbidden or
    unreachable."""

    revision: int | None
    reason: str | None

    def as_data(self) -> dict[str, object]:
        """For the answer."""
        return {"ready": self.reason is None, "revision": self.revision, "reason": self.reason}


def is_full(settings: Settings) -> bool:
    """Whether the disk has only left what no record is written into."""
    return shutil.disk_usage(settings.data).free < settings.reserved_bytes


class Readiness:
    """Whether pushes can be taken, looked at anew when the last look is some seconds old: anybody may ask."""

    def __init__(self, settings: Settings, threads: StoreThreads) -> None:
        self._settings = settings
        self._threads = threads
        self._found = Ready(None, None)
        self._looked_at: float | None = None

    async def now(self) -> Ready:
        """As of now, or a moment ago."""
        if self._looked_at is None or time.monotonic() - self._looked_at >= LOOK_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            try:
                self._found = await self._threads.write(lambda store: try_store(store, self._settings))
            except WORLD_ERRORS as error:
                fault = fault_of(error) or Fault.failing
                self._found = Ready(None, fault.value)
        return self._found


def try_store(store: Store, settings: Settings) -> Ready:
    """Write into the store, waiting for the disk; raises what the database raises when it cannot."""
    parts = store.parts()
    for part in parts[:1]:
        store.bind(part)
        try_writing(store)
    # Of centres that are kept apart there is no one revision.
    revision = feed.head(store) if len(parts) == 1 else None
    return Ready(revision, Fault.full.value if is_full(settings) else None)


def may_read_measures(request: Request, settings: Settings) -> None:
    """Whoever has the token, or asks from this machine under a name of it and through nobody; else not_found."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if settings.metrics_token is not None and scheme.lower() == "bearer":
        if hmac.compare_digest(token.strip().encode(), settings.metrics_token.encode()):
            return
    elif _is_from_here(request):
        return
    raise Refusal(Problem("not_found"))


def _is_from_here(request: Request) -> bool:
    if host_name(request) not in LOOPBACK_HOSTS or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False
