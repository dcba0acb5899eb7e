"""Some weeks of duties that are open to several volunteers, and who signed up for them: with places left, full with a
waiting list, a series, one called off.

Not here: who gets a place (server/places.py), and the shifts that the coordinator gives by hand (world_shifts).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from server.world import COORDINATOR, VOLUNTEERS, Write, moment, record_id

DAY = timedelta(days=1)
_SATURDAY, _TUESDAY = 5, 1
# The story's own volunteers have the shifts that it names, and no others.
_OTHERS = tuple(person for person in VOLUNTEERS if person not in ("huang_li", "deng_jie"))
_HAIRCUT = {
    **{"activity": "周末义剪", "project": "银龄关爱", "place": "二楼活动室", "starts_at": "09:00", "ends_at": "11:30"},
    **{"capacity": 6, "contact": "陈静", "note": "剪刀和围布中心有，自己带水杯"},
    "roles.haircut1": {"name": "理发", "number": 2},
    "roles.haircut2": {"name": "引导和打扫", "number": 4},
}
_MEALS = {
    **{
        "activity": "长者饭堂送餐",
        "project": "长者饭堂",
        "place": "长者饭堂",
        "starts_at": "10:30",
        "ends_at": "12:30",
    },
    **{"capacity": 3, "contact": "陈静"},
}
_FAIR = {
    **{"activity": "便民市集", "place": "小区广场", "starts_at": "14:00", "ends_at": "17:00", "capacity": 10},
    "note": "站两个钟头以上，腿脚不好的可以坐着登记",
}
_RIVER = {"activity": "清洁河岸", "place": "和平桥头", "starts_at": "08:00", "ends_at": "10:00", "capacity": 8}


def duties(today: date) -> Iterator[Write]:
    """Planned a week ago, signed up for since then; nothing of it is today."""
    planned = today - 7 * DAY
    saturday = today + DAY * ((_SATURDAY - today.weekday() - 1) % 7 + 1)
    tuesday = today + DAY * ((_TUESDAY - today.weekday() - 1) % 7 + 1)
    for week in range(4):
        values = {**_HAIRCUT, "series": "weekend_haircut"}
        yield _duty(f"haircut.{week}", saturday + week * 7 * DAY, planned, values)
    for turn in range(4):
        day = tuesday + (turn // 2) * 7 * DAY + (turn % 2) * 2 * DAY
        yield _duty(f"meals.{turn}", day, planned, {**_MEALS, "series": "meals_by_week"})
    yield _duty("fair", today + 12 * DAY, planned, _FAIR)
    yield _duty("river", today + 5 * DAY, planned, _RIVER)
    # Nine ask for six places, three of them for two with scissors.
    roles = ("理发", "引导和打扫", "理发", "引导和打扫", "理发", "引导和打扫", "引导和打扫", "引导和打扫", "")
    for number, (person, role) in enumerate(zip(_OTHERS[:9], roles, strict=True)):
        yield _sign_up("haircut.0", person, today, number, {"role": role} if role else {})
    yield _sign_up("haircut.1", _OTHERS[9], today, 9)
    for number, person in enumerate(_OTHERS[10:14]):
        yield _sign_up("meals.0", person, today, number)
    for number, person in enumerate(_OTHERS[14:16]):
        yield _sign_up("meals.1", person, today, number)
        yield _sign_up("fair", person, today, number + 2)
        yield _sign_up("river", person, today, number + 4)
    off = {"state": "called_off", "called_off_because": "预报有暴雨，河边不安全"}
    at = moment(today - DAY, 17 * 60 + 20)
    yield Write(at, at, COORDINATOR, "duty", record_id("duty.river"), off)


def _duty(name: str, day: date, planned: date, values: dict[str, Any]) -> Write:
    at = moment(planned, 15 * 60 + 5)
    return Write(at, at, COORDINATOR, "duty", record_id(f"duty.{name}"), {**values, "duty_on": day.isoformat()})


def _sign_up(duty: str, person: str, today: date, number: int, more: dict[str, Any] | None = None) -> Write:
    """One that was written in the afternoon and sent in the evening; the lower the number, the sooner."""
    day = today - (4 - number // 3) * DAY
    at, sent = moment(day, 14 * 60 + number), moment(day, 19 * 60 + 10 + number)
    values = {"duty": record_id(f"duty.{duty}"), "volunteer": person, **(more or {})}
    return Write(sent, at, person, "sign_up", record_id(f"sign_up.{duty}.{person}"), values)
