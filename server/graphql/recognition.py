"""Questions and commands about papers, medals and assessments: what a volunteer has reached, what a desk may begin, and
having the centre make it.

Not here: making it (server/recognition/papers.py), the paper as a file (server/recognition/downloads.py).
"""

from __future__ import annotations

import secrets

import strawberry
from strawberry.types import Info

from schema.access import decide
from schema.field_types import is_date
from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.problems import Problem, problem_of
from server.recognition.papers import PROOF, RECORD, Maker, make_paper, open_assessment, propose_medal
from server.register_plan import new_id
from sync import people, recognition
from sync.hour_rules import rule_on, rules_of
from sync.hours import HourFilter, certified
from sync.recognition import MedalRule
from sync.times import local_date

PERIODS = ("half_year", "year")


@strawberry.type
class NextMedal:
    """The next medal, and how many certified minutes are still missing to it."""

    medal: str
    min_hours: int
    minutes_to_go: int


@strawberry.type
class MyRecognition:
    """What I have reached: by certified minutes alone, beside nobody. `paper`: what a paper of today is called."""

    certified_minutes: int
    next_medal: NextMedal | None
    paper: str
    first_on: str | None
    last_on: str | None


@strawberry.type
class MedalNear:
    """Somebody who has reached a medal, or is near it; in the order of names. award, state: of what was begun."""

    volunteer: strawberry.ID
    name: str
    medal: str
    rule: strawberry.ID
    is_reached: bool
    award: strawberry.ID | None
    state: str | None


@strawberry.type
class AssessmentDue:
    """A period of somebody that is to be assessed. period: half_year | year."""

    volunteer: strawberry.ID
    name: str
    period: str
    from_on: str
    to_on: str


@strawberry.type
class RecognitionBoard:
    """What a coordinator could begin: by name, never by hours. `paper`: what a paper of today is called."""

    medals: list[MedalNear]
    due: list[AssessmentDue]
    paper: str


@strawberry.type
class MadeRecord:
    """The record that the centre made, or why it made none."""

    record: strawberry.ID | None
    problem: Problem | None


def my_recognition(info: Info[Asking, None]) -> MyRecognition:
    """Of whoever asks."""
    asking = info.context
    person = asking.person
    entries = certified(asking.store, person.centre, HourFilter(volunteer=person.person))
    minutes = sum(entry.minutes for entry in entries)
    rule = recognition.next_rule(recognition.rules_on(asking.store, person.centre, local_date(asking.now)), minutes)
    return MyRecognition(
        certified_minutes=minutes,
        next_medal=None if rule is None else _next(rule, minutes),
        paper=_paper(asking),
        first_on=entries[0].worked_on if entries else None,
        last_on=entries[-1].worked_on if entries else None,
    )


def _next(rule: MedalRule, minutes: int) -> NextMedal:
    return NextMedal(medal=rule.medal, min_hours=rule.min_hours, minutes_to_go=rule.min_hours * 60 - minutes)


def board(info: Info[Asking, None]) -> RecognitionBoard:
    """Of the centre of whoever asks."""
    asking, centre = info.context, info.context.person.centre
    today = local_date(asking.now)
    names = {one.person: one.name for one in people.members(asking.store, centre)}
    minutes: dict[str, int] = {}
    for entry in certified(asking.store, centre):
        minutes[entry.volunteer] = minutes.get(entry.volunteer, 0) + entry.minutes
    awards = recognition.awards_of(asking.store, centre)
    rules = recognition.rules_on(asking.store, centre, today)
    near = []
    for volunteer in sorted(minutes, key=lambda one: names.get(one, one)):
        for rule in rules:
            award, state = awards.get((volunteer, rule.medal), (None, None))
            to_go = rule.min_hours * 60 - minutes[volunteer]
            if state == "awarded" or to_go > recognition.NEAR_HOURS * 60:
                continue
            near.append(
                MedalNear(
                    volunteer=strawberry.ID(volunteer),
                    name=names.get(volunteer, volunteer),
                    medal=rule.medal,
                    rule=strawberry.ID(rule.record),
                    is_reached=to_go <= 0,
                    award=None if award is None else strawberry.ID(award),
                    state=state,
                )
            )
    due = [
        AssessmentDue(
            volunteer=strawberry.ID(one.volunteer),
            name=names.get(one.volunteer, one.volunteer),
            period=one.period,
            from_on=one.from_on,
            to_on=one.to_on,
        )
        for one in recognition.due_on(asking.store, asking.schema, centre, today)
    ]
    due.sort(key=lambda one: (one.to_on, one.name))
    return RecognitionBoard(medals=near, due=due, paper=_paper(asking))


def make(info: Info[Asking, None], volunteer: strawberry.ID, from_on: str, to_on: str) -> MadeRecord:
    """For a volunteer, on her own word or a coordinator's."""
    asking = info.context
    _must_be_days(from_on, to_on)
    kind, person = asking.schema.kinds[recognition.PAPER], asking.person
    may = decide(asking.schema, person, "create", kind, centre=person.centre, own=(str(volunteer),))
    if not may.allowed:
        raise Refusal(Found("not_allowed"))
    return _result(asking, make_paper(asking.store, asking.schema, _maker(asking), str(volunteer), from_on, to_on))


def propose(info: Info[Asking, None], volunteer: strawberry.ID, rule: strawberry.ID) -> MadeRecord:
    """Once for each volunteer and medal, unless it was not given."""
    asking = info.context
    return _result(asking, propose_medal(asking.store, asking.schema, _maker(asking), str(volunteer), str(rule)))


def begin(info: Info[Asking, None], volunteer: strawberry.ID, period: str, to_on: str) -> MadeRecord:
    """Once for each volunteer and period."""
    asking = info.context
    _must_be_days(to_on)
    if period not in PERIODS:
        raise Refusal(Found("query_refused", "period", {"reason": "variables"}))
    return _result(asking, open_assessment(asking.store, asking.schema, _maker(asking), str(volunteer), period, to_on))


def _must_be_days(*days: str) -> None:
    for day in days:
        if not is_date(day):
            raise Refusal(Found("query_refused", "on", {"reason": "variables"}))


def _paper(asking: Asking) -> str:
    rule = rule_on(rules_of(asking.store, asking.person.centre), local_date(asking.now).isoformat())
    return PROOF if rule.may_certify else RECORD


def _maker(asking: Asking) -> Maker:
    return Maker(asking.person, asking.now, secrets.token_bytes, new_id)


def _result(asking: Asking, made: str | Found) -> MadeRecord:
    if isinstance(made, Found):
        return MadeRecord(record=None, problem=problem_of(asking.schema, made))
    return MadeRecord(record=strawberry.ID(made), problem=None)
