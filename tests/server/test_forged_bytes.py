"""Forged requests and bombs: each is refused for what it is, the server goes on, and what it then holds is what its log
says. `python -m tests.server.fuzz` forges as many as one likes.

Not here: forged saves that are well made (tests/sync/hostile.py), hostile questions (test_registered_operations.py).
"""

from __future__ import annotations

import base64
import gzip
import json
import resource
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from schema.load import load_schema
from sync.document import Change
from sync.materialise import rebuild
from tests.centre import claims_of, unpacked
from tests.server import fuzz
from tests.server.http_world import HOME, PULL, HttpWorld, Phone
from tests.sizes import FORGED
from tests.sync.oracle import plain
from tests.sync.test_interop import as_kept, task, through_yjs

GROWTH_MEBIBYTES_MAX = 64
# Generous: another test may have the processor. What was measured stands in docs/security.md.
SECONDS_MAX = 2.0
MEBIBYTE = 2**20


def test_forged_requests_never_end_the_server_and_leave_only_what_the_log_says(world: HttpWorld) -> None:
    seen = fuzz.run(world, "every run", FORGED)
    assert (seen.failed, seen.slow) == ([], [])
    # The forging reaches every depth: bytes, form, judgement, and now and then nothing that matters was bent.
    assert seen.statuses[400] > 100 and seen.receipts["held"] > 50 and seen.receipts["accepted"] > 10
    store = world.opened()
    assert rebuild(store, load_schema()) == []
    store.close()
    assert [record for record, here, there in read_by_both_engines(world.signs_in("zhou_hui")) if here != there] == []
    li_min = world.signs_in("li_min")
    assert li_min.pushes(li_min.save("household", HOME | {"room": "999"}))[0]["status"] == "accepted"


def read_by_both_engines(phone: Phone) -> list[tuple[str, Any, Any]]:
    """Every record that a person is sent: what the page says of it, and what the app's engine reads in its document."""
    rows: list[list[Any]] = []
    states: list[dict[str, Any]] = []
    cursors, is_more = None, True
    while is_more:
        page = phone.pulls(cursors)
        rows += unpacked(base64.b64decode(page["packed"]))
        states += page["changed"]
        cursors = {one["scope"]: one["cursor"] for one in page["cursors"]}
        is_more = page["more"]
    # It wants a history as well; what comes of this one is not asked.
    history = [Change(1, {"room": "1"}, {}, "0000000000001-0000", "li_min")]
    found = through_yjs([task(history, 0, b"", base64.b64decode(state["state"])) for state in states])
    assert len(rows) == len(states) > 10
    return [
        (
            record,
            plain({f"{claim.field_key}:{claim.save_key}": as_kept(claim) for claim in claims_of(saves)}),
            plain(read["server"]["claims"]),
        )
        for (record, *_, saves), read in zip(rows, found, strict=True)
    ]


def test_the_fuzzer_sees_a_server_that_fails(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a panic")

    monkeypatch.setattr("server.app.operation_of", fails)
    assert fuzz.run(world, "control", 20).failed


def nested(depth: int, inner: str = "1") -> str:
    return "[" * depth + inner + "]" * depth


def zeros(mebibytes: int) -> Iterator[bytes]:
    """A gzip stream of so many zeros, without ever holding them."""
    packer, piece = zlib.compressobj(9, wbits=31), bytes(MEBIBYTE)
    for _ in range(mebibytes):
        yield packer.compress(piece)
    yield packer.flush()


def bombs(phone: Phone, size: int) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """Twenty bombs of one size: 1 is small, 2 is at the edge of what is read, 3 beyond it."""
    much = (10, 1_000, 100_000)[size - 1]

    def of_set(values: Any, **members: Any) -> bytes:
        save: dict[str, Any] = {**phone.save("household", HOME), **members}
        return fuzz.whole({**save, "set": values} if values is not None else save)

    def of_text(text: str) -> bytes:
        return fuzz.whole(phone.save("household", HOME)).replace(b'"502"', text.encode())

    packed = {"content-encoding": "gzip"}
    yield "depth of the body", nested(much * 10).encode(), {}
    yield "depth of a value", of_text(nested(much)), {}
    yield "depth of objects", of_text('{"a":' * much + "1" + "}" * much), {}
    yield "fields of a save", of_set({f"tags.t{i}": True for i in range(65 + much)}), {}
    yield "length of a text", of_set({**HOME, "room": "x" * (200 * much)}), {}
    yield "length of a name", of_set({"x" * (65 + much): 1}), {}
    yield "rows of a field", of_set({f"remarks.{i:08}": {"text": "x"} for i in range(65 + much)}), {}
    yield "keys that are replaced", of_set(None, replaces={"room": [f"k{i}" for i in range(65 + much)]}), {}
    yield "a client number", of_set(None, client=10 ** (10 + min(much, 4_000))), {}
    yield "a negative client number", of_set(None, client=-(10 ** min(much, 4_000))), {}
    yield "a clock in the future", of_set(None, made_at=f"{10**12 * min(much, 10_000):013d}-0001"), {}
    yield "a clock of many digits", of_set(None, made_at="9" * much + "-0001"), {}
    yield "a sequence", of_set(None, device_sequence=10 ** min(much, 4_000)), {}
    yield "a base", of_set(None, base=10 ** (15 + min(much, 4_000))), {}
    yield "digits of a number", of_text("1" + "0" * (5_000 * size)), {}
    yield "a signature", of_set(None, signature="A" * (100 + much)), {}
    yield "an id", of_set(None, id="0" * (40 + much)), {}
    yield "scopes", of_set(None, scopes=[f"person:{i}" for i in range(100 + much)]), {}
    yield "inflating", b"".join(zeros(4 * size * size)), packed
    yield "inflating twice", gzip.compress(b"".join(zeros(8 * size))), packed


@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_bomb_is_refused_and_leaves_no_memory_behind(world: HttpWorld, size: int) -> None:
    li_min = world.signs_in("li_min")
    made = list(bombs(li_min, size))
    assert len(made) == 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, body, headers in made:
        began = time.process_time()
        answer = fuzz.sending(li_min, body, more=headers)()
        assert time.process_time() - began < SECONDS_MAX, name
        assert answer.status_code in (400, 413) or held(answer), (name, answer.text[:300])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown <= GROWTH_MEBIBYTES_MAX, grown
    assert li_min.finds("{ household_list { total } }")["household_list"]["total"] == 0


def held(answer: Response) -> bool:
    """Kept as received and not let in, or sent back to be tried again."""
    pushed = (answer.json().get("data") or {}).get("push") or {}
    return bool(pushed) and all(receipt["status"] != "accepted" for receipt in pushed["receipts"])


def test_many_tiny_pushes_of_one_phone_are_each_answered(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    save = li_min.save("household", HOME)
    for _ in range(100):
        assert li_min.pushes(save)[0]["status"] == "accepted"
    store = world.opened()
    # The same save a hundred times is one entry.
    assert store.value("SELECT count(*) FROM log WHERE entry = 'save'") == 1
    store.close()


def test_more_saves_than_a_push_may_carry_and_more_scopes_than_there_are_are_refused(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    many = [li_min.save("household", HOME)] * 1_000
    body = json.dumps({"query": fuzz.PUSH, "variables": {"saves": many}}).encode()
    assert fuzz.sending(li_min, body)().status_code in (400, 413)
    after = [{"scope": f"person:{i}", "cursor": "0"} for i in range(20_000)]
    answer = li_min.asks(PULL, {"after": after})
    assert answer.status_code in (200, 400) and "home" not in answer.text
