"""The world of each test of the sync engine. Not here: what is in it (tests/centre.py)."""

from pathlib import Path

import pytest

from tests.centre import Centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """A centre with its people, whose store is a real file."""
    found = Centre(tmp_path / "centre.sqlite3")
    yield found
    found.store.close()
