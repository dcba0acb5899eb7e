"""Whom a new resident of a register may be: somebody of another home with the same name by sound, and something more.

Not here: the same person in the same home, who is not written twice (register_plan). Nobody is merged by likeness.
"""

import re
from dataclasses import dataclass

from sync.search import name_in_pinyin

_LAST_DIGITS = 4


@dataclass(frozen=True)
class Other:
    """Somebody like them: in this row of the file, or None where the centre has them."""

    row: int | None


class Known:
    """The residents of a centre and of the rows before, by what makes two of them alike."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Other] = {}

    def add(self, name: str, born_on: str | None, phone: str | None, row: int | None = None) -> None:
        """There is this resident."""
        for key in _keys(name, born_on, phone):
            self._found.setdefault(key, Other(row))

    def like(self, name: str, born_on: str | None, phone: str | None) -> Other | None:
        """The first who sounds the same and was born on the same day, or ends in the same digits of a telephone."""
        return next((self._found[key] for key in _keys(name, born_on, phone) if key in self._found), None)


def _keys(name: str, born_on: str | None, phone: str | None) -> list[tuple[str, str]]:
    sound = name_in_pinyin(name)
    digits = re.sub(r"\D", "", phone or "")
    keys = [(sound, born_on)] if born_on else []
    return [*keys, (sound, digits[-_LAST_DIGITS:])] if len(digits) > _LAST_DIGITS else keys
