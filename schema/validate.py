"""Judges what a person writes: one value by itself, and the record that would result from a save.

Not here: who may write it (access.py). Pure; never raises for anything JSON can hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache

from schema.checks import is_later, run_checks
from schema.field_types import FIELD_TYPES, IN_PARTS, IN_ROWS, ROWS_MAX_DEFAULT, is_empty, is_row_id, plain_name
from schema.model import Field, Kind, Problem, Value, Values, When

# The first day that has not begun: what counts from a day on must never reach back.
TOMORROW = "tomorrow"


def check_write(kind: Kind, field_key: str, value: Value) -> Value:
    """The value in its normal form (72.0 -> 72), or the Problem with it.

    field_key  `outcome`, `services.greeting` or `remarks.<row id>`; null clears a field, a choice or a row
    """
    return judge_of(kind, field_key)(value)


# Nearly all field keys are among some hundred; those of rows come and go.
@lru_cache(maxsize=10_000)
def judge_of(kind: Kind, field_key: str) -> Callable[[Value], Value]:
    """What `check_write` does with every value of one field key, found once."""
    field = _field_written(kind, field_key)
    if isinstance(field, Problem):
        return lambda value: field
    form = FIELD_TYPES[field.type].form

    def judged(value: Value) -> Value:
        found = None if value is None else form(value, field)
        return replace(found, field=field_key) if isinstance(found, Problem) else found

    return judged


def _field_written(kind: Kind, field_key: str) -> Field | Problem:
    """The field that a field key writes, or the Problem with the key."""
    name, dot, part = field_key.partition(".")
    field = kind.fields.get(name)
    if field is None:
        return Problem("unknown_field", plain_name(field_key))
    code = "derived_field" if field.derive else _wrong_key(field, bool(dot), part)
    return Problem(code, plain_name(field_key) or name) if code else field


def _wrong_key(field: Field, has_part: bool, part: str) -> str | None:
    """The code of what is wrong with a field key: what has parts is written part by part, others whole."""
    if field.type == "choices" and has_part:
        return None if field.vocabulary and part in field.vocabulary.choices else "unknown_choice"
    if field.type in IN_ROWS and has_part:
        return None if is_row_id(field, part) else "wrong_type"
    if field.type in IN_PARTS:
        return "wrong_type"
    return "unknown_field" if has_part else None


def holds(when: When, values: Values) -> bool:
    """Whether a declared condition holds: every field it names has an accepted value ("*": any value at all)."""
    return all(_accepted(values.get(name), accepted) for name, accepted in when.items())


def _accepted(value: Value, accepted: tuple[Value, ...]) -> bool:
    if value is None or is_empty(value):
        return False
    if "*" in accepted:
        return True
    if isinstance(value, Mapping):
        return any(value.get(code) is True for code in accepted if isinstance(code, str))
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in accepted)


def validate(
    kind: Kind,
    before: Values,
    after: Values,
    today: date,
    now: str,
    written: Mapping[str, Value] | None = None,
    replaced: Mapping[str, Sequence[Value]] | None = None,
) -> list[Problem]:
    """What is wrong with the record that would result, in the order of its fields.

    before    displayed values now, {} for a new record; after: those that would be displayed
    today     the centre's local date; now: "YYYY-MM-DDTHH:MM:SSZ"
    written   field key -> value of the save itself; what differs between before and after when absent
    replaced  field key -> the values its author saw. A step between states is judged from these: an author who was
              offline takes it from the state they saw, and who settles a conflict chooses among the versions
    """
    limits = {"today": today.isoformat(), "now": now}
    problems = [
        problem
        for field, may_be_missing in _bounded(kind)
        if field.name in after or not may_be_missing
        for problem in _of_field(field, after, limits)
    ]
    problems += run_checks(kind, after)
    problems += _rewritten_rows(kind, before, after, written)
    problems += _unsaid(kind, before, after, written or {}, replaced or {})
    problems += _untrue(kind, before, after, written or {})
    moved = _illegal_move(kind, before, after, written or {}, replaced or {})
    return [*problems, moved] if moved else problems


@cache
def _bounded(kind: Kind) -> tuple[tuple[Field, bool], ...]:
    """The fields of which `_of_field` may have something to say, and whether only of a value that is there."""
    return tuple(
        (field, not field.required and field.required_when is None)
        for field in kind.fields.values()
        if field.required or field.required_when or field.not_after or field.not_before or field.type in IN_ROWS
    )


@cache
def _append_only(kind: Kind) -> tuple[Field, ...]:
    return tuple(field for field in kind.fields.values() if field.append_only)


def _of_field(field: Field, after: Values, limits: Mapping[str, str]) -> list[Problem]:
    value: Value = after.get(field.name)
    if is_empty(value):
        return [Problem("missing", field.name)] if _is_needed(field, after) else []
    problems = []
    if field.not_after is not None and field.not_after in limits:
        if is_later(value, limits[field.not_after]):
            problems.append(Problem("date_in_future", field.name))
    elif field.not_after and is_later(value, after.get(field.not_after)):
        problems.append(Problem("out_of_order", field.name, {"not_after": field.not_after}))
    if field.not_before == TOMORROW:
        if not is_later(value, limits["today"]):
            problems.append(Problem("date_not_to_come", field.name))
    elif field.not_before and is_later(after.get(field.not_before), value):
        problems.append(Problem("out_of_order", field.name, {"not_before": field.not_before}))
    if field.rows_min and isinstance(value, Mapping) and len(value) < field.rows_min and _is_needed(field, after):
        problems.append(Problem("too_few_rows", field.name, {"min": field.rows_min}))
    rows_max = field.rows_max or ROWS_MAX_DEFAULT
    if field.type in IN_ROWS and isinstance(value, Mapping) and len(value) > rows_max:
        problems.append(Problem("too_many_rows", field.name, {"max": rows_max}))
    return problems


def _is_needed(field: Field, after: Values) -> bool:
    return field.required or (field.required_when is not None and holds(field.required_when, after))


def _rewritten_rows(kind: Kind, before: Values, after: Values, written: Mapping[str, Value] | None) -> list[Problem]:
    problems = []
    for field in _append_only(kind):
        old, new = _rows(before.get(field.name)), _rows(after.get(field.name))
        for row, value in old.items():
            key = f"{field.name}.{row}"
            rewritten = new.get(row) != value if written is None else key in written and written[key] != value
            if rewritten:
                problems.append(Problem("append_only", key))
    return problems


def _rows(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _illegal_move(
    kind: Kind, before: Values, after: Values, written: Mapping[str, Value], replaced: Mapping[str, Sequence[Value]]
) -> Problem | None:
    if kind.states is None:
        return None
    field, initial = kind.states.field, kind.states.initial
    to = _state(written[field] if field in written else after.get(field), initial)
    seen = replaced.get(field) if field in written else None
    origins = {_state(value, initial) for value in (seen or [before.get(field)])}
    if to in origins:
        return None
    moves = [move for move in kind.states.moves if move.to == to and origins & set(move.origins)]
    if not moves:
        return Problem("illegal_move", field, {"from": sorted(origins), "to": to})
    moves = [move for move in moves if move.when is None or holds(move.when, after)]
    if not moves:
        return Problem("another_step_first", field, {"from": sorted(origins), "to": to})
    said = written if field in written else after
    unsaid = [move.says for move in moves if move.says and is_empty(said.get(move.says))]
    return Problem("missing", unsaid[0]) if unsaid else None


def _unsaid(
    kind: Kind, before: Values, after: Values, written: Mapping[str, Value], replaced: Mapping[str, Sequence[Value]]
) -> list[Problem]:
    """The sentence that is missing beside each value that took the place of another. A first value needs none, and
    neither does the choice among versions that stand.
    """
    problems = []
    for field in _with_reason(kind):
        is_written = field.name in written
        value = written[field.name] if is_written else after.get(field.name)
        seen = (replaced.get(field.name) if is_written else None) or [before.get(field.name)]
        if value in seen or all(is_empty(one) for one in seen):
            continue
        said = written if is_written else after
        if field.says and is_empty(said.get(field.says)):
            problems.append(Problem("missing", field.says))
    return problems


def _untrue(kind: Kind, before: Values, after: Values, written: Mapping[str, Value]) -> list[Problem]:
    """Rows of a trail that tell of a change which is not made with them."""
    problems = []
    for trail, told in _trails(kind) if before else ():
        old = _rows(before.get(trail))
        for row, columns in _rows(after.get(trail)).items():
            if row in old or not isinstance(columns, Mapping):
                continue
            name = str(columns.get("field"))
            value = written[name] if name in written else after.get(name)
            changed = name in written or value != before.get(name)
            if name not in told or not changed or columns.get("to") != value:
                problems.append(Problem("trail_untrue", f"{trail}.{row}"))
    return problems


@cache
def _with_reason(kind: Kind) -> tuple[Field, ...]:
    return tuple(field for field in kind.fields.values() if field.says)


@cache
def _trails(kind: Kind) -> tuple[tuple[str, frozenset[str]], ...]:
    """The fields that keep a trail, and the fields whose changes each of them tells."""
    told: dict[str, set[str]] = {}
    for field in kind.fields.values():
        if field.trail:
            told.setdefault(field.trail, set()).add(field.name)
    return tuple((trail, frozenset(names)) for trail, names in told.items())


def _state(value: Value, initial: str) -> str:
    return value if isinstance(value, str) else initial
