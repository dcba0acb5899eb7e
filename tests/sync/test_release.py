"""What becomes of a held save: released, released with an edit, rejected, withdrawn; and who is told."""

import pytest

from schema.model import Problem
from sync import log
from sync.materialise import rebuild
from sync.save import save_key
from sync.verdicts import Verdict
from tests.centre import VISITED, held


def code(answer):
    """The verdict that was given, or the code of why none was."""
    return answer.code if isinstance(answer, Problem) else answer.verdict


def kept_words(centre):
    """Nothing is lost: the tables come back the same from the log, and the log is whole."""
    assert rebuild(centre.store, centre.schema) == []
    assert isinstance(log.check_log(centre.store), log.LogHead)


def held_saves(centre):
    return [row[0] for row in centre.store.rows("SELECT save FROM held WHERE open = 1 ORDER BY position")]


@pytest.fixture
def certified(centre):
    """Hours of Huang Li's that Chen Jing certified while Huang Li was writing another end without a network."""
    hours = centre.hours()
    centre.chen_jing.pulls()
    written = centre.huang_li.changes(hours, ended_at="12:00")
    assert centre.chen_jing.decides(hours, "approve")["locked_at"]
    assert centre.huang_li.pushes() == [held(written, "locked_after_edit")]
    return hours, written


@pytest.fixture
def moved(centre):
    """A visit that left Li Min's team for Luo Wei's while she wrote it down."""
    home = centre.home()
    visit = centre.visit(home)
    centre.li_min.pulls()
    written = centre.li_min.changes(visit, VISITED, observation="老人说药快吃完了")
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(visit, assigned_to="he_fang")
    centre.zhou_hui.changes(home, team="heping_3")
    centre.zhou_hui.meets_network()
    assert centre.li_min.pushes() == [held(written, "out_of_scope")]
    return visit, written


def test_a_late_edit_to_certified_hours_is_let_in_and_opens_them(centre, certified):
    hours, written = certified
    centre.passes(minutes=5)
    verdict = centre.chen_jing.decides_held(written, "release")
    assert isinstance(verdict, Verdict) and verdict.released_revision
    centre.chen_jing.pulls()
    seen = centre.chen_jing.sees(hours)
    assert (seen.ended_at, seen.minutes, seen.review, seen.standing["locked_at"]) == ("12:00", 180, "changed", None)
    assert held_saves(centre) == []
    entry = centre.log[-1]
    assert (entry.person, entry.facts["releases"], entry.facts["released_by"]) == ("huang_li", written.id, "chen_jing")
    kept_words(centre)


def test_its_author_is_told_on_the_phone_it_was_written_on(centre, certified):
    hours, written = certified
    other_phone = centre.new_phone("huang_li")
    centre.chen_jing.decides_held(written, "release")
    centre.huang_li.pulls()
    told = centre.huang_li.verdicts[written.id]
    assert (told.verdict, told.by_name) == ("release", "陈静")
    assert centre.huang_li.held == {}
    assert centre.huang_li.sees(hours).ended_at == "12:00"
    other_phone.pulls()
    assert other_phone.verdicts == {}


def test_a_verdict_is_told_until_the_phone_has_kept_the_page(centre, certified):
    _, written = certified
    centre.chen_jing.decides_held(written, "reject", sentence="那天十一点半就散了")
    assert [verdict.save for verdict in centre.huang_li.asks().decided] == [written.id]
    centre.huang_li.pulls()
    assert centre.huang_li.asks().decided == ()
    assert centre.huang_li.verdicts[written.id].problem.details["sentence"] == "那天十一点半就散了"


def test_a_save_sent_again_after_its_verdict_is_answered_with_the_verdict(centre, certified):
    _, written = certified
    verdict = centre.chen_jing.decides_held(written, "release")
    (receipt,) = centre.huang_li.sends([written])
    assert (receipt.save, receipt.status, receipt.revision) == (written.id, "accepted", verdict.released_revision)


def test_only_who_reviews_opens_a_lock(centre, certified):
    _, written = certified
    assert code(centre.zhou_hui.decides_held(written, "release")) == "not_found"
    assert code(centre.huang_li.decides_held(written, "release")) == "cannot_decide"
    assert held_saves(centre) == [written.id]


def test_a_save_written_on_locked_hours_is_released_by_the_same_right(centre, certified):
    hours, _ = certified
    centre.huang_li.pulls()
    written = centre.huang_li.changes(hours, activity="便民服务日（下午）")
    assert centre.huang_li.pushes() == [held(written, "locked")]
    assert code(centre.chen_jing.decides_held(written, "release")) == "release"


def test_another_reason_does_not_open_a_lock(centre):
    hours = centre.hours()
    centre.chen_jing.pulls()
    written = centre.huang_li.changes(hours, ended_at="08:00")
    centre.chen_jing.decides(hours, "approve")
    assert centre.huang_li.pushes() == [held(written, "hours_past_midnight", "ended_at")]
    assert code(centre.chen_jing.decides_held(written, "release", {"ended_at": "12:00"})) == "locked_after_edit"


@pytest.mark.parametrize("supervisor", ["zhou_hui", "luo_wei"])
def test_what_was_written_after_its_author_lost_the_record_is_let_in_by_either_supervisor(centre, moved, supervisor):
    visit, written = moved
    assert code(centre.phones[supervisor].decides_held(written, "release")) == "release"
    centre.luo_wei.pulls()
    assert centre.luo_wei.sees(visit).observation == "老人说药快吃完了"
    authors = {claim.author for claim in centre.luo_wei.live(visit) if claim.field_key == "observation"}
    assert authors == {"li_min"}
    centre.li_min.pulls()
    assert centre.li_min.verdicts[written.id].verdict == "release"
    kept_words(centre)


def test_a_supervisor_of_neither_team_does_not_know_of_it(centre, moved):
    _, written = moved
    assert code(centre.ma_li.decides_held(written, "release")) == "not_found"


def test_the_other_supervisor_is_told_who_decided(centre, moved):
    _, written = moved
    centre.zhou_hui.decides_held(written, "reject", sentence="已经有人去过了")
    answer = centre.luo_wei.decides_held(written, "release")
    assert (answer.code, answer.details["verdict"], answer.details["by_name"]) == ("already_decided", "reject", "周慧")


def test_an_edit_into_a_record_one_cannot_see_is_refused(centre, moved):
    _, written = moved
    answer = centre.zhou_hui.decides_held(written, "release", {"observation": "别的话"})
    assert code(answer) == "not_permitted"
    assert code(centre.luo_wei.decides_held(written, "release", {"observation": "问过家人"})) == "release"


def test_a_release_with_an_edit_keeps_both_names(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    written = centre.li_min.changes(visit, {**VISITED, "visited_on": "2026-03-11"}, observation="明天的日期写错了")
    assert centre.li_min.pushes() == [held(written, "date_in_future", "visited_on")]
    assert code(centre.zhou_hui.decides_held(written, "release")) == "date_in_future"
    verdict = centre.zhou_hui.decides_held(written, "release", {"visited_on": "2026-03-10"}, "日期改成当天")
    assert verdict.edited == ("visited_on",)
    centre.li_min.pulls()
    assert centre.li_min.sees(visit).visited_on == "2026-03-10"
    authors = {claim.field_key: claim.author for claim in centre.li_min.live(visit)}
    assert (authors["visited_on"], authors["observation"]) == ("zhou_hui", "li_min")
    assert centre.li_min.verdicts[written.id].edited == ("visited_on",)
    kept_words(centre)


def test_what_is_no_longer_wrong_is_released_as_it_is(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    written = centre.li_min.changes(visit, {**VISITED, "visited_on": "2026-03-11"})
    centre.li_min.pushes()
    centre.passes(days=1)
    assert code(centre.zhou_hui.decides_held(written, "release")) == "release"


def test_a_field_of_somebody_else_is_released_by_who_may_change_it(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    written = centre.li_min.changes(visit, assigned_to="zhang_qiang")
    assert centre.li_min.pushes() == [held(written, "field_not_permitted", "assigned_to")]
    assert code(centre.zhou_hui.decides_held(written, "release")) == "release"
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.sees(visit).assigned_to == "zhang_qiang"


def test_a_rejection_needs_a_reason_and_changes_nothing(centre, certified):
    hours, written = certified
    assert code(centre.chen_jing.decides_held(written, "reject")) == "needs_reason"
    assert code(centre.chen_jing.decides_held(written, "reject", sentence=" ")) == "needs_reason"
    assert code(centre.chen_jing.decides_held(written, "reject", sentence="那天十一点半就散了")) == "reject"
    centre.huang_li.pulls()
    assert centre.huang_li.sees(hours).ended_at == "11:30"
    assert centre.huang_li.held == {written.id: written}
    assert centre.huang_li.receipts[written.id].problem.code == "held_rejected"
    kept_words(centre)


def test_an_author_takes_back_what_was_held_and_nobody_else_does(centre, certified):
    _, written = certified
    assert code(centre.chen_jing.decides_held(written, "withdraw")) == "cannot_decide"
    assert code(centre.huang_li.decides_held(written, "withdraw")) == "withdraw"
    assert code(centre.chen_jing.decides_held(written, "release")) == "already_decided"
    centre.huang_li.pulls()
    assert centre.huang_li.receipts[written.id].problem.code == "held_withdrawn"


def test_what_its_author_wrote_anew_is_dealt_with(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    written = centre.li_min.changes(visit, {**VISITED, "visited_on": "2026-03-11"})
    centre.li_min.pushes()
    centre.li_min.changes(visit, VISITED)
    centre.li_min.meets_network()
    answer = centre.zhou_hui.decides_held(written, "release")
    assert (answer.code, answer.details["verdict"]) == ("already_decided", "remade")


def test_the_same_decision_again_gets_the_same_answer(centre, certified):
    _, written = certified
    id = centre.new_id()
    first = centre.chen_jing.decides_held(written, "release", id=id)
    entries = len(centre.log)
    assert centre.chen_jing.decides_held(written, "release", id=id, revision=1) == first
    assert len(centre.log) == entries
    assert code(centre.zhou_hui.decides_held(written, "release", id=id)) == "query_refused"


def test_a_refused_decision_is_refused_again_and_kept(centre, certified):
    _, written = certified
    id = centre.new_id()
    assert code(centre.chen_jing.decides_held(written, "release", revision=1, id=id)) == "revision_moved"
    assert code(centre.chen_jing.decides_held(written, "release", id=id)) == "revision_moved"
    assert centre.log[-1].status == "refused"
    kept_words(centre)


def test_a_record_that_changed_since_it_was_seen_stops_the_release(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    centre.zhou_hui.pulls()
    seen = centre.zhou_hui.base[visit].revision
    written = centre.li_min.changes(visit, {**VISITED, "visited_on": "2026-03-11"})
    centre.li_min.pushes()
    centre.zhou_hui.changes(visit, reason="requested")
    centre.zhou_hui.pushes()
    edit = {"visited_on": "2026-03-10"}
    assert code(centre.zhou_hui.decides_held(written, "release", edit, revision=seen)) == "revision_moved"
    # A rejection does not touch the record.
    assert code(centre.zhou_hui.decides_held(written, "reject", sentence="不对", revision=seen)) == "reject"


def test_a_released_value_that_others_had_not_seen_stands_beside_theirs(centre, certified):
    hours, written = certified
    centre.chen_jing.pulls()
    centre.chen_jing.decides(hours, "return", "散了之后还在吗？")
    centre.chen_jing.pulls()
    centre.chen_jing.changes(hours, ended_at="11:45")
    centre.chen_jing.meets_network()
    assert code(centre.chen_jing.decides_held(written, "release")) == "release"
    centre.chen_jing.pulls()
    assert set(centre.chen_jing.sees(hours).versions["ended_at"]) == {"11:45", "12:00"}


def test_whoever_saw_the_held_value_replaces_what_it_became(centre, certified):
    hours, written = certified
    key = next(c.save_key for c in [*centre.huang_li.live(hours)] if c.field_key == "ended_at")
    centre.chen_jing.decides_held(written, "release")
    centre.huang_li.pulls()
    held_key = save_key(written.save["client"])
    assert key != held_key
    later = centre.huang_li.seals(
        hours, "hour_entry", {"ended_at": "12:15"}, centre.huang_li.base[hours].revision, {"ended_at": [held_key]}
    )
    centre.huang_li.meets_network()
    assert later.id in centre.huang_li.receipts
    assert centre.huang_li.sees(hours).versions == {}
    assert centre.huang_li.sees(hours).ended_at == "12:15"


def test_a_released_first_save_makes_the_record_and_takes_its_followers_along(centre):
    home = centre.home()
    centre.li_min.pulls()
    first = centre.li_min.writes(
        "home_visit", {**VISITED, "household": home, "assigned_to": "li_min", "visited_on": "2026-03-11"}
    )
    follower = centre.li_min.changes(first, observation="后来又补一句")
    wrong = centre.li_min.changes(first, follow_up_on="2026-03-01")
    answers = centre.li_min.pushes()
    assert answers[0] == held(first, "date_in_future", "visited_on")
    assert {answer[2] for answer in answers[1:]} == {"depends_on_held"}
    assert code(centre.zhou_hui.decides_held(follower, "release")) == "depends_on_held"
    assert code(centre.zhou_hui.decides_held(first, "release", {"visited_on": "2026-03-10"})) == "release"
    centre.li_min.pulls()
    assert centre.li_min.sees(first).observation == "后来又补一句"
    assert centre.li_min.verdicts[follower.id].verdict == "release"
    # One that has a fault of its own stays, and says so.
    assert centre.li_min.verdicts[wrong.id].problem.code == "out_of_order"
    assert held_saves(centre) == [wrong.id]
    assert code(centre.zhou_hui.decides_held(wrong, "release", {"follow_up_on": "2026-03-20"})) == "release"
    kept_words(centre)


def test_a_rejected_first_save_sends_its_followers_back_with_it(centre):
    home = centre.home()
    centre.li_min.pulls()
    resident = centre.li_min.writes("resident", {"name": "王", "household": home, "born_on": "2030-01-01"})
    visit = centre.li_min.writes(
        "home_visit", {**VISITED, "household": home, "resident": resident.record, "assigned_to": "li_min"}
    )
    answers = centre.li_min.pushes()
    assert [answer[1] for answer in answers] == ["held", "held"], answers
    assert answers[1] == held(visit, "depends_on_held", "resident")
    assert code(centre.zhou_hui.decides_held(resident, "reject", sentence="这位老人已经登记过")) == "reject"
    centre.li_min.pulls()
    assert centre.li_min.verdicts[visit.id].sentence == "这位老人已经登记过"
    assert held_saves(centre) == []
    kept_words(centre)


def test_what_cannot_be_read_is_only_rejected(centre):
    home = centre.home()
    centre.li_min.pulls()
    written = centre.li_min.writes("home_visit", {**VISITED, "household": home, "assigned_to": "li_min"})
    written.save["signature"] = "AAAA"
    (answer,) = centre.li_min.pushes()
    assert answer[2] == "wrong_signature"
    assert code(centre.zhou_hui.decides_held(written, "release")) == "cannot_release"
    assert code(centre.zhou_hui.decides_held(written, "reject", sentence="请重写一次")) == "reject"


def test_a_save_that_is_not_held_is_not_found(centre):
    visit = centre.visit(centre.home())
    assert code(centre.zhou_hui.decides_held(visit, "release")) == "not_found"
    accepted = next(entry.id for entry in centre.log if entry.status == "accepted")
    assert code(centre.zhou_hui.decides_held(accepted, "release")) == "not_found"


@pytest.mark.parametrize(
    "members",
    [
        {"verdict": "approve"},
        {"id": "x" * 65},
        {"sentence": "言" * 501},
        {"values": {"ended_at": float("nan")}},
        {"values": {f"f{number}": 1 for number in range(65)}},
        {"verdict": "reject", "values": {"ended_at": "12:00"}, "sentence": "不"},
    ],
)
def test_a_decision_in_a_wrong_form_is_refused(centre, certified, members):
    _, written = certified
    given = {"verdict": "release"} | members
    assert code(centre.chen_jing.decides_held(written, **given)) == "query_refused"


def test_two_held_saves_of_one_author_are_decided_one_by_one(centre, certified):
    hours, written = certified
    centre.huang_li.pulls()
    newer = centre.huang_li.changes(hours, ended_at="12:10")
    centre.huang_li.pushes()
    assert held_saves(centre) == [written.id, newer.id]
    assert code(centre.chen_jing.decides_held(written, "release")) == "release"
    assert held_saves(centre) == [newer.id]


def test_the_words_of_somebody_who_has_left_are_still_decided(centre, moved):
    _, written = moved
    centre.sets_roles("li_min")
    assert code(centre.luo_wei.decides_held(written, "release")) == "release"
