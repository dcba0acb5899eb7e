"""Which files the centre has, who gave them, which saves name them, and so who may open one.

Not here: their bytes and how they come (server/files). A file is known by the SHA-256 of the bytes as they were sent.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.model import Kind, Person, Schema
from sync import log
from sync.break_glass import may_read
from sync.consents import REFUSALS, withheld_fields
from sync.log import Entry
from sync.record import Record, record_of, values_of
from sync.store.store import Row, Store
from sync.times import written
from sync.visibility import desk_scopes

_COLUMNS = "hash, type, sent_bytes, kept_bytes, kept_sha256, has_thumbnail"


@dataclass(frozen=True, slots=True)
class File:
    """A file that was verified and is kept: its type by content, how many bytes came, and what is kept of it."""

    hash: str
    type: str
    sent_bytes: int
    kept_bytes: int
    kept_sha256: str
    has_thumbnail: bool


def note_arrival(store: Store, file: File, person: str, now: datetime) -> None:
    """Remember a kept file as it now lies there, and that this person had its bytes to give."""
    row = (file.hash, file.type, file.sent_bytes, file.kept_bytes, file.kept_sha256, int(file.has_thumbnail))
    with store.atomic():
        store.execute(
            "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET type = excluded.type,"
            " kept_bytes = excluded.kept_bytes, kept_sha256 = excluded.kept_sha256,"
            " has_thumbnail = excluded.has_thumbnail",
            (*row, written(now)),
        )
        store.execute(
            "INSERT INTO file_giver VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (file.hash, person, written(now))
        )


def file_of(store: Store, hash: str) -> File | None:
    """A kept file."""
    row = store.row(f"SELECT {_COLUMNS} FROM file WHERE hash = ?", (hash,))  # noqa: S608
    return None if row is None else _file(row)


def all_files(store: Store) -> list[File]:
    """Every kept file, in the order of their hashes."""
    return [_file(row) for row in store.rows(f"SELECT {_COLUMNS} FROM file ORDER BY hash")]  # noqa: S608


def _file(row: Row) -> File:
    return File(row[0], row[1], row[2], row[3], row[4], bool(row[5]))


def has_given(store: Store, hash: str, person: str) -> bool:
    """Whether this person delivered these bytes."""
    return store.row("SELECT 1 FROM file_giver WHERE hash = ? AND person = ?", (hash, person)) is not None


def given_since(store: Store, person: str, since: datetime) -> int:
    """How many files a person has delivered since an instant."""
    sql = "SELECT count(*) FROM file_giver WHERE person = ? AND given_at >= ?"
    return int(store.value(sql, (person, written(since))))


def kept_bytes(store: Store) -> int:
    """The bytes of all kept files, without their thumbnails."""
    return int(store.value("SELECT coalesce(sum(kept_bytes), 0) FROM file"))


def readable(store: Store, schema: Schema, person: Person, record: str, now: datetime) -> dict[str, bool]:
    """The files of a record that a person may open: hash -> whether it has arrived.

    Whoever may see the record may open what its fields show, while the consent to that stands; a held save's files are
    for whom the save is shown.
    To name a hash is not to have the file: it counts as arrived when somebody who named it on this record delivered
    its bytes. Otherwise a hash that was overheard would open another person's photo.
    """
    with store.snapshot():
        found = record_of(store, schema, record, with_claims=False)
        is_seen = found is not None and may_read(store, schema, person, found, now)
        shown = set(_shown(store, schema, found, now)) if found and is_seen else set()
        scopes = set(desk_scopes(person))
        files: dict[str, bool] = {}
        for entry in log.entries(store, record):
            # What is held because nobody agreed to it is looked at by nobody.
            is_held_for = (
                entry.status == "held"
                and not scopes.isdisjoint(entry.facts.get("scopes", []))
                and (entry.problem is None or entry.problem.code not in REFUSALS)
            )
            for hash in named(schema, entry):
                if hash in shown or is_held_for:
                    files[hash] = files.get(hash, False) or has_given(store, hash, entry.person)
        return files


def named(schema: Schema, entry: Entry) -> Iterator[str]:
    """The hashes that a save names in fields of type `files`, as received."""
    if entry.entry != "save":
        return
    body = json.loads(entry.body)
    members = body if isinstance(body, dict) else {}
    kind, values = schema.kinds.get(str(members.get("kind"))), members.get("set")
    if kind is None or not isinstance(values, dict):
        return
    for key, value in values.items():
        field = kind.field_of(key)
        if field is not None and field.type == "files":
            yield from _hash(value)


def withheld(store: Store, schema: Schema, person: Person, record: str, now: datetime) -> list[str]:
    """The files of a record that a person could open if the consent to it had not ended."""
    with store.snapshot():
        found = record_of(store, schema, record, with_claims=False)
        if found is None or not may_read(store, schema, person, found, now):
            return []
        values = values_of(store, found.kind, record)
        fields = set(withheld_fields(store, schema, found.kind, record, values, now))
        return sorted(_named_in(found.kind, values, fields))


def _shown(store: Store, schema: Schema, found: Record, now: datetime) -> Iterator[str]:
    values = values_of(store, found.kind, found.record)
    shut = set(withheld_fields(store, schema, found.kind, found.record, values, now))
    return _named_in(found.kind, values, found.kind.fields.keys() - shut)


def _named_in(kind: Kind, values: Mapping[str, Any], fields: Collection[str]) -> Iterator[str]:
    for field in kind.fields.values():
        if field.type == "files" and field.name in fields:
            for row in values.get(field.name, {}).values():
                yield from _hash(row)


def _hash(row: Any) -> Iterator[str]:
    if isinstance(row, dict) and isinstance(row.get("hash"), str):
        yield row["hash"]


def sweep(store: Store, schema: Schema, before: datetime) -> list[str]:
    """Forget the files that came before an instant and that no save names, accepted or held; gives their hashes."""
    with store.atomic():
        old = {row[0] for row in store.rows("SELECT hash FROM file WHERE arrived_at < ?", (written(before),))}
        for entry in log.entries(store) if old else ():
            old.difference_update(named(schema, entry))
        forget(store, old)
    return sorted(old)


def forget(store: Store, hashes: Iterable[str]) -> None:
    """These files are here no more: they are on their way again, and whoever has them may give them."""
    with store.atomic():
        for hash in hashes:
            store.execute("DELETE FROM file_giver WHERE hash = ?", (hash,))
            store.execute("DELETE FROM file WHERE hash = ?", (hash,))


def naming(store: Store, schema: Schema, hashes: set[str]) -> dict[str, str]:
    """A record that names each of these files, of those that any save names."""
    found: dict[str, str] = {}
    for entry in log.entries(store) if hashes else ():
        for hash in hashes.intersection(named(schema, entry)):
            found[hash] = str(entry.record)
    return found
