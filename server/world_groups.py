"""A group that is running, with a session today, and two activities: one that was held, one that comes.

Not here: the people in it (world_story), and what each kind asks for (the declarations).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from server.world import Act, Verdict, Write, moment, record_id, row_id

_DAY = timedelta(days=1)
_FOR_WHOM = {"target_group": "elders", "service_class": "basic", "team": "heping_1", "worker": "li_min"}
# Days before today of each session, the last of them today; how many of the members came, and the visitors.
_SESSIONS = ((14, 7, 1), (7, 8, 0), (0, 0, 0))
_ACTIVITY = {**_FOR_WHOM, "target_group": "everybody", "large": False}


def groups(today: date, members: Sequence[tuple[str, str]]) -> Iterator[Act]:
    """What was proposed, approved, planned and held up to this morning.

    members  record and name of those who belong to the group
    """
    yield from _group(today - 24 * _DAY, members)
    for number, (days_ago, came, visitors) in enumerate(_SESSIONS, start=1):
        yield from _session(today, number, today - days_ago * _DAY, members, came, visitors)
    yield from _activities(today)


def _group(day: date, members: Sequence[tuple[str, str]]) -> Iterator[Act]:
    record, at = record_id("crafts"), moment(day, 9 * 60)
    about = {
        "name": "银龄手工小组",
        "type": "interest",
        "planned_sessions": 6,
        "capacity": 12,
        "goals": "一起做手工，多认识邻居",
    }
    joined = {_row("members", one): {"name": name, "joined_on": day.isoformat()} for one, name in members}
    yield Write(at + _MINUTE, at, "li_min", "group", record, {**_FOR_WHOM, **about, **joined})
    for minutes, person, state in (
        (60, "zhou_hui", "approved"),
        (90, "li_min", "recruiting"),
        (120, "li_min", "running"),
    ):
        at = moment(day, 9 * 60 + minutes)
        yield Write(at, at, person, "group", record, {"state": state})


def _session(
    today: date, number: int, day: date, members: Sequence[tuple[str, str]], came: int, visitors: int
) -> Iterator[Act]:
    record, planned = record_id(f"crafts.{number}"), moment(day - 2 * _DAY, 16 * 60)
    expected = {_row("people", one): {"name": name} for one, name in members}
    helper = {f"helpers.{row_id('crafts.helper')}": {"person": "huang_li"}}
    about = {"group": record_id("crafts"), "name": "银龄手工小组", "number": number, "planned_on": day.isoformat()}
    place = {"starts_at": "14:30", "ends_at": "16:00", "place": "二楼活动室"}
    yield Write(planned, planned, "li_min", "group_session", record, {**about, **place, **expected, **helper})
    if day >= today:
        return
    ticked = {_row("people", one): {"name": name, "present": True} for one, name in members[:came]}
    counted = {f"counted.{row_id('crafts.visitors')}": {"person": "huang_li", "number": visitors}}
    at = moment(day, 14 * 60 + 40)
    yield Write(at, at, "huang_li", "group_session", record, {**ticked, **(counted if visitors else {})})
    at = moment(day, 16 * 60 + 20)
    held = {
        "state": "held",
        "held_on": day.isoformat(),
        "content": "做香囊，互相帮着穿针",
        "effect": "两位独居老人约好一起买菜",
    }
    yield Write(at, at, "li_min", "group_session", record, held)
    if number == 1:
        yield Verdict(moment(day + _DAY, 9 * 60), "zhou_hui", record, "approve")


def _activities(today: date) -> Iterator[Act]:
    past, coming = today - 10 * _DAY, today + 6 * _DAY
    for name, day, people in (("health_day", past, 80), ("lantern_fair", coming, 60)):
        record, begun = record_id(name), moment(past - 8 * _DAY, 10 * 60 + people // 10)
        title = "便民义诊日" if day == past else "社区灯谜会"
        about = {"name": title, "starts_on": day.isoformat(), "expected_headcount": people}
        yield Write(begun, begun, "li_min", "activity", record, {**_ACTIVITY, **about})
        at = begun + 60 * _MINUTE
        yield Write(at, at, "wu_jianguo", "activity", record, {"state": "approved"})
        at = begun + 90 * _MINUTE
        yield Write(at, at, "li_min", "activity", record, {"state": "published"})
        session = record_id(f"{name}.1")
        place = {"starts_at": "09:00", "ends_at": "11:30", "place": "中心广场"}
        values = {"activity": record, "name": title, "planned_on": day.isoformat(), **place}
        yield Write(at, at, "li_min", "activity_session", session, values)
    at = moment(past, 12 * 60)
    counted = {f"counted.{row_id('health_day.count')}": {"person": "li_min", "number": 76}}
    held: dict[str, Any] = {"state": "held", "held_on": past.isoformat(), "content": "量血压、理发、修小家电"}
    yield Write(
        at,
        at,
        "li_min",
        "activity_session",
        record_id("health_day.1"),
        {**counted, "headcount_method": "counter", **held},
    )
    yield Write(at, at, "li_min", "activity", record_id("health_day"), {"state": "held"})


_MINUTE = timedelta(minutes=1)


def _row(field: str, record: str) -> str:
    """The key of the row that stands for somebody."""
    return f"{field}.{record.replace('-', '')}"
