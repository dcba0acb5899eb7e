"""An import that was a mistake is taken back within seven days, and takes nothing with it that somebody works with."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from schema.model import Problem
from server.register import import_register
from server.register_undo import imports, undo
from sync import limits
from sync.materialise import rebuild
from sync.read import records
from tests.centre import VISITED, Centre

SHEET = "小区,栋,单元,房号,小组,姓名\n" + "".join(
    f"莲花苑,{n},1,10{n},一组,刘{name}\n" for n, name in enumerate("一二三四", 1)
)


@pytest.fixture
def centre() -> Iterator[Centre]:
    opened = Centre()
    yield opened
    opened.store.close()


@pytest.fixture
def imported(centre: Centre, tmp_path: Path) -> tuple[Centre, str]:
    """Four homes with one resident each, brought in by Zhou Hui."""
    file = tmp_path / "register.csv"
    file.write_text(SHEET, "utf-8")
    report = import_register(centre.store, centre.schema, "zhou_hui", file, centre.now)
    assert (report.households, report.residents, report.problems) == (4, 4, [])
    (found,) = imports(centre.store, centre.zhou_hui.me(), centre.now)
    assert (found.households, found.residents, found.by_name) == (4, 4, "周慧")
    centre.li_min.pulls()
    return centre, found.id


def home_of(centre: Centre, name: str) -> str:
    return str(centre.store.value("SELECT household FROM resident WHERE name = ?", (name,)))


def listed(centre: Centre, kind: str) -> int:
    return records(centre.store, centre.schema, centre.zhou_hui.me(), kind).total


def test_what_nobody_works_with_leaves_the_lists_and_the_rest_is_named_and_stays(imported: tuple[Centre, str]) -> None:
    centre, id = imported
    visited, noted = home_of(centre, "刘一"), home_of(centre, "刘二")
    centre.li_min.writes("home_visit", {"household": visited, "assigned_to": "li_min", **VISITED})
    resident = str(centre.store.value("SELECT record FROM resident WHERE household = ?", (noted,)))
    centre.li_min.changes(resident, risk_reason="独居")
    assert {answer[1] for answer in centre.li_min.meets_network()} == {"accepted"}
    done = undo(centre.store, centre.schema, centre.zhou_hui.me(), id, centre.now, secrets.token_bytes)
    # Of the visited home the resident goes; whoever was written about keeps the home.
    assert (done.households, done.residents) == (2, 3)
    assert {one.record for one in done.kept} == {visited, noted, resident}
    assert (listed(centre, "household"), listed(centre, "resident")) == (2, 1)
    assert rebuild(centre.store, centre.schema) == []
    # Asked again there is nothing more to do, and what was archived comes back with work.
    again = undo(centre.store, centre.schema, centre.zhou_hui.me(), id, centre.now, secrets.token_bytes)
    assert (again.households, again.residents) == (0, 0)
    third = home_of(centre, "刘三")
    centre.li_min.writes("home_visit", {"household": third, "assigned_to": "li_min", **VISITED})
    centre.li_min.meets_network()
    assert listed(centre, "household") == 3


def test_a_register_that_was_undone_can_be_brought_in_again(imported: tuple[Centre, str], tmp_path: Path) -> None:
    centre, id = imported
    undo(centre.store, centre.schema, centre.zhou_hui.me(), id, centre.now, secrets.token_bytes)
    file = tmp_path / "again.csv"
    file.write_text(SHEET, "utf-8")
    report = import_register(centre.store, centre.schema, "zhou_hui", file, centre.now)
    assert (report.households, report.residents) == (4, 4)
    assert (listed(centre, "household"), listed(centre, "resident")) == (4, 4)


@pytest.mark.parametrize(("days", "code"), [(0, None), (1 / 86_400, "import_is_old")])
def test_after_seven_days_it_stays(imported: tuple[Centre, str], days: float, code: str | None) -> None:
    centre, id = imported
    centre.now += timedelta(days=limits.UNDO_IMPORT_DAYS_MAX + days)
    done = undo(centre.store, centre.schema, centre.zhou_hui.me(), id, centre.now, secrets.token_bytes)
    assert (done.problem.code if isinstance(done.problem, Problem) else None) == code
    assert listed(centre, "household") == (0 if code is None else 4)
    assert len(imports(centre.store, centre.zhou_hui.me(), centre.now)) == (1 if code is None else 0)


def test_another_centre_knows_nothing_of_it_and_a_worker_of_another_team_puts_nothing_away(
    imported: tuple[Centre, str],
) -> None:
    centre, id = imported
    elsewhere = undo(centre.store, centre.schema, centre.ma_li.me(), id, centre.now, secrets.token_bytes)
    assert elsewhere.problem == Problem("not_found")
    assert imports(centre.store, centre.ma_li.me(), centre.now) == []
    beyond = undo(centre.store, centre.schema, centre.luo_wei.me(), id, centre.now, secrets.token_bytes)
    assert (beyond.households, beyond.residents, beyond.kept, beyond.kept_more) == (0, 0, [], 8)
    assert listed(centre, "household") == 4
