"""What holds for every test of a rule: the same examples on every run, no deadline that a busy machine could miss.

Not here: the named world (centre.py), the browser (e2e/).
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.postgres import Cluster, start_cluster

# A rule that breaks once in a thousand runs is found by more seeds in the simulation, not by chance in one build.
settings.register_profile("doorstep", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("doorstep")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="the one seed that the simulation runs")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL, started by whichever test needs it first."""
    running = start_cluster()
    yield running
    running.stop()
