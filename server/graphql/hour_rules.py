"""What a rule for hours would make of a month, before anybody writes it down.

Not here: counting (sync/hours.py), and writing the rule, which is a save like any other.
"""

from __future__ import annotations

import re

import strawberry
from strawberry.types import Info

from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.rights import refuse_shut
from sync import hours
from sync.hour_decisions import ENTRY
from sync.hour_rules import Rule

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# As declared in schema/records/hour_rule.toml.
_BOUNDS = {
    **{"round_to": (1, 30), "break_after_minutes": (1, 720), "break_minutes": (1, 240)},
    **{"over_shift_minutes": (0, 240), "day_minutes_max": (60, 1440)},
}
_WAYS = ("down", "nearest")


@strawberry.input
class HourRuleInput:
    """A rule as it would be written, in minutes: no break after null, no bound by the shift where that is null."""

    round_to: int
    round_how: str
    day_minutes_max: int
    break_after_minutes: int | None = None
    break_minutes: int | None = None
    over_shift_minutes: int | None = None


@strawberry.type
class HourRulePreview:
    """The entries of a month that I see, certified and waiting, the minutes they count and those they would count."""

    entries: int
    now: int
    then: int


def _fits(value: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= value <= bounds[1]


def hour_rule_preview(info: Info[Asking, None], month: str, rule: HourRuleInput) -> HourRulePreview:
    """What a rule would make of a month. Raises Refusal query_refused for no month, or no such rule."""
    asking = info.context
    given = {name: getattr(rule, name) for name in _BOUNDS}
    wrong = [name for name, value in given.items() if value is not None and not _fits(value, _BOUNDS[name])]
    if not _MONTH.fullmatch(month) or rule.round_how not in _WAYS or wrong:
        raise Refusal(Found("query_refused", "rule", {"reason": "variables"}))
    refuse_shut(asking, asking.schema.kinds[ENTRY], "count")
    tried = Rule(
        record="",
        effective_on="",
        round_to=rule.round_to,
        round_how=rule.round_how,
        break_after_minutes=rule.break_after_minutes,
        break_minutes=rule.break_minutes,
        over_shift_minutes=rule.over_shift_minutes,
        day_minutes_max=rule.day_minutes_max,
    )
    found = hours.would_count(asking.store, asking.schema, asking.person, month, tried, asking.context)
    return HourRulePreview(entries=found[0], now=found[1], then=found[2])
