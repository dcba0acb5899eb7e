"""One record as the log has it now: its server facts and live claims, read from and written to their rows.

Not here: what a save or a decision makes of them (materialise.py).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from schema.model import Claim, Kind, Schema, View
from schema.view import view_of
from sync import json_text, log
from sync.packed import claims_of, joined, parted, state_of
from sync.put_away import PutAway
from sync.standing import Review
from sync.store.store import Row, Store
from sync.tables import is_kept_otherwise, one_of, quoted, stored
from sync.visibility import Place, Relation

COLUMNS = (
    "record",
    "kind",
    "centre",
    "team",
    "own",
    "created_by",
    "delivered_at",
    "revision",
    "moved_revision",
    "locked_at",
    "review",
    "review_state",
    "waiting_since",
    "urgent",
    "author",
    "happened_on",
    "conflicts",
    "duplicates",
    "scopes",
    "search",
    "content",
    "put_away",
    "survivor",
)
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM record WHERE record = ?"  # noqa: S608
# What a record is and whence it comes never changes, so that the indexes on it are left alone.
_FIXED = ("record", "kind", "centre", "created_by")
_WRITE = (
    f"INSERT INTO record ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
    " ON CONFLICT (record) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in _FIXED)
)


# Made once: json.dumps would make an encoder for each record.
_as_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(slots=True)
class Record:
    """A record's facts. Protocol words: README; `moved_revision` is what a decision binds to.

    content   packed saves and document as they are kept, compressed; b"" for a record of one save, which is in the log
    put_away  why it is in no list; survivor: the record it is an alias of
    claims    live ones, in the order in which their saves were accepted; with `restored` only where they were asked for
    restored  the content as it was joined
    """

    record: str
    kind: Kind
    centre: str
    relation: Relation
    created_by: str
    delivered_at: str
    revision: int
    moved_revision: int
    locked_at: int | None
    review: Review | None
    waiting_since: str | None
    urgent: bool
    author: str
    happened_on: str | None
    conflicts: int
    duplicates: tuple[str, ...]
    scopes: frozenset[str]
    search: str
    content: bytes
    put_away: PutAway | None = None
    survivor: str | None = None
    claims: list[Claim] = field(default_factory=list)
    restored: bytes = b""

    @property
    def place(self) -> Place:
        """Where it stands, as permissions are judged by it."""
        return Place(self.centre, self.relation)

    @property
    def state(self) -> bytes:
        """The document (Yjs update v1); most who read a record need its claims alone."""
        return state_of(self.restored)

    def standing(self) -> dict[str, Any]:
        """The facts that travel with the record."""
        return {
            "centre": self.centre,
            "team": self.relation.team,
            "own": sorted(self.relation.own),
            "created_by": self.created_by,
            "delivered_at": self.delivered_at,
            "locked_at": self.locked_at,
            "duplicates": list(self.duplicates),
            "search": self.search,
            "review": None if self.review is None else self.review.as_json(),
            **({} if self.put_away is None else {"put_away": {**self.put_away.as_json(), "survivor": self.survivor}}),
        }

    def view(self) -> View:
        """What is displayed, and what is in conflict."""
        return view_of(self.kind, self.claims)


def record_of(store: Store, schema: Schema, record: str, with_claims: bool = True) -> Record | None:
    """The record, or None when no save of it was ever accepted."""
    row = store.row(_SELECT, (record,))
    if row is None:
        return None
    found = record_from(schema, row)
    if with_claims:
        found.restored = content_of(store, record, found.content)
        found.claims = claims_of(parted(found.restored)[0])
    return found


def content_of(store: Store, record: str, kept: bytes) -> bytes:
    """The packed saves and the document of a record, joined; a record of one save keeps neither beside the log."""
    return store.restored(kept) if kept else joined(log.first_packed(store, record), b"")


def live_claims(store: Store, record: Record) -> list[Claim]:
    """The live claims of a record that was read without them."""
    return claims_of(parted(content_of(store, record.record, record.content))[0])


def place_of(store: Store, record: str) -> tuple[str, Place] | None:
    """Kind and place of a record, where nothing else of it is needed."""
    return places_of(store, (record,))[record]


def places_of(store: Store, records: Collection[str]) -> dict[str, tuple[str, Place] | None]:
    """Kind and place of several records, None where there is no such record."""
    sql = f"SELECT record, kind, centre, team, own FROM record WHERE record IN {one_of(records)}"  # noqa: S608
    found: dict[str, tuple[str, Place] | None] = dict.fromkeys(records)
    for record, kind, centre, team, own in store.rows(sql, tuple(records)):
        found[record] = kind, Place(centre, Relation(team, frozenset(json_text.read(own))))
    return found


def record_from(schema: Schema, row: Row) -> Record:
    """The record of one row with the columns of COLUMNS."""
    return Record(
        record=row[0],
        kind=schema.kinds[row[1]],
        centre=row[2],
        relation=Relation(row[3], frozenset(json_text.read(row[4]))),
        created_by=row[5],
        delivered_at=row[6],
        revision=row[7],
        moved_revision=row[8],
        locked_at=row[9],
        review=None if row[10] is None else Review(**json_text.read(row[10])),
        waiting_since=row[12],
        urgent=bool(row[13]),
        author=row[14],
        happened_on=row[15],
        conflicts=row[16],
        duplicates=tuple(json_text.read(row[17])),
        scopes=frozenset(json_text.read(row[18])),
        search=row[19],
        content=bytes(row[20]),
        put_away=None if row[21] is None else PutAway(**json_text.read(row[21])),
        survivor=row[22],
    )


def write_record(store: Store, record: Record) -> None:
    """Write the facts and the content; the displayed values have a row of their own."""
    store.execute_many(_WRITE, [_row(record)])


# The same few people and scopes come again and again.
@lru_cache(maxsize=10_000)
def _sorted_as_json(names: frozenset[str]) -> str:
    return json.dumps(sorted(names))


def _row(record: Record) -> Row:
    return (
        record.record,
        record.kind.name,
        record.centre,
        record.relation.team,
        _sorted_as_json(record.relation.own),
        record.created_by,
        record.delivered_at,
        record.revision,
        record.moved_revision,
        record.locked_at,
        None if record.review is None else _as_json(record.review.as_json()),
        None if record.review is None else record.review.state,
        record.waiting_since,
        int(record.urgent),
        record.author,
        record.happened_on,
        record.conflicts,
        json.dumps(record.duplicates) if record.duplicates else "[]",
        _sorted_as_json(record.scopes),
        record.search,
        record.content,
        None if record.put_away is None else _as_json(record.put_away.as_json()),
        record.survivor,
    )


def values_of(store: Store, kind: Kind, record: str) -> dict[str, Any]:
    """The displayed values of a record; only fields that have one."""
    kept = store.value("SELECT content FROM record WHERE record = ?", (record,))
    return {} if kept is None else view_of(kind, claims_of(parted(content_of(store, record, bytes(kept)))[0])).values


def write_values(
    store: Store, kind: Kind, record: str, before: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> None:
    """Write the displayed values to the row in the kind's own table; of a row that is there, only what changed."""
    if before is None:
        columns = [
            stored(kind.fields[name], values[name]) if is_otherwise and name in values else values.get(name)
            for name, is_otherwise in _columns(kind)
        ]
        store.execute_many(_insert_sql(kind), [(record, *columns)])
        return
    changed = [name for name in kind.fields if values.get(name) != before.get(name)]
    if changed:
        names = ", ".join(f"{quoted(name)} = ?" for name in changed)
        columns = [stored(kind.fields[name], values.get(name)) for name in changed]
        store.execute(f"UPDATE {quoted(kind.name)} SET {names} WHERE record = ?", (*columns, record))  # noqa: S608


@cache
def _columns(kind: Kind) -> tuple[tuple[str, bool], ...]:
    """The fields of a kind, and whether its column keeps some value in another form than it has."""
    return tuple((name, is_kept_otherwise(field)) for name, field in kind.fields.items())


@cache
def _insert_sql(kind: Kind) -> str:
    names = [quoted(name) for name in ("record", *kind.fields)]
    return f"INSERT INTO {quoted(kind.name)} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
