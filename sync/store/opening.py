"""Opens a store, with the database that its place names. Not here: how that database keeps it (sqlite.py)."""

from __future__ import annotations

from pathlib import Path

from schema.load import load_schema
from schema.model import Schema
from sync.document import self_test
from sync.store.sqlite import SqliteStore
from sync.store.store import Store


def open_store(path: Path | str, schema: Schema | None = None) -> Store:
    """Open or create the store: every table exists afterwards, with one table for each declared kind.

    path    the file, or ":memory:" for a store that ends with the process
    Raises StoreError when the file or the database's library cannot keep what is acknowledged.
    """
    self_test()
    return SqliteStore(path, schema or load_schema())
