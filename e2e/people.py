"""What one person does and sees in her own browser. The only place that knows how a screen is built.

Not here: what should happen (the tests).
"""

from __future__ import annotations

import gzip
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from e2e.centre import ROOT
from e2e.network import Network
from e2e.rude import SEED
from e2e.stored import OPEN_STORE

GZIP = b"\x1f\x8b"
REGISTERED = frozenset(
    text
    for part in json.loads((ROOT / "server" / "graphql" / "operations.json").read_text("utf-8")).values()
    for text in part.values()
)
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}

# Longest wait for anything a person waits for; a busy machine of two cores is slow, a screen that never comes fails.
# On a rude network a device tries again after 5 and 15 seconds, and everything must have come through within 60.
HEALED_SECONDS_MAX = 60
SECONDS_MAX = 20 if SEED is None else HEALED_SECONDS_MAX
TAPS_APART_SECONDS = 0.5
expect.set_options(timeout=SECONDS_MAX * 1000)


class Person:
    """One person at one device: `page` is what she looks at, `network` what lies between her and the centre."""

    def __init__(self, person: str, context: BrowserContext, network: Network, shots: Path) -> None:
        self.person = person
        self.context = context
        self.network = network
        self.troubles: list[str] = []
        """Errors no page may have: uncaught exceptions, breaches of the content security policy."""
        self._shots = shots
        self._can_go_wrong = False
        self._tapped: dict[str, float] = {}
        context.set_default_timeout(SECONDS_MAX * 1000)
        context.add_init_script(TELL_BREACHES)
        self.page = context.pages[0] if context.pages else context.new_page()
        self._watch(self.page)

    # --- being there

    def signs_in(self) -> Person:
        """Through the demo's list, then waits until this device could do its whole day without a network."""
        self.opens("/sign-in")
        self.page.locator(f'[data-person="{self.person}"]').first.click()
        expect(self.page.locator("main[data-screen]:not([data-screen=sign-in])")).to_be_visible()
        self.is_ready_for_offline()
        return self

    def signs_out(self) -> None:
        self.opens("/me").screen("me")
        self.does("sign-out-account")
        self.does("leave")
        self.screen("sign-in")

    def is_put_down(self) -> None:
        """By one test, for another: online, and no page of it runs on."""
        self.network.restore()
        self.context.set_offline(False)
        for page in self.context.pages:
            page.close()

    def is_taken_up(self, shots: Path) -> Person:
        """By another test: with a page of its own, and nothing set on it."""
        self._shots = shots
        # The lightest address of the app; what is set is read by the page that comes after.
        self.opens_a_new_page("/icon.svg").page.evaluate(FORGET_SETTINGS)
        return self

    def gives_up(self) -> None:
        """The device is put away for good."""
        self.context.close()
        self.network.close()

    def hands_the_device_to(self, person: str) -> Person:
        self.person = person
        return self

    def is_ready_for_offline(self) -> None:
        """The app's shell is in its cache, and every record of hers is here."""
        self.has_the_app()
        self.waits_until(self._has_everything)

    def has_the_app(self) -> None:
        """The app's shell is in its cache, and the worker answers for it."""
        ready = """() => Promise.race([
            navigator.serviceWorker.ready.then(() => 'ready'),
            new Promise(done => setTimeout(done, 15000, 'the service worker did not install'))
        ])"""
        assert self.page.evaluate(ready) == "ready"
        self.waits_until(lambda: self.page.evaluate("navigator.serviceWorker.controller !== null"))

    def opens(self, path: str) -> Person:
        """As typed into the address line: a full load."""
        self.page.goto(self.network.address + path)
        return self

    def goes_to(self, path: str) -> Person:
        """Within the running app, as a tap on a link would."""
        self.page.evaluate(
            "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }", path
        )
        return self

    def looks_through(self, screens: Mapping[str, str]) -> Iterator[str]:
        """Each path once its screen is there and settled. A new start for the first, and where the screen of the path
        before has the same name and so could pass for this one; within the running app for the others, as people go."""
        before = None
        for path, screen in screens.items():
            goes = self.opens if before in (None, screen) else self.goes_to
            goes(path).screen(screen)
            self.is_settled()
            before = screen
            yield path

    def is_settled(self) -> None:
        """What the screen reads from this device, or asks the centre, is on it."""
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        # What is read from this device is drawn within a few frames; there is no sign for it.
        self.page.evaluate("() => new Promise(done => setTimeout(done, 150))")

    def has_a_window_of(self, width: int, height: int) -> None:
        """Of that size from now on, and drawn anew in it."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate(NEXT_FRAME)

    def reads_in_size(self, size: str) -> None:
        """The running app in another text size, as its settings would write it on the page."""
        self.page.evaluate("size => { document.documentElement.dataset.size = size }", size)

    def reloads(self) -> Person:
        self.page.reload()
        return self

    def goes_offline(self) -> Person:
        self.context.set_offline(True)
        return self

    def comes_online(self) -> Person:
        # A page that was loaded offline under a driver believes itself online and would not hear of the change.
        for is_offline in (False, True, False):
            self.context.set_offline(is_offline)
        return self

    def closes_the_page(self) -> None:
        self.page.close()

    def opens_a_new_page(self, path: str) -> Person:
        self.page = self.context.new_page()
        self._watch(self.page)
        return self.opens(path)

    # --- seeing

    def screen(self, name: str) -> Locator:
        """The screen of that name, once it is there."""
        found = self.page.locator(f'main[data-screen="{name}"]')
        expect(found).to_be_visible()
        return found

    def record(self, record: str) -> Locator:
        return self.page.locator(f'[data-record="{record}"]').first

    def sees_mark(self, record: str, mark: str) -> None:
        """The record's row on the present screen carries this mark."""
        row = self.page.locator(f'[data-record="{record}"]').first
        expect(
            row.locator(f'[data-mark="{mark}"]').or_(row.and_(self.page.locator(f'[data-mark="{mark}"]'))).first
        ).to_be_visible()

    def sees_saved(self) -> None:
        """The bar that says the save is durable on this device."""
        expect(self.page.locator("[data-saved]").first).to_be_visible()

    def field(self, name: str) -> Locator:
        return self.page.locator(f'[data-field="{name}"]').first

    def shot(self, name: str) -> None:
        """The screen at a step, for whoever wants to look (`make e2e SHOTS=1`)."""
        if os.environ.get("SHOTS"):
            self.keeps_a_picture(name)

    def keeps_a_picture(self, name: str) -> None:
        self._shots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self._shots / f"{self.person}-{name}.png")

    # --- doing

    def does(self, action: str) -> None:
        """A tap. Nobody taps one button twice in half a second and means it, and the app takes it for one tap."""
        again_at = self._tapped.get(action, 0.0) + TAPS_APART_SECONDS
        threading.Event().wait(max(0.0, again_at - time.monotonic()))
        self.page.locator(f'[data-action="{action}"]:visible').first.click()
        self._tapped[action] = time.monotonic()

    def chooses(self, field: str, code: str) -> None:
        """One choice of a field, by the label a finger would touch; a choice list is used as such."""
        box = self.field(field)
        chosen = box.locator(f'label:has(input[value="{code}"])')
        box.locator("select").or_(chosen).first.wait_for()
        if box.locator("select").count():
            box.locator("select").first.select_option(code)
        else:
            chosen.first.click()

    def writes(self, field: str, text: str) -> None:
        self.field(field).locator("textarea, input:not([type=radio]):not([type=checkbox])").first.fill(text)

    def writes_date(self, field: str, day: str) -> None:
        self.field(field).locator("input[type=date]").fill(day)

    def sees_chosen(self, field: str, code: str) -> None:
        expect(self.field(field).locator(f'input[value="{code}"]')).to_be_checked()

    def sees_written(self, field: str, text: str) -> None:
        expect(self.field(field).locator("textarea, input:not([type=radio]):not([type=checkbox])").first).to_have_value(
            text
        )

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)

    def searches(self, text: str) -> None:
        self.page.locator("input[type=search]").fill(text)

    def sets(self, **settings: str) -> None:
        """Language, size or theme, as they are kept on this device; in force from the next page."""
        self.page.evaluate(KEEP_SETTINGS, settings)

    def has_a_clock_that_is_off_by(self, much: timedelta) -> None:
        """The device's clock is wrong from the next page on; the centre's is right."""
        self.page.evaluate("off => localStorage.setItem('clock-off-by', off)", str(int(much.total_seconds() * 1000)))
        if not self._can_go_wrong:
            self.context.add_init_script(WRONG_CLOCK)
            self._can_go_wrong = True

    def asks(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """A GraphQL request of her own making, with her session."""
        answer: dict[str, Any] = self.page.evaluate(ASK, {"query": query, "variables": variables})
        return answer

    def waits_until(self, happened: Callable[[], bool], seconds_max: float = SECONDS_MAX) -> None:
        """Something has come true that no locator tells. The page's own policy forbids Playwright to poll inside it."""
        until = time.monotonic() + seconds_max
        while not happened():
            assert time.monotonic() < until, "waited in vain"
            self.page.evaluate("() => new Promise(done => setTimeout(done, 100))")

    def meets_the_centre(self) -> None:
        """In the sync centre, pressing until it says so: a rude network refuses once or twice."""
        self.opens("/sync").screen("sync")
        answer = self.page.locator("[data-answer]")

        def is_met() -> bool:
            self.does("send-now")
            expect(self.page.locator("[data-action=send-now]")).not_to_have_attribute("aria-busy", "true")
            return "联系上中心了" in answer.inner_text()

        self.waits_until(is_met)

    # --- what it takes her

    def counts_touches(self) -> None:
        """From now on, as long as the page is not loaded anew."""
        self.page.evaluate(COUNT_TOUCHES)

    def touched(self, what: str = "taps") -> int:
        """How many taps or keys since the last question; both are counted anew from here."""
        count: int = self.page.evaluate(
            "what => { const count = window.touched[what]; window.touched = { taps: 0, keys: 0 }; return count; }", what
        )
        return count

    # --- looking behind the screen, where a promise is about what is stored

    def stored(self, store: str) -> list[dict[str, Any]]:
        """Every row of one IndexedDB store of this person, opened as the demo's key allows; facts as key and value."""
        rows: list[dict[str, Any]] = self.page.evaluate(OPEN_STORE, [self.person, store, None])
        return rows

    def waits_until_sent(self, seconds_max: float = SECONDS_MAX) -> None:
        """Nothing that she pressed is at work still, and no save of hers waits in the outbox any more."""
        at_work = self.page.locator("button[aria-busy=true]")
        self.waits_until(lambda: not at_work.count() and not self.stored("outbox"), seconds_max)

    def _has_everything(self) -> bool:
        """Every scope of hers was read to its end, in a meeting with the centre that came to its own end."""
        asked = [self.person, "meta", ["me", "last_contact", "cursors"]]
        facts = {fact["key"]: fact.get("value") for fact in self.page.evaluate(OPEN_STORE, asked)}
        if not facts.get("me") or not facts["last_contact"]:
            return False
        cursors = facts["cursors"] or {}
        return all(cursors.get(scope, {}).get("complete") for scope in facts["me"]["scopes"])

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self._breach(said.text) if said.type == "error" else None)
        page.on("request", self._asks_what_is_registered)

    def _asks_what_is_registered(self, request: Request) -> None:
        """A centre that is no demo answers no other text (server/graphql/registered.py)."""
        if request.method != "POST" or not request.url.endswith("/graphql"):
            return
        sent = request.post_data_buffer or b"{}"
        asked = json.loads(gzip.decompress(sent) if sent[:2] == GZIP else sent)
        if asked.get("by") != "test" and "documentId" not in asked and asked.get("query") not in REGISTERED:
            self.troubles.append(f"a question that is not registered: {asked.get('query')}")

    def _breach(self, text: str) -> None:
        if re.search(rf"{BREACH}|Content Security Policy|Refused to", text):
            self.troubles.append(text)


BREACH = "A page did what its policy forbids"
# What a page may not do is told to the page itself, whatever words this browser has for it in its console.
TELL_BREACHES = f"""document.addEventListener('securitypolicyviolation', breach => console.error(
    '{BREACH}:', breach.effectiveDirective, breach.blockedURI, breach.sourceFile, breach.lineNumber, breach.sample))"""
# What a finger lifts from, where lifting means something; and keys.
COUNT_TOUCHES = """() => {
    window.touched = { taps: 0, keys: 0 };
    const means = 'a, button, label, input, textarea, select, summary';
    addEventListener('pointerup', up => { if (up.target.closest(means)) window.touched.taps += 1; }, true);
    addEventListener('keydown', () => { window.touched.keys += 1; }, true);
}"""
NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
FORGET_SETTINGS = "localStorage.removeItem('doorstep.settings')"
KEEP_SETTINGS = """chosen => {
    const kept = JSON.parse(localStorage.getItem('doorstep.settings') ?? '{}');
    localStorage.setItem('doorstep.settings', JSON.stringify({ ...kept, ...chosen }));
}"""
WRONG_CLOCK = """(() => {
    const right = Date, off = Number(localStorage.getItem('clock-off-by') ?? 0);
    window.Date = class extends right {
        constructor(...given) { if (given.length) super(...given); else super(right.now() + off); }
        static now() { return right.now() + off; }
    };
})()"""
ASK = """body => fetch('/graphql', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...body, by: 'test' })
}).then(answer => answer.json())"""
