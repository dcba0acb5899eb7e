"""The phone profile: how fast today opens, a visit is saved, and a home is found on a slow phone with 10,000 records.

It prints one table and asserts nothing. Not here: the figures of a machine (README.md), what must hold (e2e/).
"""

from __future__ import annotations

import datetime
import gzip
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, sync_playwright

from e2e.centre import ROOT, Centre
from e2e.network import Network
from e2e.people import Person
from server.world import record_id
from server.world_story import NAMED
from tools.browser import find_browser

PROFILE = {
    "viewport": {"width": 360, "height": 780},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
CPU_SLOWER = 4
WAIT_SECONDS_MAX = 30
# A list in which nothing has changed for so long is complete.
STILL_MILLISECONDS = 300
COLD_STARTS = 7
SAVES = 7
SEARCHES = ("wxl", "32502", "wangxiulan", "5521", "王秀兰")

FIRST_KEYS = 5

# The facts about searching in the part of whoever is signed in.
OF_INDEX = """asked => indexedDB.databases().then(all => new Promise((done, fail) => {
    const opening = indexedDB.open(all.map(one => one.name).find(name => name.startsWith('doorstep-part-')));
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
        const transaction = opening.result.transaction('meta', 'readwrite');
        const request = transaction.objectStore('meta')[asked](IDBKeyRange.bound('search.', 'search.~'));
        transaction.oncomplete = () => { opening.result.close(); done(request.result); };
    };
}))"""
FORGET_INDEX = f"({OF_INDEX})('delete')"
INDEX_ROWS = f"({OF_INDEX})('count')"

# Runs before the app: notes the moments that the table needs. A moment is milliseconds since the page was asked for.
WATCH = """
(() => {
  const seen = window.benchSeen = { ready: null, tap: null, durable: null, told: null, keys: [] };
  const commit = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const transaction = commit.call(this, stores, mode, options);
    const touched = [].concat(stores);
    if (mode === 'readwrite' && touched.includes('outbox')) {
      transaction.addEventListener('complete', () => {
        if (seen.tap !== null && seen.durable === null) seen.durable = performance.now();
      });
    }
    return transaction;
  };
  document.addEventListener('pointerdown', event => {
    if (!event.target.closest('[data-action=save]')) return;
    Object.assign(seen, { tap: event.timeStamp, durable: null, told: null });
  }, true);
  document.addEventListener('input', event => {
    if (event.target.type !== 'search') return;
    const key = { at: event.timeStamp, shown: null };
    seen.keys.push(key);
    // A key that changes nothing in the list is answered by the first picture after it.
    afterPaint(() => { key.shown ??= performance.now(); });
  }, true);
  const afterPaint = then => requestAnimationFrame(() => setTimeout(then, 0));
  new MutationObserver(() => {
    if (seen.ready === null && document.querySelector('main[data-screen=today] [data-action=start-visit]')) {
      seen.ready = -1;
      afterPaint(() => { seen.ready = performance.now(); });
    }
    const told = seen.tap !== null && seen.told === null && document.querySelector('[data-saved]');
    if (told) seen.told = performance.now();
    const key = seen.keys.at(-1);
    // The last change of the list after a key counts, until the next key.
    if (key) afterPaint(() => { key.shown = performance.now(); });
  }).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
})()
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "data"
        say("Making a team as large as a phone may carry ...")
        with Centre(data, Path(folder) / "server.log", size="phone") as centre, Network(centre.port) as network:
            browser_path = str(find_browser() or "") or None
            profile = Path(folder) / "profile"
            say("Signing in as Li Min and copying her records ...")
            with opened(playwright, browser_path, profile, offline=False) as (context, _):
                person = Person("li_min", context, network, Path(folder))
                started = time.monotonic()
                person.signs_in()
                first_sync = time.monotonic() - started
                records = len(person.stored("view"))
            say("Measuring ...")
            rows = [("records on the phone", f"{records:,}", "10,000")]
            rows.append(
                ("sign-in to all records here and the app offline-ready (no throttle)", f"{first_sync:.1f} s", "")
            )
            rows += cold_starts(playwright, browser_path, profile, network.address)
            rows += saves(playwright, browser_path, profile, network.address)
            rows += searches(playwright, browser_path, profile, network.address)
            rows += sizes(playwright, browser_path, network.address)
    print(f"\nMeasured {datetime.date.today().isoformat()} on {machine()}.\n")
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


@contextmanager
def opened(
    playwright: Playwright, browser_path: str | None, profile: Path, offline: bool = True
) -> Iterator[tuple[BrowserContext, Page]]:
    """A new browser process on the phone's profile folder."""
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=browser_path, offline=offline, **PROFILE
    )
    context.add_init_script(WATCH)
    try:
        yield context, context.pages[0]
    finally:
        context.close()


def until(page: Page, expression: str) -> None:
    """Waits for an expression; asked from outside, since the page's own policy forbids polling inside it."""
    given_up_at = time.monotonic() + WAIT_SECONDS_MAX
    while not page.evaluate(expression):
        if time.monotonic() > given_up_at:
            raise TimeoutError(f"{expression} did not come true; the page saw {page.evaluate('window.benchSeen')}")
        page.evaluate("() => new Promise(done => setTimeout(done, 25))")


def slow(context: BrowserContext, page: Page) -> CDPSession:
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    return session


def cold_starts(
    playwright: Playwright, browser_path: str | None, profile: Path, address: str
) -> list[tuple[str, str, str]]:
    """From the address to a button that starts the visit, each time in a new process with no network."""
    ready = []
    for _ in range(COLD_STARTS):
        with opened(playwright, browser_path, profile) as (context, page):
            slow(context, page)
            page.goto(f"{address}/today")
            until(page, "window.benchSeen.ready > 0")
            ready.append(page.evaluate("window.benchSeen.ready"))
    return [("today usable, cold process, offline", told(ready), "2,000 ms")]


def saves(playwright: Playwright, browser_path: str | None, profile: Path, address: str) -> list[tuple[str, str, str]]:
    """From the finger on Save to the transaction on disk, and to the words that say so."""
    durable, said = [], []
    with opened(playwright, browser_path, profile) as (context, page):
        slow(context, page)
        network = _AddressOnly(address)
        person = Person("li_min", context, network, profile)
        # A home each: the second record of one home on one day asks why.
        for number, one in enumerate(NAMED[:SAVES]):
            person.opens(f"/visit/new/{record_id(f'{one.key}.household')}")
            person.chooses("outcome", "met_person")
            person.chooses("services", "greeting")
            person.chooses("condition", "as_usual")
            person.writes("observation", f"在家，今天精神不错，第 {number + 1} 户。")
            person.does("save")
            until(page, "window.benchSeen.durable !== null && window.benchSeen.told !== null")
            seen = page.evaluate("window.benchSeen")
            durable.append(seen["durable"] - seen["tap"])
            said.append(seen["told"] - seen["tap"])
    return [
        ("save, tap to durable", told(durable), "150 ms"),
        ("save, tap to “saved on this phone”", told(said), "150 ms"),
    ]


def searches(
    playwright: Playwright, browser_path: str | None, profile: Path, address: str
) -> list[tuple[str, str, str]]:
    """From each key to the list that follows from it, painted. The first key comes at once after a cold start: of an
    app that has no index, and of one that has kept it."""
    with opened(playwright, browser_path, profile) as (context, page):
        page.goto(f"{address}/homes?search")
        page.evaluate(FORGET_INDEX)
    with opened(playwright, browser_path, profile) as (context, page):
        slow(context, page)
        without = keys_typed(page, address, SEARCHES[:1])
        until_kept(page)
    first, taken = [], []
    for _ in range(FIRST_KEYS):
        with opened(playwright, browser_path, profile) as (context, page):
            slow(context, page)
            keys = keys_typed(page, address, SEARCHES if not taken else SEARCHES[:1])
            first.append(keys[0])
            taken += keys[1:]
    return [
        ("search, key to list", told(taken), "100 ms"),
        ("search, the very first key of a cold start", told(first), "300 ms"),
        ("search, the very first key of a cold start, no index kept yet", f"{without[0]:,.0f} ms", ""),
    ]


def keys_typed(page: Page, address: str, texts: tuple[str, ...]) -> list[float]:
    """Milliseconds from each key to its list, from a page that is opened for it on."""
    taken: list[float] = []
    page.goto(f"{address}/homes?search")
    box = page.locator("input[type=search]")
    box.wait_for()
    for text in texts:
        if taken:
            box.fill("")
            until(page, f"performance.now() - window.benchSeen.keys.at(-1).shown > {STILL_MILLISECONDS}")
        for letter in text:
            before = page.evaluate("window.benchSeen.keys.length")
            box.press_sequentially(letter) if letter.isascii() else page.keyboard.insert_text(letter)
            until(page, f"window.benchSeen.keys.length > {before} && window.benchSeen.keys.at(-1).shown !== null")
            if not taken:
                page.locator("main .list [data-record]").first.wait_for()
            until(page, f"performance.now() - window.benchSeen.keys.at(-1).shown > {STILL_MILLISECONDS}")
            key = page.evaluate("window.benchSeen.keys.at(-1)")
            taken.append(key["shown"] - key["at"])
    return taken


def until_kept(page: Page) -> None:
    """Waits until the app has laid its index on the disk, as it does by itself a while after it was made."""
    given_up_at = time.monotonic() + 2 * WAIT_SECONDS_MAX
    while page.evaluate(INDEX_ROWS) == 0:
        if time.monotonic() > given_up_at:
            raise TimeoutError("no index was kept")
        page.evaluate("() => new Promise(done => setTimeout(done, 500))")


def sizes(playwright: Playwright, browser_path: str | None, address: str) -> list[tuple[str, str, str]]:
    """Gzipped JavaScript that a worker's first screen loads, and that every screen of a phone loads together."""
    home, visit, case = (record_id(f"wang_xiulan{part}") for part in (".household", ".visit_today", ".case"))
    worker = f"/homes /homes/{home} /visit/{visit} /cases /cases/{case} /cases/{case}/note /sync /inbox /me"
    worker += f" /record/resident/new /record/household/{home} /record/household/{home}/edit"
    volunteer = f"/shifts /shifts/{record_id('huang_li.shift_today')} /hours"
    paths = {"li_min": worker.split(), "huang_li": volunteer.split()}
    browser = playwright.chromium.launch(executable_path=browser_path)
    scripts: dict[str, int] = {}
    first = 0
    for name, screens in paths.items():
        # Without the worker, every script comes over the network and is seen here.
        context = browser.new_context(**PROFILE, service_workers="block")
        context.on("response", lambda answer: _weigh(answer.url, scripts))
        person = Person(name, context, _AddressOnly(address), ROOT)
        person.opens("/sign-in")
        person.page.locator(f'[data-person="{name}"]').first.click()
        person.screen("today")
        person.page.wait_for_load_state("networkidle")
        if name == "li_min":
            scripts.clear()
            person.opens("/today")
            person.screen("today")
            person.page.wait_for_load_state("networkidle")
            first = sum(scripts.values())
        for path in screens:
            person.opens(path)
            person.page.locator("main[data-screen]").wait_for()
            person.page.wait_for_load_state("networkidle")
        context.close()
    browser.close()
    styles = sum(len(gzip.compress(path.read_bytes())) for path in (ROOT / "pwa" / "dist").rglob("*.css"))
    return [
        ("JavaScript of the first route, gzipped", f"{first / 1024:.1f} KB", "120 KB"),
        ("JavaScript of all phone screens, gzipped", f"{sum(scripts.values()) / 1024:.1f} KB", "250 KB"),
        ("all CSS, gzipped", f"{styles / 1024:.1f} KB", "20 KB"),
    ]


class _AddressOnly:
    """Where the app is, for a person who only opens pages."""

    def __init__(self, address: str) -> None:
        self.address = address


def _weigh(url: str, scripts: dict[str, int]) -> None:
    name = url.split("?")[0].rsplit("/", 1)[-1]
    if name.endswith(".js"):
        scripts[name] = len(gzip.compress((ROOT / "pwa" / "dist" / "assets" / name).read_bytes()))


def told(milliseconds: list[float]) -> str:
    middle, worst = statistics.median(milliseconds), max(milliseconds)
    return f"{middle:,.0f} ms, worst of {len(milliseconds)}: {worst:,.0f} ms"


def machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {model}, load {load:.1f}, CPU of the page {CPU_SLOWER}× slower"


def say(line: str) -> None:
    print(f"· {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if shutil.which("node") is None:
        sys.exit("Run this as `make bench`, which builds the app first.")
    main()
