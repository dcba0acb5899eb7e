"""What must not happen too often, and what may happen once: kept as rows, so that a restart forgives nothing.

Not here: which limits there are, and who is meant (server/auth).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sync.store.store import Store
from sync.times import written


def failed(store: Store, who: str, now: datetime, span: timedelta) -> None:
    """Count one failed try; the first one begins a span, after which all are forgotten together."""
    with store.atomic():
        store.execute("DELETE FROM tries WHERE until <= ?", (written(now),))
        store.execute(
            "INSERT INTO tries VALUES (?, 1, ?) ON CONFLICT (who) DO UPDATE SET count = tries.count + 1",
            (who, written(now + span)),
        )


def failures(store: Store, who: str, now: datetime) -> int:
    """How many tries failed in the span that has not ended."""
    return int(store.value("SELECT count FROM tries WHERE who = ? AND until > ?", (who, written(now))) or 0)


def spend(store: Store, what: str, now: datetime, span: timedelta) -> bool:
    """Use up something that holds once; False where it was used up before. After `span` it is worthless anyway."""
    return spend_each(store, [what], now, span) == {what}


def spend_each(store: Store, whats: Iterable[str], now: datetime, span: timedelta) -> set[str]:
    """As `spend`, of several in one transaction; gives those that were not used up before."""
    until, fresh = written(now + span), set()
    with store.atomic():
        store.execute("DELETE FROM spent WHERE until <= ?", (written(now),))
        for what in whats:
            sql = "INSERT INTO spent VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING what"
            if store.value(sql, (what, until)) is not None:
                fresh.add(what)
    return fresh
