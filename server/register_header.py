"""Finds the sheet of a register and the row, or the two rows, that hold its headings.

Not here: what a heading means (register_columns).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.register_sheet import Cell, Page, is_blank

# A title, who filled it in and when, how to fill it in: what stands above the headings of a register.
SEARCHED_ROWS_MAX = 20
HEADINGS_MIN = 2


@dataclass(frozen=True)
class Sheet:
    """The table of a register: its heading cells, the row they end in, and the rows below with their numbers."""

    name: str
    header: list[Cell]
    header_row: int
    rows: list[tuple[int, list[Cell]]]


def find_sheet(pages: Sequence[Page], is_heading: Callable[[Cell], bool]) -> Sheet | None:
    """The sheet and row with the most headings, the first of equals; None where no row has two."""
    best: tuple[int, Page, int] | None = None
    for page in pages:
        for index, (_, cells) in enumerate(page.rows[:SEARCHED_ROWS_MAX]):
            count = _headings(cells, is_heading)
            if count >= HEADINGS_MIN and (best is None or count > best[0]):
                best = (count, page, index)
    if best is None:
        return None
    _, page, index = best
    first = index - 1 if index > 0 and _goes_with(page.rows[index - 1][1], is_heading) else index
    # Two rows of headings, never three: the third would be somebody's name.
    is_pair = index + 1 < len(page.rows) and _goes_with(page.rows[index + 1][1], is_heading)
    last = index + 1 if first == index and is_pair else index
    header = _joined(page.rows[first][1], page.rows[last][1])
    names = [str(cell).strip() for cell in header if not is_blank(cell)]
    # Printed registers repeat their headings on each page.
    below = [
        row for row in page.rows[last + 1 :] if [str(cell).strip() for cell in row[1] if not is_blank(cell)] != names
    ]
    return Sheet(page.name, header, page.rows[last][0], below)


def _headings(cells: Sequence[Cell], is_heading: Callable[[Cell], bool]) -> int:
    return len({str(cell).strip() for cell in cells if not is_blank(cell) and is_heading(cell)})


def _goes_with(cells: Sequence[Cell], is_heading: Callable[[Cell], bool]) -> bool:
    filled = sum(not is_blank(cell) for cell in cells)
    return _headings(cells, is_heading) >= HEADINGS_MIN and 2 * _headings(cells, is_heading) >= filled


def _joined(upper: list[Cell], lower: list[Cell]) -> list[Cell]:
    """The lower heading says more: "address" stands above estate, building and room."""
    width = max(len(upper), len(lower))
    above, below = (row + [None] * (width - len(row)) for row in (upper, lower))
    return [one if is_blank(other) else other for one, other in zip(above, below, strict=True)]
