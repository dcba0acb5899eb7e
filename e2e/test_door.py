"""A phone is let in face to face, by a finger or by a PIN, opens again without help, and tells nobody what opens it.

Not here: what the centre refuses (tests/server/test_enrolment.py), and what lies sealed on the disk.
"""

from __future__ import annotations

import base64
import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from e2e.centre import Centre
from e2e.conftest import AS_PHONE, Opens
from e2e.network import Network
from e2e.people import Person
from e2e.test_accessibility import complaints
from e2e.world import SHIFT_TODAY, VISIT_TODAY

PIN, WRONG_PIN, NEW_PIN = "739164", "739165", "528491"
TAPS_MAX, MINUTES_MAX = 14, 3
# The code is one field to fill in; each digit of the PIN is counted.
A_FIELD = 1


@pytest.fixture
def centre(centre_on_the_line: Centre) -> Centre:
    return centre_on_the_line


@pytest.fixture
def new_phone(centre: Centre, browser: Browser, line: Network, results: Path) -> Iterator[Newcomer]:
    """A phone that nobody has signed in on."""
    newcomer = Newcomer(browser, line, results)
    yield newcomer
    newcomer.person.context.close()
    assert newcomer.person.troubles == []


class Newcomer:
    """A person with a phone that the centre does not know: what her fingers do, and all that her phone sends."""

    def __init__(self, browser: Browser, line: Network, shots: Path) -> None:
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **AS_PHONE)
        self.person = Person("li_min", context, line, shots)
        self.page = self.person.page
        self.taps = 0
        self.keys = 0
        self.sent: list[bytes] = []
        self.page.on("request", self._keep)

    def has_a_finger_sensor(self) -> None:
        """One whose passkeys give a key; the finger is always the right one."""
        # What the authenticator gives to the page is kept, to be looked for in what is sent.
        self.page.add_init_script(KEEP_SECRETS)
        session = self.page.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasPrf": True,
            "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }  # fmt: skip
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def taps_on(self, what: str) -> None:
        self.page.locator(what).tap()
        self.taps += 1

    def does(self, action: str) -> None:
        self.taps_on(f'[data-action="{action}"]')

    def types(self, keys: str) -> None:
        for key in keys:
            self.page.locator(f'[data-key="{key}"]').tap()
            self.keys += 1

    def sees_step(self, step: str) -> None:
        """The page of that step, and it shuts nobody out."""
        self.page.locator(f'main[data-step="{step}"]').wait_for()
        assert complaints(self.person) == []
        self.person.shot(f"door-{step}")

    def number(self) -> str:
        return self.page.locator("[data-number]").get_attribute("data-number") or ""

    def secrets(self) -> list[bytes]:
        """What its passkeys gave to this page since it was loaded."""
        return [bytes(secret) for secret in self.page.evaluate("window.keptSecrets")]

    def _keep(self, request: Request) -> None:
        body = request.post_data_buffer or b""
        self.sent.append(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


def test_a_phone_let_in_by_a_finger_opens_without_a_network_and_delivers(new_phone: Newcomer, desk: Opens):
    chen_jing = desk("chen_jing").signs_in()
    invite = invites(chen_jing, "li_min")
    li_min = new_phone.person
    new_phone.has_a_finger_sensor()

    began = time.monotonic()
    li_min.opens(f"/e#{invite['token']}")
    new_phone.sees_step("name")
    expect(new_phone.page.locator("h1")).to_contain_text("李敏")
    new_phone.does("is-me")
    new_phone.sees_step("number")
    chen_jing_chooses(chen_jing, new_phone.number())
    new_phone.sees_step("size")
    new_phone.does("size-chosen")
    new_phone.sees_step("finger")
    new_phone.does("use-finger")
    new_phone.sees_step("install")
    assert "#" not in new_phone.page.url
    new_phone.does("not-now")
    li_min.screen("today")
    took = time.monotonic() - began
    assert (new_phone.taps, new_phone.keys) == (4, 0) and took <= MINUTES_MAX * 60
    print(f"let in by a finger with {new_phone.taps} taps in {took:.0f} s")
    li_min.has_the_app()
    secrets = new_phone.secrets()

    li_min.goes_offline().opens(f"/visit/{VISIT_TODAY}").screen("unlock")
    new_phone.sees_step("prove")
    new_phone.does("use-finger")
    li_min.screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()
    li_min.screen("today")
    li_min.sees_mark(VISIT_TODAY, "saved")

    li_min.comes_online()
    li_min.sees_mark(VISIT_TODAY, "sent")
    secrets += new_phone.secrets()
    assert len(secrets) >= 2
    assert len(set(secrets)) == 1
    assert [way for way in written(secrets[0]) if any(way in body for body in new_phone.sent)] == []
    assert any(b'"clientExtensionResults":{}' in body for body in new_phone.sent)


def test_a_phone_without_a_sensor_is_let_in_by_a_typed_code_and_a_pin(new_phone: Newcomer, desk: Opens):
    chen_jing = desk("chen_jing").signs_in()
    code = invites(chen_jing, "huang_li")["code"].replace("-", "")
    huang_li = new_phone.person.hands_the_device_to("huang_li")

    began = time.monotonic()
    huang_li.opens("/e")
    new_phone.sees_step("code")
    new_phone.types(code)
    new_phone.sees_step("name")
    new_phone.does("is-me")
    new_phone.sees_step("number")
    chen_jing_chooses(chen_jing, new_phone.number())
    new_phone.sees_step("size")
    new_phone.does("size-chosen")
    new_phone.sees_step("pin")
    # A PIN that is refused is no part of what is counted.
    before = new_phone.taps, new_phone.keys
    new_phone.types("123456")
    new_phone.does("pin-chosen")
    expect(new_phone.page.locator("[data-trouble]")).to_contain_text("太好猜")
    new_phone.taps, new_phone.keys = before
    new_phone.types(PIN)
    new_phone.does("pin-chosen")
    new_phone.sees_step("install")
    new_phone.does("not-now")
    huang_li.screen("today")
    took = time.monotonic() - began
    # Whoever scans the square instead types no code.
    assert (new_phone.taps, new_phone.keys) == (4, len(code) + len(PIN))
    assert new_phone.taps + A_FIELD + len(PIN) <= TAPS_MAX and took <= MINUTES_MAX * 60
    print(f"let in by a PIN with {new_phone.taps} taps and {new_phone.keys} keys in {took:.0f} s")
    huang_li.has_the_app()

    huang_li.opens(f"/shifts/{SHIFT_TODAY}").screen("unlock")
    new_phone.does("help")
    huang_li.screen("help")
    assert complaints(huang_li) == []
    huang_li.shot("help-at-the-door")
    new_phone.does("back")
    huang_li.screen("unlock")
    new_phone.types(WRONG_PIN)
    expect(new_phone.page.locator("[data-trouble]")).to_contain_text("还能试 9 次")
    new_phone.sees_step("prove")
    new_phone.types(PIN)
    huang_li.screen("shift")
    huang_li.goes_offline()
    huang_li.does("sign-in")
    new_phone.page.locator('[data-signed="in"]').wait_for()
    huang_li.comes_online()
    huang_li.goes_to("/sync").screen("sync")
    expect(new_phone.page.locator("main")).to_contain_text("都送到了")

    huang_li.goes_to("/me").screen("me")
    new_phone.does("change-pin")
    new_phone.types(PIN)
    new_phone.does("pin-chosen")
    huang_li.shot("another-pin")
    new_phone.types(NEW_PIN)
    new_phone.does("pin-chosen")
    expect(new_phone.page.get_by_text("密码换好了")).to_be_visible()
    huang_li.opens(f"/shifts/{SHIFT_TODAY}").screen("unlock")
    new_phone.types(NEW_PIN)
    huang_li.screen("shift")
    assert not any(pin.encode() in body for body in new_phone.sent for pin in (PIN, WRONG_PIN, NEW_PIN))


def invites(desk: Person, person: str) -> dict[str, str]:
    """Whoever invites has just proved to be there; the demo asks for no proof."""
    desk.page.evaluate(STEP_UP)
    invite: dict[str, str] = desk.asks(CREATE_INVITE, {"person": person})["data"]["create_invite"]
    return invite


def chen_jing_chooses(chen_jing: Person, number: str) -> None:
    """The number that she reads on the phone beside her, among those that her screen shows."""
    [waiting] = chen_jing.asks(WAITING, {})["data"]["waiting_enrolments"]
    assert number in waiting["numbers"]
    chosen = chen_jing.asks(MATCH_NUMBER, {"enrolment": waiting["enrolment"], "number": number})
    assert chosen["data"]["match_number"] == "matched"


def written(secret: bytes) -> list[bytes]:
    """The ways in which bytes stand in a text."""
    plain = base64.b64encode(secret).rstrip(b"=")
    return [plain, base64.urlsafe_b64encode(secret).rstrip(b"="), secret.hex().encode(), secret]


STEP_UP = "fetch('/api/demo/step-up', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })"
CREATE_INVITE = "mutation create_invite($person: ID!) { create_invite(person: $person) { code token } }"
WAITING = "query waiting { waiting_enrolments { enrolment numbers } }"
MATCH_NUMBER = """mutation match_number($enrolment: ID!, $number: String!) {
    match_number(enrolment: $enrolment, number: $number) }"""
KEEP_SECRETS = """(() => {
    window.keptSecrets = [];
    for (const name of ['create', 'get']) {
        const asked = CredentialsContainer.prototype[name];
        CredentialsContainer.prototype[name] = async function (options) {
            const found = await asked.call(this, options);
            const first = found?.getClientExtensionResults().prf?.results?.first;
            if (first) window.keptSecrets.push([...new Uint8Array(first)]);
            return found;
        };
    }
})()"""
