"""A year of visits: who went where, what was found, what was changed in the register, and what the supervisors said.

Not here: the words of a note (world_words), and the visits of the people whom the story names (world_story).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
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
    clock,
    evening,
    moment,
    phone_number,
    record_id,
    row_id,
    workers_of,
)
from server.world_homes import Dweller, Home
from server.world_words import OLD, WORDS, Met, visit_note

DAY = timedelta(days=1)
# A home is left alone for this long, unless something is to be followed up.
_REST_DAYS = 12
_SERVICES = {
    "old": {
        "greeting": 0.8, "health_reminder": 0.6, "safety_check": 0.25, "policy": 0.2, "emotional_support": 0.15,
        "errand": 0.12, "goods": 0.08, "referral": 0.05,
    },
    "adult": {"greeting": 0.5, "policy": 0.5, "safety_check": 0.25, "referral": 0.15, "emotional_support": 0.1},
}  # fmt: skip
_OUTCOMES = {"met_person": 77, "met_family": 8, "no_answer": 10, "come_back": 3, "refused": 2}


@dataclass(frozen=True)
class Outing:
    """One visit about to be made. `start` is in minutes after midnight; `fixed` are values the story insists on."""

    name: str
    home: Home
    worker: str
    day: date
    start: int
    reason: str = "routine"
    planned_on: date | None = None
    fixed: dict[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> str:
        return record_id(self.name)


@dataclass(frozen=True)
class Outcome:
    """What a visit put down, and the day somebody should be back at that home, if any."""

    acts: list[Act]
    back_on: date | None
    values: dict[str, Any]


def visits(size: Size, homes: list[Home], today: date, seed: int) -> Iterator[Act]:
    """Every visit to the homes given, from the first day of the history to yesterday, and those planned ahead."""
    for team in TEAMS:
        yield from _team_year(size, team, [home for home in homes if home.team == team], today, chance(seed, team))


def is_day_off(worker: str, day: date) -> bool:
    """Centres are open every day; each worker has two days off in a week (operating rules, Art. 11)."""
    return (day.toordinal() + sum(worker.encode())) % 7 in (0, 3)


def _team_year(size: Size, team: str, homes: list[Home], today: date, rng: Random) -> Iterator[Act]:
    weights = [home.weight for home in homes]
    last_seen: dict[str, date] = {}
    due: dict[tuple[str, date], list[tuple[Home, str]]] = {}
    count = 0
    for back in range(size.days, 0, -1):
        day = today - back * DAY
        for worker in workers_of(team):
            round_: list[tuple[Home, str, date | None]] = [
                (home, reason, day) for home, reason in due.pop((worker, day), []) if last_seen.get(home.record) != day
            ]
            if not is_day_off(worker, day):
                for _ in range(_number_of_visits(rng, size.visits[team], back) - len(round_)):
                    home = rng.choices(homes, weights=weights)[0]
                    if (day - last_seen.get(home.record, date.min)).days > _REST_DAYS:
                        last_seen[home.record] = day
                        planned = day if rng.random() < size.planned_apart else None
                        round_.append((home, rng.choices(("routine", "requested"), weights=(88, 12))[0], planned))
            starts = _starts(rng, len(round_))
            for (home, reason, planned_on), start in zip(round_, starts, strict=True):
                last_seen[home.record] = day
                outing = Outing(f"visit.{team}.{count}", home, worker, day, start, reason, planned_on)
                count += 1
                told = visit(rng, outing, today)
                yield from told.acts
                if told.back_on is not None:
                    back_on = _next_day_at_work(worker, told.back_on, today)
                    is_follow_up = "follow_up_on" in told.values
                    if back_on < today:
                        due.setdefault((worker, back_on), []).append((home, "follow_up" if is_follow_up else "routine"))
                    elif not is_follow_up:
                        yield _plan(f"{outing.name}.again", outing, back_on, evening(day, worker), worker)


def _number_of_visits(rng: Random, bounds: tuple[int, int], back: int) -> int:
    # The history is thinner than life, or it would take minutes to write; the last days are as full as life.
    return rng.randint(*bounds) + (rng.randint(2, 3) if back <= 3 and bounds[1] > 1 else 0)


def _next_day_at_work(worker: str, day: date, today: date) -> date:
    while is_day_off(worker, day) or day == today:  # what today holds is told by the story
        day += DAY
    return day


def _starts(rng: Random, count: int) -> list[int]:
    """Times of the day to be at a door: mornings from nine, afternoons from two."""
    slots = [9 * 60, 9 * 60 + 50, 10 * 60 + 40, 14 * 60, 14 * 60 + 50, 15 * 60 + 40, 16 * 60 + 30]
    chosen = sorted(rng.sample(slots, min(count, len(slots)))) + [17 * 60 + 20] * (count - len(slots))
    return [slot + rng.randint(0, 14) for slot in chosen]


def visit(rng: Random, outing: Outing, today: date) -> Outcome:
    """One visit from its plan to its review, as far as it has come by yesterday evening."""
    home, worker, day = outing.home, outing.worker, outing.day
    dweller = home.people[0] if len(home.people) == 1 or rng.random() < 0.8 else rng.choice(_grown(home))
    found = _found(rng, home, dweller, outing)
    sent = evening(day + DAY if rng.random() < 0.05 and day + DAY < today else day, worker)
    known = {"household": home.record, "resident": dweller.record, "assigned_to": worker, "reason": outing.reason}
    acts: list[Act] = []
    if outing.planned_on is not None:
        planner = rng.choice((worker, SUPERVISORS[home.team]))
        acts.append(_plan(outing.name, outing, outing.planned_on, evening(day - DAY, planner), planner, dweller))
        known = {}
    at = moment(day, int(found["left_at"][:2]) * 60 + int(found["left_at"][3:]) + 1)
    sent = max(sent, at + timedelta(minutes=5))
    acts.append(Write(sent, at, worker, "home_visit", outing.record, known | found))
    acts += _changes(rng, outing, dweller, found, Write(sent, at, worker, "", "", {}))
    acts += review(rng, outing, found, sent.date(), today)
    return Outcome(acts, _back_on(found), found)


def _grown(home: Home) -> list[Dweller]:
    return [dweller for dweller in home.people if dweller.age >= 18]


def _found(rng: Random, home: Home, dweller: Dweller, outing: Outing) -> dict[str, Any]:
    """What the worker writes down at the door and behind it."""
    outcomes = dict(_OUTCOMES) | ({"met_family": 0} if len(home.people) == 1 else {})
    outcomes |= {"moved": 1} if home.is_migrant else {}
    outcome = outing.fixed.get("outcome") or rng.choices(list(outcomes), weights=list(outcomes.values()))[0]
    is_met = outcome in {"met_person", "met_family"}
    shares = _SERVICES["old" if dweller.age >= OLD else "adult"]
    services = tuple(service for service, share in shares.items() if is_met and rng.random() < share)
    if is_met and not services:
        services = ("greeting",)
    condition = rng.choices(("as_usual", "follow_up", "urgent"), weights=(83, 15.5, 1.5))[0] if is_met else None
    condition = outing.fixed.get("condition", condition)
    found: dict[str, Any] = {
        "visited_on": outing.day.isoformat(),
        "arrived_at": clock(outing.start),
        "left_at": clock(outing.start + (rng.randint(14, 45) if is_met else rng.randint(2, 6))),
        "outcome": outcome,
        "observation": visit_note(rng, _met(home, dweller, outing.day), outcome, condition, services),
    }
    found |= {f"services.{service}": True for service in services}
    if condition is not None:
        found["condition"] = condition
    if condition in {"follow_up", "urgent"}:
        days = rng.choice((3, 5, 7, 7, 14)) if condition == "follow_up" else 1
        found["follow_up_on"] = (outing.day + DAY * days).isoformat()
    elif outcome in {"no_answer", "come_back"} and rng.random() < 0.6:
        found["rebook_on"] = (outing.day + DAY * rng.randint(1, 8)).isoformat()
    return found | outing.fixed


def _met(home: Home, dweller: Dweller, day: date) -> Met:
    others = [other for other in home.people if other is not dweller]
    has_spouse = any({dweller.values["relation"], other.values["relation"]} == {"self", "spouse"} for other in others)
    child = home.child
    return Met(
        call=dweller.call,
        pronoun=dweller.pronoun,
        age=dweller.age,
        company="spouse" if has_spouse else "family" if others else "nobody",
        kin=_kin_of(home, dweller, has_spouse),
        child=child.name[1:] if child and child is not dweller else "",
        month=day.month,
        has_stairs=home.has_stairs,
    )


def _kin_of(home: Home, dweller: Dweller, has_spouse: bool) -> str:
    """The relative that notes about this person mention: one and the same all year."""
    if "emergency_contact" in dweller.values:
        return str(dweller.values["emergency_contact"]).split(" ")[0]
    if dweller.age >= OLD:
        return ("儿子", "女儿", "儿媳")[int(dweller.record[-4:], 16) % 3]
    if has_spouse:
        return "丈夫" if dweller.sex == "female" else "爱人"
    return "室友" if home.is_migrant and len(home.people) == 1 else "家人"


def _back_on(found: dict[str, Any]) -> date | None:
    back_on = found.get("follow_up_on") or found.get("rebook_on")
    return date.fromisoformat(back_on) if back_on else None


def _plan(name: str, outing: Outing, day: date, sent: Any, planner: str, dweller: Dweller | None = None) -> Write:
    values = {
        "household": outing.home.record,
        "resident": (dweller or outing.home.people[0]).record,
        "assigned_to": outing.worker,
        "planned_on": day.isoformat(),
        "reason": outing.reason,
    }
    return Write(sent, sent - timedelta(minutes=20), planner, "home_visit", record_id(name), values)


def review(rng: Random, outing: Outing, found: dict[str, Any], sent_on: date, today: date) -> list[Act]:
    """What the supervisor says on one of the next mornings: mostly yes, now and then a question and its answer."""
    supervisor = SUPERVISORS[outing.home.team]
    day = sent_on + DAY * rng.choices((1, 2), weights=(65, 35))[0]
    if day >= today:
        return []
    at = moment(day, 10 * 60 + rng.randint(0, 110))
    is_met = found["outcome"] in {"met_person", "met_family"}
    if not is_met or rng.random() > 0.045:
        return [Verdict(at, supervisor, outing.record, "approve")]
    sentence, answer = rng.choice(WORDS["returns"])
    answered = evening(day, outing.worker)
    acts: list[Act] = [
        Verdict(at, supervisor, outing.record, "return", sentence, "observation"),
        Write(
            answered,
            answered - timedelta(minutes=rng.randint(10, 200)),
            outing.worker,
            "home_visit",
            outing.record,
            {"observation": found["observation"] + answer},
        ),
    ]
    if day + DAY < today:
        acts.append(Verdict(moment(day + DAY, 9 * 60 + rng.randint(30, 59)), supervisor, outing.record, "approve"))
    return acts


def _changes(rng: Random, outing: Outing, dweller: Dweller, found: dict[str, Any], by: Write) -> list[Act]:
    """What the visit taught about the home or the person, written into the register on the way down the stairs."""
    if found["outcome"] != "met_person":
        return []
    told: list[Act] = []

    def note(kind: str, record: str, values: dict[str, Any]) -> None:
        told.append(Write(by.sent, by.at + timedelta(minutes=2), by.person, kind, record, values))

    drawn = rng.random()
    if found.get("condition") in {"follow_up", "urgent"} and drawn < 0.3:
        level = "high" if found["condition"] == "urgent" else rng.choice(("medium", "medium", "high"))
        reason = rng.choice(WORDS["risk_reasons"]["old" if dweller.age >= OLD else "young"])
        note("resident", dweller.record, {"risk_level": level, "risk_reason": reason})
    elif drawn < 0.02:
        note("household", outing.home.record, {"phone": phone_number(rng)})
    elif drawn < 0.035:
        note("household", outing.home.record, {"care_note": rng.choice(WORDS["care_notes"])})
    elif drawn < 0.06:
        text = rng.choice(WORDS["remarks"])
        note("resident", dweller.record, {f"remarks.{row_id(outing.name)}": {"text": text}})
    return told
