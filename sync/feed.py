"""The feed: for each scope one row per record at its latest revision; and the revision counter that orders it.

Not here: which scopes a record belongs to (the declarations), and what a page holds (pull.py).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schema.access import CONFIDENTIAL, OWN
from schema.model import Schema
from sync.store.store import Row, Store
from sync.tables import AT_MOST

CURSOR = re.compile(r"(\d{1,15})(?:-(\d{1,15})(-fits)?)?")


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a device has come in one scope: it has every row from `below` to `after` at its latest revision.

    after  news begin behind this revision and are read upwards
    below  older rows are filled in downwards from here; 0 when none are left
    fits   they were counted when the device began, and it may carry all of them
    A row only ever moves up, beyond the head. So one that leaves the stretch between comes again as news, one that is
    below waits to be filled in, and nothing can be missed, whatever is interrupted and wherever it resumes.
    """

    after: int
    below: int = 0
    fits: bool = False

    def __str__(self) -> str:
        return f"{self.after}-{self.below}{'-fits' if self.fits else ''}" if self.below else str(self.after)


def read_cursor(text: str) -> Cursor | None:
    """The cursor a device was given, from its text; None for what is none."""
    found = CURSOR.fullmatch(text) if text.isascii() else None
    return None if found is None else Cursor(int(found[1]), int(found[2] or 0), found[3] is not None)


def next_revision(store: Store) -> int:
    """Allocate the next revision.

    Taken from a row of the same transaction and never from a sequence or a clock: whoever reads revision n also sees
    every revision below n.
    """
    return store.counted("revision")


def head(store: Store) -> int:
    """The last revision allocated."""
    return int(store.value("SELECT value FROM counter WHERE name = 'revision'"))


def replicated(schema: Schema, scopes: Iterable[str]) -> set[str]:
    """The scopes of which some device keeps a copy; the others are read at a desk, and need no feed."""
    return {
        scope
        for scope in scopes
        if scope.startswith((OWN, CONFIDENTIAL)) or schema.roles[scope.rpartition(":")[2]].replicates
    }


def touch(store: Store, record: str, revision: int, before: set[str], after: set[str]) -> None:
    """Say in every scope of a record that it changed, and in every scope it has left that it is gone."""
    store.touched |= before | after
    rows = [(scope, record, revision, "changed") for scope in sorted(after)]
    rows += [(scope, record, revision, "gone") for scope in sorted(before - after)]
    store.execute_many(
        "INSERT INTO feed VALUES (?, ?, ?, ?)"
        " ON CONFLICT (scope, record) DO UPDATE SET revision = excluded.revision, kind = excluded.kind",
        rows,
    )


def take_touched(store: Store) -> frozenset[str]:
    """The scopes in which this connection has done something since it was last asked, for whoever waits for news."""
    touched, store.touched = frozenset(store.touched), set()
    return touched


def newest(store: Store, scopes: Iterable[str]) -> int:
    """The last revision at which something happened in any of these scopes; 0 for none."""
    found = (store.value("SELECT max(revision) FROM feed WHERE scope = ?", (scope,)) for scope in scopes)
    return max((revision or 0 for revision in found), default=0)


def changes(store: Store, scope: str, after: int, first: int) -> list[Row]:
    """(record, revision, kind) of what happened in a scope after a revision, oldest first."""
    return store.rows(
        f"SELECT record, revision, kind FROM feed WHERE scope = ? AND revision > ? ORDER BY revision {AT_MOST}",  # noqa: S608
        (scope, after, first),
    )


def stretch(store: Store, scope: str, cursor: Cursor) -> list[tuple[str, int]]:
    """(record, revision) of everything a device has at this cursor, apart from what has moved on since."""
    rows = store.rows(
        "SELECT record, revision FROM feed WHERE scope = ? AND kind = 'changed' AND revision BETWEEN ? AND ?",
        (scope, cursor.below, cursor.after),
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Extent:
    """How many records a person's scopes hold together, and the lowest revision of each that a phone may carry."""

    records: int
    records_max: int
    floors: dict[str, int]


def extent(store: Store, scopes: Sequence[str], records_max: int) -> Extent | None:
    """None when all records of these scopes fit. Else the earlier scopes come first, and in each the newer records."""
    # Records of several scopes count twice here: only who may have too many is counted with care.
    rows = sum(store.value("SELECT count(*) FROM feed WHERE scope = ?", (scope,)) for scope in scopes)
    if rows <= records_max:
        return None
    floors: dict[str, int] = {}
    held: set[str] = set()
    for scope in scopes:
        floors[scope] = 0
        for record, revision in store.rows(
            "SELECT record, revision FROM feed WHERE scope = ? AND kind = 'changed' ORDER BY revision DESC", (scope,)
        ):
            if floors[scope] == 0 and record not in held and len(held) >= records_max:
                floors[scope] = revision + 1
            held.add(record)
    return Extent(len(held), records_max, floors) if len(held) > records_max else None


def has_left(store: Store, record: str, scopes: Iterable[str]) -> bool:
    """Whether a record was once in one of these scopes and was moved away."""
    return any(
        store.value("SELECT 1 FROM feed WHERE scope = ? AND record = ? AND kind = 'gone'", (scope, record))
        for scope in scopes
    )
