"""What the neighbourhood's centre acknowledges in its volunteers: its own thresholds for medals, a supervision that was
held and one to come, and a matter of conduct that was told.

Not here: who serves when (world_shifts), and papers and medals, which the centre makes of what it finds (seed).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from server.world import COORDINATOR, DIRECTORS, Act, Write, moment, record_id, row_id

# Made up, like everything here: thresholds are each centre's own.
MEDALS = {"service": 5, "bronze": 50, "silver": 120, "gold": 300}
# Somebody whose hours were certified in every size of the world.
SERVED = "xiao_guohua"
_DIRECTOR = DIRECTORS["heping"]


def medal_rule(medal: str) -> str:
    """The record of the rule for a medal."""
    return record_id(f"medal_rule.{medal}")


def recognition(today: date) -> Iterator[Act]:
    """Rules from long ago; two supervisions; fruit that was offered, given back and told."""
    began = today - timedelta(days=34)
    for place, (medal, hours) in enumerate(MEDALS.items()):
        at = moment(began, 9 * 60 + place)
        values = {"medal": medal, "min_hours": hours, "effective_on": began.isoformat()}
        yield Write(at, at, _DIRECTOR, "medal_rule", medal_rule(medal), values)
    yield from _supervisions(today)
    yield from _conduct(today)


def _supervisions(today: date) -> Iterator[Act]:
    held, coming = today - timedelta(days=12), today + timedelta(days=9)
    people = {f"people.{row_id(name)}": {"person": name} for name in ("huang_li", "deng_jie", "tian_xiulan")}
    common: dict[str, Any] = {"supervisor": COORDINATOR, "place": "二楼会议室", **people}
    at, first = moment(held, 16 * 60 + 30), record_id("supervision.held")
    values = {"type": "supportive", "held_on": held.isoformat(), **common}
    yield Write(at, at, COORDINATOR, "supervision_session", first, values)
    said = {"state": "held", "topics": "陪记性不好的老人：慢一点，一次只说一件事"}
    yield Write(at + timedelta(minutes=40), at + timedelta(minutes=40), COORDINATOR, "supervision_session", first, said)
    at = moment(today - timedelta(days=2), 10 * 60)
    values = {"type": "administrative", "held_on": coming.isoformat(), **common}
    yield Write(at, at, COORDINATOR, "supervision_session", record_id("supervision.coming"), values)


def _conduct(today: date) -> Iterator[Act]:
    happened = today - timedelta(days=8)
    record, day = record_id("conduct.fruit"), happened.isoformat()
    at = moment(happened, 17 * 60)
    values = {
        **{"volunteer": "huang_li", "rule": "no_gifts", "happened_on": day, "gift": "一袋苹果", "gift_returned": True},
        **{"facts": "服务完，住户硬塞了一袋苹果，第二天退回去了。", "reporter": "本人说的"},
    }
    yield Write(at, at, COORDINATOR, "conduct_event", record, values)
    at += timedelta(days=1)
    checked = {"state": "checked", "findings": "住户也说退回去了，当面谢过。"}
    yield Write(at, at, COORDINATOR, "conduct_event", record, checked)
    at += timedelta(hours=1)
    decided = {"state": "decided", "outcome": "unfounded", "decided_on": at.date().isoformat()}
    yield Write(at, at, _DIRECTOR, "conduct_event", record, decided)
    at += timedelta(minutes=20)
    told = {
        **{"matter": record, "volunteer": "huang_li", "rule": "no_gifts", "outcome": "unfounded"},
        **{"words": "东西退回去了，做得对。这件事不算违反守则。", "told_on": at.date().isoformat()},
    }
    yield Write(at, at, COORDINATOR, "conduct_decision", record_id("conduct.fruit.told"), told)
