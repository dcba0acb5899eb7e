"""The certified hours of a month out of which some are checked: in which strata, and who had a hand in each.

Not here: drawing itself (drawing.py), writing the sample down, and giving each entry to somebody
(server/hour_checks.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync import drawing, log
from sync.drawing import months_of
from sync.store.store import Store

# Source: no share is named in the rules; one entry in twenty, three at least, and one at least of every stratum. What a
# sample was drawn by stands in it.
PERCENT = 5
LEAST = 3
EACH = 1
# Of an id of 36 characters these are drawn by chance: enough to tell the entries of a centre apart, and short enough
# that a month of some thousands fits into one record.
TAIL_CHARACTERS = 12
# A row of the sample holds so many of them; its text may be 20,000 characters long.
PART_ENTRIES_MAX = 1500


@dataclass(frozen=True)
class CertifiedEntry:
    """An entry that is certified, and everybody who has something to do with it."""

    entry: str
    volunteer: str
    stratum: str
    hands: frozenset[str]

    @property
    def tail(self) -> str:
        """What of its id the sample keeps."""
        return self.entry[-TAIL_CHARACTERS:]


def certified_in(store: Store, centre: str, month_on: date) -> list[CertifiedEntry]:
    """The entries of a month that count, by their ids."""
    first, after = months_of(month_on)
    rows = store.rows(
        "SELECT h.record, h.volunteer, CASE WHEN h.corrects IS NULL AND h.over_reason IS NULL THEN h.provenance"
        " ELSE 'with_reason' END FROM hour_count c JOIN hour_entry h ON h.record = c.record"
        " WHERE c.centre = ? AND c.state = 'certified' AND c.worked_on >= ? AND c.worked_on < ? ORDER BY h.record",
        (centre, first.isoformat(), after.isoformat()),
    )
    hands = log.hands_in(store, [row[0] for row in rows])
    return [
        CertifiedEntry(entry, volunteer, provenance, frozenset((volunteer, *hands.get(entry, ()))))
        for entry, volunteer, provenance in rows
    ]


def strata_of(certified: Sequence[CertifiedEntry]) -> dict[str, list[str]]:
    """What is drawn from, by stratum: the tails of the ids, in their order."""
    found: dict[str, list[str]] = {}
    for one in certified:
        found.setdefault(one.stratum, []).append(one.tail)
    return {name: sorted(found[name]) for name in sorted(found)}


def draw(strata: Mapping[str, Sequence[str]], seed: str, percent: int, least: int, each: int) -> dict[str, list[str]]:
    """The entries drawn of each stratum, as `sync.drawing.draw` draws."""
    return drawing.draw(strata, seed, percent, least, each=each)
