"""Thirty-one hours entries that wait to be certified, twelve problems among them, each written by the device of whoever
would have written it.

Not here: what the desk makes of them (test_hours_batch.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from e2e.centre import Centre, today
from e2e.outside import Device

COORDINATOR = "chen_jing"
FAIR, VISIT, CLASS, MEAL = "便民服务日", "上门探访", "四点半课堂", "老人配餐"
# Nobody of these has a part in a problem.
CLEAN = (
    *(
        "tian_xiulan",
        "dong_meizhen",
        "yuan_zhiqiang",
        "cai_lihua",
        "yu_jianping",
        "du_xuemei",
        "ye_wenbin",
        "cheng_hui",
    ),
    *("wei_chunyan", "su_dan", "lv_haibo", "ding_yalan", "ren_yong", "yao_jing", "shen_guoqing", "zhong_lina"),
)
CLEAN_MINUTES = 150


@dataclass
class Batch:
    """What waits. problems: by the check that tells of it, the entries that it is about."""

    problems: dict[str, list[str]] = field(default_factory=dict)
    clean: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """Entries of a problem that somebody else certifies."""

    @property
    def odd(self) -> set[str]:
        return {record for records in self.problems.values() for record in records}

    @property
    def count(self) -> int:
        return len(self.odd) + len(self.clean) + len(self.elsewhere)


class Writers:
    """The devices of several people at one centre."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._devices: dict[str, Device] = {}

    def of(self, person: str) -> Device:
        if person not in self._devices:
            self._devices[person] = Device(self._centre, person)
        return self._devices[person]


def day(back: int) -> str:
    return (today() - timedelta(days=back)).isoformat()


def entry(
    volunteer: str, back: int, started_at: str, ended_at: str, activity: str = FAIR, **more: Any
) -> dict[str, Any]:
    return {
        "volunteer": volunteer,
        "activity": activity,
        "worked_on": day(back),
        "started_at": started_at,
        "ended_at": ended_at,
        "provenance": "signed",
        **more,
    }


def thirty_one(centre: Centre) -> Batch:
    """Nothing else waits afterwards."""
    writers, batch = Writers(centre), Batch()
    desk = writers.of(COORDINATOR)
    desk.decides("reject", desk.waiting("hour_entry"))

    def writes(volunteer: str, *times: Any, **more: Any) -> str:
        return writers.of(volunteer).writes("hour_entry", entry(volunteer, *times, **more))

    def rostered(volunteer: str, back: int, starts_at: str, ends_at: str, **signed: str) -> str:
        values = {"volunteer": volunteer, "activity": FAIR, "place": "中心大厅", "shift_on": day(back)}
        shift = desk.writes("shift", {**values, "starts_at": starts_at, "ends_at": ends_at})
        writers.of(volunteer).writes("shift", signed, record=shift)
        return shift

    # At two places at once for half an hour.
    batch.problems["overlap"] = [
        writes("huang_li", 1, "09:00", "12:00"),
        writes("huang_li", 1, "11:30", "13:00", activity=VISIT),
    ]
    # Half an hour of it is certified already.
    certified = writes("deng_jie", 1, "09:00", "11:30")
    desk.decides("approve", {certified: desk.waiting("hour_entry")[certified]})
    batch.problems["overlap with certified"] = [writes("deng_jie", 1, "11:00", "13:00", activity=VISIT)]
    # Written by the volunteer and by the coordinator.
    batch.problems["same, from the desk"] = [writes("liang_yufang", 1, "14:00", "16:00", activity=CLASS)]
    later = {"provenance": "added_later", "late_reason": "签到表上补的"}
    batch.elsewhere = [desk.writes("hour_entry", entry("liang_yufang", 1, "14:00", "16:00", activity=CLASS, **later))]
    # Written on two phones.
    twice = [Device(centre, "xiao_guohua") for _ in range(2)]
    batch.problems["same"] = [phone.writes("hour_entry", entry("xiao_guohua", 1, "09:00", "11:30")) for phone in twice]
    # Two hours longer than the shift.
    shift = rostered("jiang_xin", 2, "09:00", "11:30", signed_in_at=at(2, "08:58"), signed_out_at=at(2, "13:30"))
    batch.problems["over_shift"] = [writes("jiang_xin", 2, "09:00", "13:30", shift=shift)]
    shift = rostered("cui_yang", 2, "09:00", "11:30", signed_in_at=at(2, "08:59"))
    batch.problems["no_sign_out"] = [writes("cui_yang", 2, "09:00", "11:30", shift=shift)]
    batch.problems["over_day"] = [writes("tan_jiaxin", 3, "08:00", "19:30", activity=MEAL)]
    # Made an hour longer days later.
    raised = writes("lu_zihao", 3, "09:00", "11:00")
    phone = writers.of("lu_zihao")
    phone.writes("hour_entry", {"ended_at": "12:00"}, record=raised, replaces={"ended_at": [phone.last_key]})
    batch.problems["raised"] = [raised]
    batch.problems["late"] = [writes("fan_lijuan", 12, "06:00", "07:00", activity=MEAL, **later)]
    off = f"{day(1)}T01:00:00Z"
    batch.problems["clock_off"] = [
        writers.of("huang_li").writes("hour_entry", entry("huang_li", 3, "14:00", "16:00", activity=CLASS), sent_at=off)
    ]
    # Changed at the desk and on the phone, neither having seen the other.
    versions = writes("deng_jie", 3, "14:00", "16:00", activity=CLASS)
    base = {"ended_at": [writers.of("deng_jie").last_key]}
    desk.writes("hour_entry", {"ended_at": "15:00"}, record=versions, replaces=base)
    writers.of("deng_jie").writes("hour_entry", {"ended_at": "15:30"}, record=versions, replaces=base)
    batch.problems["versions"] = [versions]
    wrong = writes("fan_lijuan", 2, "09:00", "11:30")
    desk.decides("approve", {wrong: desk.waiting("hour_entry")[wrong]})
    corrected = {"corrects": wrong, "correction_reason": "当天 11:20 就走了，多写了十分钟"}
    batch.problems["correction"] = [writes("fan_lijuan", 2, "09:00", "11:20", **corrected)]

    batch.clean = [writes(one, 1 + at % 3, "09:00", "11:30") for at, one in enumerate(CLEAN)]
    return batch


def at(back: int, time: str) -> str:
    """The instant of a time of day at the centre."""
    hour, minute = (int(part) for part in time.split(":"))
    moment = timedelta(hours=hour - 8, minutes=minute)
    return f"{day(back)}T{str(moment // timedelta(hours=1)).zfill(2)}:{minute:02d}:00Z"
