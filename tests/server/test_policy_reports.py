"""What browsers report about breaches of the policy: counted by directive, nothing of it kept or told."""

import json
from pathlib import Path

import pytest

from tests.server.http_world import HttpWorld, new_world

CANARY = "canary-7f3a"
OLD = {"csp-report": {"effective-directive": "img-src", "blocked-uri": f"https://{CANARY}", "script-sample": CANARY}}
NEW = [
    {"type": "csp-violation", "body": {"effectiveDirective": "require-trusted-types-for", "sample": CANARY}},
    {"type": "csp-violation", "body": {"effectiveDirective": CANARY}},
]


def reports(world: HttpWorld, body: object, media_type: str, **headers: str) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"content-type": media_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return world.client.post("/api/policy-reports", content=content, headers=sent).status_code


def counted(world: HttpWorld) -> dict[str, str]:
    lines = world.client.get("/metrics").text.splitlines()
    found = [line.split(" ") for line in lines if line.startswith("doorstep_policy_breaches_total{")]
    return {name.partition('directive="')[2].rstrip('"}'): count for name, count in found}


def test_both_forms_of_a_report_are_counted_by_directive_alone(
    world: HttpWorld, caplog: pytest.LogCaptureFixture
) -> None:
    assert reports(world, OLD, "application/csp-report") == 204
    assert reports(world, NEW, "application/reports+json") == 204
    assert counted(world) == {"img-src": "1.0", "require-trusted-types-for": "1.0", "other": "1.0"}
    assert CANARY not in caplog.text and CANARY not in world.client.get("/metrics").text


@pytest.mark.parametrize(
    ("body", "media_type", "headers", "status"),
    [
        (OLD, "application/json", {}, 415),
        (b"{", "application/csp-report", {}, 400),
        (b"[" * 16_000, "application/reports+json", {}, 400),
        (b"x" * 16_385, "application/csp-report", {}, 413),
        (OLD, "application/csp-report", {"origin": "https://elsewhere.example"}, 403),
    ],
)
def test_what_is_no_report_is_refused_and_counted_nowhere(
    world: HttpWorld, body: object, media_type: str, headers: dict[str, str], status: int
) -> None:
    assert reports(world, body, media_type, **headers) == status
    assert counted(world) == {}


def test_of_one_request_no_more_than_a_minutes_reports_are_counted(world: HttpWorld) -> None:
    assert reports(world, [OLD] * 50, "application/reports+json") == 204
    assert counted(world) == {"img-src": "20.0"}


def test_what_is_no_object_is_counted_as_other(world: HttpWorld) -> None:
    assert reports(world, [7, "x", {"body": 7}], "application/reports+json") == 204
    assert counted(world) == {"other": "3.0"}


def test_a_real_centre_takes_reports_from_its_own_pages_only(tmp_path: Path) -> None:
    world = new_world(tmp_path, demo=False, origin="http://localhost")
    with world.client:
        assert reports(world, OLD, "application/csp-report", origin="http://localhost") == 204
        assert reports(world, OLD, "application/csp-report", origin="http://localhost:81") == 403
