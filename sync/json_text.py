"""JSON in the forms that are kept, hashed or sent, and read again. The only owner of orjson.

Not here: the canonical form of a save (save.py), which `ordered_utf8` is for simple values alone.
"""

from functools import partial
from typing import Any

import orjson

read = orjson.loads
# A text that is JSON already: it goes into another one as it is.
Written = orjson.Fragment
# Nothing here takes half a surrogate pair, or a whole number of more than 64 bits: that is a TypeError.
utf8 = orjson.dumps
# The members of every object in the order of their names, so that equal values have equal texts.
ordered_utf8 = partial(orjson.dumps, option=orjson.OPT_SORT_KEYS)


def ordered(value: Any) -> str:
    """A value as text, the members of every object in the order of their names."""
    return ordered_utf8(value).decode()
