"""A device that is taken back: what its phone is told to do, and how far that has come.

Not here: who may take one back, and how the phone empties itself (pwa/src/auth/clear.ts).
"""

from dataclasses import dataclass
from datetime import datetime

from sync import people
from sync.audit import note
from sync.save import is_signed, read_public_key
from sync.store.store import Store
from sync.times import written

DELIVER_FIRST, NOW = "deliver_first", "now"
ORDERS = (DELIVER_FIRST, NOW)


@dataclass(frozen=True)
class Clearing:
    """An order to a device. told_at: its phone was in contact since; cleared_at: it said that it is empty."""

    device: str
    person: str
    order: str
    ordered_at: str
    told_at: str | None
    cleared_at: str | None

    @property
    def still_delivers(self) -> bool:
        """Whether saves that it signed are still taken."""
        return self.order == DELIVER_FIRST and self.cleared_at is None

    @property
    def statement(self) -> bytes:
        """What the phone signs before it forgets its key, and sends when it is empty."""
        return f"doorstep cleared\n{self.device}\n{self.ordered_at}".encode()


def order(store: Store, device: str, what: str, by: str, now: datetime) -> None:
    """Take a device back: its sessions and its share end now, its phone is told at the next contact.

    Said again, `now` takes the place of `deliver_first`; never the other way round, and never after it was cleared.
    """
    with store.atomic():
        people.revoke_device(store, device, now, by)
        store.execute(
            "UPDATE device SET clear_order = ?, ordered_at = coalesce(ordered_at, ?)"
            " WHERE device = ? AND cleared_at IS NULL AND (clear_order IS NULL OR clear_order = ?)",
            (what, written(now), device, DELIVER_FIRST),
        )


def told(store: Store, device: str, now: datetime) -> None:
    """The phone of a device was in contact and was told; the first time counts."""
    store.bind_by("device", device)
    if store.value("SELECT told_at FROM device WHERE device = ?", (device,)) is not None:
        return
    with store.atomic():
        store.execute("UPDATE device SET told_at = coalesce(told_at, ?) WHERE device = ?", (written(now), device))


def cleared(store: Store, device: str, signature: str, now: datetime) -> Clearing | None:
    """The phone says that it is empty, by a statement it signed before; None where it is not believed."""
    store.bind_by("device", device)
    with store.atomic():
        found = clearing_of(store, device)
        if found is None:
            return None
        key = bytes(store.value("SELECT public_key FROM device WHERE device = ?", (device,)))
        if not is_signed(found.statement, signature, read_public_key(key)):
            return None
        if found.cleared_at is None:
            at = written(now)
            store.execute(
                "UPDATE device SET told_at = coalesce(told_at, ?), cleared_at = ? WHERE device = ?", (at, at, device)
            )
            centre = people.centre_of(store, found.person)
            note(store, action="device_cleared", by=found.person, device=device, centre=centre, at=now)
        return clearing_of(store, device)


def ended_by(store: Store, token_hash: bytes) -> Clearing | None:
    """The order to the device of a session, where that is what ended it."""
    store.bind_by("session", token_hash.hex())
    device = store.value("SELECT device FROM session WHERE token_hash = ?", (token_hash,))
    return None if device is None else clearing_of(store, device)


def clearing_of(store: Store, device: str) -> Clearing | None:
    """The order to a device, None where there is none."""
    found = store.row(
        "SELECT device, person, clear_order, ordered_at, told_at, cleared_at FROM device"
        " WHERE device = ? AND revoked_at IS NOT NULL AND clear_order IS NOT NULL",
        (device,),
    )
    return None if found is None else Clearing(*found)
