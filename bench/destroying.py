"""How long `doorstep destroy` keeps a centre closed: visits of twenty fields whose years are over, destroyed as the
operator's command does it, portion by portion, beside what deriving every table by itself takes.

Not here: the engine (engine.py). `python -m bench.destroying [N]` prints one line; times are of the processor and of
the clock.
"""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

from bench.engine import BATCH, NOW, Bench, new_id, spent
from server.operations.destruction import destroy
from server.settings import Settings
from sync.destructions import RECORDS_MAX, Destruction, confirm, propose
from sync.materialise import rebuild
from sync.store.opening import open_store

LATER = NOW + timedelta(days=30 * 366)
KIND = "home_visit"


def measure(data: Path, count: int) -> None:
    """Fill a centre, and destroy all visits of it in as many portions as it takes; prints what each took."""
    settings = Settings(data=data, free_megabytes_min=1)
    bench = Bench(settings.store_path, count)
    li_min, zhou_hui = bench.person("li_min"), bench.person("zhou_hui")
    visits = [bench.save(KIND, new_id(2_000_000 + number), bench.visit(number)) for number in range(count)]
    for start in range(0, count, BATCH):
        bench.pushes(li_min, visits[start : start + BATCH])
    processor, wall = spent(lambda: rebuild(bench.store, bench.schema))
    print(f"{count:,} visits: every table derived anew, and compared: {processor:.1f} s, {wall:.1f} s of the clock")
    for portion in range(-(-count // RECORDS_MAX)):
        one = propose(bench.store, bench.schema, li_min, f"portion-{portion}", [KIND], "年限已到", LATER)
        assert isinstance(one, Destruction), one
        assert isinstance(confirm(bench.store, zhou_hui, one.id, LATER), Destruction)
        bench.store.close()
        processor, wall = spent(lambda: destroy(settings, bench.schema, [], [], LATER, lambda _: None))
        print(f"{len(one.records):,} destroyed: {processor:.1f} s, {wall:.1f} s of the clock")
        bench.store = open_store(settings.store_path, bench.schema)
    bench.store.close()


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.destroying")
    asked.add_argument("count", nargs="?", type=int, default=10_000, help="visits; a multiple of 5,000 says most")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), asked.parse_args().count)


if __name__ == "__main__":
    main()
