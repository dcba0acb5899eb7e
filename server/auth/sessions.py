"""Sessions: from a token in a cookie or a header to a person and a device. Rows are kept by `sync.people`; how a person
proves who they are when a session begins is in demo.py.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from schema.access import Context
from schema.model import Problem, Schema
from server.auth.keys import Keys
from server.auth.person import Asking
from server.errors import Refusal
from server.operations.metrics import Metrics
from server.settings import Settings
from server.threads import StoreThreads
from sync import people
from sync.audit import note
from sync.clearing import Clearing, ended_by
from sync.store.faults import WORLD_ERRORS, Fault, fault_of
from sync.store.store import Store
from sync.times import read_instant

# Browsers take a cookie of the first name only over TLS, for this host and all of it; over http there is none of it.
SECURE_COOKIE, COOKIE = "__Host-doorstep", "doorstep"
# A desk stands where others pass by; a phone goes on by its key.
DESK_IDLE, DESK_LONGEST = timedelta(minutes=30), timedelta(hours=12)
TOKEN_BYTES = 32
# Noting every use would make every question a write.
USE_NOTED_EVERY = timedelta(minutes=5)
DESK_USE_NOTED_EVERY = timedelta(minutes=1)
SEEN_MAX = 10_000


@dataclass(frozen=True)
class Session:
    """A session that holds at the moment of asking. What it says of its device stays so as long as its token does."""

    token_hash: bytes
    person: str
    device: str
    form: str
    path: str
    verified_at: datetime | None
    is_leaving: bool = False
    """Its device was taken back, and may still hand over what it has; nothing else."""


class Sessions:
    """The sessions of one server."""

    def __init__(
        self,
        settings: Settings,
        threads: StoreThreads,
        clock: Callable[[], datetime],
        metrics: Metrics,
        keys: Keys,
    ) -> None:
        self._settings = settings
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._longest = timedelta(hours=settings.session_hours_max)
        self._is_https = settings.is_https
        self._cookie = SECURE_COOKIE if settings.is_https else COOKIE
        self._keys = keys
        self._threads = threads
        self._metrics = metrics
        self.clock = clock
        self._seen: OrderedDict[bytes, tuple[Session, datetime]] = OrderedDict()

    async def known(self, request: HTTPConnection) -> Session:
        """The session of a request that was looked at within minutes, as it was then, so that the question need not
        wait for the store twice: `check` must follow beside the answer. Else as `of`.
        """
        token = self.token_of(request)
        token_hash = b"" if token is None else hash_of(token)
        seen = self._seen.get(token_hash)
        now = self.clock()
        if seen is not None and timedelta(0) <= now - seen[1] < USE_NOTED_EVERY:
            return seen[0]
        session = await self.of(request)
        self._seen[token_hash] = (session, now)
        self._seen.move_to_end(token_hash)
        if len(self._seen) > SEEN_MAX:
            self._seen.popitem(last=False)
        return session

    async def leaving(self, request: HTTPConnection) -> Session | None:
        """The session by which a device that was taken back hands over what it has; None for any other."""
        token = self.token_of(request)
        token_hash = b"" if token is None else hash_of(token)
        clearing = await self._threads.read(lambda store: ended_by(store, token_hash))
        if clearing is None or not clearing.still_delivers:
            return None
        return Session(token_hash, clearing.person, clearing.device, "phone", "", None, is_leaving=True)

    async def of(self, request: HTTPConnection) -> Session:
        """The session of a request; raises Refusal not_signed_in where there is none, it ended, or it expired, and
        device_revoked where its device was taken back.
        """
        token = self.token_of(request)
        if token is None:
            raise Refusal(Problem("not_signed_in"))
        token_hash = hash_of(token)
        found, clearing = await self._threads.read(lambda store: _session_or_order(store, token_hash))
        if found is None:
            raise Refusal(_ended(clearing))
        now = self.clock()
        if self._has_expired(found, now):
            await self._threads.write(lambda store: people.end_session(store, token_hash, now))
            raise Refusal(Problem("not_signed_in"))
        noted_every = DESK_USE_NOTED_EVERY if self._is_desk(found) else USE_NOTED_EVERY
        if now - read_instant(found.used_at) > noted_every:
            await self._note_use(token_hash, now)
        return _session(token_hash, found)

    async def _note_use(self, token_hash: bytes, now: datetime) -> None:
        try:
            await self._threads.write(lambda store: people.use_session(store, token_hash, now))
        except WORLD_ERRORS as error:
            # On a full disk reading goes on; at worst the session ends earlier than it could.
            if fault_of(error) is not Fault.full:
                raise

    def token_of(self, request: HTTPConnection) -> str | None:
        """The token a request carries: `Authorization: Bearer` before the cookie."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return token.strip()
        return request.cookies.get(self._cookie)

    def check(self, store: Store, session: Session) -> None:
        """Raises Refusal not_signed_in when a session has ended or expired since; looking is no use of it."""
        found, clearing = _session_or_order(store, session.token_hash)
        if session.is_leaving and clearing is not None and clearing.still_delivers:
            return
        if found is None or self._has_expired(found, self.clock()):
            raise Refusal(_ended(clearing))

    def _has_expired(self, use: people.Use, now: datetime) -> bool:
        # A way in without proof holds in the demo alone, wherever its database was taken.
        if use.path == "demo" and not self._settings.demo:
            return True
        idle, longest = (DESK_IDLE, DESK_LONGEST) if self._is_desk(use) else (self._idle, self._longest)
        return now - read_instant(use.began_at) > longest or now - read_instant(use.used_at) > idle

    def _is_desk(self, use: people.Use) -> bool:
        # In the demo nobody can prove anything anew; its desks last as long as its phones.
        return use.form == "desk" and not self._settings.demo

    @property
    def longest(self) -> timedelta:
        """How long a phone goes on by its key after its person proved to be there."""
        return self._longest

    def asking(self, store: Store, schema: Schema, session: Session) -> Asking:
        """Who asks, as the store has it now: roles and a revoked device count from this moment."""
        person = people.person_of(store, session.person, session.device, session.is_leaving)
        if person is None:
            raise Refusal(Problem("not_signed_in"))
        now = self.clock()
        context = Context(session.path, session.verified_at, now)
        return Asking(person, now, context, schema, store, self._metrics, self._keys)

    def begin(
        self, store: Store, person: str, device: str, form: str = "phone", verified_at: datetime | None = None
    ) -> str:
        """A new session; gives its token, which is kept nowhere else.

        verified_at  when its person proved to be there; None: just now
        """
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self.clock()
        people.add_session(store, hash_of(token), person, device, now, form, verified_at or now)
        return token

    def begin_anew(self, store: Store, session: Session) -> str:
        """A new session in the place of one whose person has just proved to be there; the old token is dead."""
        with store.atomic():
            people.end_session(store, session.token_hash, self.clock())
            return self.begin(store, session.person, session.device, session.form)

    async def end(self, request: Request) -> Response:
        """End the session of a request and take the cookie back; signing out twice is no error."""
        token = self.token_of(request)
        if token is not None:
            token_hash, now = hash_of(token), self.clock()
            await self._threads.write(lambda store: _signed_out(store, token_hash, now))
        response = JSONResponse({"signed_out": True})
        response.delete_cookie(self._cookie, path="/", secure=self._is_https, httponly=True, samesite="strict")
        return response

    def give(self, response: Response, token: str) -> None:
        """Put the token into a cookie that scripts cannot read and other sites cannot send."""
        response.set_cookie(
            self._cookie,
            token,
            max_age=int(self._longest.total_seconds()),
            path="/",
            secure=self._is_https,
            httponly=True,
            samesite="strict",
        )


def _session_or_order(store: Store, token_hash: bytes) -> tuple[people.Use | None, Clearing | None]:
    found = people.session_of(store, token_hash)
    return found, None if found is not None else ended_by(store, token_hash)


def _ended(clearing: Clearing | None) -> Problem:
    """Why a session holds no more; a device that was taken back learns what it is to do, until it has done it."""
    if clearing is None or clearing.cleared_at is not None:
        return Problem("not_signed_in")
    details = {"device": clearing.device, "order": clearing.order, "ordered_at": clearing.ordered_at}
    return Problem("device_revoked", details=details)


def _session(token_hash: bytes, use: people.Use) -> Session:
    verified_at = None if use.verified_at is None else read_instant(use.verified_at)
    return Session(token_hash, use.person, use.device, use.form, use.path, verified_at)


def _signed_out(store: Store, token_hash: bytes, now: datetime) -> None:
    with store.atomic():
        found = people.session_of(store, token_hash)
        people.sign_out(store, token_hash, now)
        if found is not None:
            centre = people.centre_of(store, found.person)
            note(store, action="sign_out", by=found.person, device=found.device, centre=centre, at=now)


def hash_of(token: str) -> bytes:
    """What is kept of a token. It has 256 random bits, so that a slow hash would add nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
