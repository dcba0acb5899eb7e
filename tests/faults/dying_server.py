"""Real server processes, one life after the other, that die between the commit of their n-th push and the answer to it.

What a server needs is imported once, and every life is a process of its own that begins there: two hundred of them
would spend most of their time reading modules. Not here: who starts them (test_killed_server.py, cut_server.py).

Each line read is a life, in JSON: [N, "demo", "--data", FOLDER, ...]; N is a number, `never`, or `lax` for one that
never dies and never waits for its disk. Told of each is "life ID", and "ended" when it has.
"""

import json
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


def live(way: str, words: list[str]) -> int:
    """One life; its exit status."""
    if way == "lax":
        wait_for_nothing()
    elif way != "never":
        die_after(int(way))
    return main(words)


if __name__ == "__main__":
    life = 0
    for line in sys.stdin:
        if life:
            os.waitpid(life, 0)
        way, *words = json.loads(line)
        life = os.fork()
        if life == 0:
            print(f"life {os.getpid()}", flush=True)
            os._exit(live(way, words))
        # Left unburied until the next line comes: until then no other process gets its number.
        os.waitid(os.P_PID, life, os.WEXITED | os.WNOWAIT)
        print("ended", flush=True)
