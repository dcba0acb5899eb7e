"""The feed: for each scope one row per record at its latest revision; and the revision counter that orders it.

Not here: which scopes a record belongs to (the declarations), and what a page holds (pull.py).
"""

from collections.abc import Iterable

from schema.model import Schema
from sync.store.sqlite import Row, Store


def next_revision(store: Store) -> int:
    """Allocate the next revision.

    Taken from a row of the same transaction and never from a sequence or a clock: whoever reads revision n also sees
    every revision below n.
    """
    return int(store.value("UPDATE counter SET value = value + 1 WHERE name = 'revision' RETURNING value"))


def head(store: Store) -> int:
    """The last revision allocated."""
    return int(store.value("SELECT value FROM counter WHERE name = 'revision'"))


def replicated(schema: Schema, scopes: Iterable[str]) -> set[str]:
    """The scopes of which some device keeps a copy; the others are read at a desk, and need no feed."""
    return {
        scope for scope in scopes if scope.startswith("person:") or schema.roles[scope.rpartition(":")[2]].replicates
    }


def touch(store: Store, record: str, revision: int, before: set[str], after: set[str]) -> None:
    """Say in every scope of a record that it changed, and in every scope it has left that it is gone."""
    rows = [(scope, record, revision, "changed") for scope in sorted(after)]
    rows += [(scope, record, revision, "gone") for scope in sorted(before - after)]
    store.execute_many(
        "INSERT INTO feed VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET revision = excluded.revision, kind = excluded.kind",
        rows,
    )


def changes(store: Store, scope: str, after: int, first: int) -> list[Row]:
    """(record, revision, kind) of what happened in a scope after a revision, oldest first."""
    return store.rows(
        "SELECT record, revision, kind FROM feed WHERE scope = ? AND revision > ? ORDER BY revision LIMIT ?",
        (scope, after, first),
    )


def has_left(store: Store, record: str, scopes: Iterable[str]) -> bool:
    """Whether a record was once in one of these scopes and was moved away."""
    return any(
        store.value("SELECT 1 FROM feed WHERE scope = ? AND record = ? AND kind = 'gone'", (scope, record))
        for scope in scopes
    )
