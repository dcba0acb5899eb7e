"""The question behind the table of the register: a page of one kind, narrowed and sorted, as it is shown in cells.

Not here: which records are seen and found (sync/lists.py), and the import (server/graphql/register.py).
"""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types import Info

from schema.model import Kind
from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.scalars import JSON
from server.graphql.seen import saw_list
from sync import read
from sync.reveals import covered
from sync.titles import Titles

TEXT_CHARACTERS_MAX = 100
FILTERS_MAX = 10
NAMED = ("ref", "person", "team")
NARROWS = ("choice", "team", "ref")


@strawberry.input
class RegisterFilter:
    """A field of a choice, a team or another record, and the value it must have."""

    field: str
    value: str


@strawberry.type
class RegisterRow:
    """One record as cells. `called`: of each field that names something, what that is called: {field: {zh, en}}."""

    record: strawberry.ID
    revision: int
    values: JSON
    called: JSON
    title_zh: str
    title_en: str


@strawberry.type
class RegisterRows:
    """A page; `next` goes back into `after`. `sorts`: the fields that it can be sorted by."""

    items: list[RegisterRow]
    total: int
    next: str | None
    sorts: list[str]


def register_rows(
    info: Info[Asking, None],
    kind: str,
    filters: list[RegisterFilter],
    text: str = "",
    sort: str | None = None,
    first: int = 100,
    after: str | None = None,
) -> RegisterRows:
    """Of a kind whose records can be merged, which are those of the register."""
    asking = info.context
    declared = asking.schema.kinds.get(kind)
    if declared is None or not declared.aliases:
        raise Refusal(Found("query_refused", "kind", {"reason": "variables"}))
    sorts = read.sortable_fields(declared)
    if sort is not None and sort.removeprefix("-") not in sorts:
        raise Refusal(Found("query_refused", "sort", {"reason": "variables"}))
    if len(text) > TEXT_CHARACTERS_MAX or not text.isprintable():
        raise Refusal(Found("query_refused", "text", {"reason": "variables"}))
    asked = (asking.store, asking.schema, asking.person, kind, _where(declared, filters), first, after)
    page = read.records(*asked, asking.context, text, sort)
    saw_list(asking, [kind for _ in page.items])
    titles = Titles(asking.store, asking.schema, asking.person)
    return RegisterRows(
        items=[_row(declared, titles, one) for one in page.items],
        total=page.total,
        next=page.next,
        sorts=list(sorts),
    )


def _where(kind: Kind, filters: list[RegisterFilter]) -> dict[str, Any]:
    known = [one for one in filters if one.field in kind.fields and kind.fields[one.field].type in NARROWS]
    if len(known) != len(filters) or len(filters) > FILTERS_MAX:
        raise Refusal(Found("query_refused", "filters", {"reason": "variables"}))
    return {one.field: one.value for one in known}


def _row(kind: Kind, titles: Titles, found: read.RecordRow) -> RegisterRow:
    fields = kind.fields
    shown = {
        name: covered(str(value)) if fields[name].type == "phone" and value else value
        for name, value in found.values.items()
    }
    called = {
        name: {language: titles.called(_of(kind, name), str(value), language) for language in ("zh", "en")}
        for name, value in found.values.items()
        if fields[name].type in NAMED and value
    }
    return RegisterRow(
        record=strawberry.ID(found.record),
        revision=found.revision,
        values=JSON(shown),
        called=JSON(called),
        title_zh=found.title_zh,
        title_en=found.title_en,
    )


def _of(kind: Kind, name: str) -> str:
    field = kind.fields[name]
    return str(field.of) if field.type == "ref" else field.type
