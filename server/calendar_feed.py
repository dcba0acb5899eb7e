"""The shifts of one volunteer for the calendar of her phone, at an address that only she knows.

RFC 5545 is written here by hand: a dozen lines of text with four rules (line ends, folding, escaping, UTC), for which a
library would bring a table of time zones. Not here: whose address it is, and which shifts (sync/calendar_feed.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from schema.model import Problem
from server.auth.door import Door
from server.auth.strangers import fail
from sync.calendar_feed import FeedShift, person_of_feed, shifts_of
from sync.store.store import Store
from sync.times import CENTRE_ZONE

# 256 random bits; nothing of a person stands in an address.
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
TOKEN_BYTES = 32
OCTETS_MAX = 75
ALARM = "-PT1H"


def hash_of(token: str) -> str:
    """How the secret of an address is kept."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()


async def feed(request: Request, door: Door) -> Response:
    """GET /api/calendar/{token}.ics. An address that is none, or none any more, is not_found; whoever tries many of
    them is slowed down as at the door."""
    token = str(request.path_params["token"])

    def read(store: Store) -> list[FeedShift] | None:
        person = person_of_feed(store, hash_of(token), door.now)
        return None if person is None else shifts_of(store, person, door.now)

    shifts = await door.threads.write(read) if TOKEN.fullmatch(token) else None
    if shifts is None:
        raise await fail(door, request, Problem("not_found"))
    # Kept by nobody on the way: whoever shares a machine or a proxy must not find it there.
    headers = {"cache-control": "no-store, private", "content-disposition": 'inline; filename="shifts.ics"'}
    return Response(calendar_of(shifts, door.now), media_type="text/calendar; charset=utf-8", headers=headers)


def calendar_of(shifts: Iterable[FeedShift], now: datetime) -> str:
    """The whole calendar as text."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Doorstep//Shifts//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += ["NAME:班次", "X-WR-CALNAME:班次", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"]
    for shift in shifts:
        lines += _event(shift, now)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(shift: FeedShift, now: datetime) -> list[str]:
    name = _escaped(shift.activity)
    alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{name}", f"TRIGGER:{ALARM}", "END:VALARM"]
    return [
        *("BEGIN:VEVENT", f"UID:{shift.record}@doorstep", f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
        *(f"SEQUENCE:{shift.sequence}", f"DTSTART:{_instant(shift, shift.starts_at)}"),
        *(f"DTEND:{_instant(shift, shift.ends_at)}", f"SUMMARY:{name}"),
        *([f"LOCATION:{_escaped(shift.place)}"] if shift.place else []),
        *(["STATUS:CANCELLED"] if shift.is_called_off else ["STATUS:CONFIRMED", *alarm]),
        "END:VEVENT",
    ]


def _instant(shift: FeedShift, time: str) -> str:
    at = datetime.strptime(f"{shift.shift_on} {time}", "%Y-%m-%d %H:%M").replace(tzinfo=CENTRE_ZONE)
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return re.sub(r"\r?\n", r"\\n", re.sub(r"([\\;,])", r"\\\1", text))


def _folded(line: str) -> str:
    """No more than 75 octets a row, and no letter torn apart."""
    rows, octets = [""], 0
    for letter in line:
        size = len(letter.encode("utf-8"))
        if octets + size > OCTETS_MAX:
            rows.append(" ")
            octets = 1
        rows[-1] += letter
        octets += size
    return "\r\n".join(rows)
