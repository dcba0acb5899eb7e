"""Forged requests from a seed: what a phone sends, bent in every way that keeps it sendable, through the real endpoint.

    python -m tests.server.fuzz --count 200000 --seed 1

Not here: the few thousand of every run (test_forged_bytes.py).
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from httpx2 import Response

from tests.server.http_world import HOME, PUSH, HttpWorld, Phone, new_world

SECONDS_MAX = 2.0
WORDS = (
    "",
    "张",
    "\ud83d",
    "\u0000",
    "x" * 70_000,
    "../..",
    "' OR 1=1 --",
    "<img src=x onerror=1>",
    "NaN",
    "__proto__",
)
NUMBERS = (0, -1, 1, 2**31, 2**32, 2**53, -(2**63), 10**400, 0.1, 1e308, True, False, None)
NAMES = ("id", "record", "kind", "set", "replaces", "client", "schema", "signature", "made_at", "base", "scopes")


@dataclass
class Seen:
    """What became of the forged requests. `slow` and `failed` name seeds."""

    statuses: Counter[int] = field(default_factory=Counter)
    receipts: Counter[str] = field(default_factory=Counter)
    slow: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    longest_seconds: float = 0.0


def forge(phone: Phone, seed: str) -> Callable[[], Response]:
    """One forged request of this phone; the same seed makes the same one."""
    rng = random.Random(seed)  # noqa: S311
    save: Any = phone.save("household", HOME | {"room": str(rng.randrange(10_000))})
    match rng.randrange(4):
        case 0:
            return sending(phone, _bent_bytes(rng, whole(save)), rng)
        case 1:
            return sending(phone, whole(_bent_and_sealed(rng, phone)), rng)
        case 2:
            return sending(phone, json.dumps(_bent(rng, json.loads(whole(save)), 2)).encode(), rng)
        case _:
            packed = _bent_bytes(rng, gzip.compress(whole(save)))
            return sending(phone, packed, rng, {"content-encoding": "gzip"})


def _bent_and_sealed(rng: random.Random, phone: Phone) -> Any:
    """A save with odd values under a true signature, where what came out can be signed at all."""
    values = {name: bent(rng, value) if rng.random() < 0.4 else value for name, value in HOME.items()}
    members = {rng.choice(("id", "client", "made_at", "base", "scopes")): odd(rng)} if rng.random() < 0.3 else {}
    try:
        return phone.save("household", values, **members)
    except (ValueError, RecursionError):
        return _bent(rng, phone.save("household", HOME), 3)


def whole(save: Any) -> bytes:
    """The body of a push of one save."""
    return json.dumps({"query": PUSH, "variables": {"saves": [save]}}).encode()


def sending(
    phone: Phone, body: bytes, rng: random.Random | None = None, more: dict[str, str] | None = None
) -> Callable[[], Response]:
    """What sends these bytes."""
    headers = {"authorization": f"Bearer {phone.token}", "content-type": "application/json", **(more or {})}
    if rng is not None and rng.random() < 0.02:
        headers["content-type"] = rng.choice(["application/json; charset=utf-16", "application/octet-stream"])
    return lambda: phone.world.client.post("/graphql", content=body, headers=headers)


def _bent(rng: random.Random, value: Any, times: int) -> Any:
    for _ in range(rng.randrange(1, times + 1)):
        value = bent(rng, value)
    return value


def bent(rng: random.Random, value: Any) -> Any:
    """A value with something in it that does not belong there, or is missing."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        name = rng.choice(list(value))
        match rng.randrange(5):
            case 0:
                return {key: part for key, part in value.items() if key != name}
            case 1:
                return {**value, rng.choice((*NAMES, *WORDS)): odd(rng)}
            case _:
                return {**value, name: bent(rng, value[name])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], bent(rng, value[place]), *value[place + 1 :]] * rng.choice((1, 1, 1, 3))
    if isinstance(value, str) and value and rng.random() < 0.5:
        place = rng.randrange(len(value))
        return value[:place] + chr(rng.choice((0, 32, 34, 92, 0x4E00, 0xFFFF, 0x1F600))) + value[place + 1 :]
    return odd(rng)


def odd(rng: random.Random) -> Any:
    """A value that nobody would send who means well."""
    match rng.randrange(6):
        case 0:
            return rng.choice(WORDS)
        case 1:
            return rng.choice(NUMBERS)
        case 2:
            deep: Any = rng.choice(NUMBERS)
            for _ in range(rng.choice((1, 5, 40, 300))):
                deep = {"a": deep} if rng.random() < 0.5 else [deep]
            return deep
        case 3:
            return {rng.choice((*NAMES, *WORDS)): rng.choice(WORDS) for _ in range(rng.choice((0, 1, 70)))}
        case 4:
            return [rng.choice(NUMBERS)] * rng.choice((0, 1, 300))
        case _:
            return rng.getrandbits(rng.choice((8, 64, 4000)))


def _bent_bytes(rng: random.Random, body: bytes) -> bytes:
    bent = bytearray(body)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        place = rng.randrange(len(bent))
        match rng.randrange(4):
            case 0:
                bent[place] = rng.randrange(256)
            case 1:
                del bent[place : place + rng.randrange(1, 9)]
            case 2:
                bent[place:place] = rng.randbytes(rng.randrange(1, 9))
            case _:
                bent[place:place] = bent[place : place + rng.randrange(1, 200)]
        bent = bent or bytearray(b"{")
    return bytes(bent)


def run(world: HttpWorld, seed: str, count: int) -> Seen:
    """Send so many forged requests and note what became of each."""
    phone, seen = world.signs_in("li_min"), Seen()
    for number in range(count):
        send, began = forge(phone, f"{seed} {number}"), time.perf_counter()
        answer = send()
        seconds = time.perf_counter() - began
        seen.longest_seconds = max(seen.longest_seconds, seconds)
        seen.statuses[answer.status_code] += 1
        if seconds > SECONDS_MAX:
            seen.slow.append(f"{seed} {number}")
        if answer.status_code >= 500:
            seen.failed.append(f"{seed} {number}")
        for receipt in ((answer.json().get("data") or {}).get("push") or {}).get("receipts", []):
            # Now and then a byte that was cut out of the question leaves one that does not ask for it.
            seen.receipts[receipt.get("status", "not asked")] += 1
    return seen


def main() -> int:
    """Forge as many as asked for and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world, began = new_world(Path(folder) / "world"), time.monotonic()
        with world.client:
            seen = run(world, options.seed, options.count)
        print(
            f"{options.count:,} in {time.monotonic() - began:.0f} s, the longest {seen.longest_seconds * 1000:.0f} ms,"
        )
        print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB; {dict(seen.statuses)}")
        print(f"receipts {dict(seen.receipts)}; failed: {seen.failed[:20]}; slow: {seen.slow[:20]}")
    return int(bool(seen.failed or seen.slow))


if __name__ == "__main__":
    sys.exit(main())
