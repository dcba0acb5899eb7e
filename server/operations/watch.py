"""Watches every request from the outside: gives it an id, measures it, and writes its one line.

Not here: what a line may hold (logs.py) and what is counted (metrics.py).
"""

from __future__ import annotations

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.operations.logs import REQUEST_ID, tell
from server.operations.metrics import Metrics

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Watch:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Never the client's own id: it could be anything.
        request_id = secrets.token_hex(8)
        token = REQUEST_ID.set(request_id)
        status, began = 0, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            REQUEST_ID.reset(token)
            seconds = time.perf_counter() - began
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = _template(scope)
            self._metrics.request(route, method, status, seconds)
            tell(
                logging.INFO,
                "request",
                id=request_id,
                method=method,
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )


def _template(scope: Scope) -> str:
    """The address as it is declared, with names in place of what was sent; every file of the app is `app`."""
    route = scope.get("route")
    return route.path if isinstance(route, Route) else "app"
