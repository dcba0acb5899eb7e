"""The log: every save the server ever received and every decision, in order, append-only, hash-chained.

Not here: what an entry does to a record (materialise.py). The only writer of the log.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from schema.model import Problem
from sync import json_text
from sync.packed import packed_save
from sync.save import Receipt
from sync.store.compression import COMPRESSED
from sync.store.store import Row, Store
from sync.tables import one_of

FIRST_HASH = bytes(32)
# Of a mark: enough that no two logs have the same by chance.
MARK_DIGITS_MIN = 12
COLUMNS = (
    "position, entry, id, record, client, person, device, received_at, status, revision, problem"
    ", facts, body, signature, key"
)

# Reasons that leave a save unread: nobody knows what it meant, or whose it was.
UNREAD = frozenset(
    (
        "malformed",
        "wrong_signature",
        "save_too_large",
        "too_many_fields",
        "too_deep",
        "client_reused",
        "id_reused",
    )
)

# The places in COLUMNS.
_PROBLEM, _FACTS, _BODY, _KEY = 10, 11, 12, 14
# As bytes, whatever it is: what was changed behind the store's back may be no text at all.
_READ = COLUMNS.replace("body", "CAST(body AS BLOB)")
_INSERT = f"INSERT INTO log ({COLUMNS}, hash) VALUES ({', '.join('?' * 16)})"  # noqa: S608
_VALUES = b'"values":'
# The first save that was accepted of a record `r`, as `l`: all there is of a record of one save.
FIRST_OF_RECORD = (
    "l.position = (SELECT min(position) FROM log WHERE record = r.record AND entry = 'save' AND status = 'accepted')"
)
PACKED_FROM = "l.client, l.person, l.position, l.facts, CAST(l.body AS BLOB), l.key"
_ACCEPTED = "record = ? AND entry = 'save' AND status = 'accepted'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `entry` is save | decision | duplicate | epoch | verdict | destroy.

    status  accepted | held | refused
    client  null where the save may not occupy the number (it reused one)
    facts   what the server knew when it judged, and what a rebuild needs
    body    as received, in canonical form where it has one; kept compressed
    is_destroyed  its key is, so that nobody knows body, facts or details any more
    """

    position: int
    entry: str
    id: str
    record: str | None
    client: int | None
    person: str
    device: str
    received_at: str
    status: str
    revision: int | None
    problem: Problem | None
    facts: Mapping[str, Any]
    body: str
    signature: str | None
    is_destroyed: bool = False

    def receipt(self) -> Receipt:
        """The answer that was given, and is given again."""
        return Receipt(self.id, self.status, self.revision, self.problem)


@dataclass(frozen=True)
class LogHead:
    """The log is whole: how many entries it has, the last revision, and the hash that stands for all of it."""

    entries: int
    revision: int
    hash: str


@dataclass(frozen=True)
class Tip:
    """The last entry as it stands, unproven: its position, its hash, when it came. Of an empty log 0, zeros, None."""

    position: int
    hash: str
    received_at: str | None


@dataclass(frozen=True)
class LogBroken:
    """The first position at which the log is not what was once written."""

    position: int
    reason: str


def next_position(store: Store) -> int:
    """Allocate the place of the next entry; the counter keeps it even if the entry is cut off later."""
    return store.counted("log")


def append(store: Store, entry: Entry) -> None:
    """Write the next entry and chain it to the one before."""
    Chain(store).append(entry)


class Chain:
    """The end of the log, for whoever writes several entries in one transaction: it is read once, and the entries are
    sealed and written together where the store lets them wait.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._position: int | None = None
        self._hash = FIRST_HASH
        self._waiting: list[Entry] = []

    def append(self, entry: Entry) -> None:
        """Write the next entry and chain it to the one before, before anybody reads."""
        if self._position is None:
            found = self._store.row("SELECT position, hash FROM log ORDER BY position DESC LIMIT 1")
            self._position, self._hash = (found[0], bytes(found[1])) if found else (0, FIRST_HASH)
        if entry.position != self._position + 1:
            raise ValueError(f"the next entry is {self._position + 1}, not {entry.position}")
        self._position = entry.position
        self._waiting.append(entry)
        if len(self._waiting) == 1:
            self._store.soon(self._write)

    def _write(self) -> None:
        entries, self._waiting = self._waiting, []
        rows = []
        for columns, chained in _as_kept(self._store, entries):
            self._hash = _chained(self._hash, chained)
            rows.append((*columns, self._hash))
        self._store.execute_many(_INSERT, rows)


def entry_of(store: Store, id: str) -> Entry | None:
    """The entry of a save or decision, if it was ever received."""
    found = store.row(f"SELECT {_READ} FROM log WHERE id = ?", (id,))  # noqa: S608
    return None if found is None else _entry(store, found)


def entry_at(store: Store, position: int) -> Entry:
    """The entry of a position that there is."""
    (found,) = store.rows(f"SELECT {_READ} FROM log WHERE position = ?", (position,))  # noqa: S608
    return _entry(store, found)


def received(store: Store, ids: Collection[str]) -> set[str]:
    """Those of these ids that the log has."""
    if not ids:
        return set()
    return {row[0] for row in store.rows(f"SELECT id FROM log WHERE id IN {one_of(ids)}", tuple(ids))}  # noqa: S608


def heard_of(store: Store, records: Collection[str]) -> set[str]:
    """Those of these records that some entry is about, accepted or not."""
    if not records:
        return set()
    sql = f"SELECT DISTINCT record FROM log WHERE record IN {one_of(records)}"  # noqa: S608
    return {row[0] for row in store.rows(sql, tuple(records))}


def mark_of(store: Store) -> str:
    """The name of the newest entry with all that went before it: its position and the beginning of its hash."""
    tip = tip_of(store)
    return _mark(tip.position, tip.hash) if tip.position else ""


def has_mark(store: Store, mark: str) -> bool:
    """Whether this log has the entry of a mark, which may be cut. A store put back, or one that went another way since,
    has not.
    """
    position, _, hash = mark.partition("-")
    if len(hash) < MARK_DIGITS_MIN or not position.isdecimal() or not position.isascii() or len(position) > 15:
        return False
    found = store.row("SELECT position, hash FROM log WHERE position = ?", (int(position),))
    return found is not None and _mark(found[0], bytes(found[1]).hex()).startswith(mark)


def _mark(position: int, hash: str) -> str:
    return f"{position}-{hash[:32]}"


def entries(store: Store, record: str | None = None) -> Iterator[Entry]:
    """All entries in order, or those of one record."""
    where, parameters = ("", ()) if record is None else ("WHERE record = ?", (record,))
    for row in store.each(f"SELECT {_READ} FROM log {where} ORDER BY position", parameters):  # noqa: S608
        yield _entry(store, row)


def entries_called(store: Store, entry: str) -> list[Entry]:
    """All entries of one sort, in order; for sorts of which there are few."""
    rows = store.rows(f"SELECT {_READ} FROM log WHERE entry = ? ORDER BY position", (entry,))  # noqa: S608
    return [_entry(store, row) for row in rows]


def saves_of(store: Store, records: Collection[str]) -> dict[str, list[Entry]]:
    """The accepted saves of these records, in order."""
    found: dict[str, list[Entry]] = {}
    if records:
        accepted = f"record IN {one_of(records)} AND entry = 'save' AND status = 'accepted'"
        for row in store.rows(f"SELECT {_READ} FROM log WHERE {accepted} ORDER BY position", tuple(records)):  # noqa: S608
            entry = _entry(store, row)
            found.setdefault(str(entry.record), []).append(entry)
    return found


def is_client_used(store: Store, record: str, client: int, author: str | None = None) -> bool:
    """Whether a client number of a record is no longer free, for a save of this author where one is named.

    What another person sent and nobody could read does not occupy it: else whoever gets hold of a save before it is
    delivered could have it refused.
    """
    return any(
        author in (None, entry.person) or entry.problem is None or entry.problem.code not in UNREAD
        for entry in _of_client(store, record, client)
    )


def save_of_client(store: Store, record: str, client: int) -> Entry | None:
    """The entry of the save that occupies a client number of a record, if one does; one that was read before others."""
    found = _of_client(store, record, client)
    return min(found, key=lambda entry: entry.problem is not None and entry.problem.code in UNREAD, default=None)


def _of_client(store: Store, record: str, client: int) -> list[Entry]:
    rows = store.rows(f"SELECT {_READ} FROM log WHERE record = ? AND client = ?", (record, client))  # noqa: S608
    return [_entry(store, row) for row in rows]


def clients_after(store: Store, record: str, revision: int) -> list[int]:
    """The client numbers of the saves of a record that were accepted after a revision."""
    rows = store.rows(f"SELECT client FROM log WHERE {_ACCEPTED} AND revision > ?", (record, revision))  # noqa: S608
    return [row[0] for row in rows]


def fields_written(store: Store, record: str, revision: int) -> set[str]:
    """The field keys of the saves of a record that were accepted after a revision."""
    rows = store.rows(
        f"SELECT {_READ} FROM log WHERE {_ACCEPTED} AND revision > ? ORDER BY position",  # noqa: S608
        (record, revision),
    )
    return {key for row in rows for key in json.loads(_entry(store, row).body)["set"]}


def first_packed(store: Store, record: str) -> bytes:
    """The packed saves of a record of one save."""
    sql = f"SELECT {PACKED_FROM} FROM log l WHERE {_ACCEPTED} ORDER BY position LIMIT 1"  # noqa: S608
    return packed_from(store, *store.rows(sql, (record,))[0])


def packed_from(
    store: Store, client: int, person: str, position: int, facts: str, body: bytes, key: int | None
) -> bytes:
    """The same from the columns of PACKED_FROM."""
    content = _content(store, position, None, facts, bytes(body), key)
    if content is None:
        raise ValueError("a record stands whose save was destroyed")
    values = json.loads(content.facts).get("values") if _VALUES in content.facts else None
    return packed_save(client, person, content.body, values)


def first_revision(store: Store, record: str) -> int:
    """The revision of the first save of a record, 0 when there is none."""
    return int(store.value(f"SELECT min(revision) FROM log WHERE {_ACCEPTED}", (record,)) or 0)  # noqa: S608


def has_written(store: Store, record: str, person: str) -> bool:
    """Whether a save of this person was ever accepted into the record."""
    return store.value(f"SELECT 1 FROM log WHERE {_ACCEPTED} AND person = ? LIMIT 1", (record, person)) is not None  # noqa: S608


def had_a_hand(store: Store, record: str, person: str) -> bool:
    """Whether this person wrote in the record, or decided on it."""
    return person in hands_in(store, [record]).get(record, ())


def hands_in(store: Store, records: Sequence[str]) -> dict[str, set[str]]:
    """Everybody who wrote in each of some records, or decided on it."""
    found: dict[str, set[str]] = {}
    sql = (
        "SELECT DISTINCT record, person FROM log WHERE record IN (SELECT value FROM json_each(?))"
        " AND entry IN ('save', 'decision', 'verdict', 'duplicate') AND status = 'accepted'"
    )
    for record, person in store.rows(sql, (json.dumps([*records]),)):
        found.setdefault(record, set()).add(person)
    return found


def last_decision(store: Store, record: str) -> Entry | None:
    """The last decision taken on a record."""
    found = store.row(
        f"SELECT {_READ} FROM log WHERE record = ? AND entry = 'decision' AND status = 'accepted'"  # noqa: S608
        " ORDER BY position DESC LIMIT 1",
        (record,),
    )
    return None if found is None else _entry(store, found)


def last_approval(store: Store, record: str) -> int | None:
    """The revision of the last approval of a record that was not undone."""
    undone: set[str] = set()
    for row in store.rows(
        f"SELECT {_READ} FROM log"  # noqa: S608
        " WHERE record = ? AND entry = 'decision' AND status = 'accepted' ORDER BY position DESC",
        (record,),
    ):
        decision = _entry(store, row)
        verdict = json.loads(decision.body)["verdict"]
        if verdict == "undo":
            undone.add(decision.facts["undoes"])
        elif verdict == "approve" and decision.id not in undone:
            return decision.revision
    return None


def tip_of(store: Store) -> Tip:
    """The last entry; `check_log` proves it."""
    found = store.row("SELECT position, hash, received_at FROM log ORDER BY position DESC LIMIT 1")
    return Tip(0, FIRST_HASH.hex(), None) if found is None else Tip(found[0], bytes(found[1]).hex(), found[2])


def completed(entry: Entry, revision: int | None, facts: Mapping[str, Any]) -> Entry:
    """The same entry with what its application gave."""
    return replace(entry, revision=revision, facts=facts)


def digest(text: str) -> str:
    """A short name for a text: the same text, the same name."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def check_log(store: Store, exported: LogHead | None = None) -> LogHead | LogBroken:
    """Follow the chain from the first entry; the head that stands for the log, or where it breaks.

    exported  a head of this log kept elsewhere: whoever can write the file can cut it and write a whole new chain, but
              not one that passes through that head
    """
    with store.snapshot():
        # Pushes go on meanwhile: entries and counter must be of one moment.
        return _followed(store, exported)


def _followed(store: Store, exported: LogHead | None) -> LogHead | LogBroken:
    before, count, revision = FIRST_HASH, 0, 0
    for row in store.each(f"SELECT {_READ}, hash FROM log ORDER BY position"):  # noqa: S608
        count += 1
        if row[0] != count:
            return LogBroken(count, "an entry is missing")
        try:
            columns = _as_chained(store, row[:-1])
        except ValueError:
            return LogBroken(count, "an entry cannot be read")
        before = _chained(before, columns)
        if before != bytes(row[-1]):
            return LogBroken(count, "an entry is not what was written")
        revision = max(revision, row[9] or 0)
        if exported is not None and count == exported.entries and before.hex() != exported.hash:
            return LogBroken(count, "the chain was written anew, here or before: it misses the exported head")
    # An entry cut off at the end leaves a whole chain; the counter still knows that it was there.
    if count != store.value("SELECT value FROM counter WHERE name = 'log'"):
        return LogBroken(count + 1, "an entry is missing at the end")
    if exported is not None and count < exported.entries:
        return LogBroken(count + 1, f"an entry is missing at the end, the exported head knows {exported.entries}")
    return LogHead(count, revision, before.hex())


def _chained(before: bytes, columns: Row) -> bytes:
    return hashlib.sha256(before + json.dumps(columns, ensure_ascii=True).encode("ascii")).digest()


def _as_kept(store: Store, entries: Sequence[Entry]) -> Iterator[tuple[Row, Row]]:
    """For each entry its columns as they are kept, and those that the chain is over."""
    if store.sealing is None:
        yield from (_plain(store, entry) for entry in entries)
        return
    sealed = iter(store.sealing.seal([(entry.position, _told(entry)) for entry in entries if not _is_open(entry)]))
    for entry in entries:
        yield _plain(store, entry) if _is_open(entry) else _sealed(entry, *next(sealed))


def _is_open(entry: Entry) -> bool:
    """What an epoch says is about no person, and must be known without any key."""
    return entry.entry == "epoch"


def _told(entry: Entry) -> bytes:
    """What an entry says, as it is sealed."""
    problem = "" if entry.problem is None else problem_text(entry.problem)
    return b"\n".join((problem.encode(), json_text.ordered_utf8(entry.facts), entry.body.encode("utf-8")))


def _sealed(entry: Entry, key: int, kept: bytes) -> tuple[Row, Row]:
    told = None if entry.problem is None else problem_text(Problem(entry.problem.code))
    columns = (*_head(entry), told, "{}", kept, entry.signature, key)
    return columns, _sealed_chained(columns)


def _plain(store: Store, entry: Entry) -> tuple[Row, Row]:
    body = entry.body.encode("utf-8")
    # Saves are many and large; decisions are few, and stay legible.
    kept = store.compressed(body) if entry.entry == "save" else body
    problem = None if entry.problem is None else problem_text(entry.problem)
    columns = (*_head(entry), problem, json_text.ordered(entry.facts))
    return (*columns, kept, entry.signature, None), (*columns, entry.body, entry.signature)


def _head(entry: Entry) -> Row:
    return (
        entry.position,
        entry.entry,
        entry.id,
        entry.record,
        entry.client,
        entry.person,
        entry.device,
        entry.received_at,
        entry.status,
        entry.revision,
    )


def _as_chained(store: Store, row: Row) -> Row:
    """The columns that the chain is over, from those that are kept; of what is sealed no key is needed."""
    if row[_KEY] is not None:
        return _sealed_chained(row)
    return (*row[:_BODY], _restored(store, bytes(row[_BODY])).decode("utf-8"), *row[_BODY + 1 : _KEY])


def _sealed_chained(columns: Row) -> Row:
    return (*columns[:_BODY], hashlib.sha256(columns[_BODY]).hexdigest(), *columns[_BODY + 1 :])


class _Content(NamedTuple):
    """What is sealed of an entry."""

    problem: str | None
    facts: bytes
    body: bytes


def _content(
    store: Store, position: int, problem: str | None, facts: str, kept: bytes, key: int | None
) -> _Content | None:
    """What an entry says, from its columns; None once that is destroyed."""
    if key is None:
        return _Content(problem, facts.encode(), _restored(store, kept))
    if store.sealing is None:
        raise ValueError("an entry is sealed, and here are no keys")
    content = store.sealing.open(position, key, kept)
    if content is None:
        return None
    told, opened, body = content.split(b"\n", 2)
    return _Content(told.decode() or None, opened, body)


def _entry(store: Store, row: Row) -> Entry:
    found = _content(store, row[0], row[_PROBLEM], row[_FACTS], bytes(row[_BODY]), row[_KEY])
    content = found or _Content(row[_PROBLEM], b"{}", b"{}")
    problem = None if content.problem is None else problem_from(content.problem)
    facts, body, signature = json.loads(content.facts), content.body.decode("utf-8"), row[_BODY + 1]
    position, entry, id, record, client, person, device, received_at, status, revision = row[:_PROBLEM]
    head = position, entry, id, record, client, person, device, received_at, status, revision
    return Entry(*head, problem, facts, body, signature, found is None)


def _restored(store: Store, body: bytes) -> bytes:
    return store.restored(body) if body.startswith(COMPRESSED) else body


def problem_text(problem: Problem) -> str:
    """A problem as it is kept. Plain ASCII: the name of an unknown field may hold half a surrogate pair."""
    kept = {"code": problem.code, "field": problem.field, "details": dict(problem.details)}
    return json.dumps(kept, ensure_ascii=True, sort_keys=True)


def problem_from(text: str) -> Problem:
    """A problem as it was kept."""
    return Problem(**json.loads(text))
