"""`python -m tests.sync.simulate`: one seed again with its story, or as many as a night has time for.

Not here: what a seed does (simulation.py).
"""

import argparse
import faulthandler
import gc
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context

from tests.sync.simulation import simulate
from tests.sync.story import shortest

# Seeds that one worker takes at a time: small enough that both cores end together.
BATCH = 25
# A seed takes less than a second, on the busiest machine a few.
SEED_SECONDS_MAX = 60.0

Outcome = tuple[Counter[str], list[tuple[int, str]]]


def run_batch(seeds: range, simulated: Callable[[int], Counter[str]] = simulate) -> Outcome:
    """The counts of some seeds, and those that failed with what was said."""
    total: Counter[str] = Counter()
    failed = []
    # What is there before the first seed stays: the collector need not look through it again and again.
    gc.freeze()
    for seed in seeds:
        try:
            total += simulated(seed)
        except Exception as error:
            failed.append((seed, f"{type(error).__name__}: {error}"))
    gc.unfreeze()
    return total, failed


@contextmanager
def limited(seed: int, seconds: float = SEED_SECONDS_MAX) -> Iterator[None]:
    """End the process where a seed takes longer, and say which and where: what waits in the database hears nothing."""

    def end() -> None:
        print(f"seed {seed}: hangs, for {seconds:g} s by now", file=sys.stderr, flush=True)
        faulthandler.dump_traceback()
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def simulate_limited(seed: int) -> Counter[str]:
    """Run one seed; the tests have a limit of their own."""
    with limited(seed):
        return simulate(seed)


def run_many(first: int, count: int, workers: int | None = None) -> Outcome:
    """Run seeds on all cores; what happened in all of them, and the failed ones in order."""
    total: Counter[str] = Counter()
    failed: list[tuple[int, str]] = []
    batches = [range(start, min(start + BATCH, first + count)) for start in range(first, first + count, BATCH)]
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(run_batch, batch, simulate_limited) for batch in batches]):
            counts, wrong = done.result()
            total += counts
            failed += wrong
            for seed, said in wrong:
                print(f"seed {seed}: {said[:300]}", file=sys.stderr, flush=True)
    return total, sorted(failed)


def first_failure(seeds: range) -> str | None:
    """What the first failing seed says, without its story."""
    for seed in seeds:
        _, failed = run_batch(range(seed, seed + 1), simulate_limited)
        if failed:
            return f"seed {seed}: {failed[0][1]}"
    return None


def explained(failed: list[tuple[int, str]]) -> str:
    """The failed seeds, and the shortest story of the first."""
    seed, said = failed[0]
    lines = [f"{len(failed)} seeds failed: {[number for number, _ in failed][:40]}", said, *shortest(seed)]
    return "\n".join([*lines, f"again: python -m tests.sync.simulate --seed {seed}"])


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.sync.simulate")
    asked.add_argument("--seed", type=int, help="one seed, with its shortest story when it fails")
    asked.add_argument("--seeds", type=int, default=1000, help="how many seeds")
    asked.add_argument("--first", type=int, default=0, help="the first seed")
    asked.add_argument("--until-failure", action="store_true", help="stop at the first seed that fails")
    asked.add_argument("--workers", type=int, help="processes; all cores when not said")
    said = asked.parse_args()
    if said.seed is not None:
        story = shortest(said.seed)
        print("\n".join(story) if story else f"seed {said.seed}: every promise kept")
        sys.exit(bool(story))
    if said.until_failure:
        sys.exit(first_failure(range(said.first, said.first + said.seeds)))
    began = time.perf_counter()
    total, failed = run_many(said.first, said.seeds, said.workers)
    print(f"{said.seeds} seeds from {said.first} in {time.perf_counter() - began:.1f} s, {len(failed)} failed")
    for name, number in sorted(total.items()):
        print(f"{number:9} {name}")
    if failed:
        sys.exit(explained(failed))


if __name__ == "__main__":
    main()
