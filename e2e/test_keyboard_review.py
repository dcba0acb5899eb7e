"""Ten records are reviewed without a mouse, in few keys, and the focus is never out of sight."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.people import Person
from e2e.world import RISK_CONTESTED

SENTENCE = "哪天再去？"
KEYS_MAX = 60
IN_SIGHT = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return true;
  const box = here.getBoundingClientRect();
  const x = Math.min(innerWidth - 1, Math.max(0, box.left + Math.min(box.width / 2, 40)));
  const y = box.top + Math.min(box.height / 2, 20);
  if (y < 0 || y > innerHeight) return false;
  const top = document.elementFromPoint(x, y);
  return top !== null && (here.contains(top) || top.contains(here));
}"""
RINGED = """() => {
  const ring = getComputedStyle(document.activeElement);
  return ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2;
}"""


@dataclass
class Keyboard:
    """What she presses, counted; after each key the focus must be in sight."""

    person: Person
    pressed: list[str] = field(default_factory=list)

    def press(self, key: str) -> None:
        self.person.page.keyboard.press(key)
        self.pressed.append(key)
        assert self.person.page.evaluate(IN_SIGHT), f"after {' '.join(self.pressed)} the focus is out of sight"

    def write(self, text: str) -> None:
        """By an input method: the keys of its letters belong to it, what it commits is what counts here."""
        self.person.page.keyboard.insert_text(text)
        self.pressed += [*text]


def test_ten_records_are_reviewed_without_a_mouse(desk: Opens):
    zhou_hui = desk("zhou_hui").signs_in()
    keys = Keyboard(zhou_hui)
    letters_in_a_field_are_letters(zhou_hui)

    t13 = a_conflict_is_settled(zhou_hui, keys)
    # From two versions to the queue of what waits.
    keys.press("[")
    zhou_hui.page.locator('[data-tab="waiting"][aria-current]').wait_for()
    t14 = one_is_returned(zhou_hui, keys)
    t12 = [one_is_approved(zhou_hui, keys) for _ in range(8)]

    done = 1 + 1 + len(t12)
    counts = f"{done} records in {len(keys.pressed)} keys: {' '.join(keys.pressed)}; T12 {t12}, T13 {t13}, T14 {t14}"
    print(counts)
    assert done == 10 and len(keys.pressed) <= KEYS_MAX, counts
    assert max(t12) <= 2 and t13 <= 8 and t14 == 2 + len(SENTENCE), counts

    switched_off_they_do_nothing(zhou_hui)


def letters_in_a_field_are_letters(zhou_hui: Person) -> None:
    """Typed into a sentence, also half-way through an input method, A and R decide nothing."""
    zhou_hui.opens("/review?tab=waiting").screen("review")
    page = zhou_hui.page
    page.locator("[data-action=return]").wait_for()
    first = title(zhou_hui)
    page.keyboard.press("r")
    box = page.locator("form[data-return] textarea")
    expect(box).to_be_focused()
    assert page.evaluate(RINGED), "the field that is written in shows no ring"
    page.keyboard.press("a")
    page.keyboard.press("z")
    expect(box).to_have_value("az")
    composing = page.context.new_cdp_session(page)
    composing.send("Input.imeSetComposition", {"text": "a", "selectionStart": 1, "selectionEnd": 1})
    page.keyboard.press("j")
    composing.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    assert title(zhou_hui) == first
    box.fill("")
    page.keyboard.press("Escape")
    expect(page.locator("form[data-return]")).to_have_count(0)


def a_conflict_is_settled(zhou_hui: Person, keys: Keyboard) -> int:
    zhou_hui.opens(f"/review?tab=conflicts&open={RISK_CONTESTED}").screen("review")
    zhou_hui.page.locator(f'[data-detail="{RISK_CONTESTED}"] [data-versions]').wait_for()
    before = len(keys.pressed)
    settle(zhou_hui, keys, RISK_CONTESTED)
    return len(keys.pressed) - before


def settle(zhou_hui: Person, keys: Keyboard, record: str) -> int:
    """A digit for each question; a single one is settled by it, several are confirmed with A, which approves as well.
    Of sentences both are kept, so they are no questions. How many there were.
    """
    versions = zhou_hui.page.locator(f'[data-detail="{record}"] [data-versions]')
    questions = versions.locator("[data-conflict]:not(:has(.texts))").count()
    for _ in range(questions):
        keys.press("1")
    if questions > 1:
        keys.press("a")
    expect(versions).to_have_count(0)
    zhou_hui.waits_until_sent()
    return questions


def one_is_returned(zhou_hui: Person, keys: Keyboard) -> int:
    page = zhou_hui.page
    page.locator("[data-action=return]").wait_for()
    record, before = opened(zhou_hui), len(keys.pressed)
    keys.press("r")
    expect(page.locator("form[data-return] textarea")).to_be_focused()
    keys.write(SENTENCE)
    keys.press("Control+Enter")
    expect(page.locator(f'[data-row="{record}"]')).to_have_count(0)
    return len(keys.pressed) - before


def one_is_approved(zhou_hui: Person, keys: Keyboard) -> int:
    """The record on show, with its versions where it has some; how many keys it took."""
    page = zhou_hui.page
    page.locator("[data-action=approve], [data-action=settle]").wait_for()
    record, before = opened(zhou_hui), len(keys.pressed)
    if page.locator(f'[data-detail="{record}"] [data-versions]').count() > 0:
        if settle(zhou_hui, keys, record) == 1:
            page.locator("[data-action=approve]").wait_for()
            keys.press("a")
    else:
        keys.press("a")
    expect(page.locator(f'[data-row="{record}"]')).to_have_count(0)
    return len(keys.pressed) - before


def switched_off_they_do_nothing(zhou_hui: Person) -> None:
    """Whoever dictates or types by switch turns single keys off, with the keyboard alone."""
    zhou_hui.opens("/review?tab=returned").screen("review")
    page = zhou_hui.page
    page.locator("[data-row]").first.wait_for()
    page.keyboard.press("?")
    page.locator("dialog[open] input[type=checkbox]").wait_for()
    for _ in range(4):
        if page.evaluate("document.activeElement.matches('dialog[open] input[type=checkbox]')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("dialog[open] input[type=checkbox]")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("[")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert "tab=returned" in page.url


def opened(zhou_hui: Person) -> str:
    return zhou_hui.page.locator("section[data-detail]").get_attribute("data-detail") or ""


def title(zhou_hui: Person) -> str:
    return zhou_hui.page.locator("#record-title").inner_text()
