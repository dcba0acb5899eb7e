"""Groups, activities and their lists: several phones tick one list without a network, what is counted, who may tick,
and what a step asks of other records.
"""

from itertools import permutations
from typing import Any

import pytest

from tests.centre import Centre, Phone, Written

SESSION = {"name": "手工小组", "number": 1, "planned_on": "2026-03-10"}
HELD = {"state": "held", "held_on": "2026-03-10", "content": "做香囊"}
LARGE = {
    **{"hazards": "人多", "controls": "分批进", "risk_level": "medium", "contingency_plan": "守出口"},
    **{"pre_reported_to": "街道办", "pre_reported_on": "2026-03-10", "state": "pre_reported"},
}


def row(record: str) -> str:
    """The id of the row that stands for a record."""
    return record.replace("-", "")


def delivers(*phones: Phone) -> None:
    """Each meets the network in turn, and everything it has written is taken in."""
    for phone in phones:
        assert [one[1:] for one in phone.meets_network() if one[1] != "accepted"] == []


def refused(phone: Phone, written: Written) -> tuple[Any, ...]:
    """Why the centre holds the last thing that a phone wrote; its words stay on the phone."""
    answers = phone.meets_network()
    assert answers[-1][:2] == (written.id, "held"), answers
    assert written.id in phone.held
    return answers[-1][2:]


class Afternoon:
    """A group of three members with a session today, at which a volunteer helps."""

    def __init__(self, centre: Centre, planned: int = 1) -> None:
        self.centre = centre
        home = centre.home()
        self.people = [centre.resident(home, name) for name in ("王秀兰", "李大爷", "张阿姨")]
        li_min = centre.li_min
        wish = {"name": "手工小组", "target_group": "elders", "service_class": "basic", "planned_sessions": planned}
        self.group = li_min.writes("group", {**wish, "team": "heping_1", "worker": "li_min"}).record
        members = {
            f"members.{row(one)}": {"name": str(at), "joined_on": "2026-03-01"} for at, one in enumerate(self.people)
        }
        li_min.changes(self.group, members)
        delivers(li_min, centre.zhou_hui)
        centre.zhou_hui.changes(self.group, state="approved")
        delivers(centre.zhou_hui, li_min)
        li_min.changes(self.group, state="running")
        self.session = self.plans(1)
        delivers(li_min, centre.huang_li, centre.zhou_hui)

    def plans(self, number: int) -> str:
        """A session of the group, with everybody expected and the volunteer to help."""
        expected = {f"people.{row(one)}": {"name": str(at)} for at, one in enumerate(self.people)}
        helper = {"helpers.a1b2c3d4": {"person": "huang_li"}}
        values = {**SESSION, "number": number, "group": self.group, **expected, **helper}
        return self.centre.li_min.writes("group_session", values).record

    def ticks(self, phone: Phone, *at: int, present: bool = True) -> Any:
        """Somebody ticks some of the three, or takes the tick away."""
        values = {f"people.{row(self.people[one])}": {"name": str(one), "present": present} for one in at}
        return phone.changes(self.session, values)

    def there(self, phone: Phone) -> tuple[set[int], int | None]:
        """Who was there as a phone shows it, and the person-times."""
        seen = phone.sees(self.session)
        assert seen is not None
        values = seen.values
        rows = values["people"]
        ticked = {at for at, one in enumerate(self.people) if rows[row(one)].get("present")}
        return ticked, values.get("person_times")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_phones_that_tick_one_list_offline_come_to_its_union_in_every_order(centre: Centre, order):
    afternoon = Afternoon(centre)
    second = centre.new_phone("li_min")
    second.meets_network()
    phones = (centre.li_min, second, centre.huang_li)
    for phone, at in zip(phones, ((0, 1), (1,), (1, 2)), strict=True):
        afternoon.ticks(phone, *at)
    centre.huang_li.changes(afternoon.session, {"counted.c1b2c3d4": {"person": "huang_li", "number": 2}})
    second.changes(afternoon.session, {"counted.d1b2c3d4": {"person": "li_min", "number": 3}})
    delivers(*(phones[at] for at in order))
    for phone in phones:
        delivers(phone)
        # Three by name, of whom one was ticked on all phones, and five visitors at two doors.
        assert afternoon.there(phone) == ({0, 1, 2}, 8)
        assert phone.sees(afternoon.session).versions == {}


def test_a_tick_and_a_tick_taken_away_at_once_stay_side_by_side_until_somebody_says(centre: Centre):
    afternoon = Afternoon(centre)
    li_min, huang_li, zhou_hui = centre.li_min, centre.huang_li, centre.zhou_hui
    key = f"people.{row(afternoon.people[0])}"
    afternoon.ticks(huang_li, 0, present=False)
    afternoon.ticks(li_min, 0)
    delivers(huang_li, li_min, huang_li, zhou_hui)
    for phone in (li_min, huang_li):
        assert sorted(one["present"] for one in phone.sees(afternoon.session).versions[key]) == [False, True]
    zhou_hui.settles(afternoon.session, {key: {"name": "0", "present": True}})
    delivers(zhou_hui, li_min)
    assert li_min.sees(afternoon.session).versions == {}
    assert afternoon.there(li_min) == ({0}, 1)


def test_whoever_helps_ticks_the_list_but_sees_neither_the_group_nor_the_people_and_moves_nothing(centre: Centre):
    afternoon = Afternoon(centre)
    helper = centre.huang_li
    assert [helper.sees(one) for one in (afternoon.group, *afternoon.people)] == [None] * 4
    afternoon.ticks(helper, 0)
    delivers(helper, centre.li_min)
    assert afternoon.there(centre.li_min) == ({0}, 1)
    assert refused(helper, helper.changes(afternoon.session, HELD)) == ("field_not_permitted", "state")
    centre.deng_jie.meets_network()
    assert centre.deng_jie.sees(afternoon.session) is None


def test_only_members_are_ticked_by_name_and_nobody_puts_an_unknown_person_on_the_list(centre: Centre):
    afternoon = Afternoon(centre)
    li_min, helper = centre.li_min, centre.huang_li
    visitor = centre.resident(centre.home(building="9"), "路过的人")
    delivers(li_min)
    key = f"people.{row(visitor)}"
    there = {key: {"name": "路过的人", "present": True}}
    assert refused(li_min, li_min.changes(afternoon.session, there)) == ("not_on_the_list", key)
    # Whoever helps sees nobody of the register, and brings nobody onto the list.
    assert refused(helper, helper.changes(afternoon.session, there)) == ("not_permitted", key)
    li_min.changes(afternoon.group, {f"members.{row(visitor)}": {"name": "路过的人", "joined_on": "2026-03-10"}})
    li_min.changes(afternoon.session, there)
    delivers(li_min)


def test_a_helper_works_at_the_centre_and_whoever_helps_no_more_loses_the_list(centre: Centre):
    afternoon = Afternoon(centre)
    li_min = centre.li_min
    stranger = li_min.changes(afternoon.session, {"helpers.b1b2c3d4": {"person": "sun_lei"}})
    assert refused(li_min, stranger) == ("unknown_choice", "helpers.b1b2c3d4")
    li_min.changes(afternoon.session, {"helpers.a1b2c3d4": {"person": "deng_jie"}})
    delivers(li_min, centre.huang_li, centre.deng_jie)
    assert centre.huang_li.sees(afternoon.session) is None
    assert centre.deng_jie.sees(afternoon.session) is not None


@pytest.mark.parametrize("numbers", [(1,), (1, 1), (1, 2)])
def test_a_group_is_completed_with_each_planned_session_held_or_with_the_reason_for_fewer(centre: Centre, numbers):
    afternoon = Afternoon(centre, planned=2)
    li_min, zhou_hui = centre.li_min, centre.zhou_hui
    sessions = [afternoon.session, *(afternoon.plans(number) for number in numbers[1:])]
    for session in sessions:
        li_min.changes(session, HELD)
    li_min.changes(afternoon.group, state="evaluating")
    delivers(li_min, zhou_hui)
    if numbers == (1, 1):
        # The same number twice is shown as a possible double, and is one session.
        assert zhou_hui.sees(sessions[1]).standing["duplicates"] == [afternoon.session]
    completed = {"state": "completed", "goal_results": "学会了", "member_feedback": "好"}
    if numbers != (1, 2):
        early = zhou_hui.changes(afternoon.group, completed)
        assert refused(zhou_hui, early) == ("too_few_before", "fewer_because")
        completed["fewer_because"] = "场地停用"
    zhou_hui.changes(afternoon.group, completed)
    delivers(zhou_hui)
    assert zhou_hui.sees(afternoon.group).state == "completed"


def activity(centre: Centre, people: int) -> str:
    """An activity for so many that the director has approved, and one occurrence of it."""
    wish = {"name": "便民日", "target_group": "everybody", "service_class": "basic", "starts_on": "2026-03-10"}
    about = {"team": "heping_1", "worker": "li_min", "expected_headcount": people, "large": people >= 200}
    made = centre.li_min.writes("activity", {**wish, **about}).record
    centre.li_min.meets_network()
    # A director's desk keeps no copies: the step is written from the list.
    approves = centre.wu_jianguo.seals(made, "activity", {"state": "approved"}, base=1, replaces={})
    assert centre.wu_jianguo.pushes() == [(approves.id, "accepted")]
    delivers(centre.li_min)
    return made


def occurrence(centre: Centre, of: str) -> str:
    """One occurrence of an activity, planned for today."""
    values = {"activity": of, "name": "便民日", "planned_on": "2026-03-10", "place": "广场"}
    return centre.li_min.writes("activity_session", values).record


def test_a_large_activity_is_reported_before_it_is_announced_and_is_not_held_without(centre: Centre):
    li_min = centre.li_min
    large = activity(centre, 200)
    assert refused(li_min, li_min.changes(large, state="published")) == ("missing", "hazards")
    at_once = {**LARGE, "state": "published"}
    assert refused(li_min, li_min.changes(large, at_once)) == ("another_step_first", "state")
    session = occurrence(centre, large)
    delivers(li_min)
    counted = {"counted.a1b2c3d4": {"person": "li_min", "number": 230}, "headcount_method": "counter"}
    assert refused(li_min, li_min.changes(session, {**HELD, **counted})) == ("leading_record_not_there", "activity")
    for values in (LARGE, {"state": "published"}):
        li_min.changes(large, values)
    li_min.changes(session, {**HELD, **counted})
    delivers(li_min, centre.zhou_hui)
    seen = centre.zhou_hui.sees(session)
    assert (seen.person_times, seen.review) == (230, "waiting")


def test_a_small_activity_is_announced_at_once_and_approved_by_no_worker(centre: Centre):
    li_min = centre.li_min
    li_min.changes(activity(centre, 199), state="published")
    delivers(li_min)
    wish = {"name": "便民日", "target_group": "everybody", "service_class": "basic", "starts_on": "2026-03-10"}
    about = {"team": "heping_1", "worker": "li_min", "expected_headcount": 50, "large": False}
    own = li_min.writes("activity", {**wish, **about}).record
    delivers(li_min)
    assert refused(li_min, li_min.changes(own, state="approved")) == ("field_not_permitted", "state")
