"""The homes of the fictional neighbourhood: where they are, and the families who live in them.

Not here: what happens in them (world_visits, world_cases), and the register of a real centre (register).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

from server.world import Size, chance, phone_number, record_id
from server.world_words import OLD, WORDS, call_of, given_name, surname

Place = tuple[str, str, str, str]
"""Estate, building, unit, room."""


@dataclass(frozen=True)
class Estate:
    """Buildings of one make. `buildings` are the numbers of those that the team visits."""

    name: str
    team: str
    buildings: range
    units: int
    floors: int
    doors: int  # on each floor of a unit
    has_lift: bool


ESTATES = (
    Estate("和平里", "heping_1", range(1, 16), 3, 7, 3, False),
    Estate("翠竹苑", "heping_2", range(1, 16), 2, 11, 4, True),
    Estate("春晓园", "heping_3", range(1, 16), 2, 18, 3, True),
    # The border between the two centres runs through this estate.
    Estate("工人新村", "heping_4", range(1, 9), 4, 6, 3, False),
    Estate("工人新村", "guanhu_1", range(9, 16), 4, 6, 3, False),
)
# Where one team has more homes than its own estate holds, as in the world that phones are measured with.
SPARE = (
    Estate("和平里", "heping_1", range(16, 31), 3, 7, 3, False),
    Estate("和平里东区", "heping_1", range(1, 16), 3, 7, 3, False),
)


@dataclass
class Dweller:
    """One resident: what the record says, and what the rest of the story asks about."""

    record: str
    name: str
    sex: str
    age: int
    born_on: date
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def call(self) -> str:
        return call_of(self.name, self.sex, self.age)

    @property
    def pronoun(self) -> str:
        return "她" if self.sex == "female" else "他"


@dataclass
class Home:
    """One household with its people; the first is the one a visit is usually for."""

    record: str
    team: str
    place: Place  # estate, building, unit, room
    has_stairs: bool
    weight: float = 1.0  # how often it is visited, against others
    values: dict[str, Any] = field(default_factory=dict)
    people: list[Dweller] = field(default_factory=list)

    @property
    def is_migrant(self) -> bool:
        return self.people[0].values.get("residence_status") == "migrant"

    @property
    def child(self) -> Dweller | None:
        return next((dweller for dweller in self.people if dweller.age < 16), None)


# Relation, sex, youngest and oldest age of each member; * takes a sex by chance. The weight is how many homes in a
# hundred are like that. Nobody is younger than the register, which is a year old.
_FAMILIES: tuple[tuple[str, int, str], ...] = (
    ("alone", 15, "self * 63 92"),
    ("couple", 17, "self male 62 88; spouse female 60 86"),
    ("skipped", 4, "self female 60 74; grandchild * 3 14"),
    ("three", 8, "self male 60 78; spouse female 58 76; child * 30 44; grandchild * 1 15"),
    ("family", 19, "self male 29 48; spouse female 27 46; child * 1 17"),
    ("family", 8, "self male 31 48; spouse female 29 46; child * 5 17; child * 1 12"),
    ("carer", 3, "self * 68 90; child * 40 60"),
    ("single", 5, "self female 28 46; child * 2 16"),
    ("pair", 7, "self male 26 40; spouse female 24 38"),
    ("worker", 8, "self * 20 45"),
    ("migrant", 6, "self male 26 44; spouse female 24 42; child * 1 14"),
)


def homes(size: Size, today: date, seed: int, named: list[Home]) -> list[Home]:
    """All homes: those of the people whom the story names, and as many others as the size asks for."""
    rng = chance(seed, "homes")
    made: list[Home] = []
    for team, count in size.homes.items():
        own = [home.place for home in named if home.team == team]
        for place, has_stairs in _places(rng, team, count - len(own), own):
            made.append(_home(rng, f"home.{len(made)}", team, place, has_stairs, today))
    _settle(rng, made, size.residents - sum(len(home.people) for home in named), today)
    for home in (*named, *made):
        describe(rng, home)
    return named + made


def _places(rng: Random, team: str, wanted: int, taken: list[Place]) -> list[tuple[Place, bool]]:
    free: list[tuple[Place, bool]] = []
    for estate in (*ESTATES, *SPARE):
        if estate.team == team and not (estate in SPARE and len(free) >= wanted):
            free += [spot for spot in _doors(estate) if spot[0] not in taken]
    return sorted(rng.sample(free, wanted), key=lambda spot: [part.zfill(6) for part in spot[0]])


def _doors(estate: Estate) -> Iterator[tuple[Place, bool]]:
    """Every door of an estate, and whether stairs lead to it."""
    for building, unit, floor, door in product(
        estate.buildings, range(1, estate.units + 1), range(1, estate.floors + 1), range(1, estate.doors + 1)
    ):
        place = (estate.name, str(building), str(unit), f"{floor}{door:02d}")
        yield place, not estate.has_lift and floor >= 3


def _home(rng: Random, name: str, team: str, place: Place, has_stairs: bool, today: date) -> Home:
    home = Home(record_id(name), team, place, has_stairs)
    kinds = [family[0] for family in _FAMILIES]
    index = rng.choices(range(len(kinds)), weights=[family[1] for family in _FAMILIES])[0]
    kind, _, members = _FAMILIES[index]
    is_migrant = kind in {"migrant", "worker"} or (kind in {"family", "pair", "single"} and rng.random() < 0.25)
    father = surname(rng)
    for number, member in enumerate(members.split("; ")):
        relation, sex, youngest, oldest = member.split()
        family_name = father if relation in {"self", "child", "grandchild"} else surname(rng)
        dweller = _dweller(
            rng,
            f"{name}.{number}",
            family_name,
            rng.choice(("female", "male")) if sex == "*" else sex,
            rng.randint(int(youngest), int(oldest)),
            today,
        )
        dweller.values |= {"relation": relation, "residence_status": "migrant" if is_migrant else "registered"}
        home.people.append(dweller)
    return home


def _dweller(rng: Random, name: str, family_name: str, sex: str, age: int, today: date) -> Dweller:
    return Dweller(
        record_id(name), family_name + given_name(rng, sex, age), sex, age, birthday(today, age, rng.randrange(2, 365))
    )


def birthday(today: date, age: int, days_ago: int) -> date:
    """The day somebody of that age was born, whose last birthday is `days_ago` days back (fewer than 365)."""
    last = today - timedelta(days=days_ago)
    return (last - timedelta(days=1) if (last.month, last.day) == (2, 29) else last).replace(year=last.year - age)


def _settle(rng: Random, made: list[Home], residents: int, today: date) -> None:
    """Bring the number of residents to what is asked for: some families gain a member, the largest lose their last."""
    missing = residents - sum(len(home.people) for home in made)
    while missing > 0:
        home = rng.choice(made)
        if len(home.people) >= 6:
            continue
        relation, age = _newcomer(rng, home)
        family_name = home.people[0].name[0] if relation in {"child", "parent"} else surname(rng)
        name = f"{home.record}.{len(home.people)}"
        dweller = _dweller(rng, name, family_name, rng.choice(("female", "male")), age, today)
        dweller.values |= {"relation": relation, "residence_status": home.people[0].values["residence_status"]}
        home.people.append(dweller)
        missing -= 1
    for home in sorted(made, key=lambda large: -len(large.people))[: max(0, -missing)]:
        home.people.pop()


def _newcomer(rng: Random, home: Home) -> tuple[str, int]:
    head = home.people[0]
    if head.age >= 50:
        return rng.choice(("child", "carer", "other")), rng.randint(24, max(26, head.age - 24))
    if len(home.people) > 1 and head.age >= 26:
        return "child", rng.randint(1, 12)
    return "parent", rng.randint(56, 78)


def describe(rng: Random, home: Home) -> None:
    """Give a home and its people what a register knows: phones, needs, risks, what to take care of."""
    head = home.people[0]
    is_old = head.age >= OLD
    is_alone = len(home.people) == 1
    estate, building, unit, room = home.place
    values: dict[str, Any] = {"estate": estate, "building": building, "unit": unit, "room": room, "team": home.team}
    if rng.random() < 0.86:
        owner = rng.choices(("self", "son", "daughter", "neighbour"), weights=(60, 18, 18, 4))[0] if is_old else "self"
        values |= {"phone": phone_number(rng), "phone_owner": owner}
    tags = {"dog": rng.random() < 0.05, "call_first": rng.random() < 0.1, "go_in_pairs": rng.random() < 0.01}
    tags |= {"no_lift": home.has_stairs and is_old, "hard_of_hearing": head.age >= 76 and rng.random() < 0.25}
    if home.values:  # what the story says of this home
        tags = {}
    elif rng.random() < 0.07:
        values["care_note"] = rng.choice(WORDS["care_notes"])
    home.values = values | {f"tags.{tag}": True for tag, holds in tags.items() if holds} | home.values
    home.weight = 6.0 if is_old and is_alone else 3.0 if is_old else 1.0
    for number, dweller in enumerate(home.people):
        _describe_dweller(rng, home, dweller, number, is_alone)


def _describe_dweller(rng: Random, home: Home, dweller: Dweller, number: int, is_alone: bool) -> None:
    values: dict[str, Any] = {
        "name": dweller.name,
        "household": home.record,
        "sex": dweller.sex,
        "born_on": dweller.born_on.isoformat(),
        **dweller.values,
    }
    if dweller.age >= 16 and number > 0 and rng.random() < 0.5:
        values.setdefault("phone", phone_number(rng))
    is_told = any(key.startswith(("vulnerabilities.", "risk_")) for key in values)  # by the story
    needs = [need for need, share in _needs(dweller, home, is_alone) if rng.random() < share and not is_told]
    for need in needs:
        values[f"vulnerabilities.{need}"] = True
    if needs and rng.random() < 0.7:
        risk = rng.choices(("low", "medium", "high"), weights=(62, 32, 6) if len(needs) == 1 else (30, 52, 18))[0]
        values["risk_level"] = risk
        if risk != "low":
            values.setdefault(
                "risk_reason", rng.choice(WORDS["risk_reasons"]["old" if dweller.age >= OLD else "young"])
            )
    if dweller.age >= OLD and rng.random() < 0.4:
        values.setdefault("health_note", rng.choice(WORDS["health_notes"]))
    if dweller.age >= 70 and rng.random() < 0.55:
        kin, sex = rng.choice((("儿子", "male"), ("女儿", "female"), ("侄子", "male"), ("外甥女", "female")))
        family_name = dweller.name[0] if kin in {"儿子", "侄子"} else surname(rng)
        values.setdefault("emergency_contact", f"{kin} {family_name}{given_name(rng, sex, 48)} {phone_number(rng)}")
    dweller.values = values


def _needs(dweller: Dweller, home: Home, is_alone: bool) -> tuple[tuple[str, float], ...]:
    if dweller.age >= OLD:
        return (
            ("lives_alone", 0.95 if is_alone else 0),
            ("empty_nest", 0 if is_alone or len(home.people) > 2 else 0.5),
            ("frail", 0.3 if dweller.age >= 80 else 0.08),
            ("bedridden", 0.03),
            ("disabled", 0.05),
            ("low_income", 0.08),
        )
    if dweller.age < 16:
        return (("child_at_risk", 0.06 if len(home.people) == 2 else 0.01), ("disabled", 0.01))
    return (("disabled", 0.02), ("low_income", 0.05))
