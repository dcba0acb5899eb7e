"""The people, teams and names of the fictional neighbourhood, and the shape of what happens in it.

Not here: its homes (world_homes), what happens over the year (world_visits, world_cases, world_shifts) and how it is
written down (seed).
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any, Literal

SHANGHAI = timezone(timedelta(hours=8))
"""Local time of the centres. China has kept one time without summer time since 1991."""

CENTRES = {"heping": "和平社区服务中心", "guanhu": "观湖社区服务中心"}

TEAMS = {
    "heping_1": ("heping", "一组"),
    "heping_2": ("heping", "二组"),
    "heping_3": ("heping", "三组"),
    "heping_4": ("heping", "四组"),
    "guanhu_1": ("guanhu", "一组"),
}
"""Team id: centre and name."""

SUPERVISORS = {
    "heping_1": "zhou_hui",
    "heping_2": "zhou_hui",
    "heping_3": "luo_wei",
    "heping_4": "luo_wei",
    "guanhu_1": "ma_li",
}
DIRECTORS = {"heping": "wu_jianguo", "guanhu": "xu_jianping"}
COORDINATOR = "chen_jing"


@dataclass(frozen=True)
class WorldPerson:
    """A member of a centre: roles with the team they are held in, or None where a role is held for the centre."""

    person: str
    name: str
    centre: str
    roles: tuple[tuple[str, str | None], ...]

    @property
    def device_name(self) -> str:
        return f"{self.name}的{'手机' if self.roles[0][0] in {'outreach_worker', 'volunteer'} else '电脑'}"


def _worker(person: str, name: str, team: str) -> WorldPerson:
    return WorldPerson(person, name, TEAMS[team][0], (("outreach_worker", team),))


def _at_centre(person: str, name: str, role: str, centre: str = "heping") -> WorldPerson:
    return WorldPerson(person, name, centre, ((role, None),))


def _supervisor(person: str, name: str) -> WorldPerson:
    teams = [team for team, supervisor in SUPERVISORS.items() if supervisor == person]
    return WorldPerson(person, name, TEAMS[teams[0]][0], tuple(("supervisor", team) for team in teams))


_VOLUNTEERS = {
    "huang_li": "黄丽", "deng_jie": "邓洁", "liang_yufang": "梁玉芳", "xiao_guohua": "肖国华",
    "tian_xiulan": "田秀兰", "dong_meizhen": "董美珍", "yuan_zhiqiang": "袁志强", "cai_lihua": "蔡丽华",
    "yu_jianping": "余建平", "du_xuemei": "杜雪梅", "ye_wenbin": "叶文彬", "cheng_hui": "程慧",
    "wei_chunyan": "魏春燕", "su_dan": "苏丹", "lv_haibo": "吕海波", "ding_yalan": "丁亚兰",
    "ren_yong": "任勇", "yao_jing": "姚静", "shen_guoqing": "沈国庆", "zhong_lina": "钟丽娜",
    "jiang_xin": "姜欣", "cui_yang": "崔阳", "tan_jiaxin": "谭嘉欣", "lu_zihao": "陆子豪",
    "fan_lijuan": "范丽娟",
}  # fmt: skip

# Who came to the station in the last weeks; the last of them has been invited and has not applied yet.
_NEWCOMERS = {
    "he_xiaomei": "何小梅", "zhu_guilan": "朱桂兰", "qiu_weiming": "邱伟明", "bai_suzhen": "白素珍",
    "long_jianhua": "龙建华", "kong_lingyu": "孔令宇", "mao_xiuying": "毛秀英", "shi_yulan": "石玉兰",
    "jin_haoran": "金浩然", "hou_guizhi": "侯桂枝",
}  # fmt: skip

PEOPLE: tuple[WorldPerson, ...] = (
    _worker("li_min", "李敏", "heping_1"),
    _worker("zhang_qiang", "张强", "heping_1"),
    _worker("he_fang", "何芳", "heping_2"),
    _worker("xie_jun", "谢军", "heping_2"),
    _worker("tang_yu", "唐宇", "heping_3"),
    _worker("feng_xue", "冯雪", "heping_3"),
    _worker("pan_ting", "潘婷", "heping_4"),
    _worker("jiang_bo", "蒋波", "heping_4"),
    _worker("sun_lei", "孙磊", "guanhu_1"),
    _worker("qin_lan", "秦岚", "guanhu_1"),
    _supervisor("zhou_hui", "周慧"),
    _supervisor("luo_wei", "罗伟"),
    _supervisor("ma_li", "马丽"),
    _at_centre("chen_jing", "陈静", "volunteer_coordinator"),
    _at_centre("lin_yan", "林燕", "window_clerk"),
    _at_centre("wu_jianguo", "吴建国", "director"),
    _at_centre("xu_jianping", "许建平", "director", "guanhu"),
    *(_at_centre(person, name, "volunteer") for person, name in _VOLUNTEERS.items()),
    *(_at_centre(person, name, "volunteer") for person, name in _NEWCOMERS.items()),
)

VOLUNTEERS = tuple(_VOLUNTEERS)
"""Who has served for long, and is rostered."""


def name_of(person: str) -> str:
    """What somebody of this world is called."""
    return next(known.name for known in PEOPLE if known.person == person)


def workers_of(team: str) -> tuple[str, ...]:
    """The outreach workers of one team, in the order of the list of people."""
    return tuple(person.person for person in PEOPLE if ("outreach_worker", team) in person.roles)


@dataclass(frozen=True)
class Size:
    """How much of a world to make."""

    name: str
    homes: dict[str, int]  # team -> households
    residents: int  # in all homes together
    days: int  # how far back the history goes
    visits: dict[str, tuple[int, int]]  # team -> fewest and most visits of one worker on one day
    cases: int  # cases of each worker
    shifts: tuple[int, int]  # fewest and most volunteers with a shift on one day
    planned_apart: float  # share of visits that were planned in a save of their own


def _each_team(least: int, most: int) -> dict[str, tuple[int, int]]:
    return dict.fromkeys(TEAMS, (least, most))


SIZES = {
    "full": Size(
        "full",
        {"heping_1": 720, "heping_2": 880, "heping_3": 960, "heping_4": 340, "guanhu_1": 300},
        8000, 365, _each_team(1, 3), 14, (1, 4), 0.2,
    ),
    "small": Size(
        "small",
        {"heping_1": 62, "heping_2": 26, "heping_3": 24, "heping_4": 20, "guanhu_1": 18},
        350, 35, _each_team(0, 1), 2, (0, 2), 0.4,
    ),
    # One team as large as a phone may carry: its phone is what the speed of the phone is measured on.
    "phone": Size(
        "phone",
        {"heping_1": 1880, "heping_2": 30, "heping_3": 30, "heping_4": 30, "guanhu_1": 30},
        5000, 365, _each_team(0, 1) | {"heping_1": (5, 8)}, 8, (1, 2), 0.2,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Write:
    """One save that somebody confirmed: `at` on the device, `sent` when it reached the centre."""

    sent: datetime
    at: datetime
    person: str
    kind: str
    record: str
    values: dict[str, Any]  # field key -> value
    name: str = ""  # only where another write says that it had not seen this one
    unseen: frozenset[str] = field(default_factory=frozenset)  # names of writes the author did not know of
    status: Literal["accepted", "held"] = "accepted"


@dataclass(frozen=True)
class Verdict:
    """One decision of a reviewer on the newest revision of a record."""

    sent: datetime
    person: str
    record: str
    verdict: Literal["approve", "return", "reject"]
    sentence: str | None = None
    field: str | None = None


Act = Write | Verdict


def record_id(name: str) -> str:
    """The id of a thing of this world, in the shape of a UUIDv7: the same name has the same id on every machine."""
    digest = hashlib.sha256(name.encode()).digest()
    # A time within 2025, so that nothing sorts after the records that people will make.
    milliseconds = 1_735_689_600_000 + int.from_bytes(digest[:8]) % 31_000_000_000
    tail = digest[8:18].hex()
    return "-".join(
        (
            f"{milliseconds:012x}"[:8],
            f"{milliseconds:012x}"[8:],
            f"7{tail[:3]}",
            f"{'89ab'[digest[18] % 4]}{tail[3:6]}",
            hashlib.sha256(digest).hexdigest()[:12],
        )
    )


def row_id(name: str) -> str:
    """The id of a row within a record: 16 characters that depend on the name alone."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def chance(seed: int, name: str) -> Random:
    """Repeatable chance for one part of the world; parts draw apart, so that one can change without the others."""
    return Random(f"{seed}.{name}")  # noqa: S311  a made-up neighbourhood  # nosec B311


def moment(day: date, minute: int) -> datetime:
    """The instant `minute` minutes after local midnight of that day."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC) + timedelta(minutes=minute)


def clock(minute: int) -> str:
    """Minutes after midnight as a time of day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minutes(time: str) -> int:
    """A time of day as minutes after midnight."""
    return int(time[:2]) * 60 + int(time[3:])


def evening(day: date, person: str) -> datetime:
    """When that person's phone meets the network on that day: each at a minute of their own."""
    order = next(index for index, known in enumerate(PEOPLE) if known.person == person)
    return moment(day, 18 * 60 + 5 + 3 * order)


def phone_number(rng: Random) -> str:
    """A number that reads like a mobile phone and belongs to nobody: the middle block is never given out."""
    return f"{rng.choice(('135', '136', '137', '138', '139', '150', '158', '186'))} 0000 {rng.randint(0, 9999):04d}"
