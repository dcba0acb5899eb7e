"""The record's CRDT document: apply one save, read its claims. The only owner of pycrdt.

Not here: whether a save may be applied (admit.py). No bytes of a phone ever come here: a 52 KB update can kill the
process, and an update with a hole before it loses fields without a word (protocol, section 11).
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from typing import Any

from pycrdt import Doc, Map

from sync.first_update import first_update
from sync.save import save_key

ROOT = "claims"


class DocumentError(Exception):
    """The engine did not do what was asked of it. Nothing may be committed after this."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one accepted save does to a document: new values, and the save keys that each of them replaces."""

    client: int
    values: Mapping[str, Any]
    replaces: Mapping[str, Collection[str]]
    made_at: str
    author: str


def apply(state: bytes, change: Change) -> bytes:
    """The document's state (Yjs update v1) after one change; `state` is b"" for a new record.

    Raises DocumentError unless the state vector grew by exactly {client: number of values} and the claims read back
    are those meant. A replaced claim that is already gone stays gone.
    """
    if not state:
        return _begun(change)
    document: Doc[Any] = Doc(client_id=change.client)
    claims: Map[Any] = document.get(ROOT, type=Map)
    document.apply_update(state)
    vector = _vector(document.get_state())
    if change.client in vector:
        raise DocumentError("the client number is already used in this document")
    key = save_key(change.client)
    keys = set(claims.keys())
    written = {f"{field_key}:{key}": value for field_key, value in change.values.items()}
    removed = {
        f"{field_key}:{replaced}" for field_key, several in change.replaces.items() for replaced in several
    } & keys
    with document.transaction():
        for name in removed:
            del claims[name]
        for name, value in written.items():
            claims[name] = [value, change.made_at, change.author]
    vector[change.client] = len(written)
    if _vector(document.get_state()) != vector:
        raise DocumentError("the state vector did not grow by exactly this save")
    read = _read(claims)
    if read.keys() != (keys - removed) | written.keys():
        raise DocumentError("the claims read back are not those meant")
    for name, value in written.items():
        if read[name] != [value, change.made_at, change.author]:
            raise DocumentError("a value read back is not the one written")
    return document.get_update()


def begun_with(saves: list[list[Any]]) -> bytes:
    """The document of a record that has one save, which a record row does not keep beside it (sync/packed.py)."""
    ((key, made_at, author, values),) = saves
    return _begun(Change(int(key, 36), values, {}, made_at, author))


def _begun(change: Change) -> bytes:
    """The state of a document that begins with this change.

    Its update is written here and handed to the engine as one piece: a call into the engine for each field would take
    several times as long. What the engine then says of it is asserted as for any other change.
    """
    key = save_key(change.client)
    # In the order of their names, so that the same document comes of the claims that are kept in that order.
    written = {
        f"{field_key}:{key}": [change.values[field_key], change.made_at, change.author]
        for field_key in sorted(change.values)
    }
    document: Doc[Any] = Doc()
    claims: Map[Any] = document.get(ROOT, type=Map)
    document.apply_update(first_update(ROOT, change.client, written))
    if _vector(document.get_state()) != {change.client: len(written)}:
        raise DocumentError("the state vector did not grow by exactly this save")
    if _read(claims) != written:
        raise DocumentError("the claims read back are not those meant")
    return document.get_update()


def claims_in(state: bytes) -> dict[str, list[Any]]:
    """Every live claim of a state: `<field key>:<save key>` -> [value, made_at, author]."""
    document: Doc[Any] = Doc()
    claims: Map[Any] = document.get(ROOT, type=Map)
    if state:
        document.apply_update(state)
    return _read(claims)


def replay(changes: Iterable[Change]) -> bytes:
    """The state after all changes, given in any order.

    A change whose replaced claims are not there yet waits for them, so that the engine never meets a hole. What waits
    for a claim that never comes is an error: an accepted save only ever replaces accepted claims.
    """
    state, waiting, present = b"", list(changes), set[tuple[str, str]]()
    while waiting:
        later = []
        for change in waiting:
            needed = {(field_key, key) for field_key, keys in change.replaces.items() for key in keys}
            if needed <= present:
                state = apply(state, change)
                present |= {(field_key, save_key(change.client)) for field_key in change.values}
            else:
                later.append(change)
        if len(later) == len(waiting):
            raise DocumentError("a change replaces a claim that is not in the log")
        waiting = later
    return state


@cache
def self_test() -> None:
    """Apply four saves of which two depend on others in all 24 orders; raises DocumentError unless all agree.

    Run once in each process before a store opens: an engine of another version must not be trusted unseen.
    """
    one, two, three, four = 4_000_000_001, 17, 900_000_007, 2_147_483_659
    changes = [
        Change(one, {"a": 1, "b": "walks"}, {}, "0000000000001-0000", "x"),
        Change(two, {"a": 2, "rows.k": {"text": "王", "n": None}}, {}, "0000000000002-0000", "y"),
        Change(three, {"a": 3}, {"a": [save_key(one), save_key(two)]}, "0000000000003-0000", "x"),
        Change(four, {"b": None, "c": True}, {"b": [save_key(one)]}, "0000000000004-0000", "y"),
    ]
    expected = {
        f"rows.k:{save_key(two)}": [{"text": "王", "n": None}, "0000000000002-0000", "y"],
        f"a:{save_key(three)}": [3, "0000000000003-0000", "x"],
        f"b:{save_key(four)}": [None, "0000000000004-0000", "y"],
        f"c:{save_key(four)}": [True, "0000000000004-0000", "y"],
    }
    for order in permutations(changes):
        if claims_in(replay(order)) != expected:
            raise DocumentError("the order of saves changes a record: this pycrdt cannot be used")


def _read(claims: Map[Any]) -> dict[str, list[Any]]:
    # One call into the engine instead of one a claim.
    read: dict[str, list[Any]] = json.loads(str(claims))
    return read


def _vector(encoded: bytes) -> dict[int, int]:
    """A state vector: client -> number of its operations. Form: a count, then that many pairs of varints."""
    numbers, number, shift = [], 0, 0
    for byte in encoded:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(number)
            number = shift = 0
    return dict(zip(numbers[1::2], numbers[2::2], strict=True))
