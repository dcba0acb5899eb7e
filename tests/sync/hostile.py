"""Clients that do not keep to the protocol. What they send goes to the server at once, and on nobody's word.

Not here: honest work (work.py); what the server may make of it is worked out by the judge (oracle.py).
"""

from typing import TYPE_CHECKING, Any

from schema.model import Problem
from sync.save import sealed
from tests.centre import Phone, Written, base36
from tests.sync.work import FREE, in_sight

if TYPE_CHECKING:
    from tests.sync.simulation import Simulation

FLAWS = ("forged", "stripped", "foreign", "reused", "locked", "trespass", "colleague", "replayed", "twin")
# These are never accepted. The others may be allowed or not, as if they had been written honestly.
NEVER = ("forged", "foreign", "reused")


def attack(world: "Simulation", phone: Phone) -> None:
    """One hostile request.

    forged     changed after it was signed          stripped   replaces nothing of what its author saw
    foreign    replaces claims of another field     reused     a client number that another save has
    locked     on a locked record                   trespass   on a record the person may not see
    colleague  signed by another's device           replayed   another's save, sent as one's own
    twin       other words under the id of a save that was answered
    """
    flaw = world.rng.choice(FLAWS)
    if flaw == "twin":
        return send_twin(world, phone)
    if flaw == "replayed":
        return replay(world, phone)
    target = world.rng.choice(world.phones) if flaw in ("trespass", "colleague") else phone
    record = locked_in_sight(world, phone) if flaw == "locked" else in_sight(world, target)
    if record is None or record not in target.base:
        return
    base = target.base[record]
    name = world.rng.choice(sorted(set(FREE[base.kind]) - {"condition"}))
    members: dict[str, Any] = {"base": base.revision}
    values, replaces = {name: FREE[base.kind][name][0]}, {}
    if flaw == "foreign":
        wrote = {
            base36(a.written.save["client"]) for a in world.history.authored.values() if name in a.written.save["set"]
        }
        keys = sorted({claim.save_key for claim in base.claims} - wrote)
        if not keys:
            return
        replaces = {name: [keys[0]]}
    if flaw == "reused":
        members["client"] = int(base.claims[0].save_key, 36)
    if flaw == "trespass" and (phone.person in ("zhou_hui", "chen_jing") or phone.person == target.person):
        return
    written = phone.seals(record, base.kind, values, replaces=replaces, **members)
    phone.outbox.remove(written)
    if flaw == "forged":
        written = Written({**written.save, "set": {name: FREE[base.kind][name][-1]}, "made_at": "0000000000001-0000"})
    if flaw == "colleague":
        author = world.rng.choice([other for other in world.phones if other.device != phone.device])
        world.author(author, written, "colleague")
        send(world, author, written)
        return
    world.author(phone, written, flaw if flaw in NEVER else "stripped")
    send(world, phone, written)


def send(world: "Simulation", phone: Phone, written: Written) -> None:
    """Send a hostile save once; a client that was told to come again does not."""
    receipt = phone.sends([written])[0]
    if receipt.status in ("retry", "upgrade_required"):
        del world.history.authored[written.id]
    elif receipt.status == "accepted":
        # Whoever wrote it, it is in the record now, and others may build on it: its phone keeps it like any other.
        phone.hears([receipt])
        phone.kept[written.id] = written


def locked_in_sight(world: "Simulation", phone: Phone) -> str | None:
    """A record of the phone that is locked, or None."""
    found = [name for name, base in phone.base.items() if base.standing["locked_at"] is not None and base.kind in FREE]
    return world.rng.choice(found) if found else None


def replay(world: "Simulation", phone: Phone) -> None:
    """Another person's save arrives in this one's session."""
    others = [
        authored.written
        for authored in world.history.authored.values()
        if authored.author != phone.person and authored.flaw is None
    ]
    if others:
        written = world.rng.choice(others)
        world.history.replayed.add((written.id, phone.person))
        world.tell(phone, "replays", written.id)
        phone.sends([written])


def send_twin(world: "Simulation", phone: Phone) -> None:
    """Something else under the id of one's own save that the centre has: it is kept, and changes nothing."""
    logged = {entry.id for entry in world.centre.log if entry.entry == "save" and entry.person == phone.person}
    written = [
        authored.written
        for id, authored in world.history.authored.items()
        if id in logged and authored.author == phone.person and authored.flaw is None
    ]
    if written:
        chosen = world.rng.choice(written)
        words = {name: value for name, value in chosen.save.items() if name != "signature"}
        twin = Written(sealed({**words, "made_at": f"{len(world.history.twins):013d}-0000"}, phone.key))
        world.history.twins.add((twin.id, twin.save["made_at"]))
        world.tell(phone, "sends a twin of", twin.id)
        receipt = phone.sends([twin])[0]
        assert (receipt.status, receipt.problem) == ("held", Problem("id_reused")), receipt
