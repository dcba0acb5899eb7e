"""What befalls whole devices: clocks that jump, versions that change, phones put back or copied, a restored centre.

Not here: the network (simulation.py).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sync import feed
from sync.epoch import begin_epoch, epoch_of, note_backup
from sync.times import written
from tests.centre import Phone
from tests.sync.devices import LastingPhone
from tests.sync.oracle import History
from tests.sync.versions import NEXT_VERSION, PHONE_VERSIONS, declared_at

if TYPE_CHECKING:
    from tests.sync.simulation import Simulation

YEARS = timedelta(days=3652)
JUMPS = (-YEARS, timedelta(hours=-50), timedelta(hours=-1), timedelta(), timedelta(hours=72), YEARS)
CLONES_MAX = 2


@dataclass(frozen=True)
class Backup:
    """A copy of all that the centre keeps, and what was true when it was made."""

    copy: Any
    revision: int
    history: History


def jump(world: "Simulation", phone: Phone) -> None:
    """A phone's clock is wrong from now on, or is right again."""
    phone.clock_ahead = world.rng.choice(JUMPS) + world.server_ahead * -1
    world.tell(phone, "clock is", phone.clock_ahead, "ahead")


def jump_server(world: "Simulation", _: Phone) -> None:
    """The centre's clock is wrong from now on, or is right again; the phones' clocks go on as they were."""
    ahead = world.rng.choice((*JUMPS, timedelta(), timedelta()))
    moved, world.server_ahead = ahead - world.server_ahead, ahead
    world.centre.now += moved
    for phone in world.phones:
        phone.clock_ahead -= moved
    world.tell(None, "the centre's clock is", ahead, "ahead")


def update(world: "Simulation", phone: Phone) -> None:
    """An app or the centre gets the next version of the declarations; never an older one."""
    if world.rng.random() < 0.2:
        world.centre.schema = declared_at(NEXT_VERSION)
    else:
        phone.version = max(phone.version, world.rng.choice(PHONE_VERSIONS))
    world.tell(phone, "has version", phone.version)


def back_up(world: "Simulation", _: Phone | None) -> None:
    """The centre makes a backup and tells phones what it covers."""
    store = world.centre.store
    copy = world.place.copied(store)
    history = History(
        decided=dict(world.history.decided),
        settled=set(world.history.settled),
        roles=list(world.history.roles),
    )
    world.backups.append(Backup(copy, feed.head(store), history))
    if world.rng.random() < 0.7:
        world.backed_up = feed.head(store)
        note_backup(store, epoch_of(store), world.backed_up, written(world.centre.now), is_away=True)
    world.tell(None, "backup", len(world.backups), "at", feed.head(store), "told", world.backed_up)


def restore(world: "Simulation", _: Phone) -> None:
    """The centre's disk is gone. An older copy comes back, with a new epoch, or as it was by somebody in a hurry."""
    # Whatever phones were told of is in the backup that comes back: that is what being told means.
    fit = [backup for backup in world.backups if backup.revision >= world.backed_up]
    if not fit:
        return
    chosen = world.rng.choice(fit)
    is_proper = world.rng.random() < 0.6
    world.counts["restored with a new epoch" if is_proper else "restored as a naive copy"] += 1
    world.centre.store = world.place.put_back(world.centre.store, chosen.copy, world.centre.schema)
    world.tell(None, "restored to", chosen.revision, "with a new epoch" if is_proper else "as a naive copy")
    world.history.decided = dict(chosen.history.decided)
    world.history.settled = set(chosen.history.settled)
    world.history.roles = list(chosen.history.roles)
    world.history.was_restored = True
    world.forget_strangers()
    world.is_copied_over = not is_proper
    if is_proper:
        declare_restored(world)


def declare_restored(world: "Simulation") -> None:
    """What the restore command does: a new epoch that names its parent."""
    begin_epoch(world.centre.store, f"{world.rng.getrandbits(64):016x}", world.centre.now)
    world.is_copied_over = False


def clone(world: "Simulation", phone: LastingPhone) -> None:
    """A profile is copied to a second device, and both go on."""
    if sum(1 for other in world.phones if other.device == phone.device) < CLONES_MAX and len(world.phones) < 11:
        world.phones.append(phone.copied())
        world.tell(phone, "is cloned")


def remember_phone(world: "Simulation", phone: LastingPhone) -> None:
    """A phone is backed up by its maker's cloud."""
    world.phone_copies.append((phone, phone.copied()))


def put_phone_back(world: "Simulation", _: Phone) -> None:
    """A phone comes back from its own backup: what it wrote since and never sent is gone, and only that."""
    if world.phone_copies:
        phone, earlier = world.rng.choice(world.phone_copies)
        lost = phone.becomes(earlier)
        world.given_up |= {save.id for save in lost}
        world.tell(phone, "is put back;", len(lost), "saves no longer on it")
