"""The wire form of records: their live claims, grouped by the save that made them, in CBOR. The only owner of cbor2.

Not here: which records travel (pull.py), and the record's document (document.py), which says the same.
"""

from collections.abc import Iterable
from typing import Any

import cbor2

from schema.model import Claim


def saves_of(claims: Iterable[Claim]) -> list[list[Any]]:
    """Live claims by the save that made them, in the order given: [[save_key, made_at, author, {field_key: value}]]."""
    saves: dict[str, list[Any]] = {}
    for claim in claims:
        save = saves.setdefault(claim.save_key, [claim.save_key, claim.made_at, claim.author, {}])
        save[3][claim.field_key] = claim.value
    return list(saves.values())


def packed_row(record: str, kind: str, revision: int, standing: dict[str, Any], claims: Iterable[Claim]) -> bytes:
    """One record of a page."""
    encoded: bytes = cbor2.dumps([record, kind, revision, standing, saves_of(claims)])
    return encoded
