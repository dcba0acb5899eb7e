"""A disk that forgets: what SQLite wrote and did not sync may be lost, in part or whole, when the power goes.

It is a VFS of apsw, whose own SQLite replays the statements that the store sent; the store's library cannot be given a
VFS from Python. Not here: the statements (statements.py) and what must have survived (test_power_cut.py).
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR_BYTES = 512


@dataclass
class Platter:
    """One file: what is surely on the disk, and what was written since without a sync."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        self.durable = self._with(self.pending)
        self.pending = []

    def after_cut(self, rng: random.Random, loses_all: bool) -> bytes:
        """The file as it may be found: without the pending writes, or with any of them, each whole or torn."""
        kept: list[tuple[int, bytes | None]] = []
        for offset, written in [] if loses_all else self.pending:
            if rng.random() < 0.5:
                if written is not None and rng.random() < 0.3:
                    written = written[: rng.randrange(len(written) // SECTOR_BYTES + 1) * SECTOR_BYTES]
                kept.append((offset, written))
        return bytes(self._with(kept))

    def _with(self, writes: list[tuple[int, bytes | None]]) -> bytearray:
        found = bytearray(self.durable)
        for offset, written in writes:
            if written is None:
                del found[offset:]
                continue
            found.extend(bytes(max(0, offset - len(found))))
            found[offset : offset + len(written)] = written
        return found


class ForgetfulDisk(apsw.VFS):
    """Files under `folder`, each with its platter; `happens` is called after each write, sync, cut and removal."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__("forgetful", "")
        self.platters: dict[str, Platter] = {}
        self.happens = happens

    def xOpen(self, name: Any, flags: list[int]) -> "ForgetfulFile":
        return ForgetfulFile(self, name, flags)

    def xDelete(self, name: str, is_synced: bool) -> None:
        self.platters.pop(name, None)
        super().xDelete(name, is_synced)
        self.happens()


class ForgetfulFile(apsw.VFSFile):
    def __init__(self, disk: ForgetfulDisk, name: Any, flags: list[int]) -> None:
        self.disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if path not in disk.platters:
            known = Path(path).read_bytes() if Path(path).exists() else b""
            disk.platters[path] = Platter(bytearray(known))
        self.platter = disk.platters[path]
        super().__init__("", name, flags)

    def xWrite(self, written: bytes, offset: int) -> None:
        super().xWrite(written, offset)
        self.platter.pending.append((offset, bytes(written)))
        self.disk.happens()

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self.platter.pending.append((size, None))
        self.disk.happens()

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self.platter.sync()
        self.disk.happens()


@dataclass(frozen=True)
class Statement:
    sql: str
    rows: list[Any]


@dataclass(frozen=True)
class Acknowledged:
    """At this point of the work these saves had their receipts."""

    saves: frozenset[str]


@dataclass(frozen=True)
class Cut:
    """What is found after a power cut: the files, and what had been acknowledged before it."""

    files: dict[str, bytes]
    acknowledged: frozenset[str]


def cuts(file: Path, work: list[Statement | Acknowledged], synchronous: int, seed: int, often: float) -> Iterator[Cut]:
    """Replay the work on a forgetful disk; the power goes at this share of all points at which a disk does anything."""
    rng, found = random.Random(seed), list[Cut]()  # noqa: S311
    acknowledged: frozenset[str] = frozenset()

    def happens() -> None:
        if rng.random() < often:
            loses_all = rng.random() < 0.5
            files = {
                Path(path).name: platter.after_cut(rng, loses_all)
                for path, platter in disk.platters.items()
                if not path.endswith("-shm")
            }
            found.append(Cut(files, acknowledged))

    disk = ForgetfulDisk(lambda: None)
    connection = apsw.Connection(str(file), vfs="forgetful")
    connection.execute("PRAGMA locking_mode = exclusive")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    # A checkpoint every few commits, so that power goes during them too.
    connection.execute("PRAGMA wal_autocheckpoint = 40")
    for platter in disk.platters.values():
        platter.sync()
    disk.happens = happens
    for step in work:
        if isinstance(step, Acknowledged):
            acknowledged = step.saves
            happens()
        elif len(step.rows) == 1:
            connection.execute(step.sql, step.rows[0]).fetchall()
        else:
            connection.executemany(step.sql, step.rows).fetchall()
        yield from found
        found.clear()
    disk.happens = lambda: None
    connection.close()
    disk.unregister()
