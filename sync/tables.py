"""One table for each record kind, derived from its declaration: a column a field, an index where one is declared.

Not here: what is written into them (materialise.py). Columns are only ever added: an old value stays where it is.
"""

import json
from typing import Any

import sqlite_utils

from schema.model import Field, Kind, Schema

NUMBERS = ("integer", "boolean")
DOCUMENTS = ("choices", "rows")


def quoted(name: str) -> str:
    """A declared name as an SQL identifier; some are words of SQL, such as `case`."""
    return '"' + name.replace('"', '""') + '"'


def is_document(field: Field) -> bool:
    """Whether a field's value is kept as JSON."""
    return field.type in DOCUMENTS


def column_type(field: Field) -> type:
    """How a field's value is stored; a date, a code and an id are all text that sorts as it should."""
    return int if field.type in NUMBERS else str


def stored(field: Field, value: Any) -> Any:
    """A displayed value in the form its column keeps."""
    if value is None:
        return None
    if is_document(field):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if field.type == "boolean":
        return int(value)
    return value


def read(field: Field, column: Any) -> Any:
    """A displayed value back from its column."""
    if column is None:
        return None
    if is_document(field):
        return json.loads(column)
    if field.type == "boolean":
        return bool(column)
    return column


def create_kind_tables(db: sqlite_utils.Database, schema: Schema) -> None:
    """Create a table for each kind, add columns for fields declared since, and create every declared index.

    Indexes also serve the references between kinds, which are followed backwards when a home moves to another team.
    """
    existing = set(db.table_names())
    for kind in schema.kinds.values():
        columns = {name: column_type(field) for name, field in kind.fields.items()}
        if kind.name in existing:
            known = set(db[kind.name].columns_dict)
            for name, column in columns.items():
                if name not in known:
                    db.conn.execute(f"ALTER TABLE {quoted(kind.name)} ADD COLUMN {_column(name, column)}")
        else:
            parts = ['"record" TEXT PRIMARY KEY', *(_column(name, column) for name, column in columns.items())]
            db.conn.execute(f"CREATE TABLE {quoted(kind.name)} ({', '.join(parts)}) WITHOUT ROWID")
        for fields in _indexes(kind):
            index = quoted(f"{kind.name}_by_{'_'.join(fields)}")
            names = ", ".join(quoted(name) for name in fields)
            db.conn.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {quoted(kind.name)} ({names})")


def _column(name: str, column: type) -> str:
    return f"{quoted(name)} {'INTEGER' if column is int else 'TEXT'}"


def _indexes(kind: Kind) -> list[tuple[str, ...]]:
    wanted = [*kind.indexes, *(duplicate.same for duplicate in kind.duplicates)]
    led = {fields[0] for fields in wanted}
    references = [(field.name,) for field in kind.fields.values() if field.type == "ref" and field.name not in led]
    return list(dict.fromkeys([*wanted, *references]))
