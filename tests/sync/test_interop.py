"""The same histories through pycrdt here and Yjs in Node: one record, whichever engine wrote or reads it.

Not here: the phone's own module over Yjs (pwa/tests/sync).
"""

import base64
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc

from schema.model import Claim
from sync.document import Change, _vector, apply, claims_in
from sync.materialise import accepted_of
from sync.pull import Page, RecordState, pull
from tests.centre import claims_of, unpacked
from tests.sync.oracle import plain
from tests.sync.simulation import Simulation

PWA = Path(__file__).resolve().parents[2] / "pwa"
SEEDS = range(1000, 1020)


@dataclass(frozen=True)
class World:
    """One simulated world at rest: the accepted saves of each record, and a supervisor's first pull."""

    histories: dict[str, list[Change]]
    packed: list[list[Any]]
    changed: tuple[RecordState, ...]


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [world(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def compared(worlds) -> list[tuple[list[Change], bytes, dict[str, Any]]]:
    """For each history its changes, the state pycrdt made of them, and what Yjs found."""
    changes = [history for world in worlds for history in world.histories.values()]
    sent, states = [], []
    for history in changes:
        half = len(history) // 2
        state = middle = b""
        for place, change in enumerate(history):
            state = apply(state, change)
            middle = state if place + 1 == half else middle
        states.append(state)
        sent.append(task(history, half, middle, state))
    return list(zip(changes, states, through_yjs(sent), strict=True))


@pytest.fixture(scope="module")
def compared_rows(worlds) -> list[tuple[list[Any], RecordState, dict[str, Any]]]:
    """For each record of a pull: how it was packed, the same record typed, and what Yjs found in its state."""
    pairs = [pair for world in worlds for pair in zip(world.packed, world.changed, strict=True)]
    histories = [world.histories[row.record] for world in worlds for row in world.changed]
    sent = [task(history, 0, b"", row.state) for history, (_, row) in zip(histories, pairs, strict=True)]
    return [(*pair, found) for pair, found in zip(pairs, through_yjs(sent), strict=True)]


def task(history: list[Change], half: int, middle: bytes, whole: bytes) -> dict[str, Any]:
    saves = [
        {
            "client": change.client,
            "set": change.values,
            "replaces": change.replaces,
            "made_at": change.made_at,
            "author": change.author,
        }
        for change in history
    ]
    return {"saves": saves, "half": {"saves": half, "state": text(middle)}, "whole": text(whole)}


def through_yjs(sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    node = shutil.which("node")
    assert node, "node is needed to run Yjs"
    run = subprocess.run(  # noqa: S603
        [node, "tests/interop/replay.mjs"], cwd=PWA, input=json.dumps(sent), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


def world(seed: int) -> World:
    simulation = Simulation(seed)
    simulation.run()
    centre = simulation.centre
    histories: dict[str, list[Change]] = {}
    for entry in centre.log:
        if entry.entry == "save" and entry.status == "accepted":
            save = accepted_of(centre.schema, entry)
            change = Change(save.client, save.values, save.replaces, save.made_at, save.person)
            histories.setdefault(save.record, []).append(change)
    page = pull(centre.store, centre.schema, centre.zhou_hui.me(), {}, None, centre.now)
    assert isinstance(page, Page) and not page.more
    centre.store.close()
    return World(histories, unpacked(page.packed), page.rows)


def text(state: bytes) -> str:
    return base64.b64encode(state).decode("ascii")


def test_a_page_says_of_each_record_what_both_engines_read_in_its_document(compared_rows):
    assert len(compared_rows) > 60
    for (record, *_, saves), row, found in compared_rows:
        said = {f"{claim.field_key}:{claim.save_key}": as_kept(claim) for claim in claims_of(saves)}
        assert record == row.record
        assert plain(said) == plain(claims_in(row.state)) == plain(found["server"]["claims"])


def as_kept(claim: Claim) -> list[Any]:
    return [claim.value, claim.made_at, claim.author]


def test_both_engines_read_the_same_claims_and_nothing_is_pending(compared):
    assert len(compared) > 100
    assert sum(len(changes) > 2 for changes, _, _ in compared) > 30
    for _, state, found in compared:
        ours = plain(claims_in(state))
        for way in ("alone", "after", "server"):
            assert plain(found[way]["claims"]) == ours
            assert not found[way]["pending"]


def test_both_engines_count_the_same_operations_of_each_save(compared):
    for changes, state, found in compared:
        expected = {change.client: len(change.values) for change in changes}
        document = Doc()
        document.apply_update(state)
        assert _vector(document.get_state()) == expected
        for way in ("alone", "after", "server"):
            assert {int(client): count for client, count in found[way]["vector"].items()} == expected


def test_a_state_that_yjs_wrote_is_read_here(compared):
    for _, state, found in compared:
        for way in ("alone", "after"):
            assert plain(claims_in(base64.b64decode(found[way]["state"]))) == plain(claims_in(state))


def test_the_server_goes_on_from_a_state_that_yjs_wrote(compared):
    more = Change(4_294_967_295, {"observation": "再写一句"}, {}, "0000000000009-0000", "zhou_hui")
    for _, state, found in compared:
        theirs = apply(base64.b64decode(found["alone"]["state"]), more)
        assert plain(claims_in(theirs)) == plain(claims_in(apply(state, more)))
