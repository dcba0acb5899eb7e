"""Working days as people count them from the published notices, written by hand and not taken from any library
(working_days.json; the phone is held to the same table).

Not here: what a centre writes down itself (tests/sync/test_work_calendar.py).
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from schema.load import load_schema
from schema.model import Problem
from schema.words import problem_words
from schema.working_days import WorkCalendar, add_working_days, is_open, is_working_day, working_days_between

HAND_MADE = json.loads((Path(__file__).parent / "working_days.json").read_text(encoding="utf-8"))
DECLARED = WorkCalendar(load_schema().statutory_years, {}, frozenset())


def unknown(year: int) -> Problem:
    return Problem("calendar_year_unknown", details={"year": year})


def test_the_table_is_large_enough_to_mean_something():
    assert len({day for day, *_ in HAND_MADE["working"]}) == len(HAND_MADE["working"]) >= 60


def test_each_day_is_what_the_notices_said():
    for text, expected, why in HAND_MADE["working"]:
        day = date.fromisoformat(text)
        assert is_working_day(DECLARED, day) == (unknown(day.year) if expected is None else expected), (text, why)


def test_a_limit_ends_on_the_day_that_people_count():
    for start, days, end, why in HAND_MADE["adding"]:
        found = add_working_days(DECLARED, date.fromisoformat(start), days)
        if end is None:
            assert isinstance(found, Problem), why
        else:
            assert found == date.fromisoformat(end), (start, days, why)


def test_counting_between_undoes_adding_whichever_way_it_is_asked():
    first = date(2024, 1, 1)
    for step in range(0, 1000, 13):
        start = first + timedelta(days=step)
        end = add_working_days(DECLARED, start, step % 11)
        assert isinstance(end, date)
        assert working_days_between(DECLARED, start, end) == step % 11
        assert working_days_between(DECLARED, end, start) == -(step % 11)


def test_a_year_that_nobody_published_is_said_plainly_and_never_guessed():
    assert add_working_days(DECLARED, date(2026, 12, 30), 2) == unknown(2027)
    assert working_days_between(DECLARED, date(2026, 12, 30), date(2027, 1, 4)) == unknown(2027)
    assert working_days_between(DECLARED, date(2027, 1, 4), date(2026, 12, 30)) == unknown(2027)
    words, next_step = problem_words(unknown(2027), "zh")
    assert "没有录入" in words
    assert "工作日历" in next_step


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 11, 22), date(2031, 1, 1)])
def test_a_centre_is_open_on_holidays_and_sundays_unless_it_says_otherwise(day: date):
    assert is_open(DECLARED, day)
    assert not is_open(WorkCalendar({}, {day.year: {day.weekday()}}, frozenset()), day)
    assert not is_open(WorkCalendar({}, {}, {day}), day)
    assert is_open(WorkCalendar({}, {day.year + 1: {day.weekday()}}, {day + timedelta(days=1)}), day)
