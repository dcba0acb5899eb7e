"""A poke: a device is told within moments that there is something to pull, of its own scopes, and nothing of what.

Not here: what the phone does with it (pwa/tests/sync/poke.test.ts), and two browsers (e2e).
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from server import pokes
from tests.server.http_world import HttpWorld, Phone

HOME = {"estate": "和平里", "building": "3", "unit": "2", "room": "502"}


@contextlib.contextmanager
def opened(phone: Phone, *protocols: str, **headers: str) -> Iterator[WebSocketTestSession]:
    with phone.world.client.websocket_connect(
        "ws://localhost/graphql",
        subprotocols=list(protocols or ("graphql-transport-ws",)),
        headers={"authorization": f"Bearer {phone.token}", **headers},
    ) as socket:
        yield socket


@contextlib.contextmanager
def listens(phone: Phone) -> Iterator[WebSocketTestSession]:
    with opened(phone) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": "subscription { poke }"}})
        yield socket


def poked(socket: WebSocketTestSession) -> int:
    found = socket.receive_json()
    assert (found["type"], found["id"], list(found["payload"])) == ("next", "1", ["data"])
    revision: int = found["payload"]["data"]["poke"]
    return revision


def writes_a_home(phone: Phone, team: str, **values: str) -> int:
    (receipt,) = phone.pushes(phone.save("household", {**HOME, "team": team, **values}, scopes=[]))
    assert receipt["status"] == "accepted", receipt
    revision: int = receipt["revision"]
    return revision


def test_a_colleagues_save_is_told_at_once(world: HttpWorld) -> None:
    zhou_hui, li_min = world.signs_in("zhou_hui"), world.signs_in("li_min")
    with listens(li_min) as socket:
        assert poked(socket) == 0
        started = time.monotonic()
        revision = writes_a_home(zhou_hui, "heping_1")
        assert poked(socket) == revision
        assert time.monotonic() - started < 1


def test_nobody_is_told_of_what_is_not_theirs(world: HttpWorld) -> None:
    zhou_hui, li_min = world.signs_in("zhou_hui"), world.signs_in("li_min")
    with listens(li_min) as socket:
        assert poked(socket) == 0
        writes_a_home(zhou_hui, "heping_2", room="601")
        mine = writes_a_home(zhou_hui, "heping_1")
        # The other team's home took a revision, and no poke.
        assert poked(socket) == mine == 2


def test_what_happened_before_is_told_when_the_socket_opens(world: HttpWorld) -> None:
    revision = writes_a_home(world.signs_in("zhou_hui"), "heping_1")
    with listens(world.signs_in("li_min")) as socket:
        assert poked(socket) == revision


def closing_code(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as closed:
        while True:
            socket.receive_json()
    return closed.value.code


def test_the_end_of_a_session_closes_its_socket_within_a_second(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    with listens(li_min) as socket:
        assert poked(socket) == 0
        ended = time.monotonic()
        world.client.delete("/api/session", headers={"authorization": f"Bearer {li_min.token}"})
        assert closing_code(socket) == 4401
        assert time.monotonic() - ended < 1


def test_a_session_that_ends_without_a_word_closes_its_socket_too(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pokes, "CHECKED_SECONDS", 0.05)
    with listens(world.signs_in("li_min")) as socket:
        assert poked(socket) == 0
        world.passes(hours=13)
        assert closing_code(socket) == 4401


def test_without_a_session_no_socket_opens(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    li_min.token = "nobody's"  # noqa: S105
    with pytest.raises(WebSocketDenialResponse) as refused, opened(li_min):
        pass
    assert refused.value.status_code == 401


@pytest.mark.parametrize("headers", [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_sites_page_opens_no_socket(world: HttpWorld, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDenialResponse) as refused, opened(world.signs_in("li_min"), **headers):
        pass
    assert refused.value.status_code == 403


def test_another_protocol_is_refused(world: HttpWorld) -> None:
    with pytest.raises(WebSocketDenialResponse) as refused, opened(world.signs_in("li_min"), "graphql-ws"):
        pass
    assert refused.value.status_code == 400


SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": "subscription { poke }"}}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({**SUBSCRIBE, "payload": {"query": "{ me { name } }"}}, 4400),
        ({**SUBSCRIBE, "payload": {"query": "mutation { push(saves: []) { epoch } }"}}, 4400),
        ({**SUBSCRIBE, "payload": {"query": "subscription { poke"}}, 4400),
        ({**SUBSCRIBE, "payload": {"query": "subscription { other }"}}, 4400),
        ({**SUBSCRIBE, "payload": {"query": 1}}, 4400),
        ({**SUBSCRIBE, "payload": None}, 4400),
        ({"type": "shout"}, 4400),
        ("text", 4400),
        ("x" * 5000, 4400),
    ],
)
def test_what_is_no_subscription_ends_the_conversation(world: HttpWorld, said: Any, code: int) -> None:
    with opened(world.signs_in("li_min")) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_text(said if isinstance(said, str) else json.dumps(said))
        assert closing_code(socket) == code


def test_one_subscription_is_enough_for_a_socket(world: HttpWorld) -> None:
    with listens(world.signs_in("li_min")) as socket:
        poked(socket)
        socket.send_json({"type": "ping"})
        assert socket.receive_json() == {"type": "pong"}
        socket.send_json({**SUBSCRIBE, "id": "2"})
        assert closing_code(socket) == 4409


def test_who_says_nothing_first_is_not_waited_for(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.sockets.INIT_SECONDS_MAX", 0.05)
    with opened(world.signs_in("li_min")) as socket:
        assert closing_code(socket) == 4408


def polls(phone: Phone, after: Any) -> Any:
    return phone.world.client.post(
        "/api/poke", json={"after": after}, headers={"authorization": f"Bearer {phone.token}"}
    )


def test_where_no_socket_comes_through_a_long_poll_tells_the_same(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pokes, "LONG_POLL_SECONDS", 0.05)
    zhou_hui, li_min = world.signs_in("zhou_hui"), world.signs_in("li_min")
    assert polls(li_min, 0).json() == {"revision": 0}
    revision = writes_a_home(zhou_hui, "heping_1")
    assert polls(li_min, 0).json() == {"revision": revision}
    assert polls(li_min, revision).json() == {"revision": revision}


@pytest.mark.parametrize("after", [None, "1", -1, True, 1.5])
def test_a_long_poll_without_a_revision_is_refused(world: HttpWorld, after: Any) -> None:
    answer = polls(world.signs_in("li_min"), after)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "damaged_request"


def test_nobody_polls_without_a_session(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    li_min.token = "nobody's"  # noqa: S105
    assert polls(li_min, 0).status_code == 401
