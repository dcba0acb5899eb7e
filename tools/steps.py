"""Steps that are done once and again only when their inputs change, each said in one line.

Not here: which steps there are (setup.py, checks.py).
"""

# ruff: noqa: S603 (every command here is written in this package)

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".make"

# Folders that hold what steps make or people keep; never an input.
MADE = {
    ".git", ".make", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "__pycache__",
    "node_modules", "dist", "dev-dist", "data", "test-results", "screenshots",
}  # fmt: skip

# Settings of whoever calls make that would change what the steps do, or make every start of Python read its packages
# from their sources again. Proxies, certificates and PIP_* stay: they say how this machine reaches its registries.
LEAKING = (
    "PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS", "VIRTUAL_ENV", "NODE_ENV", "NODE_OPTIONS", "NODE_PATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS",
    "FORCE_COLOR",
)  # fmt: skip


class StepFailed(Exception):
    """A step could not be done; the message is one plain sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Step:
    name: str
    says: str
    do: Callable[[], None]
    inputs: Sequence[Path] = ()
    facts: Callable[[], Sequence[str]] = tuple
    """What else decides the result, such as the version of a tool; asked again after the step, which may change it."""
    makes: Sequence[Path] = ()


def bring_about(step: Step) -> None:
    """Do the step unless its stamp shows that the same inputs already gave what it makes."""
    content = fingerprint(step.inputs)
    stamp = STAMPS / step.name
    if stamp.exists() and stamp.read_text() == _key(content, step) and all(made.exists() for made in step.makes):
        say(f"{step.says}: ready")
        return
    say(f"{step.says} ...")
    started = time.monotonic()
    step.do()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(_key(content, step))
    say(f"{step.says}: done in {seconds_since(started)}")


def _key(content: str, step: Step) -> str:
    return "\n".join([content, *step.facts()])


def fingerprint(inputs: Iterable[Path]) -> str:
    """One hash of the content and place of every file in `inputs`, folders whole."""
    whole = hashlib.sha256()
    for path in sorted(files_in(inputs)):
        whole.update(f"file {path.relative_to(ROOT)} {path.stat().st_size}\n".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def files_in(inputs: Iterable[Path]) -> Iterator[Path]:
    """Every file of the given files and folders, without what steps make."""
    for given in inputs:
        if given.is_file():
            yield given
        for folder, folders, names in os.walk(given):
            folders[:] = sorted(name for name in folders if name not in MADE)
            yield from (Path(folder, name) for name in names if not name.endswith((".pyc", "-wal", "-shm")))


def run(log_name: str, *command: str | Path, cwd: Path = ROOT, sentence: str = "") -> str:
    """Run a command quietly and return what it printed; when it fails, show its last lines and raise `sentence`."""
    STAMPS.mkdir(exist_ok=True)
    log = STAMPS / f"{log_name}.log"
    with log.open("w+", encoding="utf-8", errors="replace") as out:
        try:
            code = subprocess.run(
                [str(word) for word in command],
                cwd=cwd,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            ).returncode
        except FileNotFoundError:
            raise StepFailed(sentence or f"{command[0]} is not on this machine.") from None
        out.seek(0)
        printed = out.read()
    if code:
        print("\n".join(printed.splitlines()[-30:]), file=sys.stderr)
        raise StepFailed(
            f"{sentence or ' '.join(str(word) for word in command) + ' failed.'} Whole output: {log.relative_to(ROOT)}"
        )
    return printed


def clean_environment() -> dict[str, str]:
    """This process's environment without the caller's habits, with UTF-8 everywhere."""
    kept = {name: value for name, value in os.environ.items() if name not in LEAKING and not name.startswith("GIT_")}
    return kept | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def say(line: str) -> None:
    print(f"· {line}", flush=True)


def seconds_since(started: float) -> str:
    seconds = time.monotonic() - started
    return f"{seconds:.1f} s" if seconds < 90 else f"{int(seconds // 60)} min {int(seconds % 60)} s"
