"""Trains the dictionary that the store compresses with, from the fictional neighbourhood.

Not here: compressing. `python -m bench.dictionary N` writes dictionary N beside sync/store/compression.py, which writes
with it from then on. One that has been in use is never changed or removed: the rows written with it name it.
"""

import random
import sys
from datetime import date

from schema.model import Claim
from server.world import Write
from server.world_story import story
from sync.document import Change, apply
from sync.packed import joined, packed_saves
from sync.save import canonical, save_key
from sync.store.compression import path_of, trained


def samples() -> list[bytes]:
    """Bodies of saves as the log keeps them, and contents of records."""
    rng = random.Random(1)  # noqa: S311 (made-up records)
    found = []
    for number, act in enumerate(story("small", date(2026, 11, 22), 1)):
        if not isinstance(act, Write):
            continue
        client = rng.getrandbits(32) or 1
        made_at = f"{int(act.sent.timestamp() * 1000):013d}-0000"
        body = {"id": uuid(rng), "record": uuid(rng), "kind": act.kind, "schema": 1, "device_sequence": number}
        body |= {"client": client, "base": 0, "made_at": made_at, "set": act.values, "replaces": {}}
        found.append(canonical(body))
        claims = [Claim(key, save_key(client), value, made_at, act.person) for key, value in act.values.items()]
        state = apply(b"", Change(client, act.values, {}, made_at, act.person))
        found.append(joined(packed_saves(claims), state))
    return found


def uuid(rng: random.Random) -> str:
    """An id as saves and records have it."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-{digits[16:20]}-{digits[20:]}"


def main(number: str) -> None:
    """Write one dictionary; one that is there already is left alone."""
    path = path_of(int(number))
    with path.open("xb") as file:
        file.write(trained(samples(), int(number)))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
