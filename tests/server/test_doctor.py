"""`doctor` finds what must not be served with, says it in two languages with what to do; `serve` does not start."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.__main__ import main
from server.files.store import FileStore
from server.operations import doctor
from server.operations.backup import opened
from server.operations.mark import write_mark
from server.settings import Settings
from sync import document, files, limits
from sync.document import DocumentError
from sync.epoch import epoch_of, note_backup
from sync.files import File
from sync.store.data_keys import keys_path
from sync.store.opening import open_store
from sync.store.sqlite import SqliteStore
from sync.store.store import Store
from tests.server.http_world import HOME, HttpWorld

NOW = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)
Wrong = Callable[[Settings, pytest.MonkeyPatch], None]


@pytest.fixture
def settings(world: HttpWorld) -> Settings:
    """A centre with two homes, a backup and the app, an hour ago."""
    phone = world.signs_in("li_min")
    for room in ("502", "503"):
        phone.writes("household", HOME | {"room": room})
    found = Settings(data=world.settings.data, app=world.settings.data / "app", free_megabytes_min=1)
    found.app.mkdir()
    (found.app / "index.html").write_text("<!doctype html>")
    with opened(found.store_path) as store:
        note_backup(store, epoch_of(store), 2, "2026-11-19T01:00:00Z", is_away=True)
    found.data.chmod(0o700)
    return found


def codes(settings: Settings, now: datetime = NOW) -> list[str]:
    return [finding.code for finding in doctor.examine(settings, now)]


def test_a_centre_that_is_well_gives_nothing_to_say(settings: Settings) -> None:
    assert codes(settings) == []


def with_store(change: Callable[[Store], object]) -> Wrong:
    def wrong(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        with opened(settings.store_path) as store:
            store.execute("DROP TRIGGER log_is_never_changed")
            store.execute("DROP TRIGGER log_is_never_shortened")
            change(store)

    return wrong


def sqlite_is_old(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SQLITE_VERSION_MIN", (99, 0, 0))


def read_back(pragma: str, value: object) -> Wrong:
    """A library or a file system that does not do what it was asked for."""

    def wrong(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        honest = SqliteStore.value
        monkeypatch.setattr(
            SqliteStore, "value", lambda self, sql, *more: value if sql.startswith(pragma) else honest(self, sql, *more)
        )

    return wrong


def merge_is_wrong(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def claims_in(state: bytes) -> dict[str, list[object]]:
        raise DocumentError("the order of saves changes a record")

    document.self_test.cache_clear()
    monkeypatch.setattr(document, "claims_in", claims_in)


def folder_is_open(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.data.chmod(0o755)
    settings.store_path.chmod(0o644)


def folder_is_shared(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.data.chmod(0o770)


def disk_is_full(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 0})())


def file_is_no_database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.store_path.write_bytes(b"not a database at all " * 500)


def pages_are_damaged(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(settings.store_path) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = settings.store_path.read_bytes()
    settings.store_path.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))


def restore_was_cut(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.data / "restoring").mkdir()


def older_copy_lies_here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(settings.store_path) as store:
        write_mark(settings, store, NOW)
    with_store(
        lambda store: (
            store.execute("DELETE FROM log WHERE position > 1"),
            store.execute("UPDATE counter SET value = 1 WHERE name = 'log'"),
        )
    )(settings, monkeypatch)


def database_is_gone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.store_path.unlink()


def folder_is_gone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.data.rename(settings.data.with_name("elsewhere"))


def secrets_are_gone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.data / "secrets").rename(settings.data / "elsewhere")


def secret_is_cut(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.data / "secrets" / "pepper").write_text("ab")


def secret_is_open(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.data / "secrets" / "share").chmod(0o640)


def key_of_the_centre_is_gone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.data / "centre_keys" / "1.key").unlink()


def data_keys_are_gone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    keys_path(settings.store_path).unlink()


WRONG: dict[str, tuple[str, Wrong]] = {
    "an old SQLite": ("sqlite_too_old", sqlite_is_old),
    "no WAL": ("not_durable", read_back("PRAGMA journal_mode", "delete")),
    "no FULL": ("not_durable", read_back("PRAGMA synchronous", 1)),
    "an engine that merges otherwise": ("merge_wrong", merge_is_wrong),
    "files that others can read": ("open_to_others", folder_is_open),
    "a folder that others can write": ("changeable_by_others", folder_is_shared),
    "a full disk": ("disk_nearly_full", disk_is_full),
    "a file that is no database": ("database_damaged", file_is_no_database),
    "damaged pages": ("database_damaged", pages_are_damaged),
    "a changed log": ("log_broken", with_store(lambda store: store.execute("UPDATE log SET person = 'x'"))),
    "a cut log": ("log_broken", with_store(lambda store: store.execute("DELETE FROM log WHERE position = 2"))),
    "an older copy": ("older_copy", older_copy_lies_here),
    "a restore cut short": ("restore_unfinished", restore_was_cut),
    "records of a later version": (
        "declarations_missing",
        with_store(lambda store: store.execute("UPDATE record SET kind = 'meal'")),
    ),
    "no key of the centre": ("centre_key_missing", key_of_the_centre_is_gone),
    "no data keys": ("data_keys_missing", data_keys_are_gone),
    "no secrets": ("secrets_missing", secrets_are_gone),
    "half a secret": ("secrets_damaged", secret_is_cut),
    "a secret others can read": ("secrets_open_to_others", secret_is_open),
    "no database": ("database_missing", database_is_gone),
    "no folder": ("folder_missing", folder_is_gone),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_must_not_be_served_with_is_found_and_the_server_does_not_start(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    code, make_wrong = WRONG[name]
    assert codes(settings) == [], "nothing is found before"
    make_wrong(settings, monkeypatch)
    found = [finding for finding in doctor.examine(settings, NOW) if finding.state == "wrong"]
    assert found and found[0].code == code
    assert all((found[0].zh, found[0].en, found[0].next_zh, found[0].next_en))
    monkeypatch.setenv("DOORSTEP_FREE_MEGABYTES_MIN", "1")
    assert main(["serve", "--data", str(settings.data), "--port", "0"]) == 1
    said = capsys.readouterr()
    assert "serves" not in said.out
    assert said.err.strip()
    document.self_test.cache_clear()


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (NOW - timedelta(minutes=71), "clock_behind"),
        (NOW + timedelta(days=401), "clock_ahead"),
        (datetime(1970, 1, 1, tzinfo=UTC), "clock_unset"),
        (NOW + timedelta(days=3), "backup_old"),
    ],
)
def test_a_clock_far_from_the_newest_entry_is_found(settings: Settings, now: datetime, code: str) -> None:
    assert code in codes(settings, now)
    assert doctor.is_wrong(doctor.examine(settings, now)) == (code in ("clock_behind", "clock_unset"))


@pytest.mark.parametrize("now", [NOW - timedelta(minutes=69), NOW + timedelta(days=1)])
def test_a_clock_that_is_a_little_off_is_no_reason(settings: Settings, now: datetime) -> None:
    assert codes(settings, now) == []


def test_a_database_that_grew_since_its_mark_is_no_older_copy(world: HttpWorld, settings: Settings) -> None:
    with opened(settings.store_path) as store:
        write_mark(settings, store, NOW)
    world.signs_in("zhang_qiang").writes("household", HOME | {"room": "601"})
    assert codes(settings) == []


def test_a_missing_file_is_a_warning(settings: Settings) -> None:
    with opened(settings.store_path) as store:
        files.note_arrival(store, File("ab" * 32, "image/png", 9, 8, "cd" * 32, True), "li_min", NOW)
    assert codes(settings) == ["files_missing"]
    path = FileStore(settings.files_path).path("ab" * 32)
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(7))
    assert codes(settings) == ["files_missing"], "cut short"
    path.write_bytes(bytes(8))
    assert codes(settings) == []


def test_warnings_do_not_keep_a_centre_from_being_served(settings: Settings) -> None:
    with opened(settings.store_path) as store:
        store.execute("DELETE FROM setting WHERE name = 'backup_at'")
    (settings.app / "index.html").unlink()
    free = shutil.disk_usage(settings.data).free // (1024 * 1024)
    found = doctor.examine(replace(settings, free_megabytes_min=free // 2), NOW)
    assert [finding.code for finding in found] == ["disk_getting_full", "no_backup", "app_missing"]
    assert not doctor.is_wrong(found)


def test_the_command_tells_people_and_programs(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_FREE_MEGABYTES_MIN", "1")
    monkeypatch.setenv("DOORSTEP_APP", str(settings.app))
    assert main(["doctor", "--data", str(settings.data)]) == 0
    assert "This centre can be served" in capsys.readouterr().out
    settings.data.chmod(0o770)
    assert main(["doctor", "--data", str(settings.data)]) == 1
    said = capsys.readouterr().out
    assert "chmod go-w" in said and "别人能改动" in said
    assert main(["doctor", "--json", "--data", str(settings.data)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ready"] is False
    assert set(found["findings"][0]) == {"code", "state", "zh", "en", "next_zh", "next_en"}


def test_looking_changes_nothing(settings: Settings) -> None:
    store = open_store(settings.store_path)
    before = store.rows("SELECT position, hash FROM log"), store.rows("SELECT * FROM setting")
    codes(settings)
    assert (store.rows("SELECT position, hash FROM log"), store.rows("SELECT * FROM setting")) == before
    store.close()


def test_only_over_tls_others_are_listened_to(settings: Settings) -> None:
    everywhere = replace(settings, host="0.0.0.0")  # noqa: S104
    assert codes(everywhere) == ["open_without_tls"]
    assert codes(replace(everywhere, origin="https://doorstep.example.org")) == []


def test_what_two_people_agreed_to_destroy_is_not_forgotten_and_not_left_half_done(settings: Settings) -> None:
    agreed = (
        "d1",
        "heping",
        "retention",
        "[]",
        "[]",
        "年限已到",
        "zhou_hui",
        "2026-11-18T01:00:00Z",
        "2026-11-18T03:00:00Z",
    )
    with opened(settings.store_path) as store:
        store.execute(
            "INSERT INTO destruction (id, centre, ground, kinds, records, reason, person, made_at, confirmed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            agreed,
        )
    assert codes(settings) == []
    assert codes(settings, NOW + timedelta(minutes=1)) == ["destroy_waiting"]
    with opened(settings.store_path) as store:
        store.execute("UPDATE destruction SET begun_at = '2026-11-19T02:00:00Z'")
    assert codes(settings) == ["destroy_unfinished"]


def test_every_finding_has_words_and_a_test_that_provokes_it() -> None:
    text = Path(__file__).read_text("utf-8")
    for code, words in doctor._words().items():
        assert set(words) == {"state", "zh", "en", "next_zh", "next_en"}
        assert f'"{code}"' in text


def test_a_database_that_cannot_be_opened_is_told_with_the_reason(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened_in_vain(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor, "opened", opened_in_vain)
    (found,) = doctor.examine(settings, NOW)
    assert found.code == "database_unusable" and "permissions" in found.en and "权限" in found.zh
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert "not_writable" in codes(settings)
