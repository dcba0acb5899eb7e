"""What a desk that plans visits asks: which homes somebody should go to and why, and the visits of some days.

Not here: the rules (sync/visit_plan.py), and planning, which is a save like any other.
"""

from __future__ import annotations

from datetime import date, timedelta

import strawberry
from strawberry.types import Info

from schema.field_types import is_date
from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.rights import refuse_shut
from server.graphql.seen import saw_list
from sync import visit_plan
from sync.times import local_date

DAYS_MAX = 92


@strawberry.type
class HomeDue:
    """One home to go to. why: missed | requested | follow_up | rebook | skipped | long_ago; on: the day it is due by,
    or of the last visit; visit: the one that says so; planned_on: when somebody will go anyhow.
    """

    household: strawberry.ID
    why: str
    on: str | None
    visit: strawberry.ID | None
    request: strawberry.ID | None
    assigned_to: strawberry.ID | None
    planned_on: str | None
    note: str | None
    building: str
    title_zh: str
    title_en: str


@strawberry.type
class HomesDue:
    """The most pressing homes, and how many there are."""

    items: list[HomeDue]
    total: int


@strawberry.type
class VisitLine:
    """One visit as a list shows it; `review`: the state of its review."""

    record: strawberry.ID
    household: strawberry.ID
    home_zh: str
    home_en: str
    resident: str | None
    building: str
    assigned_to: strawberry.ID | None
    planned_on: str | None
    planned_at: str | None
    visited_on: str | None
    outcome: str | None
    condition: str | None
    reason: str | None
    skipped: str | None
    skipped_because: str | None
    review: str | None


@strawberry.type
class VisitLines:
    """Visits by day and door, and how many there are."""

    items: list[VisitLine]
    total: int


def homes_due(
    info: Info[Asking, None], until: str, days: int = 60, why: str | None = None, building: str | None = None
) -> HomesDue:
    """Homes due by a day, or visited last more than `days` ago. Raises Refusal query_refused for what is none."""
    asking = info.context
    if not is_date(until):
        raise Refusal(Found("query_refused", "until", {"reason": "variables"}))
    if not 0 < days <= visit_plan.DAYS_MAX:
        raise Refusal(Found("query_refused", "days", {"reason": "variables"}))
    refuse_shut(asking, asking.schema.kinds["home_visit"], "list")
    today = local_date(asking.now)
    before = (today - timedelta(days=days)).isoformat()
    found, total = visit_plan.homes_due(
        asking.store, asking.schema, asking.person, today.isoformat(), until, before, why, building, asking.context
    )
    saw_list(asking, ["household" for _ in found])
    return HomesDue(items=[HomeDue(**vars(one)) for one in found], total=total)


def visits_between(info: Info[Asking, None], first: str, last: str) -> VisitLines:
    """The visits planned for or made on these days. Raises Refusal query_refused for no days, or more than 92."""
    asking = info.context
    for name, day in (("first", first), ("last", last)):
        if not is_date(day):
            raise Refusal(Found("query_refused", name, {"reason": "variables"}))
    if not 0 <= (date.fromisoformat(last) - date.fromisoformat(first)).days < DAYS_MAX:
        raise Refusal(Found("query_refused", "last", {"reason": "variables"}))
    refuse_shut(asking, asking.schema.kinds["home_visit"], "list")
    found, total = visit_plan.visits_between(asking.store, asking.schema, asking.person, first, last, asking.context)
    saw_list(asking, ["home_visit" for _ in found])
    return VisitLines(items=[VisitLine(**vars(one)) for one in found], total=total)
