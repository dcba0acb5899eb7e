"""Numbers of papers about hours: fourteen random characters, by which nobody can guess one, and two by which a mistyped
one is known before anything is looked up.

Not here: which numbers there are (sync/recognition.py).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAKEN_FOR = str.maketrans("OIL", "011")
# 70 bits of chance, then the remainder of the whole by a prime below 32 squared: every wrong character and all
# that changed places are found.
RANDOM_CHARACTERS, CHECK_CHARACTERS = 14, 2
CHARACTERS = RANDOM_CHARACTERS + CHECK_CHARACTERS
PRIME = 1021
TYPED_CHARACTERS_MAX = 64


def new_number(entropy: Callable[[int], bytes]) -> str:
    """A new number, 16 characters."""
    drawn = "".join(LETTERS[byte % len(LETTERS)] for byte in entropy(RANDOM_CHARACTERS))
    return drawn + _check(drawn)


def read_number(text: object) -> str | None:
    """What somebody typed as a number is written: without blanks and lines, in capitals; None for what is none.

    Whether its check characters are right is another question (`is_whole`).
    """
    if not isinstance(text, str) or not 0 < len(text) <= TYPED_CHARACTERS_MAX:
        return None
    plain = unicodedata.normalize("NFKC", text).upper().translate(_TAKEN_FOR)
    number = "".join(letter for letter in plain if letter not in "-–—_." and not letter.isspace())
    return number if len(number) == CHARACTERS and set(number) <= set(LETTERS) else None


def is_whole(number: str) -> bool:
    """Whether the check characters are those of the others."""
    return number[RANDOM_CHARACTERS:] == _check(number[:RANDOM_CHARACTERS])


def shown(number: str) -> str:
    """The number in groups of four."""
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))


def _check(drawn: str) -> str:
    rest = 0
    for letter in drawn:
        rest = (rest * len(LETTERS) + LETTERS.index(letter)) % PRIME
    return LETTERS[rest // len(LETTERS)] + LETTERS[rest % len(LETTERS)]
