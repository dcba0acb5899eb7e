"""Whoever has rights over others keeps a second way in: asked for in time, then by everything that needs those rights.

Not here: how a recovery code is used (test_enrolment.py).
"""

from typing import Any

import pytest

from tests.server.door_world import ADD, APP, CODES, INVITE, WAITING, Device, Door, code_of, described
from tests.server.http_world import HttpWorld
from tests.server.test_sign_in import signs_in

WAYS = "query ways_in { ways_in { passkeys codes_left codes_made_at due_at } }"


def asks_for_privilege(desk: Device) -> str:
    """The code that somebody who manages members is refused with; "" where it is done."""
    answer = desk.asks(ADD, {"name": "新义工", "role": "volunteer"})
    return "" if answer.json().get("data") else code_of(answer)


def ways(desk: Device) -> dict[str, Any]:
    found: dict[str, Any] = desk.finds(WAYS)["ways_in"]
    return found


@pytest.mark.of_sqlite
def test_after_a_week_privileged_acts_wait_for_a_second_way_in_and_codes_are_one(door: Door) -> None:
    chen_jing = door.brings_in("chen_jing", form="desk")
    assert asks_for_privilege(chen_jing) == ""
    assert ways(chen_jing) == {
        "passkeys": 1,
        "codes_left": 0,
        "codes_made_at": None,
        "due_at": "2026-11-26T02:00:00Z",
    }
    door.world.passes(days=7)
    same = described(chen_jing.key, "desk", id=chen_jing.device)
    chen_jing.token = signs_in(door, chen_jing, device=same).json()["token"]

    assert asks_for_privilege(chen_jing) == "second_way_missing"
    assert code_of(chen_jing.asks(INVITE, {"person": "huang_li"})) == "second_way_missing"
    # What nobody may be kept from in the meantime.
    assert chen_jing.finds(WAITING)["waiting_enrolments"] == []

    codes = chen_jing.finds(CODES)["make_recovery_codes"]

    assert len(codes) == 10 and (ways(chen_jing)["codes_left"], ways(chen_jing)["due_at"]) == (10, None)
    assert asks_for_privilege(chen_jing) == ""


@pytest.mark.of_sqlite
def test_review_and_emergencies_wait_too_and_a_lost_phone_and_ones_own_words_never(door: Door) -> None:
    zhou_hui, li_min = door.brings_in("zhou_hui", form="desk"), door.brings_in("li_min")
    asked: dict[str, tuple[Device, dict[str, Any]]] = {
        "openings": (zhou_hui, {}),
        "beyond": (zhou_hui, {"name": "王秀兰"}),
        "decide": (zhou_hui, {"decisions": []}),
        "decide_held": (zhou_hui, {"decisions": []}),
        "devices": (zhou_hui, {}),
        "revoke_device": (zhou_hui, {"device": door.brings_in("he_fang").device, "order": "deliver_first"}),
        "own words": (li_min, {"decisions": []}),
    }
    texts = APP | {"own words": APP["decide_held"]}
    told: list[dict[str, str]] = []
    for days in (6, 1):
        door.world.passes(days=days)
        for device, form in ((zhou_hui, "desk"), (li_min, "phone")):
            same = described(device.key, form, id=device.device)
            device.token = signs_in(door, device, device=same).json()["token"]
        told.append({name: answered(device, texts[name], values) for name, (device, values) in asked.items()})

    assert told[0] == dict.fromkeys(asked, "")
    never = {"devices", "revoke_device", "own words"}
    assert told[1] == {name: "" if name in never else "second_way_missing" for name in asked}


def answered(device: Device, text: str, values: dict[str, Any]) -> str:
    """The code of a refusal; "" where there is none."""
    answer = device.asks(text, values)
    return code_of(answer) if "errors" in answer.json() else ""


def test_the_demo_has_nothing_to_lose(world: HttpWorld) -> None:
    world.signs_in("chen_jing")
    world.passes(days=8)
    chen_jing = world.signs_in("chen_jing")

    assert chen_jing.finds(WAYS)["ways_in"]["due_at"] is None
    assert chen_jing.asks(ADD, {"name": "新义工", "role": "volunteer"}).json()["data"]["add_member"]


@pytest.mark.of_sqlite
def test_a_second_passkey_is_a_second_way_too(door: Door) -> None:
    first = door.brings_in("zhou_hui", form="desk")
    made = door.invites("zhou_hui", revokes=False)
    looked = door.gives("/api/enrol/look", {"token": made.token})
    door.matches(looked["enrolment"])
    door.finishes("zhou_hui", looked["enrolment"], form="desk")

    assert (ways(first)["passkeys"], ways(first)["due_at"]) == (2, None)


def test_a_volunteer_is_not_asked_for_any(door: Door) -> None:
    huang_li = door.brings_in("huang_li", "pin")

    assert code_of(huang_li.asks(CODES, {})) == "not_allowed"
