"""What a figure belongs to: the machine, its load, how fast its disk commits, and the versions that ran.

Not here: what is measured.
"""

# ruff: noqa: S607 (every command here is written in this package)

import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.sync.packages import PINS


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def commit_milliseconds(folder: Path) -> float:
    """The median time of an fdatasync of 4 KiB in this folder: what every durable answer has to wait for."""
    probe = folder / "probe"
    times = []
    with probe.open("wb") as file:
        for _ in range(60):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - started)
    probe.unlink()
    return 1000 * statistics.median(times)


def loop_milliseconds() -> float:
    """A fixed piece of Python: the same figure in two runs means that the processor was as free in both."""
    started = time.perf_counter()
    sum(range(2_000_000))
    for number in range(1_000_000):
        number * number
    return 1000 * (time.perf_counter() - started)


def described() -> str:
    """Processor, memory and kernel in one line."""
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo") as file:
        kilobytes = int(file.readline().split()[1])
    processor = names[0] if names else platform.machine()
    return f"{len(names)} × {processor}, {kilobytes / 2**20:.0f} GiB, Linux {platform.release()}"


def versions() -> str:
    """What ran: ours as installed, the peers' as pinned."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    peers = ", ".join(f"{name} {version}" for name, version in (PINS["node"] | PINS["python"]).items())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    ours = f"Doorstep {commit or 'without git'}, Python {sys.version.split()[0]}, Node {node}"
    return f"{ours}, SQLite of the floors {sqlite3.sqlite_version}; {peers}"
