"""Wrong clocks and late pens, through the server as a phone and a desk meet it: what a clock or a hand made of hours is
taken in and shown to whoever certifies, or refused by a declared rule in words; nothing of it passes in silence.

Not here: how minutes are counted (tests/sync/test_hours.py), orders of arrival (tests/sync/test_hours_simulation.py).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schema.load import load_schema
from schema.model import Person
from sync import hours, people
from sync.store.store import Store
from tests.server.http_world import PUSH, HttpWorld, Phone, key_of
from tests.server.test_review_api import HELD, LIST, Desk

# Thursday the 19th of November 2026, ten in the morning.
TODAY, YESTERDAY = "2026-11-19", "2026-11-18"
PUSH_TELLING = PUSH.replace("$saves: [SaveInput!]!)", "$saves: [SaveInput!]!, $sent_at: String)").replace(
    "push(saves: $saves)", "push(saves: $saves, sent_at: $sent_at)"
)
ENTRY = {
    "volunteer": "huang_li",
    "activity": "便民服务日",
    "worked_on": YESTERDAY,
    "started_at": "09:00",
    "ended_at": "11:00",
    "provenance": "signed",
}
LATER = {"provenance": "added_later", "late_reason": "手机没电"}
TEN_HOURS = timedelta(hours=10)


@pytest.fixture
def huang_li(world: HttpWorld) -> Phone:
    return world.signs_in("huang_li")


@pytest.fixture
def chen_jing(world: HttpWorld) -> Desk:
    return Desk(world.signs_in("chen_jing"))


def sends(phone: Phone, *saves: dict[str, Any], wrong_by: timedelta = timedelta()) -> list[dict[str, Any]]:
    """The receipts of a phone that tells what its clock says."""
    sent_at = (phone.world.now + wrong_by).strftime("%Y-%m-%dT%H:%M:%SZ")
    found: list[dict[str, Any]] = phone.finds(PUSH_TELLING, saves=list(saves), sent_at=sent_at)["push"]["receipts"]
    return found


def code_of(receipt: dict[str, Any]) -> str | None:
    """Why a save was not taken in; who reads it is told in both languages what to do next."""
    problem = receipt["problem"]
    if problem is None:
        return None
    assert problem["words_zh"] and problem["words_en"] and problem["next_step_zh"] and problem["next_step_en"]
    return str(problem["code"])


def checks(world: HttpWorld, record: str, person: str = "chen_jing") -> tuple[str, ...]:
    """What whoever certifies is shown as odd about an entry."""
    store = world.opened()
    found = hours.lines(store, load_schema(), person_in(store, person))
    (line,) = [one for one in found if one.record == record]
    store.close()
    return line.checks


def person_in(store: Store, name: str) -> Person:
    device = store.value("SELECT device FROM device WHERE person = ?", (name,))
    found = people.person_of(store, name, device)
    assert found is not None, f"{name} has no device"
    return found


def held_at(desk: Desk, save: str) -> dict[str, Any]:
    """A held save as the desk reads it: in its list, with the words as they were written."""
    assert save in [item["save"] for item in desk.items("held")]
    found: dict[str, Any] = desk.phone.finds(HELD, save=save)["held_detail"]
    assert code_of({"problem": {**found["problem"], "words_en": "–", "next_step_zh": "–", "next_step_en": "–"}})
    return found


def rule(world: HttpWorld, **values: Any) -> None:
    """The director decides how hours count, a day before it counts."""
    world.now -= timedelta(days=60)
    director = world.signs_in("wu_jianguo")
    on = (world.now + timedelta(days=1, hours=8)).date().isoformat()
    plain = {"round_to": 1, "round_how": "down", "day_minutes_max": 600, "late_after_days": 7, "closes_on_day": 5}
    director.writes("hour_rule", {"effective_on": on, "after_close": "flag", **plain, **values})
    world.now += timedelta(days=60)


def shift(desk: Desk, **values: Any) -> str:
    plain = {"volunteer": "huang_li", "activity": "便民服务日", "starts_at": "09:00", "ends_at": "11:00"}
    return desk.phone.writes("shift", {**plain, "shift_on": YESTERDAY, **values})


# Ten hours wrong


def test_hours_by_a_clock_ten_hours_ahead_are_taken_in_and_shown_as_such(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    entry = huang_li.save("hour_entry", {**ENTRY, "worked_on": TODAY, "started_at": "18:00", "ended_at": "20:00"})
    (receipt,) = sends(huang_li, entry, wrong_by=TEN_HOURS)
    assert receipt["status"] == "accepted"
    assert "clock_off" in checks(world, entry["record"])
    # She reads by how much, on the page of the record.
    history = chen_jing.phone.finds(
        "query detail($record: ID!) { record_detail(record: $record) { history { clock_minutes_ahead } } }",
        record=entry["record"],
    )["record_detail"]["history"]
    assert {one["clock_minutes_ahead"] for one in history} == {600}


def test_hours_that_are_not_over_are_shown_as_such_although_the_phone_tells_no_time(
    world: HttpWorld, huang_li: Phone
) -> None:
    ahead = huang_li.writes("hour_entry", {**ENTRY, "worked_on": TODAY, "started_at": "18:00", "ended_at": "20:00"})
    assert "clock_off" in checks(world_with_coordinator(world), ahead)
    over = huang_li.writes("hour_entry", {**ENTRY, "worked_on": TODAY, "started_at": "09:00", "ended_at": "10:00"})
    assert "clock_off" not in checks(world, over)


def world_with_coordinator(world: HttpWorld) -> HttpWorld:
    world.signs_in("chen_jing")
    return world


def test_hours_by_a_clock_ten_hours_behind_are_taken_in_and_shown_as_such(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    entry = huang_li.save("hour_entry", {**ENTRY, "started_at": "22:00", "ended_at": "23:50"})
    (receipt,) = sends(huang_li, entry, wrong_by=-TEN_HOURS)
    assert receipt["status"] == "accepted"
    assert "clock_off" in checks(world, entry["record"])


def test_a_day_to_come_by_the_phones_clock_is_held_in_words(world: HttpWorld, huang_li: Phone, chen_jing: Desk) -> None:
    entry = huang_li.save(
        "hour_entry", {**ENTRY, "worked_on": "2026-11-20", "started_at": "00:10", "ended_at": "02:00"}
    )
    (receipt,) = sends(huang_li, entry, wrong_by=TEN_HOURS + timedelta(hours=6))
    assert (receipt["status"], code_of(receipt), receipt["problem"]["field"]) == (
        *("held", "date_in_future", "worked_on"),
    )
    assert held_at(chen_jing, entry["id"])["values"]["started_at"] == "00:10"


def test_signing_in_by_a_clock_ahead_is_held_at_its_field_and_the_shift_shows_nobody(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    turn = shift(chen_jing, shift_on=TODAY)
    signed = huang_li.save("shift", {"signed_in_at": "2026-11-19T11:00:00Z"}, record=turn, base=1)
    (receipt,) = sends(huang_li, signed, wrong_by=TEN_HOURS)
    assert (code_of(receipt), receipt["problem"]["field"]) == ("date_in_future", "signed_in_at")
    assert held_at(chen_jing, signed["id"])["record"] == turn


def test_hours_of_a_shift_that_a_wrong_clock_signed_are_shown_as_such(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    turn = shift(chen_jing)
    signed = huang_li.save("shift", {"signed_in_at": "2026-11-18T01:00:00Z"}, record=turn, base=1)
    assert [one["status"] for one in sends(huang_li, signed, wrong_by=-TEN_HOURS)] == ["accepted"]
    entry = huang_li.save("hour_entry", {**ENTRY, "shift": turn})
    assert [one["status"] for one in sends(huang_li, entry)] == ["accepted"]
    assert {"clock_off", "no_sign_out"} <= set(checks(world, entry["record"]))


def test_out_before_in_by_two_clocks_is_held_whichever_came_first(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    turn = shift(chen_jing)
    signed_in = huang_li.save("shift", {"signed_in_at": "2026-11-18T03:00:00Z"}, record=turn, base=1)
    assert [one["status"] for one in huang_li.pushes(signed_in)] == ["accepted"]
    # The other phone, ten hours behind, has not seen it.
    other = world.signs_in("huang_li")
    both = {"signed_in_at": "2026-11-18T03:00:00Z", "signed_out_at": "2026-11-17T19:00:00Z"}
    signed_out = other.save("shift", both, record=turn, base=1)
    (receipt,) = sends(other, signed_out, wrong_by=-TEN_HOURS)
    assert (receipt["status"], code_of(receipt)) == ("held", "out_of_order")
    assert held_at(chen_jing, signed_out["id"])["values"]["signed_out_at"] == "2026-11-17T19:00:00Z"


# Edited afterwards


def test_times_made_longer_on_the_4th_for_last_month_are_shown_with_what_they_were(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    first = huang_li.save("hour_entry", ENTRY)
    huang_li.pushes(first)
    world.now = datetime(2026, 12, 4, 2, 0, tzinfo=UTC)
    huang_li = world.signs_in("huang_li")
    earlier = huang_li.save(
        "hour_entry", {"started_at": "07:00"}, record=first["record"], base=1, replaces={"started_at": [key_of(first)]}
    )
    assert [one["status"] for one in huang_li.pushes(earlier)] == ["accepted"]
    assert {"raised", "late"} <= set(checks(world, first["record"]))
    store = world.opened()
    (line,) = hours.lines(store, load_schema(), person_in(store, "chen_jing"))
    store.close()
    assert line.was is not None and (line.was.started_at, line.was.minutes, line.minutes_written) == ("09:00", 120, 240)


def test_what_is_certified_is_not_changed_afterwards_by_whatever_clock(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    first = huang_li.save("hour_entry", ENTRY)
    huang_li.pushes(first)
    assert chen_jing.state_after(first["record"], "approve") == "approved"
    seen = chen_jing.detail(first["record"])["revision"]
    world.now = datetime(2026, 12, 4, 2, 0, tzinfo=UTC)
    huang_li, chen_jing = world.signs_in("huang_li"), Desk(world.signs_in("chen_jing"))
    longer, replaced = {"started_at": "07:00"}, {"started_at": [key_of(first)]}
    earlier = huang_li.save("hour_entry", longer, record=first["record"], base=seen, replaces=replaced)
    (receipt,) = huang_li.pushes(earlier)
    assert (receipt["status"], code_of(receipt)) == ("held", "locked")
    assert held_at(chen_jing, earlier["id"])["values"]["started_at"] == "07:00"


# A month that is closed


@pytest.mark.parametrize(("now", "is_closed"), [("2026-12-05T15:59:00", False), ("2026-12-05T16:00:00", True)])
def test_an_entry_of_last_month_is_shown_as_late_and_after_the_close_as_that(
    world: HttpWorld, now: str, is_closed: bool
) -> None:
    world.now = datetime.fromisoformat(f"{now}+00:00")
    world_with_coordinator(world)
    entry = world.signs_in("huang_li").writes("hour_entry", {**ENTRY, **LATER})
    assert "late" in checks(world, entry) and ("closed_month" in checks(world, entry)) == is_closed


def test_where_the_centre_takes_in_nothing_more_the_words_are_kept_and_let_in_by_whoever_answers_for_it(
    world: HttpWorld,
) -> None:
    rule(world, after_close="refuse")
    world.now = datetime(2026, 12, 6, 2, 0, tzinfo=UTC)
    huang_li, chen_jing = world.signs_in("huang_li"), Desk(world.signs_in("chen_jing"))
    entry = huang_li.save("hour_entry", {**ENTRY, **LATER})
    (receipt,) = huang_li.pushes(entry)
    assert (receipt["status"], code_of(receipt), receipt["problem"]["field"]) == ("held", "month_closed", "worked_on")
    assert held_at(chen_jing, entry["id"])["values"]["late_reason"] == "手机没电"
    decided = chen_jing.phone.finds(
        "mutation d($decisions: [HeldDecisionInput!]!) { decide_held(decisions: $decisions) { problem { code } } }",
        decisions=[{"id": world.new_id(), "save": entry["id"], "revision": 0, "verdict": "release"}],
    )["decide_held"]
    assert decided == [{"problem": None}]
    assert {"late", "closed_month"} <= set(checks(world, entry["record"]))


def test_a_rule_that_reaches_back_is_held(world: HttpWorld) -> None:
    director = world.signs_in("wu_jianguo")
    plain = {"round_to": 30, "round_how": "nearest", "day_minutes_max": 600, "late_after_days": 7, "closes_on_day": 5}
    back = director.save("hour_rule", {"effective_on": TODAY, "after_close": "flag", **plain})
    (receipt,) = director.pushes(back)
    assert (receipt["status"], code_of(receipt)) == ("held", "date_not_to_come")


def test_a_list_at_the_desk_shows_hours_of_a_wrong_clock_as_any_others(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    entry = huang_li.save("hour_entry", ENTRY)
    sends(huang_li, entry, wrong_by=TEN_HOURS)
    found = chen_jing.phone.finds(LIST, tab="waiting")["review_list"]["items"]
    assert [item["record"] for item in found] == [entry["record"]]
