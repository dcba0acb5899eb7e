"""Counting in working days: which days are some, how many lie between two, where a limit of so many ends, and on which
days a centre is open.

Not here: the tables of the years (statutory_days.toml, and what a centre has written down: sync/work_calendar.py).
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta

from schema.model import Problem, StatutoryYear

_SATURDAY = 5


@dataclass(frozen=True)
class WorkCalendar:
    """What is known of the days, by year, and when the centre is closed; the first says nothing about the second.

    closed_weekdays  year -> 0 is Monday; none in a year that is not named: centres are open every day in principle
    closed_on        single days besides
    """

    years: Mapping[int, StatutoryYear]
    closed_weekdays: Mapping[int, Set[int]]
    closed_on: Set[date]


def is_working_day(calendar: WorkCalendar, day: date) -> bool | Problem:
    """Whether promised time runs on a day; calendar_year_unknown where nobody has said yet what is off that year.

    Source: hall rules (002 §9, §10): weekends and statutory holidays do not count; a make-up working day does.
    """
    year = calendar.years.get(day.year)
    if year is None:
        return Problem("calendar_year_unknown", details={"year": day.year})
    return day in year.workdays or (day.weekday() < _SATURDAY and day not in year.holidays)


def add_working_days(calendar: WorkCalendar, start: date, days: int) -> date | Problem:
    """The last day of a limit: the day of the start is day 0, and the limit ends with the day that is returned.

    With no days, the start itself; the limit may then end on a day off.
    """
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        works = is_working_day(calendar, day)
        if isinstance(works, Problem):
            return works
        left -= works
    return day


def working_days_between(calendar: WorkCalendar, start: date, end: date) -> int | Problem:
    """How many working days lie after `start` and not after `end`; negative where `end` is the earlier one."""
    if end < start:
        back = working_days_between(calendar, end, start)
        return back if isinstance(back, Problem) else -back
    count = 0
    for days in range(1, (end - start).days + 1):
        works = is_working_day(calendar, start + timedelta(days=days))
        if isinstance(works, Problem):
            return works
        count += works
    return count


def is_open(calendar: WorkCalendar, day: date) -> bool:
    """Whether the centre receives people on a day, by its own opening days: never unknown, and no question of holidays.

    Source: district operating rules, Art. 11: in principle open on Saturdays, Sundays and holidays.
    """
    return day not in calendar.closed_on and day.weekday() not in calendar.closed_weekdays.get(day.year, frozenset())
