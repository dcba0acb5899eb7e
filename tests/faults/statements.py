"""Somebody who is told of each statement that a store sends, before it runs: to write it down, or to stop there.

Not here: what a test makes of it. The one place that reaches into a store's connection.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sync.store.store import Store

# (sql, rows): one row for `execute`, all of them for `executemany`.
Told = Callable[[str, Sequence[Sequence[Any]]], None]


class Watched:
    """A connection that tells before it does."""

    def __init__(self, connection: Any, told: Told) -> None:
        self._connection = connection
        self._told = told

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        self._told(sql, [parameters])
        return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> Any:
        several = list(rows)
        self._told(sql, several)
        return self._connection.executemany(sql, several)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def watch(store: Store, told: Told) -> Callable[[], None]:
    """Tell of every statement from now on; the answer ends it."""
    connection = store._connection
    store._connection = Watched(connection, told)

    def unwatch() -> None:
        store._connection = connection

    return unwatch
