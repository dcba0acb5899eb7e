"""Records whose standing changes because another record did: they follow their home to a team, or have a new double.

Not here: what the other record's save did (materialise.py).
"""

from schema.access import scopes_of_record
from schema.model import Kind, Schema
from sync import feed
from sync.record import Record, record_of, values_of, write_record
from sync.store.store import Store
from sync.visibility import Paths, Relation, followers_of, records_following, relation_of


def follow(store: Store, schema: Schema, kind: Kind, field: str, record: str) -> None:
    """Records that reach this one through a path follow it to another team or person."""
    seen = {record}
    for follower in followers_of(schema, kind, field):
        for other in records_following(store, follower, record):
            if other in seen:
                continue
            seen.add(other)
            found = record_of(store, schema, other, with_claims=False)
            if found is None:
                continue
            values = values_of(store, found.kind, other)
            relation = relation_of(Paths(store), schema, found.kind, values, found.created_by)
            if relation != found.relation:
                _move(store, schema, found, relation)


def tell_doubles(store: Store, schema: Schema, record: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """The other side of each double that came or went has a new standing too."""
    for other in sorted(set(before) ^ set(after)):
        found = record_of(store, schema, other, with_claims=False)
        if found is not None:
            kept = set(found.duplicates) - {record}
            found.duplicates = tuple(sorted(kept | {record} if other in after else kept))
            _move(store, schema, found, found.relation)


def _move(store: Store, schema: Schema, found: Record, relation: Relation) -> None:
    """A record whose standing changed without a save: a revision of its own, because a page may end between two."""
    before = found.scopes
    found.relation = relation
    found.scopes = frozenset(scopes_of_record(schema, found.kind, found.centre, relation.team, relation.own))
    found.revision = feed.next_revision(store)
    write_record(store, found)
    feed.touch(
        store, found.record, found.revision, feed.replicated(schema, before), feed.replicated(schema, found.scopes)
    )
