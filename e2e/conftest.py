"""A centre with its seeded people, and a browser for each of them. What a test asks for is made and cleared away here.

Not here: what a person does (people.py), what the network does (network.py).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from e2e.centre import ROOT, Centre, Template
from e2e.network import Network
from e2e.people import DESK, PHONE, Person
from e2e.rude import SEED, Rudeness
from tools.browser import find_browser

RESULTS = ROOT / "test-results"
FAILED = pytest.StashKey[bool]()

Opens = Callable[..., Person]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser_path() -> str | None:
    """The machine's own browser; None leaves the choice to Playwright, which then has downloaded one."""
    found = find_browser()
    return str(found) if found else None


@pytest.fixture(scope="session")
def browser(playwright: Playwright, browser_path: str | None) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(executable_path=browser_path)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template(tmp_path_factory.mktemp("seeded") / "small")


@pytest.fixture
def results(request: pytest.FixtureRequest) -> Path:
    """The folder for what this test leaves to look at."""
    folder = RESULTS / re.sub(r"[^\w.-]+", "_", f"{request.node.path.stem}-{request.node.name}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def centre(template: Template, tmp_path: Path, results: Path) -> Iterator[Centre]:
    """A server of this test alone, with the seeded neighbourhood as it was this morning."""
    with Centre(template.copy_to(tmp_path / "data"), results / "server.log") as running:
        yield running


@pytest.fixture(scope="session")
def quiet_centre(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A server for all tests that only look: a module takes it by naming its `centre` so."""
    folder = tmp_path_factory.mktemp("quiet")
    with Centre(template.copy_to(folder / "data"), folder / "server.log") as running:
        yield running


@pytest.fixture
def phone(centre: Centre, browser: Browser, results: Path, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """phone("li_min"): her phone, not signed in yet. `rude` is the seed of a rude network, `rude_more` how much more so
    than usual; all other options are the browser's."""
    yield from _devices(centre, browser, results, request, {"viewport": PHONE, "is_mobile": True, "has_touch": True})


@pytest.fixture
def desk(centre: Centre, browser: Browser, results: Path, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """desk("zhou_hui"): her desk at the centre, not signed in yet."""
    yield from _devices(centre, browser, results, request, {"viewport": DESK})


def _devices(
    centre: Centre, browser: Browser, results: Path, request: pytest.FixtureRequest, shape: dict[str, object]
) -> Iterator[Opens]:
    made: list[Person] = []

    def open_device(person: str, rude: str | None = SEED, rude_more: int = 1, **options: object) -> Person:
        context = browser.new_context(
            **{"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "service_workers": "allow"} | shape | options
        )
        rudeness = Rudeness(f"{rude} {request.node.name} {len(made)}", more=rude_more) if rude else None
        made.append(Person(person, context, Network(centre.port, rudeness), results))
        return made[-1]

    yield open_device
    for person in made:
        if request.node.stash.get(FAILED, False) and not person.page.is_closed():
            person.shot("failed")
        person.context.close()
        person.network.close()
    assert {person.person: person.troubles for person in made if person.troubles} == {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remembers that a test failed, so that the people's screens at that moment are kept."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report
