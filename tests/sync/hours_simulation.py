"""Six phones, two desks and a bad network about the hours of two volunteers, from a seed.

What people do in a round is drawn and written while nobody has a network, and is the same whatever happens afterwards;
`order` draws only how it arrives and what careless desks decide in between. At the end of a round the desks decide by
one rule on all that has arrived (hours_desk.py): then every order must have come to the same hours.

Not here: what people do (hours_acts.py), the judgement (hours_oracle.py), the protocol itself (simulation.py).
One seed again: python -m tests.sync.hours_simulation SEED
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from schema.load import load_schema
from schema.model import Membership, Problem, Schema
from sync import people
from tests.centre import COORDINATOR, PEOPLE, START, Written
from tests.sync import hours_acts as acts
from tests.sync.devices import LastingPhone, World
from tests.sync.hours_desk import careless, come_to_the_same, what_should_stand
from tests.sync.hours_oracle import Counted, HoursOracle, expected, must_not_count_twice
from tests.sync.oracle import Authored, History
from tests.sync.places import CENTRE, InMemory, Place
from tests.sync.simulate import limited
from tests.sync.story import shortest

STEPS_OF_ROUND = 7
STEPS = 2 * STEPS_OF_ROUND
# Of every so many seeds one goes on after the desks have agreed.
TWO_ROUNDS_EVERY = 5
# Whose phones: one volunteer has two, coordinators sign others in and write for them.
PHONES = ("huang_li", "huang_li", "deng_jie", "chen_jing", "gao_yun", "chen_jing")
SECOND_COORDINATOR = ("gao_yun", "高云")
# In which everything arrives as it was written and nobody decides in between.
STRAIGHT = 0
TRIES_MAX = 6
TRIES_OF_NETWORK = 9


class HoursSimulation:
    """One world, one seed, one order of arrival. `story` says what happened, one line for each thing."""

    def __init__(
        self, seed: int, steps: Collection[int] = range(STEPS), order: int = STRAIGHT, place: Place | None = None
    ) -> None:
        self.seed, self.steps, self.order, self.is_wild = seed, steps, order, order != STRAIGHT
        self.place = place
        self.begun = begun_in(place) if place else copied(begun())
        self.centre, self.phones = self.begun.centre, self.begun.phones
        # Besides those whose phones are in their hands, the director writes at a desk.
        self.senders = [*self.phones, self.centre.phones["wu_jianguo"]]
        self.rng = self.centre.random
        self.history = History(authored=dict(self.begun.authored), decided=dict(self.begun.decided))
        self.story: list[str] = []
        self.step = "before"
        self.counts: Counter[str] = Counter()
        self.results: list[Counted] = []
        # All that people wrote before any of it arrived.
        self.script: list[Authored] = []

    def run(self) -> list[Counted]:
        """Every round from its morning to the agreement of the desks; what was counted at the end of each."""
        rounds = 2 if has_two_rounds(self.seed) else 1
        for number in range(rounds):
            self.centre.now = START + timedelta(hours=number + 1)
            self.write_round(range(number * STEPS_OF_ROUND, (number + 1) * STEPS_OF_ROUND))
            self.script = list(self.history.authored.values())
            # However long anything took, what is written next is written at the same time.
            self.centre.now = START + timedelta(hours=number + 1, minutes=30)
            self.rng.seed(f"{self.seed}.{number}.{self.order}")
            self.step = f"network {number}"
            self.arrive()
            self.come_to_rest()
            if self.is_wild:
                HoursOracle(self).counts_the_same(("gao_yun",))
            self.step = f"desk {number}"
            come_to_the_same(self)
            if self.is_wild or number + 1 < rounds:
                for phone in self.phones:
                    phone.pulls()
            oracle = HoursOracle(self)
            if self.is_wild:
                oracle.check()
            self.results.append(oracle.count())
        return self.results

    def write_round(self, numbers: range) -> None:
        """Everybody works without a network. A step that is left out changes nothing in what the others draw."""
        names, weights = list(acts.ACTS), [weight for weight, _ in acts.ACTS.values()]
        for number in numbers:
            if number not in self.steps:
                continue
            self.rng.seed(f"{self.seed}.step.{number}")
            phone = self.rng.choice(self.phones)
            name = self.rng.choices(names, weights)[0]
            self.step = f"{number:3} {name}"
            self.counts[name] += 1
            acts.ACTS[name][1](self, phone)
            self.centre.passes(seconds=60)

    # The network

    def arrive(self) -> None:
        """What was written comes to the centre, in this seed's order; people lose their roles for a while."""
        if not self.is_wild:
            return
        for _ in range(TRIES_OF_NETWORK):
            phone = self.rng.choice(self.senders)
            fault = self.rng.choice([None, None, "lost reply", "lost request", "doubled", "reordered"])
            batch = phone.waiting()[: self.rng.randint(1, 4)]
            if fault == "reordered":
                order = {record: self.rng.random() for record in sorted({one.record for one in batch})}
                batch.sort(key=lambda one: order[one.record])
            if fault == "doubled":
                batch = [one for one in batch for _ in range(2)]
            if batch and fault != "lost request":
                self.tell(phone, "sends", [one.id[-6:] for one in batch], fault or "")
                receipts = phone.sends(batch)
                if fault != "lost reply":
                    phone.hears(receipts)
            if self.rng.random() < 0.5:
                careless(self)
            if self.rng.random() < 0.1:
                self.reassign()
            self.centre.passes(seconds=self.rng.choice([1, 30]))
        self.reassign_back()

    def reassign(self) -> None:
        """The volunteer with one phone has another role for a while, and does not know: hers are held meanwhile."""
        self.tell(None, "deng_jie is no volunteer for a while")
        self.centre.sets_roles("deng_jie")

    def reassign_back(self) -> None:
        _, _, roles = PEOPLE["deng_jie"]
        self.centre.sets_roles("deng_jie", *roles)

    def come_to_rest(self) -> None:
        """The network heals; every outbox must become empty."""
        for _ in range(TRIES_MAX):
            waiting = [phone for phone in self.senders if phone.waiting()]
            for phone in waiting:
                phone.hears(phone.sends(phone.waiting()))
            if not waiting:
                break
        self.history.unsettled = [one.id for phone in self.senders for one in phone.waiting()]

    # What is known without asking the centre

    def author(self, phone: LastingPhone, written: Written) -> Written:
        self.history.authored[written.id] = Authored(written, phone.person)
        save = written.save
        self.tell(phone, "writes", save["kind"], f"{written.record[-6:]} ({written.id[-6:]})", save["set"])
        return written

    def tell(self, phone: LastingPhone | None, *words: Any) -> None:
        who = f"{phone.person}/{phone.device} " if phone else ""
        self.story.append(f"{self.step}: {who}{' '.join(str(word) for word in words)}")

    def decides(self, phone: LastingPhone, record: str, verdict: str, sentence: str | None, revision: int) -> Any:
        """A decision of a desk; it is told whether it stood."""
        id = self.centre.new_id()
        answer = phone.decides(record, verdict, sentence, revision=revision, id=id)
        self.tell(phone, verdict, record[-6:], answer.code if isinstance(answer, Problem) else "done")
        self.counts[f"{verdict} {answer.code if isinstance(answer, Problem) else 'done'}"] += 1
        if not isinstance(answer, Problem):
            self.history.decided[id] = (phone.person, record, verdict)
            must_not_count_twice(self.centre.store)
        return answer

    def close(self) -> None:
        self.centre.store.close()
        if self.place:
            self.place.leave()


class HoursPhone(LastingPhone):
    """A phone with the newest app: each save is by the declaration of its kind as it is today."""

    def seals(self, record: str, kind: str, values: Any, base: int, replaces: Any, **members: Any) -> Written:
        self.version = self.centre.schema.kinds[kind].version
        return super().seals(record, kind, values, base, replaces, **members)


class HoursWorld(World):
    """The centre of a seed."""

    phone_made = HoursPhone


@dataclass
class Begun:
    """A centre in which shifts are planned and some hours are certified, and everybody has them."""

    centre: World
    phones: list[LastingPhone]
    authored: dict[str, Authored]
    decided: dict[str, tuple[str, str, str]]


def begun_in(place: Place) -> Begun:
    """The beginning of every seed, in a store of its own."""
    schema = schema_of_today()
    centre = HoursWorld(store=lambda _, declared: place.opened(declared), schema=schema)
    centre.store.bind(CENTRE)
    person, name = SECOND_COORDINATOR
    people.add_member(centre.store, person, name, CENTRE, [Membership(COORDINATOR, CENTRE, None)])
    centre.phones[person] = centre.new_phone(person)
    found = Begun(centre, [], {}, {})
    for person in PHONES:
        first = centre.phones[person]
        found.phones.append(centre.new_phone(person) if first in found.phones else first)
    desk, director = centre.phones["chen_jing"], centre.phones["wu_jianguo"]
    centre.now = START - timedelta(days=4)
    for rule in acts.RULES:
        written = director.writes("hour_rule", rule)
        found.authored[written.id] = Authored(written, director.person)
    director.meets_network()
    centre.now = START
    for volunteer in acts.VOLUNTEERS:
        for day in acts.DAYS:
            values = {"volunteer": volunteer, "activity": "便民服务日", "shift_on": day}
            written = desk.writes("shift", {**values, "starts_at": "09:00", "ends_at": "11:00"})
            found.authored[written.id] = Authored(written, desk.person)
    for volunteer in acts.VOLUNTEERS:
        phone = centre.phones[volunteer]
        hours = {"volunteer": volunteer, "activity": "义剪", "worked_on": acts.DAYS[0], "provenance": "signed"}
        written = phone.writes("hour_entry", {**hours, "started_at": "09:00", "ended_at": "11:00"})
        found.authored[written.id] = Authored(written, phone.person)
        phone.meets_network()
        desk.meets_network()
        id = centre.new_id()
        assert not isinstance(desk.decides(written.record, "approve", id=id), Problem)
        found.decided[id] = (desk.person, written.record, "approve")
    for phone in [*found.phones, director]:
        phone.meets_network()
    return found


@cache
def begun() -> Begun:
    """The beginning of every seed, made once in a process."""
    return begun_in(InMemory())


def copied(first: Begun) -> Begun:
    """The same beginning for one seed alone, in memory."""
    centre = copy.copy(first.centre)
    place = InMemory()
    centre.store = place.put_back(None, place.copied(first.centre.store), first.centre.schema)
    centre.random = random.Random()  # noqa: S311
    others: dict[str, LastingPhone] = {}
    for phone in [*first.centre.phones.values(), *first.phones]:
        if phone.device not in others:
            others[phone.device] = phone.copied()
            others[phone.device].centre = centre
    centre.phones = {name: others[phone.device] for name, phone in first.centre.phones.items()}
    phones = [others[phone.device] for phone in first.phones]
    return Begun(centre, phones, first.authored, first.decided)


@cache
def schema_of_today() -> Schema:
    """The declarations, read once in a process."""
    return load_schema()


def run_order(seed: int, order: int, steps: Collection[int] = range(STEPS), place: Place | None = None) -> Any:
    """One order of one seed: what was counted, and what happened."""
    simulation = HoursSimulation(seed, steps, order, place)
    try:
        return simulation.run(), simulation.counts
    finally:
        simulation.close()


def simulate_hours(seed: int, steps: Collection[int] = range(STEPS), place: Any = lambda: None) -> Counter[str]:
    """A seed in an order of its own; raises Violation unless it comes to the hours that follow from what was written.

    Of two rounds the second builds on what desks made of the first: there an order is compared with that of writing.
    """
    if has_two_rounds(seed):
        straight, _ = run_order(seed, STRAIGHT, steps, place())
        other, counts = run_order(seed, seed + 1, steps, place())
        for one, two in zip(straight, other, strict=True):
            one.must_equal(two)
        return counts
    simulation = HoursSimulation(seed, steps, seed + 1, place())
    try:
        (found,) = simulation.run()
        expected_of(simulation).must_equal(found)
        return simulation.counts
    finally:
        simulation.close()


def has_two_rounds(seed: int) -> bool:
    """Whether a seed goes on after the desks have agreed."""
    return seed % TWO_ROUNDS_EVERY == 0


def expected_of(world: HoursSimulation) -> Counted:
    """The hours that should be certified, from nothing but the saves that people made in one round."""
    return expected(
        [authored.written.save for authored in world.script], world.centre.schema, acts.RULES, what_should_stand
    )


def failure_of(seed: int, steps: Sequence[int]) -> tuple[str, list[str]] | None:
    """What breaks when a seed takes only these steps, and what happened until then."""
    straight, other = HoursSimulation(seed, steps, STRAIGHT), HoursSimulation(seed, steps, seed + 1)
    told = straight
    try:
        found = straight.run() if has_two_rounds(seed) else None
        told = other
        results = other.run()
        for one, two in zip(found or [expected_of(other)], results, strict=True):
            one.must_equal(two)
    except Exception as error:
        lines = [*told.story, f"=> {type(error).__name__}: {error}"]
        return f"{type(error).__name__} {str(error).partition(':')[0]}", lines
    finally:
        straight.close()
        other.close()
    return None


def first_failure(seeds: Sequence[int]) -> str | None:
    """What the first failing seed says, without its story."""
    for seed in seeds:
        with limited(seed):
            found = failure_of(seed, range(STEPS))
        if found is not None:
            return f"seed {seed}: {found[1][-1].removeprefix('=> ')}"
    return None


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.sync.hours_simulation")
    asked.add_argument("seed", type=int, nargs="?", help="one seed, with its shortest story when it fails")
    asked.add_argument("--until-failure", action="store_true", help="seeds from 0, until one fails")
    asked.add_argument("--seeds", type=int, default=1000, help="how many seeds")
    said = asked.parse_args()
    if said.until_failure or said.seed is None:
        sys.exit(first_failure(range(said.seeds)))
    story = shortest(said.seed, failure_of, STEPS)
    print("\n".join(story) or f"seed {said.seed}: every promise kept")
    sys.exit(bool(story))


if __name__ == "__main__":
    main()
