"""A store whose writes wait: what one push writes goes to the database in a few calls instead of a dozen for each save.

Not here: what is written. To those who send it SQL it is a store like any other: whatever waits is written before
anything is read or changed, so that nobody can tell it from the store behind it, except by the clock.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sync.store.store import Row, Store


@contextmanager
def written_behind(store: Store) -> Iterator[Store]:
    """A transaction of a store, in which rows wait to be written until somebody reads, or it ends."""
    with store.atomic():
        behind = WriteBehind(store)
        # What is not asked for in the middle of a transaction (to copy the file, to close it) it does not have.
        yield cast(Store, behind)
        behind.flush()


class Large(bytes):
    """A large value that is made small with all others, when the row it stands in is written."""


class WriteBehind:
    """One transaction of a store; `flush` is the last thing done in it.

    Only the rows of `execute_many` wait, statement by statement in the order given, the numbers of counters, and work
    that makes such rows of many things at once.
    Whatever else is asked writes them first: a push in which nobody asks anything takes one call for each table.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[str, list[Sequence[Any]]] = {}
        self._work: list[Callable[[], None]] = []
        self._counters: dict[str, int] = {}
        self._counted: set[str] = set()
        self.is_failing = store.is_failing
        self.touched = store.touched
        self.compressed = Large
        self.restored = store.restored
        self.sealing = store.sealing

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row, not before somebody asks."""
        self._rows.setdefault(sql, []).extend(rows)

    def soon(self, work: Callable[[], None]) -> None:
        """Do some work that writes, not before somebody asks."""
        self._work.append(work)

    def counted(self, counter: str) -> int:
        """The next number of a counter. The first one takes its row, and with it the right to count."""
        number = self._counters.get(counter)
        if number is None:
            number = self._store.counted(counter)
        else:
            number += 1
            self._counted.add(counter)
        self._counters[counter] = number
        return number

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> object:
        """Run one statement, after all that waits."""
        self.flush()
        # It may be one that sets a counter.
        self._counters.clear()
        return self._store.execute(sql, self._small([[parameters]])[0][0])

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        self.flush()
        return self._store.rows(sql, parameters)

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query one after the other."""
        self.flush()
        return self._store.each(sql, parameters)

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, if there is one."""
        self.flush()
        return self._store.row(sql, parameters)

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        self.flush()
        return self._store.value(sql, parameters)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """A step of the transaction: all of it or nothing, of what waits too."""
        self.flush()
        with self._store.atomic():
            try:
                yield
                self.flush()
            except BaseException:
                self._rows.clear()
                self._work.clear()
                self._counters.clear()
                self._counted.clear()
                raise

    def flush(self) -> None:
        """Write all that waits."""
        works, self._work = self._work, []
        for work in works:
            work()
        if self._counted:
            numbers = [(self._counters[counter], counter) for counter in sorted(self._counted)]
            self._counted.clear()
            self._store.execute_many("UPDATE counter SET value = ? WHERE name = ?", numbers)
        if self._rows:
            waiting, self._rows = self._rows, {}
            for sql, rows in zip(waiting, self._small(list(waiting.values())), strict=True):
                self._store.execute_many(sql, rows)

    def _small(self, several: Sequence[Sequence[Sequence[Any]]]) -> list[list[Sequence[Any]]]:
        """The same rows with every large value made small, all of them in one call."""
        large = [value for rows in several for row in rows if _is_large(row) for value in row if type(value) is Large]
        small = iter(self._store.compressed_many(large) if large else ())
        return [[_with(row, small) if _is_large(row) else row for row in rows] for rows in several]


def _is_large(row: Sequence[Any]) -> bool:
    return Large in map(type, row)


def _with(row: Sequence[Any], small: Iterator[bytes]) -> Sequence[Any]:
    return [next(small) if type(value) is Large else value for value in row]
