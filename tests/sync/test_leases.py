"""Two desks and one record: who looks at it, for how long, taking it over; and that it forbids nobody anything.

Not here: what is decided (test_decide.py).
"""

import pytest

from sync import read
from sync.leases import Lease, holders, leave, look
from tests.centre import VISITED, Centre


@pytest.fixture
def visit(centre: Centre) -> str:
    """A visit that waits, in a team with two supervisors."""
    centre.sets_roles("luo_wei", ("supervisor", "heping_1"))
    found = centre.visit(centre.home(), **VISITED)
    centre.luo_wei.pulls()
    return found


def looks(centre: Centre, person: str, record: str, takes_over: bool = False) -> Lease | None:
    me = centre.phones[person].me()
    return look(centre.store, centre.schema, me, record, takes_over, centre.now)


def test_who_looks_first_holds_it_for_fifteen_minutes_and_others_are_told(centre: Centre, visit: str):
    assert looks(centre, "zhou_hui", visit).person == "zhou_hui"
    centre.passes(minutes=14)
    told = looks(centre, "luo_wei", visit)
    assert (told.person, told.until) == ("zhou_hui", "2026-03-10T02:15:00Z")
    (item,) = read.review_items(centre.store, centre.schema, centre.luo_wei.me(), "waiting", now=centre.now).items
    assert (item.looking.person_name, item.looking.until) == ("周慧", "2026-03-10T02:15:00Z")
    centre.passes(minutes=1)
    assert looks(centre, "luo_wei", visit).person == "luo_wei"


def test_looking_again_renews_it_and_it_can_be_taken_over(centre: Centre, visit: str):
    looks(centre, "zhou_hui", visit)
    centre.passes(minutes=10)
    assert looks(centre, "zhou_hui", visit).until == "2026-03-10T02:25:00Z"
    assert looks(centre, "luo_wei", visit, takes_over=True).person == "luo_wei"
    # Who had it is told with the next look, and may take it back.
    assert looks(centre, "zhou_hui", visit).person == "luo_wei"
    assert looks(centre, "zhou_hui", visit, takes_over=True).person == "zhou_hui"


def test_a_desk_looks_at_one_record_and_what_it_leaves_is_free(centre: Centre, visit: str):
    other = centre.visit(centre.home(), **VISITED)
    looks(centre, "zhou_hui", visit)
    looks(centre, "zhou_hui", other)
    assert looks(centre, "luo_wei", visit).person == "luo_wei"
    leave(centre.store, centre.zhou_hui.me(), centre.now)
    assert [*holders(centre.store, [visit, other], centre.now)] == [visit]


def test_a_lease_refuses_no_edit_and_no_decision_and_stands_in_no_log(centre: Centre, visit: str):
    looks(centre, "zhou_hui", visit)
    length = len(centre.log)
    looks(centre, "luo_wei", visit, takes_over=True)
    assert len(centre.log) == length
    centre.li_min.pulls()
    centre.li_min.changes(visit, observation="路上想起来的")
    ((_, answer),) = centre.li_min.meets_network()
    assert answer == "accepted"
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides(visit, "approve")["review"]["state"] == "approved"


@pytest.mark.parametrize("person", ["li_min", "huang_li", "wu_jianguo", "lin_yan"])
def test_who_does_not_decide_on_a_record_learns_nothing_and_holds_nothing(centre: Centre, visit: str, person: str):
    looks(centre, "zhou_hui", visit)
    assert looks(centre, person, visit, takes_over=True) is None
    assert looks(centre, "luo_wei", visit).person == "zhou_hui"
    assert looks(centre, person, "no-such-record") is None
