"""Where the simulated centre is kept, how its process is stopped, and how what it keeps is copied and put back.

Not here: when that happens (simulation.py, upheaval.py). In a file or in PostgreSQL, the same seed is the same world.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any, Protocol

from schema.model import Schema
from sync.store.postgres import PostgresStore
from sync.store.sqlite import SqliteStore
from sync.store.store import Store
from tests.postgres import Cluster

# Within the memory of the machine where it has such a place: a sync to a real disk would be most of a seed's time.
FAST = Path("/dev/shm")  # noqa: S108
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
    pass


class _FragileDatabase(_Fragile, PostgresStore):
    pass


def open_fragile(path: Path | str, schema: Schema) -> _FragileFile:
    """A store in a file, or in memory, that can be stopped."""
    return _FragileFile(path, schema)


class Place(Protocol):
    """What the simulation asks of wherever the centre is kept."""

    def opened(self, schema: Schema) -> Any:
        """The store, empty at first."""

    def copied(self, store: Store) -> Any:
        """All that is in it at this moment."""

    def put_back(self, store: Store, copy: Any, schema: Schema) -> Any:
        """The store with a copy in the place of what was in it; the one given is closed."""

    def leave(self) -> None:
        """Remove what is left behind."""


class InFile:
    """A centre in memory, and in a file from the first time that a copy is put in its place."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._copies = 0

    def opened(self, schema: Schema) -> Any:
        return open_fragile(":memory:", schema)

    def copied(self, store: Store) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(dir=FAST if FAST.is_dir() else None))
        self._copies += 1
        path = self._folder / f"copy-{self._copies}.sqlite3"
        store.copy_to(path)
        return path

    def put_back(self, store: Store, copy: Path, schema: Schema) -> Any:
        store.close()
        file = copy.parent / "centre.sqlite3"
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(copy, file)
        return open_fragile(file, schema)

    def leave(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder)


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
