"""Of misuse put into months of lifelike traffic nearly all is told, at most one day of one person for each date; quiet
months tell next to nothing.

Not here: who may see it (tests/server/test_trail.py).
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from functools import cache

import pytest

from sync import odd_reads
from sync.odd_reads import Act, OddDay, odd_days
from sync.times import CENTRE_ZONE
from tests.sizes import ODD_SEEDS

BEGIN, DAYS, QUIET_DAYS = date(2026, 7, 6), 70, 14
RECALL_MIN, FALSE_SHARE_MAX = 0.9, 0.1
# Family names about as often as they are.
SURNAMES = (
    "王" * 7 + "李" * 7 + "张" * 7 + "刘" * 5 + "陈" * 5 + "杨" * 3 + "赵黄周吴徐孙胡朱高林何郭马罗" * 2 + "梁宋郑谢"
)
# How many records people open on a working day, by role, and of how many.
ROLES = {
    "worker": (0, 8, 9),
    "supervisor": (6, 26, 4),
    "clerk": (8, 30, 4),
    "coordinator": (3, 12, 2),
    "director": (0, 6, 1),
}
MISUSE = ("many", "night", "namesakes", "beyond", "tried", "exported")


class Traffic:
    """A centre of twenty people from a seed: what they do, and the misuse that was put in."""

    def __init__(self, seed: int, is_misused: bool = True) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.roles = {f"{role}_{n}": role for role, (_, _, count) in ROLES.items() for n in range(count)}
        self.names = {person: self._name() for person in self.roles}
        self.bearers = {f"record_{n}": self._name() for n in range(3_000)}
        self.records = list(self.bearers)
        self.misuse: dict[date, str] = {}
        self.acts: list[Act] = []
        for number in range(DAYS):
            day = BEGIN + timedelta(days=number)
            for person in self.roles:
                self._works(person, day)
            if is_misused and number >= QUIET_DAYS and self.chance.random() < 0.5:
                person = self.misuse[day] = self.chance.choice(list(self.roles))
                self._misuses(person, day, MISUSE[len(self.misuse) % len(MISUSE)])

    def found(self) -> list[OddDay]:
        return odd_days(self.acts, self.names, self.bearers, BEGIN + timedelta(days=QUIET_DAYS))

    def _name(self) -> str:
        return self.chance.choice(SURNAMES) + self.chance.choice("伟芳娜敏静丽强磊洋艳勇杰军")

    def _works(self, person: str, day: date) -> None:
        least, most, _ = ROLES[self.roles[person]]
        if day.weekday() >= 5:
            least, most = 0, most // 6
        for _ in range(self.chance.randint(least, most)):
            # Somebody's shift ends late, and now and then an emergency comes at night.
            hour = (
                23
                if self.chance.random() < 0.002
                else self.chance.choice((8, 9, 9, 10, 10, 11, 14, 14, 15, 16, 17, 20))
            )
            self._opens(person, day, hour, self.chance.choice(self.records))
        if self.chance.random() < 0.02:
            self._acts(person, day, 11, "break_glass", 1)
        self._acts(person, day, 15, "refused", self.chance.choice((0, 0, 0, 0, 1, 2)), rule="not_found")
        if self.roles[person] in ("clerk", "coordinator") and day.weekday() == 0:
            self._acts(person, day, 16, "exported", 1, rule="fetched", rows=self.chance.randint(20, 80))

    def _misuses(self, person: str, day: date, how: str) -> None:
        if how == "many":
            hour = self.chance.randint(9, 17)
            for record in self.chance.sample(self.records, self.chance.randint(30, 120)):
                self._opens(person, day, hour, record)
        elif how == "night":
            for record in self.chance.sample(self.records, self.chance.randint(5, 14)):
                self._opens(person, day, self.chance.choice((23, 0, 2)), record)
        elif how == "namesakes":
            # On a day off, or beside what little is looked at otherwise: those of one's own name.
            self.acts = [act for act in self.acts if (act.person, odd_reads.local_date(act.at)) != (person, day)]
            mine = [record for record, name in self.bearers.items() if name[0] == self.names[person][0]]
            for record in self.chance.sample(mine, min(len(mine), self.chance.randint(5, 12))):
                self._opens(person, day, 14, record)
        elif how == "beyond":
            self._acts(person, day, 13, "break_glass", self.chance.randint(2, 6))
        elif how == "tried":
            self._acts(person, day, 13, "refused", self.chance.randint(7, 20), rule="not_found")
        else:
            self._acts(person, day, 18, "exported", 1, rule="fetched", rows=self.chance.randint(110, 900))

    def _opens(self, person: str, day: date, hour: int, record: str) -> None:
        self.acts.append(Act(self._at(day, hour), "read", person, record))

    def _acts(
        self, person: str, day: date, hour: int, action: str, times: int, rule: str | None = None, rows: int = 0
    ) -> None:
        self.acts += [Act(self._at(day, hour), action, person, None, rule, rows) for _ in range(times)]

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour, self.chance.randrange(60)), CENTRE_ZONE)


def recall(traffic: Traffic) -> float:
    told = {one.on: one.person for one in traffic.found()}
    return sum(told.get(on) == person for on, person in traffic.misuse.items()) / len(traffic.misuse)


def test_nine_in_ten_days_of_misuse_are_told_and_never_two_people_on_one_day() -> None:
    traffics = [Traffic(seed) for seed in range(ODD_SEEDS)]
    found = sum(recall(traffic) * len(traffic.misuse) for traffic in traffics)
    put_in = sum(len(traffic.misuse) for traffic in traffics)
    assert put_in >= 20 * ODD_SEEDS
    print(f"{found:.0f} of {put_in} days of misuse were told")
    assert found / put_in >= RECALL_MIN
    for traffic in traffics:
        days = [one.on for one in traffic.found()]
        assert len(set(days)) == len(days)


def test_quiet_months_tell_next_to_nothing() -> None:
    told = [len(Traffic(seed, is_misused=False).found()) for seed in range(ODD_SEEDS)]
    print(f"{sum(told)} of {ODD_SEEDS * (DAYS - QUIET_DAYS)} quiet days were told")
    assert sum(told) <= FALSE_SHARE_MAX * ODD_SEEDS * (DAYS - QUIET_DAYS)


@cache
def misused() -> Traffic:
    return Traffic(1)


@pytest.mark.parametrize("rule", MISUSE)
def test_each_rule_is_needed(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    traffic = misused()
    rules = [{oddity.rule for oddity in one.oddities} for one in traffic.found()]
    assert {rule} in rules, "it tells days that no other rule does"
    monkeypatch.setitem(odd_reads.LEAST, rule, 10**6)
    assert len(traffic.found()) < len(rules) or recall(traffic) < 1


def test_what_is_done_each_day_is_soon_usual() -> None:
    acts = []
    for number in range(10):
        day = BEGIN + timedelta(days=number)
        acts += [
            Act(datetime.combine(day, time(10, minute), CENTRE_ZONE), "read", "ann", f"r{minute}")
            for minute in range(40)
        ]
    assert [one.on for one in odd_days(acts, {}, {}, BEGIN)] == [BEGIN + timedelta(days=day) for day in (2, 1, 0)]
