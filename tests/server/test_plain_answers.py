"""What is read off an object at once is what the library answers; what goes wrong is told as it tells it."""

from __future__ import annotations

import enum
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, execute_sync, parse
from graphql.execution import Executor
from strawberry.schema.config import StrawberryConfig

from server.graphql.plain import PlainExecutor


@strawberry.enum
class Colour(enum.Enum):
    red = "red"


@strawberry.type
class Why:
    code: str


@strawberry.type
class Thing:
    id: strawberry.ID
    number: int | None
    colour: Colour
    why: Why | None = None

    @strawberry.field
    def doubled(self) -> int:
        return 2 * (self.number or 0)


WHOLE = Thing(id=strawberry.ID("a"), number=1, colour=Colour.red)
EMPTY = Thing(id=strawberry.ID("b"), number=None, colour=Colour.red, why=Why(code="late"))
NOTHING: Any = None
MANY: Any = "many"
BLUE: Any = "blue"
WRONG = Thing(id=strawberry.ID("c"), number=MANY, colour=BLUE)
LACKING = Thing(id=NOTHING, number=2, colour=Colour.red)


def things() -> list[Thing | None]:
    return [WHOLE, EMPTY, None, WRONG, LACKING]


@strawberry.type
class Query:
    things: list[Thing | None] = strawberry.field(resolver=things)


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(auto_camel_case=False))
ASKED = {
    "what is plain": "{ things { number } }",
    "what must be there and is not": "{ things { id number } }",
    "what has the wrong type": "{ things { number colour } }",
    "another name": "{ things { count: number number shade: colour } }",
    "an object, where there is one": "{ things { number why { code } } }",
    "a field that is worked out": "{ things { number doubled } }",
    "the name of its type": "{ things { __typename number } }",
    "a part with a name": "query { things { ...part } } fragment part on Thing { number why { ...because } }"
    " fragment because on Why { code }",
    "the same several times": "{ things { number } things { id } }",
    "what is left out": "query ($no: Boolean! = false) { things { number id @include(if: $no) } }",
}


def answered(text: str, executor: type[Executor[None]]) -> tuple[object, list[object]]:
    result = execute_sync(SCHEMA._schema, parse(text), executor_class=executor)
    assert isinstance(result, ExecutionResult)
    return result.data, [error.formatted for error in result.errors or []]


@pytest.mark.parametrize("text", ASKED.values(), ids=ASKED)
def test_the_answer_is_the_one_of_the_library(text: str) -> None:
    plain, theirs = answered(text, PlainExecutor), answered(text, Executor)
    assert plain == theirs
    assert theirs[0] is not None


def test_plain_objects_are_read_at_once() -> None:
    found = []

    class Watched(PlainExecutor):
        def execute_fields(self, parent_type: Any, *rest: Any) -> Any:
            found.append(parent_type.name)
            return super().execute_fields(parent_type, *rest)

    assert answered("{ things { number } }", Watched)[0] is not None
    assert found == ["Query", "Thing"], "only the one with a wrong number is left to the library"
