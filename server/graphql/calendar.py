"""The days of my centre: which are working days, by which limits are counted, and on which people are received.

Not here: the tables of the years and counting with them (sync/work_calendar.py, schema/working_days.py).
"""

from __future__ import annotations

from datetime import date, timedelta

import strawberry
from strawberry.types import Info

from schema.field_types import is_date
from schema.model import Problem as Found
from schema.working_days import is_open, is_working_day
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.problems import Problem, problem_of
from sync.times import local_date
from sync.work_calendar import work_calendar

DAYS_MAX = 366


@strawberry.type
class CalendarDay:
    """One day; working is null where nobody has written down yet what is off that year."""

    day: str
    working: bool | None
    open: bool


@strawberry.type
class CalendarDays:
    """Days in a row; with the problem where one of them lies in a year that is not known."""

    days: list[CalendarDay]
    problem: Problem | None


def calendar_days(info: Info[Asking, None], first: str, days: int) -> CalendarDays:
    """Days from the first on, by what is in force today. Raises Refusal query_refused for no day, or too many."""
    asking = info.context
    if not is_date(first) or not 0 < days <= DAYS_MAX:
        raise Refusal(Found("query_refused", "days", {"reason": "variables"}))
    calendar = work_calendar(asking.store, asking.schema, asking.person.centre, local_date(asking.now))
    asked = [date.fromisoformat(first) + timedelta(days=count) for count in range(days)]
    judged = [(day, is_working_day(calendar, day)) for day in asked]
    return CalendarDays(
        days=[
            CalendarDay(
                day=day.isoformat(),
                working=None if isinstance(works, Found) else works,
                open=is_open(calendar, day),
            )
            for day, works in judged
        ],
        problem=problem_of(asking.schema, next((works for _, works in judged if isinstance(works, Found)), None)),
    )
