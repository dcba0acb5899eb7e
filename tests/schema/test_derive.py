"""Calculated values at their edges. Not here: what a kind declares to be calculated (its examples)."""

from typing import Any

import pytest

from schema.derive import derived, minutes_from
from schema.model import Derive

HOURS = Derive("minutes_between", {"from": "a", "to": "b", "less": "c"})


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("00:00", "23:59", 1439),
        ("09:00", "09:01", 1),
        ("09:00", "09:00", None),
        ("09:01", "09:00", None),
        ("2026-11-22T23:59:30Z", "2026-11-23T00:00:00Z", 1),
        ("2026-11-22T23:59:00Z", "2026-11-22T23:59:59Z", None),
        ("2024-02-28T00:00:00Z", "2024-03-01T00:00:00Z", 2880),
        ("09:00", "2026-11-22T10:00:00Z", None),
        (None, "09:00", None),
        (900, 1000, None),
    ],
)
def test_minutes_from_one_moment_to_a_later_one(start: Any, end: Any, minutes: int | None):
    assert minutes_from(start, end) == minutes


@pytest.mark.parametrize(("less", "minutes"), [(None, 150), (0, 150), (150, 0), (151, None), ("ten", 150), (True, 149)])
def test_a_break_is_taken_off(less: Any, minutes: int | None):
    assert derived(HOURS, {"a": "09:00", "b": "11:30", "c": less}) == minutes


def test_without_a_break_declared_nothing_is_taken_off():
    assert derived(Derive("minutes_between", {"from": "a", "to": "b"}), {"a": "09:00", "b": "11:30"}) == 150
