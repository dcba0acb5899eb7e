"""What two desks make of hours: careless decisions at any moment, and the one rule by which all come to the same.

The rule looks at everything that has arrived and at nothing that was decided before: which hours of a day should stand
follows from the hours themselves. A desk that follows it takes back what it decided too early.

Not here: whether a decision may be taken, which is the centre's to say (sync/decide.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from schema.model import Problem
from sync.record import Record, record_of
from sync.release import held_save
from tests.sync.hours_oracle import HoursOracle, must

if TYPE_CHECKING:
    from tests.sync.devices import LastingPhone
    from tests.sync.hours_simulation import HoursSimulation

# One step of every record a round; nothing needs more of them than a return, an answer, a cut and an approval.
ROUNDS_MAX = 60
# Reasons that name another entry, which is to be opened first.
IN_THE_WAY = ("hours_overlap_certified", "hours_corrected", "correction_of_correction")
LOCKED = ("locked", "locked_after_edit")
WAYS_MAX = 8


def desks(world: HoursSimulation) -> list[LastingPhone]:
    """Where hours are decided on: two coordinators, and the director where neither may."""
    return [world.centre.phones[name] for name in ("chen_jing", "gao_yun", "wu_jianguo")]


def entries(world: HoursSimulation) -> dict[str, Record]:
    """All hours as the centre has them, in the order of their names."""
    store, schema = world.centre.store, world.centre.schema
    names = [row[0] for row in store.rows("SELECT record FROM record WHERE kind = 'hour_entry' ORDER BY record")]
    found = {name: record_of(store, schema, name) for name in names}
    return {name: one for name, one in found.items() if one is not None}


def careless(world: HoursSimulation) -> None:
    """Somebody decides on something, as it was when they last looked; perhaps a little earlier."""
    rows = world.centre.store.rows("SELECT record FROM record WHERE review_state IS NOT NULL ORDER BY record")
    one = record_of(world.centre.store, world.centre.schema, world.rng.choice(rows)[0], with_claims=False)
    desk = world.rng.choice(desks(world))
    verdict = world.rng.choice(["approve"] * 6 + ["return", "reject", "undo", "same"])
    seen = one.revision if world.rng.random() < 0.8 else max(0, one.revision - 2)
    if verdict == "same":
        if one.duplicates:
            joins(world, desk, one.record, world.rng.choice(one.duplicates))
        return
    world.decides(desk, one.record, verdict, "请说明" if verdict == "return" else None, seen)


def joins(world: HoursSimulation, desk: LastingPhone, record: str, other: str) -> Any:
    """Two entries are the same hours: the second no longer counts."""
    answer = desk.says_of_double(record, other, "same")
    said = answer.code if isinstance(answer, Problem) else "done"
    world.tell(desk, "same", record[-6:], other[-6:], said)
    world.counts[f"same {said}"] += 1
    return answer


def come_to_the_same(world: HoursSimulation) -> None:
    """Follow the rule until nothing is left to do; a desk that never comes to an end is a fault."""
    for _ in range(ROUNDS_MAX):
        if not one_round(world):
            return
    must(False, "liveness", "the desks find no end", world.story[-1])


def one_round(world: HoursSimulation) -> bool:
    """Take the next steps towards what should stand; whether there was any."""
    if let_in_held(world) or settle_versions(world):
        if world.is_wild:
            HoursOracle(world).counts_the_same(("gao_yun",))
        return True
    found = entries(world)
    stands = what_should_stand({name: one.view().values for name, one in found.items()})
    # What shall not count goes first, or it would stand in the way: of a chain the last before the one it corrects.
    others = sorted((name for name in found if name not in stands), key=lambda name: depth(found, name), reverse=True)
    if [name for name in others if takes_out(world, found[name])]:
        return True
    # Then one after the other, in an order that does not depend on what is certified already.
    return bool([name for name in stands if puts_in(world, name)]) or send_back_held(world)


def let_in_held(world: HoursSimulation) -> bool:
    """Words that were held are let in, in the order in which they were written; whether any was."""
    return bool([save for save in held_words(world) if lets_in(world, save)])


def send_back_held(world: HoursSimulation) -> bool:
    """What nobody can let in goes back to its author with a sentence; whether there was any."""
    several = held_words(world)
    for save in several:
        desk = desks(world)[0]
        answer = desk.decides_held(save, "reject", sentence="请重新填写")
        must(not isinstance(answer, Problem), "liveness", "held words", answer)
        world.tell(desk, "sends back", save[-6:])
        world.counts["held sent back"] += 1
    return bool(several)


def held_words(world: HoursSimulation) -> list[str]:
    # What a director decides for days that are over is nobody's to let in.
    rows = world.centre.store.rows("SELECT save FROM held WHERE open = 1 AND kind <> 'hour_rule'")
    return sorted(row[0] for row in rows)


def lets_in(world: HoursSimulation, save: str) -> bool:
    """Let one held save in; whether it came in."""
    desk = desks(world)[0]
    answer = desk.decides_held(save, "release")
    for _ in range(WAYS_MAX):
        if not isinstance(answer, Problem) or answer.code not in (*LOCKED, *IN_THE_WAY):
            break
        # What was certified meanwhile is opened first, and certified again with these words.
        held = held_save(world.centre.store, world.centre.schema, save)
        opened = held.before.record if answer.code in LOCKED else answer.details["record"]
        must_stand(world, opened, "return", "有一处修改在等")
        answer = desk.decides_held(save, "release")
    said = answer.code if isinstance(answer, Problem) else "done"
    world.tell(desk, "lets in", save[-6:], said)
    world.counts[f"held let in {said}"] += 1
    # Some waited for another one, and came in with it.
    return said == "done"


def settle_versions(world: HoursSimulation) -> bool:
    """Of values that were written without having seen each other the first in their order stands, whoever asks when."""
    rows = world.centre.store.rows("SELECT record, field_key FROM conflict ORDER BY record, field_key")
    desk = desks(world)[0]
    if not rows:
        return False
    desk.pulls()
    for record, field_key in rows:
        several = [claim.value for claim in desk.live(record) if claim.field_key == field_key]
        chosen = min(several, key=lambda value: json.dumps(value))
        world.author(desk, desk.settles(record, {field_key: chosen}))
    answers(world, desk)
    return True


def answers(world: HoursSimulation, phone: LastingPhone) -> None:
    """Send what a phone wrote at once."""
    phone.hears(phone.sends(phone.waiting()))


def what_should_stand(values: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The entries that should be certified, in the order in which to do it.

    Hours stand that share no minute with any that come before them in a fixed order; so do the first of their
    corrections, each in the place of what it corrects.
    """
    stands: list[str] = []
    taken: list[Mapping[str, Any]] = []
    roots = [name for name, one in values.items() if one.get("corrects") not in values]
    for root in sorted(
        roots, key=lambda name: (values[name]["provenance"] != "signed", values[name]["started_at"], name)
    ):
        last = None
        name: str | None = root
        while name is not None and not any(meet(values[name], other) for other in taken):
            stands.append(name)
            last = name
            name = min((one for one in values if values[one].get("corrects") == name), default=None)
        if last is not None:
            taken.append(values[last])
    return stands


def meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two entries share a minute of a volunteer."""
    return (
        all(one[name] == other[name] for name in ("volunteer", "worked_on"))
        and one["started_at"] < other["ended_at"]
        and other["started_at"] < one["ended_at"]
    )


def depth(found: dict[str, Record], name: str) -> int:
    """How many entries an entry stands on."""
    before = found[name].view().values.get("corrects")
    return 1 + depth(found, before) if before in found else 0


def takes_out(world: HoursSimulation, one: Record) -> bool:
    """One step of an entry that shall not count; whether it needed any."""
    state = one.review.state if one.review else "rejected"
    if state == "rejected":
        return False
    if state == "approved":
        must_stand(world, one.record, "return", "与另一段时间重叠")
    else:
        must_stand(world, one.record, "reject", None)
    return True


def puts_in(world: HoursSimulation, name: str) -> bool:
    """One step of an entry that shall count; whether it needed any."""
    store = world.centre.store
    one = record_of(store, world.centre.schema, name)
    state = one.review.state if one and one.review else "approved"
    behind = "SELECT 1 FROM hour_entry k JOIN record r ON r.record = k.record WHERE k.corrects = ?"
    if state == "approved" or store.value(f"{behind} AND r.review_state = 'approved'", (name,)):
        return False
    if state in ("returned", "rejected"):
        asks_again(world, one)
    must_stand(world, name, "approve", None)
    return True


def must_stand(world: HoursSimulation, record: str, verdict: str, sentence: str | None) -> None:
    """A decision by whichever desk may take it. What stands in its way is opened first, and certified again later."""
    for _ in range(WAYS_MAX):
        refused: Any = None
        for desk in desks(world):
            at = world.centre.store.value("SELECT revision FROM record WHERE record = ?", (record,))
            refused = world.decides(desk, record, verdict, sentence, at)
            if not isinstance(refused, Problem):
                return
            if refused.code in IN_THE_WAY:
                break
        must(refused.code in IN_THE_WAY, "liveness", f"nobody can {verdict}", record, refused)
        must_stand(world, refused.details["record"], "return", "先核定另一条")
    must(False, "liveness", "there is always something in the way of", record)


def asks_again(world: HoursSimulation, one: Record) -> None:
    """The volunteer answers what was returned or rejected, so that it waits again."""
    phone = world.centre.phones[one.view().values["volunteer"]]
    phone.pulls()
    row = f"remarks.{world.rng.getrandbits(48):012x}"
    world.author(phone, phone.changes(one.record, {row: {"text": "是我做的，请再看"}}))
    answers(world, phone)
