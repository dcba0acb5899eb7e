"""Whom a month's follow-ups ask: drawn by the centre so that anybody can draw again, given to who did not serve, and a
problem followed to its answer.

Not here: the boundaries of single fields (schema/records/follow_up.examples.toml).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schema.model import Problem
from server.follow_ups import draw_month
from server.register_plan import new_id
from sync.follow_up_draw import draw
from tests.centre import Centre, Written

MET = {"visited_on": "2026-02-10", "outcome": "met_person", "condition": "as_usual"}
MONTH = date(2026, 2, 1)


@pytest.fixture
def served(centre: Centre) -> list[str]:
    """Thirty homes of team one that were met in February, by Li Min or by Zhang Qiang; one of them for the first time,
    where somebody frail lives. One home was met in January alone, and at one nobody opened.
    """
    homes = [centre.home(room=str(100 + number)) for number in range(32)]
    for number, home in enumerate(homes[:30]):
        who = centre.li_min if number < 20 else centre.zhang_qiang
        who.writes("home_visit", {"household": home, "assigned_to": who.person, **MET})
        if number:
            earlier = {**MET, "visited_on": "2026-01-20"}
            who.writes("home_visit", {"household": home, "assigned_to": who.person, **earlier})
    centre.resident(homes[0], **{"vulnerabilities.frail": True})
    january = {**MET, "visited_on": "2026-01-31"}
    centre.li_min.writes("home_visit", {"household": homes[30], "assigned_to": "li_min", **january})
    nobody = {"visited_on": "2026-02-10", "outcome": "no_answer"}
    centre.li_min.writes("home_visit", {"household": homes[31], "assigned_to": "li_min", **nobody})
    for who in (centre.li_min, centre.zhang_qiang):
        assert {answer[1] for answer in who.meets_network()} == {"accepted"}
    return homes


def draws(centre: Centre, team: str = "heping_1", month_on: date = MONTH) -> str | Problem:
    me = centre.zhou_hui.me()
    return draw_month(centre.store, centre.schema, me, team, month_on, centre.now, centre.random.randbytes, new_id)


def follow_ups(centre: Centre) -> dict[str, tuple[str, str, str]]:
    """By home: who asks, why, the record."""
    rows = centre.store.rows("SELECT household, assigned_to, why, record FROM follow_up")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def test_a_tenth_of_the_homes_met_and_every_vulnerable_one_of_a_first_visit_are_drawn(centre, served):
    plan = draws(centre)
    centre.zhou_hui.pulls()
    seen = centre.zhou_hui.sees(plan)
    asked = follow_ups(centre)

    # Of thirty homes one is asked for certain; a tenth of the other 29 is three, and five are the least.
    assert (seen.frame_size, seen.drawn_size, len(asked)) == (30, 6, 6)
    assert asked[served[0]][1] == "first_vulnerable"
    assert {asked[home][1] for home in set(asked) - {served[0]}} == {"sample"}
    assert not set(asked) & set(served[30:])
    assert sum(home in served[20:30] for home in asked) == 2


def test_anybody_draws_the_same_homes_again_from_what_the_sample_says(centre, served):
    plan = draws(centre)
    centre.zhou_hui.pulls()
    seen = centre.zhou_hui.sees(plan)
    rows = seen.strata.values()

    again = draw({row["name"]: row["homes"].split() for row in rows}, seen.seed, seen.percent, seen.least)

    assert again == {row["name"]: row.get("drawn", "").split() for row in rows}
    assert {home for homes in again.values() for home in homes} == set(follow_ups(centre))
    other = draw({row["name"]: row["homes"].split() for row in rows}, "another", seen.percent, seen.least)
    assert other != again


@pytest.mark.parametrize(("homes", "drawn"), [(0, 0), (1, 1), (4, 4), (5, 5), (6, 5), (50, 5), (51, 6), (200, 20)])
def test_as_many_are_drawn_as_the_rule_says(homes: int, drawn: int):
    hers = [f"a{n}" for n in range(homes // 3)]
    strata = {"li_min": hers, "zhang_qiang": [f"b{n}" for n in range(homes - len(hers))]}
    found = draw(strata, "5f1c", 10, 5)
    assert sum(len(several) for several in found.values()) == drawn
    assert all(set(found[name]) <= set(strata[name]) for name in strata)


def test_nobody_asks_where_they_served_and_whoever_served_sees_nothing_of_it(centre, served):
    draws(centre)
    for home, (asker, _, record) in follow_ups(centre).items():
        assert asker == ("li_min" if home in served[20:30] else "zhang_qiang")
        centre.li_min.pulls()
        assert (centre.li_min.sees(record) is not None) == (asker == "li_min")


def test_a_follow_up_is_not_given_to_who_served_there_by_hand_either(centre, served):
    draws(centre)
    centre.zhou_hui.pulls()
    record = next(one for home, (asker, _, one) in follow_ups(centre).items() if asker == "zhang_qiang")
    centre.zhou_hui.changes(record, assigned_to="li_min")
    ((_, status, code, field),) = centre.zhou_hui.meets_network()
    assert (status, code, field) == ("held", "own_work", "assigned_to")


def test_a_month_is_drawn_once_and_by_the_centre_alone(centre, served):
    plan = draws(centre)
    assert draws(centre) == Problem("follow_up_drawn")
    assert draws(centre, "heping_2") == Problem("nobody_served")
    assert draws(centre, month_on=date(2026, 4, 1)) == Problem("date_in_future", "month_on")
    made = {"team": "heping_2", "month_on": "2026-02-01", "drawn_at": "2026-03-10T00:00:00Z", "seed": "mine"}
    centre.zhou_hui.writes("follow_up_plan", {**made, "percent": 10, "least": 5, "frame_size": 1, "drawn_size": 1})
    ((_, status, code, _),) = centre.zhou_hui.meets_network()
    assert (status, code) == ("held", "made_by_centre")
    centre.zhou_hui.held.clear()
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(plan, summary="都问到了")
    assert [answer[1] for answer in centre.zhou_hui.meets_network()] == ["accepted"]


def test_where_everybody_served_nobody_can_ask_and_nothing_is_written(centre, served):
    centre.zhang_qiang.writes("home_visit", {"household": served[0], "assigned_to": "zhang_qiang", **MET})
    centre.zhang_qiang.meets_network()
    assert draws(centre) == Problem("nobody_apart")
    assert follow_ups(centre) == {} and centre.store.value("SELECT count(*) FROM follow_up_plan") == 0


def test_a_problem_is_followed_to_its_answer_with_a_ticket(centre, served):
    draws(centre)
    zhang_qiang = centre.zhang_qiang
    home, (_, _, record) = next(one for one in follow_ups(centre).items() if one[1][0] == "zhang_qiang")

    def says(**values: Any) -> list[Any]:
        zhang_qiang.pulls()
        zhang_qiang.changes(record, values)
        return [answer[1] if answer[1] == "accepted" else answer[2] for answer in zhang_qiang.meets_network()]

    row = {"at": "2026-03-10T00:30:00Z", "how": "phone"}
    assert says(**{"state": "attempted", "attempts.row00001": row}) == ["accepted"]
    assert says(state="unreachable") == ["too_few_rows"]
    zhang_qiang.held.clear()
    assert says(state="completed", method="phone", satisfied=2, timely=True) == ["accepted"]
    assert says(state="problem_open", problem="垫圈又松了") == ["accepted"]
    ticket: Written = zhang_qiang.writes(
        "field_task",
        {
            **{"title": "垫圈又松了", "urgency": "small", "source": "follow_up", "team": "heping_1"},
            **{"household": home, "from_follow_up": record, "raised_at": "2026-03-10T00:40:00Z"},
        },
    )
    assert [answer[1] for answer in zhang_qiang.meets_network()] == ["accepted"]
    assert zhang_qiang.sees(ticket) is not None
    assert says(state="told", told_on="2026-03-10") == ["illegal_move"]
    zhang_qiang.held.clear()
    assert says(state="resolved", resolution="换了新的") == ["accepted"]
    assert says(state="told", told_on="2026-03-10") == ["accepted"]
    assert says(state="closed") == ["accepted"]
