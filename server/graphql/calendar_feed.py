"""The address of my shifts for a calendar: getting one, renewing it, stopping it. It is told once, when it is made.

Not here: what is found there (server/calendar_feed.py).
"""

from __future__ import annotations

import secrets

import strawberry
from strawberry.types import Info

from server.auth.person import Asking
from server.calendar_feed import TOKEN_BYTES, hash_of
from sync import calendar_feed as feeds


@strawberry.type
class CalendarFeed:
    """My address: since when there is one, and its path, which is told once."""

    made_at: str | None
    path: str | None


def calendar_feed(info: Info[Asking, None]) -> CalendarFeed:
    """Whether my shifts have an address."""
    return CalendarFeed(made_at=feeds.feed_since(info.context.store, info.context.person.person), path=None)


def renew_calendar_feed(info: Info[Asking, None]) -> CalendarFeed:
    """A new address for my shifts; the one of before is dead."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _set(info.context, hash_of(token), "made")
    return CalendarFeed(made_at=calendar_feed(info).made_at, path=f"/api/calendar/{token}.ics")


def stop_calendar_feed(info: Info[Asking, None]) -> CalendarFeed:
    """No address any more."""
    _set(info.context, None, "stopped")
    return calendar_feed(info)


def _set(asking: Asking, token_hash: str | None, rule: str) -> None:
    with asking.store.atomic():
        feeds.set_feed(asking.store, asking.person.person, token_hash, asking.now)
        asking.notes("calendar_feed", rule=rule)
