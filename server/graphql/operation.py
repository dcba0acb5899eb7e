"""One GraphQL operation from text to answer: bounded before it is run, its errors told in the one shape. What can be
asked stands in queries.py, mutations.py and sync.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    Visitor,
    get_operation_ast,
    parse,
    visit,
)
from strawberry.extensions import (
    DisableIntrospection,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    QueryDepthLimiter,
    SchemaExtension,
)

from schema.model import Problem
from server.auth.person import Asking
from server.errors import Refusal, error_of, headers_of, log_failure, problem_of_failure, status_of

# The widest question of the desk, one record with its whole history, needs 9 levels and some 250 tokens.
DEPTH_MAX = 12
TOKENS_MAX = 2000
ALIASES_MAX = 20
# Every spread can double the work of checking a query; ten of them at most 1,024 times a small one.
SPREADS_MAX = 10


class QuietSchema(strawberry.Schema):
    """Strawberry would log each error with the value that caused it; `answer_of` tells and logs them instead."""

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Say nothing here."""


def limits(demo: bool) -> list[type[SchemaExtension] | Any]:
    """What every query is held to; only the demo lets a client ask what can be asked."""
    held = [
        lambda: QueryDepthLimiter(DEPTH_MAX),
        lambda: MaxTokensLimiter(TOKENS_MAX),
        lambda: MaxAliasesLimiter(ALIASES_MAX),
    ]
    return held if demo else [*held, DisableIntrospection]


@dataclass(frozen=True)
class Operation:
    """A query that parsed, with what is needed to run it."""

    query: str
    variables: dict[str, Any] | None
    name: str | None
    writes: bool


def operation_of(request: Mapping[str, Any]) -> Operation:
    """The operation of a request body {query, variables, operationName}; raises Refusal query_refused."""
    query, variables, name = request.get("query"), request.get("variables"), request.get("operationName")
    if not isinstance(query, str):
        raise _refused("query")
    if not (variables is None or isinstance(variables, dict)):
        raise _refused("variables")
    if not (name is None or isinstance(name, str)):
        raise _refused("operation")
    try:
        document = parse(query, max_tokens=TOKENS_MAX)
    except (GraphQLError, RecursionError) as error:
        raise _refused("syntax", error) from error
    if _spreads(document) > SPREADS_MAX:
        raise _refused("limits")
    found = get_operation_ast(document, name)
    # What is to be told as it happens has a socket of its own (server/sockets.py).
    if not isinstance(found, OperationDefinitionNode) or found.operation is OperationType.SUBSCRIPTION:
        raise _refused("operation")
    return Operation(query, variables, name, found.operation is OperationType.MUTATION)


def run(graphql: strawberry.Schema, operation: Operation, asking: Asking) -> tuple[int, dict[str, str], bytes]:
    """The HTTP status, headers and the JSON of the answer. Runs in the thread that owns the store of `asking`.

    A part that fails is null with its problem in `errors`; an operation that fails as a whole has the problem's status.
    """
    result = graphql.execute_sync(
        operation.query,
        variable_values=operation.variables,
        context_value=asking,
        operation_name=operation.name,
    )
    found: dict[str, Any] = {"data": result.data}
    status, headers = 200, dict[str, str]()
    if result.errors:
        problems = [_problem(error) for error in result.errors]
        found["errors"] = [
            error_of(asking.schema, problem) | ({"path": error.path} if error.path else {})
            for problem, error in zip(problems, result.errors, strict=True)
        ]
        if result.data is None:
            status, headers = status_of(asking.schema, problems[0]), headers_of(asking.schema, problems[0])
    return status, headers, _json(found)


def _json(found: object) -> bytes:
    try:
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        # Half an emoji, cut by a phone's keyboard, is no UTF-8, but JSON can name it.
        return json.dumps(found, separators=(",", ":")).encode()


def _problem(error: GraphQLError) -> Problem:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if isinstance(cause, Refusal):
        return cause.problem
    if error.path is None:
        # Refused before anything ran: the query itself, or a variable in a wrong form.
        return _refused("variables" if _of_variable(error) else "query", error).problem
    log_failure(cause or error)
    return problem_of_failure(cause)


def _of_variable(error: GraphQLError) -> bool:
    return any(isinstance(node, VariableDefinitionNode) for node in error.nodes or ())


def _refused(reason: str, error: Exception | None = None) -> Refusal:
    details: dict[str, Any] = {"reason": reason}
    if isinstance(error, GraphQLError) and error.locations:
        details |= {"line": error.locations[0].line, "column": error.locations[0].column}
    return Refusal(Problem("query_refused", details=details))


def _spreads(document: DocumentNode) -> int:
    class Count(Visitor):
        found = 0

        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
            self.found += 1

    count = Count()
    visit(document, count)
    return count.found
