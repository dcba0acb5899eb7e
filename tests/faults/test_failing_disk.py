"""A disk that fails to write, or to say that it has written: the process says so, takes nothing more, and ends without
touching what it has; the next one starts with all that was acknowledged."""

import os
import random
import signal
import sys

import pytest

from schema.load import load_schema
from server.operations.stopping import DISK_FAILED
from sync.log import LogHead, check_log, entries
from sync.materialise import rebuild
from sync.store.opening import open_store
from tests.server.http_world import HOME, PUSH
from tests.server.processes import Served

# Disks that fail in `make test`, each under a process of its own; a night sets NIGHT_DISKS=50.
DISKS = int(os.environ.get("NIGHT_DISKS", "1"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(DISKS))
def test_a_failing_disk_ends_the_process_and_costs_nothing_that_was_acknowledged(tmp_path, seed):
    rng = random.Random(seed)  # noqa: S311
    acknowledged, waiting = set(), []
    with Served(tmp_path / "centre", (sys.executable, "-m", "tests.faults.failing_server")) as served:
        li_min = served.signs_in("li_min")
        for _ in range(rng.randint(1, 12)):
            saves = [
                li_min.save("household", HOME | {"room": str(rng.randrange(10**6))}) for _ in range(rng.randint(1, 10))
            ]
            acknowledged |= {receipt["save"] for receipt in li_min.pushes(*saves)}
        served.process.send_signal(signal.SIGUSR1)
        served.client.get("/api/health")
        waiting = [li_min.save("household", HOME | {"room": "502"})]
        refused = li_min.asks(PUSH, {"saves": waiting})
        assert refused.status_code >= 500, refused.text
        assert served.process.wait(30) == DISK_FAILED
        served.process.stdout.read()
        assert "disk_failed" in [line["event"] for line in served.log()]

    with Served(tmp_path / "centre") as served:
        li_min.world.client = served.client
        assert li_min.pushes(*waiting)[0]["status"] == "accepted", "the phone still has it"
        served.stops()
    store = open_store(tmp_path / "centre" / "doorstep.sqlite3")
    logged = [entry.id for entry in entries(store) if entry.entry == "save"]
    assert acknowledged | {waiting[0]["id"]} == set(logged) and len(logged) == len(set(logged))
    assert isinstance(check_log(store), LogHead)
    assert rebuild(store, load_schema()) == []
    store.close()
