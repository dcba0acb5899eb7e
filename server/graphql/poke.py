"""The one subscription: there is something to pull. Who is told what is decided in server/pokes.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import strawberry
from strawberry.types import Info

from server.auth.sessions import Session
from server.pokes import Pokes


@dataclass(frozen=True)
class Listening:
    """Given to the resolver of a subscription; lives as long as its socket."""

    pokes: Pokes
    session: Session


async def _poke(info: Info[Listening, None]) -> AsyncIterator[int]:
    async for revision in info.context.pokes.of(info.context.session):
        yield revision


@strawberry.type(description="What is told without being asked, over graphql-transport-ws at the same address.")
class Subscription:
    """The root of all subscriptions."""

    poke = strawberry.subscription(
        resolver=_poke, description="A revision up to which there is something to pull; carries nothing else."
    )
