"""A newer app waits until the person takes it, and neither a draft nor a save that waits is lost on the way."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.centre import ROOT, Centre, Template
from e2e.conftest import Opens
from e2e.world import HER_CASE, VISIT_TODAY

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


def test_an_update_takes_neither_a_draft_nor_a_save_that_waits(phone: Opens, served_app: Path, newer_app: Path):
    li_min = phone("li_min").signs_in()
    li_min.goes_offline()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()
    li_min.opens(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.writes("content", "写到一半")

    # The centre puts a new release in place. The network is back for the app's files, but no push gets through.
    shutil.rmtree(served_app)
    shutil.copytree(newer_app, served_app)
    li_min.network.next_pushes(*["lost_request"] * 50)
    li_min.comes_online()
    li_min.page.evaluate("navigator.serviceWorker.ready.then(registration => registration.update())")
    li_min.waits_until(
        lambda: li_min.page.evaluate(
            "navigator.serviceWorker.ready.then(registration => registration.waiting !== null)"
        )
    )
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
