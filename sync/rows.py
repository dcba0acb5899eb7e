"""The row of a record as it travels, put together from what its table keeps, as text: nothing of it is read into
objects and written again, because a first sync is thousands of rows.

Not here: which rows a device is sent (pull.py, news.py), and the same facts as values (record.py).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from sync.feed import Cursor
from sync.log import FIRST_OF_RECORD, PACKED_FROM, packed_from
from sync.packed import joined, parted, state_of
from sync.store.store import Row, Store
from sync.tables import AT_MOST

_COLUMNS = (
    "r.record, r.kind, r.revision, r.centre, r.team, r.own, r.created_by, r.delivered_at, r.locked_at, r.duplicates"
    f", r.search, r.review, r.put_away, r.survivor, r.content, {PACKED_FROM}"
)
# Of a record of one save the claims are in the log alone.
_IN_LOG = f" LEFT JOIN log l ON length(r.content) = 0 AND {FIRST_OF_RECORD}"
_HELD = " AND NOT EXISTS (SELECT 1 FROM feed h WHERE h.scope = ? AND h.record = f.record AND h.kind = 'changed' AND h.revision BETWEEN ? AND ?)"  # noqa: E501


@dataclass(frozen=True, slots=True)
class RecordState:
    """One whole record.

    text     JSON: [record, kind, revision, standing, saves], the server's facts and the live claims
    content  what its row keeps of the document, restored
    """

    record: str
    kind: str
    revision: int
    text: bytes
    content: bytes

    @property
    def standing(self) -> dict[str, Any]:
        """The server's facts."""
        found: dict[str, Any] = json.loads(self.text)[3]
        return found

    @property
    def state(self) -> bytes:
        """The document (Yjs update v1); few ask for it."""
        return state_of(self.content)


class Found(NamedTuple):
    """A record in a scope at a revision, and its row as it was read; a page that is full leaves it at that."""

    record: str
    revision: int
    row: Row | None


def changes(store: Store, scope: str, after: int, first: int) -> list[Found]:
    """What happened in a scope after a revision, oldest first; no row for what has left."""
    found = store.rows(
        f"SELECT f.record, f.revision, f.kind, {_COLUMNS} FROM feed f"  # noqa: S608
        f" LEFT JOIN record r ON r.record = f.record AND f.kind = 'changed'{_IN_LOG}"
        f" WHERE f.scope = ? AND f.revision > ? ORDER BY f.revision {AT_MOST}",
        (scope, after, first),
    )
    return [Found(row[0], row[1], row[3:] if row[2] == "changed" else None) for row in found]


def older(store: Store, scope: str, below: int, first: int, held: Mapping[str, Cursor]) -> list[Found]:
    """What a scope holds below a revision, newest first, without what a device has by these cursors of other scopes."""
    parameters: list[Any] = [scope, below]
    for other, cursor in held.items():
        # Every scope of a record has it at one revision.
        parameters += [other, cursor.below, cursor.after]
    found = store.rows(
        f"SELECT {_COLUMNS} FROM feed f JOIN record r ON r.record = f.record{_IN_LOG}"  # noqa: S608
        f" WHERE f.scope = ? AND f.revision < ? AND f.kind = 'changed'{_HELD * len(held)}"
        f" ORDER BY f.revision DESC {AT_MOST}",
        (*parameters, first),
    )
    return [Found(row[0], row[2], row) for row in found]


def in_sight(store: Store, record: str, scopes: Collection[str]) -> RecordState | None:
    """A record that is in one of these scopes now."""
    places = ", ".join("?" * len(scopes))
    row = store.row(
        f"SELECT {_COLUMNS} FROM record r{_IN_LOG} WHERE r.record = ? AND EXISTS"  # noqa: S608
        f" (SELECT 1 FROM feed f WHERE f.scope IN ({places}) AND f.record = r.record AND f.kind = 'changed')",
        (record, *scopes),
    )
    return None if row is None else put_together(store, row)


def standing_text(row: Row) -> str:
    """The standing of a record as JSON, from centre to survivor as they are kept; equals `Record.standing()`."""
    centre, team, own, created_by, delivered_at, locked_at, duplicates, search, review, put_away, survivor = row
    away = ""
    if put_away is not None:
        away = f',"put_away":{put_away[:-1]},"survivor":{"null" if survivor is None else quoted(survivor)}}}'
    return (
        f'{{"centre":{quoted(centre)},"team":{"null" if team is None else quoted(team)},"own":{own},'
        f'"created_by":{quoted(created_by)},"delivered_at":{quoted(delivered_at)},'
        f'"locked_at":{"null" if locked_at is None else locked_at},"duplicates":{duplicates},'
        f'"search":{quoted(search)},"review":{review or "null"}{away}}}'
    )


def put_together(store: Store, row: Row) -> RecordState:
    """The row of a record as it travels, from what was found."""
    kept = bytes(row[14])
    if kept:
        content = store.restored(kept)
        saves = parted(content)[0]
    else:
        saves = packed_from(store, *row[15:])
        content = joined(saves, b"")
    head = f"[{quoted(row[0])},{quoted(row[1])},{row[2]},{standing_text(row[3:14])},"
    return RecordState(row[0], row[1], row[2], b"".join((head.encode(), saves, b"]")), content)
