"""Codes that a person types or reads out: Crockford's base 32, where nothing can be taken for something else.

Not here: what a code opens. Source: crockford.com/base32.html.
"""

from __future__ import annotations

import secrets

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAKEN_FOR = str.maketrans("OIL", "011")

INVITE_CHARACTERS = 8
# By these it is found; the rest is what a guess has to meet, five times at most.
PLACE_CHARACTERS = 3
RECOVERY_CHARACTERS = 16


def new_code(characters: int) -> str:
    """A random code; each character has five bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(characters))


def read_code(text: object, characters: int) -> str | None:
    """The code that somebody typed, however they wrote it; None for what is none."""
    if not isinstance(text, str) or len(text) > 4 * characters:
        return None
    code = "".join(text.upper().split()).replace("-", "").translate(_TAKEN_FOR)
    return code if len(code) == characters and set(code) <= set(_LETTERS) else None


def shown(code: str) -> str:
    """The code in groups of four, as it is shown."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
