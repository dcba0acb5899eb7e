"""Paths that lead to a column of a record's own rows: the several people that one record names.

Not here: paths through other records, which need them at hand (sync/visibility.py).
"""

from collections.abc import Mapping
from functools import lru_cache

from schema.model import Field, Kind, Value, Values


@lru_cache(maxsize=1000)
def in_rows(kind: Kind, path: str) -> tuple[Field, str] | None:
    """The field of type rows and the name of its column that a path names; None for any other path."""
    first, dot, column = path.partition(".")
    field = kind.fields.get(first)
    return (field, column) if field is not None and field.type == "rows" and dot else None


def column_values(values: Values, field: Field, column: str) -> list[Value]:
    """What stands in one column of all rows that have something there."""
    rows: Value = values.get(field.name)
    found = rows.values() if isinstance(rows, Mapping) else ()
    return [row[column] for row in found if isinstance(row, Mapping) and row.get(column) is not None]
