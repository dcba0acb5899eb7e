"""How long a paper about hours takes to draw, of so many certified entries of one volunteer. The first one of a process
loads the font besides.

Not here: totals (hours.py). `python -m bench.papers [N]` prints one line a round; times are of the processor.
"""

import argparse
import time
from datetime import date, timedelta

from schema.load import load_schema
from server.recognition.papers import Paper
from server.recognition.pdf import Told, pdf_of
from sync.hours import HourCertified
from sync.recognition import Service, digest_of

ACTIVITIES = ("陪伴老人买菜、读报、量血压", "便民服务日", "图书角整理，给孩子们讲故事", "站里值班")


def service(count: int) -> Service:
    """So many certified entries, three a day."""
    first = date(2024, 1, 1)
    entries = [
        HourCertified(
            record=f"entry_{number}",
            volunteer="huang_li",
            activity=ACTIVITIES[number % len(ACTIVITIES)],
            project="",
            worked_on=(first + timedelta(days=number // 3)).isoformat(),
            started_at=f"{8 + number % 3 * 3:02d}:00",
            ended_at=f"{10 + number % 3 * 3:02d}:30",
            minutes=150,
        )
        for number in range(count)
    ]
    return Service("huang_li", {}, tuple(entries), (), (), ())


def main() -> None:
    """Print what each of three papers took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=2000)
    count = parser.parse_args().count
    schema, known = load_schema(), service(count)
    made = Paper(
        *(
            "r",
            "heping",
            "huang_li",
            "service_record",
            "8K2M4P6R8T0V2X4Z",
            "和平社区服务中心",
            "2024-01-01",
            "2026-11-22",
        ),
        *("2026-11-22", count * 150, digest_of(known.entries), "issued", None),
    )
    told = Told(made, "黄丽", "和平社区服务中心", "https://doorstep.example/verify")
    for round in range(3):
        begun, clock = time.process_time(), time.perf_counter()
        content = pdf_of(schema, told, known)
        spent, waited = time.process_time() - begun, time.perf_counter() - clock
        print(f"{count} entries, paper {round + 1}: {spent:.2f} s of processor, {waited:.2f} s, {len(content):,} bytes")


if __name__ == "__main__":
    main()
