"""The `doorstep` command in plain sentences: what it does, what it refuses, and that it never touches a real centre."""

import json
import socket
from pathlib import Path

import pytest

from schema.load import load_schema
from server.auth.keys import make_keys
from server.operations.retention import told_of_centre
from sync.retention import Due
from sync.store.opening import open_store
from tests.server.commands import says
from tests.server.http_world import HOME, HttpWorld, empty_store


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre's folder: people, no records."""
    for name in ("DOORSTEP_DATA", "DOORSTEP_PORT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "doorstep.sqlite3").write_bytes(empty_store())
    return tmp_path


@pytest.mark.parametrize("command", ["serve", "rebuild", "check-log"])
def test_a_folder_without_a_database_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    status, said = says(capsys, command, "--data", tmp_path / "nothing")
    assert status == 1 and f"There is no database at {tmp_path}/nothing" in said and "--data" in said
    assert not (tmp_path / "nothing").exists()


def test_a_wrong_setting_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_PORT", "eighty")
    assert says(capsys, "check-log", "--data", folder) == (1, "DOORSTEP_PORT: must be a whole number from 0 to 65535\n")


def test_the_folder_may_come_from_the_environment(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_DATA", str(folder))
    status, said = says(capsys, "check-log")
    assert status == 0 and "The log is whole: 0 entries" in said


def test_a_port_in_use_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_keys(folder)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, said = says(capsys, "serve", "--data", folder, "--port", port)
    assert status == 1 and f"Port {port}" in said and "--port" in said


def test_seed_refuses_a_database_that_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = says(capsys, "seed", "--data", folder, "--size", "small")
    assert status == 1 and "exists already" in said


@pytest.mark.parametrize("more", [[], ["--fresh"]])
def test_the_demo_leaves_a_real_centre_alone(folder: Path, capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    before = (folder / "doorstep.sqlite3").read_bytes()
    status, said = says(capsys, "demo", "--small", "--data", folder, "--port", 0, *more)
    assert status == 1 and "is no demo's" in said
    assert (folder / "doorstep.sqlite3").read_bytes() == before


def test_what_the_demo_made_is_never_served_as_a_centre(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "demo.json").write_text(json.dumps({"made_on": "2026-11-19"}))
    status, said = says(capsys, "serve", "--data", folder, "--port", 0)
    assert status == 1 and "invented neighbourhood" in said


def test_rebuild_proves_the_tables_equal_or_names_the_difference(
    world: HttpWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    li_min = world.signs_in("li_min")
    home = li_min.writes("household", HOME)
    data = world.settings.data
    assert says(capsys, "rebuild", "--data", data)[0] == 0
    store = open_store(world.settings.store_path)
    store.execute("UPDATE household SET room = '999' WHERE record = ?", (home,))
    store.close()
    status, said = says(capsys, "rebuild", "--data", data)
    assert status == 1 and "household" in said and "now they follow the log" in said
    assert "999" not in said and "502" not in said, "values are nobody's business here"
    assert says(capsys, "rebuild", "--data", data)[0] == 0


def test_check_log_tells_the_head_or_where_it_breaks(world: HttpWorld, capsys: pytest.CaptureFixture[str]) -> None:
    li_min = world.signs_in("li_min")
    li_min.writes("household", HOME)
    li_min.writes("household", HOME | {"room": "503"})
    status, said = says(capsys, "check-log", "--data", world.settings.data)
    assert status == 0 and "The log is whole: 2 entries, revision 2, head " in said
    store = open_store(world.settings.store_path)
    store.execute("DROP TRIGGER log_is_never_changed")
    other = store.value("SELECT body FROM log WHERE position = 2")
    store.execute("UPDATE log SET body = ? WHERE position = 1", (other,))
    store.close()
    status, said = says(capsys, "check-log", "--data", world.settings.data)
    assert status == 1 and "broken at entry 1" in said and "backup" in said


def test_what_is_due_is_told_by_class_and_by_id_on_request_and_never_by_what_it_says(
    world: HttpWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("retention", "propose", "--data", world.settings.data)
    status, said = says(capsys, *asked)
    assert status == 0 and "nothing is due" in said
    li_min = world.signs_in("li_min")
    home = li_min.writes("household", HOME)
    visit = li_min.writes("home_visit", {"household": home, "assigned_to": "li_min", "planned_on": "2019-03-10"})

    status, said = says(capsys, *asked)
    assert status == 0 and "Home visits: 1 · 探访与日常服务记录 5 年" in said and "第十九条" in said
    assert visit not in said and HOME["estate"] not in said
    status, said = says(capsys, *asked, "--ids")
    assert status == 0 and visit in said and home not in said and HOME["estate"] not in said


def test_of_a_confidential_record_that_is_due_not_even_the_id_is_told() -> None:
    schema = load_schema()
    found = [
        Due(kind, schema.retention["cases"], (f"the id of a {kind}",), "2016-03-10")
        for kind in ("case", "case_confidential")
    ]
    said = "\n".join(told_of_centre(schema, "和平", found, with_ids=True))
    assert "the id of a case" in said and "the id of a case_confidential" not in said


REGISTER = "小区,栋,单元,房号,姓名,负责小组\n和平里,3,2,502,王秀兰,一组\n和平里,3,2,503,,一组\n"


def test_import_brings_all_of_a_register_or_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register = folder / "register.csv"
    register.write_text(REGISTER.replace("503,,", "503,赵国庆,"), "utf-8")
    tried = says(capsys, "import", register, "--as", "wu_jianguo", "--data", folder, "--dry-run", "--language", "en")
    assert tried[0] == 0 and "Would import 2 new homes and 2 new residents." in tried[1]
    done = says(capsys, "import", register, "--as", "wu_jianguo", "--data", folder, "--language", "en")
    assert done[0] == 0 and "Imported 2 new homes and 2 new residents." in done[1]
    again = says(capsys, "import", register, "--as", "wu_jianguo", "--data", folder, "--language", "en")
    assert again[0] == 0 and "Imported 0 new homes and 0 new residents." in again[1]
    store = open_store(folder / "doorstep.sqlite3")
    assert store.value("SELECT count(*) FROM resident") == 2
    store.close()


def test_import_says_which_file_or_person_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = says(capsys, "import", folder / "none.csv", "--as", "wu_jianguo", "--data", folder)
    assert status == 1 and f"There is no file at {folder}/none.csv" in said
    register = folder / "register.csv"
    register.write_text(REGISTER, "utf-8")
    status, said = says(capsys, "import", register, "--as", "nobody", "--data", folder)
    assert status == 1 and "没有导入任何一行" in said


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    status, said = says(capsys, "print-schema")
    assert status == 0 and "type home_visit {" in said
