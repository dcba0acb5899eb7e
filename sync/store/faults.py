"""What an error of the disk or of the database means. Not here: what is done about it, and its words."""

import errno
from enum import Enum

import sqlite_utils.utils


class Fault(Enum):
    """What keeps a store or a file from being read or written."""

    full = "full"
    forbidden = "forbidden"
    damaged = "damaged"
    busy = "busy"
    failing = "failing"
    unreachable = "unreachable"


class DatabaseFault(Exception):
    """A database that is not SQLite could not do what it was asked; what it said stays out of every log."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


_OF_SYSTEM = {
    errno.ENOSPC: Fault.full,
    errno.EDQUOT: Fault.full,
    errno.EFBIG: Fault.full,
    errno.EACCES: Fault.forbidden,
    errno.EPERM: Fault.forbidden,
    errno.EROFS: Fault.forbidden,
    errno.EIO: Fault.failing,
}
# The names of SQLite's results begin with these, for example SQLITE_IOERR_FSYNC.
_OF_DATABASE = {
    "SQLITE_FULL": Fault.full,
    "SQLITE_READONLY": Fault.forbidden,
    "SQLITE_CANTOPEN": Fault.forbidden,
    "SQLITE_PERM": Fault.forbidden,
    "SQLITE_CORRUPT": Fault.damaged,
    "SQLITE_NOTADB": Fault.damaged,
    "SQLITE_BUSY": Fault.busy,
    "SQLITE_LOCKED": Fault.busy,
    "SQLITE_IOERR": Fault.failing,
}
# pysqlite3 where it is installed: the same choice that the connection was made with.
_DATABASE_ERROR: type[Exception] = vars(sqlite_utils.utils)["sqlite3"].Error
WORLD_ERRORS = (OSError, _DATABASE_ERROR, DatabaseFault)
"""What a disk or the database raises; only `fault_of` tells them apart."""


def fault_of(error: BaseException | None) -> Fault | None:
    """What the world did, if this error is of the world; None for what we did wrong ourselves."""
    if isinstance(error, OSError):
        return _OF_SYSTEM.get(error.errno or 0)
    if isinstance(error, DatabaseFault):
        return error.fault
    if isinstance(error, _DATABASE_ERROR):
        name = str(getattr(error, "sqlite_errorname", ""))
        return next((fault for start, fault in _OF_DATABASE.items() if name.startswith(start)), None)
    return None
