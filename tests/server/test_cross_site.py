"""What another site's page can make a browser send here changes nothing, at every address that could change something.

Not here: what a request must look like otherwise (test_errors.py).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator

import pytest
from httpx2 import Response

from server.auth.sessions import COOKIE
from tests.server.http_world import HOME, OPERATIONS, PUSH, HttpWorld, Phone, open_client, routes_of

# What a page can send without asking first, and what it could only send after asking, which no answer here allows.
CONTENT_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", None)
ASKED_FIRST = ("application/json", "application/offset+octet-stream")
ORIGINS = ("https://elsewhere.example", "null", "http://localhost.elsewhere.example", "http://localhost:81")
SITES = ("cross-site", "same-site", None)
# 4 x 4 x 3 that need no leave, and 2 x 4 x 3 more of a page that was given leave by mistake.
COMBINATIONS = [
    *itertools.product(CONTENT_TYPES, ORIGINS, SITES),
    *itertools.product(ASKED_FIRST, ORIGINS, SITES),
]
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def changing_routes(world: HttpWorld) -> list[tuple[str, str]]:
    """Every method and address that could change something."""
    return sorted(
        (method, re.sub(r"\{\w+(:path)?\}", "x", route.path))
        for route in routes_of(world.client.app)
        for method in route.methods or CHANGING
        if method in CHANGING
    )


def sent(
    world: HttpWorld, phone: Phone, method: str, path: str, combination: tuple[str | None, ...], save: object
) -> Response:
    """What a browser would send for another site's page, with our cookie and words that would be taken from our own."""
    content_type, origin, site = combination
    given = {"content-type": content_type, "origin": origin, "sec-fetch-site": site}
    headers = {name: value for name, value in given.items() if value is not None}
    body = json.dumps({"query": PUSH, "variables": {"saves": [save]}})
    return world.client.request(method, path, content=body, headers={**headers, "cookie": f"{COOKIE}={phone.token}"})


def state_of(world: HttpWorld) -> list[object]:
    """Everything that the store holds, in one text."""
    store = world.opened()
    tables = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found = [(table, list(store.execute(f'SELECT * FROM "{table}"'))) for table in tables]  # noqa: S608
    store.close()
    return found


@pytest.fixture
def li_min(world: HttpWorld) -> Phone:
    return world.signs_in("li_min")


def test_no_combination_another_site_can_send_changes_anything_at_any_address(world: HttpWorld, li_min: Phone) -> None:
    assert len(COMBINATIONS) >= 60
    routes, save = changing_routes(world), li_min.save("household", HOME)
    assert ("POST", "/graphql") in routes and ("DELETE", "/api/session") in routes
    before, taken = state_of(world), []
    for (method, path), combination in itertools.product(routes, COMBINATIONS):
        answer = sent(world, li_min, method, path, combination, save)
        if answer.status_code < 400:
            taken.append((method, path, combination, answer.status_code))
        assert "access-control-allow-origin" not in answer.headers
    assert taken == []
    assert state_of(world) == before


def own_pages(world: HttpWorld, phone: Phone) -> Iterator[Response]:
    for site in ("same-origin", None):
        save = phone.save("household", HOME | {"room": f"50{phone.sequence}"})
        yield sent(world, phone, "POST", "/graphql", ("application/json", "http://localhost", site), save)


def test_the_same_words_from_our_own_page_are_taken(world: HttpWorld, li_min: Phone) -> None:
    before = state_of(world)
    for answer in own_pages(world, li_min):
        assert answer.json()["data"]["push"]["receipts"][0]["status"] == "accepted"
    assert state_of(world) != before


def test_without_the_check_of_origins_such_a_request_would_be_taken(
    world: HttpWorld, li_min: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.app.check_origin", lambda *_, **__: None)
    before = state_of(world)
    foreign = ("application/json", "https://elsewhere.example", "cross-site")
    assert sent(world, li_min, "POST", "/graphql", foreign, li_min.save("household", HOME)).status_code == 200
    assert state_of(world) != before


def test_a_cookie_that_comes_without_any_origin_is_no_browsers(world: HttpWorld, li_min: Phone) -> None:
    world.becomes_a_centre(operations=OPERATIONS)
    bare, own = ("application/json", None, None), ("application/json", "http://localhost", None)
    with open_client(world) as world.client:
        refused = sent(world, li_min, "POST", "/graphql", bare, li_min.save("household", HOME))
        assert refused.status_code == 403 and refused.json()["errors"][0]["extensions"]["code"] == "wrong_origin"
        taken = sent(world, li_min, "POST", "/graphql", own, li_min.save("household", HOME))
        # Its origin is right; what is missing is the signature of the device.
        assert taken.json()["errors"][0]["extensions"]["code"] == "signature_missing"


def test_leave_is_never_given_to_another_site(world: HttpWorld) -> None:
    asks = {
        "origin": "https://elsewhere.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    for _, path in changing_routes(world):
        answer = world.client.options(path, headers=asks)
        assert not [name for name in answer.headers if name.startswith("access-control")], path
