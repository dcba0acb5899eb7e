"""The environment: Python packages, Node packages, the built app. Each is made from a lock file and nothing else.

Not here: the browser for the tests (browser.py), what is then run (checks.py, __main__.py).
"""

# ruff: noqa: S603 (every command here is written in this package)

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tools.steps import ROOT, Step, StepFailed, bring_about, run

PYTHON = ROOT / ".venv" / "bin" / "python"
COMMAND = PYTHON.parent / "doorstep"
PWA = ROOT / "pwa"
UV = "uv==0.13.9"
# Vite's own floor within Node 20.
NODE_MIN = (20, 19)


def python_packages(lock: str) -> None:
    """.venv with exactly what the lock file names, checked by hash."""
    bring_about(
        Step(
            name=f"python-{Path(lock).stem}",
            says=f"Python packages of {lock}",
            do=lambda: _install_python(lock),
            inputs=[ROOT / lock],
            facts=_made_by,
            makes=[PYTHON, COMMAND],
        )
    )


def node_packages() -> None:
    """pwa/node_modules exactly as package-lock.json says."""
    version = node_version()
    bring_about(
        Step(
            name="node-packages",
            says="Node packages of the app",
            do=_install_node,
            inputs=[PWA / "package.json", PWA / "package-lock.json", PWA / ".npmrc"],
            facts=lambda: [version.split(".")[0]],
            makes=[PWA / "node_modules" / ".package-lock.json"],
        )
    )


def built_app() -> None:
    """pwa/dist built from pwa/src; needs the Node packages."""
    sources = [PWA / name for name in ("src", "public", "index.html", "package.json", "package-lock.json")]
    sources += sorted(PWA.glob("*.config.*")) + sorted(PWA.glob("tsconfig*.json"))
    bring_about(
        Step(
            name="built-app",
            says="The app, built",
            do=lambda: _npm("built-app", "run", "build", sentence="The app could not be built."),
            inputs=sources,
            makes=[PWA / "dist" / "index.html"],
        )
    )


def node_version() -> str:
    """The version of the Node on the path, or a sentence about what is missing."""
    needed = f"Doorstep needs Node {NODE_MIN[0]}.{NODE_MIN[1]} or newer with npm"
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise StepFailed(f"{needed}, and none was found. Install it, then run this again.")
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    if not found or (int(found[1]), int(found[2])) < NODE_MIN:
        raise StepFailed(f"{needed}; found {answer.stdout.strip() or 'one that does not start'}.")
    return answer.stdout.strip()


def _made_by() -> list[str]:
    """Which interpreter .venv stands on, so that one whose Python is gone is made anew."""
    config = ROOT / ".venv" / "pyvenv.cfg"
    return [config.read_text()] if config.exists() and _starts(PYTHON) else ["none"]


def _starts(python: Path) -> bool:
    if not python.exists():
        return False
    asked = subprocess.run(
        [python, "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], capture_output=True
    )
    return asked.returncode == 0


def _install_python(lock: str) -> None:
    if not _starts(PYTHON):
        # A venv that was copied, or whose Python is gone, cannot be mended in place.
        shutil.rmtree(ROOT / ".venv", ignore_errors=True)
        run("venv", sys.executable, "-m", "venv", ROOT / ".venv", sentence="The Python environment could not be made.")
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    hashed: list[str | Path] = ["--require-hashes", "-r", ROOT / lock]
    try:
        run("uv", *pip, UV)
        # The machine's own certificates: an office's proxy may have put its own among them.
        uv = [PYTHON.parent / "uv", "pip", "install", "--system-certs", "--quiet", "--python", PYTHON]
        # Compiled now, as pip does: a server whose account may not write here would compile them at every start.
        run("python-packages", *uv, "--compile-bytecode", *hashed)
    except StepFailed:
        # uv does not read pip's settings; on a machine that reaches its packages only through those, pip still can.
        run("python-packages", *pip, *hashed, sentence="The Python packages could not be installed.")
    _write_command()


def _write_command() -> None:
    """The `doorstep` command: the server's, from whichever folder it is called."""
    # Not an installed package: building one would need a build tool that no lock file names.
    COMMAND.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(str(PYTHON))} -m server "$@"\n'
    )
    COMMAND.chmod(0o755)


def _install_node() -> None:
    _npm(
        "node-packages",
        "ci",
        "--include=dev",
        "--no-audit",
        "--no-fund",
        sentence="The Node packages could not be installed.",
    )


def _npm(log_name: str, *words: str, sentence: str) -> None:
    run(log_name, os.fspath(shutil.which("npm") or "npm"), *words, cwd=PWA, sentence=sentence)
