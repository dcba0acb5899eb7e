"""The sums for a city and a country, worked from one report of the benchmark and from what is assumed about people.

Not here: what they mean (docs/scale.md). `python -m bench.scale` works them from the last run of `make bench-sync` and
prints two tables; with `--write` they take the place of those in docs/scale.md.
"""

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.sync.packages import cache

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "scale.md"
RECORDS = 10_000
MINUTE, HOUR, DAYS_OF_A_YEAR = 60, 3600, 250
CORES, LINE_BITS_A_SECOND = 16, 1e9


@dataclass(frozen=True)
class Measured:
    """What one server process does, from the report; times in seconds of the processor unless they say otherwise."""

    records: int
    save_s: float
    saves_a_second_by_the_clock: float
    first_sync_s: float
    first_sync_bytes: float
    question_s: float
    change_bytes: float
    change_ms_by_the_clock: float
    disk_bytes: float
    memory_mb: float
    start_mb: float
    back_s_by_the_clock: float
    load: float


@dataclass(frozen=True)
class Place:
    """What people do, assumed; the tables in docs/scale.md name the same."""

    name: str
    centres: int
    phones: int
    saves_a_day: int = 20
    busiest_hour: float = 0.4
    asks_every_s: int = MINUTE
    back_saves: int = 20


PLACES = (Place("city", 700, 20_000), Place("country", 100_000, 2_900_000))


def measured(runs: Iterable[dict[str, Any]]) -> Measured:
    """The inputs from the figures of a run of 10,000 records, or of the most below that; medians over its rounds.

    Raises SystemExit where one is not in it.
    """
    whole = [run for run in runs if run["name"] == "Doorstep" and run["count"] <= RECORDS and "back_s" in run]
    count = max((run["count"] for run in whole), default=0)
    ours = [run for run in whole if run["count"] == count]
    if not ours:
        raise SystemExit(f"There is no whole run of Doorstep in it: make bench-sync SIZES={RECORDS}")

    def of(key: str) -> float:
        return median(float(run[key]) for run in ours)

    return Measured(
        records=count,
        save_s=of("push_cpu_s") / count,
        saves_a_second_by_the_clock=count / of("push_s"),
        first_sync_s=of("first_cpu_s") / count * RECORDS,
        first_sync_bytes=of("first_bytes") * RECORDS,
        question_s=of("question_cpu_ms") / 1000,
        change_bytes=of("change_bytes"),
        change_ms_by_the_clock=of("change_ms"),
        disk_bytes=of("disk"),
        memory_mb=of("sync_peak_mb"),
        start_mb=of("start_mb"),
        back_s_by_the_clock=of("back_s"),
        load=of("load"),
    )


def inputs(found: Measured) -> Iterator[tuple[str, str]]:
    """What was measured, in words."""
    yield "records of the run; what depends on their number is worked for 10,000", f"{found.records:,}"
    yield "`save_s`: processor a pushed save, signature, permissions and log included", f"{found.save_s * 1000:.2f} ms"
    yield "the same by the clock, one phone pushing", f"{found.saves_a_second_by_the_clock:,.0f} saves a second"
    yield "`first_sync_s`: processor of the server for a first sync of 10,000 records", f"{found.first_sync_s:.2f} s"
    yield "`first_sync_bytes`", f"{found.first_sync_bytes / 1e6:.1f} MB"
    yield "`question_s`: processor for a question to which there is nothing new", f"{found.question_s * 1000:.2f} ms"
    yield (
        "one change among them, both ways",
        f"{found.change_bytes:,.0f} B, {found.change_ms_by_the_clock:.1f} ms by the clock",
    )
    yield "`disk_bytes`: a record after one save, everything included", f"{found.disk_bytes:,.0f} B"
    yield "`memory_mb`: most memory of the process; at its start", f"{found.memory_mb:.0f} MB; {found.start_mb:.0f} MB"
    yield "500 phones back at once, 20 saves each: until the last has all", f"{found.back_s_by_the_clock:.0f} s"
    yield "load of the machine before it", f"{found.load:.1f}"


def sums(found: Measured, place: Place) -> Iterator[tuple[str, str, str]]:
    """What follows for one place: what, by which formula, how much."""
    a_day = place.phones * place.saves_a_day
    busiest = a_day * place.busiest_hour / HOUR
    asked = place.phones / place.asks_every_s
    back = place.phones * place.back_saves * found.save_s
    anew = place.phones * found.first_sync_s
    anew_bytes = place.phones * found.first_sync_bytes
    a_year = a_day * DAYS_OF_A_YEAR * found.disk_bytes
    yield "saves a day", "phones × saves_a_day", f"{a_day:,.0f}"
    yield "saves a second in the busiest hour", "saves a day × busiest_hour ÷ 3600", f"{busiest:,.0f}"
    yield "cores for them", "× save_s", f"{busiest * found.save_s:,.2f}"
    yield "questions a second while all phones are in use", "phones ÷ asks_every_s", f"{asked:,.0f}"
    yield "cores for them", "× question_s", f"{asked * found.question_s:,.2f}"
    yield "all phones back at once: work", "phones × back_saves × save_s", f"{back / MINUTE:,.1f} core minutes"
    yield "the same in one centre", "÷ centres", f"{back / place.centres:,.1f} s of one core"
    yield "all phones begin anew: work", "phones × first_sync_s", f"{anew / HOUR:,.1f} core hours"
    yield "the same: bytes", "phones × first_sync_bytes", f"{anew_bytes / 1e9:,.0f} GB"
    longest = max(anew / CORES, anew_bytes * 8 / LINE_BITS_A_SECOND)
    yield f"the same on {CORES} cores and 1 Gbit/s", "the longer of the two", f"{longest / MINUTE:,.0f} minutes"
    yield "disk a year, at most", "saves a day × 250 × disk_bytes", f"{a_year / 1e12:,.2f} TB"
    yield "the same for one centre", "÷ centres", f"{a_year / place.centres / 1e9:,.2f} GB"
    one_each = place.centres * found.memory_mb
    yield "memory with a process for each centre", "centres × memory_mb", f"{one_each / 1024:,.0f} GB"


def tables(found: Measured) -> dict[str, list[str]]:
    """The two tables of docs/scale.md by the names of their places in it."""
    city, country = (list(sums(found, place)) for place in PLACES)
    both = [(what, how, much, other) for (what, how, much), (_, _, other) in zip(city, country, strict=True)]
    return {
        "measured": ["| | |", "|---|---|", *(f"| {what} | {much} |" for what, much in inputs(found))],
        "sums": ["| | sum | city | country |", "|---|---|---|---|", *(f"| {' | '.join(cells)} |" for cells in both)],
    }


def main() -> None:
    """Work the sums and print or write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="?", type=Path, default=cache() / "last.json")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    worked = tables(measured(json.loads(options.figures.read_text("utf-8"))))
    text = DOCUMENT.read_text("utf-8")
    for name, lines in worked.items():
        print("\n".join(lines), end="\n\n")
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        text = re.sub(
            pattern, lambda place, lines=lines: place[1] + "\n".join(lines) + "\n" + place[2], text, flags=re.S
        )
    if options.write:
        DOCUMENT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
