"""After the first sign-in the whole phone works with no network: started anew, on every screen, at any address."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Takes
from e2e.world import HER_HOME, PHONE_SCREENS, VISIT_TODAY


def test_a_page_opened_without_a_network_shows_todays_homes(ready_phone: Takes):
    li_min = ready_phone("li_min")
    li_min.goes_offline().closes_the_page()

    li_min.opens_a_new_page("/today")

    li_min.screen("today")
    li_min.record(VISIT_TODAY).wait_for()
    li_min.shot("today-offline")


@pytest.mark.parametrize("person", PHONE_SCREENS)
def test_every_screen_of_the_phone_opens_without_a_network(ready_phone: Takes, person: str):
    someone = ready_phone(person)
    someone.goes_offline()

    for path, screen in PHONE_SCREENS[person].items():
        someone.opens(path).screen(screen)


def test_the_start_of_the_app_leads_to_today_and_a_link_with_a_question_to_that_question(ready_phone: Takes):
    li_min = ready_phone("li_min")
    li_min.goes_offline()

    li_min.opens("/").screen("today")

    li_min.opens(f"/visit/{VISIT_TODAY}?field=observation").screen("visit")
    expect(li_min.field("observation").locator("textarea")).to_be_visible()
    li_min.opens(f"/homes/{HER_HOME}").screen("home")


def test_the_network_that_goes_away_in_the_middle_changes_nothing_but_the_strip(ready_phone: Takes):
    li_min = ready_phone("li_min")
    li_min.opens("/today").screen("today")
    li_min.network.cut()

    li_min.goes_to("/homes").screen("homes")
    li_min.goes_to(f"/visit/{VISIT_TODAY}").screen("visit")
