"""Hours of volunteers: how they are counted, what is odd about them, and what is certified and what waits.

Not here: the form of an entry (schema/records/hour_entry.examples.toml), the desk and the phone.
"""

from sync.hours import HourFilter, HourTotal, lines, totals
from tests.centre import HOURS, Centre


def of(centre: Centre, person: str = "chen_jing", **narrowed):
    me = getattr(centre, person).me()
    return {line.record: line for line in lines(centre.store, centre.schema, me, HourFilter(**narrowed))}


def sums(centre: Centre, by: str = "all", person: str = "chen_jing", **narrowed) -> list[HourTotal]:
    return totals(centre.store, centre.schema, getattr(centre, person).me(), by, HourFilter(**narrowed))


def entry(centre: Centre, person: str = "huang_li", **values) -> str:
    return centre.hours(person, **values)


def certifies(centre: Centre, record: str, person: str = "chen_jing"):
    desk = getattr(centre, person)
    desk.pulls()
    return desk.decides(record, "approve")


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
