"""Heads of the audit lie outside the database; `doorstep audit verify` finds by them what a chain alone cannot show."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.audit_key import audit_key, audit_key_path
from server.operations import audit_check, checkpoints
from server.operations.audit_check import follow_audit
from server.operations.checkpoints import checkpoints_path, read_checkpoints, set_aside, take_due
from sync.audit import FIRST_MAC, AuditBroken, AuditHead, chained, head_of, note
from sync.store.store import Store
from tests.server.commands import says
from tests.server.http_world import HttpWorld


@pytest.fixture
def store(world: HttpWorld) -> Iterator[Store]:
    """The centre's store with its key, beside a server that does nothing."""
    made = world.opened()
    made.audit_key = audit_key(world.settings)
    yield made
    made.close()


def happens(world: HttpWorld, store: Store, times: int = 1) -> None:
    with store.atomic():
        for _ in range(times):
            note(store, action="read", by="zhou_hui", device="", centre="heping", at=world.now, record="r", tier=2)


def sizes(world: HttpWorld) -> list[int]:
    found, wrong = read_checkpoints(world.settings, "heping", audit_key(world.settings))
    assert wrong == 0
    return [one.size for one in found]


def test_one_is_due_after_fifteen_minutes_or_a_thousand_entries_and_never_for_nothing(
    world: HttpWorld, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "ENTRIES_MAX", 10)
    assert take_due(world.settings, store, world.now) == 0
    happens(world, store)
    assert take_due(world.settings, store, world.now) == 1
    happens(world, store, 9)
    assert take_due(world.settings, store, world.now + timedelta(minutes=14)) == 0
    happens(world, store)
    assert take_due(world.settings, store, world.now + timedelta(minutes=14)) == 1
    happens(world, store)
    assert take_due(world.settings, store, world.now + timedelta(minutes=29)) == 1
    assert take_due(world.settings, store, world.now + timedelta(days=1)) == 0
    assert sizes(world) == [1, 11, 12]


def test_a_server_that_stops_leaves_one(world: HttpWorld) -> None:
    world.signs_in("li_min")
    world.client.__exit__(None, None, None)
    assert sizes(world) == [1]


def test_a_line_that_nobody_with_the_key_wrote_is_told_apart(world: HttpWorld, store: Store) -> None:
    happens(world, store)
    take_due(world.settings, store, world.now)
    path = checkpoints_path(world.settings, "heping")
    path.write_text(path.read_text().replace('"size": 1', '"size": 2') + "no line\n" + path.read_text())
    found, wrong = read_checkpoints(world.settings, "heping", audit_key(world.settings))
    assert ([one.size for one in found], wrong) == ([1], 2)


def rewritten(store: Store, key: bytes) -> None:
    """What somebody does who has the database and the key: another person looked, and every mac is new."""
    store.execute("DROP TRIGGER audit_is_never_changed")
    before = FIRST_MAC
    for row in store.rows("SELECT position, centre, at, action, person, device, kind, record, details FROM audit"):
        changed = (*row[:4], "he_fang", *row[5:])
        before = chained(key, before, changed)
        store.execute(
            "UPDATE audit SET person = 'he_fang', mac = ? WHERE centre = ? AND position = ?", (before, row[1], row[0])
        )


def test_verify_passes_a_whole_audit_and_finds_one_that_was_written_anew_with_the_key(
    world: HttpWorld, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    data = world.settings.data
    happens(world, store, 3)
    take_due(world.settings, store, world.now)
    witness = head_of(store, "heping").short
    status, said = says(capsys, "audit", "verify", "--data", data, "--centre", "heping", "--witness", witness)
    assert status == 0 and "whole: 3 entries" in said and "1 checkpoints and 1 heads given by hand" in said
    rewritten(store, audit_key(world.settings))
    status, said = says(capsys, "audit", "verify", "--data", data)
    assert status == 1 and "broken at entry 3" in said and "No checkpoint proves any of it" in said
    set_aside(world.settings, "restored")
    assert says(capsys, "audit", "verify", "--data", data)[0] == 0
    assert says(capsys, "audit", "verify", "--data", data, "--centre", "heping", "--witness", witness)[0] == 1


def test_a_long_audit_is_followed_by_several_processes_with_the_same_result(
    world: HttpWorld, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    happens(world, store, 5)
    head = head_of(store, "heping")

    def found() -> AuditHead | AuditBroken:
        return follow_audit(store, world.settings.place, "heping", [head], cores=2)

    monkeypatch.setattr(audit_check, "STRETCH_MIN", 2)
    assert found() == head
    store.execute("DROP TRIGGER audit_is_never_changed")
    store.execute("UPDATE audit SET person = 'he_fang' WHERE position = 2")
    assert found() == AuditBroken(2, "an entry is not what was written")


def test_verify_names_the_last_checkpoint_that_still_holds(
    world: HttpWorld, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    happens(world, store, 2)
    take_due(world.settings, store, world.now)
    happens(world, store, 2)
    store.execute("DROP TRIGGER audit_is_never_shortened")
    store.execute("DELETE FROM audit WHERE position = 4")
    status, said = says(capsys, "audit", "verify", "--data", world.settings.data)
    assert status == 1 and "missing at the end: there were 4" in said
    assert "proven up to 2026-11-19T02:00:00Z, entry 2" in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--centre", "nowhere"], "There is no centre nowhere"),
        (["--witness", "3-0123456789ab"], "Name it with --centre"),
    ],
)
def test_verify_says_what_it_was_not_told(
    world: HttpWorld, capsys: pytest.CaptureFixture[str], more: list[str], words: str
) -> None:
    status, said = says(capsys, "audit", "verify", "--data", world.settings.data, *more)
    assert status == 1 and words in said


def test_verify_without_the_key_says_where_it_belongs(
    world: HttpWorld, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    audit_key_path(world.settings).unlink()
    status, said = says(capsys, "audit", "verify", "--data", world.settings.data)
    assert status == 1 and "audit.key" in said


def test_the_folder_may_lie_on_another_disk(world: HttpWorld, store: Store, tmp_path: Path) -> None:
    elsewhere = replace(world.settings, checkpoints=tmp_path / "elsewhere")
    happens(world, store)
    take_due(elsewhere, store, world.now)
    assert (tmp_path / "elsewhere" / "heping.jsonl").is_file()
