"""The closed list of rules across fields that a declaration may name.

Not here: the form of a single value (field_types.py) and what a field says about itself (validate.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schema.derive import minutes_from
from schema.field_types import is_empty, is_time
from schema.model import Check, Kind, Problem, Value, Values

_TIMES = ("date", "time", "datetime")


def out_of_order(kind: Kind, before: str, after: str, values: Values) -> bool:
    """Whether two fields stand in the wrong order.

    Days may be the same day; a time or an instant must be later. Where one of them is empty nothing is wrong.
    """
    first, last = values.get(before), values.get(after)
    if is_empty(first) or is_empty(last):
        return False
    return is_later(first, last) or (kind.fields[after].type != "date" and first == last)


def is_later(one: Value, other: Value) -> bool:
    """Whether a day, time or instant lies after another; False for anything else, so that nothing is raised."""
    return isinstance(one, str) and isinstance(other, str) and one > other


def _order(check: Check, kind: Kind, values: Values) -> Problem | None:
    before, after = check.arguments["before"], check.arguments["after"]
    if not out_of_order(kind, before, after, values):
        return None
    return Problem("out_of_order", after, {"before": before})


def _shorter_than(check: Check, kind: Kind, values: Values) -> Problem | None:
    part = values.get(check.arguments["part"])
    whole = minutes_from(values.get(check.arguments["from"]), values.get(check.arguments["to"]))
    if isinstance(part, bool) or not isinstance(part, int) or whole is None or part < whole:
        return None
    return Problem("break_too_long", check.arguments["part"], {"minutes": whole})


def _time_served(check: Check, kind: Kind, values: Values) -> Problem | None:
    """One stretch of one day, of which something is left after the break and the way."""
    first, last = (values.get(check.arguments[name]) for name in ("from", "to"))
    if not isinstance(first, str) or not isinstance(last, str) or not (is_time(first) and is_time(last)):
        return None
    if first == last:
        return Problem("hours_zero", check.arguments["to"])
    if is_later(first, last):
        return Problem("hours_past_midnight", check.arguments["to"])
    left = whole = minutes_from(first, last) or 0
    for name, code in (("break", "break_too_long"), ("travel", "travel_too_long")):
        part = values.get(check.arguments[name])
        if isinstance(part, bool) or not isinstance(part, int):
            continue
        left -= part
        if left <= 0:
            return Problem(code, check.arguments[name], {"minutes": whole})
    return None


def _counts_as(check: Check, kind: Kind, values: Values) -> Problem | None:
    number, least = values.get(check.arguments["number"]), int(check.arguments["least"])
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        return None
    flag = check.arguments["flag"]
    return None if values.get(flag) is True else Problem("counts_as", flag, {"least": least})


def is_under(born: Value, on: Value, years: int) -> bool:
    """Whether somebody born on one day is younger than so many years on another. On the very birthday they are not.

    Born on 29 February, they come of age on 1 March of a year that has no such day.
    """
    if not isinstance(born, str) or not isinstance(on, str) or not born[:4].isdigit():
        return False
    return on < f"{int(born[:4]) + years:04d}{born[4:]}"


def _under_age(check: Check, kind: Kind, values: Values) -> Problem | None:
    arguments = check.arguments
    years, needs = int(arguments["years"]), arguments["needs"]
    is_young = is_under(values.get(arguments["born"]), values.get(arguments["on"]), years)
    if not is_young or not is_empty(values.get(needs)):
        return None
    return Problem("guardian_missing", needs, {"years": years})


def _same_person(check: Check, kind: Kind, values: Values) -> Problem | None:
    one, other = values.get(check.arguments["one"]), values.get(check.arguments["other"])
    if is_empty(one) or is_empty(other) or one == other:
        return None
    return Problem("not_same_person", check.arguments["one"], {"other": check.arguments["other"]})


@dataclass(frozen=True)
class CheckRule:
    """One rule: the keys a declaration gives with the types their fields may have, and the judgement.

    same_type  keys whose fields must be of one type, since their values are compared
    numbers    keys that give a whole number and no field
    """

    needs: Mapping[str, tuple[str, ...]]
    same_type: tuple[str, str]
    judge: Callable[[Check, Kind, Values], Problem | None]
    numbers: tuple[str, ...] = ()


CHECKS: Mapping[str, CheckRule] = {
    "order": CheckRule({"before": _TIMES, "after": _TIMES}, ("before", "after"), _order),
    "shorter_than": CheckRule(
        {"part": ("integer",), "from": ("time", "datetime"), "to": ("time", "datetime")}, ("from", "to"), _shorter_than
    ),
    # A stretch of one day that is longer than what is taken off it.
    "time_served": CheckRule(
        {"from": ("time",), "to": ("time",), "break": ("integer",), "travel": ("integer",)},
        ("from", "to"),
        _time_served,
    ),
    # From a number on, a yes-or-no field must be yes.
    "counts_as": CheckRule({"number": ("integer",), "flag": ("boolean",)}, ("flag", "flag"), _counts_as, ("least",)),
    # Under so many years on the day of a step, somebody else must have said yes.
    "under_age": CheckRule(
        {"born": ("date",), "on": ("date",), "needs": ("text", "phone", "date")}, ("born", "on"), _under_age, ("years",)
    ),
    # Who is named in one field, if anybody, is who is named in the other.
    "same_person": CheckRule({"one": ("person",), "other": ("person",)}, ("one", "other"), _same_person),
}


def run_checks(kind: Kind, values: Values) -> list[Problem]:
    """The problems of the kind's declared rules, in declared order."""
    found = (CHECKS[check.rule].judge(check, kind, values) for check in kind.checks)
    return [problem for problem in found if problem]
