"""Every screen fits the phone in both languages and all four text sizes, down to 320 px, and nothing has to be dragged
sideways to be read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Takes
from e2e.people import Person
from e2e.world import DESK_SCREENS, PHONE_SCREENS

SIZES = ("standard", "elder", "xl", "xxl")
# Everything that sticks out of the window to the right, and is not inside a part that scrolls by itself.
STICKS_OUT = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = element => {
        let box = element.parentElement;
        while (box && !['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) box = box.parentElement;
        return box !== null && box !== document.querySelector('main');
    };
    const out = [...document.body.querySelectorAll('*')].filter(element => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && box.right > width + 1 && !scrolls(element)
            && getComputedStyle(element).visibility !== 'hidden';
    }).map(element => element.outerHTML.slice(0, 120));
    const page = document.documentElement.scrollWidth;
    if (page > width) out.unshift(`page ${page} > ${width}`);
    return out.slice(0, 5);
}"""


def what_sticks_out(person: Person, screens: dict[str, str]) -> dict[str, list[str]]:
    """In every size and both widths, the screen staying open: a size is only what styles make of one word on it."""
    found = {}
    for path in person.looks_through(screens):
        for width in (360, 320):
            person.has_a_window_of(width, 740)
            for size in SIZES:
                person.reads_in_size(size)
                if out := person.page.evaluate(STICKS_OUT):
                    found[f"{path} {size} {width}"] = out
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PHONE_SCREENS)
def test_no_screen_of_the_phone_scrolls_sideways(ready_phone: Takes, name: str, language: str):
    person = ready_phone(name)
    person.sets(language=language)
    assert what_sticks_out(person, PHONE_SCREENS[name]) == {}


@pytest.mark.parametrize("name", DESK_SCREENS)
def test_the_desk_can_be_used_on_a_phone_too(ready_desk: Takes, name: str):
    assert what_sticks_out(ready_desk(name), DESK_SCREENS[name]) == {}


def test_english_leaves_no_chinese_interface_words_on_todays_screen(ready_phone: Takes):
    li_min = ready_phone("li_min")
    li_min.sets(language="en")
    li_min.opens("/today").screen("today")

    expect(li_min.page.locator("html")).to_have_attribute("lang", "en")
    assert li_min.page.locator("[data-action=start-visit]").first.inner_text().isascii()
    assert all(label.isascii() for label in li_min.page.locator("nav [data-tab]").all_inner_texts())
    li_min.shot("today-english")


@pytest.mark.parametrize("theme", ["light", "dark", "sun"])
def test_a_theme_and_a_size_stay_chosen_after_a_new_start_without_a_network(ready_phone: Takes, theme: str):
    li_min = ready_phone("li_min")
    li_min.sets(theme=theme, size="elder")
    li_min.goes_offline().closes_the_page()

    li_min.opens_a_new_page("/today").screen("today")

    expect(li_min.page.locator("html")).to_have_attribute("data-theme", theme)
    expect(li_min.page.locator("html")).to_have_attribute("data-size", "elder")
    li_min.shot(f"today-{theme}")
