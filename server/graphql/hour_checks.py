"""The command with which a desk draws a month's spot checks of hours.

Not here: drawing them (server/hour_checks.py).
"""

from __future__ import annotations

import secrets
from datetime import date

import strawberry
from strawberry.types import Info

from schema.access import decide
from schema.field_types import is_date
from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.problems import Problem, problem_of
from server.hour_checks import PLAN, draw_month
from server.register_plan import new_id


@strawberry.type
class DrawnHourChecks:
    """The sample that was drawn, or why none was."""

    plan: strawberry.ID | None
    problem: Problem | None


def draw_hour_checks(info: Info[Asking, None], month_on: str) -> DrawnHourChecks:
    """Once for each month of my centre, by whoever may create its sample."""
    asking = info.context
    if not is_date(month_on):
        raise Refusal(Found("query_refused", "month_on", {"reason": "variables"}))
    kind = asking.schema.kinds[PLAN]
    if not decide(asking.schema, asking.person, "create", kind, centre=asking.person.centre, team=None).allowed:
        raise Refusal(Found("not_allowed"))
    found = draw_month(
        asking.store,
        asking.schema,
        asking.person,
        date.fromisoformat(month_on),
        asking.now,
        secrets.token_bytes,
        new_id,
    )
    if isinstance(found, Found):
        return DrawnHourChecks(plan=None, problem=problem_of(asking.schema, found))
    return DrawnHourChecks(plan=strawberry.ID(found), problem=None)
