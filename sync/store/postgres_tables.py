"""Makes the tables of the layout in PostgreSQL: every row of a centre, and of no other centre to be seen.

Every key begins with the centre, so that tables can be distributed by it. A policy on each table shows a connection
the rows of the one centre it is bound to, also to the owner of the tables; the log and the audit have no policy by
which a row could be changed or removed. Not here: which tables there are (layout.py), and binding (postgres.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from schema.model import Schema
from sync.store.layout import APPEND_ONLY, DERIVED_TABLES, DERIVED_VERSION, tables_of
from sync.store.table import Column, Table
from sync.tables import quoted

CENTRE = "current_setting('doorstep.centre', true)"
# As bytes sort, which is how SQLite sorts them, whatever the language of the database.
_TYPES = {"TEXT": 'text COLLATE "C"', "INTEGER": "bigint", "BLOB": "bytea"}
# What is looked up before the centre is known: to whom a session or a person belongs, and which centres there are.
_DIRECTORY = (
    'CREATE TABLE IF NOT EXISTS directory (what text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,'
    ' centre text COLLATE "C" NOT NULL, PRIMARY KEY (what, id))',
    "CREATE TABLE IF NOT EXISTS layout (version bigint NOT NULL PRIMARY KEY)",
)


def statements(schema: Schema, role: str) -> Iterator[str]:
    """What brings a database up to the layout, for the owner of its tables; each may be run again.

    role  the one that serves: it may read and write rows, and change no table
    """
    reader = quoted(role)
    yield from _DIRECTORY
    yield from _guarded("directory", {"SELECT": "true", "INSERT": f"centre = {CENTRE}"})
    yield f"GRANT SELECT, INSERT ON directory TO {reader}"
    yield f"GRANT SELECT ON layout TO {reader}"
    for table in tables_of(schema):
        yield from _created(table)
        own = f"centre = {CENTRE}"
        verbs = ("SELECT", "INSERT") if table.name in APPEND_ONLY else ("SELECT", "INSERT", "UPDATE", "DELETE")
        yield from _guarded(table.name, dict.fromkeys(verbs, own))
        yield f"GRANT {', '.join(verbs)} ON {quoted(table.name)} TO {reader}"
    yield f"INSERT INTO layout VALUES ({DERIVED_VERSION}) ON CONFLICT DO NOTHING"  # noqa: S608


def dropped(schema: Schema) -> Iterator[str]:
    """What removes every derived table, so that it is made anew."""
    for name in (*DERIVED_TABLES, *schema.kinds):
        yield f"DROP TABLE IF EXISTS {quoted(name)}"
    yield "DELETE FROM layout"


def columns_of(table: Table) -> tuple[str, ...]:
    """The names of a table's columns as they lie in it; the centre comes last where the layout has none."""
    names = tuple(column.name for column in table.columns)
    return names if "centre" in names else (*names, "centre")


def _created(table: Table) -> Iterator[str]:
    name = quoted(table.name)
    columns = [_column(column) for column in table.columns]
    if "centre" not in {column.name for column in table.columns}:
        columns.append(f'centre text COLLATE "C" NOT NULL DEFAULT {CENTRE}')
    parts = [*columns, f"PRIMARY KEY ({_keyed(table.key)})"]
    if table.unique is not None:
        parts.append(f"UNIQUE ({_keyed((table.unique,))})")
    yield f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(parts)})"
    for column in table.columns:
        yield f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {_column(column)}"
    for index in table.indexes:
        where = f" WHERE {index.where}" if index.where else ""
        yield f"CREATE INDEX IF NOT EXISTS {quoted(index.name)} ON {name} ({_keyed(index.columns)}){where}"


def _guarded(table: str, conditions: dict[str, str]) -> Iterator[str]:
    name = quoted(table)
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    for verb, condition in conditions.items():
        policy = quoted(f"{verb.lower()}_of_its_centre")
        clause = "WITH CHECK" if verb == "INSERT" else "USING"
        yield f"DROP POLICY IF EXISTS {policy} ON {name}"
        yield f"CREATE POLICY {policy} ON {name} FOR {verb} {clause} ({condition})"


def _column(column: Column) -> str:
    return f"{quoted(column.name)} {_TYPES[column.type]}{column.bounds}"


def _keyed(columns: tuple[str, ...]) -> str:
    return ", ".join(["centre", *(quoted(name) for name in columns if name != "centre")])
