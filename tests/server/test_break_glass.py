"""One record out of reach is opened in an emergency: with a reason, for an hour, and its supervisor is told.

Not here: who may, role by role (docs/permissions.md, tests/schema).
"""

import json
from typing import Any

import pytest

from tests.server.http_world import HOME, HttpWorld, Phone, visit_of

REASON = "家属打电话来说老人摔倒了，需要马上知道住址"
OPEN = """mutation b($record: ID!, $reason: String!) { break_glass(record: $record, reason: $reason) {
  opening { id record kind by by_name reason at until is_mine } problem { code field details } } }"""
DETAIL = "query d($record: ID!) { record_detail(record: $record) { record values title_zh } }"
BEYOND = "query b($name: String!) { beyond(name: $name) { record kind team_name } }"
SEEN = """mutation s($id: ID!) { see_opening(id: $id) { opening { seen_by_name seen_at } problem { code } } }"""
OPENINGS = "{ openings { record kind title_zh by_name reason until is_mine } }"


@pytest.fixture
def case(world: HttpWorld, li_min: Phone) -> dict[str, str]:
    """Li Min's home, with whom she visits there and their case."""
    home = li_min.writes("household", HOME)
    resident = li_min.writes("resident", {"name": "王秀兰", "household": home})
    about = {"household": home, "resident": resident}
    opened = {"worker": "li_min", "category": "elderly_care", "opened_on": "2026-11-01", "presenting_problem": "独居"}
    found = {"home": home, "resident": resident, "case": li_min.writes("case", {**about, **opened})}
    found["visit"] = li_min.writes("home_visit", visit_of(home, resident=resident))
    told = {"topic": "violence", "basis": "emergency", "written_on": "2026-11-19", "content": "x", "keeper": "li_min"}
    found["hidden"] = li_min.writes("case_confidential", {"case": found["case"], **told})
    return found


def opens(phone: Phone, record: str, reason: str = REASON) -> dict[str, Any]:
    found: dict[str, Any] = phone.finds(OPEN, record=record, reason=reason)["break_glass"]
    return found


def shows(phone: Phone, record: str) -> bool:
    return phone.finds(DETAIL, record=record)["record_detail"] is not None


def test_a_record_of_another_team_is_opened_for_an_hour_and_its_supervisor_reads_why(world: HttpWorld, case):
    luo_wei, zhou_hui = world.signs_in("luo_wei"), world.signs_in("zhou_hui")
    assert not shows(luo_wei, case["case"])

    opening = opens(luo_wei, case["case"])["opening"]

    assert (opening["kind"], opening["by_name"], opening["is_mine"]) == ("case", "罗伟", True)
    assert (opening["at"], opening["until"]) == ("2026-11-19T02:00:00Z", "2026-11-19T03:00:00Z")
    assert shows(luo_wei, case["case"])
    # One record, and nothing beside it.
    assert not any(shows(luo_wei, case[name]) for name in ("home", "resident", "visit"))
    assert luo_wei.finds("{ case_list { total } }")["case_list"]["total"] == 0
    assert case["case"] not in luo_wei.holds()
    (told,) = zhou_hui.finds(OPENINGS)["openings"]
    assert (told["record"], told["by_name"], told["reason"], told["is_mine"]) == (case["case"], "罗伟", REASON, False)
    assert told["title_zh"] and luo_wei.finds(OPENINGS)["openings"][0]["title_zh"] is None
    world.passes(minutes=59, seconds=59)
    assert shows(luo_wei, case["case"])
    world.passes(seconds=1)
    assert not shows(luo_wei, case["case"])
    assert len(zhou_hui.finds(OPENINGS)["openings"]) == 1


def test_asking_again_within_the_hour_is_the_same_opening(world: HttpWorld, case):
    luo_wei = world.signs_in("luo_wei")
    first = opens(luo_wei, case["case"])["opening"]
    world.passes(minutes=10)

    assert opens(luo_wei, case["case"])["opening"] == first


@pytest.mark.parametrize(
    ("reason", "opened"), [("九个字不够用的理由", False), ("十个字就够了的理由呀", True), ("字" * 201, False)]
)
def test_a_reason_is_asked_for(world: HttpWorld, case, reason: str, opened: bool):
    luo_wei = world.signs_in("luo_wei")
    found = opens(luo_wei, case["case"], f"  {reason} ")

    assert (found["opening"] is not None) == opened == shows(luo_wei, case["case"])
    assert opened or (found["problem"]["code"], found["problem"]["field"]) == ("reason_too_short", "reason")


def test_who_may_open_nothing_is_answered_as_if_there_were_nothing(world: HttpWorld, case):
    absent = world.new_id()
    for name, record in [
        ("huang_li", case["case"]),
        ("he_fang", case["case"]),
        ("xu_jianping", case["case"]),
        # What is confidential is opened by nobody this way.
        ("luo_wei", case["hidden"]),
        ("wu_jianguo", case["hidden"]),
    ]:
        phone = world.signs_in(name)
        answers = [phone.asks(OPEN, {"record": one, "reason": REASON}) for one in (record, absent)]
        assert answers[0].content == answers[1].content
        assert answers[0].json()["data"]["break_glass"]["problem"]["code"] == "not_found"
        assert not shows(phone, record)


def test_somebody_out_of_reach_is_found_by_their_whole_name_and_shows_nothing_else(world: HttpWorld, case):
    luo_wei = world.signs_in("luo_wei")
    found = luo_wei.finds(BEYOND, name=" 王秀兰 ")["beyond"]

    assert {(one["record"], one["kind"], one["team_name"]) for one in found} == {
        (case[name], kind, "一组")
        for name, kind in (("resident", "resident"), ("visit", "home_visit"), ("case", "case"))
    }
    for phone, name in [
        (luo_wei, "王秀"),
        (luo_wei, ""),
        (world.signs_in("zhou_hui"), "王秀兰"),
        (world.signs_in("he_fang"), "王秀兰"),
        (world.signs_in("xu_jianping"), "王秀兰"),
    ]:
        assert phone.finds(BEYOND, name=name)["beyond"] == []


def test_it_is_noted_with_the_reason_and_every_look_after_it(world: HttpWorld, case):
    luo_wei = world.signs_in("luo_wei")
    opens(luo_wei, case["case"])
    shows(luo_wei, case["case"])
    store = world.opened()
    rows = store.rows(
        "SELECT action, record, details FROM audit WHERE person = 'luo_wei' AND action IN ('break_glass', 'read')"
        " ORDER BY position"
    )
    store.close()

    assert [(row[0], row[1]) for row in rows] == [("break_glass", case["case"]), ("read", case["case"])]
    assert json.loads(rows[0][2])["reason"] == REASON


def test_only_who_answers_for_records_reads_what_was_opened(world: HttpWorld, case):
    opens(world.signs_in("luo_wei"), case["case"])

    assert world.signs_in("li_min").asks(OPENINGS).json()["errors"][0]["extensions"]["code"] == "not_allowed"
    assert [one["record"] for one in world.signs_in("wu_jianguo").finds(OPENINGS)["openings"]] == [case["case"]]
    assert world.signs_in("xu_jianping").finds(OPENINGS)["openings"] == []


def test_the_supervisor_is_told_until_she_says_that_she_has_read_why(world: HttpWorld, case):
    luo_wei, zhou_hui, wu_jianguo = (world.signs_in(name) for name in ("luo_wei", "zhou_hui", "wu_jianguo"))
    id = opens(luo_wei, case["case"])["opening"]["id"]
    assert [tells(phone) for phone in (luo_wei, zhou_hui, wu_jianguo, world.signs_in("xu_jianping"))] == [0, 1, 1, 0]

    world.passes(minutes=5)
    told = zhou_hui.finds(SEEN, id=id)["see_opening"]["opening"]

    assert (told["seen_by_name"], told["seen_at"]) == ("周慧", "2026-11-19T02:05:00Z")
    assert [tells(phone) for phone in (zhou_hui, wu_jianguo)] == [0, 0]
    world.passes(minutes=5)
    assert wu_jianguo.finds(SEEN, id=id)["see_opening"]["opening"] == told
    store = world.opened()
    (noted,) = store.rows("SELECT person, action, record FROM audit WHERE action = 'opening_seen' LIMIT 1")
    store.close()
    assert noted == ("zhou_hui", "opening_seen", case["case"])


def test_nobody_reads_for_themselves_or_for_others_why_they_opened_something(world: HttpWorld, case):
    wu_jianguo, luo_wei = world.signs_in("wu_jianguo"), world.signs_in("luo_wei")
    own = opens(wu_jianguo, case["visit"])["opening"]["id"]
    for phone, id, code in [
        (wu_jianguo, own, "needs_another_person"),
        (luo_wei, own, "not_found"),
        (world.signs_in("xu_jianping"), own, "not_found"),
        (wu_jianguo, world.new_id(), "not_found"),
    ]:
        assert phone.finds(SEEN, id=id)["see_opening"]["problem"]["code"] == code
    assert tells(world.signs_in("zhou_hui")) == 1


def tells(phone: Phone) -> int:
    """How many openings a person is told of that nobody has read."""
    found: int = phone.finds("{ workbench { openings } }")["workbench"]["openings"]
    return found


def test_a_director_counts_cases_and_reads_one_only_for_a_reason(world: HttpWorld, li_min: Phone, case):
    progress = {"case": case["case"], "content": "今天去看过", "mode": "visit", "written_on": "2026-11-19"}
    note = li_min.writes("case_progress", progress)
    wu_jianguo, zhou_hui = world.signs_in("wu_jianguo"), world.signs_in("zhou_hui")
    asked = {"case": case["case"], "progress": note}

    assert not any(shows(wu_jianguo, one) for one in asked.values())
    found = wu_jianguo.finds(
        "query q($case: ID!, $progress: ID!) { case(id: $case) { record } case_progress(id: $progress) { record }"
        " case_list { total } case_progress_list { total } home_visit_list { total }"
        " team_figures { team waiting } }",
        **asked,
    )
    assert (found["case"], found["case_progress"]) == (None, None)
    assert [found[name]["total"] for name in ("case_list", "case_progress_list", "home_visit_list")] == [0, 0, 1]
    # A visit and what was written about the case.
    assert {row["team"]: row["waiting"] for row in found["team_figures"]}["heping_1"] == 2
    assert {one["record"] for one in wu_jianguo.finds(BEYOND, name="王秀兰")["beyond"]} == {case["case"]}
    assert opens(wu_jianguo, case["case"], "看看")["problem"]["code"] == "reason_too_short"

    opens(wu_jianguo, case["case"])

    assert shows(wu_jianguo, case["case"]) and not shows(wu_jianguo, note)
    assert [(one["record"], one["by_name"]) for one in zhou_hui.finds(OPENINGS)["openings"]] == [
        (case["case"], "吴建国")
    ]
