"""The files of the station's volunteers: those who have served for years, and a few who apply, are looked at, trained,
are away or have left; and the trainings they were at.

Not here: their shifts and hours (world_shifts), and who they are (world).
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from server.world import (
    COORDINATOR,
    VOLUNTEERS,
    Act,
    Size,
    Write,
    chance,
    moment,
    name_of,
    phone_number,
    record_id,
    row_id,
)

_DAY = timedelta(days=1)
_SKILLS = ("accompany", "escort", "haircut", "medical", "repair", "cooking", "crafts", "arts", "teaching", "devices")
_LANGUAGES = ("cantonese", "hakka", "teochew", "sichuan", "hunan")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BEGUN = ("doc_review", "interview", "admitted", "training")
# How far each newcomer has come.
_STATES = {
    "he_xiaomei": (),
    "zhu_guilan": ("doc_review",),
    "qiu_weiming": ("doc_review", "interview"),
    "bai_suzhen": ("doc_review", "interview", "admitted"),
    "long_jianhua": _BEGUN,
    "kong_lingyu": (*_BEGUN, "active"),
    "mao_xiuying": (*_BEGUN, "active", "paused"),
    "shi_yulan": (*_BEGUN, "active", "resigned"),
    "jin_haoran": ("doc_review", "rejected"),
}
_MINOR = "kong_lingyu"


def file_of(person: str) -> str:
    """The record that is the file of one volunteer."""
    return record_id(f"{person}.file")


def volunteers(size: Size, today: date, seed: int) -> Iterator[Act]:
    """Files from paper on the first day of the history, then those of who has come since."""
    rng = chance(seed, "volunteers")
    first = today - size.days * _DAY
    for number, person in enumerate(VOLUNTEERS):
        since = first - (200 + 7 * number) * _DAY
        yield from _from_paper(rng, person, first, since, 8 * 60 + number)
    yield from _training("years", first - 420 * _DAY, VOLUNTEERS, first, "守则、保密、怎么上门")
    for number, person in enumerate(VOLUNTEERS):
        at = moment(first, 9 * 60 + number)
        begun = first - (200 + 7 * number) * _DAY
        yield _step(person, at, {"state": "active", "active_since": begun.isoformat()})
    yield from _newcomers(rng, today)


def _from_paper(rng: Random, person: str, day: date, since: date, minute: int) -> Iterator[Act]:
    applied = since - 40 * _DAY
    agreed = {"agreement_on": since.isoformat(), "agreed_wording": "form_2026_11", "agreed_how": "paper"}
    core = {"core_member": True} if rng.random() < 0.2 else {}
    about = {**_application(rng, person, applied, rng.randint(1952, 1990)), **agreed, **core, "on_paper": True}
    yield Write(moment(day, 8 * 60 + 30), moment(day, minute), COORDINATOR, "volunteer", file_of(person), about)
    yield from _steps(person, day, minute, _BEGUN, since - 10 * _DAY)


def _steps(person: str, day: date, minute: int, states: tuple[str, ...], decided: date) -> Iterator[Act]:
    """One step after the other, on one morning."""
    asked = _asked(decided)
    for number, state in enumerate(states, start=1):
        at = moment(day, minute) + timedelta(seconds=5 * number)
        yield _step(person, at, {"state": state, **asked.get(state, {})}, moment(day, 8 * 60 + 30))


def _asked(day: date) -> dict[str, dict[str, Any]]:
    on = day.isoformat()
    return {
        "interview": {"doc_reviewed_on": on},
        "admitted": {"interviewed_on": on, "admitted_on": on},
        "active": {"active_since": on},
        "paused": {"paused_until": (day + 30 * _DAY).isoformat(), "paused_because": "回老家照顾孙子"},
        "resigned": {"left_on": on, "left_because": "搬到外区住了"},
        "rejected": {"rejected_on": on, "rejected_because": "目前只招周末能来的，等有平日的岗位再联系您"},
    }


def _step(person: str, at: Any, values: Mapping[str, Any], sent: Any = None) -> Write:
    return Write(max(sent or at, at), at, COORDINATOR, "volunteer", file_of(person), dict(values))


def _application(rng: Random, person: str, applied: date, born: int) -> dict[str, Any]:
    free = rng.sample(_DAYS, 2)
    return {
        "person": person,
        "name": name_of(person),
        "phone": phone_number(rng),
        "birth_date": date(born, rng.randint(1, 12), rng.randint(1, 28)).isoformat(),
        "applied_on": applied.isoformat(),
        "channel": rng.choice(("neighbour", "activity", "notice")),
        **{f"skills.{skill}": True for skill in rng.sample(_SKILLS, 2)},
        "languages.mandarin": True,
        f"languages.{rng.choice(_LANGUAGES)}": True,
        "target_groups.elders": True,
        **{
            f"availability.{row_id(f'{person}.{day}')}": {
                "weekday": day,
                "day_part": rng.choice(("morning", "afternoon")),
            }
            for day in free
        },
    }


def _training(name: str, day: date, people: tuple[str, ...], written: date, topics: str) -> Iterator[Act]:
    """A training before service that was held and verified; its list as the coordinator has it."""
    record, at = record_id(f"training.{name}"), moment(written, 8 * 60 + 45)
    listed = {
        f"people.{file_of(person).replace('-', '')}": {"name": name_of(person), "present": True} for person in people
    }
    yield Write(at, at, COORDINATOR, "training", record, {**_about(day, topics), **listed})
    for seconds, values in ((10, {"state": "held"}), (20, {"state": "verified", "verified_on": written.isoformat()})):
        at = moment(written, 8 * 60 + 45) + timedelta(seconds=seconds)
        yield Write(at, at, COORDINATOR, "training", record, dict(values))


def _about(day: date, topics: str, type: str = "pre_service") -> dict[str, Any]:
    return {
        "type": type,
        "topics": topics,
        "held_on": day.isoformat(),
        "starts_at": "09:00",
        "ends_at": "11:30",
        "trainer": "陈静",
        "place": "二楼活动室",
    }


def _newcomers(rng: Random, today: date) -> Iterator[Act]:
    """They apply on their own phones; one is under 18 and has a guardian's word. One training waits to be verified."""
    begun = today - 20 * _DAY
    served = tuple(person for person in _STATES if "active" in _STATES[person])
    for number, person in enumerate(_STATES):
        applied = begun + number % 3 * _DAY
        born = begun.year - 17 if person == _MINOR else rng.randint(1955, 1995)
        values = _application(rng, person, applied, born)
        if person == _MINOR:
            values |= {"birth_date": date(born, 12, 28).isoformat(), "guardian_name": "孔庆海"}
            values |= {"guardian_phone": phone_number(rng), "guardian_agreed_on": applied.isoformat()}
        if len(_STATES[person]) >= len(_BEGUN):
            values |= {"agreement_on": applied.isoformat()}
            values |= {"agreed_wording": "form_2026_11", "agreed_how": "own_phone"}
        at = moment(applied, 12 * 60 + number)
        yield Write(at, at, person, "volunteer", file_of(person), values)
        early = tuple(state for state in _STATES[person] if state not in ("active", "paused", "resigned"))
        yield from _steps(person, begun + 5 * _DAY, 9 * 60 + 5 * number, early, begun + 5 * _DAY)
    yield from _training("autumn", begun + 8 * _DAY, served, begun + 9 * _DAY, "守则、保密、和老人说话")
    for number, person in enumerate(served):
        later = (state for state in _STATES[person] if state in ("active", "paused", "resigned"))
        for day, state in enumerate(later, start=10):
            at = moment(begun + day * _DAY, 9 * 60 + 30 + number)
            yield _step(person, at, {"state": state, **_asked(begun + day * _DAY)[state]})
    note = {"volunteer": file_of("qiu_weiming"), "step": "doc_review", "done_on": (begun + 5 * _DAY).isoformat()}
    at = moment(begun + 5 * _DAY, 11 * 60)
    screening = record_id("qiu_weiming.screening")
    yield Write(at, at, COORDINATOR, "volunteer_screening", screening, {**note, "note": "退休电工，证件齐全"})
    yield from _open_trainings(today)


def _open_trainings(today: date) -> Iterator[Act]:
    listed = {f"people.{file_of('long_jianhua').replace('-', '')}": {"name": name_of("long_jianhua"), "present": True}}
    held, at = record_id("training.newcomers"), moment(today - 3 * _DAY, 12 * 60)
    about = _about(today - 3 * _DAY, "守则、保密、第一次值班")
    yield Write(at, at, COORDINATOR, "training", held, {**about, **listed})
    yield Write(at + timedelta(seconds=5), at + timedelta(seconds=5), COORDINATOR, "training", held, {"state": "held"})
    coming = _about(today + 9 * _DAY, "急救：噎住和摔倒", "specialised")
    people = {
        f"people.{file_of(person).replace('-', '')}": {"name": name_of(person)} for person in ("huang_li", "deng_jie")
    }
    at += timedelta(minutes=5)
    yield Write(at, at, COORDINATOR, "training", record_id("training.first_aid"), {**coming, "tested": True, **people})
