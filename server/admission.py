"""Who is let in when more ask at once than can be answered soon: the others are told at once when there will be room
for them, instead of waiting until they give up.

Not here: that a phone obeys, and spreads itself over half as long again (the problem `busy` and its Retry-After).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from schema.model import Problem
from server.errors import Refusal

# Asked by devices of their own accord, which come again when they are told to. People at a desk are never sent away.
PATIENT = frozenset(("push", "pull", "news"))
# Whoever is let in waits about so long; the answer itself comes on top.
WAIT_SECONDS_MAX = 1.0
COME_AGAIN_SECONDS_MAX = 300
# What remains of the answers before in the estimate, at each answer: that of the page of a first sync and that of the
# news of a minute differ tenfold.
REMAINS = 0.9


@dataclass
class Line:
    """Those who wait for one kind of work. Used in the event loop alone.

    guessed  seconds that one unit of weight takes, until enough was measured
    weight   of all who are let in and not answered yet
    clock    seconds that only rise
    """

    guessed: float
    weight: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _measured: float = field(default=0.0, init=False)
    _weighed: float = field(default=1.0, init=False)
    _promised: float = field(default=0.0, init=False)
    _answered: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._measured = self.guessed

    @property
    def seconds(self) -> float:
        """That one unit of weight takes."""
        return self._measured / self._weighed

    @contextmanager
    def place(self, weight: float, is_patient: bool) -> Iterator[None]:
        """A place in the line until the work is done; raises Refusal busy with the seconds after which there is room.

        weight  of the work, in units that take about as long as one another
        """
        ahead, began = self.weight * self.seconds, self.clock()
        if is_patient and ahead > WAIT_SECONDS_MAX:
            # Each of those sent away is given a time of its own, so that they do not all come back at once.
            self._promised = max(self._promised, began + ahead) + weight * self.seconds
            seconds = min(math.ceil(self._promised - began), COME_AGAIN_SECONDS_MAX)
            raise Refusal(Problem("busy"), headers={"retry-after": str(seconds)})
        self.weight += weight
        try:
            yield
        finally:
            # From when it could begin: what was ahead of it had the time before.
            answered = self.clock()
            took = answered - max(began, self._answered)
            self._answered = answered
            self.weight -= weight
            self._measured = REMAINS * self._measured + took
            self._weighed = REMAINS * self._weighed + weight


@dataclass
class Admission:
    """The lines of one server process."""

    writes: Line = field(default_factory=lambda: Line(guessed=0.0012))
    reads: Line = field(default_factory=lambda: Line(guessed=0.005))
