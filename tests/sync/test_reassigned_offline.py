"""Somebody is given other work while they are without a network, and delivers what they had done until then.

A peer of ours had this failure for a month: the worker's phone said 148, the centre 108, and they were paid by the
centre's number. Not here: what becomes of words that are held (test_scopes_that_change.py).
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from schema.model import Problem
from schema.view import view_of
from sync import read
from tests.centre import COORDINATOR, HOURS, START, Centre, Phone

DELIVERED, OFFLINE = 108, 40
# Three turns a day, two hours each.
HOURS_OF_TURN = (("08:00", "10:00"), ("10:00", "12:00"), ("14:00", "16:00"))
MINUTES = 120


def day_and_turn(number: int) -> dict[str, str]:
    begins, ends = HOURS_OF_TURN[number % len(HOURS_OF_TURN)]
    day = START.date() - timedelta(days=1 + number // len(HOURS_OF_TURN))
    return {"worked_on": day.isoformat(), "started_at": begins, "ended_at": ends}


def plan_turns(centre: Centre) -> list[str]:
    """A shift for each of 148 turns, on her phone."""
    made = []
    for number in range(DELIVERED + OFFLINE):
        turn = day_and_turn(number)
        shift = {"volunteer": "huang_li", "activity": "便民服务日", "shift_on": turn["worked_on"]}
        made.append(
            centre.chen_jing.writes("shift", {**shift, "starts_at": turn["started_at"], "ends_at": turn["ended_at"]})
        )
    centre.chen_jing.meets_network()
    centre.huang_li.pulls()
    return [written.record for written in made]


def serve(centre: Centre, shifts: list[str], numbers: range) -> None:
    """She writes down these turns."""
    for number in numbers:
        values = {**HOURS, **day_and_turn(number), "volunteer": "huang_li", "shift": shifts[number]}
        centre.huang_li.writes("hour_entry", values)


def on_phone(phone: Phone) -> int:
    """How many entries a phone has, sent or not, without those that need its owner."""
    of_base = {name for name, base in phone.base.items() if base.kind == "hour_entry"}
    return len(of_base | {one.record for one in phone.outbox if one.save["kind"] == "hour_entry"})


def minutes_on_phone(phone: Phone) -> int:
    kind = phone.centre.schema.kinds["hour_entry"]
    views = [view_of(kind, base.claims).values for base in phone.base.values() if base.kind == "hour_entry"]
    return sum(one["minutes"] for one in views)


def at_centre(centre: Centre) -> int:
    """How many entries the coordinator finds."""
    rows = read.records(centre.store, centre.schema, centre.chen_jing.me(), "hour_entry", {"volunteer": "huang_li"})
    return rows.total


def shifts_to_another(centre: Centre, shifts: list[str]) -> None:
    centre.chen_jing.pulls()
    for shift in shifts[DELIVERED:]:
        centre.chen_jing.changes(shift, volunteer="deng_jie")
    centre.chen_jing.meets_network()


def role_ended_and_given_again(centre: Centre, shifts: list[str]) -> None:
    centre.sets_roles("huang_li")
    centre.sets_roles("huang_li", ("volunteer", None))


def helps_the_coordinator_as_well(centre: Centre, shifts: list[str]) -> None:
    centre.sets_roles("huang_li", ("volunteer", None), (COORDINATOR, None))


def shifts_moved_and_renamed(centre: Centre, shifts: list[str]) -> None:
    centre.chen_jing.pulls()
    for shift in shifts[DELIVERED:]:
        centre.chen_jing.changes(shift, activity="盘点", starts_at="07:00")
    centre.chen_jing.meets_network()


@pytest.mark.parametrize(
    "reassigned",
    [shifts_to_another, role_ended_and_given_again, helps_the_coordinator_as_well, shifts_moved_and_renamed],
    ids=lambda one: one.__name__,
)
def test_a_phone_that_said_148_and_a_centre_that_said_108_both_say_148_after_one_sync(
    centre: Centre, reassigned: Callable[[Centre, list[str]], None]
) -> None:
    shifts = plan_turns(centre)
    serve(centre, shifts, range(DELIVERED))
    centre.huang_li.meets_network()
    serve(centre, shifts, range(DELIVERED, DELIVERED + OFFLINE))
    reassigned(centre, shifts)
    assert (on_phone(centre.huang_li), at_centre(centre)) == (148, 108)
    centre.huang_li.meets_network()
    assert (on_phone(centre.huang_li), at_centre(centre)) == (148, 148)
    assert minutes_on_phone(centre.huang_li) == 148 * MINUTES
    assert centre.huang_li.held == {}


def test_whose_role_has_ended_for_good_is_told_of_every_entry_and_the_desk_lets_them_in(centre: Centre) -> None:
    shifts = plan_turns(centre)
    serve(centre, shifts, range(DELIVERED))
    centre.huang_li.meets_network()
    serve(centre, shifts, range(DELIVERED, DELIVERED + OFFLINE))
    centre.sets_roles("huang_li")
    centre.huang_li.meets_network()
    # None is lost and none is silent: 40 stand on her phone as held, and the same 40 in the list of the coordinator.
    assert at_centre(centre) == 108
    page = read.held_saves(centre.store, centre.schema, centre.chen_jing.me(), first=100)
    assert {item.save for item in page.items} == set(centre.huang_li.held) and page.total == OFFLINE
    centre.sets_roles("huang_li", ("volunteer", None))
    for save in sorted(centre.huang_li.held):
        assert not isinstance(centre.chen_jing.decides_held(save, "release"), Problem)
    centre.huang_li.meets_network()
    assert (on_phone(centre.huang_li), at_centre(centre)) == (148, 148) and centre.huang_li.held == {}
