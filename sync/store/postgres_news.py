"""News between the processes that share a PostgreSQL, by its own LISTEN and NOTIFY: scopes, and nothing else.

Not here: who is told (server/notifier.py). Nothing depends on it: what is lost costs a poke, and no device a record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import psycopg

from sync.store.postgres import CONNECT_SECONDS_MAX, told

CHANNEL = "doorstep"
# PostgreSQL refuses 8,000.
MESSAGE_BYTES_MAX = 7_500


class PostgresNews:
    """One connection, to tell or to listen; the interface is described in store.py."""

    def __init__(self, url: str) -> None:
        with told():
            self._connection = psycopg.connect(
                url, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX, application_name="doorstep news"
            )
            # A poke need not survive a power cut, and no commit of a push shall wait for it.
            self._connection.execute("SET synchronous_commit = off")

    def tell(self, name: str, scopes: Sequence[str]) -> None:
        """Tell all who listen; `name` is of who tells."""
        for message in messages(name, scopes):
            with told():
                self._connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, message))

    def listen(self) -> None:
        """Hear from now on what is told."""
        with told():
            self._connection.execute(f"LISTEN {CHANNEL}".encode())

    def heard(self, seconds_max: float) -> Iterator[tuple[str, list[str]]]:
        """Who told, and of which scopes, as it comes in within so many seconds."""
        with told():
            for notice in self._connection.notifies(timeout=seconds_max):
                name, *scopes = json.loads(notice.payload)
                yield name, scopes

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def messages(name: str, scopes: Sequence[str]) -> Iterator[str]:
    """The scopes in as few messages as PostgreSQL takes: JSON, [name, scope, ...]."""
    waiting: list[str] = []
    for scope in scopes:
        if waiting and len(json.dumps([name, *waiting, scope])) > MESSAGE_BYTES_MAX:
            yield json.dumps([name, *waiting])
            waiting = []
        waiting.append(scope)
    if waiting:
        yield json.dumps([name, *waiting])
