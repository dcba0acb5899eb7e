"""The whole of a covered telephone number at a desk, and what phones say that their people looked at. Both are noted
before they are answered; which numbers there are for whom is in `sync.reveals`.
"""

from __future__ import annotations

import strawberry

from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.problems import Problem, problem_of
from server.graphql.seen import name_of, saw_nothing
from sync import reveals
from sync.audit import note_all


@strawberry.input
class RevealInput:
    """One look at a covered number on a phone: a name for it that the phone drew, and when by its own clock."""

    id: strawberry.ID
    record: strawberry.ID
    field: str
    seen_at: str


@strawberry.type
class RevealResult:
    """The look is noted; with the problem where the record has no such number for this person."""

    id: strawberry.ID
    problem: Problem | None


def phone_number(asking: Asking, record: str, field: str) -> str | None:
    """The whole number, noted before it is sent; null where there is none for this person."""
    found = reveals.number_of(asking.store, asking.schema, asking.person, record, field, asking.now, asking.trace)
    if found is None:
        saw_nothing(asking, record)
        return None
    asking.traces.append(found.trace)
    return found.number


def note_reveals(asking: Asking, told: list[RevealInput]) -> list[RevealResult]:
    """Note each look once, however often it is told; raises Refusal query_refused for what no phone of ours says."""
    if len(told) > reveals.REVEALS_MAX:
        raise Refusal(Found("query_refused", "looks", {"reason": "limits"}))
    read = [reveals.read_reveal(vars(one)) for one in told]
    looks = [one for one in read if one is not None and name_of(one.id) and name_of(one.record)]
    if len(looks) < len(told):
        raise Refusal(Found("query_refused", "looks", {"reason": "variables"}))
    with asking.store.atomic():
        answered = reveals.traces_of(asking.store, asking.schema, asking.person, looks, asking.trace)
        note_all(asking.store, [noted for _, noted in answered if noted is not None])
    return [
        RevealResult(id=strawberry.ID(look.id), problem=problem_of(asking.schema, problem))
        for look, (problem, _) in zip(looks, answered, strict=True)
    ]
