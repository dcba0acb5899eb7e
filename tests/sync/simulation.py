"""Several phones on a bad network, from a seed: everything a seed does is the same every time.

Not here: the judgement (oracle.py). One seed again: python -m tests.sync.simulation SEED [SEEDS]
"""

import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from schema.load import load_schema
from schema.model import Problem, Schema
from sync.store.sqlite import Store
from tests.centre import HOURS, PEOPLE, VISITED, Centre, Phone, Written, base36
from tests.sync.oracle import Authored, History, check

PHONES = ("li_min", "zhang_qiang", "he_fang", "zhou_hui", "luo_wei", "huang_li", "chen_jing")
WORKERS = ("li_min", "zhang_qiang", "he_fang")
TEAMS = ("heping_1", "heping_2", "heping_3")
STEPS = 90
# What people write, field by field, without rules between the fields: any mixture of these is valid.
FREE = {
    "household": {
        "phone": ["13800005521", "13800005522", None],
        "care_note": ["有狗", "轻敲门"],
        "tags.dog": [True, False],
    },
    "resident": {
        "risk_level": ["low", "medium", "high"],
        "risk_reason": ["摔过", "独居"],
        "health_note": ["高血压", None],
    },
    "home_visit": {
        "observation": ["精神不错", "睡得不好", "吃过药了"],
        "condition": ["as_usual", "urgent"],
        "services.greeting": [True, None],
        "arrived_at": ["10:30", "10:45"],
    },
    "case": {"next_step": ["再访", "转介"], "risk_level": ["low", "high"]},
    "case_progress": {"content": ["谈了女儿的事", "愿意去日间照料"], "next_step": ["电话", None]},
    "hour_entry": {"activity": ["便民服务日", "义剪"], "break_minutes": [0, 10, 20]},
}
MOVES = {"intake": ["assessed"], "assessed": ["in_service"], "in_service": ["suspended"], "suspended": ["in_service"]}


class PowerCut(Exception):
    """The server stops in the middle of a push."""


class FragileStore(Store):
    """A store whose process can be stopped before its n-th statement."""

    statements_left: int | None = None

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        if self.statements_left is not None:
            self.statements_left -= 1
            if self.statements_left < 0:
                self.statements_left = None
                raise PowerCut
        return super().execute(sql, parameters)


def open_fragile(path: Any, schema: Schema) -> Store:
    return FragileStore(path, schema)


class Simulation:
    """One world and one seed."""

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        self.centre = Centre(":memory:", seed, open_fragile)
        self.rng = self.centre.random
        self.steps = steps
        self.history = History()
        self.counts: Counter[str] = Counter()
        self.phones = [self.centre.phones[name] for name in PHONES]
        self.phones.append(self.centre.new_phone("li_min"))
        # Requests that the network still holds a copy of: (phone, saves).
        self.echoes: list[tuple[Phone, list[Written]]] = []
        for person, (_, _, roles) in PEOPLE.items():
            self.history.roles.append((-1, person, roles))

    def run(self) -> Counter[str]:
        """Take every step, come to rest, judge."""
        supervisor = self.centre.zhou_hui
        for team in TEAMS[:2]:
            self.author(supervisor, supervisor.writes("household", new_home(team)))
        for phone in self.phones:
            self.meet(phone, None)
        actions = self.actions()
        names, weights = list(actions), [weight for weight, _ in actions.values()]
        for _ in range(self.steps):
            name = self.rng.choices(names, weights)[0]
            self.counts[name] += 1
            actions[name][1](self.rng.choice(self.phones))
            self.centre.passes(seconds=self.rng.choice([1, 30, 300, 3600]))
        self.come_to_rest()
        for entry in self.centre.log:
            self.counts[f"{entry.entry} {entry.status}"] += 1
            if entry.problem:
                self.counts[entry.problem.code] += 1
        check(self.centre, self.history, self.phones)
        self.counts["open conflicts"] = self.centre.store.value("SELECT count(*) FROM conflict")
        return self.counts

    def actions(self) -> dict[str, tuple[int, Any]]:
        return {
            "write": (16, self.write_new),
            "edit": (30, self.edit),
            "visit": (12, self.carry_out),
            "sync": (30, lambda phone: self.meet(phone, self.fault())),
            "echo": (4, self.echo),
            "move home": (4, self.move_home),
            "give away": (4, self.give_away),
            "decide": (12, self.decide),
            "double": (4, self.settle_double),
            "hostile": (8, self.attack),
            "mistake": (4, self.mistake),
            "roles": (2, self.change_roles),
            "clock": (3, self.jump),
        }

    # Honest work

    def author(self, phone: Phone, written: Written, flaw: str | None = None) -> Written:
        self.history.authored[written.id] = Authored(written, phone.person, flaw)
        return written

    def write_new(self, phone: Phone) -> None:
        kind = self.rng.choice(["household", "resident", "home_visit", "home_visit", "case", "case_progress"])
        if phone.person in ("huang_li", "chen_jing"):
            kind = "hour_entry"
        values = self.first_values(phone, kind)
        if values is not None:
            self.author(phone, phone.writes(kind, values))

    def first_values(self, phone: Phone, kind: str) -> dict[str, Any] | None:
        if kind == "hour_entry":
            return {**HOURS, "volunteer": "huang_li", "started_at": self.rng.choice(["09:00", "10:00", "11:00"])}
        if kind == "household":
            team = self.rng.choice(TEAMS[:2]) if self.rng.random() < 0.3 else team_of(phone)
            return new_home(team)
        if kind == "case_progress":
            case = self.in_sight(phone, "case")
            return case and {
                "case": case,
                "written_on": "2026-03-10",
                "mode": self.first("contact_mode"),
                "content": "初次面谈",
            }
        home = self.in_sight(phone, "household")
        if home is None:
            return None
        worker = phone.person if phone.person in WORKERS else self.rng.choice(WORKERS)
        if kind == "resident":
            return {"name": self.rng.choice(["王秀兰", "曾建国", "单玉芬"]), "household": home}
        if kind == "home_visit":
            return {"household": home, "assigned_to": worker, "planned_on": "2026-03-10"}
        person = self.in_sight(phone, "resident")
        return person and {
            "resident": person,
            "household": home,
            "worker": worker,
            "category": self.first("case_category"),
            "opened_on": "2026-03-01",
            "presenting_problem": "独居",
        }

    def first(self, vocabulary: str) -> str:
        return next(iter(self.centre.schema.vocabularies[vocabulary].choices))

    def in_sight(self, phone: Phone, kind: str | None = None) -> str | None:
        names = [*phone.base, *(written.record for written in phone.outbox)]
        found = [name for name in dict.fromkeys(names) if phone.kind_of(name) in FREE]
        found = [name for name in found if kind is None or phone.kind_of(name) == kind]
        return self.rng.choice(found) if found else None

    def edit(self, phone: Phone) -> None:
        record = self.in_sight(phone)
        if record is None:
            return
        kind = phone.kind_of(record)
        fields = self.rng.sample(sorted(FREE[kind]), self.rng.randint(1, min(2, len(FREE[kind]))))
        values = {name: self.rng.choice(FREE[kind][name]) for name in fields}
        if self.rng.random() < 0.15:
            values[f"remarks.{self.rng.getrandbits(60):012x}"] = {"text": "补充一句"}
        seen = phone.sees(record)
        if kind == "case" and self.rng.random() < 0.4 and MOVES.get(seen.stage):
            to = self.rng.choice(MOVES[seen.stage])
            if to != "in_service" or phone.person == "zhou_hui" or seen.stage == "suspended":
                values["stage"] = to
        if kind == "home_visit" and "condition" in values and seen.outcome is None:
            del values["condition"]
        if values:
            self.author(phone, phone.changes(record, values))

    def carry_out(self, phone: Phone) -> None:
        record = self.in_sight(phone, "home_visit")
        if record is not None:
            day = self.rng.choice(["2026-03-09", "2026-03-10"])
            self.author(phone, phone.changes(record, {**VISITED, "visited_on": day}))

    def move_home(self, _: Phone) -> None:
        home = self.in_sight(self.centre.zhou_hui, "household")
        if home is not None:
            self.author(self.centre.zhou_hui, self.centre.zhou_hui.changes(home, team=self.rng.choice(TEAMS)))

    def give_away(self, _: Phone) -> None:
        kind, name = self.rng.choice([("home_visit", "assigned_to"), ("case", "worker")])
        record = self.in_sight(self.centre.zhou_hui, kind)
        if record is not None:
            self.author(self.centre.zhou_hui, self.centre.zhou_hui.changes(record, {name: self.rng.choice(WORKERS)}))

    def decide(self, _: Phone) -> None:
        phone = self.rng.choice([self.centre.zhou_hui, self.centre.chen_jing])
        if self.rng.random() < 0.7:
            self.meet(phone, None)
        records = [name for name, base in phone.base.items() if base.standing["review"] is not None]
        if records:
            record = self.rng.choice(records)
            verdict = self.rng.choice(["approve", "approve", "approve", "return", "reject", "undo"])
            id = self.centre.new_id()
            for _ in range(self.rng.choice([1, 1, 2])):
                answer = phone.decides(record, verdict, "再补一句" if verdict == "return" else None, id=id)
            if not isinstance(answer, Problem):
                self.history.decided[id] = (phone.person, record, verdict)

    def settle_double(self, _: Phone) -> None:
        phone = self.rng.choice([self.centre.zhou_hui, self.centre.chen_jing])
        if self.rng.random() < 0.7:
            self.meet(phone, None)
        pairs = [
            (name, base.standing["duplicates"]) for name, base in phone.base.items() if base.standing["duplicates"]
        ]
        if pairs:
            record, others = self.rng.choice(pairs)
            other = self.rng.choice(others)
            answer = phone.says_of_double(record, other, self.rng.choice(["different", "same"]))
            if not isinstance(answer, Problem):
                self.history.settled.add(frozenset((record, other)))

    def mistake(self, phone: Phone) -> None:
        """Work that the centre must refuse, by people who mean well."""
        record = self.in_sight(phone)
        if record is not None:
            values = self.rng.choice([{"weather": "rain"}, {"remarks": 5}, {"created_by": "x"}])
            kept = self.rng.choice(sorted(FREE[phone.kind_of(record)]))
            values |= {kept: self.rng.choice(FREE[phone.kind_of(record)][kept])}
            self.author(phone, phone.changes(record, values), "mistake")

    # The world around

    def change_roles(self, _: Phone) -> None:
        person = self.rng.choice(WORKERS)
        several = self.rng.sample(TEAMS[:2], self.rng.choice([1, 1, 2]))
        roles = tuple(("outreach_worker", team) for team in several)
        self.centre.sets_roles(person, *roles)
        self.history.roles.append((len(self.centre.log), person, roles))

    def jump(self, phone: Phone) -> None:
        phone.clock_ahead = timedelta(hours=self.rng.choice([-50, -1, 0, 1, 72]))

    # The network

    def fault(self) -> str | None:
        faults = ["lost request", "lost reply", "cut pull", "no pull", "doubled", "damaged", "stopped"]
        return self.rng.choice([None] * 6 + faults)

    def meet(self, phone: Phone, fault: str | None) -> None:
        """One round of a phone with the network: push some of the outbox, pull."""
        waiting = [written for written in phone.outbox if written.id not in phone.receipts]
        batch = waiting[: self.rng.randint(1, 6)]
        if batch and fault not in ("lost request", "damaged"):
            if self.rng.random() < 0.2:
                self.echoes.append((phone, batch))
            sent = [written for written in batch for _ in range(2)] if fault == "doubled" else batch
            if fault == "stopped":
                self.centre.store.statements_left = self.rng.randint(1, 80)
            try:
                receipts = phone.sends(sent)
            except PowerCut:
                return
            finally:
                self.centre.store.statements_left = None
            if fault == "lost reply":
                return
            phone.hears(receipts)
        if fault == "no pull":
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
            phone.sends(saves)

    def come_to_rest(self) -> None:
        for _ in range(60):
            for phone in self.phones:
                self.meet(phone, None)
            if not any(phone.outbox for phone in self.phones):
                break
        for phone in self.phones:
            self.meet(phone, None)

    # Whoever does not mean well

    def attack(self, phone: Phone) -> None:
        """A client that does not keep to the protocol; what it sends goes to the server at once."""
        flaw = self.rng.choice(["forged", "stripped", "foreign", "reused", "locked", "trespass", "colleague"])
        target = phone
        if flaw in ("trespass", "colleague"):
            target = self.rng.choice(self.phones)
        record = self.in_sight(target)
        if record is None or record not in target.base:
            return
        base = target.base[record]
        name = self.rng.choice(sorted(set(FREE[base.kind]) - {"condition"}))
        members: dict[str, Any] = {"base": base.revision}
        values, replaces = {name: FREE[base.kind][name][0]}, {}
        if flaw == "foreign":
            wrote = {
                base36(a.written.save["client"])
                for a in self.history.authored.values()
                if name in a.written.save["set"]
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
            written = Written(
                {**written.save, "set": {name: FREE[base.kind][name][-1]}, "made_at": "0000000000001-0000"}
            )
        if flaw == "colleague":
            author = self.rng.choice([other for other in self.phones if other is not phone])
            self.author(author, written, "colleague")
            author.sends([written])
            return
        is_judged = flaw in ("forged", "foreign", "reused")
        # Stripped saves, and those on records in sight or not, may be allowed or not: the oracle works it out.
        self.author(phone, written, flaw if is_judged else "stripped")
        if phone.sends([written])[0].status == "retry":
            del self.history.authored[written.id]


def new_home(team: str) -> dict[str, Any]:
    return {"estate": "和平里", "building": "3", "room": "502", "team": team}


def team_of(phone: Phone) -> str:
    teams = [membership.team for membership in phone.me().memberships if membership.team]
    return teams[0]


def simulate(seed: int, steps: int = STEPS) -> Counter[str]:
    """Run one seed; raises Violation when a promise is broken."""
    simulation = Simulation(seed, steps)
    try:
        return simulation.run()
    finally:
        simulation.centre.store.close()


def main(arguments: list[str]) -> None:
    first = int(arguments[0]) if arguments else 0
    count = int(arguments[1]) if len(arguments) > 1 else 1
    load_schema()
    total: Counter[str] = Counter()
    began = time.perf_counter()
    for seed in range(first, first + count):
        try:
            total += simulate(seed)
        except Exception:
            print(f"seed {seed}", file=sys.stderr)
            raise
    print(f"{count} seeds in {time.perf_counter() - began:.1f} s")
    for name, number in sorted(total.items()):
        print(f"{number:8} {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
