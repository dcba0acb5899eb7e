"""What the desk asks that certifies hours: one question for the whole list.

Not here: how it is found (sync/hour_desk.py), and certifying, which is `decide`.
"""

from __future__ import annotations

import strawberry
from strawberry.types import Info

from server.auth.person import Asking
from server.graphql.problems import Problem, problem_of
from server.graphql.review import Looking
from server.graphql.rights import refuse_shut
from server.graphql.seen import saw_list
from sync import hour_desk
from sync.hour_decisions import ENTRY
from sync.hours import HourLine


@strawberry.type
class HourWas:
    """An entry as it was: times of a day, and the minutes that counted."""

    started_at: str
    ended_at: str
    minutes: int


@strawberry.type
class HourShift:
    """The shift of an entry, as planned and as signed; all times of a day at the centre."""

    record: strawberry.ID
    starts_at: str
    ends_at: str
    place: str | None
    signed_in_at: str | None
    signed_out_at: str | None


@strawberry.type
class HourBeside:
    """Another entry of the same volunteer and day. state: certified | waiting | returned | corrected."""

    record: strawberry.ID
    volunteer: strawberry.ID
    worked_on: str
    activity: str
    started_at: str
    ended_at: str
    minutes: int
    state: str
    provenance: str
    author_name: str


@strawberry.type
class HourToCertify:
    """One entry that waits. `minutes` is what counts of `minutes_written`; `checks` are codes of what is odd about it,
    `against` the entries of my centre that it overlaps or doubles; `was`: before it was made longer; `corrected`: what
    it corrects; `refused`: why I may not certify it, and `certifiers` who may.
    """

    record: strawberry.ID
    revision: int
    volunteer: strawberry.ID
    volunteer_name: str
    title_zh: str
    title_en: str
    activity: str
    project: str | None
    worked_on: str
    started_at: str
    ended_at: str
    break_minutes: int
    travel_minutes: int
    minutes: int
    minutes_written: int
    state: str
    provenance: str
    late_reason: str | None
    over_reason: str | None
    correction_reason: str | None
    author_name: str
    delivered_at: str
    answered: bool
    checks: list[str]
    against: list[strawberry.ID]
    was: HourWas | None
    corrected: HourWas | None
    shift: HourShift | None
    notes: list[str]
    refused: Problem | None
    certifiers: list[str]
    looking: Looking | None


@strawberry.type
class HourAnswer:
    """An entry that was sent back with a sentence and waits for its author."""

    record: strawberry.ID
    volunteer_name: str
    worked_on: str
    activity: str
    sentence: str | None
    by_name: str
    at: str


@strawberry.type
class HourDesk:
    """The hours that wait for me, oldest day first, at most 200 of `total`; `beside`: others of the same volunteers and
    days; the minutes that wait, and those certified for service of the month that began on `since_on`; what waits for
    an answer, at most 50.
    """

    items: list[HourToCertify]
    beside: list[HourBeside]
    total: int
    waiting_minutes: int
    certified_minutes: int
    since_on: str
    answers: list[HourAnswer]
    answers_total: int


def hours_to_certify(info: Info[Asking, None]) -> HourDesk:
    """The list of whoever certifies hours; empty for everybody else."""
    asking = info.context
    refuse_shut(asking, asking.schema.kinds[ENTRY], "list")
    found = hour_desk.hours_to_certify(asking.store, asking.schema, asking.person, asking.now, asking.context)
    saw_list(asking, [ENTRY for _ in (*found.items, *found.beside, *found.answers)])
    return HourDesk(
        items=[_item(asking, item) for item in found.items],
        beside=[_beside(line, name) for line, name in found.beside],
        total=found.total,
        waiting_minutes=found.waiting_minutes,
        certified_minutes=found.certified_minutes,
        since_on=found.since_on,
        answers=[HourAnswer(**(vars(one) | {"record": strawberry.ID(one.record)})) for one in found.answers],
        answers_total=found.answers_total,
    )


def _beside(line: HourLine, author_name: str) -> HourBeside:
    return HourBeside(
        record=strawberry.ID(line.record),
        volunteer=strawberry.ID(line.volunteer),
        worked_on=line.worked_on,
        activity=line.activity,
        started_at=line.started_at,
        ended_at=line.ended_at,
        minutes=line.minutes_counted,
        state=line.state,
        provenance=line.provenance,
        author_name=author_name,
    )


def _item(asking: Asking, item: hour_desk.HourItem) -> HourToCertify:
    line, lease = item.line, item.looking
    return HourToCertify(
        record=strawberry.ID(line.record),
        revision=line.revision,
        volunteer=strawberry.ID(line.volunteer),
        volunteer_name=item.volunteer_name,
        title_zh=item.title_zh,
        title_en=item.title_en,
        activity=line.activity,
        project=line.project,
        worked_on=line.worked_on,
        started_at=line.started_at,
        ended_at=line.ended_at,
        break_minutes=line.break_minutes or 0,
        travel_minutes=line.travel_minutes or 0,
        minutes=line.minutes_counted,
        minutes_written=line.minutes_written,
        state=line.state,
        provenance=line.provenance,
        late_reason=line.late_reason,
        over_reason=line.over_reason,
        correction_reason=line.correction_reason,
        author_name=item.author_name,
        delivered_at=item.delivered_at,
        answered=item.answered,
        checks=list(line.checks),
        against=[strawberry.ID(other) for other in line.overlaps],
        was=None if line.was is None else HourWas(**vars(line.was)),
        corrected=None if item.corrected is None else HourWas(**vars(item.corrected)),
        shift=None
        if item.shift is None
        else HourShift(**(vars(item.shift) | {"record": strawberry.ID(item.shift.record)})),
        notes=item.notes,
        refused=problem_of(asking.schema, item.refused, ENTRY),
        certifiers=item.certifiers,
        looking=None
        if lease is None
        else Looking(
            record=strawberry.ID(lease.record),
            person=strawberry.ID(lease.person),
            person_name=item.looking_name,
            until=lease.until,
        ),
    )
