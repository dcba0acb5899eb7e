"""What a resident signs, what a worker says instead of typing, and what stands on paper: taken without a network, still
there after a kill, and seen at the desk. Other ways than drawing are as good; nothing of it is ever in the way.

Not here: photos, and how files travel (test_photos.py).
"""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Playwright, expect

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.network import Network
from e2e.people import NEXT_FRAME, Person
from e2e.test_accessibility import complaints
from e2e.test_photos import fetched, saves
from e2e.test_saved_survives_a_kill import PhoneThatCanDie
from e2e.world import HER_CASE, VISIT_TODAY

# A browser's own microphone, which beeps.
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def begins_the_visit(person: Person) -> None:
    person.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    person.chooses("outcome", "met_person")
    person.chooses("condition", "as_usual")


def hands_over(person: Person) -> None:
    person.field("signature").locator('[data-action="hand-over"]').click()
    expect(person.page.locator("dialog[data-hand-over]")).to_be_visible()


def agrees(person: Person, how: str) -> None:
    person.page.locator(f'dialog label:has(input[value="{how}"])').click()


def draws(person: Person, strokes: int = 2) -> None:
    box = person.page.locator("[data-pad]").bounding_box()
    assert box is not None
    mouse = person.page.mouse
    for stroke in range(strokes):
        left = box["x"] + box["width"] * (0.2 + 0.25 * stroke)
        mouse.move(left, box["y"] + box["height"] * 0.3)
        mouse.down()
        mouse.move(left + box["width"] * 0.2, box["y"] + box["height"] * 0.7, steps=8)
        mouse.up()


def stands_still(person: Person, action: str) -> None:
    """Waits until a button has been in one place for twenty pictures."""
    place = person.page.locator(f'[data-action="{action}"]:visible').first
    seen: list[object] = []

    def is_still() -> bool:
        seen.append(place.bounding_box())
        person.page.evaluate(NEXT_FRAME)
        return len(seen) >= 20 and all(box == seen[-1] for box in seen[-20:])

    person.waits_until(is_still)


def is_delivered(person: Person, files: int) -> None:
    person.waits_until(lambda: [row["status"] for row in person.stored("file")] == ["delivered"] * files)


def test_a_signature_and_a_voice_note_survive_a_kill_and_reach_the_desk(
    playwright: Playwright, browser_path: str | None, centre: Centre, desk: Opens, tmp_path: Path, results: Path
) -> None:
    with Network(centre.port) as network:
        device = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile", *MICROPHONE)
        li_min = device.person(network, results).signs_in()
        network.cut()
        begins_the_visit(li_min)

        li_min.does("ask-voice")
        li_min.chooses("voice_whose", "mine")
        li_min.does("record")
        expect(li_min.page.locator("[data-recording]")).to_contain_text("正在录 0:02 / 1:00")
        li_min.page.locator("[data-recording]").scroll_into_view_if_needed()
        li_min.shot("1-recording")
        assert complaints(li_min) == []
        assert float(li_min.page.locator("[data-recording] meter").get_attribute("value") or 0) > 0
        li_min.does("stop-recording")
        expect(li_min.field("voice_notes").locator("audio")).to_be_visible()

        hands_over(li_min)
        li_min.shot("2-hand-over")
        assert complaints(li_min) == []
        draws(li_min)
        li_min.shot("3-signed")
        li_min.does("signed")
        expect(li_min.field("signature").locator("[data-signed=by_hand]")).to_have_text("本人签名")
        li_min.field("signature").scroll_into_view_if_needed()
        li_min.shot("4-in-the-form")
        assert complaints(li_min) == []
        saves(li_min)
        device.dies()

        device = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile", *MICROPHONE)
        li_min = device.person(network, results).opens(f"/record/home_visit/{VISIT_TODAY}")
        li_min.screen("record")
        expect(li_min.page.locator('[data-value="signature"] img')).to_be_visible()
        expect(li_min.page.locator('[data-value="voice_notes"] audio')).to_be_visible()
        network.restore()
        li_min.signs_in()
        is_delivered(li_min, 2)
        (voice,) = (row for row in li_min.stored("file") if row["media"] == "voice")
        (drawn,) = (row for row in li_min.stored("file") if row["media"] == "signature")
        device.dies()

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens(f"/review/{VISIT_TODAY}").screen("review")
    signature = zhou_hui.page.locator('[data-value="signature"] img')
    expect(signature).to_be_visible()
    sound = zhou_hui.page.locator('[data-value="voice_notes"] audio')
    sound.evaluate("sound => sound.play()")
    zhou_hui.waits_until(lambda: sound.evaluate("sound => sound.currentTime > 0.2"))
    signature.scroll_into_view_if_needed()
    zhou_hui.shot("1-at-the-desk")
    assert complaints(zhou_hui) == []
    kept = Image.open(io.BytesIO(bytes(fetched(zhou_hui, f"/api/files/{VISIT_TODAY}/{drawn['hash']}")["bytes"])))
    assert kept.size == (900, 450) and kept.convert("L").getextrema() == (17, 255), "dark lines on white"
    heard = fetched(zhou_hui, f"/api/files/{VISIT_TODAY}/{voice['hash']}")
    assert bytes(heard["bytes"])[:4] == b"\x1a\x45\xdf\xa3" and len(heard["bytes"]) == voice["bytes"]


@pytest.mark.nightly
def test_other_ways_than_drawing_are_as_good(phone: Opens) -> None:
    li_min = phone("li_min").signs_in()
    begins_the_visit(li_min)
    hands_over(li_min)
    dialog = li_min.page.locator("dialog[data-hand-over]")
    li_min.does("signed")
    expect(dialog).to_contain_text("还没有签名")
    draws(li_min, 2)
    li_min.does("undo-stroke")
    li_min.does("clear-strokes")
    li_min.does("signed")
    expect(dialog).to_contain_text("还没有签名")
    li_min.does("redo-stroke")
    li_min.does("larger")
    agrees(li_min, "by_other")
    # The pad makes room for the name; a finger aims at what stands still.
    stands_still(li_min, "signed")
    li_min.shot("1-by-other")
    li_min.does("signed")
    expect(dialog).to_contain_text("请写明谁代签")
    agrees(li_min, "in_words")
    dialog.locator("input.input").fill("邻居 王姨")
    li_min.shot("2-in-words")
    assert complaints(li_min) == []
    li_min.does("signed")
    expect(dialog).to_have_count(0)
    expect(li_min.field("signature").locator("[data-signed=in_words]")).to_have_text("口头同意 · 邻居 王姨")
    saves(li_min)
    li_min.waits_until_sent()
    li_min.opens(f"/record/home_visit/{VISIT_TODAY}").screen("record")
    expect(li_min.page.locator('[data-value="signed_with"]')).to_contain_text("邻居 王姨")
    assert li_min.stored("file") == [], "nothing was drawn, nothing is sent"


@pytest.mark.nightly
def test_a_thumbprint_is_photographed_and_leaving_unsigned_is_always_possible(phone: Opens, paper: Path) -> None:
    li_min = phone("li_min").signs_in()
    begins_the_visit(li_min)
    hands_over(li_min)
    draws(li_min)
    li_min.does("not-now")
    expect(li_min.page.locator("dialog")).to_have_count(0)
    expect(li_min.field("signature").locator("[data-signed]")).to_have_count(0)
    hands_over(li_min)
    agrees(li_min, "thumbprint")
    li_min.page.locator("dialog input[type=file]").set_input_files(paper)
    expect(li_min.field("signature").locator("[data-signed=thumbprint]")).to_be_visible()
    expect(li_min.field("signature").locator("li[data-file] img")).to_be_visible()
    li_min.field("signature").locator("li[data-file] button").click()
    expect(li_min.field("signature").locator("[data-signed]")).to_have_count(0)
    saves(li_min)
    li_min.waits_until_sent()


def test_a_microphone_that_is_not_allowed_is_told_in_plain_words(phone: Opens) -> None:
    li_min = phone("li_min").signs_in()
    begins_the_visit(li_min)
    li_min.does("ask-voice")
    li_min.chooses("voice_whose", "mine")
    li_min.does("record")
    expect(li_min.field("voice_notes")).to_contain_text("也可以打字")
    li_min.field("voice_notes").scroll_into_view_if_needed()
    li_min.shot("refused")
    saves(li_min)
    li_min.waits_until_sent()


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written page on a desk in lamp light, as a camera sees it."""
    dice = random.Random(3)  # noqa: S311
    page = Image.new("RGB", (1240, 1754), (196, 186, 160))
    pen = ImageDraw.Draw(page)
    for line in range(24):
        for word in range(dice.randint(4, 7)):
            left, top = 120 + word * 150, 140 + line * 62
            pen.rectangle((left, top, left + dice.randint(60, 130), top + 20), fill=(70, 68, 74))
    path = tmp_path_factory.mktemp("paper") / "page.jpg"
    page.save(path, quality=90)
    return path


@pytest.mark.nightly
def test_pages_of_an_agreement_are_grey_and_readable_at_the_desk(phone: Opens, desk: Opens, paper: Path) -> None:
    li_min = phone("li_min").signs_in()
    li_min.goes_offline()
    li_min.opens(f"/record/case/{HER_CASE}/edit").screen("record-edit")
    agreement = li_min.field("agreement")
    second = paper.with_name("second.jpg")
    Image.open(paper).rotate(180).save(second)
    for count, page in enumerate((paper, second), start=1):
        agreement.locator("input[type=file]").set_input_files(page)
        expect(agreement.locator("li[data-file] img")).to_have_count(count)
    expect(agreement.locator("[data-take=scan]")).to_contain_text("再拍一页")
    agreement.scroll_into_view_if_needed()
    li_min.shot("1-two-pages")
    assert complaints(li_min) == []
    saves(li_min)
    li_min.comes_online()
    is_delivered(li_min, 2)

    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens(f"/record/case/{HER_CASE}").screen("record")
    expect(zhou_hui.page.locator('[data-value="agreement"] img')).to_have_count(2)
    zhou_hui.page.locator('[data-value="agreement"]').scroll_into_view_if_needed()
    zhou_hui.shot("1-agreement")
    row = li_min.stored("file")[0]
    page = Image.open(io.BytesIO(bytes(fetched(zhou_hui, f"/api/files/{HER_CASE}/{row['hash']}")["bytes"])))
    assert max(page.size) == 1600
    red, green, _ = page.convert("RGB").split()
    assert ImageChops.difference(red, green).getextrema()[1] < 4, "grey"
    histogram = page.convert("L").histogram()
    assert sum(histogram[235:]) > 0.6 * sum(histogram), "the lamp's yellow is white paper"
    assert sum(histogram[:40]) > 0.05 * sum(histogram), "and the ink is black"
