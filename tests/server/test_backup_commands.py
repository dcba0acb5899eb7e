"""`backup`, `restore` and `check-log` on real files: what is whole, what is refused and in which words, and that a
backup which failed leaves nothing that looks like one.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from schema.load import load_schema
from server.__main__ import main
from server.operations import backup as backing
from server.operations import restore as restoring
from server.operations.file_copies import list_path
from server.operations.files import locked
from server.settings import Settings
from sync import clearing, credentials, people
from sync.epoch import backed_up, epoch_of, last_backup_at, parent_of
from sync.log import LogHead, check_log
from sync.materialise import rebuild
from sync.store.opening import open_store
from sync.store.store import Store
from tests.server.commands import says, secrets_brought
from tests.server.http_world import HOME, HttpWorld, Phone, empty_store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def li_min(world: HttpWorld) -> Phone:
    phone = world.signs_in("li_min")
    phone.writes("household", HOME)
    phone.writes("household", HOME | {"room": "503"})
    return phone


@pytest.fixture
def made(data: Path, li_min: Phone, capsys: pytest.CaptureFixture[str]) -> Path:
    """A backup that was made while the centre is served."""
    assert says(capsys, "backup", "--data", data)[0] == 0
    (found,) = backing.backups_in(data / "backups")
    return found


def looks_like_backups(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name not in (".lock", "keys"))


# Making one ---------------------------------------------------------------------------------------------------------


def test_a_served_centre_is_backed_up_with_its_head_beside_it(data: Path, li_min: Phone, made: Path) -> None:
    head = json.loads(backing.head_path(made).read_text())
    store = open_store(data / "doorstep.sqlite3")
    assert (head["entries"], head["revision"], head["epoch"]) == (2, 2, epoch_of(store))
    assert head["hash"] == check_log(store).hash and head["rows"]["household"] == 2
    assert last_backup_at(store) is not None
    store.close()
    assert looks_like_backups(data / "backups") == [
        backing.head_path(made).name,
        list_path(made).name,
        made.name,
    ]
    assert (made.stat().st_mode & 0o777, backing.head_path(made).stat().st_mode & 0o777) == (0o600, 0o600)
    assert li_min.writes("household", HOME | {"room": "504"}), "work goes on"


def test_phones_may_let_go_only_of_what_lies_on_another_disk(
    world: HttpWorld, data: Path, li_min: Phone, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(data / "doorstep.sqlite3")
    assert backed_up(store) == 0
    elsewhere = data / "usb"
    elsewhere.mkdir()
    status, said = says(capsys, "backup", "--data", data, "--to", elsewhere, "--copied-away")
    assert status == 0 and "on the disk of the database" not in said
    assert backed_up(store) == 2
    store.close()


def test_the_newest_are_kept_and_what_a_killed_backup_left_is_cleared(
    data: Path, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = data / "backups"
    for day in ("01", "02", "03"):
        shutil.copy(made, folder / f"doorstep-202601{day}T000000Z.sqlite3")
        shutil.copy(backing.head_path(made), folder / f"doorstep-202601{day}T000000Z.head.json")
    (folder / ".doorstep-20260101T000000Z.part").write_bytes(b"half")
    (folder / ".doorstep-20260101T000000Z.x1").mkdir()
    (folder / "doorstep-20250101T000000Z.head.json").write_text("{}")
    (folder / "doorstep-20250102T000000Z.sqlite3").write_bytes(b"somebody's own copy")
    made.rename(folder / "doorstep-20260104T000000Z.sqlite3")
    backing.head_path(made).rename(folder / "doorstep-20260104T000000Z.head.json")
    status, said = says(capsys, "backup", "--data", data, "--keep", 2)
    assert status == 0 and "Removing doorstep-20260103T000000Z.sqlite3" in said
    kept = backing.backups_in(folder)
    assert len(kept) == 2 and kept[0].name == "doorstep-20260104T000000Z.sqlite3"
    assert len(looks_like_backups(folder)) == 6, (
        "two backups with their heads, the list of one, and the copy that is not ours"
    )


def test_a_folder_that_is_missing_or_too_full_or_busy_is_named(
    data: Path, li_min: Phone, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, said = says(capsys, "backup", "--data", data, "--to", data / "usb")
    assert status == 1 and f"There is no folder {data}/usb" in said and not (data / "usb").exists()
    (data / "usb").mkdir()
    with locked(data / "usb" / ".lock"):
        status, said = says(capsys, "backup", "--data", data, "--to", data / "usb")
    assert status == 1 and "Another backup" in said
    monkeypatch.setenv("DOORSTEP_FREE_MEGABYTES_MIN", str(1024 * 1024))
    monkeypatch.setattr(backing, "COPIES", 10**9)
    status, said = says(capsys, "backup", "--data", data, "--to", data / "usb")
    assert status == 1 and "too full" in said and "空间不够" in said
    assert looks_like_backups(data / "usb") == []


def test_a_keep_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["backup", "--keep", "0"])
    assert "must be 1 or more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DELETE FROM household WHERE room = '502'", "household"),
        ("UPDATE log SET person = 'x' WHERE position = 1", "broken at entry 1"),
        ("UPDATE counter SET value = 9 WHERE name = 'log'", "broken at entry 3"),
    ],
)
def test_a_centre_that_is_not_whole_gives_no_backup(
    data: Path, li_min: Phone, capsys: pytest.CaptureFixture[str], damage: str, words: str
) -> None:
    store = open_store(data / "doorstep.sqlite3")
    store.execute("DROP TRIGGER log_is_never_changed")
    store.execute(damage)
    store.close()
    status, said = says(capsys, "backup", "--data", data)
    assert status == 1 and words in said
    assert looks_like_backups(data / "backups") == []
    assert "502" not in said.replace(words, ""), "no value is told"


def test_a_copy_that_breaks_on_its_way_to_the_disk_is_not_kept(
    data: Path, li_min: Phone, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = backing.copy_to

    def copy_to(store: Store, path: Path) -> None:
        honest(store, path)
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            file.write(b"\xff" * 4096)

    monkeypatch.setattr(backing, "copy_to", copy_to)
    assert says(capsys, "backup", "--data", data)[0] == 1
    assert looks_like_backups(data / "backups") == []


def test_a_full_disk_half_way_is_told_and_leaves_nothing(
    data: Path, li_min: Phone, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_to(store: Store, path: Path) -> None:
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backing, "copy_to", copy_to)
    status, said = says(capsys, "backup", "--data", data)
    assert status == 1 and "is full" in said and "磁盘满了" in said
    assert looks_like_backups(data / "backups") == []


# Restoring ----------------------------------------------------------------------------------------------------------


def restored(folder: Path) -> Store:
    return open_store(folder / "doorstep.sqlite3")


def test_a_backup_is_restored_into_an_empty_folder_under_a_new_epoch(
    world: HttpWorld, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets_brought(world.settings.data, tmp_path / "new")
    status, said = says(capsys, "restore", made, "--data", tmp_path / "new")
    assert status == 0 and "Restored up to revision 2" in said
    store = restored(tmp_path / "new")
    head = json.loads(backing.head_path(made).read_text())
    parent = parent_of(store)
    assert parent is not None and (parent.epoch, parent.revision) == (head["epoch"], 2)
    assert epoch_of(store) != head["epoch"]
    found = check_log(store, LogHead(head["entries"], head["revision"], head["hash"]))
    assert isinstance(found, LogHead) and found.entries == 3, "the new epoch is an entry of the log"
    assert rebuild(store, load_schema()) == []
    assert store.value("SELECT count(*) FROM household") == 2
    store.close()
    assert not (tmp_path / "new" / "restoring").exists()


def test_what_is_there_is_refused_or_kept_aside(
    data: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = secrets_brought(data, tmp_path / "centre")
    (folder / "doorstep.sqlite3").write_bytes(empty_store())
    before = (folder / "doorstep.sqlite3").read_bytes()
    status, said = says(capsys, "restore", made, "--data", folder)
    assert status == 1 and "--replace" in said
    assert (folder / "doorstep.sqlite3").read_bytes() == before
    (folder / "doorstep.sqlite3-wal").write_bytes(b"its journal")
    status, said = says(capsys, "restore", made, "--data", folder, "--replace")
    assert status == 0 and "is kept in" in said
    (aside,) = folder.glob("replaced-*")
    assert (aside / "doorstep.sqlite3").read_bytes() == before
    assert (aside / "doorstep.sqlite3-wal").read_bytes() == b"its journal"
    store = restored(folder)
    assert store.value("SELECT count(*) FROM household") == 2
    store.close()


def test_what_was_closed_since_the_backup_stays_closed(
    world: HttpWorld, data: Path, li_min: Phone, capsys: pytest.CaptureFixture[str]
) -> None:
    lost, kept = world.signs_in("zhang_qiang"), world.signs_in("he_fang")
    with backing.opened(data / "doorstep.sqlite3") as store:
        for phone in (li_min, kept):
            credentials.set_pin(store, phone.device, "proof", b"seed")
        credentials.set_recovery_codes(store, "wu_jianguo", ["code one", "code two"], world.now)
    assert says(capsys, "backup", "--data", data)[0] == 0
    (made,) = backing.backups_in(data / "backups")
    with backing.opened(data / "doorstep.sqlite3") as store:
        clearing.order(store, lost.device, clearing.NOW, "zhou_hui", world.now)
        for _ in range(10):
            credentials.try_pin(store, li_min.device)
        credentials.settle_pin(store, li_min.device, is_right=False)
        credentials.try_pin(store, kept.device)
        credentials.use_recovery_code(store, "code one", world.now)
        store.execute("UPDATE membership SET role = 'volunteer', team = '' WHERE person = 'he_fang'")
    world.client.__exit__(None, None, None)
    assert says(capsys, "restore", made, "--data", data, "--replace")[0] == 0

    with backing.opened(data / "doorstep.sqlite3") as store:
        assert store.value("SELECT clear_order FROM device WHERE device = ?", (lost.device,)) == "now"
        assert credentials.try_pin(store, li_min.device) is None, "the share is destroyed"
        assert credentials.settle_pin(store, kept.device, is_right=False) == 9
        assert credentials.use_recovery_code(store, "code one", world.now) is None
        assert credentials.use_recovery_code(store, "code two", world.now) == "wu_jianguo"
        assert [entry.role for entry in people.memberships_of(store, "he_fang")] == ["volunteer"]
        assert store.value("SELECT ended_at FROM session WHERE device = ?", (kept.device,)) is None

    for aside in data.glob("replaced-*"):
        shutil.rmtree(aside)
    # Where the database of before cannot be read, nobody guesses: few tries are left, and the operator is told.
    for ending in ("-wal", "-shm"):
        (data / f"doorstep.sqlite3{ending}").unlink(missing_ok=True)
    (data / "doorstep.sqlite3").write_bytes(b"nothing of a database" * 1000)
    status, said = says(capsys, "restore", made, "--data", data, "--replace")
    assert status == 0 and "3 tries left" in said, said
    with backing.opened(data / "doorstep.sqlite3") as store:
        assert credentials.settle_pin(store, kept.device, is_right=False) == 3


def test_a_folder_in_use_is_left_alone(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "served"
    folder.mkdir()
    with locked(folder / "doorstep.lock"):
        status, said = says(capsys, "restore", made, "--data", folder)
        assert status == 1 and "Stop it first" in said and "先停掉" in said
    assert [path.name for path in folder.iterdir()] == ["doorstep.lock"]


def flip(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def test_a_backup_that_is_not_what_was_made_is_refused(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    head = backing.head_path(made)
    text = head.read_text()
    for wrong in (
        lambda: head.write_text("{}"),
        lambda: head.write_text(text.replace(json.loads(text)["hash"], "00" * 32)),
        lambda: (head.write_text(text), flip(made)),
        lambda: head.unlink(),
        lambda: made.unlink(),
    ):
        wrong()
        status, said = says(capsys, "restore", made, "--data", folder)
        assert status == 1 and said.strip()
        assert not (folder / "doorstep.sqlite3").exists() and not (folder / "restoring").exists()


def test_one_bit_anywhere_in_a_backup_is_found(
    data: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets_brought(data, tmp_path / "new")
    whole = made.read_bytes()
    for place in range(0, len(whole), len(whole) // 50):
        made.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert says(capsys, "restore", made, "--data", tmp_path / "new")[0] == 1
    made.write_bytes(whole)
    assert says(capsys, "restore", made, "--data", tmp_path / "new")[0] == 0


def test_an_invented_neighbourhood_never_becomes_a_centre(
    data: Path, li_min: Phone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "demo.json").write_text('{"made_on": null}')
    assert says(capsys, "backup", "--data", data)[0] == 0
    (made,) = backing.backups_in(data / "backups")
    status, said = says(capsys, "restore", made, "--data", tmp_path / "new")
    assert status == 1 and "invented" in said


def test_a_restore_cut_between_its_two_steps_is_told_and_done_by_the_same_command_again(
    data: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = secrets_brought(data, tmp_path / "centre")
    (folder / "doorstep.sqlite3").write_bytes(empty_store())
    honest = restoring._set_aside

    def cut(settings: Settings, now: datetime) -> None:
        honest(settings, now)
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(restoring, "_set_aside", cut)
    with pytest.raises(RuntimeError):
        main(["restore", str(made), "--data", str(folder), "--replace"])
    monkeypatch.setattr(restoring, "_set_aside", honest)
    status, said = says(capsys, "doctor", "--data", folder)
    assert status == 1 and "A restore was cut short" in said
    assert says(capsys, "restore", made, "--data", folder, "--replace")[0] == 0
    assert "cut short" not in says(capsys, "doctor", "--data", folder)[1]
    store = restored(folder)
    assert store.value("SELECT count(*) FROM household") == 2
    store.close()
    assert len(list(folder.glob("replaced-*"))) == 1, "what was there is kept"


def test_a_database_put_in_place_by_hand_is_taken_over(data: Path, made: Path, tmp_path: Path, capsys: Any) -> None:
    folder = secrets_brought(data, tmp_path / "copy")
    shutil.copy(made, folder / "doorstep.sqlite3")
    shutil.copy(made.parent / "keys" / f"{made.stem}.keys", folder / "doorstep.keys")
    assert says(capsys, "restore", "--here", "--data", folder)[0] == 0
    store = restored(folder)
    assert parent_of(store) is not None
    store.close()
    assert says(capsys, "restore", "--data", folder)[0] == 1
    assert says(capsys, "restore", made, "--here", "--data", folder)[0] == 1


# The head kept elsewhere --------------------------------------------------------------------------------------------


def test_a_log_is_compared_with_a_head_kept_elsewhere(
    data: Path, li_min: Phone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = tmp_path / "kept.head.json"
    assert says(capsys, "check-log", "--data", data, "--export", head)[0] == 0
    li_min.writes("household", HOME | {"room": "504"})
    status, said = says(capsys, "check-log", "--data", data, "--against", head)
    assert status == 0 and "It passes through the head of" in said and "entry 2" in said
    store = open_store(data / "doorstep.sqlite3")
    store.execute("DROP TRIGGER log_is_never_shortened")
    store.execute("DELETE FROM log WHERE position > 1")
    store.execute("UPDATE counter SET value = 1 WHERE name = 'log'")
    store.close()
    assert says(capsys, "check-log", "--data", data)[0] == 0
    status, said = says(capsys, "check-log", "--data", data, "--against", head)
    assert status == 1 and "broken at entry 2" in said and "backup" in said
    head.write_text("not a head")
    status, said = says(capsys, "check-log", "--data", data, "--against", head)
    assert status == 1 and "no exported head" in said


def test_a_backup_killed_at_any_moment_leaves_nothing_that_looks_whole(data: Path, li_min: Phone) -> None:
    """A real process, killed when it says that it copies and again when it says that it restores."""
    for word in ("Copying", "Restoring"):
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "server", "backup", "--data", str(data)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DOORSTEP_FREE_MEGABYTES_MIN": "0"},
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith(word):
                    process.kill()
                    break
        assert backing.backups_in(data / "backups") == []
    assert main(["backup", "--data", str(data)]) == 0
    assert len(looks_like_backups(data / "backups")) == 3
