"""The homes that are asked afterwards how it was: out of whom they are drawn, and in which strata.

Not here: drawing itself (drawing.py), writing the sample down, and giving each home to somebody (server/follow_ups.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync import drawing
from sync.drawing import months_of
from sync.store.store import Store

# Source: the share is not named in the rules (002 §13); one home in ten, five at least, and every vulnerable home that
# was visited for the first time. What a sample was drawn by stands in it.
PERCENT = 10
LEAST = 5
FIRST_VULNERABLE = "first_vulnerable"


@dataclass(frozen=True)
class Served:
    """A home that a team met somebody of in a month: the last such visit, and everybody who served there."""

    household: str
    visit: str
    worker: str
    servants: frozenset[str]
    is_first_vulnerable: bool


def served_in(store: Store, centre: str, team: str, month_on: date) -> list[Served]:
    """The homes of a team that were met in a month, by their ids."""
    first, after = months_of(month_on)
    rows = store.rows(
        "SELECT v.household, v.record, v.assigned_to, r.own, v.visited_on FROM home_visit v"
        " JOIN record r ON r.record = v.record WHERE r.centre = ? AND r.team = ? AND v.visited_on < ?"
        " AND v.outcome IN ('met_person', 'met_family') ORDER BY v.visited_on, v.record",
        (centre, team, after.isoformat()),
    )
    before: set[str] = set()
    visits: dict[str, list[tuple[str, str, set[str]]]] = {}
    for household, visit, worker, own, visited_on in rows:
        if visited_on < first.isoformat():
            before.add(household)
        else:
            people = {worker, *(json.loads(own) if isinstance(own, str) else own or ())}
            visits.setdefault(household, []).append((visit, worker, people))
    vulnerable = _vulnerable(store, centre, team)
    return [
        Served(
            household=household,
            visit=several[-1][0],
            worker=several[-1][1],
            servants=frozenset(person for _, _, people in several for person in people),
            is_first_vulnerable=household in vulnerable and household not in before,
        )
        for household, several in sorted(visits.items())
    ]


def _vulnerable(store: Store, centre: str, team: str) -> set[str]:
    rows = store.rows(
        "SELECT p.household, p.vulnerabilities FROM resident p JOIN record r ON r.record = p.record"
        " WHERE r.centre = ? AND r.team = ? AND p.vulnerabilities IS NOT NULL",
        (centre, team),
    )
    return {household for household, kept in rows if any(_read(kept).values())}


def _read(kept: str | Mapping[str, bool]) -> Mapping[str, bool]:
    found: Mapping[str, bool] = json.loads(kept) if isinstance(kept, str) else kept
    return found


def strata_of(served: Sequence[Served]) -> dict[str, list[str]]:
    """The homes by stratum: those that are all asked, then by who was there last."""
    found: dict[str, list[str]] = {}
    for one in served:
        found.setdefault(FIRST_VULNERABLE if one.is_first_vulnerable else one.worker, []).append(one.household)
    return {name: sorted(found[name]) for name in sorted(found)}


def draw(strata: Mapping[str, Sequence[str]], seed: str, percent: int, least: int) -> dict[str, list[str]]:
    """The homes drawn of each stratum, as `sync.drawing.draw` draws; those of a first visit are all asked."""
    return drawing.draw(strata, seed, percent, least, whole=(FIRST_VULNERABLE,))
