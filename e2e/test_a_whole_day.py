"""A whole day: three workers and a volunteer write without a network from the first door to the last, meet a rude one
in the evening, and the supervisor closes the day at her desk. Everything arrived, once, and all read the same."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.centre import Centre, today
from e2e.conftest import Opens
from e2e.people import HEALED_SECONDS_MAX, Person
from e2e.world import HER_CASE

WORKERS = ("li_min", "zhang_qiang", "he_fang")
# Seeds of the network of each of them; what a seed does depends on the order of its questions alone.
RUDE = {"li_min": "11", "zhang_qiang": "12", "he_fang": "13", "huang_li": "14"}
# Three of four questions meet something, as far as a network may go on which anything gets through at all.
MORE, RUDE_MIN = 3, 2
AT_HOME = "在家，精神不错，量了血压。"
NOTE = "问了长护险的进度，材料还差一页，周五再送。"
PLACE = "活动室门口"
ASKED = "请补上：血压多少？"
ADDED = "血压 150/90。"


def test_a_day_without_a_network_arrives_whole_in_the_evening_and_is_closed_at_the_desk(
    phone: Opens, desk: Opens, centre: Centre
):
    li_min, zhang_qiang, he_fang = (phone(name, rude=RUDE[name], rude_more=MORE).signs_in() for name in WORKERS)
    huang_li = phone("huang_li", rude=RUDE["huang_li"], rude_more=MORE).signs_in()
    everybody = (li_min, zhang_qiang, he_fang, huang_li)
    for person in everybody:
        person.goes_offline()

    visits = {person.person: visits_two_homes(person) for person in (zhang_qiang, he_fang)}
    visits["li_min"] = visits_two_homes(li_min, along="huang_li")
    note = notes_a_step_of_her_case(li_min)
    incident = reports_an_incident(huang_li)

    for person in everybody:
        person.comes_online()
    for person in everybody:
        person.waits_until_sent(HEALED_SECONDS_MAX)
        assert person.troubles == []

    assert sum(len(person.network.rudeness.shown) for person in everybody) >= RUDE_MIN, "it was rude"

    zhou_hui = desk("zhou_hui").signs_in()
    returned, *others = [*visits["li_min"], *visits["zhang_qiang"], *visits["he_fang"]]
    zhou_hui.goes_to(f"/review?tab=waiting&open={returned}").screen("review")
    expect(zhou_hui.page.locator(f'[data-detail="{returned}"] [data-changes]')).to_contain_text("黄丽")
    for record in (incident, note, *others):
        approves(zhou_hui, record)
    returns(zhou_hui, returned)
    answers(li_min, returned)
    approves(zhou_hui, returned)

    for person in (li_min, zhang_qiang, he_fang):
        person.meets_the_centre()
        reviewed = {row["record"] for row in person.stored("view") if row["mark"] == "reviewed"}
        assert set(visits[person.person]) <= reviewed
    nothing_is_there_twice(zhou_hui, [visit for two in visits.values() for visit in two])
    centre.stop()
    centre.command("check-log")
    assert "Every table was as the log has it." in centre.command("rebuild")
    centre.start()


def visits_two_homes(worker: Person, along: str | None = None) -> list[str]:
    """Somebody is at home at the first door of her plan, nobody at the second; a volunteer may be with her."""
    found = [row for row in worker.stored("view") if is_planned(row, worker.person)]
    first, second = sorted(found, key=lambda row: str(row["values"].get("planned_at")))[:2]
    worker.opens(f"/visit/{first['record']}").screen("visit")
    worker.chooses("outcome", "met_person")
    worker.chooses("services", "greeting")
    worker.chooses("condition", "as_usual")
    worker.writes("observation", AT_HOME)
    if along is not None:
        worker.field("partners").locator("select").select_option(along)
    worker.does("save")
    worker.screen("today")
    worker.goes_to(f"/visit/{second['record']}").screen("visit")
    worker.chooses("outcome", "no_answer")
    worker.does("save")
    worker.screen("today")
    return [first["record"], second["record"]]


def is_planned(row: dict[str, object], worker: str) -> bool:
    values = row["values"]
    assert isinstance(values, dict)
    is_hers = values.get("assigned_to") == worker and values.get("planned_on") == today().isoformat()
    return row["kind"] == "home_visit" and is_hers and not values.get("outcome")


def notes_a_step_of_her_case(li_min: Person) -> str:
    li_min.goes_to(f"/cases/{HER_CASE}/note").screen("case-note")
    li_min.chooses("mode", "visit")
    li_min.writes("content", NOTE)
    li_min.does("save")
    li_min.screen("case")
    return next(str(row["record"]) for row in li_min.stored("outbox") if row["kind"] == "case_progress")


def reports_an_incident(huang_li: Person) -> str:
    huang_li.goes_to("/incidents/new").screen("incident-new")
    huang_li.chooses("what", "injury")
    huang_li.writes("place", PLACE)
    huang_li.does("save")
    huang_li.screen("incident")
    return next(str(row["record"]) for row in huang_li.stored("outbox") if row["kind"] == "incident")


def approves(zhou_hui: Person, record: str) -> None:
    zhou_hui.goes_to(f"/review?tab=waiting&open={record}").screen("review")
    zhou_hui.page.locator(f'[data-detail="{record}"] [data-action=approve]').wait_for()
    zhou_hui.presses("a")
    expect(zhou_hui.page.locator(f'[data-row="{record}"]')).to_have_count(0)


def returns(zhou_hui: Person, record: str) -> None:
    zhou_hui.goes_to(f"/review?tab=waiting&open={record}").screen("review")
    zhou_hui.page.locator(f'[data-detail="{record}"] [data-action=return]').wait_for()
    zhou_hui.presses("r")
    form = zhou_hui.page.locator("form[data-return]")
    form.locator("textarea[name=sentence]").fill(ASKED)
    form.locator("select[name=field]").select_option("observation")
    form.locator("textarea[name=sentence]").press("Control+Enter")
    expect(zhou_hui.page.locator(f'[data-row="{record}"]')).to_have_count(0)


def answers(worker: Person, record: str) -> None:
    worker.meets_the_centre()
    worker.opens("/inbox").screen("inbox")
    expect(worker.record(record)).to_contain_text(ASKED)
    worker.record(record).locator("a").click()
    worker.screen("visit")
    worker.writes("observation", AT_HOME + ADDED)
    worker.does("save")
    worker.sees_saved()
    worker.waits_until_sent(HEALED_SECONDS_MAX)


def nothing_is_there_twice(zhou_hui: Person, visits: list[str]) -> None:
    """However often a phone had to send it: one visit with one outcome for each door."""
    asked = "query ($on: String!) { home_visit_list(first: 500, where: { visited_on: $on }) { items { record } } }"
    found = zhou_hui.asks(asked, {"on": today().isoformat()})["data"]["home_visit_list"]["items"]
    assert sorted(item["record"] for item in found) == sorted(visits)
