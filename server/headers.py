"""The headers that every answer carries, and the last net under all of them: an unexpected error becomes one plain
answer here. How long an answer may be kept is said where the answer is made.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schema.model import Schema
from server.errors import answer, log_failure, problem_of_failure

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
EVERY_ANSWER = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(self), usb=(), payment=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
# What an answer of the API carries that is data and no document: what a page may do says nothing about it, and it is
# sent each minute to every phone.
EVERY_DATA = {name: EVERY_ANSWER[name] for name in ("cross-origin-resource-policy", "x-content-type-options")}
DATA_PATH = "/graphql"
# Only where browsers come over TLS: on loopback it would break every other program on the same name.
TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"


class Headers:
    """Wraps the whole application. An answer that says nothing about keeping is not kept."""

    def __init__(self, app: ASGIApp, schema: Schema, is_https: bool) -> None:
        self._app = app
        self._schema = schema
        self._headers = EVERY_ANSWER | ({"strict-transport-security": TRANSPORT_SECURITY} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                is_data = scope["path"] == DATA_PATH and message["status"] == 200
                for name, value in (EVERY_DATA if is_data else self._headers).items():
                    # A file of a person's says for itself that nothing in it may run.
                    if name != "content-security-policy" or not headers.get(name, "").startswith("sandbox;"):
                        headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # Raised further, the web server would log the message, which can hold a person's words.
            log_failure(error)
            if not started:
                await answer(self._schema, problem_of_failure(error))(scope, receive, send_with_headers)
