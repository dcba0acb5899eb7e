"""What every answer carries, how long each file of the app may be kept, and which address gives the app's page."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient, WebSocketDenialResponse

from server import headers
from server.app import create_app
from server.operations.stopping import Stopping
from server.requests import REQUEST_BYTES_MAX
from tests.server.http_world import HttpWorld, new_world, open_client, routes_of

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-src 'none'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types app svelte-trusted-html; "
    "report-uri /api/policy-reports; report-to policy"
)
FULL_SET = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self), geolocation=(), usb=(), payment=()",
    "referrer-policy": "no-referrer",
    "reporting-endpoints": 'policy="/api/policy-reports"',
    "x-content-type-options": "nosniff",
}
SOCKET = "ws://localhost/graphql"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
STATUSES = {200, 204, 304, 400, 401, 403, 404, 405, 413, 415, 500, 503}
PAGE = "<!doctype html><title>Doorstep</title>"


@pytest.fixture(autouse=True)
def app_folder(tmp_path: Path) -> Path:
    app = tmp_path / "app"
    (app / "assets").mkdir(parents=True)
    (app / "index.html").write_text(PAGE)
    (app / "service_worker.js").write_text("self.addEventListener('fetch', () => {})")
    (app / "manifest.webmanifest").write_text("{}")
    (app / "assets" / "index-a1b2c3d4.js").write_text("export const words = '" + "上门" * 2000 + "'")
    (tmp_path / "secret.txt").write_text("canary")
    return app


def wrong_headers(answer: Response) -> set[str]:
    """Which of the full set an answer lacks or has otherwise."""
    wrong = {name for name, value in FULL_SET.items() if answer.headers.get(name) != value}
    wrong |= {name for name in ("access-control-allow-origin", "server") if name in answer.headers}
    if "cache-control" not in answer.headers or "unsafe-inline" in answer.headers.get("content-security-policy", ""):
        wrong.add("cache-control")
    return wrong


def answers_of_every_route(world: HttpWorld) -> Iterator[tuple[str, Response]]:
    """Every address with every method, as somebody who is not signed in and as somebody who is."""
    li_min = world.signs_in("li_min")
    paths = sorted({re.sub(r"\{\w+(:path)?\}", "x", route.path) for route in routes_of(world.client.app)})
    for path in [*paths, "/", "/today", "/missing.js", "/assets/index-a1b2c3d4.js", "/%00"]:
        for method in METHODS:
            for sent in ({}, {"authorization": f"Bearer {li_min.token}"}):
                yield f"{method} {path}", world.client.request(method, path, headers=sent)


def answers_of_every_status(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Response]]:
    """What no plain question provokes."""
    li_min = world.signs_in("li_min")
    page = world.client.get("/today")
    yield "304", world.client.get("/today", headers={"if-none-match": page.headers["etag"]})
    yield "400", li_min.asks_named("{")
    yield "a part", world.client.get("/today", headers={"range": "bytes=0-3"})
    yield "403", world.client.post("/graphql", headers={"origin": "https://elsewhere.example"})
    yield "413", li_min.asks_named("x" * (REQUEST_BYTES_MAX + 1))
    yield "503", TestClient(create_app(replace(world.settings, free_megabytes_min=2**40))).get("/api/ready")
    report = {"csp-report": {"effective-directive": "img-src"}}
    told = {"content-type": "application/csp-report"}
    yield "204", world.client.post("/api/policy-reports", content=json.dumps(report), headers=told)
    stopping = Stopping()
    stopping.begin()
    yield "503", TestClient(create_app(world.settings, stopping=stopping), base_url="http://localhost").get("/")

    def fails(*_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("server.app.operation_of", fails)
    yield "500", li_min.asks("{ me { person } }")


def test_every_route_answers_with_the_full_set_whatever_the_status(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, wrong = set(), {}
    for asked, answer in [*answers_of_every_route(world), *answers_of_every_status(world, monkeypatch)]:
        seen.add(answer.status_code)
        assert answer.status_code >= 400 or not asked.startswith("TRACE"), asked
        if found := wrong_headers(answer):
            wrong[asked, answer.status_code] = found
    assert wrong == {}
    assert seen >= STATUSES, sorted(STATUSES - seen)


@pytest.mark.parametrize("name", FULL_SET)
def test_the_check_of_the_full_set_sees_each_header_that_is_gone(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delitem(headers.EVERY_ANSWER, name)
    with open_client(world) as client:
        assert wrong_headers(client.get("/today")) == {name}


def test_an_answer_that_is_data_carries_what_says_something_about_data(world: HttpWorld) -> None:
    answer = world.signs_in("li_min").asks("{ me { person } }")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 401), ({"origin": "https://elsewhere.example"}, 403), ({"authorization": "Bearer nobodys"}, 401)],
)
def test_a_socket_that_is_refused_gets_the_full_set(world: HttpWorld, sent: dict[str, str], status: int) -> None:
    with pytest.raises(WebSocketDenialResponse) as refused, world.client.websocket_connect(SOCKET, headers=sent):
        pass
    assert refused.value.status_code == status and wrong_headers(refused.value) == set()


def test_over_tls_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    world = new_world(tmp_path / "tls", demo=False, origin="https://doorstep.example.org")
    with world.client:
        answer = world.client.get("/api/health", headers={"host": "doorstep.example.org"})
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")


def test_on_loopback_no_browser_is_told_to_ask_over_tls(world: HttpWorld) -> None:
    # It would break every other program under the same name.
    assert "strict-transport-security" not in world.client.get("/today").headers


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "no-cache"),
        ("/index.html", "no-cache"),
        ("/homes/0190-abc", "no-cache"),
        ("/service_worker.js", "no-cache"),
        ("/manifest.webmanifest", "no-cache"),
        ("/assets/index-a1b2c3d4.js", "public, max-age=31536000, immutable"),
        ("/api/health", "no-store"),
    ],
)
def test_how_long_each_file_may_be_kept(world: HttpWorld, path: str, kept: str) -> None:
    assert world.client.get(path).headers["cache-control"] == kept


def test_an_unchanged_page_is_not_sent_again(world: HttpWorld) -> None:
    first = world.client.get("/today")
    again = world.client.get("/today", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"
    assert again.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_a_new_build_is_served_without_a_restart(world: HttpWorld, app_folder: Path) -> None:
    assert world.client.get("/").text == PAGE
    (app_folder / "index.html").write_text(PAGE + "<p>new</p>")
    assert world.client.get("/").text == PAGE + "<p>new</p>"


def test_any_screen_gives_the_page_and_a_missing_file_does_not(world: HttpWorld) -> None:
    assert world.client.get("/homes/0190-abc").text == PAGE
    missing = world.client.get("/assets/index-older.js")
    assert missing.status_code == 404 and missing.json()["errors"][0]["extensions"]["code"] == "not_found"
    assert world.client.get("/api/nothing/here").status_code == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//secret.txt"]
)
def test_nothing_outside_the_app_is_served(world: HttpWorld, path: str) -> None:
    assert "canary" not in world.client.get(path).text


def test_text_is_compressed_and_parts_are_not_offered(world: HttpWorld) -> None:
    whole = world.client.get("/assets/index-a1b2c3d4.js", headers={"range": "bytes=0-10,5-20"})
    assert whole.status_code == 200 and len(whole.content) > 1000
    assert whole.headers["content-encoding"] == "gzip"
    plain = world.client.get("/assets/index-a1b2c3d4.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_before_the_first_build_the_page_says_what_to_do(tmp_path: Path) -> None:
    world = new_world(tmp_path / "unbuilt")
    with world.client:
        answer = world.client.get("/today")
    assert answer.status_code == 503 and "make demo" in answer.text


def test_sockets_are_spoken_at_one_address_only(world: HttpWorld) -> None:
    with pytest.raises(WebSocketDenialResponse), world.client.websocket_connect("/"):
        pass
