"""Whoever looks at a covered telephone number stands in the trail: at a desk before it is answered, on a phone once it
meets the centre again, however often it says so.
"""

from typing import Any

import pytest

from sync.reveals import REVEALS_MAX
from tests.server.door_world import Door
from tests.server.http_world import HOME, HttpWorld, Phone, key_of, visit_of
from tests.server.test_registered_operations import REGISTERED
from tests.server.test_traces import traces_of
from tests.server.test_trail import steps

NUMBER = "query phone_number($record: ID!, $field: String!) { phone_number(record: $record, field: $field) }"
NOTE = next(text for text in REGISTERED if text.startswith("mutation note_reveals"))
DETAIL = """query($record: ID!) { record_detail(record: $record) { values household claims { value }
  changes { before after } merged { before after } conflicts { versions { value } } } }"""
EARLIER = "2026-11-19T00:40:00Z"


def look(record: str, id: str = "look-1", field: str = "phone", seen_at: str = EARLIER) -> dict[str, str]:
    return {"id": id, "record": record, "field": field, "seen_at": seen_at}


def notes(phone: Phone, *looks: dict[str, str]) -> list[str | None]:
    found = phone.finds(NOTE, looks=list(looks))["note_reveals"]
    assert [one["id"] for one in found] == [one["id"] for one in looks]
    return [one["problem"] and one["problem"]["code"] for one in found]


def revealed(world: HttpWorld, *actions: str) -> list[tuple[str, str, str | None, dict[str, Any]]]:
    return [trace for trace in traces_of(world) if trace[0] in ("phone_revealed", *actions)]


@pytest.fixture
def home(li_min: Phone) -> str:
    return li_min.writes("household", HOME)


def test_a_desk_is_told_the_whole_number_by_a_question_of_its_own_that_is_noted(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    visit = li_min.writes("home_visit", visit_of(home))
    zhou_hui = world.signs_in("zhou_hui")
    for record in (home, visit):
        answer = zhou_hui.asks(DETAIL, {"record": record})
        assert "138 **** 5521" in answer.text and "0000" not in answer.text
    assert revealed(world) == []

    assert zhou_hui.finds(NUMBER, record=home, field="phone") == {"phone_number": HOME["phone"]}
    (trace,) = revealed(world)
    assert trace == ("phone_revealed", "zhou_hui", home, {"fields": ["phone"], "tier": 1})


def test_versions_of_a_number_are_compared_whole_and_that_is_noted(world: HttpWorld, li_min: Phone) -> None:
    first = li_min.save("household", HOME)
    li_min.pushes(first)
    seen = {"phone": [key_of(first)]}
    for phone, number in ((li_min, "13800005522"), (world.signs_in("zhang_qiang"), "13800005523")):
        phone.pushes(phone.save("household", {"phone": number}, record=first["record"], base=1, replaces=seen))
    assert "13800005522" in world.signs_in("zhou_hui").asks(DETAIL, {"record": first["record"]}).text
    assert [(trace[1], trace[3]["rule"]) for trace in revealed(world)] == [("zhou_hui", "versions")]


def test_a_number_that_is_anothers_or_no_number_or_nowhere_is_answered_alike(world: HttpWorld, home: str) -> None:
    he_fang, zhou_hui = world.signs_in("he_fang"), world.signs_in("zhou_hui")
    answers = [
        phone.asks(NUMBER, {"record": record, "field": field}).content
        for phone, record, field in (
            (he_fang, home, "phone"),
            (he_fang, world.new_id(), "phone"),
            (zhou_hui, home, "notes"),
            (zhou_hui, home, "no_such_field"),
        )
    ]
    assert set(answers) == {b'{"data":{"phone_number":null}}'}
    assert revealed(world) == []
    assert [trace[1] for trace in traces_of(world) if trace[0] == "refused"] == ["he_fang"] * 2 + ["zhou_hui"] * 2


def test_a_look_on_a_phone_is_noted_once_with_both_times(world: HttpWorld, li_min: Phone, home: str) -> None:
    assert notes(li_min, look(home), look(home)) == [None, None]
    world.passes(minutes=5)
    assert notes(li_min, look(home), look(home, "look-2")) == [None, None]

    found = steps(world.signs_in("wu_jianguo"), actions=["phone_revealed"])
    assert [(step["by"], step["record"], step["fields"], step["about"], step["at"]) for step in found] == [
        ("li_min", home, ["phone"], "look-2", "2026-11-19T02:05:00Z"),
        ("li_min", home, ["phone"], "look-1", "2026-11-19T02:00:00Z"),
    ]
    assert [trace[3]["device_at"] for trace in revealed(world)] == [EARLIER] * 2


def test_a_look_at_what_is_not_hers_is_refused_alike_and_stands_in_the_trail_as_refused(
    world: HttpWorld, home: str
) -> None:
    he_fang, absent = world.signs_in("he_fang"), world.new_id()
    told = [look(home), look(absent, "look-2"), look(home, "look-3", "notes")]
    assert notes(he_fang, *told) == notes(he_fang, *told) == ["not_found"] * 3
    assert [(trace[0], trace[2], trace[3]) for trace in revealed(world, "refused")] == [
        ("refused", record, {"about": f"look-{number}", "device_at": EARLIER, "rule": "not_found"})
        for number, record in ((1, home), (2, absent), (3, home))
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"seen_at": "yesterday"}, {"id": "a b"}, {"id": ""}, {"record": "王秀兰"}],
    ids=lambda one: next(iter(one)),
)
def test_what_no_phone_of_ours_says_is_refused_whole(
    world: HttpWorld, li_min: Phone, home: str, wrong: dict[str, str]
) -> None:
    answer = li_min.asks(NOTE, {"looks": [look(home), {**look(home, "look-2"), **wrong}]})
    assert answer.json()["errors"][0]["extensions"]["code"] == "query_refused"
    assert revealed(world, "refused") == []


def test_a_hundred_are_taken_at_once_and_no_more(world: HttpWorld, li_min: Phone, home: str) -> None:
    many = [look(home, f"look-{number}") for number in range(REVEALS_MAX + 1)]
    assert li_min.asks(NOTE, {"looks": many}).json()["errors"][0]["extensions"]["code"] == "query_refused"
    assert set(notes(li_min, *many[1:])) == {None} and len(revealed(world)) == REVEALS_MAX


def test_a_look_that_the_device_did_not_sign_is_refused(door: Door) -> None:
    li_min = door.brings_in("li_min")
    asked = {"query": NOTE, "variables": {"looks": [look(door.world.new_id())]}}
    headers = li_min.headers()
    answer = door.world.client.post("/graphql", json=asked, headers=headers)
    assert answer.json()["errors"][0]["extensions"]["code"] == "signature_missing"
    assert revealed(door.world, "refused") == []
