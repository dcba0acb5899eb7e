"""What is still open in somebody's name: cases that are not over, visits and hours that were begun or came back.

Not here: handing it to somebody else, which is an ordinary save of the field that names them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from schema.access import is_hidden
from schema.model import Kind, Person, Schema
from sync.record import record_of
from sync.store.store import Store
from sync.tables import one_of, quoted
from sync.visibility import decide_at

OPEN_MAX = 500


@dataclass(frozen=True)
class InName:
    """An open record, and the field by which it is this person's."""

    record: str
    kind: Kind
    field: str


def open_in_name_of(store: Store, schema: Schema, person: str) -> dict[str, int]:
    """How many records of which kind still wait for this person. What is hidden is not counted: nobody learns of it."""
    found = {}
    for kind, names, sql, parameters in _kinds(schema):
        theirs = " OR ".join(f"k.{quoted(name)} = ?" for name in names)
        count = store.value(
            f"SELECT count(*) FROM record r JOIN {quoted(kind.name)} k ON k.record = r.record"  # noqa: S608
            f" WHERE ({theirs}) AND {sql}",
            (*[person for _ in names], *parameters),
        )
        if count:
            found[kind.name] = int(count)
    return found


def to_hand_over(store: Store, schema: Schema, reader: Person, person: str) -> list[InName]:
    """What is open in somebody's name and this reader may give to others: kind by kind, the oldest first, bounded."""
    found = []
    for kind, names, sql, parameters in _kinds(schema):
        for name in names:
            rows = store.rows(
                f"SELECT r.record FROM record r JOIN {quoted(kind.name)} k ON k.record = r.record"  # noqa: S608
                f" WHERE k.{quoted(name)} = ? AND {sql} ORDER BY r.happened_on, r.record LIMIT {OPEN_MAX}",
                (person, *parameters),
            )
            found += [
                InName(record, kind, name) for (record,) in rows if _may_change(store, schema, reader, record, name)
            ]
    return found


def _may_change(store: Store, schema: Schema, reader: Person, record: str, field: str) -> bool:
    found = record_of(store, schema, record, with_claims=False)
    if found is None:
        return False
    reads = decide_at(schema, reader, "read", found.kind, found.place).allowed
    return reads and decide_at(schema, reader, "change", found.kind, found.place, field=field).allowed


def _kinds(schema: Schema) -> Iterator[tuple[Kind, list[str], str, tuple[str, ...]]]:
    """The kinds whose records wait for somebody, the fields that say for whom, and the condition for an open one."""
    for kind in schema.kinds.values():
        names = [name for name in kind.own if name in kind.fields and kind.fields[name].type == "person"]
        condition = _open(kind)
        if names and condition is not None and not is_hidden(schema, kind):
            yield kind, names, *condition


def _open(kind: Kind) -> tuple[str, tuple[str, ...]] | None:
    """The condition for a record that somebody still has to do something with; None for a kind that has no end."""
    if kind.states is not None:
        moving = {origin for move in kind.states.moves for origin in move.origins}
        field = f"coalesce(k.{quoted(kind.states.field)}, ?)"
        return f"{field} IN {one_of(moving)}", (kind.states.initial, *sorted(moving))
    if kind.review is not None:
        return "(r.review_state IS NULL OR r.review_state = 'returned')", ()
    return None
