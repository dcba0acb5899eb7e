"""Whatever order it arrives in, what people did comes to the same certified hours, none of them twice; and the judge
finds each planted bug.

Not here: the world of a seed (hours_simulation.py), the judgement (hours_oracle.py). One seed: pytest --seed N, and its
shortest story: python -m tests.sync.hours_simulation N
"""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sync import hour_decisions, hour_rules, hours, push
from tests.sync.hours_simulation import STEPS, failure_of, simulate_hours
from tests.sync.oracle import Violation
from tests.sync.places import InDatabase
from tests.sync.simulate import limited, run_batch
from tests.sync.story import shortest

SEEDS, PORTION = int(os.environ.get("NIGHT_HOURS_SEEDS", "1000")), 100
# What could differ in PostgreSQL is the store alone.
DATABASE_SEEDS = int(os.environ.get("NIGHT_HOURS_DATABASE_SEEDS", "4"))
# A planted bug shows within this many seeds, or the simulation has become too tame.
SEEDS_TO_FIND = 40
# What never happens proves nothing.
WILD = (
    *("sign", "add later", "edit", "note", "correct", "wrong clock", "change rule"),
    *("approve done", "return done", "reject done", "same done", "held let in done"),
    *("approve hours_overlap_certified", "approve hours_second_person", "approve revision_moved"),
    *("held locked", "held date_not_to_come", "held not_permitted"),
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All seeds in portions for several processes, or the one that was asked for."""
    asked = metafunc.config.getoption("--seed")
    if "seeds" in metafunc.fixturenames:
        portions = [range(first, min(first + PORTION, SEEDS)) for first in range(0, SEEDS, PORTION)]
        metafunc.parametrize("seeds", portions if asked is None else [range(asked, asked + 1)], ids=str)


def one(seed: int) -> Any:
    with limited(seed):
        return simulate_hours(seed)


def told(failed: list[tuple[int, str]]) -> str:
    """The failed seeds, and the shortest story of the first."""
    seed, said = failed[0]
    return "\n".join([f"{len(failed)} seeds failed: {[number for number, _ in failed][:40]}", said, *story(seed)])


def story(seed: int) -> list[str]:
    return [*shortest(seed, failure_of, STEPS), f"again: python -m tests.sync.hours_simulation {seed}"]


def test_any_order_of_arrival_comes_to_the_same_certified_hours(seeds: range) -> None:
    total, failed = run_batch(seeds, one)
    assert not failed, told(failed)
    assert len(seeds) < PORTION or [happened for happened in WILD if total[happened] == 0] == []


def test_the_same_in_postgresql(cluster: Any) -> None:
    total, failed = run_batch(
        range(DATABASE_SEEDS), lambda seed: simulate_hours(seed, place=lambda: InDatabase(cluster))
    )
    assert not failed, failed
    assert total["approve done"] > 0


def overlap_not_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hour_decisions, "_overlapped", lambda *_: None)


def correction_beside_its_original(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hours, "STATE", hours.STATE.replace(hours.IS_CORRECTED, "FALSE"))


def rule_reaches_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hours, "rule_on", lambda rules, _: [*rules, hour_rules.FIRST][-2 if rules else 0])


def rounded_up(patch: pytest.MonkeyPatch) -> None:
    honest = hour_rules.minutes_alone

    def minutes_alone(rule: Any, served: Any) -> int:
        return honest(replace(rule, round_to=1), served) + rule.round_to - 1

    patch.setattr(hour_rules, "minutes_alone", minutes_alone)


def way_counted(patch: pytest.MonkeyPatch) -> None:
    honest = hour_rules.minutes_alone
    patch.setattr(hour_rules, "minutes_alone", lambda rule, served: honest(rule, replace(served, travel_minutes=None)))


def waiting_counts_first(patch: pytest.MonkeyPatch) -> None:
    honest = hours.counted
    patch.setattr(hours, "counted", lambda rule, day: honest(rule, [replace(one, is_certified=False) for one in day]))


def changed_still_certified(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        hours,
        "STATE",
        hours.STATE.replace("= 'approved' THEN 'certified'", "IN ('approved', 'changed') THEN 'certified'"),
    )


def rejected_still_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hours, "STATE", hours.STATE.replace("('returned', 'rejected')", "('returned')"))


def repeated_saves_counted_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(push, "rewritten", lambda store, save, before: {name: () for name in save.replaces})


BUGS: list[Callable[[pytest.MonkeyPatch], None]] = [
    overlap_not_refused,
    correction_beside_its_original,
    rule_reaches_back,
    rounded_up,
    way_counted,
    waiting_counts_first,
    changed_still_certified,
    rejected_still_waits,
    repeated_saves_counted_again,
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises((Violation, AssertionError)):
        for seed in range(SEEDS_TO_FIND):
            simulate_hours(seed)
