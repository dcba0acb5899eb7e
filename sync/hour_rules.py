"""How hours are counted: the rules of a centre by their day, and what they make of the time that was written.

Pure but for reading the rules. The phone counts the same (pwa/src/hours/counting.ts); both run tests/schema/hours.json.
Not here: which hours are certified (hours.py), and what is refused (hour_decisions.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from schema.derive import minutes_from
from sync.store.store import Store

# Written down by the director (schema/records/hour_rule.toml). It never reaches back: its day is to come when it is
# written, so that nothing that counts by it has been served yet.
RULE = "hour_rule"


@dataclass(frozen=True)
class Rule:
    """What counts from a day on. break_after_minutes: None takes off no break but the one that was written;
    over_shift_minutes: None knows no bound by the shift. after_close: flag | refuse.
    """

    record: str
    effective_on: str
    round_to: int = 1
    round_how: str = "down"
    break_after_minutes: int | None = None
    break_minutes: int | None = None
    over_shift_minutes: int | None = 30
    day_minutes_max: int = 600
    late_after_days: int = 7
    closes_on_day: int = 5
    after_close: str = "flag"
    may_certify: bool = False
    issuer: str | None = None


# Where a centre has written none, and for all that was served before its first.
FIRST = Rule("", "")
_COLUMNS = (
    "record, effective_on, round_to, round_how, break_after_minutes, break_minutes, over_shift_minutes,"
    " day_minutes_max, late_after_days, closes_on_day, after_close, may_certify, issuer"
)


def rules_of(store: Store, centre: str) -> list[Rule]:
    """The rules of a centre by their day; of two from one day the one written last stands last."""
    columns = ", ".join(f"k.{name.strip()}" for name in _COLUMNS.split(","))
    # The ids of records rise with the time at which they were begun.
    sql = f"SELECT {columns} FROM hour_rule k JOIN record r ON r.record = k.record WHERE r.centre = ?"  # noqa: S608
    rows = store.rows(f"{sql} ORDER BY k.effective_on, k.record", (centre,))
    return [replace(Rule(*row), may_certify=bool(row[-2])) for row in rows]


def rule_on(rules: Iterable[Rule], worked_on: str) -> Rule:
    """The rule that counts what was served on a day."""
    return next((rule for rule in reversed([*rules]) if rule.effective_on <= worked_on), FIRST)


@dataclass(frozen=True)
class Served:
    """One entry as it is counted, among the others of its volunteer and day.

    shift_minutes  how long its shift was planned to be, None without one
    is_over_told   it says why it is longer than its shift
    """

    record: str
    is_certified: bool
    started_at: str
    ended_at: str
    break_minutes: int | None = None
    travel_minutes: int | None = None
    shift: str | None = None
    shift_minutes: int | None = None
    is_over_told: bool = False


def minutes_written(served: Served) -> int:
    """The time as it was written, less the break and the way."""
    whole = minutes_from(served.started_at, served.ended_at) or 0
    return max(0, whole - (served.break_minutes or 0) - (served.travel_minutes or 0))


def minutes_alone(rule: Rule, served: Served) -> int:
    """What one entry comes to by itself: after the centre's break and rounding, before any bound."""
    whole = (minutes_from(served.started_at, served.ended_at) or 0) - (served.travel_minutes or 0)
    taken = served.break_minutes or 0
    if rule.break_after_minutes and whole >= rule.break_after_minutes:
        taken = max(taken, rule.break_minutes or 0)
    left = max(0, whole - taken)
    return (left + (rule.round_to // 2 if rule.round_how == "nearest" else 0)) // rule.round_to * rule.round_to


def counted(rule: Rule, day: Sequence[Served]) -> dict[str, int]:
    """The minutes that each entry of one volunteer and day counts, by record.

    What is certified counts first, then by the hour it began, so that the sum is the same in whatever order entries
    came or were certified. Entries of one shift count together as long as it was planned and a little more, unless they
    say why they are longer; all of a day together no more than a day may have.
    """
    left_of_day, left_of_shift, found = rule.day_minutes_max, dict[str, int](), dict[str, int]()
    for one in sorted(day, key=lambda one: (not one.is_certified, one.started_at, one.record)):
        minutes = minutes_alone(rule, one)
        if is_bounded(rule, one):
            shift, planned = str(one.shift), (one.shift_minutes or 0) + (rule.over_shift_minutes or 0)
            minutes = min(minutes, left_of_shift.setdefault(shift, planned))
            left_of_shift[shift] -= minutes
        minutes = min(minutes, left_of_day)
        left_of_day -= minutes
        found[one.record] = minutes
    return found


def is_bounded(rule: Rule, served: Served) -> bool:
    """Whether an entry counts no longer than its shift was planned."""
    return not served.is_over_told and served.shift_minutes is not None and rule.over_shift_minutes is not None


def closes_on(rule: Rule, worked_on: str) -> str:
    """The last day on which entries of a day's month may still come."""
    day = date.fromisoformat(worked_on)
    following = date(day.year + day.month // 12, day.month % 12 + 1, rule.closes_on_day)
    return following.isoformat()
