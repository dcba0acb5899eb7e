"""The ways a poke travels: graphql-transport-ws where sockets work, and a long poll where they do not.

Only subscriptions are taken here; questions and commands have their own address, limits and threads.
Source of the protocol: github.com/enisdenjo/graphql-ws, PROTOCOL.md.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError, OperationType, get_operation_ast, parse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from schema.model import Problem
from server.auth.sessions import Session, Sessions
from server.errors import Refusal
from server.graphql.operation import TOKENS_MAX
from server.graphql.poke import Listening
from server.graphql.registered import Answers
from server.pokes import Pokes
from server.requests import check_origin, read_object
from server.settings import Settings

PROTOCOL = "graphql-transport-ws"
MESSAGE_CHARACTERS_MAX = 4096
INIT_SECONDS_MAX = 10.0
# Close codes of the protocol.
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NO_PROTOCOL, INIT_TIMEOUT, SUBSCRIBED = 4400, 4401, 4403, 4406, 4408, 4409


class Closed(Exception):
    """The conversation ends with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Sockets:
    """The sockets of one server process."""

    def __init__(
        self, graphql: strawberry.Schema, answers: Answers, settings: Settings, sessions: Sessions, pokes: Pokes
    ) -> None:
        self._graphql = graphql
        self._answers = answers
        self._settings = settings
        self._sessions = sessions
        self._pokes = pokes

    async def talk(self, socket: WebSocket) -> None:
        """One socket from its handshake to its end. Who asks is settled before it is opened."""
        try:
            check_origin(socket, self._settings, reads=False)
            session = await self._sessions.of(socket)
        except Refusal as refusal:
            await socket.close(FORBIDDEN if refusal.problem.code == "wrong_origin" else UNAUTHORIZED)
            return
        if PROTOCOL not in socket.scope["subprotocols"]:
            await socket.close(NO_PROTOCOL)
            return
        await socket.accept(PROTOCOL)
        # The other side has gone: there is nobody left to tell.
        with suppress(WebSocketDisconnect):
            try:
                await self._greet(socket)
                await self._converse(socket, session)
            except Closed as closed:
                await socket.close(closed.code)

    async def poll(self, request: Request) -> Response:
        """POST /api/poke {"after": revision}: the next poke, or the same revision after a while."""
        session = await self._sessions.of(request)
        after = (await read_object(request)).get("after")
        if not isinstance(after, int) or isinstance(after, bool) or after < 0:
            raise Refusal(Problem("damaged_request"))
        return JSONResponse({"revision": await self._pokes.next(session, after)})

    async def _greet(self, socket: WebSocket) -> None:
        try:
            first = await asyncio.wait_for(_message(socket), INIT_SECONDS_MAX)
        except TimeoutError:
            raise Closed(INIT_TIMEOUT) from None
        if first.get("type") != "connection_init":
            raise Closed(UNAUTHORIZED)
        await socket.send_json({"type": "connection_ack"})

    async def _converse(self, socket: WebSocket, session: Session) -> None:
        """Answer the other side's messages beside one subscription, until either ends."""
        telling: asyncio.Task[None] | None = None
        listening = asyncio.ensure_future(_message(socket))
        try:
            while True:
                waiting = {listening} if telling is None else {listening, telling}
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if telling is not None and telling in done:
                    telling.result()
                    telling = None
                if listening not in done:
                    continue
                message = listening.result()
                match message.get("type"):
                    case "ping":
                        await socket.send_json({"type": "pong"})
                    case "pong":
                        pass
                    case "subscribe" if telling is None:
                        news = await self._subscribe(message, session)
                        telling = asyncio.ensure_future(_tell(socket, str(message.get("id")), news))
                    case "subscribe":
                        raise Closed(SUBSCRIBED)
                    case "complete" if telling is not None:
                        telling.cancel()
                        with suppress(asyncio.CancelledError):
                            await telling
                        telling = None
                    case "complete":
                        pass
                    case _:
                        raise Closed(BAD_REQUEST)
                listening = asyncio.ensure_future(_message(socket))
        finally:
            for task in (listening, telling):
                if task is not None:
                    task.cancel()

    async def _subscribe(self, message: dict[str, Any], session: Session) -> AsyncIterator[ExecutionResult]:
        asked = message.get("payload")
        query = asked.get("query") if isinstance(asked, dict) else None
        if not isinstance(query, str) or not self._answers(query):
            raise Closed(BAD_REQUEST)
        try:
            found = get_operation_ast(parse(query, max_tokens=TOKENS_MAX))
        except (GraphQLError, RecursionError):
            raise Closed(BAD_REQUEST) from None
        if found is None or found.operation is not OperationType.SUBSCRIPTION:
            raise Closed(BAD_REQUEST)
        news: Any = await self._graphql.subscribe(query, context_value=Listening(self._pokes, session))
        if not hasattr(news, "__aiter__"):
            raise Closed(BAD_REQUEST)
        return aiter(news)


async def _tell(socket: WebSocket, id: str, news: AsyncIterator[ExecutionResult]) -> None:
    async for result in news:
        if result.errors:
            # After the end of a session only signing in opens another socket.
            has_ended = isinstance(result.errors[0].original_error, Refusal)
            raise Closed(UNAUTHORIZED if has_ended else BAD_REQUEST)
        await socket.send_json({"type": "next", "id": id, "payload": {"data": result.data}})


async def _message(socket: WebSocket) -> dict[str, Any]:
    try:
        text = await socket.receive_text()
        found = json.loads(text) if len(text) <= MESSAGE_CHARACTERS_MAX else None
    except (KeyError, ValueError, RecursionError):
        raise Closed(BAD_REQUEST) from None
    if not isinstance(found, dict):
        raise Closed(BAD_REQUEST)
    return found
