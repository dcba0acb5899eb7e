"""Bad input about hours, through the server as a phone and a desk meet it: each has its own problem, with words in both
languages and a next step, and the words that were refused are kept.

Not here: wrong clocks and closed months (test_hour_clocks.py), two desks at once (test_hours_at_once.py), values by
themselves (schema/records/*.examples.toml).
"""

from typing import Any

import pytest

from schema.model import Membership
from sync import log, people
from tests.server.http_world import HttpWorld, Phone, key_of
from tests.server.test_hour_clocks import ENTRY, LATER, YESTERDAY, checks, code_of, held_at, shift
from tests.server.test_review_api import Desk

HELPING = "deng_jie"


@pytest.fixture
def huang_li(world: HttpWorld) -> Phone:
    return world.signs_in("huang_li")


@pytest.fixture
def chen_jing(world: HttpWorld) -> Desk:
    return Desk(world.signs_in("chen_jing"))


@pytest.fixture
def wu_jianguo(world: HttpWorld) -> Desk:
    return Desk(world.signs_in("wu_jianguo"))


def also_coordinates(world: HttpWorld, person: str) -> Desk:
    """Somebody who is a volunteer and helps to coordinate them."""
    store = world.opened()
    name = people.name_of(store, person)
    roles = [Membership(role, "heping", None) for role in ("volunteer", "volunteer_coordinator")]
    people.add_member(store, person, name, "heping", roles)
    store.close()
    return Desk(world.signs_in(person))


# What a save says


BAD_HOURS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a negative break": ({"break_minutes": -10}, "out_of_range", "break_minutes"),
    "a negative way": ({"travel_minutes": -1}, "out_of_range", "travel_minutes"),
    "no time at all": ({"ended_at": "09:00"}, "hours_zero", "ended_at"),
    "an end before the start": ({"ended_at": "08:00"}, "hours_past_midnight", "ended_at"),
    "a day of 25 hours": ({"started_at": "00:00", "ended_at": "25:00"}, "wrong_type", "ended_at"),
    "24 o'clock": ({"started_at": "00:00", "ended_at": "24:00"}, "wrong_type", "ended_at"),
    "a break as long as the time": ({"break_minutes": 120}, "break_too_long", "break_minutes"),
    "a way as long as the time": ({"travel_minutes": 120}, "travel_too_long", "travel_minutes"),
    "a number of minutes of one's own": ({"minutes": 480}, "derived_field", "minutes"),
    "a day to come": ({"worked_on": "2026-11-20"}, "date_in_future", "worked_on"),
    "a day that is none": ({"worked_on": "2026-02-30"}, "wrong_type", "worked_on"),
    "later without a reason": ({"provenance": "added_later"}, "missing", "late_reason"),
    "for somebody else": ({"volunteer": "deng_jie"}, "not_permitted", "volunteer"),
    "for somebody who is no volunteer": ({"volunteer": "li_min"}, "unknown_choice", "volunteer"),
    "a correction without a reason": ({"corrects": "itself"}, "missing", "correction_reason"),
}


@pytest.mark.parametrize("what", BAD_HOURS)
def test_bad_hours_are_held_by_a_name_of_their_own_and_keep_their_words(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk, what: str
) -> None:
    values, code, field = BAD_HOURS[what]
    if values.get("corrects"):
        values = {**values, "corrects": huang_li.writes("hour_entry", ENTRY)}
    entry = huang_li.save("hour_entry", {**ENTRY, "activity": "words of hers", **values})
    (receipt,) = huang_li.pushes(entry)
    assert (receipt["status"], code_of(receipt)) == ("held", code)
    assert receipt["problem"]["field"] in (field, None)
    store = world.opened()
    (kept,) = [one.body for one in log.entries(store) if one.id == entry["id"]]
    store.close()
    assert "words of hers" in kept
    # Whoever answers for it finds it in the list of what is held.
    assert entry["id"] in [item["save"] for item in chen_jing.items("held")]


def test_the_longest_day_is_shown_and_counts_no_more_than_a_day_may(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    whole = huang_li.writes("hour_entry", {**ENTRY, "started_at": "00:00", "ended_at": "23:59"})
    again = huang_li.writes("hour_entry", {**ENTRY, "started_at": "00:00", "ended_at": "23:58"})
    assert {"over_day", "overlap"} <= set(checks(world, whole)) & set(checks(world, again))


def test_signing_out_without_having_signed_in_is_held_at_the_field_that_lacks(huang_li: Phone, chen_jing: Desk) -> None:
    turn = shift(chen_jing)
    out = huang_li.save("shift", {"signed_out_at": "2026-11-18T03:00:00Z"}, record=turn, base=1)
    (receipt,) = huang_li.pushes(out)
    assert (receipt["status"], code_of(receipt), receipt["problem"]["field"]) == ("held", "missing", "signed_in_at")
    assert held_at(chen_jing, out["id"])["values"]["signed_out_at"] == "2026-11-18T03:00:00Z"


def test_two_shifts_at_one_time_are_both_planned_and_their_hours_certified_once(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    first, second = shift(chen_jing), shift(chen_jing, activity="盘点", starts_at="10:00", ends_at="12:00")
    one = huang_li.writes("hour_entry", {**ENTRY, "shift": first})
    two = huang_li.writes("hour_entry", {**ENTRY, "shift": second, "started_at": "10:00", "ended_at": "12:00"})
    assert "overlap" in checks(world, one) and "overlap" in checks(world, two)
    assert chen_jing.state_after(one, "approve") == "approved"
    assert chen_jing.problem_of(two, "approve") == "hours_overlap_certified"
    assert [item["record"] for item in chen_jing.items("waiting")] == [two]


# Who certifies


def test_nobody_certifies_hours_of_their_own(world: HttpWorld) -> None:
    deng_jie = also_coordinates(world, HELPING)
    entry = deng_jie.phone.writes("hour_entry", {**ENTRY, "volunteer": HELPING})
    assert deng_jie.problem_of(entry, "approve") == "hours_own"
    # Not what another wrote about them either.
    chen_jing = Desk(world.signs_in("chen_jing"))
    other = chen_jing.phone.writes(
        "hour_entry", {**ENTRY, **LATER, "volunteer": HELPING, "started_at": "14:00", "ended_at": "15:00"}
    )
    assert deng_jie.problem_of(other, "approve") == "hours_own"
    assert chen_jing.state_after(entry, "approve") == "approved"


def test_nobody_certifies_what_they_wrote_alone_or_made_longer(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk, wu_jianguo: Desk
) -> None:
    hers = chen_jing.phone.writes("hour_entry", {**ENTRY, **LATER})
    assert chen_jing.problem_of(hers, "approve") == "hours_second_person"
    assert wu_jianguo.state_after(hers, "approve") == "approved"
    afternoon = {"started_at": "14:00", "ended_at": "15:00"}
    first = huang_li.save("hour_entry", {**ENTRY, **afternoon})
    huang_li.pushes(first)
    chen_jing.phone.pushes(
        chen_jing.phone.save(
            "hour_entry", {"ended_at": "18:00"}, record=first["record"], base=1, replaces={"ended_at": [key_of(first)]}
        )
    )
    assert chen_jing.problem_of(first["record"], "approve") == "hours_second_person"


@pytest.mark.parametrize("person", ["huang_li", "li_min", "zhou_hui", "lin_yan"])
def test_who_certifies_nobody_cannot_by_asking_the_server(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk, person: str
) -> None:
    entry = huang_li.writes("hour_entry", ENTRY)
    seen = chen_jing.detail(entry)["revision"]
    other = Desk(world.signs_in(person))
    assert other.problem_of(entry, "approve", revision=seen) in ("cannot_decide", "not_found")
    assert [item["record"] for item in chen_jing.items("waiting")] == [entry]


# Corrections


def test_a_correction_of_anothers_hours_is_held(world: HttpWorld, huang_li: Phone, chen_jing: Desk) -> None:
    deng_jie = world.signs_in("deng_jie")
    other = deng_jie.writes("hour_entry", {**ENTRY, "volunteer": "deng_jie"})
    correction = {**ENTRY, **LATER, "corrects": other, "correction_reason": "时间写错了"}
    (receipt,) = huang_li.pushes(huang_li.save("hour_entry", correction))
    assert (receipt["status"], code_of(receipt)) == ("held", "not_permitted")
    entry = chen_jing.phone.save("hour_entry", correction)
    (receipt,) = chen_jing.phone.pushes(entry)
    assert (receipt["status"], code_of(receipt)) == ("held", "correction_of_another")
    assert held_at(chen_jing, entry["id"])["values"]["correction_reason"] == "时间写错了"


def test_a_correction_of_what_was_rejected_is_held(huang_li: Phone, chen_jing: Desk) -> None:
    entry = huang_li.writes("hour_entry", ENTRY)
    assert chen_jing.state_after(entry, "reject") == "rejected"
    correction = huang_li.save("hour_entry", {**ENTRY, **LATER, "corrects": entry, "correction_reason": "时间写错了"})
    (receipt,) = huang_li.pushes(correction)
    assert (receipt["status"], code_of(receipt)) == ("held", "correction_of_rejected")
    assert held_at(chen_jing, correction["id"])["values"]["correction_reason"] == "时间写错了"


def test_what_was_corrected_is_corrected_once(huang_li: Phone, chen_jing: Desk) -> None:
    entry = huang_li.writes("hour_entry", ENTRY)
    assert chen_jing.state_after(entry, "approve") == "approved"
    wrong = {**ENTRY, **LATER, "ended_at": "10:30", "corrects": entry, "correction_reason": "早走了"}
    first, second = huang_li.writes("hour_entry", wrong), huang_li.writes("hour_entry", {**wrong, "ended_at": "10:00"})
    assert chen_jing.state_after(first, "approve") == "approved"
    assert chen_jing.problem_of(second, "approve") == "correction_of_correction"
    third = huang_li.save("hour_entry", {**wrong, "ended_at": "09:45"})
    (receipt,) = huang_li.pushes(third)
    assert (receipt["status"], code_of(receipt)) == ("held", "correction_of_correction")
    # What stands corrected stays as it is until its correction is opened.
    assert chen_jing.problem_of(entry, "return", sentence="再看一下") == "hours_corrected"


def test_hours_name_no_shift_that_was_never_theirs(world: HttpWorld, huang_li: Phone, chen_jing: Desk) -> None:
    turn = shift(chen_jing, volunteer="deng_jie", shift_on=YESTERDAY)
    (receipt,) = huang_li.pushes(huang_li.save("hour_entry", {**ENTRY, "shift": turn}))
    assert (receipt["status"], code_of(receipt), receipt["problem"]["field"]) == ("held", "not_permitted", "shift")
