"""A power cut at any moment of a push loses nothing that was acknowledged, and leaves a file that is whole.

Not here: the disk that forgets (disk.py). A killed process would prove nothing: what it wrote stays with the system.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from schema.load import load_schema
from sync.log import LogHead, check_log
from sync.materialise import rebuild
from sync.store.opening import open_store
from tests.centre import Centre
from tests.faults.disk import Acknowledged, Cut, Statement, cuts
from tests.faults.statements import watch

# POINTS of `make test`; a night sets NIGHT_POWER_POINTS=100000.
POINTS = int(os.environ.get("NIGHT_POWER_POINTS", "1000"))
# Each of so many points is opened by the store itself: log chained, tables derived again.
OPENED_EVERY = 50
PUSHES = 60
NORMAL = 1


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Statement | Acknowledged], int]:
    """The centre's file before the work, every statement of the work, and how the store syncs."""
    folder = tmp_path_factory.mktemp("work")
    centre = Centre(folder / "centre.sqlite3")
    home = centre.home()
    centre.li_min.pulls()
    before = folder / "before.sqlite3"
    centre.store.execute("VACUUM INTO ?", (str(before),))
    done: list[Statement | Acknowledged] = []
    acknowledged: set[str] = set()
    watch(centre.store, lambda sql, rows: done.append(Statement(sql, list(rows))))
    for number in range(PUSHES):
        for _ in range(centre.random.randint(1, 5)):
            centre.li_min.changes(home, phone=f"1380000{number:04d}", care_note="有狗" * centre.random.randint(1, 60))
        centre.li_min.pushes()
        acknowledged |= {receipt.save for receipt in centre.li_min.receipts.values()}
        done.append(Acknowledged(frozenset(acknowledged)))
        centre.li_min.pulls()
    synchronous = centre.store.value("PRAGMA synchronous")
    centre.store.close()
    return before, done, synchronous


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in the memory of the machine, where it has one: thousands of files are written and read."""
    found = Path("/dev/shm") / f"doorstep-{os.getpid()}" if Path("/dev/shm").is_dir() else tmp_path  # noqa: S108
    found.mkdir(exist_ok=True)
    yield found
    shutil.rmtree(found)


def points(folder: Path, before: Path, done: list[Statement | Acknowledged], synchronous: int) -> Iterator[Cut]:
    seed, left = 0, POINTS
    while left > 0:
        for name in folder.glob("centre.sqlite3*"):
            name.unlink()
        shutil.copyfile(before, folder / "centre.sqlite3")
        for cut in cuts(folder / "centre.sqlite3", done, synchronous, seed, often=0.6):
            left -= 1
            yield cut
            if left == 0:
                break
        seed += 1


def found_after(cut: Cut, folder: Path) -> tuple[Path, set[str] | None]:
    """The file after a cut, and the saves in its log; None when SQLite itself calls it damaged."""
    place = folder / "after"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, content in cut.files.items():
        (place / name).write_bytes(content)
    file = place / "centre.sqlite3"
    try:
        connection = apsw.Connection(str(file))
        whole = connection.execute("PRAGMA integrity_check").fetchall()
        saves = {id for (id,) in connection.execute("SELECT id FROM log")}
        connection.close()
    except apsw.Error:
        return file, None
    return file, saves if whole == [("ok",)] else None


@pytest.mark.timeout(900)
def test_what_was_acknowledged_survives_a_power_cut_at_any_point(work, folder):
    before, done, synchronous = work
    for number, cut in enumerate(points(folder, before, done, synchronous)):
        file, saves = found_after(cut, folder)
        assert saves is not None, number
        assert cut.acknowledged <= saves, number
        if number % OPENED_EVERY == 0:
            # Its keys are flushed before a save is judged.
            store = open_store(file, keys_of=before.with_name("centre.sqlite3"))
            assert isinstance(check_log(store), LogHead), number
            assert rebuild(store, load_schema()) == [], number
            store.close()


def test_with_synchronous_normal_the_same_cuts_lose_acknowledged_saves(work, folder):
    """The negative control: it is the sync before the receipt that keeps the promise, not luck."""
    before, done, _ = work
    lost = 0
    for number, cut in enumerate(points(folder, before, done, NORMAL)):
        _, saves = found_after(cut, folder)
        lost += saves is None or not cut.acknowledged <= saves
        if number == POINTS // 8:
            break
    assert lost > POINTS // 80
