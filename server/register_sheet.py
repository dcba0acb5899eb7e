"""Reads the cells of a register out of an xlsx, xls or csv file, or out of a block that was copied from one.

Not here: which row holds the headings (register_header), and what a column or a cell means (register_columns).
"""

# openpyxl and xlrd ship without types.
# mypy: disable-error-code="import-untyped"

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree.ElementTree import ParseError  # nosec B405

from schema.model import Problem


@dataclass(frozen=True)
class NotAValue:
    """A formula, or the error that one gave: what it would come to is never worked out here."""

    text: str

    def __str__(self) -> str:
        return self.text


Cell: TypeAlias = str | int | float | bool | datetime | date | time | NotAValue | None
Range: TypeAlias = tuple[tuple[int, int], tuple[int, int]]

FILE_BYTES_MAX = 20 * 1024 * 1024
# An xlsx file is a zip archive: a small one can hold a great deal.
UNPACKED_BYTES_MAX = 200 * 1024 * 1024
ROWS_MAX = 20_000
COLUMNS_MAX = 60
PAGES_MAX = 20
# What merged cells may be spread over; many that overlap would keep the server busy for nothing.
SPREAD_MAX = ROWS_MAX * COLUMNS_MAX
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


@dataclass(frozen=True)
class Page:
    """One sheet of a file: (row number as in the file, cells) of each row with content."""

    name: str
    rows: list[tuple[int, list[Cell]]]


def read_pages(path: Path) -> list[Page] | Problem:
    """The sheets of a file, or why it cannot be read."""
    try:
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            return _too_large(size, FILE_BYTES_MAX)
        content = path.read_bytes()
    except OSError:
        return Problem("import_unreadable")
    return pages_of(content, path.suffix)


def pages_of(content: bytes, suffix: str) -> list[Page] | Problem:
    """The sheets in the bytes of a file, or why they cannot be read.

    suffix  how the file's name ends, with its dot; it says what the file should be, and the bytes have to agree
    """
    if len(content) > FILE_BYTES_MAX:
        return _too_large(len(content), FILE_BYTES_MAX)
    match suffix.lower():
        case ".xlsx" | ".xlsm":
            return _read_xlsx(content)
        case ".xls":
            return _read_xls(content)
        case ".csv" | ".txt":
            return _read_csv(content)
    return Problem("import_unreadable", details={"suffix": suffix[:10]})


def is_blank(cell: Cell) -> bool:
    """Whether nobody would see anything in this cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _too_large(size: int, most: int) -> Problem:
    return Problem("request_too_large", details={"bytes": size, "bytes_max": most})


def _read_xlsx(content: bytes) -> list[Page] | Problem:
    # Here, because every other command and the server itself would wait a fifth of a second for it at each start.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED_BYTES_MAX:
            return _too_large(unpacked, UNPACKED_BYTES_MAX)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        try:
            pages = []
            for sheet in book.worksheets[:PAGES_MAX]:
                # What a file says of its own size is often wrong; the rows themselves are asked.
                sheet.reset_dimensions()
                cells = ([_xlsx_value(cell) for cell in row] for row in sheet.iter_rows())
                page = _page(sheet.title, cells, _merged_in(archive.read(sheet._worksheet_path)))
                if isinstance(page, Problem):
                    return page
                pages.append(page)
            return pages or Problem("import_unreadable")
        finally:
            book.close()
    except (zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError):
        return Problem("import_unreadable")
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, RuntimeError, OSError):
        # What a damaged file, or one locked by a password, misleads the reader into.
        return Problem("import_unreadable")


def _xlsx_value(cell: Any) -> Cell:
    value, number_format = cell.value, cell.number_format
    if cell.data_type in ("f", "e"):
        return NotAValue(str(value))
    if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch(r"0+", number_format or ""):
        return str(value).zfill(len(number_format or ""))  # the sheet shows 0502 for the number 502
    if value is None or isinstance(value, str | int | float | bool | datetime | date | time):
        return value
    return str(value)


def _merged_in(xml: bytes) -> list[Range]:
    """The merged cells of a sheet, which openpyxl does not tell while it reads row by row."""
    found = []
    for match in _MERGED.finditer(xml):
        left, top, right, bottom = (part.decode() for part in match.groups())
        found.append(((int(top) - 1, _column(left)), (int(bottom) - 1, _column(right))))
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _read_xls(content: bytes) -> list[Page] | Problem:
    import xlrd

    try:
        # What it has to say about an odd file is told to nobody.
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        pages = []
        for sheet in book.sheets()[:PAGES_MAX]:
            cells = ([_xls_value(cell, book.datemode) for cell in sheet.row(at)] for at in range(sheet.nrows))
            merged = [((top, left), (bottom - 1, right - 1)) for top, bottom, left, right in sheet.merged_cells]
            page = _page(sheet.name, cells, merged)
            if isinstance(page, Problem):
                return page
            pages.append(page)
        return pages or Problem("import_unreadable")
    # The format has no checks of its own: a damaged file fails in whatever part of the reader it misleads.
    except Exception:
        return Problem("import_unreadable")


def _xls_value(cell: Any, datemode: int) -> Cell:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        moment: datetime = xlrd.xldate_as_datetime(cell.value, datemode)
        return moment
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return NotAValue(xlrd.error_text_from_code.get(cell.value, "#"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return cell.value if isinstance(cell.value, str | float) else None


def _read_csv(content: bytes) -> list[Page] | Problem:
    # GB18030 is what Excel writes in China. Almost any bytes are valid in it, so it comes second.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        try:
            # A title above the headings has no separator at all, so more than the first line is asked.
            head = text[:2000]
            separator = max(",\t;", key=head.count)
            page = _page("", csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), [])
            return page if isinstance(page, Problem) else [page]
        except csv.Error:
            break
    return Problem("import_unreadable")


def _page(name: str, rows: Iterable[Iterable[Cell]], merged: Iterable[Range]) -> Page | Problem:
    found: dict[int, list[Cell]] = {}
    for number, cells in enumerate(rows, 1):
        row = list(cells)
        if number > ROWS_MAX or any(not is_blank(cell) for cell in row[COLUMNS_MAX:]):
            return Problem("request_too_large", details={"rows_max": ROWS_MAX, "columns_max": COLUMNS_MAX})
        if any(not is_blank(cell) for cell in row):
            found[number] = row[:COLUMNS_MAX]
    if not _spread(found, merged):
        return Problem("request_too_large", details={"cells_max": SPREAD_MAX})
    return Page(name, sorted(found.items()))


def _spread(rows: dict[int, list[Cell]], merged: Iterable[Range]) -> bool:
    """Give each row the value of the cell that was merged downwards over it; False where that is too much.

    Not sideways: one building written over two columns is not also a room.
    """
    spread = 0
    for (top, left), (bottom, _) in merged:
        first = rows.get(top + 1, [])
        value = first[left] if left < len(first) else None
        if bottom == top or is_blank(value):
            continue
        for number in range(top + 2, min(bottom + 1, ROWS_MAX) + 1):
            spread += 1
            if spread > SPREAD_MAX:
                return False
            row = rows.get(number)
            # A row that has nothing but what is merged over it says nothing.
            if row is not None:
                row.extend([None] * (left + 1 - len(row)))
                row[left] = value
    return True
