"""One table for each record kind, derived from its declaration: a column a field, an index where one is declared.

Not here: what is written into them (materialise.py). Columns are only ever added: an old value stays where it is.
"""

from collections.abc import Sized
from functools import cache
from typing import Any

from schema.field_types import IN_PARTS
from schema.model import Field, Kind
from sync import json_text
from sync.store.table import Column, Index, Table

NUMBERS = ("integer", "boolean")
# At most so many rows, a parameter. SQLite plans a statement anew for each number bound to LIMIT itself, which takes
# longer than most answers; the sum keeps it from looking.
AT_MOST = "LIMIT (? + 0)"


def quoted(name: str) -> str:
    """A declared name as an SQL identifier; some are words of SQL, such as `case`."""
    return '"' + name.replace('"', '""') + '"'


def one_of(values: Sized) -> str:
    """The right side of IN for so many values: `(?, ?, ?)`."""
    return f"({', '.join('?' * len(values))})"


def is_document(field: Field) -> bool:
    """Whether a field's value is kept as JSON."""
    return field.type in IN_PARTS


def column_type(field: Field) -> str:
    """How a field's value is stored; a date, a code and an id are all text that sorts as it should."""
    return "INTEGER" if field.type in NUMBERS else "TEXT"


def stored(field: Field, value: Any) -> Any:
    """A displayed value in the form its column keeps. Nothing searches by a long text: the claims have it already."""
    if value is None or field.type == "long_text":
        return None
    if field.type in IN_PARTS:
        return json_text.ordered(value)
    return int(value) if field.type == "boolean" else value


def is_kept_otherwise(field: Field) -> bool:
    """Whether `stored` makes something else of some value."""
    return field.type in ("long_text", "boolean", *IN_PARTS)


@cache
def table_of(kind: Kind) -> Table:
    """The table of a kind: its values by record.

    Indexes also serve the references between kinds, which are followed backwards when a home moves to another team.
    """
    columns = (Column(name, column_type(field)) for name, field in kind.fields.items())
    indexes = (Index(f"{kind.name}_by_{'_'.join(fields)}", fields) for fields in _indexes(kind))
    return Table(kind.name, ("record",), (Column("record", "TEXT", True), *columns), tuple(indexes))


def _indexes(kind: Kind) -> list[tuple[str, ...]]:
    wanted = [*kind.indexes, *(duplicate.same for duplicate in kind.duplicates)]
    led = {fields[0] for fields in wanted}
    references = [(field.name,) for field in kind.fields.values() if field.type == "ref" and field.name not in led]
    several = list(dict.fromkeys([*wanted, *references]))
    # One that another begins with finds nothing that the other would not.
    return [one for one in several if not any(other[: len(one)] == one and other != one for other in several)]
