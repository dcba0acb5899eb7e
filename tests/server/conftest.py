"""One world for each test of the server. Not here: what lives in it (http_world.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.door_world import Door, new_door
from tests.server.http_world import HttpWorld, Phone, new_world

# What a phone or a desk asks holds in both databases.
ON_BOTH = frozenset(
    (
        "test_sync_api",
        "test_poke",
        "test_review_api",
        "test_sessions",
        "test_demo_sign_in",
        "test_enrolment",
        "test_sign_in",
        "test_visit_plan",
        "test_hours_at_once",
    )
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The tests of the protocol are run on both databases, the others on one."""
    is_on_both = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH
    is_of_file = metafunc.definition.get_closest_marker("of_sqlite") is not None
    if {"world", "door"} & set(metafunc.fixturenames) and is_on_both and not is_of_file:
        metafunc.parametrize("database", ("sqlite", "postgres"))


@pytest.fixture
def database() -> str:
    """Which database a world has where nothing else is said."""
    return "sqlite"


@pytest.fixture
def world(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[HttpWorld]:
    """The demo's server with both centres and no records."""
    place = request.getfixturevalue("cluster").emptied() if database == "postgres" else None
    made = new_world(tmp_path, store=place)
    with made.client:
        yield made


@pytest.fixture
def door(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Door]:
    """The server of both centres as it is really served, and nobody has a device yet."""
    place = request.getfixturevalue("cluster").emptied() if database == "postgres" else None
    made = new_door(tmp_path, store=place)
    with made.world.client:
        yield made


@pytest.fixture
def li_min(world: HttpWorld) -> Phone:
    """Her phone, signed in."""
    return world.signs_in("li_min")


@pytest.fixture
def data(world: HttpWorld) -> Path:
    """The folder of the centre."""
    return world.settings.data
