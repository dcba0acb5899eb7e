"""Places in duties that are open to several: who has one, who waits and in which order, and what a save may not do to
that. Pure where it decides; what it decides by is read from the tables.

Not here: writing the answers down (server/places.py), and who may sign up at all (the declarations).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from schema.model import Kind, Problem, Schema
from sync import json_text
from sync.record import record_of
from sync.store.store import Store
from sync.tables import one_of
from sync.times import CENTRE_ZONE, written

# The one place that knows these kinds by name: schema/records/duty.toml, sign_up.toml, shift.toml.
DUTY, SIGN_UP, SHIFT = "duty", "sign_up", "shift"
KINDS = frozenset((DUTY, SIGN_UP, SHIFT))
# A sign-up that still asks for something, and one that has ended.
LIVE = ("wanted", "waiting", "confirmed")
ENDED = ("withdrawn", "declined")
# What a shift takes from its duty, and goes on taking when that is changed.
TAKEN_OVER = {
    "activity": "activity",
    "project": "project",
    "place": "place",
    "duty_on": "shift_on",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
}
_EXPECTED = "coalesce(s.state, 'expected') <> 'called_off'"
# Nobody waits for a place in a duty of the week before last.
DAYS_BACK = 7


@dataclass(frozen=True)
class Duty:
    """A duty as places are given by it. roles: {row id: (name, number)}; the rest as declared."""

    record: str
    state: str
    duty_on: str
    starts_at: str
    ends_at: str
    capacity: int
    roles: Mapping[str, tuple[str, int]]
    sign_up_until: str | None
    called_off_because: str | None
    taken_over: Mapping[str, Any]
    told: tuple[int | None, int | None, Mapping[str, Any]]

    def has_begun(self, now: datetime) -> bool:
        """Whether its start lies behind."""
        begins = datetime.strptime(f"{self.duty_on} {self.starts_at}", "%Y-%m-%d %H:%M")
        return begins.replace(tzinfo=CENTRE_ZONE) <= now


@dataclass(frozen=True)
class Turn:
    """A place that somebody has: a shift of the duty that was not called off."""

    record: str
    volunteer: str
    role: str | None
    signed_in: bool
    taken_over: Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """A sign-up; several come in the order in which they arrived. states: those that stand, several in a conflict."""

    record: str
    volunteer: str
    role: str | None
    states: tuple[str, ...]
    shown: str
    position: int | None
    shift: str | None
    clash: bool
    clash_known: bool


@dataclass(frozen=True)
class Answer:
    """What a sign-up should say. A place that is given has no shift yet, but the role in which it is."""

    wish: Wish
    state: str
    shift: str | None = None
    position: int | None = None
    clash: bool = False
    because: str | None = None
    is_given: bool = False
    role: str | None = None


@dataclass(frozen=True)
class Places:
    """All that follows for one duty: the answers, the turns that end, how many are taken then and how many wait."""

    answers: list[Answer]
    ended: list[Turn]
    taken: int
    waiting: int
    by_role: dict[str, int] = field(default_factory=dict)


# What a save may not do


def judge_places(
    store: Store,
    kind: Kind,
    record: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    values: Mapping[str, Any],
    now: datetime,
) -> Problem | None:
    """Whether a save breaks the order of places: a sign-up too late or a second time, more shifts than places.

    before, after  what is displayed without and with the save; values: what it writes
    """
    if kind.name not in KINDS:
        return None
    if kind.name == DUTY:
        return _judge_capacity(store, record, before, after, values)
    found = duty_of(store, after["duty"]) if after.get("duty") else None
    if found is None:
        return None
    if kind.name == SIGN_UP:
        return None if before else _judge_sign_up(store, record, found, after["volunteer"], now)
    return _judge_shift(store, record, found, before, after)


def _judge_capacity(
    store: Store, record: str, before: Mapping[str, Any], after: Mapping[str, Any], values: Mapping[str, Any]
) -> Problem | None:
    if not before or "capacity" not in values or (after.get("capacity") or 0) >= (before.get("capacity") or 0):
        return None
    taken = len(turns_of(store, record))
    return Problem("duty_full", "capacity", {"taken": taken}) if taken > (after.get("capacity") or 0) else None


def _judge_sign_up(store: Store, record: str, duty: Duty, volunteer: str, now: datetime) -> Problem | None:
    is_late = duty.sign_up_until is not None and duty.sign_up_until <= written(now)
    if duty.state != "open" or duty.has_begun(now) or is_late:
        return Problem("duty_closed", "duty")
    again = store.value(
        f"SELECT 1 FROM sign_up w WHERE w.duty = ? AND w.volunteer = ? AND w.record <> ?"  # noqa: S608
        f" AND coalesce(w.state, 'wanted') IN {one_of(LIVE)} LIMIT 1",
        (duty.record, volunteer, record, *LIVE),
    )
    return Problem("sign_up_twice", "duty") if again or _has_turn(store, duty, volunteer, record) else None


def _judge_shift(
    store: Store, record: str, duty: Duty, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Problem | None:
    def counts(values: Mapping[str, Any]) -> bool:
        return values.get("duty") == duty.record and values.get("state") != "called_off"

    if not counts(after):
        return None
    is_new = not before or not counts(before)
    if is_new and duty.state == "called_off":
        return Problem("duty_closed", "duty")
    if (is_new or before.get("volunteer") != after.get("volunteer")) and _has_turn(
        store, duty, after["volunteer"], record
    ):
        return Problem("sign_up_twice", "volunteer")
    taken = sum(turn.record != record for turn in turns_of(store, duty.record)) if is_new else 0
    return Problem("duty_full", "duty", {"taken": taken}) if is_new and taken >= duty.capacity else None


def _has_turn(store: Store, duty: Duty, volunteer: str, but: str) -> bool:
    sql = f"SELECT 1 FROM shift s WHERE s.duty = ? AND s.volunteer = ? AND s.record <> ? AND {_EXPECTED} LIMIT 1"  # noqa: S608
    return store.value(sql, (duty.record, volunteer, but)) is not None


# Who has a place, and who waits


def places_of(
    duty: Duty, turns: Sequence[Turn], wishes: Sequence[Wish], clashing: Collection[str], now: datetime
) -> Places:
    """What follows for a duty from who has a place and who signed up, in the order of arrival.

    clashing  the volunteers who have another turn at the same time: without knowing of it they are given none

    Asked again of what it led to, it changes nothing.
    """
    answers: dict[str, Answer] = {}
    ended: list[Turn] = []
    live = {turn.record: turn for turn in turns}
    for wish in wishes:
        if not set(wish.states) & set(ENDED):
            continue
        answers[wish.record] = Answer(
            wish, "withdrawn" if "withdrawn" in wish.states else "declined", wish.shift, clash=False
        )
        turn = live.get(wish.shift or "")
        if turn is not None and turn.volunteer == wish.volunteer and not turn.signed_in:
            ended.append(live.pop(turn.record))
    if duty.state == "called_off":
        ended += [live.pop(turn.record) for turn in turns if turn.record in live and not turn.signed_in]
    holders = {turn.volunteer: turn for turn in live.values()}
    served: set[str] = set()
    left: list[Wish] = []
    for wish in wishes:
        if wish.record in answers:
            continue
        turn = holders.get(wish.volunteer)
        if turn is not None and wish.volunteer not in served:
            served.add(wish.volunteer)
            answers[wish.record] = Answer(wish, "confirmed", turn.record, clash=wish.volunteer in clashing)
        elif duty.state == "called_off":
            answers[wish.record] = Answer(wish, "declined", wish.shift, because="called_off")
        elif wish.shift is not None:
            why = "passed_on" if wish.shift in live else "given_up"
            answers[wish.record] = Answer(wish, "withdrawn", wish.shift, because=why)
        else:
            left.append(wish)
    taken, waiting = _Taken(duty, live.values()), 0
    is_over = duty.state != "open" or duty.has_begun(now)
    for wish in left:
        clash = wish.volunteer in clashing
        if wish.volunteer in served:
            answers[wish.record] = Answer(wish, "declined", because="twice")
        elif is_over:
            answers[wish.record] = Answer(wish, "declined", because="over")
        elif clash and not wish.clash_known:
            answers[wish.record] = Answer(wish, wish.shown, clash=True)
        elif taken.has_room(wish.role):
            role = taken.take(wish.role)
            answers[wish.record] = Answer(wish, "confirmed", clash=clash, is_given=True, role=role)
            served.add(wish.volunteer)
        else:
            waiting += 1
            served.add(wish.volunteer)
            answers[wish.record] = Answer(wish, "waiting", position=waiting, clash=clash)
    return Places([answers[wish.record] for wish in wishes], ended, taken.all, waiting, taken.by_row)


class _Taken:
    """The places taken of a duty, in all and by role, while more are given."""

    def __init__(self, duty: Duty, live: Collection[Turn]) -> None:
        self.duty = duty
        self.all = len(live)
        self.by_row = {
            row: sum(turn.role == name for turn in live)
            for row, (name, _) in sorted(duty.roles.items(), key=lambda one: (one[1][0], one[0]))
        }

    def has_room(self, role: str | None) -> bool:
        return self.all < self.duty.capacity and (not self.duty.roles or self._is_free(role) or self._row(role) != "")

    def take(self, role: str | None) -> str | None:
        """Take a place; the role in which it is."""
        row = "" if self._is_free(role) else self._row(role)
        self.all += 1
        if row:
            self.by_row[row] += 1
            return self.duty.roles[row][0]
        return role if not self.duty.roles else None

    def _is_free(self, role: str | None) -> bool:
        """Whether somebody without a role of this duty may have one of the places that no role has."""
        named = any(role == name for name, _ in self.duty.roles.values())
        spare = self.duty.capacity - sum(number for _, number in self.duty.roles.values())
        return not named and self.all - sum(self.by_row.values()) < spare

    def _row(self, role: str | None) -> str:
        """The role with room: the one that was asked for, or any where none was."""
        wanted = [row for row, (name, _) in self.duty.roles.items() if name == role] or list(self.by_row)
        return next((row for row in wanted if self.by_row[row] < self.duty.roles[row][1]), "")


# Reading


def duty_of(store: Store, record: str) -> Duty | None:
    """A duty; None where there is none."""
    row = store.row(
        "SELECT state, duty_on, starts_at, ends_at, capacity, roles, sign_up_until, called_off_because, activity,"
        " project, place, places_taken, people_waiting, roles_taken FROM duty WHERE record = ?",
        (record,),
    )
    if row is None or None in row[1:5]:
        return None
    state, duty_on, starts_at, ends_at, capacity, roles, until, because, activity, project, place, *told = row
    read = _read(roles)
    return Duty(
        record=record,
        state=state or "open",
        duty_on=duty_on,
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=capacity,
        roles={row: (one["name"], one["number"]) for row, one in read.items()},
        sign_up_until=until,
        called_off_because=because,
        taken_over={
            **{"activity": activity, "project": project, "place": place},
            **{"duty_on": duty_on, "starts_at": starts_at, "ends_at": ends_at},
        },
        told=(told[0], told[1], _read(told[2])),
    )


def turns_of(store: Store, duty: str) -> list[Turn]:
    """The places of a duty that somebody has, by their ids."""
    columns = ", ".join(f"s.{name}" for name in TAKEN_OVER.values())
    rows = store.rows(
        f"SELECT s.record, s.volunteer, s.role, s.signed_in_at, {columns} FROM shift s"  # noqa: S608
        f" WHERE s.duty = ? AND {_EXPECTED} ORDER BY s.record",
        (duty,),
    )
    return [
        Turn(record, volunteer, role, at is not None, dict(zip(TAKEN_OVER.values(), values, strict=True)))
        for record, volunteer, role, at, *values in rows
    ]


def wishes_of(store: Store, schema: Schema, duty: str) -> list[Wish]:
    """The sign-ups for a duty in the order in which their first saves were accepted."""
    rows = store.rows(
        "SELECT w.record, w.volunteer, w.role, w.state, w.position, w.shift, w.clash, w.clash_known, r.conflicts,"
        " (SELECT min(l.position) FROM log l WHERE l.record = w.record AND l.status = 'accepted') AS arrived"
        " FROM sign_up w JOIN record r ON r.record = w.record WHERE w.duty = ? ORDER BY arrived, w.record",
        (duty,),
    )
    return [
        Wish(
            record=record,
            volunteer=volunteer,
            role=role,
            states=_states(store, schema, record) if conflicts else (state or "wanted",),
            shown=state or "wanted",
            position=position,
            shift=shift,
            clash=bool(clash),
            clash_known=bool(known),
        )
        for record, volunteer, role, state, position, shift, clash, known, conflicts, _ in rows
    ]


def _states(store: Store, schema: Schema, record: str) -> tuple[str, ...]:
    """Every state that stands: a withdrawal that crossed the centre's answer is one of two."""
    found = record_of(store, schema, record)
    claims = found.claims if found else []
    return tuple(sorted({claim.value or "wanted" for claim in claims if claim.field_key == "state"})) or ("wanted",)


def clashing(store: Store, duty: Duty, volunteers: Collection[str]) -> set[str]:
    """Which of these people have another turn at the time of a duty."""
    people = sorted(set(volunteers))
    if not people:
        return set()
    rows = store.rows(
        f"SELECT DISTINCT s.volunteer FROM shift s WHERE s.volunteer IN {one_of(people)} AND s.shift_on = ?"  # noqa: S608
        f" AND {_EXPECTED} AND (s.duty IS NULL OR s.duty <> ?) AND s.starts_at < ? AND s.ends_at > ?",
        (*people, duty.duty_on, duty.record, duty.ends_at, duty.starts_at),
    )
    return {volunteer for (volunteer,) in rows}


def duties_touched(store: Store, records: Sequence[str]) -> list[str]:
    """The duties in which something may follow from a change of these records: theirs in the order of the records, then
    those that somebody named there has signed up for besides.
    """
    found: dict[str, None] = {}
    people = set[str]()
    for record in records:
        row = store.row(
            "SELECT record, NULL FROM duty WHERE record = ? UNION ALL SELECT duty, NULL FROM sign_up WHERE record = ?"
            " UNION ALL SELECT duty, volunteer FROM shift WHERE record = ?",
            (record, record, record),
        )
        if row is None:
            continue
        found |= {row[0]: None} if row[0] else {}
        people |= {row[1]} if row[1] else set()
    return [*found, *sorted(duties_wanted_by(store, people) - set(found))]


def duties_wanted_by(store: Store, people: Collection[str]) -> set[str]:
    """The duties for which these people have signed up and still ask."""
    names = sorted(people)
    if not names:
        return set()
    rows = store.rows(
        f"SELECT DISTINCT duty FROM sign_up WHERE volunteer IN {one_of(names)}"  # noqa: S608
        f" AND coalesce(state, 'wanted') IN {one_of(LIVE)}",
        (*names, *LIVE),
    )
    return {duty for (duty,) in rows}


def duties_open(store: Store, centre: str, now: datetime) -> list[str]:
    """The duties of a centre in which anything can still follow: somebody asks for a place, or has one."""
    since = (now.astimezone(CENTRE_ZONE) - timedelta(days=DAYS_BACK)).date().isoformat()
    asks = f"SELECT 1 FROM sign_up w WHERE w.duty = d.record AND coalesce(w.state, 'wanted') IN {one_of(LIVE)}"  # noqa: S608
    rows = store.rows(
        "SELECT d.record FROM duty d JOIN record r ON r.record = d.record WHERE r.centre = ? AND d.duty_on >= ?"  # noqa: S608
        f" AND (EXISTS ({asks}) OR EXISTS (SELECT 1 FROM shift s WHERE s.duty = d.record))"
        " ORDER BY d.duty_on, d.record",
        (centre, since, *LIVE),
    )
    return [record for (record,) in rows]


def _read(kept: Any) -> dict[str, Any]:
    found: dict[str, Any] = json_text.read(kept) if isinstance(kept, str) else (kept or {})
    return found
