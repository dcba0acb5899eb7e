"""The trail tells a director who saw, changed and decided what, misses nothing, and says no word that was written."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from server.traces import Traces
from sync.audit import Trace
from tests.server.http_world import HOME, HttpWorld, Phone, visit_of
from tests.sizes import AUDITED

TRAIL = """query trail($person: ID, $record: ID, $actions: [String!], $from_on: String, $to_on: String, $first: Int!,
  $after: String) { trail(person: $person, record: $record, actions: $actions, from_on: $from_on, to_on: $to_on,
  first: $first, after: $after) { next items { at action by by_name device_name kind record title_zh fields tier rule
  reason counts about } } }"""
ODD_READS = "{ odd_reads { on person person_name oddities { rule count usual } } }"
DETAIL = "query($record: ID!) { record_detail(record: $record) { values } }"
DECIDE = "mutation($decisions: [DecisionInput!]!) { decide(decisions: $decisions) { id problem { code } } }"
CANARY = "canary-words"


@pytest.fixture
def director(world: HttpWorld) -> Phone:
    return world.signs_in("wu_jianguo")


def steps(director: Phone, **asked: Any) -> list[dict[str, Any]]:
    """Every step, page by page."""
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": None}
    while page["next"] is not None or not found:
        page = director.finds(TRAIL, **{"first": 7, **asked, "after": page["next"]})["trail"]
        found += page["items"]
        if not page["items"]:
            break
    return found


def test_a_home_leads_to_whoever_saw_or_wrote_anything_about_it(
    world: HttpWorld, director: Phone, li_min: Phone
) -> None:
    home = li_min.writes("household", HOME)
    visit = li_min.writes("home_visit", visit_of(home, observation=CANARY))
    li_min.writes("household", HOME | {"room": "503"})
    world.signs_in("zhou_hui").finds(DETAIL, record=visit)
    found = [(step["action"], step["by"], step["record"]) for step in steps(director, record=home)]
    assert sorted(found) == sorted(
        [("changed", "li_min", home), ("changed", "li_min", visit), ("read", "zhou_hui", visit)]
    )


def test_a_page_of_nothing_but_changes_is_followed_by_the_next(director: Phone, li_min: Phone) -> None:
    homes = [li_min.writes("household", HOME | {"room": str(number)}) for number in range(9)]
    first = director.finds(TRAIL, first=7)["trail"]
    assert [step["record"] for step in first["items"]] == homes[:1:-1]
    then = director.finds(TRAIL, first=7, after=first["next"])["trail"]
    assert [step["record"] for step in then["items"]][:2] == homes[1::-1] and then["next"] is None


def test_person_action_and_days_narrow_it(world: HttpWorld, li_min: Phone) -> None:
    li_min.writes("household", HOME)
    world.passes(days=1)
    world.signs_in("zhou_hui")
    director = world.signs_in("wu_jianguo")
    assert {step["by"] for step in steps(director, person="zhou_hui")} == {"zhou_hui"}
    assert [step["by"] for step in steps(director, actions=["sign_in"])] == ["wu_jianguo", "zhou_hui", "li_min"]
    assert [step["action"] for step in steps(director, to_on="2026-11-19", person="li_min")] == ["changed", "sign_in"]
    assert steps(director, from_on="2026-11-20", person="li_min") == []


@pytest.mark.parametrize("asked", [{"from_on": "soon"}, {"actions": ["peeked"]}])
def test_a_question_that_is_none_is_refused(director: Phone, asked: dict[str, Any]) -> None:
    answer = director.asks(TRAIL, {"first": 5, **asked})
    assert answer.json()["errors"][0]["extensions"]["code"] == "query_refused"


def test_looking_is_noted_too(director: Phone) -> None:
    steps(director, person="li_min")
    assert [step["about"] for step in steps(director, actions=["audit_read"])] == ["li_min"]


@pytest.mark.parametrize("person", ["li_min", "zhou_hui", "chen_jing", "lin_yan"])
def test_nobody_else_may_look(world: HttpWorld, person: str) -> None:
    phone = world.signs_in(person)
    for answer in (phone.asks(TRAIL, {"first": 5}), phone.asks(ODD_READS)):
        assert answer.json()["errors"][0]["extensions"]["code"] == "not_allowed"
        assert answer.json()["data"] is None


def test_a_night_of_looking_at_ones_namesakes_is_worth_a_question(
    world: HttpWorld, director: Phone, li_min: Phone
) -> None:
    assert director.finds(ODD_READS) == {"odd_reads": []}
    residents = []
    for number in range(6):
        home = li_min.writes("household", HOME | {"room": f"70{number}"})
        residents.append(li_min.writes("resident", {"household": home, "name": f"周{CANARY}{number}"}))
    world.passes(hours=13)
    zhou_hui = world.signs_in("zhou_hui")
    for resident in residents:
        zhou_hui.finds(DETAIL, record=resident)
    director = world.signs_in("wu_jianguo")
    (day,) = director.finds(ODD_READS)["odd_reads"]
    assert (day["on"], day["person"], day["person_name"]) == ("2026-11-19", "zhou_hui", "周慧")
    assert {oddity["rule"]: oddity["count"] for oddity in day["oddities"]} == {"night": 6, "namesakes": 6}
    assert CANARY not in str(day)
    assert [step["rule"] for step in steps(director, actions=["audit_read"])][:1] == ["odd_reads"]


def drive(world: HttpWorld, director: Phone, li_min: Phone, acts: int) -> tuple[list[Any], list[Any]]:
    """A seeded day of six kinds of act: what must be found of it, and what is found."""
    chance = random.Random(28)  # noqa: S311
    zhou_hui, he_fang = world.signs_in("zhou_hui"), world.signs_in("he_fang")
    home = li_min.writes("household", HOME)
    visits = [li_min.writes("home_visit", visit_of(home, observation=CANARY))]
    expected = [("changed", "li_min", home), ("changed", "li_min", visits[0])]
    for number in range(acts):
        visit, act = chance.choice(visits), chance.randrange(5)
        if act == 0:
            if chance.random() < 0.2:
                home = li_min.writes("household", HOME | {"room": str(number)})
                expected.append(("changed", "li_min", home))
            visits.append(li_min.writes("home_visit", visit_of(home, observation=f"{CANARY}-{number}")))
            expected.append(("changed", "li_min", visits[-1]))
        elif act == 1:
            zhou_hui.finds(DETAIL, record=visit)
            expected.append(("read", "zhou_hui", visit))
        elif act == 2:
            he_fang.finds(DETAIL, record=visit)
            expected.append(("refused", "he_fang", visit))
        elif act == 3:
            decision = {"id": f"d{number}", "record": visit, "revision": 1, "verdict": "return", "sentence": CANARY}
            zhou_hui.finds(DECIDE, decisions=[decision])
            expected.append(("decided", "zhou_hui", visit))
        else:
            zhou_hui.finds("query($id: ID!) { home_visit(id: $id) { observation } }", id=visit)
            expected.append(("read", "zhou_hui", visit))
    found = steps(director, first=40)
    assert CANARY not in str(found)
    seen = [(step["action"], step["by"], step["record"]) for step in found]
    return sorted(expected), sorted(one for one in seen if one[0] not in ("sign_in", "audit_read"))


def test_whatever_people_do_is_there_once_and_no_word_of_it(world: HttpWorld, director: Phone, li_min: Phone) -> None:
    expected, found = drive(world, director, li_min, AUDITED)
    assert found == expected


def test_an_act_that_left_no_trace_would_be_missed(
    world: HttpWorld, director: Phone, li_min: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = Traces.take

    async def forgetful(self: Traces, traces: Sequence[Trace]) -> None:
        await take(self, [trace for trace in traces if trace.action != "refused"])

    monkeypatch.setattr(Traces, "take", forgetful)
    expected, found = drive(world, director, li_min, 20)
    assert {one for one in expected if one not in found} == {one for one in expected if one[0] == "refused"} != set()
