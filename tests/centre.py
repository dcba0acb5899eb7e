"""The named world in memory for tests: a centre with its people, a clock to set, and phones that can be offline.

Not here: anything faked. The store is a real SQLite file, documents are real pycrdt, saves are really signed. A phone
is written from the protocol, not from the server's modules, wherever both have to come to the same result.
"""

import copy
import json
import random
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import cbor2

from schema.access import Context, scopes_of_person, scopes_of_record
from schema.load import load_schema
from schema.model import Claim, Membership, Person, Problem, Schema, View
from schema.view import view_of
from sync import log, people
from sync.decide import Decision, decide, settle_duplicate
from sync.log import Entry
from sync.news import news, sum_of
from sync.pull import Page, pull
from sync.push import push
from sync.release import HeldDecision, decide_held, held_save
from sync.save import Receipt, private_key_from, public_point, sealed
from sync.store.opening import open_store
from sync.store.store import Store
from sync.verdicts import Verdict

WORKER, SUPERVISOR, COORDINATOR = "outreach_worker", "supervisor", "volunteer_coordinator"
TEAMS = {
    "heping_1": ("一组", "heping"),
    "heping_2": ("二组", "heping"),
    "heping_3": ("三组", "heping"),
    "guanhu_1": ("观湖一组", "guanhu"),
}
CENTRES = {"heping": "和平社区服务中心", "guanhu": "观湖社区服务中心"}
# person -> name, centre, (role, team)
PEOPLE: dict[str, tuple[str, str, tuple[tuple[str, str | None], ...]]] = {
    "li_min": ("李敏", "heping", ((WORKER, "heping_1"),)),
    "zhang_qiang": ("张强", "heping", ((WORKER, "heping_1"),)),
    "zhou_hui": ("周慧", "heping", ((SUPERVISOR, "heping_1"), (SUPERVISOR, "heping_2"))),
    "he_fang": ("何芳", "heping", ((WORKER, "heping_2"),)),
    "luo_wei": ("罗伟", "heping", ((SUPERVISOR, "heping_3"),)),
    "huang_li": ("黄丽", "heping", (("volunteer", None),)),
    "deng_jie": ("邓洁", "heping", (("volunteer", None),)),
    "chen_jing": ("陈静", "heping", ((COORDINATOR, None),)),
    "lin_yan": ("林燕", "heping", (("window_clerk", None),)),
    "wu_jianguo": ("吴建国", "heping", (("director", None),)),
    "sun_lei": ("孙磊", "guanhu", ((WORKER, "guanhu_1"),)),
    "ma_li": ("马丽", "guanhu", ((SUPERVISOR, "guanhu_1"),)),
}
START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # ten in the morning at the centre


@dataclass(frozen=True)
class Written:
    """What a person confirmed: one sealed save, and the values they had in sight when they wrote."""

    save: dict[str, Any]

    @property
    def record(self) -> str:
        return str(self.save["record"])

    @property
    def id(self) -> str:
        return str(self.save["id"])


class Seen:
    """A record as one person sees it: values as attributes, open versions by field key."""

    def __init__(self, kind: str, view: View, standing: dict[str, Any] | None, revision: int) -> None:
        self.kind = kind
        self.values = view.values
        self.versions = {key: [claim.value for claim in claims] for key, claims in view.conflicts.items()}
        self.standing = standing
        self.revision = revision

    def __getattr__(self, name: str) -> Any:
        return self.values.get(name)

    @property
    def review(self) -> str | None:
        review = (self.standing or {}).get("review")
        return review and review["state"]


@dataclass
class Base:
    """The last state of a record that the server confirmed, as a phone keeps it."""

    record: str
    kind: str
    revision: int
    standing: dict[str, Any]
    claims: list[Claim] = field(default_factory=list)


def accepted(written: Written, revision: int | None = None) -> Receipt:
    """The receipt of a save that joined the log; compares equal at any revision unless one is given."""
    return Receipt(written.id, "accepted", revision)


def held(written: Written, code: str, field: str | None = None) -> tuple[str, str, str, str | None]:
    """What `told` gives for a held save."""
    return written.id, "held", code, field


def retry(written: Written, code: str, field: str | None = None) -> tuple[str, str, str, str | None]:
    """What `told` gives for a save that is to be sent again."""
    return written.id, "retry", code, field


def told(receipt: Receipt) -> tuple[str, ...] | tuple[str, str, str, str | None]:
    """A receipt without its revision and details."""
    if receipt.problem is None:
        return receipt.save, receipt.status
    return receipt.save, receipt.status, receipt.problem.code, receipt.problem.field


class Phone:
    """One device of one person: base, outbox, held saves, cursors. Offline unless `pushes` or `pulls` is called."""

    def __init__(self, centre: "Centre", person: str, device: str, key_number: int) -> None:
        self.centre = centre
        self.person = person
        self.device = device
        self.key = private_key_from(key_number)
        self.clock_ahead = timedelta()
        self.version = 1
        # How it keeps what it opens: only a device that seals carries what is confidential.
        self.path = ""
        self.base: dict[str, Base] = {}
        self.outbox: list[Written] = []
        self.receipts: dict[str, Receipt] = {}
        self.held: dict[str, Written] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.cursors: dict[str, str] = {}
        self.mark: str | None = None
        self.at: str | None = None
        self._sequence = 0
        self._last_instant = (0, 0)

    # Writing

    def writes(self, kind: str, values: Mapping[str, Any] | None = None, **more: Any) -> Written:
        """A first save of a new record."""
        return self.seals(self.centre.new_id(), kind, {**(values or {}), **more}, base=0, replaces={}, scopes=[])

    def changes(self, record: "str | Written", values: Mapping[str, Any] | None = None, **more: Any) -> Written:
        """A save on a record in sight; it replaces every value of its fields that the person sees."""
        name = record if isinstance(record, str) else record.record
        written = {**(values or {}), **more}
        live = self.live(name)
        replaces = {key: sorted(claim.save_key for claim in live if claim.field_key == key) for key in written}
        known = self.base.get(name)
        return self.seals(
            name, self.kind_of(name), written, known.revision if known else 0, {k: v for k, v in replaces.items() if v}
        )

    def settles(self, record: "str | Written", values: Mapping[str, Any] | None = None, **more: Any) -> Written:
        """A save that chooses among open versions: the same as any other change."""
        return self.changes(record, values, **more)

    def seals(
        self, record: str, kind: str, values: Mapping[str, Any], base: int, replaces: Mapping[str, Any], **members: Any
    ) -> Written:
        """Sign a save and put it into the outbox; `members` overwrite parts of it before it is signed."""
        self._sequence += 1
        unsigned = {
            "id": self.centre.new_id(),
            "record": record,
            "kind": kind,
            "schema": self.version,
            "device_sequence": self._sequence,
            "client": self.centre.random.getrandbits(32) or 1,
            "base": base,
            "made_at": self._instant(),
            "set": dict(values),
            "replaces": dict(replaces),
            **members,
        }
        written = Written(sealed(unsigned, self.key))
        self.outbox.append(written)
        return written

    def _instant(self) -> str:
        milliseconds = int((self.centre.now + self.clock_ahead).timestamp() * 1000)
        last, count = self._last_instant
        self._last_instant = (last, count + 1) if milliseconds <= last else (milliseconds, 0)
        return f"{self._last_instant[0]:013d}-{self._last_instant[1]:04d}"

    # Seeing

    def kind_of(self, record: str) -> str:
        if record in self.base:
            return self.base[record].kind
        return next(str(entry.save["kind"]) for entry in self.outbox if entry.record == record)

    def live(self, record: str) -> list[Claim]:
        """The claims in sight: those of the base, and the outbox laid over them."""
        claims = {(c.field_key, c.save_key): c for c in (self.base[record].claims if record in self.base else [])}
        for written in self.outbox:
            if written.record == record:
                key = base36(written.save["client"])
                for field_key, value in written.save["set"].items():
                    for old in written.save["replaces"].get(field_key, ()):
                        claims.pop((field_key, old), None)
                    claims[field_key, key] = Claim(field_key, key, value, written.save["made_at"], self.person)
        return list(claims.values())

    def sees(self, record: "str | Written") -> Seen | None:
        """The record as its person sees it now, or None."""
        name = record if isinstance(record, str) else record.record
        live = self.live(name)
        if not live:
            return None
        base = self.base.get(name)
        kind = self.kind_of(name)
        view = view_of(self.centre.schema.kinds[kind], live)
        return Seen(kind, view, base.standing if base else None, base.revision if base else 0)

    # The network

    def sends(self, saves: Iterable[Written], failed: Callable[[BaseException], None] | None = None) -> list[Receipt]:
        """The server's answer to some saves; nothing here takes note of it."""
        received = [written.save for written in saves]
        centre = self.centre
        return push(centre.store, centre.schema, self.me(), received, centre.now, failed, context=self.context)

    def hears(self, receipts: Iterable[Receipt]) -> None:
        """Take note of receipts: what is held needs its author, what is accepted waits for the base to have it."""
        for receipt in receipts:
            if receipt.status in ("accepted", "held"):
                self.receipts[receipt.save] = receipt
            if receipt.status == "held":
                for written in [entry for entry in self.outbox if entry.id == receipt.save]:
                    self.outbox.remove(written)
                    self.held[written.id] = written

    def pushes(self) -> list[Any]:
        """Send the whole outbox; what was told, save by save."""
        waiting = [written for written in self.outbox if written.id not in self.receipts]
        receipts = [
            receipt for start in range(0, len(waiting), 100) for receipt in self.sends(waiting[start : start + 100])
        ]
        self.hears(receipts)
        return [told(receipt) for receipt in receipts]

    def asks(self, bytes_max: int | None = None) -> Page:
        """The server's next page; nothing here takes note of it."""
        centre = self.centre
        page = pull(
            centre.store, centre.schema, self.me(), self.cursors, bytes_max, centre.now, self.mark, self.context
        )
        assert isinstance(page, Page), page
        return page

    def keeps(self, page: Page) -> None:
        """Write one page and its cursors down, in one go."""
        scopes = {cursor.scope for cursor in page.cursors}
        is_narrower = any(scope not in scopes for scope in self.cursors)
        for record, kind, revision, standing, saves in unpacked(page.packed):
            self.base[record] = Base(record, kind, revision, standing, claims_of(saves))
        for record in page.gone:
            self.base.pop(record, None)
        if is_narrower:
            for record in [name for name, base in self.base.items() if not self.scopes_of(base) & scopes]:
                del self.base[record]
        self.cursors = {cursor.scope: cursor.cursor for cursor in page.cursors}
        self.mark, self.at = page.mark, page.at
        for verdict in page.decided:
            self.hears_verdict(verdict)

    def takes_news(self) -> bool:
        """Whether the server could tell in few words what happened since this phone had everything; it is kept then."""
        centre = self.centre
        found = (
            None if self.at is None else news(centre.store, centre.schema, self.me(), self.at, centre.now, self.context)
        )
        if found is None:
            return False
        rows = json.loads(found.text)
        # A record that came into this person's sight is told by its changed fields too.
        if any(len(row) > 5 and row[0] not in self.base for row in rows):
            return False
        for record, kind, revision, standing, saves, *sums in rows:
            claims = claims_of(saves)
            if sums:
                changed = {claim.field_key for claim in claims}
                claims = [claim for claim in self.base[record].claims if claim.field_key not in changed] + claims
                assert sum_of((claim.field_key, claim.save_key) for claim in claims) == sums[0], record
            self.base[record] = Base(record, kind, revision, standing, claims)
        self.cursors, self.at, self.mark = dict.fromkeys(self.cursors, found.cursor), found.at, found.mark
        return True

    def hears_verdict(self, verdict: Verdict) -> None:
        """A later verdict on a held save: what was let in is no longer this phone's to look after."""
        self.verdicts[verdict.told] = verdict
        self.receipts[verdict.told] = verdict.receipt()
        if verdict.verdict == "release":
            self.held.pop(verdict.told, None)

    def scopes_of(self, base: Base) -> set[str]:
        """The scopes of a record, from its standing."""
        standing, kind = base.standing, self.centre.schema.kinds[base.kind]
        return scopes_of_record(self.centre.schema, kind, standing["centre"], standing["team"], standing["own"])

    def pulls(self, bytes_max: int | None = None) -> None:
        """Pull to the end; then let go of what the base has."""
        while True:
            page = self.asks(bytes_max)
            self.keeps(page)
            if not page.more:
                break
        self.lets_go()

    def lets_go(self) -> None:
        """After a complete pull a save with a receipt is in the base, or its record is no longer this phone's."""
        self.outbox = [
            written
            for written in self.outbox
            if written.id not in self.receipts
            or (written.record in self.base and self.base[written.record].revision < self.receipts[written.id].revision)
        ]

    def meets_network(self) -> list[Any]:
        """Push everything, pull everything."""
        answers = self.pushes()
        self.pulls()
        return answers

    # At a desk

    def decides(
        self,
        record: "str | Written",
        verdict: str,
        sentence: str | None = None,
        field: str | None = None,
        revision: int | None = None,
        id: str | None = None,
    ) -> dict[str, Any] | Problem:
        """Decide on a record as this phone last saw it, or at a revision."""
        name = record if isinstance(record, str) else record.record
        known = self.base.get(name)
        at = revision if revision is not None else known.revision if known else 0
        decision = Decision(id or self.centre.new_id(), name, at, verdict, sentence, field)
        return decide(self.centre.store, self.centre.schema, self.me(), decision, self.centre.now)

    def decides_held(
        self,
        written: "Written | str",
        verdict: str,
        values: Mapping[str, Any] | None = None,
        sentence: str | None = None,
        revision: int | None = None,
        id: str | None = None,
    ) -> Verdict | Problem:
        """Decide on a held save, its record as it is now unless a revision is given."""
        save = written if isinstance(written, str) else written.id
        found = held_save(self.centre.store, self.centre.schema, save)
        at = found.before.revision if found and found.before else 0
        decision = HeldDecision(
            id or self.centre.new_id(), save, at if revision is None else revision, verdict, values or {}, sentence
        )
        return decide_held(self.centre.store, self.centre.schema, self.me(), decision, self.centre.now)

    def says_of_double(self, record: "str | Written", other: "str | Written", verdict: str) -> Any:
        """Say what two records are to each other."""
        names = [name if isinstance(name, str) else name.record for name in (record, other)]
        return settle_duplicate(
            self.centre.store, self.centre.schema, self.me(), self.centre.new_id(), *names, verdict, self.centre.now
        )

    def copied(self) -> Self:
        """The same device a second time, as a cloned profile or a backup of the phone has it."""
        other = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | list):
                setattr(other, name, copy.copy(value))
        return other

    def me(self) -> Person:
        """Who asks, as the session would say."""
        found = people.person_of(self.centre.store, self.person, self.device)
        assert found is not None, "this device is not signed in"
        return found

    @property
    def context(self) -> Context:
        return Context(self.path, None, self.centre.now)

    @property
    def scopes(self) -> list[str]:
        return scopes_of_person(self.centre.schema, self.me(), self.context)


class Centre:
    """The world of one test. `centre.li_min` is Li Min's phone; `centre.now` can be set."""

    phone_made: type[Phone] = Phone

    def __init__(
        self,
        path: Path | str = ":memory:",
        seed: int = 1,
        store: Callable[..., Store] = open_store,
        schema: Schema | None = None,
    ) -> None:
        self.schema = schema or load_schema()
        self.random = random.Random(seed)  # noqa: S311
        self.now = START
        self.place = path
        self.store = store(path, self.schema)
        self.phones: dict[str, Phone] = {}
        with self.store.atomic():
            for centre, name in CENTRES.items():
                people.add_centre(self.store, centre, name)
            for team, (name, centre) in TEAMS.items():
                people.add_team(self.store, team, name, centre)
            for person, (name, centre, roles) in PEOPLE.items():
                memberships = [Membership(role, centre, team) for role, team in roles]
                people.add_member(self.store, person, name, centre, memberships)
                self.phones[person] = self.new_phone(person)

    def __getattr__(self, name: str) -> Phone:
        phones: dict[str, Phone] = self.__dict__.get("phones", {})
        if name in phones:
            return phones[name]
        raise AttributeError(name)

    def opened(self) -> Store:
        """The store of this centre on a connection of its own; who asks for it closes it."""
        store = open_store(self.place, self.schema)
        store.bind("heping")
        return store

    def new_phone(self, person: str) -> Phone:
        """Another device of a person, with a key of its own."""
        number = 1 + self.store.value("SELECT count(*) FROM device")
        phone = self.phone_made(self, person, f"device_{number}", number)
        people.add_device(self.store, person, public_point(phone.key), "phone", phone.device, self.now)
        return phone

    def sets_roles(self, person: str, *roles: tuple[str, str | None]) -> None:
        """Give a person other roles and teams."""
        name, centre, _ = PEOPLE[person]
        people.add_member(self.store, person, name, centre, [Membership(role, centre, team) for role, team in roles])

    def new_id(self) -> str:
        """A UUIDv7 of the world's clock and randomness."""
        milliseconds = int(self.now.timestamp() * 1000)
        number = (milliseconds << 80) | (7 << 76) | (self.random.getrandbits(12) << 64)
        number |= (2 << 62) | self.random.getrandbits(62)
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def passes(self, **duration: float) -> None:
        """Let time go by."""
        self.now += timedelta(**duration)

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=8)).date()

    @property
    def log(self) -> list[Entry]:
        return list(log.entries(self.store))

    # What tests start from

    def home(self, team: str = "heping_1", **values: Any) -> str:
        """A home of a team, known to everyone concerned who has pulled."""
        # Two homes at one place would be doubles.
        room = str(502 + self.store.value("SELECT count(*) FROM household"))
        by = {"heping_1": "zhou_hui", "heping_2": "zhou_hui", "heping_3": "luo_wei", "guanhu_1": "ma_li"}[team]
        written = self.phones[by].writes(
            "household", {"estate": "和平里", "building": "3", "unit": "2", "room": room, "team": team, **values}
        )
        self._must(by, written)
        return written.record

    def resident(self, household: str, name: str = "王秀兰", **values: Any) -> str:
        """Somebody who lives in a home."""
        written = self.zhou_hui.writes("resident", {"name": name, "household": household, **values})
        self._must("zhou_hui", written)
        return written.record

    def visit(self, household: str, person: str = "li_min", **values: Any) -> str:
        """A planned visit, unless values say more."""
        written = self.zhou_hui.writes(
            "home_visit", {"household": household, "assigned_to": person, "planned_on": "2026-03-10", **values}
        )
        self._must("zhou_hui", written)
        return written.record

    def hours(self, person: str = "huang_li", **values: Any) -> str:
        """Hours of a volunteer that wait to be certified."""
        written = self.phones[person].writes("hour_entry", {**HOURS, "volunteer": person, **values})
        self._must(person, written)
        return written.record

    def _must(self, person: str, written: Written) -> None:
        answers = self.phones[person].meets_network()
        assert (written.id, "accepted") in answers, answers


VISITED = {"visited_on": "2026-03-10", "outcome": "met_person", "condition": "as_usual"}
HOURS = {
    "activity": "便民服务日",
    "worked_on": "2026-03-10",
    "started_at": "09:00",
    "ended_at": "11:30",
    "provenance": "signed",
}


def base36(number: int) -> str:
    """Base36, written here a second time on purpose."""
    digits = ""
    while number:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36] + digits
        number //= 36
    return digits or "0"


def unpacked(packed: bytes) -> list[list[Any]]:
    """The records of a page: [record, kind, revision, standing, saves]."""
    stream, found = BytesIO(zlib.decompress(packed, wbits=-15)), []
    while stream.tell() < len(stream.getbuffer()):
        found.append(cbor2.load(stream))
    return found


def claims_of(saves: Iterable[Any]) -> list[Claim]:
    """The live claims of a record as a page brings them."""
    return [
        Claim(field_key, key, value, made_at, author)
        for key, made_at, author, values in saves
        for field_key, value in values.items()
    ]
