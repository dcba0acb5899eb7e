"""`python -m tests.faults.cut_phone`: the power goes right after a phone has said “saved”, and only its disk is left.

A real browser keeps its profile in a file system of its own. Needs root, a loop device and the built app, so it is no
part of `make test`. Not here: a browser that is killed (e2e/test_saved_survives_a_kill.py): what it wrote stays.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Error, Playwright, sync_playwright

from e2e.centre import ROOT, Centre, Template
from e2e.dying import PhoneThatCanDie
from e2e.network import Network
from e2e.world import HER_CASE
from tests.bugs import BUGS
from tests.faults.image_disk import mounted, new_disk
from tests.mutants import planted
from tools.browser import find_browser

CUTS_EACH = 3
DISK_MEGABYTES = 160
LAX = next(bug for bug in BUGS if bug.name == "saved before the disk has it")


def life(folder: Path, playwright: Playwright, network: Network) -> list[tuple[Path, list[str]]]:
    """One browser that saves without a network; what its disk had after each save, and all it had called saved."""
    cuts, saved = [], list[str]()
    with new_disk(folder, DISK_MEGABYTES) as disk:
        phone = opened(playwright, disk.place)
        li_min = phone.person(network, folder).signs_in()
        os.sync()
        network.cut()
        for number in range(CUTS_EACH):
            li_min.goes_to(f"/cases/{HER_CASE}/note").screen("case-note")
            li_min.writes("content", f"第 {number} 次电话")
            li_min.chooses("mode", "phone")
            li_min.does("save")
            # The page of the case comes with the word; what was said of the entry before may still stand here.
            li_min.screen("case")
            li_min.sees_saved()
            phone.stands_still()
            saved.append(f"第 {number} 次电话")
            disk.cut(folder / f"cut_{number}")
            phone.goes_on()
            cuts.append((folder / f"cut_{number}", list(saved)))
        phone.dies()
    return cuts


def is_kept(folder: Path, playwright: Playwright, network: Network, image: Path, saved: list[str]) -> bool:
    """Whether the phone opens again without a network, with each entry that was called saved, once."""
    with mounted(image, folder / "found") as disk:
        phone = opened(playwright, disk.place)
        try:
            li_min = phone.person(network, folder).opens("/today")
            li_min.screen("today")
            kept = sorted(row["content"]["set"]["content"] for row in li_min.stored("outbox"))
            if kept != saved:
                print(f"called saved: {saved}, found: {kept}", file=sys.stderr)
            return kept == saved
        except (Error, AssertionError) as error:
            print(error, file=sys.stderr)
            return False
        finally:
            phone.dies()


def opened(playwright: Playwright, disk: Path) -> PhoneThatCanDie:
    browser = find_browser()
    return PhoneThatCanDie(playwright, str(browser) if browser else None, disk / "profile")


def lax_app(folder: Path) -> Path:
    """The app, built from the same sources with the one bug."""
    pwa = folder / "pwa"
    shutil.copytree(ROOT / "pwa", pwa, ignore=shutil.ignore_patterns("node_modules", "dist", "tests"))
    (pwa / "node_modules").symlink_to((ROOT / "pwa" / "node_modules").resolve())
    file = folder / LAX.path
    file.write_text(planted(LAX, file.read_text("utf-8")), "utf-8")
    subprocess.run(["npm", "run", "--silent", "build"], cwd=pwa, check=True, capture_output=True)  # noqa: S607
    return pwa / "dist"


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.faults.cut_phone")
    asked.add_argument("--cuts", type=int, default=9)
    asked.add_argument("--lax", action="store_true", help="the control: an app that says it before the disk has it")
    said, found = asked.parse_args(), list[bool]()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name, sync_playwright() as playwright:
        folder = Path(name)
        data = Template(folder / "small").copy_to(folder / "data")
        app = lax_app(folder) if said.lax else ROOT / "pwa" / "dist"
        with Centre(data, folder / "server.log", app=app) as centre, Network(centre.port) as network:
            while len(found) < said.cuts:
                for image, saved in life(folder, playwright, network):
                    found.append(is_kept(folder, playwright, network, image, saved))
                network.restore()
    print(f"{len(found)} power cuts, {found.count(False)} with something that had been called saved lost")
    sys.exit(all(found) if said.lax else not all(found))


if __name__ == "__main__":
    main()
