"""Reviewing a sample: what is drawn, what passes without a look and how that is told, and that a person comes first.

Not here: the setting's own bounds (schema/records/review_setting.examples.toml).
"""

import pytest

from sync import read
from sync.materialise import rebuild
from sync.sampling import Setting, is_drawn, pass_due, passing, settings_of
from tests.centre import VISITED, Centre

SAMPLE = {"effective_on": "2026-03-10", "mode": "sample", "percent": 20, "passes_after_days": 3}


def sets(centre: Centre, **values) -> str:
    written = centre.wu_jianguo.writes("review_setting", {**SAMPLE, **values})
    ((_, *answer),) = centre.wu_jianguo.meets_network()
    assert answer == ["accepted"]
    return written.record


def visits(centre: Centre, count: int, **values) -> list[str]:
    # Each at a home of its own: two visits at one home on one day are a possible double.
    return [centre.visit(centre.home(), **{**VISITED, **values}) for _ in range(count)]


def lets_pass(centre: Centre) -> list[str]:
    return pass_due(centre.store, centre.schema, "heping", centre.now)


def review(centre: Centre, record: str) -> dict:
    centre.zhou_hui.pulls()
    return centre.zhou_hui.base[record].standing["review"]


def items(centre: Centre, tab: str):
    return read.review_items(centre.store, centre.schema, centre.zhou_hui.me(), tab, now=centre.now, first=100).items


def test_without_a_setting_everything_is_reviewed(centre: Centre):
    visits(centre, 3)
    centre.passes(days=40)
    assert lets_pass(centre) == []


def test_what_is_not_drawn_passes_after_its_days_and_nobody_is_said_to_have_looked(centre: Centre):
    setting = sets(centre, percent=40)
    known = Setting(setting, "2026-03-10", "", 40, 3)
    written = visits(centre, 12)
    left_out = [record for record in written if not is_drawn(known, record)]
    assert 0 < len(left_out) < 12

    waiting = items(centre, "waiting")
    # What passes by itself comes last, with its instant.
    assert [item.record in left_out for item in waiting] == [False] * (12 - len(left_out)) + [True] * len(left_out)
    assert {item.passes_at for item in waiting if item.record in left_out} == {"2026-03-13T02:00:00Z"}

    centre.passes(days=3, seconds=-1)
    assert lets_pass(centre) == []
    centre.passes(seconds=1)
    assert lets_pass(centre) == sorted(left_out)
    assert lets_pass(centre) == []

    for record in left_out:
        found = review(centre, record)
        assert (found["state"], found["by"]) == ("passed", None)
    entry = centre.log[-1]
    assert (entry.entry, entry.person, entry.facts["rule"], entry.facts["percent"]) == ("decision", "", "not_drawn", 40)
    (last,) = [
        one
        for one in read.record_detail(centre.store, centre.schema, centre.zhou_hui.me(), left_out[0]).history
        if one.what == "passed"
    ]
    assert (last.by_name, last.percent, last.days) == ("", 40, 3)
    assert sorted(item.record for item in items(centre, "passed")) == sorted(left_out)
    me = centre.zhou_hui.me()
    counts = read.workbench(centre.store, centre.schema, me, centre.now)
    assert (counts.passed, counts.waiting, counts.reviewed_today) == (len(left_out), 12 - len(left_out), 0)
    assert rebuild(centre.store, centre.schema) == []


def test_the_draw_follows_from_the_setting_and_the_record_and_is_about_as_large_as_it_says():
    one, other = (Setting(name, "", "", 20, 3) for name in ("seed-a", "seed-b"))
    names = [f"record-{number}" for number in range(5000)]
    drawn = [is_drawn(one, name) for name in names]
    assert drawn == [is_drawn(one, name) for name in names]
    assert drawn != [is_drawn(other, name) for name in names]
    assert 900 < sum(drawn) < 1100


def test_whatever_asks_for_a_person_never_passes_by_itself(centre: Centre):
    sets(centre, percent=1)
    (urgent,) = visits(centre, 1, condition="urgent", follow_up_on="2026-03-12")
    (follow_up,) = visits(centre, 1, condition="follow_up", follow_up_on="2026-03-17")
    changed, returned, apart = visits(centre, 3)
    (plain,) = visits(centre, 1)
    centre.li_min.pulls()
    centre.passes(minutes=5)
    centre.li_min.changes(changed, observation="后来又想起")
    centre.li_min.meets_network()
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(returned, "return", "吃什么药？")
    centre.li_min.pulls()
    centre.li_min.changes(returned, observation="降压药")
    centre.li_min.changes(apart, observation="甲")
    centre.zhou_hui.changes(apart, observation="乙")
    for phone in (centre.li_min, centre.zhou_hui):
        phone.meets_network()

    centre.passes(days=30)
    passed = lets_pass(centre)

    assert not {urgent, follow_up, changed, returned, apart} & set(passed)
    assert plain in passed or is_drawn(settings_of(centre.store, "heping")[0], plain)


@pytest.fixture
def passed(centre: Centre) -> str:
    """A visit of Li Min's that passed without a look."""
    sets(centre, percent=1)
    visits(centre, 4)
    centre.passes(days=3)
    return lets_pass(centre)[0]


def test_what_passed_may_still_be_approved_or_returned(centre: Centre, passed: str):
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides(passed, "approve")["review"]["state"] == "approved"
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides(passed, "undo")["review"]["state"] == "passed"
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides(passed, "return", "请补上用药")["review"]["state"] == "returned"


def test_what_is_changed_after_it_passed_waits_for_a_person(centre: Centre, passed: str):
    centre.li_min.pulls()
    centre.li_min.changes(passed, observation="补一句")
    centre.li_min.meets_network()
    assert (review(centre, passed)["state"], review(centre, passed)["by"]) == ("waiting", None)
    centre.passes(days=30)
    assert passed not in lets_pass(centre)


def test_a_setting_counts_from_its_day_and_never_reaches_back(centre: Centre):
    (early,) = visits(centre, 1)
    centre.passes(hours=1)
    sets(centre, effective_on="2026-03-01", percent=1)
    (later,) = visits(centre, 1)
    sets(centre, effective_on="2026-03-12", mode="all")
    found = passing(centre.store, centre.schema, "heping")
    assert early not in found
    assert later in found or is_drawn(settings_of(centre.store, "heping")[0], later)
    centre.passes(days=2)
    (last,) = visits(centre, 1)
    assert last not in passing(centre.store, centre.schema, "heping")


def test_a_setting_of_another_centre_changes_nothing_here(centre: Centre):
    sets(centre, percent=1)
    home = centre.home("guanhu_1") if centre.store.parts() == [""] else None
    if home is not None:
        written = centre.ma_li.writes("home_visit", {"household": home, "assigned_to": "sun_lei", **VISITED})
        centre.ma_li.meets_network()
        assert written.record not in passing(centre.store, centre.schema, "guanhu")
    centre.li_min.writes("review_setting", SAMPLE)
    ((_, answer, code, *_),) = centre.li_min.meets_network()
    assert (answer, code) == ("held", "not_permitted")
