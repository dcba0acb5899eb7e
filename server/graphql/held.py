"""Held saves at a desk as GraphQL types: one in full, and decisions on them. What may be decided is judged in
`sync.release`.
"""

from __future__ import annotations

import strawberry

from schema.model import Problem as Found
from server.auth.person import Asking
from server.graphql.problems import Problem, problem_of
from server.graphql.scalars import JSON
from server.graphql.seen import name_of, saw_nothing, saw_record
from sync import read
from sync.release import HeldDecision, decide_held
from sync.verdicts import Verdict as Given


@strawberry.type
class Verdict:
    """What somebody decided on a held save. verdict: release | reject | withdraw, or keep where another decision made
    it be looked at again; `edited` are the fields whose value is not the author's.
    """

    verdict: str
    by: strawberry.ID
    by_name: str
    at: str
    sentence: str | None
    edited: list[str]


@strawberry.type
class HeldField:
    """One field of a held save: what its author wrote, had seen there, and what stands there now. `is_unseen`: another
    value stands that the author had not seen; released as it is, both would stand.
    """

    field_key: str
    wrote: JSON | None
    has_seen: bool
    seen: JSON | None
    stands: JSON | None
    stands_by: strawberry.ID | None
    stands_by_name: str | None
    stands_at: str | None
    is_unseen: bool


@strawberry.type
class HeldDetail:
    """One held save in full. A release names `revision`; `waits` counts further saves that wait for this one."""

    save: strawberry.ID
    record: strawberry.ID
    kind: str | None
    title_zh: str
    title_en: str
    author: strawberry.ID
    author_name: str
    made_at: str | None
    delivered_at: str
    revision: int
    problem: Problem | None
    fields: list[HeldField]
    values: JSON
    stands: JSON
    is_new: bool
    is_elsewhere: bool
    locked_by: str | None
    opens_lock: bool
    waits: int
    can_release: bool
    can_edit: bool
    can_reject: bool
    verdict: Verdict | None


@strawberry.input
class HeldDecisionInput:
    """What somebody decided on a held save. verdict: release | reject | withdraw. `set` gives values that take the
    place of the author's (a release with an edit); a rejection needs a sentence. The same id again gives the same
    answer.
    """

    id: strawberry.ID
    save: strawberry.ID
    revision: int
    verdict: str
    set: JSON | None = None
    sentence: str | None = None


@strawberry.type
class HeldDecisionResult:
    """What became of the held save (`revision` is that of a release), or why nothing did."""

    id: strawberry.ID
    save: strawberry.ID
    verdict: Verdict | None
    revision: int | None
    problem: Problem | None


def held_detail(asking: Asking, save: str) -> HeldDetail | None:
    """One held save, None for whoever is not shown it."""
    found = read.held_detail(asking.store, asking.schema, asking.person, save)
    if found is None:
        saw_nothing(asking, save)
        return None
    saw_record(asking, found.kind, found.record)
    members = vars(found) | {
        "problem": problem_of(asking.schema, found.problem, found.kind),
        "fields": [HeldField(**vars(one)) for one in found.fields],
        "verdict": verdict_of(found.verdict),
    }
    return HeldDetail(**members)


def decide(asking: Asking, asked: HeldDecisionInput) -> HeldDecisionResult:
    """Take one decision."""
    if asked.set is not None and not isinstance(asked.set, dict):
        return _result(asking, asked, Found("query_refused", "set", {"reason": "decision"}))
    decision = HeldDecision(asked.id, asked.save, asked.revision, asked.verdict, asked.set or {}, asked.sentence)
    with asking.store.atomic():
        found = decide_held(asking.store, asking.schema, asking.person, decision, asking.now)
        rule = found.code if isinstance(found, Found) else asked.verdict
        asking.notes("held_decided", about=name_of(asked.save), fields=tuple(sorted(asked.set or ())), rule=rule)
    return _result(asking, asked, found)


def verdict_of(given: Given | None) -> Verdict | None:
    """A verdict as it is told."""
    if given is None:
        return None
    return Verdict(
        verdict=given.verdict,
        by=strawberry.ID(given.by),
        by_name=given.by_name,
        at=given.at,
        sentence=given.sentence,
        edited=list(given.edited),
    )


def _result(asking: Asking, asked: HeldDecisionInput, found: Given | Found) -> HeldDecisionResult:
    problem = found if isinstance(found, Found) else None
    given = None if isinstance(found, Found) else found
    return HeldDecisionResult(
        id=asked.id,
        save=asked.save,
        verdict=verdict_of(given),
        revision=given.released_revision if given else None,
        problem=problem_of(asking.schema, problem),
    )
