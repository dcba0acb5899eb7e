"""Which contestant runs how, at which sizes: a list that is run from top to bottom.

Not here: what each one does (clients/, floors.py) and how the figures are told (report.py).
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.sync.packages import Packages

# Beyond these they do not finish within minutes, or not at all; the largest size at which each is asked. PEERS=all asks
# the peers that can for any size: half an hour for 100,000 records.
DOCUMENT_PER_RECORD_MAX = 1_000
PEERS_MAX = 10_000
SERVER = (sys.executable, "-m", "bench.sync.server")


@dataclass(frozen=True)
class Run:
    """One run of one contestant in a folder of its own.

    command  of the client, which is given one JSON object; `server` is the command of its server, before the folder
    again    measured again in every round; the others once
    """

    name: str
    count: int
    command: tuple[str, ...]
    server: tuple[str, ...] = ()
    given: dict[str, Any] = field(default_factory=dict)
    seconds_max: int = 240
    again: bool = True
    needs: tuple[str, ...] = ("node",)


def runs(counts: list[int], packages: Packages, peers_max: int = PEERS_MAX) -> Iterator[Run]:
    """Every run of one round. Those that are compared stand next to each other, so that they share a mood.

    peers_max  the largest size at which peers are asked; with more records ours and the floors run alone, and once
    """

    def node(script: str) -> tuple[str, ...]:
        return ("node", "--max-old-space-size=8000", str(packages.clients / script))

    def served(script: str) -> tuple[str, ...]:
        return ("node", str(packages.clients / script))

    python = (sys.executable, "-m", "bench.sync.floors")
    pycrdt = (str(packages.python), str(packages.clients / "pycrdt_server.py"))
    for count in counts:
        large = 60 if count <= 10_000 else 900
        back = {"back_at_once": count == max(size for size in counts if size <= 10_000 or size == min(counts))}
        again = count <= PEERS_MAX
        for floor, what in (("rows", "rows in SQLite"), ("log", "log over HTTP"), ("merge", "log and merge over HTTP")):
            given = {"floor": floor, "batch": 100}
            yield Run(f"floor: {what}", count, python, (), given, 240 + large, again, needs=())
        yield Run("Doorstep", count, node("doorstep_run.mjs"), SERVER, back, 240 + large, again)
        if count <= peers_max:
            yield Run("PouchDB", count, node("pouch.mjs"), served("pouch_server.cjs"), seconds_max=120 + large)
            big = {"layout": "big"}
            script = served("hocuspocus_server.mjs")
            yield Run("Hocuspocus, one document", count, node("hocuspocus.mjs"), script, big, 120 + large)
            yield Run(
                "pycrdt-websocket, one document",
                count,
                node("pycrdt.mjs"),
                pycrdt,
                {},
                120 + large,
                needs=("node", "python"),
            )
        yield Run("floor: gzipped JSON", count, node("json_floor.mjs"), again=again)
        if count <= DOCUMENT_PER_RECORD_MAX:
            docs = {"layout": "docs"}
            script = served("hocuspocus_server.mjs")
            yield Run("Hocuspocus, document per record", count, node("hocuspocus.mjs"), script, docs, 120, again=False)
            script = served("automerge_server.mjs")
            yield Run("automerge-repo", count, node("automerge.mjs"), script, {}, 150, again=False)
    yield Run("64 pushers, kill -9", 1_000, node("doorstep_crash.mjs"), SERVER, {}, 300, again=False)
