"""Who was let in comes in again, each by their own way; nothing that was stolen, copied or heard opens anything."""

from __future__ import annotations

import errno
import json
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from schema.model import Membership
from server.app import create_app
from server.auth import passkeys, strangers
from server.auth.door import address_of
from server.errors import Refusal
from sync import credentials, people, tries
from sync.save import new_private_key, signed_text
from tests.server.authenticator import Authenticator, raw, text
from tests.server.door_world import (
    APP,
    HIDDEN,
    ORIGIN,
    OTHER_PROOF,
    POKE,
    PROOF,
    SET_ROLE,
    Device,
    Door,
    code_of,
    described,
    new_door,
    proof_of,
)
from tests.server.http_world import HOME, PULL, PUSH, open_client
from tests.server.test_sessions import ME, is_signed_in
from tests.sizes import FUZZED_PASSKEYS, HONEST, PIN_GUESSES, PIN_ROUNDS, REPLAYS


def signs_in(door: Door, of: Device, **asked: Any) -> Any:
    """The answer to signing in by the passkey of a device."""
    options = door.gives("/api/sign-in/options", {})
    credential = of.authenticator.signs(options)
    same = described(of.key, id=of.device)
    return door.posts("/api/sign-in/finish", {"credential": credential, "device": same} | asked)


def by_pin(door: Door, of: Device, proof: str = PROOF, **asked: Any) -> Any:
    """The answer to signing in by PIN."""
    nonce = door.gives("/api/sign-in/nonce", {})["nonce"]
    signature = signed_text(nonce.encode(), of.key)
    given = {"device": of.device, "nonce": nonce, "pin_proof": proof, "signature": signature}
    return door.posts("/api/sign-in/pin", given | asked)


def test_by_a_passkey_on_the_same_device_and_on_another_one(door: Door) -> None:
    phone = door.brings_in("li_min")
    before = phone.token
    found = signs_in(door, phone).json()
    assert found["device"] == phone.device and found["me"]["name"] == "李敏" and found["token"] != before
    assert not is_signed_in(phone), "the token of before is dead"
    phone.token = found["token"]
    assert is_signed_in(phone)
    # A passkey that travels with its person makes a device of its own elsewhere.
    other = signs_in(door, phone, device=described(new_private_key())).json()
    assert other["device"] != phone.device
    assert is_signed_in(phone)


@pytest.mark.of_sqlite
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"origin": "https://doorstep.example"}, "passkey_wrong_place"),
        ({"rp": "doorstep.example"}, "passkey_wrong_place"),
        ({"is_verified": False}, "passkey_not_verified"),
        ({"id": b"another passkey"}, "passkey_unknown"),
        ({"key": new_private_key()}, "passkey_unknown"),
    ],
)
def test_a_passkey_that_signs_otherwise_opens_nothing(door: Door, wrong: dict[str, Any], code: str) -> None:
    phone = door.brings_in("li_min")
    for name, value in wrong.items():
        setattr(phone.authenticator, name, value)
    assert code_of(signs_in(door, phone)) == code
    assert is_signed_in(phone), "nothing was changed"


def test_a_challenge_is_answered_once_within_five_minutes_and_for_what_it_was_made(door: Door) -> None:
    phone = door.brings_in("li_min")
    device = {"device": described(phone.key, id=phone.device)}
    options = door.gives("/api/sign-in/options", {})
    answer = {"credential": phone.authenticator.signs(options)} | device
    assert door.posts("/api/sign-in/finish", answer).status_code == 200
    assert code_of(door.posts("/api/sign-in/finish", answer)) == "passkey_challenge"

    late = door.gives("/api/sign-in/options", {})
    door.world.passes(minutes=5, seconds=1)
    nonce = {"challenge": door.gives("/api/sign-in/nonce", {})["nonce"]}
    for wrong in (late, options | nonce, options | {"challenge": text(b"of our own making")}):
        answer = {"credential": phone.authenticator.signs(wrong)} | device
        assert code_of(door.posts("/api/sign-in/finish", answer)) == "passkey_challenge"


@pytest.mark.of_sqlite
def test_a_counter_that_stands_tells_of_a_copy(door: Door) -> None:
    phone = door.brings_in("li_min")
    phone.authenticator.counter = 7
    assert signs_in(door, phone).status_code == 200
    assert code_of(signs_in(door, phone)) == "passkey_copied"
    phone.authenticator.counter = 8
    assert signs_in(door, phone).status_code == 200


GARBAGE: list[Any] = [
    None,
    [],
    {},
    {"id": 1, "response": {}},
    {"id": "x", "response": {"clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}},
    {"id": "é", "response": {"clientDataJSON": text(b"{}"), "authenticatorData": "AAAA", "signature": "AAAA"}},
    {"id": "x" * 20_000, "response": {"clientDataJSON": text(b"[]"), "authenticatorData": "AA", "signature": "A"}},
]


@pytest.mark.of_sqlite
@pytest.mark.parametrize("credential", GARBAGE)
def test_garbage_is_refused_and_no_error_of_ours(door: Door, credential: Any) -> None:
    asked = {"credential": credential, "device": described(new_private_key())}
    assert code_of(door.posts("/api/sign-in/finish", asked)) == "passkey_damaged"


@pytest.mark.of_sqlite
def test_bytes_that_were_changed_anywhere_open_nothing(door: Door) -> None:
    phone = door.brings_in("li_min")
    options = door.gives("/api/sign-in/options", {})
    right = phone.authenticator.signs(options)
    device = described(phone.key, id=phone.device)
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        for place in range(3, len(right["response"][name]) - 4, 11):
            sent = right["response"][name]
            wrong = sent[:place] + ("A" if sent[place] != "A" else "B") + sent[place + 1 :]
            credential = right | {"response": right["response"] | {name: wrong}}
            answer = door.posts("/api/sign-in/finish", {"credential": credential, "device": device})
            assert answer.status_code in (400, 403, 429), answer.text
            assert code_of(answer).startswith(("passkey_", "too_many_tries"))
    # None of it was the right answer, which still counts: whoever knows is let in, whatever their network does.
    assert door.posts("/api/sign-in/finish", {"credential": right, "device": device}).status_code == 200


@pytest.mark.of_sqlite
def test_answers_bent_at_random_open_nothing_and_are_no_error_of_ours(door: Door) -> None:
    """Bent in form, in bytes and in what they say; one in ten goes the whole way, the others to what reads them."""
    phone, chance, told = door.brings_in("li_min"), random.Random(16), Counter[str]()  # noqa: S311
    settings, device = door.world.settings, described(phone.key, id=phone.device)
    public_key = key_kept_of(door, phone)
    options = door.gives("/api/sign-in/options", {})
    right = phone.authenticator.signs(options)
    challenge = raw(options["challenge"])
    assert passkeys.read_used(settings, right, challenge, public_key, 0) == 0
    for number in range(FUZZED_PASSKEYS):
        wrong = bent(chance, right)
        if number % 10 == 0:
            answer = door.posts("/api/sign-in/finish", {"credential": wrong, "device": device})
            assert 400 <= answer.status_code < 500, (number, answer.text)
            told[code_of(answer)] += 1
            continue
        with pytest.raises(Refusal) as refused:
            passkeys.id_of(wrong)
            passkeys.read_used(settings, wrong, challenge, public_key, 0)
        told[refused.value.problem.code] += 1
    assert told.keys() >= {"passkey_damaged", "passkey_unknown", "passkey_wrong_place", "passkey_challenge"}, told


def key_kept_of(door: Door, phone: Device) -> bytes:
    with closing(door.world.opened()) as store:
        found = credentials.passkey_of(store, text(phone.authenticator.id))
    assert found is not None
    return found.public_key


def bent(chance: random.Random, right: dict[str, Any]) -> Any:
    """An answer that differs from the right one in a way that matters."""
    response = dict(right["response"])
    match chance.randrange(5):
        case 0:
            return right | {"response": chance.choice([None, [], "x", {}, {"signature": chance.random()}])}
        case 1:
            name = chance.choice(["clientDataJSON", "authenticatorData", "signature"])
            return right | {"response": response | {name: chance.choice(["", "é", "A" * 20_000, "A", 7, None])}}
        case 2:
            said = json.loads(raw(response["clientDataJSON"]))
            odd = chance.choice([None, True, "", "x" * chance.randrange(1, 99), [], {"a": 1}, 10**30])
            name = chance.choice(["type", "challenge", "origin"])
            return right | {"response": response | {"clientDataJSON": text(json.dumps(said | {name: odd}).encode())}}
        case _:
            name = chance.choice(["clientDataJSON", "authenticatorData", "signature"])
            changed = bytearray(raw(response[name]))
            for _ in range(chance.choice([1, 1, 2, 9])):
                changed[chance.randrange(len(changed))] ^= chance.randrange(1, 256)
            if chance.random() < 0.2:
                del changed[chance.randrange(len(changed)) :]
            changed = changed if bytes(changed) != raw(response[name]) else changed[:-1]
            return right | {"response": response | {name: text(bytes(changed))}}


@pytest.mark.of_sqlite
def test_by_a_pin_that_only_counts_on_its_own_device(door: Door) -> None:
    phone = door.brings_in("huang_li", "pin")
    assert by_pin(door, phone).json()["device"] == phone.device
    assert not is_signed_in(phone), "the token of before is dead"
    other = new_private_key()
    nonce = door.gives("/api/sign-in/nonce", {})["nonce"]
    assert code_of(by_pin(door, phone, nonce=nonce, signature=signed_text(nonce.encode(), other))) == "signature_wrong"
    assert code_of(by_pin(door, phone, device="nobody's")) == "signature_wrong"
    signed = signed_text(nonce.encode(), phone.key)
    assert by_pin(door, phone, nonce=nonce, signature=signed).status_code == 200
    assert code_of(by_pin(door, phone, nonce=nonce, signature=signed)) == "passkey_challenge"
    assert code_of(by_pin(door, phone, nonce="AAAA")) == "passkey_challenge"


def test_the_tenth_wrong_pin_destroys_the_share_and_the_right_one_opens_nothing_any_more(door: Door) -> None:
    phone = door.brings_in("huang_li", "pin")
    assert code_of(by_pin(door, phone, OTHER_PROOF)) == "wrong_pin"
    assert by_pin(door, phone).status_code == 200, "a right one forgives"
    for left in range(9, 0, -1):
        answer = by_pin(door, phone, OTHER_PROOF)
        assert answer.json()["errors"][0]["extensions"]["details"] == {"tries_left": left}
    assert code_of(by_pin(door, phone, OTHER_PROOF)) == "pin_disabled"
    assert code_of(by_pin(door, phone)) == "pin_disabled"
    assert code_of(phone.asks_signed("/api/share", {"pin_proof": PROOF})) == "pin_disabled"


@pytest.mark.of_sqlite
def test_of_many_pins_at_once_ten_are_evaluated(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated: list[bytes] = []

    async def slow(hashed: str, secret: bytes) -> bool:
        evaluated.append(secret)
        return False

    monkeypatch.setattr("server.auth.pin.is_hash_of", slow)
    for _ in range(PIN_ROUNDS):
        phone = door.brings_in("huang_li", "pin")
        evaluated.clear()
        asked = [{"pin_proof": proof_of(number)} for number in range(PIN_GUESSES)]
        with ThreadPoolExecutor(8) as together:
            answers = list(together.map(lambda one: phone.asks_signed("/api/share", one), asked))  # noqa: B023
        assert len(evaluated) == 10
        assert {code_of(answer) for answer in answers} == {"wrong_pin", "pin_disabled"}


def test_neither_a_restart_nor_a_clock_that_jumps_gives_another_try_of_a_pin(door: Door) -> None:
    phone = door.brings_in("huang_li", "pin")
    for number, hours in enumerate((0, 48, -72)):
        door.world.passes(hours=hours)
        with open_client(door.world) as again:
            door.world.client, before = again, door.world.client
            for left in range(3):
                answer = by_pin(door, phone, OTHER_PROOF)
                details = {"tries_left": 9 - 3 * number - left}
                assert answer.json()["errors"][0]["extensions"]["details"] == details
            door.world.client = before
    assert code_of(by_pin(door, phone, OTHER_PROOF)) == "pin_disabled"
    assert code_of(by_pin(door, phone)) == "pin_disabled"


@pytest.mark.of_sqlite
def test_a_pin_whose_tries_were_forgiven_would_be_guessed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.credentials.PIN_TRIES_MAX", 10**6)
    phone = door.brings_in("huang_li", "pin")
    for _ in range(11):
        assert code_of(by_pin(door, phone, OTHER_PROOF)) == "wrong_pin"
    assert by_pin(door, phone).status_code == 200


def test_the_share_is_the_same_until_it_is_destroyed_and_only_for_the_device_and_its_pin(door: Door) -> None:
    phone = door.brings_in("huang_li", "pin")
    asked = {"pin_proof": PROOF}
    assert phone.asks_signed("/api/share", asked).json() == {"share": phone.share}
    assert code_of(phone.asks_signed("/api/share", {"pin_proof": OTHER_PROOF})) == "wrong_pin"
    other = door.brings_in("li_min", "pin")
    assert other.share != phone.share
    assert code_of(phone.asks_signed("/api/share", asked, device=other.device)) == "signature_wrong"
    assert code_of(door.posts("/api/share", asked)) == "signature_missing"
    with_store(door, lambda store: people.revoke_device(store, phone.device, door.world.now))
    assert code_of(phone.asks_signed("/api/share", asked)) == "signature_wrong"


def with_store(door: Door, work: Any) -> None:
    store = door.world.opened()
    work(store)
    store.close()


def test_whoever_knows_the_pin_puts_another_in_its_place_and_the_share_stays(door: Door) -> None:
    phone = door.brings_in("huang_li", "pin")
    share = phone.asks_signed("/api/share", {"pin_proof": PROOF}).json()["share"]
    changing = {"pin_proof": PROOF, "new_pin_proof": OTHER_PROOF}
    assert code_of(phone.asks_signed("/api/share", changing | {"pin_proof": OTHER_PROOF})) == "wrong_pin"
    assert code_of(phone.asks_signed("/api/share", changing | {"new_pin_proof": "AAAA"})) == "damaged_request"
    assert code_of(door.posts("/api/share", changing)) == "signature_missing"
    assert by_pin(door, phone).status_code == 200, "nothing of that changed it"

    assert phone.asks_signed("/api/share", changing).json()["share"] == share
    assert code_of(by_pin(door, phone)) == "wrong_pin"
    assert by_pin(door, phone, OTHER_PROOF).status_code == 200
    assert phone.asks_signed("/api/share", {"pin_proof": OTHER_PROOF}).json()["share"] == share
    with closing(door.world.opened()) as store:
        noted = store.rows("SELECT person, device FROM audit WHERE action = 'pin_changed'")
    assert noted == [("huang_li", phone.device)]


def test_a_phone_goes_on_by_its_key_for_seven_days(door: Door) -> None:
    phone = door.brings_in("li_min")
    for _ in range(7):
        door.world.passes(hours=23, minutes=59)
        assert not is_signed_in(phone)
        phone.token = phone.asks_signed("/api/renew", {}).json()["token"]
        assert is_signed_in(phone)
    door.world.passes(hours=1)
    assert code_of(phone.asks_signed("/api/renew", {})) == "not_signed_in"
    assert signs_in(door, phone).status_code == 200
    assert phone.asks_signed("/api/renew", {}).status_code == 200


@pytest.mark.of_sqlite
def test_after_signing_out_nothing_goes_on_by_itself_and_a_desk_never_does(door: Door) -> None:
    phone, desk = door.brings_in("li_min"), door.brings_in("zhou_hui", form="desk")
    door.world.client.delete("/api/session", headers=phone.headers())
    assert code_of(phone.asks_signed("/api/renew", {})) == "not_signed_in"
    assert code_of(desk.asks_signed("/api/renew", {})) == "not_signed_in"
    assert code_of(door.posts("/api/renew", {})) == "signature_missing"


@pytest.mark.of_sqlite
def test_a_desk_is_left_for_half_an_hour_and_used_for_twelve_at_most(door: Door) -> None:
    desk = door.brings_in("zhou_hui", form="desk")
    for _ in range(24):
        door.world.passes(minutes=29)
        assert is_signed_in(desk)
    door.world.passes(minutes=29)
    assert not is_signed_in(desk), "twelve hours"
    desk.token = signs_in(door, desk, device=described(desk.key, "desk", id=desk.device)).json()["token"]
    door.world.passes(minutes=31)
    assert not is_signed_in(desk)


def test_a_step_up_asks_a_passkey_of_the_person_and_gives_a_new_token(door: Door) -> None:
    desk, other = door.brings_in("zhou_hui", form="desk"), door.brings_in("li_min")

    def asks(path: str, asked: dict[str, Any]) -> Any:
        return door.world.client.post(path, json=asked, headers={"authorization": f"Bearer {desk.token}"})

    options = asks("/api/step-up/options", {}).json()
    assert [entry["id"] for entry in options["allowCredentials"]] == [text(desk.authenticator.id)]
    assert code_of(asks("/api/step-up/finish", {"credential": other.authenticator.signs(options)})) == "passkey_unknown"
    elsewhere = desk.authenticator.signs(door.gives("/api/sign-in/options", {}))
    assert code_of(asks("/api/step-up/finish", {"credential": elsewhere})) == "passkey_challenge"
    before = desk.token
    answer = asks("/api/step-up/finish", {"credential": desk.authenticator.signs(options)})
    desk.token = before
    door.world.client.cookies.clear()
    assert not is_signed_in(desk)
    desk.token = answer.json()["token"]
    assert is_signed_in(desk)
    assert code_of(door.posts("/api/step-up/options", {})) == "not_signed_in"


@pytest.mark.of_sqlite
def test_a_step_up_by_pin_is_signed_by_the_device(door: Door) -> None:
    phone, with_passkey = door.brings_in("huang_li", "pin"), door.brings_in("li_min")
    asked = {"pin_proof": PROOF}
    answer = door.world.client.post("/api/step-up/finish", json=asked, headers=phone.headers())
    assert code_of(answer) == "signature_missing"
    assert code_of(phone.asks_signed("/api/step-up/finish", asked, device=with_passkey.device)) == "signature_wrong"
    assert code_of(with_passkey.asks_signed("/api/step-up/finish", asked)) == "path_not_allowed"
    assert code_of(phone.asks_signed("/api/step-up/finish", {"pin_proof": OTHER_PROOF})) == "wrong_pin"
    before = phone.token
    phone.token = phone.asks_signed("/api/step-up/finish", asked).json()["token"]
    assert phone.token != before and is_signed_in(phone)


# Signed requests


@pytest.mark.of_sqlite
def test_a_cookie_without_the_device_sends_and_fetches_nothing(door: Door) -> None:
    phone = door.brings_in("zhou_hui")
    pull = json.dumps({"query": PULL, "variables": {"after": []}})
    hidden = json.dumps({"query": HIDDEN})
    for body in (pull, hidden):
        answer = door.world.client.post("/graphql", content=body, headers=phone.headers())
        assert code_of(answer) == "signature_missing"
    assert phone.asks(ME).status_code == 200
    record = phone.writes("household", HOME)
    assert record in phone.holds()


@pytest.mark.of_sqlite
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"nonce": "seen-before"}, "signature_replayed"),
        ({"key": new_private_key()}, "signature_wrong"),
        ({"device": "another-device"}, "signature_wrong"),
    ],
)
def test_a_signature_of_another_request_device_or_key_is_refused(door: Door, wrong: dict[str, Any], code: str) -> None:
    phone = door.brings_in("zhou_hui")
    body = json.dumps({"query": ME})
    first = phone.header("/graphql", body, nonce="seen-before")
    assert phone.asks_named(body, **{"doorstep-signature": first}).status_code == 200
    assert code_of(phone.asks_named(body, **{"doorstep-signature": phone.header("/graphql", body, **wrong)})) == code


@pytest.mark.of_sqlite
def test_a_push_of_somebody_elses_device_or_person_is_taken_from_nobody_and_the_same_again_is_one(door: Door) -> None:
    li_min, zhou_hui = door.brings_in("li_min"), door.brings_in("zhou_hui")
    for number in range(REPLAYS):
        body = json.dumps({"query": PUSH, "variables": {"saves": []}})
        header = {"doorstep-signature": li_min.header("/graphql", body)}
        assert li_min.asks_named(body, **header).status_code == 200
        thief = (li_min, zhou_hui)[number % 2]
        expected = ("signature_replayed",) if thief is li_min else ("signature_replayed", "signature_wrong")
        assert code_of(thief.asks_named(body, **header)) in expected


@pytest.mark.of_sqlite
def test_a_signature_covers_body_path_and_method(door: Door) -> None:
    phone = door.brings_in("zhou_hui")
    body, other = json.dumps({"query": ME}), json.dumps({"query": PUSH, "variables": {"saves": []}})
    for header in (
        phone.header("/graphql", other),
        phone.header("/api/share", body),
        phone.header("/graphql", body, method="GET"),
        "v1 nonsense",
    ):
        assert code_of(phone.asks_named(body, **{"doorstep-signature": header})) == "signature_wrong"


@pytest.mark.of_sqlite
@pytest.mark.parametrize("minutes", [-10.1, 10.1])
def test_a_clock_that_is_off_is_told_ours_and_signs_again(door: Door, minutes: float) -> None:
    phone = door.brings_in("zhou_hui")
    door.world.passes(minutes=20)
    body = json.dumps({"query": ME})
    at = door.world.now + timedelta(minutes=minutes)
    answer = phone.asks_named(body, **{"doorstep-signature": phone.header("/graphql", body, at=at)})
    assert code_of(answer) == "clock_off"
    details = answer.json()["errors"][0]["extensions"]["details"]
    assert details == {"server_time": door.world.now.isoformat()}


def replayed(door: Door, phone: Device, body: str, path: str = "/graphql") -> tuple[Any, Any]:
    """The answers to one signed request, and to the same again at another process over the same store."""
    # Its clock is ahead, so that what it signs holds for longer than most.
    at = door.world.now + timedelta(minutes=9)
    headers = phone.headers() | {"doorstep-signature": phone.header(path, body, at=at)}
    with open_client(door.world) as other:
        first = other.post(path, content=body, headers=headers)
    door.world.client.cookies.clear()
    return first, door.world.client.post(path, content=body, headers=headers)


@pytest.mark.parametrize("query", [ME, PULL, PUSH])
def test_neither_a_restart_nor_another_process_makes_a_signature_good_again(door: Door, query: str) -> None:
    phone = door.brings_in("zhou_hui")
    variables = {PULL: {"after": []}, PUSH: {"saves": []}}.get(query, {})
    first, again = replayed(door, phone, json.dumps({"query": query, "variables": variables}))
    assert first.status_code == 200 and code_of(again) == "signature_replayed"


def test_a_phone_goes_on_once_by_one_signature_wherever_it_asks(door: Door) -> None:
    first, again = replayed(door, door.brings_in("zhou_hui"), "{}", "/api/renew")
    assert first.status_code == 200 and code_of(again) == "signature_replayed"


@pytest.mark.of_sqlite
def test_what_is_not_written_down_is_good_again_elsewhere(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "spend_each", lambda store, whats, now, span: set(whats))
    first, again = replayed(door, door.brings_in("zhou_hui"), json.dumps({"query": ME}))
    assert first.status_code == again.status_code == 200


@pytest.mark.of_sqlite
def test_on_a_full_disk_reading_goes_on_and_this_process_still_knows_what_it_saw(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    phone, body = door.brings_in("zhou_hui"), json.dumps({"query": ME})
    monkeypatch.setattr(tries, "spend_each", full)
    header = {"doorstep-signature": phone.header("/graphql", body)}
    assert phone.asks_named(body, **header).status_code == 200
    assert code_of(phone.asks_named(body, **header)) == "signature_replayed"


@pytest.mark.of_sqlite
def test_nonces_are_forgotten_once_nothing_signed_with_them_could_hold(door: Door) -> None:
    phone = door.brings_in("zhou_hui")
    for _ in range(2):
        assert phone.asks(ME).status_code == 200
        door.world.passes(minutes=21)
    with closing(door.world.opened()) as store:
        assert store.value("SELECT count(*) FROM spent WHERE what LIKE 'nonce %'") == 1


def test_over_tls_the_cookie_is_bound_to_its_host_and_no_other_is_taken(tmp_path: Path) -> None:
    origin = "https://doorstep.example.org"
    served = new_door(tmp_path, origin=origin)
    with TestClient(create_app(served.world.settings, clock=lambda: served.world.now), base_url=origin) as client:
        served.world.client = client
        looked = served.gives("/api/enrol/look", {"token": served.invites("huang_li").token})
        served.matches(looked["enrolment"])
        asked = {"enrolment": looked["enrolment"], "path": "pin", "pin_proof": PROOF}
        answer = client.post("/api/enrol/finish", json=asked | {"device": described(new_private_key())})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-doorstep=") and "Secure" in cookie and "Path=/" in cookie
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Domain" not in cookie
        for name, status in (("__Host-doorstep", 200), ("doorstep", 401)):
            client.cookies.clear()
            headers = {"cookie": f"{name}={answer.json()['token']}", "origin": origin}
            assert client.post("/graphql", json={"query": ME}, headers=headers).status_code == status


# Limits


def test_one_attacker_is_slowed_down_and_nobody_behind_the_same_address_is(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "FAILURES_MAX", 10)
    phones = [door.brings_in("huang_li", "pin"), door.brings_in("li_min")]
    stranger = Authenticator(ORIGIN)
    asked = {"credential": stranger.signs(door.gives("/api/sign-in/options", {})), "device": described(stranger.key)}
    told = [code_of(door.posts("/api/sign-in/finish", asked)) for _ in range(30)]
    assert told == ["passkey_unknown"] * 10 + ["too_many_tries"] * 20
    guesses = [code_of(door.posts("/api/enrol/look", {"token": f"guess {number}"})) for number in range(5)]
    assert guesses == ["too_many_tries"] * 5
    assert all(by_pin(door, phones[0]).status_code == 200 for _ in range(20))
    assert all(signs_in(door, phones[1]).status_code == 200 for _ in range(20))
    assert door.posts("/api/enrol/look", {"code": door.invites("deng_jie").code}).status_code == 200
    with open_client(door.world) as again:
        assert code_of(again.post("/api/sign-in/finish", json=asked)) == "too_many_tries", "a restart forgives nothing"
    door.world.passes(minutes=11)
    assert code_of(door.posts("/api/enrol/look", {"token": "guess"})) == "code_wrong"


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.1, 127.0.0.1", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("2001:db8::7:1", "", "2001:db8::/64"),
        ("2001:db8::8:2", "", "2001:db8::/64"),
    ],
)
def test_where_a_request_comes_from_is_told_by_our_own_proxy_alone(peer: str, told: str, address: str) -> None:
    headers = [(b"x-forwarded-for", told.encode())]
    request = Request({"type": "http", "client": (peer, 1), "headers": headers})
    assert address_of(request, ("127.0.0.1",)) == address


@pytest.mark.of_sqlite
def test_a_whole_centre_behind_the_address_of_an_attacker_comes_in_also_after_a_restart(door: Door) -> None:
    stranger = Authenticator(ORIGIN)
    asked = {"credential": stranger.signs(door.gives("/api/sign-in/options", {})), "device": described(stranger.key)}

    def attacks(times: int) -> list[str]:
        return [code_of(door.posts("/api/sign-in/finish", asked)) for _ in range(times)]

    with closing(door.world.opened()) as store, store.atomic():
        for number in range(HONEST):
            people.add_member(store, f"honest_{number}", "某人", "heping", [Membership("volunteer", "heping")])
    told, phones = attacks(strangers.FAILURES_MAX + 5), []
    for number in range(HONEST):
        phones.append(door.brings_in(f"honest_{number}", "pin" if number % 4 == 0 else "prf"))
        told += attacks(1)
    with open_client(door.world) as again:
        door.world.client, before = again, door.world.client
        for number, phone in enumerate(phones):
            assert (by_pin if number % 4 == 0 else signs_in)(door, phone).status_code == 200
            told += attacks(1)
        door.world.client = before
    assert told[: strangers.FAILURES_MAX] == ["passkey_unknown"] * strangers.FAILURES_MAX
    assert set(told[strangers.FAILURES_MAX :]) == {"too_many_tries"}


@pytest.mark.of_sqlite
def test_a_limit_that_stood_before_the_proof_would_lock_out_the_centre(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test before would find: the address is asked first, and whoever shares it waits."""
    phone, posts = door.brings_in("li_min"), Door.posts

    def behind_a_limit(self: Door, path: str, asked: Any, **headers: str) -> Any:
        first = posts(self, "/api/enrol/look", {"token": "guess"})
        return first if code_of(first) == "too_many_tries" else posts(self, path, asked, **headers)

    for _ in range(strangers.FAILURES_MAX):
        door.posts("/api/enrol/look", {"token": "guess"})
    options = door.gives("/api/sign-in/options", {})
    monkeypatch.setattr(Door, "posts", behind_a_limit)
    credential = {"credential": phone.authenticator.signs(options), "device": described(phone.key, id=phone.device)}
    assert code_of(door.posts("/api/sign-in/finish", credential)) == "too_many_tries"


# The end of a session is felt at once


@pytest.mark.of_sqlite
@pytest.mark.parametrize("ends", ["role", "device"])
def test_after_the_answer_no_request_goes_through_and_what_listens_is_closed_within_a_second(
    door: Door, ends: str
) -> None:
    desk, phone = door.brings_in("chen_jing", form="desk"), door.brings_in("huang_li", "pin")
    headers = {"authorization": f"Bearer {phone.token}", "host": "localhost"}
    connected = door.world.client.websocket_connect("/graphql", ["graphql-transport-ws"], headers=headers)
    with connected as socket, ThreadPoolExecutor(1) as beside:
        socket.send_json({"type": "connection_init"})
        socket.receive_json()
        socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": POKE}})
        socket.receive_json()
        polling = beside.submit(door.world.client.post, "/api/poke", json={"after": 10**6}, headers=headers)
        if ends == "role":
            desk.finds(SET_ROLE, person="huang_li", role="volunteer")
        else:
            desk.finds(APP["revoke_device"], device=phone.device, order="now")
        answered = time.monotonic()
        assert phone.asks(ME).status_code == 401
        assert closing_code(socket) == 4401
        assert polling.result().status_code == 401
        assert time.monotonic() - answered < 1


def closing_code(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as closed:
        while True:
            socket.receive_json()
    return closed.value.code
