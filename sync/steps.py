"""What a step between states asks of other records: that the one it belongs to has come so far, and that enough of
those that belong to it are there.

Not here: who may take a step, and what it asks of the record itself (admit.py, schema/validate.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from schema.field_types import is_empty
from schema.model import After, Kind, LedBy, Move, Problem, Schema
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
    if move.after is None or not is_empty(after.get(move.after.unless)):
        return None
    there, least = _there(store, schema, record, move.after), after.get(move.after.least)
    if isinstance(least, int) and there < least:
        return Problem("too_few_before", move.after.unless, {"there": there, "least": least})
    return None


def _is_led(store: Store, schema: Schema, kind: Kind, after: Mapping[str, Any], led_by: LedBy) -> bool:
    leading = schema.kinds[str(kind.fields[led_by.field].of)]
    if leading.states is None:
        return False
    sql = f"SELECT {quoted(leading.states.field)} FROM {quoted(leading.name)} WHERE record = ?"  # noqa: S608
    state = store.value(sql, (after.get(led_by.field),))
    return (state or leading.states.initial) in led_by.states


def _there(store: Store, schema: Schema, record: str, rule: After) -> int:
    states = schema.kinds[rule.kind].states
    if states is None:
        return 0
    found = store.value(
        f"SELECT count(DISTINCT k.{quoted(rule.each)}) FROM {quoted(rule.kind)} k JOIN record r USING (record)"  # noqa: S608
        f" WHERE k.{quoted(rule.field)} = ? AND coalesce(k.{quoted(states.field)}, ?) IN {one_of(rule.states)}"
        " AND r.review_state IS DISTINCT FROM 'rejected'",
        (record, states.initial, *rule.states),
    )
    return int(found or 0)
