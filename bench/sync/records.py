"""The records every contestant is given: invented home visits of 23 fields, the same ones on every machine.

Not here: how a contestant stores them. The text is nonsense with about the entropy of real notes, so that compression
is worth on it what it is worth on them; a generator that repeats whole sentences would flatter whoever compresses.
"""

import gzip
import hashlib
import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

SEED = "doorstep-bench-1"
TEAM = "c00_t0"
WORKERS = tuple(f"{TEAM}_p{number}" for number in range(5))
NARRATIVE_CHARACTERS = (170, 600)

_WORDS = {
    name: text.split()
    for name, text in tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8")).items()
}
_ALL = [word for name in ("who", "where", "things", "does", "how", "when") for word in _WORDS[name]]


def records(count: int) -> Iterator[dict[str, Any]]:
    """The first `count` records, each with its `id` (a UUIDv7) and 23 fields."""
    return (_record(number) for number in range(count))


def write_records(count: int, path: Path) -> dict[str, float]:
    """Write them as JSON lines; gives bytes a record as JSON, and of the whole set under gzip -6."""
    lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records(count)]
    whole = ("\n".join(lines) + "\n").encode()
    path.write_bytes(whole)
    return {"json_bytes": len(whole) / count, "gzip_bytes": len(gzip.compress(whole, 6)) / count}


def record_id(name: str, moment: datetime) -> str:
    """An id in the shape of a UUIDv7, the same for the same name."""
    random = int.from_bytes(hashlib.sha256(name.encode()).digest()[:10], "big")
    number = int(moment.timestamp() * 1000) << 80 | random
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(3 << 62) | 2 << 62
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _record(number: int) -> dict[str, Any]:
    chance = Random(f"{SEED}.{number}")  # noqa: S311  invented records, nothing secret

    def one(name: str) -> str:
        return chance.choice(_WORDS[name])

    start = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(
        days=chance.randrange(500), minutes=chance.randrange(60, 9 * 60), seconds=chance.randrange(60)
    )
    minutes = chance.randint(12, 95)
    name = one("surnames") + "".join(one("given_names") for _ in range(chance.randint(1, 2)))
    house = f"{chance.randint(1, 280)}号{one('estates')}{chance.randint(1, 30)}栋"
    upper, lower, glucose = chance.randint(95, 190), chance.randint(55, 112), chance.randint(39, 168)
    return {
        "id": record_id(f"visit.{number}", start),
        "team": TEAM,
        "household": f"H{chance.randint(1, 4000):06d}",
        "resident": f"R{chance.randint(1, 12000):07d}",
        "resident_name": name,
        "worker": chance.choice(WORKERS),
        "visited_on": start.date().isoformat(),
        "started_at": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "minutes": minutes,
        "visit_type": one("visit_types"),
        "address": f"{one('roads')}{house}{chance.randint(1, 24)}0{chance.randint(1, 6)}",
        "latitude": f"{22.4 + chance.random() * 0.6:.6f}",
        "longitude": f"{113.8 + chance.random() * 0.7:.6f}",
        "systolic": upper,
        "diastolic": lower,
        "glucose_tenths": glucose,
        "weight_tenths": chance.randint(380, 920),
        "risk": chance.choices(_WORDS["risks"], (50, 30, 15, 5))[0],
        "services": "、".join(chance.sample(_WORDS["services"], chance.randint(1, 4))),
        "adherence": one("adherences"),
        "follow_up_on": (start + timedelta(days=chance.choice((3, 7, 14, 30, 60)))).date().isoformat(),
        "status": one("statuses"),
        "ended_at": f"{start + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}",
        "narrative": _narrative(chance, name, f"血压{upper}/{lower}，血糖{glucose / 10}。"),
    }


def _narrative(chance: Random, name: str, measured: str) -> str:
    def one(list_name: str) -> str:
        return chance.choice(_WORDS[list_name])

    shortest, longest = NARRATIVE_CHARACTERS
    wanted = chance.randint(shortest + 30, longest)
    said = f"{one('when')}到{name[0]}{one('elders')}家，{one('who')}{one('doors')}。"
    while len(said) < wanted - 45:
        said += _sentence(chance) if chance.random() < 0.45 else _clause(chance)
        if chance.random() < 0.06:
            said += measured
    return f"{said}{one('next')}，{one('does')}{one('things')}由{one('who')}{one('cares')}。"[:longest]


def _clause(chance: Random) -> str:
    words = (
        chance.choice(_ALL) + ("，" if chance.random() < 0.2 else "的" if chance.random() < 0.2 else "")
        for _ in range(chance.randint(4, 9))
    )
    return "".join(words).rstrip("，的") + chance.choice("。。。；")


def _sentence(chance: Random) -> str:
    """One of the patterns, each name in it replaced by a word of that list, and # by a number."""
    parts = chance.choice(_SENTENCES).split()
    return "".join(
        str(chance.randint(2, 59)) if part == "#" else chance.choice(_WORDS[part]) if part in _WORDS else part
        for part in parts
    )


_SENTENCES = (
    "who 说 when how ， where 里 does 了 things 。",
    "本人自述 when how 、 how ，持续 # 天。",
    "帮忙 does 了 things 和 things ， who how 。",
    "where 的 things 坏了， does 后能用，花费 # 元。",
    "things 还剩 # 份， who 答应 does 。",
    "聊起 who 时 how ， does 了一会儿才 how 。",
    "when 在 where how # 分钟， who does things 后缓解。",
    "向 who does things 的用法，对方 how 。",
)
