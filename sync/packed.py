"""How a record is written down outside its document: its live claims by the save that made them, in CBOR, as they are
kept and as they travel. The only owner of cbor2.

Not here: which records travel (pull.py), and the document (document.py), which says the same.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import cbor2

from schema.model import Claim
from sync.document import begun_with

_LENGTH_BYTES = 4
_ARRAY_OF_5 = b"\x85"


def packed_saves(claims: Iterable[Claim]) -> bytes:
    """Live claims by the save that made them, in the order given: [[save_key, made_at, author, {field_key: value}]]."""
    saves: dict[str, list[Any]] = {}
    for field_key, save_key, value, made_at, author in claims:
        save = saves.get(save_key)
        if save is None:
            save = saves[save_key] = [save_key, made_at, author, {}]
        save[3][field_key] = value
    encoded: bytes = cbor2.dumps(list(saves.values()))
    return encoded


def claims_of(saves: bytes) -> list[Claim]:
    """The claims that `packed_saves` was given."""
    return [
        Claim(field_key, key, value, made_at, author)
        for key, made_at, author, values in cbor2.loads(saves)
        for field_key, value in values.items()
    ]


def packed_row(record: str, kind: str, revision: int, standing: Mapping[str, Any], saves: bytes) -> bytes:
    """One record of a page: [record, kind, revision, standing, saves]; `saves` are packed already."""
    dumps = cbor2.dumps
    return b"".join((_ARRAY_OF_5, dumps(record), dumps(kind), dumps(revision), dumps(standing), saves))


def joined(saves: bytes, state: bytes) -> bytes:
    """A record's packed saves and its document as one value. Both say the same, so that they compress as one.

    state  b"" for a record of one save: `state_of` makes its document from that
    """
    return len(saves).to_bytes(_LENGTH_BYTES, "big") + saves + state


def state_of(content: bytes) -> bytes:
    """The document of a record."""
    saves, state = parted(content)
    return state or begun_with(cbor2.loads(saves))


def parted(content: bytes) -> tuple[bytes, bytes]:
    """The packed saves and the document that were joined."""
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "big")
    return content[_LENGTH_BYTES:end], content[end:]
