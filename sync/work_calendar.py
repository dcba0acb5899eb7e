"""The days of one centre as they count from a day on: what the State Council declared, and over it what the centre
has written down itself, with the day from which that is in force.

Not here: counting (schema/working_days.py), and the fields of what a centre writes (schema/records/calendar_year.toml).
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from schema.model import Schema, StatutoryYear
from schema.working_days import WorkCalendar
from sync import json_text
from sync.store.store import Store

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def work_calendar(store: Store, schema: Schema, centre: str, on: date) -> WorkCalendar:
    """The calendar by which a centre counts a limit that begins on a day.

    Of several tables of one year the one counts that came into force last, that day included. One with days off stands
    for the whole year; one without leaves the year as it was declared and says only when the centre is closed.
    """
    years = dict(schema.statutory_years)
    weekdays: dict[int, frozenset[int]] = {}
    closed_on: set[date] = set()
    for year, (holidays, make_up_days, closed_weekdays, closed_days) in _in_force(store, centre, on).items():
        if off := frozenset(_days(holidays)):
            works = (date.fromisoformat(row["works_on"]) for row in make_up_days.values())
            years[year] = StatutoryYear(off, frozenset(works))
        weekdays[year] = frozenset(WEEKDAYS.index(name) for name, is_closed in closed_weekdays.items() if is_closed)
        closed_on |= set(_days(closed_days))
    return WorkCalendar(years, weekdays, closed_on)


def _in_force(store: Store, centre: str, on: date) -> Mapping[int, tuple[dict[str, Any], ...]]:
    rows = store.rows(
        "SELECT k.year, k.holidays, k.make_up_days, k.closed_weekdays, k.closed_days"
        " FROM calendar_year k JOIN record r ON r.record = k.record"
        " WHERE r.centre = ? AND k.effective_on <= ? ORDER BY k.effective_on, k.record",
        (centre, on.isoformat()),
    )
    # A later row of the same year takes the place of the earlier one.
    return {year: tuple(json_text.read(kept) if kept else {} for kept in parts) for year, *parts in rows}


def _days(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[date]:
    for row in rows.values():
        first = date.fromisoformat(row["first_on"])
        yield from (first + timedelta(days=count) for count in range(row.get("days") or 1))
