"""The desk at which hours are certified: every entry that waits, with its day, its shift and who else could certify it.

One answer for the whole list, in a handful of statements whatever its length. Not here: counting and what is odd about
an entry (hours.py), and certifying, which is a decision like any other (decide.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.access import UNTOLD, Context
from schema.model import Kind, Person, Problem, Schema
from schema.words import title_of
from sync import hours, leases, log, people
from sync.hour_decisions import ENTRY
from sync.hours import HourFilter, HourLine, HourWas
from sync.log import Entry
from sync.second_person import refusal_of
from sync.store.store import Store
from sync.tables import AT_MOST, one_of
from sync.times import CENTRE_ZONE, local_date, read_instant
from sync.visibility import Condition, Place, Relation, decide_at, seen_by

ITEMS_MAX = 200
ANSWERS_MAX = 50
_WAITING = "FROM record r CROSS JOIN hour_entry k ON k.record = r.record WHERE r.review_state IN ('waiting', 'changed')"


@dataclass(frozen=True)
class HourShift:
    """The shift of an entry. Times of a day at the centre; the place as it was planned."""

    record: str
    starts_at: str
    ends_at: str
    place: str | None
    signed_in_at: str | None
    signed_out_at: str | None


@dataclass(frozen=True)
class HourItem:
    """One entry that waits.

    notes       what was added to it in words, oldest first
    answered    it was returned, and its author wrote since
    corrected   the entry that it corrects
    refused     why this person may not certify it; certifiers: who may instead, by name
    looking     who looks at it just now
    """

    line: HourLine
    volunteer_name: str
    author_name: str
    title_zh: str
    title_en: str
    delivered_at: str
    answered: bool
    notes: list[str]
    shift: HourShift | None
    corrected: HourWas | None
    refused: Problem | None
    certifiers: list[str]
    looking: leases.Lease | None
    looking_name: str


@dataclass(frozen=True)
class HourAnswer:
    """An entry that was sent back and not answered yet."""

    record: str
    volunteer_name: str
    worked_on: str
    activity: str
    sentence: str | None
    by_name: str
    at: str


@dataclass(frozen=True)
class HourDesk:
    """What waits to be certified, oldest day first, at most ITEMS_MAX of `total`.

    beside        (entry, name of its author) of the same volunteers and days that wait no more, or are not on this page
    waiting_minutes    of everything that waits; certified_minutes: of the present month, which began on `since_on`
    answers       what was returned and waits for its author, at most ANSWERS_MAX of `answers_total`
    """

    items: list[HourItem]
    beside: list[tuple[HourLine, str]]
    total: int
    waiting_minutes: int
    certified_minutes: int
    since_on: str
    answers: list[HourAnswer]
    answers_total: int


def hours_to_certify(
    store: Store, schema: Schema, person: Person, now: datetime, context: Context = UNTOLD
) -> HourDesk:
    """The list of whoever certifies hours; of what somebody else certifies, nothing."""
    mine = seen_by(schema, person, [ENTRY], "review", context)
    with store.snapshot():
        total, oldest = store.rows(f"SELECT count(*), min(k.worked_on) {_WAITING} AND {mine.sql}", mine.parameters)[0]
        rows = store.rows(
            f"SELECT r.record {_WAITING} AND {mine.sql} ORDER BY k.worked_on, k.started_at, k.record {AT_MOST}",
            (*mine.parameters, ITEMS_MAX),
        )
        lines = _lines(store, schema, person, [row[0] for row in rows], context)
        beside = _lines(store, schema, person, _of_the_same_days(store, mine, lines), context)
        names = _Names(store, person.centre)
        since_on = local_date(now).replace(day=1).isoformat()
        since = HourFilter(from_on=min(oldest or since_on, since_on))
        months = hours.totals(store, schema, person, "month", since, context)
        answers, answers_total = _answers(store, schema, person, mine, names)
        return HourDesk(
            items=_items(store, schema, person, lines, names, now),
            beside=[(line, names.of(line.author)) for line in beside if line.state != "rejected"],
            total=int(total),
            waiting_minutes=sum(one.waiting for one in months),
            certified_minutes=sum(one.certified for one in months if one.key == since_on[:7]),
            since_on=since_on,
            answers=answers,
            answers_total=answers_total,
        )


def _lines(store: Store, schema: Schema, person: Person, records: Sequence[str], context: Context) -> list[HourLine]:
    if not records:
        return []
    return hours.lines(store, schema, person, HourFilter(records=records), limit=len(records), context=context)


def _of_the_same_days(store: Store, mine: Condition, lines: Sequence[HourLine]) -> list[str]:
    """The other entries of these volunteers on these days that this person may see."""
    days = sorted({(line.volunteer, line.worked_on) for line in lines})
    if not days:
        return []
    several = ", ".join(["(?, ?)"] * len(days))
    found = store.rows(
        f"SELECT k.record FROM hour_entry k JOIN record r ON r.record = k.record"  # noqa: S608
        f" WHERE (k.volunteer, k.worked_on) IN (VALUES {several}) AND {mine.sql}",
        (*(value for day in days for value in day), *mine.parameters),
    )
    known = {line.record for line in lines}
    return [record for (record,) in found if record not in known]


class _Names:
    """The people of the centre by id, read once."""

    def __init__(self, store: Store, centre: str) -> None:
        self.members = people.members(store, centre)
        self._names = {member.person: member.name for member in self.members}

    def of(self, person: str) -> str:
        return self._names.get(person, person)


def _items(
    store: Store, schema: Schema, person: Person, lines: Sequence[HourLine], names: _Names, now: datetime
) -> list[HourItem]:
    records = [line.record for line in lines]
    if not records:
        return []
    facts = {
        row[0]: row[1:]
        for row in store.rows(
            "SELECT r.record, r.delivered_at, r.review, k.remarks"  # noqa: S608
            f" FROM record r JOIN hour_entry k ON k.record = r.record WHERE r.record IN {one_of(records)}",
            tuple(records),
        )
    }
    shifts = _shifts(store, [line.shift for line in lines if line.shift])
    corrected = _corrected(store, schema, person, [line.corrects for line in lines if line.corrects])
    held, saves = leases.holders(store, records, now), log.saves_of(store, records)
    kind = schema.kinds[ENTRY]
    certifiers = [
        (member.person, member.name)
        for member in names.members
        if decide_at(
            schema,
            Person(member.person, member.name, member.centre, member.memberships),
            "review",
            kind,
            Place(person.centre, Relation(None, frozenset())),
        ).allowed
    ]
    found = []
    for line in lines:
        delivered_at, review, remarks = facts[line.record]
        refused = _refused(kind, person, line, saves.get(line.record, []))
        lease = held.get(line.record)
        values = {"volunteer": line.volunteer, "worked_on": line.worked_on}
        found.append(
            HourItem(
                line=line,
                volunteer_name=names.of(line.volunteer),
                author_name=names.of(line.author),
                title_zh=title_of(kind, values, "zh", lambda _, id: names.of(id)),
                title_en=title_of(kind, values, "en", lambda _, id: names.of(id)),
                delivered_at=delivered_at,
                answered=bool(json.loads(review or "{}").get("answered")),
                notes=_notes(remarks),
                shift=shifts.get(line.shift or ""),
                corrected=corrected.get(line.corrects or ""),
                refused=refused,
                certifiers=[name for who, name in certifiers if refused and who not in (person.person, line.volunteer)],
                looking=lease,
                looking_name=names.of(lease.person) if lease else "",
            )
        )
    return found


def _refused(kind: Kind, person: Person, line: HourLine, saves: Sequence[Entry]) -> Problem | None:
    """Why this person may not certify an entry, as deciding would refuse it."""
    second = kind.review.second_person if kind.review else None
    if second is None:
        return None
    return refusal_of(kind, {second.person: line.volunteer, second.measure: line.minutes_written}, saves, person)


def _notes(remarks: str | None) -> list[str]:
    rows: Mapping[str, Mapping[str, Any]] = json.loads(remarks or "{}")
    return [str(row["text"]) for _, row in sorted(rows.items()) if row.get("text")]


def _shifts(store: Store, shifts: Sequence[str]) -> dict[str, HourShift]:
    if not shifts:
        return {}
    rows = store.rows(
        "SELECT record, starts_at, ends_at, place, signed_in_at, signed_out_at FROM shift"  # noqa: S608
        f" WHERE record IN {one_of(shifts)}",
        tuple(shifts),
    )
    return {row[0]: HourShift(*row[:4], *(None if at is None else _time(at) for at in row[4:])) for row in rows}


def _time(instant: str) -> str:
    return read_instant(instant).astimezone(CENTRE_ZONE).strftime("%H:%M")


def _corrected(store: Store, schema: Schema, person: Person, records: Sequence[str]) -> dict[str, HourWas]:
    found = hours.lines(store, schema, person, HourFilter(records=records), limit=len(records)) if records else []
    return {line.record: HourWas(line.started_at, line.ended_at, line.minutes_counted) for line in found}


def _answers(
    store: Store, schema: Schema, person: Person, mine: Condition, names: _Names
) -> tuple[list[HourAnswer], int]:
    """What was sent back, the one that has waited longest first."""
    returned = (
        f"FROM record r CROSS JOIN hour_entry k ON k.record = r.record WHERE r.review_state = 'returned' AND {mine.sql}"
    )
    total = int(store.value(f"SELECT count(*) {returned}", mine.parameters))
    rows = store.rows(
        f"SELECT r.record, k.volunteer, k.worked_on, k.activity, r.review {returned}"
        f" ORDER BY r.review ->> 'at', r.record {AT_MOST}",
        (*mine.parameters, ANSWERS_MAX),
    )
    found = []
    for record, volunteer, worked_on, activity, text in rows:
        review = json.loads(text)
        found.append(
            HourAnswer(
                record=record,
                volunteer_name=names.of(volunteer),
                worked_on=worked_on,
                activity=activity,
                sentence=review["sentence"],
                by_name=names.of(review["by"] or ""),
                at=review["at"],
            )
        )
    return found, total
