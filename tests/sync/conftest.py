"""The world of each test of the sync engine, once for each database. Not here: what is in it (tests/centre.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.centre import Centre

STORES = ("sqlite", "postgres")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every rule holds in both databases; a test that reaches into the file of one says so."""
    if "centre" in metafunc.fixturenames:
        is_of_file = metafunc.definition.get_closest_marker("of_sqlite") is not None
        metafunc.parametrize("database", STORES[:1] if is_of_file else STORES)


@pytest.fixture
def centre(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Centre]:
    """A centre with its people, whose store is a real file or a real database."""
    if database == "sqlite":
        found = Centre(tmp_path / "centre.sqlite3")
        yield found
        found.store.close()
        return
    found = Centre(request.getfixturevalue("cluster").emptied())
    found.store.bind("heping")
    yield found
    found.store.close()
