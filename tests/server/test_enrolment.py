"""A phone comes to the centre: the code somebody was given in person, the number both sides see, its way in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from sync.save import new_private_key
from tests.server.authenticator import Authenticator, text
from tests.server.door_world import (
    ADD,
    CODES,
    CONFIRM,
    INVITE,
    INVITES,
    MATCH,
    ORIGIN,
    OTHER_PROOF,
    PROOF,
    SET_ROLE,
    WAITING,
    WITHDRAW,
    Device,
    Door,
    code_of,
    described,
)
from tests.server.test_sessions import is_signed_in
from tests.sizes import CODE_GUESSES, CODE_ROUNDS


def desk_of(door: Door, person: str = "chen_jing", centre: str = "heping") -> Device:
    return door.brings_in(person, form="desk", centre=centre)


def invited(desk: Device, person: str, **others: Any) -> dict[str, Any]:
    made: dict[str, Any] = desk.finds(INVITE, person=person, **others)["create_invite"]
    return made


def refusal(desk: Device, query: str, **variables: Any) -> str:
    return code_of(desk.asks(query, variables))


def test_a_volunteer_comes_in_with_a_code_a_number_and_a_pin(door: Door) -> None:
    desk = desk_of(door)
    made = invited(desk, "huang_li")
    # Typed as people type: in small letters, with an O for a zero.
    typed = made["code"].lower().replace("0", "o").replace("-", " ")
    looked = door.gives("/api/enrol/look", {"code": typed})
    assert (looked["person_name"], looked["centre_name"], looked["role"]) == ("黄丽", "和平社区服务中心", "volunteer")
    assert code_of(door.posts("/api/enrol/options", {"enrolment": looked["enrolment"]})) == "number_not_matched"

    (waiting,) = desk.finds(WAITING)["waiting_enrolments"]
    assert waiting["enrolment"] == looked["enrolment"] and waiting["person_name"] == "黄丽"
    assert len(set(waiting["numbers"])) == 3 and looked["number"] in waiting["numbers"]
    matched = desk.finds(MATCH, enrolment=waiting["enrolment"], number=looked["number"])
    assert matched["match_number"] == "matched"
    assert door.gives("/api/enrol/wait", {"enrolment": looked["enrolment"]}) == {"state": "matched"}

    phone = door.finishes("huang_li", looked["enrolment"], "pin")
    assert phone.me["name"] == "黄丽" and phone.share is not None
    assert is_signed_in(phone)
    assert desk.finds(INVITES)["invites"] == []
    for brought in ({"code": made["code"]}, {"token": made["token"]}):
        assert code_of(door.posts("/api/enrol/look", brought)) == "code_used"


def test_a_wrong_number_ends_the_invite_and_the_phone_is_told(door: Door) -> None:
    desk = desk_of(door)
    made = invited(desk, "huang_li")
    looked = door.gives("/api/enrol/look", {"token": made["token"]})
    (waiting,) = desk.finds(WAITING)["waiting_enrolments"]
    wrong = next(number for number in waiting["numbers"] if number != looked["number"])
    assert desk.finds(MATCH, enrolment=waiting["enrolment"], number=wrong)["match_number"] == "refused"
    assert door.gives("/api/enrol/wait", {"enrolment": looked["enrolment"]}) == {"state": "refused"}
    assert code_of(door.posts("/api/enrol/options", {"enrolment": looked["enrolment"]})) == "number_refused"
    assert code_of(door.posts("/api/enrol/look", {"token": made["token"]})) == "code_expired"
    assert refusal(desk, MATCH, enrolment=waiting["enrolment"], number=looked["number"]) == "not_waiting"


def test_what_happens_at_the_door_is_noted(door: Door) -> None:
    desk = desk_of(door)
    made = invited(desk, "huang_li")
    looked = door.gives("/api/enrol/look", {"token": made["token"]})
    desk.finds(MATCH, enrolment=looked["enrolment"], number=looked["number"])
    phone = door.finishes("huang_li", looked["enrolment"], "pin")
    phone.asks_signed("/api/share", {"pin_proof": OTHER_PROOF})
    phone.asks_signed("/api/step-up/finish", {"pin_proof": PROOF})
    desk.finds(SET_ROLE, person="huang_li", role="volunteer")
    with closing(door.world.opened()) as store:
        noted = [tuple(row) for row in store.rows("SELECT action, person FROM audit ORDER BY position")]
    assert noted == [
        ("enrolled", "chen_jing"),
        ("invited", "chen_jing"),
        ("enrolled", "huang_li"),
        ("sign_in_refused", "huang_li"),
        ("step_up", "huang_li"),
        ("member_changed", "chen_jing"),
    ]


@pytest.mark.of_sqlite
def test_of_many_guesses_at_once_five_are_evaluated(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated: list[bytes] = []
    hashed: list[bytes] = []

    async def never(_: str, secret: bytes) -> bool:
        evaluated.append(secret)
        return False

    async def at_once(secret: bytes) -> str:
        hashed.append(secret)
        return ""

    monkeypatch.setattr("server.auth.enrol.is_hash_of", never)
    # What every other guess costs is not asked here, only that it is paid.
    monkeypatch.setattr("server.auth.enrol.slowly_hashed", at_once)
    for number in range(CODE_ROUNDS):
        evaluated.clear()
        hashed.clear()
        # An hour later the address is heard again, and the invite is a new one.
        door.world.passes(hours=number)
        made = door.invites("huang_li")
        guesses = [made.code[:-2] + f"{number % 100:02}" for number in range(CODE_GUESSES)]
        with ThreadPoolExecutor(8) as together:
            answers = list(
                together.map(lambda code: door.world.client.post("/api/enrol/look", json={"code": code}), guesses)
            )
        assert (len(evaluated), len(hashed)) == (5, CODE_GUESSES - 5)
        # What met an invite and what met none is answered with the same bytes, before the address's limit and after.
        told = {code_of(answer): answer.content for answer in answers}
        assert {answer.content for answer in answers} == set(told.values())
        assert told.keys() <= {"code_wrong", "too_many_tries"}


@pytest.mark.of_sqlite
def test_a_code_that_used_up_no_tries_would_be_evaluated_each_time(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.invites.CODE_TRIES_MAX", 10**6)
    made = door.invites("huang_li")
    wrong = made.code[:-1] + ("0" if made.code[-1] != "0" else "1")
    for _ in range(6):
        door.posts("/api/enrol/look", {"code": wrong})
    assert door.posts("/api/enrol/look", {"code": made.code}).status_code == 200


@pytest.mark.of_sqlite
def test_a_second_phone_with_the_same_code_takes_the_place_of_the_first(door: Door) -> None:
    desk = desk_of(door)
    made = invited(desk, "huang_li")
    first, second = (door.gives("/api/enrol/look", {"token": made["token"]}) for _ in range(2))
    assert [entry["enrolment"] for entry in desk.finds(WAITING)["waiting_enrolments"]] == [second["enrolment"]]
    assert door.gives("/api/enrol/wait", {"enrolment": first["enrolment"]}) == {"state": "refused"}


def test_a_typed_code_is_evaluated_five_times_and_not_once_more(door: Door) -> None:
    made = door.invites("huang_li")
    wrong = made.code[:-1] + ("0" if made.code[-1] != "0" else "1")
    for _ in range(5):
        assert code_of(door.posts("/api/enrol/look", {"code": wrong})) == "code_wrong"
    assert code_of(door.posts("/api/enrol/look", {"code": made.code})) == "code_wrong"
    # What came by QR nobody can guess; it still holds.
    assert door.posts("/api/enrol/look", {"token": made.token}).status_code == 200


def test_a_code_ends_after_ten_minutes_and_a_token_after_a_day(door: Door) -> None:
    made = door.invites("huang_li")
    door.world.passes(minutes=10)
    assert code_of(door.posts("/api/enrol/look", {"code": made.code})) == "code_expired"
    door.world.passes(hours=23, minutes=49)
    assert door.posts("/api/enrol/look", {"token": made.token}).status_code == 200
    door.world.passes(minutes=1)
    assert code_of(door.posts("/api/enrol/look", {"token": made.token})) == "code_expired"


@pytest.mark.of_sqlite
@pytest.mark.parametrize("brought", [{"code": "AAAA-AAAA"}, {"code": "UUUU"}, {"code": 1}, {"token": "x"}])
def test_what_nobody_was_given_opens_nothing(door: Door, brought: dict[str, Any]) -> None:
    assert code_of(door.posts("/api/enrol/look", brought)) == "code_wrong"


def test_what_leads_nowhere_or_is_unreadable_is_refused(door: Door) -> None:
    for asked in ({}, {"token": 1}):
        assert code_of(door.posts("/api/enrol/look", asked)) in ("damaged_request", "code_wrong")
    nowhere = {"enrolment": "00000000-0000-4000-8000-000000000000"}
    assert code_of(door.posts("/api/enrol/options", nowhere)) == "code_expired"
    assert door.gives("/api/enrol/wait", nowhere) == {"state": "refused"}
    finish = {"device": described(new_private_key()), **nowhere}
    assert code_of(door.posts("/api/enrol/finish", finish | {"path": "demo"})) == "damaged_request"
    assert code_of(door.posts("/api/enrol/finish", finish | {"path": "pin"})) == "damaged_request"
    assert code_of(door.posts("/api/enrol/finish", finish | {"path": "pin", "pin_proof": PROOF})) == "code_expired"
    assert code_of(door.posts("/api/enrol/finish", finish | {"path": "pin", "pin_proof": "AA=="})) == "damaged_request"


@pytest.mark.of_sqlite
def test_a_pin_alone_is_for_phones_of_people_without_a_desk(door: Door) -> None:
    for person, form in (("zhou_hui", "phone"), ("wu_jianguo", "phone"), ("huang_li", "desk")):
        looked = door.gives("/api/enrol/look", {"token": door.invites(person).token})
        door.matches(looked["enrolment"])
        asked = {"enrolment": looked["enrolment"], "path": "pin", "pin_proof": PROOF}
        device = {"device": described(new_private_key(), form)}
        assert code_of(door.posts("/api/enrol/finish", asked | device)) == "path_not_allowed"


@pytest.mark.of_sqlite
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"origin": "https://doorstep.example"}, "passkey_wrong_place"),
        ({"rp": "doorstep.example"}, "passkey_wrong_place"),
        ({"is_verified": False}, "passkey_not_verified"),
    ],
)
def test_a_passkey_that_was_made_otherwise_is_refused_and_makes_no_device(
    door: Door, wrong: dict[str, Any], code: str
) -> None:
    looked = door.gives("/api/enrol/look", {"token": door.invites("li_min").token})
    door.matches(looked["enrolment"])
    options = door.gives("/api/enrol/options", {"enrolment": looked["enrolment"]})
    credential = Authenticator(**({"origin": ORIGIN} | wrong)).creates(options)
    asked = {"enrolment": looked["enrolment"], "path": "prf", "device": described(new_private_key())}
    assert code_of(door.posts("/api/enrol/finish", asked | {"credential": credential})) == code
    # The challenge was answered; only a new one can be.
    right = Authenticator(ORIGIN).creates(options)
    assert code_of(door.posts("/api/enrol/finish", asked | {"credential": right})) == "passkey_challenge"
    for garbage in (None, {}, {"id": "x", "response": {"clientDataJSON": text(b"{"), "attestationObject": "AAAA"}}):
        assert code_of(door.posts("/api/enrol/finish", asked | {"credential": garbage})) == "passkey_damaged"


def test_who_may_invite_whom(door: Door) -> None:
    chen_jing, li_min, zhou_hui = desk_of(door), desk_of(door, "li_min"), desk_of(door, "zhou_hui")
    assert invited(chen_jing, "huang_li")["state"] == invited(zhou_hui, "li_min")["state"] == "open"
    assert [entry["person"] for entry in zhou_hui.finds(INVITES)["invites"]] == ["li_min"]
    for desk, person, code in (
        (chen_jing, "zhou_hui", "cannot_manage"),
        (zhou_hui, "tang_yu", "cannot_manage"),
        (li_min, "huang_li", "not_allowed"),
        (chen_jing, "sun_lei", "not_found"),
        (chen_jing, "nobody", "not_found"),
    ):
        assert refusal(desk, INVITE, person=person) == code
    assert refusal(li_min, WAITING) == refusal(li_min, INVITES) == "not_allowed"
    assert refusal(li_min, ADD, name="新人", role="volunteer") == "not_allowed"


@pytest.mark.of_sqlite
def test_inviting_asks_for_a_fresh_proof(door: Door) -> None:
    desk = desk_of(door)
    door.world.passes(minutes=6)
    assert refusal(desk, INVITE, person="huang_li") == "step_up_required"
    assert refusal(desk, ADD, name="新人", role="volunteer") == "step_up_required"


def test_a_new_member_comes_in_and_a_coordinator_makes_no_supervisor(door: Door) -> None:
    desk = desk_of(door)
    person = desk.finds(ADD, name=" 新志愿者 ", role="volunteer")["add_member"]
    looked = door.gives("/api/enrol/look", {"code": invited(desk, person)["code"]})
    assert (looked["person_name"], looked["role"]) == ("新志愿者", "volunteer")
    assert refusal(desk, ADD, name="新人", role="supervisor") == "cannot_manage"
    assert refusal(desk, ADD, name="新人", role="emperor") == "unknown_role"
    assert refusal(desk, ADD, name="新人", role="volunteer", team="guanhu_1") == "unknown_role"
    assert refusal(desk, ADD, name="  ", role="volunteer") == "damaged_request"
    assert refusal(desk, SET_ROLE, person="chen_jing", role="volunteer") == "cannot_manage"
    assert refusal(desk, SET_ROLE, person="zhou_hui", role="volunteer") == "cannot_manage"


@pytest.mark.of_sqlite
def test_a_new_role_ends_the_sessions_of_the_old_one(door: Door) -> None:
    desk, phone = desk_of(door), door.brings_in("huang_li", "pin")
    assert is_signed_in(phone)
    desk.finds(SET_ROLE, person="huang_li", role="outreach_worker", team="heping_2")
    assert not is_signed_in(phone)


def test_recovery_ends_the_devices_of_before(door: Door) -> None:
    desk, lost = desk_of(door), door.brings_in("huang_li", "pin")
    made = invited(desk, "huang_li")
    assert is_signed_in(lost), "until the new one comes"
    looked = door.gives("/api/enrol/look", {"token": made["token"]})
    desk.finds(MATCH, enrolment=looked["enrolment"], number=looked["number"])
    found = door.finishes("huang_li", looked["enrolment"], "pin")
    assert is_signed_in(found) and not is_signed_in(lost)
    assert code_of(lost.asks_signed("/api/share", {"pin_proof": PROOF})) == "signature_wrong"


def test_whoever_works_at_a_desk_is_let_in_anew_by_two_people(door: Door) -> None:
    zhou_hui, wu_jianguo, chen_jing = (desk_of(door, name) for name in ("zhou_hui", "wu_jianguo", "chen_jing"))
    made = invited(wu_jianguo, "zhou_hui")
    assert made["state"] == "unconfirmed"
    assert code_of(door.posts("/api/enrol/look", {"code": made["code"]})) == "code_unconfirmed"
    for desk in (wu_jianguo, zhou_hui):
        assert refusal(desk, CONFIRM, invite=made["invite"]) == "needs_another_person"
    assert chen_jing.finds(CONFIRM, invite=made["invite"])["confirm_invite"] == "open"
    assert door.posts("/api/enrol/look", {"code": made["code"]}).status_code == 200
    # A second authenticator beside the first is one's own to add.
    assert invited(zhou_hui, "zhou_hui", keep_devices=True)["state"] == "open"


@pytest.mark.of_sqlite
def test_an_invite_is_withdrawn(door: Door) -> None:
    desk = desk_of(door)
    made = invited(desk, "huang_li")
    assert [entry["state"] for entry in desk.finds(INVITES)["invites"]] == ["open"]
    desk.finds(WITHDRAW, invite=made["invite"])
    assert desk.finds(INVITES)["invites"] == []
    assert code_of(door.posts("/api/enrol/look", {"token": made["token"]})) == "code_expired"
    assert refusal(desk_of(door, "xu_jianping", "guanhu"), WITHDRAW, invite=made["invite"]) == "not_found"


def test_the_first_director_has_nobody_who_could_choose_the_number_and_a_volunteer_always_has(door: Door) -> None:
    looked = door.gives("/api/enrol/look", {"token": door.invites("wu_jianguo").token})
    assert looked["number_choices_needed"] is False
    assert door.gives("/api/enrol/wait", {"enrolment": looked["enrolment"]}) == {"state": "matched"}
    assert is_signed_in(door.finishes("wu_jianguo", looked["enrolment"], form="desk"))
    again = door.gives("/api/enrol/look", {"token": door.invites("wu_jianguo").token})
    volunteer = door.gives("/api/enrol/look", {"token": door.invites("huang_li").token})
    assert (again["number_choices_needed"], volunteer["number_choices_needed"]) == (True, True)


def test_a_director_comes_in_by_a_printed_code_once(door: Door) -> None:
    wu_jianguo = desk_of(door, "wu_jianguo")
    codes = wu_jianguo.finds(CODES)["make_recovery_codes"]
    assert len(set(codes)) == 10
    looked = door.gives("/api/enrol/look", {"recovery": codes[3]})
    assert looked["number_choices_needed"] is False
    found = door.finishes("wu_jianguo", looked["enrolment"], form="desk")
    assert is_signed_in(found) and not is_signed_in(wu_jianguo)
    assert code_of(door.posts("/api/enrol/look", {"recovery": codes[3]})) == "recovery_wrong"
    assert code_of(door.posts("/api/enrol/look", {"recovery": "A" * 16})) == "recovery_wrong"


def test_another_centres_enrolments_are_nobodys_here(door: Door) -> None:
    made = door.invites("sun_lei", "guanhu")
    looked = door.gives("/api/enrol/look", {"code": made.code})
    desk = desk_of(door)
    assert desk.finds(WAITING)["waiting_enrolments"] == []
    assert refusal(desk, MATCH, enrolment=looked["enrolment"], number=looked["number"]) == "not_found"
