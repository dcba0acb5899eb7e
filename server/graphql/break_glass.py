"""Questions and commands about opening a record in an emergency. The rules stand in `sync.break_glass`."""

from __future__ import annotations

import uuid

import strawberry
from strawberry.types import Info

from schema.model import Problem as Found
from server.auth.person import Asking
from server.graphql.problems import Problem, problem_of
from server.graphql.seen import name_of, tier_of
from sync import break_glass as glass
from sync import people
from sync.break_glass import Opening as Given
from sync.record import place_of
from sync.titles import Titles


@strawberry.type
class Beyond:
    """A record that is there and is not mine: its kind and team, and nothing that it says."""

    record: strawberry.ID
    kind: str
    team_name: str | None


@strawberry.type
class Opening:
    """One record that somebody opened in an emergency, and why. Its title is null to who does not see it otherwise."""

    id: strawberry.ID
    record: strawberry.ID
    kind: str
    title_zh: str | None
    title_en: str | None
    by: strawberry.ID
    by_name: str
    reason: str
    at: str
    until: str
    is_mine: bool
    seen_by_name: str | None
    seen_at: str | None


@strawberry.type
class OpeningResult:
    """The opening, or why there is none."""

    opening: Opening | None
    problem: Problem | None


def beyond(info: Info[Asking, None], name: str) -> list[Beyond]:
    """Who bears exactly this name where I do not reach."""
    asking = info.context
    titles = Titles(asking.store, asking.schema, asking.person)
    found = glass.beyond(asking.store, asking.schema, asking.person, name)
    for one in found:
        asking.saw("listed", kind=one.kind, record=one.record, tier=tier_of(asking, one.kind), rule="beyond")
    return [
        Beyond(
            record=strawberry.ID(one.record),
            kind=one.kind,
            team_name=titles.called("team", one.team, "zh") if one.team else None,
        )
        for one in found
    ]


def openings(info: Info[Asking, None]) -> list[Opening]:
    """The latest of what I answer for, newest first."""
    asking = info.context
    found = glass.openings(asking.store, asking.schema, asking.person)
    return [_opening(asking, opening, kind.name) for opening, kind in found]


def break_glass(info: Info[Asking, None], record: strawberry.ID, reason: str) -> OpeningResult:
    """For an hour; noted with the reason in the same transaction."""
    asking = info.context
    store, schema = asking.store, asking.schema
    with store.atomic():
        found = glass.break_glass(store, schema, asking.person, str(uuid.uuid4()), record, reason, asking.now)
        if isinstance(found, Found):
            asking.notes("refused", record=name_of(record), rule=found.code)
            return OpeningResult(opening=None, problem=problem_of(schema, found))
        place = place_of(store, record)
        kind = place[0] if place else ""
        asking.notes(
            "break_glass", kind=kind, record=record, tier=tier_of(asking, kind), rule="break_glass", reason=found.reason
        )
    return OpeningResult(opening=_opening(asking, found, kind), problem=None)


def see_opening(info: Info[Asking, None], id: strawberry.ID) -> OpeningResult:
    """I answer for the record and have read why it was opened."""
    asking = info.context
    store, schema = asking.store, asking.schema
    with store.atomic():
        found = glass.see_opening(store, schema, asking.person, id, asking.now)
        if isinstance(found, Found):
            asking.notes("refused", about=name_of(id), rule=found.code)
            return OpeningResult(opening=None, problem=problem_of(schema, found))
        place = place_of(store, found.record)
        kind = place[0] if place else ""
        asking.notes(
            "opening_seen", kind=kind, record=found.record, tier=tier_of(asking, kind), rule=glass.TOLD, about=found.id
        )
    return OpeningResult(opening=_opening(asking, found, kind), problem=None)


def _opening(asking: Asking, given: Given, kind: str) -> Opening:
    titles = Titles(asking.store, asking.schema, asking.person)
    return Opening(
        id=strawberry.ID(given.id),
        record=strawberry.ID(given.record),
        kind=kind,
        title_zh=titles.called(kind, given.record, "zh"),
        title_en=titles.called(kind, given.record, "en"),
        by=strawberry.ID(given.person),
        by_name=people.name_of(asking.store, given.person),
        reason=given.reason,
        at=given.at,
        until=given.until,
        is_mine=given.person == asking.person.person,
        seen_by_name=None if given.seen_by is None else people.name_of(asking.store, given.seen_by),
        seen_at=given.seen_at,
    )
