"""Comparing hours: a phone says what it counts and is told how that differs; a desk is told what each phone said last.

Not here: comparing (sync/hour_compare.py).
"""

from __future__ import annotations

import strawberry
from strawberry.types import Info

from schema.access import decide
from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.rights import refuse_shut
from server.graphql.seen import saw_list
from sync import hour_compare, people
from sync.hour_decisions import ENTRY


@strawberry.input
class HoursTold:
    """One entry as a phone has it: `minutes` it counts, 0 where it counts nowhere. mark: draft | saved | sent | held |
    returned | reviewed | versions; problem: the code of why it is held.
    """

    record: strawberry.ID
    worked_on: str
    minutes: int
    mark: str
    problem: str | None = None


@strawberry.type
class HourDifference:
    """One entry that is not the same on all sides; minutes, null where a side has none. code: draft | not_sent |
    held | gone | not_on_phone | other_day | behind (phone and centre differ), cut_to_shift | day_full | break | rounded
    (less counts than was written), joined | rejected | returned | corrected | clock | questioned | waiting (not
    certified). `other`: the entry that stands in its place.
    """

    record: strawberry.ID
    worked_on: str
    activity: str
    code: str
    phone: int | None
    written: int | None
    centre: int | None
    certified: int | None
    problem: str | None
    sentence: str | None
    other: strawberry.ID | None


@strawberry.type
class HourComparison:
    """Minutes of one volunteer: as a phone said at `told_at`, as the centre counts now, and what of it is certified."""

    volunteer: strawberry.ID
    device_name: str
    told_at: str
    phone: int
    centre: int
    certified: int
    is_equal: bool
    differences: list[HourDifference]


def tell_hours(info: Info[Asking, None], entries: list[HoursTold]) -> HourComparison:
    """Keep what this device counts of its own person's hours, in place of what it said before."""
    asking = info.context
    told = hour_compare.read_told([vars(entry) | {"record": str(entry.record)} for entry in entries])
    if isinstance(told, Found):
        raise Refusal(told)
    refuse_shut(asking, asking.schema.kinds[ENTRY], "list")
    with asking.store.atomic():
        hour_compare.keep_told(asking.store, asking.person, told, asking.now)
    found = hour_compare.comparisons(asking.store, asking.schema, asking.person, asking.person.person, asking.context)
    return _answer(next(one for one in found if one.device == asking.person.device))


def hour_comparisons(info: Info[Asking, None], volunteer: strawberry.ID) -> list[HourComparison]:
    """Of each phone that ever said something, the newest first. Raises Refusal not_allowed for who sees none."""
    asking = info.context
    kind = asking.schema.kinds[ENTRY]
    refuse_shut(asking, kind, "list")
    centre = people.centre_of(asking.store, str(volunteer))
    may = decide(asking.schema, asking.person, "read", kind, centre=centre, team=None, own=(str(volunteer),))
    if not may.allowed:
        raise Refusal(Found("not_allowed"))
    found = hour_compare.comparisons(asking.store, asking.schema, asking.person, str(volunteer), asking.context)
    saw_list(asking, [ENTRY for one in found for _ in one.differences])
    return [_answer(one) for one in found]


def _answer(found: hour_compare.Comparison) -> HourComparison:
    return HourComparison(
        volunteer=strawberry.ID(found.volunteer),
        device_name=found.device_name,
        told_at=found.told_at,
        phone=found.phone,
        centre=found.centre,
        certified=found.certified,
        is_equal=found.is_equal,
        differences=[
            HourDifference(
                **(
                    vars(one)
                    | {
                        "record": strawberry.ID(one.record),
                        "other": None if one.other is None else strawberry.ID(one.other),
                    }
                )
            )
            for one in found.differences
        ],
    )
