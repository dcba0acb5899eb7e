"""A disk of its own in a file: what was written and never waited for is in the memory of the machine, not in the file.

A copy of the file is what a power cut leaves. Needs root and a loop device. Not here: what is tried on it.
"""

# ruff: noqa: S603, S607 (every command here is written in this module)

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 32


class ImageDisk:
    """An ext4 in a file, mounted at `place`."""

    def __init__(self, image: Path, place: Path) -> None:
        self.image = image
        self.place = place
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-o", "loop", image, place], check=True)

    def cut(self, copy: Path) -> None:
        """Keep what the disk has at this moment. Whoever writes to it must stand still meanwhile."""
        subprocess.run(["cp", "--sparse=always", self.image, copy], check=True)

    def leave(self) -> None:
        """Unmount it, whoever still has a file open on it."""
        subprocess.run(["umount", "-l", self.place], check=True)


@contextmanager
def new_disk(folder: Path, megabytes: int = MEGABYTES) -> Iterator[ImageDisk]:
    """An empty one."""
    image = folder / "image"
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image], check=True)
    with mounted(image, folder / "disk") as disk:
        yield disk


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[ImageDisk]:
    """A disk as it is found after the power came back."""
    disk = ImageDisk(image, place)
    try:
        yield disk
    finally:
        disk.leave()
