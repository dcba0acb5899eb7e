"""The signature of a device on a request: a cookie that somebody has stolen gives nothing without it.

    doorstep-signature: v1 <device> <unix ms> <nonce> <base64 of r||s>
    over: method \\n path \\n hex of SHA-256 of the body as JSON text \\n unix ms \\n nonce

Not here: which requests need one (app.py), and the signature of each save, which stays with it for ever (sync/save.py).
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from schema.model import Problem
from server.errors import Refusal
from sync.people import device_of
from sync.save import is_signed, read_public_key
from sync.store.store import Store

HEADER = "doorstep-signature"
# A clock may be off by so much; one that is more is told ours, and signs again.
WINDOW = timedelta(minutes=10)
# Of all devices together: a phone in use signs some hundred requests in the time a nonce is remembered.
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


class Nonces:
    """The nonces of one server process, each good for one request.

    They are kept in memory: to write each of them down would make a write of every question. What was signed before
    this process began is refused like a clock that is off, so that a restart makes nothing good again.
    """

    def __init__(self, now: datetime) -> None:
        self._since = now.replace(microsecond=0)
        self._seen: OrderedDict[tuple[str, str], int] = OrderedDict()

    def use(self, signature: Signature, now: datetime) -> None:
        """Raises Refusal clock_off for one of another time, signature_replayed for one that came before."""
        at = datetime.fromtimestamp(signature.milliseconds / 1000, UTC)
        if not max(self._since, now - WINDOW) <= at <= now + WINDOW:
            raise Refusal(Problem("clock_off", details={"server_time": now.astimezone(UTC).isoformat()}))
        one = (signature.device, signature.nonce)
        if one in self._seen:
            raise Refusal(Problem("signature_replayed"))
        self._seen[one] = signature.milliseconds
        oldest = (now - WINDOW).timestamp() * 1000
        while self._seen and (len(self._seen) > NONCES_MAX or next(iter(self._seen.values())) < oldest):
            _, dropped = self._seen.popitem(last=False)
            if dropped >= oldest:
                # Too many to remember: what might have been forgotten is refused, and signed again.
                self._since = max(self._since, datetime.fromtimestamp(dropped / 1000 + 0.001, UTC))


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
