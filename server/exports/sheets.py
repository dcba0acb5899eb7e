"""The file of an export: who took it, when and under which number on top and on every printed page, then the records as
text, cell by cell.

Not here: whether it may be made (sync/exports.py), and what may stand in a cell (cells.py).
"""

# openpyxl ships without types.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema.model import Column, Field, Kind, Value
from schema.words import choice_words, value_words
from server.exports.cells import guarded, is_formula, masked, readable
from sync.shapes import ExportRow
from sync.titles import Titles

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
TEXT = "@"
# In place of what the person has not agreed to.
WITHHELD = "（本人未同意，不导出）"


@dataclass(frozen=True)
class Sheet:
    """A table of texts below one line that says whose it is."""

    watermark: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sheet_of(kind: Kind, rows: Sequence[ExportRow], titles: Titles, watermark: str, is_whole: bool) -> Sheet:
    """The records in the words of the centre. Files do not travel this way; how a record is named here, neither."""
    fields = [field for field in kind.fields.values() if field.type != "files"]

    def cells(row: ExportRow) -> Iterator[str]:
        yield row.title_zh
        for field in fields:
            yield WITHHELD if field.name in row.withheld else text_of(kind, field, row.values.get(field.name), titles)

    def shown(text: str) -> str:
        return readable(text if is_whole else masked(text))

    head = (kind.one.zh, *(field.words.zh for field in fields))
    return Sheet(readable(watermark), head, tuple(tuple(map(shown, cells(row))) for row in rows))


def as_csv(sheet: Sheet) -> bytes:
    """For every program that reads tables: each cell in quotes, and none of them a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    for row in ((sheet.watermark,), sheet.head, *sheet.rows):
        writer.writerow([guarded(cell) for cell in row])
    # Without the mark at its head, spreadsheets read Chinese in another encoding.
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """For a spreadsheet: every cell is told to be text, and what looks like a formula to stay so when it is edited."""
    # Here, because the server would wait a fifth of a second for it at each start.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet("导出")
    page.oddHeader.center.text = page.oddFooter.center.text = sheet.watermark.replace("&", "&&")

    def cell(text: str) -> WriteOnlyCell:
        made = WriteOnlyCell(page, value=text)
        # Left alone, a text that begins with = would have become a formula.
        made.data_type = "s"
        made.number_format, made.quotePrefix = TEXT, int(is_formula(text))
        return made

    for row in ((sheet.watermark,), sheet.head, *sheet.rows):
        page.append([cell(text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text_of(kind: Kind, field: Field, value: Value, titles: Titles) -> str:
    """One value in the words of the centre; "" for none."""
    if value is None:
        return ""
    if field.type == "choices":
        return "、".join(choice_words(field, code, "zh") for code, is_chosen in value.items() if is_chosen)
    if field.type == "state" and kind.states is not None and value in kind.states.states:
        return kind.states.states[value].zh
    if field.type == "rows":
        rows = (
            [_plain(column, row.get(name), titles) for name, column in field.columns.items()] for row in value.values()
        )
        return "\n".join(" · ".join(filter(None, row)) for row in rows)
    return _plain(field, value, titles)


def _plain(field: Field | Column, value: Value, titles: Titles) -> str:
    return value_words(field, value, "zh", lambda of, id: titles.called(of, id, "zh"))
