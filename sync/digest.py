"""Digests: whether a device holds what the feed says it should, told in few bytes; and the whole records to mend it by.

Not here: when a device compares, and what it does about a difference (the phone decides both). Nothing is kept for
this: a digest is counted from the feed when it is asked for.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schema.access import UNTOLD, Context, scopes_of_person
from schema.model import Person, Problem, Schema
from sync import feed, limits
from sync.rows import RecordState, in_sight
from sync.store.store import Store

WHOLE = ""
# Of SHA-256 over the record: 256 parts, so that of 10,000 records some 40 are named where one differs.
PART_DIGITS = 2


@dataclass(frozen=True)
class Part:
    """Count of some records of a scope, and the xor over all of them of hash(record:revision), 16 hex digits.

    part  the first two hex digits of SHA-256 over the record, or "" for the whole scope
    """

    part: str
    count: int
    xor: str


@dataclass(frozen=True)
class ScopeDigest:
    """What a device should hold of one scope: its rows of revision `low` to `high` that are not in `moved`."""

    scope: str
    low: int
    high: int
    moved: tuple[str, ...]
    parts: tuple[Part, ...]


def digest(
    store: Store, schema: Schema, person: Person, after: Mapping[str, str], by_part: bool, context: Context = UNTOLD
) -> list[ScopeDigest] | Problem:
    """A digest for each scope named, as of its cursor; scopes that are not the person's are left out.

    Returns query_refused for a cursor that is none, or that lies so far back that pulling is the answer.
    """
    found = []
    with store.snapshot():
        for scope, cursor in _cursors(schema, person, after, context).items():
            moved = [] if cursor is None else feed.changes(store, scope, cursor.after, limits.DIGEST_MOVED_MAX + 1)
            if cursor is None or len(moved) > limits.DIGEST_MOVED_MAX:
                return Problem("query_refused", "cursor", {"reason": "cursor"})
            rows = feed.stretch(store, scope, cursor)
            parts = _parts(rows, PART_DIGITS if by_part else 0)
            found.append(ScopeDigest(scope, cursor.below, cursor.after, tuple(row[0] for row in moved), parts))
    return found


def rows_of_parts(
    store: Store,
    schema: Schema,
    person: Person,
    scope: str,
    cursor: str,
    parts: Sequence[str],
    context: Context = UNTOLD,
) -> list[tuple[str, int]] | Problem:
    """(record, revision) of the records of some parts of a scope, as of a cursor."""
    asked = set(parts)
    for read in _cursors(schema, person, {scope: cursor}, context).values():
        if read is None:
            return Problem("query_refused", "cursor", {"reason": "cursor"})
        return [(name, revision) for name, revision in feed.stretch(store, scope, read) if part_of(name) in asked]
    return []


def whole_records(
    store: Store, schema: Schema, person: Person, records: Iterable[str], context: Context = UNTOLD
) -> list[RecordState]:
    """Those of some records that belong to the person's scopes, whole; what is left out is not theirs."""
    scopes = scopes_of_person(schema, person, context)
    with store.snapshot():
        found = [in_sight(store, name, scopes) for name in dict.fromkeys(records)]
        return [record for record in found if record is not None]


def part_of(record: str) -> str:
    """The part of a record. Ids begin with the time; their hash spreads them evenly."""
    return hashlib.sha256(record.encode()).hexdigest()[:PART_DIGITS]


def _cursors(
    schema: Schema, person: Person, after: Mapping[str, str], context: Context
) -> dict[str, feed.Cursor | None]:
    mine = scopes_of_person(schema, person, context)
    return {scope: feed.read_cursor(after[scope]) for scope in mine if scope in after}


def _parts(rows: Iterable[tuple[str, int]], digits: int) -> tuple[Part, ...]:
    counts: dict[str, int] = {}
    sums: dict[str, int] = {}
    for name, revision in rows:
        part = part_of(name) if digits else WHOLE
        hashed = hashlib.sha256(f"{name}:{revision}".encode()).digest()[:8]
        counts[part] = counts.get(part, 0) + 1
        sums[part] = sums.get(part, 0) ^ int.from_bytes(hashed, "big")
    return tuple(Part(part, counts[part], f"{sums[part]:016x}") for part in sorted(counts))
