"""The whole surface asked from a seed: each question of the app, each one the schema knows, each address that takes a
body; with values that are mostly of the right form and now and then odd, by one role after another.

Not here: forged saves and bytes (fuzz.py), hostile texts (test_registered_operations.py).
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLInputType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    get_operation_ast,
    is_enum_type,
    is_input_object_type,
    is_input_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
    parse,
    type_from_ast,
)
from httpx2 import Response

from server.graphql.root import graphql_schema
from tests.server import fuzz
from tests.server.http_world import HOME, Phone, routes_of
from tests.server.small_world import ASKER, KINDS, SmallWorld
from tests.server.test_canaries import Ear
from tests.server.test_matrix import ROLES
from tests.server.test_registered_operations import REGISTERED

SECONDS_MAX = 2.0
ODD_SHARE = 0.06
QUESTIONS_A_ROLE = 25
ADDRESS_SHARE = 0.15
DEPTH = 2
# What answers are made of when they are right: verdicts, tabs, orders, languages, days, cursors, formats, roles.
WORDS = (
    *(
        "approve",
        "return",
        "reject",
        "undo",
        "release",
        "keep",
        "withdraw",
        "same",
        "different",
        "now",
        "deliver_first",
    ),
    *(
        "zh",
        "en",
        "2026-11-19",
        "2026-11-20T02:00:00Z",
        "0",
        "12",
        "csv",
        "xlsx",
        "volunteer",
        "supervisor",
        "director",
    ),
    *("changed", "read", "refused", "heping_1", "guanhu_1", "team:heping_1:supervisor", "person:li_min", "王", *KINDS),
)
# Our own fault, whatever was asked.
FAULTS = ("failed",)


@dataclass
class Scanned:
    """What became of the questions. `failed`, `slow` and `leaked` name seeds, with what was answered."""

    codes: Counter[str] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)
    answered: int = 0
    failed: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)


class Scan:
    """One world, and what is known of it that a question could name."""

    def __init__(self, small: SmallWorld, marks: set[str]) -> None:
        """
        marks  words that nobody who asks may ever be told
        """
        self.small, self.marks = small, [mark.encode() for mark in marks]
        self.graphql: GraphQLSchema = graphql_schema(small.schema, True)._schema
        self.texts = [text for text in REGISTERED if not text.startswith("subscription")] + documents(self.graphql)
        self.paths = sorted(
            {route.path for route in routes_of(small.world.client.app) if (route.methods or set()) - {"GET", "HEAD"}}
            - {"/graphql"}
        )
        store = small.world.opened()
        people = [row[0] for row in store.rows("SELECT person FROM person") if row[0] != ASKER]
        devices = [row[0] for row in store.rows("SELECT device FROM device WHERE person <> ?", (ASKER,))]
        store.close()
        self.names = [*(one.record for one in small.placed), small.held, small.world.new_id(), *people, *devices]

    def run(self, seed: str, count: int) -> Scanned:
        """Ask so many questions and note what became of each."""
        seen = Scanned()
        for number in range(count):
            phone = self.small.asks_as(ROLES[number // QUESTIONS_A_ROLE % len(ROLES)])
            ear, began = Ear(phone, self.small), time.perf_counter()
            answer = self._asks(ear, f"{seed} {number}", seen)
            if time.perf_counter() - began > SECONDS_MAX:
                seen.slow.append(f"{seed} {number}")
            self._judge(f"{seed} {number}", answer, ear.bytes, seen)
            if answer.status_code == 401:
                # What was asked may have ended the session, which is as it should be.
                self.small.phone = None
        return seen

    def _asks(self, ear: Ear, seed: str, seen: Scanned) -> Response:
        rng, phone = random.Random(seed), ear.phone  # noqa: S311
        assert phone is not None
        if rng.random() < ADDRESS_SHARE:
            path = rng.choice(self.paths)
            seen.asked.add(path)
            filled = "/".join(rng.choice(self.names) if part.startswith("{") else part for part in path.split("/"))
            return self._posts(ear, filled, self._body(rng))
        text = rng.choice(self.texts)
        seen.asked.add(text)
        return self._posts(ear, "/graphql", {"query": text, "variables": self._variables(rng, phone, text)})

    def _posts(self, ear: Ear, path: str, asked: Any) -> Response:
        assert ear.phone is not None
        # As a browser would write it: half an emoji is escaped.
        headers = {"authorization": f"Bearer {ear.phone.token}", "content-type": "application/json"}
        answer: Response = ear.hears(ear.phone.world.client.post(path, content=json.dumps(asked), headers=headers))
        return answer

    def _body(self, rng: random.Random) -> Any:
        names = (
            "device",
            "person",
            "code",
            "token",
            "enrolment",
            "credential",
            "pin_proof",
            "path",
            "hash",
            "record",
            "after",
        )
        return (
            {name: self._scalar(rng, "String", None) for name in rng.sample(names, rng.randrange(5))}
            if rng.random() < 0.8
            else fuzz.odd(rng)
        )

    def _variables(self, rng: random.Random, phone: Phone, text: str) -> dict[str, Any]:
        found = get_operation_ast(parse(text))
        assert isinstance(found, OperationDefinitionNode)
        types = {
            one.variable.name.value: type_from_ast(self.graphql, one.type) for one in found.variable_definitions or ()
        }
        return {
            name: self._drawn(rng, of, phone)
            for name, of in types.items()
            if is_input_type(of) and (is_non_null_type(of) or rng.random() < 0.7)
        }

    def _drawn(self, rng: random.Random, of: GraphQLInputType, phone: Phone) -> Any:
        if rng.random() < ODD_SHARE:
            return fuzz.odd(rng)
        plain = get_nullable_type(of)
        if plain is of and rng.random() < 0.2:
            return None
        if is_list_type(plain):
            return [self._drawn(rng, plain.of_type, phone) for _ in range(rng.choice((0, 1, 1, 2, 3, 40)))]
        if is_input_object_type(plain):
            return {
                name: self._drawn(rng, one.type, phone)
                for name, one in plain.fields.items()
                if is_non_null_type(one.type) or rng.random() < 0.3
            }
        if is_enum_type(plain):
            return rng.choice(list(plain.values))
        return self._scalar(rng, plain.name, phone)

    def _scalar(self, rng: random.Random, name: str, phone: Phone | None) -> Any:
        if name == "Int":
            return rng.choice((0, 1, 2, 7, 100, 2**31 - 1))
        if name == "Boolean":
            return rng.random() < 0.5
        if name == "SaveInput" and phone is not None:
            save = phone.save(
                rng.choice(KINDS), HOME | {"household": rng.choice(self.names)}, record=rng.choice(self.names)
            )
            return fuzz.bent(rng, save) if rng.random() < 0.5 else save
        if name == "JSON":
            return {rng.choice(WORDS): rng.choice(WORDS)}
        return rng.choice(self.names) if rng.random() < 0.6 else rng.choice(WORDS)

    def _judge(self, seed: str, answer: Response, heard: bytes, seen: Scanned) -> None:
        if answer.status_code >= 500 or b"Traceback" in heard:
            seen.failed.append(f"{seed}: {answer.status_code} {answer.text[:200]}")
        if any(mark in heard for mark in self.marks):
            seen.leaked.append(seed)
        if not answer.content:
            return
        told = answer.json()
        errors = told.get("errors", []) if isinstance(told, dict) else []
        seen.answered += not errors
        for error in errors:
            code = error["extensions"]["code"]
            seen.codes[code] += 1
            if code in FAULTS or code not in self.small.schema.problems:
                seen.failed.append(f"{seed}: {code} {error}")


def documents(graphql: GraphQLSchema) -> list[str]:
    """A text for each question and each command there is, with all that can be given and what can be answered."""
    made = []
    for verb, root in (("query", graphql.query_type), ("mutation", graphql.mutation_type)):
        assert root is not None
        for name, asked in root.fields.items():
            head = ", ".join(f"${argument}: {one.type}" for argument, one in asked.args.items())
            given = ", ".join(f"{argument}: ${argument}" for argument in asked.args)
            chosen = _selection(asked.type, DEPTH)
            made.append(
                f"{verb} scan{f'({head})' if head else ''} {{ {name}{f'({given})' if given else ''} {chosen} }}"
            )
    return made


def _selection(of: GraphQLOutputType, depth: int) -> str:
    named = get_named_type(of)
    if not is_object_type(named):
        return ""
    chosen = [
        f"{name} {_selection(one.type, depth - 1)}"
        for name, one in named.fields.items()
        if not any(is_required_argument(argument) for argument in one.args.values())
        and (is_leaf_type(get_named_type(one.type)) or depth > 0)
    ]
    return "{ " + " ".join(chosen) + " }"
