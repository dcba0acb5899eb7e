"""What a served centre promises as a process: killed it loses nothing that was acknowledged, asked to stop it answers
what has begun, on a full disk it refuses and goes on reading, and nothing it writes down is about people.
"""

import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.__main__ import main
from server.operations.backup import backups_in, head_path, read_exported
from sync.log import LogHead, check_log
from sync.store.opening import open_store
from tests.server.commands import secrets_brought
from tests.server.http_world import HOME, PUSH, Phone
from tests.server.processes import ROOT, Served
from tests.server.small_disk import fill, may_mount, runs_where_it_may_mount, small_disk

CANARY = "王秀兰canary7f3a"
PHONE_CANARY = "13900007731"
# Two connections are read in no fixed order; after so many answers on one, the other has been read.
ROUND_TRIPS = 20


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path / "centre") as found:
        yield found


def homes(phone: Phone, count: int) -> list[dict[str, Any]]:
    return [phone.save("household", HOME | {"room": str(100 + number)}) for number in range(count)]


def receipts(phone: Phone, *saves: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(receipt["save"], receipt["status"], receipt["revision"]) for receipt in phone.pushes(*saves)]


def log_is_whole(folder: Path) -> LogHead:
    store = open_store(folder / "doorstep.sqlite3")
    found = check_log(store)
    store.close()
    assert isinstance(found, LogHead)
    return found


# Killed -------------------------------------------------------------------------------------------------------------


def test_killed_between_commit_and_answer_the_same_push_gets_the_receipts_of_what_was_kept(tmp_path: Path) -> None:
    folder = tmp_path / "centre"
    dying = (sys.executable, "-m", "tests.server.dying_server")
    with Served(folder, dying, {"DIES_AT_PUSH": "3"}) as served:
        li_min = served.signs_in("li_min")
        saves = homes(li_min, 9)
        told = [receipts(li_min, *saves[start : start + 3]) for start in (0, 3)]
        with pytest.raises(httpx2.TransportError):
            li_min.pushes(*saves[6:])
        served.is_dead()
        committed = log_is_whole(folder).entries
        assert committed == 9, "the third push was kept, its answer was not given"
        served.command, served.settings = (sys.executable, "-m", "server"), {}
        served.starts()
        li_min.world.client = served.client
        assert [receipts(li_min, *saves[start : start + 3]) for start in (0, 3)] == told
        assert [receipt[1] for receipt in receipts(li_min, *saves[6:])] == ["accepted"] * 3
    assert log_is_whole(folder).entries == 9, "nothing twice"


def test_killed_at_random_moments_nothing_acknowledged_is_lost_and_nothing_is_there_twice(tmp_path: Path) -> None:
    seed = random.Random(25)  # noqa: S311
    acknowledged: dict[str, int] = {}
    with Served(tmp_path / "centre") as served:
        li_min = served.signs_in("li_min")
        for _ in range(4):
            waiting = homes(li_min, 40)
            killer = threading.Timer(seed.uniform(0.05, 0.4), served.process.kill)
            killer.start()
            try:
                for start in range(0, 40, 4):
                    found = receipts(li_min, *waiting[start : start + 4])
                    acknowledged |= {save: revision for save, _, revision in found}
            except httpx2.TransportError:
                killer.join()
            killer.cancel()
            served.dies()
            served.starts()
            li_min.world.client = served.client
            again = [
                receipt for start in range(0, 40, 20) for receipt in receipts(li_min, *waiting[start : start + 20])
            ]
            assert all(acknowledged.get(save, revision) == revision for save, _, revision in again)
            acknowledged |= {save: revision for save, _, revision in again}
        assert len(set(acknowledged.values())) == len(acknowledged) == 160
    assert log_is_whole(tmp_path / "centre").entries == 160


# Asked to stop ------------------------------------------------------------------------------------------------------


def test_a_stop_answers_what_has_begun_and_tells_the_next_to_come_again(served: Served) -> None:
    li_min = served.signs_in("li_min")
    (save,) = homes(li_min, 1)
    blocking = open_store(served.folder / "doorstep.sqlite3")
    blocking.execute("BEGIN IMMEDIATE")
    answers: list[Any] = []
    begun = threading.Thread(target=lambda: answers.append(li_min.asks(PUSH, {"saves": [save]})))
    begun.start()
    while sum(line.get("route") == "/api/session" for line in served.log()) < ROUND_TRIPS:
        # Questions that end in a line tell that the push before them has reached the server.
        served.client.delete("/api/session")
    served.process.terminate()
    later = httpx2.Client(base_url=served.client.base_url)
    refused = later.get("/api/ready")
    while refused.status_code != 503 or "errors" not in refused.json():
        refused = later.get("/api/ready")
    assert refused.json()["errors"][0]["extensions"]["code"] == "stopping"
    assert int(refused.headers["retry-after"]) > 0
    assert later.get("/api/health").status_code == 200, "the process lives to the end"
    later.close()
    blocking.execute("ROLLBACK")
    blocking.close()
    begun.join(30)
    assert answers[0].json()["data"]["push"]["receipts"][0]["status"] == "accepted"
    assert served.stops() == 0
    assert served.lines[-1] == "Stopped.\n"
    assert not (served.folder / "doorstep.sqlite3-wal").exists(), "the store was closed"
    assert log_is_whole(served.folder).entries == 1


def test_one_folder_is_served_once(served: Served) -> None:
    second = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "server", "serve", "--data", str(served.folder), "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "DOORSTEP_FREE_MEGABYTES_MIN": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1 and "Stop it first" in second.stderr


# What it tells ------------------------------------------------------------------------------------------------------


def test_health_readiness_and_measures_are_told(served: Served) -> None:
    li_min = served.signs_in("li_min")
    wrong = li_min.save("household", HOME | {"hat": 1})
    li_min.pushes(*homes(li_min, 3), wrong)
    assert served.client.get("/api/health").json() == {"status": "ok"}
    assert served.client.get("/api/ready").json() == {"ready": True, "revision": 3, "reason": None}
    told = served.client.get("/metrics").text
    found = {name: float(value) for name, value in re.findall(r"^(doorstep_\S+) (\S+)$", told, re.M)}
    assert found["doorstep_pushes_total"] == 1
    assert found['doorstep_saves_total{status="accepted"}'] == 3
    assert found['doorstep_saves_total{status="held"}'] == 1
    assert found["doorstep_held_open"] == 1
    assert (found["doorstep_log_entries"], found["doorstep_revision"]) == (4, 3)
    assert found["doorstep_backup_age_seconds"] == -1
    assert found["doorstep_store_bytes"] > 0 and found["doorstep_disk_free_bytes"] > 0
    assert found["doorstep_push_seconds_count"] == 1
    assert found['doorstep_requests_total{method="POST",route="/graphql",status="200"}'] == 1


def test_measures_are_for_this_machine_or_for_who_has_the_token(tmp_path: Path) -> None:
    token = "t" * 24
    with Served(tmp_path / "centre", settings={"DOORSTEP_METRICS_TOKEN": token}) as served:
        proxied = {"x-forwarded-for": "10.0.0.9"}
        assert served.client.get("/metrics").status_code == 200
        assert served.client.get("/metrics", headers=proxied).status_code == 404
        assert served.client.get("/metrics", headers={"host": "centre.example"}).status_code == 404
        assert served.client.get("/metrics", headers={"authorization": f"Bearer {token}x"}).status_code == 404
        right = {"authorization": f"Bearer {token}", **proxied}
        assert served.client.get("/metrics", headers=right).status_code == 200


def test_one_line_a_request_says_what_was_asked_for_and_not_by_whom(served: Served) -> None:
    li_min = served.signs_in("li_min")
    li_min.pushes(*homes(li_min, 1))
    answer = served.client.get(f"/homes/{CANARY}?name={CANARY}")
    # A word of one's own is not even a request; a verb that nobody here knows is one.
    assert served.client.request(f"X{PHONE_CANARY}", "/api/nothing").status_code == 400
    served.client.request("PROPFIND", "/api/nothing")
    served.stops()
    lines = [line for line in served.log() if line["event"] == "request"]
    assert {"time", "level", "event", "id", "method", "route", "status", "milliseconds"} == set(lines[-1])
    assert ("POST", "/graphql", 200) in [(line["method"], line["route"], line["status"]) for line in lines]
    assert any(line["route"] == "app" and line["id"] == answer.headers["x-request-id"] for line in lines)
    assert "other" in [line["method"] for line in lines]


def test_nothing_about_people_reaches_the_log_the_measures_or_an_error(served: Served) -> None:
    """Names, phones, notes and ids of persons and records, in good saves, bad saves and failures."""
    li_min = served.signs_in("li_min")
    home = li_min.save("household", HOME | {"phone": PHONE_CANARY, "notes": CANARY})
    person = li_min.save("resident", {"household": home["record"], "name": CANARY, "phone": PHONE_CANARY})
    wrong = [
        li_min.save("household", HOME | {"room": {"a": CANARY}}),
        li_min.save("household", {CANARY: CANARY}),
        li_min.save(CANARY, {"name": CANARY}),
        {"id": CANARY, "set": CANARY},
    ]
    texts = [li_min.asks(PUSH, {"saves": [home, person, *wrong]}).text]
    texts.append(li_min.asks("{ " + CANARY + " }").text)
    texts.append(li_min.asks(PUSH, {"saves": CANARY}).text)
    for path in (f"/api/{CANARY}", f"/graphql?{CANARY}", f"/metrics?{CANARY}", f"/assets/{CANARY}.js"):
        texts.append(served.client.get(path, headers={"cookie": CANARY.encode().hex()}).text)
    # The store fails with the words in its own error.
    store = open_store(served.folder / "doorstep.sqlite3")
    store.execute(
        f"CREATE TRIGGER breaks BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, '{CANARY}{PHONE_CANARY}'); END"
    )
    failed = li_min.asks(PUSH, {"saves": homes(li_min, 1)})
    assert failed.status_code == 500 and failed.json()["errors"][0]["extensions"]["code"] == "failed"
    store.execute("DROP TRIGGER breaks")
    # It fails at one save of three, again with the words in its error.
    store.execute(
        "CREATE TRIGGER breaks BEFORE INSERT ON household WHEN NEW.room = '404'"
        f" BEGIN SELECT RAISE(ABORT, '{CANARY}{PHONE_CANARY}'); END"
    )
    before, after = homes(li_min, 2)
    answer = li_min.asks(PUSH, {"saves": [before, li_min.save("household", HOME | {"room": "404"}), after]})
    told = [(one["status"], (one["problem"] or {}).get("code")) for one in answer.json()["data"]["push"]["receipts"]]
    assert told == [("accepted", None), ("held", "not_judged"), ("accepted", None)]
    texts.append(answer.text)
    store.execute("DROP TRIGGER breaks")
    store.close()
    texts += [failed.text, served.client.get("/metrics").text]
    served.stops()
    failures = [line for line in served.log() if line["event"] == "failure"]
    assert all("IntegrityError at" in failure["error"] for failure in failures)
    assert {failure["id"] for failure in failures} == {one.headers["x-request-id"] for one in (failed, answer)}
    ids = [home["record"], home["id"], person["record"], "li_min", "token of"]
    for text in ("".join(served.lines), texts[-1]):
        assert not [word for word in ("canary7f3a", "王秀兰", PHONE_CANARY, *ids) if word in text]
    # Answers give back the ids that were sent as ids, and no value.
    for text in texts[1:]:
        assert not [word for word in ("canary7f3a", "王秀兰", PHONE_CANARY) if word in text]


# A full disk --------------------------------------------------------------------------------------------------------


def test_on_a_full_disk_nothing_is_half_saved_reading_goes_on_and_it_heals_without_a_restart(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """On a file system of 6 MiB of its own, filled to the brim by somebody else, then freed again."""
    if not may_mount():
        runs_where_it_may_mount(request.node.nodeid)
        return
    with small_disk(tmp_path) as disk, Served(disk / "centre") as served:
        li_min = served.signs_in("li_min")
        first = homes(li_min, 20)
        told = receipts(li_min, *first)
        kept = 20
        for round_ in range(3):
            filler = disk / "filler"
            fill(filler)
            refused = 0
            for save in (more := homes(li_min, 30)):
                answer = li_min.asks(PUSH, {"saves": [save]})
                if answer.status_code == 200:
                    kept += 1
                    continue
                assert answer.status_code == 507, answer.text
                assert answer.json()["errors"][0]["extensions"]["code"] == "store_full"
                refused += 1
            assert refused > 0, round_
            page = li_min.asks("{ household_list(first: 100) { total } }")
            assert page.json()["data"]["household_list"]["total"] == kept, "what is there is read, and no more"
            assert served.client.get("/api/health").status_code == 200
            assert served.client.get("/metrics").status_code == 200
            filler.unlink()
            assert {status for _, status, _ in receipts(li_min, *more)} == {"accepted"}
            kept = 20 + 30 * (round_ + 1)
        assert receipts(li_min, *first) == told
        assert served.stops() == 0
        assert log_is_whole(disk / "centre").entries == kept


def test_with_little_disk_left_nothing_is_written_any_more_and_it_is_told(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not may_mount():
        runs_where_it_may_mount(request.node.nodeid)
        return
    with small_disk(tmp_path) as disk, Served(disk / "centre", settings={"DOORSTEP_FREE_MEGABYTES_MIN": "2"}) as served:
        li_min = served.signs_in("li_min")
        (save,) = homes(li_min, 1)
        fill(disk / "filler", spared_bytes=200 * 1024)
        answer = li_min.asks(PUSH, {"saves": [save]})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (507, "store_full")
        assert int(answer.headers["retry-after"]) > 0
        ready = served.client.get("/api/ready")
        assert (ready.status_code, ready.json()["reason"]) == (503, "full")
        told = served.client.get("/metrics").text
        assert "doorstep_disk_full_total 1.0" in told
        (disk / "filler").unlink()
        assert receipts(li_min, save)[0][1] == "accepted"


# Backed up while people work ----------------------------------------------------------------------------------------


def test_a_backup_made_while_phones_push_is_of_one_moment_and_stops_nobody(served: Served, tmp_path: Path) -> None:
    li_min = served.signs_in("li_min")
    receipts(li_min, *homes(li_min, 5))
    backing_up = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "server", "backup", "--data", str(served.folder), "--copied-away"],
        cwd=ROOT,
        env={**os.environ, "DOORSTEP_FREE_MEGABYTES_MIN": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    pushed = 5
    while backing_up.poll() is None:
        assert receipts(li_min, *homes(li_min, 1))[0][1] == "accepted"
        pushed += 1
    said, _ = backing_up.communicate()
    assert backing_up.returncode == 0, said
    (made,) = backups_in(served.folder / "backups")
    head = read_exported(head_path(made)).head
    assert 5 <= head.entries <= pushed
    told = served.client.get("/metrics").text
    assert f"doorstep_backed_up_revision {float(head.revision)}" in told
    age = re.search(r"^doorstep_backup_age_seconds (\S+)$", told, re.M)
    assert age is not None and 0 <= float(age[1]) < 600
    secrets_brought(served.folder, tmp_path / "restored")
    assert main(["restore", str(made), "--data", str(tmp_path / "restored")]) == 0
    assert log_is_whole(tmp_path / "restored").entries == head.entries + 1, "and the new epoch"
