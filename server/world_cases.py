"""A year of cases: opened, assessed, carried on with notes, some closed, each step by whoever may take it.

Not here: the words of a note (world_words).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from server.world import (
    SUPERVISORS,
    TEAMS,
    Act,
    Size,
    Verdict,
    Write,
    chance,
    evening,
    moment,
    record_id,
    row_id,
    workers_of,
)
from server.world_homes import Dweller, Home
from server.world_words import OLD, WORDS, audience, progress_note

DAY = timedelta(days=1)
# What an assessment found of each kind of case.
NEEDS = {
    **{"elderly_care": "daily_life", "disability": "daily_life", "hardship": "income", "family": "family"},
    **{"youth": "company", "other": "mood"},
}
# What somebody says before their case is handed on to another unit.
AGREED_TO_SHARE = {
    **{"purpose": "sharing", "partner": "街道社会事务办", "wording": "form_2026_11", "given_by": "self"},
    **{"proof": "oral", "witness": "值班社工"},
}


@dataclass(frozen=True)
class Opening:
    """A case about to be opened. `is_kept_open` cases stay in service, whatever chance says."""

    name: str
    home: Home
    dweller: Dweller
    worker: str
    opened_on: date
    category: str
    is_kept_open: bool = False

    @property
    def record(self) -> str:
        return record_id(self.name)


def cases(size: Size, homes: list[Home], today: date, seed: int) -> Iterator[Act]:
    """Every case of every worker, with what happened in it up to yesterday."""
    for team in TEAMS:
        rng = chance(seed, f"cases.{team}")
        pool = [(home, dweller) for home in homes if home.team == team for dweller in home.people]
        weights = [1 + 12 * sum(key.startswith("vulnerabilities.") for key in dweller.values) for _, dweller in pool]
        clients: set[str] = set()
        for worker in workers_of(team):
            opened = 0
            while opened < size.cases:
                home, dweller = rng.choices(pool, weights=weights)[0]
                if dweller.record in clients:
                    continue
                clients.add(dweller.record)
                day = today - DAY * rng.randint(3, max(4, size.days - 2))
                opening = Opening(f"case.{worker}.{opened}", home, dweller, worker, day, _category(rng, dweller))
                opened += 1
                yield from case(rng, opening, today)


def _category(rng: Random, dweller: Dweller) -> str:
    if dweller.age >= OLD:
        return rng.choices(("elderly_care", "disability", "hardship", "family"), weights=(70, 10, 12, 8))[0]
    if dweller.age < 18:
        return "youth" if dweller.age >= 7 else "family"
    return rng.choices(("hardship", "family", "disability", "other"), weights=(40, 35, 15, 10))[0]


def case(rng: Random, opening: Opening, today: date) -> Iterator[Act]:
    """One case from the first talk to yesterday, or to its end."""
    record, worker, supervisor = opening.record, opening.worker, SUPERVISORS[opening.home.team]
    is_alone = opening.category == "elderly_care" and len(opening.home.people) == 1
    problem = rng.choice(WORDS["case_problems"]["elderly_alone" if is_alone else opening.category])
    goals = rng.sample(WORDS["case_goals"][opening.category], rng.randint(2, 3))

    def write(day: date, person: str, values: dict[str, Any], kind: str = "case", name: str = record) -> Write:
        told = _told(name, values) if kind == "case" else {}
        return Write(
            evening(day, person), evening(day, person) - timedelta(minutes=30), person, kind, name, values | told
        )

    yield write(
        opening.opened_on,
        worker,
        {
            "resident": opening.dweller.record,
            "household": opening.home.record,
            "worker": worker,
            "category": opening.category,
            "opened_on": opening.opened_on.isoformat(),
            "presenting_problem": f"{opening.dweller.call}{problem}。",
            "risk_level": opening.dweller.values.get("risk_level", rng.choice(("low", "medium"))),
        },
    )
    assessed_on = opening.opened_on + DAY * rng.randint(2, 5)
    if assessed_on >= today:
        return
    if not opening.is_kept_open and rng.random() < 0.05:
        yield write(assessed_on, worker, {"stage": "declined", "declined_because": rng.choice(WORDS["declined"])})
        return
    goal_rows = {
        f"goals.{row_id(f'{opening.name}.{number}')}": {
            "text": text,
            "measure": measure,
            "due_on": (assessed_on + DAY * rng.choice((30, 60, 90))).isoformat(),
            "progress": "not_started",
        }
        for number, (text, measure) in enumerate(goals)
    }
    assessed = {"stage": "assessed", "assessed_on": assessed_on.isoformat(), f"needs.{NEEDS[opening.category]}": True}
    yield write(assessed_on, worker, {**assessed, **_next_step(rng, opening, assessed_on), **goal_rows})
    begun_on = assessed_on + DAY * rng.randint(1, 4)
    if begun_on >= today:
        return
    yield write(begun_on, supervisor, {"stage": "in_service"})
    day = begun_on + DAY * rng.randint(2, 6)
    ends_on = begun_on + DAY * (rng.randint(70, 150) if rng.random() < 0.5 and not opening.is_kept_open else 9999)
    number = 0
    while day < min(today, ends_on):
        yield from _note(rng, opening, f"{opening.name}.note.{number}", day, goals, today)
        if goal_rows and rng.random() < 0.4:
            key = rng.choice(list(goal_rows))
            goal_rows[key] = goal_rows[key] | {"progress": rng.choice(("in_progress", "in_progress", "reached"))}
            yield write(day, worker, {key: goal_rows[key], **_next_step(rng, opening, day)})
        number += 1
        day += DAY * rng.randint(11, 34)
    if ends_on < today:
        yield from _end(rng, write, ends_on, opening, supervisor, today)


# The sentence of a step that has one.
SAID = {"suspended": "suspended_because", "declined": "declined_because", "referred_out": "referred_to"}


def _told(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The row that stays of a step, as the app writes it."""
    stage = values.get("stage")
    if stage is None:
        return {}
    said = {"said": values[SAID[stage]]} if stage in SAID else {}
    return {f"story.{row_id(f'{name}.{stage}')}": {"field": "stage", "to": stage, **said}}


def _next_step(rng: Random, opening: Opening, day: date) -> dict[str, str]:
    return {
        "next_step": rng.choice(WORDS["next_steps"][audience(opening.dweller.age)]),
        "next_on": (day + DAY * rng.randint(5, 21)).isoformat(),
    }


def _note(
    rng: Random, opening: Opening, name: str, day: date, goals: list[tuple[str, str]], today: date
) -> Iterator[Act]:
    mode = rng.choices(("visit", "centre", "phone", "other"), weights=(50, 20, 24, 6))[0]
    goal = rng.choice(goals)[0]
    values: dict[str, Any] = {
        "case": opening.record,
        "written_on": day.isoformat(),
        "mode": mode,
        "content": progress_note(rng, opening.dweller.call, opening.dweller.age, mode, goal),
        "goal": goal,
    }
    if rng.random() < 0.6:
        values |= _next_step(rng, opening, day)
    sent = evening(day, opening.worker)
    yield Write(
        sent, sent - timedelta(minutes=rng.randint(20, 240)), opening.worker, "case_progress", record_id(name), values
    )
    reviewed: datetime = moment(day + DAY * rng.randint(1, 3), 11 * 60 + rng.randint(0, 50))
    if reviewed < moment(today, 0):
        yield Verdict(reviewed, SUPERVISORS[opening.home.team], record_id(name), "approve")


def _end(rng: Random, write: Any, day: date, opening: Opening, supervisor: str, today: date) -> Iterator[Act]:
    worker = opening.worker
    drawn = rng.random()
    if drawn < 0.08:
        yield write(day, worker, {"stage": "suspended", "suspended_because": rng.choice(WORDS["suspended"])})
        return
    if drawn < 0.14:
        agreed = {"resident": opening.dweller.record, **AGREED_TO_SHARE, "given_on": (day - DAY).isoformat()}
        yield write(day - DAY, worker, agreed, "consent", record_id(f"{opening.name}.sharing"))
        yield write(day, supervisor, {"stage": "referred_out", "referred_to": AGREED_TO_SHARE["partner"]})
        return
    reason = rng.choices(("goals_met", "client_withdrew", "moved", "transferred"), weights=(72, 10, 10, 8))[0]
    yield write(
        day, worker, {"stage": "closing", "close_reason": reason, "outcome_summary": rng.choice(WORDS["closing"])}
    )
    closed_on = day + DAY * rng.randint(1, 6)
    if closed_on < today:
        yield write(closed_on, supervisor, {"stage": "closed", "closed_on": closed_on.isoformat()})
