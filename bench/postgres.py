"""How many saves a second centres in one PostgreSQL take, served by one process and by two.

The same two clients, one of each of two centres, ask one process and then two: the work is the same in both runs.
Real servers, a real PostgreSQL that flushes to the disk, new records in pushes of 100. Measured and never asserted:

    .venv/bin/python -m bench.postgres
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import Cluster, start_cluster
from tests.server.http_world import HOME, Phone, fill
from tests.server.processes import Served

PUSHES = int(os.environ.get("PUSHES", "20"))
SAVES = 100
# Two centres: writers of one follow one another, whichever process they are at.
WRITERS = (("zhou_hui", "heping_1"), ("ma_li", "guanhu_1"))


def main() -> None:
    """Print a line for each count of processes, and the ratio."""
    cluster = start_cluster(Path(tempfile.gettempdir()))
    try:
        rates = {count: measured(cluster, count) for count in (1, 2)}
    finally:
        cluster.stop()
    print(
        f"two processes: {rates[2] / rates[1]:.2f} times one, on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )


def measured(cluster: Cluster, processes: int) -> float:
    """Saves a second, the clients together."""
    place = cluster.new_store()
    fill(place)
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        servers = [
            stack.enter_context(Served(Path(folder) / str(number), settings={"DOORSTEP_STORE": place}))
            for number in range(processes)
        ]
        works = [
            prepared(servers[number % processes].signs_in(person, number), team)
            for number, (person, team) in enumerate(WRITERS)
        ]
        pids = [server.process.pid for server in servers]
        before, began = [cpu_seconds(pid) for pid in pids], time.perf_counter()
        threads = [threading.Thread(target=push_all, args=work) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        spent = sum(cpu_seconds(pid) - old for pid, old in zip(pids, before, strict=True))
    saves = len(works) * PUSHES * SAVES
    print(
        f"{processes} process(es): {saves / seconds:,.0f} saves/s; {spent / saves * 1000:.2f} ms of processor a save in"
        f" servers, which used {spent / seconds:.2f} cores of {os.cpu_count()}"
    )
    return saves / seconds


def prepared(phone: Phone, team: str) -> tuple[Phone, list[list[dict[str, object]]]]:
    """A phone and the pushes it will send, signed before the clock runs."""
    rooms = iter(range(PUSHES * SAVES))
    return phone, [
        [phone.save("household", {**HOME, "team": team, "room": str(next(rooms))}, scopes=[]) for _ in range(SAVES)]
        for _ in range(PUSHES)
    ]


def push_all(phone: Phone, pushes: list[list[dict[str, object]]]) -> None:
    """Send them one after the other; every save must be taken."""
    for saves in pushes:
        receipts = phone.pushes(*saves)
        if {receipt["status"] for receipt in receipts} != {"accepted"}:
            raise RuntimeError("a save was not accepted")


def cpu_seconds(pid: int) -> float:
    """The processor time a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
