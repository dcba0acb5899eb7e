"""What the people of the simulation write and decide: honest work, honest mistakes, and moves of homes and of people.

Not here: the network and the schedule (simulation.py), attacks (hostile.py). Each act takes the simulation and a phone.
"""

from typing import TYPE_CHECKING, Any

from schema.model import Problem
from tests.centre import HOURS, VISITED, Phone
from tests.sync.versions import is_known

if TYPE_CHECKING:
    from tests.sync.simulation import Simulation

WORKERS = ("li_min", "zhang_qiang", "he_fang")
TEAMS = ("heping_1", "heping_2", "heping_3")
# What people write, field by field, without rules between the fields: any mixture of these is valid.
FREE = {
    "household": {
        "phone": ["13800005521", "13800005522", None],
        "care_note": ["有狗", "轻敲门"],
        "tags.dog": [True, False],
    },
    "resident": {
        "risk_level": ["low", "medium", "high"],
        "risk_reason": ["摔过", "独居"],
        "health_note": ["高血压", None],
    },
    "home_visit": {
        "observation": ["精神不错", "睡得不好", "吃过药了"],
        "condition": ["as_usual", "urgent"],
        "services.greeting": [True, None],
        "arrived_at": ["10:30", "10:45"],
    },
    "case": {"next_step": ["再访", "转介"], "risk_level": ["low", "high"]},
    "case_progress": {"content": ["谈了女儿的事", "愿意去日间照料"], "next_step": ["电话", None]},
    "hour_entry": {"activity": ["便民服务日", "义剪"], "break_minutes": [0, 10, 20]},
}
# What a step cannot do without.
ASKED: dict[str, dict[str, Any]] = {
    "assessed": {"assessed_on": "2026-03-09", "needs.health": True},
    "suspended": {"suspended_because": "住院"},
}
MOVES = {"intake": ["assessed"], "assessed": ["in_service"], "in_service": ["suspended"], "suspended": ["in_service"]}


def free_fields(kind: str, version: int) -> list[str]:
    """The fields of a kind that a phone of this version can write freely."""
    return [name for name in sorted(FREE[kind]) if is_known(kind, name, version)]


def in_sight(world: "Simulation", phone: Phone, kind: str | None = None) -> str | None:
    """A record that the phone has, or None."""
    names = [*phone.base, *(written.record for written in phone.outbox)]
    found = [name for name in dict.fromkeys(names) if phone.kind_of(name) in FREE]
    found = [name for name in found if kind is None or phone.kind_of(name) == kind]
    return world.rng.choice(found) if found else None


def write_new(world: "Simulation", phone: Phone) -> None:
    """A first save of a new record."""
    kind = world.rng.choice(["household", "resident", "home_visit", "home_visit", "case", "case_progress"])
    if phone.person in ("huang_li", "chen_jing"):
        kind = "hour_entry"
    values = first_values(world, phone, kind)
    if values is not None:
        world.author(phone, phone.writes(kind, values))


def first_values(world: "Simulation", phone: Phone, kind: str) -> dict[str, Any] | None:
    """Valid values of a new record, or None when the phone has nothing to write it about."""
    if kind == "hour_entry":
        # Of many days: hours of one time are certified once.
        on = f"2026-03-{world.rng.randint(1, 10):02}"
        started_at = world.rng.choice(["09:00", "10:00", "11:00"])
        return {**HOURS, "volunteer": "huang_li", "worked_on": on, "started_at": started_at}
    if kind == "household":
        team = team_of(phone)
        return new_home(world.rng.choice(TEAMS[:2]) if team is None or world.rng.random() < 0.3 else team)
    if kind == "case_progress":
        case = in_sight(world, phone, "case")
        return case and {
            "case": case,
            "written_on": "2026-03-10",
            "mode": first(world, "contact_mode"),
            "content": "初次面谈",
        }
    home = in_sight(world, phone, "household")
    if home is None:
        return None
    worker = phone.person if phone.person in WORKERS else world.rng.choice(WORKERS)
    if kind == "resident":
        return {"name": world.rng.choice(["王秀兰", "曾建国", "单玉芬"]), "household": home}
    if kind == "home_visit":
        return {"household": home, "assigned_to": worker, "planned_on": "2026-03-10"}
    person = in_sight(world, phone, "resident")
    return person and {
        "resident": person,
        "household": home,
        "worker": worker,
        "category": first(world, "case_category"),
        "opened_on": "2026-03-01",
        "presenting_problem": "独居",
    }


def first(world: "Simulation", vocabulary: str) -> str:
    """The first choice of a vocabulary."""
    return next(iter(world.centre.schema.vocabularies[vocabulary].choices))


def new_home(team: str) -> dict[str, Any]:
    """A home of a team."""
    return {"estate": "和平里", "building": "3", "room": "502", "team": team}


def team_of(phone: Phone) -> str | None:
    """A team of the phone's person, if they have one."""
    return next((membership.team for membership in phone.me().memberships if membership.team), None)


def edit(world: "Simulation", phone: Phone) -> None:
    """A change of some fields of a record in sight."""
    record = in_sight(world, phone)
    if record is None:
        return
    kind = phone.kind_of(record)
    known = free_fields(kind, phone.version)
    values = {name: world.rng.choice(FREE[kind][name]) for name in world.rng.sample(known, world.rng.randint(1, 2))}
    if world.rng.random() < 0.15:
        values[f"remarks.{world.rng.getrandbits(60):012x}"] = {"text": "补充一句"}
    seen = phone.sees(record)
    if kind == "case" and world.rng.random() < 0.4 and MOVES.get(seen.stage):
        to = world.rng.choice(MOVES[seen.stage])
        if to != "in_service" or phone.person == "zhou_hui" or seen.stage == "suspended":
            asked = ASKED.get(to, {}).items()
            values |= {
                "stage": to,
                **{name: value for name, value in asked if is_known(kind, name.partition(".")[0], phone.version)},
            }
    if kind == "home_visit" and "condition" in values and seen.outcome is None:
        del values["condition"]
    if values:
        world.author(phone, phone.changes(record, values))


def carry_out(world: "Simulation", phone: Phone) -> None:
    """A planned visit is made."""
    record = in_sight(world, phone, "home_visit")
    if record is not None:
        day = world.rng.choice(["2026-03-09", "2026-03-10"])
        world.author(phone, phone.changes(record, {**VISITED, "visited_on": day}))


def mistake(world: "Simulation", phone: Phone) -> None:
    """Work that the centre must refuse, by people who mean well."""
    record = in_sight(world, phone)
    if record is not None:
        kind = phone.kind_of(record)
        values = world.rng.choice([{"weather": "rain"}, {"remarks": 5}, {"created_by": "x"}])
        kept = world.rng.choice(free_fields(kind, phone.version))
        values |= {kept: world.rng.choice(FREE[kind][kept])}
        world.author(phone, phone.changes(record, values), "mistake")


def move_home(world: "Simulation", _: Phone) -> None:
    """A home, and all that is recorded about it, goes to another team."""
    phone = world.centre.zhou_hui
    home = in_sight(world, phone, "household")
    if home is not None:
        world.author(phone, phone.changes(home, team=world.rng.choice(TEAMS)))


def give_away(world: "Simulation", _: Phone) -> None:
    """A visit or a case goes to another worker."""
    phone = world.centre.zhou_hui
    kind, name = world.rng.choice([("home_visit", "assigned_to"), ("case", "worker")])
    record = in_sight(world, phone, kind)
    if record is not None:
        world.author(phone, phone.changes(record, {name: world.rng.choice(WORKERS)}))


def decide(world: "Simulation", _: Phone) -> None:
    """A decision at a desk; approving hours locks them, returning them opens them again."""
    phone = world.rng.choice([world.centre.zhou_hui, world.centre.chen_jing])
    if world.rng.random() < 0.7:
        world.meet(phone, None)
    records = [name for name, base in phone.base.items() if base.standing["review"] is not None]
    if records:
        record = world.rng.choice(records)
        verdict = world.rng.choice(["approve", "approve", "approve", "return", "reject", "undo"])
        id = world.centre.new_id()
        for _ in range(world.rng.choice([1, 1, 2])):
            answer = phone.decides(record, verdict, "再补一句" if verdict == "return" else None, id=id)
        if isinstance(answer, Problem) and answer.code == "hours_second_person":
            # What she wrote herself, the director certifies as she saw it.
            seen, phone, id = phone.base[record].revision, world.centre.wu_jianguo, world.centre.new_id()
            answer = phone.decides(record, verdict, revision=seen, id=id)
        world.tell(phone, verdict, record, "refused" if isinstance(answer, Problem) else "done")
        if not isinstance(answer, Problem):
            world.history.decided[id] = (phone.person, record, verdict)


def settle_double(world: "Simulation", _: Phone) -> None:
    """Somebody says of two records that they are the same, or are not; or that they are two after all."""
    phone = world.rng.choice([world.centre.zhou_hui, world.centre.chen_jing])
    if world.rng.random() < 0.7:
        world.meet(phone, None)
    merged = [
        (base.standing["put_away"]["into"], name) for name, base in phone.base.items() if "put_away" in base.standing
    ]
    if merged and world.rng.random() < 0.4:
        record, other = world.rng.choice(merged)
        if not isinstance(phone.says_of_double(record, other, "apart"), Problem):
            world.history.settled.discard(frozenset((record, other)))
        return
    pairs = [(name, base.standing["duplicates"]) for name, base in phone.base.items() if base.standing["duplicates"]]
    if pairs:
        record, others = world.rng.choice(pairs)
        other = world.rng.choice(others)
        answer = phone.says_of_double(record, other, world.rng.choice(["different", "same"]))
        if not isinstance(answer, Problem):
            world.history.settled.add(frozenset((record, other)))


def change_roles(world: "Simulation", _: Phone) -> None:
    """A worker is granted a team, loses it, is granted it again; for a while a worker may have none at all."""
    person = world.rng.choice(WORKERS)
    several = world.rng.sample(TEAMS[:2], world.rng.choice([0, 1, 1, 2]))
    roles = tuple(("outreach_worker", team) for team in several)
    world.centre.sets_roles(person, *roles)
    world.tell(None, person, "now works in", several)
    world.history.roles.append((len(world.centre.log), person, roles))
