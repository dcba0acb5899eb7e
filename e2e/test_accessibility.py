"""axe finds nothing to complain of on any screen, in Chinese, on the phone and at the desk, light and dark."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e.centre import ROOT, Centre
from e2e.conftest import Opens, Takes
from e2e.people import DESK, PHONE, Person
from e2e.world import DESK_SCREENS, PHONE_SCREENS


@pytest.fixture
def centre(quiet_centre: Centre) -> Centre:
    """These tests only look."""
    return quiet_centre


AXE = (ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All that a dark page can do wrong and the same page, light, does not: only its colours differ.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
IN_WECHAT = (
    "Mozilla/5.0 (Linux; Android 12; NOH-AN00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240501 MicroMessenger/8.0.50"
)
RUN = "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then(found => found.violations)"


def complaints(person: Person, rules: list[str] = RULES) -> list[str]:
    """What axe says about the present page, one line for each element."""
    if not person.page.evaluate("'axe' in window"):
        person.page.evaluate(AXE + ";0")
    # A fade that is under way would be measured as too little contrast.
    person.page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))")
    found: list[dict[str, Any]] = person.page.evaluate(RUN, rules)
    return [
        f"{rule['id']}: {node['target']} {json.dumps(node['html'])[:160]}" for rule in found for node in rule["nodes"]
    ]


def complaints_in_every_light_and_size(person: Person, screens: dict[str, str]) -> dict[str, list[str]]:
    found = {}
    for path in person.looks_through(screens):
        for shape in (PHONE, DESK):
            person.has_a_window_of(**shape)
            for light, rules in (("light", RULES), ("dark", RULES_OF_COLOUR)):
                person.page.emulate_media(color_scheme=light)
                if said := complaints(person, rules):
                    found[f"{path} {shape['width']} {light}"] = said
                    person.keeps_a_picture(f"axe-{len(found)}")
    return found


@pytest.mark.parametrize("name", PHONE_SCREENS)
def test_no_screen_of_the_phone_shuts_anyone_out(ready_desk: Takes, name: str):
    # A window that can be made as wide as a desk, as a phone's cannot.
    person = ready_desk(name)
    person.has_a_window_of(**PHONE)
    assert complaints_in_every_light_and_size(person, PHONE_SCREENS[name]) == {}


@pytest.mark.parametrize("name", DESK_SCREENS)
def test_no_screen_of_the_desk_shuts_anyone_out(ready_desk: Takes, name: str):
    assert complaints_in_every_light_and_size(ready_desk(name), DESK_SCREENS[name]) == {}


def test_what_is_open_to_everybody_shuts_nobody_out(phone: Opens):
    person = phone("li_min", is_mobile=False)
    assert complaints_in_every_light_and_size(person, {"/sign-in": "sign-in", "/verify": "verify"}) == {}


def test_the_page_in_another_apps_view_leads_out_of_it_with_the_code_and_shuts_nobody_out(phone: Opens):
    li_min = phone("li_min", user_agent=IN_WECHAT)
    invited = "/e#Zm9vYmFyYmF6cXV4MTIzNA"

    li_min.opens(invited).screen("lead-out")

    assert li_min.page.url.endswith(invited)
    shown = li_min.page.locator("[data-address]").inner_text()
    assert shown == li_min.page.url.removeprefix("http://")
    assert complaints(li_min) == []
    li_min.shot("lead-out")


def test_a_form_with_problems_and_the_bar_after_saving_shut_nobody_out(phone: Opens):
    li_min = phone("li_min", is_mobile=False).signs_in()
    li_min.opens("/record/resident/new").screen("record-edit")
    li_min.does("save")
    li_min.page.locator("[data-problems]").wait_for()
    assert complaints(li_min) == []
