"""A disk that fails at the n-th call of the store's own library: each write, truncation and wait for the disk counts.

The library can be given no VFS from Python, so the methods of its files are exchanged in place, in this process. Not
here: what a store must make of it (test_failing_calls.py).
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlite_utils.utils

OK, WRITE_FAILED, SYNC_FAILED, TRUNCATE_FAILED = 0, 10 | 3 << 8, 10 | 4 << 8, 10 | 6 << 8

_Open = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, as far as it is needed. Source: sqlite3.h."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("file_bytes", ctypes.c_int),
        ("path_bytes_max", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("own", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
    )


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`. Source: sqlite3.h."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("close", ctypes.c_void_p),
        ("read", ctypes.c_void_p),
        ("write", ctypes.c_void_p),
        ("truncate", ctypes.c_void_p),
        ("sync", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 13),
    )


class FaultyDisk:
    """What the library's files do from now on.

    calls       how often anything was to be changed or waited for since `fails_at` was last said
    unsynced    the names of files that were changed, and not waited for since
    """

    def __init__(self) -> None:
        self.calls = 0
        self.unsynced: set[str] = set()
        self._first: int | None = None
        self._is_dead = False
        self._names: dict[int, str] = {}
        self._exchanged: dict[int, _Methods] = {}
        # The library calls these as long as a file is open that was opened while they stood.
        self._kept: list[Any] = []

    def fails_at(self, call: int | None, is_dead: bool = False) -> None:
        """Count anew; that call fails, all after it too where the disk is dead from then on. None for a whole disk."""
        self.calls = 0
        self._first, self._is_dead = call, is_dead

    def _fails(self) -> bool:
        self.calls += 1
        return self._first is not None and (self.calls > self._first if self._is_dead else self.calls == self._first)

    def opened(self, file: int, name: str) -> None:
        """Take over a file that the library has just opened."""
        self._names[file] = name
        place = ctypes.cast(file, ctypes.POINTER(ctypes.c_void_p))
        known = place[0]
        if known is None:
            return
        if known not in self._exchanged:
            self._exchanged[known] = self._faulty(ctypes.cast(known, ctypes.POINTER(_Methods))[0])
        place[0] = ctypes.addressof(self._exchanged[known])

    def _faulty(self, honest: _Methods) -> _Methods:
        write, truncate, sync = _Write(honest.write), _Truncate(honest.truncate), _Sync(honest.sync)

        def faulty_write(file: int, content: int, size: int, offset: int) -> int:
            self.unsynced.add(self._names[file])
            return WRITE_FAILED if self._fails() else int(write(file, content, size, offset))

        def faulty_truncate(file: int, size: int) -> int:
            self.unsynced.add(self._names[file])
            return TRUNCATE_FAILED if self._fails() else int(truncate(file, size))

        def faulty_sync(file: int, flags: int) -> int:
            if self._fails():
                return SYNC_FAILED
            self.unsynced.discard(self._names[file])
            return int(sync(file, flags))

        found = _Methods.from_buffer_copy(honest)
        callbacks = _Write(faulty_write), _Truncate(faulty_truncate), _Sync(faulty_sync)
        self._kept += [write, truncate, sync, *callbacks]
        found.write, found.truncate, found.sync = (ctypes.cast(one, ctypes.c_void_p).value for one in callbacks)
        return found


@contextmanager
def faulty_disk() -> Iterator[FaultyDisk]:
    """A disk under every database that the library opens inside, whole until something else is said."""
    library = ctypes.CDLL(vars(sqlite_utils.utils)["sqlite3"]._sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    vfs, disk = library.sqlite3_vfs_find(None).contents, FaultyDisk()
    honest_open = vfs.open
    open_honestly = _Open(honest_open)

    # The name as an address: the library keeps it for as long as the file is open.
    def open_file(of: int, name: int | None, file: int, flags: int, given: int | None) -> int:
        result = int(open_honestly(of, name, file, flags, given))
        if result == OK:
            disk.opened(file, ctypes.string_at(name).decode() if name else "")
        return result

    callback = _Open(open_file)
    vfs.open = ctypes.cast(callback, ctypes.c_void_p).value
    try:
        yield disk
    finally:
        vfs.open = honest_open
