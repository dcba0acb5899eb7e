"""Reads the cells of a register out of an xlsx or csv file.

Not here: what a column or a cell means (register_columns).
"""

# openpyxl ships without types.
# mypy: disable-error-code="import-untyped"

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeAlias
from xml.etree.ElementTree import ParseError  # nosec B405

from schema.model import Problem

Cell: TypeAlias = str | int | float | bool | datetime | date | time | None

FILE_BYTES_MAX = 20 * 1024 * 1024
# An xlsx file is a zip archive: a small one can hold a great deal.
UNPACKED_BYTES_MAX = 200 * 1024 * 1024
ROWS_MAX = 20_000
COLUMNS_MAX = 60


@dataclass(frozen=True)
class Sheet:
    """The first sheet of a file: its heading cells, and (row number as in the file, cells) of each row with content."""

    header: list[Cell]
    rows: list[tuple[int, list[Cell]]]


def read_sheet(path: Path) -> Sheet | Problem:
    """The cells of a file, or why it cannot be read. Formulas give the value that was last calculated."""
    try:
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            return Problem("request_too_large", details={"bytes": size, "bytes_max": FILE_BYTES_MAX})
        content = path.read_bytes()
    except OSError:
        return Problem("import_unreadable")
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _read_xlsx(content)
    if path.suffix.lower() in {".csv", ".txt"}:
        return _read_csv(content)
    return Problem("import_unreadable", details={"suffix": path.suffix[:10]})


def _read_xlsx(content: bytes) -> Sheet | Problem:
    # Here, because every other command and the server itself would wait a fifth of a second for it at each start.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED_BYTES_MAX:
            return Problem("request_too_large", details={"bytes": unpacked, "bytes_max": UNPACKED_BYTES_MAX})
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            # What a file says of its own size is often wrong; the rows themselves are asked.
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            return _gathered([_xlsx_value(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows())
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError, OSError):
        return Problem("import_unreadable")


def _xlsx_value(value: object, number_format: str | None) -> Cell:
    if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch(r"0+", number_format or ""):
        return str(value).zfill(len(number_format or ""))  # the sheet shows 0502 for the number 502
    if value is None or isinstance(value, str | int | float | bool | datetime | date | time):
        return value
    return str(value)


def _read_csv(content: bytes) -> Sheet | Problem:
    # GB18030 is what Excel writes in China. Almost any bytes are valid in it, so it comes second.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        try:
            first = text.partition("\n")[0]
            separator = max(",\t;", key=first.count)
            return _gathered(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        except csv.Error:
            break
    return Problem("import_unreadable")


def _gathered(rows: Iterable[Iterable[Cell]]) -> Sheet | Problem:
    numbered: Iterator[tuple[int, list[Cell]]] = ((number, list(row)) for number, row in enumerate(rows, 1))
    header = next(numbered, (1, []))[1]
    found = []
    for number, row in numbered:
        if number > ROWS_MAX or any(not _is_blank(cell) for cell in row[COLUMNS_MAX:]):
            return Problem("request_too_large", details={"rows_max": ROWS_MAX, "columns_max": COLUMNS_MAX})
        if any(not _is_blank(cell) for cell in row):
            found.append((number, row[:COLUMNS_MAX]))
    return Sheet(header[:COLUMNS_MAX], found)


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
