"""Several phones, a centre and a bad network, from a seed: everything a seed does is the same every time.

Each step draws from its own number, so that a step that is left out changes nothing in the others' draws (story.py).
Not here: what people do (work.py), attacks (hostile.py), clocks and restores (upheaval.py), the database
(places.py), the judgement (oracle.py).
One seed again, many seeds: python -m tests.sync.simulate
"""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from sync import limits
from sync.waiting import FOR_ANOTHER
from tests.centre import PEOPLE, Phone, Written
from tests.sync import hostile, upheaval, work
from tests.sync.devices import RETRIED, LastingPhone, World
from tests.sync.oracle import Authored, History, check
from tests.sync.places import CENTRE, InMemory, Place, PowerCut
from tests.sync.versions import NEXT_VERSION, PHONE_VERSIONS, VERSION, declared_at

PHONES = ("li_min", "zhang_qiang", "he_fang", "zhou_hui", "luo_wei", "huang_li", "chen_jing")
STEPS = 90
# When a network heals, an app tries at once and then after 15 seconds; within 60 every queue must be empty.
TRY_SECONDS = 15
REST_SECONDS_MAX = 60

Act = Callable[["Simulation", LastingPhone], None]
# What may happen in a step, and how often.
ACTS: dict[str, tuple[int, Act]] = {
    "write": (16, work.write_new),
    "edit": (30, work.edit),
    "visit": (12, work.carry_out),
    "sync": (30, lambda world, phone: world.meet(phone, world.fault())),
    "echo": (4, lambda world, phone: world.echo(phone)),
    "move home": (4, work.move_home),
    "give away": (4, work.give_away),
    "decide": (12, work.decide),
    "double": (4, work.settle_double),
    "hostile": (8, hostile.attack),
    "mistake": (4, work.mistake),
    "roles": (3, work.change_roles),
    "phone clock": (3, upheaval.jump),
    "centre clock": (1, upheaval.jump_server),
    "update": (2, upheaval.update),
    "backup": (2, upheaval.back_up),
    "restore": (1, upheaval.restore),
    "clone": (1, upheaval.clone),
    "remember phone": (1, upheaval.remember_phone),
    "put phone back": (1, upheaval.put_phone_back),
}
FAULTS = ("lost request", "lost reply", "cut pull", "no pull", "doubled", "damaged", "stopped", "reordered", "torn")


class Simulation:
    """One world and one seed. `story` says what happened, one line for each thing that somebody did."""

    def __init__(self, seed: int, steps: Collection[int] = range(STEPS), place: Place | None = None) -> None:
        self.seed = seed
        self.steps = steps
        self.place = place or InMemory()
        self.centre = World(seed=seed, store=lambda _, schema: self.place.opened(schema), schema=declared_at(VERSION))
        self.centre.store.bind(CENTRE)
        self.rng = self.centre.random
        self.history = History()
        self.counts: Counter[str] = Counter()
        self.story: list[str] = []
        self.phones: list[LastingPhone] = [self.centre.phones[name] for name in PHONES]
        self.phones.append(self.centre.new_phone("li_min"))
        for phone in self.phones:
            phone.version = self.rng.choice(PHONE_VERSIONS)
        self.centre.zhou_hui.version = VERSION
        # Requests that the network still holds a copy of: (phone, saves).
        self.echoes: list[tuple[Phone, list[Written]]] = []
        self.phone_copies: list[tuple[LastingPhone, LastingPhone]] = []
        self.backups: list[upheaval.Backup] = []
        self.backed_up = 0
        self.server_ahead = timedelta()
        self.is_copied_over = False
        self.given_up: set[str] = set()
        for person, (_, _, roles) in PEOPLE.items():
            self.history.roles.append((-1, person, roles))

    def run(self) -> Counter[str]:
        """Take every step, come to rest, judge."""
        supervisor = self.centre.zhou_hui
        for team in work.TEAMS[:2]:
            self.author(supervisor, supervisor.writes("household", work.new_home(team)))
        for phone in self.phones:
            self.meet(phone, None)
        upheaval.back_up(self, None)
        names, weights = list(ACTS), [weight for weight, _ in ACTS.values()]
        for step in self.steps:
            self.rng.seed(f"{self.seed}.{step}")
            name = self.rng.choices(names, weights)[0]
            self.counts[name] += 1
            phone = self.phones[self.rng.randrange(len(PHONES) + 1)] if step % 4 else self.rng.choice(self.phones)
            self.step = f"{step:3} {name}"
            ACTS[name][1](self, phone)
            self.centre.passes(seconds=self.rng.choice([1, 30, 300, 3600]))
        self.come_to_rest()
        self.judge()
        return self.counts

    def judge(self) -> None:
        for entry in self.centre.log:
            self.counts[f"{entry.entry} {entry.status}"] += 1
            if entry.problem:
                self.counts[entry.problem.code] += 1
        self.history.waits_for_ever = {id: code for id, code in self.unmended().items() if code not in FOR_ANOTHER}
        self.history.given_up = self.given_up
        check(self.centre, self.history, self.phones)
        self.counts["open conflicts"] = self.centre.store.value("SELECT count(*) FROM conflict")

    def tell(self, phone: Phone | None, *words: Any) -> None:
        """Note what somebody did."""
        who = f"{phone.person}/{phone.device} " if phone else ""
        self.story.append(f"{getattr(self, 'step', 'before')}: {who}{' '.join(str(word) for word in words)}")

    def author(self, phone: Phone, written: Written, flaw: str | None = None) -> Written:
        """Remember a save that somebody made."""
        self.history.authored[written.id] = Authored(written, phone.person, flaw)
        save = written.save
        self.tell(phone, flaw or "writes", save["kind"], f"{written.record[-6:]} ({written.id[-6:]})", save["set"])
        return written

    # The network

    def fault(self) -> str | None:
        return self.rng.choice([None] * 8 + [*FAULTS])

    def meet(self, phone: LastingPhone, fault: str | None) -> None:
        """One round of a phone with the network: push some of the outbox, pull."""
        batch = phone.waiting()[: self.rng.randint(1, 6)]
        # A request that is damaged as a whole is refused as a whole; nothing of it is judged.
        if batch and fault not in ("lost request", "damaged"):
            if self.rng.random() < 0.2:
                self.echoes.append((phone, batch))
            receipts = self.push(phone, batch, fault)
            if receipts is None:
                return
            phone.hears(receipts)
        if fault == "no pull":
            return
        self.pull(phone, fault)

    def push(self, phone: LastingPhone, batch: list[Written], fault: str | None) -> list[Any] | None:
        """The receipts that reach the phone, or None when none does."""
        sent = list(batch)
        if fault == "doubled":
            sent = [written for written in batch for _ in range(2)]
        if fault == "reordered":
            # Of one record a phone sends in order, one request after the other; between records nothing is promised.
            order = {record: self.rng.random() for record in sorted({written.record for written in sent})}
            sent.sort(key=lambda written: order[written.record])
        if fault == "torn":
            sent = batch[: self.rng.randint(0, len(batch))]
        if fault == "stopped":
            self.centre.store.statements_left = self.rng.randint(1, 80)
        self.tell(phone, "sends", [written.id[-6:] for written in sent], fault or "")
        try:
            receipts = phone.sends(sent)
        except PowerCut:
            return None
        finally:
            self.centre.store.statements_left = None
        return None if fault in ("lost reply", "torn") else receipts

    def pull(self, phone: LastingPhone, fault: str | None = None) -> None:
        if phone.takes_news():
            self.counts["news instead of a pull"] += 1
            phone.lets_go()
            return
        while True:
            page = phone.asks(self.rng.choice([1, 2000, None]))
            if fault == "cut pull" and self.rng.random() < 0.4:
                return
            phone.keeps(page)
            if not page.more:
                break
        phone.lets_go()

    def echo(self, _: Phone) -> None:
        """An old request arrives once more, long after its answer."""
        if self.echoes:
            phone, saves = self.rng.choice(self.echoes)
            self.tell(phone, "is echoed", [written.id[-6:] for written in saves])
            phone.sends(saves)

    def come_to_rest(self) -> None:
        """The faults end: the centre has its last update, and each phone tries as often as an app does."""
        self.step = "rest"
        self.rng.seed(f"{self.seed}.rest")
        self.centre.schema = declared_at(NEXT_VERSION)
        if self.is_copied_over:
            upheaval.declare_restored(self)
        began = self.centre.now
        while True:
            self.everybody_tries()
            seconds = int((self.centre.now - began).total_seconds())
            if seconds >= REST_SECONDS_MAX or not any(phone.waiting() for phone in self.phones):
                break
            self.centre.passes(seconds=TRY_SECONDS)
        self.counts[f"at rest after {seconds} s"] += 1
        vain = self.history.waited_in_vain = self.unmended()
        waiting = [written.id for phone in self.phones for written in phone.waiting()]
        self.history.unsettled = [id for id in waiting if id not in vain]
        self.counts["waits for what is gone"] += len(vain)
        # What nobody can bring any more is given up, and its words are held for the supervisors.
        self.centre.passes(days=limits.WAITING_DAYS_MAX)
        self.everybody_tries()
        for phone in self.phones:
            self.pull(phone)

    def everybody_tries(self) -> None:
        """Each phone sends all that waits, and pulls."""
        for phone in self.phones:
            for start in range(0, len(phone.waiting()), 100):
                phone.hears(phone.sends(phone.waiting()[start : start + 100]))
            self.pull(phone)

    def forget_strangers(self) -> None:
        """After a restore: what hostile clients had sent and the centre had refused is on no device any more."""
        logged = {entry.id for entry in self.centre.log}
        for id, authored in self.history.authored.items():
            if authored.flaw is not None and id not in logged:
                self.given_up.add(id)

    def unmended(self) -> dict[str, str]:
        """The saves that wait although no further try can mend it, with the reason. Any other wait is a fault.

        Either the app that wrote them is too old for this centre, or they come after one of those on the same phone, or
        they build on a save that is on no device any more, or on one of these.
        """
        found: dict[str, str] = {}
        outdated = set()
        lost = {authored.written.record for id, authored in self.history.authored.items() if id in self.given_up}
        waiting = [(phone, written) for phone in self.phones for written in phone.waiting()]
        for _ in range(len(waiting) + 1):
            before = len(found)
            for phone, written in waiting:
                answer = phone.answers.get(written.id)
                code = answer.problem.code if answer and answer.problem else None
                named = {written.record, *(value for value in written.save["set"].values() if isinstance(value, str))}
                is_behind = code in FOR_ANOTHER and (phone.device, written.record) in outdated
                if code == "app_too_old" or is_behind:
                    found[written.id] = "app_too_old"
                    outdated.add((phone.device, written.record))
                    lost.add(written.record)
                elif code in RETRIED and named & lost:
                    found[written.id] = str(code)
                    lost.add(written.record)
            if len(found) == before:
                break
        return found

    def close(self) -> None:
        self.centre.store.close()
        self.place.leave()


def simulate(seed: int, steps: Collection[int] = range(STEPS), place: Place | None = None) -> Counter[str]:
    """Run one seed, in memory unless another place is given; raises Violation when a promise is broken."""
    simulation = Simulation(seed, steps, place)
    try:
        return simulation.run()
    finally:
        simulation.close()
