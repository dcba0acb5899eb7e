"""What went wrong lately in the neighbourhood and what must be put right: two incidents, a ticket under each clock.

Not here: everyday service (world_visits, world_cases).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from server.world import Act, Verdict, Write, moment, record_id, row_id

_MINUTE = timedelta(minutes=1)


def tickets(today: date) -> Iterator[Act]:
    """One ticket that nobody took on in time, one with a day to go, one that waits for an answer; and two incidents."""
    yesterday = today - timedelta(days=1)
    yield from _incidents(today)
    ticket = _ticket("ticket.lamp", "楼道灯不亮", "normal", moment(yesterday, 17 * 60 + 40), "liu_wei")
    yield Write(ticket.sent, ticket.at, "lin_yan", *ticket.rest, {**ticket.values, "source": "window"})
    ticket = _ticket("ticket.tap", "厨房水龙头漏水", "small", moment(yesterday, 16 * 60 + 35), "zhou_suzhen")
    taken = {"assigned_to": "li_min", "state": "accepted", "accepted_at": _text(ticket.at)}
    begun = {f"nodes.{row_id('ticket.tap')}": {"at": _text(ticket.at), "who": "li_min", "what": "接单"}}
    yield Write(ticket.sent, ticket.at, "li_min", *ticket.rest, {**ticket.values, **taken, **begun})
    ticket = _ticket("ticket.ramp", "门口要装扶手", "large", moment(yesterday, 11 * 60), "zheng_shuzhen")
    yield Write(ticket.sent, ticket.at, "zhang_qiang", *ticket.rest, ticket.values)
    given = ticket.sent + 20 * _MINUTE
    yield Write(given, given, "zhou_hui", *ticket.rest, {"state": "dispatched", "assigned_to": "zhang_qiang"})
    taken_at = given + 4 * _MINUTE
    step = {"state": "accepted", "accepted_at": _text(taken_at)}
    yield Write(taken_at, taken_at, "zhang_qiang", *ticket.rest, step)


class _Ticket:
    def __init__(self, name: str, at: datetime, values: dict[str, Any]) -> None:
        self.at, self.sent = at, at + _MINUTE
        self.rest = ("field_task", record_id(name))
        self.values = values


def _ticket(name: str, title: str, urgency: str, at: datetime, who: str) -> _Ticket:
    home = record_id(f"{who}.household")
    values = {"title": title, "urgency": urgency, "household": home, "raised_at": _text(at), "source": "visit"}
    return _Ticket(name, at, {**values, "team": "heping_1"})


def _incidents(today: date) -> Iterator[Act]:
    fell, slip = moment(today - timedelta(days=3), 10 * 60 + 12), moment(today - timedelta(days=6), 15 * 60)
    record = record_id("incident.fell")
    values = {"what": "injury", "happened_at": _text(fell), "place": "3 栋一楼大厅", "persons_affected": 1}
    yield Write(fell + 3 * _MINUTE, fell + 2 * _MINUTE, "tian_xiulan", "incident", record, values)
    tier = {"status": "confirmed", "tier": "general", "tier_reason": "一人送医，意识清楚"}
    yield Write(fell + 9 * _MINUTE, fell + 9 * _MINUTE, "zhou_hui", "incident", record, tier)
    yield Verdict(fell + 10 * _MINUTE, "zhou_hui", record, "approve")
    record = record_id("incident.slip")
    values = {
        "what": "error",
        "happened_at": _text(slip),
        "place": "二楼活动室",
        "description": "药盒拿错，当场发现换回",
    }
    yield Write(slip + 30 * _MINUTE, slip + 29 * _MINUTE, "he_fang", "incident", record, values)
    yield Verdict(slip + 90 * _MINUTE, "zhou_hui", record, "approve")


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
