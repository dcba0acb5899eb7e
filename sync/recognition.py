"""What a centre knows of somebody's service: certified entries of some days, training, medals, assessments; which
medals somebody has reached, and whose assessment is due.

Not here: how minutes are counted (hours.py), and what is made of it (server/recognition).
"""

import calendar
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from schema.model import Schema
from sync.hours import HourCertified, HourFilter, certified
from sync.json_text import ordered_utf8
from sync.store.store import Store

PAPER, AWARD, ASSESSMENT, FILE, TRAINING = (
    *("hour_certificate", "medal_award", "volunteer_assessment", "volunteer", "training"),
)
# Whose records a list of service tells of.
TOLD_OF = ("hour_entry", AWARD, ASSESSMENT)
# Certified hours from which somebody is told to be near the next medal.
NEAR_HOURS = 10
# A period that ended longer ago is not asked for any more.
DUE_DAYS_MAX = 366


@dataclass(frozen=True)
class Taught:
    """A training somebody was present at, verified."""

    held_on: str
    topics: str
    place: str
    trainer: str


@dataclass(frozen=True)
class Service:
    """All that a paper or a list of service may say of one volunteer, by the days asked for."""

    volunteer: str
    file: Mapping[str, Any]
    entries: tuple[HourCertified, ...]
    trainings: tuple[Taught, ...]
    medals: tuple[tuple[str, str], ...]
    evaluations: tuple[tuple[str, str, str, str], ...]

    @property
    def minutes(self) -> int:
        """Certified minutes; nowhere kept."""
        return sum(entry.minutes for entry in self.entries)


@dataclass(frozen=True)
class MedalRule:
    """From which certified hours on a medal stands."""

    record: str
    medal: str
    min_hours: int


@dataclass(frozen=True)
class Due:
    """A period of somebody that has ended and is not assessed. period: half_year | year."""

    volunteer: str
    period: str
    from_on: str
    to_on: str


def service_of(store: Store, schema: Schema, centre: str, volunteer: str, from_on: str, to_on: str) -> Service:
    """What is known of one volunteer between two days, both counted."""
    return Service(
        volunteer=volunteer,
        file=file_of(store, schema, centre, volunteer),
        entries=entries_of(store, centre, volunteer, from_on, to_on),
        trainings=trainings_of(store, schema, centre, volunteer, from_on, to_on),
        medals=medals_of(store, centre, volunteer, from_on, to_on),
        evaluations=evaluations_of(store, centre, volunteer, from_on, to_on),
    )


def entries_of(store: Store, centre: str, volunteer: str, from_on: str, to_on: str) -> tuple[HourCertified, ...]:
    """The certified entries of one volunteer between two days, by day and hour."""
    return tuple(certified(store, centre, HourFilter(volunteer=volunteer, from_on=from_on, to_on=to_on)))


def served_at(store: Store, centre: str) -> list[str]:
    """Everybody with certified hours at a centre, by their ids."""
    return sorted({entry.volunteer for entry in certified(store, centre)})


def digest_of(entries: Iterable[HourCertified]) -> str:
    """What a paper's entries come to, so that a change in any of them is seen."""
    told = [[one.record, one.worked_on, one.started_at, one.ended_at, one.activity, one.minutes] for one in entries]
    return hashlib.sha256(ordered_utf8(told)).hexdigest()


def file_of(store: Store, schema: Schema, centre: str, volunteer: str) -> dict[str, Any]:
    """The file of a volunteer at the centre, empty where there is none."""
    if FILE not in schema.kinds:
        return {}
    names = [name for name in FILE_FIELDS if name in schema.kinds[FILE].fields]
    row = store.row(
        f"SELECT r.record, {', '.join(f'k.{name}' for name in names)} FROM {FILE} k"  # noqa: S608
        " JOIN record r ON r.record = k.record WHERE r.centre = ? AND k.person = ? ORDER BY r.record LIMIT 1",
        (centre, volunteer),
    )
    if row is None:
        return {}
    return {name: value for name, value in zip(("record", *names), row, strict=True) if value is not None}


FILE_FIELDS = ("name", "birth_date", "languages", "skills", "admitted_on", "active_since", "team_name", "state")


def trainings_of(
    store: Store, schema: Schema, centre: str, volunteer: str, from_on: str, to_on: str
) -> tuple[Taught, ...]:
    """The verified trainings of some days at which somebody was present."""
    file = file_of(store, schema, centre, volunteer)
    if TRAINING not in schema.kinds or not file:
        return ()
    rows = store.rows(
        "SELECT k.held_on, k.topics, k.place, k.trainer, k.people FROM training k JOIN record r ON r.record = k.record"
        " WHERE r.centre = ? AND k.state = 'verified' AND k.held_on BETWEEN ? AND ? ORDER BY k.held_on, k.record",
        (centre, from_on, to_on),
    )
    name = file["record"].replace("-", "")
    return tuple(
        Taught(held_on, topics or "", place or "", trainer or "")
        for held_on, topics, place, trainer, people in rows
        if _read(people).get(name, {}).get("present")
    )


def medals_of(store: Store, centre: str, volunteer: str, from_on: str, to_on: str) -> tuple[tuple[str, str], ...]:
    """(medal, day) of each that was given in these days."""
    rows = store.rows(
        "SELECT k.medal, k.awarded_on FROM medal_award k JOIN record r ON r.record = k.record WHERE r.centre = ?"
        " AND k.volunteer = ? AND k.state = 'awarded' AND k.awarded_on BETWEEN ? AND ? ORDER BY k.awarded_on, k.record",
        (centre, volunteer, from_on, to_on),
    )
    return tuple((medal, on) for medal, on in rows)


def evaluations_of(
    store: Store, centre: str, volunteer: str, from_on: str, to_on: str
) -> tuple[tuple[str, str, str, str], ...]:
    """(period, first day, last day, result) of each assessment that was told, of periods that end in these days."""
    rows = store.rows(
        "SELECT k.period, k.from_on, k.to_on, k.result FROM volunteer_assessment k JOIN record r ON r.record = k.record"
        " WHERE r.centre = ? AND k.volunteer = ? AND k.state IN ('told', 'appealed', 'final')"
        " AND k.to_on BETWEEN ? AND ? ORDER BY k.to_on, k.record",
        (centre, volunteer, from_on, to_on),
    )
    return tuple((period, first, last, result) for period, first, last, result in rows)


def rules_on(store: Store, centre: str, day: date) -> list[MedalRule]:
    """The rules for medals in force on a day, the fewest hours first."""
    rows = store.rows(
        "SELECT k.record, k.medal, k.min_hours FROM medal_rule k JOIN record r ON r.record = k.record"
        " WHERE r.centre = ? AND k.effective_on <= ? ORDER BY k.effective_on, k.record",
        (centre, day.isoformat()),
    )
    latest = {medal: MedalRule(record, medal, hours) for record, medal, hours in rows}
    return sorted(latest.values(), key=lambda rule: (rule.min_hours, rule.medal))


def next_rule(rules: Sequence[MedalRule], minutes: int) -> MedalRule | None:
    """The rule of the next medal that certified minutes have not reached."""
    return next((rule for rule in rules if minutes < rule.min_hours * 60), None)


def awards_of(store: Store, centre: str) -> dict[tuple[str, str], tuple[str, str]]:
    """(volunteer, medal): the newest award and its state."""
    rows = store.rows(
        "SELECT k.volunteer, k.medal, k.record, coalesce(k.state, 'eligible') FROM medal_award k"
        " JOIN record r ON r.record = k.record WHERE r.centre = ? ORDER BY k.counted_on, k.record",
        (centre,),
    )
    return {(volunteer, medal): (record, state) for volunteer, medal, record, state in rows}


def due_on(store: Store, schema: Schema, centre: str, day: date) -> list[Due]:
    """The half years and years of serving volunteers that have ended and are not assessed, by name of nobody."""
    by_halves = _counts_from(store, centre, day) == "halves"
    done = {
        (volunteer, period, to_on)
        for volunteer, period, to_on in store.rows(
            "SELECT k.volunteer, k.period, k.to_on FROM volunteer_assessment k JOIN record r ON r.record = k.record"
            " WHERE r.centre = ?",
            (centre,),
        )
    }
    found = []
    for person, began in _serving(store, schema, centre):
        for due in _periods(person, began, day, by_halves):
            if (due.volunteer, due.period, due.to_on) not in done:
                found.append(due)
    return found


def _serving(store: Store, schema: Schema, centre: str) -> list[tuple[str, date]]:
    if FILE not in schema.kinds:
        return []
    rows = store.rows(
        "SELECT k.person, coalesce(k.admitted_on, k.active_since) FROM volunteer k JOIN record r ON r.record = k.record"
        " WHERE r.centre = ? AND k.state IN ('active', 'paused') ORDER BY k.person, r.record",
        (centre,),
    )
    return [(person, date.fromisoformat(on)) for person, on in rows if person and on]


def _counts_from(store: Store, centre: str, day: date) -> str:
    found = store.value(
        "SELECT k.counts_from FROM assessment_setting k JOIN record r ON r.record = k.record"
        " WHERE r.centre = ? AND k.effective_on <= ? ORDER BY k.effective_on DESC, k.record DESC LIMIT 1",
        (centre, day.isoformat()),
    )
    return str(found or "admission")


def _periods(person: str, began: date, day: date, by_halves: bool) -> list[Due]:
    """The periods that ended within the last year, the oldest first."""
    found = []
    start = date(began.year, 1, 1) if by_halves else began
    for year in range(day.year - start.year + 1):
        first = months_later(start, 12 * year)
        for period, months in (("half_year", 6), ("year", 12)):
            last = months_later(first, months) - timedelta(days=1)
            # By halves, whoever came within one is assessed by what is left of it.
            from_on = max(first, began)
            if last < day <= last + timedelta(days=DUE_DAYS_MAX) and last >= began:
                found.append(Due(person, period, from_on.isoformat(), last.isoformat()))
    return found


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, calendar.monthrange(day.year + year, month + 1)[1]))


def _read(kept: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(kept) if isinstance(kept, str) else kept or {}
    return found
