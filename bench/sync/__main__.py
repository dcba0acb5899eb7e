"""`make bench-sync`: the sync engine beside its peers and the floors, one run after the other, as Markdown tables.

SIZES="1000 10000"  how many records; above 10,000 ours and the floors run alone, once, in about five minutes more
PEERS=all           the peers too, whatever the size: half an hour for 100,000
ROUNDS=3            how often the compared runs are repeated; figures are medians, ratios are taken within a round
MINUTES=11          after so long nothing further begins, and a minute later what runs is ended; with more records 45
ONLY=Doorstep       runs whose name has this pattern in it
Not here: the runs themselves (plan.py) and the tables (report.py).
"""

# ruff: noqa: S603 (every command here is written in this package)

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.sync import machine, report
from bench.sync.packages import Packages, cache, install
from bench.sync.plan import PEERS_MAX, Run, runs
from bench.sync.records import write_records

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    counts = sorted(int(size) for size in os.environ.get("SIZES", "1000 10000").split())
    rounds = int(os.environ.get("ROUNDS", "3"))
    minutes = float(os.environ.get("MINUTES", "11" if max(counts) <= PEERS_MAX else "45"))
    peers_max = max(counts) if os.environ.get("PEERS") == "all" else PEERS_MAX
    # Whoever stops this stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    packages = install()
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix="run-") as folder:
        records = Path(folder) / "records.jsonl"
        statistics = write_records(max(counts), records)
        begun = time.monotonic()
        found: list[dict[str, Any]] = []
        before = (machine.load(), machine.commit_milliseconds(Path(folder)), machine.loop_milliseconds())
        for turn in range(1, rounds + 1):
            if turn > 1 and time.monotonic() - begun > 60 * minutes * (turn - 1) / turn:
                print(f"· No time for round {turn}.", flush=True)
                break
            for run in runs(counts, packages, peers_max):
                left = begun + 60 * minutes - time.monotonic()
                if (turn > 1 and not run.again) or not re.search(os.environ.get("ONLY", ""), run.name):
                    continue
                if left < 0:
                    print(f"· No time for {run.name}, {run.count:,}.", flush=True)
                    continue
                run = replace(run, seconds_max=min(run.seconds_max, int(left) + 60))
                found.append(measured(run, packages, records, Path(folder)) | {"round": turn})
        after = (machine.load(), machine.commit_milliseconds(Path(folder)), machine.loop_milliseconds())
    print("\n" + report.report(found, counts, statistics, before, after), flush=True)
    kept = cache() / "last.json"
    kept.write_text(json.dumps(found, indent=1))
    print(f"\nEvery figure of every run: {kept}")


def measured(run: Run, packages: Packages, records: Path, folder: Path) -> dict[str, Any]:
    """The figures of one run; of a run that fails, why. Nothing of it is left running or on the disk."""
    about = {"name": run.name, "count": run.count, "load": round(machine.load(), 2)}
    lacking = [packages.missing[need] for need in run.needs if need in packages.missing]
    if lacking:
        return about | {"failed": f"its packages could not be installed: {lacking[0]}"}
    data = Path(tempfile.mkdtemp(dir=folder))
    given = {"server": [*run.server, str(data)], "data": str(data), "records": str(records), "count": run.count}
    started = time.monotonic()
    process = subprocess.Popen(
        [*run.command, json.dumps(given | run.given)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A group of its own, so that a server outlives neither its client nor its time.
        start_new_session=True,
    )
    try:
        out, said = process.communicate(timeout=run.seconds_max)
        failed = "" if process.returncode == 0 else (said.strip().splitlines() or ["ended without a word"])[-1]
    except subprocess.TimeoutExpired:
        out, failed = "", f"not finished in {run.seconds_max} s"
    finally:
        _end(process)
    lines = [line.removeprefix("RESULT ") for line in out.splitlines() if line.startswith("RESULT ")]
    figures = json.loads(lines[-1]) if lines else {}
    if failed:
        figures.setdefault("failed", failed[:200])
    shutil.rmtree(data, ignore_errors=True)
    seconds = round(time.monotonic() - started, 1)
    told = f"failed: {figures['failed']}" if "failed" in figures else "done"
    print(f"· {run.name}, {run.count:,}: {told} ({seconds} s, load {about['load']})", flush=True)
    return about | figures | {"whole_s": seconds}


def _end(process: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    sys.exit(main())
