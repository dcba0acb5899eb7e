"""Writes the update that begins a document: one map whose entries one client set, none of them replacing another.

Not here: reading or merging anything; that is the engine's (document.py). Form: Yjs update v1, values as in
lib0's `any`.
"""

import struct
from collections.abc import Mapping
from typing import Any

_SET_IN_MAP = 0x28  # content of any values (8), with the key of its map entry (0x20)
_NAMED_ROOT = 1
_SMALL_INTEGER_MAX = 2**31 - 1  # larger whole numbers travel as a double, as JavaScript has them


def first_update(root: str, client: int, entries: Mapping[str, Any]) -> bytes:
    """The update in which a client sets these entries of a root map, in order, each to one JSON value."""
    head = bytearray((_SET_IN_MAP, _NAMED_ROOT))
    _write_text(head, root)
    out = bytearray()
    for number in (1, len(entries), client, 0):
        _write_number(out, number)
    for key, value in entries.items():
        out += head
        _write_text(out, key)
        out.append(1)
        _write_value(out, value)
    out.append(0)  # nothing is deleted
    return bytes(out)


def _write_number(out: bytearray, number: int) -> None:
    while number > 127:
        out.append(128 | number & 127)
        number >>= 7
    out.append(number)


def _write_text(out: bytearray, text: str) -> None:
    encoded = text.encode("utf-8")
    length = len(encoded)
    if length < 128:
        out.append(length)
    else:
        _write_number(out, length)
    out += encoded


def _write_value(out: bytearray, value: Any) -> None:
    if isinstance(value, str):
        out.append(119)
        _write_text(out, value)
    elif isinstance(value, list):
        out.append(117)
        _write_number(out, len(value))
        for part in value:
            _write_value(out, part)
    elif value is None:
        out.append(126)
    elif isinstance(value, bool):
        out.append(120 if value else 121)
    elif isinstance(value, int) and abs(value) <= _SMALL_INTEGER_MAX:
        out.append(125)
        _write_integer(out, value)
    elif isinstance(value, int | float):
        out.append(123)
        out += struct.pack(">d", value)
    elif isinstance(value, dict):
        out.append(118)
        _write_number(out, len(value))
        for name, part in value.items():
            _write_text(out, name)
            _write_value(out, part)
    else:
        raise TypeError(f"{type(value).__name__} is no JSON value")


def _write_integer(out: bytearray, number: int) -> None:
    """A whole number with its sign in the second bit of the first byte."""
    sign, number = (64, -number) if number < 0 else (0, number)
    out.append((128 if number > 63 else 0) | sign | number & 63)
    number >>= 6
    if number:
        _write_number(out, number)
