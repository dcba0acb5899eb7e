"""How long an answer takes tells nobody whether a record is there: foreign and absent names are asked for in turns, and
their times compared by Welch's t.

Not here: that the answers are the same bytes (test_canaries.py).
"""

from __future__ import annotations

import hashlib
import random
import statistics
import time
from collections.abc import Iterator

import pytest

from server.auth.person import Asking
from sync import detail
from tests.server.http_world import Phone
from tests.server.small_world import SmallWorld, small_world
from tests.server.test_canaries import DETAIL, is_theirs
from tests.sizes import PAIRS

ASKED = "query($record: ID!) { " + DETAIL.replace('"{id}"', "$record") + " }"
T_MAX = 4.5
# What the machine did besides is left out: the slowest tenth of either.
KEPT_SHARE = 0.9


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWorld]:
    made = small_world(tmp_path_factory.mktemp("small"))
    yield made
    made.world.client.__exit__(None, None, None)


def welch_t(one: list[float], other: list[float]) -> float:
    """How sure one may be that they differ; the faster nine tenths of each are compared."""
    one, other = (sorted(times)[: int(len(times) * KEPT_SHARE)] for times in (one, other))
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return abs(statistics.fmean(one) - statistics.fmean(other)) / float(spread**0.5)


def seconds(phone: Phone, record: str) -> float:
    began = time.perf_counter()
    # As a variable: a text that came before is not read a second time, whatever it asks for.
    answer = phone.asks(ASKED, {"record": record})
    took = time.perf_counter() - began
    assert answer.json()["data"] == {"record_detail": None}, answer.text
    return took


def compared(small: SmallWorld, pairs: int) -> float:
    """The t of so many pairs, asked for in an order drawn by lot."""
    phone, chance = small.asks_as("outreach_worker"), random.Random(13)  # noqa: S311
    foreign = [one.record for one in small.placed if not is_theirs("outreach_worker", one)]
    times: dict[bool, list[float]] = {True: [], False: []}
    for warm in (*foreign, small.world.new_id()):
        seconds(phone, warm)
    for _ in range(pairs):
        for is_there in chance.sample((True, False), 2):
            name = chance.choice(foreign) if is_there else small.world.new_id()
            times[is_there].append(seconds(phone, name))
    return welch_t(times[True], times[False])


def test_a_foreign_name_takes_as_long_as_one_that_does_not_exist(small: SmallWorld) -> None:
    t = compared(small, PAIRS)
    print(f"Welch's t over {PAIRS} pairs: {t:.2f}")
    assert t < T_MAX


def test_an_answer_that_works_longer_where_something_is_there_is_found(
    small: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def laborious(asking: Asking, record: str) -> detail.RecordDetail | None:
        is_there = asking.store.value("SELECT 1 FROM record WHERE record = ?", (record,)) is not None
        hashlib.pbkdf2_hmac("sha256", b"", b"", 30_000 if is_there else 1)
        return None

    monkeypatch.setattr("server.graphql.review.record_detail", laborious)
    assert compared(small, 60) > T_MAX
