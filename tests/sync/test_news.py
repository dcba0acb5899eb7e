"""News: a device that had everything is told the few fields that changed, and comes to what a pull would give it."""

import hashlib
import json

from sync import limits
from sync.log import MARK_DIGITS_MIN
from sync.news import news, sum_of
from sync.record import record_of
from tests.centre import VISITED


def asked(phone, at=None):
    """What the centre answers this phone, before it keeps anything."""
    return news(phone.centre.store, phone.centre.schema, phone.me(), at or phone.at, phone.centre.now)


def rows_of(found):
    return json.loads(found.text)


def whole(centre, record):
    """The live claims of a record at the centre, by name."""
    claims = record_of(centre.store, centre.schema, record).claims
    return {(claim.field_key, claim.save_key): (claim.value, claim.made_at, claim.author) for claim in claims}


def held(phone, record):
    return {(c.field_key, c.save_key): (c.value, c.made_at, c.author) for c in phone.base[record].claims}


def test_a_phone_that_has_everything_is_told_nothing_in_a_few_bytes(centre):
    centre.home()
    centre.li_min.pulls()
    found = asked(centre.li_min)
    assert (found.text, found.at) == (b"[]", centre.li_min.at)


def test_only_the_fields_that_changed_travel_and_the_record_comes_out_whole(centre):
    home = centre.home()
    visit = centre.visit(home, "li_min", **VISITED)
    for phone in (centre.li_min, centre.zhou_hui):
        phone.pulls()
    centre.li_min.changes(visit, observation="药快吃完了")
    centre.li_min.pushes()
    ((record, kind, _, standing, saves, sum),) = rows_of(asked(centre.zhou_hui))
    assert (record, kind, [set for *_, set in saves]) == (visit, "home_visit", [{"observation": "药快吃完了"}])
    assert standing == record_of(centre.store, centre.schema, visit).standing()
    assert sum == sum_of(whole(centre, visit))
    assert centre.zhou_hui.takes_news()
    assert held(centre.zhou_hui, visit) == whole(centre, visit)


def test_the_sum_is_over_the_names_of_claims_in_their_order():
    # Worked out by hand: a phone of another build must come to the same.
    named = b"care_note:z3\nphone:1z141z3\nphone:7"
    claims = [("phone", "7"), ("care_note", "z3"), ("phone", "1z141z3")]
    assert sum_of(claims) == hashlib.sha256(named).hexdigest()[:12] == "e819e48414a0"


def test_versions_of_people_who_did_not_know_of_each_other_all_come(centre):
    visit = centre.visit(centre.home(), "li_min", **VISITED)
    for phone in (centre.li_min, centre.zhou_hui, centre.zhang_qiang):
        phone.pulls()
    for phone, words in ((centre.li_min, "好"), (centre.zhou_hui, "不好")):
        phone.changes(visit, observation=words)
        phone.pushes()
    assert centre.zhang_qiang.takes_news()
    assert sorted(centre.zhang_qiang.sees(visit).versions["observation"]) == sorted(["好", "不好"])
    assert held(centre.zhang_qiang, visit) == whole(centre, visit)


def test_a_new_record_and_a_decision_alone_are_told_too(centre):
    home = centre.home()
    visit = centre.visit(home, "li_min", **VISITED)
    for phone in (centre.li_min, centre.zhou_hui):
        phone.pulls()
    centre.zhou_hui.decides(visit, "approve")
    other = centre.home()
    told = {row[0]: row for row in rows_of(asked(centre.li_min))}
    assert len(told[other]) == 5 and told[other][4]
    assert told[visit][4] == [] and told[visit][3]["review"]["state"] == "approved"
    assert centre.li_min.takes_news()
    assert centre.li_min.sees(visit).review == "approved"
    assert held(centre.li_min, other) == whole(centre, other)


def test_what_left_a_persons_sight_is_told_by_a_pull(centre):
    home = centre.home("heping_1")
    centre.li_min.pulls()
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(home, team="heping_2")
    centre.zhou_hui.pushes()
    assert asked(centre.li_min) is None
    centre.li_min.pulls()
    assert home not in centre.li_min.base


def test_a_verdict_on_a_held_save_is_told_by_a_pull(centre):
    home = centre.home()
    centre.li_min.pulls()
    wrong = centre.li_min.writes("home_visit", household=home, assigned_to="li_min", visited_on="2099-01-01")
    centre.li_min.pushes()
    assert wrong.id in centre.li_min.held
    centre.li_min.takes_news()
    centre.zhou_hui.decides_held(wrong, "reject", sentence="日期不对")
    assert asked(centre.li_min) is None
    centre.li_min.pulls()
    assert centre.li_min.verdicts[wrong.id].verdict == "reject"


def test_another_role_another_epoch_and_another_log_are_told_by_a_pull(centre):
    centre.home()
    centre.li_min.pulls()
    at = centre.li_min.at
    head, mark, circumstances = at.split("/")
    other_log = f"{mark[:-1]}{'0' if mark[-1] != '0' else '1'}"
    assert asked(centre.li_min, f"{head}/{other_log}/{circumstances}") is None
    assert asked(centre.li_min, f"{head}/{mark[:-MARK_DIGITS_MIN]}/{circumstances}") is None
    assert asked(centre.li_min, f"{int(head) + 1}/{mark}/{circumstances}") is None
    assert asked(centre.zhou_hui, at) is None
    centre.store.execute("UPDATE setting SET value = 'another' WHERE name = 'epoch'")
    assert asked(centre.li_min) is None


def test_a_moment_that_is_none_is_answered_by_nothing(centre):
    for at in ("", "0", "1/2/3", "１/1-0123456789ab/01234567", "1/1-0123456789ab/01234567\n"):
        assert asked(centre.li_min, at or "-") is None


def test_more_than_a_small_answer_holds_is_told_by_a_pull(centre):
    centre.li_min.pulls()
    centre.home()
    centre.li_min.pulls()
    homes = [centre.home() for _ in range(limits.NEWS_RECORDS_MAX)]
    assert {row[0] for row in rows_of(asked(centre.li_min))} == set(homes)
    centre.home()
    assert asked(centre.li_min) is None


def test_a_phone_that_may_not_carry_everything_has_no_moment_to_ask_from(centre):
    centre.store.execute("INSERT INTO setting VALUES ('phone_records_max', '3')")
    for _ in range(5):
        centre.home()
    centre.li_min.pulls()
    assert centre.li_min.at is None
