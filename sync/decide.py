"""Decisions of a reviewer: approve, return, reject, undo, and what to make of a possible double."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.model import Person, Problem, Schema
from sync.store.sqlite import Store


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided on a record, at the revision they saw."""

    id: str
    record: str
    revision: int
    verdict: str
    sentence: str | None = None
    field: str | None = None


def decide(store: Store, schema: Schema, person: Person, decision: Decision, now: datetime) -> dict[str, Any] | Problem:
    """Apply one decision; the record's new standing, or why not. The same id again gives the same answer."""
    raise NotImplementedError


def settle_duplicate(
    store: Store, schema: Schema, person: Person, id: str, record: str, other: str, verdict: str, now: datetime
) -> dict[str, Any] | Problem:
    """Say that two records are "different", or the "same" (then `other` is rejected); the standing of `record`."""
    raise NotImplementedError
