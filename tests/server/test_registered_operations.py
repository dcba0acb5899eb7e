"""Outside the demo a centre answers the questions of its app and those its operator registered, and refuses every other
text before reading it; whatever is read is bounded, so that no text costs more than a moment.

Not here: the one shape of refusals (test_errors.py).
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import NoSchemaIntrospectionCustomRule, parse, specified_rules, validate
from starlette.websockets import WebSocketDisconnect

from schema.load import load_schema
from server.app import create_app
from server.graphql.registered import LIST, answers_for
from server.graphql.root import graphql_schema
from server.settings import SettingError, Settings
from tests.server.http_world import OPERATIONS, HttpWorld, Phone, open_client
from tools import operations

REGISTERED: list[str] = [text for part in json.loads(LIST.read_text("utf-8")).values() for text in part.values()]
ME = "{ me { person } }"
# A moment of one core; generous, because another test may have the processor. The figures stand in docs/security.md.
SECONDS_MAX = 1.0


def nested(depth: int) -> str:
    """A question about a question about a question."""
    return "{ __schema { types { " + "fields { type { " * depth + "name" + " } }" * depth + " } } }"


FRAGMENTS = "query { me { ...a0 } } " + " ".join(
    f"fragment a{i} on Me {{ ...a{i + 1} ...a{i + 1} }}" for i in range(15)
)
HOSTILE: dict[str, str | list[object]] = {
    "introspection of the schema": "{ __schema { queryType { name } } }",
    "introspection of one type": '{ __type(name: "home_visit") { fields { name } } }',
    "introspection beside a question": "{ me { person } __schema { types { name } } }",
    "introspection in a fragment": "{ ...f } fragment f on Query { __schema { types { name } } }",
    "introspection under an alias": "{ a: __schema { types { name } } }",
    "deep introspection": nested(7),
    "too deep": nested(200),
    "braces without end": "{" * 1900,
    "braces beyond the tokens": "{" * 100_000,
    "brackets in a value": "{ me(a: " + "[" * 900 + "]" * 900 + ") { person } }",
    "objects in a value": "{ me(a: " + "{a:" * 600 + "1" + "}" * 600 + ") { person } }",
    "aliases": "{" + " ".join(f"a{i}: me {{ person }}" for i in range(300)) + "}",
    "aliases below": "{ me {" + " ".join(f"a{i}: person" for i in range(600)) + "} }",
    "aliases in inline fragments": "{" + "".join(f" ... {{ a{i}: me {{ person }} }}" for i in range(100)) + "}",
    "the same field again": "{ me {" + " person" * 1900 + " } }",
    "the same question again": "{" + " me { person }" * 450 + " }",
    "inline fragments": "{ me {" + " ... on Me { person }" * 300 + " } }",
    "fragments that double": FRAGMENTS + " fragment a15 on Me { person }",
    "a fragment in itself": "{ me { ...a } } fragment a on Me { ...a }",
    "two fragments in each other": "{ me { ...a } } fragment a on Me { ...b } fragment b on Me { ...a }",
    "an unused fragment": "{ me { person } } fragment a on Me { person }",
    "a fragment that is not there": "{ me { ...nothing } }",
    "a fragment of another type": "{ me { ...a } } fragment a on Team { id }",
    "directives": "{ me { person " + "@include(if: true) " * 300 + "} }",
    "unknown directives": "{ me { person " + "@a " * 900 + "} }",
    "directives with arguments": "{ me { person " + "@skip(if: false) " * 50 + "} }",
    "a deferred part": "{ ... @defer { me { person } } }",
    "a batch": [{"query": ME}] * 50,
    "a batch of nothing": [],
    "a misspelt field": "{ me { persom } }",
    "a misspelt question": "{ mee { person } }",
    "a misspelt argument": '{ home_visit(idd: "x") { record } }',
    "a misspelt type": "query q($a: Strin) { me { person } }",
    "variables without end": "query q(" + " ".join(f"$a{i}: Int" for i in range(400)) + ") { me { person } }",
    "a huge string": '{ home_visit(id: "' + "x" * 500_000 + '") { record } }',
    "a huge block string": '{ home_visit(id: """' + "x" * 500_000 + '""") { record } }',
    "a huge number": "{ household_list(first: 1" + "0" * 4000 + ") { total } }",
    "a huge name": "{ " + "a" * 500_000 + " }",
    "comments": "#" * 500_000 + "\n{ __schema { types { name } } }",
    "many operations": " ".join(f"query q{i} {{ me {{ person }} }}" for i in range(300)),
    "two without a name": "{ me { person } } { me { person } }",
    "a subscription by post": "subscription { poke }",
    "a type definition": "type A { a: Int } query q { me { person } }",
    "a command hidden among questions": 'mutation { settle_duplicate(id: "a", record: "b", other: "c") { id } }',
    "nothing": "",
    "what is no text": "\u0000\u0001",
}


@pytest.fixture
def real(world: HttpWorld) -> Iterator[HttpWorld]:
    """The same centre behind a server that is no demo; `world.signs_in` must come before."""
    world.signs_in("li_min")
    world.becomes_a_centre()
    with open_client(world) as world.client:
        yield world


@pytest.fixture
def li_min(world: HttpWorld) -> Phone:
    return world.signs_in("li_min")


def told(phone: Phone, document: str | list[object]) -> tuple[int, str, str]:
    """Status, code and reason of the answer to a hostile document."""
    body = document if isinstance(document, list) else {"query": document, "variables": {}}
    answer = phone.asks_named(json.dumps(body))
    errors = answer.json().get("errors")
    assert errors, answer.text
    problem = errors[0]["extensions"]
    # No word of what could have been asked instead.
    assert "Did you mean" not in answer.text and "home_visit" not in answer.text
    return answer.status_code, problem["code"], str((problem["details"] or {}).get("reason"))


def answers_to(phone: Phone, names: list[str]) -> Iterator[tuple[str, int, str, str]]:
    """Name, status, code and reason for each of these documents, each of which took no more than a moment."""
    for name in names:
        began = time.process_time()
        found = told(phone, HOSTILE[name])
        assert time.process_time() - began < SECONDS_MAX, name
        yield (name, *found)


def test_a_real_centre_refuses_every_hostile_document_unread(li_min: Phone, real: HttpWorld) -> None:
    # A batch is no object; the one registered text among them is no question.
    reasons = {"a batch": "None", "a batch of nothing": "None", "a subscription by post": "operation"}
    for name, status, code, reason in answers_to(li_min, list(HOSTILE)):
        assert (status, code) == (400, "damaged_request" if "batch" in name else "query_refused"), name
        assert reason == reasons.get(name, "unregistered"), name


def test_the_demo_which_reads_them_refuses_them_within_bounds(li_min: Phone) -> None:
    # Here the list of registered texts is switched off: each is refused for what it is.
    names = [name for name in HOSTILE if "introspection" not in name]
    for name, status, code, reason in answers_to(li_min, names):
        assert status == 400 and code in ("query_refused", "damaged_request") and reason != "unregistered", name


def test_only_what_is_registered_is_answered_byte_for_byte(li_min: Phone, real: HttpWorld) -> None:
    who = next(text for text in REGISTERED if text.startswith("query who"))
    assert li_min.finds(who)["me"]["person"] == "li_min"
    for other in (who + " ", who.replace("name", "name name", 1), ME):
        assert told(li_min, other) == (400, "query_refused", "unregistered")


def test_a_question_with_a_name_is_answered_too(li_min: Phone, real: HttpWorld) -> None:
    answer = li_min.asks_named(json.dumps({"documentId": "news.1", "variables": {"at": "nothing"}}))
    # It is known by its name; what is missing is the signature of the device.
    assert answer.json()["errors"][0]["extensions"]["code"] == "signature_missing"
    unknown = li_min.asks_named(json.dumps({"documentId": "news.0", "variables": {"at": "nothing"}}))
    assert unknown.json()["errors"][0]["extensions"]["code"] == "query_refused"
    refused = li_min.asks_named(json.dumps({"documentId": ME}))
    assert refused.json()["errors"][0]["extensions"]["code"] == "query_refused"


def test_an_operator_registers_what_the_centres_own_programs_ask(li_min: Phone, real: HttpWorld) -> None:
    real.settings = replace(real.settings, operations=OPERATIONS)
    with open_client(real) as real.client:
        assert li_min.finds(ME)["me"]["person"] == "li_min"


@pytest.mark.parametrize("content", ["{", '{"a": 1}', '["{ me { person } }", 7]', None])
def test_a_list_that_cannot_be_read_stops_the_start(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "operations.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingError, match="DOORSTEP_OPERATIONS"):
        create_app(Settings(data=tmp_path, origin="https://doorstep.example.org", operations=path))


@pytest.mark.parametrize("text", ["subscription { poke } ", "subscription a { poke }", ME])
def test_a_socket_answers_registered_texts_only(li_min: Phone, real: HttpWorld, text: str) -> None:
    def closed_by(asked: str) -> int | None:
        with real.client.websocket_connect(
            "ws://localhost/graphql",
            subprotocols=["graphql-transport-ws"],
            headers={"authorization": f"Bearer {li_min.token}"},
        ) as socket:
            socket.send_json({"type": "connection_init"})
            assert socket.receive_json() == {"type": "connection_ack"}
            socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": asked}})
            try:
                assert socket.receive_json()["type"] == "next"
            except WebSocketDisconnect as ended:
                return ended.code
            return None

    assert closed_by("subscription { poke }") is None
    assert closed_by(text) == 4400


def test_a_socket_that_leaves_out_the_greeting_is_closed(li_min: Phone, real: HttpWorld) -> None:
    with real.client.websocket_connect(
        "ws://localhost/graphql",
        subprotocols=["graphql-transport-ws"],
        headers={"authorization": f"Bearer {li_min.token}"},
    ) as socket:
        socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": "subscription { poke }"}})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4401


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_a_question_is_posted_or_not_asked(li_min: Phone, real: HttpWorld, method: str) -> None:
    asked = {"query": REGISTERED[0]}
    headers = {"authorization": f"Bearer {li_min.token}"}
    assert real.client.request(method, "/graphql", params=asked, headers=headers).status_code == 405


def test_no_page_to_try_questions_is_served(li_min: Phone, real: HttpWorld) -> None:
    answer = real.client.get("/graphql", headers={"accept": "text/html"})
    assert answer.status_code == 405 and "<html" not in answer.text


def test_whatever_the_app_asks_is_a_question_of_this_centre() -> None:
    graphql = graphql_schema(load_schema(), False)
    rules = (*specified_rules, *graphql.rules)
    assert len(REGISTERED) >= 15 and NoSchemaIntrospectionCustomRule in rules
    for text in REGISTERED:
        assert validate(graphql._schema, parse(text), rules) == [], text


def test_the_demo_answers_any_text_and_a_centre_does_not(tmp_path: Path) -> None:
    assert answers_for(Settings(demo=True))("anything")
    assert not answers_for(Settings(data=tmp_path))("anything")


SOURCES = {
    "graphql.ts": "export const fields = 'code field';",
    "desk/questions.ts": (
        "import { fields as all } from '../graphql';\nconst item = `record ${all}`;\n"
        "const list = `query list {\n  list { ${item} } }`;\nconst one = 'query one { one { id } }';"
    ),
}


def test_an_operation_is_collected_as_the_text_that_is_sent() -> None:
    assert operations.operations_of(SOURCES) == [
        "query list {\n  list { record code field } }",
        "query one { one { id } }",
    ]


@pytest.mark.parametrize(
    "text",
    ["const q = `query q { ${made()} }`;", "const q = `query q { ${other} }`;", "const q = `query q { \\n a }`;"],
)
def test_an_operation_that_is_made_while_the_app_runs_is_refused(text: str) -> None:
    with pytest.raises(operations.NotConstant):
        operations.operations_of({"a.ts": text})


def test_what_an_app_of_before_asks_stays_answered_once_it_was_kept() -> None:
    first = operations.listed(["query a { a }"], {}, keeps=False)
    assert operations.listed(["query b { b }"], first, keeps=False)["earlier"] == {}
    kept = operations.listed(["query b { b }"], first, keeps=True)
    assert list(kept["earlier"].values()) == ["query a { a }"] and list(kept["app"].values()) == ["query b { b }"]
    assert operations.listed(["query c { c }"], kept, keeps=False)["earlier"] == kept["earlier"]
