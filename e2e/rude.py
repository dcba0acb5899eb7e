"""A network that is rude: what it does to the questions of a sync, at random from a seed. None of it may be taken by a
device for the end of anything.

Not here: carrying it out (network.py), and the faults that a test asks for by name.
"""

from __future__ import annotations

import json
import os
import random

# `make e2e RUDE=7` gives every browser of the whole suite a rude network; None leaves it to the tests.
SEED = os.environ.get("RUDE") or None
# Of a hundred questions so many meet each of these.
OF_A_HUNDRED = {
    "busy": 3, "too_many": 2, "failed": 2, "page": 2, "cut_short": 2, "expired": 2,
    "slow": 3, "lost_request": 2, "lost_reply": 2, "repeated": 3,
}  # fmt: skip
# A file's pieces go by a protocol of their own, in which the centre's word that a session is over comes otherwise.
OF_FILES = ("busy", "failed", "slow", "lost_request", "lost_reply")
# After each of them so many questions pass: one meeting has four, and what never comes to an end proves nothing.
PASS_AFTER = 4
SLOW_SECONDS = 1.5
PAGE = b"<!doctype html><title>Gateway</title><h1>Please stand by</h1>"


def _told(code: str) -> bytes:
    return json.dumps({"errors": [{"message": code, "extensions": {"code": code}}]}).encode()


# Status, media type, seconds to wait (None says nothing) and body of what is answered in the centre's place.
ANSWERS: dict[str, tuple[int, str, int | None, bytes]] = {
    "busy": (503, "application/json", 1, _told("busy")),
    "too_many": (429, "text/html", 1, PAGE),
    "failed": (500, "application/json", None, _told("failed")),
    "page": (200, "text/html", None, PAGE),
    "expired": (401, "application/json", None, _told("not_signed_in")),
}


class Rudeness:
    """The moods of one network; the same seed has the same moods for the same order of questions."""

    def __init__(self, seed: str, more: int = 1) -> None:
        """`more` times as rude as usual."""
        self.shown: list[tuple[str, str]] = []
        """What it did, oldest first: to which question, and what."""
        self._draw = random.Random(seed)  # noqa: S311
        self._rest = PASS_AFTER
        self._weights = {fate: weight * more for fate, weight in OF_A_HUNDRED.items()}

    def fate_of(self, question: str) -> str:
        """What happens to the next question: push, pull, news, who or file."""
        self._rest -= 1
        if self._rest >= 0:
            return "passed"
        passes = max(0, 100 - sum(self._weights.values()))
        fate = self._draw.choices(["passed", *self._weights], [passes, *self._weights.values()])[0]
        if fate == "passed" or (question == "file" and fate not in OF_FILES):
            return "passed"
        self._rest = PASS_AFTER
        self.shown.append((question, fate))
        return fate
