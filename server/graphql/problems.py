"""A problem as GraphQL tells it: the members of the one error shape. The words come from the declarations."""

from __future__ import annotations

import strawberry

from schema.model import Problem as Found
from schema.model import Schema
from server.errors import told
from server.graphql.scalars import JSON


@strawberry.type
class Problem:
    """Something a person can mend: what is wrong, and what to do next. `next_step` is `next_step_zh`."""

    code: str
    field: str | None
    details: JSON | None
    words_zh: str
    words_en: str
    next_step_zh: str
    next_step_en: str
    next_step: str


def problem_of(schema: Schema, problem: Found | None, kind: str | None = None) -> Problem | None:
    """The problem in words; `kind` gives its field the label people know it by."""
    if problem is None:
        return None
    found = told(schema, problem, kind)
    details = None if found.details is None else JSON(found.details)
    return Problem(
        code=found.code,
        field=found.field,
        details=details,
        words_zh=found.words_zh,
        words_en=found.words_en,
        next_step_zh=found.next_step_zh,
        next_step_en=found.next_step_en,
        next_step=found.next_step,
    )
