"""A phone that was taken back: dead at once, told what to do when it comes, heard until it is empty."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from sync import clearing
from sync.store.store import Store
from tests.server.http_world import HOME, HttpWorld, Phone
from tests.server.test_traces import traces_of

ME = "{ me { person } }"


@pytest.fixture
def store(world: HttpWorld) -> Iterator[Store]:
    """The centre's store, beside the server."""
    made = world.opened()
    yield made
    made.close()


def problem(phone: Phone, query: str = ME, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = phone.asks(query, variables)
    assert answer.status_code == 401
    found: dict[str, Any] = answer.json()["errors"][0]["extensions"]
    return found


def says_it_is_empty(phone: Phone, ordered_at: str) -> int:
    statement = f"doorstep cleared\n{phone.device}\n{ordered_at}".encode()
    r, s = utils.decode_dss_signature(phone.key.sign(statement, ec.ECDSA(hashes.SHA256())))
    signature = base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
    answer = phone.world.client.post("/api/device/cleared", json={"device": phone.device, "signature": signature})
    return answer.status_code


def taken_back(world: HttpWorld, store: Store, phone: Phone, order: str) -> None:
    clearing.order(store, phone.device, order, "chen_jing", world.now)


@pytest.mark.parametrize("order", clearing.ORDERS)
def test_every_request_of_it_is_answered_with_the_order_from_the_next_one_on(
    world: HttpWorld, store: Store, li_min: Phone, order: str
) -> None:
    li_min.finds(ME)
    taken_back(world, store, li_min, order)
    found = problem(li_min)
    assert found["code"] == "device_revoked"
    assert found["details"] == {"device": li_min.device, "order": order, "ordered_at": "2026-11-19T02:00:00Z"}
    for verb, path in (("POST", "/api/poke"), ("GET", "/api/files/019a")):
        refused = world.client.request(verb, path, headers={"authorization": f"Bearer {li_min.token}"})
        assert refused.json()["errors"][0]["extensions"]["code"] == "device_revoked"


def test_what_it_has_written_is_still_taken_before_it_clears_and_nothing_else_is_answered(
    world: HttpWorld, store: Store, li_min: Phone
) -> None:
    taken_back(world, store, li_min, "deliver_first")
    (receipt,) = li_min.pushes(li_min.save("household", HOME))
    assert receipt["status"] == "accepted"
    more = "mutation($saves: [SaveInput!]!) { push(saves: $saves) { epoch } other: push(saves: $saves) { epoch } }"
    assert problem(li_min, more, {"saves": []})["code"] == "device_revoked"
    assert problem(li_min)["code"] == "device_revoked"


def test_a_phone_that_is_to_clear_at_once_delivers_nothing_more(world: HttpWorld, store: Store, li_min: Phone) -> None:
    taken_back(world, store, li_min, "now")
    push = "mutation($saves: [SaveInput!]!) { push(saves: $saves) { epoch } }"
    assert problem(li_min, push, {"saves": [li_min.save("household", HOME)]})["code"] == "device_revoked"


def test_at_once_takes_the_place_of_deliver_first_and_never_the_other_way_round(
    world: HttpWorld, store: Store, li_min: Phone
) -> None:
    for order, stands in (("deliver_first", "deliver_first"), ("now", "now"), ("deliver_first", "now")):
        taken_back(world, store, li_min, order)
        found = clearing.clearing_of(store, li_min.device)
        assert found is not None and found.order == stands


def test_the_centre_knows_when_it_was_told_and_when_it_was_empty(world: HttpWorld, store: Store, li_min: Phone) -> None:
    taken_back(world, store, li_min, "deliver_first")
    ordered = clearing.clearing_of(store, li_min.device)
    assert ordered is not None and (ordered.told_at, ordered.cleared_at) == (None, None)
    world.passes(minutes=3)
    problem(li_min)
    world.passes(minutes=1)
    problem(li_min)
    for _ in range(2):
        assert says_it_is_empty(li_min, ordered.ordered_at) == 200
        world.passes(minutes=1)
    done = clearing.clearing_of(store, li_min.device)
    assert done is not None
    assert (done.told_at, done.cleared_at) == ("2026-11-19T02:03:00Z", "2026-11-19T02:04:00Z")
    assert [trace[0] for trace in traces_of(world)].count("device_cleared") == 1
    assert problem(li_min)["code"] == "not_signed_in", "what is empty has no order to follow"


def test_nobody_else_can_say_that_it_is_empty(world: HttpWorld, store: Store, li_min: Phone) -> None:
    zhang_qiang = world.signs_in("zhang_qiang")
    taken_back(world, store, li_min, "now")
    zhang_qiang.device = li_min.device
    assert says_it_is_empty(zhang_qiang, "2026-11-19T02:00:00Z") == 401
    assert says_it_is_empty(li_min, "2026-11-19T02:00:01Z") == 401, "it is of another order"
    assert world.client.post("/api/device/cleared", json={"device": 7}).status_code == 400
    found = clearing.clearing_of(store, li_min.device)
    assert found is not None and found.cleared_at is None


def test_the_other_phone_of_the_same_person_goes_on(world: HttpWorld, store: Store, li_min: Phone) -> None:
    other = world.signs_in("li_min")
    taken_back(world, store, li_min, "now")
    assert other.finds(ME) == {"me": {"person": "li_min"}}
