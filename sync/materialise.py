"""What an entry of the log does to the derived tables: claims, record rows, values, feed, conflicts, held saves.

Not here: whether an entry may join the log (push.py, decide.py). Both the live path and rebuild() go through the same
functions, so that the tables can be dropped at any time and come back the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schema.access import scopes_of_record
from schema.model import Claim, Kind, Schema, View
from schema.view import view_of
from sync import duplicates, feed, limits, log
from sync.document import Change, apply, claims_in
from sync.log import Entry
from sync.record import Record, record_of, write_record, write_values
from sync.save import SAVE_KEY, save_key
from sync.search import name_in_pinyin
from sync.standing import Review, happened_on, is_urgent, review_after_save
from sync.store.layout import DERIVED_TABLES
from sync.store.sqlite import Store
from sync.tables import quoted, read
from sync.visibility import Relation, followers_of, records_following, relation_of

# A save refused for its shape or its signature cannot vouch for what its author had seen: what it replaced stays live,
# and a later save that names it shows up as a conflict, which is safe.
CANNOT_VOUCH = frozenset(
    ("malformed", "wrong_signature", "save_too_large", "too_many_fields", "too_deep", "client_reused")
)


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


def projected(record: Record | None, accepted: Accepted) -> list[Claim]:
    """The live claims that would stand after a save."""
    key = save_key(accepted.client)
    gone = {(field_key, old) for field_key, keys in accepted.replaces.items() for old in keys}
    kept = [claim for claim in record.claims if (claim.field_key, claim.save_key) not in gone] if record else []
    return kept + [
        Claim(field_key, key, value, accepted.made_at, accepted.person) for field_key, value in accepted.values.items()
    ]


def accept(
    store: Store,
    schema: Schema,
    before: Record | None,
    accepted: Accepted,
    claims: list[Claim],
    view: View,
    old_values: Mapping[str, Any],
    relation: Relation | None = None,
) -> int:
    """Apply one accepted save to every derived table; its revision.

    claims, view  what `projected` and `view_of` gave for it
    old_values    displayed before it
    relation      of the record with these values, where the caller knows it
    """
    kind, record, at = accepted.kind, accepted.record, accepted.at
    state = apply(
        before.state if before else b"",
        Change(accepted.client, accepted.values, accepted.replaces, accepted.made_at, accepted.person),
    )
    created_by = before.created_by if before else accepted.person
    if relation is None:
        relation = relation_of(store, schema, kind, view.values, created_by)
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
        search=_search(kind, view.values),
        state=state,
        claims=claims,
    )
    _write_claims(store, accepted, revision)
    _write_conflicts(store, before, row, view)
    write_values(store, kind, record, view.values)
    compared = duplicates.fields_compared(kind)
    if compared and (before is None or row.review != before.review or _differ(compared, old_values, view.values)):
        row.duplicates = duplicates.doubles_of(store, kind, record, centre, view.values)
    write_record(store, row)
    feed.touch(store, record, revision, feed.replicated(schema, old_scopes), feed.replicated(schema, row.scopes))
    _tell_doubles(store, schema, record, before.duplicates if before else (), row.duplicates)
    if before:
        for name in kind.fields:
            if _differ((name,), old_values, view.values):
                _follow(store, schema, kind, name, record)
    _close_held(store, accepted)
    return revision


def _differ(names: set[str] | tuple[str, ...], one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return any(one.get(name) != other.get(name) for name in names)


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


def _search(kind: Kind, values: Mapping[str, Any]) -> str:
    names = (values.get(field.name) for field in kind.fields.values() if field.search == "name")
    return " ".join(name_in_pinyin(name) for name in names if isinstance(name, str))


def _write_claims(store: Store, accepted: Accepted, revision: int) -> None:
    key = save_key(accepted.client)
    store.execute_many(
        "INSERT INTO claim VALUES (?, ?, ?, 'live', ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                accepted.record,
                field_key,
                key,
                json.dumps(value, ensure_ascii=False),
                accepted.made_at,
                accepted.person,
                accepted.save,
                json.dumps(accepted.replaces.get(field_key, ())),
                revision,
                accepted.at,
            )
            for field_key, value in accepted.values.items()
        ],
    )
    gone = [(accepted.record, field_key, old) for field_key, keys in accepted.replaces.items() for old in keys]
    if gone:
        store.execute_many(
            "UPDATE claim SET status = 'replaced' WHERE record = ? AND field_key = ? AND save_key = ?", gone
        )


def _write_conflicts(store: Store, before: Record | None, row: Record, view: View) -> None:
    if before and before.conflicts:
        store.execute("DELETE FROM conflict WHERE record = ?", (row.record,))
    if view.conflicts:
        store.execute_many(
            "INSERT INTO conflict VALUES (?, ?)", [(row.record, field_key) for field_key in sorted(view.conflicts)]
        )


def _tell_doubles(store: Store, schema: Schema, record: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """The other side of each double that came or went has a new standing too."""
    for other in sorted(set(before) ^ set(after)):
        found = record_of(store, schema, other, with_claims=False)
        if found is not None:
            kept = set(found.duplicates) - {record}
            found.duplicates = tuple(sorted(kept | {record} if other in after else kept))
            _move(store, schema, found, found.relation)


def _follow(store: Store, schema: Schema, kind: Kind, field: str, record: str) -> None:
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
            relation = relation_of(store, schema, found.kind, values, found.created_by)
            if relation != found.relation:
                _move(store, schema, found, relation)


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


def values_of(store: Store, kind: Kind, record: str) -> dict[str, Any]:
    """The displayed values of a record, from its row; only fields that have one."""
    names = ", ".join(quoted(name) for name in kind.fields)
    row = store.row(f"SELECT {names} FROM {quoted(kind.name)} WHERE record = ?", (record,))  # noqa: S608
    pairs = zip(kind.fields.values(), row or (), strict=False)
    return {field.name: read(field, column) for field, column in pairs if column is not None}


def _close_held(store: Store, accepted: Accepted) -> None:
    """A held save is dealt with when its author's later save of the same record writes all that it wrote."""
    held = store.rows(
        "SELECT save, field_keys FROM held WHERE record = ? AND person = ? AND open = 1",
        (accepted.record, accepted.person),
    )
    for save, field_keys in held:
        keys = set(json.loads(field_keys))
        if keys and keys <= accepted.values.keys():
            store.execute("UPDATE held SET open = 0 WHERE save = ?", (save,))


def hold(store: Store, entry: Entry) -> None:
    """Remember a held save: for its author and supervisors, and so that `replaces` naming it can be followed."""
    body = json.loads(entry.body)
    members = body if isinstance(body, dict) else {}
    problem, kind = entry.problem, members.get("kind")
    values, replaces = members.get("set"), members.get("replaces")
    values = values if isinstance(values, dict) else {}
    replaces = replaces if isinstance(replaces, dict) else {}
    field_keys = [key for key in values if len(key) <= limits.FIELD_KEY_CHARACTERS_MAX][: limits.SAVE_FIELDS_MAX]
    store.execute(
        "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
        (
            entry.id,
            entry.record,
            kind.encode("ascii", "replace").decode("ascii") if isinstance(kind, str) else None,
            entry.person,
            entry.position,
            entry.received_at,
            int(bool(entry.facts.get("creates"))),
            json.dumps(entry.facts.get("scopes", [])),
            json.dumps(field_keys),
            problem.code if problem else "",
        ),
    )
    if problem is None or problem.code in CANNOT_VOUCH or entry.client is None:
        return
    key = save_key(entry.client)
    store.execute_many(
        "INSERT INTO claim VALUES (?, ?, ?, 'held', ?, ?, ?, ?, ?, NULL, ?)",
        [
            (
                entry.record,
                field_key,
                key,
                json.dumps(values[field_key], ensure_ascii=True),
                members["made_at"],
                entry.person,
                entry.id,
                json.dumps([old for old in replaces.get(field_key, []) if SAVE_KEY.fullmatch(old)]),
                entry.received_at,
            )
            for field_key in field_keys
        ],
    )


def decided(
    store: Store, schema: Schema, found: Record, review: Review | None, locked_at: int | None, since: str | None
) -> None:
    """Write what a decision made of a record; `found.revision` is already the decision's own."""
    before = found.duplicates
    found.review, found.locked_at, found.waiting_since = review, locked_at, since
    found.moved_revision = found.revision
    write_record(store, found)
    if found.kind.duplicates:
        is_rejected = review is not None and review.state == "rejected"
        values = values_of(store, found.kind, found.record)
        found.duplicates = (
            () if is_rejected else duplicates.doubles_of(store, found.kind, found.record, found.centre, values)
        )
        if found.duplicates != before:
            write_record(store, found)
    scopes = feed.replicated(schema, found.scopes)
    feed.touch(store, found.record, found.revision, scopes, scopes)
    _tell_doubles(store, schema, found.record, before, found.duplicates)


def apply_decision(store: Store, schema: Schema, entry: Entry) -> Record:
    """What one accepted entry of a decision does; the record afterwards."""
    body = json.loads(entry.body)
    found = record_of(store, schema, str(entry.record))
    if found is None or found.kind.review is None:
        raise ValueError(f"entry {entry.position} decides on a record that cannot be reviewed")
    found.revision = feed.next_revision(store)
    if body["verdict"] == "undo":
        earlier = entry.facts["restores"]
        decided(
            store,
            schema,
            found,
            None if earlier["review"] is None else Review(**earlier["review"]),
            earlier["locked_at"],
            earlier["waiting_since"],
        )
        return found
    state = {"approve": "approved", "return": "returned", "reject": "rejected"}[body["verdict"]]
    review = Review(state, entry.person, entry.received_at, found.revision, body.get("sentence"), body.get("field"))
    locks = state == "approved" and found.kind.review.locks
    decided(store, schema, found, review, found.revision if locks else None, None)
    return found


def apply_duplicate(store: Store, schema: Schema, entry: Entry) -> int:
    """What one accepted entry about two records does; the revision of the first record."""
    body = json.loads(entry.body)
    duplicates.settle(store, body["record"], body["other"], body["verdict"])
    revisions = []
    for name in (body["record"], body["other"]):
        found = record_of(store, schema, name)
        if found is None:
            raise ValueError(f"entry {entry.position} names a record that is not there")
        found.revision = feed.next_revision(store)
        revisions.append(found.revision)
        review, locked_at, since = found.review, found.locked_at, found.waiting_since
        if body["verdict"] == "same" and name == body["other"] and found.kind.review is not None:
            review = Review("rejected", entry.person, entry.received_at, found.revision, body.get("sentence"))
            locked_at = since = None
        decided(store, schema, found, review, locked_at, since)
    return revisions[0]


def fold(store: Store, schema: Schema, entry: Entry) -> int | None:
    """Apply one entry of the log to the derived tables; the revision it gets, if it changes a record."""
    if entry.status == "held":
        hold(store, entry)
        return None
    if entry.status == "refused":
        return None
    if entry.entry == "decision":
        return apply_decision(store, schema, entry).moved_revision
    if entry.entry == "duplicate":
        return apply_duplicate(store, schema, entry)
    accepted = accepted_of(schema, entry)
    before = record_of(store, schema, accepted.record)
    claims = projected(before, accepted)
    old_values = before.view().values if before else {}
    return accept(store, schema, before, accepted, claims, view_of(accepted.kind, claims), old_values)


def accepted_of(schema: Schema, entry: Entry) -> Accepted:
    """The save of an accepted entry, as it was applied."""
    body = json.loads(entry.body)
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
    )


def rebuild(store: Store, schema: Schema) -> list[str]:
    """Drop every derived table, fold the whole log again, and say each row that is different from before.

    An empty list proves that the tables held what the log says. They follow the log afterwards in either case.
    """
    tables = [*DERIVED_TABLES, *schema.kinds]
    with store.atomic():
        revision = feed.head(store)
        for name in tables:
            store.execute(f"CREATE TEMP TABLE {quoted('before_' + name)} AS SELECT * FROM {quoted(name)}")  # noqa: S608
            store.execute(f"DROP TABLE {quoted(name)}")
        store.create_tables(schema)
        store.execute("UPDATE counter SET value = 0 WHERE name = 'revision'")
        differences: list[str] = []
        for entry in log.entries(store):
            # Where declarations have changed, fewer records may move along; a receipt's revision must stay true.
            if entry.revision is not None and feed.head(store) < entry.revision - 1:
                store.execute("UPDATE counter SET value = ? WHERE name = 'revision'", (entry.revision - 1,))
            found = fold(store, schema, entry)
            if found != entry.revision:
                differences.append(f"log {entry.id}: revision {found} instead of {entry.revision}")
        for name in tables:
            differences += _differences(store, schema, name)
            store.execute(f"DROP TABLE temp.{quoted('before_' + name)}")
        store.execute("UPDATE counter SET value = max(value, ?) WHERE name = 'revision'", (revision,))
    return differences


def _differences(store: Store, schema: Schema, table: str) -> list[str]:
    """Key and columns of each row that differs; never what stands in them, which is about people."""
    old, new = f"temp.{quoted('before_' + table)}", f"main.{quoted(table)}"
    known = {row[1] for row in store.rows(f"PRAGMA temp.table_info({quoted('before_' + table)})")}
    info = [row for row in store.rows(f"PRAGMA main.table_info({quoted(table)})") if row[1] in known]
    keys = [place for place, row in enumerate(info) if row[5]]
    names = ", ".join(quoted(row[1]) for row in info)
    was, now = (
        {tuple(row[place] for place in keys): row for row in store.rows(sql)}
        for sql in (
            f"SELECT {names} FROM {old} EXCEPT SELECT {names} FROM {new}",  # noqa: S608
            f"SELECT {names} FROM {new} EXCEPT SELECT {names} FROM {old}",  # noqa: S608
        )
    )
    found = []
    for key in sorted(was.keys() | now.keys()):
        if key in was and key in now:
            differing = [
                info[place][1]
                for place in range(len(info))
                if not _is_same(info[place][1], was[key][place], now[key][place])
            ]
            if not differing:
                continue
            found.append(f"{table} {'/'.join(key)}: {', '.join(differing)}")
        else:
            found.append(f"{table} {'/'.join(key)}: {'should not be there' if key in was else 'was not there'}")
    return found


def _is_same(column: str, one: Any, other: Any) -> bool:
    """Whether two columns say the same. The engine may write one document in several ways; its claims decide."""
    if column == "state" and one != other:
        return claims_in(bytes(one)) == claims_in(bytes(other))
    return bool(one == other)
