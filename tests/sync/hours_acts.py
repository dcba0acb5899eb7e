"""What people do with shifts and hours while they are offline: sign in and out, write hours down, correct them.

Every draw is from a few times of a few days, so that people meet in the same hours all the time. Not here: the network
and the schedule (hours_simulation.py), and what a desk makes of it (hours_desk.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sync.times import CENTRE_ZONE, read_instant, written

if TYPE_CHECKING:
    from tests.sync.devices import LastingPhone
    from tests.sync.hours_simulation import HoursSimulation

VOLUNTEERS = ("deng_jie", "huang_li")
DAYS = ("2026-03-08", "2026-03-09")
# Any of these ends comes after any of these beginnings with any of these breaks: what people change without having seen
# each other never makes hours that cannot be.
STARTS, ENDS, BREAKS = ("08:00", "08:30", "09:00", "09:31"), ("10:30", "11:00", "11:32", "12:00"), (0, 10, 20)
# One rule for each of the days, both written before them.
RULE = {
    **{"round_to": 5, "round_how": "down", "over_shift_minutes": 30, "day_minutes_max": 300, "late_after_days": 7},
    **{"closes_on_day": 5, "after_close": "flag", "may_certify": False},
}
RULES = (
    {**RULE, "effective_on": DAYS[0], "break_after_minutes": 120, "break_minutes": 15},
    {**RULE, "effective_on": DAYS[1], "round_to": 15, "round_how": "nearest", "over_shift_minutes": 0},
)


def mine(world: HoursSimulation, phone: LastingPhone, kind: str) -> list[tuple[str, Any]]:
    """The records of a kind in sight, in the order of their names; a volunteer has her own alone."""
    names = {*phone.base, *(one.record for one in phone.outbox)}
    found = [(name, phone.sees(name)) for name in sorted(names) if phone.kind_of(name) == kind]
    return [(name, seen) for name, seen in found if seen is not None]


def for_whom(world: HoursSimulation, phone: LastingPhone) -> str:
    """A volunteer writes about herself, a coordinator about whom she likes."""
    return phone.person if phone.person in VOLUNTEERS else world.rng.choice(VOLUNTEERS)


def sign(world: HoursSimulation, phone: LastingPhone) -> None:
    """Sign in, or out where that has been done, on the phone that is at hand; signing out writes the hours."""
    shifts = [(name, seen) for name, seen in mine(world, phone, "shift") if seen.signed_out_at is None]
    if not shifts:
        return
    record, seen = world.rng.choice(shifts)
    if seen.signed_in_at is None:
        at = instant(seen.shift_on, world.rng.choice(STARTS))
        world.author(phone, phone.changes(record, {"signed_in_at": at, **by_another(world, phone, seen, "in")}))
        if world.rng.random() < 0.5:
            return
        seen = phone.sees(record)
    signs_out(world, phone, record, seen)


def signs_out(world: HoursSimulation, phone: LastingPhone, record: str, seen: Any) -> None:
    ended = world.rng.choice(ENDS)
    values = {"signed_out_at": instant(seen.shift_on, ended), **by_another(world, phone, seen, "out")}
    world.author(phone, phone.changes(record, values))
    hours = {
        "volunteer": seen.volunteer,
        "shift": record,
        "activity": seen.activity,
        "worked_on": seen.shift_on,
        "started_at": local_clock(seen.signed_in_at),
        "ended_at": ended,
        "provenance": "signed",
    }
    # Whichever phone writes the hours of a shift writes the same record.
    entry = f"{record[:14]}8{record[15:]}"
    if phone.sees(entry) is None:
        world.author(phone, phone.seals(entry, "hour_entry", hours, base=0, replaces={}, scopes=[]))
    else:
        world.author(phone, phone.changes(entry, hours))


def by_another(world: HoursSimulation, phone: LastingPhone, seen: Any, way: str) -> dict[str, Any]:
    """Who signed somebody else, where the declaration keeps that."""
    name = f"signed_{way}_by"
    is_kept = name in world.centre.schema.kinds["shift"].fields
    return {name: phone.person} if is_kept and phone.person != seen.volunteer else {}


def add_later(world: HoursSimulation, phone: LastingPhone) -> None:
    """Hours written down afterwards, with the reason: by the volunteer, or by a coordinator for her."""
    shifts = mine(world, phone, "shift")
    volunteer, day = for_whom(world, phone), world.rng.choice(DAYS)
    named = [name for name, seen in shifts if (seen.volunteer, seen.shift_on) == (volunteer, day)]
    values = {
        "volunteer": volunteer,
        "activity": "便民服务日",
        "worked_on": day,
        "started_at": world.rng.choice(STARTS),
        "ended_at": world.rng.choice(ENDS),
        "break_minutes": world.rng.choice(BREAKS),
        "provenance": "added_later",
        "late_reason": "手机没电",
    }
    if named and world.rng.random() < 0.5:
        values["shift"] = named[0]
    if world.rng.random() < 0.2:
        values |= {"over_reason": "收拾场地", "travel_minutes": 20}
    world.author(phone, phone.writes("hour_entry", values))


def edit(world: HoursSimulation, phone: LastingPhone) -> None:
    """Other times for hours in sight; whoever has not seen that they are certified does nothing wrong."""
    found = mine(world, phone, "hour_entry")
    if not found:
        return
    record, _ = world.rng.choice(found)
    values = {"started_at": STARTS, "ended_at": ENDS, "break_minutes": BREAKS}
    names = world.rng.sample(sorted(values), world.rng.choice([1, 1, 2]))
    world.author(phone, phone.changes(record, {name: world.rng.choice(values[name]) for name in names}))


def note(world: HoursSimulation, phone: LastingPhone) -> None:
    """A sentence added to hours."""
    found = mine(world, phone, "hour_entry")
    if found:
        record, _ = world.rng.choice(found)
        row = f"remarks.{world.rng.getrandbits(48):012x}"
        world.author(phone, phone.changes(record, {row: {"text": f"补充 {world.rng.randrange(100)}"}}))


def correct(world: HoursSimulation, phone: LastingPhone) -> None:
    """Certified hours were wrong: a new entry that names them, with its reason. What stood goes on standing."""
    if "corrects" not in world.centre.schema.kinds["hour_entry"].fields:
        return
    found = [(name, seen) for name, seen in mine(world, phone, "hour_entry") if seen.review == "approved"]
    if not found:
        return
    record, seen = world.rng.choice(found)
    values = {
        "volunteer": seen.volunteer,
        "activity": seen.activity,
        "worked_on": seen.worked_on,
        "started_at": world.rng.choice(STARTS),
        "ended_at": world.rng.choice(ENDS),
        "provenance": "added_later",
        "late_reason": "登记时看错了钟",
        "corrects": record,
        "correction_reason": "时间写错了",
    }
    world.author(phone, phone.writes("hour_entry", values))


def change_rule(world: HoursSimulation, _: LastingPhone) -> None:
    """The director decides how hours count: from a day to come, or, what must not be, for days that are over."""
    desk = world.centre.phones["wu_jianguo"]
    on = world.rng.choice(["2026-03-11", "2026-04-01", *DAYS])
    minutes = world.rng.choice([1, 5, 10, 15, 30])
    world.author(desk, desk.writes("hour_rule", {**RULE, "effective_on": on, "round_to": minutes}))


def wrong_clock(world: HoursSimulation, phone: LastingPhone) -> None:
    """The clock of a phone goes ten hours wrong, or right again."""
    phone.clock_ahead = timedelta(hours=world.rng.choice([-10, 10, 0]))
    world.tell(phone, "clock is ahead by", phone.clock_ahead)


Act = Callable[["HoursSimulation", "LastingPhone"], None]
ACTS: dict[str, tuple[int, Act]] = {
    "sign": (8, sign),
    "add later": (6, add_later),
    "edit": (5, edit),
    "note": (1, note),
    "correct": (4, correct),
    "wrong clock": (1, wrong_clock),
    "change rule": (1, change_rule),
}


def instant(day: str, clock: str) -> str:
    """A time of a day at the centre as an instant."""
    return written(datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=CENTRE_ZONE))


def local_clock(at: str) -> str:
    """The time of the day of an instant."""
    return read_instant(at).astimezone(CENTRE_ZONE).strftime("%H:%M")
