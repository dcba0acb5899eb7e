"""Hours of volunteers: how they are counted, what is odd about them, and what is certified and what waits.

Not here: the form of an entry (schema/records/hour_entry.examples.toml), the desk and the phone.
"""

from datetime import timedelta

import pytest

from schema.model import Membership, Problem
from sync import people
from sync.hour_decisions import end_of_chain
from sync.hours import HourFilter, HourTotal, counts_of, cursor_of, lines, totals
from sync.materialise import rebuild
from sync.push import push
from tests.centre import HOURS, PEOPLE, Centre

RULE = {
    **{
        "effective_on": "2026-03-11",
        "round_to": 15,
        "round_how": "down",
        "break_after_minutes": 240,
        "break_minutes": 30,
    },
    **{"over_shift_minutes": 30, "day_minutes_max": 480, "late_after_days": 3, "closes_on_day": 5},
    **{"after_close": "refuse", "may_certify": False},
}

BOOK = (
    "SELECT record, centre, volunteer, worked_on, started_at, project, activity, state, minutes FROM hour_count"
    " ORDER BY record"
)


@pytest.fixture(autouse=True)
def evening(centre: Centre) -> None:
    """The hours of today are over."""
    centre.passes(hours=10)


def of(centre: Centre, person: str = "chen_jing", **narrowed):
    me = getattr(centre, person).me()
    return {line.record: line for line in lines(centre.store, centre.schema, me, HourFilter(**narrowed))}


def sums(centre: Centre, by: str = "all", person: str = "chen_jing", **narrowed) -> list[HourTotal]:
    return totals(centre.store, centre.schema, getattr(centre, person).me(), by, HourFilter(**narrowed))


def entry(centre: Centre, person: str = "huang_li", **values) -> str:
    return centre.hours(person, **values)


def certifies(centre: Centre, record: str, person: str = "chen_jing"):
    """The code of why not, None once it is certified."""
    centre.chen_jing.pulls()
    return code(getattr(centre, person).decides(record, "approve", revision=centre.chen_jing.base[record].revision))


def decides(centre: Centre, record: str, verdict: str, sentence: str | None = None, person: str = "chen_jing"):
    centre.chen_jing.pulls()
    revision = centre.chen_jing.base[record].revision
    return code(getattr(centre, person).decides(record, verdict, sentence, revision=revision))


def code(answer) -> str | None:
    return answer.code if isinstance(answer, Problem) else None


def backfilled(centre: Centre, **values) -> str:
    """Hours that the coordinator writes for a volunteer."""
    return written(
        centre, "chen_jing", volunteer="huang_li", provenance="added_later", late_reason="手机没电", **values
    )


def written(centre: Centre, person: str, **values) -> str:
    phone = getattr(centre, person)
    phone.version = 2
    save = phone.writes("hour_entry", {**HOURS, **values})
    answers = phone.meets_network()
    assert (save.id, "accepted") in answers, answers
    return save.record


def corrects(centre: Centre, record: str, person: str = "huang_li", **values) -> str:
    return written(centre, person, volunteer="huang_li", corrects=record, correction_reason="写错了", **values)


def changes(centre: Centre, record: str, person: str, **values):
    phone = getattr(centre, person)
    phone.pulls()
    phone.changes(record, values)
    return phone.meets_network()


def duplicates(centre: Centre, record: str) -> list[str]:
    centre.chen_jing.pulls()
    return centre.chen_jing.base[record].standing["duplicates"]


def sets_rule(centre: Centre, **values) -> list:
    phone = centre.wu_jianguo
    phone.writes("hour_rule", {**RULE, **values})
    return phone.meets_network()


def test_certified_and_waiting_are_told_apart_and_what_is_rejected_counts_nowhere(centre: Centre):
    certified, waiting, rejected = (
        entry(centre, started_at=at, ended_at=to)
        for at, to in (
            ("08:00", "09:00"),
            ("09:00", "09:30"),
            ("09:40", "10:00"),
        )
    )
    certifies(centre, certified)
    centre.chen_jing.decides(rejected, "reject", "写了两遍")

    found = of(centre)
    assert {found[name].state for name in (certified,)} == {"certified"}
    assert [found[name].state for name in (waiting, rejected)] == ["waiting", "rejected"]
    assert sums(centre) == [HourTotal("", 60, 30, 2)]
    assert sums(centre, "volunteer", volunteer="huang_li") == [HourTotal("huang_li", 60, 30, 2)]
    assert sums(centre, "month") == [HourTotal("2026-03", 60, 30, 2)]
    assert sums(centre, person="deng_jie") == []


def test_two_entries_of_the_same_time_are_told_from_two_that_overlap(centre: Centre):
    one = entry(centre)
    other = entry(centre, started_at=HOURS["started_at"], ended_at="09:50")
    twin = entry(centre)
    found = of(centre)
    assert found[one].checks == ("same", "overlap")
    assert found[other].overlaps == {one: 50, twin: 50}
    assert "overlap" in found[other].checks and "same" not in found[other].checks


# A second person


def test_nobody_certifies_hours_of_their_own(centre: Centre):
    serves(centre, "chen_jing", ("volunteer_coordinator", "heping"), ("volunteer", "heping"))
    own = written(centre, "chen_jing", volunteer="chen_jing")
    assert certifies(centre, own) == "hours_own"
    assert of(centre)[own].checks == ("own",)
    assert certifies(centre, own, "wu_jianguo") is None


def test_what_the_coordinator_wrote_alone_is_certified_by_another(centre: Centre):
    record = backfilled(centre)
    assert "own" in of(centre)[record].checks
    assert certifies(centre, record) == "hours_second_person"
    # Nothing was decided, and whoever did not write it may.
    assert of(centre)[record].state == "waiting"
    assert "own" not in of(centre, "wu_jianguo")[record].checks
    assert certifies(centre, record, "wu_jianguo") is None
    assert rebuild(centre.store, centre.schema) == []


def test_of_what_another_wrote_and_she_changed_she_certifies_no_more_than_they_wrote(centre: Centre):
    centre.passes(hours=3)
    shorter, longer, moved = (
        entry(centre, started_at=at, ended_at=to)
        for at, to in (
            ("08:00", "09:00"),
            ("09:00", "10:00"),
            ("10:00", "11:00"),
        )
    )
    changes(centre, shorter, "chen_jing", ended_at="08:30")
    changes(centre, longer, "chen_jing", ended_at="10:01")
    assert certifies(centre, shorter) is None
    assert certifies(centre, longer) == "hours_second_person"
    changes(centre, longer, "huang_li", ended_at="09:55")
    changes(centre, moved, "chen_jing", volunteer="deng_jie")
    assert certifies(centre, longer) is None
    assert certifies(centre, moved) == "hours_second_person"


# Never twice


def test_hours_that_overlap_certified_ones_are_refused_and_name_them(centre: Centre):
    centre.passes(hours=3)
    one, other = entry(centre), entry(centre, started_at="11:29", ended_at="12:30")
    beside = entry(centre, started_at="11:30", ended_at="11:45")
    assert certifies(centre, one) is None
    centre.chen_jing.pulls()
    refused = centre.chen_jing.decides(other, "approve")
    assert (refused.code, refused.details) == ("hours_overlap_certified", {"record": one, "minutes": 1})
    # What only touches overlaps nothing.
    assert certifies(centre, beside) is None
    assert decides(centre, one, "return", "再看看") is None
    assert certifies(centre, other) == "hours_overlap_certified"
    assert decides(centre, beside, "return", "再看看") is None
    assert certifies(centre, other) is None
    # And what was opened cannot be closed again over it.
    assert decides(centre, one, "undo") == "hours_overlap_certified"
    assert sum(total.certified for total in sums(centre)) == 61


def test_another_volunteer_at_the_same_time_is_no_overlap(centre: Centre):
    one, other = entry(centre), entry(centre, "deng_jie")
    assert (certifies(centre, one), certifies(centre, other)) == (None, None)


def test_undoing_a_return_is_refused_where_another_was_certified_meanwhile(centre: Centre):
    one, other = entry(centre), entry(centre)
    certifies(centre, one)
    decides(centre, one, "return", "再看看")
    assert certifies(centre, other) is None
    assert decides(centre, one, "undo") == "hours_overlap_certified"


# Corrections


def test_a_correction_takes_the_place_of_what_was_certified(centre: Centre):
    first = entry(centre)
    certifies(centre, first)
    second = corrects(centre, first, ended_at="11:00")
    found = of(centre)
    # Until somebody certifies it, what was certified counts; the two are no double of each other.
    assert (found[first].state, found[second].state) == ("certified", "waiting")
    assert found[second].checks == ("correction",) and found[first].checks == ()
    assert duplicates(centre, second) == []
    assert certifies(centre, second) is None

    found = of(centre)
    assert (found[first].state, found[first].corrected_by) == ("corrected", second)
    assert (found[second].state, found[second].corrects) == ("certified", first)
    assert sums(centre) == [HourTotal("", 120, 0, 1)]
    assert decides(centre, first, "return", "再看看") == "hours_corrected"

    # Undone, the first counts again; certified again, the second does.
    assert decides(centre, second, "undo") is None
    assert sums(centre) == [HourTotal("", 150, 120, 2)]
    assert certifies(centre, second) is None

    third = corrects(centre, second, ended_at="10:30")
    assert duplicates(centre, third) == []
    assert certifies(centre, third) is None
    assert end_of_chain(centre.store, first) == third
    assert sums(centre) == [HourTotal("", 90, 0, 1)]
    assert rebuild(centre.store, centre.schema) == []


def test_two_corrections_of_one_entry_do_not_both_stand(centre: Centre):
    first = entry(centre)
    certifies(centre, first)
    one = corrects(centre, first, ended_at="11:00")
    other = corrects(centre, first, ended_at="10:30")
    assert certifies(centre, one) is None
    assert certifies(centre, other) == "correction_of_correction"
    assert decides(centre, one, "return", "再看看") is None
    assert certifies(centre, other) is None
    assert sums(centre) == [HourTotal("", 90, 0, 1)]


def test_correcting_what_was_corrected_leads_to_the_end_of_the_chain(centre: Centre):
    first = entry(centre)
    certifies(centre, first)
    second = corrects(centre, first, ended_at="11:00")
    certifies(centre, second)
    late = centre.huang_li.writes(
        "hour_entry", {**HOURS, "volunteer": "huang_li", "corrects": first, "correction_reason": "写错了"}
    )
    assert centre.huang_li.meets_network() == [(late.id, "held", "correction_of_correction", "corrects")]
    assert centre.huang_li.receipts[late.id].problem.details == {"record": second}


def test_a_correction_is_not_undone_over_what_was_certified_in_the_time_it_freed(centre: Centre):
    centre.passes(hours=3)
    first = entry(centre)
    certifies(centre, first)
    second = corrects(centre, first, ended_at="10:30")
    certifies(centre, second)
    freed = entry(centre, started_at="10:30", ended_at="11:30")
    assert certifies(centre, freed) is None
    assert decides(centre, second, "undo") == "hours_overlap_certified"
    assert decides(centre, second, "return", "再看看") == "hours_overlap_certified"
    assert sums(centre) == [HourTotal("", 150, 0, 2)]


def test_a_correction_of_somebody_else_s_hours_is_held(centre: Centre):
    first = entry(centre)
    centre.chen_jing.pulls()
    centre.chen_jing.version = 2
    save = centre.chen_jing.writes(
        "hour_entry", {**HOURS, "volunteer": "deng_jie", "corrects": first, "correction_reason": "写错了"}
    )
    assert centre.chen_jing.meets_network() == [(save.id, "held", "correction_of_another", "corrects")]


# Rules, and months that are closed


def test_a_rule_counts_from_its_day_on_and_never_changes_what_was_certified(centre: Centre):
    before = entry(centre)
    certifies(centre, before)
    ((_, *answer),) = sets_rule(centre, effective_on="2026-03-10")
    assert answer == ["held", "date_not_to_come", "effective_on"]
    ((_, *answer),) = sets_rule(centre)
    assert answer == ["accepted"]
    centre.passes(days=1, hours=6)
    after = entry(centre, worked_on="2026-03-11", started_at="09:00", ended_at="13:20")
    found = of(centre)
    assert (found[before].minutes_written, found[before].minutes_counted) == (150, 150)
    # Less half an hour of break, down to a quarter.
    assert (found[after].minutes_written, found[after].minutes_counted) == (260, 225)
    assert of(centre, "huang_li")[after].minutes_counted == 225


@pytest.mark.parametrize(
    ("after_close", "answers"), [("refuse", ["held", "month_closed", "worked_on"]), ("flag", ["accepted"])]
)
def test_an_entry_of_a_closed_month_is_flagged_or_held_as_the_rule_says(centre: Centre, after_close, answers):
    sets_rule(centre, after_close=after_close)
    centre.passes(days=25, hours=2)  # the fourth of April
    assert entry(centre, worked_on="2026-03-31", started_at="08:00", ended_at="09:00")
    centre.passes(days=1)
    in_time = entry(centre, worked_on="2026-03-31")
    certifies(centre, in_time)
    centre.passes(days=1)
    save = centre.huang_li.writes("hour_entry", {**HOURS, "volunteer": "huang_li", "worked_on": "2026-03-31"})
    ((_, *answer),) = centre.huang_li.meets_network()
    assert answer == answers
    if answer == ["accepted"]:
        assert {"late", "closed_month"} <= set(of(centre)[save.record].checks)
    else:
        # Whoever answers for it lets it in, and it says when it came.
        assert centre.chen_jing.decides_held(save, "release").verdict == "release"
        assert {"late", "closed_month"} <= set(of(centre)[save.record].checks)
    # What was certified is corrected all the same, by an entry of today that says so.
    correction = corrects(centre, in_time, worked_on="2026-03-31", ended_at="10:00")
    assert {"closed_month", "correction"} <= set(of(centre)[correction].checks)
    assert certifies(centre, correction) is None


def test_times_made_longer_afterwards_are_shown_with_what_they_were(centre: Centre):
    record = entry(centre)
    changes(centre, record, "huang_li", ended_at="11:45")
    assert of(centre)[record].checks == ()  # on the day itself it is no news
    centre.passes(days=25)
    changes(centre, record, "huang_li", ended_at="13:00")
    line = of(centre)[record]
    assert line.checks == ("raised", "late") and line.arrived_on == "2026-04-04"
    assert (line.was.started_at, line.was.ended_at, line.was.minutes) == ("09:00", "11:45", 165)


def test_a_shift_whose_hours_are_certified_keeps_its_times(centre: Centre):
    planned = {
        "volunteer": "huang_li",
        "activity": "便民",
        "shift_on": "2026-03-10",
        "starts_at": "09:00",
        "ends_at": "10:00",
    }
    shift = centre.chen_jing.writes("shift", planned)
    centre.chen_jing.meets_network()
    centre.huang_li.pulls()
    centre.huang_li.version = 2
    bounded = entry(centre, shift=shift.record)
    assert (of(centre)[bounded].minutes_counted, of(centre)[bounded].checks) == (90, ("over_shift",))
    changes(centre, bounded, "huang_li", over_reason="来的人多")
    assert (of(centre)[bounded].minutes_counted, of(centre)[bounded].checks) == (150, ("over_shift",))
    certifies(centre, bounded)
    ((_, *answer),) = changes(centre, shift.record, "chen_jing", ends_at="09:30")
    assert answer == ["held", "shift_certified", None]
    # Where it is may still be told.
    ((_, *answer),) = changes(centre, shift.record, "chen_jing", place="广场")
    assert answer == ["accepted"]


def test_two_entries_of_one_shift_are_recognised_and_count_once_together(centre: Centre):
    planned = {
        "volunteer": "huang_li",
        "activity": "便民",
        "shift_on": "2026-03-10",
        "starts_at": "09:00",
        "ends_at": "10:00",
    }
    shift = centre.chen_jing.writes("shift", planned)
    centre.chen_jing.meets_network()
    centre.huang_li.pulls()
    one = entry(centre, shift=shift.record, ended_at="10:00")
    other = backfilled(centre, shift=shift.record, started_at="10:00", ended_at="11:00")
    found = of(centre)
    assert "same" in found[one].checks and "same" in found[other].checks
    assert (found[one].minutes_counted, found[other].minutes_counted) == (60, 30)
    centre.chen_jing.says_of_double(one, other, "same")
    assert of(centre)[other].state == "rejected"
    assert sums(centre) == [HourTotal("", 0, 60, 1)]


def test_an_overlap_at_another_centre_is_told_without_saying_where(tmp_path):
    # One file holds both centres. In PostgreSQL row security shows a centre nothing of another, and nothing is told.
    centre = Centre(tmp_path / "centre.sqlite3")
    serves(centre, "huang_li", ("volunteer", "heping"), ("volunteer", "guanhu"))
    serves(centre, "ma_li", ("volunteer_coordinator", "guanhu"))
    here = entry(centre)
    there = written(centre, "ma_li", volunteer="huang_li", started_at="11:00", ended_at="12:00", provenance="signed")
    line = of(centre)[here]
    assert "elsewhere" in line.checks and line.overlaps == {}
    assert there not in of(centre)
    # What another centre certified does not bind this one: nobody here could look at it.
    assert certifies(centre, here) is None
    assert centre.wu_jianguo.decides(there, "approve", revision=1).code == "not_found"
    centre.store.close()


def serves(centre: Centre, person: str, *roles: tuple[str, str]) -> None:
    name, of_centre, _ = PEOPLE[person]
    people.add_member(centre.store, person, name, of_centre, [Membership(role, at, None) for role, at in roles])


def test_wrong_clocks_are_told(centre: Centre):
    record = entry(centre)
    assert of(centre)[record].checks == ()
    phone = centre.huang_li
    phone.pulls()
    phone.clock_ahead = timedelta(hours=-10)
    phone.changes(record, {"ended_at": "11:00"})
    push(
        centre.store,
        centre.schema,
        phone.me(),
        [written.save for written in phone.outbox],
        centre.now,
        sent_at=centre.now - timedelta(hours=10),
    )
    assert of(centre)[record].checks == ("clock_off",)


def test_many_lines_take_as_many_questions_as_one(centre: Centre):
    centre.passes(days=30)
    entry(centre, worked_on="2026-03-11")
    asked = list[str]()
    rows = centre.store.rows

    def counting(sql: str, parameters=()):
        asked.append(sql)
        return rows(sql, parameters)

    centre.store.rows = counting
    of(centre)
    first = len(asked)
    for day in range(12, 30):
        entry(centre, worked_on=f"2026-03-{day}")
    asked.clear()
    assert len(of(centre)) == 19 and len(asked) <= first
    page = lines(centre.store, centre.schema, centre.chen_jing.me(), limit=7)
    following = lines(centre.store, centre.schema, centre.chen_jing.me(), after=cursor_of(page[-1]), limit=100)
    assert [len(page), len(following)] == [7, 12]
    assert len({line.record for line in (*page, *following)}) == 19


def test_the_book_says_what_counting_anew_says_whatever_came_and_in_whatever_order(centre: Centre):
    """Saves, decisions, a correction and a day that is moved: each leaves the book true."""
    centre.huang_li.version = centre.schema.kinds["hour_entry"].version
    one = entry(centre, started_at="09:00", ended_at="12:10")
    other = entry(centre, started_at="11:00", ended_at="12:30")
    certifies(centre, one)
    correction = entry(centre, started_at="09:00", ended_at="11:00", corrects=one, correction_reason="走得早")
    certifies(centre, correction)
    centre.huang_li.pulls()
    centre.huang_li.changes(other, worked_on="2026-03-08")
    centre.huang_li.meets_network()

    written = [tuple(row) for row in centre.store.rows(BOOK)]
    again = sorted(counts_of(centre.store, centre.schema, sorted({(row[2], row[3]) for row in written})))
    assert written == again and len(again) == 3
    assert {line.state for line in of(centre).values()} == {"corrected", "waiting", "certified"}
    assert rebuild(centre.store, centre.schema) == []


def test_an_entry_that_is_cut_short_long_after_came_no_later(centre: Centre):
    record = entry(centre)
    centre.passes(days=25)
    changes(centre, record, "chen_jing", ended_at="11:00")
    line = of(centre)[record]
    assert not {"late", "raised", "closed_month"} & set(line.checks) and line.arrived_on == "2026-03-10"
    changes(centre, record, "chen_jing", started_at="08:30", ended_at="10:30")
    assert of(centre)[record].arrived_on == "2026-04-04"
