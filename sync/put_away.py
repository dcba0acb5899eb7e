"""Records that are put away: found to be another one, whose alias they are from then on, or taken back with an import.

Nothing of them is lost: they keep their page and their words, and are in no list. Not here: who may put one away
(decide.py), and what moves with it (followers.py).
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from sync.store.store import Store
from sync.tables import one_of


@dataclass(frozen=True, slots=True)
class PutAway:
    """Why a record is in no list.

    what      merged | archived
    into      the record it was found to be; None for one that is archived
    revision  at which it was put away: what is written in it later was not seen by whoever did
    """

    what: str
    into: str | None
    by: str
    at: str
    revision: int
    because: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Its plain form, in the table and for a phone."""
        return asdict(self)


def put_away_of(store: Store, records: Collection[str]) -> set[str]:
    """Those of these records that are put away."""
    sql = f"SELECT record FROM record WHERE record IN {one_of(records)} AND put_away IS NOT NULL"  # noqa: S608
    return {row[0] for row in store.rows(sql, tuple(records))} if records else set()


def survivor_of(store: Store, record: str) -> str:
    """The record that stands for this one: itself, unless it is an alias."""
    found = store.value("SELECT survivor FROM record WHERE record = ?", (record,))
    return record if found is None else str(found)


def aliases_of(store: Store, record: str) -> list[str]:
    """The records that this one stands for, itself not among them."""
    return [row[0] for row in store.rows("SELECT record FROM record WHERE survivor = ? ORDER BY record", (record,))]


def names_of(store: Store, record: str) -> list[str]:
    """Every id under which a record may be named, its own first."""
    stands = survivor_of(store, record)
    return [stands, *aliases_of(store, stands)]
