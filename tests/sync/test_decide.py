"""What a reviewer decides: approve, return, reject, undo; and what to make of a possible double."""

import pytest

from schema.model import Problem
from sync import limits
from sync.decide import settle_duplicate
from tests.centre import HOURS, VISITED


@pytest.fixture
def visit(centre):
    """A visit of Li Min's that waits; she and Zhou Hui have it."""
    planned = centre.visit(centre.home())
    centre.li_min.pulls()
    centre.li_min.changes(planned, VISITED)
    centre.li_min.meets_network()
    centre.zhou_hui.pulls()
    return planned


def code(answer):
    return answer.code if isinstance(answer, Problem) else answer["review"]["state"]


def test_a_planned_visit_does_not_wait_and_a_visit_carried_out_does(centre, visit):
    planned = centre.visit(centre.home())
    assert centre.zhou_hui.base[planned].standing["review"] is None
    assert centre.zhou_hui.base[visit].standing["review"]["state"] == "waiting"
    assert code(centre.zhou_hui.decides(planned, "approve")) == "not_waiting"


def test_an_approved_visit_is_reviewed_on_its_authors_phone(centre, visit):
    standing = centre.zhou_hui.decides(visit, "approve")
    assert standing["review"]["state"] == "approved"
    assert standing["locked_at"] is None
    centre.li_min.pulls()
    assert centre.li_min.sees(visit).review == "approved"
    assert centre.li_min.base[visit].standing["review"]["by"] == "zhou_hui"
    assert code(centre.zhou_hui.decides(visit, "approve", revision=centre.li_min.base[visit].revision)) == "not_waiting"


def test_a_change_after_approval_shows_as_changed(centre, visit):
    centre.zhou_hui.decides(visit, "approve")
    centre.li_min.pulls()
    centre.li_min.changes(visit, observation="还要补一句")
    centre.li_min.meets_network()
    assert centre.li_min.sees(visit).review == "changed"
    centre.zhou_hui.pulls()
    assert code(centre.zhou_hui.decides(visit, "approve")) == "approved"


def test_a_visit_returned_with_a_sentence_waits_again_when_its_author_has_answered(centre, visit):
    assert code(centre.zhou_hui.decides(visit, "return")) == "needs_sentence"
    assert code(centre.zhou_hui.decides(visit, "return", "  ")) == "needs_sentence"
    assert code(centre.zhou_hui.decides(visit, "return", "有没有问过用药？", "observation")) == "returned"
    centre.li_min.pulls()
    review = centre.li_min.base[visit].standing["review"]
    assert (review["state"], review["sentence"], review["field"]) == ("returned", "有没有问过用药？", "observation")
    centre.li_min.changes(visit, observation="问过了，按时吃药")
    centre.li_min.meets_network()
    review = centre.li_min.base[visit].standing["review"]
    assert (review["state"], review["answered"], review["sentence"]) == ("waiting", True, "有没有问过用药？")


def test_what_was_written_after_the_reviewer_looked_stops_the_decision(centre, visit):
    centre.li_min.changes(visit, observation="后来又想起")
    centre.li_min.meets_network()
    assert code(centre.zhou_hui.decides(visit, "approve")) == "revision_moved"
    centre.zhou_hui.pulls()
    assert code(centre.zhou_hui.decides(visit, "approve")) == "approved"


def test_another_reviewers_decision_stops_the_decision(centre, visit):
    other = centre.new_phone("zhou_hui")
    other.pulls()
    centre.zhou_hui.decides(visit, "approve")
    assert code(other.decides(visit, "return", "再看看")) == "revision_moved"


def test_following_its_home_to_another_team_does_not_stop_the_decision(centre):
    home = centre.home()
    visit = centre.visit(home, **VISITED)
    seen = centre.zhou_hui.base[visit].revision
    centre.zhou_hui.changes(home, team="heping_2")
    centre.zhou_hui.pushes()
    assert code(centre.zhou_hui.decides(visit, "approve", revision=seen)) == "approved"


@pytest.mark.parametrize("revision", [-1, 10_000])
def test_a_revision_nobody_can_have_seen_is_refused(centre, visit, revision):
    assert code(centre.zhou_hui.decides(visit, "approve", revision=revision)) == "revision_moved"


def test_two_open_versions_stop_an_approval_and_settling_them_lets_it_through(centre, visit):
    centre.li_min.changes(visit, observation="一")
    centre.zhou_hui.changes(visit, observation="二")
    centre.li_min.meets_network()
    centre.zhou_hui.meets_network()
    refused = centre.zhou_hui.decides(visit, "approve")
    assert refused == Problem("open_conflict", "observation", {"fields": ["observation"]})
    centre.zhou_hui.settles(visit, {"observation": "一"})
    centre.zhou_hui.meets_network()
    assert centre.zhou_hui.sees(visit).versions == {}
    assert code(centre.zhou_hui.decides(visit, "approve")) == "approved"


def test_the_same_decision_again_gets_the_same_answer(centre, visit):
    id = centre.new_id()
    first = centre.zhou_hui.decides(visit, "approve", id=id)
    length = len(centre.log)
    centre.zhou_hui.decides(visit, "undo")
    assert centre.zhou_hui.decides(visit, "approve", id=id) == first
    assert len(centre.log) == length + 1
    refused = centre.new_id()
    assert code(centre.zhou_hui.decides(visit, "return", id=refused, revision=first["review"]["revision"])) == (
        code(centre.zhou_hui.decides(visit, "return", "一句", id=refused))
    )


def test_another_persons_decision_id_is_not_answered(centre, visit):
    id = centre.new_id()
    centre.zhou_hui.decides(visit, "approve", id=id)
    assert code(centre.luo_wei.decides(visit, "approve", id=id)) == "query_refused"


def test_an_approval_can_be_undone_for_ten_minutes_by_who_gave_it(centre, visit):
    before = centre.zhou_hui.base[visit].standing["review"]
    centre.zhou_hui.decides(visit, "approve")
    centre.passes(minutes=limits.UNDO_MINUTES_MAX)
    assert centre.zhou_hui.decides(visit, "undo")["review"] == before
    assert code(centre.zhou_hui.decides(visit, "undo")) == "cannot_decide"
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "approve")
    centre.passes(minutes=limits.UNDO_MINUTES_MAX, seconds=1)
    assert code(centre.zhou_hui.decides(visit, "undo")) == "cannot_decide"


def test_an_approval_is_not_undone_when_something_came_in_between(centre, visit):
    centre.zhou_hui.decides(visit, "approve")
    centre.li_min.changes(visit, observation="补一句")
    centre.li_min.meets_network()
    assert code(centre.zhou_hui.decides(visit, "undo")) == "revision_moved"


def test_certified_hours_are_locked_and_a_return_opens_them(centre):
    hours = centre.hours()
    centre.chen_jing.pulls()
    standing = centre.chen_jing.decides(hours, "approve")
    assert standing["locked_at"] == standing["review"]["revision"]
    centre.chen_jing.pulls()
    standing = centre.chen_jing.decides(hours, "return", "结束时间写错了", "ended_at")
    assert standing["locked_at"] is None
    centre.huang_li.pulls()
    centre.huang_li.changes(hours, ended_at="11:00")
    assert [answer[1] for answer in centre.huang_li.meets_network()] == ["accepted"]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("li_min", "cannot_decide"),
        ("zhang_qiang", "cannot_decide"),
        ("wu_jianguo", "cannot_decide"),
        ("luo_wei", "not_found"),
        ("ma_li", "not_found"),
        ("huang_li", "not_found"),
    ],
)
def test_only_the_reviewer_of_the_record_decides(centre, visit, person, expected):
    revision = centre.zhou_hui.base[visit].revision
    assert code(centre.phones[person].decides(visit, "approve", revision=revision)) == expected


def test_a_record_that_is_not_reviewed_never_waits(centre):
    home = centre.home()
    assert code(centre.zhou_hui.decides(home, "approve")) == "not_waiting"


@pytest.mark.parametrize(
    "members",
    [
        {"verdict": "burn"},
        {"sentence": "x" * 501},
        {"field": "x" * 121},
        {"id": ""},
        {"id": "x" * 65},
        {"sentence": "\ud800"},
        {"id": "a\0b"},
    ],
)
def test_a_decision_in_a_wrong_form_is_refused(centre, visit, members):
    from sync.decide import Decision, decide

    whole = {"id": "a", "record": visit, "revision": 1, "verdict": "approve", **members}
    assert (
        decide(centre.store, centre.schema, centre.zhou_hui.me(), Decision(**whole), centre.now).code == "query_refused"
    )


# Possible doubles


@pytest.fixture
def doubled(centre):
    """The same hours, written by the volunteer and by her coordinator."""
    first = centre.hours("huang_li")
    second = centre.chen_jing.writes("hour_entry", {**HOURS, "volunteer": "huang_li", "started_at": "09:10"})
    centre.chen_jing.meets_network()
    centre.huang_li.pulls()
    return first, second.record


def test_hours_of_the_same_time_are_shown_as_a_double_on_both_sides(centre, doubled):
    first, second = doubled
    for phone in (centre.huang_li, centre.chen_jing):
        assert phone.base[first].standing["duplicates"] == [second]
        assert phone.base[second].standing["duplicates"] == [first]


@pytest.mark.parametrize(("begin", "end", "is_double"), [("11:30", "12:00", False), ("11:29", "12:00", True)])
def test_hours_that_only_touch_are_no_double(centre, begin, end, is_double):
    first = centre.hours()
    second = centre.hours(started_at=begin, ended_at=end)
    assert (first in centre.huang_li.base[second].standing["duplicates"]) is is_double


def test_doubled_hours_said_to_be_the_same_reject_the_other(centre, doubled):
    first, second = doubled
    standing = centre.chen_jing.says_of_double(first, second, "same")
    assert standing["duplicates"] == []
    centre.huang_li.pulls()
    assert centre.huang_li.base[second].standing["review"]["state"] == "rejected"
    assert centre.huang_li.base[first].standing["review"]["state"] == "waiting"


def test_hours_said_to_be_different_stay_and_are_not_shown_again(centre, doubled):
    first, second = doubled
    assert centre.chen_jing.says_of_double(first, second, "different")["duplicates"] == []
    centre.huang_li.changes(first, ended_at="11:40")
    centre.huang_li.meets_network()
    assert centre.huang_li.base[first].standing["duplicates"] == []
    assert code(centre.chen_jing.says_of_double(first, second, "same")) == "not_waiting"


def test_certified_hours_are_not_rejected_in_passing(centre, doubled):
    first, second = doubled
    centre.chen_jing.pulls()
    # The coordinator wrote it herself, so that the director certifies it.
    centre.wu_jianguo.decides(second, "approve", revision=centre.chen_jing.base[second].revision)
    assert code(centre.chen_jing.says_of_double(first, second, "same")) == "locked"
    assert centre.chen_jing.says_of_double(second, first, "same")["duplicates"] == []


@pytest.mark.parametrize(("person", "expected"), [("huang_li", "cannot_decide"), ("zhou_hui", "not_found")])
def test_only_who_answers_for_both_settles_a_double(centre, doubled, person, expected):
    assert code(centre.phones[person].says_of_double(*doubled, "same")) == expected


def test_rejected_hours_are_no_double_until_they_are_taken_back(centre, doubled):
    first, second = doubled
    centre.chen_jing.pulls()
    centre.chen_jing.decides(second, "reject")
    centre.huang_li.pulls()
    assert centre.huang_li.base[first].standing["duplicates"] == []
    centre.chen_jing.decides(second, "undo")
    centre.huang_li.pulls()
    assert centre.huang_li.base[first].standing["duplicates"] == [second]


@pytest.mark.parametrize("wrong", [{"verdict": "perhaps"}, {"id": "x" * 65}, {"other": "x" * 65}])
def test_what_is_no_verdict_on_a_double_is_refused_and_settles_nothing(centre, doubled, wrong):
    first, second = doubled
    asked = {"id": centre.new_id(), "record": first, "other": second, "verdict": "different"}
    me = centre.chen_jing.me()
    assert code(settle_duplicate(centre.store, centre.schema, me, now=centre.now, **asked | wrong)) == "query_refused"
    settled = settle_duplicate(centre.store, centre.schema, me, now=centre.now, **asked)
    assert settled["duplicates"] == []
    assert settle_duplicate(centre.store, centre.schema, me, now=centre.now, **asked) == settled
