"""The same histories through pycrdt here and Yjs in Node: one record, whichever engine wrote or reads it.

Not here: the phone's own module over Yjs (pwa/tests/sync).
"""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc

from sync.document import Change, _vector, apply, claims_in
from sync.materialise import accepted_of
from tests.sync.oracle import plain
from tests.sync.simulation import Simulation

PWA = Path(__file__).resolve().parents[2] / "pwa"
SEEDS = range(1000, 1020)


@pytest.fixture(scope="module")
def compared() -> list[tuple[list[Change], bytes, dict[str, Any]]]:
    """For each history its changes, the state pycrdt made of them, and what Yjs found."""
    changes = [history for seed in SEEDS for history in histories(seed)]
    sent, states = [], []
    for history in changes:
        half = len(history) // 2
        state = middle = b""
        for place, change in enumerate(history):
            state = apply(state, change)
            middle = state if place + 1 == half else middle
        states.append(state)
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
        sent.append({"saves": saves, "half": {"saves": half, "state": text(middle)}, "whole": text(state)})
    node = shutil.which("node")
    assert node, "node is needed to run Yjs"
    run = subprocess.run(  # noqa: S603
        [node, "tests/interop/replay.mjs"], cwd=PWA, input=json.dumps(sent), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return list(zip(changes, states, json.loads(run.stdout), strict=True))


def histories(seed: int) -> list[list[Change]]:
    """The accepted saves of every record of one simulated world."""
    simulation = Simulation(seed)
    simulation.run()
    found: dict[str, list[Change]] = {}
    for entry in simulation.centre.log:
        if entry.entry == "save" and entry.status == "accepted":
            save = accepted_of(simulation.centre.schema, entry)
            change = Change(save.client, save.values, save.replaces, save.made_at, save.person)
            found.setdefault(save.record, []).append(change)
    simulation.centre.store.close()
    return list(found.values())


def text(state: bytes) -> str:
    return base64.b64encode(state).decode("ascii")


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
