"""Every question and command has a rule before it has an answer: the schema is not made while one is missing in
permissions.toml; an act that is not this person's, or that waits for a second way in, is refused before anything runs.

Not here: what is judged for each record, which happens where the record is found (sync).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graphql import GraphQLSchema

from schema.access import Decision, decide, permissions_of, shut
from schema.declaration import DeclarationError
from schema.model import Kind, Membership, Problem, Schema
from server.auth.person import Asking
from server.auth.second_way import require_second_way
from server.errors import Refusal
from sync import people

Resolve = Callable[..., Any]


def guard(graphql: GraphQLSchema, schema: Schema) -> None:
    """Refuse a root field without a rule, or a rule without a root field; put the acts behind their own."""
    roots = [root for root in (graphql.query_type, graphql.mutation_type, graphql.subscription_type) if root]
    fields = {name: field for root in roots for name, field in root.fields.items()}
    of_kinds = {name for kind in schema.kinds for name in (kind, f"{kind}_list")}
    for name in sorted(fields.keys() - of_kinds - schema.rights.asks.keys()):
        raise DeclarationError("permissions.toml", f"asks.{name}", "is missing: a question without a rule")
    for name in sorted(schema.rights.asks.keys() - fields.keys()):
        raise DeclarationError("permissions.toml", f"asks.{name}", "no question and no command has this name")
    for name, field in fields.items():
        asked = schema.rights.asks.get(name, ())
        if field.resolve is None:
            continue
        if asked and asked[0] in schema.rights.acts:
            field.resolve = _behind(asked[0], field.resolve)
        elif second := [operation for operation in asked if schema.rights.operations[operation].second_way]:
            field.resolve = _behind_second_way(second, field.resolve)


def require(asking: Asking, act: str) -> None:
    """Raises Refusal unless this person may do this somewhere: what it is done to is judged where that is known."""
    decisions = _decisions(asking, act, asking.person.memberships, asking.person.person)
    if not any(decision.allowed for decision in decisions):
        needs_step = any(decision.step_up for decision in decisions)
        raise Refusal(Problem("step_up_required" if needs_step else "not_allowed", details={"act": act}))
    require_second_way(asking, act)


def may_about(asking: Asking, act: str, person: str) -> bool:
    """Whether the asking person may do this to what is this person's, wherever that one works."""
    memberships = people.memberships_of(asking.store, person)
    return any(decision.allowed for decision in _decisions(asking, act, memberships, person))


def _decisions(asking: Asking, act: str, memberships: Iterable[Membership], own: str) -> list[Decision]:
    places = [(entry.centre, entry.team) for entry in memberships] or [(asking.person.centre, None)]
    return [
        decide(asking.schema, asking.person, act, None, centre=centre, team=team, own=(own,), context=asking.context)
        for centre, team in places
    ]


def refuse_shut(asking: Asking, kind: Kind, operation: str) -> None:
    """Raises Refusal where this device opens no record of a kind now: the same whether there is one or not."""
    closed = shut(asking.schema, kind, operation, asking.context)
    if closed is not None:
        raise Refusal(Problem("step_up_required" if closed.step_up else "device_not_fit"))


def _behind_second_way(operations: Sequence[str], resolve: Resolve) -> Resolve:
    """Only whoever has such a right over others is asked: withdrawing what oneself wrote needs none."""

    def judged(root: object, info: Any, **arguments: Any) -> Any:
        asking: Asking = info.context
        for operation in operations:
            if _holds(asking, operation):
                require_second_way(asking, operation)
        return resolve(root, info, **arguments)

    return judged


def _holds(asking: Asking, operation: str) -> bool:
    """Whether a role of this person may do this with records of any kind."""
    roles = {membership.role for membership in asking.person.memberships}
    return any(roles & permissions_of(asking.schema, operation, kind).keys() for kind in asking.schema.kinds.values())


def _behind(act: str, resolve: Resolve) -> Resolve:
    def judged(root: object, info: Any, **arguments: Any) -> Any:
        require(info.context, act)
        return resolve(root, info, **arguments)

    return judged
