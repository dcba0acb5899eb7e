"""Asks what is known against the packages that Doorstep is made of, and writes down what they are. It needs a network,
and what is known changes by itself: so it is no part of the tests, and is run before a release.

Not here: which packages there are (the lock files).
"""

# ruff: noqa: S603 (every command here is written in this package)

import os
import shutil
import subprocess
from pathlib import Path

from tools.setup import PWA, PYTHON
from tools.steps import ROOT, STAMPS, StepFailed, say

PIP_AUDIT, CYCLONEDX = "pip-audit==2.10.0", "cyclonedx-bom==7.5.0"


def audit() -> None:
    """Known weaknesses of the locked packages, then a bill of them for each side; raises StepFailed at a weakness."""
    uv, npm = PYTHON.parent / "uv", shutil.which("npm") or "npm"
    STAMPS.mkdir(exist_ok=True)
    parts, app = STAMPS / "sbom-server.json", STAMPS / "sbom-app.json"
    told = {
        "Python packages": _runs(
            uv, "tool", "run", PIP_AUDIT, "-r", "requirements.lock", "--require-hashes", "--disable-pip", "--strict"
        ),
        "Node packages": _runs(npm, "audit", "--audit-level=high", cwd=PWA),
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


def _runs(*command: str | Path, cwd: Path = ROOT, into: Path | None = None) -> bool:
    with (into or Path(os.devnull)).open("w", encoding="utf-8") as out:
        return subprocess.run([str(word) for word in command], cwd=cwd, stdout=out if into else None).returncode == 0
