"""A photo on its way to the centre and out again: sent in pieces, verified, stripped of its place, shown to whoever may
read the record and to nobody else.

Not here: the phone's queue (pwa/tests/files), a real browser (e2e/test_photos.py).
"""

import base64
import hashlib
import io
import os
import random
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from httpx2 import Response
from PIL import Image, PngImagePlugin

from schema.files import FILE_BYTES_MAX, SIDE_PIXELS_MAX
from server.__main__ import main
from server.files import limits
from server.files.store import FileStore, Moved
from tests.server.http_world import HOME, HttpWorld, Phone, new_world, open_client, visit_of
from tests.server.test_traces import traces_of

TUS = {"tus-resumable": "1.0.0"}
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(2000)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(2000)


def picture(side: int = 640, form: str = "JPEG", **save: Any) -> bytes:
    """Noise, so that it has the bytes of a photo."""
    image = Image.frombytes("RGB", (side, side), random.Random(side).randbytes(side * side * 3))  # noqa: S311
    out = io.BytesIO()
    image.save(out, form, **save)
    return out.getvalue()


def located(**save: Any) -> bytes:
    """A photo that tells where, when and with which camera it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    exif.get_ifd(0x8825)[2] = (22.0, 41.0, 12.0)
    return picture(exif=exif, comment=b"CANARY-COMMENT", xmp=b"<x>CANARY-XMP</x>", **save)


PHOTO = picture()


class Sent(NamedTuple):
    """A file as its phone names it."""

    content: bytes
    hash: str


def sent(content: bytes = PHOTO) -> Sent:
    return Sent(content, hashlib.sha256(content).hexdigest())


def asks(phone: Phone, method: str, path: str, headers: Mapping[str, str] = TUS, content: bytes = b"") -> Response:
    token = {"authorization": f"Bearer {phone.token}"}
    return phone.world.client.request(method, path, headers={**token, **headers}, content=content)


def begins(phone: Phone, file: Sent, media: str = "photo", **others: str) -> Response:
    notes = f"hash {encoded(file.hash)},media {encoded(media)}"
    headers = {**TUS, "upload-length": str(len(file.content)), "upload-metadata": notes, **others}
    return asks(phone, "POST", "/api/uploads", headers)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def goes_on(phone: Phone, file: Sent, start: int = 0, end: int | None = None, **others: str) -> Response:
    headers = {**TUS, "upload-offset": str(start), "content-type": "application/offset+octet-stream", **others}
    return asks(phone, "PATCH", f"/api/uploads/{file.hash}", headers, file.content[start:end])


def sends(phone: Phone, file: Sent, media: str = "photo") -> Response:
    """All of it at once; the last answer."""
    assert begins(phone, file, media).status_code == 201
    return goes_on(phone, file)


def how_far(phone: Phone, file: Sent) -> str | None:
    return asks(phone, "HEAD", f"/api/uploads/{file.hash}").headers.get("upload-offset")


def row(file: Sent, media: str = "photo") -> dict[str, Any]:
    return {"hash": file.hash, "media": media, "bytes": len(file.content), "taken_at": "2026-11-19T01:30:00Z"}


def visits(phone: Phone, home: str, *photos: Sent, **others: Any) -> str:
    """A visit that is saved with these photos; gives its record."""
    rows: dict[str, Any] = {f"photos.row0000{place}": row(photo) for place, photo in enumerate(photos)}
    if photos:
        rows["photo_consent"] = "file"
    return phone.writes("home_visit", visit_of(home, **rows, **others))


def opens(phone: Phone, record: str, file: Sent, small: bool = False) -> Response:
    return asks(phone, "GET", f"/api/files/{record}/{file.hash}{'/thumbnail' if small else ''}", {})


def arrived(phone: Phone, record: str) -> dict[str, bool]:
    files: dict[str, bool] = asks(phone, "GET", f"/api/files/{record}", {}).json()["files"]
    return files


def code(answer: Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


def files_in(world: HttpWorld) -> list[str]:
    return sorted(path.name for path in world.settings.files_path.rglob("*") if path.is_file())


@pytest.fixture
def home(world: HttpWorld) -> str:
    return world.signs_in("zhou_hui").writes("household", HOME)


# --- the way in


def test_a_photo_in_pieces_arrives_whole_and_is_shown_to_the_supervisor(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    zhou_hui = world.signs_in("zhou_hui")
    assert arrived(zhou_hui, record) == {photo.hash: False}
    assert code(opens(zhou_hui, record, photo)) == "file_on_its_way"

    begun = begins(li_min, photo)
    assert (begun.status_code, begun.headers["location"]) == (201, f"/api/uploads/{photo.hash}")
    assert goes_on(li_min, photo, 0, 100_000).headers["upload-offset"] == "100000"
    assert how_far(li_min, photo) == "100000"
    assert code(opens(zhou_hui, record, photo)) == "file_on_its_way", "nothing is served before it is verified"
    assert goes_on(li_min, photo, 100_000).status_code == 204

    assert arrived(zhou_hui, record) == {photo.hash: True}
    shown = opens(zhou_hui, record, photo)
    assert shown.status_code == 200
    assert list(Image.open(io.BytesIO(shown.content)).size) == [640, 640]
    small = Image.open(io.BytesIO(opens(zhou_hui, record, photo, small=True).content))
    assert max(small.size) == limits.THUMBNAIL_PIXELS
    assert files_in(world) == [photo.hash, f"{photo.hash}.small"], "nothing is left of the upload"
    opened = [
        (person, details.get("rule")) for action, person, _, details in traces_of(world) if action == "file_opened"
    ]
    assert opened == [("zhou_hui", None), ("zhou_hui", "small")], "small pictures are looked at too"


def test_every_answer_says_the_version_and_what_the_server_can(world: HttpWorld, li_min: Phone) -> None:
    options = asks(li_min, "OPTIONS", "/api/uploads", {})
    assert options.status_code == 204
    assert options.headers["tus-version"] == options.headers["tus-resumable"] == "1.0.0"
    assert options.headers["tus-extension"] == "creation,expiration"
    assert options.headers["tus-max-size"] == str(FILE_BYTES_MAX)
    other = asks(li_min, "HEAD", f"/api/uploads/{'0' * 64}", {"tus-resumable": "0.2.2"})
    assert (other.status_code, other.headers["tus-version"]) == (412, "1.0.0")
    wrong = begins(li_min, sent(), **{"tus-resumable": "2.0.0"})
    assert (wrong.status_code, code(wrong), wrong.headers["tus-resumable"]) == (412, "upload_version", "1.0.0")


def test_an_upload_says_when_it_expires_and_is_swept_then(world: HttpWorld, li_min: Phone) -> None:
    photo = sent()
    assert begins(li_min, photo).headers["upload-expires"] == "Sun, 29 Nov 2026 02:00:00 GMT"
    goes_on(li_min, photo, 0, 1000)
    store = FileStore(world.settings.files_path)
    later = datetime.now(UTC) + limits.PARTIAL_KEPT
    assert list(store.old_partials(later - timedelta(hours=1), limits.PARTIAL_KEPT)) == []
    for partial in store.old_partials(later + timedelta(hours=1), limits.PARTIAL_KEPT):
        partial.remove()
    assert files_in(world) == []
    assert code(goes_on(li_min, photo, 1000)) == "upload_not_found"


def test_a_piece_at_the_wrong_place_is_refused_and_the_right_place_told(li_min: Phone) -> None:
    photo = sent()
    begins(li_min, photo)
    goes_on(li_min, photo, 0, 5000)
    for start in (0, 4999, 5001):
        answer = goes_on(li_min, photo, start)
        assert (answer.status_code, code(answer), answer.headers["upload-offset"]) == (409, "upload_moved", "5000")
    assert how_far(li_min, photo) == "5000"


def test_of_two_connections_the_one_that_wrote_last_goes_on(world: HttpWorld, li_min: Phone) -> None:
    photo = sent()
    begins(li_min, photo)
    partial = FileStore(world.settings.files_path).partial("li_min", photo.hash)
    assert partial is not None
    assert partial.append(0, photo.content[:10]) == 10
    with pytest.raises(Moved) as moved:
        partial.append(0, photo.content[:20])
    assert (moved.value.offset, partial.offset) == (10, 10)


def test_what_a_phone_has_begun_is_found_again_by_a_new_server(world: HttpWorld, li_min: Phone) -> None:
    photo = sent()
    begins(li_min, photo)
    goes_on(li_min, photo, 0, 200_000)

    world.client = open_client(world)
    with world.client:
        assert how_far(li_min, photo) == "200000"
        assert begins(li_min, photo).status_code == 201
        assert how_far(li_min, photo) == "200000", "to begin again does not throw away what is here"
        assert goes_on(li_min, photo, 200_000).status_code == 204


def test_a_server_killed_after_the_last_byte_verifies_when_it_is_asked(world: HttpWorld, li_min: Phone) -> None:
    photo = sent()
    begins(li_min, photo)
    partial = FileStore(world.settings.files_path).partial("li_min", photo.hash)
    assert partial is not None
    partial.append(0, photo.content)

    assert how_far(li_min, photo) == str(len(photo.content))
    assert files_in(world) == [photo.hash, f"{photo.hash}.small"]


def test_a_server_killed_before_it_remembered_the_file_does_it_again(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    kept = FileStore(world.settings.files_path).path(photo.hash)
    # As after a crash between the rename and the row: the file is there, and the partial one still is too.
    copy = kept.read_bytes()
    partial = FileStore(world.settings.files_path).begin("li_min", photo.hash, "photo", len(photo.content), world.now)
    partial.append(0, photo.content)
    assert how_far(li_min, photo) == str(len(photo.content))
    assert opens(li_min, record, photo).content == copy


def test_the_same_file_again_moves_nothing(world: HttpWorld, li_min: Phone) -> None:
    photo = sent()
    assert sends(li_min, photo).status_code == 204
    assert how_far(li_min, photo) == str(len(photo.content))


def test_each_person_has_partial_files_of_their_own(world: HttpWorld, li_min: Phone) -> None:
    photo, zhang_qiang = sent(), world.signs_in("zhang_qiang")
    begins(li_min, photo)
    goes_on(li_min, photo, 0, 1000)
    assert asks(zhang_qiang, "HEAD", f"/api/uploads/{photo.hash}").status_code == 404
    assert code(goes_on(zhang_qiang, photo, 1000)) == "upload_not_found"


def test_only_who_is_signed_in_sends_or_opens_files(world: HttpWorld, li_min: Phone, home: str) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    nobody = replace(li_min, token="x")  # noqa: S106
    for answer in (begins(nobody, photo), goes_on(nobody, photo), opens(nobody, record, photo)):
        assert (answer.status_code, code(answer)) == (401, "not_signed_in")


def test_a_page_of_another_site_sends_nothing(li_min: Phone) -> None:
    foreign = {"origin": "https://example.org", "sec-fetch-site": "cross-site"}
    assert code(begins(li_min, sent(), **foreign)) == "wrong_origin"


# --- bounds and refusals


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("upload-length", "-1"),
        ("upload-length", "many"),
        ("upload-length", "0"),
        ("upload-length", "9" * 13),
        ("upload-metadata", ""),
        ("upload-metadata", "hash !!!"),
        ("upload-metadata", f"hash {encoded('../../etc/passwd')},media {encoded('photo')}"),
        ("upload-metadata", f"hash {encoded('A' * 64)},media {encoded('photo')}"),
        ("upload-metadata", f"hash {encoded('a' * 64)},media {encoded('film')}"),
    ],
)
def test_a_beginning_that_is_none_is_refused(world: HttpWorld, li_min: Phone, header: str, value: str) -> None:
    answer = begins(li_min, sent(), **{header: value})
    assert (answer.status_code, code(answer)) == (400, "damaged_request")
    assert files_in(world) == []


def test_a_file_one_byte_over_the_bound_is_refused_before_it_is_sent(world: HttpWorld, li_min: Phone) -> None:
    file = sent()
    assert begins(li_min, file, **{"upload-length": str(FILE_BYTES_MAX)}).status_code == 201
    answer = begins(li_min, sent(b"x"), **{"upload-length": str(FILE_BYTES_MAX + 1)})
    assert (answer.status_code, code(answer)) == (413, "file_too_large")


def test_more_bytes_than_announced_are_refused(world: HttpWorld, li_min: Phone) -> None:
    photo = sent()
    begins(li_min, photo)
    longer = Sent(photo.content + b"x", photo.hash)
    answer = goes_on(li_min, longer)
    assert (answer.status_code, code(answer)) == (413, "file_too_large")


def test_pieces_of_another_type_are_refused(li_min: Phone) -> None:
    begins(li_min, sent())
    assert code(goes_on(li_min, sent(), **{"content-type": "image/jpeg"})) == "unsupported_media"


def test_bytes_that_are_not_those_of_the_name_are_kept_nowhere(world: HttpWorld, li_min: Phone, home: str) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    begins(li_min, photo)
    damaged = Sent(photo.content[:-1] + b"\x00", photo.hash)
    answer = goes_on(li_min, damaged)
    assert (answer.status_code, code(answer)) == (422, "file_damaged")
    assert files_in(world) == []
    assert arrived(li_min, record) == {photo.hash: False}
    assert sends(li_min, photo).status_code == 204, "whole, it is taken"


NOT_PICTURES = {
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing that can run": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a program": b"MZ" + bytes(500),
    "an archive": b"PK\x03\x04" + bytes(500),
    "a true beginning and nothing behind it": PHOTO[:2000],
    "an old picture format nobody photographs in": picture(8, "GIF"),
    "a sound": WEBM,
    "nothing but a mark": b"\xff\xd8\xff",
}


@pytest.mark.parametrize("content", NOT_PICTURES.values(), ids=NOT_PICTURES)
def test_what_is_no_picture_is_refused_by_its_content(world: HttpWorld, li_min: Phone, content: bytes) -> None:
    answer = sends(li_min, sent(content))
    assert (answer.status_code, code(answer)) == (422, "file_not_readable")
    assert files_in(world) == []


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose head promises so many pixels, all of one colour."""
    row = b"\x00" + bytes(width // 8 + 1)
    packed = zlib.compress(row * min(height, 2000), 9)

    def chunk(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + b"\x01\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"), [(SIDE_PIXELS_MAX + 1, 10), (4000, 3001), (30_000, 30_000), (100_000, 100_000)]
)
def test_a_picture_with_too_many_pixels_is_refused_unopened(
    world: HttpWorld, li_min: Phone, width: int, height: int
) -> None:
    answer = sends(li_min, sent(png_that_claims(width, height)))
    assert (answer.status_code, code(answer)) == (422, "file_too_many_pixels")
    assert files_in(world) == []


def test_a_picture_of_exactly_as_many_pixels_is_taken(li_min: Phone) -> None:
    out = io.BytesIO()
    Image.new("1", (4000, 3000)).save(out, "PNG")
    assert sends(li_min, sent(out.getvalue())).status_code == 204


def test_a_text_that_unfolds_inside_a_picture_is_refused(world: HttpWorld, li_min: Phone) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("bomb", "a" * 80_000_000, zip=True)
    bomb = picture(8, "PNG", pnginfo=notes)
    assert len(bomb) < 200_000
    assert code(sends(li_min, sent(bomb))) == "file_not_readable"


def test_a_person_sends_so_many_files_a_day_and_tomorrow_more(
    world: HttpWorld, li_min: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILES_PERSON_DAY_MAX", 2)
    for side in (8, 9):
        assert sends(li_min, sent(picture(side))).status_code == 204
    answer = begins(li_min, sent(picture(10)))
    assert (answer.status_code, code(answer), answer.headers["retry-after"]) == (429, "too_many_files", "900")
    world.passes(hours=23)
    li_min = world.signs_in("li_min")
    assert begins(li_min, sent(picture(10))).status_code == 429
    world.passes(hours=1, seconds=1)
    assert begins(li_min, sent(picture(10))).status_code == 201


def test_a_person_begins_so_many_files_and_no_more(li_min: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PARTIALS_PERSON_MAX", 1)
    assert begins(li_min, sent(picture(8))).status_code == 201
    assert code(begins(li_min, sent(picture(9)))) == "too_many_files"


def test_files_leave_room_for_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = sent()
    for bytes_max, free, status in ((len(PHOTO), 2**40, 201), (len(PHOTO) - 1, 2**40, 507), (2**40, 2**20, 507)):
        usage = shutil.disk_usage(tmp_path)._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda path, usage=usage: usage)
        world = new_world(tmp_path / f"{bytes_max}-{free}", files_bytes_max=bytes_max)
        with world.client:
            answer = begins(world.signs_in("li_min"), photo)
            assert answer.status_code == status
            assert status == 201 or code(answer) == "no_room_for_files"


# --- what is kept


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_a_photo_was_taken_is_gone(world: HttpWorld, li_min: Phone, home: str, form: str) -> None:
    content = located() if form == "JPEG" else picture(64, form, exif=_exif(), xmp=b"CANARY-XMP")
    if form == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", "CANARY-COMMENT")
        content = picture(64, form, exif=_exif(), pnginfo=notes)
    assert b"CANARY" in content, "the sample has what is to go"
    photo = sent(content + b"<script>CANARY-BEHIND</script>")
    record = visits(li_min, home, photo)
    assert sends(li_min, photo).status_code == 204

    for path in world.settings.files_path.rglob("*"):
        assert not path.is_file() or b"CANARY" not in path.read_bytes()
    kept = Image.open(io.BytesIO(opens(li_min, record, photo).content))
    assert dict(kept.getexif()) == {} and kept.format == form


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    return exif


def test_a_photo_taken_sideways_is_kept_upright(li_min: Phone, home: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif)
    photo = sent(out.getvalue())
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    assert Image.open(io.BytesIO(opens(li_min, record, photo).content)).size == (40, 60)


def test_a_photo_loses_nothing_more_at_the_centre(li_min: Phone, home: str) -> None:
    photo = sent(picture(64, quality=70))
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    before, after = (Image.open(io.BytesIO(found)) for found in (photo.content, opens(li_min, record, photo).content))
    assert before.quantization == after.quantization


def test_a_signature_on_nothing_is_dark_on_white(li_min: Phone, home: str) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (100, 50), (0, 0, 0, 0)).save(out, "PNG")
    drawn = sent(out.getvalue())
    record = visits(li_min, home, drawn)
    assert sends(li_min, drawn, "signature").status_code == 204
    small = Image.open(io.BytesIO(opens(li_min, record, drawn, small=True).content))
    assert small.convert("L").getextrema()[0] > 250


@pytest.mark.parametrize(
    ("content", "type_"), [(WEBM, "audio/webm"), (MP4, "audio/mp4"), (b"OggS" + bytes(99), "audio/ogg")]
)
def test_a_sound_is_known_by_its_head(li_min: Phone, home: str, content: bytes, type_: str) -> None:
    voice = sent(content)
    record = visits(li_min, home, voice)
    assert sends(li_min, voice, "voice").status_code == 204
    played = opens(li_min, record, voice)
    assert (played.headers["content-type"], played.content) == (type_, content)
    assert code(opens(li_min, record, voice, small=True)) == "not_found"
    piece = asks(li_min, "GET", f"/api/files/{record}/{voice.hash}", {"range": "bytes=0-9"})
    assert (piece.status_code, piece.content) == (206, content[:10])


@pytest.mark.parametrize("content", [PHOTO, b"RIFF", MP4 + b"\xa9xyz+22.7+114.0/", b"\x1a\x45\xdf\xa3matroska"])
def test_a_sound_that_is_none_or_tells_a_place_is_refused(world: HttpWorld, li_min: Phone, content: bytes) -> None:
    assert code(sends(li_min, sent(content), "voice")) == "file_not_readable"
    assert files_in(world) == []


def test_a_file_that_is_shown_cannot_act_and_is_kept_by_nobody_on_the_way(li_min: Phone, home: str) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    for small in (False, True):
        answer = opens(li_min, record, photo, small)
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["content-type"] == "image/jpeg"


# --- who may open it


def test_a_file_follows_its_record_and_nobody_else_learns_that_it_exists(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    photo = sent()
    record = visits(li_min, home, photo)
    sends(li_min, photo)
    may = ("li_min", "zhang_qiang", "zhou_hui", "wu_jianguo")
    may_not = ("he_fang", "luo_wei", "xu_jianping")
    for person in (*may, *may_not):
        phone = world.signs_in(person)
        assert (arrived(phone, record) == {photo.hash: True}) is (person in may), person
        assert opens(phone, record, photo).status_code == (200 if person in may else 404), person
        assert opens(phone, record, photo, small=True).status_code == (200 if person in may else 404), person
    assert code(opens(world.signs_in("he_fang"), record, photo)) == "not_found"
    assert code(opens(li_min, record, sent(b"another"))) == "not_found"
    assert code(opens(li_min, world.new_id(), photo)) == "not_found"


def test_to_know_a_hash_is_not_to_have_the_file(world: HttpWorld, li_min: Phone, home: str) -> None:
    photo = sent()
    visits(li_min, home, photo)
    sends(li_min, photo)
    elsewhere = world.signs_in("zhou_hui").writes("household", {**HOME, "room": "101", "team": "heping_2"})
    he_fang = world.signs_in("he_fang")
    own = visits(he_fang, elsewhere, photo, assigned_to="he_fang")

    assert arrived(he_fang, own) == {photo.hash: False}
    assert code(opens(he_fang, own, photo)) == "file_on_its_way"
    assert sends(he_fang, photo).status_code == 204, "who has the bytes may give them"
    assert opens(he_fang, own, photo).status_code == 200


def test_the_file_of_a_held_save_is_for_its_author_and_who_answers_for_it(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    photo = sent()
    save = li_min.save("home_visit", visit_of(home, visited_on="2027-01-01", **{"photos.row00001": row(photo)}))
    (receipt,) = li_min.pushes(save)
    assert receipt["status"] == "held"
    sends(li_min, photo)

    for person, status in (("li_min", 200), ("zhou_hui", 200), ("zhang_qiang", 404), ("he_fang", 404)):
        assert opens(world.signs_in(person), save["record"], photo).status_code == status, person


def test_a_save_is_accepted_before_its_photo_is_there(li_min: Phone, home: str) -> None:
    photo = sent()
    (receipt,) = li_min.pushes(
        li_min.save("home_visit", visit_of(home, photo_consent="file", **{"photos.row00001": row(photo)}))
    )
    assert receipt["status"] == "accepted"


def test_a_photo_without_a_word_on_consent_is_held_and_its_author_told_which(li_min: Phone, home: str) -> None:
    photo = sent()
    (receipt,) = li_min.pushes(li_min.save("home_visit", visit_of(home, **{"photos.row00001": row(photo)})))
    assert (receipt["status"], receipt["problem"]["code"]) == ("held", "missing")
    assert receipt["problem"]["field"] == "photo_consent" and "拍照前问过了" in receipt["problem"]["words_zh"]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"media": "voice"}, "file_media_not_taken"),
        ({"bytes": 1_048_577}, "file_over_bound"),
        ({"hash": "../../secret"}, "wrong_type"),
    ],
)
def test_a_row_that_is_none_is_held(li_min: Phone, home: str, changed: dict[str, Any], problem: str) -> None:
    wrong = {**row(sent()), **changed}
    (receipt,) = li_min.pushes(li_min.save("home_visit", visit_of(home, **{"photos.row00001": wrong})))
    assert (receipt["status"], receipt["problem"]["code"]) == ("held", problem)


# --- sweeping


def test_what_no_save_names_is_swept_after_a_month_and_the_rest_stays(
    world: HttpWorld, li_min: Phone, home: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world.now = datetime.now(UTC) - limits.UNNAMED_KEPT - timedelta(days=1)
    li_min = world.signs_in("li_min")
    day = (world.now + timedelta(hours=8)).date().isoformat()
    named, held, unnamed, young = (sent(picture(side)) for side in (8, 9, 10, 11))
    visits(li_min, home, named, visited_on=day)
    li_min.pushes(li_min.save("home_visit", visit_of(home, visited_on="2039-01-01", **{"photos.row00001": row(held)})))
    for photo in (named, held, unnamed):
        sends(li_min, photo)
    world.now = datetime.now(UTC)
    sends(world.signs_in("li_min"), young)
    begun = sent(picture(12))
    begins(world.signs_in("li_min"), begun)
    stopped = FileStore(world.settings.files_path).partial("li_min", begun.hash)
    assert stopped is not None
    long_ago = (datetime.now(UTC) - limits.PARTIAL_KEPT - timedelta(days=1)).timestamp()
    os.utime(stopped.path, (long_ago, long_ago))

    assert main(["sweep-files", "--data", str(world.settings.data)]) == 0
    assert "Removed 1 that no save names, and 1 that stopped" in capsys.readouterr().out
    left = {photo.hash for photo in (named, held, young)}
    assert set(files_in(world)) == left | {f"{hash}.small" for hash in left}
