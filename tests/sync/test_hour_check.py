"""Which certified hours of a month somebody else checks: drawn by the centre so that anybody can draw again, given to
who had no hand in them, and what is not true is corrected.

Not here: the boundaries of single fields (schema/records/hour_check.examples.toml).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from schema.model import Problem
from server.hour_checks import draw_month
from server.register_plan import new_id
from sync.decide import Decision, decide
from sync.hour_check_draw import draw
from sync.record import live_claims, record_of
from tests.centre import Centre

FEBRUARY = date(2026, 2, 1)


def wrote(centre: Centre, by: str, volunteer: str, on: str, added_later: bool = False) -> str:
    how = {"provenance": "added_later", "late_reason": "手机没电"} if added_later else {"provenance": "signed"}
    written = centre.phones[by].writes(
        "hour_entry",
        {
            **{"volunteer": volunteer, "activity": "陪老人散步", "worked_on": on},
            **{"started_at": "09:00", "ended_at": "11:00", **how},
        },
    )
    assert {answer[1] for answer in centre.phones[by].meets_network()} == {"accepted"}
    return written.record


def certifies(centre: Centre, *records: str) -> None:
    centre.chen_jing.pulls()
    for record in records:
        answer = centre.chen_jing.decides(record, "approve")
        assert not isinstance(answer, Problem), answer


@pytest.fixture
def certified(centre: Centre) -> list[str]:
    """Twenty-eight entries of February, one a day, of which four were added later; besides one of January and one
    that still waits.
    """
    days = [(FEBRUARY + timedelta(days=number)).isoformat() for number in range(28)]
    records = [
        wrote(
            centre, "huang_li" if number % 2 else "deng_jie", "huang_li" if number % 2 else "deng_jie", on, number < 4
        )
        for number, on in enumerate(days)
    ]
    january = wrote(centre, "huang_li", "huang_li", "2026-01-31")
    wrote(centre, "huang_li", "huang_li", "2026-02-01")
    certifies(centre, *records, january)
    return records


def draws(centre: Centre, month_on: date = FEBRUARY, by: str = "chen_jing") -> str | Problem:
    me = centre.phones[by].me()
    return draw_month(centre.store, centre.schema, me, month_on, centre.now, centre.random.randbytes, new_id)


def checks(centre: Centre) -> dict[str, tuple[str, str, str]]:
    """By entry: who checks, of which stratum, the record."""
    rows = centre.store.rows("SELECT entry, checked_by, stratum, record FROM hour_check")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def at_desk(centre: Centre, record: str, **values: Any) -> tuple[str, str | None, str | None]:
    """What the director, whose machine keeps no copies, is told of a change; what stands there is replaced."""
    director = centre.wu_jianguo
    found = record_of(centre.store, centre.schema, record)
    assert found is not None
    claims = live_claims(centre.store, found)
    replaces = {name: [claim.save_key for claim in claims if claim.field_key == name] for name in values}
    seen = {name: keys for name, keys in replaces.items() if keys}
    written = director.seals(record, "hour_check", values, found.revision, seen)
    (receipt,) = director.sends([written])
    director.outbox.clear()
    problem = receipt.problem
    return receipt.status, problem and problem.code, problem and problem.field


def test_a_share_of_what_was_certified_in_the_month_is_drawn_and_some_of_every_stratum(centre, certified):
    plan = draws(centre)
    centre.chen_jing.pulls()
    seen = centre.chen_jing.sees(plan)
    drawn = checks(centre)

    assert (seen.frame_size, seen.drawn_size, len(drawn)) == (28, 4, 4)
    assert set(drawn) <= set(certified)
    assert Counter(stratum for _, stratum, _ in drawn.values()) == {"signed": 3, "added_later": 1}


def test_anybody_draws_the_same_entries_again_from_what_the_sample_says(centre, certified):
    plan = draws(centre)
    centre.chen_jing.pulls()
    seen = centre.chen_jing.sees(plan)
    strata: dict[str, list[str]] = {}
    written: dict[str, list[str]] = {}
    # In the order of their parts: a long month stands in several rows.
    for row in sorted(seen.strata.values(), key=lambda row: (row["name"], row["part"])):
        strata.setdefault(row["name"], []).extend(row["entries"].split())
        written.setdefault(row["name"], []).extend(row.get("drawn", "").split())

    again = draw(strata, seen.seed, seen.percent, seen.least, seen.each)

    assert {name: set(tails) for name, tails in again.items()} == {name: set(tails) for name, tails in written.items()}
    assert {tail for tails in again.values() for tail in tails} == {entry[-12:] for entry in checks(centre)}
    assert draw(strata, "another", seen.percent, seen.least, seen.each) != again


@pytest.mark.parametrize(
    ("signed", "later", "drawn"), [(1, 0, 1), (1, 1, 2), (3, 3, 3), (60, 1, 5), (99, 1, 6), (400, 0, 20)]
)
def test_as_many_are_drawn_as_the_rule_says(signed: int, later: int, drawn: int):
    strata = {"signed": [f"a{n}" for n in range(signed)], "added_later": [f"b{n}" for n in range(later)]}
    found = draw(strata, "5f1c", 5, 3, 1)
    assert sum(len(several) for several in found.values()) == drawn
    assert len(found["added_later"]) >= min(1, later)


def test_nobody_checks_what_they_wrote_or_certified(centre, certified):
    draws(centre)
    assert {checker for checker, _, _ in checks(centre).values()} == {"wu_jianguo"}

    _, _, record = next(iter(checks(centre).values()))
    assert at_desk(centre, record, checked_by="chen_jing") == ("held", "had_a_hand", "checked_by")


def test_a_volunteer_checks_no_hours_of_their_own_and_sees_no_check(centre, certified):
    draws(centre)
    entry, (_, _, record) = next(iter(checks(centre).items()))
    volunteer = centre.store.value("SELECT volunteer FROM hour_entry WHERE record = ?", (entry,))
    assert at_desk(centre, record, checked_by=volunteer) == ("held", "own_work", "checked_by")
    for person in ("huang_li", "deng_jie"):
        centre.phones[person].pulls()
        assert centre.phones[person].sees(record) is None


def test_where_everybody_had_a_hand_nobody_can_check_and_nothing_is_written(centre):
    # Written down by the only coordinator, certified by the director would leave nobody; here one did both.
    certifies(centre, wrote(centre, "huang_li", "huang_li", "2026-02-02"))
    centre.store.execute("DELETE FROM membership WHERE person = 'wu_jianguo'")
    assert draws(centre) == Problem("nobody_to_check")
    assert checks(centre) == {} and centre.store.value("SELECT count(*) FROM hour_check_plan") == 0


def test_what_everybody_had_a_hand_in_is_not_drawn_from_and_counted(centre, certified):
    """Written by the coordinator, certified by the director: nobody is left to ask."""
    record = wrote(centre, "chen_jing", "huang_li", "2026-02-27", added_later=True)
    found = record_of(centre.store, centre.schema, record)
    assert found is not None
    director = centre.wu_jianguo.me()
    decision = Decision(centre.new_id(), record, found.revision, "approve")
    assert not isinstance(decide(centre.store, centre.schema, director, decision, centre.now), Problem)

    centre.chen_jing.pulls()
    plan = draws(centre)
    centre.chen_jing.pulls()
    seen = centre.chen_jing.sees(plan)
    assert (seen.frame_size, seen.left_out) == (28, 1)
    assert record not in checks(centre)


def test_a_month_is_drawn_once_and_by_the_centre_alone(centre, certified):
    plan = draws(centre)
    assert draws(centre, by="wu_jianguo") == Problem("hours_drawn")
    assert draws(centre, date(2025, 12, 1)) == Problem("nothing_certified")
    assert draws(centre, date(2026, 4, 1)) == Problem("date_in_future", "month_on")
    made = {"month_on": "2025-12-01", "drawn_at": "2026-03-10T00:00:00Z", "seed": "mine", "percent": 5, "least": 3}
    centre.chen_jing.writes("hour_check_plan", {**made, "each": 1, "frame_size": 1, "drawn_size": 1})
    ((_, status, code, _),) = centre.chen_jing.meets_network()
    assert (status, code) == ("held", "made_by_centre")
    centre.chen_jing.held.clear()
    centre.chen_jing.pulls()
    centre.chen_jing.changes(plan, summary="都属实")
    assert [answer[1] for answer in centre.chen_jing.meets_network()] == ["accepted"]


def test_what_is_not_true_is_corrected_by_an_entry_and_the_check_names_it(centre, certified):
    draws(centre)
    entry, (_, _, record) = next(iter(checks(centre).items()))
    asked = {"asked": "host", "checked_on": "2026-03-10"}
    accepted = ("accepted", None, None)

    assert at_desk(centre, record, state="not_true", **asked) == ("held", "missing", "note")
    assert at_desk(centre, record, state="not_true", **asked, note="十点就走了") == accepted
    assert at_desk(centre, record, state="corrected") == ("held", "missing", "correction")
    volunteer, on = centre.store.row("SELECT volunteer, worked_on FROM hour_entry WHERE record = ?", (entry,))
    correction = wrote(centre, "chen_jing", volunteer, on, added_later=True)
    assert at_desk(centre, record, state="corrected", correction=correction) == accepted
    assert centre.store.value("SELECT review_state FROM record WHERE record = ?", (entry,)) == "approved"


def test_only_who_checks_writes_what_was_found(centre, certified):
    draws(centre)
    record = next(iter(checks(centre).values()))[2]
    centre.chen_jing.pulls()
    centre.chen_jing.changes(record, state="confirmed", asked="volunteer", checked_on="2026-03-10")
    ((_, status, code, _),) = centre.chen_jing.meets_network()
    assert (status, code) == ("held", "not_permitted")
