"""What the columns of a centre's register mean, and how a cell becomes a value of a declared field.

Not here: reading the file (register_sheet), recognising homes and writing (register).
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from schema.field_types import IN_ROWS
from schema.model import Field, Kind, Problem, Schema
from schema.validate import check_write
from server.register_sheet import Cell, NotAValue, is_blank

_TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "register_columns.toml").read_text("utf-8"))
_KINDS = ("household", "resident")
IGNORED = ("shared", "ignored")
# The day before the first of a spreadsheet's calendar, as it counts since 1900 was taken for a leap year; and the
# numbers that stand for days from 1900 to 2119.
_DAY_ZERO = date(1899, 12, 30)
_DAYS = range(61, 80_000)
# A spreadsheet keeps fifteen digits of a number; of a longer one it writes 4.40306E+17.
_DIGITS_KEPT = 15
_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,3}")
_PLACE_SUFFIX = {"building": "号楼|栋|幢|座|楼|号", "unit": "单元|梯", "room": "室|房|号"}
_ADDRESS = re.compile(
    r"(?P<estate>.*?)[\s,，]*(?P<building>[0-9]+|[A-Za-z][0-9]*)\s*(?:号楼|栋|幢|座|-)\s*"
    r"(?:(?P<unit>[0-9A-Za-z]+)\s*(?:单元|梯|-)\s*)?(?P<room>[0-9A-Za-z]+)\s*(?:室|房|号)?"
)


@dataclass(frozen=True)
class Column:
    """One column of the file: its heading, and what it fills. `kind` is household, resident or shared."""

    heading: str
    kind: str
    field: str


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell, or with a value that a row should have; `column` is the heading in the file, `text`
    what the cell says.
    """

    column: str
    problem: Problem
    text: str | None = None


def recognise(schema: Schema, header: list[Cell]) -> tuple[dict[int, Column], list[CellProblem]]:
    """The columns by their position, and headings that are unknown or that say the same as another."""
    columns: dict[int, Column] = {}
    problems = []
    for position, cell in enumerate(header):
        heading = "" if cell is None else str(cell).strip()
        target = meaning_of(schema, cell)
        if not heading or target == IGNORED:
            continue
        if target is None or target in {(column.kind, column.field) for column in columns.values()}:
            problems.append(CellProblem(heading[:40], Problem("import_unknown_column")))
        else:
            columns[position] = Column(heading[:40], *target)
    return columns, problems


def meaning_of(schema: Schema, heading: Cell) -> tuple[str, str] | None:
    """The kind and field that a heading stands for, None where it is not known."""
    return None if is_blank(heading) else _headings(schema).get(_plain(str(heading)))


def targets(schema: Schema) -> list[tuple[str, str]]:
    """All that a column can stand for."""
    declared = [(kind, field.name) for kind in _KINDS for field in _fields(schema.kinds[kind])]
    return [("shared", name) for name in _TABLE["shared"] if ("shared", name) != IGNORED] + declared


@cache
def _headings(schema: Schema) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for kind in ("shared", *_KINDS):
        for field, words in _TABLE[kind].items():
            for word in words:
                found.setdefault(_plain(word), (kind, field))
    for kind in _KINDS:
        for declared in _fields(schema.kinds[kind]):
            for word in (declared.name, declared.words.zh, declared.words.en):
                found.setdefault(_plain(word), (kind, declared.name))
    return found


def _fields(kind: Kind) -> list[Field]:
    return [field for field in kind.fields.values() if field.type not in ("ref", *IN_ROWS) and not field.derive]


def _plain(word: str) -> str:
    word = unicodedata.normalize("NFKC", word).lower()
    return re.sub(r"\(.*?\)|[\s*_:：、]", "", word)


class Row:
    """The values of one row, by kind and field key, with what could not be understood."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any]] = {kind: {} for kind in (*_KINDS, "shared")}
        self.problems: list[CellProblem] = []


def values_of(schema: Schema, teams: dict[str, str], columns: dict[int, Column], cells: list[Cell]) -> Row:
    """Turn the cells of one row into values.

    teams  team name -> team id, for the column that names the team
    """
    row = Row()
    for position, column in columns.items():
        cell = cells[position] if position < len(cells) else None
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        if column.field == "address" and column.kind == "shared":
            _read_address(row, column, cell)
            continue
        if lost := lost_value(cell, column.field):
            row.problems.append(CellProblem(column.heading, lost, text_of(cell)))
            continue
        kind, field_name = ("resident", column.field) if column.kind == "shared" else (column.kind, column.field)
        if (kind, field_name) == ("resident", "remarks"):
            row.values["shared"]["remarks"] = str(cell).strip()
            continue
        field = schema.kinds[kind].fields[field_name]
        value = _value(field, cell, teams)
        filled = {f"{field_name}.{code}": True for code in value} if isinstance(value, list) else {field_name: value}
        for field_key, part in filled.items():
            judged = part if isinstance(part, Problem) else check_write(schema.kinds[kind], field_key, part)
            if isinstance(judged, Problem):
                row.problems.append(CellProblem(column.heading, judged, text_of(cell)))
            else:
                row.values[column.kind][field_key] = judged
    return row


def lost_value(cell: Cell, field: str | None) -> Problem | None:
    """Why what was once written in a cell cannot be known any more: a formula, or digits that a spreadsheet dropped."""
    if isinstance(cell, NotAValue):
        return Problem("import_formula", field)
    is_shortened = isinstance(cell, str) and _SHORTENED.fullmatch(cell.strip()) is not None
    is_long = isinstance(cell, int | float) and abs(cell) >= 10**_DIGITS_KEPT
    return Problem("import_lost_digits", field) if is_shortened or is_long else None


def text_of(cell: Cell) -> str:
    """What a cell says, in the form in which it is shown and mended."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**_DIGITS_KEPT else str(cell)
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    return "" if cell is None else str(cell).strip()


def _read_address(row: Row, column: Column, cell: Cell) -> None:
    match = _ADDRESS.fullmatch(unicodedata.normalize("NFKC", str(cell)).strip())
    if match is None:
        row.problems.append(CellProblem(column.heading, Problem("import_address", "room"), text_of(cell)))
        return
    for field, text in match.groupdict().items():
        if text:
            row.values["household"].setdefault(field, text)


def _value(field: Field, cell: Cell, teams: dict[str, str]) -> Any:
    """The value a cell stands for: a Problem where it stands for none, a list of codes for a field of several."""
    if field.type == "date":
        return _date(field, cell)
    if isinstance(cell, bool | datetime | date) or not isinstance(cell, str | int | float):
        # "5-1" typed into a sheet becomes the first of May: the room it was meant to be is lost.
        return Problem("wrong_type", field.name)
    text = text_of(cell)
    if field.type == "phone":
        return _phone(text, is_number=not isinstance(cell, str))
    if field.type == "team":
        known = teams.get(text) or (text if text in teams.values() else None)
        return known or Problem("unknown_choice", field.name)
    if field.type == "choice":
        return _code(field, text)
    if field.type == "choices":
        codes = [_code(field, part) for part in re.split(r"[、，,;；/|]+", text) if part.strip()]
        return next((code for code in codes if isinstance(code, Problem)), codes)
    if field.name in _PLACE_SUFFIX:
        return re.sub(rf"\s*(?:{_PLACE_SUFFIX[field.name]})$", "", unicodedata.normalize("NFKC", text))
    return text


def _phone(text: str, is_number: bool) -> str:
    digits = unicodedata.normalize("NFKC", text)
    # A sheet that takes a telephone for a number drops the 0 of its area code; mobile phones begin with 1.
    is_mobile = len(digits) == 11 and digits.startswith("1")
    if is_number and len(digits) in (10, 11) and not is_mobile and not digits.startswith(("400", "800")):
        return "0" + digits
    return digits


def _date(field: Field, cell: Cell) -> str | Problem:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return Problem("wrong_type", field.name)
    if not isinstance(cell, str) and int(cell) in _DAYS:
        return (_DAY_ZERO + timedelta(days=int(cell))).isoformat()
    text = unicodedata.normalize("NFKC", text_of(cell))
    match = re.fullmatch(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+00?:00(?::00)?)?|(\d{4})(\d\d)(\d\d)", text
    )
    if match is None:
        return Problem("wrong_type", field.name)
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return Problem("wrong_type", field.name)


def _code(field: Field, text: str) -> str | Problem:
    if field.vocabulary is None:
        return Problem("unknown_choice", field.name)
    extra = _TABLE["words"].get(field.of, {})
    wanted = _plain(text)
    for code, choice in field.vocabulary.choices.items():
        words = [code, choice.words.zh, choice.words.en, *extra.get(code, [])]
        if not choice.retired and wanted in {_plain(word) for word in words}:
            return code
    return Problem("unknown_choice", field.name)
