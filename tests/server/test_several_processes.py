"""Two processes serve the centres of one PostgreSQL: nothing acknowledged is lost, nothing is missed, news travel.

Not here: one process (test_process.py), and what a store in PostgreSQL is (tests/sync/test_postgres.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from schema.load import load_schema
from server.__main__ import main
from server.auth.keys import make_keys
from sync.log import LogHead, check_log
from sync.materialise import rebuild
from sync.store.opening import open_store
from tests.postgres import OWNER, Cluster, run
from tests.server.door_world import APP
from tests.server.http_world import HOME, Phone, fill
from tests.server.processes import Served

SAVES_EACH = 12
# The cursor of a device that has nothing yet.
NEW = {"team:heping_1:outreach_worker": "0"}
NEW_AT_DESK = {"team:heping_1:supervisor": "0"}


@pytest.fixture
def place(cluster: Cluster) -> str:
    """A database with the people of both centres."""
    found = cluster.emptied()
    fill(found)
    return found


@pytest.fixture
def pair(place: str, tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """Two processes over it."""
    settings = {"DOORSTEP_STORE": place}
    with Served(tmp_path / "a", settings=settings) as one, Served(tmp_path / "b", settings=settings) as other:
        yield one, other


Commands = Callable[..., tuple[int, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    """Runs one `doorstep` command over a store; its exit status, and all that it said."""
    tmp_path.chmod(0o700)

    def done(place: str, *words: str, **settings: str) -> tuple[int, str]:
        for name, value in {"DOORSTEP_STORE": place, "DOORSTEP_FREE_MEGABYTES_MIN": "0", **settings}.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        status = main(["--data", str(tmp_path), *words])
        told = capsys.readouterr()
        return status, told.out + told.err

    return done


def home(phone: Phone, room: str) -> dict[str, object]:
    return phone.save("household", {**HOME, "room": room}, scopes=[])


def all_at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Do all of it in threads of its own; what any of them raised."""
    failed: list[BaseException] = []

    def one(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_what_one_process_took_the_other_shows_and_knows_again(pair: tuple[Served, Served]) -> None:
    one, other = pair
    writer, reader = one.signs_in("zhou_hui"), other.signs_in("li_min")
    save = home(writer, "101")
    (receipt,) = writer.pushes(save)
    assert receipt["status"] == "accepted"
    assert [row["record"] for row in reader.pulls({"team:heping_1:outreach_worker": "0"})["changed"]] == [
        save["record"]
    ]
    again = other.signs_in("zhou_hui")
    again.key, again.token = writer.key, writer.token
    assert again.pushes(save) == [receipt]


def test_a_push_at_one_process_and_the_end_of_a_phone_are_told_at_once_at_the_other(
    pair: tuple[Served, Served],
) -> None:
    one, other = pair
    writer, waiting = one.signs_in("zhou_hui"), other.signs_in("li_min")
    told: list[int] = []

    def wait() -> None:
        began = time.monotonic()
        answer = other.client.post("/api/poke", json={"after": 0}, headers={"authorization": f"Bearer {waiting.token}"})
        told.append(answer.json()["revision"])
        assert time.monotonic() - began < 8.5, "it was not the end of the long poll"

    def write() -> None:
        # The long poll is there, or was answered by what came before it.
        while other.client.get("/api/ready").status_code != 200:
            pass
        writer.pushes(home(writer, "101"))

    assert all_at_once(wait, write) == []
    assert told == [1]
    times = dict[str, float]()

    def wait_on() -> None:
        header = {"authorization": f"Bearer {waiting.token}"}
        assert other.client.post("/api/poke", json={"after": 1}, headers=header).status_code == 401
        times["closed"] = time.monotonic()

    def take_back() -> None:
        writer.finds(APP["revoke_device"], device=waiting.device, order="now")
        times["answered"] = time.monotonic()

    assert all_at_once(wait_on, take_back) == []
    assert times["closed"] - times["answered"] < 1


def test_eight_writers_at_two_processes_and_a_reader_that_misses_nothing(
    pair: tuple[Served, Served], place: str
) -> None:
    writers = [pair[number % 2].signs_in("zhou_hui", number) for number in range(8)]
    reader = pair[0].signs_in("li_min")
    written: set[object] = set()
    seen: set[object] = set()
    are_done = threading.Event()

    def write(number: int) -> Callable[[], None]:
        def work() -> None:
            for count in range(SAVES_EACH):
                save = home(writers[number], f"{number}-{count}")
                (receipt,) = writers[number].pushes(save)
                assert receipt["status"] == "accepted", receipt
                written.add(save["record"])

        return work

    def read() -> None:
        cursors = dict(NEW)
        is_last = False
        while not is_last:
            is_last = are_done.is_set()
            while True:
                page = reader.pulls(cursors)
                seen.update(row["record"] for row in page["changed"])
                cursors = {entry["scope"]: entry["cursor"] for entry in page["cursors"]}
                if not page["more"]:
                    break

    def write_all() -> None:
        try:
            assert all_at_once(*(write(number) for number in range(8))) == []
        finally:
            are_done.set()

    assert all_at_once(write_all, read) == []
    assert len(written) == 8 * SAVES_EACH
    assert written == seen
    proven(place)


def test_a_process_killed_in_the_middle_loses_nothing_that_it_acknowledged(
    pair: tuple[Served, Served], place: str
) -> None:
    dying, living = pair
    dies, lives = dying.signs_in("zhou_hui"), living.signs_in("luo_wei")
    acknowledged: list[dict[str, object]] = []
    sent: list[dict[str, object]] = []
    enough = threading.Event()

    def write_until_it_dies() -> None:
        try:
            while True:
                sent.append(home(dies, str(len(sent))))
                acknowledged.extend(dies.pushes(sent[-1]))
                if len(acknowledged) == 10:
                    enough.set()
        except (httpx2.HTTPError, OSError):
            enough.set()

    def write_on() -> None:
        for count in range(10):
            (receipt,) = lives.pushes(
                lives.save("household", {**HOME, "team": "heping_3", "room": str(count)}, scopes=[])
            )
            assert receipt["status"] == "accepted", receipt

    def kill() -> None:
        enough.wait()
        dying.process.kill()

    assert all_at_once(write_until_it_dies, write_on, kill) == []
    dying._ends()
    assert len(acknowledged) >= 10
    store = open_store(place)
    store.bind("heping")
    kept = {row[0] for row in store.rows("SELECT id FROM log WHERE status = 'accepted'")}
    store.close()
    assert {receipt["save"] for receipt in acknowledged} <= kept
    # What was not answered is sent again, there or elsewhere, and arrives once.
    assert {receipt["status"] for receipt in replace(dies, world=lives.world).pushes(*sent[-20:])} == {"accepted"}
    # The process that died serves again at once.
    dying.starts()
    proven(place, homes=len(sent) + 10)


def proven(place: str, homes: int | None = None) -> None:
    """The log is whole, and every table follows from it."""
    store = open_store(place)
    store.bind("heping")
    assert isinstance(check_log(store), LogHead)
    assert rebuild(store, load_schema()) == []
    if homes is not None:
        assert store.value("SELECT count(*) FROM household") == homes
    store.close()


# Commands


def test_the_commands_work_on_every_centre_and_tell_no_password(
    place: str, tmp_path: Path, cluster: Cluster, command: Commands
) -> None:
    secret = place.replace("doorstep@", "doorstep:canary7f3a@")
    make_keys(tmp_path)
    said = ""
    for words, status in (
        (("doctor",), 0),
        (("rebuild",), 0),
        (("check-log",), 0),
        (("check-log", "--export", str(tmp_path / "head.json")), 1),
        (("check-log", "--centre", "heping", "--export", str(tmp_path / "head.json")), 0),
        (("check-log", "--centre", "heping", "--against", str(tmp_path / "head.json")), 0),
        (("check-log", "--centre", "nowhere"), 1),
        (("backup",), 1),
        (("restore", str(tmp_path / "x.sqlite3")), 1),
        (("sweep-files",), 0),
        (("prepare-store",), 1),
    ):
        found, told = command(secret, *words)
        assert found == status, told
        said += told
    found, told = command(secret.replace("/centres_", "/none_"), "doctor")
    assert found == 1 and "cannot be reached" in told
    assert "of guanhu is whole" in said and "of heping is whole" in said and "pg_dump" in said
    assert "canary7f3a" not in said + told
    owner = cluster.url(place.partition("?")[0].rpartition("/")[2], OWNER)
    found, told = command(secret, "prepare-store", DOORSTEP_STORE_OWNER=owner)
    assert found == 0, told


def test_a_database_put_back_by_its_own_tools_gets_a_new_epoch_for_each_centre(
    place: str, tmp_path: Path, cluster: Cluster, command: Commands
) -> None:
    served = Served(tmp_path / "a", settings={"DOORSTEP_STORE": place})
    served.starts()
    writer = served.signs_in("zhou_hui")
    writer.pushes(home(writer, "101"))
    database = place.partition("?")[0].rpartition("/")[2]
    dump = cluster.folder / f"{tmp_path.name}.dump"
    run(cluster.folder, "pg_dump", "-h", str(cluster.folder), "-U", "postgres", "-Fc", "-f", str(dump), database)
    writer.pushes(home(writer, "102"))
    before = writer.pulls(dict(NEW_AT_DESK))
    assert served.stops() == 0
    other = cluster.new_database()
    restore = ("pg_restore", "-h", str(cluster.folder), "-U", "postgres", "--clean", "--if-exists", "-d", other)
    run(cluster.folder, *restore, str(dump))
    status, said = command(cluster.url(other), "restore", "--here")
    assert status == 0 and said.count("new epoch") == 2, said
    with Served(tmp_path / "c", settings={"DOORSTEP_STORE": cluster.url(other)}) as put_back:
        after = replace(writer, world=put_back.signs_in("li_min").world).pulls(dict(NEW_AT_DESK))
    assert after["epoch"] != before["epoch"]
    assert len(after["changed"]) == 1 and len(before["changed"]) == 2


def test_a_server_that_would_lose_what_it_acknowledges_is_not_served(place: str, command: Commands) -> None:
    wrong = place.replace("doorstep@", "postgres@")
    status, told = command(wrong, "doctor")
    assert status == 1 and "row security" in told
    status, told = command(wrong, "serve", "--port", "0")
    assert status == 1, told


@pytest.mark.parametrize("name", ("fsync", "full_page_writes"))
def test_a_server_told_not_to_wait_for_its_disk_is_found_and_not_served(
    place: str, tmp_path: Path, cluster: Cluster, command: Commands, name: str
) -> None:
    make_keys(tmp_path)
    with switched_off(cluster, name):
        for words in (("doctor",), ("serve", "--port", "0")):
            status, told = command(place, *words)
            assert status == 1 and f"{name} is off" in told
    status, told = command(place, "doctor")
    assert status == 0 and f"{name} is off" not in told


@contextmanager
def switched_off(cluster: Cluster, name: str) -> Iterator[None]:
    """A setting of the whole server, until it is left."""
    with cluster.as_superuser("postgres") as connection:

        def becomes(change: str, value: str) -> None:
            connection.execute(change.encode())
            connection.execute("SELECT pg_reload_conf()")
            # The server reads its settings when it comes to it.
            for _ in range(100):
                connection.execute("SELECT pg_sleep(0.02)")
                found = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
                if found == (value,):
                    return
            raise AssertionError(f"{name} did not become {value}")

        becomes(f"ALTER SYSTEM SET {name} = off", "off")
        try:
            yield
        finally:
            becomes(f"ALTER SYSTEM RESET {name}", "on")
