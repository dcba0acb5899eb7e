"""No clock but the centre's says what is past, to come or locked: every declared rule about time is tried with days and
hours drawn on both sides of its boundary, and pushes come from phones whose clocks are wrong by years.

Not here: each rule at its boundary (tests/schema/test_checks.py), clocks of whole stories (upheaval.py).
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schema.load import load_schema
from schema.model import Check, Field, Kind
from schema.validate import validate
from sync import admit, limits
from sync.times import written
from tests.centre import VISITED, Centre

TIMES = 50
SCHEMA = load_schema()
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)

BOUNDED = [
    (kind, field)
    for kind in SCHEMA.kinds.values()
    for field in kind.fields.values()
    if field.not_after or field.not_before
]
ORDERED = [(kind, check) for kind in SCHEMA.kinds.values() for check in kind.checks if check.rule == "order"]


@pytest.fixture
def chance() -> random.Random:
    return random.Random(6)  # noqa: S311


@pytest.fixture
def alone() -> Iterator[Centre]:
    made = Centre()
    yield made
    made.store.close()


def instant(type: str, steps: int) -> str:
    """A day, time or instant so many steps after that of now; a step is the least that can be written."""
    if type == "date":
        return (TODAY + timedelta(days=steps)).isoformat()
    if type == "time":
        return (datetime(2026, 3, 10, 10, 0) + timedelta(minutes=steps)).strftime("%H:%M")
    return written(NOW + timedelta(seconds=steps))


def drawn(chance: random.Random, type: str) -> int:
    """Half of them at the boundary, the others anywhere near or far."""
    far = {"date": 3_650, "time": 590, "datetime": 10**8}[type]
    return chance.choice((-1, 0, 1, chance.randint(-far, far), chance.randint(-far, far)))


def codes(kind: Kind, values: dict[str, Any], name: str) -> set[str]:
    found = validate(kind, {}, values, TODAY, written(NOW))
    return {problem.code for problem in found if problem.field == name} & {
        "date_in_future",
        "date_not_to_come",
        "out_of_order",
    }


@pytest.mark.parametrize(("kind", "field"), BOUNDED, ids=lambda one: one.name)
def test_a_day_is_refused_from_its_bound_on_and_not_before(kind: Kind, field: Field, chance: random.Random) -> None:
    for _ in range(TIMES):
        steps = drawn(chance, field.type)
        values: dict[str, Any] = {field.name: instant(field.type, steps)}
        expected = set()
        if field.not_after in ("today", "now"):
            expected |= {"date_in_future"} if steps > 0 else set()
        elif field.not_after:
            values[field.not_after] = instant(field.type, 0)
            expected |= {"out_of_order"} if steps > 0 else set()
        if field.not_before == "tomorrow":
            expected |= {"date_not_to_come"} if steps < 1 else set()
        elif field.not_before:
            values[field.not_before] = instant(field.type, 0)
            expected |= {"out_of_order"} if steps < 0 else set()
        assert codes(kind, values, field.name) == expected, (steps, values)


@pytest.mark.parametrize(("kind", "check"), ORDERED, ids=lambda one: getattr(one, "name", "order"))
def test_what_ends_before_it_begins_is_refused(kind: Kind, check: Check, chance: random.Random) -> None:
    before, after = check.arguments["before"], check.arguments["after"]
    type = kind.fields[after].type
    for _ in range(TIMES):
        steps = drawn(chance, type)
        values = {before: instant(type, 0), after: instant(type, steps)}
        wrong = steps < 0 or (steps == 0 and type != "date")
        assert ("out_of_order" in codes(kind, values, after)) == wrong, values


def wrong_clock(chance: random.Random) -> timedelta:
    return timedelta(seconds=chance.choice((-1, 1)) * chance.randint(0, 10 * 365 * 86_400))


def test_a_phone_with_any_clock_writes_no_visit_of_tomorrow_and_each_one_of_today(
    alone: Centre, chance: random.Random
) -> None:
    home = alone.home()
    for _ in range(TIMES):
        visit = alone.visit(home)
        alone.li_min.pulls()
        alone.li_min.clock_ahead = wrong_clock(chance)
        ahead = chance.randint(1, 3_000)
        alone.li_min.changes(visit, VISITED, visited_on=instant("date", ahead))
        assert [answer[1:3] for answer in alone.li_min.pushes()] == [("held", "date_in_future")]
        alone.li_min.changes(visit, VISITED)
        assert [answer[1] for answer in alone.li_min.pushes()] == ["accepted"]
    assert {entry.received_at for entry in alone.log} == {written(alone.now)}, "the centre notes its own time"


def test_hours_that_were_certified_are_back_dated_by_nobody(alone: Centre, chance: random.Random) -> None:
    hours = alone.hours()
    alone.chen_jing.pulls()
    alone.chen_jing.decides(hours, "approve")
    alone.huang_li.pulls()
    before = alone.huang_li.sees(hours)
    assert before is not None
    told = set()
    for _ in range(TIMES):
        alone.huang_li.clock_ahead = wrong_clock(chance)
        base = chance.choice((0, 1, before.revision))
        values = {
            "worked_on": instant("date", -chance.randint(1, 900)),
            "started_at": instant("time", -chance.randint(1, 500)),
        }
        values = dict(chance.sample(sorted(values.items()), chance.randint(1, 2)))
        alone.huang_li.seals(hours, "hour_entry", values, base, {})
        ((_, status, code, _),) = alone.huang_li.pushes()
        assert status == "held"
        told.add(code)
    alone.chen_jing.pulls()
    after = alone.chen_jing.sees(hours)
    assert after is not None and after.values == before.values
    assert told == {"locked", "locked_after_edit"}


def test_a_centre_that_took_the_phones_word_would_let_tomorrow_in(
    alone: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = alone.visit(alone.home())
    alone.li_min.pulls()
    alone.li_min.clock_ahead = timedelta(days=400)
    theirs = alone.now + alone.li_min.clock_ahead
    monkeypatch.setattr(admit, "_today_and_now", lambda now: (theirs.date(), written(theirs)))
    alone.li_min.changes(visit, VISITED, visited_on=instant("date", 300))
    assert [answer[1] for answer in alone.li_min.pushes()] == ["accepted"]


def test_hours_without_a_lock_would_be_back_dated(alone: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = alone.hours()
    alone.chen_jing.pulls()
    alone.chen_jing.decides(hours, "approve")
    alone.huang_li.pulls()
    monkeypatch.setattr(admit, "judge_lock", lambda locked_at, base: None)
    alone.huang_li.changes(hours, worked_on="2026-03-01")
    assert [answer[1] for answer in alone.huang_li.pushes()] == ["accepted"]


def test_the_clock_of_a_phone_may_be_ten_minutes_ahead() -> None:
    assert limits.CLOCK_AHEAD_MINUTES_MAX == 10
