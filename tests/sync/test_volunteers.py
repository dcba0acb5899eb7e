"""The file of a volunteer: who takes it which step, what must be there before she serves, what she may be given on a
day, and lists of a training from several phones.
"""

from itertools import permutations
from typing import Any

import pytest

from tests.centre import HOURS, Centre, Phone, Written

APPLICATION = {"name": "黄丽", "phone": "13600002210", "birth_date": "1968-05-04", "applied_on": "2026-03-01"}
AGREED = {"agreement_on": "2026-03-05", "agreed_wording": "form_2026_11", "agreed_how": "own_phone"}
GUARDIAN = {"guardian_name": "林桂英", "guardian_phone": "13800003307", "guardian_agreed_on": "2026-03-04"}
TRAINING = {
    **{"type": "pre_service", "topics": "守则、保密", "held_on": "2026-03-08"},
    **{"starts_at": "09:00", "ends_at": "11:00"},
}
SHIFT = {"activity": "便民服务日", "shift_on": "2026-03-12", "starts_at": "09:00", "ends_at": "11:00"}
VERIFIED = {"state": "verified", "verified_on": "2026-03-09"}


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


class Station:
    """A coordinator and somebody who applied."""

    def __init__(self, centre: Centre, **application: Any) -> None:
        self.centre, self.chen_jing, self.huang_li = centre, centre.chen_jing, centre.huang_li
        self.file = self.huang_li.writes("volunteer", {**APPLICATION, "person": "huang_li", **application}).record
        delivers(self.huang_li, self.chen_jing)

    def goes(self, *states: str, **values: Any) -> None:
        """The coordinator takes the file on, step by step; what a step asks is written with it."""
        asked: dict[str, dict[str, Any]] = {
            "admitted": {"admitted_on": "2026-03-06"},
            "active": {"active_since": "2026-03-10"},
            "paused": {"paused_until": "2026-03-20", "paused_because": "回老家"},
            "resigned": {"left_on": "2026-03-10", "left_because": "搬家"},
            "advised_to_leave": {"left_on": "2026-03-10", "left_because": "三次没来"},
            "rejected": {"rejected_on": "2026-03-10", "rejected_because": "周末没空"},
        }
        for state in states:
            self.chen_jing.changes(self.file, {"state": state, **asked.get(state, {}), **values})
            delivers(self.chen_jing)

    def to_training(self) -> None:
        self.goes("doc_review", "interview", "admitted", "training")

    def trains(self, was_there: Any = True, **values: Any) -> str:
        """A verified training with her on the list."""
        listed = {"name": "黄丽", "present": was_there}
        record = self.plans(listed, **values)
        for step in ({"state": "held"}, VERIFIED):
            self.chen_jing.changes(record, step)
        delivers(self.chen_jing)
        return record

    def plans(self, listed: dict[str, Any], **values: Any) -> str:
        record = self.chen_jing.writes("training", {**TRAINING, f"people.{row(self.file)}": listed, **values}).record
        delivers(self.chen_jing)
        return record

    def serves(self) -> None:
        self.to_training()
        self.trains()
        self.goes("active", **AGREED)

    def begins(self, **values: Any) -> Written:
        """The step to serving, not sent yet."""
        return self.chen_jing.changes(self.file, {"state": "active", "active_since": "2026-03-10", **AGREED, **values})

    def gives_shift(self, **values: Any) -> Written:
        return self.chen_jing.writes("shift", {**SHIFT, "volunteer": "huang_li", **values})


@pytest.fixture
def station(centre: Centre) -> Station:
    return Station(centre)


# --- the steps ------------------------------------------------------------------------------------------------------


def test_she_applies_without_a_network_and_is_trained_before_she_serves(station: Station):
    station.serves()

    station.huang_li.pulls()
    assert station.huang_li.sees(station.file).state == "active"


def test_nobody_takes_her_on_but_the_coordinator(station: Station):
    written = station.huang_li.changes(station.file, state="doc_review")

    assert refused(station.huang_li, written) == ("field_not_permitted", "state")


def test_nobody_serves_without_a_training(station: Station):
    station.to_training()

    assert refused(station.chen_jing, station.begins()) == ("training_missing", "state")


@pytest.mark.parametrize(
    ("listed", "values", "why"),
    [
        ({"present": False}, {}, "was not there"),
        ({}, {}, "is on the list only"),
        ({"present": True}, {"type": "periodic"}, "of another type"),
        ({"present": True}, {"tested": True}, "with a test that she did not take"),
        ({"present": True, "passed": False}, {"tested": True}, "with a test that she did not pass"),
    ],
)
def test_a_training_counts_only_where_she_was_there_and_passed(
    station: Station, listed: dict[str, Any], values: dict[str, Any], why: str
):
    station.to_training()
    record = station.plans({"name": "黄丽", **listed}, **values)
    for step in ({"state": "held"}, VERIFIED):
        station.chen_jing.changes(record, step)
    delivers(station.chen_jing)

    assert refused(station.chen_jing, station.begins()) == ("training_missing", "state"), why


def test_a_training_with_a_test_that_she_passed_counts(station: Station):
    station.to_training()
    record = station.plans({"name": "黄丽", "present": True, "passed": True, "score": 80}, tested=True)
    for step in ({"state": "held"}, VERIFIED):
        station.chen_jing.changes(record, step)
    station.begins()

    delivers(station.chen_jing)


def test_a_training_that_was_held_but_not_verified_does_not_count(station: Station):
    station.to_training()
    station.chen_jing.changes(station.plans({"name": "黄丽", "present": True}), state="held")

    assert refused(station.chen_jing, station.begins()) == ("training_missing", "state")


def test_what_was_held_for_want_of_a_training_is_let_in_once_it_is_verified(station: Station):
    station.to_training()
    early = station.begins()
    assert refused(station.chen_jing, early) == ("training_missing", "state")
    station.trains()

    answer = station.chen_jing.decides_held(early, "release")

    station.chen_jing.pulls()
    assert station.chen_jing.sees(station.file).state == "active", answer


def test_nobody_serves_without_having_agreed_to_the_code_of_conduct(station: Station):
    station.to_training()
    station.trains()

    assert refused(station.chen_jing, station.begins(agreement_on=None)) == ("missing", "agreement_on")


def test_she_agrees_on_her_own_phone(station: Station):
    station.huang_li.changes(station.file, AGREED)

    delivers(station.huang_li)


def test_who_is_not_admitted_is_told_why(station: Station):
    written = station.chen_jing.changes(station.file, state="rejected", rejected_on="2026-03-10")
    assert refused(station.chen_jing, written) == ("missing", "rejected_because")
    station.goes("rejected")

    station.huang_li.pulls()
    assert station.huang_li.sees(station.file).rejected_because == "周末没空"


def test_she_takes_leave_comes_back_and_leaves_by_herself(station: Station):
    station.serves()
    station.huang_li.pulls()
    for step in (
        {"state": "paused", "paused_until": "2026-03-20", "paused_because": "带孙子"},
        {"state": "active"},
        {"state": "resigned", "left_on": "2026-03-10", "left_because": "搬到外地"},
    ):
        station.huang_li.changes(station.file, step)
        delivers(station.huang_li)

    written = station.huang_li.changes(station.file, state="archived")
    assert refused(station.huang_li, written) == ("field_not_permitted", "state")


def test_nobody_advises_herself_to_leave(station: Station):
    station.serves()
    station.huang_li.pulls()
    written = station.huang_li.changes(
        station.file, state="advised_to_leave", left_on="2026-03-10", left_because="不想来"
    )

    assert refused(station.huang_li, written) == ("field_not_permitted", "state")


@pytest.mark.parametrize("name", ["active_since", "admitted_on", "birth_date", "core_member"])
def test_what_the_station_decides_is_not_hers_to_write(station: Station, name: str):
    value: Any = True if name == "core_member" else "2000-01-01"

    written = station.huang_li.changes(station.file, {name: value})

    assert refused(station.huang_li, written) == ("field_not_permitted", name)


def test_she_corrects_what_is_hers(station: Station):
    station.huang_li.changes(
        station.file, {"phone": "13700001111", "skills.haircut": True, "availability.tue0000a": TUESDAY}
    )

    delivers(station.huang_li)


TUESDAY = {"weekday": "tuesday", "day_part": "morning"}


def test_her_file_is_not_another_volunteer_s(station: Station):
    station.centre.deng_jie.pulls()

    assert station.file not in station.centre.deng_jie.base


def test_what_was_noted_of_her_is_not_on_her_phone(station: Station):
    note = {"volunteer": station.file, "step": "interview", "done_on": "2026-03-10", "note": "怕爬楼"}
    written = station.chen_jing.writes("volunteer_screening", note)
    delivers(station.chen_jing)
    station.huang_li.pulls()

    assert written.record in station.chen_jing.base
    assert written.record not in station.huang_li.base


# --- under 18 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "guardian", "code"),
    [
        ("2008-03-06", {}, None),
        ("2008-03-07", {}, "guardian_missing"),
        ("2008-03-07", GUARDIAN, None),
        ("2008-02-29", {}, None),
    ],
    ids=["18 that day", "18 the next day", "with a guardian", "born on 29 February"],
)
def test_who_is_under_18_on_the_day_is_admitted_with_a_guardian_s_word(
    centre: Centre, born: str, guardian: dict[str, str], code: str | None
):
    station = Station(centre, birth_date=born, **guardian)
    station.goes("doc_review", "interview")
    written = station.chen_jing.changes(station.file, state="admitted", admitted_on="2026-03-06")

    if code is None:
        delivers(station.chen_jing)
    else:
        assert refused(station.chen_jing, written) == (code, "guardian_name")


# --- what she may be given ------------------------------------------------------------------------------------------


def test_who_has_no_file_is_given_shifts_as_ever(centre: Centre):
    centre.chen_jing.writes("shift", {**SHIFT, "volunteer": "deng_jie"})

    delivers(centre.chen_jing)


def test_who_serves_is_given_a_shift(station: Station):
    station.serves()
    station.gives_shift()

    delivers(station.chen_jing)


@pytest.mark.parametrize(
    "states",
    [
        (),
        ("doc_review",),
        ("doc_review", "interview", "admitted", "training"),
        ("doc_review", "rejected"),
    ],
)
def test_who_has_not_begun_is_given_none(station: Station, states: tuple[str, ...]):
    station.goes(*states)

    assert refused(station.chen_jing, station.gives_shift()) == ("not_active", "volunteer")


@pytest.mark.parametrize("state", ["resigned", "advised_to_leave"])
def test_who_has_left_is_given_none(station: Station, state: str):
    station.serves()
    station.goes(state)

    assert refused(station.chen_jing, station.gives_shift()) == ("not_active", "volunteer")


@pytest.mark.parametrize(("day", "is_fine"), [("2026-03-20", False), ("2026-03-21", True)])
def test_who_is_away_is_given_shifts_from_the_day_after(station: Station, day: str, is_fine: bool):
    station.serves()
    station.goes("paused")
    written = station.gives_shift(shift_on=day)

    if is_fine:
        delivers(station.chen_jing)
    else:
        assert refused(station.chen_jing, written) == ("not_active", "volunteer")


def test_a_shift_is_not_moved_into_her_leave(station: Station):
    station.serves()
    shift = station.gives_shift(shift_on="2026-03-25").record
    delivers(station.chen_jing)
    station.goes("paused")

    written = station.chen_jing.changes(shift, shift_on="2026-03-19")

    assert refused(station.chen_jing, written) == ("not_active", "volunteer")


def test_a_shift_that_she_had_before_her_leave_stays_and_is_signed(station: Station):
    station.serves()
    shift = station.gives_shift(shift_on="2026-03-10").record
    delivers(station.chen_jing)
    station.goes("paused")
    station.huang_li.pulls()

    station.huang_li.changes(shift, signed_in_at="2026-03-10T01:00:00Z")

    delivers(station.huang_li)


@pytest.mark.parametrize(("day", "is_fine"), [("2026-03-09", False), ("2026-03-10", True)])
def test_hours_do_not_lie_before_the_day_she_began(station: Station, day: str, is_fine: bool):
    station.serves()
    written = station.huang_li.writes("hour_entry", {**HOURS, "volunteer": "huang_li", "worked_on": day})

    if is_fine:
        delivers(station.huang_li)
    else:
        assert refused(station.huang_li, written) == ("not_active", "volunteer")


def test_hours_of_who_never_began_are_held_with_their_words(station: Station):
    written = station.huang_li.writes("hour_entry", {**HOURS, "volunteer": "huang_li"})

    assert refused(station.huang_li, written) == ("not_active", "volunteer")


def test_hours_of_who_has_left_since_are_taken_in(station: Station):
    station.serves()
    written = station.huang_li.writes("hour_entry", {**HOURS, "volunteer": "huang_li"})
    station.goes("resigned")

    assert (written.id, "accepted") in station.huang_li.meets_network()


def test_a_file_that_arrives_later_takes_no_shift_back(centre: Centre):
    shift = centre.chen_jing.writes("shift", {**SHIFT, "volunteer": "huang_li"}).record
    delivers(centre.chen_jing)
    Station(centre)

    centre.chen_jing.changes(shift, place="广场")

    delivers(centre.chen_jing)


# --- the list of a training -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(("huang_li", "deng_jie", "chen_jing"))))
def test_ticks_from_several_phones_come_together_in_any_order(centre: Centre, order: tuple[str, ...]):
    chen_jing = centre.chen_jing
    files = {}
    for person in ("huang_li", "deng_jie"):
        files[person] = chen_jing.writes("volunteer", {**APPLICATION, "person": person}).record
        files[f"{person}.2"] = chen_jing.writes("volunteer", {**APPLICATION, "person": person, "on_paper": True}).record
    listed = {f"people.{row(one)}": {"name": name} for name, one in files.items()}
    helpers = {f"helpers.help{n}000": {"person": person} for n, person in enumerate(("huang_li", "deng_jie"))}
    training = chen_jing.writes("training", {**TRAINING, **listed, **helpers}).record
    delivers(chen_jing, centre.huang_li, centre.deng_jie)

    for person, name in zip(order, list(files)[:3], strict=True):
        centre.phones[person].changes(training, {f"people.{row(files[name])}": {"name": name, "present": True}})
    for person in order:
        delivers(centre.phones[person])

    chen_jing.pulls()
    people = chen_jing.sees(training).people
    assert sorted(one["name"] for one in people.values() if one.get("present")) == sorted(list(files)[:3])


def test_a_helper_ticks_the_list_and_verifies_nothing(station: Station):
    training = station.plans({"name": "黄丽"}, **{"helpers.help0000": {"person": "huang_li"}})
    station.huang_li.pulls()
    station.huang_li.changes(training, {f"people.{row(station.file)}": {"name": "黄丽", "present": True}})
    delivers(station.huang_li)

    written = station.huang_li.changes(training, state="held")
    assert refused(station.huang_li, written) == ("not_permitted", None) or written.id in station.huang_li.held
