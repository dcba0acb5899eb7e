"""The figures as Markdown: what the product must reach, then every contestant beside it. Judges nothing by itself.

Not here: how a figure comes about. Figures are medians over the rounds; a ratio is taken within each round first, so
that a busy machine slows both of its sides, and its median is told.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from statistics import median
from typing import Any

from bench.sync import machine

OURS, MERGE, LOG, ROWS, JSON = (
    "Doorstep", "floor: log and merge over HTTP", "floor: log over HTTP", "floor: rows in SQLite", "floor: gzipped JSON"
)  # fmt: skip
POUCH = "PouchDB"
Found = list[dict[str, Any]]
Probes = tuple[float, float, float]


def report(found: Found, counts: list[int], records: dict[str, float], before: Probes, after: Probes) -> str:
    """The whole report."""
    lines = [
        f"Measured {datetime.now():%Y-%m-%d %H:%M} on {machine.described()}.",
        "",
        f"Load average {before[0]:.1f} before and {after[0]:.1f} after; one fdatasync of 4 KiB {before[1]:.2f} and "
        f"{after[1]:.2f} ms; a fixed Python loop {before[2]:.0f} and {after[2]:.0f} ms. "
        f"Records: {records['json_bytes']:,.0f} B of JSON each, {records['gzip_bytes']:,.0f} B under gzip -6 of all.",
        "",
        f"Versions: {machine.versions()}.",
        "",
        "## What it must reach",
        "",
        *table(("work", "reach", "measured", "reached"), reaches(Figures(found), counts)),
    ]
    for count in counts:
        names = dict.fromkeys(run["name"] for run in found if run["count"] == count and "pushers" not in run["name"])
        lines += ["", f"## {count:,} records", "", *table(HEAD, [row(Figures(found), name, count) for name in names])]
    return "\n".join(lines)


class Figures:
    """What was found, asked for by name of the run, size and name of the figure; None where it was not measured."""

    def __init__(self, found: Found) -> None:
        self._found = found

    def of(self, name: str, count: int, key: str) -> float | None:
        values = [run[key] for run in self._runs(name, count) if key in run]
        return median(values) if values else None

    def ratio(self, name: str, other: str, count: int, key: str) -> float | None:
        """The median of the ratios within a round."""
        pairs = [
            one[key] / two[key]
            for one in self._runs(name, count)
            for two in self._runs(other, count)
            if one["round"] == two["round"] and key in one and two.get(key)
        ]
        return median(pairs) if pairs else None

    def failure(self, name: str, count: int) -> str | None:
        return next((run["failed"] for run in self._runs(name, count) if "failed" in run), None)

    def rounds(self, name: str, count: int) -> int:
        return len(self._runs(name, count))

    def names(self, count: int) -> list[str]:
        return list(dict.fromkeys(run["name"] for run in self._found if run["count"] == count))

    def _runs(self, name: str, count: int) -> Found:
        return [run for run in self._found if run["name"] == name and run["count"] == count]


def reaches(figures: Figures, counts: list[int]) -> Iterable[tuple[str, ...]]:
    """One line for each thing that was asked for; a dash where this run did not measure it."""
    size = 10_000 if 10_000 in counts else max(counts)
    large, small = max(counts), min(counts)

    def ours(key: str, count: int = size) -> float | None:
        return figures.of(OURS, count, key)

    def line(
        work: str, reach: str, value: float | None, shown: str, is_reached: Callable[[float], bool]
    ) -> tuple[str, ...]:
        if value is None:
            return work, reach, "–", "not measured"
        return work, reach, shown.format(value), "yes" if is_reached(value) else "no"

    rate = None if (seconds := ours("push_s")) is None else size / seconds
    push = f"push of {size:,}, batches of 100"
    yield line(push, "≥ 3,000 saves/s", rate, "{:,.0f} saves/s", lambda value: value >= 3000)
    speed = figures.ratio(MERGE, OURS, size, "push_s")
    yield line(push, "≥ 0.7 of the merging floor's speed", speed, "{:.2f}", lambda value: value >= 0.7)
    share = figures.ratio(OURS, POUCH, size, "push_s")
    yield line(push, "≤ 0.65 of PouchDB's time", share, "{:.2f}", lambda value: value <= 0.65)
    first = f"first sync of {size:,}"
    yield line(first, "≤ 1.0 s", ours("first_s"), "{:.2f} s", lambda value: value <= 1.0)
    peers = [name for name in figures.names(size) if "floor" not in name and name not in (OURS, "64 pushers, kill -9")]
    ratios = [ratio for name in peers if (ratio := figures.ratio(OURS, name, size, "first_s")) is not None]
    slowest = max(ratios) if ratios else None
    yield line(first, "≤ 0.5 of the fastest peer's time", slowest, "{:.2f}", lambda value: value <= 0.5)
    yield line(first, "≤ 560 B a record", ours("first_bytes"), "{:.0f} B", lambda value: value <= 560)
    theirs = [bytes for name in peers if (bytes := figures.of(name, size, "first_bytes")) is not None]
    fewest = min(theirs) if theirs else None
    share = None if fewest is None or (mine := ours("first_bytes")) is None else mine / fewest
    yield line(first, "fewer bytes than every peer", share, "{:.2f} of the fewest", lambda value: value < 1)
    change = f"one change among {size:,}"
    yield line(change, "≤ 5 ms on loopback", ours("change_ms"), "{:.1f} ms", lambda value: value <= 5)
    yield line(change, "one request", ours("change_requests"), "{:.0f}", lambda value: value == 1)
    yield line(change, "≤ 1 KB", ours("change_bytes"), "{:,.0f} B", lambda value: value <= 1024)
    far, near = ours("change_ms", large), ours("change_ms", small)
    flat = far / near if far and near and large != small else None
    grown = f"one change, {large:,} against {small:,}"
    yield line(grown, "≤ 1.2", flat, "{:.2f}", lambda value: value <= 1.2)
    yield line(
        f"peak memory at {large:,}", "≤ 150 MB", ours("sync_peak_mb", large), "{:.0f} MB", lambda value: value <= 150
    )
    at_large, at_size = ours("sync_peak_mb", large), ours("sync_peak_mb")
    grown_memory = at_large / at_size if at_large and at_size and large != size else None
    yield line(f"peak memory, {large:,} against {size:,}", "≤ 1.3", grown_memory, "{:.2f}", lambda value: value <= 1.3)
    yield line(f"disk at {size:,}", "≤ 4 KB a record", ours("disk"), "{:,.0f} B", lambda value: value <= 4096)
    crash = "64 pushers, kill -9"
    acknowledged = figures.of(crash, 1000, "acknowledged")
    lost, locked = figures.of(crash, 1000, "lost"), figures.of(crash, 1000, "locked")
    kept = f"64 pushers, {figures.of(crash, 1000, 'kills') or 0:.0f} × kill -9, {acknowledged or 0:,.0f} acknowledged"
    yield line(kept, "0 lost", lost, "{:.0f}", lambda value: value == 0)
    yield line(kept, "0 “database is locked”", locked, "{:.0f}", lambda value: value == 0)
    two = "100 records, two people offline"
    yield line(two, "different fields: 100 kept", ours("different_kept"), "{:.0f}", lambda value: value == 100)
    visible = "same field: 100 visible with who and when"
    yield line(two, visible, ours("same_visible"), "{:.0f}", lambda value: value == 100)
    where = next((count for count in counts if ours("back_p99_s", count) is not None), size)
    back = f"{ours('back_phones', where) or 500:.0f} phones back at once, 20 saves each"
    undelivered = ours("back_undelivered", where)
    yield line(back, "all delivered and seen by their teams", undelivered, "{:.0f} missing", lambda value: value == 0)
    yield line(back, "no error", ours("back_failed", where), "{:.0f} errors", lambda value: value == 0)
    yield line(back, "p99 answer < 2 s", ours("back_p99_s", where), "{:.2f} s", lambda value: value < 2)
    memory = ours("back_memory", where)
    yield line(back, "memory < 2 × quiet", memory, "{:.2f} ×", lambda value: value < 2)
    yield line("two server processes on PostgreSQL", "≥ 1.6 × one process", None, "", lambda value: False)


HEAD = (
    "contestant", "push s", "records/s", "ours ÷ its push", "up B/rec", "server CPU s", "first sync s",
    "ours ÷ its first sync", "first sync B/rec", "requests", "one change ms", "its bytes", "its requests", "live ms",
    "disk B/rec", "peak MB", "different kept", "same visible", "rounds",
)  # fmt: skip


def row(figures: Figures, name: str, count: int) -> tuple[str, ...]:
    """One contestant at one size."""

    def cell(key: str, shown: str = "{:,.0f}") -> str:
        value = figures.of(name, count, key)
        return "–" if value is None else shown.format(value)

    def against(key: str) -> str:
        value = None if name == OURS else figures.ratio(OURS, name, count, key)
        return "–" if value is None else f"{value:.2f}"

    failed = figures.failure(name, count)
    seconds = figures.of(name, count, "push_s")
    peak = "sync_peak_mb" if name == OURS else "peak_mb"
    return (
        f"{name}: {failed}" if failed else f"**{name}**" if name == OURS else name,
        cell("push_s", "{:.2f}"), f"{count / seconds:,.0f}" if seconds else "–", against("push_s"), cell("push_up"),
        cell("push_cpu_s", "{:.2f}"), cell("first_s", "{:.3f}"), against("first_s"), cell("first_bytes"),
        cell("first_requests"), cell("change_ms", "{:.1f}"), cell("change_bytes"), cell("change_requests"),
        cell("live_ms", "{:.1f}"), cell("disk"), cell(peak), cell("different_kept"), cell("same_visible"),
        str(figures.rounds(name, count)),
    )  # fmt: skip


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A Markdown table."""
    return ["| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *rows)]
