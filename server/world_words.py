"""How the fictional neighbourhood speaks: names for its people, notes composed from the parts in world_words.toml.

Not here: who lives where, and what happens on which day.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal

WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "world_words.toml").read_text("utf-8"))

_SURNAMES: list[str] = [name for _, names in WORDS["surnames"] for name in names.split()]
_WEIGHTS = [weight for weight, names in WORDS["surnames"] for _ in names.split()]
_GIVEN: dict[tuple[str, str], list[str]] = {
    (sex, era): names.split() for sex, eras in WORDS["given"].items() for era, names in eras.items()
}
_SEASONS = ["winter"] * 2 + ["spring"] * 3 + ["summer"] * 4 + ["autumn"] * 2 + ["winter"]

OLD = 62
"""The age in years from which the notes speak of a person as of somebody old."""


def surname(rng: Random) -> str:
    """A surname, as frequent as in the country."""
    return rng.choices(_SURNAMES, weights=_WEIGHTS)[0]


def given_name(rng: Random, sex: str, age: int) -> str:
    """A given name that parents of that time chose."""
    era = "old" if age >= OLD else "middle" if age >= 40 else "young" if age >= 18 else "child"
    return rng.choice(_GIVEN[sex, era])


@dataclass(frozen=True)
class Met:
    """What a note may speak of: the person met and the circumstances of the day."""

    call: str  # how the worker writes of the person: 王奶奶
    pronoun: str
    age: int
    company: Literal["nobody", "spouse", "family"]
    kin: str  # a relative the person may mention
    child: str  # a child of the home, or ""
    month: int
    has_stairs: bool


def call_of(name: str, sex: str, age: int) -> str:
    """How a worker writes of the person: the surname, and a word for the age and sex."""
    family = name[:2] if name[:2] in _SURNAMES else name[0]
    if age >= 75:
        return family + ("奶奶" if sex == "female" else "爷爷")
    if age >= 55:
        return family + ("阿姨" if sex == "female" else "叔")
    if age >= 30:
        return family + ("姐" if sex == "female" else "哥")
    return "小" + family


def visit_note(rng: Random, met: Met, outcome: str, condition: str | None, services: tuple[str, ...]) -> str:
    """One visit's observation, put together as a worker would dictate it: how found, how it goes, what was done."""
    if outcome in WORDS["not_met"]:
        end = f"，{rng.choice(WORDS['not_met_end'])}" if outcome == "no_answer" and rng.random() < 0.4 else ""
        return _fill(rng, met, rng.choice(WORDS["not_met"][outcome]) + end) + "。"
    if condition == "urgent":
        return _fill(rng, met, rng.choice(WORDS["urgent"])) + "。"
    is_old = met.age >= OLD
    found = [
        rng.choice(WORDS["opening_family" if outcome == "met_family" else "opening"]["old" if is_old else "adult"])
    ]
    if rng.random() < 0.75:
        found.append(rng.choice(WORDS["life"][_life_of(rng, met)]))
    health = [rng.choice(WORDS["body"])] if is_old and rng.random() < 0.7 else []
    around = [rng.choice(WORDS["season"][_SEASONS[met.month - 1]])] if rng.random() < 0.3 else []
    if met.has_stairs and is_old and rng.random() < 0.12:
        around.append("楼层高，下楼少")
    did = [rng.choice(WORDS["service"][service]) for service in services if rng.random() < 0.65]
    wish = [rng.choice(WORDS["wish"])] if rng.random() < 0.25 else []
    ahead = [rng.choice(WORDS["follow_up"]["old" if is_old else "adult"])] if condition == "follow_up" else wish
    return _fill(rng, met, "".join("，".join(part) + "。" for part in (found, health, around, did, ahead) if part))


def audience(age: int) -> str:
    """Whom a case is for: an old person, an adult, a youth; their cases speak of different things."""
    return "old" if age >= OLD else "adult" if age >= 18 else "youth"


def progress_note(rng: Random, client: str, age: int, mode: str, goal: str) -> str:
    """One entry of a case: how they met, and one thing that moved or did not."""
    words = {key: rng.choice(choices) for key, choices in WORDS["progress_words"].items()}
    words |= {
        "topic": rng.choice(WORDS["topic"][audience(age)]),
        "mode_opening": rng.choice(WORDS["mode_opening"][mode]),
    }
    sentence = rng.choice(WORDS["progress"]).format(client=client, goal=goal, **words)
    return f"{sentence}。" + (f"{rng.choice(WORDS['progress_end'])}。" if rng.random() < 0.5 else "")


def _life_of(rng: Random, met: Met) -> str:
    if met.child and rng.random() < 0.6:
        return "child"
    if met.age < OLD:
        return "adult"
    return {"nobody": "alone", "spouse": "old", "family": "with_family"}[met.company]


def _fill(rng: Random, met: Met, sentence: str) -> str:
    return sentence.format(
        call=met.call,
        pronoun=met.pronoun,
        kin=met.kin,
        child=met.child,
        child_or_family=met.child or "孩子",
        bp=f"{rng.randint(112, 148)}/{rng.randint(64, 90)}",
        bp_high=f"{rng.randint(150, 172)}/{rng.randint(90, 104)}",
        sugar=f"{rng.randint(50, 82) / 10:.1f}",
    )
