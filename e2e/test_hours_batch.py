"""A morning's hours are certified: thirty-one entries, twelve of them odd, by the keyboard alone and by the mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.hours_world import CLEAN_MINUTES, Batch, thirty_one
from e2e.outside import Device
from e2e.people import Person
from e2e.test_accessibility import complaints

ENTRIES, PROBLEMS, KINDS_MIN, KEYS_MAX = 31, 12, 8, 20
STATES = """query ($records: [ID!]!) { hour_entry_list(first: 500, where: {record: $records}) { items { record } } }"""
DETAIL = """query ($record: ID!) { record_detail(record: $record) { values standing history { what sentence } } }"""
# What a key does, by the check it settles first: a digit, and one more where a sentence is wanted.
NEEDS_A_SENTENCE = {"over_day", "late", "correction"}


@pytest.fixture
def batch(centre: Centre) -> Batch:
    found = thirty_one(centre)
    assert found.count == ENTRIES and len(found.problems) == PROBLEMS and len(set(found.problems)) >= KINDS_MIN
    return found


def test_thirty_one_entries_are_settled_by_the_keyboard(centre: Centre, desk: Opens, batch: Batch):
    chen_jing = desk("chen_jing").signs_in()
    opens_the_list(chen_jing)
    every_problem_is_found(chen_jing, batch)
    chen_jing.shot("1-the-list")
    chen_jing.counts_touches()

    settled = 0
    while hours_open(chen_jing):
        settles_the_open_one(chen_jing)
        settled += 1
    assert settled == PROBLEMS
    chen_jing.waits_until_sent()
    expect(chen_jing.page.locator("tr[aria-busy]")).to_have_count(0)
    chen_jing.shot("2-all-settled")
    chen_jing.presses("Shift+A")
    done = chen_jing.page.locator("[data-done]")
    expect(done).to_contain_text("核定")
    keys = chen_jing.touched("keys")
    print(f"{ENTRIES} entries, {settled} problems, {keys} keys")
    assert keys <= KEYS_MAX

    said = done.inner_text()
    chen_jing.shot("3-certified")
    expect(chen_jing.page.locator("tr[data-group=odd], tr[data-group=clean]")).to_have_count(0)
    chen_jing.presses("z")
    expect(chen_jing.page.locator("tr[data-group=clean]")).not_to_have_count(0)
    chen_jing.presses("Shift+A")
    expect(done).to_contain_text(said.split("\n")[0])
    nothing_is_counted_twice(centre, batch)


def opens_the_list(chen_jing: Person) -> None:
    chen_jing.opens("/approve").screen("approve")
    expect(chen_jing.page.locator("tr[data-record]")).to_have_count(ENTRIES)


def every_problem_is_found(chen_jing: Person, batch: Batch) -> None:
    """All twelve are marked, none of them can be selected, and everything else is."""
    page = chen_jing.page
    selected = page.locator("tr[data-record]:has(input:checked)").evaluate_all(
        "rows => rows.map(r => r.dataset.record)"
    )
    assert set(selected) == set(batch.clean)
    for check, records in batch.problems.items():
        for record in records:
            row = page.locator(f'tr[data-record="{record}"]')
            expect(row, check).to_have_attribute("data-group", "odd")
            expect(row.locator("input[type=checkbox]"), check).to_have_count(0)
    for record in batch.elsewhere:
        expect(page.locator(f'tr[data-record="{record}"]')).to_have_attribute("data-group", "others")
    expect(page.locator("tr.group").first).to_contain_text(f"要看的 {PROBLEMS} 处")
    hours = len(batch.clean) * CLEAN_MINUTES / 60
    expect(page.locator("[data-total]")).to_contain_text(f"选中 {len(batch.clean)} 条 · {hours:g} 小时")
    expect(page.locator("[data-sums]")).to_contain_text(f"待核定 {ENTRIES} 条")


def hours_open(chen_jing: Person) -> bool:
    return chen_jing.page.locator("tr.inside [data-hours]").count() > 0


def settles_the_open_one(chen_jing: Person) -> None:
    """What is offered first; where a sentence is wanted, the one that stands first."""
    page = chen_jing.page
    key = page.locator("[data-hours]").get_attribute("data-hours")
    versions = page.locator("[data-hours] [data-versions]")
    if page.locator(f'tr[data-record="{key}"]').inner_text().find("两个版本") >= 0:
        versions.wait_for()
    chen_jing.presses("1")
    sentence = page.locator("[data-hours] [data-sentence]")
    if sentence.count():
        chen_jing.presses("1")
    chen_jing.waits_until_sent()
    expect(page.locator(f'[data-hours="{key}"]')).to_have_count(0)
    expect(page.locator("tr[aria-busy]")).to_have_count(0)


def nothing_is_counted_twice(centre: Centre, batch: Batch) -> None:
    """Of entries at the same time one counts; what was asked about waits for its volunteer."""
    chen_jing = Device(centre, "chen_jing")

    def state(record: str) -> str:
        found: dict[str, Any] = chen_jing.asks(DETAIL, record=record)["record_detail"]
        return str(found["standing"]["review"]["state"])

    assert {state(record) for record in batch.clean} == {"approved"}
    fair, visit = batch.problems["overlap"]
    values = chen_jing.asks(DETAIL, record=visit)["record_detail"]["values"]
    assert (state(fair), state(visit), values["started_at"]) == ("approved", "approved", "12:00")
    assert sorted(state(record) for record in batch.problems["same"]) == ["approved", "rejected"]
    assert state(batch.problems["no_sign_out"][0]) == "returned"
    assert state(batch.problems["clock_off"][0]) == "returned"


def test_the_volunteer_reads_why(centre: Centre, desk: Opens, phone: Opens, batch: Batch):
    huang_li = phone("huang_li").signs_in()
    chen_jing = desk("chen_jing").signs_in()
    opens_the_list(chen_jing)
    _, visit = batch.problems["overlap"]
    opens(chen_jing, batch.problems["overlap"][0])
    chen_jing.shot("overlap")
    chen_jing.does("choice-cut")
    chen_jing.waits_until_sent()
    expect(chen_jing.page.locator("[data-done]")).to_contain_text("已截断")

    huang_li.meets_the_centre()
    huang_li.opens("/hours").screen("hours")
    expect(huang_li.record(visit)).to_contain_text("这一条从 12:00 算起")
    huang_li.opens(f"/record/hour_entry/{visit}").screen("record")
    expect(huang_li.page.locator("main")).to_contain_text("这一条从 12:00 算起")
    expect(huang_li.page.locator("main")).to_contain_text("关于哪一项 开始")
    huang_li.shot("why")


def opens(chen_jing: Person, record: str) -> None:
    row = chen_jing.page.locator(f'tr[data-record="{record}"] [data-action=unfold]')
    if row.get_attribute("aria-expanded") != "true":
        row.click()
    expect(chen_jing.page.locator(f'[data-hours="{record}"]')).to_be_visible()


def test_by_the_mouse_one_is_cut_and_put_back(desk: Opens, batch: Batch):
    chen_jing = desk("chen_jing").signs_in()
    opens_the_list(chen_jing)
    (record,) = batch.problems["over_shift"]
    opens(chen_jing, record)
    chen_jing.does("choice-shift")
    row = chen_jing.page.locator(f'tr[data-record="{record}"]')
    expect(row).to_contain_text("09:00–11:30")
    expect(row.locator("input")).to_be_checked()
    chen_jing.does("undo")
    expect(row).to_contain_text("09:00–13:30")
    expect(row).to_have_attribute("data-group", "odd")


@pytest.mark.parametrize("width", [320, 360, 1440])
def test_the_list_is_for_everybody(desk: Opens, batch: Batch, width: int):
    chen_jing = desk("chen_jing", viewport={"width": width, "height": 800}).signs_in()
    opens_the_list(chen_jing)
    expect(chen_jing.page.locator("[data-hours]")).to_be_visible()
    assert complaints(chen_jing) == []
    over = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert chen_jing.page.evaluate(over) <= 0
    chen_jing.shot(f"list-{width}")
