"""The hours of a shift are one record, whichever phone writes them: its id follows from the shift's.

Not here: how the app signs in and out (pwa/tests/phone), and what the times of two phones show (the kind's examples).
"""

from itertools import permutations

import pytest

from sync.materialise import rebuild
from tests.centre import Centre, Phone, Written

SHIFT = {
    "volunteer": "huang_li",
    "activity": "便民服务日",
    "shift_on": "2026-03-10",
    "starts_at": "09:00",
    "ends_at": "11:30",
}


def hours_of(shift: str) -> str:
    """As `hoursOf` of the app names them: the shift's id as of a version that no drawn id has."""
    return f"{shift[:14]}8{shift[15:]}"


def hours(phone: Phone, shift: Written, started: str, ended: str, **others: str) -> Written:
    values = {
        "volunteer": "huang_li",
        "shift": shift.record,
        "activity": "便民服务日",
        "worked_on": "2026-03-10",
        "started_at": started,
        "ended_at": ended,
        "provenance": "signed",
        **others,
    }
    return phone.seals(hours_of(shift.record), "hour_entry", values, base=0, replaces={}, scopes=[])


@pytest.fixture
def shift(centre: Centre) -> Written:
    made = centre.chen_jing.writes("shift", **SHIFT)
    centre.chen_jing.meets_network()
    for phone in (centre.huang_li, centre.chen_jing):
        phone.pulls()
    centre.passes(hours=3)
    return made


@pytest.mark.parametrize("order", list(permutations(("huang_li", "chen_jing"))))
def test_the_volunteer_and_the_coordinator_who_write_them_apart_make_one_entry(centre, shift, order):
    hours(centre.huang_li, shift, "09:02", "11:31")
    hours(centre.chen_jing, shift, "09:00", "11:35")

    for name in order:
        assert [answer[1] for answer in getattr(centre, name).meets_network()] == ["accepted"]

    for phone in (centre.huang_li, centre.chen_jing):
        phone.pulls()
        seen = phone.sees(hours_of(shift.record))
        assert (seen.started_at, seen.ended_at, seen.minutes, seen.versions) == ("09:00", "11:31", 151, {})
    assert centre.store.rows("SELECT count(*) FROM hour_entry") == [(1,)]
    rebuild(centre.store, centre.schema)
    assert centre.store.rows("SELECT started_at, ended_at FROM hour_entry") == [("09:00", "11:31")]


def test_times_further_apart_are_two_versions_and_not_two_entries(centre, shift):
    hours(centre.huang_li, shift, "09:02", "11:31")
    hours(centre.chen_jing, shift, "09:00", "12:30")
    for name in ("huang_li", "chen_jing"):
        getattr(centre, name).meets_network()

    centre.chen_jing.pulls()
    seen = centre.chen_jing.sees(hours_of(shift.record))
    assert (seen.ended_at, sorted(seen.versions["ended_at"])) == ("11:31", ["11:31", "12:30"])


def test_whoever_was_second_says_nothing_new_about_whose_hours_they_are(centre, shift):
    """A volunteer may not change whose hours an entry is, also not as a second first save."""
    hours(centre.chen_jing, shift, "09:00", "11:30")
    forged = hours(centre.huang_li, shift, "09:00", "11:30", volunteer="deng_jie")
    centre.chen_jing.meets_network()

    answers = [answer for answer in centre.huang_li.meets_network() if answer[0] == forged.id]
    assert [answer[1:3] for answer in answers] == [("held", "field_not_permitted")]
