"""What an entry of the log does to the derived tables: record rows, values, feed, conflicts, held saves.

Not here: whether an entry may join the log (push.py, decide.py). Both the live path and rebuild() go through the same
functions, so that the tables can be dropped at any time and come back the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from schema.access import scopes_of_record
from schema.model import Claim, Kind, Schema, View
from schema.view import view_of
from sync import duplicates, feed, hour_book, json_text, log, returns
from sync.decisions import apply_archive, apply_decision, apply_duplicate
from sync.destroyed import apply_destroyed, ended_entries
from sync.document import Change, apply, claims_in
from sync.followers import bring_back, follow, tell_doubles
from sync.held import close_held, hold
from sync.log import Entry
from sync.packed import claims_of, joined, packed_saves, parted, state_of
from sync.put_away import PutAway
from sync.record import Record, record_of, write_record, write_values
from sync.references import fields_naming_records
from sync.save import save_key
from sync.search import sound_of
from sync.standing import Review, happened_on, is_urgent, review_after_save
from sync.store.layout import DERIVED_TABLES
from sync.store.store import Compared, Store
from sync.verdicts import apply_verdict, note_released
from sync.visibility import Paths, Relation, path_heads, relation_of


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted save, as it is applied: values in their normal form, `replaces` naming accepted claims only."""

    save: str
    record: str
    kind: Kind
    client: int
    made_at: str
    values: Mapping[str, Any]
    replaces: Mapping[str, tuple[str, ...]]
    person: str
    centre: str
    at: str
    device: str = ""
    releases: str | None = None
    """The held save whose words these are, when somebody else let them in."""


@dataclass(slots=True)
class Admitted:
    """A save that may join the log, and the record that results.

    before         None for a new record, whose `old_view` is empty
    claims, view   what `projected` and `view_of` gave for it; of a new record nobody needs the claims
    relation       of the record with these values, where the caller knows it
    is_unheard_of  certainly no entry of the log is about this record
    is_alone       certainly no record agrees with it as a double would
    names_listed   certainly no record that it names is put away
    """

    before: Record | None
    accepted: Accepted
    claims: list[Claim]
    view: View
    old_view: View
    relation: Relation | None = None
    is_unheard_of: bool = False
    is_alone: bool = False
    names_listed: bool = False


def projected(record: Record | None, accepted: Accepted) -> list[Claim]:
    """The live claims that would stand after a save."""
    key = save_key(accepted.client)
    gone = {(field_key, old) for field_key, keys in accepted.replaces.items() for old in keys}
    kept = [claim for claim in record.claims if (claim.field_key, claim.save_key) not in gone] if record else []
    # In the order of their names, so that a record reads the same however its saves were sent.
    return kept + [
        Claim(field_key, key, accepted.values[field_key], accepted.made_at, accepted.person)
        for field_key in sorted(accepted.values)
    ]


def accept(store: Store, schema: Schema, admitted: Admitted) -> int:
    """Apply one accepted save to every derived table; its revision."""
    before, accepted, claims, view = admitted.before, admitted.accepted, admitted.claims, admitted.view
    kind, record, at = accepted.kind, accepted.record, accepted.at
    old_values = admitted.old_view.values
    created_by = before.created_by if before else accepted.person
    changed = _changed(old_values, view.values) if before else set(view.values)
    relation = admitted.relation
    # An alias stands where the record stands that it was found to be, whatever is written in it.
    if before is not None and (before.survivor is not None or not changed & path_heads(kind)):
        relation = before.relation
    elif relation is None:
        relation = relation_of(Paths(store), schema, kind, view.values, created_by)
    centre = before.centre if before else accepted.centre
    # The last thing before the rows that carry it: with several writers, the counter row is the one all wait for.
    revision = feed.next_revision(store)
    review = review_after_save(kind, before.review if before else None, view.values, at, revision)
    old_scopes = before.scopes if before else frozenset()
    row = Record(
        record=record,
        kind=kind,
        centre=centre,
        relation=relation,
        created_by=created_by,
        delivered_at=at,
        revision=revision,
        moved_revision=revision,
        locked_at=before.locked_at if before else None,
        review=review,
        waiting_since=_waiting_since(before, review, at),
        urgent=is_urgent(kind, view.values),
        author=_author(kind, claims, accepted.person),
        happened_on=happened_on(kind, view.values),
        conflicts=len(view.conflicts),
        duplicates=before.duplicates if before else (),
        scopes=frozenset(scopes_of_record(schema, kind, centre, relation.team, relation.own)),
        search=sound_of(kind, view.values),
        content=b"" if before is None else store.compressed(_content(before, accepted, claims)),
        put_away=_still_put_away(before),
        survivor=before.survivor if before else None,
        claims=claims,
    )
    if before is not None and before.review is not None and before.review.state == "returned":
        returns.answer(store, record, at)
    _write_conflicts(store, before, row, view)
    write_values(store, kind, record, old_values if before else None, view.values)
    came_back = _is_taken_back(before, review) or (before is not None and before.put_away != row.put_away)
    if row.put_away is None and not admitted.is_alone and (changed & duplicates.fields_compared(kind) or came_back):
        row.duplicates = duplicates.doubles_of(store, kind, record, centre, view.values)
    write_record(store, row)
    hour_book.was_written(store, schema, kind, record, view.values, changed)
    feed.touch(store, record, revision, feed.replicated(schema, old_scopes), feed.replicated(schema, row.scopes))
    tell_doubles(store, schema, record, before.duplicates if before else (), row.duplicates)
    if before is not None:
        for name in sorted(changed):
            follow(store, schema, kind, name, record)
    if not admitted.names_listed:
        naming = changed & set(fields_naming_records(kind)) & view.values.keys()
        bring_back(store, schema, {view.values[name] for name in naming})
    if accepted.releases is None and not admitted.is_unheard_of:
        # Words that somebody let in are older than what their author may have written since.
        close_held(store, record, accepted.person, accepted.device, accepted.values)
    return revision


def _still_put_away(before: Record | None) -> PutAway | None:
    """Whoever writes in a record that was archived brings it back; what was merged stays an alias."""
    if before is None or before.put_away is None or before.put_away.what == "archived":
        return None
    return before.put_away


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    return {name for name in {**before, **after} if before.get(name) != after.get(name)}


def _content(before: Record, accepted: Accepted, claims: list[Claim]) -> bytes:
    """What is kept of a record of several saves; nearly all records are one, and the log has that."""
    change = Change(accepted.client, accepted.values, accepted.replaces, accepted.made_at, accepted.person)
    return joined(packed_saves(claims), apply(before.state, change))


def _is_taken_back(before: Record | None, review: Review | None) -> bool:
    """Whether a rejected record counts again, and may be a double again."""
    was_rejected = before is not None and before.review is not None and before.review.state == "rejected"
    return was_rejected and (review is None or review.state != "rejected")


def _waiting_since(before: Record | None, review: Review | None, at: str) -> str | None:
    if review is None or review.state not in ("waiting", "changed"):
        return None
    return before.waiting_since if before and before.waiting_since else at


def _author(kind: Kind, claims: list[Claim], person: str) -> str:
    """Whose work is to be reviewed: whoever wrote what makes the record wait. Without a review, who wrote last."""
    for name in kind.review.waits_when if kind.review else ():
        written = [claim for claim in claims if claim.field_key == name and claim.value is not None]
        if written:
            return max(written, key=lambda claim: (claim.made_at, claim.save_key)).author
    return person


def _write_conflicts(store: Store, before: Record | None, row: Record, view: View) -> None:
    if before and before.conflicts:
        store.execute("DELETE FROM conflict WHERE record = ?", (row.record,))
    if view.conflicts:
        store.execute_many(
            "INSERT INTO conflict VALUES (?, ?)", [(row.record, field_key) for field_key in sorted(view.conflicts)]
        )


def fold(store: Store, schema: Schema, entry: Entry) -> int | None:
    """Apply one entry of the log to the derived tables; the revision it gets, if it changes a record."""
    if entry.status == "held":
        hold(store, entry)
        return None
    if entry.status == "refused" or entry.entry == "epoch":
        return None
    if entry.entry == "decision":
        return apply_decision(store, schema, entry).moved_revision
    if entry.entry == "duplicate":
        return apply_duplicate(store, schema, entry)
    if entry.entry == "archive":
        return apply_archive(store, schema, entry)
    if entry.entry == "verdict":
        return apply_verdict(store, schema, entry)
    if entry.entry == "destroy":
        return apply_destroyed(store, schema, entry)
    accepted = accepted_of(schema, entry)
    before = record_of(store, schema, accepted.record)
    claims = projected(before, accepted)
    old_view = before.view() if before else View({}, {})
    revision = accept(store, schema, Admitted(before, accepted, claims, view_of(accepted.kind, claims), old_view))
    if accepted.releases is not None:
        note_released(store, entry, revision)
    return revision


def accepted_of(schema: Schema, entry: Entry) -> Accepted:
    """The save of an accepted entry, as it was applied."""
    body = json_text.read(entry.body)
    return Accepted(
        save=entry.id,
        record=body["record"],
        kind=schema.kinds[body["kind"]],
        client=body["client"],
        made_at=body["made_at"],
        values=entry.facts.get("values", body["set"]),
        replaces={key: tuple(keys) for key, keys in entry.facts.get("replaces", body["replaces"]).items()},
        person=entry.person,
        centre=entry.facts["centre"],
        at=entry.received_at,
        device=entry.device,
        releases=entry.facts.get("releases"),
    )


def rebuild(store: Store, schema: Schema) -> list[str]:
    """Drop every derived table, fold the whole log again, and say each row that is different from before.

    An empty list proves that the tables held what the log says. They follow the log afterwards in either case.
    """
    tables = [*DERIVED_TABLES, *schema.kinds]
    with store.made_anew(tables, schema) as compared:
        differences = fold_anew(store, schema)
        for name in tables:
            differences += _differences(store, name, compared(name))
    return differences


def fold_anew(store: Store, schema: Schema, without: Collection[int] = ()) -> list[str]:
    """Fold the whole log into derived tables that are empty; each entry that gets another revision than it had.

    without  the positions of entries that are about to be destroyed; what was destroyed before is left out by itself
    """
    revision, ended = feed.head(store), ended_entries(store) | set(without)
    store.execute("UPDATE counter SET value = 0 WHERE name = 'revision'")
    differences = []
    for entry in log.entries(store):
        # Its key may still stand: in a copy of the keys that is older than the log, or where the power was cut.
        if entry.is_destroyed or entry.position in ended:
            continue
        # Where declarations have changed, fewer records may move along; a receipt's revision must stay true.
        if entry.revision is not None and feed.head(store) < entry.revision - 1:
            store.execute("UPDATE counter SET value = ? WHERE name = 'revision'", (entry.revision - 1,))
        found = fold(store, schema, entry)
        if found != entry.revision:
            differences.append(f"log {entry.id}: revision {found} instead of {entry.revision}")
    store.execute("UPDATE counter SET value = ? WHERE name = 'revision'", (max(revision, feed.head(store)),))
    return differences


def _differences(store: Store, table: str, compared: Compared) -> list[str]:
    """Key and columns of each row that differs; never what stands in them, which is about people."""
    was, now, found = compared.was, compared.now, list[str]()
    for key in sorted(was.keys() | now.keys()):
        if key in was and key in now:
            differing = [
                column
                for column, one, other in zip(compared.columns, was[key], now[key], strict=True)
                if not _is_same(store, column, one, other)
            ]
            if not differing:
                continue
            found.append(f"{table} {'/'.join(key)}: {', '.join(differing)}")
        else:
            found.append(f"{table} {'/'.join(key)}: {'should not be there' if key in was else 'was not there'}")
    return found


def _is_same(store: Store, column: str, one: Any, other: Any) -> bool:
    """Whether two columns say the same. The engine may write one document in several ways; its claims decide."""
    if column != "content" or one == other or not (one and other):
        return bool(one == other)
    contents = [store.restored(bytes(content)) for content in (one, other)]
    claims, other_claims = (claims_of(parted(content)[0]) for content in contents)
    document, other_document = (claims_in(state_of(content)) for content in contents)
    return claims == other_claims and document == other_document
