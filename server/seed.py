"""Writes the fictional neighbourhood into an empty store, every record as a signed save of the person who would have.

Not here: what happens in the neighbourhood (world_story), and a centre's own register (register).
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count, groupby
from typing import Any

from schema.model import Membership, Person, Problem, Schema
from server.follow_ups import draw_month
from server.places import give_due
from server.recognition.papers import Maker, make_paper, propose_medal
from server.register_plan import new_id
from server.world import CENTRES, COORDINATOR, PEOPLE, SUPERVISORS, TEAMS, Act, Verdict, Write, record_id
from server.world_recognition import SERVED, medal_rule
from server.world_story import story
from sync import limits
from sync.decide import Decision, decide
from sync.devices import was_seen
from sync.people import add_centre, add_device, add_member, add_team, members, person_of
from sync.places import KINDS
from sync.push import push
from sync.save import private_key_from, public_point, save_key, sealed
from sync.store.store import Store
from sync.times import local_date

Progress = Callable[[str], None]
_ACTS_BETWEEN_REPORTS = 1000


class WorldError(Exception):
    """The made-up world did something that the centre refuses: a fault of its makers, told with the reason."""


@dataclass
class SeedReport:
    """What was written: saves by kind, and decisions. All zero where the store had its neighbourhood already."""

    is_new: bool
    saves: dict[str, int] = field(default_factory=dict)
    decisions: int = 0


def seed(
    store: Store, schema: Schema, size: str, today: date, seed: int = 1, progress: Progress | None = None
) -> SeedReport:
    """Fill a store with the neighbourhood as it is on the morning of `today`; a store that has people is left alone.

    size  "small" for tests, "full" for the demo, "phone" for measuring one phone with 10,000 records
    The whole world is one commit: whatever happens meanwhile, the store has all of it or nothing.
    """
    tell = progress or (lambda sentence: None)
    if any(_has_people(store, centre) for centre in CENTRES):
        tell("The store has its people already; nothing was added.")
        return SeedReport(is_new=False)
    acts = story(size, today, seed)
    tell(f"Writing {len(acts):,} saves and decisions of {len(PEOPLE)} people.")
    report = SeedReport(is_new=True)
    with store.atomic():
        scribe = _Scribe(store, schema, seed)
        _add_people(store, scribe, acts[0].sent - timedelta(days=1))
        done = 0
        for together in _batches(acts):
            scribe.write(together, report)
            if done // _ACTS_BETWEEN_REPORTS != (done + len(together)) // _ACTS_BETWEEN_REPORTS:
                tell(f"{done + len(together):,} of {len(acts):,}, up to {together[0].sent.date().isoformat()}.")
            done += len(together)
        _draw_follow_ups(store, schema, scribe, today, acts[-1].sent, report)
        _give_places(store, schema, acts[-1].sent, report)
        _acknowledge(store, schema, scribe, acts[-1].sent, report)
    written = ", ".join(f"{count:,} of {kind}" for kind, count in sorted(report.saves.items()))
    tell(f"Done: saves {written}; {report.decisions:,} decisions.")
    return report


def _draw_follow_ups(
    store: Store, schema: Schema, scribe: "_Scribe", today: date, now: datetime, report: SeedReport
) -> None:
    """The sample of last month, where there were visits in it."""
    store.bind("heping")
    numbers = count()

    def entropy(size_bytes: int) -> bytes:
        return hashlib.sha512(f"follow_ups.{next(numbers)}".encode()).digest()[:size_bytes]

    person, last_month = scribe.person(SUPERVISORS["heping_1"]), today.replace(day=1) - timedelta(days=1)
    key = private_key_from(int.from_bytes(entropy(31)) | 1)
    drawn = draw_month(store, schema, person, "heping_1", last_month, now, entropy, new_id, key)
    if isinstance(drawn, Problem) and drawn.code not in ("nobody_served", "nobody_apart"):
        raise WorldError(f"the sample of last month: {drawn}")
    for kind in ("follow_up_plan", "follow_up"):
        if made := store.value("SELECT count(*) FROM record WHERE kind = ?", (kind,)):
            report.saves[kind] = made


def _give_places(store: Store, schema: Schema, now: datetime, report: SeedReport) -> None:
    """What the centre answers to those who signed up."""
    store.bind("heping")
    numbers = count()

    def entropy(size_bytes: int) -> bytes:
        return hashlib.sha512(f"places.{next(numbers)}".encode()).digest()[:size_bytes]

    give_due(store, schema, "heping", now, entropy, new_id, lambda: private_key_from(int.from_bytes(entropy(31)) | 1))
    for kind in KINDS:
        sql = (
            "SELECT count(*) FROM log l JOIN record r ON r.record = l.record"
            " WHERE r.kind = ? AND l.entry = 'save' AND l.status = 'accepted'"
        )
        report.saves[kind] = store.value(sql, (kind,))


def _acknowledge(store: Store, schema: Schema, scribe: "_Scribe", now: datetime, report: SeedReport) -> None:
    """A paper about the hours of one volunteer, and the first medal of another who has reached it."""
    store.bind("heping")
    numbers = count()

    def entropy(size_bytes: int) -> bytes:
        return hashlib.sha512(f"recognition.{next(numbers)}".encode()).digest()[:size_bytes]

    key = private_key_from(int.from_bytes(entropy(31)) | 1)
    maker = Maker(scribe.person(COORDINATOR), now, entropy, new_id, key)
    until = local_date(now)
    made: list[str | Problem] = [
        make_paper(store, schema, maker, SERVED, (until - timedelta(days=60)).isoformat(), until.isoformat())
    ]
    key = private_key_from(int.from_bytes(entropy(31)) | 1)
    made.append(propose_medal(store, schema, replace(maker, key=key), SERVED, medal_rule("service")))
    for one in made:
        if isinstance(one, Problem) and one.code not in ("no_certified_hours", "medal_not_reached"):
            raise WorldError(f"a paper or a medal: {one}")
    for kind in ("hour_certificate", "medal_award"):
        if found := store.value(f"SELECT count(*) FROM {kind}"):  # noqa: S608
            report.saves[kind] = found


def _has_people(store: Store, centre: str) -> bool:
    store.bind(centre)
    return bool(members(store, centre))


def _batches(acts: list[Act]) -> Iterator[list[Act]]:
    """What one person's device sends at one moment, as many at a time as one push takes."""
    for _, together in groupby(acts, lambda act: (act.sent, act.person, type(act))):
        waiting = list(together)
        for start in range(0, len(waiting), limits.PUSH_SAVES_MAX):
            yield waiting[start : start + limits.PUSH_SAVES_MAX]


def _add_people(store: Store, scribe: "_Scribe", now: datetime) -> None:
    for centre, name in CENTRES.items():
        add_centre(store, centre, name)
    for team, (centre, name) in TEAMS.items():
        add_team(store, team, name, centre)
    for member in PEOPLE:
        roles = [Membership(role, member.centre, team) for role, team in member.roles]
        add_member(store, member.person, member.name, member.centre, roles)
        device = record_id(f"{member.person}.device")
        add_device(store, member.person, public_point(scribe.keys[member.person]), member.device_name, device, now)


@dataclass
class _Known:
    """What the scribe remembers of one record: its revision, and who claims which field."""

    revision: int = 0
    before: dict[str, int] = field(default_factory=dict)  # name of a write -> revision before it
    claims: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # field key -> (save key, name of write)


class _Scribe:
    """Seals acts as the devices of their authors would have, and pushes them."""

    def __init__(self, store: Store, schema: Schema, seed: int) -> None:
        self._store = store
        self._schema = schema
        self._seed = seed
        self._people: dict[str, Person] = {}
        self.keys = {member.person: private_key_from(self._number(f"key.{member.person}", 31)) for member in PEOPLE}
        self._known: dict[str, _Known] = {}
        self._sequences: dict[str, int] = {}
        self._count = 0

    def write(self, together: list[Act], report: SeedReport) -> None:
        """Push the saves, or make the decisions, of one person at one moment; raises WorldError where one fails."""
        person = self.person(together[0].person)
        self._store.bind(person.centre)
        writes = [act for act in together if isinstance(act, Write)]
        receipts = push(self._store, self._schema, person, [self._save(act) for act in writes], together[0].sent)
        was_seen(self._store, person.device, 0, None, together[0].sent)
        for write, receipt in zip(writes, receipts, strict=True):
            if receipt.status != write.status:
                raise WorldError(f"{write.person} at {write.at}: {receipt.status} {receipt.problem} {write.values}")
            if receipt.revision is not None:
                self._known[write.record].revision = receipt.revision
            report.saves[write.kind] = report.saves.get(write.kind, 0) + 1
        for act in together:
            if isinstance(act, Verdict):
                self._decide(person, act)
                report.decisions += 1

    def _decide(self, person: Person, act: Verdict) -> None:
        self._count += 1
        decision = Decision(
            id=record_id(f"decision.{self._seed}.{self._count}"),
            record=act.record,
            revision=self._known[act.record].revision,
            verdict=act.verdict,
            sentence=act.sentence,
            field=act.field,
        )
        answer = decide(self._store, self._schema, person, decision, act.sent)
        if isinstance(answer, Problem):
            raise WorldError(f"{act.verdict} by {act.person} at {act.sent}: {answer}")

    def _save(self, act: Write) -> dict[str, Any]:
        self._count += 1
        known = self._known.setdefault(act.record, _Known())
        if act.name:
            known.before[act.name] = known.revision
        client = self._number(f"client.{self._count}", 4)
        replaces: dict[str, list[str]] = {}
        for field_key in act.values:
            seen = [claim for claim in known.claims.get(field_key, []) if claim[1] not in act.unseen]
            if seen:
                replaces[field_key] = [key for key, _ in seen]
            if act.status == "accepted":
                unseen = [claim for claim in known.claims.get(field_key, []) if claim[1] in act.unseen]
                known.claims[field_key] = [*unseen, (save_key(client), act.name)]
        sequence = self._sequences[act.person] = self._sequences.get(act.person, 0) + 1
        save = {
            "id": record_id(f"save.{self._seed}.{self._count}"),
            "record": act.record,
            "kind": act.kind,
            "schema": self._schema.kinds[act.kind].version,
            "device_sequence": sequence,
            "client": client,
            "base": min([known.revision, *(known.before[name] for name in act.unseen)]),
            # One device never says two things at one instant: the counter keeps their order.
            "made_at": f"{int(act.at.timestamp() * 1000):013d}-{sequence % 10_000:04d}",
            "set": act.values,
            "replaces": replaces,
        }
        return sealed(save, self.keys[act.person])

    def person(self, person: str) -> Person:
        if person not in self._people:
            found = person_of(self._store, person, record_id(f"{person}.device"))
            if found is None:
                raise WorldError(f"{person} has no device")
            self._people[person] = found
        return self._people[person]

    def _number(self, name: str, size_bytes: int) -> int:
        """A number that depends on the seed and the name alone, never 0."""
        digest = hashlib.sha256(f"{self._seed}.{name}".encode()).digest()
        return int.from_bytes(digest[:size_bytes]) | 1
