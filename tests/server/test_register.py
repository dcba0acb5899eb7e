"""What a centre may expect when it brings its own register: everything comes in, or every bad row is named."""

import itertools
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from schema.load import load_schema
from schema.model import Membership
from server import register_sheet
from server.register import import_register, read_register
from server.register_report import ImportReport
from sync.log import check_log
from sync.people import add_centre, add_member, add_team
from sync.store.opening import open_store
from sync.store.store import Store

SCHEMA = load_schema()
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
REGISTER = Path(__file__).parent / "data" / "register_zh.csv"
ADDRESS = ["桂花苑", "1", "2"]
HEADER = ["小区", "栋", "单元", "房号", "姓名", "性别", "出生日期", "小组"]


in_either_database = pytest.mark.parametrize("place", ("sqlite", "postgres"), indirect=True)


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Path | str:
    if getattr(request, "param", "sqlite") == "postgres":
        found: str = request.getfixturevalue("cluster").emptied()
        return found
    return tmp_path / "centre.sqlite3"


@pytest.fixture
def store(place: Path | str):
    opened = open_store(place, SCHEMA)
    add_centre(opened, "heping", "和平社区服务中心")
    for number, name in enumerate(("一组", "二组"), 1):
        add_team(opened, f"heping_{number}", name, "heping")
    add_member(opened, "wu_jianguo", "吴建国", "heping", [Membership("director", "heping")])
    add_member(opened, "zhou_hui", "周慧", "heping", [Membership("supervisor", "heping", "heping_1")])
    add_member(opened, "li_min", "李敏", "heping", [Membership("outreach_worker", "heping", "heping_1")])
    yield opened
    opened.close()


def as_csv(tmp_path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    path = tmp_path / "register.csv"
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding)
    return path


def as_xlsx(tmp_path: Path, rows: list[list[object]], formats: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    path = tmp_path / "register.xlsx"
    book.save(path)
    return path


def told(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(found.row, found.column, found.problem.code) for found in report.problems]


def homes_of(store: Store) -> list[tuple[object, ...]]:
    return store.rows("SELECT estate, building, unit, room, team, phone FROM household ORDER BY room")


def names_of(store: Store) -> list[str]:
    return [row[0] for row in store.rows("SELECT name FROM resident ORDER BY born_on")]


def is_untouched(store: Store) -> bool:
    counted = "SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM log) + (SELECT count(*) FROM device)"
    return homes_of(store) == [] and names_of(store) == [] and store.value(counted) == 0


@in_either_database
def test_a_register_with_chinese_headings_becomes_homes_with_their_residents(store):
    report = import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW)

    assert (report.households, report.residents, report.problems) == (3, 6, [])
    assert homes_of(store) == [
        ("桂花苑", "1", "2", "0303", "heping_2", "150 0000 4403"),
        ("桂花苑", "1", "2", "301", "heping_2", "138 0000 4401"),
        ("桂花苑", "1", "2", "302", "heping_2", "136 0000 4402"),
    ]
    assert names_of(store) == ["马秀珍", "欧阳国栋", "吕桂香", "覃军", "韦晓燕", "覃一诺"]
    row = store.row(
        "SELECT sex, born_on, relation, residence_status, vulnerabilities, risk_level FROM resident LIMIT 1"
    )
    assert row is not None
    assert report.lines("zh") == ["导入了新住户 3 户、新居民 6 人。"]


def test_every_imported_record_is_a_signed_save_of_the_person_who_imported(store):
    import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW)

    assert store.rows("SELECT DISTINCT entry, person, status FROM log") == [("save", "wu_jianguo", "accepted")]
    assert store.value("SELECT count(*) FROM log") == 9
    assert store.rows("SELECT person, revoked_at IS NOT NULL FROM device") == [("wu_jianguo", 1)]
    check_log(store)


def test_a_text_that_looks_like_a_formula_stays_a_text(store):
    import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW)

    (remarks,) = store.row("SELECT remarks FROM resident WHERE name = '覃军'")
    assert "=1+1 是他写的门牌口令" in remarks


@in_either_database
def test_the_same_file_a_second_time_imports_nothing_twice(store):
    import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW)

    again = import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW)

    assert (again.households, again.residents, again.problems) == (0, 0, [])
    assert (again.known_households, again.already) == (3, [2, 3, 4, 5, 6, 7])
    assert store.value("SELECT count(*) FROM log") == 9
    assert again.lines("en") == [
        "Imported 0 new homes and 0 new residents.",
        "3 homes were known already and stay as they are.",
        "6 residents were there already and were not added: rows 2, 3, 4, 5, 6, 7.",
    ]


def test_a_new_resident_of_a_known_home_joins_it_and_the_home_stays_as_it_is(store, tmp_path):
    import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW)
    before = homes_of(store)
    path = as_csv(tmp_path, [[*HEADER, "电话"], [*ADDRESS, "301", "马小军", "男", "1975-01-02", "", "139 0000 9999"]])

    report = import_register(store, SCHEMA, "wu_jianguo", path, NOW)

    assert (report.households, report.known_households, report.residents) == (0, 1, 1)
    assert homes_of(store) == before
    assert store.value("SELECT count(DISTINCT household) FROM resident WHERE name IN ('马秀珍', '马小军')") == 1


def test_a_dry_run_says_what_would_happen_and_writes_nothing(store):
    report = import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW, dry_run=True)

    assert (report.households, report.residents) == (3, 6)
    assert report.lines("zh") == ["可以导入新住户 3 户、新居民 6 人。"]
    assert is_untouched(store)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_centres_have(store, tmp_path, encoding):
    path = as_csv(tmp_path, [HEADER, [*ADDRESS, "301", "马秀珍", "女", "1948-03-12", "二组"]], encoding)

    assert import_register(store, SCHEMA, "wu_jianguo", path, NOW).residents == 1
    assert names_of(store) == ["马秀珍"]


def test_english_headings_and_words_are_understood(store, tmp_path):
    header = ["Estate", "Building", "Unit", "Room No", "Name", "Gender", "Date of birth", "Team", "Relation", "Remarks"]
    header[3] = "Room"
    row = [
        "Guihua",
        "1",
        "2",
        "301",
        "Ma Xiuzhen",
        "Female",
        "1948-03-12",
        "heping_2",
        "Head of household",
        "hard of hearing",
    ]

    report = import_register(store, SCHEMA, "wu_jianguo", as_csv(tmp_path, [header, row]), NOW)

    assert (report.residents, report.problems) == (1, [])
    assert store.row("SELECT sex, relation FROM resident") == ("female", "self")


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_they_are_meant(store, tmp_path):
    header = [*HEADER, "联系电话", "与户主关系"]
    rows = [
        ["桂花苑", 3.0, 2, 502.0, "马秀珍", "女", datetime(1948, 3, 12), "二组", 13800004401.0, "户主"],
        ["桂花苑", 3, 2, 103, "覃军", "男", date(1985, 6, 21), "二组", 75526610000, "户主"],
    ]
    path = as_xlsx(tmp_path, [header, *rows], {"D3": "0000"})

    report = import_register(store, SCHEMA, "wu_jianguo", path, NOW)

    assert report.problems == []
    assert store.rows("SELECT building, room, phone FROM household ORDER BY room") == [
        ("3", "0103", "075526610000"),
        ("3", "502", "13800004401"),
    ]
    assert store.rows("SELECT born_on FROM resident ORDER BY born_on") == [("1948-03-12",), ("1985-06-21",)]


def test_a_room_that_lost_its_leading_zero_is_the_same_room(store, tmp_path):
    import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW)
    path = as_xlsx(tmp_path, [HEADER, ["桂花苑", 1, 2, 303, "覃家乐", "男", date(2023, 2, 3), None]])

    assert import_register(store, SCHEMA, "wu_jianguo", path, NOW).households == 0


def test_an_address_in_one_cell_is_taken_apart(store, tmp_path):
    rows = [["地址", "姓名", "小组"], ["桂花苑1栋2单元301室", "马秀珍", "二组"], ["桂花苑 3-2-502", "覃军", "二组"]]

    report = import_register(store, SCHEMA, "wu_jianguo", as_csv(tmp_path, rows), NOW)

    assert report.problems == []
    assert [row[:4] for row in homes_of(store)] == [("桂花苑", "1", "2", "301"), ("桂花苑", "3", "2", "502")]


def test_an_address_without_a_room_is_told(store, tmp_path):
    rows = [["地址", "姓名", "小组"], ["桂花苑门口", "马秀珍", "二组"]]

    assert (2, "地址", "import_address") in told(
        import_register(store, SCHEMA, "wu_jianguo", as_csv(tmp_path, rows), NOW)
    )


def test_rows_without_a_name_are_about_the_home(store, tmp_path):
    rows = [
        [*HEADER, "电话", "备注"],
        [*ADDRESS, "301", "", "", "", "二组", "139 0000 9999", "门铃坏了"],
        [*ADDRESS, "301", "", "", "", "", "", "周末有人"],
    ]

    report = import_register(store, SCHEMA, "wu_jianguo", as_csv(tmp_path, rows), NOW)

    assert (report.households, report.residents, report.problems) == (1, 0, [])
    phone, remarks = store.row("SELECT phone, remarks FROM household")
    assert phone == "139 0000 9999"
    assert "门铃坏了" in remarks and "周末有人" in remarks


def test_each_bad_row_is_told_with_row_column_and_reason_and_nothing_is_imported(store, tmp_path):
    rows = [
        HEADER,
        [*ADDRESS, "301", "马秀珍", "女", "1948-03-12", "二组"],
        [*ADDRESS, "302", "欧阳国栋", "公", "1951-07-08", "二组"],
        [*ADDRESS, "303", "覃军", "男", "2026-11-23", "二组"],
        [*ADDRESS, "", "韦晓燕", "女", "1987-05-09", "二组"],
        [*ADDRESS, "305", "", "女", "1987-05-09", "二组"],
        [*ADDRESS, "306", "吕", "女", "1987-02-30", "二组"],
        [*ADDRESS, "307", "吕桂香", "女", "1987-05-09", "九组"],
    ]

    report = import_register(store, SCHEMA, "wu_jianguo", as_csv(tmp_path, rows), NOW)

    assert told(report) == [
        (None, None, "import_bad_row"),
        (3, "性别", "unknown_choice"),
        (4, "出生日期", "date_in_future"),
        (5, "房号", "missing"),
        (6, "姓名", "missing"),
        (7, "姓名", "text_too_short"),
        (7, "出生日期", "wrong_type"),
        (8, "小组", "unknown_choice"),
    ]
    assert is_untouched(store)
    lines = report.lines("zh")
    assert lines[0] == "没有导入任何一行。"
    assert lines[2] == "第 3 行“性别”：性别没有这个选项。重新选一个。"
    assert report.lines("en")[2] == 'Row 3, "性别": 性别 has no such choice. Choose again.'


def test_a_home_without_a_team_is_told_unless_its_building_or_its_supervisor_decides(store, tmp_path):
    rows = [HEADER, ["桂花苑", "1", "2", "401", "马秀珍", "女", "1948-03-12", ""]]
    path = as_csv(tmp_path, rows)

    assert told(import_register(store, SCHEMA, "wu_jianguo", path, NOW)) == [
        (None, None, "import_bad_row"),
        (2, "小组", "missing"),
    ]

    import_register(store, SCHEMA, "wu_jianguo", REGISTER, NOW)
    assert import_register(store, SCHEMA, "wu_jianguo", path, NOW).problems == []
    assert store.value("SELECT team FROM household WHERE room = '401'") == "heping_2"


def test_a_supervisor_imports_into_her_own_team_and_no_other(store, tmp_path):
    rows = [HEADER, [*ADDRESS, "401", "马秀珍", "女", "1948-03-12", ""]]
    assert import_register(store, SCHEMA, "zhou_hui", as_csv(tmp_path, rows), NOW).residents == 1
    assert store.value("SELECT team FROM household") == "heping_1"

    rows = [HEADER, [*ADDRESS, "402", "覃军", "男", "1985-06-21", "二组"]]
    report = import_register(store, SCHEMA, "zhou_hui", as_csv(tmp_path, rows), NOW)

    assert (2, "小组", "not_permitted") in told(report)
    assert names_of(store) == ["马秀珍"]


def test_somebody_unknown_or_without_the_role_imports_nothing(store):
    assert told(import_register(store, SCHEMA, "nobody", REGISTER, NOW)) == [(None, None, "unknown_person")]
    assert told(import_register(store, SCHEMA, "li_min", REGISTER, NOW)) == [(None, None, "not_permitted")]
    assert is_untouched(store)


def test_a_file_without_headings_is_told(store, tmp_path):
    path = as_csv(tmp_path, [[*ADDRESS, "301", "马秀珍", "女", "1948-03-12", "二组"]])

    assert told(import_register(store, SCHEMA, "wu_jianguo", path, NOW)) == [(1, None, "import_no_header")]


def test_an_unknown_column_is_told_and_so_is_a_second_one_for_the_same_thing(store, tmp_path):
    # No id number is kept; a column of them must not slip in.
    path = as_csv(tmp_path, [[*HEADER, "身份证号", "楼号"], [*ADDRESS, "301", "马秀珍", "女", "", "二组", "1", "1"]])

    assert told(import_register(store, SCHEMA, "wu_jianguo", path, NOW)) == [
        (1, "身份证号", "import_unknown_column"),
        (1, "楼号", "import_unknown_column"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("register.xlsx", b"no archive at all"),
        ("register.csv", b"\xff\xff\xff\x00"),
        ("register.csv", '小区,栋\n"桂花苑,1\n'.encode()),
        ("register.xls", b"\xd0\xcf\x11\xe0"),
        ("register.doc", b""),
    ],
)
def test_a_file_that_cannot_be_read_is_told(store, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)

    assert told(import_register(store, SCHEMA, "wu_jianguo", path, NOW)) == [(None, None, "import_unreadable")]


def test_a_file_that_is_not_there_is_told(store, tmp_path):
    report = import_register(store, SCHEMA, "wu_jianguo", tmp_path / "gone.xlsx", NOW)

    assert told(report) == [(None, None, "import_unreadable")]


def test_a_file_one_row_longer_than_allowed_is_told(tmp_path):
    rows = [HEADER, *([[*ADDRESS, "301", "马秀珍", "女", "", "二组"]] * register_sheet.ROWS_MAX)]

    assert [found.problem.code for found in read_register(as_csv(tmp_path, rows), SCHEMA).problems] == [
        "request_too_large"
    ]
    assert len(read_register(as_csv(tmp_path, rows[:-1]), SCHEMA, {"二组": "heping_2"}).rows) == len(rows) - 2


@in_either_database
def test_a_crash_in_the_middle_leaves_nothing_half_imported(store, tmp_path):
    rows = [
        HEADER,
        *(
            [*ADDRESS, str(floor * 100 + 1), f"马秀{name}", "女", "1948-03-12", "二组"]
            for floor, name in enumerate("珍芳兰英华琴云梅莲香芝凤霞玲菊萍红丽娟燕" * 4, 1)
        ),
    ]
    random_bytes = itertools.count(1)

    def entropy_that_ends(size: int) -> bytes:
        number = next(random_bytes)
        if number > 430:  # after the first batch was pushed
            raise KeyboardInterrupt
        return number.to_bytes(size)

    with pytest.raises(KeyboardInterrupt):
        import_register(store, SCHEMA, "wu_jianguo", as_csv(tmp_path, rows), NOW, entropy=entropy_that_ends)

    assert is_untouched(store)
    assert import_register(store, SCHEMA, "wu_jianguo", as_csv(tmp_path, rows), NOW).residents == 80


def test_a_save_that_the_centre_refuses_undoes_the_whole_import(store, tmp_path):
    rows = [HEADER, *([*ADDRESS, room, "马秀珍", "女", "1948-03-12", "二组"] for room in ("301", "302"))]
    numbers = itertools.count(1)

    def entropy(size: int) -> bytes:
        number = next(numbers)
        # Both homes get one id, and their saves one client number: the second can only be held.
        return (7 if size == 4 or number in (1, 3) else 1000 + number).to_bytes(size)

    report = import_register(store, SCHEMA, "wu_jianguo", as_csv(tmp_path, rows), NOW, entropy=entropy)

    assert told(report) == [(None, None, "import_bad_row"), (3, None, "client_reused")]
    assert is_untouched(store)


def test_every_column_of_the_table_of_headings_is_a_declared_field():
    table = tomllib.loads((Path(register_sheet.__file__).parent / "register_columns.toml").read_text("utf-8"))

    for kind in ("household", "resident"):
        assert set(table[kind]) <= set(SCHEMA.kinds[kind].fields)
    for vocabulary, words in table["words"].items():
        assert set(words) <= set(SCHEMA.vocabularies[vocabulary].choices)
