"""A ticket from being taken down to its end: who moves it, what is held and why, and what a desk counts as late.

Not here: when a clock ends (tests/schema/test_clocks.py).
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from sync import read
from sync.times import written
from tests.centre import Centre, Phone, Written

ASKED = {"title": "水管漏水", "urgency": "small", "source": "visit", "team": "heping_1"}


@pytest.fixture
def ticket(centre: Centre) -> Written:
    """A ticket of team one that Li Min raised just now and nobody has been given."""
    made = raises(centre, centre.li_min)
    assert outcome(centre.li_min.meets_network()) == ["accepted"]
    return made


def raises(centre: Centre, who: Phone, **more: Any) -> Written:
    return who.writes("field_task", {**ASKED, "raised_at": written(centre.now), **more})


def outcome(answers: list[Any]) -> list[Any]:
    return [answer[1] if answer[1] == "accepted" else answer[1:] for answer in answers]


def moves(who: Phone, ticket: Written, **values: Any) -> list[Any]:
    who.pulls()
    who.changes(ticket, values)
    return outcome(who.meets_network())


def test_a_ticket_goes_from_the_desk_to_a_person_to_its_end(centre: Centre, ticket: Written):
    now = written(centre.now)
    zhou_hui, li_min, zhang_qiang = centre.zhou_hui, centre.li_min, centre.zhang_qiang

    assert moves(zhou_hui, ticket, state="dispatched", assigned_to="zhang_qiang") == ["accepted"]
    assert moves(zhang_qiang, ticket, state="accepted", accepted_at=now) == ["accepted"]
    assert moves(zhang_qiang, ticket, state="on_site", on_site_at=now) == ["accepted"]
    assert moves(zhang_qiang, ticket, state="done", done_at=now, result="换了垫圈") == ["accepted"]
    assert moves(li_min, ticket, state="confirmed_by_client", client_said="不漏了") == ["accepted"]
    assert moves(li_min, ticket, state="closed") == [("held", "field_not_permitted", "state")]
    assert moves(zhou_hui, ticket, state="closed") == ["accepted"]
    assert centre.zhang_qiang.me() and zhou_hui.sees(ticket).state == "closed"


def test_whoever_was_given_a_ticket_has_it_and_nobody_else_of_the_team(centre: Centre, ticket: Written):
    moves(centre.zhou_hui, ticket, state="dispatched", assigned_to="zhang_qiang")
    centre.zhang_qiang.pulls()
    assert centre.zhang_qiang.sees(ticket).title == "水管漏水"
    other = raises(centre, centre.li_min)
    centre.li_min.meets_network()
    centre.zhang_qiang.pulls()
    assert centre.zhang_qiang.sees(other) is None


def test_a_worker_gives_no_ticket_to_a_colleague_but_takes_on_her_own(centre: Centre, ticket: Written):
    refused = moves(centre.li_min, ticket, assigned_to="zhang_qiang")
    assert refused == [("held", "field_not_permitted", "assigned_to")]
    centre.li_min.held.clear()
    now = written(centre.now)
    raises(centre, centre.li_min, assigned_to="li_min", state="accepted", accepted_at=now)
    assert outcome(centre.li_min.meets_network()) == ["accepted"]


def test_only_the_director_and_the_desk_give_on_what_was_sent_up(centre: Centre, ticket: Written):
    assert moves(centre.li_min, ticket, state="escalated") == [("held", "missing", "escalated_because")]
    centre.li_min.held.clear()
    assert moves(centre.li_min, ticket, state="escalated", escalated_because="要动用维修基金") == ["accepted"]
    assert moves(centre.li_min, ticket, state="dispatched", assigned_to="li_min")[0][0] == "held"


@pytest.mark.parametrize("order", list(itertools.permutations(("takes", "recalls", "notes"))), ids="-".join)
def test_in_any_order_of_arrival_a_ticket_stands_in_a_declared_state_and_no_note_is_lost(
    centre: Centre, ticket: Written, order: tuple[str, ...]
):
    zhou_hui, zhang_qiang = centre.zhou_hui, centre.zhang_qiang
    now = written(centre.now)
    moves(zhou_hui, ticket, state="dispatched", assigned_to="zhang_qiang")
    zhang_qiang.pulls()
    zhou_hui.pulls()
    centre.li_min.pulls()
    # Three people, none of whom has seen what the others do.
    zhang_qiang.changes(ticket, {"state": "accepted", "accepted_at": now})
    zhou_hui.changes(ticket, {"state": "escalated", "escalated_because": "人手不够"})
    centre.li_min.changes(ticket, {"nodes.note0001": {"at": now, "who": "li_min", "what": "又打来一次"}})
    who = {"takes": zhang_qiang, "recalls": zhou_hui, "notes": centre.li_min}

    answers = [outcome(who[name].meets_network()) for name in order]

    zhou_hui.pulls()
    seen = zhou_hui.sees(ticket)
    assert answers == [["accepted"]] * 3
    assert seen.state in {"accepted", "escalated"} and "note0001" in seen.nodes


def test_a_desk_counts_what_is_over_a_clock_that_still_runs(centre: Centre, ticket: Written):
    def late(who: Phone) -> int:
        return read.workbench(centre.store, centre.schema, who.me(), centre.now).overdue

    raises(centre, centre.he_fang, team="heping_2")
    centre.he_fang.meets_network()
    centre.passes(minutes=30)
    assert late(centre.zhou_hui) == 0
    centre.passes(seconds=1)
    # Zhou Hui answers for both teams, Luo Wei for neither.
    assert (late(centre.zhou_hui), late(centre.luo_wei)) == (2, 0)
    at = written(centre.now)
    moves(centre.zhou_hui, ticket, state="dispatched", assigned_to="li_min")
    moves(centre.li_min, ticket, state="accepted", accepted_at=at)
    assert late(centre.zhou_hui) == 1
    centre.passes(hours=24)
    # A small problem has a day from when it was taken down.
    assert late(centre.zhou_hui) == 2
