"""Questions and commands about exports: ask for one, agree to somebody's, and be given the token that fetches it once.

Not here: the rules (sync/exports.py), and the file itself (server/exports/way_out.py).
"""

from __future__ import annotations

import secrets
import uuid

import strawberry
from strawberry.types import Info

from schema.access import decide
from schema.model import Problem as Found
from server.auth.person import Asking
from server.graphql.problems import Problem, problem_of
from sync import exports
from sync.exports import Export, Wanted
from sync.hour_decisions import ENTRY
from sync.titles import Titles

TOKEN_BYTES = 32


@strawberry.input
class ExportInput:
    """What is to leave. format: xlsx | csv; `is_whole`: whole numbers of phones, to which a second person agrees;
    `shared_with`: the other unit it is for; `subject`: one person, who wants a copy of all that is kept about them.
    """

    kind: str
    format: str
    reason: str
    is_whole: bool = False
    shared_with: str | None = None
    subject: strawberry.ID | None = None


@strawberry.type
class ExportEntry:
    """One export. state: waiting (for a second person) | ready | fetched | over."""

    id: strawberry.ID
    number: str
    kind: str
    format: str
    reason: str
    is_whole: bool
    shared_with: str | None
    subject: strawberry.ID | None
    subject_name: str | None
    rows: int
    state: str
    by: strawberry.ID
    by_name: str
    made_at: str
    approved_by_name: str | None
    fetched_at: str | None
    is_mine: bool
    can_agree: bool


@strawberry.type
class ExportResult:
    """The export after the command, or why there is none; `token` fetches it once, within ten minutes."""

    export: ExportEntry | None
    token: str | None
    problem: Problem | None


def listed(info: Info[Asking, None]) -> list[ExportEntry]:
    """Of the whole centre for whoever may agree, else one's own."""
    asking = info.context
    titles = Titles(asking.store, asking.schema, asking.person)
    found = exports.recent(asking.store, asking.person, _may_agree(asking))
    return [_entry(asking, export, titles) for export in found]


def ask(info: Info[Asking, None], export: ExportInput) -> ExportResult:
    """Asked for, with a reason."""
    asking = info.context
    with asking.store.atomic():
        found = exports.ask(
            asking.store,
            asking.schema,
            asking.person,
            str(uuid.uuid4()),
            Wanted(
                export.kind, export.format, export.reason, export.is_whole, export.shared_with, export.subject or None
            ),
            asking.now,
            asking.context,
        )
        _note(asking, found, "asked", export.kind)
    return _result(asking, found)


def agree(info: Info[Asking, None], id: strawberry.ID) -> ExportResult:
    """A second person has looked."""
    asking = info.context
    with asking.store.atomic():
        found = exports.agree(asking.store, asking.person, id, asking.now)
        _note(asking, found, "agreed")
    return _result(asking, found)


def open_link(info: Info[Asking, None], id: strawberry.ID) -> ExportResult:
    """The token is told once and kept nowhere."""
    asking = info.context
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with asking.store.atomic():
        found = exports.open_link(asking.store, asking.person, id, token, asking.now)
    return _result(asking, found, None if isinstance(found, Found) else token)


def _note(asking: Asking, found: Export | Found, rule: str, kind: str | None = None) -> None:
    if isinstance(found, Found):
        known = kind if kind in asking.schema.kinds else None
        asking.notes("refused", kind=known, rule=found.code)
    else:
        asking.notes(
            "exported",
            kind=found.kind if found.kind in asking.schema.kinds else ENTRY,
            tier=found.tier,
            rule=rule,
            reason=found.noted,
            about=found.number,
            counts={found.kind: len(found.records)},
        )


def _result(asking: Asking, found: Export | Found, token: str | None = None) -> ExportResult:
    if isinstance(found, Found):
        return ExportResult(export=None, token=None, problem=problem_of(asking.schema, found))
    titles = Titles(asking.store, asking.schema, asking.person)
    return ExportResult(export=_entry(asking, found, titles), token=token, problem=None)


def _entry(asking: Asking, export: Export, titles: Titles) -> ExportEntry:
    is_mine, state = export.person == asking.person.person, export.state(asking.now)
    return ExportEntry(
        id=strawberry.ID(export.id),
        number=export.number,
        kind=export.kind,
        format=export.format,
        reason=export.reason,
        is_whole=export.is_whole,
        shared_with=export.shared_with,
        subject=None if export.subject is None else strawberry.ID(export.subject),
        subject_name=None if export.subject is None else titles.called(export.kind, export.subject, "zh"),
        rows=len(export.records),
        state=state,
        by=strawberry.ID(export.person),
        by_name=titles.name(export.person),
        made_at=export.made_at,
        approved_by_name=None if export.approved_by is None else titles.name(export.approved_by),
        fetched_at=export.fetched_at,
        is_mine=is_mine,
        can_agree=state == "waiting" and not is_mine and _may_agree(asking),
    )


def _may_agree(asking: Asking) -> bool:
    """Whether the act is this person's at all; that they prove to be there is asked when they do it."""
    answer = decide(asking.schema, asking.person, "export.agree", None, centre=asking.person.centre)
    return answer.allowed or answer.step_up
