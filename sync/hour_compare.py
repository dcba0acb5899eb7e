"""What a phone counts of a volunteer's hours beside what the centre counts and what is certified: each difference entry
by entry, with a code for why.

Not here: counting (hours.py), and the words for a code (pwa/src/words/hours_compare.ts).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from schema.access import UNTOLD, Context
from schema.derive import minutes_from
from schema.model import Person, Problem, Schema
from sync import json_text
from sync.hour_rules import Rule, Served, is_bounded, minutes_alone, rule_on, rules_of
from sync.hours import HourFilter, HourLine, cursor_of, lines
from sync.store.store import Store
from sync.tables import one_of
from sync.times import written

# A volunteer of twenty years; what a phone says more is refused.
ENTRIES_MAX = 3000
MINUTES_MAX = 24 * 60
MARKS = ("draft", "saved", "sent", "held", "returned", "reviewed", "versions")
# Why phone and centre differ; why less counts than was written; why what counts is not certified.
APART = ("draft", "not_sent", "held", "gone", "not_on_phone", "other_day", "behind")
LESS = ("cut_to_shift", "day_full", "break", "rounded")
OPEN = ("joined", "rejected", "returned", "corrected", "clock", "questioned", "waiting")
# Checks that are no question about how long somebody was there.
_NOT_ABOUT_THE_HOURS = frozenset(("own", "late", "correction", "no_file"))
_PAGE = 1000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Told:
    """One entry as a phone says it: minutes of what it counts of it, 0 where it counts nowhere. mark: how far it has
    come (MARKS), problem: the code of why it is held.
    """

    record: str
    worked_on: str
    minutes: int
    mark: str
    problem: str | None = None


@dataclass(frozen=True)
class Difference:
    """One entry that is not the same on all sides. code: out of APART, LESS or OPEN; problem: of what is held;
    sentence: with which it was returned or rejected; other: the entry that stands in its place.
    """

    record: str
    worked_on: str
    activity: str
    code: str
    phone: int | None
    written: int | None
    centre: int | None
    certified: int | None
    problem: str | None = None
    sentence: str | None = None
    other: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Minutes of one volunteer: as a phone said at `told_at`, as the centre counts now, and what of that is certified.

    is_equal  phone and centre count the same, entry by entry
    """

    volunteer: str
    device: str
    device_name: str
    told_at: str
    phone: int
    centre: int
    certified: int
    is_equal: bool
    differences: list[Difference]


def read_told(entries: Sequence[Mapping[str, Any]]) -> list[Told] | Problem:
    """What a phone says, or what is wrong with it."""
    if len(entries) > ENTRIES_MAX:
        return Problem("query_refused", "entries", {"reason": "variables"})
    found = []
    for entry in entries:
        told = Told(**entry)
        is_whole = _ID.fullmatch(told.record) and 0 <= told.minutes <= MINUTES_MAX and told.mark in MARKS
        if not is_whole or len(told.worked_on) > 10 or len(told.problem or "") > 64:
            return Problem("query_refused", "entries", {"reason": "variables"})
        found.append(told)
    return found


def keep_told(store: Store, person: Person, told: Sequence[Told], now: datetime) -> None:
    """Keep what a device of this person counts, in place of what it said before."""
    store.execute(
        "INSERT INTO hours_told (device, person, told_at, told) VALUES (?, ?, ?, ?) ON CONFLICT (device)"
        " DO UPDATE SET person = excluded.person, told_at = excluded.told_at, told = excluded.told",
        (person.device, person.person, written(now), json.dumps([asdict(one) for one in told])),
    )


def comparisons(
    store: Store, schema: Schema, person: Person, volunteer: str, context: Context = UNTOLD
) -> list[Comparison]:
    """What each phone of a volunteer said last beside what the centre counts, the newest first, as far as who asks may
    see those hours; whether they may ask about this volunteer is judged by whoever calls.
    """
    with store.snapshot():
        rows = store.rows(
            "SELECT t.device, d.name, t.told_at, t.told FROM hours_told t JOIN device d ON d.device = t.device"
            " WHERE t.person = ? ORDER BY t.told_at DESC",
            (volunteer,),
        )
        known = lines_of(store, schema, person, volunteer, context) if rows else []
        return [
            compared(store, volunteer, device, name, told_at, [Told(**one) for one in json_text.read(told)], known)
            for device, name, told_at, told in rows
        ]


def lines_of(store: Store, schema: Schema, person: Person, volunteer: str, context: Context = UNTOLD) -> list[HourLine]:
    """All entries of a volunteer that somebody may see."""
    found: list[HourLine] = []
    while True:
        after = cursor_of(found[-1]) if found else None
        page = lines(store, schema, person, HourFilter(volunteer=volunteer), after, _PAGE, context)
        found += page
        if len(page) < _PAGE:
            return found


def compared(
    store: Store,
    volunteer: str,
    device: str,
    device_name: str,
    told_at: str,
    told: Sequence[Told],
    known: Sequence[HourLine],
) -> Comparison:
    """One phone's word beside the centre's lines."""
    said, here = {one.record: one for one in told}, {line.record: line for line in known}
    sentences, joined = _sentences(store, known), _joined(store, known)
    rules = {centre: rules_of(store, centre) for centre in {line.centre for line in known}}
    found = []
    for record in sorted(
        said.keys() | here.keys(), key=lambda name: _day(said.get(name), here.get(name)), reverse=True
    ):
        phone, line = said.get(record), here.get(record)
        code = _apart(phone, line)
        if code is None and line is not None:
            rule = rule_on(rules[line.centre], line.worked_on)
            code = _open(line, joined) or _less(rule, line) or _waits(line)
        if code is not None:
            found.append(_difference(record, code, phone, line, sentences.get(record), joined))
    return Comparison(
        volunteer=volunteer,
        device=device,
        device_name=device_name,
        told_at=told_at,
        phone=sum(one.minutes for one in told),
        centre=sum(_counting(line) for line in known),
        certified=sum(line.minutes_counted for line in known if line.state == "certified"),
        is_equal=not any(one.code in APART for one in found),
        differences=found,
    )


def _day(phone: Told | None, line: HourLine | None) -> tuple[str, str]:
    if line is not None:
        return line.worked_on, line.started_at
    return (phone.worked_on if phone else ""), ""


def _counting(line: HourLine | None) -> int:
    return line.minutes_counted if line is not None and line.state in ("certified", "waiting") else 0


def _apart(phone: Told | None, line: HourLine | None) -> str | None:
    """Why a phone and the centre do not say the same of an entry; None where they do."""
    if phone is None:
        return "not_on_phone" if _counting(line) else None
    if phone.mark in ("draft", "held"):
        return phone.mark
    if phone.mark == "saved":
        return "not_sent"
    if line is None:
        return "gone" if phone.minutes else None
    if phone.worked_on != line.worked_on:
        return "other_day"
    return "behind" if phone.minutes != _counting(line) else None


def _open(line: HourLine, joined: Mapping[str, str]) -> str | None:
    """Why an entry counts nowhere."""
    if line.state == "rejected":
        return "joined" if line.record in joined else "rejected"
    return line.state if line.state in ("returned", "corrected") else None


def _less(rule: Rule, line: HourLine) -> str | None:
    """Why less counts than was written."""
    if line.minutes_counted == line.minutes_written:
        return None
    planned = None
    if line.shift_starts_at and line.shift_ends_at:
        planned = minutes_from(line.shift_starts_at, line.shift_ends_at)
    served = Served(
        record=line.record,
        is_certified=line.state == "certified",
        started_at=line.started_at,
        ended_at=line.ended_at,
        break_minutes=line.break_minutes,
        travel_minutes=line.travel_minutes,
        shift=line.shift,
        shift_minutes=planned,
        is_over_told=bool(line.over_reason),
    )
    alone = minutes_alone(rule, served)
    if line.minutes_counted < alone:
        bound = (planned or 0) + (rule.over_shift_minutes or 0)
        return "cut_to_shift" if is_bounded(rule, served) and alone > bound else "day_full"
    return "break" if line.minutes_written - alone >= rule.round_to else "rounded"


def _waits(line: HourLine) -> str | None:
    if "clock_off" in line.checks and line.state == "waiting":
        return "clock"
    if line.state != "waiting":
        return None
    return "questioned" if set(line.checks) - _NOT_ABOUT_THE_HOURS else "waiting"


def _difference(
    record: str,
    code: str,
    phone: Told | None,
    line: HourLine | None,
    sentence: str | None,
    joined: Mapping[str, str],
) -> Difference:
    return Difference(
        record=record,
        worked_on=line.worked_on if line else (phone.worked_on if phone else ""),
        activity=line.activity if line else "",
        code=code,
        phone=phone.minutes if phone else None,
        written=line.minutes_written if line else None,
        centre=_counting(line) if line else None,
        certified=(line.minutes_counted if line.state == "certified" else 0) if line else None,
        problem=phone.problem if phone and code == "held" else None,
        sentence=sentence,
        other=(joined.get(record) or line.corrected_by) if line else None,
    )


def _sentences(store: Store, known: Sequence[HourLine]) -> dict[str, str]:
    """With which words entries were returned or rejected."""
    records = [line.record for line in known if line.state in ("returned", "rejected")]
    sql = f"SELECT record, review FROM record WHERE record IN {one_of(records)}"  # noqa: S608
    rows = store.rows(sql, records) if records else []
    read = {record: json_text.read(review) for record, review in rows if review}
    return {record: review["sentence"] for record, review in read.items() if review.get("sentence")}


def _joined(store: Store, known: Sequence[HourLine]) -> dict[str, str]:
    """Entries that were found to be another one, with that one."""
    records = [line.record for line in known if line.state == "rejected"]
    if not records:
        return {}
    several = one_of(records)
    sql = (
        f"SELECT record, other FROM settled_duplicate WHERE verdict = 'same'"  # noqa: S608
        f" AND (record IN {several} OR other IN {several})"
    )
    rejected = set(records)
    found: dict[str, str] = {}
    for one, other in store.rows(sql, (*records, *records)):
        found |= {name: mate for name, mate in ((one, other), (other, one)) if name in rejected}
    return found
