"""Reads statutory_days.toml: the holidays and make-up working days of each year that is known.

Not here: counting with them (working_days.py), and what a centre has written down itself (sync/work_calendar.py).
"""

from collections.abc import Mapping
from datetime import date

from schema.declaration import Table
from schema.model import StatutoryYear


def read_statutory(table: Table) -> Mapping[int, StatutoryYear]:
    """The tables by year. Refuses a day that does not exist, and one that is both a holiday and a working day."""
    found: dict[int, StatutoryYear] = {}
    for inner in table.tables("year", named_by="year"):
        year = inner.integer("year", least=1900)
        if year in found:
            inner.refuse("year", "is declared twice")
        days = StatutoryYear(_days(inner, "holidays", year), _days(inner, "workdays", year))
        if both := days.holidays & days.workdays:
            inner.refuse("workdays", f"{min(both)} is a holiday too")
        inner.close()
        found[year] = days
    table.close()
    return found


def _days(table: Table, name: str, year: int) -> frozenset[date]:
    found = set()
    for text in table.texts(name):
        try:
            found.add(date.fromisoformat(f"{year}-{text}"))
        except ValueError:
            table.refuse(name, f"{text} is no day of {year}")
    return frozenset(found)
