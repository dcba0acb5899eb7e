"""What may stand in a cell of a file that leaves: text that no spreadsheet takes for a formula, and numbers of phones
and persons with their middle left out.

Not here: which cells there are (sheets.py).
"""

from __future__ import annotations

import re

# What begins a formula in some spreadsheet, also written in full width, also behind what it would skip.
_FORMULA = re.compile(r"[\s\ufeff\u200b'\"]*[=+\-@|%＝＋－＠]")
_BREAKS = re.compile(r"[\t\r\n]")
# XML has no such characters, and a program that reads them may stop there.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Numbers of phones, of identity cards, of accounts.
_NUMBER = re.compile(r"(?<!\d)(\d[\d \-]{6,24}[\dXx])(?!\d)")
KEPT_BEFORE, KEPT_BEHIND, DIGITS_MIN = 3, 4, 8


def readable(text: str) -> str:
    """The text without what no file may hold; each such character is shown as one that could not be."""
    return _UNREADABLE.sub("\ufffd", text)


def is_formula(text: str) -> bool:
    """Whether a program that opens the file could take this for more than text."""
    return _FORMULA.match(text) is not None or (text != "" and _BREAKS.match(text) is not None)


def guarded(text: str) -> str:
    """The text for a file of bare texts: behind an apostrophe where it would be taken for a formula."""
    return f"'{text}" if is_formula(text) else text


def masked(text: str) -> str:
    """Every long number in a text with its middle left out: 138****5521."""
    return _NUMBER.sub(lambda found: _without_middle(found[1]), text)


def _without_middle(number: str) -> str:
    digits = re.sub(r"[ \-]", "", number)
    # A day or a moment is no number of anybody.
    if len(digits) < DIGITS_MIN or re.fullmatch(r"(?:19|20|21)\d\d-\d\d-\d\d(?: \d\d)?", number):
        return number
    return f"{digits[:KEPT_BEFORE]}{'*' * (len(digits) - KEPT_BEFORE - KEPT_BEHIND)}{digits[-KEPT_BEHIND:]}"
