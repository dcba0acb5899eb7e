"""The way back to an author and forth again: the answer alone is read, and how long it takes, of records and of nobody.

Not here: returning itself (test_decide.py).
"""

import pytest

from sync import read
from sync.materialise import rebuild
from tests.centre import VISITED, Centre


@pytest.fixture
def visit(centre: Centre) -> str:
    found = centre.visit(centre.home(), **VISITED, observation="王阿姨在家")
    centre.li_min.pulls()
    centre.zhou_hui.pulls()
    return found


def sends_back(centre: Centre, record: str) -> None:
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides(record, "return", "现在吃什么药？")["review"]["state"] == "returned"


def answers(centre: Centre, record: str, text: str) -> None:
    centre.li_min.pulls()
    centre.li_min.changes(record, observation=text)
    centre.li_min.meets_network()


def bench(centre: Centre):
    return read.workbench(centre.store, centre.schema, centre.zhou_hui.me(), centre.now)


def detail(centre: Centre, record: str):
    return read.record_detail(centre.store, centre.schema, centre.zhou_hui.me(), record)


def test_after_an_answer_only_the_answer_is_new(centre: Centre, visit: str):
    centre.li_min.changes(visit, follow_up_on="2026-03-20")
    centre.li_min.meets_network()
    sends_back(centre, visit)
    answers(centre, visit, "王阿姨在家，降压药每天一片")
    found = detail(centre, visit)
    assert [(change.field_key, change.before) for change in found.changes] == [("observation", "王阿姨在家")]
    assert found.returns == 1
    (item,) = read.review_items(centre.store, centre.schema, centre.zhou_hui.me(), "waiting").items
    assert (item.answered, item.changed) == (True, ["observation"])


def test_the_median_counts_working_days_and_leads_to_its_records(centre: Centre, visit: str):
    assert (bench(centre).answered, bench(centre).answer_median_days) == (0, None)
    other = centre.visit(centre.home(), **VISITED)
    # From Tuesday over a weekend to Monday: four working days; and on the same day: none.
    sends_back(centre, visit)
    sends_back(centre, other)
    answers(centre, other, "当天补的")
    centre.passes(days=6)
    answers(centre, visit, "周一补的")
    assert (bench(centre).answered, bench(centre).answer_median_days) == (2, 2.0)
    me = centre.zhou_hui.me()
    found = read.review_items(centre.store, centre.schema, me, "answered", now=centre.now)
    assert {item.record for item in found.items} == {visit, other}
    assert rebuild(centre.store, centre.schema) == []
    centre.passes(days=31)
    assert bench(centre).answered == 0
    assert read.review_items(centre.store, centre.schema, me, "answered", now=centre.now).total == 0


def test_two_returns_are_counted_and_one_that_was_undone_is_none(centre: Centre, visit: str):
    sends_back(centre, visit)
    answers(centre, visit, "第一次")
    sends_back(centre, visit)
    assert detail(centre, visit).returns == 2
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "undo")
    assert detail(centre, visit).returns == 1
    assert rebuild(centre.store, centre.schema) == []


def test_the_loop_of_another_team_is_in_nobody_elses_figures(centre: Centre, visit: str):
    sends_back(centre, visit)
    answers(centre, visit, "补了")
    other = read.workbench(centre.store, centre.schema, centre.luo_wei.me(), centre.now)
    assert (other.answered, other.answer_median_days) == (0, None)
