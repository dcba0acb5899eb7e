"""Where the simulated centre is kept, how its process is stopped, and how what it keeps is copied and put back.

Not here: when that happens (simulation.py, upheaval.py). In a SQLite or in PostgreSQL, the same seed is the same world.
"""

from functools import cache
from pathlib import Path
from typing import Any, Protocol

from schema.load import load_schema
from schema.model import Schema
from sync.store.postgres import PostgresStore
from sync.store.sqlite import SqliteStore
from sync.store.store import Store
from tests.postgres import Cluster

CENTRE = "heping"


class PowerCut(BaseException):
    """The server stops in the middle of a push: nothing that it could still do catches that."""


class _Fragile:
    """A store whose process can be stopped before its n-th statement."""

    statements_left: int | None = None

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        self._stop_here()
        return super().execute(sql, parameters)

    def execute_many(self, sql: str, rows: Any) -> None:
        self._stop_here()
        super().execute_many(sql, rows)

    def _stop_here(self) -> None:
        if self.statements_left is not None:
            self.statements_left -= 1
            if self.statements_left < 0:
                self.statements_left = None
                raise PowerCut


class _FragileFile(_Fragile, SqliteStore):
    """One that begins with what was in another, where that is given."""

    def __init__(self, path: Path | str, schema: Schema, begun: Any = None) -> None:
        self._begun = begun
        super().__init__(path, schema)

    def _connected(self) -> Any:
        connection = super()._connected()
        if self._begun is not None:
            self._begun.backup(connection)
        return connection

    def copied(self) -> Any:
        """All that is in it at this moment, as a connection to a copy in memory; the database would wait for ever for
        the end of a transaction that is open.
        """
        assert not self._connection.in_transaction, "a transaction was left open: what it wrote is kept nowhere"
        copy = type(self._connection)(":memory:")
        self._connection.backup(copy)
        return copy


class _FragileDatabase(_Fragile, PostgresStore):
    pass


def open_fragile(path: Path | str, schema: Schema) -> _FragileFile:
    """A store in a file, or in memory, that can be stopped."""
    return _FragileFile(path, schema)


class Place(Protocol):
    """What the simulation asks of wherever the centre is kept."""

    def opened(self, schema: Schema) -> Any:
        """The store, empty at first."""

    def copied(self, store: Any) -> Any:
        """All that is in it at this moment."""

    def put_back(self, store: Store, copy: Any, schema: Schema) -> Any:
        """The store with a copy in the place of what was in it; the one given is closed."""

    def leave(self) -> None:
        """Remove what is left behind."""


class InMemory:
    """A centre and its copies in a SQLite without a file, which no disk delays. Files break in tests/faults."""

    def opened(self, schema: Schema) -> Any:
        return _FragileFile(":memory:", schema, _tables())

    def copied(self, store: _FragileFile) -> Any:
        return store.copied()

    def put_back(self, store: Store | None, copy: Any, schema: Schema) -> Any:
        if store is not None:
            store.close()
        return _FragileFile(":memory:", schema, copy)

    def leave(self) -> None:
        """Nothing: it ends with its connections."""


@cache
def _tables() -> Any:
    """The tables of every centre, made once in a process; the rest of opening a store is done for each."""
    store = _FragileFile(":memory:", load_schema())
    store.execute("DELETE FROM setting WHERE name = 'epoch'")
    return store.copied()


class InDatabase:
    """A centre in a PostgreSQL, beside another one in which nothing happens."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._url = cluster.emptied()
        self._database = self._url.partition("?")[0].rpartition("/")[2]

    def opened(self, schema: Schema) -> Any:
        return _FragileDatabase(self._url, schema)

    def copied(self, store: Store) -> dict[str, bytes]:
        return self._cluster.copied(self._database)

    def put_back(self, store: Store, copy: dict[str, bytes], schema: Schema) -> Any:
        store.close()
        self._cluster.put(copy, self._database)
        found = self.opened(schema)
        found.bind(CENTRE)
        return found

    def leave(self) -> None:
        """Nothing: the next one empties it."""
