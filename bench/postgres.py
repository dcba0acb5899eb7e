"""How many saves a second centres in one PostgreSQL take, served by one process and by two.

The same two clients, one of each of two centres, ask one process and then two: the work is the same in both runs.
Real servers, a real PostgreSQL that flushes to the disk, new records in pushes of 100. What each of the three costs is
told too, because they share the cores. Measured and never asserted:

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
        before, began = spent_by(cluster, pids), time.perf_counter()
        threads = [threading.Thread(target=push_all, args=work) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        after = spent_by(cluster, pids)
    saves = len(works) * PUSHES * SAVES
    spent = {who: (after[who] - before[who]) / saves * 1000 for who in before}
    # With all cores busy there cannot be more; one process has one core for its Python, however many there are.
    limit = 1000 * (os.cpu_count() or 1) / sum(spent.values())
    told = ", ".join(f"{milliseconds:.2f} in {who}" for who, milliseconds in spent.items())
    print(
        f"{processes} process(es): {saves / seconds:,.0f} saves/s; ms of processor a save: {told};"
        f" {os.cpu_count()} cores with nothing else to do could take {limit:,.0f} saves/s"
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


def spent_by(cluster: Cluster, servers: list[int]) -> dict[str, float]:
    """The processor time that each of the three has taken."""
    database = cluster.process.pid
    return {
        "servers": sum(cpu_seconds(pid) for pid in servers),
        "PostgreSQL": sum(cpu_seconds(pid) for pid in (database, *children(database))),
        "clients": time.process_time(),
    }


def children(pid: int) -> list[int]:
    """The processes that a process has begun and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_seconds(pid: int) -> float:
    """The processor time a process has taken, with that of children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
