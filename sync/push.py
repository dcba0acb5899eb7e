"""Push: the ten steps from a received save to its receipt."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from schema.model import Person, Problem, Schema
from sync.save import Receipt
from sync.store.sqlite import Store


def refusal_of(saves: Sequence[Any], body_bytes: int = 0) -> Problem | None:
    """The problem of a whole push (too_many_saves, request_too_large), if it has one; asked before `push`."""
    raise NotImplementedError


def push(store: Store, schema: Schema, person: Person, saves: Sequence[Any], now: datetime) -> list[Receipt]:
    """Judge each save in order and commit all of it; one receipt for each, in order. `person.device` names the device."""
    raise NotImplementedError
