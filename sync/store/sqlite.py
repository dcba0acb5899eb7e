"""Opens the one SQLite file of a centre, with the settings that a receipt relies on, and holds the connection.

Not here: SQL about saves, records or people; the modules that own those tables send it through `Store`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils.utils

from schema.model import Schema
from sync import limits
from sync.store import centre_keys
from sync.store.compression import Compression
from sync.store.data_keys import DataKeys, keys_path
from sync.store.faults import Fault, fault_of
from sync.store.sqlite_tables import create_tables, drop_derived, is_outdated
from sync.store.store import Compared, Row, StoreError, StoreTooOld
from sync.tables import quoted

# pysqlite3 where it is installed, as sqlite-utils chooses; the assertion of the version says so if it is not.
_SQLITE: Any = vars(sqlite_utils.utils)["sqlite3"]


class SqliteStore:
    """A centre's store in one file; the interface is described in store.py.

    Hot paths send plain SQL; sqlite-utils makes and alters tables. Nothing commits except `atomic`: the connection is
    in autocommit mode, and sqlite-utils' own inserts (each a commit of its own) are not used.
    """

    def __init__(self, path: Path | str, schema: Schema, keys_of: Path | None = None) -> None:
        """keys_of: the database whose keys open this copy of it"""
        self.path = str(path)
        # What ends with the process lies on no disk, where somebody could read it.
        self.sealing = None if self.path == ":memory:" else self._keys(keys_of or Path(path))
        self._connection = self._connected()
        self._database = sqlite_utils.Database(self._connection, recursive_triggers=False, execute_plugins=False)
        self._savepoints = 0
        self.is_failing = False
        self.touched: set[str] = set()
        self.audit_key: bytes | None = None
        self._compression = Compression()
        self.compressed = self._compression.compress
        self.compressed_many = self._compression.compress_many
        self.restored = self._compression.restore
        self.execute(f"PRAGMA busy_timeout = {limits.BUSY_MILLISECONDS_MAX}")
        self.execute(f"PRAGMA cache_size = -{limits.STORE_CACHE_KIBIBYTES}")
        self._assert_durable()
        with self.atomic():
            if is_outdated(self._database):
                # Here and not above: what folds the log works on a store.
                from sync.materialise import fold_anew

                drop_derived(self._database, schema)
                self.create_tables(schema)
                fold_anew(self, schema)
            else:
                self.create_tables(schema)

    def _connected(self) -> Any:
        return _SQLITE.connect(self.path, isolation_level=None, cached_statements=limits.STORE_STATEMENTS_KEPT)

    def _keys(self, store: Path) -> DataKeys:
        newest = "SELECT key FROM log WHERE entry <> 'epoch' ORDER BY position DESC LIMIT 1"
        return DataKeys(keys_path(store), store.parent / centre_keys.FOLDER, lambda: self.value(newest))

    def create_tables(self, schema: Schema) -> None:
        """Create what is missing; inside the transaction that is open."""
        create_tables(self._database, schema)

    def _assert_durable(self) -> None:
        version = tuple(int(part) for part in re.findall(r"\d+", self.value("SELECT sqlite_version()")))
        if version < limits.SQLITE_VERSION_MIN:
            raise StoreTooOld(f"SQLite {version} can lose commits; {limits.SQLITE_VERSION_MIN} or newer is needed")
        journal = self.value("PRAGMA journal_mode = WAL")
        if journal != "wal" and self.path != ":memory:":
            raise StoreError(f"the store needs journal_mode WAL, this file system gives {journal}")
        # NORMAL would answer before the log reaches the disk; a receipt must survive a power cut.
        self.execute("PRAGMA synchronous = FULL")
        if self.value("PRAGMA synchronous") != 2:
            raise StoreError("the store needs synchronous FULL")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Run one statement; gives the cursor."""
        return self._connection.execute(sql, parameters)

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row."""
        self._connection.executemany(sql, rows)

    def soon(self, work: Callable[[], None]) -> None:
        """Do some work that writes, at once."""
        work()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        found: list[Row] = self._connection.execute(sql, parameters).fetchall()
        return found

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query one after the other, for those that need not fit into memory."""
        found: Iterator[Row] = self._connection.execute(sql, parameters)
        return found

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, if there is one."""
        found: Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    def counted(self, counter: str) -> int:
        """The next number of a counter."""
        return int(self.value("UPDATE counter SET value = value + 1 WHERE name = ? RETURNING value", (counter,)))

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All or nothing. Outermost: takes the write lock at once and commits durably; inside another: a savepoint."""
        if not self._connection.in_transaction:
            try:
                self.execute("BEGIN IMMEDIATE")
                yield
                # A commit that fails (a full disk) must not leave the transaction open: the next one would join it,
                # and be answered without ever being kept.
                self.execute("COMMIT")
            except BaseException as error:
                # After a failed wait for the disk the next one may succeed for what never got there.
                self.is_failing = self.is_failing or fault_of(error) is Fault.failing
                if self._connection.in_transaction:
                    self.execute("ROLLBACK")
                raise
            return
        self._savepoints += 1
        name = f"step_{self._savepoints}"
        self.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self.execute(f"ROLLBACK TO {name}")
                self.execute(f"RELEASE {name}")
            raise
        else:
            self.execute(f"RELEASE {name}")
        finally:
            self._savepoints -= 1

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Every read inside sees the same commit; inside a transaction that is so already."""
        if self._connection.in_transaction:
            yield
            return
        self.execute("BEGIN")
        try:
            yield
        finally:
            self.execute("COMMIT")

    def parts(self) -> list[str]:
        """One without a name: all centres of a file share one log."""
        return [""]

    def bind(self, centre: str) -> None:
        """Nothing: all centres of a file share one log."""

    def bind_by(self, what: str, id: str) -> None:
        """Nothing: all centres of a file share one log."""

    def enter(self, what: str, id: str) -> None:
        """Nothing: a file has no directory."""

    def begin_centre(self, centre: str) -> None:
        """Nothing: all centres of a file share one log."""

    def tables(self) -> list[str]:
        """The name of every table, in order."""
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        return [row[0] for row in self.rows(sql)]

    @contextmanager
    def made_anew(self, tables: Sequence[str], schema: Schema) -> Iterator[Callable[[str], Compared]]:
        """Put derived tables aside, so that they are empty inside; gives what compares one with how it was before."""
        with self.atomic():
            for name in tables:
                self.execute(f"CREATE TEMP TABLE {_before(name)} AS SELECT * FROM {quoted(name)}")  # noqa: S608
                self.execute(f"DROP TABLE {quoted(name)}")
            self.create_tables(schema)
            yield self._compared
            for name in tables:
                self.execute(f"DROP TABLE temp.{_before(name)}")

    def _compared(self, table: str) -> Compared:
        old, new = f"temp.{_before(table)}", f"main.{quoted(table)}"
        known = {row[1] for row in self.rows(f"PRAGMA temp.table_info({_before(table)})")}
        info = [row for row in self.rows(f"PRAGMA main.table_info({quoted(table)})") if row[1] in known]
        keys = [place for place, row in enumerate(info) if row[5]]
        names = ", ".join(quoted(row[1]) for row in info)
        was, now = (
            {tuple(row[place] for place in keys): row for row in self.rows(sql)}
            for sql in (
                f"SELECT {names} FROM {old} EXCEPT SELECT {names} FROM {new}",  # noqa: S608
                f"SELECT {names} FROM {new} EXCEPT SELECT {names} FROM {old}",  # noqa: S608
            )
        )
        return Compared(tuple(row[1] for row in info), was, now)

    def copy_to(self, path: Path) -> None:
        """Write one moment of the store into a new file, while others read and write; not yet flushed to the disk."""
        self.execute("VACUUM INTO ?", (str(path),))

    def copy_log_to(self, path: Path, schema: Schema) -> None:
        """Write a copy without anything that follows from the log. This store has none of it either afterwards."""
        with self.atomic():
            drop_derived(self._database, schema)
        self.copy_to(path)

    def scour(self) -> None:
        """Write the file and its journal anew, so that nothing of what was removed is left in them."""
        self.execute("VACUUM")
        if self.value("PRAGMA wal_checkpoint(TRUNCATE)"):
            raise StoreError("the journal of the store is in use; stop whoever uses it")

    def damage(self, is_quick: bool = False) -> list[str]:
        """What SQLite finds damaged in the file, a few lines at most; nothing when it is whole."""
        pragma = "PRAGMA quick_check(1)" if is_quick else "PRAGMA integrity_check(5)"
        return [row[0] for row in self.rows(pragma) if row[0] != "ok"]

    def laxness(self) -> list[str]:
        """Nothing: a file with other settings is not opened at all."""
        return []

    def size_bytes(self) -> int:
        """The room of the file and its journal."""
        files = (Path(self.path), Path(f"{self.path}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        """Close the connection; the store cannot be used afterwards."""
        self._connection.close()
        if self.sealing is not None:
            self.sealing.close()


def _before(table: str) -> str:
    return quoted(f"before_{table}")
