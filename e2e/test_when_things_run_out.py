"""A session that ends, a second window, a full phone: the words stay, and the person is told what to do."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Opens
from e2e.world import HER_HOME, VISIT_TODAY


def test_a_session_that_ends_in_the_middle_keeps_the_records_and_sending_goes_on_after_signing_in(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    assert li_min.context.request.delete(f"{li_min.network.address}/api/session").ok
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()

    expect(li_min.page.locator("[data-strip=signed_out]")).to_contain_text("记录都在")
    li_min.sees_mark(VISIT_TODAY, "saved")
    li_min.opens(f"/homes/{HER_HOME}").screen("home")
    li_min.shot("1-session-ended")

    li_min.page.locator("[data-strip=signed_out]").click()
    li_min.screen("sign-in")
    li_min.page.locator('[data-person="li_min"]').first.click()
    li_min.screen("today")
    li_min.waits_until_sent()
    li_min.sees_mark(VISIT_TODAY, "sent")


def test_what_is_saved_in_one_window_shows_in_the_other_and_is_sent_once(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.opens("/today").screen("today")
    first = li_min.page
    li_min.opens_a_new_page(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()
    li_min.waits_until_sent()

    expect(first.locator(f'[data-record="{VISIT_TODAY}"] [data-mark="sent"]')).to_be_visible()
    assert sum(fate in ("passed", "repeated") for fate in li_min.network.happened) == 1


def test_a_full_phone_says_so_in_words_and_what_was_written_is_saved_once_there_is_room(phone: Opens):
    li_min = phone("li_min")
    # What it grants, the browser keeps in mind for half a minute: the bound stands from the start, the room is used up.
    quota = li_min.context.new_cdp_session(li_min.page)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": li_min.network.address, "quotaSize": 12 * 1024 * 1024})
    li_min.signs_in()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "met_person")
    li_min.chooses("condition", "as_usual")
    li_min.writes("observation", "血压 150/95，说头晕。")
    assert li_min.page.evaluate(FILL) > 0
    li_min.does("save")

    expect(li_min.screen("visit")).to_contain_text("这次没存上。写的还在这一页，先清一点空间")
    li_min.shot("1-a-full-phone")
    li_min.sees_chosen("outcome", "met_person")
    li_min.sees_written("observation", "血压 150/95，说头晕。")
    assert li_min.stored("outbox") == []

    li_min.page.evaluate("new Promise(done => { indexedDB.deleteDatabase('filler').onsuccess = done; })")
    quota.send("Storage.overrideQuotaForOrigin", {"origin": li_min.network.address, "quotaSize": 1024**3})
    li_min.reloads().screen("visit")
    li_min.sees_written("observation", "血压 150/95，说头晕。")
    li_min.does("save")
    li_min.sees_saved()
    li_min.waits_until_sent()
    li_min.opens(f"/homes/{HER_HOME}").screen("home")
    li_min.sees_mark(VISIT_TODAY, "sent")


# Writes into a database of its own until nothing more fits, in ever smaller pieces; gives how many were kept.
FILL = """async () => {
    const filler = await new Promise((done, fail) => {
        const opening = indexedDB.open('filler', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('rows', { autoIncrement: true });
        opening.onsuccess = () => done(opening.result);
        opening.onerror = () => fail(opening.error);
    });
    let kept = 0;
    for (let bytes = 1 << 20; bytes >= 64; ) {
        const piece = crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65536)));
        const fits = await new Promise(done => {
            const writing = filler.transaction('rows', 'readwrite', { durability: 'strict' });
            writing.objectStore('rows').add(new Array(Math.max(1, bytes / 65536)).fill(piece).map(one => one.slice()));
            writing.oncomplete = () => done(true);
            writing.onabort = () => done(false);
        });
        if (fits) kept += 1;
        else bytes = Math.floor(bytes / 2);
    }
    filler.close();
    return kept;
}"""
