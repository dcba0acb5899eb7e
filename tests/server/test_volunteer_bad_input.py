"""Bad input about volunteers, training and turns, through the server: each has its own problem, with words in both
languages and a next step, and what was refused is kept for whoever answers for it.

Not here: bad hours (test_hour_bad_input.py); what is taken in (tests/sync/test_volunteers.py, test_places.py).
"""

from typing import Any

import pytest

from tests.server.http_world import HttpWorld, Phone, key_of
from tests.server.test_hour_clocks import code_of, held_at
from tests.server.test_review_api import Desk

TODAY, SOON = "2026-11-19", "2026-11-26"
APPLICATION = {
    **{"person": "huang_li", "name": "黄丽", "phone": "13600002210", "birth_date": "1968-05-04"},
    "applied_on": "2026-11-01",
}
AGREED = {"agreement_on": "2026-11-05", "agreed_wording": "form_2026_11", "agreed_how": "own_phone"}
DUTY = {"activity": "周末理发", "duty_on": SOON, "starts_at": "09:00", "ends_at": "11:00", "capacity": 1}
SHIFT = {"activity": "便民服务日", "shift_on": SOON, "starts_at": "09:00", "ends_at": "11:00"}


@pytest.fixture
def huang_li(world: HttpWorld) -> Phone:
    return world.signs_in("huang_li")


@pytest.fixture
def chen_jing(world: HttpWorld) -> Desk:
    return Desk(world.signs_in("chen_jing"))


class Steps:
    """A record that goes from state to state, each save naming the one before."""

    def __init__(self, phone: Phone, first: dict[str, Any]) -> None:
        self.phone, self.first, self.last = phone, first, first

    def goes(self, state: str, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The save that takes the next step, and its receipt."""
        before = [key_of(self.last)] if "state" in self.last["set"] else []
        save = self.phone.save(
            self.first["kind"],
            {"state": state, **values},
            record=self.first["record"],
            base=1,
            replaces={"state": before} if before else {},
        )
        (receipt,) = self.phone.pushes(save)
        if receipt["status"] == "accepted":
            self.last = save
        return save, receipt


def applied(huang_li: Phone, chen_jing: Desk, **values: Any) -> Steps:
    """Somebody who applied, as far as her training."""
    application = huang_li.save("volunteer", {**APPLICATION, **values})
    assert [one["status"] for one in huang_li.pushes(application)] == ["accepted"]
    steps = Steps(chen_jing.phone, application)
    for state, more in (("doc_review", {}), ("interview", {}), ("admitted", {"admitted_on": "2026-11-06"})):
        assert steps.goes(state, **more)[1]["status"] == "accepted"
    assert steps.goes("training")[1]["status"] == "accepted"
    return steps


def test_nobody_serves_before_a_training_was_verified(huang_li: Phone, chen_jing: Desk) -> None:
    save, receipt = applied(huang_li, chen_jing).goes("active", active_since=TODAY, **AGREED)
    assert (receipt["status"], code_of(receipt), receipt["problem"]["field"]) == ("held", "training_missing", "state")
    assert held_at(chen_jing, save["id"])["values"]["active_since"] == TODAY


def test_nobody_under_age_goes_on_without_the_word_of_a_guardian(huang_li: Phone, chen_jing: Desk) -> None:
    young = huang_li.save("volunteer", {**APPLICATION, "birth_date": "2010-05-04"})
    assert [one["status"] for one in huang_li.pushes(young)] == ["accepted"]
    steps, told = Steps(chen_jing.phone, young), list[str | None]()
    for state, more in (
        *(("doc_review", {}), ("interview", {}), ("admitted", {"admitted_on": "2026-11-06"}), ("training", {})),
        ("active", {"active_since": TODAY, **AGREED}),
    ):
        told.append(code_of(steps.goes(state, **more)[1]))
    assert "guardian_missing" in told


def test_who_has_applied_and_does_not_serve_yet_is_given_no_shift(huang_li: Phone, chen_jing: Desk) -> None:
    applied(huang_li, chen_jing)
    shift = chen_jing.phone.save("shift", {**SHIFT, "volunteer": "huang_li"})
    (receipt,) = chen_jing.phone.pushes(shift)
    assert (receipt["status"], code_of(receipt)) == ("held", "not_active")
    assert held_at(chen_jing, shift["id"])["values"]["volunteer"] == "huang_li"


def test_nobody_takes_herself_on(huang_li: Phone, chen_jing: Desk) -> None:
    application = huang_li.save("volunteer", APPLICATION)
    huang_li.pushes(application)
    _, receipt = Steps(huang_li, application).goes("doc_review")
    assert (receipt["status"], code_of(receipt)) == ("held", "field_not_permitted")


def test_a_duty_that_was_called_off_or_is_over_takes_no_sign_up(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    duty = chen_jing.phone.save("duty", DUTY)
    chen_jing.phone.pushes(duty)
    _, receipt = Steps(chen_jing.phone, duty).goes("called_off", called_off_because="台风")
    assert receipt["status"] == "accepted", receipt
    wish = huang_li.save("sign_up", {"duty": duty["record"], "volunteer": "huang_li", "note": "words of hers"})
    (receipt,) = huang_li.pushes(wish)
    assert (receipt["status"], code_of(receipt), receipt["problem"]["field"]) == ("held", "duty_closed", "duty")
    assert held_at(chen_jing, wish["id"])["values"]["note"] == "words of hers"


def test_nobody_signs_up_twice(huang_li: Phone, chen_jing: Desk) -> None:
    duty = chen_jing.phone.writes("duty", DUTY)
    huang_li.writes("sign_up", {"duty": duty, "volunteer": "huang_li"})
    (receipt,) = huang_li.pushes(huang_li.save("sign_up", {"duty": duty, "volunteer": "huang_li"}))
    assert (receipt["status"], code_of(receipt)) == ("held", "sign_up_twice")


def test_a_full_duty_lets_who_comes_later_wait_and_gives_no_place_twice(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    duty, deng_jie = chen_jing.phone.writes("duty", DUTY), world.signs_in("deng_jie")
    huang_li.writes("sign_up", {"duty": duty, "volunteer": "huang_li"})
    later = deng_jie.writes("sign_up", {"duty": duty, "volunteer": "deng_jie"})
    store = world.opened()
    assert store.row("SELECT state, position FROM sign_up WHERE record = ?", (later,)) == ("waiting", 1)
    store.close()
    given = chen_jing.phone.save("shift", {**SHIFT, "volunteer": "deng_jie", "duty": duty})
    (receipt,) = chen_jing.phone.pushes(given)
    assert (receipt["status"], code_of(receipt), receipt["problem"]["field"]) == ("held", "duty_full", "duty")


def test_nobody_gives_herself_a_place(world: HttpWorld, huang_li: Phone, chen_jing: Desk) -> None:
    duty, deng_jie = chen_jing.phone.writes("duty", DUTY), world.signs_in("deng_jie")
    huang_li.writes("sign_up", {"duty": duty, "volunteer": "huang_li"})
    wish = deng_jie.save("sign_up", {"duty": duty, "volunteer": "deng_jie"})
    deng_jie.pushes(wish)
    _, receipt = Steps(deng_jie, wish).goes("confirmed")
    assert (receipt["status"], code_of(receipt)) == ("held", "field_not_permitted")
