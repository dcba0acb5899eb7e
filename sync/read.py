"""What a desk reads: lists, one record with its history, counts. Every question judges what the person may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.model import Person, Problem, Schema
from sync.store.sqlite import Store


@dataclass(frozen=True)
class RecordRow:
    """One record as lists show it; `values` holds only fields that have a value."""

    record: str
    kind: str
    revision: int
    values: dict[str, Any]
    standing: dict[str, Any]
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class RecordPage:
    """`next` goes back into `after`; None on the last page."""

    items: list[RecordRow]
    total: int
    next: str | None


@dataclass(frozen=True)
class ReviewItem:
    """One row of a review list; members as in the API."""

    record: str
    kind: str | None
    title_zh: str
    title_en: str
    author: str
    author_name: str
    happened_on: str | None
    delivered_at: str
    revision: int
    state: str | None
    urgent: bool
    conflicts: list[str]
    duplicates: list[str]
    changed: list[str]
    late_days: int
    values: dict[str, Any]
    problem: Problem | None = None
    save: str | None = None


@dataclass(frozen=True)
class ReviewPage:
    """A page of a review list."""

    items: list[ReviewItem]
    total: int
    next: str | None


@dataclass(frozen=True)
class ClaimView:
    """One claim, live or not."""

    field_key: str
    key: str
    value: Any
    author: str
    author_name: str
    made_at: str
    delivered_at: str
    save: str
    live: bool


@dataclass(frozen=True)
class ConflictView:
    """The live versions of one field, and the value all of them replaced, if there was one."""

    field_key: str
    before: Any
    has_before: bool
    versions: list[ClaimView]


@dataclass(frozen=True)
class FieldChange:
    """One field that changed."""

    field_key: str
    before: Any
    after: Any
    by: str
    by_name: str
    at: str


@dataclass(frozen=True)
class HistoryEntry:
    """One thing that happened to a record.

    what  created | changed | held | approved | returned | rejected | undone | duplicate
    """

    at: str
    what: str
    by: str
    by_name: str
    fields: list[str]
    sentence: str | None
    revision: int | None


@dataclass(frozen=True)
class HouseholdView:
    """The home a record belongs to."""

    record: str
    title_zh: str
    title_en: str
    phone: str | None


@dataclass(frozen=True)
class RecordDetail:
    """Everything a desk shows about one record."""

    record: str
    kind: str
    revision: int
    title_zh: str
    title_en: str
    values: dict[str, Any]
    claims: list[ClaimView]
    standing: dict[str, Any]
    conflicts: list[ConflictView]
    changes: list[FieldChange]
    merged: list[FieldChange]
    history: list[HistoryEntry]
    duplicates: list[ReviewItem]
    household: HouseholdView | None


@dataclass(frozen=True)
class Workbench:
    """The counts of a desk's first page."""

    waiting: int
    oldest_waiting_hours: int | None
    conflicts: int
    duplicates: int
    returned: int
    held: int
    urgent: int
    hours_waiting: int
    reviewed_today: int


def record_row(store: Store, schema: Schema, person: Person, record: str) -> RecordRow | None:
    """One record, or None when the person may not see it or it does not exist."""
    raise NotImplementedError


def record_detail(store: Store, schema: Schema, person: Person, record: str) -> RecordDetail | None:
    """One record with its claims, conflicts, changes and history, or None when the person may not see it."""
    raise NotImplementedError


def records(
    store: Store,
    schema: Schema,
    person: Person,
    kind: str,
    where: Mapping[str, Any] | None = None,
    first: int = 50,
    after: str | None = None,
) -> RecordPage:
    """A list of one kind in its declared order.

    where  {field: value} | {field: [values]} | {field: {"from": ..., "to": ...}} (both ends included)
    """
    raise NotImplementedError


def review_items(
    store: Store,
    schema: Schema,
    person: Person,
    tab: str,
    kinds: Sequence[str] | None = None,
    first: int = 50,
    after: str | None = None,
) -> ReviewPage:
    """A review list. tab: waiting | conflicts | duplicates | returned | held"""
    raise NotImplementedError


def workbench(store: Store, schema: Schema, person: Person, now: datetime) -> Workbench:
    """The counts of what the person has to look at."""
    raise NotImplementedError
