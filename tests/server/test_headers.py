"""What every answer carries, how long each file of the app may be kept, and which address gives the app's page."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.server.http_world import HttpWorld, new_world

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
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


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/today", 200),
        ("GET", "/assets/index-a1b2c3d4.js", 200),
        ("GET", "/missing.js", 404),
        ("POST", "/", 405),
        ("GET", "/graphql", 405),
        ("POST", "/graphql", 401),
        ("GET", "/api/health", 200),
        ("GET", "/api/canary", 404),
        ("GET", "/api/demo/people", 200),
        ("DELETE", "/api/session", 200),
    ],
)
def test_every_answer_carries_the_strict_headers(world: HttpWorld, method: str, path: str, status: int) -> None:
    answer = world.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers, "on loopback it would break other programs"
    assert "access-control-allow-origin" not in answer.headers
    if not path.startswith("/assets/"):
        assert answer.headers["cache-control"] in ("no-cache", "no-store")


def test_over_tls_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    world = new_world(tmp_path / "tls", demo=False, origin="https://doorstep.example.org")
    with world.client:
        answer = world.client.get("/api/health")
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")


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


@pytest.mark.parametrize("path", ["/graphql", "/"])
def test_sockets_are_not_spoken(world: HttpWorld, path: str) -> None:
    # There is nothing to subscribe to: phones pull. A socket would need a sign-in and origin checks of its own.
    with pytest.raises(WebSocketDisconnect), world.client.websocket_connect(path):
        pass
