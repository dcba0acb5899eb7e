"""The life of a store: its epoch, the epoch it was restored from, and up to which revision a verified backup holds it.

Not here: how a backup is made and proven (backup.py), and what a phone does when the epoch changes.
"""

from dataclasses import dataclass
from datetime import datetime

from sync import feed, log
from sync.log import Entry
from sync.store.store import Store
from sync.times import read_instant, written


@dataclass(frozen=True)
class Parent:
    """Where a restored store comes from: the epoch before, and the last revision that both have in common."""

    epoch: str
    revision: int


def epoch_of(store: Store) -> str:
    """The id of this life of the store; a phone that meets another one pushes again what the server may have lost."""
    return str(_setting(store, "epoch"))


def parent_of(store: Store) -> Parent | None:
    """The epoch that this one was restored from; None for a store that never was."""
    parent, revision = _setting(store, "epoch_parent"), _setting(store, "epoch_from")
    return None if parent is None or revision is None else Parent(parent, int(revision))


def begin_epoch(store: Store, epoch: str, now: datetime) -> Parent:
    """Give a restored store a new epoch, in the log too; what it knew until now is its parent.

    epoch  a fresh random id
    """
    with store.atomic():
        parent = Parent(epoch_of(store), feed.head(store))
        log.append(
            store,
            Entry(
                position=log.next_position(store),
                entry="epoch",
                id=epoch,
                record=None,
                client=None,
                person="",
                device="",
                received_at=written(now),
                status="accepted",
                revision=None,
                problem=None,
                facts={"parent": parent.epoch, "from": parent.revision},
                body="{}",
                signature=None,
            ),
        )
        _set(store, "epoch", epoch)
        _set(store, "epoch_parent", parent.epoch)
        _set(store, "epoch_from", str(parent.revision))
    return parent


def is_behind(store: Store, revision: int, head: int) -> bool:
    """Whether a phone saw a revision that this store never gave: an older copy was put in its place by hand.

    After a proper restore phones may still hold revisions of the epoch before, and say so by sending again.
    """
    return revision > head and parent_of(store) is None


def backed_up(store: Store) -> int:
    """The revision up to which a verified backup lies away from this disk; 0 for none. Phones may let go below it."""
    return int(_setting(store, "backed_up") or 0)


def last_backup_at(store: Store) -> datetime | None:
    """When the last verified backup was made, wherever it lies."""
    found = _setting(store, "backup_at")
    return None if found is None else read_instant(found)


def note_backup(store: Store, epoch: str, revision: int, made_at: str, is_away: bool) -> None:
    """Note a verified backup of this store; one of another epoch says nothing about it.

    is_away  it lies where the loss of this disk does not reach it, so that phones may rely on it
    """
    with store.atomic():
        if epoch_of(store) != epoch:
            return
        _set(store, "backup_at", made_at)
        if is_away:
            _set(store, "backed_up", str(max(revision, backed_up(store))))


def try_writing(store: Store) -> None:
    """Commit something that changes nothing; raises what a push would meet now."""
    with store.atomic():
        store.execute("UPDATE setting SET value = value WHERE name = 'epoch'")


def _setting(store: Store, name: str) -> str | None:
    found: str | None = store.value("SELECT value FROM setting WHERE name = ?", (name,))
    return found


def _set(store: Store, name: str, value: str) -> None:
    store.execute(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )
