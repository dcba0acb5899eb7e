"""Judges a simulated history against the promises of the protocol, from what each author had seen.

Not here: the simulation (simulation.py). Nothing of the server's tables is believed: of the log only who sent what, in
which order, and what was answered; everything else is worked out again, in other words than the server's.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from typing import Any

from schema.model import Claim, Kind, View
from schema.view import view_of
from sync.document import Change, claims_in, replay
from sync.lives import life_of
from sync.log import Entry, LogHead, check_log
from sync.materialise import rebuild
from sync.record import record_of
from sync.times import read_instant
from tests.centre import Centre, Phone, Written, base36

# Reasons that leave a save unread: what its author had seen is then not known to anybody.
UNREAD = {"malformed", "wrong_signature", "save_too_large", "too_many_fields", "too_deep", "client_reused", "id_reused"}
# In which the saves of a record are applied again, drawn from the seed.
ORDERS = 4
WAITS = {"home_visit": "outcome", "hour_entry": "ended_at", "case_progress": "content"}


class Violation(AssertionError):
    """A promise that was not kept."""


@dataclass(frozen=True)
class Authored:
    """One save somebody made. `flaw` is what is wrong with it on purpose, None for honest work."""

    written: Written
    author: str
    flaw: str | None = None


@dataclass
class History:
    """What the simulation knows without asking the server."""

    authored: dict[str, Authored] = field(default_factory=dict)
    # Decisions that were answered with a standing: id -> (person, record, verdict).
    decided: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    settled: set[frozenset[str]] = field(default_factory=set)
    # (entries in the log at that time, person, roles)
    roles: list[tuple[int, str, tuple[tuple[str, str | None], ...]]] = field(default_factory=list)
    # Saves that were sent as somebody else's: (id, who sent it).
    replayed: set[tuple[str, str]] = field(default_factory=set)
    # Saves with the id of another of the same author: (id, made_at).
    twins: set[tuple[str, str]] = field(default_factory=set)
    # Saves that may be on no device any more: strangers', or of a phone that was put back to an older copy of itself.
    given_up: set[str] = field(default_factory=set)
    was_restored: bool = False
    # Saves that still wait a minute after the last fault: those that no further try can mend with their reason, others.
    waited_in_vain: dict[str, str] = field(default_factory=dict)
    unsettled: list[str] = field(default_factory=list)
    # Saves that still wait two weeks later, with the reason.
    waits_for_ever: dict[str, str] = field(default_factory=dict)

    def roles_at(self, person: str, position: int) -> tuple[tuple[str, str | None], ...]:
        """The roles of a person when an entry of the log was written."""
        return [roles for since, who, roles in self.roles if who == person and since < position][-1]


@dataclass
class Known:
    """One record as the oracle works it out."""

    kind: Kind
    created_by: str
    accepted: list[tuple[Entry, Authored]] = field(default_factory=list)
    is_locked: bool = False
    review: str | None = None
    before_last: tuple[bool, str | None] = (False, None)
    into: str | None = None


def check(centre: Centre, history: History, phones: list[Phone]) -> None:
    """Raise Violation unless P1 to P7 hold, queues are empty and a rebuild changes nothing."""
    Oracle(centre, history, phones).check()


class Oracle:
    """One judgement; its members are filled in the order of the log."""

    def __init__(self, centre: Centre, history: History, phones: list[Phone]) -> None:
        self.centre = centre
        self.history = history
        self.phones = phones
        self.entries = centre.log
        self.known: dict[str, Known] = {}
        self.keys: dict[tuple[str, str], tuple[Entry, Authored]] = {}
        # What follows of a record, until the log says more about it; and what the centre has of it, which stands still.
        self.worked_out: dict[str, tuple[list[Claim], View]] = {}
        self.kept = cache(partial(record_of, centre.store, centre.schema))

    def check(self) -> None:
        self.nothing_is_lost_and_queues_are_empty()
        self.walk_the_log()
        for record, known in self.known.items():
            self.what_was_not_seen_is_alive(record, known)
            self.standing_is_right(record, known)
        self.doubles_are_shown()
        self.second_lives_are_noticed()
        for phone in self.phones:
            self.phone_has_exactly_its_scopes(phone)
            self.receipts_are_those_of_the_log(phone)
        self.tables_follow_from_the_log()

    def must(self, holds: bool, promise: str, *about: Any) -> None:
        if not holds:
            raise Violation(f"{promise}: {' '.join(str(part) for part in about)}")

    # P1, liveness

    def nothing_is_lost_and_queues_are_empty(self) -> None:
        self.must(not self.history.unsettled, "liveness within a minute", self.history.unsettled)
        for phone in self.phones:
            unsettled = [entry.id for entry in phone.outbox if entry.id not in self.history.waits_for_ever]
            self.must(not unsettled, "liveness", phone.person, unsettled)
        logged: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.entry == "save" and not self.is_replay(entry):
                logged.setdefault(entry.id.partition(":")[0], []).append(entry)
        for id, authored in self.history.authored.items():
            found = logged.pop(id, [])
            if not found and (id in self.history.given_up or id in self.history.waits_for_ever):
                continue
            self.must(len(found) == 1, "P1 exactly once", id, authored.flaw, len(found))
            self.must(found[0].status in ("accepted", "held"), "P1 decided", id, found[0].status)
            if authored.flaw is None:
                kept = {**json.loads(found[0].body), "signature": found[0].signature}
                self.must(kept == authored.written.save, "P1 kept as written", id)
        self.must(not logged, "P1 nothing invented", list(logged))

    def is_replay(self, entry: Entry) -> bool:
        """Whether an entry is a save that somebody sent as their own although another wrote it, or other words of
        theirs under an id that is taken: held, and that is all."""
        if (entry.id.partition(":")[0], json.loads(entry.body).get("made_at")) in self.history.twins:
            self.must(
                (entry.status, entry.problem and entry.problem.code) == ("held", "id_reused"), "P1 twin", entry.id
            )
            return True
        return (entry.id.partition(":")[0], entry.person) in self.history.replayed

    # P5, P6

    def walk_the_log(self) -> None:
        for entry in self.entries:
            if entry.entry == "epoch":
                continue
            if entry.entry != "save":
                self.take_decision(entry)
                continue
            if self.is_replay(entry):
                self.must(entry.status == "held", "P5 another's save accepted", entry.id, entry.person)
                continue
            authored = self.history.authored[entry.id.partition(":")[0]]
            if entry.client is not None and entry.record:
                self.keys[entry.record, base36(entry.client)] = (entry, authored)
                self.worked_out.pop(entry.record, None)
            if entry.status == "accepted":
                self.accepted_is_allowed(entry, authored)
                self.take_save(entry, authored)
            else:
                self.held_is_explained(entry, authored)

    def accepted_is_allowed(self, entry: Entry, authored: Authored) -> None:
        save, known = authored.written.save, self.known.get(str(entry.record))
        flaw = authored.flaw
        self.must(flaw in (None, "stripped"), "P5 accepted although flawed", flaw, entry.id)
        self.must(entry.person == authored.author, "P5 author", entry.person, authored.author)
        self.must(not (known and known.is_locked), "P5 accepted under a lock", entry.id)
        self.must(self.may_write(entry, save, known), "P5 permission", entry.person, save["kind"], sorted(save["set"]))
        visited = save["set"].get("visited_on")
        self.must(visited is None or visited <= today(entry), "P5 validity", visited, entry.received_at)

    def held_is_explained(self, entry: Entry, authored: Authored) -> None:
        """Honest work is held only for a reason that the oracle can see too."""
        if authored.flaw is not None:
            return
        save, known, code = authored.written.save, self.known.get(str(entry.record)), entry.problem.code
        follows_held = any(
            self.keys[str(entry.record), key][0].status == "held"
            for keys in save["replaces"].values()
            for key in keys
            if (str(entry.record), key) in self.keys
        )
        explained = {
            "locked": lambda: known is not None and known.is_locked,
            "locked_after_edit": lambda: known is not None and known.is_locked,
            # Named by its field: what it speaks of is a team's to which the author no longer belongs.
            "not_permitted": lambda: (
                not self.may_write(entry, save, known)
                or (entry.problem.field is not None and not self.sees_references(entry, save))
            ),
            "field_not_permitted": lambda: not self.may_write(entry, save, known) or follows_held,
            "out_of_scope": lambda: not self.may_write(entry, save, known) or not self.sees_references(entry, save),
            "depends_on_held": lambda: known is None or any(name not in self.known for name in references(save)),
            "illegal_move": lambda: follows_held,
            "append_only": lambda: False,
            # A restored centre has lost the creation, and a change that replaces nothing is taken for a first save.
            "missing": lambda: self.history.was_restored and known is None,
            # Work was given to somebody who has no such work any more.
            "unknown_choice": lambda: any(
                not self.history.roles_at(str(save["set"][name]), entry.position)
                for name in ("assigned_to", "worker")
                if save["set"].get(name)
            ),
            # What it builds on is on no device any more.
            "earlier_missing": lambda: entry.id in self.history.waited_in_vain,
            # The centre's own clock was wrong: what happened today had not happened yet.
            "date_in_future": lambda: any(day > today(entry) for day in days(save)),
        }.get(code, lambda: False)
        self.must(
            explained(), "P6 honest work held", code, entry.problem.field, entry.person, save["kind"], save["set"]
        )

    def may_write(self, entry: Entry, save: dict[str, Any], known: Known | None) -> bool:
        kind = self.centre.schema.kinds[save["kind"]]
        roles = self.history.roles_at(entry.person, entry.position)
        if known is None:
            values = view_of(kind, claims_written(save, entry.person)).values
            team, own = self.relation(kind, values, entry.person)
            return self.reaches(kind.access.create, roles, entry.person, team, own)
        record = str(entry.record)
        view = self.view(record, known)
        team, own = self.place(record, known)
        settles = self.reaches(kind.access.settle, roles, entry.person, team, own)
        for key in save["set"]:
            declared = kind.fields[key.partition(".")[0]]
            rule = kind.access.edit if declared.edit is None else declared.edit
            is_open = settles and (key in view.conflicts or declared.append_only)
            if not is_open and not self.reaches(rule, roles, entry.person, team, own):
                return False
        return True

    def sees_references(self, entry: Entry, save: dict[str, Any]) -> bool:
        roles = self.history.roles_at(entry.person, entry.position)
        return all(self.sees(entry.person, roles, name) for name in references(save) if name in self.known)

    def sees(self, person: str, roles: Any, record: str) -> bool:
        known = self.known[record]
        team, own = self.place(record, known)
        return self.reaches(known.kind.access.see, roles, person, team, own)

    def reaches(self, rule: Any, roles: Any, person: str, team: str | None, own: set[str]) -> bool:
        return any(
            "centre" in rule.get(role, ())
            or ("own" in rule.get(role, ()) and person in own)
            or ("team" in rule.get(role, ()) and team is not None and at == team)
            for role, at in roles
        )

    def place(self, record: str, known: Known) -> tuple[str | None, set[str]]:
        """Team and own persons of a record that is there."""
        return self.relation(known.kind, self.values_of(self.end(record)), known.created_by)

    def relation(self, kind: Kind, values: dict[str, Any], created_by: str) -> tuple[str | None, set[str]]:
        """Team and own persons, written out kind by kind."""
        if kind.name == "household":
            return values.get("team"), set()
        if kind.name in ("shift", "hour_entry"):
            return None, {values["volunteer"]} if "volunteer" in values else set()
        if kind.name == "case_progress":
            case = self.values_of(values.get("case"))
            return self.home(case.get("household")).get("team"), {created_by, case.get("worker")} - {None}
        team = self.home(values.get("household")).get("team")
        own = {"home_visit": {values.get("assigned_to"), created_by}, "case": {values.get("worker")}}
        return team, own.get(kind.name, set()) - {None}

    def values_of(self, record: str | None) -> dict[str, Any]:
        known = self.known.get(record or "")
        return self.view(str(record), known).values if known else {}

    def home(self, record: str | None) -> dict[str, Any]:
        """What is known of a home, by whatever record it was found to be."""
        return self.values_of(self.end(record))

    def end(self, record: str | None) -> str | None:
        known = self.known.get(record or "")
        return self.end(known.into) if known and known.into else record

    def take_save(self, entry: Entry, authored: Authored) -> None:
        record, kind = str(entry.record), self.centre.schema.kinds[authored.written.save["kind"]]
        known = self.known.setdefault(record, Known(kind, entry.person))
        known.accepted.append((entry, authored))
        self.worked_out.pop(record, None)
        known.before_last = (False, None)
        waits = WAITS.get(kind.name)
        if waits is None:
            return
        if known.review in ("approved", "changed"):
            known.review = "changed"
        else:
            values = self.view(record, known).values
            known.review = "waiting" if values.get(waits) is not None else None

    def take_decision(self, entry: Entry) -> None:
        if entry.status != "accepted":
            return
        body = json.loads(entry.body)
        if entry.entry == "duplicate":
            other = self.known[body["other"]]
            if other.kind.name == "household":
                other.into = {"same": body["record"], "apart": None}.get(body["verdict"], other.into)
            elif body["verdict"] == "same":
                other.review, other.is_locked = "rejected", False
            return
        self.must(
            self.history.decided.get(entry.id) == (entry.person, entry.record, body["verdict"]),
            "P7 a decision nobody was told of",
            entry.id,
        )
        known = self.known[str(entry.record)]
        if body["verdict"] == "undo":
            known.is_locked, known.review = known.before_last
            return
        known.before_last = (known.is_locked, known.review)
        known.review = {"approve": "approved", "return": "returned", "reject": "rejected"}[body["verdict"]]
        known.is_locked = known.review == "approved" and known.kind.name == "hour_entry"

    # P4

    def live(self, record: str, known: Known) -> list[Claim]:
        """The claims nobody wrote over who had seen them."""
        return self.live_and_shown(record, known)[0]

    def view(self, record: str, known: Known) -> View:
        """What they show."""
        return self.live_and_shown(record, known)[1]

    def live_and_shown(self, record: str, known: Known) -> tuple[list[Claim], View]:
        if record not in self.worked_out:
            alive = self.still_alive(record, known)
            self.worked_out[record] = alive, view_of(known.kind, alive)
        return self.worked_out[record]

    def still_alive(self, record: str, known: Known) -> list[Claim]:
        claims = [
            claim for entry, authored in known.accepted for claim in claims_written(authored.written.save, entry.person)
        ]
        dead = {
            (key, old)
            for _, authored in known.accepted
            for key, several in authored.written.save["replaces"].items()
            for old in self.seen_through(record, key, several)
        }
        return [claim for claim in claims if (claim.field_key, claim.save_key) not in dead]

    def seen_through(self, record: str, field_key: str, keys: list[str]) -> set[str]:
        """The claims an author had seen, also those behind their own held saves."""
        found: set[str] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key in found or (record, key) not in self.keys:
                continue
            found.add(key)
            entry, authored = self.keys[record, key]
            if entry.status == "held" and entry.problem.code not in UNREAD:
                waiting += authored.written.save["replaces"].get(field_key, [])
        return found

    def what_was_not_seen_is_alive(self, record: str, known: Known) -> None:
        expected = {as_read(claim) for claim in self.live(record, known)}
        found = self.kept(record)
        self.must({as_read(claim) for claim in found.claims} == expected, "P4 claims", record, known.kind.name)
        document = {(name, json.dumps(entry)) for name, entry in plain(claims_in(found.state)).items()}
        meant = {
            (f"{claim.field_key}:{claim.save_key}", json.dumps([plain(claim.value), claim.made_at, claim.author]))
            for claim in found.claims
        }
        self.must(document == meant, "P4 document", record)

    # Cloned phones, and phones put back to a copy of themselves

    def second_lives_are_noticed(self) -> None:
        """A device is told to live twice exactly when two of its saves came with one number."""
        numbers: dict[str, list[int]] = {}
        for entry in self.entries:
            # The log has a signature only where the save could be read.
            is_read = entry.signature is not None and (entry.problem is None or entry.problem.code != "wrong_signature")
            if entry.entry != "save" or not is_read:
                continue
            if "releases" not in entry.facts:
                numbers.setdefault(entry.device, []).append(json.loads(entry.body)["device_sequence"])
        for device, used in numbers.items():
            found = life_of(self.centre.store, device)
            self.must((found.twice_at is not None) == (len(set(used)) < len(used)), "R16 second life", device)

    # What follows from saves and decisions

    def standing_is_right(self, record: str, known: Known) -> None:
        found = self.kept(record)
        team, own = self.place(record, known)
        self.must((found.relation.team, set(found.relation.own)) == (team, own), "standing relation", record)
        self.must((found.review and found.review.state) == known.review, "standing review", found.review, known.review)
        self.must((found.locked_at is not None) == known.is_locked, "standing lock", record)

    def doubles_are_shown(self) -> None:
        for record in self.known:
            found = self.kept(record)
            expected = {other for other in self.known if other != record and self.is_double(record, other)}
            self.must(set(found.duplicates) == expected, "doubles", record, found.duplicates, expected)

    def is_double(self, one: str, other: str) -> bool:
        first, second = self.known[one], self.known[other]
        if first.kind is not second.kind or frozenset((one, other)) in self.history.settled:
            return False
        if "rejected" in (first.review, second.review):
            return False
        if first.into or second.into:
            return False
        a, b = self.values_of(one), self.values_of(other)
        if first.kind.name == "household":
            return all((a.get(n) or "") == (b.get(n) or "") for n in ("estate", "building", "unit", "room"))
        if first.kind.name == "resident":
            return bool(a["name"] == b["name"] and self.end(a.get("household")) == self.end(b.get("household")))
        if first.kind.name == "home_visit":
            is_one_home = self.end(a.get("household")) == self.end(b.get("household"))
            return bool(a.get("visited_on")) and is_one_home and a["visited_on"] == b.get("visited_on")
        return (
            first.kind.name == "hour_entry"
            and all(a[n] == b[n] for n in ("volunteer", "worked_on"))
            and a["started_at"] < b["ended_at"]
            and b["started_at"] < a["ended_at"]
        )

    # P2

    def phone_has_exactly_its_scopes(self, phone: Phone) -> None:
        roles = self.history.roles_at(phone.person, len(self.entries) + 1)
        expected = set()
        for record, known in self.known.items():
            team, own = self.place(record, known)
            if self.reaches(known.kind.access.see, roles, phone.person, team, own):
                expected.add(record)
        missing, extra = expected - phone.base.keys(), phone.base.keys() - expected
        self.must(not missing and not extra, "P2 records", phone.person, "missing", missing, "extra", extra)
        for record in expected:
            base = phone.base[record]
            found = self.kept(record)
            self.must(
                base.revision == found.revision, "P2 revision", phone.person, record, base.revision, found.revision
            )
            self.must(base.standing == found.standing(), "P2 standing", phone.person, record)
            self.must(
                {as_read(claim) for claim in base.claims} == {as_read(claim) for claim in found.claims},
                "P2 state",
                record,
            )

    # P7

    def receipts_are_those_of_the_log(self, phone: Phone) -> None:
        logged = {entry.id.partition(":")[0]: entry for entry in self.entries if not self.is_replay(entry)}
        for id, receipt in phone.receipts.items():
            entry = logged.get(id)
            self.must(entry is not None, "P7 receipt without a log entry", id)
            self.must((receipt.status, receipt.revision) == (entry.status, entry.revision), "P7 receipt", id)

    # P3

    def tables_follow_from_the_log(self) -> None:
        for record, known in self.known.items():
            changes = [self.change_of(record, entry, authored) for entry, authored in known.accepted]
            kept = plain(claims_in(self.kept(record).state))
            for _ in range(ORDERS if len(changes) > 1 else 1):
                self.centre.random.shuffle(changes)
                self.must(plain(claims_in(replay(changes))) == kept, "P3 any order", record)
        self.must(isinstance(check_log(self.centre.store), LogHead), "P3 chain")
        self.must((differences := rebuild(self.centre.store, self.centre.schema)) == [], "P3 rebuild", differences)

    def change_of(self, record: str, entry: Entry, authored: Authored) -> Change:
        save = authored.written.save
        replaces = {
            field_key: [
                key
                for key in self.seen_through(record, field_key, keys)
                if self.keys[record, key][0].status == "accepted"
            ]
            for field_key, keys in save["replaces"].items()
        }
        return Change(save["client"], save["set"], replaces, save["made_at"], entry.person)


def claims_written(save: dict[str, Any], author: str) -> list[Claim]:
    """The claims a save makes."""
    key = base36(save["client"])
    return [Claim(field_key, key, value, save["made_at"], author) for field_key, value in save["set"].items()]


def references(save: dict[str, Any]) -> list[str]:
    """The records a save names."""
    return [save["set"][name] for name in ("household", "resident", "case", "shift") if save["set"].get(name)]


def today(entry: Entry) -> str:
    """The centre's day, by its own clock, when an entry was written; a phone may be ten minutes ahead."""
    return (read_instant(entry.received_at) + timedelta(hours=8, minutes=10)).date().isoformat()


def days(save: dict[str, Any]) -> list[str]:
    """The days a save names."""
    names = ("visited_on", "worked_on", "written_on", "opened_on")
    return [str(save["set"][name]) for name in names if save["set"].get(name)]


def as_read(claim: Claim) -> tuple[str, str, str, str, str]:
    """A claim that can be compared: numbers without a fraction, whatever engine read them."""
    return claim.field_key, claim.save_key, json.dumps(plain(claim.value), sort_keys=True), claim.made_at, claim.author


def plain(value: Any) -> Any:
    """The engine gives every number as a float; 72.0 is 72."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: plain(value[name]) for name in sorted(value)}
    return [plain(part) for part in value] if isinstance(value, list) else value
