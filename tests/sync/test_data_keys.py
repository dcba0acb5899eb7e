"""What the log says is sealed by a key of its own for each entry, and the chain is followed without any."""

import multiprocessing
import os
import random
import shutil
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from sync import log
from sync.log import LogBroken, LogHead, check_log
from sync.materialise import rebuild
from sync.store import centre_keys, data_keys
from sync.store.centre_keys import CentreKeyMissing
from sync.store.data_keys import BLOCK_KEYS, DataKeyMissing, DataKeys
from sync.store.opening import open_store
from tests.centre import VISITED
from tests.sizes import KILLED_ROTATIONS

# Keys lie beside a file; PostgreSQL has none.
pytestmark = pytest.mark.of_sqlite

CANARY = "金丝雀一号说的话"


@pytest.fixture
def told(centre):
    """A centre where somebody said something that nobody else says, in a visit, a held save and a decision."""
    visit = centre.visit(centre.home(), **VISITED | {"observation": CANARY})
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "return", f"{CANARY}，请再写一次", field="observation")
    return centre


def kept_of_log(store) -> bytes:
    rows = store.rows("SELECT coalesce(problem, ''), facts, CAST(body AS BLOB) FROM log")
    return b"".join(f"{problem}{facts}".encode() + body for problem, facts, body in rows)


def keys_of(folder: Path, newest: int | None = None) -> DataKeys:
    return DataKeys(folder / "centre.keys", folder / "centre_keys", lambda: newest)


def test_what_the_log_keeps_says_nothing_and_what_it_gives_says_all(told):
    kept = kept_of_log(told.store)
    assert CANARY.encode() not in kept and b"centre" not in kept
    assert all(key is not None for (key,) in told.store.rows("SELECT key FROM log"))
    assert sum(CANARY in entry.body for entry in log.entries(told.store)) == 2
    assert {entry.facts["centre"] for entry in log.entries(told.store) if entry.entry == "save"} == {"heping"}


def test_no_two_entries_have_one_key_also_on_two_connections(told):
    other = told.opened()
    ((first, _),), ((second, _),) = told.store.sealing.seal([(1, b"one")]), other.sealing.seal([(2, b"two")])
    other.close()
    used = [key for (key,) in told.store.rows("SELECT key FROM log")]
    assert len({*used, first, second}) == len(used) + 2
    assert first // BLOCK_KEYS != second // BLOCK_KEYS


def test_the_chain_is_followed_without_keys_and_a_changed_bit_is_found(told, tmp_path):
    told.store.close()
    (tmp_path / "alone").mkdir()
    shutil.copy(tmp_path / "centre.sqlite3", tmp_path / "alone")
    alone = open_store(tmp_path / "alone" / "centre.sqlite3", told.schema)
    assert isinstance(check_log(alone), LogHead)
    with pytest.raises(DataKeyMissing, match="alone"):
        list(log.entries(alone))
    alone.execute("DROP TRIGGER log_is_never_changed")
    alone.execute("UPDATE log SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE position = 2")
    found = check_log(alone)
    assert isinstance(found, LogBroken) and found.position == 2
    alone.close()
    told.store = told.opened()


def test_a_sealed_entry_in_another_place_is_not_read(tmp_path):
    keys = keys_of(tmp_path)
    ((key, kept),) = keys.seal([(7, b"words")])
    assert keys.open(7, key, kept) == b"words"
    for position, name, content in ((8, key, kept), (7, key + 1, kept), (7, key, kept[:-1] + bytes([kept[-1] ^ 1]))):
        with pytest.raises(ValueError):
            keys.open(position, name, content)
    keys.close()


def test_without_the_key_of_the_centre_nothing_is_read_or_written(tmp_path):
    keys = keys_of(tmp_path)
    ((key, kept),) = keys.seal([(1, b"words")])
    keys.close()
    (tmp_path / "centre_keys" / "1.key").rename(tmp_path / "away")
    bare = keys_of(tmp_path, newest=key)
    for act in (lambda: bare.open(1, key, kept), lambda: bare.seal([(2, b"more")]), bare.prove):
        with pytest.raises(CentreKeyMissing):
            act()
    assert not list((tmp_path / "centre_keys").iterdir()), "none is made in its place"
    (tmp_path / "away").rename(tmp_path / "centre_keys" / "1.key")
    assert bare.open(1, key, kept) == b"words"
    bare.close()


def test_beside_a_file_of_keys_that_is_too_old_nothing_is_written(told, tmp_path):
    told.store.close()
    (tmp_path / "centre.keys").unlink()
    told.store = told.opened()
    household = told.zhou_hui.writes("household", estate="和平里", building="9", unit="1", room="1", team="heping_1")
    before = told.store.value("SELECT count(*) FROM log")
    with pytest.raises(DataKeyMissing):
        told.zhou_hui.pushes()
    assert told.store.value("SELECT count(*) FROM log WHERE id = ?", (household.id,)) == 0
    assert told.store.value("SELECT count(*) FROM log") == before and not (tmp_path / "centre.keys").exists()


def test_a_log_begun_before_sealing_goes_on_sealed_and_is_one_chain(centre):
    sealing, centre.store.sealing = centre.store.sealing, None
    home = centre.home(care_note=CANARY)
    assert CANARY.encode() in centre.store.restored(centre.store.value("SELECT body FROM log"))
    centre.store.sealing = sealing
    centre.li_min.pulls()
    centre.li_min.changes(home, phone="13800001111")
    centre.li_min.meets_network()
    assert [key is None for (key,) in centre.store.rows("SELECT key FROM log ORDER BY position")] == [True, False]
    assert isinstance(check_log(centre.store), LogHead)
    assert rebuild(centre.store, centre.schema) == []


class Killed(BaseException):
    """The process ends here."""


class StopsAt:
    """A connection and the making of files, which end the process before the `at`-th thing they are asked to do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, keys: DataKeys, at: int) -> None:
        self._left = at
        self._asked = keys._connection.execute
        self.in_transaction = False
        keys.__dict__["_connection"] = self
        monkeypatch.setattr(os, "link", self._before(os.link))
        monkeypatch.setattr(Path, "unlink", self._before(Path.unlink))

    def execute(self, sql: str, values: tuple[object, ...] = ()):
        self._count()
        return self._asked(sql, values)

    def _before(self, act):
        def counted(*given, **named):
            self._count()
            return act(*given, **named)

        return counted

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed


def sealed_under_one_key(folder: Path) -> dict[int, bytes]:
    """Some blocks of keys, and what was sealed by each."""
    sealed = {}
    for position in range(1, 4):
        keys = keys_of(folder)
        ((key, kept),) = keys.seal([(position, b"words %d" % position)])
        sealed[key] = kept
        keys.close()
    return sealed


def unreadable(folder: Path, sealed: dict[int, bytes]) -> list[int]:
    keys = keys_of(folder)
    bad = []
    for position, (key, kept) in enumerate(sealed.items(), start=1):
        try:
            if keys.open(position, key, kept) != b"words %d" % position:
                bad.append(key)
        except (ValueError, CentreKeyMissing, DataKeyMissing):
            bad.append(key)
    keys.close()
    return bad


def stopped_while_rotating(folder: Path, at: int) -> bool:
    """Whether the rotation was stopped before its `at`-th act; the file is left as a dead process leaves it."""
    keys = keys_of(folder)
    connection = keys._connection
    with pytest.MonkeyPatch.context() as patched:
        StopsAt(patched, keys, at)
        try:
            list(keys.rotate())
        except Killed:
            return True
        finally:
            connection.close()
    return False


def test_a_rotation_stopped_anywhere_leaves_all_readable_and_goes_on_to_the_same_key(tmp_path, monkeypatch):
    monkeypatch.setattr(data_keys, "ROTATED_AT_ONCE", 2)
    at, was_stopped = 0, True
    while was_stopped:
        folder = tmp_path / str(at)
        folder.mkdir()
        sealed = sealed_under_one_key(folder)
        was_stopped = stopped_while_rotating(folder, at)
        assert unreadable(folder, sealed) == [], at
        again = keys_of(folder)
        again.seal([(9, b"written meanwhile")])
        if was_stopped:
            list(again.rotate())
        again.close()
        assert centre_keys.numbers(folder / "centre_keys") in ([2], [3]), at
        assert unreadable(folder, sealed) == [], at
        at += 1
    assert at > 12


def rotates_for_ever(folder: Path, begun: Event) -> None:
    while True:
        keys = keys_of(folder)
        list(keys.rotate())
        keys.close()
        begun.set()


def test_a_process_killed_again_and_again_while_it_rotates_leaves_all_readable(tmp_path, monkeypatch):
    monkeypatch.setattr(data_keys, "ROTATED_AT_ONCE", 2)
    chance, fork = random.Random(30), multiprocessing.get_context("fork")  # noqa: S311
    sealed, seen = sealed_under_one_key(tmp_path), set()
    for kill in range(KILLED_ROTATIONS):
        begun = fork.Event()
        rotating = fork.Process(target=rotates_for_ever, args=(tmp_path, begun))
        rotating.start()
        assert begun.wait(60)
        rotating.join(chance.uniform(0, 0.05))
        rotating.kill()
        rotating.join()
        assert unreadable(tmp_path, sealed) == [], kill
        seen.add(tuple(centre_keys.numbers(tmp_path / "centre_keys")))
    keys = keys_of(tmp_path)
    list(keys.rotate())
    keys.close()
    assert unreadable(tmp_path, sealed) == [] and len(centre_keys.numbers(tmp_path / "centre_keys")) == 1
    assert not any(b"words" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(seen) > KILLED_ROTATIONS // 2, "it came a long way between two kills"


def test_a_rotation_that_removes_the_key_of_before_too_early_is_seen(tmp_path):
    sealed = sealed_under_one_key(tmp_path)
    centre_keys.add(tmp_path / "centre_keys", 2)
    centre_keys.retire(tmp_path / "centre_keys", 1)
    assert unreadable(tmp_path, sealed) == list(sealed)


def test_the_key_of_before_opens_nothing_after_a_rotation(tmp_path):
    sealed = sealed_under_one_key(tmp_path)
    before = (tmp_path / "centre_keys" / "1.key").read_bytes()
    keys = keys_of(tmp_path)
    assert list(keys.rotate()) == [3] and list(keys.rotate()) == [3]
    assert centre_keys.numbers(tmp_path / "centre_keys") == [3]
    keys.close()
    (tmp_path / "centre_keys" / "3.key").write_bytes(before)
    assert unreadable(tmp_path, sealed) == list(sealed)


def test_another_process_reads_and_writes_through_a_rotation(told):
    other = told.opened()
    ((key, kept),) = other.sealing.seal([(5, b"before")])
    steps = told.store.sealing.rotate()
    next(steps)
    told.li_min.pulls()
    home = told.home()
    list(steps)
    assert other.sealing.open(5, key, kept) == b"before"
    other.close()
    told.store.close()
    told.store = told.opened()
    told.store.sealing.prove()
    assert any(entry.record == home for entry in log.entries(told.store))
    assert rebuild(told.store, told.schema) == []


def test_where_nothing_was_sealed_nothing_is_rotated(tmp_path):
    keys = keys_of(tmp_path)
    assert list(keys.rotate()) == [] and not (tmp_path / "centre_keys").exists()
    keys.close()
