"""A byte that changes at rest is found by the chain of the log before anything is served as truth.

Not here: changes that somebody makes with SQL (tests/sync/test_log.py).
"""

import os
import random
import shutil
from pathlib import Path

import pytest

from schema.load import load_schema
from sync.log import LogHead, check_log, entries
from sync.materialise import rebuild
from sync.store.opening import open_store
from tests.centre import VISITED, Centre

# Files of `make test` with a damaged byte; a night sets NIGHT_DAMAGED_FILES=10000.
FILES = int(os.environ.get("NIGHT_DAMAGED_FILES", "300"))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre's file after a morning, with everything in the one file."""
    folder = tmp_path_factory.mktemp("morning")
    centre = Centre(folder / "centre.sqlite3")
    for room in range(501, 511):
        visit = centre.visit(centre.home(room=str(room)))
        centre.li_min.pulls()
        centre.li_min.changes(visit, {**VISITED, "observation": f"{room} 室老人精神不错" * 10})
        centre.li_min.meets_network()
    found = folder / "morning.sqlite3"
    centre.store.execute("VACUUM INTO ?", (str(found),))
    centre.store.close()
    return found


def of_keys(file: Path) -> Path:
    """The centre's file, of which this is a copy."""
    return file.with_name("centre.sqlite3")


def read(file: Path, keys_of: Path) -> tuple[bool, list[object] | None]:
    """Whether a check finds the log whole, and the log; None where the file cannot be read at all."""
    try:
        store = open_store(file, load_schema(), keys_of)
    except Exception:
        return False, None
    try:
        return isinstance(check_log(store), LogHead), list(entries(store))
    except Exception:
        return False, None
    finally:
        store.close()


def test_no_changed_entry_of_the_log_passes_the_check(file, tmp_path):
    _, honest = read(file, of_keys(file))
    rng, original, found = random.Random(7), file.read_bytes(), 0  # noqa: S311
    damaged = tmp_path / "damaged.sqlite3"
    for trial in range(FILES):
        content = bytearray(original)
        for _ in range(rng.choice([1, 1, 8, 64])):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        for name in tmp_path.glob("damaged.sqlite3*"):
            name.unlink()
        damaged.write_bytes(content)
        is_whole, log = read(damaged, of_keys(file))
        # What was hit may be an index, a free page or a derived row: then the log is as it was, and the check says so.
        assert not is_whole or log == honest, trial
        found += not is_whole
    assert found > FILES // 20


def test_damaged_derived_rows_come_back_from_the_log(file, tmp_path):
    copied = tmp_path / "copied.sqlite3"
    shutil.copyfile(file, copied)
    store = open_store(copied, keys_of=of_keys(file))
    visit = store.value("SELECT record FROM home_visit LIMIT 1")
    store.execute("UPDATE home_visit SET observation = '别人的话' WHERE record = ?", (visit,))
    assert rebuild(store, load_schema()) == [f"home_visit {visit}: observation"]
    assert rebuild(store, load_schema()) == []
    store.close()
