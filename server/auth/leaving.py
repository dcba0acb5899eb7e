"""Devices that were taken back, on their way out: that they were told, and that they say they are empty.

Not here: the order itself (sync/clearing.py), and which request is answered with it (sessions.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schema.model import Problem
from server.errors import Refusal
from server.requests import read_object
from server.threads import StoreThreads
from sync import clearing

Clock = Callable[[], datetime]


async def note_told(problem: Problem, threads: StoreThreads, now: Clock) -> None:
    """Note that a device hears of its order with this answer, if that is what it says."""
    if problem.code == "device_revoked":
        device = str(problem.details["device"])
        await threads.write(lambda store: clearing.told(store, device, now()))


async def take_statement(request: Request, threads: StoreThreads, now: Clock) -> Response:
    """{device, signature} -> {cleared: true}, as often as it is said. The signature is over Clearing.statement, made
    before the phone forgot its key; without a session, because there is none any more.
    """
    asked = await read_object(request)
    device, signature = asked.get("device"), asked.get("signature")
    if not isinstance(device, str) or not isinstance(signature, str):
        raise Refusal(Problem("damaged_request"))
    found = await threads.write(lambda store: clearing.cleared(store, device, signature, now()))
    if found is None:
        raise Refusal(Problem("not_signed_in"))
    return JSONResponse({"cleared": True})
