"""Opens a store, with the database that its place names. Not here: how that database keeps it."""

from __future__ import annotations

from pathlib import Path

from schema.load import load_schema
from schema.model import Schema
from sync.document import self_test
from sync.store.sqlite import SqliteStore
from sync.store.store import News, Store


def open_store(path: Path | str, schema: Schema | None = None, keys_of: Path | None = None) -> Store:
    """Open or create the store: every table exists afterwards, with one table for each declared kind.

    path    the file, ":memory:" for a store that ends with the process, or postgresql://… for one of many centres
    keys_of the file whose keys open this copy of it; None for one that has its own beside it
    Raises StoreError when the file or the database's library cannot keep what is acknowledged.
    """
    self_test()
    declared = schema or load_schema()
    if isinstance(path, str) and is_postgres(path):
        # Who keeps a centre in a file needs no driver.
        from sync.store.postgres import PostgresStore

        store = PostgresStore(path, declared)
        try:
            store.assert_prepared()
        except BaseException:
            store.close()
            raise
        return store
    return SqliteStore(path, declared, keys_of)


def prepare_store(place: str, role: str, schema: Schema) -> None:
    """Make the tables of a PostgreSQL or bring them up to the declarations, as their owner.

    place  for the owner of the tables, who may not pass by row security either
    role   the one that serves; it changes rows and no table
    """
    self_test()
    from sync.store.postgres import PostgresStore

    store = PostgresStore(place, schema)
    try:
        store.prepare(role)
    finally:
        store.close()


def open_news(place: str) -> News:
    """A connection by which the processes that share a store tell each other of news; for one thread."""
    from sync.store.postgres_news import PostgresNews

    return PostgresNews(place)


def is_postgres(place: str) -> bool:
    """Whether a place is that of a PostgreSQL database."""
    return place.startswith(("postgresql://", "postgres://"))
