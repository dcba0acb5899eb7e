"""Whoever answers for people sees their devices, takes a lost one back, and has in one step what is needed then."""

import json
import time
from typing import Any

import pytest

from tests.server.http_world import HOME, HttpWorld, Phone, visit_of
from tests.server.test_traces import traces_of
from tests.server.test_trail import TRAIL

DEVICES = """{ devices { device name person person_name path seen_at unsent app_version revoked_at revoked_by_name order
  ordered_at told_at cleared_at can_revoke } }"""
REVOKE = """mutation($device: ID!, $order: String!) { revoke_device(device: $device, order: $order) {
  order revoked_at revoked_by_name can_revoke } }"""
PACK = """query($device: ID!) { incident_pack(device: $device, language: "zh") { made_by_name
  carried { kind tier records } names sessions { began_at ended_at } device { unsent path seen_at } } }"""
ME = "{ me { person } }"
DRILL_SECONDS_MAX = 60


def code(phone: Phone, query: str, **variables: Any) -> str:
    return str(phone.asks(query, variables).json()["errors"][0]["extensions"]["code"])


def listed(phone: Phone) -> dict[str, dict[str, Any]]:
    return {one["device"]: one for one in phone.finds(DEVICES)["devices"]}


def says(phone: Phone, told: object) -> None:
    """A question with which the device says something about itself."""
    assert phone.asks_named(json.dumps({"query": ME, "phone": told})).status_code == 200


def test_a_coordinator_sees_every_device_with_what_it_last_said(world: HttpWorld, li_min: Phone) -> None:
    world.passes(minutes=1)
    says(li_min, {"unsent": 3, "app": "0.1.0"})
    found = listed(world.signs_in("chen_jing"))[li_min.device]
    assert (found["person_name"], found["unsent"], found["app_version"]) == ("李敏", 3, "0.1.0")
    assert (found["seen_at"], found["can_revoke"], found["order"]) == ("2026-11-19T02:01:00Z", True, None)


@pytest.mark.parametrize("told", [None, 7, {"unsent": -1, "app": "<b>"}, {"unsent": "many"}, {"app": "x" * 33}])
def test_what_a_device_cannot_mean_says_nothing(world: HttpWorld, li_min: Phone, told: object) -> None:
    says(li_min, {"unsent": 2, "app": "0.1.0"})
    says(li_min, told)
    found = listed(world.signs_in("chen_jing"))[li_min.device]
    assert (found["unsent"], found["app_version"]) == (2, "0.1.0")


def test_a_supervisor_sees_those_of_her_teams_and_nobody_those_of_another_centre(
    world: HttpWorld, li_min: Phone
) -> None:
    luo_wei, zhou_hui = world.signs_in("luo_wei"), world.signs_in("zhou_hui")
    sun_lei = world.signs_in("sun_lei")
    assert li_min.device in listed(zhou_hui) and li_min.device not in listed(luo_wei)
    assert sun_lei.device not in listed(world.signs_in("wu_jianguo"))
    for query, more in ((REVOKE, {"order": "now"}), (PACK, {})):
        assert code(luo_wei, query, device=li_min.device, **more) == "not_found"
        assert code(zhou_hui, query, device=sun_lei.device, **more) == "not_found"
        assert code(zhou_hui, query, device="none", **more) == "not_found"


@pytest.mark.parametrize("query", [DEVICES, PACK, REVOKE])
def test_a_worker_sees_no_list_and_takes_nothing_back(world: HttpWorld, li_min: Phone, query: str) -> None:
    zhang_qiang = world.signs_in("zhang_qiang")
    assert code(zhang_qiang, query, device=li_min.device, order="now") == "not_allowed"
    assert li_min.finds(ME)


def test_a_device_taken_back_is_dead_at_once_and_everybody_at_the_desk_sees_how_far_it_is(
    world: HttpWorld, li_min: Phone
) -> None:
    zhou_hui = world.signs_in("zhou_hui")
    done = zhou_hui.finds(REVOKE, device=li_min.device, order="deliver_first")["revoke_device"]
    assert (done["order"], done["revoked_by_name"], done["can_revoke"]) == ("deliver_first", "周慧", True)
    assert code(li_min, ME) == "device_revoked"
    found = listed(zhou_hui)[li_min.device]
    assert (found["told_at"] is not None, found["cleared_at"]) == (True, None)
    assert not zhou_hui.finds(REVOKE, device=li_min.device, order="now")["revoke_device"]["can_revoke"]
    assert [trace[3] for trace in traces_of(world) if trace[0] == "device_revoked"] == [
        {"about": li_min.device, "rule": "deliver_first"},
        {"about": li_min.device, "rule": "now"},
    ]


def test_an_order_that_is_none_is_refused_and_nothing_happens(world: HttpWorld, li_min: Phone) -> None:
    assert code(world.signs_in("zhou_hui"), REVOKE, device=li_min.device, order="burn") == "query_refused"
    assert li_min.finds(ME)


def test_the_page_for_a_lost_phone_says_what_was_on_it_and_names_only_to_who_may_know(
    world: HttpWorld, li_min: Phone
) -> None:
    home = li_min.writes("household", HOME)
    li_min.writes("resident", {"name": "陈桂兰", "household": home})
    li_min.writes("home_visit", visit_of(home))
    says(li_min, {"unsent": 1, "app": "0.1.0"})
    pack = world.signs_in("zhou_hui").finds(PACK, device=li_min.device)["incident_pack"]
    assert {one["kind"]: one["records"] for one in pack["carried"]} == {"household": 1, "resident": 1, "home_visit": 1}
    assert len(pack["names"]) == 1 and "陈桂兰" in pack["names"][0]
    assert (pack["made_by_name"], pack["device"]["unsent"], len(pack["sessions"])) == ("周慧", 1, 1)
    coordinator = world.signs_in("chen_jing").finds(PACK, device=li_min.device)["incident_pack"]
    assert coordinator["names"] == [] and coordinator["carried"] == pack["carried"]
    noted = [trace for trace in traces_of(world) if trace[0] == "incident_pack"]
    assert [trace[1] for trace in noted] == ["zhou_hui", "chen_jing"]
    assert "陈桂兰" not in str(noted)


NAME = "mutation($device: ID!, $name: String!) { name_device(device: $device, name: $name) { name } }"


def test_a_device_is_called_what_people_call_it_by_whoever_may_take_it_back(world: HttpWorld, li_min: Phone) -> None:
    zhou_hui, luo_wei = world.signs_in("zhou_hui"), world.signs_in("luo_wei")

    renamed = zhou_hui.finds(NAME, device=li_min.device, name=f" {'红' * 30} ")["name_device"]["name"]

    assert renamed == "红" * 30 == listed(zhou_hui)[li_min.device]["name"]
    for name in ("", "  ", "红" * 31):
        assert code(zhou_hui, NAME, device=li_min.device, name=name) == "device_name_unfit"
    assert code(luo_wei, NAME, device=li_min.device, name="别的") == "not_found"
    assert code(li_min, NAME, device=li_min.device, name="我的") == "not_allowed"
    noted = [details["about"] for action, _, _, details in traces_of(world) if action == "device_named"]
    assert noted == [li_min.device]


def test_a_drill_says_who_what_how_many_and_since_when_within_a_minute(world: HttpWorld, li_min: Phone) -> None:
    """A phone is lost at noon, and by four the centre must have told whoever is to be told."""
    homes = [li_min.save("household", HOME | {"room": str(number)}) for number in range(20)]
    people = [
        li_min.save("resident", {"name": f"王{number}", "household": home["record"]})
        for number, home in enumerate(homes)
    ]
    li_min.pushes(*homes, *people)
    world.passes(hours=1)
    says(li_min, {"unsent": 0, "app": "0.1.0"})
    world.passes(hours=4)
    zhou_hui, began = world.signs_in("zhou_hui"), time.monotonic()
    (lost,) = [one for one in listed(zhou_hui).values() if one["person"] == "li_min"]
    zhou_hui.finds(REVOKE, device=lost["device"], order="now")
    pack = zhou_hui.finds(PACK, device=lost["device"])["incident_pack"]
    trail = world.signs_in("wu_jianguo").finds(TRAIL, person="li_min", first=100)["trail"]["items"]
    assert time.monotonic() - began < DRILL_SECONDS_MAX
    assert len(pack["names"]) == 20 and all(
        any(f"王{number}" in name for name in pack["names"]) for number in range(20)
    )
    assert {one["kind"]: (one["records"], one["tier"]) for one in pack["carried"]} == {
        "household": (20, 1),
        "resident": (20, 2),
    }
    assert pack["sessions"][0]["began_at"] < lost["seen_at"] < listed(zhou_hui)[lost["device"]]["revoked_at"]
    assert len([step for step in trail if step["action"] == "changed"]) == 40


TAKE_ALONG = "mutation($homes: [ID!]!, $minutes: Int!) { take_along(homes: $homes, minutes: $minutes) }"
ALONG = """query($device: ID!) { incident_pack(device: $device, language: "zh") {
  taken_along { homes names until } } }"""


def test_the_page_for_a_lost_phone_says_which_homes_it_took_along_last(world: HttpWorld, li_min: Phone) -> None:
    home, other = li_min.writes("household", HOME), li_min.writes("household", HOME | {"room": "903"})
    zhou_hui = world.signs_in("zhou_hui")
    assert zhou_hui.finds(ALONG, device=li_min.device)["incident_pack"] == {"taken_along": None}
    assert li_min.finds(TAKE_ALONG, homes=[home], minutes=720)["take_along"] is True
    world.passes(minutes=10)
    assert li_min.finds(TAKE_ALONG, homes=[other, home], minutes=480)["take_along"] is True

    along = zhou_hui.finds(ALONG, device=li_min.device)["incident_pack"]["taken_along"]
    unnamed = world.signs_in("chen_jing").finds(ALONG, device=li_min.device)["incident_pack"]["taken_along"]

    assert (along["homes"], len(along["names"]), along["until"]) == (2, 2, "2026-11-19T10:10:00Z")
    assert any("903" in name for name in along["names"])
    assert unnamed["homes"] == 2
    noted = [(person, details) for action, person, _, details in traces_of(world) if action == "taken_along"]
    assert noted == [("li_min", {"counts": {"minutes": 720}})] + [("li_min", {"counts": {"minutes": 480}})] * 2


def test_homes_that_are_none_of_hers_too_many_or_too_long_are_not_taken_along(world: HttpWorld, li_min: Phone) -> None:
    home = li_min.writes("household", HOME)
    visit = li_min.writes("home_visit", visit_of(home))
    luo_wei = world.signs_in("luo_wei")
    for person, homes, minutes, refusal in (
        (luo_wei, [home], 60, "not_found"),
        (li_min, ["01900000-0000-7000-8000-000000000001"], 60, "not_found"),
        (li_min, [visit], 60, "not_found"),
        (li_min, [home] * 41, 60, "query_refused"),
        (li_min, [home], 721, "query_refused"),
        (li_min, [home], 0, "query_refused"),
    ):
        assert code(person, TAKE_ALONG, homes=homes, minutes=minutes) == refusal
    assert not [trace for trace in traces_of(world) if trace[0] == "taken_along"]
