"""Makes the tables of the layout in a SQLite file. Not here: which tables there are (layout.py)."""

import secrets
from collections.abc import Collection, Mapping

import sqlite_utils

from schema.model import Schema
from sync.store.layout import APPEND_ONLY, DERIVED_TABLES, DERIVED_VERSION, FORMER_TABLES, tables_of
from sync.store.table import Column, Table
from sync.tables import quoted

_APPEND_ONLY = {
    f"{table}_is_never_{how}": f"CREATE TRIGGER {table}_is_never_{how} BEFORE {verb} ON {table}"
    f" BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END"
    for table in APPEND_ONLY
    for how, verb in (("changed", "UPDATE"), ("shortened", "DELETE"))
}
# Every table, index and trigger by its name, a row for each column it has.
_EXISTING = "SELECT m.name, c.name FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c"


def is_outdated(db: sqlite_utils.Database) -> bool:
    """Whether the derived tables of this store were made by an older version, or left out of a copy."""
    names = db.table_names()
    if "log" not in names:
        return False
    return "record" not in names or db.conn.execute("PRAGMA user_version").fetchone()[0] < DERIVED_VERSION


def drop_derived(db: sqlite_utils.Database, schema: Schema) -> None:
    """Drop every derived table, also those that only an older version had."""
    for name in (*DERIVED_TABLES, *FORMER_TABLES, *schema.kinds):
        db.conn.execute(f"DROP TABLE IF EXISTS {quoted(name)}")


def create_tables(db: sqlite_utils.Database, schema: Schema) -> None:
    """Create what is missing and add columns for newly declared fields; nothing is ever dropped or re-typed here."""
    existing: dict[str, set[str]] = {}
    for name, column in db.conn.execute(_EXISTING):
        existing.setdefault(name, set()).add(column)
    for table in tables_of(schema):
        for statement in _statements(table, existing):
            db.conn.execute(statement)
    for name, statement in _APPEND_ONLY.items():
        if name not in existing:
            db.conn.execute(statement)
    if db.conn.execute("PRAGMA user_version").fetchone()[0] != DERIVED_VERSION:
        db.conn.execute(f"PRAGMA user_version = {DERIVED_VERSION}")
    db.conn.execute("INSERT INTO counter VALUES ('revision', 0) ON CONFLICT DO NOTHING")
    db.conn.execute("INSERT OR IGNORE INTO counter SELECT 'log', coalesce(max(position), 0) FROM log")
    # The epoch names this life of the store. A restored backup gets a new one, and phones then push again.
    db.conn.execute("INSERT INTO setting VALUES ('epoch', ?) ON CONFLICT DO NOTHING", (secrets.token_hex(8),))


def _statements(table: Table, existing: Mapping[str, Collection[str]]) -> list[str]:
    """The SQL that brings a table up to the layout; `existing` are the columns of what there is, by its name."""
    name = quoted(table.name)
    if table.name in existing:
        known = existing[table.name]
        statements = [
            f"ALTER TABLE {name} ADD COLUMN {_column(column)}" for column in table.columns if column.name not in known
        ]
    else:
        parts = [_column(column) for column in table.columns]
        parts.append(f"PRIMARY KEY ({_names(table.key)})")
        if table.unique is not None:
            parts.append(f"UNIQUE ({quoted(table.unique)})")
        order = " WITHOUT ROWID" if table.is_ordered else ""
        statements = [f"CREATE TABLE {name} ({', '.join(parts)}){order}"]
    for index in table.indexes:
        if index.name not in existing:
            where = f" WHERE {index.where}" if index.where else ""
            statements.append(f"CREATE INDEX {quoted(index.name)} ON {name} ({_names(index.columns)}){where}")
    return statements


def _column(column: Column) -> str:
    return f"{quoted(column.name)} {column.type}{column.bounds}"


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in columns)
