"""How a record is written down outside its document: its live claims by the save that made them, in JSON, as they are
kept and as they travel. The only owner of cbor2, in which older apps are given the same rows.

Not here: which records travel (pull.py), and the document (document.py), which says the same.
"""

from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring as quoted
from typing import Any

import cbor2

from schema.model import Claim
from sync import json_text
from sync.document import begun_with
from sync.save import save_key

_LENGTH_BYTES = 4
_MADE_AT = b'"made_at":"'
_SET = b',"set":'


def packed_saves(claims: Iterable[Claim]) -> bytes:
    """Live claims by the save that made them, in the order given: [[save_key, made_at, author, {field_key: value}]]."""
    saves: dict[str, list[Any]] = {}
    for field_key, key, value, made_at, author in claims:
        save = saves.get(key)
        if save is None:
            save = saves[key] = [key, made_at, author, {}]
        save[3][field_key] = value
    return json_text.utf8(list(saves.values()))


def claims_of(saves: bytes) -> list[Claim]:
    """The claims that `packed_saves` was given."""
    return [
        Claim(field_key, key, value, made_at, author)
        for key, made_at, author, values in json_text.read(saves)
        for field_key, value in values.items()
    ]


def packed_save(client: int, person: str, body: bytes, values: Mapping[str, Any] | None) -> bytes:
    """The packed saves of a record that consists of one accepted save, cut out of its text in the log.

    body    canonical: its members stand in the order of their names, so that `set` is the last one; neither mark can
            stand in a text, where quotation marks are escaped
    values  where they were taken in a normal form that is not the save's own
    """
    at = body.index(_MADE_AT) + len(_MADE_AT)
    made_at = body[at : body.index(b'"', at)]
    written = body[body.index(_SET, at) + len(_SET) : -1] if values is None else json_text.utf8(values)
    return b'[["%b","%b",%b,%b]]' % (save_key(client).encode(), made_at, quoted(person).encode(), written)


def saves_of(content: bytes) -> list[list[Any]]:
    """The live claims of a record's content by their saves, as `packed_saves` wrote them."""
    found: list[list[Any]] = json_text.read(parted(content)[0])
    return found


def row_of_fields(row: bytes, saves: list[list[Any]], sum: str) -> bytes:
    """The row of a record with some of its claims alone, and the sum of all."""
    return json_text.utf8([*json_text.read(row)[:4], saves, sum])


def in_cbor(rows: Iterable[bytes]) -> bytes:
    """Rows of a page, each in JSON, as the CBOR sequence that apps read which know no other page."""
    return b"".join(cbor2.dumps(json_text.read(row)) for row in rows)


def joined(saves: bytes, state: bytes) -> bytes:
    """A record's packed saves and its document as one value. Both say the same, so that they compress as one.

    state  b"" for a record of one save: `state_of` makes its document from that
    """
    return len(saves).to_bytes(_LENGTH_BYTES, "big") + saves + state


def state_of(content: bytes) -> bytes:
    """The document of a record."""
    saves, state = parted(content)
    return state or begun_with(json_text.read(saves))


def parted(content: bytes) -> tuple[bytes, bytes]:
    """The packed saves and the document that were joined."""
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "big")
    return content[_LENGTH_BYTES:end], content[end:]
