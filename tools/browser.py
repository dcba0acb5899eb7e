"""The real browser that the browser tests and the bench drive: found, or installed.

Not here: how it is driven (e2e/conftest.py).
"""

# ruff: noqa: S603 (every command here is written in this package)

import os
import shutil
import subprocess
from pathlib import Path

from tools.setup import PYTHON
from tools.steps import ROOT, STAMPS, StepFailed, run, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The same engine without the windows, menus and pages of a browser's own, which take a third of a test's processor.
SHELL = "chromium-headless-shell"
FOUND = STAMPS / "browser-path"


def bring_browser() -> Path:
    """The path of a browser that starts: the machine's own, else Debian's package, else Playwright's download."""
    path = find_browser() or _from_debian() or _from_playwright()
    if path is None:
        raise StepFailed(
            "The browser tests need Chromium, and it could neither be found nor installed. "
            "Install chromium (on Debian: apt-get install chromium fonts-noto-cjk), then run this again."
        )
    STAMPS.mkdir(exist_ok=True)
    FOUND.write_text(str(path))
    say(f"Browser: {path}")
    return path


def find_browser() -> Path | None:
    """A browser that is on this machine and starts; CHROMIUM names one by hand."""
    remembered = FOUND.read_text() if FOUND.exists() else ""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES, remembered):
        found = shutil.which(name) if name else None
        if found and _starts(Path(found)):
            return Path(found)
    return None


def find_shell() -> Path | None:
    """The engine without a browser around it, where this machine has it and no browser was named by hand."""
    found = None if os.environ.get("CHROMIUM") else shutil.which(SHELL)
    return Path(found) if found and _starts(Path(found)) else None


def _starts(path: Path) -> bool:
    # Ubuntu's chromium-browser can be a note that tells one to install a snap; only starting it tells.
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and any(word in answer.stdout for word in ("Chromium", "Chrome"))


def _from_debian() -> Path | None:
    apt = shutil.which("apt-get")
    if not apt or not (before := _rights()):
        return None
    as_root = [*before[1:], "env", "DEBIAN_FRONTEND=noninteractive", apt]
    say("Browser: installing Debian's chromium and a Han font ...")
    try:
        run("browser", *as_root, "update")
        run("browser", *as_root, "install", "-y", "--no-install-recommends", "chromium", SHELL, "fonts-noto-cjk")
    except StepFailed as failed:
        say(f"Browser: {failed}")
    return find_browser()


def _rights() -> list[str]:
    """["root"] and what has to stand before a command to run it as root; empty when that is not allowed here."""
    if os.geteuid() == 0:
        return ["root"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL).returncode == 0:
        return ["root", sudo, "-n"]
    return []


def _from_playwright() -> Path | None:
    say("Browser: downloading Playwright's own Chromium ...")
    where = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    try:
        run("browser", PYTHON, "-m", "playwright", "install", "chromium")
        path = Path(run("browser-path-asked", PYTHON, "-c", where, cwd=ROOT).strip().splitlines()[-1])
    except StepFailed as failed:
        say(f"Browser: {failed}")
        return None
    return path if _starts(path) else None
