"""What the log and the tables still say of records that were destroyed: that they were, and that they are gone.

Not here: destroying them (destroy.py), and who may have it done (destructions.py).
"""

from schema.model import Schema
from sync import feed, log
from sync.log import Entry
from sync.record import record_of, write_record
from sync.store.store import Store

CALLED = "destroy"


def ended_entries(store: Store) -> set[int]:
    """The positions of all entries that the log says are destroyed, whether their keys are yet or not."""
    return {position for entry in log.entries_called(store, CALLED) for position in entry.facts["entries"]}


def is_destroyed(store: Store, record: str) -> bool:
    """Whether an entry about this record was destroyed. A log put back may know it by the keys alone."""
    return any(entry.entry == CALLED or entry.is_destroyed for entry in log.entries(store, record))


def apply_destroyed(store: Store, schema: Schema, entry: Entry) -> int:
    """Tell that a record is gone in every scope it ever was in, and what stands otherwise without it; its revision.

    The record itself is in no table any more: whoever derives them leaves its entries out.
    """
    revision = feed.next_revision(store)
    feed.touch(store, str(entry.record), revision, set(entry.facts["scopes"]), set())
    for name, scopes in sorted(entry.facts["others"].items()):
        found = record_of(store, schema, name, with_claims=False)
        after = set[str]()
        moved = feed.next_revision(store)
        if found is not None:
            after, found.revision = feed.replicated(schema, found.scopes), moved
            write_record(store, found)
        feed.touch(store, name, moved, set(scopes), after)
    return revision
