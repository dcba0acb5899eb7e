"""The world of the tests of faults. Not here: what is in it (tests/centre.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.centre import Centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """A centre with its people, whose store is a real file."""
    found = Centre(tmp_path / "centre.sqlite3")
    yield found
    found.store.close()
