"""What a store offers to whoever sends it SQL, whichever database keeps it.

Not here: how each database does it (sqlite.py), and which one is opened (opening.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from schema.model import Schema

if TYPE_CHECKING:
    from sync.store.data_keys import DataKeys

Row = tuple[Any, ...]


# PostgreSQL keeps no NUL in a text, and nothing keeps half of a surrogate pair.
_UNKEPT = re.compile("[\0\ud800-\udfff]")


def can_keep(text: str) -> bool:
    """Whether every store can keep a text as it is."""
    return _UNKEPT.search(text) is None


class StoreError(Exception):
    """A store that must not be used: it could not keep what a receipt promises."""


class StoreTooOld(StoreError):
    """A database that can lose a commit."""


@dataclass(frozen=True)
class Compared:
    """A derived table before and after it was made again: only the rows that differ, by their key.

    columns  those that both have, in order
    """

    columns: tuple[str, ...]
    was: dict[Row, Row]
    now: dict[Row, Row]


class News(Protocol):
    """A connection by which processes tell each other in which scopes something has happened."""

    def tell(self, name: str, scopes: Sequence[str]) -> None:
        """Tell all who listen; `name` is of who tells."""

    def listen(self) -> None:
        """Hear from now on what is told."""

    def heard(self, seconds_max: float) -> Iterator[tuple[str, list[str]]]:
        """Who told, and of which scopes, as it comes in within so many seconds."""

    def close(self) -> None:
        """Close the connection."""


class Store(Protocol):
    """One connection to the store, bound to the thread that opened it.

    Statements are written once for all databases: `?` for each parameter, the target of ON CONFLICT named where there
    is more to do than nothing, the order of NULL named where a column may have none. Nothing commits except `atomic`.
    """

    is_failing: bool
    """The disk failed to keep something, or to say that it has: nothing more may be written, nor this be closed."""

    touched: set[str]
    """The scopes in which something was done; those of a transaction that failed are in it too, and cost a question."""

    audit_key: bytes | None
    """What the audit is chained by (sync/audit.py); kept in no database, and given by who opens the store."""

    sealing: DataKeys | None
    """What keeps the entries of the log unreadable in copies of the database; None where nothing is sealed."""

    @property
    def compressed(self) -> Callable[[bytes], bytes]:
        """Makes a large value small."""

    @property
    def compressed_many(self) -> Callable[[Sequence[bytes]], list[bytes]]:
        """Makes many large values small, on as many cores as there are."""

    @property
    def restored(self) -> Callable[[bytes], bytes]:
        """The bytes that were made small; raises ValueError when they were damaged."""

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> object:
        """Run one statement."""

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row."""

    def soon(self, work: Callable[[], None]) -> None:
        """Do some work that writes before anybody reads, at the latest: at once, unless writes wait (behind.py)."""

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query one after the other, for those that need not fit into memory."""

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, if there is one."""

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""

    def counted(self, counter: str) -> int:
        """The next number of a counter. Its row is then held until the transaction ends, so that none is left out."""

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing. Outermost: nobody else writes meanwhile, and it commits durably; inside another: a step."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Every read inside sees the same commit; inside a transaction that is so already."""

    def parts(self) -> list[str]:
        """The centres that each have a log of their own; one without a name where all of them share one."""

    def bind(self, centre: str) -> None:
        """From now on this centre is meant, and nothing of another can be seen; nothing where all share one log."""

    def bind_by(self, what: str, id: str) -> None:
        """Bind to the centre of a `person` or of a `session`; to none where nobody knows it."""

    def enter(self, what: str, id: str) -> None:
        """Note that a person or a session belongs to this centre, so that `bind_by` finds it."""

    def begin_centre(self, centre: str) -> None:
        """Bind to a centre; a new one begins with an empty log and an epoch of its own."""

    def tables(self) -> list[str]:
        """The name of every table, in order."""

    def made_anew(self, tables: Sequence[str], schema: Schema) -> AbstractContextManager[Callable[[str], Compared]]:
        """Put derived tables aside, so that they are empty inside; gives what compares one with how it was before."""

    def copy_to(self, path: Path) -> None:
        """Write one moment of the store into a new file, while others read and write; not yet flushed to the disk."""

    def copy_log_to(self, path: Path, schema: Schema) -> None:
        """Write a copy without anything that follows from the log. This store has none of it either afterwards."""

    def scour(self) -> None:
        """Write the files of the database anew, so that nothing of what was removed is left in them. Nobody else may
        be using it.
        """

    def damage(self, is_quick: bool = False) -> list[str]:
        """What the database finds damaged in its own files, a few lines at most; nothing when they are whole."""

    def laxness(self) -> list[str]:
        """How the database is set so that a power cut could take what was acknowledged; nothing when it is not."""

    def size_bytes(self) -> int:
        """The room it takes on its disk."""

    def close(self) -> None:
        """Close the connection; the store cannot be used afterwards."""
