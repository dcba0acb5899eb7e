"""Photos and other files beside the backups: copied once, read every time, brought back, and named where they are lost.

Not here: the backup of the database (test_backup_commands.py).
"""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from server.files.store import FileStore
from server.operations import backup as backing
from server.operations import file_copies
from server.operations.files import digest_of, locked
from sync import files
from sync.store.opening import open_store
from tests.server.commands import says, secrets_brought
from tests.server.http_world import HOME, HttpWorld, Phone, open_client
from tests.server.test_files import Sent, arrived, begins, code, goes_on, how_far, opens, picture, sends, sent, visits

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(world: HttpWorld) -> str:
    return world.signs_in("zhou_hui").writes("household", HOME)


@pytest.fixture
def photos(li_min: Phone, home: str) -> tuple[Sent, Sent]:
    """Two photos of one visit, arrived."""
    made = sent(picture(64)), sent(picture(65))
    visits(li_min, home, *made)
    for photo in made:
        sends(li_min, photo)
    return made


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """The backups lie on another disk, as far as links go."""

    def link(source: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", link)


def set_back(folder: Path, day: int) -> Path:
    """The newest backup under the name of an earlier day: two of one second would have one name."""
    newest = backing.backups_in(folder)[-1]
    earlier = folder / f"doorstep-202601{day:02}T000000Z.sqlite3"
    for path in (backing.head_path, file_copies.list_path):
        if path(newest).is_file():
            path(newest).rename(path(earlier))
    return newest.rename(earlier)


def kept(data: Path, photo: Sent) -> Path:
    return FileStore(data / "files").path(photo.hash)


def sums(folder: Path) -> list[str]:
    """The contents beside the backups; each lies under its own SHA-256."""
    found = [path for path in (folder / "files").glob("*/*") if path.is_file()]
    assert all(path.name == digest_of(path) for path in found)
    return sorted(path.name for path in found)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_files_are_copied_once_and_the_next_backup_adds_what_is_new(
    data: Path, li_min: Phone, home: str, photos: tuple[Sent, Sent], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = says(capsys, "backup", "--data", data)
    assert status == 0 and "other files beside it: 2" in said
    folder = data / "backups"
    assert sums(folder) == sorted(digest_of(kept(data, photo)) for photo in photos)
    set_back(folder, 1)
    before = {name: file_copies.copy_path(folder, name).stat() for name in sums(folder)}
    assert all(found.st_nlink == 2 for found in before.values()), "on one disk a copy takes no room"

    third = sent(picture(66))
    visits(li_min, home, third)
    sends(li_min, third)
    assert says(capsys, "backup", "--data", data)[0] == 0
    after = {name: file_copies.copy_path(folder, name).stat() for name in sums(folder)}
    assert len(after) == 3
    assert all(after[name].st_ino == before[name].st_ino for name in before), "what was there is left as it was"
    lists = [file_copies.list_path(backup) for backup in backing.backups_in(folder)]
    assert [len(path.read_text().splitlines()) for path in lists] == [2, 3]
    checked = subprocess.run(["sha256sum", "--check", "--quiet", lists[1]], cwd=folder)  # noqa: S603, S607
    assert checked.returncode == 0, "the lists are those of sha256sum"


def test_where_files_cannot_be_linked_they_are_copied(
    data: Path, photos: tuple[Sent, Sent], capsys: pytest.CaptureFixture[str], no_links: None
) -> None:
    assert says(capsys, "backup", "--data", data)[0] == 0
    for name in sums(data / "backups"):
        assert file_copies.copy_path(data / "backups", name).stat().st_nlink == 1
    assert len(sums(data / "backups")) == 2


def test_files_that_do_not_fit_are_told_and_the_database_is_backed_up(
    data: Path, photos: tuple[Sent, Sent], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backing, "_is_same_disk", lambda settings, place: False)
    monkeypatch.setattr(backing, "bytes_to_copy", lambda files, place: 2**60)
    status, said = says(capsys, "backup", "--data", data)
    assert status == 1 and "do not fit" in said and "放不下" in said
    assert len(backing.backups_in(data / "backups")) == 1


def test_a_lost_or_damaged_file_is_named_with_its_record(
    data: Path, li_min: Phone, home: str, photos: tuple[Sent, Sent], capsys: pytest.CaptureFixture[str]
) -> None:
    other = sent(picture(67))
    record = visits(li_min, home, other)
    sends(li_min, other)
    kept(data, photos[0]).unlink()
    flip(kept(data, other))
    status, said = says(capsys, "backup", "--data", data)
    assert status == 1 and "2 photos or other files are missing or damaged" in said and "不见了或坏了" in said
    assert photos[0].hash in said and f"{other.hash}  {record}" in said and photos[1].hash not in said
    assert len(backing.backups_in(data / "backups")) == 1, "words are backed up all the same"
    assert sums(data / "backups") == [digest_of(kept(data, photos[1]))]


def test_a_copy_that_rots_is_replaced_by_the_next_backup(
    data: Path, photos: tuple[Sent, Sent], capsys: pytest.CaptureFixture[str], no_links: None
) -> None:
    assert says(capsys, "backup", "--data", data)[0] == 0
    set_back(data / "backups", 1)
    whole = sums(data / "backups")
    flip(file_copies.copy_path(data / "backups", whole[0]))
    assert says(capsys, "backup", "--data", data)[0] == 0
    assert sums(data / "backups") == whole


def test_what_no_kept_backup_names_goes_with_the_last_that_named_it(
    data: Path, photos: tuple[Sent, Sent], capsys: pytest.CaptureFixture[str]
) -> None:
    assert says(capsys, "backup", "--data", data)[0] == 0
    set_back(data / "backups", 1)
    store = open_store(data / "doorstep.sqlite3")
    files.forget(store, [photos[0].hash])
    store.close()
    assert says(capsys, "backup", "--data", data, "--keep", 2)[0] == 0
    assert len(sums(data / "backups")) == 2, "the first backup names it still"
    set_back(data / "backups", 2)
    (first, second) = backing.backups_in(data / "backups")
    file_copies.list_path(second).rename(data / "aside")
    assert file_copies.remove_unnamed(data / "backups", [first, second]) == 0, "unknown is not unnamed"
    (data / "aside").rename(file_copies.list_path(second))
    assert says(capsys, "backup", "--data", data, "--keep", 1)[0] == 0
    assert len(sums(data / "backups")) == 1
    assert not file_copies.list_path(first).exists()


def test_a_restored_centre_shows_its_photos(
    world: HttpWorld, data: Path, li_min: Phone, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    shown = opens(li_min, record, photo).content
    assert says(capsys, "backup", "--data", data)[0] == 0
    (backup,) = backing.backups_in(data / "backups")
    secrets_brought(data, tmp_path / "new")
    assert says(capsys, "restore", backup, "--data", tmp_path / "new")[0] == 0

    again = HttpWorld(replace(world.settings, data=tmp_path / "new"), world.now, world.client)
    with open_client(again) as again.client:
        zhou_hui = again.signs_in("zhou_hui")
        assert arrived(zhou_hui, record) == {photo.hash: True}
        assert opens(zhou_hui, record, photo).content == shown
        small = opens(zhou_hui, record, photo, small=True)
        assert small.status_code == 200 and small.headers["content-type"] == "image/jpeg", "made again when asked for"


def test_a_file_that_no_backup_has_is_named_and_taken_from_its_phone_again(
    world: HttpWorld, data: Path, li_min: Phone, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    assert says(capsys, "backup", "--data", data)[0] == 0
    (backup,) = backing.backups_in(data / "backups")
    (name,) = sums(data / "backups")
    file_copies.copy_path(data / "backups", name).unlink()
    secrets_brought(data, tmp_path / "new")
    status, said = says(capsys, "restore", backup, "--data", tmp_path / "new")
    assert status == 0 and f"{photo.hash}  {record}" in said and "nowhere any more" in said

    again = HttpWorld(replace(world.settings, data=tmp_path / "new"), world.now, world.client)
    with open_client(again) as again.client:
        phone = again.signs_in("li_min")
        assert arrived(phone, record) == {photo.hash: False}
        assert how_far(phone, photo) is None
        assert sends(phone, photo).status_code == 204
        assert opens(phone, record, photo).status_code == 200


def test_the_doctor_names_a_missing_file_and_it_is_brought_back_while_people_work(
    data: Path, li_min: Phone, photos: tuple[Sent, Sent], home: str, capsys: pytest.CaptureFixture[str]
) -> None:
    record = visits(li_min, home, photos[0])
    assert says(capsys, "backup", "--data", data)[0] == 0
    kept(data, photos[0]).unlink()
    said = says(capsys, "doctor", "--data", data)[1]
    assert "restore --files" in said and photos[0].hash in said and "1 photos or other files" in said
    assert code(opens(li_min, record, photos[0])) == "file_lost"

    flip(kept(data, photos[1]))
    status, said = says(capsys, "restore", "--files", data / "backups", "--data", data)
    assert status == 1 and photos[1].hash in said, "linked on one disk, both were damaged"
    assert opens(li_min, record, photos[0]).status_code == 200
    assert begins(li_min, photos[1]).status_code == 201
    goes_on(li_min, photos[1])
    status, said = says(capsys, "restore", "--files", data / "backups", "--data", data)
    assert status == 0 and "there and whole" in said


def test_a_lost_file_is_taken_again_from_whoever_has_it(data: Path, li_min: Phone, home: str) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    kept(data, photo).unlink()
    assert how_far(li_min, photo) is None
    assert sends(li_min, photo).status_code == 204
    assert opens(li_min, record, photo).status_code == 200


def test_files_are_brought_back_from_a_folder_that_is_there(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = says(capsys, "restore", "--files", data / "usb", "--data", data)
    assert status == 1 and f"There is no folder {data}/usb" in said


def test_files_are_not_swept_while_they_are_copied(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with locked(data / file_copies.LOCK):
        status, said = says(capsys, "sweep-files", "--data", data)
    assert status == 1 and "A backup is copying" in said


def test_a_backup_killed_while_it_copies_files_is_mended_by_the_next(
    data: Path, photos: tuple[Sent, Sent], capsys: pytest.CaptureFixture[str]
) -> None:
    """A real process, killed once the database is proven; and a part that a cut left behind."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "server", "backup", "--data", str(data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Proven"):
                process.kill()
                break
    set_back(data / "backups", 1)
    left = data / "backups" / "files" / "ab"
    left.mkdir(parents=True, exist_ok=True)
    (left / ".abcd.part").write_bytes(b"half")
    assert says(capsys, "backup", "--data", data)[0] == 0
    assert len(sums(data / "backups")) == 2 and not (left / ".abcd.part").exists()
