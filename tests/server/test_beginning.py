"""A centre begins with secrets, one director and one invite; what is unsafe is not served, nor what the demo made."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from server.audit_key import audit_key
from server.auth.keys import make_keys, read_keys
from server.operations.backup import MADE
from server.settings import Settings
from sync.store.opening import open_store
from tests.server.commands import says
from tests.server.door_world import ORIGIN, Door, code_of
from tests.server.http_world import HttpWorld, empty_store, open_client
from tests.server.test_sessions import ME, is_signed_in
from tests.sizes import BEGINNINGS

NEW = ("--centre", "新城社区服务中心", "--director", "吴建国", "--team", "一组", "--team", "二组")


EPOCH = "SELECT value FROM setting WHERE name = 'epoch'"


def begun(capsys: pytest.CaptureFixture[str], folder: Path, *words: object) -> tuple[int, str]:
    return says(capsys, "--data", folder, "init", *words)


def test_a_centre_begins_with_one_invite_and_nobody_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "centre"
    status, said = begun(capsys, folder, *NEW)
    assert status == 0, said
    modes = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert stat.S_IMODE(folder.stat().st_mode) == modes["secrets"] == 0o700
    for name in ("secrets/pepper", "secrets/share", "audit.key", "doorstep.sqlite3"):
        assert modes[name] == 0o600, name
    with closing(open_store(folder / "doorstep.sqlite3")) as store:
        for table, count in (("person", 1), ("team", 2), ("device", 0), ("session", 0), ("invite", 1)):
            assert store.value(f"SELECT count(*) FROM {table}") == count, table  # noqa: S608

    code = re.search(r"type:  ([0-9A-Z-]{9})$", said, re.M)
    token = re.search(r"/e#(\S+)$", said, re.M)
    codes = re.findall(r"^  ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$", said, re.M)
    assert code and token and len(set(codes)) == 10
    kept = b"".join(path.read_bytes() for path in folder.glob("doorstep.sqlite3*"))
    for told in (code[1], token[1], *codes):
        assert told.encode() not in kept, "the database holds none of what opens"

    settings = Settings(data=folder, app=folder / "app", origin=ORIGIN)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        door = Door(HttpWorld(settings, datetime.now(UTC), client))
        looked = door.gives("/api/enrol/look", {"token": token[1]})
        assert (looked["person_name"], looked["role"]) == ("吴建国", "director")
        assert code_of(door.posts("/api/session", {"person": "x"})) == "demo_only"


def test_no_beginning_shares_a_secret_with_another_and_none_lets_anybody_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[object] = []
    for number in range(BEGINNINGS):
        folder = tmp_path / str(number)
        status, said = begun(capsys, folder, *NEW)
        assert status == 0, said
        found = re.findall(r"type:  ([0-9A-Z-]{9})$|/e#(\S+)$|^  ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$", said, re.M)
        kept = [folder / "secrets" / "pepper", folder / "secrets" / "share", folder / "audit.key"]
        assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600] * 3
        with closing(open_store(folder / "doorstep.sqlite3")) as store:
            seen += [*(path.read_bytes() for path in kept), *found]
            seen += [
                store.value("SELECT person FROM person"),
                store.value("SELECT value FROM setting WHERE name='epoch'"),
            ]
            for table in ("device", "session", "passkey", "pin"):
                assert store.value(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    assert len(seen) == BEGINNINGS * (3 + 12 + 2) and len(set(seen)) == len(seen)


def test_secrets_are_made_once_and_differ_from_centre_to_centre(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [read_keys_of(tmp_path / str(number)) for number in range(20)]
    assert len({key for keys in made for key in keys}) == 40
    folder = tmp_path / "0"
    status, said = begun(capsys, folder, *NEW)
    assert status == 1 and "never made twice" in said
    assert read_keys(folder).pepper == made[0][0], "nothing was replaced"


def test_two_centres_that_drew_the_same_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.auth.keys.secrets.token_hex", lambda count: "ab" * count)
    assert len({key for number in range(2) for key in read_keys_of(tmp_path / str(number))}) == 1


def read_keys_of(folder: Path) -> tuple[bytes, bytes]:
    keys = make_keys(folder)
    return keys.pepper, keys.share


def test_a_folder_that_others_can_enter_is_no_place_for_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o755)
    status, said = begun(capsys, tmp_path, *NEW)
    assert status == 1 and "chmod 700" in said and not (tmp_path / "secrets").exists()


def test_a_director_is_invited_again_until_one_has_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "centre"
    assert begun(capsys, folder, *NEW)[0] == 0
    status, said = begun(capsys, folder, "--again")
    assert status == 0 and "Recovery codes" not in said
    with closing(open_store(folder / "doorstep.sqlite3")) as store:
        assert sorted(row[0] for row in store.rows("SELECT state FROM invite")) == ["open", "withdrawn"]
        store.execute(
            "INSERT INTO device (device, person, name, public_key, added_at, path)"
            " SELECT 'device', person, 'desk', ?, '', 'prf' FROM person",
            (b"",),
        )
    status, said = begun(capsys, folder, "--again")
    assert status == 1 and "Every director has a device" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Name --centre and --director"),
        (("--centre", "x"), "together"),
        (("--again",), "secrets cannot be used"),
    ],
)
def test_what_is_missing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    status, said = begun(capsys, tmp_path / "centre", *words)
    assert status == 1 and told in said
    assert not (tmp_path / "centre" / "secrets").exists()


# What is unsafe is not served

Unsafe = Callable[[Path, pytest.MonkeyPatch], None]


def variable(name: str, text: str) -> Unsafe:
    return lambda folder, patch: patch.setenv(f"DOORSTEP_{name}", text)


def mode(name: str, bits: int) -> Unsafe:
    return lambda folder, patch: (folder / name).chmod(bits)


def written(name: str, text: str) -> Unsafe:
    def wrong(folder: Path, patch: pytest.MonkeyPatch) -> None:
        (folder / name).write_text(text)

    return wrong


def without_secrets(folder: Path, patch: pytest.MonkeyPatch) -> None:
    (folder / "secrets").rename(folder / "elsewhere")


def readable_by_others(folder: Path, patch: pytest.MonkeyPatch) -> None:
    folder.chmod(0o755)
    (folder / "doorstep.sqlite3").chmod(0o644)


UNSAFE: dict[str, tuple[Unsafe, str]] = {
    "an address without TLS": (variable("ORIGIN", "http://doorstep.example.org"), "must begin with https://"),
    "an address that is a number": (variable("ORIGIN", "https://10.0.0.5"), "must be a name"),
    "an address with a path": (variable("ORIGIN", "https://doorstep.example.org/app"), "without a path"),
    "listening to others without TLS": (variable("HOST", "0.0.0.0"), "is not https"),  # noqa: S104
    "no secrets": (without_secrets, "The secrets are missing"),
    "secrets others can read": (mode("secrets/pepper", 0o644), "can read the secret"),
    "a folder of secrets others can enter": (mode("secrets", 0o755), "can read the secret"),
    "an audit key others can read": (mode("audit.key", 0o644), "can read the secret"),
    "a secret that is short": (written("secrets/pepper", "abcd"), "is damaged"),
    "a database others can read": (readable_by_others, "can read"),
    "a folder others can change": (mode("", 0o777), "can change"),
    "the folder of a demo": (written(MADE, "{}"), "invented neighbourhood"),
    "phones that go on for a month": (variable("SESSION_HOURS_MAX", "720"), "from 1 to 168"),
    "phones that nobody used for a week": (variable("SESSION_IDLE_MINUTES", "10080"), "from 1 to 1440"),
    "a way of testing left switched on": (variable("DEMO", "1"), "is not a setting"),
    "measures for whoever guesses": (variable("METRICS_TOKEN", "secret"), "must be 20 or more"),
}


@pytest.mark.parametrize("unsafe", UNSAFE)
def test_what_is_unsafe_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], unsafe: str
) -> None:
    folder = tmp_path / "centre"
    make_keys(folder)
    audit_key(Settings(data=folder))
    (folder / "doorstep.sqlite3").write_bytes(empty_store())
    (folder / "doorstep.sqlite3").chmod(0o600)
    (folder / "index.html").write_text("<!doctype html>")
    monkeypatch.setenv("DOORSTEP_APP", str(folder))
    monkeypatch.setenv("DOORSTEP_FREE_MEGABYTES_MIN", "0")
    # What stands between all this and a start is the one thing that is unsafe.
    started: list[Settings] = []
    monkeypatch.setattr("server.__main__._listen", lambda settings, sentence: started.append(settings))
    assert says(capsys, "serve", "--data", folder)[0] == 0 and len(started) == 1
    UNSAFE[unsafe][0](folder, monkeypatch)
    status, said = says(capsys, "serve", "--data", folder)
    assert status == 1 and UNSAFE[unsafe][1] in said and len(started) == 1, said


def test_a_session_of_the_demo_opens_nothing_where_a_centre_is_served(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    assert is_signed_in(li_min)
    with open_client(replace(world, settings=replace(world.settings, demo=False, origin="http://localhost"))) as served:
        answer = served.post("/graphql", json={"query": ME}, headers={"authorization": f"Bearer {li_min.token}"})
        assert code_of(answer) == "not_signed_in"
        assert code_of(served.get("/api/demo/people")) == "demo_only"
        assert code_of(served.post("/api/demo/step-up")) == "demo_only"
