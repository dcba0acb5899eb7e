"""The signature of a device on a request: a cookie that somebody has stolen gives nothing without it.

    doorstep-signature: v1 <device> <unix ms> <nonce> <base64 of r||s>
    over: method \\n path \\n hex of SHA-256 of the body as JSON text \\n unix ms \\n nonce

Not here: which requests need one (app.py), and the signature of each save, which stays with it for ever (sync/save.py).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from schema.model import Problem
from server.errors import Refusal
from server.threads import StoreThreads
from sync import tries
from sync.people import device_of
from sync.save import is_signed, read_public_key
from sync.store.faults import WORLD_ERRORS, Fault, fault_of
from sync.store.store import Store

HEADER = "doorstep-signature"
# A clock may be off by so much; one that is more is told ours, and signs again.
WINDOW = timedelta(minutes=10)
# Of all devices together; what is forgotten here is still known to the store.
NONCES_MAX = 200_000
_HEADER = re.compile(r"v1 ([\w-]{1,64}) (\d{13}) ([\w-]{8,64}) ([A-Za-z0-9+/=]{80,100})")


@dataclass(frozen=True)
class Signature:
    """What a request says of its signature; nothing of it is believed yet."""

    device: str
    milliseconds: int
    nonce: str
    signed: bytes
    signature: str

    @property
    def name(self) -> str:
        """What its nonce is called where it is kept."""
        return f"nonce {self.device} {self.nonce}"


class Nonces:
    """The nonces of signed requests, each good for one: written down, so that neither another process nor a restart
    makes one good again, and remembered by this process besides, which is quicker and needs no room on a disk.
    """

    def __init__(self, threads: StoreThreads) -> None:
        self._threads = threads
        self._seen: OrderedDict[str, int] = OrderedDict()
        self._waiting: list[_Waiting] = []
        self._writing = asyncio.Lock()

    def look(self, signature: Signature, now: datetime) -> None:
        """Raises Refusal clock_off for one of another time, signature_replayed for one that came here before."""
        if abs(datetime.fromtimestamp(signature.milliseconds / 1000, UTC) - now) > WINDOW:
            raise Refusal(Problem("clock_off", details={"server_time": now.astimezone(UTC).isoformat()}))
        if signature.name in self._seen:
            raise Refusal(Problem("signature_replayed"))
        self._seen[signature.name] = signature.milliseconds
        oldest = (now - WINDOW).timestamp() * 1000
        while len(self._seen) > NONCES_MAX or next(iter(self._seen.values())) < oldest:
            self._seen.popitem(last=False)

    async def keep(self, signature: Signature, centre: str, now: datetime) -> None:
        """Write down the nonce of a question that only reads, before it is answered; those of one centre that come
        together share one commit. Raises Refusal signature_replayed for one that came before, anywhere.
        """
        mine = _Waiting(signature.name, centre)
        self._waiting.append(mine)
        try:
            async with self._writing:
                if mine.is_fresh is None:
                    batch = [one for one in self._waiting if one.centre == centre]
                    names = await self._threads.write(lambda store: _spent(store, centre, batch, now))
                    for one in batch:
                        one.is_fresh = one.name in names
                        self._waiting.remove(one)
        except WORLD_ERRORS as error:
            # On a full disk reading goes on; what this process remembers still holds.
            self._waiting.remove(mine)
            if fault_of(error) not in (Fault.full, Fault.busy):
                raise
        else:
            if not mine.is_fresh:
                raise Refusal(Problem("signature_replayed"))


@dataclass(eq=False)
class _Waiting:
    """A nonce that is to be written down."""

    name: str
    centre: str
    is_fresh: bool | None = None


def _spent(store: Store, centre: str, batch: list[_Waiting], now: datetime) -> set[str]:
    store.bind(centre)
    return tries.spend_each(store, [one.name for one in batch], now, 2 * WINDOW)


def spend(store: Store, signature: Signature, now: datetime) -> None:
    """Use up the nonce of a request that writes, in the store of its centre; raises Refusal signature_replayed."""
    if not tries.spend(store, signature.name, now, 2 * WINDOW):
        raise Refusal(Problem("signature_replayed"))


def read_signature(request: Request, body: bytes) -> Signature | None:
    """What a request is signed with, None where it is not; raises Refusal signature_wrong for what is none.

    body  the JSON text, as it was before anything packed it
    """
    header = request.headers.get(HEADER)
    if header is None:
        return None
    found = _HEADER.fullmatch(header)
    if found is None:
        raise Refusal(Problem("signature_wrong"))
    device, milliseconds, nonce, signature = found.groups()
    parts = (request.method, request.url.path, hashlib.sha256(body).hexdigest(), milliseconds, nonce)
    return Signature(device, int(milliseconds), nonce, "\n".join(parts).encode(), signature)


def check_signature(store: Store, signature: Signature, device: str) -> None:
    """Raises Refusal signature_wrong unless this device made the signature."""
    known = device_of(store, device) if signature.device == device else None
    if known is None or not is_signed(signature.signed, signature.signature, read_public_key(known[1])):
        raise Refusal(Problem("signature_wrong"))
