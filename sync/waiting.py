"""Saves that wait for an earlier one, since when, and when their waiting ends.

Not here: which saves wait (push.py), and for what (rewrite.py). A phone sends such a save again and again. Where no
device holds the earlier one any more it would do so for ever, and nobody at the centre would read its words.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from schema.model import Problem
from sync import limits
from sync.store.store import Store
from sync.tables import one_of
from sync.times import read_instant

# What another save can still mend. The other reasons to send again are mended at the centre, whose people are told.
FOR_ANOTHER = frozenset(("unknown_record", "unknown_replaces"))
MISSING = "earlier_missing"


def waiting_since(store: Store, names: Collection[str]) -> dict[str, str]:
    """Since when those of these saves wait that were told to."""
    if not names:
        return {}
    return dict(store.rows(f"SELECT save, since FROM waiting WHERE save IN {one_of(names)}", tuple(names)))  # noqa: S608


def begin(store: Store, name: str, at: str) -> None:
    """Note that a save was told to wait."""
    store.execute_many("INSERT INTO waiting VALUES (?, ?) ON CONFLICT (save) DO NOTHING", [(name, at)])


def end(store: Store, name: str) -> None:
    """A save waits no more: it was accepted, or it is held."""
    store.execute_many("DELETE FROM waiting WHERE save = ?", [(name,)])


def given_up(problem: Problem, since: str, now: datetime) -> Problem | None:
    """The reason to hold a save that has waited long enough, where no phone can bring any more what it waits for."""
    if now < read_instant(since) + timedelta(days=limits.WAITING_DAYS_MAX):
        return None
    return Problem(MISSING, problem.field, {"since": since})
