"""What must not happen too often, and what may happen once: kept as rows, so that a restart forgives nothing.

Not here: which limits there are, and who is meant (server/auth).
"""

from __future__ import annotations

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
    with store.atomic():
        store.execute("DELETE FROM spent WHERE until <= ?", (written(now),))
        if store.value("SELECT 1 FROM spent WHERE what = ?", (what,)) is not None:
            return False
        store.execute("INSERT INTO spent VALUES (?, ?)", (what, written(now + span)))
    return True
