"""The folder of files: what is still coming in, each person's apart, and what was verified. All writes reach the disk
before they are answered. Which of it counts is in the database (sync/files.py), and who may have it is judged there.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schema.files import HASH
from server.files.content import Kept, thumbnail_of
from server.operations.files import write_whole
from sync.store.whole_files import flush

SMALL = ".small"


class Moved(Exception):
    """Another request has written at this place in the meantime; `offset` is how far the file is now."""

    def __init__(self, offset: int) -> None:
        super().__init__("moved")
        self.offset = offset


@dataclass(frozen=True)
class Partial:
    """A file of one person that is still coming in."""

    path: Path
    hash: str
    media: str
    length: int
    begun_at: datetime

    @property
    def offset(self) -> int:
        """The bytes that are here."""
        return self.path.stat().st_size

    def append(self, offset: int, piece: bytes) -> int:
        """Write at the end if the end is at `offset`; the new end. Raises Moved: the newest request is the one that
        goes on, so that a connection nobody hears of any more does not keep a phone waiting.
        """
        with self.path.open("r+b") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            end = out.seek(0, os.SEEK_END)
            if end != offset:
                raise Moved(end)
            out.write(piece)
            return offset + len(piece)

    def flush(self) -> None:
        """Bring what was appended to the disk."""
        flush(self.path)

    def read(self) -> bytes:
        """All of it; a file is a few megabytes at most."""
        return self.path.read_bytes()

    def remove(self) -> None:
        """Forget it, whether it was verified or refused."""
        _notes(self.path).unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


class FileStore:
    """The folder. Names in it are hashes, so that nothing a client says becomes a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._coming = folder / "coming"

    # --- coming in

    def begin(self, person: str, hash: str, media: str, length: int, now: datetime) -> Partial:
        """The partial file of this person and hash, made when it is not there or is another one."""
        found = self.partial(person, hash)
        if found is not None and (found.media, found.length) == (media, length):
            return found
        folder = self._of(person)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / hash
        path.write_bytes(b"")
        notes = {"media": media, "length": length, "begun_at": now.isoformat()}
        write_whole(_notes(path), json.dumps(notes).encode())
        return Partial(path, hash, media, length, now)

    def partial(self, person: str, hash: str) -> Partial | None:
        """What is here of a file that this person has begun to send."""
        path = self._of(person) / hash
        if not HASH.fullmatch(hash) or not path.is_file() or not _notes(path).is_file():
            return None
        notes = json.loads(_notes(path).read_bytes())
        return Partial(path, hash, notes["media"], notes["length"], datetime.fromisoformat(notes["begun_at"]))

    def begun(self, person: str) -> int:
        """How many files of this person are still coming in."""
        return sum(1 for path in self._of(person).glob("*") if not path.suffix)

    def coming_bytes(self) -> int:
        """The bytes of everything that is still coming in."""
        return sum(found.st_size for _, found in self._all_coming())

    def _all_coming(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in sorted(self._coming.glob("*/*")):
            # Another request may have finished it since it was listed.
            with suppress(FileNotFoundError):
                if not path.suffix:
                    yield path, path.stat()

    def _of(self, person: str) -> Path:
        return self._coming / hashlib.sha256(person.encode()).hexdigest()[:32]

    # --- kept

    def keep(self, hash: str, kept: Kept) -> None:
        """Write a verified file, whole or not at all, also over one that is there: only these bytes are vouched for."""
        path = self.path(hash)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if kept.thumbnail is not None:
            write_whole(self.path(hash, small=True), kept.thumbnail)
        write_whole(path, kept.content)

    def make_small(self, hash: str) -> None:
        """Make the thumbnail of a kept picture again."""
        write_whole(self.path(hash, small=True), thumbnail_of(self.path(hash).read_bytes()))

    def path(self, hash: str, small: bool = False) -> Path:
        """Where a kept file lies, or its thumbnail."""
        return self._folder / "kept" / hash[:2] / (hash + (SMALL if small else ""))

    def size(self, hash: str) -> int | None:
        """The bytes of a kept file; None where it is missing."""
        try:
            return self.path(hash).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, hash: str) -> None:
        """Delete a kept file and its thumbnail."""
        for small in (True, False):
            self.path(hash, small).unlink(missing_ok=True)

    def free_bytes(self) -> int:
        """What the disk has left."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self._folder).free

    # --- sweeping

    def old_partials(self, now: datetime, kept: timedelta) -> Iterator[Partial]:
        """What nobody has continued for so long."""
        for path, found in self._all_coming():
            touched = datetime.fromtimestamp(found.st_mtime, UTC)
            if now - touched > kept:
                yield Partial(path, path.name, "", 0, touched)


def _notes(path: Path) -> Path:
    return path.with_name(path.name + ".json")
