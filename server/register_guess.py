"""What each column of a register seems to be, by its heading and by what stands below it, and how sure that is.

Not here: the words for headings and choices (register_columns), and what the person decides (register_choices).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from schema.model import Schema
from server.register_columns import Column, lost_value, meaning_of, recognise, text_of, values_of
from server.register_header import Sheet
from server.register_sheet import Cell, is_blank

# What is looked at below a heading, and which part of it has to agree.
LOOKED_AT_MAX = 200
AGREE_PER_CENT = 80
SAMPLES = 3
_ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,15}·[\u4e00-\u9fff]{1,15}")
_ROOM = re.compile(r"\d{3,4}(?:室|房|号)?")


@dataclass(frozen=True)
class Guess:
    """One column of the file.

    target  kind and field, None for what is not taken in
    how     heading: it says so; content: what stands below looks like it; none: neither does
    lost    how many cells of it lost digits or are formulas
    id_number  it holds numbers of identity cards, which the register does not keep
    """

    position: int
    heading: str
    target: tuple[str, str] | None
    how: str
    samples: tuple[str, ...]
    lost: int
    id_number: bool


def guessed(schema: Schema, sheet: Sheet) -> list[Guess]:
    """Every column that has a heading or anything below it, in the order of the file."""
    known = recognise(schema, sheet.header)[0]
    taken = {(column.kind, column.field) for column in known.values()}
    width = max([len(sheet.header), *(len(cells) for _, cells in sheet.rows)])
    guesses = []
    for position in range(width):
        heading = sheet.header[position] if position < len(sheet.header) else None
        below = [cells[position] for _, cells in sheet.rows if position < len(cells) and not is_blank(cells[position])]
        if is_blank(heading) and not below:
            continue
        column = known.get(position)
        target, how = ((column.kind, column.field), "heading") if column else (None, "none")
        looked_at = below[:LOOKED_AT_MAX]
        is_id = _mostly(looked_at, lambda cell: _ID_NUMBER.fullmatch(text_of(cell)) is not None or _is_lost(cell))
        if target is None and meaning_of(schema, heading) is None and not is_id:
            likely = next((one for one, test in _tests(schema) if one not in taken and _mostly(looked_at, test)), None)
            if likely is not None:
                target, how = likely, "content"
                taken.add(likely)
        samples = tuple(dict.fromkeys(text_of(cell)[:40] for cell in looked_at))[:SAMPLES]
        lost = sum(_is_lost(cell) for cell in below)
        guesses.append(
            Guess(
                position,
                "" if heading is None else str(heading).strip()[:40],
                target,
                how,
                samples,
                lost,
                is_id and column is None,
            )
        )
    return guesses


def _tests(schema: Schema) -> list[tuple[tuple[str, str], Callable[[Cell], bool]]]:
    """What a column can be recognised as without a heading, the surest first."""

    def reads_as(kind: str, field: str) -> Callable[[Cell], bool]:
        column = {0: Column("", kind, field)}

        def test(cell: Cell) -> bool:
            row = values_of(schema, {}, column, [cell])
            return not row.problems and any(row.values.values())

        return test

    choices = [("resident", name) for name in ("sex", "relation", "residence_status", "risk_level")]
    found = [(target, reads_as(*target)) for target in choices]
    found.append((("shared", "phone"), lambda cell: re.fullmatch(r"1\d{10}|0\d{9,11}", _digits(cell)) is not None))
    found.append((("resident", "born_on"), reads_as("resident", "born_on")))
    found.append((("shared", "address"), reads_as("shared", "address")))
    found.append((("resident", "name"), lambda cell: _PERSON.fullmatch(text_of(cell)) is not None))
    found.append((("household", "room"), lambda cell: _ROOM.fullmatch(text_of(cell)) is not None))
    return found


def _digits(cell: Cell) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text_of(cell)))


def _is_lost(cell: Cell) -> bool:
    return lost_value(cell, None) is not None


def _mostly(cells: list[Cell], test: Callable[[Cell], bool]) -> bool:
    return bool(cells) and 100 * sum(map(test, cells)) >= AGREE_PER_CENT * len(cells)
