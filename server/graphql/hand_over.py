"""What somebody leaves open, for whoever gives it to others.

Not here: giving it, which is an ordinary save; and stopping the account afterwards (accounts.py).
"""

from __future__ import annotations

import strawberry

from schema.model import Problem
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.seen import saw_list
from sync import people
from sync.responsible import to_hand_over
from sync.titles import Titles


@strawberry.type
class InName:
    """An open record, and the field by which it is somebody's."""

    record: strawberry.ID
    kind: str
    field: str
    title_zh: str | None
    title_en: str | None


def open_of(asking: Asking, person: str) -> list[InName]:
    """Raises Refusal not_found for somebody of another centre."""
    store, schema, reader = asking.store, asking.schema, asking.person
    if people.centre_of(store, person) != reader.centre:
        raise Refusal(Problem("not_found"))
    found, titles = to_hand_over(store, schema, reader, person), Titles(store, schema, reader)
    saw_list(asking, [one.kind.name for one in found])
    return [
        InName(
            record=strawberry.ID(one.record),
            kind=one.kind.name,
            field=one.field,
            title_zh=titles.called(one.kind.name, one.record, "zh"),
            title_en=titles.called(one.kind.name, one.record, "en"),
        )
        for one in found
    ]
