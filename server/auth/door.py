"""What every way in needs, in one place: the settings, the store, the sessions and the secrets of the centre.

Not here: the ways in themselves.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from schema.model import Problem, Schema
from server.auth.keys import Keys
from server.auth.sessions import Sessions
from server.errors import Refusal
from server.notifier import Notifier
from server.settings import Settings
from server.threads import StoreThreads
from sync import people
from sync.audit import note
from sync.store.store import Store


@dataclass(frozen=True)
class Door:
    """Given to every address of enrolment and sign-in."""

    settings: Settings
    schema: Schema
    threads: StoreThreads
    sessions: Sessions
    keys: Keys
    notifier: Notifier

    @property
    def now(self) -> datetime:
        """The instant of asking."""
        return self.sessions.clock()

    def note(self, store: Store, action: str, person: str, device: str, rule: str, about: str | None = None) -> None:
        """Note in the audit what somebody did at the door, or was refused; the store is bound to their centre."""
        centre, now = people.centre_of(store, person), self.now
        note(store, action=action, by=person, device=device, centre=centre, at=now, rule=rule, about=about)

    def let_in(self, token: str, answer: dict[str, Any]) -> Response:
        """The answer to whoever has a new session: its token as a member, and as a cookie."""
        response = JSONResponse({"token": token} | answer)
        self.sessions.give(response, token)
        return response


def address_of(request: HTTPConnection, proxies: Collection[str]) -> str:
    """Where a request comes from: its own word is taken only from a proxy that the operator named.

    Of an address of version 6 only the network: who has one has as many addresses in it as they like.
    """
    address = request.client.host if request.client else ""
    if address in proxies:
        told = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
        address = next((part for part in reversed(told) if part and part not in proxies), address)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def text_of(asked: dict[str, Any], name: str, characters_max: int = 512) -> str:
    """A member of a request that must be text; raises Refusal damaged_request."""
    text = asked.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= characters_max:
        raise Refusal(Problem("damaged_request", name))
    return text
