"""The trail as GraphQL types: who saw, changed, took away and decided what, and the days on which somebody looked
otherwise than usual. How they are found is in `sync.audit_trail` and `sync.odd_reads`; who may ask is an act of the
permissions, and every look is noted.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import strawberry

from schema.model import Problem
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.scalars import JSON
from server.graphql.seen import name_of
from sync.audit import ACTIONS
from sync.audit_trail import CHANGED, Asked, trail
from sync.odd_reads import odd_reads
from sync.people import name_of as name_of_person
from sync.times import CENTRE_ZONE, written


@strawberry.type
class TrailStep:
    """One thing somebody did, by names and numbers alone. `action` is "changed" for a save, else one of the audit;
    `counts` is {kind: number} where one step stands for many; `about` a person, device, save or file;
    `device_at` is the time by the clock of the device, where it told of it later.
    """

    at: str
    action: str
    by: strawberry.ID
    by_name: str
    device: strawberry.ID
    device_name: str | None
    kind: str | None
    record: strawberry.ID | None
    title_zh: str | None
    title_en: str | None
    fields: list[str]
    tier: int | None
    rule: str | None
    reason: str | None
    counts: JSON
    about: str | None
    device_at: str | None


@strawberry.type
class TrailPage:
    """One page, newest first; `next` goes back into `after`."""

    items: list[TrailStep]
    next: str | None


@strawberry.type
class Oddity:
    """One thing that was otherwise: `rule` is many, night, namesakes, beyond, tried or exported; `usual` what was
    reached on three of the days before.
    """

    rule: str
    count: int
    usual: int


@strawberry.type
class OddDay:
    """A local day of one person that is worth a question; it says of nobody that anything was wrong."""

    on: str
    person: strawberry.ID
    person_name: str
    oddities: list[Oddity]


def odd_days(asking: Asking) -> list[OddDay]:
    """The odd days of the person's centre, newest first; that they were looked at is noted."""
    found = odd_reads(asking.store, asking.schema, asking.person.centre, asking.now)
    asking.saw("audit_read", rule="odd_reads")
    return [
        OddDay(
            on=one.on.isoformat(),
            person=strawberry.ID(one.person),
            person_name=name_of_person(asking.store, one.person),
            oddities=[Oddity(**vars(oddity)) for oddity in one.oddities],
        )
        for one in found
    ]


def trail_page(
    asking: Asking,
    person: str | None,
    record: str | None,
    actions: list[str] | None,
    from_on: str | None,
    to_on: str | None,
    first: int,
    after: str | None,
) -> TrailPage:
    """One page of the person's centre; raises Refusal query_refused for an action or a day that is none."""
    unknown = set(actions or ()) - {CHANGED, *ACTIONS}
    if unknown:
        raise Refusal(Problem("query_refused", "actions", {"reason": "variables"}))
    last = None if to_on is None else _day(to_on, "to_on") + timedelta(days=1)
    asked = Asked(
        person=person,
        record=record,
        actions=tuple(actions or ()),
        from_=None if from_on is None else _begin(_day(from_on, "from_on")),
        to=None if last is None else _begin(last),
    )
    found = trail(asking.store, asking.schema, asking.person, asked, first, after)
    asking.saw("audit_read", record=name_of(record or ""), about=name_of(person or ""))
    items = [
        TrailStep(
            **vars(step)
            | {
                "by": strawberry.ID(step.by),
                "device": strawberry.ID(step.device),
                "record": None if step.record is None else strawberry.ID(step.record),
                "counts": JSON(step.counts),
            }
        )
        for step in found.items
    ]
    return TrailPage(items=items, next=found.next)


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(Problem("query_refused", name, {"reason": "variables"})) from error


def _begin(day: date) -> str:
    return written(datetime.combine(day, time(), CENTRE_ZONE))
