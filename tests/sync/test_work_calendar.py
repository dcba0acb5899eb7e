"""What a centre writes down of a year counts from its day on, and goes through the same push as every record.

Not here: counting with it (tests/schema/test_working_days.py), and other centres (tests/server/test_calendar.py).
"""

from datetime import date
from typing import Any

from schema.model import Problem
from schema.working_days import WorkCalendar, add_working_days, is_open, is_working_day
from sync.work_calendar import work_calendar
from tests.centre import Centre

AUTUMN, WINTER = date(2026, 11, 30), date(2026, 12, 1)
NEXT_YEAR = {
    "year": 2027,
    "effective_on": "2026-12-01",
    "published_in": "国务院办公厅关于 2027 年部分节假日安排的通知",
    "holidays.newyear00": {"first_on": "2027-01-01", "days": 3, "name": "元旦"},
    "make_up_days.newyear00": {"works_on": "2027-01-09"},
}


def writes(centre: Centre, values: dict[str, Any]) -> None:
    centre.wu_jianguo.writes("calendar_year", values)
    ((_, *answer),) = centre.wu_jianguo.meets_network()
    assert answer == ["accepted"]


def calendar(centre: Centre, on: date) -> WorkCalendar:
    return work_calendar(centre.store, centre.schema, "heping", on)


def test_a_year_that_nobody_knew_can_be_counted_once_the_director_wrote_it_down(centre: Centre):
    writes(centre, NEXT_YEAR)

    assert isinstance(add_working_days(calendar(centre, AUTUMN), date(2026, 12, 30), 2), Problem)
    assert add_working_days(calendar(centre, WINTER), date(2026, 12, 30), 2) == date(2027, 1, 4)
    assert is_working_day(calendar(centre, WINTER), date(2027, 1, 9)) is True
    assert is_working_day(calendar(centre, WINTER), date(2026, 10, 1)) is False


def test_a_changed_table_leaves_the_limits_that_began_before_it(centre: Centre):
    writes(centre, NEXT_YEAR)
    writes(centre, {**NEXT_YEAR, "effective_on": "2027-01-05", "make_up_days.newyear00": {"works_on": "2027-01-10"}})

    before, after = calendar(centre, date(2027, 1, 4)), calendar(centre, date(2027, 1, 5))

    assert (is_working_day(before, date(2027, 1, 9)), is_working_day(before, date(2027, 1, 10))) == (True, False)
    assert (is_working_day(after, date(2027, 1, 9)), is_working_day(after, date(2027, 1, 10))) == (False, True)


def test_opening_days_are_the_centres_own_and_leave_the_limits_alone(centre: Centre):
    closed = {"closed_weekdays.monday": True, "closed_days.spring000": {"first_on": "2026-02-17", "days": 2}}
    writes(centre, {"year": 2026, "effective_on": "2026-01-01", **closed})

    found = calendar(centre, AUTUMN)

    assert [is_open(found, date(2026, 2, day)) for day in (15, 16, 17, 18, 19)] == [True, False, False, False, True]
    assert is_working_day(found, date(2026, 11, 23)) is True
    assert is_working_day(found, date(2026, 2, 17)) is False


def test_only_the_director_writes_a_calendar(centre: Centre):
    centre.li_min.writes("calendar_year", NEXT_YEAR)

    ((_, answer, code, *_),) = centre.li_min.meets_network()

    assert (answer, code) == ("held", "not_permitted")
    assert isinstance(is_working_day(calendar(centre, WINTER), date(2027, 1, 9)), Problem)
