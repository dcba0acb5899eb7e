"""When the clocks over a record end: how long something may take, from the moment that was written down.

Not here: which clocks there are (clocks.toml), and how one is told (the phone's words).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from schema.field_types import is_datetime
from schema.model import Clock, Value, Values
from schema.validate import holds

_SHANGHAI = timezone(timedelta(hours=8))
"""The wall clock of the centres: a rule that counts from a time of day or from a day means this one."""


@dataclass(frozen=True)
class Deadline:
    """One clock over one record: by when, and when it was met; `runs` until it was, or nobody waits for it any more."""

    clock: str
    due_at: str
    met_at: str | None
    runs: bool


def deadlines(clocks: Iterable[Clock], values: Values) -> list[Deadline]:
    """The clocks that a record's values set going, in declared order. Nothing runs before its beginning is known.

    A rule of the day on which the clock began holds for it to its end, whatever was put in force since.
    """
    found = []
    for clock in clocks:
        start, met_at = _moment(values.get(clock.starts)), _moment(values.get(clock.ends))
        if start is None or not holds(clock.when, values):
            continue
        due = _moment(values.get(clock.until)) if clock.until is not None else _due(clock, start)
        if due is None:
            continue
        stopped = clock.stops_when is not None and holds(clock.stops_when, values)
        found.append(Deadline(clock.name, due, met_at, met_at is None and not stopped))
    return found


def is_late(deadline: Deadline, now: str) -> bool:
    """Whether it was met after its time, or still runs after it; the very second is in time."""
    at = deadline.met_at or (now if deadline.runs else "")
    return at > deadline.due_at


def _due(clock: Clock, start: str) -> str | None:
    began = datetime.fromisoformat(start.replace("Z", "+00:00")).astimezone(_SHANGHAI)
    in_force = [rule for rule in clock.rules if rule.in_force_on <= began.date()]
    if not in_force:
        return None
    rule, time = in_force[-1], f"{began:%H:%M}"
    if (rule.begun_from and time < rule.begun_from) or (rule.begun_to and time > rule.begun_to):
        return None
    return f"{(began + timedelta(minutes=rule.minutes)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _moment(value: Value) -> str | None:
    return value if isinstance(value, str) and is_datetime(value) else None
