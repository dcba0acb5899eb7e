"""News between processes on one PostgreSQL survive the loss of every connection that carries them.

Not here: who is told what (test_poke.py), and whole processes (test_several_processes.py).
"""

from __future__ import annotations

import asyncio

import pytest

from server import notifier
from server.notifier import BetweenProcesses, InProcess
from tests.postgres import Cluster

SCOPES = frozenset(("team:heping_1:supervisor",))
SECONDS_MAX = 20


def test_who_listens_over_a_connection_that_is_cut_is_told_again_and_misses_nothing(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifier, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(notifier, "HEARD_SECONDS", 0.05)
    place = cluster.emptied()
    listens, tells = BetweenProcesses(place, InProcess()), BetweenProcesses(place, InProcess())

    async def story() -> None:
        with listens.listener() as waiting, tells.listener() as other:
            waiting.scopes = SCOPES
            for one, its in ((listens, waiting), (tells, other)):
                one.start()
                assert await its.wait(SECONDS_MAX), "it listens, and does not know what was told before"
            tells.tell(SCOPES)
            assert await waiting.wait(SECONDS_MAX)
            cut_all(cluster)
            assert await waiting.wait(SECONDS_MAX), "it listens again, and does not know what was told meanwhile"
            # The connection to tell by was cut too: what is told over it is lost, and the next is told over a new one.
            for _ in range(2):
                tells.tell(SCOPES)
            assert await waiting.wait(SECONDS_MAX)
        for one in (listens, tells):
            await asyncio.to_thread(one.close)

    asyncio.run(story())


def cut_all(cluster: Cluster) -> None:
    """End every connection for news, as a database does that is started anew."""
    with cluster.as_superuser("postgres") as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doorstep news'"
        ).fetchall()
    assert len(cut) == 3, "two that listen, and one that tells"
