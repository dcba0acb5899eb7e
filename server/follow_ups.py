"""A month's follow-ups, made by the centre on a supervisor's word: the sample with its seed, and each drawn home given
to somebody who did not serve there.

Not here: who is drawn (sync/follow_up_draw.py), how the centre writes it down (by_centre.py), and how it is asked for
(server/graphql/follow_ups.py).
"""

from datetime import date, datetime
from typing import Any

from schema.model import Person, Problem, Schema
from server.by_centre import Entropy, NewId, RefusedError, write_for
from sync.drawing import months_of
from sync.follow_up_draw import FIRST_VULNERABLE, LEAST, PERCENT, Served, draw, served_in, strata_of
from sync.save import PrivateKey
from sync.store.store import Store
from sync.times import CENTRE_ZONE, local_date, written


def draw_month(
    store: Store,
    schema: Schema,
    person: Person,
    team: str,
    month_on: date,
    now: datetime,
    entropy: Entropy,
    new_id: NewId,
    key: PrivateKey | None = None,
) -> str | Problem:
    """Draw a team's sample of a month that is over or under way; returns the id of the sample, or why there is none.

    Drawn once: follow_up_drawn where the month of this team has one. Whoever asks must answer for the team.
    """
    first, _ = months_of(month_on)
    if first > local_date(now):
        return Problem("date_in_future", "month_on")
    with store.atomic():
        if _is_drawn(store, person.centre, team, first):
            return Problem("follow_up_drawn")
        served = served_in(store, person.centre, team, first)
        callers = _callers(store, person.centre, team)
        if not served:
            return Problem("nobody_served")
        seed = entropy(16).hex()
        strata = strata_of(served)
        drawn = draw(strata, seed, PERCENT, LEAST)
        plan = new_id(now, entropy)
        wishes = [(plan, "follow_up_plan", _plan(team, first, seed, strata, drawn, written(now), entropy))]
        chosen = {home for homes in drawn.values() for home in homes}
        turns: dict[str, int] = dict.fromkeys(callers, 0)
        for one in served:
            if one.household not in chosen:
                continue
            caller = _caller(one, turns)
            if caller is None:
                return Problem("nobody_apart")
            turns[caller] += 1
            wishes.append((new_id(now, entropy), "follow_up", _follow_up(one, plan, first, caller)))
        try:
            with store.atomic():
                name = f"回访抽样 {now.astimezone(CENTRE_ZONE):%Y-%m-%d %H:%M}"
                write_for(store, schema, person, name, wishes, now, entropy, new_id, key)
        except RefusedError as refused:
            return refused.problem
    return plan


def _is_drawn(store: Store, centre: str, team: str, first: date) -> bool:
    sql = (
        "SELECT 1 FROM follow_up_plan p JOIN record r ON r.record = p.record"
        " WHERE r.centre = ? AND p.team = ? AND p.month_on = ?"
    )
    return store.value(sql, (centre, team, first.isoformat())) is not None


def _callers(store: Store, centre: str, team: str) -> list[str]:
    sql = "SELECT person FROM membership WHERE centre = ? AND team = ? AND role = 'outreach_worker' ORDER BY person"
    return [row[0] for row in store.rows(sql, (centre, team))]


def _caller(one: Served, turns: dict[str, int]) -> str | None:
    """Who did not serve there and has the fewest to ask so far."""
    apart = [person for person in turns if person not in one.servants]
    return min(apart, key=lambda person: (turns[person], person)) if apart else None


def _plan(
    team: str,
    first: date,
    seed: str,
    strata: dict[str, list[str]],
    drawn: dict[str, list[str]],
    at: str,
    entropy: Entropy,
) -> dict[str, Any]:
    rows = {
        f"strata.{entropy(8).hex()}": {
            "name": name,
            "size": len(homes),
            "homes": " ".join(homes),
            **({"drawn": " ".join(drawn[name])} if drawn[name] else {}),
        }
        for name, homes in strata.items()
    }
    return {
        "team": team,
        "month_on": first.isoformat(),
        "drawn_at": at,
        "seed": seed,
        "percent": PERCENT,
        "least": LEAST,
        "frame_size": sum(len(homes) for homes in strata.values()),
        "drawn_size": sum(len(homes) for homes in drawn.values()),
        **rows,
    }


def _follow_up(one: Served, plan: str, first: date, caller: str) -> dict[str, Any]:
    return {
        "household": one.household,
        "visit": one.visit,
        "plan": plan,
        "month_on": first.isoformat(),
        "why": FIRST_VULNERABLE if one.is_first_vulnerable else "sample",
        "assigned_to": caller,
    }
