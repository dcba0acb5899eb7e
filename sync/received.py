"""The saves of a push as they came: read, and their signatures checked, before the store is asked anything.

Not here: their shape (save.py), and what becomes of them (push.py). Pure, and the most expensive part of a push: it is
done outside the transaction, so that other writers do not wait for it.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from schema.model import Problem
from sync import log
from sync.save import PublicKey, Save, id_and_client, is_signed, kept_text, read_save

# From so many signatures on it is worth while to wake other cores, and beyond so many cores it is not.
MANY = 16
CORES_MAX = 4


@dataclass(frozen=True, slots=True)
class Received:
    """One save as it came, and what of it could be read.

    told      the id its phone knows it by, "" for none
    name      its id in the log
    save      or what is wrong with its shape or its signature
    signed    its canonical bytes; None where it could not be read
    """

    raw: Any
    told: str
    name: str
    record: str | None
    client: int | None
    save: Save | Problem
    signed: bytes | None


def received(raws: Sequence[Any], public_keys: Sequence[PublicKey]) -> list[Received]:
    """Read some saves; never raises for anything a phone can send.

    public_keys  of the device that must have signed them, the likeliest first; none when it has none that counts
    """
    read = [(raw, read_save(raw)) for raw in raws]
    are_signed = iter(
        _are_signed([(found[1], raw["signature"]) for raw, found in read if isinstance(found, tuple)], public_keys)
    )
    return [_received(raw, found, isinstance(found, tuple) and next(are_signed)) for raw, found in read]


def _received(raw: Any, found: tuple[Save, bytes] | Problem, is_theirs: bool) -> Received:
    if isinstance(found, Problem):
        return Received(*_head(raw), found, None)
    save, signed = found
    judged = save if is_theirs else Problem("wrong_signature")
    return Received(raw, save.id, save.id, save.record, save.client, judged, signed)


def _are_signed(several: Sequence[tuple[bytes, Any]], public_keys: Sequence[PublicKey]) -> list[bool]:
    """Whether each of these bytes was signed by one of the keys, checked on several cores.

    Threads are enough for that: while a signature is checked, other threads run.
    """
    parts = min(os.cpu_count() or 1, CORES_MAX) if len(several) >= MANY else 1
    size = -(-len(several) // parts) or 1
    mine, *others = [several[start : start + size] for start in range(0, len(several), size)] or [[]]
    waiting = [_checkers().submit(_checked, part, public_keys) for part in others]
    return [*_checked(mine, public_keys), *(one for part in waiting for one in part.result())]


def _checked(several: Sequence[tuple[bytes, Any]], public_keys: Sequence[PublicKey]) -> list[bool]:
    return [any(is_signed(signed, signature, key) for key in public_keys) for signed, signature in several]


@cache
def _checkers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CORES_MAX - 1, "signature-checker")


def unread(raw: Any) -> Received:
    """A save of which no more is read than is needed to keep it as it came."""
    return Received(*_head(raw), Problem("malformed"), None)


def _head(raw: Any) -> tuple[Any, str, str, str | None, int | None]:
    id, record, client = id_and_client(raw)
    return raw, id or "", id or f"unreadable:{log.digest(kept_text(raw))}", record, client
