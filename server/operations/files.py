"""Files that are there whole or not at all, and still after a power cut; and the lock on a folder.

Not here: what is in them, and files that are made once (sync/store/whole_files.py).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.store.whole_files import flush, write_part

CHUNK_BYTES = 1024 * 1024


def write_whole(path: Path, content: bytes) -> None:
    """Write a file for its owner alone; whoever reads it, after a power cut too, finds the old content or the new."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        write_part(part, content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    flush(path.parent)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_whole(source: Path, target: Path) -> str:
    """Copy a file for its owner alone and wait for the disk; gives the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with (
        source.open("rb") as reading,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing,
    ):
        while chunk := reading.read(CHUNK_BYTES):
            digest.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock of a file, made if need be, until the end or the death of this process; False if another has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
