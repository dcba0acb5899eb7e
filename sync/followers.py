"""Records whose standing changes because another record did: they follow their home to a team, have a new double, or
name what was found to be another record.

Not here: what the other record's save did (materialise.py).
"""

from collections.abc import Collection, Iterable

from schema.access import scopes_of_record
from schema.model import Kind, Schema
from sync import duplicates, feed
from sync.put_away import aliases_of, put_away_of
from sync.record import Record, record_of, values_of, write_record
from sync.references import fields_naming_records
from sync.store.store import Store
from sync.visibility import Follower, Paths, Relation, followers_of, path_heads, records_following, relation_of


def follow(store: Store, schema: Schema, kind: Kind, field: str, record: str) -> None:
    """Records that reach this one through a path follow it to another team or person, and so do its aliases."""
    seen = {record}
    if field in path_heads(kind):
        _follow_all(store, schema, aliases_of(store, record), seen)
    for follower in followers_of(schema, kind, field):
        for other in records_following(store, follower, record):
            _follow_all(store, schema, [other, *aliases_of(store, other)], seen)


def _follow_all(store: Store, schema: Schema, records: Iterable[str], seen: set[str]) -> None:
    for other in records:
        if other in seen:
            continue
        seen.add(other)
        found = record_of(store, schema, other, with_claims=False)
        if found is None:
            continue
        relation = _relation_now(store, schema, found)
        if relation != found.relation:
            _move(store, schema, found, relation)


def _relation_now(store: Store, schema: Schema, found: Record) -> Relation:
    """Where a record stands by what it says; an alias, by what the record says that it was found to be."""
    stands = found if found.survivor is None else record_of(store, schema, found.survivor, with_claims=False)
    stands = stands or found
    values = values_of(store, stands.kind, stands.record)
    return relation_of(Paths(store), schema, stands.kind, values, stands.created_by)


def stand_anew(store: Store, schema: Schema, record: str) -> None:
    """A record was put away or taken back: it and its aliases stand where they belong now, with all that names them."""
    first = record_of(store, schema, record, with_claims=False)
    if first is None:
        return
    concerned = [record, *aliases_of(store, record)]
    if first.survivor is not None:
        concerned += [other for other in aliases_of(store, first.survivor) if other not in concerned]
    moved = []
    for name in concerned:
        found = record_of(store, schema, name, with_claims=False)
        if found is None:
            continue
        survivor = _end_of(store, schema, found)
        if survivor != found.survivor:
            found.survivor = survivor
            _move(store, schema, found, _relation_now(store, schema, found))
            moved.append(found)
    for found in moved:
        for field in found.kind.fields:
            follow(store, schema, found.kind, field, found.record)
    _compare_anew(store, schema, first.kind, moved)


def _end_of(store: Store, schema: Schema, found: Record) -> str | None:
    """Where the merges end that a record went through; None for one that is no alias."""
    at, end = found, None
    while at.put_away is not None and at.put_away.into is not None:
        end = at.put_away.into
        following = record_of(store, schema, end, with_claims=False)
        if following is None:
            break
        at = following
    return end


def _compare_anew(store: Store, schema: Schema, kind: Kind, moved: Collection[Record]) -> None:
    """Records that agree in what they name, now that it is the same: who lives twice in what were two homes."""
    for other in schema.kinds.values():
        for name in sorted(duplicates.fields_compared(other) & set(fields_naming_records(other))):
            if other.fields[name].of != kind.name:
                continue
            for follower in sorted({id for found in moved for id in _naming(store, other, name, found)}):
                compare(store, schema, follower)


def _naming(store: Store, kind: Kind, field: str, found: Record) -> list[str]:
    return records_following(store, Follower(kind.name, (field,), (kind.name,)), found.survivor or found.record)


def compare(store: Store, schema: Schema, record: str) -> None:
    """Find the doubles of a record anew, and tell it and them."""
    found = record_of(store, schema, record, with_claims=False)
    if found is None:
        return
    before, values = found.duplicates, values_of(store, found.kind, record)
    found.duplicates = () if found.put_away else duplicates.doubles_of(store, found.kind, record, found.centre, values)
    if found.duplicates != before:
        _move(store, schema, found, found.relation)
        tell_doubles(store, schema, record, before, found.duplicates)


def bring_back(store: Store, schema: Schema, records: Collection[str]) -> None:
    """Whoever names a record that was archived works with it: it is in the lists again."""
    for record in sorted(put_away_of(store, records)):
        found = record_of(store, schema, record, with_claims=False)
        if found is not None and found.put_away is not None and found.put_away.what == "archived":
            found.put_away = None
            _move(store, schema, found, found.relation)
            compare(store, schema, record)


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
