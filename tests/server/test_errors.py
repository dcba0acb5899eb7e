"""One shape for every problem of a request, each code provoked, and no value that was sent in any answer or log."""

import gzip
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from schema.load import load_schema
from schema.model import Problem
from server.errors import Refusal
from sync.store.opening import open_store
from tests.server.http_world import HOME, OPERATIONS, PULL, PUSH, HttpWorld, Phone, new_world, open_client

CANARY = "canary-7f3a"
MEMBERS = {
    "code",
    "field",
    "details",
    "words_zh",
    "words_en",
    "next_step_zh",
    "next_step_en",
    "next_step",
}


def problem_of(answer: Response, status: int) -> dict[str, Any]:
    """The one problem of an answer, after checking its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) <= {"errors", "data"} and body.get("data") is None
    (error,) = body["errors"]
    assert set(error) <= {"message", "extensions", "path"} and {"message", "extensions"} <= set(error)
    problem: dict[str, Any] = error["extensions"]
    assert set(problem) == MEMBERS
    assert error["message"] == problem["words_zh"]
    assert problem["next_step"] == problem["next_step_zh"]
    for words in ("words_zh", "words_en", "next_step_zh", "next_step_en"):
        assert problem[words] and "{" not in problem[words]
    return problem


def raw(world: HttpWorld, phone: Phone, content: bytes, **headers: str) -> Response:
    given = {"authorization": f"Bearer {phone.token}", "content-type": "application/json"}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.client.post("/graphql", content=content, headers=given | names)


def asked(query: str, **variables: Any) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


ME = asked("{ me { person } }")
PADDING = asked("{ me { person } }", padding="x" * 2_100_000)
DEEP = b"[" * 100_000
NESTED = "{ home_visit_list { items { ...a } } } fragment f on home_visit { record }" + "".join(
    f" fragment {name} on home_visit {{ ...{inner} ...{inner} }}" for name, inner in zip("abcde", "bcdef", strict=True)
)

BAD_BODIES: dict[str, tuple[Callable[[HttpWorld, Phone], Response], int, str]] = {
    "cut off": (lambda w, p: raw(w, p, ME[:-3]), 400, "damaged_request"),
    "not json": (lambda w, p: raw(w, p, CANARY.encode()), 400, "damaged_request"),
    "empty": (lambda w, p: raw(w, p, b""), 400, "damaged_request"),
    "not utf-8": (lambda w, p: raw(w, p, b'{"query": "\xff\xfe"}'), 400, "damaged_request"),
    "a list": (lambda w, p: raw(w, p, b"[" + ME + b"]"), 400, "damaged_request"),
    "not a number": (
        lambda w, p: raw(w, p, b'{"query": "{me{person}}", "variables": {"a": NaN}}'),
        400,
        "damaged_request",
    ),
    "a number too long to read": (lambda w, p: raw(w, p, b'{"a": 1' + b"0" * 5000 + b"}"), 400, "damaged_request"),
    "nested without end": (lambda w, p: raw(w, p, DEEP), 400, "damaged_request"),
    "gzip cut off": (lambda w, p: raw(w, p, gzip.compress(ME)[:-9], content_encoding="gzip"), 400, "damaged_request"),
    "gzip in name only": (lambda w, p: raw(w, p, ME, content_encoding="gzip"), 400, "damaged_request"),
    "gzip with more behind": (
        lambda w, p: raw(w, p, gzip.compress(ME) + b"more", content_encoding="gzip"),
        400,
        "damaged_request",
    ),
    "too large": (lambda w, p: raw(w, p, PADDING), 413, "request_too_large"),
    "too large without a length": (lambda w, p: raw_stream(w, p, PADDING), 413, "request_too_large"),
    "too large when inflated": (
        lambda w, p: raw(w, p, gzip.compress(PADDING), content_encoding="gzip"),
        413,
        "request_too_large",
    ),
    "another packing": (lambda w, p: raw(w, p, ME, content_encoding="br"), 415, "unsupported_media"),
    "a form": (
        lambda w, p: raw(w, p, b"query=%7Bme%7D", content_type="application/x-www-form-urlencoded"),
        415,
        "unsupported_media",
    ),
    "plain text": (lambda w, p: raw(w, p, ME, content_type="text/plain"), 415, "unsupported_media"),
    "no query": (lambda w, p: raw(w, p, b'{"variables": {}}'), 400, "query_refused"),
    "a syntax error": (lambda w, p: p.asks("{ me { " + CANARY.replace("-", "") + " "), 400, "query_refused"),
    "an unknown field": (lambda w, p: p.asks("{ me { " + CANARY.replace("-", "") + " } }"), 400, "query_refused"),
    "an unknown kind": (lambda w, p: p.asks('{ canary_7f3a(id: "x") { record } }'), 400, "query_refused"),
    "a wrong literal": (lambda w, p: p.asks('{ review_list(tab: "canary-7f3a") { total } }'), 400, "query_refused"),
    "a wrong variable": (lambda w, p: p.asks(PULL, {"after": [{"scope": CANARY}]}), 400, "query_refused"),
    "an undeclared member": (
        lambda w, p: p.asks(PULL, {"after": [{"scope": "x", "cursor": "0", CANARY: CANARY}]}),
        400,
        "query_refused",
    ),
    "a cursor that is none": (
        lambda w, p: p.asks(PULL, {"after": [{"scope": "person:li_min", "cursor": CANARY}]}),
        400,
        "query_refused",
    ),
    "a save that is no object": (lambda w, p: p.asks(PUSH, {"saves": [CANARY]}), 400, "query_refused"),
    "a save written into the query": (
        lambda w, p: p.asks('mutation { push(saves: [{id: "canary-7f3a"}]) { epoch } }'),
        400,
        "query_refused",
    ),
    "variables that are none": (
        lambda w, p: raw(w, p, b'{"query": "{me{person}}", "variables": 7}'),
        400,
        "query_refused",
    ),
    "a name that is none": (
        lambda w, p: raw(w, p, b'{"query": "{me{person}}", "operationName": 7}'),
        400,
        "query_refused",
    ),
    "an operation that is not there": (
        lambda w, p: raw(w, p, b'{"query": "query a {me{person}}", "operationName": "canary-7f3a"}'),
        400,
        "query_refused",
    ),
    "a subscription": (lambda w, p: p.asks("subscription { poke }"), 400, "query_refused"),
    "too many tokens": (lambda w, p: p.asks("{" + " me { person }" * 700 + "}"), 400, "query_refused"),
    "too many aliases": (
        lambda w, p: p.asks("{" + " ".join(f"a{i}: me {{ person }}" for i in range(21)) + "}"),
        400,
        "query_refused",
    ),
    "fragments that double": (lambda w, p: p.asks(NESTED), 400, "query_refused"),
    "a fragment in itself": (
        lambda w, p: p.asks("{ me { ...a } } fragment a on Me { ...a }"),
        400,
        "query_refused",
    ),
    "a question by GET": (lambda w, p: w.client.get("/graphql?query={me{person}}"), 405, "query_refused"),
    "an unknown address": (lambda w, p: w.client.get(f"/api/{CANARY}"), 404, "not_found"),
    "an unknown person": (
        lambda w, p: w.client.post(
            "/api/session",
            json={
                "person": CANARY,
                "device": {
                    "public_key": "BGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+e"
                    "FivOM1drMV7Oy7ZAaDe/UfU=",
                    "name": CANARY,
                },
            },
        ),
        404,
        "unknown_person",
    ),
    "another site's page": (lambda w, p: raw(w, p, ME, origin=f"https://{CANARY}.example"), 403, "wrong_origin"),
    "another port's page": (lambda w, p: raw(w, p, ME, origin="http://localhost:9999"), 403, "wrong_origin"),
    "a page without an origin": (lambda w, p: raw(w, p, ME, origin="null"), 403, "wrong_origin"),
    "a cross-site request": (lambda w, p: raw(w, p, ME, sec_fetch_site="cross-site"), 403, "wrong_origin"),
    "a neighbour's request": (lambda w, p: raw(w, p, ME, sec_fetch_site="same-site"), 403, "wrong_origin"),
    "another name": (lambda w, p: raw(w, p, ME, host=f"{CANARY}.example"), 403, "wrong_origin"),
    "nobody's session": (
        lambda w, p: raw(w, p, ME, authorization=f"Bearer {CANARY}"),
        401,
        "not_signed_in",
    ),
}


def raw_stream(world: HttpWorld, phone: Phone, content: bytes) -> Response:
    pieces = (content[start : start + 65536] for start in range(0, len(content), 65536))
    headers = {"authorization": f"Bearer {phone.token}", "content-type": "application/json"}
    return world.client.post("/graphql", content=pieces, headers=headers)


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_request_is_answered_by_its_own_code_in_the_one_shape_without_its_values(
    world: HttpWorld, name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    li_min = world.signs_in("li_min")
    caplog.clear()
    send, status, code = BAD_BODIES[name]
    answer = send(world, li_min)
    problem = problem_of(answer, status)
    assert problem["code"] == code
    out, err = capfd.readouterr()
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    for place in (answer.text, str(answer.headers), logged, out, err):
        assert "canary" not in place
    # The next request goes through.
    assert li_min.finds("{ me { person } }")["me"]["person"] == "li_min"


def test_the_demo_s_address_elsewhere_answers_in_the_one_shape(tmp_path: Path) -> None:
    world = new_world(tmp_path, demo=False, origin="http://localhost")
    with world.client:
        assert problem_of(world.client.get("/api/demo/people"), 404)["code"] == "demo_only"


def test_a_query_that_is_refused_says_why_and_where(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    assert problem_of(li_min.asks("{\n  me { nothing }\n}"), 400)["details"] == {
        "reason": "query",
        "line": 2,
        "column": 8,
    }
    assert problem_of(li_min.asks("{ me {"), 400)["details"]["reason"] == "syntax"
    assert problem_of(li_min.asks(PULL, {"after": 7}), 400)["details"]["reason"] == "variables"
    assert problem_of(li_min.asks(NESTED), 400)["details"]["reason"] == "limits"


def test_a_full_request_at_its_bound_is_read(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    body = asked("{ me { person } }", padding="")
    exact = asked("{ me { person } }", padding="x" * (2 * 1024 * 1024 - len(body)))
    assert len(exact) == 2 * 1024 * 1024
    for packed in (False, True):
        answer = raw(
            world, li_min, gzip.compress(exact) if packed else exact, content_encoding="gzip" if packed else "identity"
        )
        assert answer.status_code == 200, answer.text


def sabotaged(world: HttpWorld, *statements: str) -> None:
    """A database that fails with the canary in its own words."""
    store = open_store(world.settings.store_path)
    for statement in statements:
        store.execute(statement)
    store.close()


def test_what_nobody_foresaw_is_told_plainly_and_logged_without_words(
    world: HttpWorld, caplog: pytest.LogCaptureFixture
) -> None:
    li_min = world.signs_in("li_min")
    sabotaged(
        world,
        f"CREATE TRIGGER full BEFORE UPDATE ON session BEGIN SELECT RAISE(ABORT, '{CANARY}'); END",
    )
    world.passes(minutes=6)
    answer = li_min.asks("{ me { person } }")
    assert problem_of(answer, 500)["code"] == "failed"
    assert answer.headers["x-content-type-options"] == "nosniff"
    logged = "\n".join(caplog.handler.format(record) for record in caplog.records if record.name == "doorstep")
    assert "IntegrityError at" in logged and "sessions.py" in logged
    assert "canary" not in answer.text + logged
    sabotaged(world, "DROP TRIGGER full")
    assert li_min.finds("{ me { person } }")["me"]["person"] == "li_min"


def test_a_resolver_that_fails_is_told_plainly_and_logged_without_words(
    world: HttpWorld, caplog: pytest.LogCaptureFixture
) -> None:
    li_min = world.signs_in("li_min")
    # No text at all: SQLite's own message has it in full.
    sabotaged(world, "UPDATE team SET name = CAST(X'ff' || 'canary-7f3a' AS TEXT)")
    answer = li_min.asks("{ me { person } }")
    assert problem_of(answer, 500)["code"] == "failed"
    logged = "\n".join(caplog.handler.format(record) for record in caplog.records)
    assert "OperationalError at" in logged and "me.py" in logged
    assert "canary" not in answer.text + logged


def test_a_refusal_carries_its_code_and_nothing_else() -> None:
    assert str(Refusal(Problem("damaged_request", "name", {"given": CANARY}))) == "damaged_request"


def test_our_own_pages_come_through_also_by_way_of_a_development_server(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    assert raw(world, li_min, ME, origin="http://localhost").status_code == 200
    assert raw(world, li_min, ME, origin="http://localhost", sec_fetch_site="same-origin").status_code == 200
    assert raw(world, li_min, ME, origin="http://localhost:5173", sec_fetch_site="same-origin").status_code == 200


def test_outside_the_demo_only_its_own_origin_comes_through(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    world.becomes_a_centre(origin="https://doorstep.example.org", operations=OPERATIONS)
    with open_client(world) as world.client:
        own = {"host": "doorstep.example.org"}
        assert raw(world, li_min, ME, origin="https://doorstep.example.org", **own).status_code == 200
        assert raw(world, li_min, ME, **own).status_code == 200
        for wrong in (
            {"cookie": "doorstep=1", **own},
            {"origin": "http://doorstep.example.org", **own},
            {"origin": "http://localhost", "sec_fetch_site": "same-origin", **own},
            {"host": "localhost"},
        ):
            assert problem_of(raw(world, li_min, ME, **wrong), 403)["code"] == "wrong_origin"


def test_a_store_that_another_program_holds_is_busy_and_says_when_to_come_again(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.limits.BUSY_MILLISECONDS_MAX", 50)
    with open_client(world) as world.client:
        li_min = world.signs_in("li_min")
        save = li_min.save("household", HOME)
        holding = open_store(world.settings.store_path)
        holding.execute("BEGIN IMMEDIATE")
        refused = li_min.asks(PUSH, {"saves": [save]})
        assert problem_of(refused, 503)["code"] == "busy"
        assert refused.headers["retry-after"] == "5"
        holding.execute("ROLLBACK")
        holding.close()
        assert li_min.pushes(save)[0]["status"] == "accepted"


def test_every_request_problem_says_its_status_and_both_languages() -> None:
    for code, words in load_schema().problems.items():
        if words.on == "request":
            assert words.http is not None and 400 <= words.http <= 599, code
        # Whoever is told that waiting helps is told how long.
        is_passing = words.http in (429, 503, 507)
        assert (words.retry_after_seconds is not None) == is_passing, code
        for text in (words.words.zh, words.words.en, words.next_step.zh, words.next_step.en):
            assert text.strip(), code
