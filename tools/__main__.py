"""`python -m tools <target>`: the Makefile's targets, each a few lines.

Not here: the steps themselves (setup.py, browser.py, checks.py).
"""

# ruff: noqa: S603, S606 (every command here is written in this package)

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from tools.audit import audit as audit_packages
from tools.browser import bring_browser
from tools.checks import CHECKS, E2E, SECURITY, TESTS, run_checks
from tools.setup import PWA, PYTHON, built_app, node_packages, python_packages
from tools.steps import ROOT, STAMPS, StepFailed, clean_environment, say

# Where the server's demo command keeps its neighbourhood.
DEMO_DATA = ("--data", "data/demo")


def demo() -> None:
    python_packages("requirements.lock")
    installed_app()
    port = os.environ.get("PORT")
    become(PYTHON, "-m", "server", "demo", *(["--port", port] if port else []))


def setup() -> None:
    # Neither half needs the other, and each waits for its own registry.
    with ThreadPoolExecutor(1) as beside:
        app = beside.submit(installed_app)
        python_packages("requirements-dev.lock")
        app.result()
    bring_browser()


def installed_app() -> None:
    node_packages()
    built_app()


def check() -> None:
    python_packages("requirements-dev.lock")
    node_packages()
    run_checks(CHECKS, again=wants_all())


def audit() -> None:
    python_packages("requirements-dev.lock")
    node_packages()
    audit_packages()


def test() -> None:
    setup()
    run_checks(CHECKS + TESTS, again=wants_all())


def e2e() -> None:
    setup()
    run_checks(E2E, again=True)


def generate() -> None:
    python_packages("requirements-dev.lock")
    subprocess.run([PYTHON, "-m", "schema.generate"], check=True)
    become(PYTHON, "-m", "tools.operations")


def rebuild() -> None:
    python_packages("requirements.lock")
    become(PYTHON, "-m", "server", "rebuild", *DEMO_DATA)


def bench() -> None:
    setup()
    become(PYTHON, "-m", "bench.phone_profile")


def bench_engine() -> None:
    python_packages("requirements-dev.lock")
    become(PYTHON, "-m", "bench.engine")


def bench_sync() -> None:
    python_packages("requirements-dev.lock")
    become(PYTHON, "-m", "bench.sync")


def mutants() -> None:
    python_packages("requirements-dev.lock")
    become(PYTHON, "-m", "tests.mutants")


def nights() -> None:
    python_packages("requirements-dev.lock")
    seeds, first = os.environ.get("SEEDS", "100000"), os.environ.get("FIRST", "0")
    become(PYTHON, "-m", "tests.sync.simulate", "--seeds", seeds, "--first", first)


def security() -> None:
    """Every row of docs/security.md at the size it asks for, or at a share of that (tests/sizes.py)."""
    setup()
    os.environ["NIGHT_SECURITY"] = os.environ.get("SHARE", "1")
    run_checks(SECURITY, again=True)


def dev() -> None:
    """The demo's server and Vite side by side until either ends or Ctrl-C."""
    python_packages("requirements-dev.lock")
    installed_app()
    with contextlib.ExitStack() as both:
        server = both.enter_context(running(PYTHON, "-m", "server", "demo"))
        vite = both.enter_context(running("npx", "--no-install", "vite", cwd=PWA))
        say("Server and Vite are starting; edit pwa/src and the page follows. Ctrl-C ends both.")
        while server.poll() is None and vite.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                vite.wait(timeout=1)


@contextlib.contextmanager
def running(*command: object, cwd: object = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([str(word) for word in command], cwd=str(cwd), env=clean_environment())
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def become(*command: object) -> None:
    """Replace this process, so that Ctrl-C and the exit code are the command's own."""
    words = [str(word) for word in command]
    sys.stdout.flush()
    os.execve(words[0], words, clean_environment())


def wants_all() -> bool:
    return bool(os.environ.get("AGAIN") or os.environ.get("CI"))


TARGETS: dict[str, Callable[[], None]] = {
    "setup": setup, "demo": demo, "dev": dev, "test": test, "check": check, "audit": audit, "generate": generate,
    "rebuild": rebuild, "e2e": e2e, "bench": bench, "bench-engine": bench_engine, "bench-sync": bench_sync,
    "mutants": mutants, "nights": nights, "security": security,
}  # fmt: skip


def main() -> None:
    import fcntl

    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted not in TARGETS:
        sys.exit("Say one of: " + ", ".join(TARGETS))
    os.chdir(ROOT)
    STAMPS.mkdir(exist_ok=True)
    try:
        # Two makes at once in one clone would install over each other; the lock ends with this process.
        with (STAMPS / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            TARGETS[wanted]()
    except StepFailed as failed:
        sys.exit(f"✗ {failed}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
