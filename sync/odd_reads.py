"""Odd reads: days on which somebody looked much otherwise than they use to, at most one of each day, for a person to
ask about. They are found in the audit, by numbers alone.

Not here: who may see them, and words; nothing here says that anything was wrong.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from schema.model import Schema
from sync.audit import SMALL
from sync.store.store import Store
from sync.tables import one_of, quoted
from sync.times import CENTRE_ZONE, local_date, read_instant

DAYS_SHOWN = 14
# What somebody uses to do is what they did on the days before.
DAYS_BEFORE = 28
# Of these newest entries; a centre of a hundred people has fewer in six weeks.
ENTRIES_MAX = 200_000
# An export counts where its file was fetched, not where it was asked for.
FETCHED = "fetched"
LOOKS = ("read", "file_opened", "phone_revealed")
NIGHT_FROM, NIGHT_TO = 22, 6
# Below, nothing is odd, however quiet the days before were.
LEAST = {"many": 25, "night": 5, "namesakes": 4, "beyond": 2, "tried": 6, "exported": 100}
# So many times as much as was reached on three days before: one odd day hides no other, and a new task is soon usual.
BEYOND_USUAL = 1.5
USUAL_DAYS = 3
NAMESAKES_SHARE = 0.5
_NAMES_AT_ONCE = 500


@dataclass(frozen=True)
class Act:
    """One entry of the audit, as far as it counts here. rows: of an export."""

    at: datetime
    action: str
    person: str
    record: str | None = None
    rule: str | None = None
    rows: int = 0


@dataclass(frozen=True)
class Oddity:
    """One thing that was otherwise.

    rule  many: records opened within an hour; night: at night; namesakes: of people of one's own family name;
          beyond: in an emergency; tried: names asked for that are not there, or not for them; exported: rows
    count how many on that day; usual: what was reached on three of the days before
    """

    rule: str
    count: int
    usual: int = 0


@dataclass(frozen=True)
class OddDay:
    """A day of one person that is worth a question."""

    on: date
    person: str
    oddities: tuple[Oddity, ...]


@dataclass
class _Day:
    looks: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def odd_reads(store: Store, schema: Schema, centre: str, now: datetime) -> list[OddDay]:
    """The odd days of a centre's last fortnight, newest first."""
    since = local_date(now) - timedelta(days=DAYS_SHOWN + DAYS_BEFORE)
    acts = list(_acts(store, centre, since))
    shown_from = local_date(now) - timedelta(days=DAYS_SHOWN - 1)
    looked_at = {act.record for act in acts if act.record and _is_look(act)}
    names = {row[0]: row[1] for row in store.rows("SELECT person, name FROM person WHERE centre = ?", (centre,))}
    return odd_days(acts, names, _bearers(store, schema, looked_at), shown_from)


def odd_days(acts: Iterable[Act], names: Mapping[str, str], bearers: Mapping[str, str], since: date) -> list[OddDay]:
    """The oddest day of each date from `since` on, newest first, where there is one.

    names    of people of the centre; bearers: the name of whom a record is about
    """
    days: dict[str, dict[date, _Day]] = defaultdict(lambda: defaultdict(_Day))
    for act in acts:
        _count(days[act.person][local_date(act.at)], act)
    oddest: dict[date, tuple[float, OddDay]] = {}
    for person, own in days.items():
        measured = {on: _measured(day, names.get(person, ""), bearers) for on, day in own.items()}
        for on, found in measured.items():
            before = [measured[day] for day in measured if on - timedelta(days=DAYS_BEFORE) <= day < on]
            score, oddities = _judged(found, before)
            if oddities and on >= since and score > oddest.get(on, (0.0,))[0]:
                oddest[on] = score, OddDay(on, person, oddities)
    return [oddest[on][1] for on in sorted(oddest, reverse=True)]


def _judged(found: Mapping[str, int], before: list[dict[str, int]]) -> tuple[float, tuple[Oddity, ...]]:
    """How odd a day is, and what is odd about it."""
    score, oddities = 0.0, []
    for rule, count in found.items():
        usual = sorted((day[rule] for day in before), reverse=True)[USUAL_DAYS - 1 : USUAL_DAYS]
        limit = max([LEAST[rule], *(most * BEYOND_USUAL for most in usual)])
        if count >= limit:
            score += count / limit
            oddities.append(Oddity(rule, count, *usual))
    return score, tuple(oddities)


def _measured(day: _Day, name: str, bearers: Mapping[str, str]) -> dict[str, int]:
    at_night = sum(any(_is_night(at) for at in times) for times in day.looks.values())
    about = [bearers[record] for record in day.looks if record in bearers]
    # Of one family name a tenth of a city may be: it counts where it is most of what was looked at.
    same = sum(bearer[:1] == name[:1] for bearer in about) if name else 0
    return {
        "many": _most_in_an_hour(day.looks),
        "night": at_night,
        "namesakes": same if same >= NAMESAKES_SHARE * len(about) else 0,
        **{rule: day.counts[rule] for rule in ("beyond", "tried", "exported")},
    }


def _most_in_an_hour(looks: Mapping[str, list[datetime]]) -> int:
    firsts = sorted(min(times) for times in looks.values())
    most, begin = 0, 0
    for end, at in enumerate(firsts):
        while at - firsts[begin] > timedelta(hours=1):
            begin += 1
        most = max(most, end - begin + 1)
    return most


def _count(day: _Day, act: Act) -> None:
    if _is_look(act) and act.record is not None:
        day.looks[act.record].append(act.at)
    elif act.action == "break_glass":
        day.counts["beyond"] += 1
    elif act.action == "refused" and act.rule == "not_found":
        day.counts["tried"] += 1
    elif act.action == "exported" and act.rule == FETCHED:
        day.counts["exported"] += act.rows


def _is_look(act: Act) -> bool:
    # Small pictures come with a page that counts already.
    return act.action in LOOKS and act.rule != SMALL


def _is_night(at: datetime) -> bool:
    hour = at.astimezone(CENTRE_ZONE).hour
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def _acts(store: Store, centre: str, since: date) -> Iterator[Act]:
    actions = (*LOOKS, "break_glass", "refused", "exported")
    newest = store.value("SELECT max(position) FROM audit WHERE centre = ?", (centre,)) or 0
    where = f"centre = ? AND position > ? AND at >= ? AND person <> '' AND action IN {one_of(actions)}"
    sql = f"SELECT at, action, person, record, details FROM audit WHERE {where} ORDER BY position"  # noqa: S608
    for at, action, person, record, details in store.each(
        sql, (centre, newest - ENTRIES_MAX, f"{since.isoformat()}T00:00:00Z", *actions)
    ):
        kept = json.loads(details)
        yield Act(read_instant(at), action, person, record, kept.get("rule"), sum(kept.get("counts", {}).values()))


def _bearers(store: Store, schema: Schema, records: Iterable[str]) -> dict[str, str]:
    """Whom each of the records is about, where one is: itself, or somebody it names."""
    found: dict[str, str] = {}
    wanted = sorted(records)
    for kind in schema.kinds.values():
        for name in [one.name for one in kind.fields.values() if one.search == "name"]:
            sqls = [f"SELECT record, {quoted(name)} FROM {quoted(kind.name)} WHERE record IN "]  # noqa: S608
            for other in schema.kinds.values():
                for column in [one.name for one in other.fields.values() if one.of == kind.name]:
                    sqls.append(
                        f"SELECT o.record, k.{quoted(name)} FROM {quoted(other.name)} o"  # noqa: S608
                        f" JOIN {quoted(kind.name)} k ON k.record = o.{quoted(column)} WHERE o.record IN "
                    )
            for begin in range(0, len(wanted), _NAMES_AT_ONCE):
                part = wanted[begin : begin + _NAMES_AT_ONCE]
                for sql in sqls:
                    found.update(row for row in store.rows(sql + one_of(part), part) if row[1])
    return found
