"""What a worker's first screen waits for on a slow line, weighed as it is sent.

Not here: how long that takes (bench/phone_profile.py).
"""

from __future__ import annotations

import gzip
import re

from e2e.centre import ROOT

ASSETS = ROOT / "pwa" / "dist" / "assets"
FIRST_ROUTE = ("index", "PhoneFrame", "Today", "tasks")
# Every kind that is declared comes along, because the first screen already validates what is saved.
FIRST_ROUTE_KILOBYTES_MAX = 117
# From what the desk says about members, and about devices.
WORDS_OF_THE_DESK = ("谁在这里工作，什么岗位", "谁的手机和电脑开通了")


def test_the_first_screen_of_a_phone_is_light_and_brings_no_words_of_the_desk():
    first, desk = with_what_they_import(*FIRST_ROUTE), with_what_they_import("desk")
    kilobytes = sum(len(gzip.compress(script.encode())) for script in first.values()) / 1024
    assert kilobytes <= FIRST_ROUTE_KILOBYTES_MAX, sorted(first)
    for words in WORDS_OF_THE_DESK:
        assert any(words in script for script in desk.values())
        assert not any(words in script for script in first.values())


def test_no_screen_of_a_phone_loads_the_desk():
    screens = {path.stem for path in (ROOT / "pwa" / "src" / "phone").glob("*.svelte")}
    names = {path.stem[:-9] for path in ASSETS.glob("*.js")} & screens | {"phone", "tasks"}
    assert len(names) > 5
    loads = {name: [file for file in with_what_they_import(name) if file.startswith("desk-")] for name in names}
    assert {name: files for name, files in loads.items() if files} == {}
    # Nor does what a screen brings when it is needed, a box or a form.
    others = [path.stem[:-9] for path in ASSETS.glob("*.js") if not path.name.startswith("desk-")]
    assert [name for name in others if any(file.startswith("desk-") for file in with_what_they_import(name))] == []


def with_what_they_import(*names: str) -> dict[str, str]:
    """Scripts of the built app with all that each needs before it runs: file -> text."""
    # After the name come eight signs that stand for the content, of which one may be a hyphen.
    waiting = [path.name for path in ASSETS.glob("*.js") if path.stem[:-9] in names]
    assert {name[:-12] for name in waiting} == set(names)
    found: dict[str, str] = {}
    while waiting:
        if (name := waiting.pop()) not in found:
            found[name] = (ASSETS / name).read_text("utf-8")
            waiting += re.findall(r'(?:from|import)\s*"\./([^"]+\.js)"', found[name])
    return found
