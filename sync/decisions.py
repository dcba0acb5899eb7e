"""What an accepted decision does to the derived tables: review, lock, settled doubles, what is put away.

Not here: whether it may be taken (decide.py).
"""

import json

from schema.model import Schema
from sync import duplicates, feed, hour_book, returns
from sync.followers import stand_anew, tell_doubles
from sync.log import Entry
from sync.put_away import PutAway
from sync.record import Record, record_of, values_of, write_record
from sync.standing import Review
from sync.store.store import Store


def apply_decision(store: Store, schema: Schema, entry: Entry) -> Record:
    """What one accepted entry of a decision does; the record afterwards."""
    body = json.loads(entry.body)
    found = record_of(store, schema, str(entry.record))
    if found is None or found.kind.review is None:
        raise ValueError(f"entry {entry.position} decides on a record that cannot be reviewed")
    found.revision = feed.next_revision(store)
    if body["verdict"] == "undo":
        earlier = entry.facts["restores"]
        if found.review is not None and found.review.state == "returned":
            returns.take_back(store, found.record, found.review.revision)
        _write(
            store,
            schema,
            found,
            None if earlier["review"] is None else Review(**earlier["review"]),
            earlier["locked_at"],
            earlier["waiting_since"],
        )
        return found
    state = {"approve": "approved", "return": "returned", "reject": "rejected", "pass": "passed"}[body["verdict"]]  # nosec B105
    by = None if state == "passed" else entry.person
    review = Review(state, by, entry.received_at, found.revision, body.get("sentence"), body.get("field"))
    if state == "returned":
        returns.begin(store, found.record, found.revision, entry.received_at)
    locks = state == "approved" and found.kind.review.locks
    _write(store, schema, found, review, found.revision if locks else None, None)
    return found


def apply_duplicate(store: Store, schema: Schema, entry: Entry) -> int:
    """What one accepted entry about two records does; the revision of the first record."""
    body = json.loads(entry.body)
    if body["verdict"] == "apart":
        duplicates.unsettle(store, body["record"], body["other"])
    else:
        duplicates.settle(store, body["record"], body["other"], body["verdict"])
    revisions = []
    for name in (body["record"], body["other"]):
        found = record_of(store, schema, name)
        if found is None:
            # It was destroyed since; the other one stays what it was said to be.
            continue
        found.revision = feed.next_revision(store)
        revisions.append(found.revision)
        review, locked_at, since = found.review, found.locked_at, found.waiting_since
        if body["verdict"] == "same" and name == body["other"] and found.kind.review is not None:
            review = Review("rejected", entry.person, entry.received_at, found.revision, body.get("sentence"))
            locked_at = since = None
        if name == body["other"] and found.kind.aliases and body["verdict"] != "different":
            is_same = body["verdict"] == "same"
            found.put_away = (
                PutAway("merged", body["record"], entry.person, entry.received_at, found.revision) if is_same else None
            )
        _write(store, schema, found, review, locked_at, since)
    if body["verdict"] != "different":
        stand_anew(store, schema, body["other"])
    return revisions[0]


def apply_archive(store: Store, schema: Schema, entry: Entry) -> int | None:
    """What one accepted entry does that puts a record away or takes it back; the record's revision."""
    body = json.loads(entry.body)
    found = record_of(store, schema, body["record"])
    if found is None:
        return None
    found.revision = feed.next_revision(store)
    away = PutAway("archived", None, entry.person, entry.received_at, found.revision, body["because"])
    found.put_away = away if body["verdict"] == "away" else None
    _write(store, schema, found, found.review, found.locked_at, found.waiting_since)
    return found.revision


def _write(
    store: Store, schema: Schema, found: Record, review: Review | None, locked_at: int | None, since: str | None
) -> None:
    """Write what a decision made of a record; `found.revision` is already the decision's own."""
    before = found.duplicates
    if review != found.review:
        found.moved_revision = found.revision
    found.review, found.locked_at, found.waiting_since = review, locked_at, since
    write_record(store, found)
    hour_book.was_decided(store, schema, found.kind, found.record)
    if found.kind.duplicates:
        is_rejected = review is not None and review.state == "rejected"
        values = values_of(store, found.kind, found.record)
        is_gone = is_rejected or found.put_away is not None
        found.duplicates = (
            () if is_gone else duplicates.doubles_of(store, found.kind, found.record, found.centre, values)
        )
        if found.duplicates != before:
            write_record(store, found)
    scopes = feed.replicated(schema, found.scopes)
    feed.touch(store, found.record, found.revision, scopes, scopes)
    tell_doubles(store, schema, found.record, before, found.duplicates)
