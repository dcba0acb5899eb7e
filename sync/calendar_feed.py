"""The address under which a calendar asks for the shifts of one volunteer, and the shifts it is told.

An address holds for one person, until they renew or stop it, or hold no role here any more; of its secret only a hash
is kept. Not here: how a secret is drawn, and how a calendar is written (server/calendar_feed.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sync import people
from sync.store.store import Store
from sync.times import local_date, written

SHIFT = "shift"
# A calendar keeps what it was told; what is long over need not be told again.
DAYS_BACK = 31
SHIFTS_MAX = 500


@dataclass(frozen=True)
class FeedShift:
    """One shift as a calendar is told of it; `sequence` rises with every change."""

    record: str
    activity: str
    place: str | None
    shift_on: str
    starts_at: str
    ends_at: str
    is_called_off: bool
    sequence: int


def set_feed(store: Store, person: str, token_hash: str | None, now: datetime) -> None:
    """Give a person's shifts a new address; the one of before is dead. None: there is none any more."""
    with store.atomic():
        store.execute("DELETE FROM calendar_feed WHERE person = ?", (person,))
        if token_hash is not None:
            store.enter("calendar", token_hash)
            sql = "INSERT INTO calendar_feed (person, token_hash, made_at) VALUES (?, ?, ?)"
            store.execute(sql, (person, token_hash, written(now)))


def feed_since(store: Store, person: str) -> str | None:
    """Since when a person's shifts have an address; None without one."""
    found = store.value("SELECT made_at FROM calendar_feed WHERE person = ?", (person,))
    return None if found is None else str(found)


def person_of_feed(store: Store, token_hash: str, now: datetime) -> str | None:
    """Whose address it is, and binds to their centre; None for one that is none, or of somebody who has left.

    Notes the day of the last look.
    """
    store.bind_by("calendar", token_hash)
    person = store.value("SELECT person FROM calendar_feed WHERE token_hash = ?", (token_hash,))
    if person is None or not people.memberships_of(store, str(person)):
        return None
    day = written(now)[:10]
    with store.atomic():
        sql = "UPDATE calendar_feed SET fetched_at = ? WHERE token_hash = ? AND coalesce(fetched_at, '') < ?"
        store.execute(sql, (written(now), token_hash, day))
    return str(person)


def shifts_of(store: Store, person: str, now: datetime) -> list[FeedShift]:
    """A person's shifts of the last weeks and of all that come; those that were called off say so."""
    since = (local_date(now) - timedelta(days=DAYS_BACK)).isoformat()
    rows = store.rows(
        f"SELECT s.record, s.activity, s.place, s.shift_on, s.starts_at, s.ends_at, s.state, r.revision FROM {SHIFT} s"  # noqa: S608
        " JOIN record r ON r.record = s.record WHERE s.volunteer = ? AND s.shift_on >= ?"
        f" ORDER BY s.shift_on, s.starts_at, s.record LIMIT {SHIFTS_MAX}",
        (person, since),
    )
    return [FeedShift(a, b, c, d, e, f, state == "called_off", int(at)) for a, b, c, d, e, f, state, at in rows]
