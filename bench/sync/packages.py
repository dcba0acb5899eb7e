"""The peers' packages, installed outside the repository into a cache that later runs use again, each at one version.

Not here: which peer is measured how (plan.py). Nothing of theirs is kept in the repository; our own clients are copied
beside their packages, because Node looks for packages where a file lies.
"""

# ruff: noqa: S603 (every command here is written in this package)

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PINS = json.loads((HERE / "packages.json").read_text("utf-8"))


@dataclass(frozen=True)
class Packages:
    """Where they are. `missing` names what could not be installed, and why; its rows say so."""

    clients: Path
    python: Path
    missing: dict[str, str]


def cache() -> Path:
    """The folder outside the repository that the benchmark may fill."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doorstep-bench"


def install() -> Packages:
    """Install what is not there yet and put our clients beside it."""
    digest = hashlib.sha256(json.dumps([PINS, sys.version_info[:2]]).encode()).hexdigest()[:12]
    folder = cache() / digest
    clients = folder / "clients"
    clients.mkdir(parents=True, exist_ok=True)
    missing = {}
    for name, make in (("node", _install_node), ("python", _install_python)):
        done = folder / f"{name}.done"
        if done.exists():
            continue
        print(f"· Installing the peers' {name} packages into {folder} ...", flush=True)
        try:
            make(folder)
            done.touch()
        except (subprocess.CalledProcessError, OSError) as error:
            said = getattr(error, "stderr", None) or str(error)
            missing[name] = str(said).strip().splitlines()[-1][:200]
            print(f"  could not: {missing[name]}", flush=True)
    shutil.copytree(HERE / "clients", clients, dirs_exist_ok=True)
    return Packages(clients, folder / "venv" / "bin" / "python", missing)


def _install_node(folder: Path) -> None:
    described = {"name": "doorstep-bench", "private": True, "type": "module", "dependencies": PINS["node"]}
    (folder / "package.json").write_text(json.dumps(described, indent=2))
    _run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], folder)
    # The only package without a ready binary: compiled here, which takes a minute.
    _run(["npm", "rebuild", "better-sqlite3", "--foreground-scripts"], folder)


def _install_python(folder: Path) -> None:
    _run([sys.executable, "-m", "venv", "venv"], folder)
    pins = [f"{name}=={version}" for name, version in PINS["python"].items()]
    _run(["venv/bin/python", "-m", "pip", "install", "--quiet", *pins], folder)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=900)
