"""News: the short answer to a device that had everything, when a few records changed since. A record is told by the
fields that changed, with a sum by which the device knows whether it came to the same.

Not here: everything else. No news that this can tell, and anything unusual, is answered by nothing; the device then
pulls (pull.py), which sends whole records, and misses nothing.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.access import UNTOLD, Context, scopes_of_person
from schema.model import Person, Schema
from sync import feed, limits, rows
from sync.epoch import backed_up, epoch_of
from sync.log import MARK_DIGITS_MIN, fields_written, has_mark, mark_of
from sync.packed import row_of_fields, saves_of
from sync.store.store import Store
from sync.verdicts import decided_since

AT = re.compile(r"(\d{1,15})/(\d{1,15}-[0-9a-f]{12})/([0-9a-f]{8})")
SUM_DIGITS = 12


@dataclass(frozen=True)
class News:
    """What happened since a moment at which a device had everything.

    text    the rows as JSON: [record, kind, revision, standing, saves] of a new record; of one that changed
            [record, kind, revision, standing, saves, sum], where `saves` hold every live claim of the fields that
            changed and no others, and `sum` is that of all its live claims then (`sum_of`)
    at      the moment of this answer, for the next question
    cursor  of every scope at that moment
    mark    the log's at that moment, without which a log that went another way would not be noticed by the next pull
    records  those that it tells of
    """

    text: bytes
    at: str
    cursor: str
    mark: str
    backed_up: int
    records: tuple[rows.RecordState, ...] = ()


def moment(store: Store, scopes: Sequence[str], head: int) -> str:
    """The name of a moment at which a device with these scopes has everything up to the head."""
    return f"{head}/{_short_mark(store)}/{_circumstances(store, scopes)}"


def news(
    store: Store, schema: Schema, person: Person, at: str, now: datetime, context: Context = UNTOLD
) -> News | None:
    """What happened since a moment; None where only a pull can tell.

    at  of the last page of a pull, or of the last news
    That is so when the person's scopes, the store's epoch or its log are others than at that moment, when a record
    left, when a verdict is to be told, and when more has happened than fits into a small answer.
    """
    named = AT.fullmatch(at) if at.isascii() else None
    if named is None:
        return None
    after, mark, circumstances = int(named[1]), named[2], named[3]
    with store.snapshot():
        scopes = scopes_of_person(schema, person, context)
        if circumstances != _circumstances(store, scopes) or not has_mark(store, mark):
            return None
        head = feed.head(store)
        if after > head or decided_since(store, person.device, after):
            return None
        found: dict[str, rows.RecordState] = {}
        for scope in scopes:
            for name, _, row in rows.changes(store, scope, after, limits.NEWS_RECORDS_MAX + 1):
                if row is None or len(found) == limits.NEWS_RECORDS_MAX:
                    return None
                found[name] = rows.put_together(store, row)
        told = [_told(store, row, after) for row in found.values()]
        text, at = b"[" + b",".join(told) + b"]", moment(store, scopes, head)
        return News(text, at, str(head), _short_mark(store), backed_up(store), tuple(found.values()))


def sum_of(claims: Iterable[tuple[str, str]]) -> str:
    """A sum over (field key, save key) of live claims. A save never changes, so which claims stand says everything."""
    text = "\n".join(sorted(f"{field_key}:{save_key}" for field_key, save_key in claims))
    return hashlib.sha256(text.encode()).hexdigest()[:SUM_DIGITS]


def _told(store: Store, row: rows.RecordState, after: int) -> bytes:
    written = fields_written(store, row.record, after)
    saves: list[list[Any]] = saves_of(row.content)
    changed = [
        [*save[:3], values] for save in saves if (values := {key: save[3][key] for key in save[3] if key in written})
    ]
    if changed == saves:
        return row.text
    return row_of_fields(row.text, changed, sum_of((key, save[0]) for save in saves for key in save[3]))


def _short_mark(store: Store) -> str:
    """The mark of the log, as short as it may be."""
    position, _, hash = mark_of(store).partition("-")
    return f"{position}-{hash[:MARK_DIGITS_MIN]}"


def _circumstances(store: Store, scopes: Sequence[str]) -> str:
    """Stands for what a device must not miss the change of, though nothing of it is news."""
    return hashlib.sha256(json.dumps([epoch_of(store), *scopes]).encode()).hexdigest()[:8]
