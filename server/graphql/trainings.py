"""The trainings on whose list the asking person stands, with their own line and nobody else's.

Not here: the whole list, which is carried by who keeps it (the declaration of the kind).
"""

from __future__ import annotations

import strawberry
from strawberry.types import Info

from server.auth.person import Asking
from sync import json_text
from sync.tables import AT_MOST

TRAININGS_MAX = 100
_LISTED = (
    "SELECT t.record, t.type, t.topics, t.held_on, t.starts_at, t.ends_at, t.place, t.trainer,"  # noqa: S608
    " coalesce(t.state, 'planned'), t.people FROM training t JOIN record r ON r.record = t.record"
    f" WHERE r.centre = ? AND t.people LIKE ? ORDER BY t.held_on DESC, t.record {AT_MOST}"
)


@strawberry.type
class MyTraining:
    """One training; present and passed are null where nothing was noted."""

    record: strawberry.ID
    type: str
    topics: str
    held_on: str
    starts_at: str
    ends_at: str
    place: str | None
    trainer: str | None
    state: str
    present: bool | None
    passed: bool | None


def my_trainings(info: Info[Asking, None]) -> list[MyTraining]:
    """The newest trainings in which a file of the asking person is on the list, newest first."""
    asking = info.context
    store, person = asking.store, asking.person
    sql = (
        "SELECT v.record FROM volunteer v JOIN record r ON r.record = v.record"
        " WHERE v.person = ? AND r.centre = ? ORDER BY v.record"
    )
    rows = [str(record).replace("-", "") for (record,) in store.rows(sql, (person.person, person.centre))]
    found: dict[str, MyTraining] = {}
    for row in rows:
        for training in store.rows(_LISTED, (person.centre, f'%"{row}"%', TRAININGS_MAX)):
            record, type_, topics, held_on, starts_at, ends_at, place, trainer, state, people = training
            line = json_text.read(people)[row]
            found[record] = MyTraining(
                record=record,
                type=type_,
                topics=topics,
                held_on=held_on,
                starts_at=starts_at,
                ends_at=ends_at,
                place=place,
                trainer=trainer,
                state=state,
                present=line.get("present"),
                passed=line.get("passed"),
            )
    return sorted(found.values(), key=lambda one: (one.held_on, one.record), reverse=True)[:TRAININGS_MAX]
