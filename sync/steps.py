"""What a step between states asks of other records: that the one it belongs to has come so far, and that enough of
those that belong to it are there.

Not here: who may take a step, and what it asks of the record itself (admit.py, schema/validate.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from schema.field_types import is_empty
from schema.model import After, Kind, LedBy, Move, Problem, Schema
from schema.validate import holds
from sync.record import record_of
from sync.store.store import Store
from sync.tables import one_of, quoted


def judge_step(
    store: Store,
    schema: Schema,
    kind: Kind,
    record: str,
    after: Mapping[str, Any],
    written: Mapping[str, Any],
    seen: Mapping[str, Sequence[Any]],
) -> Problem | None:
    """Why a save may not take its record where it does, None where it may or takes it nowhere.

    after    the values that would be displayed; written: those of the save, seen: those that its author saw
    """
    if kind.states is None or kind.states.field not in written:
        return None
    name, initial = kind.states.field, kind.states.initial
    to = written[name] or initial
    origins = {value or initial for value in seen.get(name, ())} or {initial}
    if to in origins:
        return None
    refused: Problem | None = None
    for move in kind.states.moves:
        if move.to == to and origins & set(move.origins):
            refused = _refused(store, schema, kind, record, after, move)
            if refused is None:
                return None
    return refused


def _refused(
    store: Store, schema: Schema, kind: Kind, record: str, after: Mapping[str, Any], move: Move
) -> Problem | None:
    if move.led_by is not None and not _is_led(store, schema, kind, after, move.led_by):
        return Problem("leading_record_not_there", move.led_by.field)
    rule = move.after
    if rule is None or (rule.unless is not None and not is_empty(after.get(rule.unless))):
        return None
    there = len(_there(store, schema, kind, record, rule))
    least = after.get(rule.least) if rule.least is not None else 1
    if isinstance(least, int) and there < least:
        state = kind.states.field if kind.states else None
        return Problem(rule.problem, rule.unless or state, {"there": there, "least": least})
    return None


def _is_led(store: Store, schema: Schema, kind: Kind, after: Mapping[str, Any], led_by: LedBy) -> bool:
    leading = schema.kinds[str(kind.fields[led_by.field].of)]
    if leading.states is None:
        return False
    sql = f"SELECT {quoted(leading.states.field)} FROM {quoted(leading.name)} WHERE record = ?"  # noqa: S608
    state = store.value(sql, (after.get(led_by.field),))
    return (state or leading.states.initial) in led_by.states


def _there(store: Store, schema: Schema, kind: Kind, record: str, rule: After) -> set[Any]:
    """What is there of the records that must be: each once, by the field that says so or by itself."""
    other = schema.kinds[rule.kind]
    if other.states is None:
        return set()
    field, each = other.fields[rule.field], rule.each or "record"
    named, part = ("=", record) if field.type == "ref" else ("LIKE", f'%"{record.replace("-", "")}"%')
    found = store.rows(
        f"SELECT k.record, k.{quoted(each)} FROM {quoted(rule.kind)} k JOIN record r USING (record)"  # noqa: S608
        f" WHERE k.{quoted(rule.field)} {named} ? AND coalesce(k.{quoted(other.states.field)}, ?) IN"
        f" {one_of(rule.states)} AND r.review_state IS DISTINCT FROM 'rejected'",
        (part, other.states.initial, *rule.states),
    )
    asks_more = rule.where or rule.row or rule.also
    return {one for name, one in found if not asks_more or _fits(store, schema, rule, name, record)}


def _fits(store: Store, schema: Schema, rule: After, name: str, record: str) -> bool:
    """Whether one of them is as the rule asks, and so is its row that stands for the record."""
    found = record_of(store, schema, name)
    values = found.view().values if found is not None else {}
    rows = values.get(rule.field)
    row = rows.get(record.replace("-", "")) if isinstance(rows, Mapping) else None
    row = row if isinstance(row, Mapping) else {}
    if not holds(rule.where or {}, values) or not holds(rule.row or {}, row):
        return False
    return rule.also is None or not holds(rule.also.when, values) or holds(rule.also.row, row)
