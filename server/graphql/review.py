"""What a desk looks at, as GraphQL types: lists for review, one record with its versions and history, counts. The
lists are made, and permission is judged, in `sync.read`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import strawberry
from strawberry.types import Info

from server.auth.person import Asking
from server.graphql.problems import Problem, problem_of
from server.graphql.scalars import JSON
from server.graphql.seen import saw_list, saw_nothing, saw_record, tier_of
from sync import leases, read
from sync.reveals import covered
from sync.titles import Titles


@strawberry.enum
class ReviewTab(enum.Enum):
    """The lists of a desk."""

    waiting = "waiting"
    conflicts = "conflicts"
    duplicates = "duplicates"
    returned = "returned"
    held = "held"
    passed = "passed"
    answered = "answered"


@strawberry.type
class Workbench:
    """The counts of a desk's first page, for what this person reviews. `passed`: without anybody having looked;
    `answered`: returns of the last 30 days that were answered, and their median in working days.
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


@strawberry.type
class TeamFigures:
    """What waits in one team, or with no team: counts for whoever answers for the centre and decides on nothing."""

    team: strawberry.ID | None
    team_name: str | None
    waiting: int
    oldest_waiting_hours: int | None
    urgent: int
    returned: int
    conflicts: int
    duplicates: int
    held: int


@strawberry.type
class Looking:
    """Who looks at a record just now, and until when: a courtesy, which forbids nobody anything."""

    record: strawberry.ID
    person: strawberry.ID
    person_name: str
    until: str


@strawberry.type
class ReviewItem:
    """One row of a review list. `save` and `problem` are there for a held save only; `answered`: it was returned, and a
    save came since; `passes_at`: it was not drawn for review, and passes then unless somebody looks.
    """

    record: strawberry.ID
    kind: str | None
    title_zh: str
    title_en: str
    author: strawberry.ID
    author_name: str
    happened_on: str | None
    delivered_at: str
    revision: int
    state: str | None
    urgent: bool
    conflicts: list[str]
    duplicates: list[strawberry.ID]
    changed: list[str]
    late_days: int
    values: JSON
    problem: Problem | None
    save: strawberry.ID | None
    answered: bool
    passes_at: str | None
    looking: Looking | None


@strawberry.type
class ReviewPage:
    """One page of a review list; `next` goes back into `after`."""

    items: list[ReviewItem]
    total: int
    next: str | None


@strawberry.type
class ClaimView:
    """The value one save gave to one field; `key` is what a save that replaces it names."""

    field_key: str
    key: str
    value: JSON | None
    author: strawberry.ID
    author_name: str
    made_at: str
    delivered_at: str
    save: strawberry.ID
    live: bool


@strawberry.type
class ConflictView:
    """Two or more live versions of one field, and what stood there before them."""

    field_key: str
    before: JSON | None
    has_before: bool
    versions: list[ClaimView]


@strawberry.type
class FieldChange:
    """One field before and after."""

    field_key: str
    before: JSON | None
    after: JSON | None
    by: strawberry.ID
    by_name: str
    at: str


@strawberry.type
class HistoryEntry:
    """One thing that happened to a record. `clock_minutes_ahead`: so wrong was the author's clock, if it was; `percent`
    and `days`: of what passed without a look, the share that was drawn and how long the others waited.
    """

    at: str
    what: str
    by: strawberry.ID
    by_name: str
    fields: list[str]
    sentence: str | None
    revision: int | None
    clock_minutes_ahead: int | None
    percent: int | None
    days: int | None


@strawberry.type
class NamedBy:
    """How many records of a kind, of those that I may list, name a record or an alias of it."""

    kind: str
    count: int


@strawberry.type
class Alias:
    """A record that was found to be the one that is shown, and merged `into` it or another alias of it. `changes`: what
    was written in it since; `can_part`: the merge can still be undone, by me.
    """

    record: strawberry.ID
    into: strawberry.ID
    title_zh: str
    title_en: str
    values: JSON
    at: str
    by_name: str
    changes: list[FieldChange]
    can_part: bool


@strawberry.type
class RecordDetail:
    """Everything a desk shows about one record. `changes` are those since the last approval, else since the plan;
    `merged` are fields that concurrent saves changed and that came together by themselves; `household` is
    {record, title_zh, title_en, phone} of the home it belongs to. Telephone numbers are covered, except where versions
    are to be compared; `phone_number` gives the whole one. `returns`: how often it was sent back.
    """

    record: strawberry.ID
    kind: str
    revision: int
    title_zh: str
    title_en: str
    values: JSON
    claims: list[ClaimView]
    standing: JSON
    conflicts: list[ConflictView]
    changes: list[FieldChange]
    merged: list[FieldChange]
    history: list[HistoryEntry]
    duplicates: list[ReviewItem]
    household: JSON | None
    returns: int
    passes_at: str | None
    named: list[NamedBy]
    aliases: list[Alias]


def workbench(asking: Asking) -> Workbench:
    """The counts as of now."""
    return Workbench(**asdict(read.workbench(asking.store, asking.schema, asking.person, asking.now)))


def team_figures(asking: Asking) -> list[TeamFigures]:
    """What waits, team by team."""
    found = read.team_figures(asking.store, asking.schema, asking.person, asking.now)
    return [TeamFigures(**asdict(one)) for one in found]


def review_list(
    asking: Asking, tab: ReviewTab, kinds: list[str] | None, first: int, after: str | None, team: str | None
) -> ReviewPage:
    """One page of a list."""
    store, schema = asking.store, asking.schema
    page = read.review_items(store, schema, asking.person, tab.value, kinds, first, after, team, asking.now)
    saw_list(asking, [item.kind for item in page.items])
    return ReviewPage(items=[_item(asking, item) for item in page.items], total=page.total, next=page.next)


def record_detail(asking: Asking, record: str) -> RecordDetail | None:
    """One record, None for what this person may not see."""
    found = read.record_detail(asking.store, asking.schema, asking.person, record, asking.now)
    if found is None:
        saw_nothing(asking, record)
        return None
    saw_record(asking, found.kind, record)
    found = _covered(asking, found)
    return RecordDetail(
        record=strawberry.ID(found.record),
        kind=found.kind,
        revision=found.revision,
        title_zh=found.title_zh,
        title_en=found.title_en,
        values=JSON(found.values),
        claims=[_claim(claim) for claim in found.claims],
        standing=JSON(found.standing),
        conflicts=[
            ConflictView(
                field_key=conflict.field_key,
                before=JSON(conflict.before),
                has_before=conflict.has_before,
                versions=[_claim(claim) for claim in conflict.versions],
            )
            for conflict in found.conflicts
        ],
        changes=[_change(change) for change in found.changes],
        merged=[_change(change) for change in found.merged],
        history=[HistoryEntry(**(asdict(entry) | {"by": strawberry.ID(entry.by)})) for entry in found.history],
        duplicates=[_item(asking, item) for item in found.duplicates],
        household=None if found.household is None else JSON(asdict(found.household)),
        returns=found.returns,
        passes_at=found.passes_at,
        named=[NamedBy(kind=one.kind, count=one.count) for one in found.named],
        aliases=[_alias(one) for one in found.aliases],
    )


def look_at(info: Info[Asking, None], record: strawberry.ID | None = None, takes_over: bool = False) -> Looking | None:
    """Say which record this device looks at, or none; who holds it. Null for what is not mine to decide on."""
    asking = info.context
    if record is None:
        leases.leave(asking.store, asking.person, asking.now)
        return None
    found = leases.look(asking.store, asking.schema, asking.person, record, takes_over, asking.now)
    if found is None:
        return None
    return _looking(read.looking(Titles(asking.store, asking.schema, asking.person), found))


def _looking(found: read.Looking | None) -> Looking | None:
    if found is None:
        return None
    return Looking(
        record=strawberry.ID(found.record),
        person=strawberry.ID(found.person),
        person_name=found.person_name,
        until=found.until,
    )


def _alias(alias: read.Alias) -> Alias:
    return Alias(
        record=strawberry.ID(alias.record),
        into=strawberry.ID(alias.into),
        title_zh=alias.title_zh,
        title_en=alias.title_en,
        values=JSON(alias.values),
        at=alias.at,
        by_name=alias.by_name,
        changes=[_change(change) for change in alias.changes],
        can_part=alias.can_part,
    )


def _item(asking: Asking, item: read.ReviewItem) -> ReviewItem:
    return ReviewItem(
        record=strawberry.ID(item.record),
        kind=item.kind,
        title_zh=item.title_zh,
        title_en=item.title_en,
        author=strawberry.ID(item.author),
        author_name=item.author_name,
        happened_on=item.happened_on,
        delivered_at=item.delivered_at,
        revision=item.revision,
        state=item.state,
        urgent=item.urgent,
        conflicts=item.conflicts,
        duplicates=[strawberry.ID(other) for other in item.duplicates],
        changed=item.changed,
        late_days=item.late_days,
        values=JSON(_with_covered_phones(asking, item)),
        problem=problem_of(asking.schema, item.problem, item.kind),
        save=None if item.save is None else strawberry.ID(item.save),
        answered=item.answered,
        passes_at=item.passes_at,
        looking=_looking(item.looking),
    )


def _with_covered_phones(asking: Asking, item: read.ReviewItem) -> dict[str, Any]:
    kind = asking.schema.kinds.get(item.kind or "")
    phones = {field.name for field in kind.fields.values() if field.type == "phone"} if kind else set()
    return {name: covered(str(value)) if name in phones and value else value for name, value in item.values.items()}


def _covered(asking: Asking, found: read.RecordDetail) -> read.RecordDetail:
    """The same with its telephone numbers covered. Versions of one are shown whole, for somebody must choose; noted."""
    fields = asking.schema.kinds[found.kind].fields.values()
    phones = {one.name for one in fields if one.type == "phone"}
    compared = phones & {conflict.field_key for conflict in found.conflicts}
    for name in sorted(compared):
        tier = tier_of(asking, found.kind)
        asking.saw("phone_revealed", kind=found.kind, record=found.record, fields=(name,), tier=tier, rule="versions")

    def shown(name: str, value: Any) -> Any:
        return covered(str(value)) if value and name in phones - compared else value

    home = found.household
    return replace(
        found,
        values={name: shown(name, value) for name, value in found.values.items()},
        claims=[replace(one, value=shown(one.field_key, one.value)) for one in found.claims],
        changes=[_change_covered(one, shown) for one in found.changes],
        merged=[_change_covered(one, shown) for one in found.merged],
        aliases=[
            replace(
                one,
                values={name: shown(name, value) for name, value in one.values.items()},
                changes=[_change_covered(change, shown) for change in one.changes],
            )
            for one in found.aliases
        ],
        household=home and replace(home, phone=home.phone and covered(home.phone)),
    )


def _change_covered(change: read.FieldChange, shown: Callable[[str, Any], Any]) -> read.FieldChange:
    key = change.field_key
    return replace(change, before=shown(key, change.before), after=shown(key, change.after))


def _claim(claim: read.ClaimView) -> ClaimView:
    return ClaimView(**vars(claim))


def _change(change: read.FieldChange) -> FieldChange:
    return FieldChange(**vars(change))
