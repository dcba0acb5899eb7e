"""Anybody of a centre asks which of its days are working days and when it is open; another centre's tables say nothing.

Not here: counting (tests/schema/test_working_days.py).
"""

from server.graphql.calendar import DAYS_MAX
from tests.server.http_world import HttpWorld, Phone

DAYS = """query d($first: String!, $days: Int!) { calendar_days(first: $first, days: $days) {
  days { day working open } problem { code words_zh next_step_zh } } }"""


def working(phone: Phone, first: str, days: int) -> list[bool | None]:
    return [one["working"] for one in phone.finds(DAYS, first=first, days=days)["calendar_days"]["days"]]


def test_the_days_around_new_year_and_a_year_that_nobody_wrote_down(li_min: Phone):
    found = li_min.finds(DAYS, first="2026-12-31", days=2)["calendar_days"]

    assert found["days"] == [
        {"day": "2026-12-31", "working": True, "open": True},
        {"day": "2027-01-01", "working": None, "open": True},
    ]
    assert found["problem"]["code"] == "calendar_year_unknown"
    assert "没有录入" in found["problem"]["words_zh"]


def test_what_the_director_writes_counts_for_the_people_of_that_centre(world: HttpWorld, li_min: Phone):
    table = {"year": 2027, "effective_on": "2026-03-01", "holidays.newyear00": {"first_on": "2027-01-01", "days": 3}}
    world.signs_in("wu_jianguo").writes("calendar_year", {**table, "closed_weekdays.monday": True})

    assert working(li_min, "2026-12-31", 5) == [True, False, False, False, True]
    assert li_min.finds(DAYS, first="2027-01-04", days=1)["calendar_days"]["days"][0]["open"] is False
    assert working(world.signs_in("sun_lei"), "2027-01-01", 1) == [None]


def test_no_day_and_more_than_a_year_are_refused(li_min: Phone):
    for first, days in (("2026-02-30", 1), ("2026-01-01", 0), ("2026-01-01", DAYS_MAX + 1)):
        answer = li_min.asks(DAYS, {"first": first, "days": days}).json()
        assert answer["errors"][0]["extensions"]["code"] == "query_refused"
    assert len(working(li_min, "2026-01-01", DAYS_MAX)) == DAYS_MAX
