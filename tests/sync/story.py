"""The shortest story of a failing seed: which of its steps are enough for the same promise to break.

Not here: the steps (simulation.py).
"""

from collections.abc import Callable, Sequence

from tests.sync.simulation import STEPS, Simulation

TRIES_MAX = 150


def failure_of(seed: int, steps: Sequence[int]) -> tuple[str, list[str]] | None:
    """What breaks when a seed takes only these steps, and what happened until then; None when all promises hold."""
    simulation = Simulation(seed, steps)
    try:
        simulation.run()
    except Exception as error:
        return _name_of(error), [*simulation.story, f"=> {type(error).__name__}: {error}"]
    finally:
        simulation.close()
    return None


def _name_of(error: Exception) -> str:
    """The promise, or the kind of error: what stays the same when the story gets shorter."""
    return f"{type(error).__name__} {str(error).partition(':')[0]}"


def shortest(
    seed: int,
    fails: Callable[[int, Sequence[int]], tuple[str, list[str]] | None] = failure_of,
    steps_of_seed: int = STEPS,
) -> list[str]:
    """The lines of the shortest story found; empty when the seed does not fail.

    Halves of the steps are left out, then quarters, then single ones, as long as the same promise breaks.
    """
    steps = list(range(steps_of_seed))
    found = fails(seed, steps)
    if found is None:
        return []
    name, story = found
    tries, size = 0, len(steps) // 2
    while size and tries < TRIES_MAX:
        start = 0
        while start < len(steps) and tries < TRIES_MAX:
            fewer = steps[:start] + steps[start + size :]
            tries += 1
            found = fails(seed, fewer)
            if found is not None and found[0] == name:
                steps, story = fewer, found[1]
            else:
                start += size
        size //= 2
    return [f"{len(steps)} of {steps_of_seed} steps are enough: {steps}", *story]
