"""`python -m tests.faults.cut_server`: the power goes while a whole server works, and its disk is all that is left.

Needs root and a loop device, so it is no part of `make test`. Not here: a single database file at every point
(test_power_cut.py).
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from schema.load import load_schema
from sync.log import LogHead, check_log, entries
from sync.materialise import rebuild
from sync.store.faults import WORLD_ERRORS
from sync.store.opening import open_store
from sync.store.store import StoreError
from sync.times import local_date
from tests.faults.image_disk import ImageDisk, mounted, new_disk
from tests.faults.test_killed_server import Author, Mother, Server
from tests.server.http_world import empty_store

CUTS_EACH = 5
STORE = "doorstep.sqlite3"


class Cutter(threading.Thread):
    """Cuts the power several times while somebody pushes; the server goes on as if nothing had been."""

    def __init__(self, server: Server, author: Author, disk: ImageDisk, folder: Path, rng: random.Random) -> None:
        super().__init__()
        self.server, self.author, self.disk, self.folder, self.rng = server, author, disk, folder, rng
        self.cuts: list[tuple[Path, set[str]]] = []

    def run(self) -> None:
        for number in range(CUTS_EACH):
            threading.Event().wait(self.rng.uniform(0.05, 0.4))
            os.kill(self.server.id, signal.SIGSTOP)
            while not stands_still(self.server.id):
                threading.Event().wait(0.001)
            acknowledged = set(self.author.acknowledged)
            self.disk.cut(self.folder / f"cut_{number}")
            self.cuts.append((self.folder / f"cut_{number}", acknowledged))
            os.kill(self.server.id, signal.SIGCONT)


def stands_still(process: int) -> bool:
    """Whether every thread of it does, also one that was waiting for the disk."""
    threads = Path(f"/proc/{process}/task").glob("*/stat")
    return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)


def life(mother: Mother, folder: Path, seed: int, way: str) -> list[bool]:
    """One life of a server, cut several times; whether each cut has all that was acknowledged, and is whole."""
    rng = random.Random(seed)  # noqa: S311
    with new_disk(folder) as disk:
        data = disk.place / "centre"
        data.mkdir()
        (data / STORE).write_bytes(empty_store())
        (data / "demo.json").write_text(json.dumps({"made_on": local_date(datetime.now(UTC)).isoformat()}))
        os.sync()
        server = Server(mother, data, way)
        author = Author(server, seed)
        cutter = Cutter(server, author, disk, folder, rng)
        cutter.start()
        try:
            while cutter.is_alive():
                author.writes(rng.randint(1, 10))
                author.pushes(server, author.waiting[:100])
        finally:
            cutter.join()
            server.kill()
    return [is_whole(folder, image, acknowledged) for image, acknowledged in cutter.cuts]


def is_whole(folder: Path, image: Path, acknowledged: set[str]) -> bool:
    """Whether the disk that is found opens, with every acknowledged save once and tables that follow from the log."""
    with mounted(image, folder / "found") as disk:
        with suppress(*WORLD_ERRORS, StoreError), closing(open_store(disk.place / "centre" / STORE)) as store:
            logged = [entry.id for entry in entries(store) if entry.entry == "save"]
            is_kept = acknowledged <= set(logged) and len(logged) == len(set(logged))
            return is_kept and isinstance(check_log(store), LogHead) and rebuild(store, load_schema()) == []
        return False


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.faults.cut_server")
    asked.add_argument("--cuts", type=int, default=50)
    asked.add_argument("--lax", action="store_true", help="the control: a server that does not wait for its disk")
    said = asked.parse_args()
    found = list[bool]()
    for seed in range(-(-said.cuts // CUTS_EACH)):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder, Mother() as mother:
            found += life(mother, Path(folder), seed, "lax" if said.lax else "never")
    print(f"{len(found)} power cuts, {found.count(False)} with something acknowledged lost, or damaged")
    sys.exit(all(found) if said.lax else not all(found))


if __name__ == "__main__":
    main()
