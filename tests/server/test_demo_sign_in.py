"""The demo's way in: whom it lists, what it needs, and that it is impossible outside the demo on this machine."""

import base64
from pathlib import Path

import pytest
from httpx2 import Response

from server.settings import SettingError, Settings, settings_from
from sync.save import new_private_key, public_point
from tests.server.http_world import HOME, HttpWorld, new_world, open_client


def device(name: str = "phone") -> dict[str, str]:
    return {"public_key": base64.b64encode(public_point(new_private_key())).decode(), "name": name}


def code_of(answer: Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


def test_it_lists_everyone_by_centre_and_role(world: HttpWorld) -> None:
    listed = world.client.get("/api/demo/people").json()["people"]
    assert {entry["person"] for entry in listed[:2]} == {"li_min", "zhang_qiang"}, "the first team of the larger centre"
    assert listed[0]["role"] == "outreach_worker" and listed[0]["centre_name"] == "和平社区服务中心"
    assert listed[0]["team_name"] == "一组"
    roles = [entry["role"] for entry in listed if entry["centre"] == "heping"]
    assert roles == sorted(roles, key=list(dict.fromkeys(roles)).index), "people of one role stand together"
    (zhou_hui,) = [entry for entry in listed if entry["person"] == "zhou_hui"]
    assert zhou_hui["role"] == "supervisor" and zhou_hui["team_name"] == "一组、二组"
    (wu_jianguo,) = [entry for entry in listed if entry["person"] == "wu_jianguo"]
    assert wu_jianguo["team_name"] is None


def test_a_known_device_is_used_again_and_another_key_makes_a_new_one(world: HttpWorld) -> None:
    mine = device()
    first = world.client.post("/api/session", json={"person": "li_min", "device": mine}).json()
    again = world.client.post(
        "/api/session", json={"person": "li_min", "device": mine | {"id": first["device"]}}
    ).json()
    assert again["device"] == first["device"] and again["token"] != first["token"]
    other = world.client.post("/api/session", json={"person": "li_min", "device": device() | {"id": first["device"]}})
    assert other.json()["device"] != first["device"]
    colleague = {"person": "zhang_qiang", "device": mine | {"id": first["device"]}}
    assert world.client.post("/api/session", json=colleague).json()["device"] != first["device"]


def test_a_device_that_lives_twice_is_told_so_and_is_another_after_signing_in_with_a_new_key(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    li_min.writes("household", HOME)
    assert li_min.finds("{ me { device_twice_at } }")["me"]["device_twice_at"] is None
    waiting = li_min.save("household", HOME | {"room": "503"})
    li_min.sequence -= 1
    li_min.writes("household", HOME | {"room": "504"})
    assert li_min.pushes(waiting)[0]["status"] == "accepted"
    assert li_min.finds("{ me { device_twice_at } }")["me"]["device_twice_at"] == "2026-11-19T02:00:00Z"

    sealed_before = li_min.save("household", HOME | {"room": "505"})
    anew = {"person": "li_min", "device": device() | {"id": li_min.device}}
    answer = world.client.post("/api/session", json=anew).json()
    world.client.cookies.clear()
    assert answer["device"] != li_min.device and answer["me"]["device_twice_at"] is None
    li_min.token = answer["token"]
    assert li_min.pushes(sealed_before)[0]["status"] == "accepted", "what the old key had sealed is still taken"


def test_a_person_nobody_knows_leaves_no_device_behind(world: HttpWorld) -> None:
    answer = world.client.post("/api/session", json={"person": "canary", "device": device()})
    assert (answer.status_code, code_of(answer)) == (404, "unknown_person")
    store = world.opened()
    assert store.value("SELECT count(*) FROM device") == 0
    store.close()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"person": "li_min"},
        {"person": 7, "device": {"public_key": "", "name": "phone"}},
        {"person": "li_min", "device": {"public_key": "canary", "name": "phone"}},
        {"person": "li_min", "device": {"public_key": base64.b64encode(bytes(65)).decode(), "name": "phone"}},
        {"person": "li_min", "device": {"public_key": base64.b64encode(b"\x04" + bytes(64)).decode(), "name": "p"}},
        {"person": "li_min", "device": device("")},
        {"person": "li_min", "device": device("x" * 81)},
    ],
)
def test_a_sign_in_without_a_person_or_a_real_key_is_refused(world: HttpWorld, asked: object) -> None:
    answer = world.client.post("/api/session", json=asked)
    assert (answer.status_code, code_of(answer)) == (400, "damaged_request")


def test_outside_the_demo_there_is_no_sign_in(tmp_path: Path) -> None:
    world = new_world(tmp_path, demo=False, origin="http://localhost")
    with world.client:
        listed = world.client.get("/api/demo/people")
        opened = world.client.post("/api/session", json={"person": "li_min", "device": device()})
    assert (listed.status_code, code_of(listed)) == (404, "demo_only")
    assert (opened.status_code, code_of(opened)) == (404, "demo_only")
    assert "set-cookie" not in opened.headers


@pytest.mark.parametrize("address", ["192.168.1.20", "10.0.0.1", "::ffff:192.168.1.20", "testclient"])
def test_the_demo_is_shut_to_another_machine(world: HttpWorld, address: str) -> None:
    neighbour = open_client(world, address)
    listed = neighbour.get("/api/demo/people")
    opened = neighbour.post("/api/session", json={"person": "li_min", "device": device()})
    assert (listed.status_code, code_of(listed)) == (404, "demo_only")
    assert (opened.status_code, code_of(opened)) == (404, "demo_only")


@pytest.mark.parametrize("host", ["doorstep.example.org", "192.168.1.20:8000", "localhost.example.org", "", "[::1"])
def test_the_demo_is_shut_under_another_name(world: HttpWorld, host: str) -> None:
    opened = world.client.post("/api/session", json={"person": "li_min", "device": device()}, headers={"host": host})
    assert (opened.status_code, code_of(opened)) == (403, "wrong_origin")


def test_a_forwarded_address_does_not_open_the_demo(world: HttpWorld) -> None:
    neighbour = open_client(world, "192.168.1.20")
    answer = neighbour.get("/api/demo/people", headers={"x-forwarded-for": "127.0.0.1", "forwarded": "for=127.0.0.1"})
    assert code_of(answer) == "demo_only"


def test_the_demo_cannot_be_told_to_listen_to_others() -> None:
    with pytest.raises(SettingError, match="DOORSTEP_HOST"):
        Settings(demo=True, host="0.0.0.0")  # noqa: S104


def test_no_setting_of_the_environment_makes_a_demo() -> None:
    with pytest.raises(SettingError, match="DOORSTEP_DEMO"):
        settings_from({"DOORSTEP_DEMO": "1"})
    assert settings_from({}).demo is False
