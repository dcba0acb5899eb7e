"""A disk of a few megabytes of its own, so that a full disk is a full disk. Whoever may not mount does it as another.

Not here: what is tried on it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK_MEGABYTES = 6
CHUNK_BYTES = 4096


def may_mount() -> bool:
    """Whether this process may mount a file system of its own."""
    return os.geteuid() == 0


def runs_where_it_may_mount(test: str) -> None:
    """Run one test in a process that may mount, for its own eyes only."""
    subprocess.run(["unshare", "-rm", sys.executable, "-m", "pytest", "-q", test], check=True)  # noqa: S603, S607


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A folder on a file system of its own, unmounted at the end."""
    place = folder / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=700", "tmpfs", place], check=True)  # noqa: S603, S607
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)  # noqa: S603, S607


def fill(path: Path, spared_bytes: int = 0) -> None:
    """Write a file until the disk takes no more, but for what is spared."""
    usage = os.statvfs(path.parent)
    left = usage.f_bavail * usage.f_frsize - spared_bytes
    with path.open("wb", buffering=0) as file:
        for _ in range(left // CHUNK_BYTES):
            file.write(bytes(CHUNK_BYTES))
