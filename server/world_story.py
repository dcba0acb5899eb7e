"""The people whom the story names, what awaits everybody today, and what lies on the desks this morning.

Not here: the rest of the neighbourhood and its year (world_homes, world_visits, world_cases, world_shifts).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from server.world import (
    COORDINATOR,
    DIRECTORS,
    SIZES,
    SUPERVISORS,
    TEAMS,
    Act,
    Size,
    Verdict,
    Write,
    chance,
    clock,
    evening,
    minutes,
    moment,
    phone_number,
    record_id,
    row_id,
    workers_of,
)
from server.world_cases import Opening, case, cases
from server.world_duties import duties
from server.world_groups import groups
from server.world_homes import Dweller, Home, Place, birthday, homes
from server.world_recognition import recognition
from server.world_shifts import hours, shift, shifts
from server.world_signing import feast
from server.world_tickets import tickets
from server.world_visits import Outing, visit, visits
from server.world_volunteers import volunteers
from server.world_words import OLD

DAY = timedelta(days=1)
REGISTER_BATCH = 100


@dataclass(frozen=True)
class Named:
    """Somebody with a part in the story: the first of their home, with today's visit."""

    key: str
    name: str
    sex: str
    age: int
    place: Place
    worker: str
    planned_at: str
    reason: str
    last_seen_days: int
    about: dict[str, Any]  # values of the resident
    home: dict[str, Any]  # values of the household
    others: tuple[tuple[str, str, int, str], ...] = ()  # name, sex, age, relation


_WANG_HOME = {"phone": "138 0000 5521", "phone_owner": "self", "tags.dog": True, "tags.call_first": True}
_WANG = {"vulnerabilities.lives_alone": True, "risk_level": "medium", "risk_reason": "独居，近一年摔过一次"}
_ALONE = {"vulnerabilities.lives_alone": True, "risk_level": "low"}

NAMED = (
    Named(
        "wang_xiulan", "王秀兰", "female", 78, ("和平里", "3", "2", "502"), "li_min", "10:30", "case_visit", 32,
        _WANG | {"health_note": "高血压，早上一片药", "emergency_contact": "女儿 陈芳 139 0000 7716"}, _WANG_HOME,
    ),
    Named(
        "zhao_guoqiang", "赵国强", "male", 81, ("和平里", "3", "1", "203"), "li_min", "11:15", "routine", 41,
        _ALONE | {"vulnerabilities.frail": True}, {"phone": "136 0000 2204", "tags.hard_of_hearing": True},
    ),
    Named(
        "chen_jianguo", "陈建国", "male", 74, ("和平里", "5", "3", "101"), "li_min", "14:00", "routine", 29,
        {"vulnerabilities.empty_nest": True, "risk_level": "low"}, {"phone": "139 0000 6043"},
        (("林惠芳", "female", 72, "spouse"),),
    ),
    Named(
        "liu_wei", "刘伟", "male", 38, ("和平里", "5", "1", "601"), "li_min", "15:00", "requested", 63,
        {}, {"phone": "135 0000 8817", "care_note": "家里有小婴儿，说话轻一点"},
        (("谢婷", "female", 36, "spouse"), ("刘宇航", "male", 9, "child"), ("刘可馨", "female", 1, "child")),
    ),
    Named(
        "li_guifang", "李桂芳", "female", 83, ("和平里", "12", "1", "302"), "li_min", "15:50", "follow_up", 4,
        _ALONE | {"vulnerabilities.frail": True, "risk_level": "medium"},
        {"phone": "137 0000 3390", "tags.no_lift": True},
    ),
    Named(
        "zhou_suzhen", "周素珍", "female", 69, ("和平里", "8", "2", "402"), "li_min", "16:40", "follow_up", 7,
        {"vulnerabilities.low_income": True, "risk_level": "medium"}, {"phone": "138 0000 1265"},
        (("吴子轩", "male", 8, "grandchild"),),
    ),
    Named(
        "he_guisheng", "何桂生", "male", 79, ("和平里", "7", "3", "501"), "zhang_qiang", "09:30", "follow_up", 3,
        _ALONE | {"vulnerabilities.disabled": True, "risk_level": "medium"},
        {"phone": "136 0000 4178", "tags.no_lift": True},
    ),
    Named(
        "wu_yumei", "吴玉梅", "female", 72, ("和平里", "9", "1", "201"), "zhang_qiang", "10:20", "routine", 35,
        {"vulnerabilities.empty_nest": True}, {"phone": "158 0000 9034"}, (("郭志明", "male", 75, "spouse"),),
    ),
    Named(
        "huang_zhiming", "黄志明", "male", 45, ("和平里", "10", "2", "303"), "zhang_qiang", "11:10", "case_visit", 16,
        {"vulnerabilities.low_income": True, "risk_level": "medium", "risk_reason": "失业，房租有困难"},
        {"phone": "150 0000 7725"}, (("黄雨欣", "female", 12, "child"),),
    ),
    Named(
        "zheng_shuzhen", "郑淑珍", "female", 86, ("和平里", "11", "3", "102"), "zhang_qiang", "14:30", "routine", 27,
        _ALONE | {"vulnerabilities.frail": True, "risk_level": "high", "risk_reason": "记性变差，忘关火"},
        {"phone": "139 0000 5580", "tags.call_first": True, "tags.hard_of_hearing": True},
    ),
    Named(
        "sun_fusheng", "孙福生", "male", 77, ("和平里", "14", "1", "401"), "zhang_qiang", "15:30", "routine", 30,
        {"vulnerabilities.empty_nest": True}, {"phone": "135 0000 6612", "tags.dog": True},
        (("许玉兰", "female", 75, "spouse"),),
    ),
)  # fmt: skip

# Visits agreed for today by everybody else, so that no phone of the demo opens on an empty day.
_OTHERS_TODAY = ("09:20", "10:40", "14:20", "15:40")

_SERVICE_DAY = ["便民服务日", "中心大厅", "09:00", "11:30"]
_SHIFTS_TODAY = (
    ("huang_li", _SERVICE_DAY),
    ("tian_xiulan", _SERVICE_DAY),
    ("xiao_guohua", _SERVICE_DAY),
    ("su_dan", ["四点半课堂", "二楼活动室", "16:00", "18:00"]),
)


def story(size_name: str, today: date, seed: int) -> list[Act]:
    """Everything that happens in a world of that size, in the order in which it reaches the centre."""
    size = SIZES[size_name]
    named = [_home_of(person, today) for person in NAMED]
    everyone = homes(size, today, seed, named)
    others = everyone[len(named) :]
    acts: list[Act] = [*_register(everyone, today - (size.days + 1) * DAY)]
    acts += visits(size, others, today, seed)
    acts += cases(size, others, today, seed)
    told = {(volunteer, today) for volunteer, _ in _SHIFTS_TODAY} | {("deng_jie", today - 2 * DAY)}
    acts += volunteers(size, today, seed)
    acts += shifts(size, today, seed, told)
    acts += _named_visits(size, named, today, chance(seed, "named"))
    acts += _today(others, today, chance(seed, "today"))
    acts += _desks(named, others, today, chance(seed, "desks"))
    acts += tickets(today)
    acts += duties(today)
    acts += feast(today)
    acts += recognition(today)
    acts += groups(
        today, [(home.people[0].record, person.name) for person, home in zip(NAMED, named, strict=True)][:10]
    )
    return sorted(acts, key=lambda act: act.sent)


def _home_of(person: Named, today: date) -> Home:
    home = Home(record_id(f"{person.key}.household"), "heping_1", person.place, person.place[3] >= "301")
    home.values = dict(person.home)
    # Born 200 days before the last birthday: the age holds on whatever day the world is made.
    head = Dweller(record_id(person.key), person.name, person.sex, person.age, birthday(today, person.age, 200))
    head.values = {"relation": "self", "residence_status": "registered", **person.about}
    home.people = [head]
    for number, (name, sex, age, relation) in enumerate(person.others, 1):
        born_on = birthday(today, age, 31 * number)
        dweller = Dweller(record_id(f"{person.key}.{number}"), name, sex, age, born_on)
        dweller.values = {"relation": relation, "residence_status": "registered"}
        home.people.append(dweller)
    return home


def _register(everyone: list[Home], day: date) -> Iterator[Write]:
    """The register that each centre began with, written by its director home by home, and who lives in each."""
    for centre, director in DIRECTORS.items():
        own = [home for home in everyone if TEAMS[home.team][0] == centre]
        rows: list[tuple[str, str, dict[str, Any]]] = []
        for home in own:
            rows.append(("household", home.record, home.values))
            rows += [("resident", dweller.record, dweller.values) for dweller in home.people]
        for number, (kind, record, values) in enumerate(rows):
            sent = moment(day, 9 * 60 + number // REGISTER_BATCH)
            yield Write(sent, sent, director, kind, record, values)


def _named_visits(size: Size, named: list[Home], today: date, rng: Random) -> Iterator[Act]:
    """Earlier visits to the people of the story, the last one as long ago as the story says, and their cases."""
    for person, home in zip(NAMED, named, strict=True):
        back, number = person.last_seen_days, 0
        while back <= min(size.days, 150):
            day = today - back * DAY
            fixed = {"outcome": "met_person", "condition": "as_usual"} if number == 0 else {}
            outing = Outing(f"{person.key}.visit.{number}", home, person.worker, day, 9 * 60 + 20 * number, fixed=fixed)
            # What lies on the desk this morning is told apart.
            if back > 7:
                yield from visit(rng, outing, today).acts
            back, number = back + 27 + 5 * (number % 3), number + 1
    opened = {"wang_xiulan": "elderly_care", "huang_zhiming": "hardship", "zhou_suzhen": "family"}
    for person, home in zip(NAMED, named, strict=True):
        if person.key in opened:
            day = today - min(size.days - 2, 118) * DAY
            dweller, category = home.people[0], opened[person.key]
            yield from case(
                rng, Opening(f"{person.key}.case", home, dweller, person.worker, day, category, True), today
            )


def _today(others: list[Home], today: date, rng: Random) -> Iterator[Act]:
    yesterday = today - DAY
    for person in NAMED:
        home = record_id(f"{person.key}.household")
        plan = (home, record_id(person.key), person.worker, person.planned_at, person.reason)
        yield _planned(f"{person.key}.visit_today", "heping_1", plan, today)
    for team in TEAMS:
        old = [home for home in others if home.team == team and home.people[0].age >= OLD]
        for worker in workers_of(team):
            if team == "heping_1":
                continue
            for number, (home_, at) in enumerate(zip(rng.sample(old, 4), _OTHERS_TODAY, strict=True)):
                plan = (home_.record, home_.people[0].record, worker, at, "routine")
                yield _planned(f"{worker}.visit_today.{number}", team, plan, today)
    for number, (volunteer, activity) in enumerate(_SHIFTS_TODAY):
        name = "huang_li.shift_today" if number == 0 else f"shift_today.{number}"
        yield from shift(rng, name, volunteer, today, activity, yesterday, today)


def _planned(name: str, team: str, plan: tuple[str, str, str, str, str], day: date) -> Write:
    household, resident, worker, planned_at, reason = plan
    sent = moment(day - DAY, 17 * 60 + 30)
    values = {
        "household": household,
        "resident": resident,
        "assigned_to": worker,
        "planned_on": day.isoformat(),
        "planned_at": planned_at,
        "reason": reason,
    }
    return Write(sent, sent - timedelta(minutes=10), SUPERVISORS[team], "home_visit", record_id(name), values)


def _desks(named: list[Home], others: list[Home], today: date, rng: Random) -> Iterator[Act]:
    """What the supervisors and the coordinator find this morning: returned, answered, changed, doubled, contested."""
    yesterday = today - DAY
    by_key = {person.key: (person, home) for person, home in zip(NAMED, named, strict=True)}
    yield from _returned(by_key, today)
    yield from _two_versions_of_a_resident(yesterday)
    yield from _two_versions_of_a_phone(others, yesterday, rng)
    yield from _two_versions_of_a_visit(others, yesterday)
    yield from _same_home_twice(by_key["sun_fusheng"][1], yesterday)
    yield from _same_hours_twice(today)
    yield _dated_tomorrow(by_key["wu_yumei"][1], today)


def _visited(name: str, home: Home, worker: str, day: date, at: int, observation: str, **more: Any) -> Write:
    values = {
        "household": home.record,
        "resident": home.people[0].record,
        "assigned_to": worker,
        "visited_on": day.isoformat(),
        "arrived_at": clock(at),
        "left_at": clock(at + 25),
        "outcome": "met_person",
        "condition": "as_usual",
        "services.greeting": True,
        "observation": observation,
        **more,
    }
    return Write(evening(day, worker), moment(day, at + 26), worker, "home_visit", record_id(name), values)


def _returned(by_key: dict[str, tuple[Named, Home]], today: date) -> Iterator[Act]:
    """One visit that waits for its author, one that was answered, one that changed after it was approved."""
    yesterday, supervisor = today - DAY, SUPERVISORS["heping_1"]
    day = today - 4 * DAY
    text = "李奶奶在家，说头晕好些了，换了一种药。门锁难开，已报修。"
    follow_up = {"condition": "follow_up", "follow_up_on": today.isoformat()}
    yield _visited("li_guifang.visit_returned", by_key["li_guifang"][1], "li_min", day, 585, text, **follow_up)
    record = record_id("li_guifang.visit_returned")
    yield Verdict(
        moment(yesterday, 17 * 60 + 12), supervisor, record, "return", "请补上：老人现在吃什么药？", "observation"
    )

    day = today - 3 * DAY
    text = "何爷爷在家，血压 150/95，漏服药一次，药盒已重新分好。"
    follow_up["follow_up_on"] = today.isoformat()
    yield _visited("he_guisheng.visit_answered", by_key["he_guisheng"][1], "zhang_qiang", day, 600, text, **follow_up)
    record = record_id("he_guisheng.visit_answered")
    yield Verdict(moment(today - 2 * DAY, 615), supervisor, record, "return", "联系过家人没有？", "observation")
    answer = {"observation": f"{text}当天已打给女儿，说周末搬来同住。"}
    sent = evening(yesterday, "zhang_qiang")
    yield Write(sent, sent - timedelta(minutes=95), "zhang_qiang", "home_visit", record, answer)

    day = today - 7 * DAY
    text = "周阿姨在家，孙子上学正常。低保材料差一份收入证明。"
    yield _visited("zhou_suzhen.visit_changed", by_key["zhou_suzhen"][1], "li_min", day, 880, text, **follow_up)
    record = record_id("zhou_suzhen.visit_changed")
    yield Verdict(moment(day + DAY, 640), supervisor, record, "approve")
    remark = {
        f"remarks.{row_id('zhou_suzhen.remark')}": {
            "text": "收入证明已由街道开出，周一交窗口。",
            "about": "observation",
        }
    }
    sent = evening(yesterday, "li_min")
    yield Write(sent, sent - timedelta(minutes=40), "li_min", "home_visit", record, remark)


def _two_versions_of_a_resident(day: date) -> Iterator[Write]:
    """Both were offline in the same stairwell on the same day; neither knew of the other."""
    record, name = record_id("he_guisheng"), "he_guisheng.risk"
    known = {"risk_level": "medium", "risk_reason": "独居，有高血压，按时服药"}
    earlier = day - 21 * DAY
    yield Write(evening(earlier, "li_min"), moment(earlier, 615), "li_min", "resident", record, known)
    worse = {"risk_level": "high", "risk_reason": "血压 150/95，漏服药"}
    better = {"risk_level": "low", "risk_reason": "女儿已从外地搬来同住，可以照看服药"}
    yield Write(evening(day, "li_min"), moment(day, 642), "li_min", "resident", record, worse, name)
    sent, at = evening(day, "zhang_qiang"), moment(day, 665)
    yield Write(sent, at, "zhang_qiang", "resident", record, better, unseen=frozenset({name}))


def _two_versions_of_a_phone(others: list[Home], day: date, rng: Random) -> Iterator[Write]:
    home = next(home for home in others if home.team == "heping_3" and "phone" in home.values)
    one, other = workers_of("heping_3")
    first, second = {"phone": phone_number(rng)}, {"phone": phone_number(rng), "phone_owner": "daughter"}
    yield Write(evening(day, one), moment(day, 560), one, "household", home.record, first, "heping_3.phone")
    unseen = frozenset({"heping_3.phone"})
    yield Write(evening(day, other), moment(day, 905), other, "household", home.record, second, unseen=unseen)


def _two_versions_of_a_visit(others: list[Home], day: date) -> Iterator[Write]:
    """Planned by one worker, carried out with the other: each wrote down how the visit went."""
    home = next(home for home in others if home.team == "heping_2" and home.people[0].age >= OLD)
    planner, visitor = "xie_jun", "he_fang"
    record, call = record_id("heping_2.visit_together"), home.people[0].call
    plan = {
        "household": home.record,
        "resident": home.people[0].record,
        "assigned_to": visitor,
        "planned_on": day.isoformat(),
        "planned_at": "14:30",
        "reason": "follow_up",
    }
    sent = evening(day - DAY, planner)
    yield Write(sent, sent - timedelta(minutes=15), planner, "home_visit", record, plan)
    met = {"visited_on": day.isoformat(), "outcome": "met_person", "services.safety_check": True}
    calm = met | {
        "arrived_at": "14:32",
        "left_at": "15:05",
        "condition": "as_usual",
        "observation": f"{call}在家，精神不错。扶手已装好，走得稳。",
    }
    worried = met | {
        "condition": "follow_up",
        "follow_up_on": (day + 4 * DAY).isoformat(),
        "observation": f"{call}说夜里起来头晕，扶手装低了，要请师傅再来。",
    }
    yield Write(evening(day, visitor), moment(day, 907), visitor, "home_visit", record, calm, "heping_2.together")
    unseen = frozenset({"heping_2.together"})
    yield Write(evening(day, planner), moment(day, 912), planner, "home_visit", record, worried, unseen=unseen)


def _same_home_twice(home: Home, day: date) -> Iterator[Write]:
    one, two = "孙爷爷在家，问了装电梯的事。", "孙爷爷和老伴都在，送了防滑垫。"
    yield _visited("sun_fusheng.visit_one", home, "zhang_qiang", day, 580, one)
    yield _visited("sun_fusheng.visit_two", home, "li_min", day, 870, two, **{"services.goods": True})


def _same_hours_twice(today: date) -> Iterator[Act]:
    """The volunteer signed out on her phone; the coordinator wrote the same hours from the paper list."""
    day = today - 2 * DAY
    served = (minutes("09:55"), minutes("13:05"))
    rostered = moment(day - DAY, 16 * 60)
    values = {
        "volunteer": "deng_jie",
        "activity": "长者饭堂帮厨",
        "place": "长者饭堂",
        "shift_on": day.isoformat(),
        "starts_at": "10:00",
        "ends_at": "13:00",
    }
    yield Write(rostered, rostered, COORDINATOR, "shift", record_id("deng_jie.shift"), values)
    yield from hours("deng_jie.shift", "deng_jie", day, "长者饭堂帮厨", served, today)
    listed: Iterable[Write | Verdict] = hours(
        "deng_jie.shift", "deng_jie", day, "长者饭堂帮厨", (600, 780), today, "按签到表补"
    )
    for act in listed:
        if isinstance(act, Write):
            yield Write(act.sent, act.at, act.person, act.kind, record_id("deng_jie.hours_listed"), act.values)


def _dated_tomorrow(home: Home, today: date) -> Write:
    """A slip of the finger that the centre could not take: it waits with its reason."""
    sent: datetime = evening(today - DAY, "zhang_qiang")
    text = "吴阿姨老两口都在，一切都好。"
    write = _visited("wu_yumei.visit_dated_tomorrow", home, "zhang_qiang", today + 23 * DAY, 960, text)
    return Write(
        sent, sent - timedelta(minutes=50), write.person, write.kind, write.record, write.values, status="held"
    )
