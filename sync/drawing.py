"""Drawing a sample that anybody can draw again: so many of each stratum, by a seed that is kept beside what was drawn.

Not here: what is drawn from, and what the strata are (follow_up_draw.py, hour_check_draw.py).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from math import ceil


def months_of(month_on: date) -> tuple[date, date]:
    """The first day of a month, and that of the next."""
    first = month_on.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def draw(
    strata: Mapping[str, Sequence[str]],
    seed: str,
    percent: int,
    least: int,
    whole: Collection[str] = (),
    each: int = 0,
) -> dict[str, list[str]]:
    """What is drawn of each stratum: the same for everybody who has the strata and the seed, in any language.

    Of all that is not in a stratum of `whole`, `percent` of a hundred, at least `least`, all where there are fewer;
    each stratum gives its share, the larger remainder first, but at least `each`. Of one of `whole` all is drawn.
    Within a stratum those come first whose SHA-256 of "seed.name" is smallest.
    """
    by_chance = {name: names for name, names in strata.items() if name not in whole}
    total = sum(len(names) for names in by_chance.values())
    wanted = min(total, max(least, ceil(total * percent / 100)))
    shares = {name: wanted * len(names) / total for name, names in by_chance.items()} if total else {}
    counts = {name: int(share) for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda name: (counts[name] - shares[name], name))
    for name in by_remainder[: wanted - sum(counts.values())]:
        counts[name] += 1
    by_lot = {name: sorted(names, key=lambda one: _lot(seed, one)) for name, names in strata.items()}
    return {name: names[: max(counts.get(name, len(names)), each)] for name, names in by_lot.items()}


def _lot(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}.{name}".encode()).hexdigest()
