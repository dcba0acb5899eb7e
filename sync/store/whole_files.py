"""Files that are there whole or not at all, and still after a power cut: what keys need that are made once.

Not here: what is in them, and files that take the place of older ones (server/operations/files.py).
"""

import os
import secrets
from pathlib import Path


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_once(path: Path, content: bytes) -> None:
    """Make a file for its owner alone, on the disk before this returns, and never in the place of one that is there: of
    several processes one makes it."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        write_part(part, content)
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink(missing_ok=True)
    flush(path.parent)


def write_part(part: Path, content: bytes) -> None:
    """A new file for its owner alone, with its content on the disk; its name is not yet."""
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
