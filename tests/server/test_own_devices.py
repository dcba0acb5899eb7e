"""Everybody sees where they are signed in themselves, and signs out the others after showing that it is they."""

from typing import Any

import pytest

from schema.load import load_schema
from tests.server.door_world import Door, code_of
from tests.server.http_world import HOME, HttpWorld, Phone
from tests.server.test_registered_operations import REGISTERED
from tests.server.test_sign_in import signs_in
from tests.server.test_traces import traces_of

OWN = next(text for text in REGISTERED if text.startswith("query own_devices"))
END = next(text for text in REGISTERED if text.startswith("mutation end_own_session"))
ME = next(text for text in REGISTERED if text.startswith("query who"))
PUSH = next(text for text in REGISTERED if text.startswith("mutation push"))


def own(phone: Phone) -> dict[str, dict[str, Any]]:
    return {one["device"]: one for one in phone.finds(OWN)["own_devices"]}


@pytest.fixture
def other(world: HttpWorld, li_min: Phone) -> Phone:
    """Li Min's second device, in use since a minute later."""
    world.passes(minutes=1)
    return world.signs_in("li_min")


def test_she_sees_her_own_and_which_one_she_holds(world: HttpWorld, li_min: Phone, other: Phone) -> None:
    world.signs_in("zhang_qiang")
    other.asks_named('{"query": "{ me { person } }", "phone": {"unsent": 0, "app": "0.1.0"}}')
    found = own(li_min)
    assert list(found) == [li_min.device, other.device]
    assert [one["is_this"] for one in found.values()] == [True, False]
    assert (found[other.device]["name"], found[other.device]["seen_at"]) == ("phone of li_min", "2026-11-19T02:01:00Z")
    assert found[other.device]["is_open"]


def test_what_she_ends_is_out_at_once_and_is_noted(world: HttpWorld, li_min: Phone, other: Phone) -> None:
    (this, that) = li_min.finds(END, device=other.device)["end_own_session"]
    assert (this["is_open"], that["device"], that["is_open"]) == (True, other.device, False)

    assert code_of(other.asks(ME)) == "not_signed_in" and li_min.finds(ME)
    noted = [trace[3] for trace in traces_of(world) if trace[:2] == ("sign_out", "li_min")]
    assert noted == [{"about": other.device, "rule": "elsewhere"}]


def test_nobody_ends_anothers_nor_the_one_in_hand_nor_one_that_is_none(
    world: HttpWorld, li_min: Phone, other: Phone
) -> None:
    zhang_qiang = world.signs_in("zhang_qiang")
    answers = {
        zhang_qiang.asks(END, {"device": device}).content
        for device in (li_min.device, zhang_qiang.device, world.new_id())
    }
    assert len(answers) == 1 and b"not_found" in answers.pop()
    assert li_min.finds(ME) and other.finds(ME) and zhang_qiang.finds(ME)


def test_it_waits_for_a_fresh_proof(world: HttpWorld, li_min: Phone, other: Phone) -> None:
    world.passes(minutes=load_schema().rights.verified_minutes, seconds=1)
    assert code_of(li_min.asks(END, {"device": other.device})) == "step_up_required"
    assert other.finds(ME)


def test_a_phone_that_was_signed_out_elsewhere_asks_who_is_there_and_then_delivers_what_it_had(door: Door) -> None:
    lost, held = door.brings_in("li_min"), door.brings_in("li_min")
    save = lost.save("household", HOME)
    held.finds(END, device=lost.device)
    assert code_of(lost.asks(ME)) == "not_signed_in"
    assert code_of(lost.asks_signed("/api/renew", {})) == "not_signed_in"
    assert not own(held)[lost.device]["is_open"] and own(held)[held.device]["is_open"]

    lost.token = signs_in(door, lost).json()["token"]
    (receipt,) = lost.finds(PUSH, saves=[save])["push"]["receipts"]
    assert receipt["status"] == "accepted" and own(held)[lost.device]["is_open"]
