"""The floors: what the same bytes cost when nothing is asked of them. No product could be below these on this machine.

Not here: what the product or its peers take, and the floor of a first sync (clients/json_floor.mjs). Three floors of a
push: `rows` in SQLite in one process, the same over HTTP (`log`), and over HTTP with a CRDT document merged for each
record and nothing checked (`merge`). Run with one JSON object as argument; prints one line `RESULT {...}`.
"""

import http.client
import json
import os
import signal
import socket
import sqlite3
import struct
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn
from pycrdt import Doc, Map, Text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Rows = list[tuple[str, bytes]]


def main() -> None:
    given = json.loads(sys.argv[1])
    lines = Path(given["records"]).read_text("utf-8").splitlines()[: given["count"]]
    records = [json.loads(line) for line in lines]
    folder, batch = Path(given["data"]), given["batch"]
    rows = [(record["id"], update_of(record)) for record in records]
    batches = [rows[start : start + batch] for start in range(0, len(rows), batch)]
    name = given["floor"]
    seconds = in_this_process(folder, batches) if name == "rows" else over_http(folder, batches, name == "merge")
    up = sum(len(update) for _, update in rows) / len(rows)
    print("RESULT " + json.dumps({"push_s": seconds, "push_up": up, "disk": disk(folder) / len(rows)}), flush=True)


def update_of(record: dict[str, Any]) -> bytes:
    """A record as one Yjs v1 update, which is what a CRDT server is sent."""
    document = Doc()
    fields = document.get("record", type=Map)
    with document.transaction():
        for name, value in record.items():
            if name != "id":
                fields[name] = Text(value) if name == "narrative" else value
    return document.get_update()


class Floor:
    """A log of updates in SQLite, durable at each commit; with `merges` also a document and a view of each record."""

    def __init__(self, folder: Path, merges: bool) -> None:
        self._store = sqlite3.connect(folder / "floor.sqlite", isolation_level=None, check_same_thread=False)
        self._merges = merges
        self._store.execute("PRAGMA journal_mode = WAL")
        self._store.execute("PRAGMA synchronous = FULL")
        self._store.execute("CREATE TABLE log (position INTEGER PRIMARY KEY, record TEXT NOT NULL, body BLOB NOT NULL)")
        self._store.execute("CREATE INDEX log_record ON log (record)")
        self._store.execute("CREATE TABLE record (record TEXT PRIMARY KEY, state BLOB, view TEXT) WITHOUT ROWID")

    def keep(self, rows: Rows) -> None:
        """One batch in one durable commit."""
        self._store.execute("BEGIN IMMEDIATE")
        self._store.executemany("INSERT INTO log (record, body) VALUES (?, ?)", rows)
        if self._merges:
            merged = [self._merged(record, update) for record, update in rows]
            self._store.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", merged)
        self._store.execute("COMMIT")

    def _merged(self, record: str, update: bytes) -> tuple[str, bytes, str]:
        document = Doc()
        before = self._store.execute("SELECT state FROM record WHERE record = ?", (record,)).fetchone()
        if before:
            document.apply_update(before[0])
        document.apply_update(update)
        view = document.get("record", type=Map).to_py()
        return record, document.get_update(), json.dumps(view, ensure_ascii=False)

    def close(self) -> None:
        self._store.close()


def in_this_process(folder: Path, batches: list[Rows]) -> float:
    """Seconds for the same bytes into SQLite, one durable commit a batch."""
    floor = Floor(folder, merges=False)
    started = time.perf_counter()
    for rows in batches:
        floor.keep(rows)
    seconds = time.perf_counter() - started
    floor.close()
    return seconds


def over_http(folder: Path, batches: list[Rows], merges: bool) -> float:
    """Seconds for the same over HTTP: one server process, binary bodies, one batch after the other."""
    bodies = [b"".join(id.encode() + struct.pack("<I", len(body)) + body for id, body in rows) for rows in batches]
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        serve(Floor(folder, merges), telling)
    port = int(os.read(reading, 16))
    try:
        return posted(port, bodies)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def serve(floor: Floor, telling: int) -> None:
    """Serve one floor until the process is killed; its port goes into the pipe once it listens."""

    async def push(request: Request) -> Response:
        floor.keep(unframed(await request.body()))
        return Response(b"kept")

    listening = socket.create_server(("127.0.0.1", 0))
    os.write(telling, str(listening.getsockname()[1]).encode())
    app = Starlette(routes=[Route("/push", push, methods=["POST"])])
    uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off")).run(sockets=[listening])


def unframed(body: bytes) -> Rows:
    """The updates of one body: 36 characters of id, four bytes of length, the update, and so on."""
    rows, at = [], 0
    while at < len(body):
        (length,) = struct.unpack_from("<I", body, at + 36)
        rows.append((body[at : at + 36].decode(), body[at + 40 : at + 40 + length]))
        at += 40 + length
    return rows


def posted(port: int, bodies: list[bytes]) -> float:
    """Seconds until the last body was answered, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    for body in bodies:
        connection.request("POST", "/push", body)
        if connection.getresponse().read() != b"kept":
            raise RuntimeError("the floor did not keep a batch")
    return time.perf_counter() - started


def disk(folder: Path) -> int:
    """Bytes of the store with its write-ahead log folded in."""
    store = sqlite3.connect(folder / "floor.sqlite")
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return (folder / "floor.sqlite").stat().st_size


if __name__ == "__main__":
    main()
