"""A year of volunteers' shifts and the hours they served: rostered, signed in and out, written down, certified.

Not here: the shifts that the story names (world_story).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from server.world import (
    COORDINATOR,
    DIRECTORS,
    VOLUNTEERS,
    Act,
    Size,
    Verdict,
    Write,
    chance,
    clock,
    evening,
    minutes,
    moment,
    record_id,
)
from server.world_words import WORDS

DAY = timedelta(days=1)
# The coordinator rosters a week on the Friday before it.
_ROSTER_DAYS_AHEAD_MAX = 9
# Hours are certified once everybody has had a week to object.
_CERTIFIED_AFTER = 7 * DAY


def shifts(size: Size, today: date, seed: int, kept_free: set[tuple[str, date]]) -> Iterator[Act]:
    """All shifts from the first day of the history to the end of the roster, and the hours that came of them.

    kept_free  volunteers and days that the story uses itself
    """
    rng = chance(seed, "shifts")
    count = 0
    for offset in range(-size.days, _ROSTER_DAYS_AHEAD_MAX):
        day = today + offset * DAY
        rostered = max(today - size.days * DAY, _friday_before(day))
        if rostered >= today:
            return
        volunteers = rng.sample(VOLUNTEERS, rng.randint(*size.shifts))
        for volunteer in volunteers:
            if (volunteer, day) not in kept_free:
                yield from shift(
                    rng, f"shift.{count}", volunteer, day, rng.choice(WORDS["activities"]), rostered, today
                )
                count += 1


def _friday_before(day: date) -> date:
    monday = day - DAY * day.weekday()
    return monday - 3 * DAY


def shift(
    rng: Random, name: str, volunteer: str, day: date, activity: list[str], rostered: date, today: date
) -> Iterator[Act]:
    """One shift and its hours, as far as they have come by yesterday. A few volunteers forget their phone."""
    what, place, starts_at, ends_at = activity
    at = moment(rostered, 15 * 60 + rng.randint(0, 60))
    values = {
        "volunteer": volunteer,
        "activity": what,
        "place": place,
        "shift_on": day.isoformat(),
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    yield Write(moment(rostered, 16 * 60 + 30), at, COORDINATOR, "shift", record_id(name), values)
    if day >= today:
        return
    began, ended = minutes(starts_at) + rng.randint(-8, 7), minutes(ends_at) + rng.randint(-5, 15)
    drawn = rng.random()
    if drawn < 0.05:
        return  # did not come
    if drawn < 0.13:
        yield from hours(
            name, volunteer, day, what, (minutes(starts_at), minutes(ends_at)), today, rng.choice(WORDS["late_reasons"])
        )
        return
    signed_in, signed_out = moment(day, began), moment(day, ended)
    sent = max(evening(day, volunteer), signed_out + timedelta(minutes=5))
    yield Write(sent, signed_in, volunteer, "shift", record_id(name), {"signed_in_at": _written(signed_in)})
    yield Write(sent, signed_out, volunteer, "shift", record_id(name), {"signed_out_at": _written(signed_out)})
    yield from hours(name, volunteer, day, what, (began, ended), today)


def hours(
    name: str, volunteer: str, day: date, activity: str, served: tuple[int, int], today: date, late_reason: str = ""
) -> Iterator[Act]:
    """The hours of one shift: by the volunteer after signing out, or later by the coordinator with the reason."""
    person = COORDINATOR if late_reason else volunteer
    began, ended = served
    values = {
        "volunteer": volunteer,
        "shift": record_id(name),
        "activity": activity,
        "worked_on": day.isoformat(),
        "started_at": clock(began),
        "ended_at": clock(ended),
        "provenance": "added_later" if late_reason else "signed",
    }
    if late_reason:
        values["late_reason"] = late_reason
    sent = evening(day, person)
    # Only in the evening does the coordinator write down what is missing; an evening shift is then over too.
    at = moment(day, ended + 1) if not late_reason else sent
    record = record_id(f"{name}.hours")
    yield Write(max(sent, moment(day, ended + 5)), at, person, "hour_entry", record, dict(values))
    certified = moment(day, 16 * 60 + 10) + _CERTIFIED_AFTER
    if certified < moment(today, 0):
        # What the coordinator wrote herself is certified by a second person.
        yield Verdict(certified, DIRECTORS["heping"] if late_reason else COORDINATOR, record, "approve")


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
