"""One world for each test of the server. Not here: what lives in it (http_world.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.http_world import HttpWorld, new_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HttpWorld]:
    """The demo's server with both centres and no records."""
    made = new_world(tmp_path)
    with made.client:
        yield made
