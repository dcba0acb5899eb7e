"""What an import of a register would write: every row judged, homes recognised, nobody written down twice.

Not here: reading files (register_sheet), the meaning of columns (register_columns), writing (register).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from schema.access import decide
from schema.load import load_schema
from schema.model import Claim, Kind, Person, Problem, Schema
from schema.validate import validate
from schema.view import view_of
from schema.words import label
from server.register_choices import AS_IT_IS, Choices
from server.register_columns import CellProblem, Column, Row, meaning_of, recognise, values_of
from server.register_header import HEADINGS_MIN, Sheet, find_sheet
from server.register_likeness import Known
from server.register_report import ImportProblem, ImportReport
from server.register_sheet import read_pages
from sync.store.store import Store
from sync.times import local_date, written

_PLACE = ("estate", "building", "unit", "room")
Entropy = Callable[[int], bytes]


@dataclass
class Register:
    """A file as it was understood: its columns, and each row with its number and values.

    team  of homes for which neither the file nor their building says one
    """

    columns: dict[int, Column] = field(default_factory=dict)
    rows: list[tuple[int, Row]] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    team: str | None = None


def read_register(path: Path, schema: Schema | None = None, team_ids: dict[str, str] | None = None) -> Register:
    """Read a register and understand its columns and cells; nothing is compared with what the centre has.

    team_ids  name of a team -> its id, for files with a column for the team
    """
    schema = schema or load_schema()
    pages = read_pages(path)
    if isinstance(pages, Problem):
        return Register(problems=[ImportProblem(pages)])
    sheet = find_sheet(pages, lambda cell: meaning_of(schema, cell) is not None)
    columns, unknown = recognise(schema, sheet.header) if sheet else ({}, [])
    if sheet is None or len(columns) < HEADINGS_MIN:
        return Register(problems=[ImportProblem(Problem("import_no_header"), row=1)])
    problems = [ImportProblem(found.problem, sheet.header_row, found.column) for found in unknown]
    if problems:
        return Register(columns, problems=problems)
    return understood(schema, sheet, columns, team_ids or {}, AS_IT_IS)


def understood(
    schema: Schema, sheet: Sheet, columns: dict[int, Column], team_ids: dict[str, str], choices: Choices
) -> Register:
    """The rows of a sheet as values, but for those that are left out."""
    rows = [
        (number, values_of(schema, team_ids, columns, choices.mended(cells)))
        for number, cells in sheet.rows
        if number not in choices.left_out
    ]
    return Register(columns, rows, team=choices.team)


@dataclass
class _Home:
    """A home that rows of the file belong to: one the centre has, or one to be written."""

    record: str
    team: str | None
    is_new: bool
    values: dict[str, Any] = field(default_factory=dict)
    people: list[tuple[str, str | None]] = field(default_factory=list)  # name and birth date


@dataclass(frozen=True)
class Planned:
    """One record to be written, and the row it came from."""

    row: int
    kind: str
    record: str
    values: dict[str, Any]


class Plan:
    """What an import would write: the saves in order, each with the row it came from, or the problems of the rows."""

    def __init__(
        self, store: Store, schema: Schema, importer: Person, register: Register, now: datetime, entropy: Entropy
    ) -> None:
        self.report = ImportReport()
        self.saves: list[Planned] = []
        self._schema = schema
        self._importer = importer
        self._register = register
        self._now = now
        self._entropy = entropy
        self._known = Known()
        self._homes, self._team_of_building = _existing(store, importer.centre, self._known)
        self._reused: set[str] = set()
        for number, row in register.rows:
            self._add(number, row)
        if self.report.problems:
            self.report.problems.insert(0, ImportProblem(Problem("import_bad_row")))

    def _add(self, number: int, row: Row) -> None:
        problems = list(row.problems)
        unread = {found.problem.field for found in problems}
        home = self._home(number, row, problems, unread)
        if home is not None and "name" in row.values["resident"]:
            self._add_resident(number, row, home, problems)
        elif row.values["resident"] and "name" not in unread and "name" not in row.values["resident"]:
            # A row that says something of a person must say who it is.
            problems.append(self._missing("resident", "name"))
        self.report.problems += [ImportProblem(found.problem, number, found.column, found.text) for found in problems]

    def _home(self, number: int, row: Row, problems: list[CellProblem], unread: set[str | None]) -> _Home | None:
        values = row.values["household"]
        missing = [name for name in ("estate", "building", "room") if name not in values]
        if missing:
            problems += [self._missing("household", name) for name in missing if name not in unread]
            return None
        key = place_key(values)
        home = self._homes.get(key)
        if home is None:
            home = self._new_home(number, row, problems, unread)
            self._homes[key] = home
        elif home.is_new:
            # Later rows of one home complete what the first one said of it.
            for field_key, value in self._said_of_home(row).items():
                home.values.setdefault(field_key, value)
        elif home.record not in self._reused:
            self._reused.add(home.record)
            self.report.known_households += 1
        return home

    def _new_home(self, number: int, row: Row, problems: list[CellProblem], unread: set[str | None]) -> _Home:
        values = self._said_of_home(row)
        usual = self._team_of_building.get((values["estate"], values["building"])) or self._only_team()
        values.setdefault("team", usual or self._register.team)
        if values["team"] is None:
            del values["team"]
        home = _Home(new_id(self._now, self._entropy), values.get("team"), True, values)
        kind = self._schema.kinds["household"]
        problems += [found for found in self._judged(kind, values) if found.problem.field not in unread]
        if home.team and not self._may_create(kind, home.team):
            problems.append(CellProblem(self._heading("household", "team"), Problem("not_permitted")))
        self.report.households += 1
        self.saves.append(Planned(number, "household", home.record, values))
        return home

    def _add_resident(self, number: int, row: Row, home: _Home, problems: list[CellProblem]) -> None:
        values = dict(row.values["resident"])
        if "phone" in row.values["shared"]:
            values.setdefault("phone", row.values["shared"]["phone"])
        if "remarks" in row.values["shared"]:
            values[f"remarks.{self._row_id()}"] = {"text": row.values["shared"]["remarks"]}
        values["household"] = home.record
        kind = self._schema.kinds["resident"]
        found = self._judged(kind, values)
        problems += found
        if home.team and not self._may_create(kind, home.team):
            problems.append(CellProblem(self._heading("household", "room"), Problem("not_permitted")))
        name, born_on = values["name"], values.get("born_on")
        if any(_is_same_person((name, born_on), other) for other in home.people):
            self.report.already.append(number)
            return
        home.people.append((name, born_on))
        other = self._known.like(name, born_on, values.get("phone"))
        if other is not None:
            self.report.alike.append((number, other.row))
        self._known.add(name, born_on, values.get("phone"), number)
        self.report.residents += 1
        self.saves.append(Planned(number, "resident", new_id(self._now, self._entropy), values))

    def _said_of_home(self, row: Row) -> dict[str, Any]:
        """What a row says of the home. The shared telephone column is the home's too, when the row is the head's or
        names nobody; a remark beside nobody's name is about the home.
        """
        values, shared, relation = (
            dict(row.values["household"]),
            row.values["shared"],
            row.values["resident"].get("relation"),
        )
        if "phone" in shared and "phone" not in values and relation in (None, "self"):
            values |= {"phone": shared["phone"]} | ({"phone_owner": "self"} if relation == "self" else {})
        if "remarks" in shared and "name" not in row.values["resident"]:
            values[f"remarks.{self._row_id()}"] = {"text": shared["remarks"]}
        return values

    def _judged(self, kind: Kind, values: dict[str, Any]) -> list[CellProblem]:
        claims = [Claim(field_key, "1", value, "", self._importer.person) for field_key, value in values.items()]
        view = view_of(kind, claims).values
        found = validate(kind, {}, view, local_date(self._now), written(self._now), values)
        return [CellProblem(self._heading(kind.name, problem.field or ""), problem) for problem in found]

    def _may_create(self, kind: Kind, team: str) -> bool:
        importer = self._importer
        own = {importer.person}
        return decide(self._schema, importer, "create", kind, centre=importer.centre, team=team, own=own).allowed

    def _only_team(self) -> str | None:
        own = {membership.team for membership in self._importer.memberships if membership.role == "supervisor"} - {None}
        return own.pop() if len(own) == 1 else None

    def _missing(self, kind: str, name: str) -> CellProblem:
        return CellProblem(self._heading(kind, name), Problem("missing", name))

    def _heading(self, kind: str, field_key: str) -> str:
        """The heading of the column that a problem is about; the field's own name where the file has no such column."""
        name = field_key.partition(".")[0]
        for column in self._register.columns.values():
            if column.field == name and column.kind in (kind, "shared"):
                return column.heading
        return label(self._schema.kinds[kind], name, "zh")

    def _row_id(self) -> str:
        return self._entropy(8).hex()


def place_key(values: dict[str, Any]) -> tuple[str, ...]:
    """What makes two homes the same: the place, without spaces, letter size and zeros that a sheet may have dropped."""
    parts = (unicodedata.normalize("NFKC", str(values.get(name) or "")) for name in _PLACE)
    return tuple(re.sub(r"\s+", "", part).upper().lstrip("0") for part in parts)


def _is_same_person(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    # Without both dates the name decides: a resident written down twice is worse than one to be completed by hand.
    return one[0] == other[0] and (one[1] == other[1] or None in (one[1], other[1]))


def _existing(
    store: Store, centre: str, known: Known
) -> tuple[dict[tuple[str, ...], _Home], dict[tuple[str, str], str]]:
    """The homes of a centre by place, with who lives in them; and the team of each building that has only one."""
    homes: dict[tuple[str, ...], _Home] = {}
    by_record: dict[str, _Home] = {}
    team_of: dict[tuple[str, str], set[str]] = {}
    # All homes of the centre, also those of teams the importer does not see: a home must not be written a second time.
    for record, team, *place in store.rows(
        "SELECT record, household.team, estate, building, unit, room FROM household JOIN record USING (record)"
        " WHERE record.centre = ? AND record.put_away IS NULL ORDER BY record",
        (centre,),
    ):
        by_record[record] = _Home(record, team, False)
        homes.setdefault(place_key(dict(zip(_PLACE, place, strict=True))), by_record[record])
        team_of.setdefault((place[0], place[1]), set()).add(team)
    # Who lives in a home that was merged lives in the one that stayed.
    for household, name, born_on, phone in store.rows(
        "SELECT coalesce(home.survivor, home.record), name, born_on, phone FROM resident JOIN record USING (record)"
        " JOIN record home ON home.record = resident.household"
        " WHERE record.centre = ? AND record.put_away IS NULL",
        (centre,),
    ):
        if household in by_record:
            by_record[household].people.append((name, born_on))
        known.add(name, born_on, phone)
    return homes, {building: found.pop() for building, found in team_of.items() if len(found) == 1}


def new_id(now: datetime, entropy: Entropy) -> str:
    """A new UUIDv7: the time of making, and 74 random bits."""
    number = int(now.timestamp() * 1000) << 80 | 7 << 76 | int.from_bytes(entropy(10)) & (1 << 76) - 1
    number = number & ~(3 << 62) | 2 << 62
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
