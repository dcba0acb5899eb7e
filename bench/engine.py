"""How fast and how small the engine is, by itself: push, pages, disk and memory, beside a floor in the same run.

Not here: the network and the peers (bench/sync). `python -m bench.engine [N]` prints one table; `--profile` shows where
the time of a push goes instead. Times are of the processor, so that what else the machine does disturbs them little.
"""

import argparse
import cProfile
import gzip
import json
import pstats
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pycrdt import Doc, Map

from schema.load import load_schema
from schema.model import Membership, Person, Problem, Schema
from sync.document import Change, apply
from sync.people import add_centre, add_device, add_member, add_team, person_of
from sync.pull import pull
from sync.push import push
from sync.save import private_key_from, public_point, sealed
from sync.store.opening import open_store
from sync.store.store import Store

BATCH = 100
VISITS_A_HOME = 100
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WORDS = tuple(
    """头晕 头痛 心慌 胸闷 咳嗽 乏力 失眠 腰痛 膝盖疼 耳鸣 口干 低热 牙痛 恶心 氨氯地平 二甲双胍 阿司匹林 钙片 老伴 儿子
    女儿 孙子 邻居 护工 堂屋 院子 卧室 阳台 药盒 血压计 拐杖 轮椅 病历本 医保卡 电热毯 煤炉 米面 手机 扶手 整理 更换
    检查 登记 询问 提醒 讲解 核对 清点 修好 记录 安排 安慰 陪着 有些 明显 稍微 一直 偶尔 最近 昨晚 饭后 早上 稳定 好转
    反复 能自理 精神尚可 说话清楚 情绪平稳 话不多""".split()  # noqa: SIM905 (read as a text)
)
SERVICES = ("greeting", "health_reminder", "errand", "policy", "goods", "safety_check", "emotional_support", "referral")


class Bench:
    """One centre with one worker whose device delivers visits of twenty fields."""

    def __init__(self, path: Path, count: int) -> None:
        self.path = path
        self.schema: Schema = load_schema()
        self.store: Store = open_store(path, self.schema)
        self.key = private_key_from(20261122)
        self.rng = random.Random(20261122)  # noqa: S311 (made-up records)
        with self.store.atomic():
            add_centre(self.store, "heping", "和平")
            add_team(self.store, "heping_1", "一组", "heping")
            add_member(self.store, "li_min", "李敏", "heping", [Membership("outreach_worker", "heping", "heping_1")])
            add_member(self.store, "zhou_hui", "周慧", "heping", [Membership("supervisor", "heping", "heping_1")])
            for person in ("li_min", "zhou_hui"):
                device = f"{person}.device"
                add_device(self.store, person, public_point(self.key), "phone", device, NOW)
        self.sequence = 0
        # One home for each hundred visits and a day of its own for each of them, so that none looks like a double.
        self.homes = [new_id(1_000_000 + number) for number in range(max(1, count // VISITS_A_HOME))]
        for number, home in enumerate(self.homes):
            address = {"estate": "和平里", "building": "3", "unit": "2", "room": str(number), "team": "heping_1"}
            self.pushes(self.person("zhou_hui"), [self.save("household", home, address)])

    def person(self, name: str) -> Person:
        found = person_of(self.store, name, f"{name}.device")
        assert found is not None
        return found

    def save(self, kind: str, record: str, values: dict[str, Any]) -> dict[str, Any]:
        self.sequence += 1
        return sealed(
            {
                "id": new_id(self.sequence),
                "record": record,
                "kind": kind,
                "schema": 1,
                "device_sequence": self.sequence,
                "client": self.rng.getrandbits(32) | 1,
                "base": 0,
                "made_at": f"{1795222800000 + self.sequence:013d}-0000",
                "set": values,
                "replaces": {},
            },
            self.key,
        )

    def visit(self, number: int) -> dict[str, Any]:
        """About 20 field keys and 1.7 KB, of which most is what somebody told."""
        rng = self.rng
        day = (NOW.date() - timedelta(days=1 + number // len(self.homes))).isoformat()
        hour = rng.randint(8, 16)
        return {
            "household": self.homes[number % len(self.homes)],
            "assigned_to": "li_min",
            "planned_on": day,
            "planned_at": f"{hour:02d}:00",
            "reason": rng.choice(("routine", "follow_up", "requested")),
            "visited_on": day,
            "arrived_at": f"{hour:02d}:{rng.randint(1, 29):02d}",
            "left_at": f"{hour:02d}:{rng.randint(30, 59):02d}",
            "outcome": "met_person",
            "condition": "follow_up",
            "follow_up_on": f"2026-11-{rng.randint(23, 30)}",
            "rebook_on": f"2026-12-{rng.randint(1, 28):02d}",
            **{f"services.{name}": rng.random() < 0.5 for name in SERVICES},
            "observation": "".join(rng.choice(WORDS) + rng.choice(("，", "。", "", "的")) for _ in range(130)),
        }

    def pushes(self, person: Person, saves: list[dict[str, Any]]) -> None:
        receipts = push(self.store, self.schema, person, saves, NOW)
        wrong = [receipt for receipt in receipts if receipt.status != "accepted"]
        assert not wrong, wrong[0]


def new_id(number: int) -> str:
    """A UUIDv7 as devices draw them: its time rises, the rest is chance."""
    digits = f"{1795222800000 + number:012x}"
    chance = random.Random(number).getrandbits(80)  # noqa: S311 (made-up records)
    rest = f"{chance:020x}"
    return f"{digits[:8]}-{digits[8:]}-7{rest[:3]}-a{rest[3:6]}-{rest[6:18]}"


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and of the clock on the wall."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - processor, time.perf_counter() - wall


def floor(path: Path, saves: list[dict[str, Any]]) -> tuple[float, float]:
    """An update log in SQLite, each update merged with pycrdt, its state and JSON view stored; nothing is checked."""
    updates = [(save["record"], apply(b"", Change(save["client"], save["set"], {}, "", ""))) for save in saves]
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE log (seq INTEGER PRIMARY KEY, doc TEXT NOT NULL, data BLOB NOT NULL)")
    db.execute("CREATE TABLE doc (id TEXT PRIMARY KEY, state BLOB NOT NULL, view TEXT NOT NULL) WITHOUT ROWID")

    def work() -> None:
        for start in range(0, len(updates), BATCH):
            rows = updates[start : start + BATCH]
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO log (doc, data) VALUES (?, ?)", rows)
            merged = []
            for id, update in rows:
                old = db.execute("SELECT state FROM doc WHERE id = ?", (id,)).fetchone()
                document: Doc[Any] = Doc()
                if old:
                    document.apply_update(old[0])
                document.apply_update(update)
                view = json.dumps(document.get("claims", type=Map).to_py(), ensure_ascii=False)
                merged.append((id, document.get_update(), view))
            db.executemany("INSERT INTO doc VALUES (?, ?, ?)", merged)
            db.execute("COMMIT")

    found = spent(work)
    db.close()
    return found


def pages(bench: Bench, first: str = "0") -> tuple[int, int, dict[str, str]]:
    """A first sync, or one from a cursor: bytes packed, pages, and the cursors it ends with."""
    person = bench.person("zhou_hui")
    cursors: dict[str, str] = {}
    size = count = 0
    while True:
        page = pull(bench.store, bench.schema, person, cursors, None, NOW)
        assert not isinstance(page, Problem)
        size, count = size + len(page.packed), count + 1
        cursors = {cursor.scope: cursor.cursor for cursor in page.cursors}
        if not page.more:
            return size, count, cursors


def measure(folder: Path, count: int, profile: bool) -> None:
    bench = Bench(folder / f"{count}.sqlite3", count)
    li_min = bench.person("li_min")
    visits = [bench.save("home_visit", new_id(2_000_000 + number), bench.visit(number)) for number in range(count)]

    def deliver() -> None:
        for start in range(0, count, BATCH):
            bench.pushes(li_min, visits[start : start + BATCH])

    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(deliver)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(35)
        profiler = cProfile.Profile()
        profiler.runcall(pages, bench)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(15)
        return
    processor, wall = spent(deliver)
    least, least_wall = floor(folder / f"{count}.floor", visits)
    bench.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    first: list[Any] = []
    page_time, _ = spent(lambda: first.append(pages(bench)))
    size, number_of_pages, cursors = first[0]
    bench.pushes(li_min, [bench.save("home_visit", new_id(9_000_000), bench.visit(0))])
    person = bench.person("zhou_hui")
    one, _ = spent(lambda: [pull(bench.store, bench.schema, person, cursors, None, NOW) for _ in range(100)])
    rows = [
        ("push, saves a second of processor", f"{count / processor:,.0f}"),
        ("push, saves a second on the wall", f"{count / wall:,.0f}"),
        ("floor, records a second of processor", f"{count / least:,.0f}"),
        ("floor, records a second on the wall", f"{count / least_wall:,.0f}"),
        ("push against the floor", f"{least / processor:.2f}"),
        ("first sync, server side", f"{page_time:.2f} s, {number_of_pages} pages"),
        ("packed bytes a record", f"{size / count:,.0f}"),
        ("one change among them, page made", f"{one * 10:.2f} ms"),
        ("disk bytes a record", f"{bench.path.stat().st_size / count:,.0f}"),
        ("memory at its highest", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"),
    ]
    body = sum(len(json.dumps(save["set"], ensure_ascii=False).encode()) for save in visits) / count
    zipped = len(gzip.compress("\n".join(json.dumps(save["set"], ensure_ascii=False) for save in visits).encode()))
    print(f"\n{count:,} records of {body:,.0f} bytes of JSON, {zipped / count:,.0f} all gzipped together")
    for what, figure in rows:
        print(f"| {what} | {figure} |")
    bench.store.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[1000, 10_000])
    parser.add_argument("--profile", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count in wanted.counts:
            measure(Path(folder), count, wanted.profile)


if __name__ == "__main__":
    main()
