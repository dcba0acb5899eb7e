"""Questions and commands about how long records are kept: what is due, what must be kept all the same, and what two
people agree to destroy.

Not here: the rules (sync/retention.py, sync/holds.py, sync/destructions.py), and destroying, which the operator's
command does.
"""

from __future__ import annotations

import uuid
from collections import Counter

import strawberry
from strawberry.types import Info

from schema.access import decide, is_hidden
from schema.model import Problem as Found
from server.auth.person import Asking
from server.graphql.problems import Problem, problem_of
from server.graphql.seen import name_of, saw_list
from sync import destructions, holds
from sync.destructions import Destruction as Planned
from sync.holds import Hold as Held
from sync.kept_back import kept_back
from sync.retention import due
from sync.titles import Titles


@strawberry.type
class DueKind:
    """The records of one kind whose years are over. `day`: the first of the days they count from; on_hold, waiting,
    unsealed and named: how many of them something keeps, for that reason.
    """

    kind: str
    class_zh: str
    class_en: str
    basis_zh: str
    basis_en: str
    years: int
    statutory: bool
    records: int
    day: str
    on_hold: int
    waiting: int
    unsealed: int
    named: int


@strawberry.type
class KindCount:
    """How many records of one kind, and the class by which it is kept."""

    kind: str
    records: int
    class_zh: str
    class_en: str


@strawberry.type
class ToDestroy:
    """One record of a proposal. Its title is null to who does not see it."""

    record: strawberry.ID
    kind: str
    title_zh: str | None
    title_en: str | None


@strawberry.type
class Certificate:
    """What was destroyed, in numbers, and the head of the log before and after."""

    records: list[KindCount]
    stayed: int
    entries: int
    files: int
    head_before: str
    head_after: str


@strawberry.type
class Destruction:
    """One proposal. ground: retention | request; state: waiting (for a second person) | confirmed | begun | done |
    refused | over; records: how many, of the kinds that are named."""

    id: strawberry.ID
    number: str
    ground: str
    kinds: list[str]
    records: int
    reason: str
    state: str
    by_name: str
    made_at: str
    confirmed_by_name: str | None
    confirmed_at: str | None
    refused_by_name: str | None
    done_at: str | None
    certificate: Certificate | None
    can_confirm: bool


@strawberry.type
class Hold:
    """A record that is kept with all that names it. Its title is null to who does not see it."""

    id: strawberry.ID
    kind: str
    title_zh: str | None
    title_en: str | None
    reason: str
    by_name: str
    set_at: str
    lifted_by_name: str | None
    lifted_at: str | None
    lifted_reason: str | None


@strawberry.type
class Retention:
    """What is due at my centre, what is kept all the same, and what was or is to be destroyed. `can_destroy`: the
    database is sealed, without which nothing can be."""

    can_destroy: bool
    due: list[DueKind]
    holds: list[Hold]
    destructions: list[Destruction]


@strawberry.type
class DestructionResult:
    """The proposal after the command, or why there is none."""

    destruction: Destruction | None
    problem: Problem | None


@strawberry.type
class HoldResult:
    """The hold after the command, or why there is none."""

    hold: Hold | None
    problem: Problem | None


def retention(info: Info[Asking, None]) -> Retention:
    """By numbers and names of kinds; what is hidden is in none of them."""
    asking = info.context
    store, schema, centre = asking.store, asking.schema, asking.person.centre
    titles = Titles(store, schema, asking.person)
    return Retention(
        can_destroy=store.sealing is not None,
        due=_due(asking),
        holds=[_hold(titles, one) for one in holds.holds(store, centre)],
        destructions=[_destruction(asking, titles, one) for one in destructions.recent(store, centre)],
    )


def records_of(info: Info[Asking, None], id: strawberry.ID) -> list[ToDestroy]:
    """For whoever is to confirm: the first of them, without what is hidden; that they looked is noted."""
    asking = info.context
    titles = Titles(asking.store, asking.schema, asking.person)
    found = destructions.listed(asking.store, asking.schema, asking.person.centre, id)
    saw_list(asking, [kind for _, kind in found])
    return [
        ToDestroy(
            record=strawberry.ID(record),
            kind=kind,
            title_zh=titles.called(kind, record, "zh"),
            title_en=titles.called(kind, record, "en"),
        )
        for record, kind in found
    ]


def propose(info: Info[Asking, None], kinds: list[str], reason: str) -> DestructionResult:
    """All that is due of some kinds and that nothing keeps."""
    asking = info.context
    with asking.store.atomic():
        found = destructions.propose(
            asking.store, asking.schema, asking.person, str(uuid.uuid4()), kinds, reason, asking.now
        )
        _note(asking, found, "destroy_proposed")
    return _result(asking, found)


def propose_for(info: Info[Asking, None], record: strawberry.ID, reason: str) -> DestructionResult:
    """Whom it is about has asked: this record and all that names it, or nothing."""
    asking = info.context
    with asking.store.atomic():
        found = destructions.propose_for(
            asking.store,
            asking.schema,
            asking.person,
            str(uuid.uuid4()),
            record,
            reason,
            asking.now,
            asking.context,
        )
        _note(asking, found, "destroy_proposed", record)
    return _result(asking, found)


def confirm(info: Info[Asking, None], id: strawberry.ID) -> DestructionResult:
    """A second person has looked."""
    asking = info.context
    with asking.store.atomic():
        found = destructions.confirm(asking.store, asking.person, id, asking.now)
        _note(asking, found, "destroy_confirmed")
    return _result(asking, found)


def refuse(info: Info[Asking, None], id: strawberry.ID) -> DestructionResult:
    """It is not destroyed; one's own proposal is taken back the same way."""
    asking = info.context
    with asking.store.atomic():
        found = destructions.refuse(asking.store, asking.person, id, asking.now)
        _note(asking, found, "destroy_refused")
    return _result(asking, found)


def set_hold(info: Info[Asking, None], record: strawberry.ID, reason: str) -> HoldResult:
    """Kept until somebody lifts it."""
    asking = info.context
    with asking.store.atomic():
        found = holds.set_hold(
            asking.store,
            asking.schema,
            asking.person,
            str(uuid.uuid4()),
            record,
            reason,
            asking.now,
            asking.context,
        )
        _note_hold(asking, found, "held_back", record)
    return _held(asking, found)


def lift_hold(info: Info[Asking, None], id: strawberry.ID, reason: str) -> HoldResult:
    """What keeps it otherwise still does."""
    asking = info.context
    with asking.store.atomic():
        found = holds.lift_hold(asking.store, asking.person, id, reason, asking.now)
        _note_hold(asking, found, "hold_lifted", found.record if isinstance(found, Held) else None)
    return _held(asking, found)


def _due(asking: Asking) -> list[DueKind]:
    store, schema = asking.store, asking.schema
    found = due(store, schema, asking.person.centre, asking.now)
    shown = []
    for one in found:
        if is_hidden(schema, schema.kinds[one.kind]):
            continue
        ready = set(destructions.free_of(store, schema, found, [one.kind]))
        why = Counter(kept_back(store, schema, one.records).values())
        kept = {name: why[name] for name in ("hold", "waiting", "unsealed")}
        shown.append(
            DueKind(
                kind=one.kind,
                class_zh=one.retention.words.zh,
                class_en=one.retention.words.en,
                basis_zh=one.retention.basis.zh,
                basis_en=one.retention.basis.en,
                years=one.retention.years or 0,
                statutory=one.retention.statutory,
                records=len(one.records),
                day=one.day,
                on_hold=kept["hold"],
                waiting=kept["waiting"],
                unsealed=kept["unsealed"],
                named=len(set(one.records) - ready) - sum(kept.values()),
            )
        )
    return shown


def _note(asking: Asking, found: Planned | Found, action: str, record: str | None = None) -> None:
    if isinstance(found, Found):
        asking.notes("refused", record=None if record is None else name_of(record), rule=found.code)
        return
    asking.notes(action, rule=found.ground, reason=found.reason, about=found.number, counts=_counts(asking, found))


def _note_hold(asking: Asking, found: Held | Found, action: str, record: str | None) -> None:
    if isinstance(found, Found):
        asking.notes("refused", record=None if record is None else name_of(record), rule=found.code)
        return
    reason = found.reason if found.lifted_reason is None else found.lifted_reason
    asking.notes(action, kind=found.kind, record=found.record, reason=reason)


def _counts(asking: Asking, found: Planned) -> dict[str, int]:
    return destructions.shown_of(asking.store, asking.schema, found)


def _result(asking: Asking, found: Planned | Found) -> DestructionResult:
    if isinstance(found, Found):
        return DestructionResult(destruction=None, problem=problem_of(asking.schema, found))
    titles = Titles(asking.store, asking.schema, asking.person)
    return DestructionResult(destruction=_destruction(asking, titles, found), problem=None)


def _held(asking: Asking, found: Held | Found) -> HoldResult:
    if isinstance(found, Found):
        return HoldResult(hold=None, problem=problem_of(asking.schema, found))
    return HoldResult(hold=_hold(Titles(asking.store, asking.schema, asking.person), found), problem=None)


def _destruction(asking: Asking, titles: Titles, one: Planned) -> Destruction:
    state, found = one.state(asking.now), one.certificate
    counts = _counts(asking, one) if found is None else dict(found.records)
    return Destruction(
        id=strawberry.ID(one.id),
        number=one.number,
        ground=one.ground,
        kinds=list(one.kinds),
        records=sum(counts.values()),
        reason=one.reason,
        state=state,
        by_name=titles.name(one.person),
        made_at=one.made_at,
        confirmed_by_name=None if one.confirmed_by is None else titles.name(one.confirmed_by),
        confirmed_at=one.confirmed_at,
        refused_by_name=None if one.refused_by is None else titles.name(one.refused_by),
        done_at=one.done_at,
        certificate=None
        if found is None
        else Certificate(
            records=[_counted(asking, kind, count) for kind, count in found.records.items()],
            stayed=found.stayed,
            entries=found.entries,
            files=found.files,
            head_before=found.head_before,
            head_after=found.head_after,
        ),
        can_confirm=state == "waiting" and one.person != asking.person.person and _may_confirm(asking),
    )


def _counted(asking: Asking, kind: str, count: int) -> KindCount:
    words = asking.schema.retention[asking.schema.kinds[kind].retention.name].words
    return KindCount(kind=kind, records=count, class_zh=words.zh, class_en=words.en)


def _hold(titles: Titles, one: Held) -> Hold:
    return Hold(
        id=strawberry.ID(one.id),
        kind=one.kind,
        title_zh=titles.called(one.kind, one.record, "zh"),
        title_en=titles.called(one.kind, one.record, "en"),
        reason=one.reason,
        by_name=titles.name(one.person),
        set_at=one.set_at,
        lifted_by_name=None if one.lifted_by is None else titles.name(one.lifted_by),
        lifted_at=one.lifted_at,
        lifted_reason=one.lifted_reason,
    )


def _may_confirm(asking: Asking) -> bool:
    """Whether the act is this person's at all; that they prove to be there is asked when they do it."""
    answer = decide(asking.schema, asking.person, "retention.confirm", None, centre=asking.person.centre)
    return answer.allowed or answer.step_up
