"""A month's follow-ups, made by the centre on a supervisor's word: the sample with its seed, and each drawn home given
to somebody who did not serve there. All of it are saves through push, signed by a device that lives as long as this.

Not here: who is drawn (sync/follow_up_draw.py), and how it is asked for (server/graphql/follow_ups.py).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from schema.access import Context
from schema.model import Person, Problem, Schema
from sync import limits
from sync.admit import CENTRE_PATH
from sync.follow_up_draw import FIRST_VULNERABLE, LEAST, PERCENT, Served, draw, months_of, served_in, strata_of
from sync.people import add_device, person_of, revoke_device
from sync.push import push
from sync.save import PrivateKey, new_private_key, public_point, sealed
from sync.store.store import Store
from sync.times import CENTRE_ZONE, local_date, written

Entropy = Callable[[int], bytes]
NewId = Callable[[datetime, Entropy], str]


class _RefusedError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


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
                _write(store, schema, person, wishes, now, entropy, new_id, key or new_private_key())
        except _RefusedError as refused:
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


def _write(
    store: Store,
    schema: Schema,
    person: Person,
    wishes: Sequence[tuple[str, str, dict[str, Any]]],
    now: datetime,
    entropy: Entropy,
    new_id: NewId,
    key: PrivateKey,
) -> None:
    device = new_id(now, entropy)
    name = f"回访抽样 {now.astimezone(CENTRE_ZONE):%Y-%m-%d %H:%M}"
    add_device(store, person.person, public_point(key), name, device, now)
    author = person_of(store, person.person, device)
    if author is None:
        raise RuntimeError("the device of the sample was not added")
    saves = [
        sealed(
            {
                "id": new_id(now, entropy),
                "record": record,
                "kind": kind,
                "schema": schema.kinds[kind].version,
                "device_sequence": number,
                "client": 1 + int.from_bytes(entropy(4)) % limits.CLIENT_MAX,
                "base": 0,
                "made_at": f"{int(now.timestamp() * 1000) + number // 10_000:013d}-{number % 10_000:04d}",
                "set": values,
                "replaces": {},
            },
            key,
        )
        for number, (record, kind, values) in enumerate(wishes, 1)
    ]
    for start in range(0, len(saves), limits.PUSH_SAVES_MAX):
        batch = saves[start : start + limits.PUSH_SAVES_MAX]
        for receipt in push(store, schema, author, batch, now, context=Context(CENTRE_PATH)):
            if receipt.status != "accepted":
                raise _RefusedError(receipt.problem or Problem("failed"))
    revoke_device(store, device, now)
