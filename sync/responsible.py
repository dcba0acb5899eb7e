"""What is still open in somebody's name: cases that are not over, visits and hours that were begun or came back.

Not here: handing it to somebody else, which is an ordinary save of the field that names them.
"""

from schema.access import is_hidden
from schema.model import Kind, Schema
from sync.store.store import Store
from sync.tables import one_of, quoted


def open_in_name_of(store: Store, schema: Schema, person: str) -> dict[str, int]:
    """How many records of which kind still wait for this person. What is hidden is not counted: nobody learns of it."""
    found = {}
    for kind in schema.kinds.values():
        names = [name for name in kind.own if name in kind.fields and kind.fields[name].type == "person"]
        condition = _open(kind)
        if not names or condition is None or is_hidden(schema, kind):
            continue
        sql, parameters = condition
        theirs = " OR ".join(f"k.{quoted(name)} = ?" for name in names)
        count = store.value(
            f"SELECT count(*) FROM record r JOIN {quoted(kind.name)} k ON k.record = r.record"  # noqa: S608
            f" WHERE ({theirs}) AND {sql}",
            (*[person for _ in names], *parameters),
        )
        if count:
            found[kind.name] = int(count)
    return found


def _open(kind: Kind) -> tuple[str, tuple[str, ...]] | None:
    """The condition for a record that somebody still has to do something with; None for a kind that has no end."""
    if kind.states is not None:
        moving = {origin for move in kind.states.moves for origin in move.origins}
        field = f"coalesce(k.{quoted(kind.states.field)}, ?)"
        return f"{field} IN {one_of(moving)}", (kind.states.initial, *sorted(moving))
    if kind.review is not None:
        return "(r.review_state IS NULL OR r.review_state = 'returned')", ()
    return None
