"""The question and the command with which a desk brings a register in: what a file would do, and doing it once.

Not here: reading it and what would be written (server/register_desk.py).
"""

from __future__ import annotations

import secrets
import uuid

import strawberry
from strawberry.types import Info

from schema.model import Problem as Found
from schema.model import Schema
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.problems import Problem, problem_of
from server.register_choices import Choices
from server.register_desk import Look, Wanted, left_out, look, run
from server.register_undo import imports, undo
from server.requests import read_bytes
from sync.people import teams

# A writer has one thread, and everybody's saves wait while an import is carried out.
ROWS_MAX = 5_000
CHOICES_MAX = 5_000
# Of what cells say, beside one repair.
TEXTS_SHOWN = 40


@strawberry.input
class RegisterColumnInput:
    """What the column at a position, from 0, is taken for; `kind` and `field` null: it is not taken in."""

    position: int
    kind: str | None = None
    field: str | None = None


@strawberry.input
class RegisterFixInput:
    """What every cell of a column that says `text` is to say instead; `to` "": nothing."""

    position: int
    text: str
    to: str


@strawberry.input
class RegisterInput:
    """A file with what was decided about it. `content`: base64; `left_out`: numbers of rows as in the file; `team`:
    for homes for which neither the file nor their building says one.
    """

    name: str
    content: str
    columns: list[RegisterColumnInput]
    fixes: list[RegisterFixInput]
    left_out: list[int]
    team: strawberry.ID | None = None


@strawberry.type
class RegisterColumn:
    """A column of the file, and what it is taken for now. how: heading | content | none, what the guess rests on;
    `guess_kind` and `guess_field`: the guess; `lost`: cells of which something is lost; `id_number`: it holds numbers
    of identity cards, which are not kept.
    """

    position: int
    heading: str
    kind: str | None
    field: str | None
    guess_kind: str | None
    guess_field: str | None
    how: str
    samples: list[str]
    lost: int
    id_number: bool


@strawberry.type
class RegisterText:
    """What cells say, and in how many rows."""

    text: str
    rows: int


@strawberry.type
class RegisterRepair:
    """What mends several rows at once. `position` of the column, null where the file has none for it."""

    problem: Problem
    column: str | None
    position: int | None
    rows: list[int]
    texts: list[RegisterText]


@strawberry.type
class RegisterAlike:
    """A new resident who may live in another home: in that row of the file, or null where the centre has them."""

    row: int
    other_row: int | None


@strawberry.type
class RegisterLook:
    """What an import would do, or did. `already`: rows of residents who are there; `is_done`: it was carried out, and
    `left_out_csv` then holds the rows that were not taken in, with the reasons.
    """

    is_done: bool
    problem: Problem | None
    sheet: str | None
    header_row: int | None
    rows: int
    columns: list[RegisterColumn]
    repairs: list[RegisterRepair]
    households: int
    known_households: int
    residents: int
    already: list[int]
    alike: list[RegisterAlike]
    left_out_csv: str | None


def look_at(info: Info[Asking, None], register: RegisterInput) -> RegisterLook:
    """Nothing is written but that somebody looked."""
    asking = info.context
    wanted = _wanted(register)
    refused = _refused(asking, wanted)
    found = refused or look(asking.store, asking.schema, asking.person, wanted, asking.now, secrets.token_bytes)
    asking.saw("imported", rule="looked", counts=_counts(found))
    return _told(asking.schema, _of_bounded_size(found), False)


def carry_out(info: Info[Asking, None], id: strawberry.ID, register: RegisterInput) -> RegisterLook:
    """All of it or nothing, once for each id."""
    asking = info.context
    try:
        name = str(uuid.UUID(id))
    except ValueError as error:
        raise Refusal(Found("damaged_request", "id")) from error
    wanted = _wanted(register)
    asked = (asking.store, asking.schema, asking.person)
    with asking.store.atomic():
        found = _refused(asking, wanted) or _of_bounded_size(look(*asked, wanted, asking.now, secrets.token_bytes))
        if found.problem is not None:
            return _told(asking.schema, found, False)
        file = left_out(*asked, wanted, asking.now, secrets.token_bytes)
        found = run(*asked, name, wanted, asking.now, secrets.token_bytes)
        is_done = found.problem is None and not found.report.problems
        if is_done:
            asking.notes("imported", rule="written", about=name, counts=_counts(found))
    return _told(asking.schema, found, is_done, file if is_done else None)


@strawberry.type
class RegisterImported:
    """An import that can still be undone, until then. `households`, `residents`: of what it made, in the lists now."""

    id: strawberry.ID
    at: str
    by_name: str
    households: int
    residents: int
    until: str


@strawberry.type
class RegisterKept:
    """A record that stays after an undoing, because somebody works with it."""

    record: strawberry.ID
    kind: str
    title_zh: str
    title_en: str


@strawberry.type
class RegisterUndone:
    """What left the lists, and what stays; `kept_more`: so many besides those that are named."""

    problem: Problem | None
    households: int
    residents: int
    kept: list[RegisterKept]
    kept_more: int


def recent_imports(info: Info[Asking, None]) -> list[RegisterImported]:
    """The imports of the last seven days, the newest first."""
    asking = info.context
    return [
        RegisterImported(**(vars(one) | {"id": strawberry.ID(one.id)}))
        for one in imports(asking.store, asking.person, asking.now)
    ]


def undo_import(info: Info[Asking, None], id: strawberry.ID) -> RegisterUndone:
    """Take an import back: what it made and nobody works with leaves the lists."""
    asking = info.context
    with asking.store.atomic():
        found = undo(asking.store, asking.schema, asking.person, str(id), asking.now, secrets.token_bytes)
        counts = {"household": found.households, "resident": found.residents}
        asking.notes("imported", rule="undone" if found.problem is None else found.problem.code, counts=counts)
    return RegisterUndone(
        problem=problem_of(asking.schema, found.problem),
        households=found.households,
        residents=found.residents,
        kept=[
            RegisterKept(record=strawberry.ID(one.record), kind=one.kind, title_zh=one.title_zh, title_en=one.title_en)
            for one in found.kept
        ],
        kept_more=found.kept_more,
    )


def _wanted(register: RegisterInput) -> Wanted:
    content = read_bytes(register.content, "content")
    if max(len(register.columns), len(register.fixes), len(register.left_out) // 4) > CHOICES_MAX:
        raise Refusal(Found("request_too_large", details={"choices_max": CHOICES_MAX}))
    columns = {
        column.position: (column.kind, column.field) if column.kind and column.field else None
        for column in register.columns
    }
    fixes = {(fix.position, fix.text): fix.to for fix in register.fixes}
    team = None if register.team is None else str(register.team)
    return Wanted(register.name, content, Choices(columns, fixes, frozenset(register.left_out), team))


def _refused(asking: Asking, wanted: Wanted) -> Look | None:
    team = wanted.choices.team
    known = {one.team for one in teams(asking.store, asking.person.centre)}
    return None if team is None or team in known else Look(Found("unknown_choice", "team"))


def _of_bounded_size(found: Look) -> Look:
    if found.sheet is not None and len(found.sheet.rows) > ROWS_MAX:
        return Look(Found("request_too_large", details={"rows_max": ROWS_MAX}))
    return found


def _counts(found: Look) -> dict[str, int]:
    return {"household": found.report.households, "resident": found.report.residents}


def _told(schema: Schema, found: Look, is_done: bool, file: bytes | None = None) -> RegisterLook:
    report = found.report
    whole = next((one.problem for one in report.problems if one.row is None and not found.repairs), None)
    return RegisterLook(
        is_done=is_done,
        problem=problem_of(schema, found.problem or whole),
        sheet=found.sheet.name if found.sheet else None,
        header_row=found.sheet.header_row if found.sheet else None,
        rows=len(found.sheet.rows) if found.sheet else 0,
        columns=_columns(found),
        repairs=_repairs(schema, found),
        households=report.households,
        known_households=report.known_households,
        residents=report.residents,
        already=report.already,
        alike=[RegisterAlike(row=row, other_row=other) for row, other in report.alike],
        left_out_csv=None if file is None else file.decode("utf-8"),
    )


def _columns(found: Look) -> list[RegisterColumn]:
    columns = []
    for guess in found.guesses:
        taken = found.columns.get(guess.position)
        columns.append(
            RegisterColumn(
                position=guess.position,
                heading=guess.heading,
                kind=taken.kind if taken else None,
                field=taken.field if taken else None,
                guess_kind=guess.target[0] if guess.target else None,
                guess_field=guess.target[1] if guess.target else None,
                how=guess.how,
                samples=list(guess.samples),
                lost=guess.lost,
                id_number=guess.id_number,
            )
        )
    return columns


def _repairs(schema: Schema, found: Look) -> list[RegisterRepair]:
    positions = {column.heading: position for position, column in found.columns.items()}
    repairs = []
    for repair in found.repairs:
        position = positions.get(repair.column or "")
        kind = "household" if repair.problem.field in schema.kinds["household"].fields else "resident"
        if position is not None and found.columns[position].kind != "shared":
            kind = found.columns[position].kind
        problem = problem_of(schema, repair.problem, kind)
        if problem is not None:
            texts = [RegisterText(text=text, rows=rows) for text, rows in repair.texts[:TEXTS_SHOWN]]
            repairs.append(
                RegisterRepair(
                    problem=problem, column=repair.column, position=position, rows=list(repair.rows), texts=texts
                )
            )
    return repairs
