"""Each time a record was sent back to its author and when its author answered, derived from the log.

Not here: returning (decide.py), and what a desk makes of it (lists.py).
"""

from datetime import date, datetime, timedelta
from statistics import median

from schema.model import Problem
from schema.working_days import WorkCalendar, working_days_between
from sync.store.store import Store
from sync.times import local_date_of, written
from sync.visibility import Condition

LOOP_DAYS = 30
ANSWERED_LATELY = "r.record IN (SELECT record FROM returned WHERE answered_at >= ?)"


def begin(store: Store, record: str, revision: int, at: str) -> None:
    """A record goes back to its author."""
    store.execute_many("INSERT INTO returned VALUES (?, ?, ?, ?)", [(record, revision, at, None)])


def take_back(store: Store, record: str, revision: int) -> None:
    """A return was undone before anybody answered."""
    store.execute("DELETE FROM returned WHERE record = ? AND revision = ?", (record, revision))


def answer(store: Store, record: str, at: str) -> None:
    """A save came after the return."""
    store.execute("UPDATE returned SET answered_at = ? WHERE record = ? AND answered_at IS NULL", (at, record))


def last_answered(store: Store, record: str) -> int | None:
    """The revision of the last return of a record that was answered."""
    sql = "SELECT max(revision) FROM returned WHERE record = ? AND answered_at IS NOT NULL"
    found = store.value(sql, (record,))
    return None if found is None else int(found)


def count(store: Store, record: str) -> int:
    """How often a record went back."""
    return int(store.value("SELECT count(*) FROM returned WHERE record = ?", (record,)))


def since(now: datetime) -> str:
    """The instant from which a loop that came to its end still counts."""
    return written(now - timedelta(days=LOOP_DAYS))


def loop(store: Store, seen: Condition, calendar: WorkCalendar, now: datetime) -> tuple[int, float | None]:
    """How many returns of the last 30 days were answered, and their median in working days: of records, of nobody.

    A loop that crosses a year whose days are not known is counted, and left out of the median.
    """
    rows = store.rows(
        "SELECT x.returned_at, x.answered_at FROM returned x JOIN record r ON r.record = x.record"  # noqa: S608
        f" WHERE x.answered_at >= ? AND {seen.sql}",
        (since(now), *seen.parameters),
    )
    days = [
        working_days_between(
            calendar, date.fromisoformat(local_date_of(begun)), date.fromisoformat(local_date_of(ended))
        )
        for begun, ended in rows
    ]
    known = [found for found in days if not isinstance(found, Problem)]
    return len(rows), float(median(known)) if known else None
