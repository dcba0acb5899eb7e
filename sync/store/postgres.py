"""Opens the store of many centres in PostgreSQL, with the settings that a receipt relies on, and holds the connection.

Every row belongs to a centre, and a connection is bound to one centre at a time: each has a log, counters and an epoch
of its own, and nothing of another can be seen. Writers of one centre follow one another by the lock on its counter,
those of different centres run side by side. Not here: the tables (postgres_tables.py), the statements (portable.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from psycopg import RawCursor, RawServerCursor
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumperUnknown

from schema.model import Schema
from sync import limits
from sync.store.compression import Compression
from sync.store.data_keys import DataKeys
from sync.store.faults import DatabaseFault, Fault
from sync.store.layout import DERIVED_VERSION, tables_of
from sync.store.portable import in_postgres
from sync.store.postgres_tables import columns_of, dropped, statements
from sync.store.store import Compared, Row, StoreError, StoreTooOld
from sync.tables import quoted

# Whoever reads a log of any length holds this many rows at a time.
ROWS_AT_ONCE = 500
# A process that stands still in the middle of a write must not hold its centre for ever.
IDLE_SECONDS_MAX = 60
CONNECT_SECONDS_MAX = 10
VERSION_MIN = 150000
# A standby that has it too is more than what is promised; `local` and `off` are less.
DURABLE = ("on", "remote_write", "remote_apply")

_LOCK = "SELECT value FROM counter WHERE name = 'revision' FOR UPDATE"
_BEGIN = f"BEGIN; {_LOCK}"
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
# Of an error's class, the first two of its five signs, where the whole is not named.
_FAULTS = {
    "53100": Fault.full,
    "55P03": Fault.busy,
    "40P01": Fault.busy,
    "40001": Fault.busy,
    "53": Fault.busy,
    "25006": Fault.forbidden,
    "28": Fault.forbidden,
    "3D": Fault.unreachable,
    "57": Fault.unreachable,
    "08": Fault.unreachable,
    "58": Fault.failing,
    "XX001": Fault.damaged,
    "XX002": Fault.damaged,
}


class _Text(StrDumperUnknown):
    """Text for PostgreSQL, which keeps none with a NUL: what is asked for by one is then not found."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd"))


class _Number(Int8Dumper):
    """Every whole number in 64 bits, so that a statement is prepared once; a yes or no is kept as a number."""

    def dump(self, obj: Any) -> Any:
        return super().dump(int(obj))


class PostgresStore:
    """The store of many centres; the interface is described in store.py."""

    def __init__(self, url: str, schema: Schema) -> None:
        self._url = url
        self._schema = schema
        self._keys = {table.name: table for table in tables_of(schema)}
        # The database's own process sees its disk, and goes on with nothing that it could not flush.
        self.is_failing = False
        self.touched: set[str] = set()
        self.audit_key: bytes | None = None
        # Its copies are the database's own business, and another machine has no file of keys beside it.
        self.sealing: DataKeys | None = None
        self._compression = Compression()
        self.compressed = self._compression.compress
        self.compressed_many = self._compression.compress_many
        self.restored = self._compression.restore
        self._depth = 0
        self._writes = False
        self._wanted = ""
        self._connect()

    # Opening

    def _connect(self) -> None:
        with told():
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX, application_name="doorstep"
            )
        self._connection.prepare_threshold = 2
        self._connection.prepared_max = 500
        self._connection.adapters.register_dumper(str, _Text)
        self._connection.adapters.register_dumper(int, _Number)
        self._connection.adapters.register_dumper(bool, _Number)
        self._cursor = RawCursor(self._connection)
        # What the connection is bound to, None where a transaction that was undone left it unknown.
        self._bound: str | None = None
        try:
            self._plain("SET synchronous_commit = on")
            self._plain(f"SET lock_timeout = {limits.BUSY_MILLISECONDS_MAX}")
            self._plain(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS_MAX}s'")
            self._assert_durable()
        except BaseException:
            self.close()
            raise

    def _assert_durable(self) -> None:
        if self._connection.info.server_version < VERSION_MIN:
            raise StoreTooOld(f"PostgreSQL {VERSION_MIN // 10000} or newer is needed")
        kept = self._plain("SHOW synchronous_commit").fetchone()
        if kept is None or kept[0] not in DURABLE:
            raise StoreError("the store needs synchronous_commit on")
        is_free = self._plain(_ROLE).fetchone()
        if is_free is None or is_free[0]:
            raise StoreError("this role may pass by row security; Doorstep needs one that may not")

    def assert_prepared(self) -> None:
        """Raises StoreError where the tables are not those of this version."""
        found = self._plain("SELECT to_regclass('layout') IS NOT NULL").fetchone()
        if found is None or not found[0]:
            raise StoreError("the database is not prepared; run `doorstep prepare-store`")
        version = self._plain("SELECT max(version) FROM layout").fetchone()
        there = set(
            self._plain(
                "SELECT relname, attname FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid"
                " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND attnum > 0"
            ).fetchall()
        )
        needed = {(table.name, name) for table in self._keys.values() for name in columns_of(table)}
        if version is None or version[0] != DERIVED_VERSION or not needed <= there:
            raise StoreError("the database is prepared for another version; run `doorstep prepare-store`")

    def prepare(self, role: str) -> None:
        """Bring the tables up to the layout, for a role that serves; derived ones of another version are made again."""
        # Here and not above: what folds the log works on a store.
        from sync.materialise import fold_anew

        with self._committed("BEGIN"):
            self._plain("SELECT pg_advisory_xact_lock(7367)")
            found = self._plain("SELECT to_regclass('layout') IS NOT NULL").fetchone()
            version = self._plain("SELECT max(version) FROM layout").fetchone() if found and found[0] else None
            is_outdated = version is not None and version[0] not in (None, DERIVED_VERSION)
            for statement in (*(dropped(self._schema) if is_outdated else ()), *statements(self._schema, role)):
                self._plain(statement)
            for centre in self.parts() if is_outdated else ():
                self.bind(centre)
                fold_anew(self, self._schema)

    # Statements

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> object:
        """Run one statement."""
        return self._run(sql, parameters)

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row."""
        self._ready()
        with told():
            self._cursor.executemany(in_postgres(sql), rows)

    def soon(self, work: Callable[[], None]) -> None:
        """Do some work that writes, at once."""
        work()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        return self._run(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query one after the other, for those that need not fit into memory."""
        with nullcontext() if self._depth else self.snapshot():
            self._ready()
            with RawServerCursor(self._connection, f"each_{secrets.token_hex(4)}") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                with told():
                    cursor.execute(in_postgres(sql), parameters)
                    yield from cursor

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, if there is one."""
        return self._run(sql, parameters).fetchone()

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        found = self._run(sql, parameters).fetchone()
        return None if found is None else found[0]

    def counted(self, counter: str) -> int:
        """The next number of a counter. Its row is then held until the transaction ends, so that none is left out."""
        return int(self.value("UPDATE counter SET value = value + 1 WHERE name = ? RETURNING value", (counter,)))

    def _run(self, sql: str, parameters: Sequence[Any]) -> RawCursor[Row]:
        self._ready()
        try:
            return self._cursor.execute(in_postgres(sql), parameters, binary=True)
        except psycopg.Error as error:
            # A question by itself has changed nothing: it is asked again on a new connection.
            if self._depth or not self._connection.closed or not sql.startswith("SELECT"):
                raise _fault(error) from error
        self._connect()
        self._ready()
        with told():
            return self._cursor.execute(in_postgres(sql), parameters, binary=True)

    def _plain(self, statement: str) -> RawCursor[Row]:
        """A statement of our own, as it stands."""
        with told():
            return self._cursor.execute(statement.encode(), prepare=False)

    # Whose rows

    def parts(self) -> list[str]:
        """The centres that each have a log of their own."""
        return [row[0] for row in self.rows("SELECT id FROM directory WHERE what = 'centre' ORDER BY id")]

    def bind(self, centre: str) -> None:
        """From now on this centre is meant; nothing at all is seen while it is nobody's."""
        self._wanted = centre

    def bind_by(self, what: str, id: str) -> None:
        """Bind to the centre of a person or of a session; to none where nobody knows it."""
        found = self.value("SELECT centre FROM directory WHERE what = ? AND id = ?", (what, id))
        self.bind("" if found is None else str(found))

    def enter(self, what: str, id: str) -> None:
        """Note that a person or a session belongs to this centre, which finds it again by `bind_by`."""
        self.execute("INSERT INTO directory VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (what, id, self._wanted))

    def begin_centre(self, centre: str) -> None:
        """Bind to a centre; a new one begins with an empty log and an epoch of its own."""
        with self.atomic():
            self.bind(centre)
            self.enter("centre", centre)
            for name in ("revision", "log"):
                self.execute("INSERT INTO counter VALUES (?, 0) ON CONFLICT DO NOTHING", (name,))
            self.execute("INSERT INTO setting VALUES ('epoch', ?) ON CONFLICT DO NOTHING", (secrets.token_hex(8),))

    def _ready(self) -> None:
        """Bind the connection where that has not been done yet."""
        if self._bound == self._wanted:
            return
        try:
            self._cursor.execute("SELECT set_config('doorstep.centre', $1, false)", (self._wanted,))
        except psycopg.Error as error:
            if self._depth or not self._connection.closed:
                raise _fault(error) from error
            self._connect()
            self._cursor.execute("SELECT set_config('doorstep.centre', $1, false)", (self._wanted,))
        self._bound = self._wanted
        if self._writes:
            self._plain(_LOCK)

    # Transactions

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All or nothing. Outermost: takes the lock of its centre at once and commits durably; inside: a savepoint."""
        if self._depth:
            with self._step():
                yield
            return
        with self._committed(_BEGIN):
            yield

    @contextmanager
    def _committed(self, how: str) -> Iterator[None]:
        self._begin(how)
        self._writes = True
        try:
            yield
            ended = self._plain("COMMIT").statusmessage
            if ended != "COMMIT":
                raise StoreError("the transaction had failed and was not kept")
        except BaseException:
            self._undo()
            raise
        finally:
            self._depth, self._writes = 0, False

    @contextmanager
    def _step(self) -> Iterator[None]:
        name = f"step_{self._depth}"
        self._plain(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            if not self._connection.closed:
                self._plain(f"ROLLBACK TO {name}; RELEASE {name}")
                self._bound = None
            raise
        else:
            self._plain(f"RELEASE {name}")
        finally:
            self._depth -= 1

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Every read inside sees the same commit; inside a transaction that is so already."""
        if self._depth:
            yield
            return
        self._begin(_SNAPSHOT)
        try:
            yield
            self._plain("COMMIT")
        except BaseException:
            self._undo()
            raise
        finally:
            self._depth = 0

    def _begin(self, how: str) -> None:
        self._ready()
        try:
            self._cursor.execute(how.encode(), prepare=False)
        except psycopg.Error as error:
            # Nothing was sent before: the same beginning on a new connection is the same transaction.
            if not self._connection.closed:
                self._undo()
                raise _fault(error) from error
            self._connect()
            self._ready()
            self._plain(how)
        self._depth = 1

    def _undo(self) -> None:
        if not self._connection.closed:
            self._plain("ROLLBACK")
        # What was bound inside is undone with it.
        self._bound = None

    # The whole store

    def tables(self) -> list[str]:
        """The name of every table, in order."""
        return sorted(self._keys)

    @contextmanager
    def made_anew(self, tables: Sequence[str], schema: Schema) -> Iterator[Callable[[str], Compared]]:
        """Put derived tables of this centre aside, so that they are empty inside; gives what compares one."""
        with self.atomic():
            for name in tables:
                before = quoted(f"before_{name}")
                self._ready()
                self._plain(f"CREATE TEMP TABLE {before} ON COMMIT DROP AS SELECT * FROM {quoted(name)}")  # noqa: S608
                self._plain(f"DELETE FROM {quoted(name)}")  # noqa: S608
            yield self._compared

    def _compared(self, name: str) -> Compared:
        table = self._keys[name]
        columns = tuple(column.name for column in table.columns)
        keys = [columns.index(key) for key in table.key]
        names = ", ".join(quoted(column) for column in columns)
        old, new = f"SELECT {names} FROM {quoted(f'before_{name}')}", f"SELECT {names} FROM {quoted(name)}"  # noqa: S608
        was, now = (
            {tuple(row[place] for place in keys): row for row in self.rows(sql)}
            for sql in (f"{old} EXCEPT {new}", f"{new} EXCEPT {old}")
        )
        return Compared(columns, was, now)

    def copy_to(self, path: Path) -> None:
        """Not done here: PostgreSQL has tools of its own for that."""
        raise StoreError("a store in PostgreSQL is copied by pg_dump or its own archive")

    def copy_log_to(self, path: Path, schema: Schema) -> None:
        """Not done here, as copy_to."""
        self.copy_to(path)

    def scour(self) -> None:
        """Not done here: nothing in a PostgreSQL is sealed, so nothing is destroyed."""
        raise StoreError("a store in PostgreSQL is not sealed")

    def damage(self, is_quick: bool = False) -> list[str]:
        """Nothing: PostgreSQL checks its pages itself as it reads them."""
        return []

    def laxness(self) -> list[str]:
        """The settings of the server that are off and may not be."""
        sql = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting <> 'on'"
        return [f"{row[0]} is off" for row in self.rows(sql)]

    def size_bytes(self) -> int:
        """The room of the database, without the journal of its server."""
        return int(self.value("SELECT pg_database_size(current_database())"))

    def close(self) -> None:
        """Close the connection; the store cannot be used afterwards."""
        self._connection.close()


@contextmanager
def told() -> Iterator[None]:
    """Turn what the world does to the database into a fault; what we did wrong stays what it is."""
    try:
        yield
    except psycopg.Error as error:
        raise _fault(error) from error


def _fault(error: psycopg.Error) -> Exception:
    state = error.sqlstate
    if state is None:
        # The connection itself: refused, cut, timed out.
        return DatabaseFault(Fault.unreachable) if isinstance(error, psycopg.OperationalError) else error
    fault = _FAULTS.get(state) or _FAULTS.get(state[:2])
    return error if fault is None else DatabaseFault(fault)
