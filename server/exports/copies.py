"""The file of a person's own copy: one line for each thing that is kept about them, without the names and numbers of
others.

Not here: which records those are (sync/copies.py), and how a sheet becomes a file (sheets.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schema.model import Field, Kind, Schema
from server.exports.cells import masked, readable
from server.exports.sheets import Sheet, text_of
from sync.shapes import ExportRow
from sync.titles import Titles

HEAD = ("记录", "哪一条", "项目", "内容")
OF_OTHERS = "（写的是别人，已隐去）"
FILES = "（{count} 个文件，可到中心查看）"
HIDDEN = "＊"


def copy_sheet(
    schema: Schema, kind: str, rows: Sequence[ExportRow], titles: Titles, others: Sequence[str], watermark: str
) -> Sheet:
    """`kind` is that of the person, `others` the names that are hidden wherever they stand, the longest first."""

    def without_others(text: str) -> str:
        for name in others:
            if name in text:
                text = text.replace(name, name[0] + HIDDEN * (len(name) - 1))
        return text

    def lines(row: ExportRow) -> Iterator[tuple[str, ...]]:
        of = schema.kinds[row.kind]
        for field in of.fields.values():
            text = _told(of, field, row, titles)
            if not text:
                continue
            # Their own number is theirs; any other that stands in a sentence may be somebody else's.
            is_own_number = row.kind == kind and field.type == "phone"
            text = without_others(text if is_own_number else masked(text))
            yield tuple(map(readable, (of.one.zh, without_others(row.title_zh), field.words.zh, text)))

    return Sheet(readable(watermark), HEAD, tuple(line for row in rows for line in lines(row)))


def _told(kind: Kind, field: Field, row: ExportRow, titles: Titles) -> str:
    value = row.values.get(field.name)
    if value in (None, {}):
        return ""
    if field.of_others:
        return OF_OTHERS
    if field.type == "files":
        return FILES.format(count=len(value))
    return text_of(kind, field, value, titles)
