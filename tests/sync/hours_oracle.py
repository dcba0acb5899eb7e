"""Judges the hours of a simulated world: counted a second time, from the log and the declarations' words alone.

Not here: what happened (hours_simulation.py). Nothing of sync/hours.py is believed; it is compared with this.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from schema.model import Claim, Schema
from schema.view import view_of
from sync import hours
from sync.log import Entry
from sync.materialise import rebuild
from sync.record import record_of
from sync.store.store import Store
from tests.centre import base36
from tests.sync.hours_acts import VOLUNTEERS
from tests.sync.oracle import UNREAD, Violation, claims_written, plain

if TYPE_CHECKING:
    from tests.sync.devices import LastingPhone
    from tests.sync.hours_simulation import HoursSimulation

# Of every so many seeds the tables are made anew: it costs as much as the seed.
REBUILT_EVERY = 10
# What counts where a centre has written no rule.
RULE_OF_NOBODY = {"round_to": 1, "round_how": "down", "over_shift_minutes": 30, "day_minutes_max": 600}

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One entry as it counts."""

    volunteer: str
    day: str
    begin: int
    end: int
    minutes: int
    state: str


@dataclass(frozen=True)
class Counted:
    """All entries of a world as they count, by record."""

    lines: dict[str, Line]

    def certified(self) -> set[tuple[str, Line]]:
        """What is certified, and what was until it was corrected."""
        return {(name, line) for name, line in self.lines.items() if line.state in ("certified", "corrected")}

    def must_equal(self, other: Counted) -> None:
        """Raise Violation where another order of arrival came to something else."""
        one, two = self.certified(), other.certified()
        must(one == two, "order of arrival", "as it was written", one - two, "in another order", two - one)


def must(holds: bool, promise: str, *about: Any) -> None:
    """Raise Violation unless a promise was kept."""
    if not holds:
        raise Violation(f"{promise}: {' '.join(str(part) for part in about)}")


def must_not_count_twice(store: Store) -> None:
    """No minute of anybody is certified twice at this moment, whatever was decided in whatever order."""
    certified = store.rows(
        "SELECT k.record, k.corrects, k.volunteer, k.worked_on, k.started_at, k.ended_at FROM hour_entry k"
        " JOIN record r ON r.record = k.record WHERE r.review_state = 'approved'"
    )
    corrected = {row[1] for row in certified}
    standing = sorted(row[2:] for row in certified if row[0] not in corrected)
    for one, other in pairwise(standing):
        must(one[:2] != other[:2] or one[3] <= other[2], "certified twice", one, other)


class HoursOracle:
    """One judgement at the end of a round."""

    def __init__(self, world: HoursSimulation) -> None:
        self.world = world
        self.centre = world.centre
        self.entries: list[Entry] = world.centre.log

    def check(self) -> Counted:
        """What was counted; raises Violation unless every promise was kept."""
        must(not self.world.history.unsettled, "liveness", self.world.history.unsettled)
        self.everything_written_is_in_the_log()
        self.nothing_unseen_was_written_over()
        found = self.counts_the_same()
        for phone in self.world.phones:
            self.phone_counts_the_same(phone, found)
        if self.world.seed % REBUILT_EVERY == 0:
            must((wrong := rebuild(self.centre.store, self.centre.schema)) == [], "rebuild", wrong)
        return found

    def counts_the_same(self, told: Sequence[str] = ("gao_yun", *VOLUNTEERS)) -> Counted:
        """What is counted at this moment, and that the centre tells these people nothing else."""
        must_not_count_twice(self.centre.store)
        found = self.count()
        self.centre_counts_the_same(found, told)
        return found

    def everything_written_is_in_the_log(self) -> None:
        """Each save somebody made is there once, with the words as they were signed."""
        logged: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.entry == "save" and "releases" not in entry.facts:
                logged[entry.id].append(entry)
        for id, authored in self.world.history.authored.items():
            found = logged.get(id, [])
            must(len(found) == 1, "exactly once", id, len(found))
            kept = {**json.loads(found[0].body), "signature": found[0].signature}
            must(kept == authored.written.save, "kept as written", id)
            if found[0].problem:
                self.world.counts[f"held {found[0].problem.code}"] += 1
        must(logged.keys() <= self.world.history.authored.keys(), "nothing invented")

    def nothing_unseen_was_written_over(self) -> None:
        """Every accepted value stands, or somebody who had seen it wrote that field again."""
        by_key: dict[tuple[str, str], Entry] = {}
        released: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries:
            if entry.entry == "save" and entry.client is not None and entry.record:
                by_key[entry.record, base36(entry.client)] = entry
                if "releases" in entry.facts:
                    released[entry.facts["releases"]].append(base36(entry.client))
        dead: set[tuple[str, str, str]] = set()
        for entry in self.entries:
            if entry.entry != "save" or entry.status != "accepted" or not entry.record:
                continue
            for name, keys in json.loads(entry.body)["replaces"].items():
                waiting, seen = list(keys), set[str]()
                while waiting:
                    key = waiting.pop()
                    if key in seen or (entry.record, key) not in by_key:
                        continue
                    seen.add(key)
                    behind = by_key[entry.record, key]
                    if behind.status == "held" and behind.problem and behind.problem.code not in UNREAD:
                        waiting += json.loads(behind.body)["replaces"].get(name, [])
                        waiting += released[behind.id]
                dead |= {(entry.record, name, key) for key in seen}
        for (record, key), entry in by_key.items():
            if entry.status != "accepted":
                continue
            found = record_of(self.centre.store, self.centre.schema, record)
            live = {(claim.field_key, claim.save_key): claim.value for claim in found.claims}
            for name, value in json.loads(entry.body)["set"].items():
                stands = (name, key) in live and plain(live[name, key]) == plain(value)
                must(stands or (record, name, key) in dead, "written over unseen", record, name, value)

    # Counting, a second time

    def count(self) -> Counted:
        """Every entry that was ever taken in, and how it counts by the decisions of the log."""
        views = {}
        for record in self.decided():
            found = record_of(self.centre.store, self.centre.schema, record)
            views[record] = found.view().values
        return counted(views, self.decided(), self.rules(), self.planned())

    def rules(self) -> list[Values]:
        """The rules that were taken in, in the order in which they take effect."""
        saves = [
            json.loads(entry.body) for entry in self.entries if entry.entry == "save" and entry.status == "accepted"
        ]
        rules = [
            (save["set"]["effective_on"], save["record"], save["set"]) for save in saves if save["kind"] == "hour_rule"
        ]
        return [values for _, _, values in sorted(rules, key=lambda rule: rule[:2])]

    def planned(self) -> dict[str, int]:
        """How many minutes each shift was planned to be."""
        saves = [
            json.loads(entry.body) for entry in self.entries if entry.entry == "save" and entry.status == "accepted"
        ]
        made = {save["record"]: save["set"] for save in saves if save["kind"] == "shift" and "starts_at" in save["set"]}
        return {record: minute(one["ends_at"]) - minute(one["starts_at"]) for record, one in made.items()}

    def decided(self) -> dict[str, str]:
        """Of every entry what the log says of it by itself: certified, returned, rejected, or waiting."""
        stands: dict[str, str] = {}
        before: dict[str, str] = {}
        for entry in self.entries:
            body = json.loads(entry.body) if entry.status == "accepted" else {}
            record = str(entry.record)
            if entry.entry == "save" and body.get("kind") == "hour_entry":
                stands[record] = "waiting"
            elif entry.entry == "duplicate" and body and body["verdict"] == "same":
                stands[body["other"]] = "rejected"
            elif entry.entry == "decision" and body and record in stands:
                if body["verdict"] == "undo":
                    stands[record] = before[record]
                    continue
                before[record] = stands[record]
                stands[record] = {"approve": "certified", "return": "returned", "reject": "rejected"}[body["verdict"]]
        return stands

    def centre_counts_the_same(self, found: Counted, told: Sequence[str]) -> None:
        """What the centre tells of every entry, and of all together, at a desk and to each volunteer."""
        store, schema = self.centre.store, self.centre.schema
        for name in told:
            person = self.centre.phones[name].me()
            lines = {
                one.record: (one.state, one.minutes_counted) for one in hours.lines(store, schema, person, limit=999)
            }
            expected = {
                record: (line.state, line.minutes)
                for record, line in found.lines.items()
                if name not in VOLUNTEERS or line.volunteer == name
            }
            must(lines.keys() == expected.keys(), "every entry is told", name)
            for record, line in expected.items():
                is_counted = line[0] in ("certified", "waiting")
                must(lines[record][0] == line[0], "state", record, lines[record], line)
                must(not is_counted or lines[record] == line, "minutes", record, lines[record], line)
            for total in hours.totals(store, schema, person, "volunteer"):
                mine = [line for line in found.lines.values() if line.volunteer == total.key]
                for state, minutes in (("certified", total.certified), ("waiting", total.waiting)):
                    added = sum(line.minutes for line in mine if line.state == state)
                    must(added == minutes, "total", name, total, state, added)

    def phone_counts_the_same(self, phone: LastingPhone, found: Counted) -> None:
        """A phone has of its person's hours what the centre has, with the rules and shifts to count them by."""
        kinds = self.centre.schema.kinds
        views = {
            name: (base.kind, base.standing["review"], view_of(kinds[base.kind], base.claims).values)
            for name, base in phone.base.items()
        }
        entries = {name: values for name, (kind, _, values) in views.items() if kind == "hour_entry"}
        words = {"approved": "certified", "returned": "returned", "rejected": "rejected"}
        states = {name: words.get(views[name][1]["state"], "waiting") for name in entries}
        rules = sorted(
            ((name, values) for name, (kind, _, values) in views.items() if kind == "hour_rule"),
            key=lambda one: (one[1]["effective_on"], one[0]),
        )
        planned = {
            name: minute(values["ends_at"]) - minute(values["starts_at"])
            for name, (kind, _, values) in views.items()
            if kind == "shift"
        }
        mine = counted(entries, states, [values for _, values in rules], planned).lines
        is_desk = phone.person not in VOLUNTEERS
        expected = {name: line for name, line in found.lines.items() if is_desk or line.volunteer == phone.person}
        must(mine == expected, "phone and centre", phone.person, set(mine.items()) ^ set(expected.items()))


def counted(
    entries: Mapping[str, Values], states: Mapping[str, str], rules: Sequence[Values], planned: Mapping[str, int]
) -> Counted:
    """Entries as they count, by the rule of their day: written out here in other words than the centre's."""
    corrected = {str(one.get("corrects")) for name, one in entries.items() if states[name] == "certified"}
    lines: dict[str, Line] = {}
    left_of_day: dict[tuple[str, str], int] = {}
    left_of_shift: dict[tuple[str, str], int] = {}

    def state_of(name: str) -> str:
        return "corrected" if name in corrected else states[name]

    def takes(name: str) -> tuple[bool, bool, str, str]:
        state = state_of(name)
        return state not in ("certified", "waiting"), state != "certified", entries[name]["started_at"], name

    for name in sorted(entries, key=takes):
        one, state = entries[name], state_of(name)
        who, day = one["volunteer"], one["worked_on"]
        rule = next((rule for rule in reversed(rules) if rule["effective_on"] <= day), RULE_OF_NOBODY)
        begin, end = minute(one["started_at"]), minute(one["ended_at"])
        there = end - begin - (one.get("travel_minutes") or 0)
        rest = one.get("break_minutes") or 0
        if rule.get("break_after_minutes") and there >= rule["break_after_minutes"]:
            rest = max(rest, rule["break_minutes"])
        minutes = there - rest
        over = minutes % rule["round_to"]
        minutes -= over
        if rule["round_how"] == "nearest" and 2 * over >= rule["round_to"]:
            minutes += rule["round_to"]
        if state in ("certified", "waiting"):
            shift = one.get("shift")
            if shift in planned and rule.get("over_shift_minutes") is not None and not one.get("over_reason"):
                left = left_of_shift.setdefault((who, shift), planned[shift] + rule["over_shift_minutes"])
                minutes = min(minutes, left)
                left_of_shift[who, shift] = left - minutes
            left = left_of_day.setdefault((who, day), rule["day_minutes_max"])
            minutes = min(minutes, left)
            left_of_day[who, day] = left - minutes
        lines[name] = Line(who, day, begin, end, minutes, state)
    return Counted(lines)


def expected(
    saves: Sequence[Mapping[str, Any]],
    schema: Schema,
    rules: Sequence[Values],
    what_should_stand: Callable[[Mapping[str, Values]], list[str]],
) -> Counted:
    """What should be certified when all of these saves have arrived and the desks agree: no store is asked.

    A value stands unless a save named it that its author wrote over it; of several that stand the first in their order.
    """
    kind = schema.kinds["hour_entry"]
    claims: dict[str, list[Claim]] = defaultdict(list)
    dead: set[tuple[str, str, str]] = set()
    planned: dict[str, int] = {}
    for save in saves:
        record = save["record"]
        if save["kind"] == "shift" and "starts_at" in save["set"]:
            planned[record] = minute(save["set"]["ends_at"]) - minute(save["set"]["starts_at"])
        if save["kind"] == "hour_entry":
            claims[record] += claims_written(dict(save), "")
            dead |= {(record, name, key) for name, keys in save["replaces"].items() for key in keys}
    values: dict[str, Values] = {}
    for record, several in claims.items():
        alive = [claim for claim in several if (record, claim.field_key, claim.save_key) not in dead]
        view = view_of(kind, alive)
        open_ones = {
            name: min((claim.value for claim in several), key=json.dumps) for name, several in view.conflicts.items()
        }
        values[record] = {**view.values, **open_ones}
    stands = set(what_should_stand(values))
    return counted(values, {name: "certified" if name in stands else "rejected" for name in values}, rules, planned)


def minute(clock: str) -> int:
    """A time of a day in minutes."""
    return int(clock[:2]) * 60 + int(clock[3:5])
