"""The closed list of derivations: values that are calculated from other fields and never written.

Not here: when a derived value is filled in (view.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from schema.field_types import is_datetime, is_time
from schema.model import Derive, Value, Values


def minutes_from(start: Value, end: Value) -> int | None:
    """Whole minutes from one time ("HH:MM") or instant to a later one of the same form; None if it is not later."""
    if not isinstance(start, str) or not isinstance(end, str) or len(start) != len(end):
        return None
    first, last = _minute(start), _minute(end)
    return last - first if first is not None and last is not None and last > first else None


def _minute(text: str) -> int | None:
    if is_time(text):
        return int(text[:2]) * 60 + int(text[3:])
    if is_datetime(text):
        return int((datetime.fromisoformat(text[:19]) - datetime(1900, 1, 1)).total_seconds() // 60)
    return None


def _minutes_between(arguments: Mapping[str, str], values: Values) -> int | None:
    minutes = minutes_from(values.get(arguments["from"]), values.get(arguments["to"]))
    if minutes is None:
        return None
    taken = [values.get(arguments.get(name, "")) for name in ("less", "and_less")]
    less = sum(one for one in taken if isinstance(one, int))
    return minutes - less if minutes >= less else None


def _attendance(arguments: Mapping[str, str], values: Values) -> int | None:
    named, counted = (_rows(values.get(arguments[name])) for name in ("named", "counted"))
    if not named and not counted:
        return None
    ticked = sum(any(column is True for column in row.values()) for row in named)
    numbers = (column for row in counted for column in row.values())
    return ticked + sum(one for one in numbers if isinstance(one, int) and not isinstance(one, bool))


def _rows(value: Value) -> list[Mapping[str, Value]]:
    return [row for row in value.values() if isinstance(row, Mapping)] if isinstance(value, Mapping) else []


@dataclass(frozen=True)
class Derivation:
    """One rule: the keys a declaration must and may give (each names a field), and the calculation.

    same_type  keys whose fields must be of one type, since their values are compared
    """

    needs: Mapping[str, tuple[str, ...]]
    may_have: Mapping[str, tuple[str, ...]]
    calculate: Callable[[Mapping[str, str], Values], Value]
    same_type: tuple[str, str]


DERIVATIONS: Mapping[str, Derivation] = {
    "minutes_between": Derivation(
        needs={"from": ("time", "datetime"), "to": ("time", "datetime")},
        may_have={"less": ("integer",), "and_less": ("integer",)},
        calculate=_minutes_between,
        same_type=("from", "to"),
    ),
    # Who was there: each row that is ticked, and every number in the rows of what was counted.
    "attendance": Derivation(
        needs={"named": ("rows",), "counted": ("rows",)},
        may_have={},
        calculate=_attendance,
        same_type=("named", "counted"),
    ),
}


def derived(derive: Derive, values: Values) -> Value:
    """The value of one derived field, None where what it reads does not give one."""
    return DERIVATIONS[derive.rule].calculate(derive.arguments, values)
