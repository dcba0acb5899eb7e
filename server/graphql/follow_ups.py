"""The command with which a desk draws a month's follow-ups.

Not here: drawing them (server/follow_ups.py).
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
from server.follow_ups import draw_month
from server.graphql.problems import Problem, problem_of
from server.register_plan import new_id


@strawberry.type
class DrawnFollowUps:
    """The sample that was drawn, or why none was."""

    plan: strawberry.ID | None
    problem: Problem | None


def draw_follow_ups(info: Info[Asking, None], team: strawberry.ID, month_on: str) -> DrawnFollowUps:
    """Once for each team and month, by whoever may create its sample."""
    asking = info.context
    if not is_date(month_on):
        raise Refusal(Found("query_refused", "month_on", {"reason": "variables"}))
    kind = asking.schema.kinds["follow_up_plan"]
    may = decide(asking.schema, asking.person, "create", kind, centre=asking.person.centre, team=str(team))
    if not may.allowed:
        raise Refusal(Found("not_allowed"))
    found = draw_month(
        asking.store,
        asking.schema,
        asking.person,
        str(team),
        date.fromisoformat(month_on),
        asking.now,
        secrets.token_bytes,
        new_id,
    )
    if isinstance(found, Found):
        return DrawnFollowUps(plan=None, problem=problem_of(asking.schema, found))
    return DrawnFollowUps(plan=strawberry.ID(found), problem=None)
