"""The shapes in which a desk reads: lists, one record with its history, counts. Plain values, named as in the API.

Not here: how they are found (lists.py, detail.py).
"""

from dataclasses import dataclass
from typing import Any

from schema.model import Problem
from sync.verdicts import Verdict


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
class ExportRow:
    """One record as it leaves in a file; `values` holds only fields that have a value.

    withheld  fields that have one, which stays here because the person has not agreed that it leaves
    """

    record: str
    kind: str
    title_zh: str
    title_en: str
    values: dict[str, Any]
    withheld: frozenset[str]


@dataclass(frozen=True)
class RecordPage:
    """`next` goes back into `after`; None on the last page."""

    items: list[RecordRow]
    total: int
    next: str | None


@dataclass(frozen=True)
class Looking:
    """Who looks at a record just now, and until when."""

    record: str
    person: str
    person_name: str
    until: str


@dataclass(frozen=True)
class ReviewItem:
    """One row of a review list; members as in the API.

    passes_at  it was not drawn for review: the instant at which it passes unless somebody looks
    """

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
    answered: bool = False
    passes_at: str | None = None
    looking: Looking | None = None


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

    what  created | changed | held | approved | returned | rejected | undone | duplicate | released | not_taken |
          withdrawn | passed | put_away | taken_back
    percent, days  of what passed without a look: the share that was drawn, and how long the others waited
    clock_minutes_ahead  how wrong the author's clock was, where it was; then the times of their save mean little
    """

    at: str
    what: str
    by: str
    by_name: str
    fields: list[str]
    sentence: str | None
    revision: int | None
    clock_minutes_ahead: int | None
    percent: int | None = None
    days: int | None = None


@dataclass(frozen=True)
class HouseholdView:
    """The home a record belongs to."""

    record: str
    title_zh: str
    title_en: str
    phone: str | None


@dataclass(frozen=True)
class Named:
    """How many records of a kind, of those that the asking person may list, name something."""

    kind: str
    count: int


@dataclass(frozen=True)
class Alias:
    """A record that was found to be the one that is shown.

    changes    what was written in it since, which whoever merged had not seen
    can_part   it can still be undone by whoever asks
    """

    record: str
    into: str
    title_zh: str
    title_en: str
    values: dict[str, Any]
    at: str
    by_name: str
    changes: list[FieldChange]
    can_part: bool


@dataclass(frozen=True)
class RecordDetail:
    """Everything a desk shows about one record. returns: how often it was sent back to its author."""

    """Everything a desk shows about one record. `named`, `aliases`: of kinds whose records can be put away."""

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
    returns: int
    passes_at: str | None
    named: list[Named]
    aliases: list[Alias]


@dataclass(frozen=True)
class HeldField:
    """One field of a held save: what its author wrote, what they had seen there, and what stands there now.

    is_unseen  another value stands that the author had not seen; released as it is, both would stand
    """

    field_key: str
    wrote: Any
    has_seen: bool
    seen: Any
    stands: Any
    stands_by: str | None
    stands_by_name: str | None
    stands_at: str | None
    is_unseen: bool


@dataclass(frozen=True)
class HeldDetail:
    """Everything a desk shows about one held save.

    revision      of its record, which a release names; 0 where there is none yet
    values        what its author wrote, as values of a form; stands: what the record shows now
    is_elsewhere  the record is in nobody's sight who asks: it left with its home
    waits         further saves that wait for this one
    """

    save: str
    record: str
    kind: str | None
    title_zh: str
    title_en: str
    author: str
    author_name: str
    made_at: str | None
    delivered_at: str
    revision: int
    problem: Problem
    fields: list[HeldField]
    values: dict[str, Any]
    stands: dict[str, Any]
    is_new: bool
    is_elsewhere: bool
    locked_by: str | None
    opens_lock: bool
    waits: int
    can_release: bool
    can_edit: bool
    can_reject: bool
    verdict: Verdict | None


@dataclass(frozen=True)
class TeamFigures:
    """What waits in one team, or (team is None) with nobody's team, for whoever answers for the centre."""

    team: str | None
    team_name: str | None
    waiting: int
    oldest_waiting_hours: int | None
    urgent: int
    returned: int
    conflicts: int
    duplicates: int
    held: int


@dataclass(frozen=True)
class Workbench:
    """The counts of a desk's first page.

    passed    without anybody having looked
    answered  returns of the last 30 days that their authors answered; answer_median_days: in working days, None
              where there was none, or where a year's days are not known
    """

    waiting: int
    oldest_waiting_hours: int | None
    conflicts: int
    duplicates: int
    returned: int
    held: int
    passed: int
    answered: int
    answer_median_days: float | None
    urgent: int
    hours_waiting: int
    openings: int
    overdue: int
    reviewed_today: int
