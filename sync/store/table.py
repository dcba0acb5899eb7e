"""What a table is, said once for every database. Not here: which tables there are (layout.py), and their SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COLUMN = re.compile(r"(\w+) (TEXT|INTEGER|BLOB)( NOT NULL)?(?: DEFAULT ('\w*'))?")
_INDEX = re.compile(r"(\w+) \(([\w, ]+)\)(?: WHERE (.+))?")


@dataclass(frozen=True)
class Column:
    """One column. type: TEXT, INTEGER (64 bits) or BLOB; default: a literal of SQL."""

    name: str
    type: str
    is_required: bool = False
    default: str | None = None

    @property
    def bounds(self) -> str:
        """What stands behind its name and type in SQL."""
        default = "" if self.default is None else f" DEFAULT {self.default}"
        return f"{' NOT NULL' if self.is_required else ''}{default}"


@dataclass(frozen=True)
class Index:
    """One index; where: the condition of a partial one."""

    name: str
    columns: tuple[str, ...]
    where: str | None = None


@dataclass(frozen=True)
class Table:
    """One table.

    key         the columns of its primary key
    unique      a column besides, each value of which stands once
    is_ordered  its rows lie in the order of their key, which is the whole of what SQLite needs
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...] = ()
    unique: str | None = None
    is_ordered: bool = True


def table(
    name: str, key: str, columns: str, *indexes: str, unique: str | None = None, is_ordered: bool = True
) -> Table:
    """A table from the words of a layout: `name TYPE NOT NULL, ...`, and indexes as `name (columns) WHERE ...`."""
    return Table(
        name,
        tuple(key.split(", ")),
        tuple(_column(text.strip()) for text in columns.split(",")),
        tuple(_index(text) for text in indexes),
        unique,
        is_ordered,
    )


def _column(text: str) -> Column:
    found = _COLUMN.fullmatch(text)
    if found is None:
        raise ValueError(f"no column: {text}")
    return Column(found[1], found[2], found[3] is not None, found[4])


def _index(text: str) -> Index:
    found = _INDEX.fullmatch(text)
    if found is None:
        raise ValueError(f"no index: {text}")
    return Index(found[1], tuple(found[2].split(", ")), found[3])
