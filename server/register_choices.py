"""What the person who imports decided about a file: what its columns are, how a cell is mended, which rows stay out.

Not here: what would be written by it (register_plan).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schema.model import Schema
from server.register_columns import Column, recognise, targets, text_of
from server.register_header import Sheet
from server.register_sheet import Cell


@dataclass(frozen=True)
class Choices:
    """Nothing of it changes the file; the same file with the same choices gives the same import.

    columns   by position; None for a column that is not taken in. What is not named here keeps what its heading says
    fixes     (position, what the cell says) -> what it is to say, "" for nothing; wherever it stands in the column
    left_out  numbers of rows
    team      for homes for which neither the file nor their building says one
    """

    columns: Mapping[int, tuple[str, str] | None] = field(default_factory=dict)
    fixes: Mapping[tuple[int, str], str] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    team: str | None = None

    def columns_of(self, schema: Schema, sheet: Sheet) -> dict[int, Column]:
        """The columns that are taken in, each thing at most once, the first of two; headings unknown stay out."""
        known = recognise(schema, sheet.header)[0]
        possible = set(targets(schema))
        found: dict[int, Column] = {}
        for position, cell in enumerate(sheet.header):
            own = known.get(position)
            target = self.columns.get(position, (own.kind, own.field) if own else None)
            if target in possible and target not in {(column.kind, column.field) for column in found.values()}:
                found[position] = Column("" if cell is None else str(cell).strip()[:40], *target)
        return found

    def mended(self, cells: list[Cell]) -> list[Cell]:
        """The cells of a row with what was mended."""
        if not self.fixes:
            return cells
        return [self.fixes.get((position, text_of(cell)), cell) for position, cell in enumerate(cells)]


AS_IT_IS = Choices()
