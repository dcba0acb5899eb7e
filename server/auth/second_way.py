"""A second way in for whoever has rights over others: due in time, and then asked for by all that needs those rights.

Not here: what they may do (schema/permissions.toml), and printing the codes (recovery.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from schema.model import Problem
from server.auth.person import Asking
from server.errors import Refusal
from sync import credentials
from sync.times import read_instant


def due_at(asking: Asking, ways: credentials.WaysIn) -> datetime | None:
    """Until when this person may do without one; None where they have two ways in, or proved nothing to come in."""
    if ways.is_enough or ways.since is None or asking.context.path == "demo":
        return None
    return read_instant(ways.since) + timedelta(days=asking.schema.rights.second_way_days)


def require_second_way(asking: Asking, act: str) -> None:
    """Raises Refusal second_way_missing where an act or an operation on records asks for one, and the time is over."""
    rights = asking.schema.rights
    if not (rights.acts.get(act) or rights.operations[act]).second_way:
        return
    due = due_at(asking, credentials.ways_in(asking.store, asking.person.person))
    if due is not None and asking.now >= due:
        raise Refusal(Problem("second_way_missing", details={"act": act}))
