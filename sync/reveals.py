"""Covered telephone numbers that somebody looked at whole: at a desk by a question, on a phone by what it tells later,
because there the number was at hand without a network. Who looked stands in the audit.

Not here: how a phone keeps what it has to say (pwa/src/sync/reveals.ts).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from schema.model import Person, Problem, Schema
from sync.audit import Trace
from sync.break_glass import may_read
from sync.record import Record, record_of, values_of
from sync.references import sees
from sync.store.store import Store
from sync.times import read_instant

# Handed in at once. A day of calls is far less.
REVEALS_MAX = 100
ACTION = "phone_revealed"
_REFUSED = "refused"
_START, _END = 3, -4
_DIGITS_MIN = 7


@dataclass(frozen=True)
class Reveal:
    """One look on a phone. id: drawn there, so that it is noted once; seen_at: by the clock of the phone."""

    id: str
    record: str
    field: str
    seen_at: datetime


@dataclass(frozen=True)
class Number:
    """A number, and what is to be noted of showing it."""

    number: str
    trace: Trace


def covered(number: str) -> str:
    """138 **** 5521: enough to tell one from another, too little to call."""
    digits = "".join(letter for letter in number if letter.isdecimal())
    return f"{digits[:_START]} **** {digits[_END:]}" if len(digits) >= _DIGITS_MIN else "****"


def number_of(
    store: Store, schema: Schema, person: Person, record: str, field: str, now: datetime, trace: Callable[..., Trace]
) -> Number | None:
    """The whole number; None where there is none, or none for this person: nobody learns which."""
    found = _with_phone(store, schema, record, field)
    if found is None or not may_read(store, schema, person, found, now):
        return None
    number = values_of(store, found.kind, record).get(field)
    return Number(str(number), _seen(found, field, trace)) if number else None


def read_reveal(told: Mapping[str, str]) -> Reveal | None:
    """A look as a phone tells of it; None where its time is none."""
    try:
        return Reveal(told["id"], told["record"], told["field"], read_instant(told["seen_at"]))
    except ValueError:
        return None


def traces_of(
    store: Store, schema: Schema, person: Person, reveals: Sequence[Reveal], trace: Callable[..., Trace]
) -> list[tuple[Problem | None, Trace | None]]:
    """For each look what is answered, and what is to be noted; nothing where it stands there already.

    A record that is none, or not this person's, is noted as refused: a phone may have had it until just now.
    """
    answered: list[tuple[Problem | None, Trace | None]] = []
    for reveal in reveals:
        found = _with_phone(store, schema, reveal.record, reveal.field)
        if found is not None and sees(schema, person, found):
            problem, noted = None, _seen(found, reveal.field, trace)
        else:
            problem = Problem("not_found")
            noted = trace(_REFUSED, record=reveal.record, rule=problem.code)
        noted = replace(noted, about=reveal.id, device_at=reveal.seen_at)
        is_new = not _stands(store, noted) and all(noted != other for _, other in answered)
        answered.append((problem, noted if is_new else None))
    return answered


def _with_phone(store: Store, schema: Schema, record: str, field: str) -> Record | None:
    found = record_of(store, schema, record, with_claims=False)
    declared = found and found.kind.fields.get(field)
    return found if declared and declared.type == "phone" else None


def _seen(found: Record, field: str, trace: Callable[..., Trace]) -> Trace:
    return trace(ACTION, kind=found.kind.name, record=found.record, fields=(field,), tier=found.kind.sensitivity)


def _stands(store: Store, trace: Trace) -> bool:
    rows = store.rows(
        "SELECT details FROM audit WHERE centre = ? AND record = ? AND person = ? AND action IN (?, ?)",
        (trace.centre, trace.record, trace.by, ACTION, _REFUSED),
    )
    return any(json.loads(details).get("about") == trace.about for (details,) in rows)
