"""The headers that every answer carries, and the last net under all of them: an unexpected error becomes one plain
answer here. How long an answer may be kept is said where the answer is made.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schema.model import Schema
from server.errors import answer, log_failure, problem_of_failure
from server.policy_reports import REPORTS_PATH

# What the app's page may do, and nothing else. Text becomes markup or the address of a script only through one of two
# policies: `app` (pwa/src/trusted.ts), and Svelte's own, which makes elements of the app's templates.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        # Argon2 runs as WebAssembly; no text is ever run.
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types app svelte-trusted-html",
        # Newer browsers take the second, others the first.
        f"report-uri {REPORTS_PATH}",
        "report-to policy",
    )
)
EVERY_ANSWER = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "camera=(self), microphone=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), "
        "geolocation=(), usb=(), payment=()"
    ),
    "referrer-policy": "no-referrer",
    "reporting-endpoints": f'policy="{REPORTS_PATH}"',
    "x-content-type-options": "nosniff",
}
# What an answer of the API carries that is data and no document: it is sent each minute to every phone, and should a
# browser be made to take it for a page, nothing in it may load or run.
EVERY_DATA = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
DATA_PATH = "/graphql"
# Only where browsers come over TLS: on loopback it would break every other program on the same name.
TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"
# A socket that is refused is answered like any request; the protocol has codes of its own for the reasons.
STATUS_OF_REFUSED_SOCKET = {4401: 401, 4406: 400}


class Headers:
    """Wraps the whole application. An answer that says nothing about keeping is not kept."""

    def __init__(self, app: ASGIApp, schema: Schema, is_https: bool) -> None:
        self._app = app
        self._schema = schema
        over_tls = {"strict-transport-security": TRANSPORT_SECURITY} if is_https else {}
        self._headers, self._data_headers = EVERY_ANSWER | over_tls, EVERY_DATA | over_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._app(scope, receive, self._refusing_socket(scope, send))
            return
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
                for name, value in (self._data_headers if is_data else self._headers).items():
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

    def _refusing_socket(self, scope: Scope, send: Send) -> Send:
        """A socket that is closed before it was opened is told so as an answer, with the headers of every answer."""
        can_answer = "websocket.http.response" in scope.get("extensions", {})
        is_open = False

        async def send_or_refuse(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "websocket.accept":
                is_open = True
            if message["type"] != "websocket.close" or is_open or not can_answer:
                await send(message)
                return
            status = STATUS_OF_REFUSED_SOCKET.get(message.get("code", 0), 403)
            headers = MutableHeaders(self._headers | {"cache-control": "no-store", "content-length": "0"})
            await send({"type": "websocket.http.response.start", "status": status, "headers": headers.raw})
            await send({"type": "websocket.http.response.body", "body": b""})

        return send_or_refuse
