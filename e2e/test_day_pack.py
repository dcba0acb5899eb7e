"""A phone whose passkey gives no key, and so opens by a PIN, takes a day along: used without a network, then delivered.

Not here: what every cut and every wrong word does to a pack (pwa/tests/day_pack).
"""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from e2e.centre import ROOT, Centre
from e2e.conftest import Opens
from e2e.dying import PhoneThatCanDie
from e2e.network import Network
from e2e.people import Person
from e2e.test_accessibility import complaints
from e2e.test_door import PIN, chen_jing_chooses, invites
from e2e.test_nothing_readable import LEAVE_PLAIN, found_in
from e2e.world import HER_HOME, VISIT_TODAY

PARTS = "indexedDB.databases().then(all => all.filter(({ name }) => name.startsWith('doorstep-part-')).length)"
# It answers to a finger, and makes no bytes of a salt.
WITHOUT_A_KEY = {
    "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasPrf": False,
    "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def centre(centre_on_the_line: Centre) -> Centre:
    return centre_on_the_line


def test_a_day_taken_along_is_written_in_without_a_network_and_delivered_with_the_next(
    playwright: Playwright, browser_path: str | None, line: Network, desk: Opens, tmp_path: Path, results: Path
):
    profile = tmp_path / "profile"

    def start() -> tuple[PhoneThatCanDie, Person]:
        phone = PhoneThatCanDie(playwright, browser_path, profile)
        return phone, phone.person(line, results)

    phone, li_min = start()
    comes_in(li_min, desk("chen_jing").signs_in())
    li_min.has_the_app()
    li_min.goes_to("/me").screen("me")
    li_min.does("day-pack")
    li_min.screen("day-pack")
    li_min.does("draw")
    digits = li_min.page.locator("[data-secret]").input_value()
    assert complaints(li_min) == []
    li_min.shot("day-pack-chosen")
    li_min.does("pack")
    li_min.page.locator("[data-packed]").wait_for()
    assert complaints(li_min) == []
    li_min.shot("day-pack-made")
    line.cut()
    phone.dies()

    phone, li_min = start()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("unlock")
    li_min.shot("door-with-a-pack")
    li_min.does("to-day-pack")
    li_min.page.locator('main[data-step="day-pack"]').wait_for()
    assert complaints(li_min) == []
    li_min.page.locator("[data-secret]").fill(digits)
    li_min.shot("door-day-pack")
    li_min.does("open-pack")
    li_min.screen("visit")
    mark, plain = secrets.token_hex(12), secrets.token_hex(12)
    for field, code in {"outcome": "met_person", "services": "greeting", "condition": "as_usual"}.items():
        li_min.chooses(field, code)
    li_min.writes("observation", f"看见{mark}在家")
    li_min.does("save")
    li_min.sees_saved()
    li_min.page.locator('[data-strip="day_pack"]').wait_for()
    li_min.goes_to("/day-pack").screen("day-pack")
    li_min.shot("day-pack-open")
    home = li_min.goes_to(f"/homes/{HER_HOME}").screen("home")
    # Who lives there is read from this phone, after the frame of the screen is there.
    expect(home.locator("[data-record]").first).to_be_visible()
    words = [f"看见{mark}在家", mark, digits, *telling(home.inner_text())]
    # The control: the same phone with one row that nobody sealed.
    li_min.page.evaluate(LEAVE_PLAIN, plain)
    phone.dies()
    found = found_in(profile, [*words, plain])
    assert found.pop(plain), "an unsealed row is seen by this search"
    assert found == {}

    line.restore()
    phone, li_min = start()
    li_min.opens("/today").screen("unlock")
    types(li_min, PIN)
    li_min.screen("today")
    li_min.sees_mark(VISIT_TODAY, "sent")
    assert li_min.page.evaluate(PARTS) == 1
    li_min.goes_to("/day-pack").screen("day-pack")
    expect(li_min.page.locator("[data-packed]")).to_have_count(0)
    phone.dies()


def comes_in(someone: Person, chen_jing: Person) -> None:
    """By a passkey, and with a PIN beside it."""
    session = someone.context.new_cdp_session(someone.page)
    session.send("WebAuthn.enable", {"enableUI": False})
    session.send("WebAuthn.addVirtualAuthenticator", {"options": WITHOUT_A_KEY})
    someone.opens(f"/e#{invites(chen_jing, someone.person)['token']}")
    someone.does("is-me")
    number = someone.page.locator("[data-number]").get_attribute("data-number") or ""
    chen_jing_chooses(chen_jing, number)
    someone.does("size-chosen")
    someone.does("use-finger")
    someone.page.locator('main[data-step="pin"]').wait_for()
    types(someone, PIN)
    someone.does("pin-chosen")
    someone.does("not-now")
    someone.screen("today")


def types(someone: Person, keys: str) -> None:
    for key in keys:
        someone.page.locator(f'[data-key="{key}"]').click()


def telling(text: str) -> list[str]:
    """Lines about a home that are no words of the app."""
    app = "".join(path.read_text("utf-8", "replace") for path in (ROOT / "pwa" / "dist").rglob("*.js"))
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if len(line) > 3 and not line.isascii() and line not in app]
    assert len(found) > 3
    return found
