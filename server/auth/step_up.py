"""Step-up: what is grave asks that the person has just proved to be there, and not only at some time today.

Not here: how they prove it (passkeys.py, pin.py), and what asks for it.
"""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schema.model import Problem
from server.auth.demo import require_demo
from server.auth.person import Asking
from server.auth.sessions import Sessions
from server.errors import Refusal
from server.settings import Settings
from server.threads import StoreThreads

FRESH = timedelta(minutes=5)


def require_recent(asking: Asking) -> None:
    """Raises Refusal step_up_required unless the person proved to be there within five minutes."""
    verified_at = asking.context.verified_at
    if verified_at is None or not timedelta(0) <= asking.now - verified_at <= FRESH:
        raise Refusal(Problem("step_up_required"))


async def step_up_in_demo(request: Request, settings: Settings, threads: StoreThreads, sessions: Sessions) -> Response:
    """The demo asks for no proof: whoever is signed in there is given a new session, as after one -> {token}."""
    require_demo(request, settings)
    session = await sessions.of(request)
    token = await threads.write(lambda store: sessions.begin_anew(store, session))
    response = JSONResponse({"token": token})
    sessions.give(response, token)
    return response
