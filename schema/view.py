"""A record's claims turned into what is displayed, and what is in conflict.

Not here: storing claims, or judging values (validate.py).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache

from schema.derive import derived
from schema.field_types import IN_PARTS, is_empty
from schema.model import Claim, Derive, Field, Kind, Value, View


def view_of(kind: Kind, claims: Iterable[Claim]) -> View:
    """Displayed values and open conflicts of a record with these live claims, in any order.

    Claims on undeclared fields are left out. The result does not depend on the order of the claims.
    """
    all_claims = list(claims)
    by_key = {claim.field_key: claim for claim in all_claims}
    several: dict[str, list[Claim]] = {}
    # Nearly every field has one claim.
    if len(by_key) < len(all_claims):
        for claim in all_claims:
            several.setdefault(claim.field_key, []).append(claim)
        several = {key: versions for key, versions in several.items() if len(versions) > 1}
    shown = {key: by_key[key].value for key in sorted(by_key) if _is_declared(kind, key)}
    conflicts: dict[str, list[Claim]] = {}
    for key in sorted(several.keys() & shown.keys()):
        versions = sorted(several[key], key=_newest, reverse=True)
        field = kind.fields[key.partition(".")[0]]
        shown[key] = _displayed(field, versions)
        if any(not same_value(field, claim.value, versions[0].value) for claim in versions):
            conflicts[key] = versions
    return View(_complete(kind, _gathered(kind, shown)), conflicts)


def view_of_one(kind: Kind, values: Mapping[str, Value]) -> View:
    """The same of a record of one save, by the field keys it wrote: nothing of it can be in conflict."""
    shown = {key: values[key] for key in sorted(values) if _is_declared(kind, key)}
    return View(_complete(kind, _gathered(kind, shown)), {})


def with_derived(kind: Kind, values: dict[str, Value]) -> dict[str, Value]:
    """The same values with every derived field calculated anew; for a form whose values are not claims yet."""
    return _complete(kind, {name: value for name, value in values.items() if name in kind.fields})


def same_value(field: Field, one: Value, other: Value) -> bool:
    """Whether two claims say the same. Empty is empty however it is written; an unchosen choice is false or null."""
    if field.type == "choices":
        return (one is True) == (other is True)
    if is_empty(one) and is_empty(other):
        return True
    if field.near_minutes is not None and isinstance(one, str) and isinstance(other, str):
        return one == other or _are_near(field, one, other)
    # Python holds True == 1, and 1 == 1.0; only the second is the same to a person.
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _are_near(field: Field, one: str, other: str) -> bool:
    """Whether two times of a field are so close that they tell of one moment; what is no time is near none."""
    form = "%H:%M" if field.type == "time" else "%Y-%m-%dT%H:%M:%SZ"
    try:
        apart = datetime.strptime(one, form) - datetime.strptime(other, form)
    except ValueError:
        return False
    return abs(apart) <= timedelta(minutes=field.near_minutes or 0)


def _newest(claim: Claim) -> tuple[str, str]:
    return claim.made_at, claim.save_key


def _displayed(field: Field, newest_first: list[Claim]) -> Value:
    given = [claim.value for claim in newest_first if not is_empty(claim.value)]
    if field.merge == "latest" or not given:
        return newest_first[0].value
    # max and min keep the first of equals, which is the newest. A clearing never outranks a value.
    best = max if field.merge == "max" else min
    return best(given, key=lambda value: _rank(field, value))


def _rank(field: Field, value: Value) -> tuple[int, str]:
    """Where a value stands in its field's order; a value of a foreign form stands lowest, and nothing is raised."""
    if field.vocabulary and field.type != "choices":
        codes = list(field.vocabulary.choices)
        return (codes.index(value) if isinstance(value, str) and value in codes else -1, "")
    if isinstance(value, str):
        return (0, value)
    return (value if isinstance(value, int) else 0, "")


def _gathered(kind: Kind, shown: dict[str, Value]) -> dict[str, Value]:
    """Field keys put together: `services.greeting` under `services`, in declared order of the choices."""
    parts_of: dict[str, dict[str, Value]] = {}
    for key, value in shown.items():
        if "." in key and value is not None:
            name, _, part = key.partition(".")
            parts_of.setdefault(name, {})[part] = value
    values: dict[str, Value] = {}
    for name, in_parts in _are_in_parts(kind):
        value = parts_of.get(name) if in_parts else shown.get(name)
        if value is not None and in_parts:
            value = _chosen(kind.fields[name], value) or None
        if value is not None:
            values[name] = value
    return values


def _chosen(field: Field, parts: dict[str, Value]) -> dict[str, Value]:
    """The parts that say something: of choices those that are true, in declared order."""
    if field.type != "choices":
        return parts
    codes = field.vocabulary.choices if field.vocabulary else {}
    return {code: True for code in codes if parts.get(code) is True}


@cache
def _are_in_parts(kind: Kind) -> tuple[tuple[str, bool], ...]:
    return tuple((name, field.type in IN_PARTS) for name, field in kind.fields.items())


def _complete(kind: Kind, values: dict[str, Value]) -> dict[str, Value]:
    if kind.states and values.get(kind.states.field) is None:
        values = {**values, kind.states.field: kind.states.initial}
    for name, derive in _derived(kind):
        value = derived(derive, values)
        values = {key: old for key, old in values.items() if key != name}
        if value is not None:
            values[name] = value
    return values


@lru_cache(maxsize=10_000)
def _is_declared(kind: Kind, field_key: str) -> bool:
    return kind.field_of(field_key) is not None


@cache
def _derived(kind: Kind) -> tuple[tuple[str, Derive], ...]:
    return tuple((name, field.derive) for name, field in kind.fields.items() if field.derive)
