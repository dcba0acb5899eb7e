"""The disk fails at the n-th write, truncation or wait of a morning's pushes: nothing is acknowledged that was not on
the disk, the store knows that it has failed, and the next process has all that was acknowledged.

Not here: what the process then does (test_failing_disk.py), a disk that forgets (test_power_cut.py).
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from schema.model import Person, Schema
from sync.log import LogHead, check_log, entries
from sync.materialise import rebuild
from sync.people import person_of
from sync.push import push
from sync.store.faults import WORLD_ERRORS, Fault, fault_of
from sync.store.opening import open_store
from sync.store.sqlite import SqliteStore
from tests.centre import VISITED, Centre
from tests.faults.faulty_calls import FaultyDisk, faulty_disk

# The share of all calls that `make test` lets fail; a night sets NIGHT_FAILING_CALLS=1.
EVERY = 1 if os.environ.get("NIGHT_FAILING_CALLS") else 24
REBUILT_EVERY = 8
PUSHES = 5


@dataclass(frozen=True)
class Morning:
    """A centre's files before the work, and the work: what one phone sends, push by push."""

    folder: Path
    schema: Schema
    now: datetime
    device: str
    pushes: list[list[dict[str, Any]]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    folder = tmp_path_factory.mktemp("before")
    centre = Centre(folder / "centre.sqlite3")
    phone = centre.zhou_hui
    home = centre.home()
    pushes = []
    for number in range(PUSHES):
        other = phone.writes("household", estate="和平里", building="3", unit="2", room=str(number), team="heping_1")
        visit = phone.writes("home_visit", household=home, assigned_to="li_min", planned_on="2026-03-10")
        phone.changes(visit, VISITED)
        phone.changes(home, team="heping_2" if number % 2 else "heping_1", care_note=f"第 {number} 次来")
        phone.changes(other, weather="rain")
        pushes.append([written.save for written in phone.outbox])
        phone.outbox.clear()
        phone.base[home].claims = [claim for claim in phone.base[home].claims if claim.field_key != "care_note"]
    centre.store.close()
    return Morning(folder, centre.schema, centre.now, phone.device, pushes)


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    with faulty_disk() as found:
        yield found


def begun(work: Morning, place: Path) -> SqliteStore:
    """The centre's files as they were before the work, opened."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(work.folder, place)
    store = open_store(place / "centre.sqlite3", work.schema)
    assert isinstance(store, SqliteStore)
    # A checkpoint every few commits, so that some calls are of one.
    store.execute("PRAGMA wal_autocheckpoint = 20")
    return store


def sends(store: SqliteStore, work: Morning, saves: list[dict[str, Any]]) -> list[str]:
    """The saves that were answered as kept."""
    person = person_of(store, "zhou_hui", work.device)
    assert isinstance(person, Person)
    receipts = push(store, work.schema, person, saves, work.now)
    return [receipt.save for receipt in receipts if receipt.status in ("accepted", "held")]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("is_dead", [False, True], ids=["that call alone", "every call from then on"])
def test_at_whichever_call_the_disk_fails_nothing_acknowledged_is_lost(work, disk, tmp_path, is_dead):
    store = begun(work, tmp_path / "centre")
    disk.fails_at(None)
    assert all(len(sends(store, work, saves)) == len(saves) for saves in work.pushes)
    calls, seen = disk.calls, 0
    store.close()
    assert calls > 200
    for number, call in enumerate(range(1, calls + 1, EVERY)):
        store = begun(work, tmp_path / "centre")
        disk.fails_at(call, is_dead)
        acknowledged = list[str]()
        try:
            for saves in work.pushes:
                acknowledged += sends(store, work, saves)
                assert is_on_the_disk(disk), call
        except WORLD_ERRORS as error:
            # The process ends here, and closes nothing.
            assert fault_of(error) is Fault.failing and store.is_failing, call
            seen += 1
        disk.fails_at(0, is_dead=True)
        store.close()
        disk.fails_at(None)
        what_was_acknowledged_is_there(work, tmp_path / "centre" / "centre.sqlite3", acknowledged, number)
    assert seen > calls // EVERY // 2


def test_with_synchronous_normal_a_receipt_comes_before_the_disk_has_it(work, disk, tmp_path):
    """The negative control: that is seen without any fault."""
    store = begun(work, tmp_path / "centre")
    sends(store, work, work.pushes[0])
    assert is_on_the_disk(disk)
    store.execute("PRAGMA synchronous = NORMAL")
    # A checkpoint waits for the disk on its own account.
    store.execute("PRAGMA wal_autocheckpoint = 0")
    sends(store, work, work.pushes[1])
    assert not is_on_the_disk(disk)
    store.close()


def is_on_the_disk(disk: FaultyDisk) -> bool:
    """Whether all commits so far are: what a checkpoint moves afterwards may still be on its way."""
    return not any(name.endswith("-wal") for name in disk.unsynced)


def what_was_acknowledged_is_there(work: Morning, file: Path, acknowledged: list[str], number: int) -> None:
    """The next process has it, and takes the rest from the phone."""
    store = open_store(file, work.schema)
    assert isinstance(store, SqliteStore) and isinstance(check_log(store), LogHead)
    assert set(acknowledged) <= {entry.id for entry in entries(store)}, number
    for saves in work.pushes:
        assert len(sends(store, work, saves)) == len(saves)
    logged = [entry.id for entry in entries(store)]
    assert len(logged) == len(set(logged)) and {save["id"] for saves in work.pushes for save in saves} <= set(logged)
    if number % REBUILT_EVERY == 0:
        assert rebuild(store, work.schema) == []
    store.close()
