"""Whoever takes a phone apart finds no word about anybody, be it in its databases or in what the browser keeps."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Playwright

from e2e.centre import ROOT, Centre, today
from e2e.dying import PhoneThatCanDie
from e2e.network import Network
from e2e.outside import Device
from e2e.world import HER_CASE, VISIT_TODAY

# Names, numbers, addresses and notes that the seed wrote; each is searched in seven forms.
KNOWN_BY_HEART = 60
# Texts of the test's own. Each begins with one mark, so that a thousand are looked for as fast as one.
CANARIES = 1_000
ROWS_OF_A_VISIT = 30
SHORTEST = 4


def test_no_word_about_anybody_is_readable_on_the_disk_of_a_phone(
    playwright: Playwright,
    browser_path: str | None,
    centre: Centre,
    network: Network,
    tmp_path: Path,
    results: Path,
):
    profile = tmp_path / "profile"
    mark, plain, canary = (secrets.token_hex(12) for _ in range(3))
    writes_canaries(Device(centre, "li_min"), canary)
    phone = PhoneThatCanDie(playwright, browser_path, profile)
    li_min = phone.person(network, results).signs_in()
    seen = f"看见{mark}在家"
    network.cut()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    for field, code in {"outcome": "met_person", "services": "greeting", "condition": "as_usual"}.items():
        li_min.chooses(field, code)
    li_min.writes("observation", seen)
    li_min.does("save")
    li_min.sees_saved()
    li_min.opens(f"/cases/{HER_CASE}/note").screen("case-note")
    half = f"写到一半{mark}"
    li_min.writes("content", half)
    li_min.waits_until(lambda: half in str(li_min.stored("draft")))
    li_min.opens("/homes?search").searches(f"找{mark}")
    li_min.waits_until(lambda: any(fact["key"].startswith("search.piece") for fact in li_min.stored("meta")))
    assert "王秀兰" in str(li_min.stored("meta")), "the index of names is on the disk as well"
    li_min.opens("/me").screen("me")
    outbox = json.dumps(li_min.stored("outbox"), ensure_ascii=False)
    assert seen in outbox, "what is searched for was written"
    known = li_min.stored("view")
    assert json.dumps(known, ensure_ascii=False).count(canary) >= CANARIES
    words = [seen, half, f"找{mark}", mark, canary]
    assert found_in(profile, words) == {}, "while it is open"
    words += _known_by_heart(known)
    # The control: the same phone with one row that nobody sealed.
    li_min.page.evaluate(LEAVE_PLAIN, plain)

    phone.dies()
    found = found_in(profile, [*words, plain])
    assert found.pop(plain), "an unsealed row is seen by this search"
    assert found == {}


def writes_canaries(li_min: Device, canary: str) -> None:
    """A home, who lives there and visits, each text of which begins with the canary."""
    home = li_min.writes(
        "household",
        {"estate": canary, "building": "3", "room": "5", "team": "heping_1", "care_note": f"{canary}-note"},
    )
    li_min.writes("resident", {"household": home, "name": f"{canary}-name", "health_note": f"{canary}-health"})
    done = {"household": home, "assigned_to": "li_min", "visited_on": today().isoformat(), "outcome": "met_person"}
    for visit in range(0, CANARIES, 2 * ROWS_OF_A_VISIT):
        rows = {
            f"remarks.canary{row:02}": {"text": f"{canary}{visit + row}", "about": f"{canary}-{visit + row}"}
            for row in range(ROWS_OF_A_VISIT)
        }
        li_min.writes("home_visit", done | {"condition": "as_usual", "observation": f"{canary}-{visit}"} | rows)


def _known_by_heart(rows: list[dict[str, object]]) -> list[str]:
    """Words about people that stand in the records of this phone, and not in the app."""
    texts: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, str) and len(value) >= SHORTEST:
            texts.add(value)
        elif isinstance(value, dict):
            for inner in value.values():
                collect(inner)

    for row in rows:
        collect(row["values"])
    app = "".join(path.read_text("utf-8", "replace") for path in (ROOT / "pwa" / "dist").rglob("*.js"))
    telling = [text for text in sorted(texts) if text not in app and _is_about_somebody(text)]
    assert len(telling) >= KNOWN_BY_HEART
    return telling[:: max(1, len(telling) // KNOWN_BY_HEART)]


def _is_about_somebody(text: str) -> bool:
    """Words, telephone numbers, ids of colleagues: no times, no dates, and no ids of records, which are random. Whose
    phone it is, is no secret: the page that asks for the finger says it."""
    is_number = text.replace(" ", "").isdigit() and len(text) > SHORTEST
    return text != "li_min" and (not text.isascii() or is_number or "_" in text)


def found_in(profile: Path, words: list[str]) -> dict[str, list[str]]:
    """Words that stand in files of the profile, with these; as written, in base64, and within what is compressed."""
    forms = {word: _forms_of(word) for word in words}
    found: dict[str, list[str]] = {}
    for path in (path for path in profile.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        for content in (raw, *_unpacked(raw)):
            for word, encoded in forms.items():
                if any(form in content for form in encoded):
                    found.setdefault(word, []).append(str(path.relative_to(profile)))
    return found


def _forms_of(word: str) -> list[bytes]:
    utf8 = word.encode()
    forms = [utf8, word.encode("utf-16-le"), word.encode("utf-16-be"), json.dumps(word)[1:-1].encode()]
    for shift in range(3):
        # Inside a longer text the same bytes read in one of three ways; their edges depend on the neighbours.
        forms.append(base64.b64encode(b"\0" * shift + utf8).rstrip(b"=")[4 if shift else 0 : -2])
    return forms


def _unpacked(raw: bytes) -> Iterator[bytes]:
    """What was gzipped within a file."""
    at = raw.find(b"\x1f\x8b\x08")
    while at >= 0:
        # Three bytes may look like a beginning and be none.
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(wbits=31).decompress(raw[at:])
        at = raw.find(b"\x1f\x8b\x08", at + 1)


def test_the_search_sees_what_is_compressed_and_what_is_encoded(tmp_path: Path):
    word = "王秀兰在家"
    for name, content in {
        "utf-16": "x王秀兰在家x".encode("utf-16-le"),
        "base64": base64.b64encode("前前王秀兰在家后".encode()),
        "gzip": b"head" + gzip.compress("王秀兰在家".encode()),
        "nothing": "王秀在家".encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
    assert sorted(found_in(tmp_path, [word])[word]) == ["base64", "gzip", "utf-16"]


LEAVE_PLAIN = """text => new Promise((done, fail) => {
    const opening = indexedDB.open('control', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('view');
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
        const transaction = opening.result.transaction('view', 'readwrite', { durability: 'strict' });
        transaction.objectStore('view').put({ values: { observation: text } }, 'plain');
        transaction.oncomplete = () => { opening.result.close(); done(); };
    };
})"""
