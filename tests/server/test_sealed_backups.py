"""Whoever steals a backup with its copy of the data keys has nothing to read; the centre's own key opens it again."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from server.operations import backup as backing
from server.operations.key_copies import copy_keys
from sync.store.opening import open_store
from sync.times import read_instant
from tests.server.commands import says, secrets_brought
from tests.server.http_world import HOME, HttpWorld, Phone

CANARY = "金丝雀二号的备注"


@pytest.fixture
def made(world: HttpWorld, li_min: Phone, capsys: pytest.CaptureFixture[str]) -> Path:
    """A backup of a centre with a home that says what nobody else says."""
    li_min.writes("household", HOME | {"care_note": CANARY})
    status, said = says(capsys, "backup", "--data", world.settings.data)
    assert status == 0 and "data keys are copied" in said
    (found,) = backing.backups_in(world.settings.data / "backups")
    return found


def hits(folder: Path) -> list[str]:
    """The files in which the words stand, in one of two encodings."""
    forms = [CANARY.encode(form) for form in ("utf-8", "utf-16-le")]
    return sorted(
        path.name for path in folder.rglob("*") if path.is_file() and any(one in path.read_bytes() for one in forms)
    )


def test_the_words_stand_in_no_file_of_a_stolen_backup_but_in_the_database_in_use(world: HttpWorld, made: Path) -> None:
    assert hits(made.parent) == []
    found = hits(world.settings.data)
    assert found and all(name.startswith("doorstep.sqlite3") for name in found), "the control: what is derived is plain"


def test_a_stolen_backup_is_opened_by_the_key_of_its_centre_alone(
    world: HttpWorld, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = says(capsys, "restore", made, "--data", tmp_path / "thief")
    assert status == 1 and "key of the centre is missing" in said
    assert not (tmp_path / "thief" / "doorstep.sqlite3").exists()
    folder = secrets_brought(world.settings.data, tmp_path / "owner")
    assert says(capsys, "restore", made, "--data", folder)[0] == 0
    store = open_store(folder / "doorstep.sqlite3")
    assert store.value("SELECT care_note FROM household") == CANARY
    store.close()


def test_copies_of_keys_lie_where_they_are_told_to_and_end_after_thirty_days(
    world: HttpWorld, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apart, first = tmp_path / "apart", read_instant("2026-11-01T00:00:00Z")
    for days in (0, 29, 31):
        now = first + timedelta(days=days)
        assert copy_keys(world.settings, apart, f"doorstep-{now:%Y%m%dT%H%M%SZ}", now) is not None
    assert sorted(path.name[9:17] for path in apart.iterdir()) == ["20261130", "20261202"]
    shutil.rmtree(made.parent / "keys")
    folder = secrets_brought(world.settings.data, tmp_path / "owner")
    assert says(capsys, "restore", made, "--data", folder)[0] == 1
    assert says(capsys, "restore", made, "--data", folder, "--keys-from", apart)[0] == 0


def test_after_a_change_of_the_key_a_backup_made_since_is_opened_by_the_new_one_and_an_older_copy_by_the_older(
    world: HttpWorld, made: Path, li_min: Phone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = secrets_brought(world.settings.data, tmp_path / "before")
    status, said = says(capsys, "rotate-keys", "--data", world.settings.data)
    assert status == 0 and "wrapped by a new key" in said
    li_min.writes("household", HOME | {"care_note": "换了密钥以后写的"})
    new = secrets_brought(world.settings.data, tmp_path / "new")
    assert says(capsys, "restore", made, "--data", new)[0] == 1, "the copy of keys is still that of before"
    assert says(capsys, "restore", made, "--data", before)[0] == 0
    (tmp_path / "later").mkdir()
    status, said = says(capsys, "backup", "--data", world.settings.data, "--to", tmp_path / "later")
    assert status == 0, said
    (since,) = backing.backups_in(tmp_path / "later")
    assert says(capsys, "restore", since, "--data", new)[0] == 0
    store = open_store(new / "doorstep.sqlite3")
    assert store.value("SELECT count(*) FROM household WHERE care_note IN (?, '换了密钥以后写的')", (CANARY,)) == 2
    store.close()
