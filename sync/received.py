"""One save as it came in a push: read, and its signature checked, before the store is asked anything.

Not here: its shape (save.py), and what becomes of it (push.py). Pure, and the most expensive part of a push: it is done
outside the transaction, so that other writers do not wait for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schema.model import Problem
from sync import log
from sync.save import PublicKey, Save, id_and_client, is_signed, kept_text, read_save


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


def received(raw: Any, public_keys: Sequence[PublicKey]) -> Received:
    """Read one save; never raises for anything a phone can send.

    public_keys  of the device that must have signed it, the likeliest first; none when it has none that counts
    """
    head = _head(raw)
    found = read_save(raw)
    if isinstance(found, Problem):
        return Received(*head, found, None)
    save, signed = found
    if not any(is_signed(signed, raw["signature"], public_key) for public_key in public_keys):
        return Received(*head, Problem("wrong_signature"), signed)
    return Received(*head, save, signed)


def unread(raw: Any) -> Received:
    """A save of which no more is read than is needed to keep it as it came."""
    return Received(*_head(raw), Problem("malformed"), None)


def _head(raw: Any) -> tuple[Any, str, str, str | None, int | None]:
    id, record, client = id_and_client(raw)
    return raw, id or "", id or f"unreadable:{log.digest(kept_text(raw))}", record, client
