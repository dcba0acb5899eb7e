"""Places in open duties: given in the order in which sign-ups arrive, passed on to whoever waits, and never one too
many, whatever order phones come in and whichever answers are lost.

Not here: the boundaries of single fields (schema/records/*.examples.toml), and the screens (e2e/test_duties.py).
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from schema.model import Membership
from server.places import give_after_push, give_due
from server.register_plan import new_id
from sync import materialise, people
from tests.centre import Centre, Phone, Written

ON = {"duty_on": "2026-03-14", "starts_at": "09:00", "ends_at": "11:00"}
HELPERS = [f"helper_{number}" for number in range(6)]
SEEDS = 60


class Station:
    """A centre that gives places after each push, as the server does; and six more volunteers."""

    def __init__(self, centre: Centre) -> None:
        self.centre, self.schema, self.store, self.random = centre, centre.schema, centre.store, centre.random
        for person in HELPERS:
            people.add_member(self.store, person, person, "heping", [Membership("volunteer", "heping", None)])
            centre.phones[person] = centre.new_phone(person)
        self.helpers = [centre.phones[person] for person in HELPERS]
        self.chen_jing = centre.chen_jing
        self.store.bind("heping")

    def sends(self, phone: Phone, hears: bool = True) -> None:
        """A phone sends what it has, and places are given; where it does not hear of it, it sends all of it again."""
        waiting = [written for written in phone.outbox if written.id not in phone.receipts]
        receipts = phone.sends(waiting)
        me, saves = phone.me(), [written.save for written in waiting]
        give_after_push(self.store, self.schema, me, saves, receipts, self.centre.now, self.random.randbytes, new_id)
        if hears:
            phone.hears(receipts)
            phone.pulls()

    def gives(self) -> int:
        """What the server does every minute."""
        return give_due(self.store, self.schema, "heping", self.centre.now, self.random.randbytes, new_id)

    def plans(self, **more: Any) -> Written:
        """A duty that everybody knows of."""
        duty = self.chen_jing.writes("duty", {"activity": "周末理发", "capacity": 2, **ON, **more})
        self.sends(self.chen_jing)
        for phone in self.helpers:
            phone.pulls()
        return duty

    def shifts(self, duty: Written) -> list[str]:
        sql = "SELECT volunteer FROM shift WHERE duty = ? AND state <> 'called_off' ORDER BY record"
        return [row[0] for row in self.store.rows(sql, (duty.record,))]

    def told(self, duty: Written) -> Any:
        return self.store.row("SELECT places_taken, people_waiting FROM duty WHERE record = ?", (duty.record,))


@pytest.fixture
def station(centre: Centre) -> Station:
    return Station(centre)


def of_shift(phone: Phone, record: str, **values: Any) -> Written:
    """A change of a shift, by an app that knows its newest declaration."""
    phone.version = phone.centre.schema.kinds["shift"].version
    written = phone.changes(record, values)
    phone.version = 1
    return written


def asks(phone: Phone, duty: Written, **more: Any) -> Written:
    return phone.writes("sign_up", {"duty": duty.record, "volunteer": phone.person, **more})


def answers(station: Station, *wishes: Written) -> list[tuple[str, int | None]]:
    sql = "SELECT state, position FROM sign_up WHERE record = ?"
    return [station.store.row(sql, (wish.record,)) for wish in wishes]


def test_places_go_to_who_arrives_first_and_the_others_wait_in_that_order(station):
    duty = station.plans()
    wishes = [asks(phone, duty) for phone in station.helpers[:4]]
    for phone in reversed(station.helpers[:4]):
        station.sends(phone)

    assert answers(station, *reversed(wishes)) == [
        ("confirmed", None),
        ("confirmed", None),
        ("waiting", 1),
        ("waiting", 2),
    ]
    assert sorted(station.shifts(duty)) == ["helper_2", "helper_3"]
    assert station.told(duty) == (2, 2)
    assert station.helpers[0].sees(wishes[0]).state == "waiting"


def test_whoever_withdraws_makes_room_for_the_first_who_waits(station):
    duty = station.plans(capacity=1)
    first, second, third = station.helpers[:3]
    wishes = [asks(phone, duty) for phone in (first, second, third)]
    for phone in (first, second, third):
        station.sends(phone)
    first.changes(wishes[0], {"state": "withdrawn"})
    station.sends(first)

    assert answers(station, *wishes) == [("withdrawn", None), ("confirmed", None), ("waiting", 1)]
    second.pulls()
    shift = second.sees(wishes[1]).shift
    of_shift(second, shift, state="called_off")
    station.sends(second)
    assert answers(station, *wishes) == [("withdrawn", None), ("withdrawn", None), ("confirmed", None)]
    assert station.shifts(duty) == ["helper_2"]


def test_a_withdrawal_that_crosses_the_answer_counts(station):
    duty = station.plans(capacity=1)
    first, second = station.helpers[:2]
    wish, other = asks(first, duty), asks(second, duty)
    station.sends(first, hears=False)
    station.sends(second)
    first.changes(wish, {"state": "withdrawn"})
    station.sends(first)

    assert answers(station, wish, other) == [("withdrawn", None), ("confirmed", None)]
    assert first.sees(wish).state == "withdrawn"
    assert station.shifts(duty) == ["helper_1"]


def test_more_places_let_more_in_and_fewer_than_are_taken_are_refused(station):
    duty = station.plans(capacity=1)
    wishes = [asks(phone, duty) for phone in station.helpers[:3]]
    for phone in station.helpers[:3]:
        station.sends(phone)
    station.chen_jing.pulls()
    station.chen_jing.changes(duty, {"capacity": 2})
    station.sends(station.chen_jing)
    assert answers(station, *wishes) == [("confirmed", None), ("confirmed", None), ("waiting", 1)]

    fewer = station.chen_jing.changes(duty, {"capacity": 1})
    station.sends(station.chen_jing)
    assert station.chen_jing.receipts[fewer.id].problem.code == "duty_full"


def test_a_duty_that_is_called_off_tells_everybody(station):
    duty = station.plans(capacity=1)
    wishes = [asks(phone, duty) for phone in station.helpers[:2]]
    for phone in station.helpers[:2]:
        station.sends(phone)
    station.chen_jing.pulls()
    station.chen_jing.changes(duty, {"state": "called_off", "called_off_because": "下大雨"})
    station.sends(station.chen_jing)

    assert answers(station, *wishes) == [("declined", None), ("declined", None)]
    row = station.store.row("SELECT state, called_off_because FROM shift WHERE duty = ?", (duty.record,))
    assert row == ("called_off", "下大雨")
    late = asks(station.helpers[2], duty)
    station.sends(station.helpers[2])
    assert station.helpers[2].receipts[late.id].problem.code == "duty_closed"


def test_who_signs_up_after_it_began_is_told_and_who_waited_till_then_too(station):
    duty = station.plans(capacity=1)
    wishes = [asks(phone, duty) for phone in station.helpers[:2]]
    for phone in station.helpers[:2]:
        station.sends(phone)
    late = asks(station.helpers[2], duty)
    station.centre.now = station.centre.now.replace(month=3, day=14, hour=1, minute=0)
    station.sends(station.helpers[2])
    assert station.helpers[2].receipts[late.id].problem.code == "duty_closed"
    station.gives()
    assert answers(station, *wishes) == [("confirmed", None), ("declined", None)]


def test_a_second_sign_up_and_one_more_by_hand_are_held(station):
    duty = station.plans(capacity=1)
    first = station.helpers[0]
    asks(first, duty)
    again = asks(first, duty)
    station.sends(first)
    assert first.receipts[again.id].problem.code == "sign_up_twice"

    values = {"volunteer": "helper_1", "duty": duty.record, "activity": "周末理发", "shift_on": ON["duty_on"]}
    station.chen_jing.version = station.schema.kinds["shift"].version
    more = station.chen_jing.writes("shift", {**values, "starts_at": "09:00", "ends_at": "11:00"})
    station.sends(station.chen_jing)
    assert station.chen_jing.receipts[more.id].problem.code == "duty_full"


def test_a_role_that_is_full_waits_while_another_has_room(station):
    roles = {"roles.a1b2c3d4": {"name": "理发", "number": 1}, "roles.a1b2c3d5": {"name": "引导", "number": 1}}
    duty = station.plans(capacity=3, **roles)
    wanted = ["理发", "理发", "引导", None, None]
    wishes = []
    for phone, role in zip(station.helpers, wanted, strict=False):
        wishes.append(asks(phone, duty, **({"role": role} if role else {})))
        station.sends(phone)

    states = [state for state, _ in answers(station, *wishes)]
    assert states == ["confirmed", "waiting", "confirmed", "confirmed", "waiting"]
    assert station.store.rows("SELECT role FROM shift WHERE volunteer = 'helper_3'") == [(None,)]


def test_two_turns_at_one_time_only_for_who_said_so(station):
    one, other = (
        station.plans(capacity=1),
        station.plans(capacity=1, activity="送餐", starts_at="10:30", ends_at="12:00"),
    )
    first, second = station.helpers[:2]
    asks(first, one)
    wish = asks(first, other)
    behind = asks(second, other)
    station.sends(first)
    assert station.store.row("SELECT state, clash FROM sign_up WHERE record = ?", (wish.record,)) == ("wanted", 1)
    first.changes(wish, {"clash_known": True})
    station.sends(first)
    station.sends(second)
    assert answers(station, wish, behind) == [("confirmed", None), ("waiting", 1)]
    assert station.store.value("SELECT clash FROM sign_up WHERE record = ?", (wish.record,)) == 1


def test_a_colleague_who_takes_an_offered_shift_has_the_place(station):
    duty = station.plans(capacity=1)
    first, second, third = station.helpers[:3]
    wish, waiting = asks(first, duty), asks(third, duty)
    station.sends(first)
    station.sends(third)
    shift = first.sees(wish).shift
    of_shift(first, shift, offered_to="helper_1")
    station.sends(first)
    second.pulls()
    assert station.shifts(duty) == ["helper_0"]
    of_shift(second, shift, volunteer="helper_1", offered_to=None)
    station.sends(second)

    assert station.shifts(duty) == ["helper_1"]
    assert answers(station, wish, waiting) == [("withdrawn", None), ("waiting", 1)]
    assert station.store.value("SELECT because FROM sign_up WHERE record = ?", (wish.record,)) == "passed_on"


def test_whose_file_is_not_ready_is_told_so_and_the_next_has_the_place(station):
    duty = station.plans(capacity=1)
    wishes = [asks(phone, duty) for phone in station.helpers[:3]]
    for phone in station.helpers[:3]:
        station.sends(phone)
    file = {"person": "helper_1", "name": "乙", "phone": "138 0000 0000", "birth_date": "1970-01-01"}
    station.chen_jing.writes("volunteer", {**file, "applied_on": "2026-03-01"})
    station.sends(station.chen_jing)
    station.helpers[0].changes(wishes[0], {"state": "withdrawn"})
    station.sends(station.helpers[0])

    assert answers(station, *wishes) == [("withdrawn", None), ("declined", None), ("confirmed", None)]
    assert station.store.value("SELECT because FROM sign_up WHERE record = ?", (wishes[1].record,)) == "not_yet"


def test_shifts_follow_their_duty_and_what_was_changed_in_one_later_stays(station):
    duty = station.plans()
    for phone in station.helpers[:2]:
        asks(phone, duty)
        station.sends(phone)
    station.centre.now += timedelta(minutes=5)
    station.chen_jing.pulls()
    station.chen_jing.changes(duty, {"starts_at": "08:30", "place": "三楼"})
    station.sends(station.chen_jing)
    sql = "SELECT starts_at, place FROM shift WHERE duty = ? ORDER BY volunteer"
    assert station.store.rows(sql, (duty.record,)) == [("08:30", "三楼")] * 2

    station.centre.now += timedelta(minutes=5)
    (mine,) = station.store.row("SELECT record FROM shift WHERE volunteer = 'helper_0'")
    station.chen_jing.pulls()
    of_shift(station.chen_jing, mine, starts_at="09:30")
    station.sends(station.chen_jing)
    assert station.gives() == 0
    assert station.store.rows(sql, (duty.record,)) == [("09:30", "三楼"), ("08:30", "三楼")]


# Any order of arrival


def play(seed: int, centre: Centre) -> Counter[str]:
    """One station, two duties, six phones that sign up, withdraw, call off, swap and lose answers, in any order."""
    rng = random.Random(seed)  # noqa: S311
    station = Station(centre)
    counts: Counter[str] = Counter()
    duties = [
        station.plans(capacity=rng.randint(1, 3)),
        station.plans(capacity=rng.randint(1, 3), activity="送餐", starts_at="10:00", ends_at="12:00"),
    ]
    wishes: dict[str, tuple[Phone, Written]] = {}
    for _ in range(30):
        phone = rng.choice(station.helpers)
        station.centre.now += timedelta(minutes=1)
        counts[act(station, phone, duties, wishes, rng)] += 1
        if rng.random() < 0.6:
            station.sends(phone, hears=rng.random() < 0.7)
        if rng.random() < 0.1:
            station.chen_jing.pulls()
            duty = rng.choice(duties)
            station.chen_jing.changes(duty, {"capacity": rng.randint(1, 4)})
            station.sends(station.chen_jing)
        never_too_many(station, duties)
    for _ in range(3):
        for phone in station.helpers:
            station.sends(phone)
    station.gives()
    never_too_many(station, duties)
    nobody_is_lost(station, duties, wishes)
    assert station.gives() == 0, "asked again, nothing follows"
    assert materialise.rebuild(station.store, station.schema) == []
    return counts


def act(
    station: Station, phone: Phone, duties: list[Written], wishes: dict[str, tuple[Phone, Written]], rng: random.Random
) -> str:
    """Something that one volunteer does on her phone, with or without a network."""
    mine = [one for name, one in wishes.values() if name is phone]
    live = [one for one in mine if (seen := phone.sees(one)) and seen.state in ("wanted", "waiting", "confirmed")]
    shifts = [
        name
        for name, base in phone.base.items()
        if base.kind == "shift" and phone.sees(name).volunteer == phone.person and phone.sees(name).state == "expected"
    ]
    what = rng.choice(("asks", "asks", "withdraws", "calls off", "offers", "takes", "says it is known"))
    if what == "asks":
        duty = rng.choice(duties)
        wish = asks(phone, duty, **({"clash_known": True} if rng.random() < 0.3 else {}))
        wishes[wish.id] = phone, wish
    elif what == "withdraws" and live:
        phone.changes(rng.choice(live), {"state": "withdrawn"})
    elif what == "says it is known" and live:
        phone.changes(rng.choice(live), {"clash_known": True})
    elif what == "calls off" and shifts:
        of_shift(phone, rng.choice(shifts), state="called_off")
    elif what == "offers" and shifts:
        of_shift(phone, rng.choice(shifts), offered_to=rng.choice(HELPERS))
    elif what == "takes":
        offered = [
            name
            for name, base in phone.base.items()
            if base.kind == "shift" and phone.sees(name).offered_to == phone.person
        ]
        if not offered:
            return "nothing"
        of_shift(phone, rng.choice(offered), volunteer=phone.person, offered_to=None)
    else:
        return "nothing"
    return what


def never_too_many(station: Station, duties: list[Written]) -> None:
    for duty in duties:
        capacity = station.store.value("SELECT capacity FROM duty WHERE record = ?", (duty.record,))
        there = station.shifts(duty)
        assert len(there) <= capacity, "more shifts than places"
        assert len(there) == len(set(there)), "somebody twice in one duty"


def nobody_is_lost(station: Station, duties: list[Written], wishes: dict[str, tuple[Phone, Written]]) -> None:
    """Each sign-up is answered, or held with its reason; who waits does so in the order of arrival, and only while the
    duty is full.
    """
    for phone, wish in wishes.values():
        receipt = phone.receipts[wish.id]
        if receipt.status == "held":
            assert receipt.problem.code == "sign_up_twice"
            continue
        state = station.store.value("SELECT state FROM sign_up WHERE record = ?", (wish.record,))
        clash = station.store.value("SELECT clash FROM sign_up WHERE record = ?", (wish.record,))
        assert state != "wanted" or clash
    for duty in duties:
        rows = station.store.rows(
            "SELECT w.position, w.volunteer, (SELECT min(l.position) FROM log l WHERE l.record = w.record"
            " AND l.status = 'accepted') AS arrived FROM sign_up w WHERE w.duty = ? AND w.state = 'waiting'"
            " AND w.position IS NOT NULL ORDER BY arrived",
            (duty.record,),
        )
        assert [position for position, *_ in rows] == list(range(1, len(rows) + 1))
        capacity = station.store.value("SELECT capacity FROM duty WHERE record = ?", (duty.record,))
        there = station.shifts(duty)
        assert not rows or len(there) == capacity, "a place is free while somebody waits"
        assert (station.told(duty)[0] or 0) == len(there)
        confirmed = station.store.rows(
            "SELECT volunteer FROM sign_up WHERE duty = ? AND state = 'confirmed'", (duty.record,)
        )
        assert {row[0] for row in confirmed} <= set(there)


def play_alone(seed: int) -> Counter[str]:
    """The same in a store of its own."""
    centre = Centre(seed=seed)
    found = play(seed, centre)
    centre.store.close()
    return found


@pytest.mark.parametrize("first", range(0, SEEDS, 10))
def test_in_any_order_of_arrival_nobody_is_lost_and_no_place_is_given_twice(first):
    counts = sum((play_alone(seed) for seed in range(first, first + 10)), Counter[str]())

    assert counts["asks"] and counts["withdraws"] and counts["calls off"]


def test_both_databases_give_the_same_places(centre):
    assert play(7, centre)["asks"]
