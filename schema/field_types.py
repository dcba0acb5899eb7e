"""The table of field types: how a value of each is written, stored, typed and judged by itself.

Not here: rules between fields (checks.py) and rules about the whole record (validate.py).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from schema.files import HASH
from schema.model import Column, Field, Problem, Value

STRING_CHARACTERS_MAX = 20_000  # protocol, section 4
INTEGER_MAX = 2**53 - 1  # beyond this JavaScript rounds
YEAR_MIN, YEAR_MAX = 1900, 2199
ROWS_MAX_DEFAULT = 200
# Written row by row, as `remarks.<row id>`; and all that are written part by part.
IN_ROWS = ("rows", "files")
IN_PARTS = ("choices", *IN_ROWS)

# A form check gives the value in its one normal form, or the problem (without the field: the caller knows it).
Bounds: TypeAlias = Field | Column
Form: TypeAlias = Callable[[Value, Bounds], Value]

# Control characters other than tab and line ends break lines, CSV and terminals; a lone surrogate cannot be stored.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What JavaScript trims, and the zero-width space; Python's own idea of blank differs from it.
BLANK = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATETIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_PHONE = re.compile(r"[0-9+\- ]{7,40}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLAIN = re.compile(r"[a-z0-9_.]{1,80}")
ROW_ID = re.compile(r"[a-z0-9]{8,32}")
_RECORD_AS_ROW = re.compile(r"[0-9a-f]{32}")

WRONG_TYPE = Problem("wrong_type")


def plain_name(name: Value) -> str | None:
    """A name from outside if it can be repeated in an answer; None for what no declaration could name."""
    return name if isinstance(name, str) and _PLAIN.fullmatch(name) else None


def is_date(text: str) -> bool:
    """Whether this is a day that exists, written YYYY-MM-DD."""
    return len(text) == 10 and _is_day(text)


# The days that records name are few, and most of them recent.
@lru_cache(maxsize=10_000)
def _is_day(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if not match or not YEAR_MIN <= int(match[1]) <= YEAR_MAX:
        return False
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    """Whether this is a minute of a day, written HH:MM."""
    return _TIME.fullmatch(text) is not None


def is_datetime(text: str) -> bool:
    """Whether this is an instant of a day that exists, written YYYY-MM-DDTHH:MM:SSZ."""
    match = _DATETIME.fullmatch(text)
    return match is not None and is_date(match[1])


def is_row_id(field: Field, part: str) -> bool:
    """Whether a row of this field may have this id: where rows stand for records (`of`), the record's own id."""
    return (_RECORD_AS_ROW if field.of else ROW_ID).fullmatch(part) is not None


def record_of_row(part: str) -> str:
    """The record that a row stands for: its id with the hyphens that a row id has no place for."""
    return "-".join((part[:8], part[8:12], part[12:16], part[16:20], part[20:]))


def is_empty(value: Value) -> bool:
    """Whether a value says nothing: null, blank text, no choice, no row. `false` and 0 say something."""
    if isinstance(value, str):
        return not value.strip(BLANK)
    return value is None or value == {}


def _text(value: Value, bounds: Bounds) -> Value:
    # What Python calls printable has none of these; the search, which is slower, is for what it does not.
    if not isinstance(value, str) or (not value.isprintable() and _UNPRINTABLE.search(value)):
        return WRONG_TYPE
    return _length(value, bounds)


def _line(value: Value, bounds: Bounds) -> Value:
    if isinstance(value, str) and ("\n" in value or "\r" in value):
        return WRONG_TYPE
    return _text(value, bounds)


def _length(value: str, bounds: Bounds) -> Value:
    longest = bounds.max or STRING_CHARACTERS_MAX
    if len(value) > longest or len(value) > STRING_CHARACTERS_MAX:
        return Problem("text_too_long", details={"max": min(longest, STRING_CHARACTERS_MAX)})
    # A blank text is missing, not short: `required` judges it.
    if bounds.min and not is_empty(value) and len(value.strip(BLANK)) < bounds.min:
        return Problem("text_too_short", details={"min": bounds.min})
    return value


def _matching(pattern: re.Pattern[str]) -> Form:
    def form(value: Value, bounds: Bounds) -> Value:
        return value if isinstance(value, str) and pattern.fullmatch(value) else WRONG_TYPE

    return form


def _date(value: Value, bounds: Bounds) -> Value:
    return value if isinstance(value, str) and is_date(value) else WRONG_TYPE


def _datetime(value: Value, bounds: Bounds) -> Value:
    return value if isinstance(value, str) and is_datetime(value) else WRONG_TYPE


def _phone(value: Value, bounds: Bounds) -> Value:
    if not isinstance(value, str) or not _PHONE.fullmatch(value):
        return WRONG_TYPE
    return value if 7 <= sum(character.isdigit() for character in value) <= 20 else WRONG_TYPE


def _integer(value: Value, bounds: Bounds) -> Value:
    # JavaScript has one kind of number: 72 may arrive as 72.0.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return WRONG_TYPE
    # Written so that NaN, which is neither more nor less than anything, fails too.
    if not abs(value) <= INTEGER_MAX or value != int(value):
        return WRONG_TYPE
    whole = int(value)
    if (bounds.min is not None and whole < bounds.min) or (bounds.max is not None and whole > bounds.max):
        return Problem("out_of_range", details={"min": bounds.min, "max": bounds.max})
    return whole


def _boolean(value: Value, bounds: Bounds) -> Value:
    return value if isinstance(value, bool) else WRONG_TYPE


def _choice(value: Value, bounds: Bounds) -> Value:
    if not isinstance(value, str):
        return WRONG_TYPE
    # A retired code passes: a phone that has been away may still write it, and its words must not be lost.
    known = bounds.vocabulary.choices if bounds.vocabulary else {}
    return value if value in known else Problem("unknown_choice")


def _row(value: Value, bounds: Bounds) -> Value:
    columns: Mapping[str, Column] = bounds.columns if isinstance(bounds, Field) else {}
    if not isinstance(value, Mapping):
        return WRONG_TYPE
    for name in value:
        if name not in columns:
            return Problem("unknown_field", details={"column": plain_name(name)})
    row: dict[str, Value] = {}
    for name, column in columns.items():
        if is_empty(value.get(name)):
            if column.required:
                return Problem("missing", details={"column": name})
            continue
        judged = FIELD_TYPES[column.type].form(value[name], column)
        if isinstance(judged, Problem):
            return Problem(judged.code, details={**judged.details, "column": name})
        row[name] = judged
    return row


def _file(value: Value, bounds: Bounds) -> Value:
    row = _row(value, bounds)
    if isinstance(row, Problem) or not isinstance(bounds, Field):
        return row
    if not HASH.fullmatch(row["hash"]):
        return Problem("wrong_type", details={"column": "hash"})
    if row["media"] not in bounds.media:
        return Problem("file_media_not_taken", details={"column": "media"})
    if bounds.bytes_max is not None and row["bytes"] > bounds.bytes_max:
        return Problem("file_over_bound", details={"column": "bytes", "max": bounds.bytes_max})
    return row


@dataclass(frozen=True)
class FieldType:
    """One field type in every layer.

    form        judges one written value (for `choices` one choice, for `rows` and `files` one row)
    sqlite      column type; what is written part by part is stored as JSON text
    typescript  type in generated types.ts; {of}, {row} and {states} stand for the generated names
    graphql     output type
    takes       attributes that this type allows besides those of every field
    ordered     whether two values can be compared, so that merge = "max" and "min" have a meaning
    in_column   whether a column of `rows` may have it
    """

    form: Form
    sqlite: str
    typescript: str
    graphql: str
    takes: frozenset[str]
    ordered: bool = False
    in_column: bool = False


def _takes(*names: str) -> frozenset[str]:
    return frozenset(names)


_TIMES = _takes("not_after", "not_before")
_PERSONS = _takes("role", "apart_from", "apart_from_hands", "offer", "in_file")
_DATES = _takes("not_after", "not_before", "working_days")

FIELD_TYPES: Mapping[str, FieldType] = {
    "text": FieldType(_line, "TEXT", "string", "String", _takes("min", "max", "search"), in_column=True),
    "long_text": FieldType(_text, "TEXT", "string", "String", _takes("min", "max", "search"), in_column=True),
    "date": FieldType(_date, "TEXT", "string", "String", _DATES, ordered=True, in_column=True),
    "time": FieldType(_matching(_TIME), "TEXT", "string", "String", _TIMES, ordered=True, in_column=True),
    "datetime": FieldType(_datetime, "TEXT", "string", "String", _TIMES, ordered=True, in_column=True),
    "integer": FieldType(_integer, "INTEGER", "number", "Int", _takes("min", "max", "derive"), True, True),
    "boolean": FieldType(_boolean, "INTEGER", "boolean", "Boolean", _takes(), ordered=True, in_column=True),
    "phone": FieldType(_phone, "TEXT", "string", "String", _takes("search"), in_column=True),
    "choice": FieldType(_choice, "TEXT", "{of}", "String", _takes("of"), ordered=True, in_column=True),
    "choices": FieldType(_boolean, "TEXT", "Partial<Record<{of}, true>>", "[String!]", _takes("of"), ordered=True),
    "person": FieldType(_matching(_ID), "TEXT", "string", "ID", _PERSONS, in_column=True),
    "team": FieldType(_matching(_ID), "TEXT", "string", "ID", _takes()),
    "ref": FieldType(_matching(_ID), "TEXT", "string", "ID", _takes("of", "once_theirs"), in_column=True),
    "state": FieldType(_choice, "TEXT", "{states}", "String", _takes(), ordered=True),
    "rows": FieldType(
        _row,
        "TEXT",
        "Record<string, {row}>",
        "JSON",
        _takes("of", "among", "columns", "append_only", "rows_max", "rows_min"),
    ),
    "files": FieldType(_file, "TEXT", "Record<string, file_row>", "JSON", _takes("media", "bytes_max", "rows_max")),
}
