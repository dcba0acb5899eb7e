"""One GraphQL operation from text to answer: bounded before it is run, its errors told in the one shape. What can be
asked stands in queries.py, mutations.py and sync.py; which questions have a name, in documents.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import strawberry
from graphql import (
    ASTValidationRule,
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableDefinitionNode,
    Visitor,
    execute_sync,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
    visit,
)
from strawberry.extensions.max_aliases import create_validator as aliases_rule
from strawberry.extensions.query_depth_limiter import create_validator as depth_rule

from schema.model import Problem
from server.auth.person import Asking
from server.errors import Refusal, error_of, headers_of, log_failure, problem_of_failure, status_of
from server.graphql.documents import DOCUMENTS
from server.graphql.plain import PlainExecutor
from server.graphql.registered import Answers
from sync import json_text
from sync.limits import PUSH_SAVES_MAX

# The widest question of the desk, one record with its whole history, needs 9 levels and some 250 tokens.
DEPTH_MAX = 12
TOKENS_MAX = 2000
# Many times the longest question; values belong into variables.
QUERY_CHARACTERS_MAX = 32_000
ALIASES_MAX = 20
# Every spread can double the work of checking a query; ten of them at most 1,024 times a small one.
SPREADS_MAX = 10
DIRECTIVES_MAX = 10
# A field asked for again beside itself answers nothing more, but each is checked against each other.
REPEATED_MAX = 10
# Apps ask the same few questions: reading and checking one takes longer than answering most. Longer ones are not kept,
# so that nobody can fill the memory with them.
KNOWN_CHARACTERS_MAX = 4096
KNOWN_MAX = 128
COMMIT_WEIGHT = 6

Rules = tuple[type[ASTValidationRule], ...]


class QuietSchema(strawberry.Schema):
    """Strawberry would log each error with the value that caused it; `run` tells and logs them instead.

    rules  what every query is held to besides the language itself
    """

    rules: Rules = ()

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Say nothing here."""


def rules_for(demo: bool) -> Rules:
    """The bounds of every query; only the demo lets a client ask what can be asked."""
    bounds = (depth_rule(DEPTH_MAX, None), aliases_rule(ALIASES_MAX))
    return bounds if demo else (*bounds, NoSchemaIntrospectionCustomRule)


@dataclass(frozen=True)
class Operation:
    """A query that parsed, with what is needed to run it.

    is_known  it is short enough to be kept by its text
    asks      the first thing it asks for, as `pull`
    is_single  it asks for nothing else
    fields    every name it asks for, at whatever depth
    """

    document: DocumentNode
    is_known: bool
    variables: dict[str, Any] | None
    name: str | None
    asks: str
    fields: frozenset[str]
    writes: bool
    is_single: bool = True

    @property
    def weight(self) -> int:
        """How much work it is, about: judging one save is the unit, and a commit takes as long as some of them."""
        saves = (self.variables or {}).get("saves")
        return COMMIT_WEIGHT + (min(len(saves), PUSH_SAVES_MAX) if isinstance(saves, list) else 0) if self.writes else 1


def operation_of(request: Mapping[str, Any], answers: Answers) -> Operation:
    """The operation of a request body {query | documentId, variables, operationName}; raises Refusal query_refused.

    answers  which texts are answered here; it is asked before anything of a text is read
    """
    variables, name = request.get("variables"), request.get("operationName")
    query = request.get("query") if "documentId" not in request else DOCUMENTS.get(str(request["documentId"]))
    if not isinstance(query, str):
        raise _refused("query")
    if "documentId" not in request and not answers(query):
        raise _refused("unregistered")
    if len(query) > QUERY_CHARACTERS_MAX:
        raise _refused("limits")
    if not (variables is None or isinstance(variables, dict)):
        raise _refused("variables")
    if not (name is None or isinstance(name, str)):
        raise _refused("operation")
    is_known = len(query) <= KNOWN_CHARACTERS_MAX
    document = _known_document(query) if is_known else _document(query)
    found = get_operation_ast(document, name)
    # What is to be told as it happens has a socket of its own (server/sockets.py).
    if not isinstance(found, OperationDefinitionNode) or found.operation is OperationType.SUBSCRIPTION:
        raise _refused("operation")
    first = found.selection_set.selections[0]
    asks = first.name.value if isinstance(first, FieldNode) else ""
    is_single = len(found.selection_set.selections) == 1
    fields = (_known_fields if is_known else _fields)(document)
    writes = found.operation is OperationType.MUTATION
    return Operation(document, is_known, variables, name, asks, fields, writes, is_single)


def _document(query: str) -> DocumentNode:
    try:
        document = parse(query, max_tokens=TOKENS_MAX)
    except (GraphQLError, RecursionError) as error:
        raise _refused("syntax", error) from error
    counted = Counted(document)
    if counted.spreads > SPREADS_MAX or counted.directives > DIRECTIVES_MAX or counted.repeated > REPEATED_MAX:
        raise _refused("limits")
    if counted.unknown_fragments:
        # The rule about depth would fail at it.
        raise _refused("query")
    return document


def _fields(document: DocumentNode) -> frozenset[str]:
    found = set()

    class Names(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            found.add(node.name.value)

    visit(document, Names())
    return frozenset(found)


_known_document = lru_cache(KNOWN_MAX)(_document)
_known_fields = lru_cache(KNOWN_MAX)(_fields)


def _faults(graphql: QuietSchema, document: DocumentNode) -> list[GraphQLError]:
    return validate(graphql._schema, document, (*specified_rules, *graphql.rules))


_known_faults = lru_cache(KNOWN_MAX)(_faults)


def run(graphql: QuietSchema, operation: Operation, asking: Asking) -> tuple[int, dict[str, str], bytes]:
    """The HTTP status, headers and the JSON of the answer. Runs in the thread that owns the store of `asking`.

    A part that fails is null with its problem in `errors`; an operation that fails as a whole has the problem's status.
    """
    faults = (_known_faults if operation.is_known else _faults)(graphql, operation.document)
    result = ExecutionResult(None, faults) if faults else _executed(graphql, operation, asking)
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


def _executed(graphql: QuietSchema, operation: Operation, asking: Asking) -> ExecutionResult:
    return execute_sync(
        graphql._schema,
        operation.document,
        variable_values=operation.variables,
        context_value=asking,
        operation_name=operation.name,
        executor_class=PlainExecutor,
    )


def _json(found: object) -> bytes:
    try:
        return json_text.utf8(found)
    except TypeError:
        # Half an emoji, cut by a phone's keyboard, is no UTF-8, but JSON can name it.
        return json.dumps(found, separators=(",", ":"), default=_read_again).encode()


def _read_again(value: object) -> object:
    if not isinstance(value, json_text.Written):
        raise TypeError(f"{type(value).__name__} is no JSON value")
    return json.loads(value.contents)


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


class Counted(Visitor):
    """What of a document makes checking it slow, wherever in it."""

    def __init__(self, document: DocumentNode) -> None:
        super().__init__()
        self.spreads = self.directives = self.repeated = 0
        self.unknown_fragments = set[str]()
        visit(document, self)
        self.unknown_fragments -= {
            part.name.value for part in document.definitions if isinstance(part, FragmentDefinitionNode)
        }

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """A fragment by its name."""
        self.spreads += 1
        self.unknown_fragments.add(node.name.value)

    def enter_inline_fragment(self, *_: Any) -> None:
        """A fragment where it stands."""
        self.spreads += 1

    def enter_directive(self, *_: Any) -> None:
        """On an operation, a field or a fragment."""
        self.directives += 1

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        """The same answer asked for several times beside itself."""
        names = [(field.alias or field.name).value for field in node.selections if isinstance(field, FieldNode)]
        self.repeated += len(names) - len(set(names))
