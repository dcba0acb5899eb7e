"""Destroying records: the log says that they are gone, the tables are derived without them, and the keys of all their
entries become zeros, so that nobody reads them again in any copy of the database.

Not here: who agreed to it (destructions.py), what stays of it (destroyed.py), and files, copies of keys and the
operator's words (server/operations/destruction.py).
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from schema.access import is_hidden
from schema.model import Schema
from sync import feed, log
from sync.destroyed import CALLED, apply_destroyed, ended_entries
from sync.destructions import Certificate, Destruction, kinds_of, note_begun, still_to_go
from sync.files import File, file_of, forget, named
from sync.log import Entry
from sync.materialise import fold_anew
from sync.store.layout import DERIVED_TABLES
from sync.store.store import Compared, Store
from sync.times import written


@dataclass(frozen=True)
class Gone:
    """A file that only destroyed records named: what it was called as it was sent, and as it is kept."""

    hash: str
    kept_sha256: str


def begin(store: Store, schema: Schema, destruction: Destruction, now: datetime) -> Certificate:
    """Say in the log that what may still go is gone, and derive every table without it; all of it or nothing.

    Afterwards nobody is shown it any more. It can be read until `strike` has destroyed its keys.
    """
    with store.atomic():
        before = log.mark_of(store)
        records = still_to_go(store, schema, destruction, now)
        kinds = Counter(kind for kind in kinds_of(store, records).values() if not is_hidden(schema, schema.kinds[kind]))
        entries = _entries_about(store, set(records))
        count = sum(len(several) for several in entries.values())
        files = _named_by_these_alone(store, schema, entries) if records else []
        if records:
            _take_out(store, schema, destruction, entries, files, now)
        stayed = len(destruction.records) - len(records)
        certificate = Certificate(dict(kinds), stayed, count, len(files), before, log.mark_of(store))
        note_begun(store, destruction, certificate, now)
    return certificate


def keys_to_strike(store: Store) -> Mapping[int, bytes]:
    """The keys of all entries that the log says are destroyed, and that still stand."""
    positions = ended_entries(store)
    if store.sealing is None or not positions:
        return {}
    sql = "SELECT key FROM log WHERE position IN (SELECT value FROM json_each(?))"
    return store.sealing.named([row[0] for row in store.rows(sql, (json.dumps(sorted(positions)),))])


def strike(store: Store) -> int:
    """Destroy the keys of all that the log says is destroyed; how many still stood."""
    keys = keys_to_strike(store)
    return store.sealing.destroy(keys) if store.sealing is not None and keys else 0


def files_gone(store: Store) -> Iterator[Gone]:
    """The files that went with any destroyed record and that nobody has sent again since."""
    for entry in log.entries_called(store, CALLED):
        for hash, kept in entry.facts["files"]:
            if file_of(store, hash) is None:
                yield Gone(hash, kept)


def _entries_about(store: Store, records: Collection[str]) -> dict[str, list[Entry]]:
    """Each record's entries, those of its own destruction left out."""
    return {record: [one for one in log.entries(store, record) if one.entry != CALLED] for record in sorted(records)}


def _named_by_these_alone(store: Store, schema: Schema, entries: Mapping[str, list[Entry]]) -> list[File]:
    going = {entry.position for several in entries.values() for entry in several}
    hashes = {hash for several in entries.values() for entry in several for hash in named(schema, entry)}
    for entry in log.entries(store) if hashes else ():
        if entry.position not in going:
            hashes.difference_update(named(schema, entry))
    return [file for hash in sorted(hashes) if (file := file_of(store, hash)) is not None]


def _take_out(
    store: Store,
    schema: Schema,
    destruction: Destruction,
    entries: Mapping[str, list[Entry]],
    files: list[File],
    now: datetime,
) -> None:
    scopes = {record: _scopes_of(store, record) for record in entries}
    without = {entry.position for several in entries.values() for entry in several}
    with store.made_anew([*DERIVED_TABLES, *schema.kinds], schema) as compared:
        fold_anew(store, schema, without)
        others = _standing_otherwise(compared("feed"), compared("record"), entries.keys())
    named_once: list[tuple[str, str]] = [(file.hash, file.kept_sha256) for file in files]
    for record, several in entries.items():
        facts = {
            "centre": destruction.centre,
            "destruction": destruction.id,
            "entries": [entry.position for entry in several],
            "scopes": scopes[record],
            # With the first of them, for all.
            "others": others,
            "files": named_once,
        }
        _append(store, schema, destruction, record, facts, now)
        others, named_once = {}, []
    forget(store, [file.hash for file in files])


def _scopes_of(store: Store, record: str) -> list[str]:
    return [row[0] for row in store.rows("SELECT scope FROM feed WHERE record = ? ORDER BY scope", (record,))]


def _standing_otherwise(rows: Compared, facts: Compared, gone: Collection[str]) -> dict[str, list[str]]:
    """Records that stay and stand otherwise without these, such as their doubles: with the scopes in which they were at
    a later revision, or gone from.
    """
    found: dict[str, list[str]] = {}
    for scope, record in sorted(rows.was):
        if record not in gone:
            found.setdefault(record, []).append(scope)
    # The engine may write one document in several ways.
    told = [place for place, column in enumerate(facts.columns) if column != "content"]
    for key, was in sorted(facts.was.items()):
        now = facts.now.get(key)
        if key[0] not in gone and (now is None or any(was[place] != now[place] for place in told)):
            found.setdefault(key[0], [])
    return found


def _append(
    store: Store, schema: Schema, destruction: Destruction, record: str, facts: Mapping[str, object], now: datetime
) -> None:
    entry = Entry(
        position=log.next_position(store),
        entry=CALLED,
        id=f"{destruction.id}:{record}",
        record=record,
        client=None,
        person=destruction.confirmed_by or "",
        device="",
        received_at=written(now),
        status="accepted",
        revision=feed.head(store) + 1,
        problem=None,
        facts=facts,
        body="{}",
        signature=None,
    )
    log.append(store, entry)
    apply_destroyed(store, schema, entry)
