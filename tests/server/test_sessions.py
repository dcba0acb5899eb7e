"""How long a session holds, how it ends, and that a stolen database opens nothing."""

import pytest

from server.auth.sessions import hash_of
from sync import people
from tests.server.http_world import HttpWorld, Phone

ME = "{ me { person name centre_name roles home teams { id name } scopes device } }"


def is_signed_in(phone: Phone) -> bool:
    answer = phone.asks(ME)
    if answer.status_code == 200:
        return True
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "not_signed_in"
    return False


def test_a_session_answers_for_its_person_and_device(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    me = li_min.finds(ME)["me"]
    assert me["name"] == "李敏" and me["centre_name"] == "和平社区服务中心"
    assert (me["roles"], me["home"]) == (["outreach_worker"], "phone")
    assert me["teams"] == [{"id": "heping_1", "name": "一组"}]
    assert me["scopes"] == [
        "person:li_min",
        "own:li_min:heping:outreach_worker",
        "team:heping_1:outreach_worker",
        "centre:heping:outreach_worker",
        "confidential:li_min:heping:outreach_worker",
    ]
    assert me["device"] == li_min.device
    assert li_min.me["scopes"] == me["scopes"]


def test_a_supervisor_works_at_the_desk(world: HttpWorld) -> None:
    assert world.signs_in("zhou_hui").finds(ME)["me"]["home"] == "desk"


def test_the_cookie_alone_is_enough_and_scripts_cannot_read_it(world: HttpWorld) -> None:
    answer = world.client.post(
        "/api/session", json={"person": "li_min", "device": {"public_key": PUBLIC_KEY, "name": "phone"}}
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert world.client.post("/graphql", json={"query": ME}).json()["data"]["me"]["person"] == "li_min"


def test_a_stranger_is_asked_to_sign_in_whatever_they_send(world: HttpWorld) -> None:
    for headers in ({}, {"authorization": "Bearer canary"}, {"cookie": "doorstep=canary"}):
        answer = world.client.post("/graphql", content=b"\x00", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["extensions"]["code"] == "not_signed_in"


def test_an_unused_session_ends_after_twelve_hours(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    world.passes(hours=12)
    assert is_signed_in(li_min)
    world.passes(hours=12, seconds=1)
    assert not is_signed_in(li_min)
    # Setting the clock back does not wake it again.
    world.passes(hours=-12)
    assert not is_signed_in(li_min)


def test_a_session_in_use_ends_after_seven_days(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    for _ in range(14):
        world.passes(hours=12)
        assert is_signed_in(li_min)
    world.passes(seconds=1)
    assert not is_signed_in(li_min)


def test_signing_out_ends_the_session_on_the_server(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    answer = world.client.delete("/api/session", headers={"authorization": f"Bearer {li_min.token}"})
    assert answer.status_code == 200
    assert not is_signed_in(li_min)
    assert world.client.delete("/api/session").status_code == 200


@pytest.mark.of_sqlite
def test_a_sign_out_that_only_the_browser_heard_of_would_be_found(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    li_min = world.signs_in("li_min")
    monkeypatch.setattr(people, "end_session", lambda *_: None)
    world.client.delete("/api/session", headers={"authorization": f"Bearer {li_min.token}"})
    assert is_signed_in(li_min)


def test_a_revoked_device_is_signed_out_at_once_and_the_other_one_is_not(world: HttpWorld) -> None:
    lost, kept = world.signs_in("li_min"), world.signs_in("li_min")
    store = world.opened()
    people.revoke_device(store, lost.device, world.now)
    store.close()
    assert not is_signed_in(lost)
    assert is_signed_in(kept)


def test_a_role_taken_away_counts_from_the_next_question(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    store = world.opened()
    people.add_member(store, "li_min", "李敏", "heping", [])
    store.close()
    assert li_min.finds(ME)["me"]["scopes"] == ["person:li_min"]


@pytest.mark.of_sqlite  # looks into the file
def test_the_database_holds_no_token(world: HttpWorld) -> None:
    li_min = world.signs_in("li_min")
    files = b"".join(path.read_bytes() for path in world.settings.data.iterdir() if path.is_file())
    assert li_min.token.encode() not in files
    assert hash_of(li_min.token) in files


PUBLIC_KEY = "BGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU="
