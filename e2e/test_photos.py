"""A photo of a home visit: taken at the door without a network, saved with the words, on a way of its own through a bad
network, and shown to whoever may read the visit.
"""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Playwright, expect

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.network import Network
from e2e.people import Person
from e2e.test_accessibility import complaints
from e2e.test_saved_survives_a_kill import PhoneThatCanDie
from e2e.world import VISIT_TODAY

SIDE_MAX = 1600
OBSERVED = "楼道灯坏了，拍了一张。"


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a camera writes it: large, lying on its side, with the place it was taken at."""
    dice = random.Random(5)  # noqa: S311
    small = Image.frombytes("RGB", (150, 100), dice.randbytes(150 * 100 * 3))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "CANARY-CAMERA"
    exif.get_ifd(0x8825)[2] = (22.0, 41.0, 12.0)
    path = tmp_path_factory.mktemp("camera") / "IMG_0001.jpg"
    small.resize((3000, 2000), Image.Resampling.BICUBIC).save(path, quality=95, exif=exif)
    return path


def takes_a_photo(person: Person, photo: Path) -> None:
    """With the word of whoever is in it, which is asked once for a visit."""
    count = person.field("photos").locator("li[data-file]").count()
    if person.field("photos").locator('[data-action="ask-first"]').count():
        person.does("ask-first")
        person.chooses("photo_consent", "file")
    person.field("photos").locator("input[type=file]").set_input_files(photo)
    expect(person.field("photos").locator("li[data-file] img")).to_have_count(count + 1)


def writes_a_visit(person: Person, photo: Path) -> None:
    person.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    person.chooses("outcome", "met_person")
    person.chooses("condition", "as_usual")
    person.writes("observation", OBSERVED)
    takes_a_photo(person, photo)


def saves(person: Person) -> None:
    person.does("save")
    person.sees_saved()


def status_of(person: Person) -> list[str]:
    return [row["status"] for row in person.stored("file")]


def waits_until_delivered(person: Person) -> None:
    person.waits_until(lambda: status_of(person) == ["delivered"])


def fetched(person: Person, path: str) -> dict[str, Any]:
    """What the centre answers to this person's own browser."""
    answer: dict[str, Any] = person.page.evaluate(
        """path => fetch(path).then(async answer => ({
            status: answer.status, cache: answer.headers.get('cache-control'),
            policy: answer.headers.get('content-security-policy'),
            bytes: [...new Uint8Array(await answer.arrayBuffer())]
        }))""",
        path,
    )
    return answer


def test_a_photo_taken_in_the_stairwell_reaches_the_supervisor(
    phone: Opens, desk: Opens, centre: Centre, photo: Path
) -> None:
    li_min, zhou_hui = phone("li_min").signs_in(), desk("zhou_hui").signs_in()
    li_min.network.stop_files()
    li_min.goes_offline()
    writes_a_visit(li_min, photo)
    li_min.field("photos").scroll_into_view_if_needed()
    li_min.shot("1-photo-in-the-form")
    saves(li_min)
    (row,) = li_min.stored("file")
    assert (row["status"], row["record"], row["type"]) == ("waiting", VISIT_TODAY, "image/jpeg")
    li_min.opens(f"/record/home_visit/{VISIT_TODAY}").screen("record")
    expect(li_min.page.locator("[data-on-its-way]")).to_have_text("照片还在路上")
    li_min.shot("2-photo-on-its-way")

    # The words arrive while no byte of the photo gets through.
    li_min.comes_online()
    li_min.waits_until_sent()
    li_min.opens("/sync").screen("sync")
    expect(li_min.page.locator("[data-files-waiting] li")).to_have_count(1)
    li_min.shot("3-sync-centre")
    zhou_hui.opens(f"/review/{VISIT_TODAY}").screen("review")
    expect(zhou_hui.page.locator("[data-detail]")).to_contain_text(OBSERVED)
    expect(zhou_hui.page.locator("[data-on-its-way]")).to_have_text("照片还在路上")
    zhou_hui.shot("1-photo-on-its-way")

    li_min.network.let_files_through()
    li_min.does("send-files")
    waits_until_delivered(li_min)
    expect(li_min.page.locator("[data-files-waiting]")).to_have_count(0)
    # The desk that said so shows it by itself.
    expect(zhou_hui.page.locator("[data-files] img")).to_be_visible()
    expect(zhou_hui.page.locator("[data-on-its-way]")).to_have_count(0)
    zhou_hui.shot("2-thumbnail")
    zhou_hui.page.locator("[data-files] button").focus()
    zhou_hui.presses("Enter")
    large = zhou_hui.page.locator("dialog img")
    expect(large).to_be_visible()
    zhou_hui.waits_until(lambda: large.evaluate("image => image.naturalHeight") == SIDE_MAX)
    zhou_hui.shot("3-large")
    zhou_hui.presses("Escape")
    expect(zhou_hui.page.locator("dialog")).to_have_count(0)

    what_is_kept_has_no_place(zhou_hui, row["hash"])
    nobody_else_opens_it(phone, row["hash"])
    no_cache_of_the_app_holds_it(li_min)


def what_is_kept_has_no_place(zhou_hui: Person, hash: str) -> None:
    answer = fetched(zhou_hui, f"/api/files/{VISIT_TODAY}/{hash}")
    assert (answer["status"], answer["cache"]) == (200, "private, no-store")
    assert answer["policy"].startswith("sandbox;")
    content = bytes(answer["bytes"])
    kept = Image.open(io.BytesIO(content))
    assert kept.size == (SIDE_MAX * 2 // 3 + 1, SIDE_MAX), "upright, and made small on the phone"
    assert dict(kept.getexif()) == {} and b"CANARY" not in content
    assert len(content) < 400_000


def nobody_else_opens_it(phone: Opens, hash: str) -> None:
    he_fang = phone("he_fang").signs_in()
    for path in (f"/api/files/{VISIT_TODAY}/{hash}", f"/api/files/{VISIT_TODAY}/{hash}/thumbnail"):
        assert fetched(he_fang, path)["status"] == 404
    assert bytes(fetched(he_fang, f"/api/files/{VISIT_TODAY}")["bytes"]) == b'{"files":{},"withheld":[]}'


def no_cache_of_the_app_holds_it(li_min: Person) -> None:
    cached = li_min.page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async name =>
            (await (await caches.open(name)).keys()).map(asked => new URL(asked.url).pathname)))).flat()"""
    )
    assert cached and not [path for path in cached if path.startswith("/api")]


def test_no_camera_is_offered_before_somebody_was_asked(phone: Opens, photo: Path) -> None:
    li_min = phone("li_min").signs_in()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "met_person")
    photos = li_min.field("photos")
    expect(photos.locator("input[type=file]")).to_have_count(0)
    li_min.does("ask-first")
    expect(photos.locator("[data-ask-first]")).to_have_text("先选上面一项，再拍照")
    expect(photos.locator("input[type=file]")).to_have_count(0)
    photos.scroll_into_view_if_needed()
    li_min.shot("consent")
    assert complaints(li_min) == []
    li_min.chooses("photo_consent", "guardian")
    takes_a_photo(li_min, photo)
    li_min.chooses("condition", "as_usual")
    saves(li_min)
    li_min.waits_until_sent()
    li_min.opens(f"/record/home_visit/{VISIT_TODAY}").screen("record")
    expect(li_min.page.locator('[data-value="photo_consent"]')).to_contain_text("家属或监护人同意，只留档")


@pytest.mark.nightly
def test_a_photo_is_found_again_in_the_draft_and_can_be_taken_out(phone: Opens, photo: Path) -> None:
    li_min = phone("li_min").signs_in()
    writes_a_visit(li_min, photo)
    li_min.waits_until(lambda: any('"hash"' in str(row).replace("'", '"') for row in li_min.stored("draft")))
    li_min.goes_offline().reloads().screen("visit")
    expect(li_min.field("photos").locator("li[data-file] img")).to_have_count(1)
    assert status_of(li_min) == ["kept"]

    li_min.field("photos").locator("li[data-file] button").click()
    expect(li_min.field("photos").locator("li[data-file]")).to_have_count(0)
    li_min.waits_until(lambda: li_min.stored("file") == [])
    saves(li_min)
    (save,) = li_min.stored("outbox")
    assert not [key for key in save["content"]["set"] if key.startswith("photos")]


def test_a_photo_torn_in_the_middle_goes_on_where_it_was(phone: Opens, photo: Path) -> None:
    li_min = phone("li_min").signs_in()
    li_min.network.next_pieces("torn", "lost_request")
    writes_a_visit(li_min, photo)
    saves(li_min)
    waits_until_delivered(li_min)
    (first, torn), *others = li_min.network.pieces
    assert (first, torn) == (0, "torn")
    assert all(start > 0 for start, _ in others), li_min.network.pieces


@pytest.mark.nightly
def test_a_photo_goes_on_after_the_server_was_stopped_in_the_middle(phone: Opens, centre: Centre, photo: Path) -> None:
    li_min = phone("li_min").signs_in()
    li_min.network.next_pieces("torn")
    li_min.network.next_pieces(*["lost_request"] * 20)
    writes_a_visit(li_min, photo)
    saves(li_min)
    li_min.waits_until(lambda: len(li_min.network.pieces) > 1)
    centre.dies()
    centre.start()
    li_min.network.port = centre.port
    li_min.network.forget_faults()
    li_min.opens("/sync").screen("sync")
    li_min.waits_until(lambda: status_of(li_min) == ["delivered"])
    assert li_min.network.pieces[-1][0] > 0


@pytest.mark.nightly
def test_a_photo_survives_the_kill_of_the_browser_right_after_saved(
    playwright: Playwright,
    browser_path: str | None,
    centre: Centre,
    desk: Opens,
    tmp_path: Path,
    results: Path,
    photo: Path,
) -> None:
    with Network(centre.port) as network:
        device = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile")
        li_min = device.person(network, results).signs_in()
        network.cut()
        writes_a_visit(li_min, photo)
        saves(li_min)
        device.dies()

        device = PhoneThatCanDie(playwright, browser_path, tmp_path / "profile")
        li_min = device.person(network, results).opens(f"/record/home_visit/{VISIT_TODAY}")
        li_min.screen("record")
        expect(li_min.page.locator("[data-files] img")).to_be_visible()
        assert status_of(li_min) == ["waiting"]

        network.restore()
        li_min.signs_in()
        waits_until_delivered(li_min)
        device.dies()
    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens(f"/review/{VISIT_TODAY}").screen("review")
    expect(zhou_hui.page.locator("[data-files] img")).to_be_visible()


@pytest.mark.nightly
def test_with_wifi_only_a_photo_waits_until_it_is_sent_by_hand(phone: Opens, photo: Path) -> None:
    li_min = phone("li_min").signs_in()
    li_min.opens("/me").screen("me")
    li_min.page.locator('label:has(input[name="photos-network"][value="wifi"])').click()
    writes_a_visit(li_min, photo)
    saves(li_min)
    li_min.waits_until_sent()
    li_min.opens("/sync").screen("sync")
    expect(li_min.page.locator("[data-files-waiting]")).to_contain_text("只用 Wi-Fi")
    assert (status_of(li_min), li_min.network.pieces) == (["waiting"], [])
    li_min.shot("wifi-only")
    li_min.does("send-files")
    waits_until_delivered(li_min)


@pytest.mark.nightly
def test_photos_that_are_paused_wait_until_they_may_go_on(phone: Opens, photo: Path) -> None:
    li_min = phone("li_min").signs_in()
    li_min.network.stop_files()
    writes_a_visit(li_min, photo)
    saves(li_min)
    li_min.waits_until_sent()
    li_min.opens("/sync").screen("sync")
    li_min.does("pause-files")
    expect(li_min.page.locator("[data-files-waiting]")).to_contain_text("你让照片先停着")
    li_min.page.locator("[data-files-waiting]").scroll_into_view_if_needed()
    li_min.shot("paused")
    assert complaints(li_min) == []
    li_min.network.let_files_through()
    li_min.reloads().screen("sync")
    li_min.network.pieces.clear()
    li_min.meets_the_centre()
    assert (status_of(li_min), li_min.network.pieces) == (["waiting"], [])
    li_min.does("pause-files")
    waits_until_delivered(li_min)


@pytest.mark.nightly
def test_a_captive_portal_does_not_take_a_photo(phone: Opens, photo: Path) -> None:
    li_min = phone("li_min").signs_in()
    li_min.network.captive_portal()
    writes_a_visit(li_min, photo)
    saves(li_min)
    li_min.opens("/sync").screen("sync")
    li_min.does("send-files")
    expect(li_min.page.locator("[data-files-waiting] li")).to_have_count(1)
    assert status_of(li_min) == ["waiting"]
    li_min.network.restore()
    li_min.does("send-files")
    waits_until_delivered(li_min)
