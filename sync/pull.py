"""Pull: what changed since a device's cursors, and what its person may no longer see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schema.model import Person, Problem, Schema
from sync import limits
from sync.save import Receipt
from sync.store.sqlite import Store


@dataclass(frozen=True)
class RecordState:
    """One whole record as phones keep it."""

    record: str
    kind: str
    revision: int
    standing: dict[str, Any]
    state: bytes


@dataclass(frozen=True)
class ScopeCursor:
    """How far a device has come in one scope. On the wire `cursor` is a string."""

    scope: str
    cursor: int
    complete: bool


@dataclass(frozen=True)
class Page:
    """One page; `packed` is raw DEFLATE of a CBOR sequence of [record, kind, revision, standing, state]."""

    rows: tuple[RecordState, ...]
    packed: bytes
    gone: tuple[str, ...]
    cursors: tuple[ScopeCursor, ...]
    more: bool
    epoch: str
    decided: tuple[Receipt, ...] = ()
    schema_min: int = 1
    app_min: str = "0.1.0"
    problem: Problem | None = field(default=None)


def epoch_of(store: Store) -> str:
    """The id of this life of the store."""
    return str(store.value("SELECT value FROM setting WHERE name = 'epoch'"))


def pull(
    store: Store,
    schema: Schema,
    person: Person,
    after: Mapping[str, int],
    bytes_max: int | None = limits.PAGE_BYTES_DEFAULT,
    now: datetime | None = None,
) -> Page | Problem:
    """The next page after the device's cursors; a Problem (cursor_ahead) when a cursor lies beyond the log."""
    raise NotImplementedError
