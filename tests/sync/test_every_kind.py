"""People of every role, each alone for a while, write whatever a kind lets them write: for every declared kind, through
the real push, in any order and with repeats, nothing of it is gone and no record stands where none can stand.

Not here: kinds by name, whose rules the large simulation knows (simulation.py), and documents alone (test_merging.py).
"""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from schema.load import load_examples, load_schema
from schema.model import Field, Kind, Move
from sync import limits, push
from sync.log import Entry
from sync.record import record_of
from sync.times import read_instant
from tests.centre import PEOPLE, Base, Centre, Phone, Written
from tests.sync.oracle import Authored, History, Known, Oracle, Violation

SCHEMA = load_schema()
EXAMPLES = load_examples()
SEEDS = 4
# Rounds in which everybody first writes and then, in some order, meets the centre.
ROUNDS = 3
OF_THE_CENTRE = [name for name, (_, centre, _) in PEOPLE.items() if centre == "heping"]
ROWS = ("row00001", "row00002", "row00003")


class AnyKind(Oracle):
    """Judges what follows from the saves alone, whatever the kind: who may write what, the large simulation judges."""

    def check(self) -> None:
        self.nothing_is_lost_and_queues_are_empty()
        self.walk_the_log()
        for record, known in self.known.items():
            self.what_was_not_seen_is_alive(record, known)
            self.state_is_declared(record, known)
            self.everybody_has_the_same(record)
        for phone in self.phones:
            self.receipts_are_those_of_the_log(phone)
        self.tables_follow_from_the_log()

    def accepted_is_allowed(self, entry: Entry, authored: Authored) -> None:
        self.must(entry.person == authored.author, "P5 author", entry.person, authored.author)

    def held_is_explained(self, entry: Entry, authored: Authored) -> None:
        self.must(entry.problem.code in self.centre.schema.problems, "P6 a reason in words", entry.problem)

    def take_save(self, entry: Entry, authored: Authored) -> None:
        kind = self.centre.schema.kinds[authored.written.save["kind"]]
        known = self.known.setdefault(str(entry.record), Known(kind, entry.person))
        known.accepted.append((entry, authored))

    def state_is_declared(self, record: str, known: Known) -> None:
        if known.kind.states is not None:
            stands = self.kept(record).view().values.get(known.kind.states.field, known.kind.states.initial)
            self.must(stands in known.kind.states.states, "a declared state", known.kind.name, stands)

    def everybody_has_the_same(self, record: str) -> None:
        found = self.kept(record).revision
        for phone in self.phones:
            if record in phone.base:
                self.must(phone.base[record].revision == found, "P2 revision", phone.person, record)


class Round:
    """One kind and one seed: a record of it with all that it names, and everybody who works on it."""

    def __init__(self, kind: Kind, seed: int) -> None:
        self.kind = kind
        self.rng = random.Random(f"{kind.name} {seed}")  # noqa: S311
        self.centre = Centre(seed=seed)
        self.centre.store.bind("heping")
        self.centre.now = max(self.centre.now, read_instant(EXAMPLES[kind.name]["now"]) + timedelta(hours=1))
        self.phones = [self.centre.phones[name] for name in OF_THE_CENTRE]
        for phone in self.phones:
            phone.path = "prf"
        self.history = History()
        self.made: dict[str, str] = {}
        self.counts: Counter[str] = Counter()

    def run(self) -> Counter[str]:
        record = self.make(self.kind)
        for _ in range(ROUNDS):
            self.everybody_meets()
            for phone in self.phones:
                self.looks_at_a_desk(phone, record)
            writers = [phone for phone in self.phones if record in phone.base]
            assert writers, f"nobody has the {self.kind.name} that was made"
            for phone in self.rng.sample(writers, len(writers)):
                for _ in range(self.rng.randint(1, 3)):
                    if values := self.something(phone, record):
                        # What it names may have been made in between, by another version.
                        phone.version = self.kind.version
                        self.author(phone, phone.changes(record, values))
        self.everybody_meets()
        # What speaks of something its author may not know of any more is given up, and its words are held.
        self.centre.passes(days=limits.WAITING_DAYS_MAX)
        for _ in range(2):
            self.everybody_meets()
        AnyKind(self.centre, self.history, self.phones).check()
        for entry in self.centre.log:
            if entry.record == record:
                self.counts[entry.status] += 1
        return self.counts

    def author(self, phone: Phone, written: Written) -> Written:
        self.history.authored[written.id] = Authored(written, phone.person)
        return written

    def everybody_meets(self) -> None:
        for phone in self.rng.sample(self.phones, len(self.phones)):
            if self.rng.random() < 0.3:
                # The answer is lost, and everything is sent once more.
                phone.sends(phone.outbox)
            phone.meets_network()
            if self.is_desk(phone):
                phone.base.clear()
                phone.outbox = [written for written in phone.outbox if written.id not in phone.receipts]
            self.centre.passes(seconds=self.rng.choice([1, 30, 300]))

    def looks_at_a_desk(self, phone: Phone, record: str) -> None:
        """Whose role carries no records has read it at the centre a moment ago."""
        if self.is_desk(phone) and any(role in self.kind.access.see for role, _ in PEOPLE[phone.person][2]):
            found = record_of(self.centre.store, SCHEMA, record)
            phone.base[record] = Base(record, self.kind.name, found.revision, found.standing(), list(found.claims))

    def is_desk(self, phone: Phone) -> bool:
        return not any(SCHEMA.roles[role].replicates for role, _ in PEOPLE[phone.person][2])

    # A first record of a kind

    def make(self, kind: Kind) -> str:
        """A record of a kind as its example has it, made by the first person who may; one of each kind in a world."""
        if kind.name not in self.made:
            for phone in self.phones:
                phone.pulls()
                values = self.example(kind)
                phone.version = kind.version
                written = self.author(phone, phone.writes(kind.name, values))
                phone.meets_network()
                if phone.receipts[written.id].status == "accepted":
                    self.made[kind.name] = written.record
                    break
            else:
                raise AssertionError(f"nobody may make this {kind.name}: {phone.receipts[written.id].problem}")
        return self.made[kind.name]

    def example(self, kind: Kind) -> dict[str, Any]:
        """Its example, with what it names as it is here; what looks at work is given to the last who fits."""
        values: dict[str, Any] = {}
        for name, value in EXAMPLES[kind.name]["base"].items():
            field = kind.fields[name]
            if field.derive is not None or field.basis is not None:
                continue
            if field.type == "ref" and (field.of == kind.name or SCHEMA.kinds[str(field.of)].by_centre):
                continue
            if field.type in ("ref", "person", "team"):
                values[name] = self.named(field, first=True, last=field.apart_from is not None)
            elif isinstance(value, dict):
                values |= {f"{name}.{part}": one for part, one in value.items()}
            else:
                values[name] = value
        return values

    def named(self, field: Field, first: bool = False, last: bool = False) -> str:
        """Somebody or something a field may name."""
        if field.type == "team":
            return "heping_1" if first else self.rng.choice(["heping_1", "heping_2"])
        if field.type == "ref":
            return self.make(SCHEMA.kinds[str(field.of)])
        fits = [
            name for name in OF_THE_CENTRE if field.role is None or any(r == field.role for r, _ in PEOPLE[name][2])
        ]
        return fits[-1] if last else fits[0] if first else self.rng.choice(fits)

    # Whatever a person may write into it

    def something(self, phone: Phone, record: str) -> dict[str, Any]:
        """New values for a field or two, among them those that are not theirs to write, or a step."""
        states = self.kind.states
        if states is not None and self.rng.random() < 0.4:
            seen = phone.sees(record)
            stands = (seen and seen.values.get(states.field)) or states.initial
            roles = {role for role, _ in PEOPLE[phone.person][2]}
            moves = [move for move in states.moves if stands in move.origins]
            allowed = [move for move in moves if roles & set(move.by)] or (moves if self.rng.random() < 0.2 else [])
            return self.step(self.rng.choice(allowed)) if allowed else {}
        fields = [one for one in self.kind.fields.values() if one.derive is None and one.type not in ("state", "files")]
        values: dict[str, Any] = {}
        for field in self.rng.sample(fields, self.rng.randint(1, min(2, len(fields)))):
            values |= self.written(field)
        return values

    def step(self, move: Move) -> dict[str, Any]:
        """A step with all that it cannot do without."""
        states = self.kind.states
        assert states is not None
        values: dict[str, Any] = {states.field: move.to}
        for field in self.kind.fields.values():
            wanted = field.required_when is not None and move.to in field.required_when.get(states.field, ())
            if wanted or field.name == move.says:
                values |= self.written(field)
        return values

    def written(self, field: Field) -> dict[str, Any]:
        name = field.name
        if field.vocabulary is not None:
            code = self.rng.choice([code for code, one in field.vocabulary.choices.items() if not one.retired])
            return {f"{name}.{code}": self.rng.choice([True, False, None])} if field.type == "choices" else {name: code}
        if field.type == "rows":
            row = {key: self.value(one.type, one.min, one.max, one.vocabulary) for key, one in field.columns.items()}
            gone = not field.append_only and self.rng.random() < 0.2
            return {f"{name}.{self.rng.choice(ROWS)}": None if gone else row}
        if field.type in ("ref", "person", "team"):
            is_made = field.type != "ref" or (field.of != self.kind.name and not SCHEMA.kinds[str(field.of)].by_centre)
            return {name: self.named(field)} if is_made else {}
        if not field.required and self.rng.random() < 0.1:
            return {name: None}
        return {name: self.value(field.type, field.min, field.max, None)}

    def value(self, type_: str, least: int | None, most: int | None, vocabulary: Any) -> Any:
        """A value that stands for itself; `least` and `most` are of its characters or of the number."""
        if vocabulary is not None:
            return self.rng.choice(list(vocabulary.choices))
        number = self.rng.randrange(1000)
        if type_ == "integer":
            return self.rng.randint(least or 0, min(most or 90, (least or 0) + 90))
        day = self.centre.today - timedelta(days=number % 4)
        return (
            {
                "date": day.isoformat(),
                "time": f"{8 + number % 10:02}:{number % 60:02}",
                "datetime": f"{day.isoformat()}T00:{number % 60:02}:00Z",
                "boolean": number % 2 == 0,
                "phone": f"1380000{number:04}",
            }.get(type_)
            if type_ not in ("text", "long_text")
            else f"写下的话{number}"[: most or 20]
        )


# What the centre alone writes has no people who write it (follow_up_draw).
@pytest.mark.parametrize(
    "kind", [one for one in SCHEMA.kinds.values() if not one.by_centre], ids=lambda kind: kind.name
)
def test_whatever_is_written_of_a_kind_by_whomever_in_whatever_order_nothing_of_it_is_gone(kind: Kind) -> None:
    total: Counter[str] = Counter()
    for seed in range(SEEDS):
        total += Round(kind, seed).run()
    # Where nearly all is refused nothing would be shown.
    assert total["accepted"] > SEEDS, total


def test_a_push_that_writes_over_what_its_author_had_not_seen_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def rewritten(_: Any, save: Any, before: Any) -> Any:
        live = before.claims if before else []
        return {name: tuple(claim.save_key for claim in live if claim.field_key == name) for name in save.set}

    monkeypatch.setattr(push, "rewritten", rewritten)
    with pytest.raises(Violation, match="P4"):
        for seed in range(SEEDS):
            Round(SCHEMA.kinds["incident"], seed).run()
