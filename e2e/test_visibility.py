"""Everyone has on her device, and gets from the server, only what is hers: nothing of another team, role or centre."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.centre import Centre
from e2e.conftest import Opens, Takes
from e2e.people import Person
from e2e.world import HER_CASE, HER_HOME, VISIT_TODAY, WANG_XIULAN


@pytest.fixture
def centre(quiet_centre: Centre) -> Centre:
    """These tests only look."""
    return quiet_centre


HERS = {WANG_XIULAN, HER_HOME, VISIT_TODAY, HER_CASE}


def kinds_on(person: Person) -> set[str]:
    return {row["kind"] for row in person.stored("base")}


def records_on(person: Person) -> set[str]:
    return {row["record"] for row in person.stored("base")}


def test_a_worker_has_her_teams_homes_and_only_her_own_cases(ready_phone: Takes):
    li_min, zhang_qiang = ready_phone("li_min"), ready_phone("zhang_qiang")

    assert records_on(li_min) >= HERS
    assert records_on(zhang_qiang) >= HERS - {HER_CASE}
    assert HER_CASE not in records_on(zhang_qiang)
    assert {"hour_entry", "shift"} & kinds_on(li_min) == set()


def test_another_centre_and_another_team_have_nothing_of_wang_xiulan(ready_phone: Takes):
    for stranger in ("sun_lei", "he_fang"):
        person = ready_phone(stranger)
        assert records_on(person), f"{stranger} has records of their own"
        assert records_on(person) & HERS == set()
        for path in (f"/homes/{HER_HOME}", f"/cases/{HER_CASE}", f"/record/resident/{WANG_XIULAN}"):
            person.opens(path)
            person.page.locator("main[data-screen]").wait_for()
            expect(person.page.locator("body")).not_to_contain_text("王秀兰")


def test_a_volunteer_has_shifts_and_hours_of_her_own_and_no_home_at_all(ready_phone: Takes):
    huang_li = ready_phone("huang_li")

    hers = {"shift", "sign_up", "hour_entry", "volunteer", "conduct_decision", "medal_award", "hour_certificate"}
    # What is open to every volunteer of the centre, and the lists she helps with.
    for_all = {"duty", "hour_rule", "medal_rule", "training", "group_session"}
    assert kinds_on(huang_li) <= hers | for_all
    views = [row for row in huang_li.stored("view") if row["kind"] in hers]
    # Her file is of a person, not of a volunteer's name.
    assert {row["values"].get("volunteer") or row["values"]["person"] for row in views} == {"huang_li"}
    huang_li.opens(f"/homes/{HER_HOME}")
    huang_li.page.locator("main[data-screen]").wait_for()
    expect(huang_li.page.locator("body")).not_to_contain_text("王秀兰")


def test_the_server_itself_gives_a_stranger_nothing(ready_phone: Takes):
    asked = "query($id: ID!) { record_detail(record: $id) { values } visit: home_visit(id: $id) { record } "
    asked += "resident(id: $id) { name } }"
    for stranger in ("sun_lei", "he_fang", "huang_li"):
        person = ready_phone(stranger)
        for record in HERS:
            answer = person.asks(asked, {"id": record})
            assert "王秀兰" not in str(answer)
            assert not any((answer.get("data") or {}).values()), (stranger, record, answer)


def test_signing_out_leaves_nothing_of_one_person_to_the_next_on_the_same_device(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.signs_out()

    huang_li = li_min.hands_the_device_to("huang_li").signs_in()

    huang_li.opens("/homes")
    huang_li.page.locator("main[data-screen]").wait_for()
    expect(huang_li.page.locator("body")).not_to_contain_text("王秀兰")
