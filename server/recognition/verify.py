"""Whether a paper about hours is what it says: asked by anybody who holds it, answered with no more than that takes.

    POST /api/verify {number} -> {state: valid | revoked, is_as_made, paper, name, issuer, from_on, to_on, minutes,
                                  issued_on, revoked_on}

A number that no paper has is `certificate_unknown`, one with wrong check characters `certificate_mistyped`; both are
looked up all the same, and both count against the address they come from. No address and no log has a number in it.
Not here: making papers (papers.py).
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schema.model import Problem, Schema
from server.auth.door import Door
from server.auth.strangers import fail
from server.recognition.numbers import CHARACTERS, is_whole, read_number
from server.recognition.papers import is_as_made, paper_numbered
from server.requests import read_object
from sync.people import name_of
from sync.store.store import Store

HIDDEN = "*"
TRIED = "verify"


async def verify(request: Request, door: Door) -> Response:
    """POST /api/verify: what a paper with this number says, or that there is none."""
    number = read_number((await read_object(request)).get("number"))
    sought = number or "0" * CHARACTERS

    def found(store: Store) -> dict[str, Any] | None:
        return _told(store, door.schema, sought)

    told = await door.threads.read(found)
    if told is None or number is None:
        is_typed_well = number is not None and is_whole(number)
        problem = Problem("certificate_unknown" if is_typed_well else "certificate_mistyped")
        raise await fail(door, request, problem, TRIED)
    return JSONResponse(told)


def hidden_name(name: str) -> str:
    """A name by its first character: 黄*."""
    return name[:1] + HIDDEN * max(1, min(len(name) - 1, 3))


def _told(store: Store, schema: Schema, number: str) -> dict[str, Any] | None:
    paper = paper_numbered(store, number)
    if paper is None:
        return None
    store.bind(paper.centre)
    return {
        "state": "revoked" if paper.state == "revoked" else "valid",
        "is_as_made": is_as_made(store, schema, paper),
        "paper": paper.paper,
        "name": hidden_name(name_of(store, paper.volunteer)),
        "issuer": paper.issuer,
        "from_on": paper.from_on,
        "to_on": paper.to_on,
        "minutes": paper.minutes,
        "issued_on": paper.issued_on,
        "revoked_on": paper.revoked_on,
    }
