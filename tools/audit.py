"""Asks what is known against the packages that Doorstep is made of and how old their locks are, and writes down what
they are. It needs a network, and what is known changes by itself: so it is no part of the tests, and is run before a
release. The times within which something must be mended stand in docs/security.md.

Not here: which packages there are (the lock files).
"""

# ruff: noqa: S603 (every command here is written in this package)

import os
import shutil
import subprocess
import time
from pathlib import Path

from tools.setup import PWA, PYTHON
from tools.steps import ROOT, STAMPS, StepFailed, say

LOCKS = ("requirements.lock", "pwa/package-lock.json")
# Also where nothing is known against it, a part is not older than this.
LOCK_DAYS_MAX = 90
PIP_AUDIT, CYCLONEDX = "pip-audit==2.10.0", "cyclonedx-bom==7.5.0"


def audit() -> None:
    """Known weaknesses of the locked packages, the age of their locks, then a bill of them for each side.

    Raises StepFailed at a weakness, at a lock that is too old, and where either cannot be known.
    """
    uv, npm = PYTHON.parent / "uv", shutil.which("npm") or "npm"
    STAMPS.mkdir(exist_ok=True)
    parts, app = STAMPS / "sbom-server.json", STAMPS / "sbom-app.json"
    told = {
        "Python packages": _runs(
            uv, "tool", "run", PIP_AUDIT, "-r", "requirements.lock", "--require-hashes", "--disable-pip", "--strict"
        ),
        "Node packages": _runs(npm, "audit", "--audit-level=high", cwd=PWA),
        **{f"the age of {lock}": is_fresh(lock, time.time()) for lock in LOCKS},
        "the bill of the server": _runs(
            uv, "tool", "run", "--from", CYCLONEDX, "cyclonedx-py", "requirements", "requirements.lock", "-o", parts
        ),
        "the bill of the app": _runs(
            npm, "sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--omit=dev", cwd=PWA, into=app
        ),
    }
    for what, is_fine in told.items():
        say(f"{what}: {'fine' if is_fine else 'NOT fine, or not to be asked from here; what was said stands above'}")
    say(f"The bills are {parts.relative_to(ROOT)} and {app.relative_to(ROOT)}.")
    if not all(told.values()):
        raise StepFailed("The audit is not clean.")


def is_fresh(lock: str, now: float, root: Path = ROOT) -> bool:
    """Whether a lock was written anew within the last days, by the history of the repository; False without one."""
    git = shutil.which("git")
    if git is None:
        return False
    asked = (git, "log", "-1", "--format=%ct", "--", lock)
    said = subprocess.run(asked, cwd=root, capture_output=True, text=True).stdout.strip()
    return said.isdecimal() and now - int(said) <= LOCK_DAYS_MAX * 24 * 3600


def _runs(*command: str | Path, cwd: Path = ROOT, into: Path | None = None) -> bool:
    with (into or Path(os.devnull)).open("w", encoding="utf-8") as out:
        return subprocess.run([str(word) for word in command], cwd=cwd, stdout=out if into else None).returncode == 0
