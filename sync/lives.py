"""Whether a device lives twice: a cloned profile, or a phone that was put back to a copy of itself. Both give out the
same numbers again, and nothing of either is lost by it; but each should be a device of its own.

Not here: what a phone does about it (pwa/src/auth), and client numbers, which are drawn afresh for every save anyway.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sync.people import device_of
from sync.store.store import Store

# Numbers that have not come are kept as stretches; with more of them, neighbours are taken together. What lies between
# is then not noticed, and nobody is ever told of a second life that is none.
STRETCHES_MAX = 32
# How often a device may follow on another before nobody looks back any further.
FOLLOWED_MAX = 8


@dataclass
class Life:
    """The numbers of its saves that one device has used up; `missing` are those below `newest` that have not come."""

    newest: int = 0
    missing: list[tuple[int, int]] = field(default_factory=list)
    twice_at: str | None = None

    def uses(self, number: int) -> bool:
        """Take note of the number of one more save; whether it was still free."""
        if number > self.newest:
            if number > self.newest + 1:
                self._misses(self.newest + 1, number - 1)
            self.newest = number
            return True
        for place, (low, high) in enumerate(self.missing):
            if low <= number <= high:
                left = [(low, number - 1), (number + 1, high)]
                self.missing[place : place + 1] = [(first, last) for first, last in left if first <= last]
                self._bound()
                return True
        return False

    def note(self, number: int, at: str) -> None:
        """Take note of the number of one more save that was read; a number that comes again tells of a second life."""
        # 0 is no number: whoever does not count (a release, a script) is not suspected.
        if number > 0 and not self.uses(number) and self.twice_at is None:
            self.twice_at = at

    def _misses(self, low: int, high: int) -> None:
        self.missing.append((low, high))
        self._bound()

    def _bound(self) -> None:
        while len(self.missing) > STRETCHES_MAX:
            (low, _), (_, high) = self.missing[:2]
            self.missing[:2] = [(low, high)]


def life_of(store: Store, device: str) -> Life:
    """What is known of the numbers of a device."""
    found = store.row("SELECT newest, missing, twice_at FROM device_life WHERE device = ?", (device,))
    if found is None:
        return Life()
    return Life(found[0], [(low, high) for low, high in json.loads(found[1])], found[2])


def keep_life(store: Store, device: str, life: Life) -> None:
    """Keep it for the next push."""
    store.execute_many(
        "INSERT INTO device_life VALUES (?, ?, ?, ?, NULL) ON CONFLICT (device) DO UPDATE"
        " SET newest = excluded.newest, missing = excluded.missing, twice_at = excluded.twice_at",
        [(device, life.newest, json.dumps(life.missing), life.twice_at)],
    )


def follow_on(store: Store, device: str, before: str) -> None:
    """A new device goes on where another of the same person was: what that one had sealed is taken from it too."""
    store.execute(
        "INSERT INTO device_life VALUES (?, 0, '[]', NULL, ?)"
        " ON CONFLICT (device) DO UPDATE SET follows = excluded.follows",
        (device, before),
    )


def devices_followed(store: Store, device: str) -> list[str]:
    """A device and those that it follows on and whose outbox it has, the nearest first."""
    found = [device]
    while len(found) <= FOLLOWED_MAX:
        before = store.value("SELECT follows FROM device_life WHERE device = ?", (found[-1],))
        if not before:
            break
        found.append(str(before))
    return found


def keys_before(store: Store, person: str, device: str) -> list[bytes]:
    """The public keys of the devices that this one follows on, the nearest first; none of a revoked one or beyond."""
    keys: list[bytes] = []
    while len(keys) < FOLLOWED_MAX:
        device = str(store.value("SELECT follows FROM device_life WHERE device = ?", (device,)) or "")
        found = device_of(store, device) if device else None
        if found is None or found[0] != person:
            break
        keys.append(found[1])
    return keys
