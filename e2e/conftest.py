"""A centre with its seeded people, and a browser for each of them. What a test asks for is made and cleared away here.

Not here: what a person does (people.py), what the network does (network.py).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from e2e.centre import ROOT, Centre, Template
from e2e.dying import PhoneThatCanDie
from e2e.network import Network
from e2e.people import DESK, PHONE, Person
from e2e.ready import Ready
from e2e.rude import SEED, Rudeness
from tools.browser import find_browser, find_shell

RESULTS = ROOT / "test-results"
FAILED = pytest.StashKey[bool]()

Opens = Callable[..., Person]
Takes = Callable[[str], Person]
AS_PHONE = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
AS_DESK = {"viewport": DESK}


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
    shell = find_shell()
    chromium = playwright.chromium.launch(executable_path=str(shell) if shell else browser_path)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    own = tmp_path_factory.getbasetemp()
    # Several processes share the folder around their own.
    return Template((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "small")


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


@pytest.fixture
def network(centre: Centre) -> Iterator[Network]:
    """What lies between one device and the server, for a test that makes the device itself."""
    with Network(centre.port) as between:
        yield between


@pytest.fixture
def line() -> Iterator[Network]:
    """The address at which one device knows the centre: a passkey is made for it and for no other."""
    with Network(0) as network:
        yield network


@pytest.fixture
def centre_on_the_line(template: Template, tmp_path: Path, results: Path, line: Network) -> Iterator[Centre]:
    """A server that believes to be at that address: a module takes it by naming its `centre` so."""
    with Centre(template.copy_to(tmp_path / "data"), results / "server.log", origin=line.address) as running:
        line.port = running.port
        yield running


@pytest.fixture(scope="session")
def quiet_centre(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A server for all tests that only look: a module takes it by naming its `centre` so."""
    folder = tmp_path_factory.mktemp("quiet")
    with Centre(template.copy_to(folder / "data"), folder / "server.log") as running:
        yield running


@pytest.fixture(autouse=True)
def no_browser_is_left() -> Iterator[None]:
    """A browser of a test's own ends with the test, however that ends."""
    yield
    for left in list(PhoneThatCanDie.living):
        left.dies()


@pytest.fixture
def phone(centre: Centre, browser: Browser, results: Path, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """phone("li_min"): her phone, not signed in yet. `rude` is the seed of a rude network, `rude_more` how much more so
    than usual; all other options are the browser's."""
    yield from _devices(centre, browser, results, request, AS_PHONE)


@pytest.fixture
def desk(centre: Centre, browser: Browser, results: Path, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """desk("zhou_hui"): her desk at the centre, not signed in yet."""
    yield from _devices(centre, browser, results, request, AS_DESK)


@pytest.fixture(scope="session")
def phones_lying_ready(quiet_centre: Centre, browser: Browser) -> Iterator[Ready]:
    yield from _lying_ready(quiet_centre, browser, AS_PHONE)


@pytest.fixture(scope="session")
def desks_lying_ready(quiet_centre: Centre, browser: Browser) -> Iterator[Ready]:
    yield from _lying_ready(quiet_centre, browser, AS_DESK)


@pytest.fixture
def ready_phone(phones_lying_ready: Ready, results: Path, request: pytest.FixtureRequest) -> Iterator[Takes]:
    """ready_phone("li_min"): her phone, signed in. Nothing may be changed on it or by it: others look at it too."""
    yield from _taken(phones_lying_ready, results, request)


@pytest.fixture
def ready_desk(desks_lying_ready: Ready, results: Path, request: pytest.FixtureRequest) -> Iterator[Takes]:
    """ready_desk("zhou_hui"): her desk, signed in. Nothing may be changed on it or by it: others look at it too."""
    yield from _taken(desks_lying_ready, results, request)


def _devices(
    centre: Centre, browser: Browser, results: Path, request: pytest.FixtureRequest, shape: Mapping[str, object]
) -> Iterator[Opens]:
    made: list[Person] = []

    def open_device(person: str, rude: str | None = SEED, rude_more: int = 1, **options: object) -> Person:
        rudeness = Rudeness(f"{rude} {request.node.name} {len(made)}", more=rude_more) if rude else None
        made.append(_device(centre, browser, results, person, {**shape, **options}, rudeness))
        return made[-1]

    yield open_device
    for person in made:
        _is_looked_at(person, request)
        person.gives_up()
    _had_no_troubles(made)


def _lying_ready(centre: Centre, browser: Browser, shape: Mapping[str, object]) -> Iterator[Ready]:
    def make(person: str, shots: Path) -> Person:
        return _device(centre, browser, shots, person, shape, Rudeness(f"{SEED} {person}") if SEED else None)

    ready = Ready(make)
    yield ready
    ready.close()


def _taken(ready: Ready, results: Path, request: pytest.FixtureRequest) -> Iterator[Takes]:
    taken: list[Person] = []

    def take(person: str) -> Person:
        taken.append(ready.taken(person, results))
        return taken[-1]

    yield take
    has_failed = request.node.stash.get(FAILED, False)
    for person in taken:
        _is_looked_at(person, request)
        if has_failed or person.troubles:
            person.gives_up()
        else:
            ready.put_back(person)
    _had_no_troubles(taken)


def _device(
    centre: Centre,
    browser: Browser,
    shots: Path,
    person: str,
    shape: Mapping[str, object],
    rudeness: Rudeness | None,
) -> Person:
    context = browser.new_context(
        **{"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "service_workers": "allow", **shape}
    )
    return Person(person, context, Network(centre.port, rudeness), shots)


def _is_looked_at(person: Person, request: pytest.FixtureRequest) -> None:
    """The screen at the moment a test failed is kept."""
    if request.node.stash.get(FAILED, False) and not person.page.is_closed():
        person.keeps_a_picture("failed")


def _had_no_troubles(people: list[Person]) -> None:
    assert {person.person: person.troubles for person in people if person.troubles} == {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remembers that a test failed, so that the people's screens at that moment are kept."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report
