"""Devices that lie signed in at the centre that nobody changes, for tests that only look: signing in, with the app and
every record brought to the device, takes longer than most looks.

Not here: devices of a test's own (conftest.py), which whatever saves, signs out or dies needs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from e2e.people import Person


class Ready:
    """One device for each person, made when first asked for, lent to one test at a time, and left as it was found."""

    def __init__(self, made: Callable[[str, Path], Person]) -> None:
        self._made = made
        self._lying: dict[str, Person] = {}

    def taken(self, person: str, shots: Path) -> Person:
        """The device as after its first sign-in: online, one page, nothing set."""
        lying = self._lying.pop(person, None)
        return lying.is_taken_up(shots) if lying else self._made(person, shots).signs_in()

    def put_back(self, device: Person) -> None:
        """For the next test. What a failed test has left is not to be given on: let that go instead."""
        device.is_put_down()
        self._lying[device.person] = device

    def close(self) -> None:
        for device in self._lying.values():
            device.gives_up()
