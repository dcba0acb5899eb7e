"""A newer app waits until the person takes it, and neither a draft nor a save that waits is lost on the way."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.centre import ROOT, Centre, Template
from e2e.conftest import Opens
from e2e.world import HER_CASE, VISIT_TODAY

# Updates that arrive while somebody types; a night sets NIGHT_APP_UPDATES=30.
UPDATES = int(os.environ.get("NIGHT_APP_UPDATES", "3"))
LOOKED_FOR = "navigator.serviceWorker.ready.then(registration => { void registration.update(); })"
IS_WAITING = "navigator.serviceWorker.ready.then(registration => registration.waiting !== null)"

# The whole difference between the two builds, written where every page shows it.
MARKED = "document.documentElement.dataset.build = 'newer';\n"


@pytest.fixture(scope="module")
def newer_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second build of the same sources with one line more."""
    pwa = tmp_path_factory.mktemp("newer") / "pwa"
    shutil.copytree(ROOT / "pwa", pwa, ignore=shutil.ignore_patterns("node_modules", "dist", "dev-dist", "tests"))
    (pwa / "node_modules").symlink_to(ROOT / "pwa" / "node_modules")
    main = pwa / "src" / "main.ts"
    main.write_text(main.read_text(encoding="utf-8") + MARKED, encoding="utf-8")
    built = subprocess.run(["npm", "run", "build"], cwd=pwa, capture_output=True, text=True)  # noqa: S607
    assert built.returncode == 0, built.stdout + built.stderr
    return pwa / "dist"


@pytest.fixture
def served_app(tmp_path: Path) -> Path:
    """The folder the server serves, so that a release can be put into it while it runs."""
    return Path(shutil.copytree(ROOT / "pwa" / "dist", tmp_path / "app"))


@pytest.fixture
def centre(template: Template, tmp_path: Path, results: Path, served_app: Path) -> Iterator[Centre]:
    with Centre(template.copy_to(tmp_path / "data"), results / "server.log", app=served_app) as running:
        yield running


def is_released(app: Path, served_app: Path) -> None:
    """The centre puts a release in place."""
    shutil.rmtree(served_app)
    shutil.copytree(app, served_app)


def test_an_update_takes_neither_a_draft_nor_a_save_that_waits(phone: Opens, served_app: Path, newer_app: Path):
    li_min = phone("li_min").signs_in()
    li_min.goes_offline()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()
    li_min.opens(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.writes("content", "写到一半")

    # The network is back for the app's files, but no push gets through.
    is_released(newer_app, served_app)
    li_min.network.next_pushes(*["lost_request"] * 50)
    li_min.comes_online()
    li_min.page.evaluate(LOOKED_FOR)
    li_min.waits_until(lambda: li_min.page.evaluate(IS_WAITING))
    # The old page goes on working with its own files, lazy screens included.
    li_min.goes_to("/homes").screen("homes")
    expect(li_min.page.locator("html")).not_to_have_attribute("data-build", "newer")

    li_min.opens("/me").screen("me")
    expect(li_min.page.locator("html")).not_to_have_attribute("data-build", "newer")
    li_min.shot("1-an-update-waits")
    li_min.does("update")

    expect(li_min.page.locator("html")).to_have_attribute("data-build", "newer")
    li_min.goes_to(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.sees_written("content", "写到一半")
    assert [row["record"] for row in li_min.stored("outbox")] == [VISIT_TODAY]
    li_min.goes_to("/today").screen("today")
    li_min.sees_mark(VISIT_TODAY, "saved")

    # And it works offline at once, as before.
    li_min.goes_offline()
    li_min.opens("/today").screen("today")
    expect(li_min.page.locator("html")).to_have_attribute("data-build", "newer")


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_release_that_comes_at_any_keystroke_costs_no_letter(phone: Opens, served_app: Path, newer_app: Path):
    li_min = phone("li_min").signs_in()
    rng, written = random.Random(22), ""  # noqa: S311
    for number in range(UPDATES):
        li_min.goes_to(f"/cases/{HER_CASE}/note").screen("case-note")
        is_newer = number % 2 == 0
        is_released(newer_app if is_newer else ROOT / "pwa" / "dist", served_app)
        letters = "王阿姨说膝盖又疼了想去看看医生"
        comes_at = rng.randrange(len(letters))
        for place, letter in enumerate(letters):
            if place == comes_at:
                li_min.page.evaluate(LOOKED_FOR)
            li_min.field("content").locator("textarea").focus()
            li_min.presses("Control+End")
            li_min.page.keyboard.insert_text(letter)
        written += letters
        li_min.sees_written("content", written)
        li_min.waits_until(lambda: li_min.page.evaluate(IS_WAITING))
        # All of one release or all of the other: a screen that was never opened comes from the one it began with.
        li_min.goes_to("/homes").screen("homes")
        li_min.goes_to("/me").screen("me")
        li_min.does("update")
        shown = expect(li_min.page.locator("html"))
        shown.to_have_attribute("data-build", "newer") if is_newer else shown.not_to_have_attribute(
            "data-build", "newer"
        )
        li_min.goes_to(f"/cases/{HER_CASE}/note").screen("case-note")
        li_min.sees_written("content", written)
