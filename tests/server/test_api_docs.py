"""docs/api.md is true: its script runs against a real server and prints what it says, and every code is named."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.load import load_schema
from sync.store.opening import open_store

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "api.md").read_text("utf-8")
MADE_MAX_SECONDS = 240


def block(start: str) -> str:
    """The first fenced block of a language."""
    found = re.search(rf"^```{start}\n(.*?)^```", DOCUMENT, re.M | re.S)
    assert found is not None
    return found[1]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"} | more


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "server", "demo", "--small", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield process
        process.kill()


@pytest.fixture(scope="module")
def address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        said.append(line)
        if found := re.search(r"http://localhost:\d+", line):
            return found[0]
    raise AssertionError("the demo ended before it named its address: " + "".join(said))


def runs_the_script(address: str, folder: Path) -> list[str]:
    script = folder / "script.py"
    script.write_text(block("python"), "utf-8")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", str(script)],
        env=environment(ADDRESS=address),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.timeout(MADE_MAX_SECONDS + 60)
def test_the_script_prints_what_the_document_says(address: str, folder: Path) -> None:
    promised = re.search(r"^It prints:\n\n((?: {4}.*\n)+)", DOCUMENT, re.M)
    assert promised is not None
    lines = [line.strip() for line in promised[1].splitlines()]
    said = runs_the_script(address, folder)
    assert len(said) == len(lines)
    for line, expected in zip(said, lines, strict=True):
        assert re.fullmatch(re.escape(expected).replace("…", r"\d+"), line), (line, expected)


def test_the_script_runs_again_and_needs_only_the_libraries_it_names(address: str, folder: Path) -> None:
    assert len(runs_the_script(address, folder)) == 6
    imported = set(re.findall(r"^(?:import|from) (\w+)", block("python"), re.M)) - set(sys.stdlib_module_names)
    assert imported == {"httpx", "cryptography", "rfc8785"}
    for name in imported:
        assert f"`{name}`" in DOCUMENT


def test_every_code_that_ends_a_request_is_named() -> None:
    codes = {code for code, words in load_schema().problems.items() if words.on == "request"}
    assert {code for code in codes if f"`{code}`" not in DOCUMENT} == set()


def test_every_status_is_the_declared_one() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (.*) \|$", DOCUMENT, re.M)
    for status, cell in rows:
        for code in re.findall(r"`(\w+)`", cell):
            # Asked by a method that is not offered, a query is refused by another status.
            assert (load_schema().problems[code].http == int(status)) or (code, status) == ("query_refused", "405")


def test_sigterm_stops_the_demo_gracefully_and_its_folder_is_no_centre(
    address: str, server: subprocess.Popen[str], folder: Path
) -> None:
    runs_the_script(address, folder)
    server.send_signal(signal.SIGTERM)
    assert server.stdout is not None
    rest = server.stdout.read()
    assert server.wait(timeout=30) == 0
    assert rest.rstrip().endswith("Stopped.")
    # Nothing of the demo can be promoted.
    served = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "server", "serve", "--data", str(folder), "--port", "0"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert served.returncode == 1 and "invented neighbourhood" in served.stderr
    store = open_store(folder / "doorstep.sqlite3")
    assert store.value("SELECT count(*) FROM log WHERE status = 'held'") >= 2, "the held saves of the script are kept"
    store.close()
