"""The hours of volunteers, counted: each entry with what is odd about it, and what is certified and what waits.

The one place that counts on the server; no total is kept. How minutes are counted: hour_rules.py; what is refused:
hour_decisions.py. Not here: certifying itself, which is a decision like any other.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from schema.access import UNTOLD, Context
from schema.derive import minutes_from
from schema.model import Person, Schema
from sync import log
from sync.duty_codes import wrongly_said
from sync.hour_decisions import ENTRY, IS_CORRECTED, SHIFT
from sync.hour_rules import Rule, Served, closes_on, counted, minutes_alone, minutes_written, rule_on, rules_of
from sync.log import Entry
from sync.second_person import written_by
from sync.store.store import Row, Store
from sync.tables import one_of
from sync.times import CENTRE_ZONE, local_date_of, read_instant, wrong_minutes
from sync.visibility import Condition, seen_by

FILE = "volunteer"
# A phone that knew of its wrong clock kept what it showed; the times themselves are then the centre's.
SHOWN_BY_PHONE = ("phone_in_at", "phone_out_at")
STATES = ("certified", "waiting", "returned", "rejected", "corrected")
# What makes somebody look twice, in the order in which it is told.
CHECKS = (
    *("own", "same", "overlap", "elsewhere", "no_sign_out", "code_wrong", "over_shift", "over_day", "raised", "late"),
    *("closed_month", "clock_off", "no_file", "before_active", "versions", "correction"),
)
STATE = (
    f"CASE WHEN {IS_CORRECTED} THEN 'corrected' WHEN r.review_state = 'approved' THEN 'certified'"
    " WHEN r.review_state IN ('returned', 'rejected') THEN r.review_state ELSE 'waiting' END"
)
_TIMES = ("worked_on", "started_at", "ended_at", "break_minutes", "travel_minutes")
_COLUMNS = (
    *("record", "volunteer", "activity", "project", "shift", "worked_on", "started_at", "ended_at", "break_minutes"),
    *("travel_minutes", "provenance", "late_reason", "over_reason", "corrects", "correction_reason"),
)
_FIRST, _PAGE_MAX = 200, 1000
_AT_ONCE = 400
_IN_ORDER = " ORDER BY k.worked_on, k.started_at, k.record"
# The book as it is asked for in the words of who may see a record.
_BOOK = "(SELECT h.*, 'hour_entry' AS kind, NULL AS team, NULL AS put_away FROM hour_count h) r"
# What totals are taken by.
_KEYS = {
    "month": "substr(r.worked_on, 1, 7)",
    "volunteer": "r.volunteer",
    "project": "r.project",
    "activity": "r.activity",
}


@dataclass(frozen=True)
class HourWas:
    """What an entry said before it was made longer."""

    started_at: str
    ended_at: str
    minutes: int


@dataclass(frozen=True)
class HourLine:
    """One entry, counted.

    minutes_written  as it was written, less break and way; minutes_counted: what of it counts, were it certified
    state            certified | waiting | returned | rejected | corrected
    checks           codes out of CHECKS; none for what needs no second look
    overlaps         {record of the same centre: minutes in common}, for `same` and `overlap`
    corrects, corrected_by  the entry before and after it in a chain of corrections
    shift_starts_at, shift_ends_at  as it was planned
    was              before it was made longer, for `raised`
    arrived_on       the day at the centre on which its times came
    """

    record: str
    volunteer: str
    activity: str
    project: str | None
    shift: str | None
    duty: str | None
    worked_on: str
    started_at: str
    ended_at: str
    minutes_written: int
    minutes_counted: int
    state: str
    provenance: str
    checks: tuple[str, ...]
    corrects: str | None
    corrected_by: str | None = None
    break_minutes: int | None = None
    travel_minutes: int | None = None
    late_reason: str | None = None
    over_reason: str | None = None
    correction_reason: str | None = None
    author: str = ""
    revision: int = 0
    centre: str = ""
    overlaps: Mapping[str, int] = field(default_factory=dict)
    shift_starts_at: str | None = None
    shift_ends_at: str | None = None
    was: HourWas | None = None
    arrived_on: str | None = None


@dataclass(frozen=True)
class HourCertified:
    """One certified entry and the minutes that count of it."""

    record: str
    volunteer: str
    activity: str
    project: str
    worked_on: str
    started_at: str
    ended_at: str
    minutes: int


@dataclass(frozen=True)
class HourFilter:
    """Which entries. month: "2026-11"; from_on and to_on both included; project "" finds those without one; state out
    of STATES; records: these alone. What is None narrows nothing.
    """

    volunteer: str | None = None
    project: str | None = None
    month: str | None = None
    from_on: str | None = None
    to_on: str | None = None
    state: str | None = None
    records: Sequence[str] | None = None
    activity: str | None = None


@dataclass(frozen=True)
class HourTotal:
    """Minutes of one volunteer, project or month: certified, and on their way; entries: how many make them up."""

    key: str
    certified: int
    waiting: int
    entries: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One entry as it stands in the tables."""

    values: Mapping[str, Any]
    state: str
    centre: str
    conflicts: int
    author: str
    revision: int
    duty: str | None
    planned: tuple[str, str] | None

    @property
    def record(self) -> str:
        return str(self.values["record"])

    @property
    def day(self) -> tuple[str, str, str]:
        return self.centre, self.values["volunteer"], self.values["worked_on"]

    @property
    def span(self) -> tuple[str, str]:
        return self.values["started_at"], self.values["ended_at"]

    def served(self) -> Served:
        values = self.values
        return Served(
            record=self.record,
            is_certified=self.state == "certified",
            started_at=values["started_at"],
            ended_at=values["ended_at"],
            break_minutes=values["break_minutes"],
            travel_minutes=values["travel_minutes"],
            shift=values["shift"],
            shift_minutes=minutes_from(*self.planned) if self.planned else None,
            is_over_told=bool(values["over_reason"]),
        )


def lines(
    store: Store,
    schema: Schema,
    person: Person,
    filter: HourFilter = HourFilter(),
    after: str | None = None,
    limit: int = _FIRST,
    context: Context = UNTOLD,
) -> list[HourLine]:
    """The entries that a person may see, by day and hour, each with its checks as this person meets them.

    after  `cursor_of` the last line of the page before; limit: at most 1,000
    A handful of statements whatever the number of lines.
    """
    narrowed, seen = _narrowed(filter, after), seen_by(schema, person, [ENTRY], context=context)
    # Which they are is read off the book, by an index that has their order; what they say, for one page alone.
    names = (
        f"SELECT r.record FROM {_BOOK} WHERE {seen.sql} AND {narrowed.sql}"  # noqa: S608
        f" ORDER BY r.worked_on, r.started_at, r.record LIMIT {max(1, min(limit, _PAGE_MAX))}"
    )
    with store.snapshot():
        page = [row[0] for row in store.rows(names, (*seen.parameters, *narrowed.parameters))]
        found = _rows(store, schema, f"k.record IN {one_of(page)}", page, _IN_ORDER) if page else []
        return _Page(store, schema, person, found).lines()


def cursor_of(line: HourLine) -> str:
    """What `after` asks the next page by."""
    return f"{line.worked_on}/{line.started_at}/{line.record}"


def totals(
    store: Store,
    schema: Schema,
    person: Person,
    by: str,
    filter: HourFilter = HourFilter(),
    context: Context = UNTOLD,
) -> list[HourTotal]:
    """Certified and waiting minutes of what a person may see, by "volunteer", "project", "activity" or "month", by
    several of them joined by +, whose keys are joined alike, or "all" in one.

    What is returned, rejected or corrected counts in neither.
    """
    keys = [_KEYS[name] for name in by.split("+")] if by != "all" else []
    key = " || '+' || ".join(keys) or "''"
    narrowed, seen = _narrowed(filter, None), seen_by(schema, person, [ENTRY], context=context)
    sql = (
        f"SELECT {key} AS sum_key, sum(CASE WHEN r.state = 'certified' THEN r.minutes ELSE 0 END),"  # noqa: S608
        " sum(CASE WHEN r.state = 'waiting' THEN r.minutes ELSE 0 END), count(*)"
        f" FROM {_BOOK} WHERE {seen.sql} AND {narrowed.sql} AND r.state IN ('certified', 'waiting')"
        " GROUP BY sum_key ORDER BY sum_key"
    )
    with store.snapshot():
        rows = store.rows(sql, (*seen.parameters, *narrowed.parameters))
    return [
        HourTotal(key, int(certified), int(waiting), entries) for key, certified, waiting, entries in rows if entries
    ]


def certified(store: Store, centre: str, filter: HourFilter = HourFilter()) -> list[HourCertified]:
    """What is certified at a centre, by day and hour, without its checks: for the centre's own papers and medals.

    Who may have them is judged by whoever calls.
    """
    narrowed = _narrowed(filter, None)
    rows = store.rows(
        "SELECT r.record, r.volunteer, r.activity, r.project, r.worked_on, r.started_at, k.ended_at, r.minutes"  # noqa: S608
        f" FROM {_BOOK} JOIN hour_entry k ON k.record = r.record"
        f" WHERE r.centre = ? AND r.state = 'certified' AND {narrowed.sql}"
        " ORDER BY r.worked_on, r.started_at, r.record",
        (centre, *narrowed.parameters),
    )
    return [HourCertified(*row) for row in rows]


def count(
    store: Store, schema: Schema, person: Person, filter: HourFilter = HourFilter(), context: Context = UNTOLD
) -> int:
    """How many entries a person may see, whatever their state."""
    narrowed, seen = _narrowed(filter, None), seen_by(schema, person, [ENTRY], context=context)
    sql = f"SELECT count(*) FROM {_BOOK} WHERE {seen.sql} AND {narrowed.sql}"  # noqa: S608
    return int(store.value(sql, (*seen.parameters, *narrowed.parameters)))


def would_count(
    store: Store, schema: Schema, person: Person, month: str, rule: Rule, context: Context = UNTOLD
) -> tuple[int, int, int]:
    """Of what a person sees of a month, certified and waiting: how many entries, the minutes they count, and those that
    they would count by another rule. Nothing changes by it.
    """
    seen = seen_by(schema, person, [ENTRY], context=context)
    month_of = (f"{month}-01", f"{month}-31")
    with store.snapshot():
        found = _rows(store, schema, f"{seen.sql} AND k.worked_on BETWEEN ? AND ?", (*seen.parameters, *month_of))
        standing = [row for row in found if row.state in ("certified", "waiting")]
        now = _counted(store, standing)
    then = 0
    for day in _by_day(standing).values():
        then += sum(counted(rule, [row.served() for row in day]).values())
    return len(standing), sum(now.values()), then


def counts_of(store: Store, schema: Schema, days: Sequence[tuple[str, str]]) -> list[Row]:
    """What the book says of each entry of some volunteers' days, counted now: the columns of table hour_count."""
    several = ", ".join(["(?, ?)"] * len(days))
    flat = [value for day in days for value in day]
    found = _rows(store, schema, f"(k.volunteer, k.worked_on) IN (VALUES {several})", flat) if days else []
    minutes = _counted(store, found)
    return [
        (
            *(row.record, row.centre, row.values["volunteer"], row.values["worked_on"], row.values["started_at"]),
            *(row.values["project"] or "", row.values["activity"] or "", row.state, minutes[row.record]),
        )
        for row in found
    ]


def _narrowed(filter: HourFilter, after: str | None) -> Condition:
    parts, parameters = ["TRUE"], list[str]()
    for sql, value in (
        ("r.volunteer = ?", filter.volunteer),
        ("r.project = ?", filter.project),
        ("r.activity = ?", filter.activity),
        ("r.worked_on >= ?", filter.from_on),
        ("r.worked_on <= ?", filter.to_on),
        ("r.state = ?", filter.state),
    ):
        if value is not None:
            parts.append(sql)
            parameters.append(value)
    if filter.month is not None:
        parts.append("r.worked_on BETWEEN ? AND ?")
        parameters += [f"{filter.month}-01", f"{filter.month}-31"]
    if filter.records is not None:
        parts.append("r.record IN (SELECT value FROM json_each(?))")
        parameters.append(json.dumps([*filter.records]))
    day, _, rest = (after or "").partition("/")
    hour, _, record = rest.partition("/")
    if record:
        parts.append("(r.worked_on, r.started_at, r.record) > (?, ?, ?)")
        parameters += [day, hour, record]
    return Condition(" AND ".join(parts), tuple(parameters))


def _rows(store: Store, schema: Schema, where: str, parameters: Sequence[Any], tail: str = "") -> list[_Row]:
    """Entries with their state, and what was planned for them."""
    duty = "s.duty" if "duty" in schema.kinds[SHIFT].fields else "NULL"
    columns = ", ".join(f"k.{name}" for name in _COLUMNS)
    rows = store.rows(
        f"SELECT {columns}, {STATE}, r.centre, r.conflicts, r.author, r.revision, {duty}, s.starts_at, s.ends_at"  # noqa: S608
        " FROM hour_entry k JOIN record r ON r.record = k.record LEFT JOIN shift s ON s.record = k.shift"
        f" WHERE {where}{tail}",
        tuple(parameters),
    )
    return [_row(row) for row in rows]


def _row(row: Row) -> _Row:
    values = dict(zip(_COLUMNS, row, strict=False))
    state, centre, conflicts, author, revision, duty, starts_at, ends_at = row[len(_COLUMNS) :]
    planned = (starts_at, ends_at) if starts_at and ends_at else None
    return _Row(values, state, centre, conflicts, author, revision, duty, planned)


def _by_day(rows: Iterable[_Row]) -> dict[tuple[str, str, str], list[_Row]]:
    found: dict[tuple[str, str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.day].append(row)
    return found


def _counted(store: Store, rows: Sequence[_Row]) -> dict[str, int]:
    """The minutes of each entry; `rows` holds whole days."""
    rules = {centre: rules_of(store, centre) for centre in {row.centre for row in rows}}
    found: dict[str, int] = {}
    for (centre, _, on), day in _by_day(rows).items():
        rule = rule_on(rules[centre], on)
        found |= counted(rule, [row.served() for row in day if row.state in ("certified", "waiting")])
        # What counts nowhere is told as it would count by itself.
        for row in day:
            if row.record not in found:
                found |= counted(rule, [row.served()])
    return found


def in_common(one: tuple[str, str], other: tuple[str, str]) -> int:
    """The minutes that two stretches of one day share."""
    return minutes_from(max(one[0], other[0]), min(one[1], other[1])) or 0


class _Page:
    """Some entries and all that is asked about them, read for all of them at once."""

    def __init__(self, store: Store, schema: Schema, person: Person, rows: Sequence[_Row]) -> None:
        self._store, self._schema, self._person, self._rows = store, schema, person, rows
        self._mates = self._of_the_same_days()
        self._minutes = _counted(store, self._mates)
        self._rules = {centre: rules_of(store, centre) for centre in {row.centre for row in rows}}
        self._days: dict[tuple[str, str], list[_Row]] = defaultdict(list)
        for mate in self._mates:
            self._days[mate.day[1:]].append(mate)
        self._saves = self._of_the_log()
        self._files = self._of_volunteers()
        self._unsigned = self._without_sign_out()
        self._wrong_codes = wrongly_said(store, {row.values["shift"] for row in rows if row.values["shift"]})
        self._corrections = self._correcting()

    def lines(self) -> list[HourLine]:
        return [self._line(row) for row in self._rows]

    def _of_the_same_days(self) -> list[_Row]:
        """All entries of the volunteers' days, of every centre that the store shows."""
        days = sorted({row.day[1:] for row in self._rows})
        found = list[_Row]()
        for start in range(0, len(days), _AT_ONCE):
            part = days[start : start + _AT_ONCE]
            several = ", ".join(["(?, ?)"] * len(part))
            flat = [value for day in part for value in day]
            found += _rows(self._store, self._schema, f"(k.volunteer, k.worked_on) IN (VALUES {several})", flat)
        return found

    def _of_the_log(self) -> dict[str, list[Entry]]:
        named = {row.record for row in self._rows} | {row.values["shift"] for row in self._rows if row.values["shift"]}
        return log.saves_of(self._store, named)

    def _of_volunteers(self) -> dict[tuple[str, str], str | None] | None:
        """Of each volunteer with a file the day since when they are active; None where nobody keeps files."""
        if FILE not in self._schema.kinds or self._store.value("SELECT 1 FROM volunteer LIMIT 1") is None:
            return None
        people = sorted({row.values["volunteer"] for row in self._rows})
        sql = (
            "SELECT r.centre, k.person, k.active_since FROM volunteer k JOIN record r ON r.record = k.record"  # noqa: S608
            f" WHERE k.person IN {one_of(people)}"
        )
        return {(centre, one): since for centre, one, since in self._store.rows(sql, tuple(people))} if people else {}

    def _without_sign_out(self) -> set[str]:
        """The shifts on which somebody signed in and never out."""
        shifts = sorted({row.values["shift"] for row in self._rows if row.values["shift"]})
        sql = f"SELECT record FROM shift WHERE record IN {one_of(shifts)} AND signed_in_at IS NOT NULL AND signed_out_at IS NULL"  # noqa: S608, E501
        return {row[0] for row in self._store.rows(sql, tuple(shifts))} if shifts else set()

    def _correcting(self) -> dict[str, str]:
        records = sorted(row.record for row in self._rows if row.state == "corrected")
        sql = (
            "SELECT c.corrects, c.record FROM hour_entry c JOIN record r ON r.record = c.record"  # noqa: S608
            f" WHERE r.review_state = 'approved' AND c.corrects IN {one_of(records)}"
        )
        return dict(self._store.rows(sql, tuple(records))) if records else {}

    def _line(self, row: _Row) -> HourLine:
        values, rule = row.values, rule_on(self._rules[row.centre], row.values["worked_on"])
        saves = self._saves.get(row.record, [])
        overlaps = self._overlaps(row)
        was, arrived_on = _before_it_grew(row, saves), _arrived_on(saves)
        found = set(self._odd(row, rule, saves, was, arrived_on, overlaps)) if row.state != "rejected" else set()
        return HourLine(
            record=row.record,
            volunteer=values["volunteer"],
            activity=values["activity"],
            project=values["project"],
            shift=values["shift"],
            duty=row.duty,
            worked_on=values["worked_on"],
            started_at=values["started_at"],
            ended_at=values["ended_at"],
            minutes_written=minutes_written(row.served()),
            minutes_counted=self._minutes[row.record],
            state=row.state,
            provenance=values["provenance"],
            checks=tuple(code for code in CHECKS if code in found),
            corrects=values["corrects"],
            corrected_by=self._corrections.get(row.record),
            break_minutes=values["break_minutes"],
            travel_minutes=values["travel_minutes"],
            late_reason=values["late_reason"],
            over_reason=values["over_reason"],
            correction_reason=values["correction_reason"],
            author=row.author,
            revision=row.revision,
            centre=row.centre,
            overlaps=overlaps if row.state != "rejected" else {},
            shift_starts_at=row.planned[0] if row.planned else None,
            shift_ends_at=row.planned[1] if row.planned else None,
            was=was if "raised" in found else None,
            arrived_on=arrived_on,
        )

    def _others(self, row: _Row) -> list[_Row]:
        """The other entries of the volunteer's day that stand, at this centre or another, without its own chain."""
        chain = {row.values["corrects"], self._corrections.get(row.record)}
        return [
            mate
            for mate in self._days[row.day[1:]]
            if mate.record != row.record
            and mate.state in ("certified", "waiting", "returned")
            and mate.record not in chain
            and mate.values["corrects"] != row.record
        ]

    def _overlaps(self, row: _Row) -> dict[str, int]:
        """Entries of the same centre at the same time, or of the same shift, with the minutes in common."""
        found = {}
        for mate in self._others(row):
            common = in_common(row.span, mate.span)
            if mate.centre == row.centre and (common or _is_same(row, mate)):
                found[mate.record] = common
        return found

    def _odd(
        self,
        row: _Row,
        rule: Rule,
        saves: Sequence[Entry],
        was: HourWas | None,
        arrived_on: str | None,
        overlaps: Mapping[str, int],
    ) -> Iterable[str]:
        others, served = self._others(row), row.served()
        here = [mate for mate in others if mate.record in overlaps]
        if self._person.person in (row.values["volunteer"], *_alone(saves)):
            yield "own"
        if any(_is_same(row, mate) for mate in here):
            yield "same"
        if any(not _is_same(row, mate) for mate in here):
            yield "overlap"
        if any(mate.centre != row.centre and in_common(row.span, mate.span) for mate in others):
            yield "elsewhere"
        if row.values["shift"] in self._unsigned:
            yield "no_sign_out"
        if row.values["shift"] in self._wrong_codes:
            yield "code_wrong"
        planned, more = served.shift_minutes, rule.over_shift_minutes
        if planned is not None and more is not None and minutes_alone(rule, served) > planned + more:
            yield "over_shift"
        if self._is_over_day(row, rule):
            yield "over_day"
        if was is not None:
            yield "raised"
        if arrived_on is not None:
            days = date.fromisoformat(arrived_on) - date.fromisoformat(row.values["worked_on"])
            if days > timedelta(days=rule.late_after_days):
                yield "late"
            if arrived_on > closes_on(rule, row.values["worked_on"]):
                yield "closed_month"
        shift_saves = self._saves.get(str(row.values["shift"]), [])
        if any(_was_clock_off(one) for one in (*saves, *shift_saves)) or _came_before_they_were_over(row, saves):
            yield "clock_off"
        if self._files is not None:
            since = self._files.get(row.day[:2], "")
            if since == "":
                yield "no_file"
            elif since is None or since > row.values["worked_on"]:
                yield "before_active"
        if row.conflicts:
            yield "versions"
        if row.values["corrects"]:
            yield "correction"

    def _is_over_day(self, row: _Row, rule: Rule) -> bool:
        day = [mate for mate in self._days[row.day[1:]] if mate.centre == row.centre]
        standing = [mate.served() for mate in day if mate.state in ("certified", "waiting")]
        return sum(minutes_alone(rule, one) for one in standing) > rule.day_minutes_max


def _is_same(one: _Row, other: _Row) -> bool:
    """Whether two entries of one day are about the same hours: of one shift, or to the minute."""
    shift = one.values["shift"]
    return (shift is not None and shift == other.values["shift"]) or one.span == other.span


def _alone(saves: Sequence[Entry]) -> tuple[str, ...]:
    """Who wrote an entry, where only one person did."""
    writers = {entry.person for entry in saves}
    return tuple(writers) if len(writers) == 1 else ()


def _was_clock_off(entry: Entry) -> bool:
    """Whether the clock of the phone was wrong, as it told when it sent this, or as it knew when it wrote it."""
    known = entry.facts.get("clock_minutes_ahead") is not None
    return known or any(written_by(entry).get(name) for name in SHOWN_BY_PHONE)


def _arrived_on(saves: Sequence[Entry]) -> str | None:
    """The day on which the times came that stand now. What an entry says elsewhere, or that it is cut short, makes it
    no later: whoever certifies may do that long after.
    """
    said, arrived_on = dict[str, Any](), None
    for entry in saves:
        times = {name: value for name, value in written_by(entry).items() if name in _TIMES}
        before, said = said, said | times
        if times and not (arrived_on and _is_within(said, before)):
            arrived_on = local_date_of(entry.received_at)
    return arrived_on


def _is_within(said: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether times lie within those of before, and on the same day."""
    times = [(one.get("started_at") or "", one.get("ended_at") or "") for one in (said, before)]
    return (
        said.get("worked_on") == before.get("worked_on")
        and times[0][0] >= times[1][0]
        and times[0][1] <= times[1][1]
        and all((said.get(name) or 0) >= (before.get(name) or 0) for name in ("break_minutes", "travel_minutes"))
    )


def _came_before_they_were_over(row: _Row, saves: Sequence[Entry]) -> bool:
    """Whether hours were here before their end: by a clock that told us nothing, or by a wrong hand."""
    ends = datetime.fromisoformat(f"{row.values['worked_on']}T{row.values['ended_at']}").replace(tzinfo=CENTRE_ZONE)
    timed = [entry for entry in saves if not set(written_by(entry)).isdisjoint(_TIMES)]
    wrong = wrong_minutes(ends, read_instant(timed[-1].received_at)) if timed else None
    return wrong is not None and wrong > 0


def _before_it_grew(row: _Row, saves: Sequence[Entry]) -> HourWas | None:
    """What an entry said on the day it is about, or when it first came, where it was made longer afterwards."""
    said: dict[str, Any] = {}
    for place, entry in enumerate(saves):
        if place and local_date_of(entry.received_at) > row.values["worked_on"]:
            break
        said |= {name: value for name, value in written_by(entry).items() if name in _TIMES}
    if not said.get("started_at") or not said.get("ended_at"):
        return None
    was = Served("", False, said["started_at"], said["ended_at"], said.get("break_minutes"), said.get("travel_minutes"))
    minutes = minutes_written(was)
    return HourWas(was.started_at, was.ended_at, minutes) if minutes < minutes_written(row.served()) else None
