"""Which homes somebody should go to, and why: what was agreed and is due, planned and not done, asked for; where
nobody has been for long. And the visits of some days as a desk lists them.

Not here: planning, which is a save like any other. Each question judges in its own SQL what its person may see.
"""

from dataclasses import dataclass
from typing import Any

from schema.access import UNTOLD, Context
from schema.model import Person, Schema
from sync.record import values_of
from sync.store.store import Store
from sync.tables import AT_MOST
from sync.titles import Titles
from sync.visibility import Condition, seen_by

ROWS_MAX = 200
DAYS_MAX = 3650
# Why somebody should go, the most pressing first.
REASONS = ("missed", "requested", "follow_up", "rebook", "skipped", "long_ago")
# Of each home the last day on which somebody went (l), and the next on which somebody will (a); then each rule. Where
# somebody will go, no rule but what was asked for lists the home.
_DUE = """
WITH v AS (SELECT k.* FROM home_visit k CROSS JOIN record r ON r.record = k.record WHERE {visits}),
l AS (SELECT household, max(visited_on) AS day FROM v WHERE outcome IS NOT NULL GROUP BY household),
a AS (SELECT household, min(planned_on) AS day FROM v
  WHERE outcome IS NULL AND skipped IS NULL AND planned_on >= ? GROUP BY household),
s AS (SELECT v.*, l.day AS last FROM v LEFT JOIN l ON l.household = v.household
  LEFT JOIN a ON a.household = v.household WHERE a.day IS NULL),
d AS (
  SELECT household, 'missed' AS why, planned_on AS day, record AS visit, request, assigned_to,
    CAST(NULL AS TEXT) AS planned_on, CAST(NULL AS TEXT) AS note FROM s
    WHERE outcome IS NULL AND skipped IS NULL AND planned_on < ? AND (last IS NULL OR last < planned_on)
  UNION ALL SELECT household, 'follow_up', follow_up_on, record, NULL, assigned_to, NULL, NULL FROM s
    WHERE outcome IS NOT NULL AND visited_on = last AND follow_up_on <= ?
  UNION ALL SELECT household, 'rebook', rebook_on, record, NULL, assigned_to, NULL, NULL FROM s
    WHERE outcome IS NOT NULL AND visited_on = last AND rebook_on <= ?
  UNION ALL SELECT household, 'skipped', planned_on, record, request, assigned_to, NULL, skipped FROM s
    WHERE outcome IS NULL AND skipped IN ('no_time', 'away') AND planned_on <= ? AND (last IS NULL OR last < planned_on)
  UNION ALL SELECT q.household, 'requested', coalesce(q.wish_on, q.asked_on), NULL, q.record, NULL, a.day, q.wanted
    FROM visit_request q CROSS JOIN record r ON r.record = q.record LEFT JOIN a ON a.household = q.household
    WHERE coalesce(q.state, 'asked') = 'asked' AND {requests}
  UNION ALL SELECT h.record, 'long_ago', l.day, NULL, NULL, NULL, NULL, NULL
    FROM household h CROSS JOIN record r ON r.record = h.record LEFT JOIN l ON l.household = h.record
    LEFT JOIN a ON a.household = h.record WHERE a.day IS NULL AND (l.day IS NULL OR l.day < ?) AND {homes})
SELECT d.household, d.why, d.day, d.visit, d.request, d.assigned_to, d.planned_on, d.note,
  h.estate, h.building, h.unit, h.room FROM d JOIN household h ON h.record = d.household
"""
_BETWEEN = """FROM home_visit v CROSS JOIN record r ON r.record = v.record
LEFT JOIN household h ON h.record = v.household
WHERE coalesce(v.visited_on, v.planned_on) BETWEEN ? AND ? AND {seen}"""
_LINE = "v.record, v.household, v.resident, h.estate, h.building, r.review_state"
_BY_DOOR = "coalesce(v.visited_on, v.planned_on), h.estate, h.building, h.unit, h.room, v.record"


@dataclass(frozen=True)
class HomeDue:
    """One home to go to. on: the day it is due by, or of the last visit, None where nobody ever went; visit: the one
    that says so; request: what was asked for; assigned_to: whose it is or was; planned_on: when somebody goes anyhow.
    """

    household: str
    why: str
    on: str | None
    visit: str | None
    request: str | None
    assigned_to: str | None
    planned_on: str | None
    note: str | None
    building: str
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class VisitLine:
    """One visit as a list shows it."""

    record: str
    household: str
    home_zh: str
    home_en: str
    resident: str | None
    building: str
    assigned_to: str | None
    planned_on: str | None
    planned_at: str | None
    visited_on: str | None
    outcome: str | None
    condition: str | None
    reason: str | None
    skipped: str | None
    skipped_because: str | None
    review: str | None


def homes_due(
    store: Store,
    schema: Schema,
    person: Person,
    today: str,
    until: str,
    before: str,
    why: str | None = None,
    building: str | None = None,
    context: Context = UNTOLD,
) -> tuple[list[HomeDue], int]:
    """The homes due by `until`, or visited last before `before`; at most ROWS_MAX of them, and how many there are.

    A home for which somebody is planned from today on is listed by no rule but "requested", with the day.
    """
    with store.snapshot():
        rows = _rows(store, schema, person, today, until, before, context)
        found = [row for row in rows if why in (None, row[1]) and building in (None, _building(row[-4:]))]
        titles = Titles(store, schema, person)
        return [_due(titles, row) for row in found[:ROWS_MAX]], len(found)


def visits_between(
    store: Store, schema: Schema, person: Person, first: str, last: str, context: Context = UNTOLD
) -> tuple[list[VisitLine], int]:
    """The visits planned for or made on these days, by day and door; at most ROWS_MAX, and how many there are."""
    seen = _seen(schema, person, "home_visit", context)
    source = _BETWEEN.format(seen=seen.sql)
    parameters = (first, last, *seen.parameters)
    with store.snapshot():
        total = int(store.value(f"SELECT count(*) {source}", parameters))
        rows = store.rows(f"SELECT {_LINE} {source} ORDER BY {_BY_DOOR} {AT_MOST}", (*parameters, ROWS_MAX))
        titles = Titles(store, schema, person)
        return [_line(store, schema, titles, row) for row in rows], total


def _rows(
    store: Store, schema: Schema, person: Person, today: str, until: str, before: str, context: Context
) -> list[tuple[Any, ...]]:
    """What is due by each rule: household, why, on, visit, request, assigned_to, planned_on, note, address."""
    homes = _seen(schema, person, "household", context)
    visits = _seen(schema, person, "home_visit", context)
    requests = _seen(schema, person, "visit_request", context)
    sql = _DUE.format(homes=homes.sql, visits=visits.sql, requests=requests.sql)
    parameters = (
        *(*visits.parameters, today),
        *(today, until, until, until),
        *requests.parameters,
        *(before, *homes.parameters),
    )
    rank = {name: at for at, name in enumerate(REASONS)}
    rows = store.rows(sql, parameters)
    # What is due for a reason of its own is not listed once more because it is long ago.
    others = {row[0] for row in rows if row[1] != "long_ago"}
    kept = [row for row in rows if row[1] != "long_ago" or row[0] not in others]
    return sorted(kept, key=lambda row: (rank[row[1]], row[2] or "", *(str(part or "").zfill(6) for part in row[-4:])))


def _seen(schema: Schema, person: Person, kind: str, context: Context) -> Condition:
    return seen_by(schema, person, [kind], context=context)


def _building(address: tuple[Any, ...]) -> str:
    """What a desk narrows a list by: the estate and the building."""
    return " ".join(str(part) for part in address[:2] if part)


def _due(titles: Titles, row: tuple[Any, ...]) -> HomeDue:
    household, why, on, visit, request, assigned_to, planned_on, note, *address = row
    zh, en = (titles.called("household", household, language) or "" for language in ("zh", "en"))
    return HomeDue(household, why, on, visit, request, assigned_to, planned_on, note, _building(tuple(address)), zh, en)


def _line(store: Store, schema: Schema, titles: Titles, row: tuple[Any, ...]) -> VisitLine:
    record, household, resident, estate, building, review = row
    values = values_of(store, schema.kinds["home_visit"], record)
    zh, en = (titles.called("household", household, language) or "" for language in ("zh", "en"))
    return VisitLine(
        record=record,
        household=household,
        home_zh=zh,
        home_en=en,
        resident=titles.called("resident", resident, "zh") if resident else None,
        building=_building((estate, building)),
        assigned_to=values.get("assigned_to"),
        planned_on=values.get("planned_on"),
        planned_at=values.get("planned_at"),
        visited_on=values.get("visited_on"),
        outcome=values.get("outcome"),
        condition=values.get("condition"),
        reason=values.get("reason"),
        skipped=values.get("skipped"),
        skipped_because=values.get("skipped_because"),
        review=review,
    )
