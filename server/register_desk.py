"""An import of a register as the desk does it: looked at as often as one likes, then carried out once under an id.

Nothing is kept between two questions: the file and what was decided about it come with each. Not here: who may ask, and
how it travels (server/graphql/register.py).
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from schema.model import Person, Problem, Schema
from schema.words import problem_words
from server.exports.sheets import Sheet as Table
from server.exports.sheets import as_csv
from server.register import carry_out
from server.register_choices import Choices
from server.register_columns import Column, meaning_of, text_of
from server.register_guess import Guess, guessed
from server.register_header import HEADINGS_MIN, Sheet, find_sheet
from server.register_plan import Entropy, Plan, Register, understood
from server.register_repairs import Repair, repairs_of
from server.register_report import ImportProblem, ImportReport
from server.register_sheet import pages_of
from sync.people import teams
from sync.store.store import Store

_ALREADY = "已经有了，没有再加 / There already, not added"
_LEFT_OUT = "导入的人没有选这一行 / Left out by who imported"


@dataclass(frozen=True)
class Wanted:
    """A file by its name and bytes, and what the person decided about it."""

    name: str
    content: bytes
    choices: Choices


@dataclass
class Look:
    """What an import would do, or did: the table that was found, its columns, what has to be mended first.

    columns  as they are taken in now; `guesses` tells what each of them seems to be
    problem  why the file cannot be read at all
    """

    problem: Problem | None = None
    sheet: Sheet | None = None
    guesses: list[Guess] = field(default_factory=list)
    columns: dict[int, Column] = field(default_factory=dict)
    report: ImportReport = field(default_factory=ImportReport)

    @property
    def repairs(self) -> list[Repair]:
        """What has to be mended or left out before anything is written."""
        return repairs_of(self.report.problems)


def look(store: Store, schema: Schema, importer: Person, wanted: Wanted, now: datetime, entropy: Entropy) -> Look:
    """What importing this would do; writes nothing."""
    found, plan = _planned(store, schema, importer, wanted, now, entropy)
    if plan is not None:
        found.report = plan.report
        found.report.is_dry_run = True
    return found


def run(
    store: Store, schema: Schema, importer: Person, id: str, wanted: Wanted, now: datetime, entropy: Entropy
) -> Look:
    """Import all of it or nothing. `id` names the import and the device its saves are signed by: the same id a second
    time writes nothing, and is told what was written.
    """
    with store.atomic():
        before = store.row("SELECT person FROM device WHERE device = ?", (id,))
        if before is not None:
            return Look(report=written_by(store, id)) if before[0] == importer.person else Look(Problem("not_allowed"))
        found, plan = _planned(store, schema, importer, wanted, now, entropy)
        if plan is None:
            return found
        found.report = plan.report
        if not plan.report.problems and plan.saves:
            found.report = carry_out(store, schema, importer, plan, now, entropy, id)
        return found


def written_by(store: Store, id: str) -> ImportReport:
    """What the import of this id wrote."""
    sql = "SELECT kind, count(*) FROM record WHERE record IN (SELECT record FROM log WHERE device = ?) GROUP BY kind"
    counts: dict[str, int] = dict(store.rows(sql, (id,)))
    return ImportReport(households=counts.get("household", 0), residents=counts.get("resident", 0))


def left_out(
    store: Store, schema: Schema, importer: Person, wanted: Wanted, now: datetime, entropy: Entropy
) -> bytes | None:
    """A csv file of the rows that were not taken in, each with its number and the reason; None where all were.

    Judged as if the import were still to come, so it is made before.
    """
    choices = wanted.choices
    whole = Choices(choices.columns, choices.fixes, frozenset(), choices.team)
    found, plan = _planned(store, schema, importer, Wanted(wanted.name, wanted.content, whole), now, entropy)
    if found.sheet is None or plan is None:
        return None
    reasons = {number: [_ALREADY] for number in plan.report.already}
    for one in plan.report.problems:
        if one.row in choices.left_out:
            zh, en = (problem_words(one.problem, language, one.column or "")[0] for language in ("zh", "en"))
            reasons.setdefault(one.row, []).append(f"{zh} / {en}")
    for number in choices.left_out:
        reasons.setdefault(number, [_LEFT_OUT])
    rows = [
        (str(number), "；".join(reasons[number]), *(text_of(cell) for cell in cells))
        for number, cells in found.sheet.rows
        if number in reasons
    ]
    head = ("行 / Row", "原因 / Reason", *(text_of(cell) for cell in found.sheet.header))
    return as_csv(Table(PurePath(wanted.name).name, head, tuple(rows))) if rows else None


def _planned(
    store: Store, schema: Schema, importer: Person, wanted: Wanted, now: datetime, entropy: Entropy
) -> tuple[Look, Plan | None]:
    pages = pages_of(wanted.content, PurePath(wanted.name).suffix)
    if isinstance(pages, Problem):
        return Look(pages), None
    sheet = find_sheet(pages, lambda cell: meaning_of(schema, cell) is not None)
    if sheet is None:
        return Look(Problem("import_no_header")), None
    columns = wanted.choices.columns_of(schema, sheet)
    found = Look(None, sheet, guessed(schema, sheet), columns)
    if len(columns) < HEADINGS_MIN:
        found.report = ImportReport(problems=[ImportProblem(Problem("import_no_header"), sheet.header_row)])
        return found, None
    known_teams = {team.name: team.team for team in teams(store, importer.centre)}
    register: Register = understood(schema, sheet, columns, known_teams, wanted.choices)
    return found, Plan(store, schema, importer, register, now, entropy)
