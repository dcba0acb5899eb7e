"""The list of hours to certify, asked in one question, and what becomes of many decisions at once."""

from __future__ import annotations

from typing import Any

import pytest

from schema.load import load_schema
from sync.hour_desk import ITEMS_MAX, hours_to_certify
from sync.people import person_of
from tests.faults.statements import watch
from tests.server.http_world import HttpWorld, Phone, key_of

HOURS = """{ hours_to_certify {
  items { record revision volunteer volunteer_name title_zh started_at ended_at minutes state checks against notes
    answered author_name shift { starts_at ends_at signed_in_at signed_out_at } refused { code words_zh next_step }
    certifiers looking { person_name } }
  beside { record state minutes author_name } total waiting_minutes certified_minutes since_on
  answers { record volunteer_name sentence by_name } answers_total } }"""
DECIDE = """mutation d($decisions: [DecisionInput!]!) { decide(decisions: $decisions) {
  record standing problem { code } } }"""


def entry(
    volunteer: str = "huang_li", started_at: str = "09:00", ended_at: str = "11:30", **more: Any
) -> dict[str, Any]:
    return {
        "volunteer": volunteer,
        "activity": "便民服务日",
        "worked_on": "2026-11-18",
        "started_at": started_at,
        "ended_at": ended_at,
        "provenance": "signed",
        **more,
    }


LATER = {"provenance": "added_later", "late_reason": "签到表上补的"}


@pytest.fixture
def huang_li(world: HttpWorld) -> Phone:
    return world.signs_in("huang_li")


@pytest.fixture
def chen_jing(world: HttpWorld) -> Phone:
    return world.signs_in("chen_jing")


def asked(phone: Phone) -> dict[str, Any]:
    found: dict[str, Any] = phone.finds(HOURS)["hours_to_certify"]
    return found


def decision(world: HttpWorld, item: dict[str, Any], verdict: str = "approve", **more: Any) -> dict[str, Any]:
    return {"id": world.new_id(), "record": item["record"], "revision": item["revision"], "verdict": verdict, **more}


def test_what_waits_is_told_with_its_day_and_what_is_odd(world: HttpWorld, huang_li: Phone, chen_jing: Phone) -> None:
    certified = huang_li.writes("hour_entry", entry())
    (first,) = asked(chen_jing)["items"]
    chen_jing.finds(DECIDE, decisions=[decision(world, first)])
    visit = huang_li.writes("hour_entry", entry(started_at="11:00", ended_at="13:00", activity="探访"))

    found = asked(chen_jing)
    (item,) = found["items"]
    assert (item["record"], item["volunteer_name"], item["author_name"], item["minutes"]) == (
        visit,
        "黄丽",
        "黄丽",
        120,
    )
    assert "overlap" in item["checks"] and item["against"] == [certified] and item["refused"] is None
    assert [(one["record"], one["state"], one["minutes"]) for one in found["beside"]] == [(certified, "certified", 150)]
    assert (found["total"], found["waiting_minutes"], found["certified_minutes"]) == (1, 120, 150)
    assert found["since_on"] == "2026-11-01"


def test_the_shift_and_how_it_was_signed_stand_beside_an_entry(
    world: HttpWorld, huang_li: Phone, chen_jing: Phone
) -> None:
    planned = {"volunteer": "huang_li", "activity": "便民服务日", "shift_on": "2026-11-18"}
    shift = chen_jing.writes("shift", {**planned, "starts_at": "09:00", "ends_at": "11:30"})
    huang_li.writes("shift", {"signed_in_at": "2026-11-18T00:58:00Z"}, record=shift)
    huang_li.writes("hour_entry", entry(shift=shift))
    (item,) = asked(chen_jing)["items"]
    assert item["shift"] == {"starts_at": "09:00", "ends_at": "11:30", "signed_in_at": "08:58", "signed_out_at": None}
    assert "no_sign_out" in item["checks"]


def test_nobody_else_is_told_anything(world: HttpWorld, huang_li: Phone) -> None:
    huang_li.writes("hour_entry", entry())
    for person in ("huang_li", "deng_jie", "li_min", "zhou_hui", "lin_yan", "sun_lei"):
        found = asked(world.signs_in(person))
        assert (found["items"], found["beside"], found["total"], found["answers"]) == ([], [], 0, []), person
    assert asked(world.signs_in("xu_jianping"))["items"] == []


def test_what_one_wrote_alone_is_for_somebody_else(world: HttpWorld, chen_jing: Phone) -> None:
    chen_jing.writes("hour_entry", entry(**LATER))
    (item,) = asked(chen_jing)["items"]
    assert item["refused"]["code"] == "hours_second_person" and item["refused"]["next_step"]
    assert item["certifiers"] == ["吴建国"]
    (for_him,) = asked(world.signs_in("wu_jianguo"))["items"]
    assert for_him["refused"] is None


def test_what_the_list_refuses_deciding_refuses_too(world: HttpWorld, huang_li: Phone, chen_jing: Phone) -> None:
    """Entries by several hands: the list says of each what deciding then does."""
    chen_jing.writes("hour_entry", entry(**LATER))
    made_longer = huang_li.save("hour_entry", entry(started_at="13:00", ended_at="14:00"))
    cut = huang_li.save("hour_entry", entry(started_at="15:00", ended_at="17:00"))
    huang_li.pushes(made_longer, cut)
    for save, ended_at in ((made_longer, "14:30"), (cut, "16:00")):
        replaces = {"ended_at": [key_of(save)]}
        chen_jing.writes("hour_entry", {"ended_at": ended_at}, record=save["record"], replaces=replaces)
    items = asked(chen_jing)["items"]
    answers = chen_jing.finds(DECIDE, decisions=[decision(world, item) for item in items])["decide"]
    told = {item["record"]: item["refused"] and item["refused"]["code"] for item in items}
    done = {answer["record"]: answer["problem"] and answer["problem"]["code"] for answer in answers}
    assert told == done
    assert sorted(code or "" for code in done.values()) == ["", "hours_second_person", "hours_second_person"]


def test_of_many_decisions_each_is_answered_by_itself_and_the_same_again(
    world: HttpWorld, huang_li: Phone, chen_jing: Phone
) -> None:
    for hour in (8, 10, 12):
        huang_li.writes("hour_entry", entry(started_at=f"{hour:02d}:00", ended_at=f"{hour + 1:02d}:00"))
    items = asked(chen_jing)["items"]
    huang_li.writes("hour_entry", {"ended_at": "13:30"}, record=items[2]["record"])
    decisions = [decision(world, item) for item in items]
    answers = chen_jing.finds(DECIDE, decisions=decisions)["decide"]
    assert [answer["problem"] and answer["problem"]["code"] for answer in answers] == [None, None, "revision_moved"]
    assert chen_jing.finds(DECIDE, decisions=decisions)["decide"] == answers
    left = asked(chen_jing)
    assert [item["record"] for item in left["items"]] == [items[2]["record"]] and left["certified_minutes"] == 120


def test_of_two_desks_at_once_the_second_is_told_that_it_is_done(
    world: HttpWorld, huang_li: Phone, chen_jing: Phone
) -> None:
    huang_li.writes("hour_entry", entry())
    other = world.signs_in("chen_jing")
    (item,) = asked(chen_jing)["items"]
    (same,) = asked(other)["items"]
    assert chen_jing.finds(DECIDE, decisions=[decision(world, item)])["decide"][0]["problem"] is None
    (second,) = other.finds(DECIDE, decisions=[decision(world, same)])["decide"]
    assert second["problem"]["code"] in ("revision_moved", "not_waiting")
    assert asked(other)["certified_minutes"] == 150


def test_what_went_back_waits_for_its_answer_and_comes_back_marked(
    world: HttpWorld, huang_li: Phone, chen_jing: Phone
) -> None:
    save = huang_li.save("hour_entry", entry())
    huang_li.pushes(save)
    (item,) = asked(chen_jing)["items"]
    back = decision(world, item, "return", sentence="几点结束的？", field="ended_at")
    chen_jing.finds(DECIDE, decisions=[back])
    found = asked(chen_jing)
    assert (found["items"], found["answers_total"]) == ([], 1)
    assert found["answers"] == [
        {"record": item["record"], "volunteer_name": "黄丽", "sentence": "几点结束的？", "by_name": "陈静"}
    ]
    note = {"ended_at": "11:20", "remarks.a1b2c3d4e5f6": {"text": "十一点二十"}}
    huang_li.writes("hour_entry", note, record=item["record"], replaces={"ended_at": [key_of(save)]})
    (again,) = asked(chen_jing)["items"]
    assert again["answered"] and again["notes"] == ["十一点二十"] and asked(chen_jing)["answers_total"] == 0


def test_the_list_takes_as_many_statements_however_long_it_is(
    world: HttpWorld, huang_li: Phone, chen_jing: Phone
) -> None:
    def statements() -> int:
        store = world.opened()
        person = person_of(store, "chen_jing", chen_jing.device)
        assert person is not None
        sent: list[str] = []
        stop = watch(store, lambda sql, rows: sent.append(sql))
        found = hours_to_certify(store, load_schema(), person, world.now)
        stop()
        store.close()
        assert len(found.items) == len(asked(chen_jing)["items"])
        return len(sent)

    huang_li.writes("hour_entry", entry(started_at="06:00", ended_at="06:10"))
    few = statements()
    for hour in range(7, 23):
        huang_li.writes("hour_entry", entry(started_at=f"{hour:02d}:00", ended_at=f"{hour:02d}:10"))
    assert statements() == few < 30


def test_a_page_is_bounded_and_says_how_many_there_are(world: HttpWorld, huang_li: Phone, chen_jing: Phone) -> None:
    assert ITEMS_MAX == 200
    assert asked(chen_jing)["items"] == [] and asked(chen_jing)["total"] == 0
