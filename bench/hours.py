"""How long a total of a centre's hours and the entries behind it take, with as many entries as some years bring.

Not here: what the figures mean (README.md beside this). `python -m bench.hours [N]` fills a store through push with N
entries of 400 volunteers, their shifts, two rules, overlaps, corrections and what was returned or rejected, has most of
them certified by a second person, and prints one table; `--keep FOLDER` leaves the store there and takes it again.
`--postgres URL` asks the same of a database there.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.engine import new_id
from schema.load import load_schema
from schema.model import Membership, Person, Problem, Schema
from sync import limits
from sync.decide import Decision, decide
from sync.hours import HourFilter, cursor_of, lines, totals
from sync.people import add_centre, add_device, add_member, person_of
from sync.push import push
from sync.save import private_key_from, public_point, sealed
from sync.store.opening import open_store
from sync.store.store import Store
from sync.times import CENTRE_ZONE

CENTRE, VOLUNTEERS, YEARS = "heping", 400, 3
LAST = date(2026, 11, 22)
PROJECTS = ("敬老", "便民日", "图书角", "环境", "课后托管", "")
DESK = {"chen_jing": "volunteer_coordinator", "liu_yang": "volunteer_coordinator", "wu_jianguo": "director"}
TRIES = 15
Wish = tuple[str, str, dict[str, Any]]


class World:
    """One centre whose coordinator writes down what its volunteers did; another certifies."""

    def __init__(self, path: Path | str) -> None:
        self.schema: Schema = load_schema()
        self.store: Store = open_store(path, self.schema)
        self.key = private_key_from(20261123)
        self.rng = random.Random(20261123)  # noqa: S311 (made-up records)
        self.sequence = 0

    def fill(self, count: int) -> None:
        """People, two rules, then day by day what was served, each push on its evening."""
        begun = LAST - timedelta(days=365 * YEARS)
        self._people(_evening(begun - timedelta(days=40)))
        for back, values in ((30, {"round_to": 5}), (-400, {"round_to": 15, "break_after_minutes": 240})):
            on = begun - timedelta(days=back)
            self._push("wu_jianguo", [self._rule(on, values)], _evening(on - timedelta(days=2)))
        waiting: list[Wish] = []
        seen: list[tuple[str, date]] = []
        for on, wishes in self._days(count, begun):
            waiting += wishes
            seen += [(record, on) for record, kind, _ in wishes if kind == "hour_entry"]
            if len(waiting) >= limits.PUSH_SAVES_MAX:
                waiting = self._push("chen_jing", waiting, _evening(on))
        self._push("chen_jing", waiting, _evening(LAST), to_the_end=True)
        self._decide(seen)

    def _people(self, now: datetime) -> None:
        with self.store.atomic():
            add_centre(self.store, CENTRE, "和平")
            volunteers = {f"volunteer_{number:03d}": "volunteer" for number in range(VOLUNTEERS)}
            for person, role in {**DESK, **volunteers}.items():
                add_member(self.store, person, person, CENTRE, [Membership(role, CENTRE)])
                add_device(self.store, person, public_point(self.key), "desk", f"{person}.device", now)

    def _rule(self, on: date, values: dict[str, Any]) -> Wish:
        rule = {
            **{"effective_on": on.isoformat(), "round_to": 15, "round_how": "down", "day_minutes_max": 600},
            **{"over_shift_minutes": 30, "late_after_days": 7, "closes_on_day": 5, "after_close": "flag"},
            **values,
        }
        return self._id(), "hour_rule", rule | ({"break_minutes": 30} if "break_after_minutes" in rule else {})

    def _days(self, count: int, begun: date) -> Iterator[tuple[date, list[Wish]]]:
        days = 365 * YEARS
        written = 0
        for number in range(days):
            on = begun + timedelta(days=number)
            wanted = count * (number + 1) // days - written
            yield on, [wish for place in range(wanted) for wish in self._served(on, place)]
            written += wanted

    def _served(self, on: date, place: int) -> Iterator[Wish]:
        """One entry; of every five the shift that it comes of too."""
        rng = self.rng
        volunteer = f"volunteer_{rng.randrange(VOLUNTEERS):03d}"
        starts = 8 * 60 + rng.randrange(0, 20) * 30
        ends = starts + rng.choice((60, 90, 120, 180, 240))
        activity, project = rng.choice(("陪伴", "巡楼", "分发", "登记")), rng.choice(PROJECTS)
        values: dict[str, Any] = {
            **{"volunteer": volunteer, "activity": activity, "worked_on": on.isoformat()},
            **{"started_at": _clock(starts - rng.randrange(0, 9)), "ended_at": _clock(ends + rng.randrange(0, 16))},
            **({"project": project} if project else {}),
            **({"travel_minutes": 20} if rng.random() < 0.1 else {}),
            **({"provenance": "added_later", "late_reason": "补"} if rng.random() < 0.2 else {"provenance": "signed"}),
        }
        if place % 5 == 0:
            shift = self._id()
            planned = {"starts_at": _clock(starts), "ends_at": _clock(ends), "shift_on": on.isoformat()}
            yield shift, "shift", {"volunteer": volunteer, "activity": activity, "place": "一楼", **planned}
            values["shift"] = shift
        record = self._id()
        yield record, "hour_entry", values
        if rng.random() < 0.01:
            yield self._id(), "hour_entry", {**values, "corrects": record, "correction_reason": "记错了"}

    def _decide(self, seen: list[tuple[str, date]]) -> None:
        """The last month still waits; of the rest all but a few are certified by who did not write them."""
        person, now = self.person("liu_yang"), _evening(LAST)
        for number, (record, on) in enumerate(seen):
            if on > LAST - timedelta(days=30):
                continue
            verdict = {7: "return", 11: "reject"}.get(number % 400, "approve")
            revision = self.store.value("SELECT revision FROM record WHERE record = ?", (record,))
            said = None if verdict == "approve" else "请核对"
            answer = decide(
                self.store, self.schema, person, Decision(f"d-{number}", record, revision, verdict, said), now
            )
            # Two entries of the same time are not both certified.
            assert not isinstance(answer, Problem) or answer.code.startswith("hours_"), answer

    def _push(self, author: str, wishes: list[Wish], now: datetime, to_the_end: bool = False) -> list[Wish]:
        """Push whole batches; what is left over."""
        person = self.person(author)
        most = limits.PUSH_SAVES_MAX
        while len(wishes) >= most or (wishes and (to_the_end or author != "chen_jing")):
            saves = [self._save(*wish, now) for wish in wishes[:most]]
            wrong = [one for one in push(self.store, self.schema, person, saves, now) if one.status != "accepted"]
            assert not wrong, wrong[0]
            wishes = wishes[most:]
        return wishes

    def _save(self, record: str, kind: str, values: dict[str, Any], now: datetime) -> dict[str, Any]:
        self.sequence += 1
        save = {
            **{"id": self._id(), "record": record, "kind": kind, "schema": self.schema.kinds[kind].version},
            **{"device_sequence": self.sequence, "client": self.rng.getrandbits(32) | 1, "base": 0},
            **{"made_at": f"{int(now.timestamp() * 1000) + self.sequence:013d}-0000", "set": values, "replaces": {}},
        }
        return sealed(save, self.key)

    def _id(self) -> str:
        self.sequence += 1
        return new_id(self.sequence)

    def person(self, name: str) -> Person:
        found = person_of(self.store, name, f"{name}.device")
        assert found is not None, name
        return found


def _evening(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 21, 0, tzinfo=CENTRE_ZONE).astimezone(UTC)


def _clock(minutes: int) -> str:
    return f"{min(minutes, 1439) // 60:02d}:{min(minutes, 1439) % 60:02d}"


def measure(world: World) -> Iterator[tuple[str, str, int, list[tuple[float, float]]]]:
    """Who asks, what, how many rows it answers, and what each try took: ms of the processor and of the clock."""
    store, schema = world.store, world.schema
    month = f"{LAST - timedelta(days=60):%Y-%m}"
    for name in ("chen_jing", "volunteer_007"):
        person = world.person(name)
        whom = "the coordinator" if name in DESK else "a volunteer, own only"

        def total(by: str, person: Person = person, **narrowed: Any) -> Callable[[], list[Any]]:
            return lambda: totals(store, schema, person, by, HourFilter(**narrowed))

        def drill(person: Person = person, after: str | None = None, **narrowed: Any) -> Callable[[], list[Any]]:
            return lambda: lines(store, schema, person, HourFilter(**narrowed), after, 50)

        one = {"volunteer": "volunteer_007"}
        asked: list[tuple[str, Callable[[], list[Any]]]] = [
            ("everything in one", total("all")),
            ("by volunteer", total("volunteer")),
            ("by project", total("project")),
            ("by month", total("month")),
            ("by month and project", total("month+project")),
            ("one month, by volunteer", total("volunteer", month=month)),
            ("one volunteer, by month", total("month", **one)),
            ("first 50 entries of everything", drill()),
            ("first 50 of one month and project", drill(month=month, project="敬老")),
            ("first 50 of one volunteer and month", drill(month=month, **one)),
            ("first 50 that wait", drill(state="waiting")),
        ]
        if name in DESK:
            middle = lines(store, schema, person, HourFilter(from_on=f"{month}-15"), None, 1)
            asked.append(("50 entries from the middle", drill(after=cursor_of(middle[0]))))
        for what, ask in asked:
            yield whom, what, len(ask()), [_milliseconds(ask) for _ in range(TRIES)]


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return (time.process_time() - processor) * 1000, (time.perf_counter() - wall) * 1000


def main() -> None:
    """Fill or take a store, measure, print."""
    asked = argparse.ArgumentParser(prog="python -m bench.hours")
    asked.add_argument("count", nargs="?", type=int, default=100_000)
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--postgres")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        world = World(options.postgres or path / "store.db")
        world.store.bind(CENTRE)
        if not world.store.value("SELECT count(*) FROM record WHERE kind = 'hour_entry'"):
            begun = time.perf_counter()
            world.fill(options.count)
            print(f"filled in {time.perf_counter() - begun:,.0f} s")
        kept = world.store.value("SELECT count(*) FROM record WHERE kind = 'hour_entry'")
        print(f"{kept:,} entries; load {os.getloadavg()[0]:.1f}\n")
        print("| who asks | what | rows | processor, median | the clock, median | slowest |\n|---|---|---|---|---|---|")
        for whom, what, rows, taken in measure(world):
            spent, clock = zip(*taken, strict=True)
            middle = f"{statistics.median(spent):,.0f} ms | {statistics.median(clock):,.0f} ms"
            print(f"| {whom} | {what} | {rows:,} | {middle} | {max(clock):,.0f} ms |")
        world.store.close()


if __name__ == "__main__":
    main()
