"""What a clerk may expect who brings a register as it really is: it is understood, mended once for all rows, taken in
whole or not at all, and nobody is taken for somebody else.

Not here: headings, dates and words of a tidy file (test_register.py), and how the desk asks (test_register_asked.py).
"""

from __future__ import annotations

import csv
import io
import secrets
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from schema.load import load_schema
from schema.model import Membership, Person
from server import register_sheet
from server.register_choices import AS_IT_IS, Choices
from server.register_desk import Look, Wanted, left_out, look, run
from server.register_sheet import Page, pages_of
from sync.log import check_log
from sync.people import add_centre, add_member, add_team, memberships_of
from sync.store.opening import open_store
from sync.store.store import Store
from tests.server.messy_register import Messy, write_messy

SCHEMA = load_schema()
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ID = "019ac0de-0000-7000-8000-000000000001"
HEAD = "小区,栋,单元,房号,姓名,出生日期,电话\n"


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Messy:
    return write_messy(tmp_path_factory.mktemp("messy") / "register.xlsx")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "centre.sqlite3", SCHEMA)
    add_centre(opened, "heping", "和平社区服务中心")
    for number, name in enumerate(("一组", "二组"), 1):
        add_team(opened, f"heping_{number}", name, "heping")
    add_member(opened, "wu_jianguo", "吴建国", "heping", [Membership("director", "heping")])
    yield opened
    opened.close()


def importer(store: Store) -> Person:
    return Person("wu_jianguo", "吴建国", "heping", memberships_of(store, "wu_jianguo"))


def wanted(content: bytes | str, name: str = "register.csv", choices: Choices = AS_IT_IS) -> Wanted:
    return Wanted(name, content.encode() if isinstance(content, str) else content, choices)


def looked(store: Store, asked: Wanted) -> Look:
    return look(store, SCHEMA, importer(store), asked, NOW, secrets.token_bytes)


def ran(store: Store, asked: Wanted, id: str = ID) -> Look:
    return run(store, SCHEMA, importer(store), id, asked, NOW, secrets.token_bytes)


def needs(found: Look) -> dict[tuple[str, str | None], list[int]]:
    return {(repair.problem.code, repair.column): list(repair.rows) for repair in found.repairs}


def test_a_messy_register_is_understood_mended_once_for_all_and_nobody_is_taken_for_another(
    store: Store, messy: Messy
) -> None:
    content = messy.path.read_bytes()
    found = looked(store, wanted(content, "register.xlsx"))

    assert found.sheet is not None and (found.sheet.name, found.sheet.header_row) == ("登记表", 4)
    told = {guess.heading: (guess.target, guess.id_number, guess.lost > 0) for guess in found.guesses}
    assert told["身份证号"] == (None, True, True)
    assert told["房号"] == (("household", "room"), False, False)
    assert needs(found) == {
        ("import_lost_digits", "联系电话"): sorted(messy.lost),
        ("import_formula", "性别"): sorted(messy.formulas),
        ("unknown_choice", "性别"): sorted(messy.wrong_words),
    }
    assert sorted(row for row, _ in found.report.alike) == messy.alike
    assert found.report.already == messy.twice
    assert store.value("SELECT count(*) FROM log") == 0

    at = {guess.heading: guess.position for guess in found.guesses}
    fixes = {(at["性别"], "公"): "男", (at["性别"], "=IF(1,2,3)"): "", (at["联系电话"], "1.38e+20"): ""}
    asked = wanted(content, "register.xlsx", Choices(fixes=fixes))
    done = ran(store, asked)

    assert (done.problem, done.report.problems) == (None, [])
    assert (done.report.households, done.report.residents) == (len(messy.homes), len(messy.people))
    place = "building || '-' || unit || '-' || room"
    assert {
        tuple(row)
        for row in store.rows(
            f"SELECT name, born_on, {place} FROM resident JOIN household ON household.record = resident.household"  # noqa: S608
        )
    } == messy.people
    check_log(store)

    # A second confirmation of the same run, its answer lost on the way.
    again = ran(store, asked)
    assert (again.report.households, again.report.residents) == (done.report.households, done.report.residents)
    assert store.value("SELECT count(*) FROM log") == len(messy.homes) + len(messy.people)


def test_an_old_workbook_is_read_with_its_merged_cells_its_dates_and_its_lost_digits(store: Store) -> None:
    content = (Path(__file__).parent / "data" / "register.xls").read_bytes()
    found = looked(store, wanted(content, "register.xls", Choices(team="heping_1")))

    assert needs(found) == {("import_lost_digits", "电话"): [4]}
    choices = Choices(fixes={(6, "1.38e+20"): ""}, team="heping_1")
    assert ran(store, wanted(content, "register.xls", choices)).report.problems == []
    assert store.rows("SELECT name, born_on, phone FROM resident ORDER BY name") == [
        ("覃军", "1985-06-21", None),
        ("马秀珍", "1948-03-12", "13800004401"),
    ]
    assert store.rows("SELECT estate, building, unit, room FROM household") == [("桂花苑", "3", "2", "502")]


def test_a_block_copied_from_a_sheet_is_read_and_leading_signs_stay_text(store: Store) -> None:
    block = (
        "小区\t栋\t房号\t姓名\t负责小组\t备注\n桂花苑\t1\t301\t马秀珍\t二组\t=1+1\n桂花苑\t1\t302\t覃军\t二组\t@home\n"
    )

    assert ran(store, wanted(block, "block.txt")).report.residents == 2
    remarks = " ".join(row[0] for row in store.rows("SELECT remarks FROM resident"))
    assert "=1+1" in remarks and "@home" in remarks


def test_columns_without_a_known_heading_are_guessed_by_what_stands_in_them(store: Store) -> None:
    rows = "小区,栋,房号,谁,哪天,男女,联络,卡号\n桂花苑,1,301,马秀珍,1948-03-12,女,13800004401,440306194803120021\n"
    found = looked(store, wanted(rows))

    assert [(guess.heading, guess.target, guess.how) for guess in found.guesses[3:]] == [
        ("谁", ("resident", "name"), "content"),
        ("哪天", ("resident", "born_on"), "content"),
        ("男女", ("resident", "sex"), "content"),
        ("联络", ("shared", "phone"), "content"),
        ("卡号", None, "none"),
    ]
    # A guess is not taken in by itself: the person has to say so.
    assert {column.heading for column in found.columns.values()} == {"小区", "栋", "房号"}
    chosen = {guess.position: guess.target for guess in found.guesses if guess.how == "content"}
    done = ran(store, wanted(rows, choices=Choices(chosen, team="heping_1")))
    assert done.report.problems == []
    assert store.rows("SELECT name, sex, born_on, phone FROM resident") == [
        ("马秀珍", "female", "1948-03-12", "13800004401")
    ]


def test_an_identity_number_cannot_be_taken_in(store: Store) -> None:
    rows = "小区,栋,房号,姓名,身份证号\n桂花苑,1,301,马秀珍,440306194803120021\n"
    found = looked(store, wanted(rows, choices=Choices({4: ("resident", "id_number")}, team="heping_1")))

    assert 4 not in found.columns and found.guesses[4].id_number
    assert found.report.residents == 1


def test_rows_left_out_are_given_back_with_their_reasons_and_no_cell_is_a_formula(store: Store) -> None:
    rows = (
        HEAD
        + "桂花苑,1,2,301,马秀珍,1948-03-12,\n桂花苑,1,2,302,覃军,1985-13-41,=2+2\n桂花苑,1,2,301,马秀珍,1948-03-12,\n"
    )
    asked = wanted(rows, choices=Choices(left_out=frozenset({3}), team="heping_1"))
    file = left_out(store, SCHEMA, importer(store), asked, NOW, secrets.token_bytes)

    assert ran(store, asked).report.residents == 1
    assert file is not None
    _, head, *given = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert head[2:] == HEAD.strip().split(",")
    assert [row[0] for row in given] == ["3", "4"]
    assert "出生日期" in given[0][1] and "电话" in given[0][1] and given[0][-1] == "'=2+2"
    assert "已经有了" in given[1][1]


def test_what_is_wrong_writes_nothing_and_a_mended_run_under_the_same_id_still_does(store: Store) -> None:
    rows = HEAD + "桂花苑,1,2,301,马秀珍,1948-03-12,12\n"
    refused = ran(store, wanted(rows, choices=Choices(team="heping_1")))

    assert needs(refused) == {("wrong_type", "电话"): [2]}
    assert store.value("SELECT (SELECT count(*) FROM log) + (SELECT count(*) FROM device)") == 0
    mended = ran(store, wanted(rows, choices=Choices(fixes={(6, "12"): "13800004401"}, team="heping_1")))
    assert mended.report.residents == 1


def test_the_id_of_somebody_elses_import_is_refused(store: Store) -> None:
    add_member(store, "zhou_hui", "周慧", "heping", [Membership("supervisor", "heping", "heping_1")])
    rows = wanted(HEAD + "桂花苑,1,2,301,马秀珍,,\n", choices=Choices(team="heping_1"))
    ran(store, rows)
    other = Person("zhou_hui", "周慧", "heping", memberships_of(store, "zhou_hui"))

    again = run(store, SCHEMA, other, ID, rows, NOW, secrets.token_bytes)
    assert again.problem is not None and again.problem.code == "not_allowed"


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_workbook_is_refused_and_stops_nothing(seed: int) -> None:
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(HEAD.strip().split(","))
    book.save(made)
    old = (Path(__file__).parent / "data" / "register.xls").read_bytes()
    for content, suffix in ((old, ".xls"), (made.getvalue(), ".xlsx")):
        damaged = bytearray(content)
        for step in range(40):
            damaged[(seed * 7919 + step * 104_729) % len(damaged)] ^= 1 << step % 8
        found = pages_of(bytes(damaged), suffix)
        assert isinstance(found, list) or found.code in ("import_unreadable", "request_too_large")


def test_what_unpacks_to_more_than_allowed_or_is_itself_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2_000_000))
    assert len(packed.getvalue()) < 10_000
    monkeypatch.setattr(register_sheet, "UNPACKED_BYTES_MAX", 1_999_999)
    assert code_of(pages_of(packed.getvalue(), ".xlsx")) == "request_too_large"
    monkeypatch.setattr(register_sheet, "FILE_BYTES_MAX", 1_000)
    assert code_of(pages_of(bytes(1_001), ".csv")) == "request_too_large"


def test_merged_cells_that_would_fill_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    for number in range(5):
        book.active.append([f"{number}", "x"])
    book.active.merge_cells("A1:A5")
    made = io.BytesIO()
    book.save(made)
    found = pages_of(made.getvalue(), ".xlsx")
    assert isinstance(found, list) and [cells[0] for _, cells in found[0].rows] == ["0"] * 5
    monkeypatch.setattr(register_sheet, "SPREAD_MAX", 3)
    assert code_of(pages_of(made.getvalue(), ".xlsx")) == "request_too_large"


def code_of(found: list[Page] | object) -> str:
    return str(getattr(found, "code", found))


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a0 "呵呵呵呵呵呵呵呵呵呵">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + ']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData></worksheet>'
)


def repacked(content: bytes, part: str, instead: bytes) -> bytes:
    """The same workbook with one part of it replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, instead)
    return made.getvalue()


@pytest.mark.parametrize("what", ["a picture", "a document", "a page", "laughs", "a lie about its size"])
def test_what_is_no_register_under_the_name_of_one_is_told_and_nothing_is_written(store: Store, what: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(["小区", "栋", "房号", "姓名"])
    book.active.append(["莲花苑", "1", "101", "刘一"])
    sheet = io.BytesIO()
    book.save(sheet)
    content = {
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(400),
        "a document": repacked(sheet.getvalue(), "[Content_Types].xml", b"<Types/>"),
        "a page": b"<html><body>404</body></html>",
        # Ten to the ninth laughs out of a kilobyte.
        "laughs": repacked(sheet.getvalue(), SHEET, LAUGHS.encode()),
        "a lie about its size": lying(repacked(sheet.getvalue(), SHEET, b" " * 5_000_000)),
    }[what]
    asked = (store, SCHEMA, importer(store), wanted(content, "register.xlsx"), NOW, secrets.token_bytes)
    found = look(*asked)
    assert found.problem is not None and found.problem.code == "import_unreadable"
    assert run(store, SCHEMA, importer(store), ID, *asked[3:]).problem == found.problem
    assert store.value("SELECT count(*) FROM log") == 0


def lying(content: bytes) -> bytes:
    """The same archive, whose directory says that its largest part has one byte."""
    size = (5_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    return content.replace(size, (1).to_bytes(4, "little"))
