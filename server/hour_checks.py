"""A month's spot checks of hours, made by the centre on a coordinator's or director's word: the sample with its seed,
and each drawn entry given to somebody who neither wrote nor certified it.

Not here: what is drawn from (sync/hour_check_draw.py), how the centre writes it down (by_centre.py), and how it is
asked for (server/graphql/hour_checks.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from schema.model import Person, Problem, Schema
from server.by_centre import Entropy, NewId, RefusedError, Wish, write_for
from sync.drawing import months_of
from sync.hour_check_draw import (
    EACH,
    LEAST,
    PART_ENTRIES_MAX,
    PERCENT,
    CertifiedEntry,
    certified_in,
    draw,
    strata_of,
)
from sync.save import PrivateKey
from sync.store.store import Store
from sync.tables import one_of
from sync.times import CENTRE_ZONE, local_date, written

PLAN, CHECK = "hour_check_plan", "hour_check"


def draw_month(
    store: Store,
    schema: Schema,
    person: Person,
    month_on: date,
    now: datetime,
    entropy: Entropy,
    new_id: NewId,
    key: PrivateKey | None = None,
) -> str | Problem:
    """Draw a centre's sample of the hours of a month; returns the id of the sample, or why there is none.

    Drawn once: hours_drawn where the month has one. Whoever asks must answer for the centre.
    """
    first, _ = months_of(month_on)
    if first > local_date(now):
        return Problem("date_in_future", "month_on")
    with store.atomic():
        if _is_drawn(store, person.centre, first):
            return Problem("hours_drawn")
        all_certified = certified_in(store, person.centre, first)
        if not all_certified:
            return Problem("nothing_certified")
        turns = dict.fromkeys(_checkers(store, schema, person.centre), 0)
        # What everybody who could check had a hand in is not drawn from, and how many they are stands in the sample.
        certified = [one for one in all_certified if _checker(one, turns) is not None]
        if not certified:
            return Problem("nobody_to_check")
        seed = entropy(16).hex()
        strata = strata_of(certified)
        drawn = draw(strata, seed, PERCENT, LEAST, EACH)
        plan = new_id(now, entropy)
        facts = {
            "month_on": first.isoformat(),
            "drawn_at": written(now),
            "seed": seed,
            "percent": PERCENT,
            "least": LEAST,
            "each": EACH,
            "frame_size": len(certified),
            "left_out": len(all_certified) - len(certified),
            "drawn_size": sum(len(tails) for tails in drawn.values()),
        }
        wishes: list[Wish] = [(plan, PLAN, facts)]
        wishes += [(plan, PLAN, row) for row in _rows(strata, drawn, entropy)]
        for one in certified:
            checker = _checker(one, turns)
            if checker is not None and one.tail in drawn[one.stratum]:
                turns[checker] += 1
                wishes.append((new_id(now, entropy), CHECK, _check(one, plan, first, checker)))
        try:
            with store.atomic():
                name = f"时数抽查 {now.astimezone(CENTRE_ZONE):%Y-%m-%d %H:%M}"
                write_for(store, schema, person, name, wishes, now, entropy, new_id, key)
        except RefusedError as refused:
            return refused.problem
    return plan


def _is_drawn(store: Store, centre: str, first: date) -> bool:
    sql = "SELECT 1 FROM hour_check_plan p JOIN record r ON r.record = p.record WHERE r.centre = ? AND p.month_on = ?"
    return store.value(sql, (centre, first.isoformat())) is not None


def _checkers(store: Store, schema: Schema, centre: str) -> list[str]:
    """Who may write down what a check found, of this centre."""
    roles = [*schema.kinds[CHECK].access.edit]
    sql = f"SELECT DISTINCT person FROM membership WHERE centre = ? AND role IN {one_of(roles)} ORDER BY person"  # noqa: S608
    return [row[0] for row in store.rows(sql, (centre, *roles))]


def _checker(one: CertifiedEntry, turns: Mapping[str, int]) -> str | None:
    """Who had no hand in it and has the fewest to check so far."""
    apart = [person for person in turns if person not in one.hands]
    return min(apart, key=lambda person: (turns[person], person)) if apart else None


def _rows(
    strata: Mapping[str, Sequence[str]], drawn: Mapping[str, Sequence[str]], entropy: Entropy
) -> list[dict[str, Any]]:
    """The rows of the sample, each a save of its own: a month of a large centre is too long for one."""
    rows: list[dict[str, Any]] = []
    for name, tails in strata.items():
        for part, start in enumerate(range(0, len(tails), PART_ENTRIES_MAX), 1):
            of_part = tails[start : start + PART_ENTRIES_MAX]
            lots = [tail for tail in drawn[name] if tail in of_part]
            row = {"name": name, "part": part, "size": len(of_part), "entries": " ".join(of_part)}
            rows.append({f"strata.{entropy(8).hex()}": {**row, **({"drawn": " ".join(lots)} if lots else {})}})
    return rows


def _check(one: CertifiedEntry, plan: str, first: date, checker: str) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "plan": plan,
        "month_on": first.isoformat(),
        "stratum": one.stratum,
        "checked_by": checker,
    }
