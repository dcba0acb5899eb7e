"""A real server process that is killed between the commit of its n-th push and the answer to it.

Not here: who starts it (test_killed_server.py, cut_server.py). N is a number, `never`, or `lax` for a server that never
dies and never waits for its disk: python -m tests.faults.dying_server N demo --data FOLDER ...
"""

import os
import signal
import sys
from typing import Any

from server.__main__ import main
from sync import push as pushing
from sync.store.sqlite import SqliteStore


def die_after(pushes: int) -> None:
    """Let so many pushes be answered; the next one is committed, and then the process is gone."""
    honest, left = pushing.push, pushes

    def push(*arguments: Any) -> Any:
        nonlocal left
        receipts = honest(*arguments)
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipts

    pushing.push = push


def wait_for_nothing() -> None:
    """Let the store believe that it waits for the disk."""
    honest = SqliteStore._assert_durable

    def assert_durable(store: SqliteStore) -> None:
        honest(store)
        store.execute("PRAGMA synchronous = OFF")

    SqliteStore._assert_durable = assert_durable


if __name__ == "__main__":
    if sys.argv[1] == "lax":
        wait_for_nothing()
    elif sys.argv[1] != "never":
        die_after(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
