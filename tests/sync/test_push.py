"""What becomes of a save: accepted, held with its reason, or sent again. Push steps 1 to 10 of the protocol."""

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from schema.model import Claim, Problem
from sync import limits, log, received
from sync import push as push_module
from sync.materialise import rebuild
from sync.packed import joined, packed_saves
from sync.push import push, refusal_of
from sync.record import record_of, write_record
from sync.save import save_key, sealed
from tests.centre import VISITED, Centre, Phone, Written, base36, held, retry, told
from tests.sync.places import PowerCut, open_fragile


def test_a_visit_dated_tomorrow_is_held_and_its_words_stay(centre):
    visit = centre.li_min.changes(start_visit(centre), VISITED, visited_on="2026-03-11")
    assert centre.li_min.pushes() == [held(visit, "date_in_future", "visited_on")]
    assert centre.li_min.held[visit.id].save["set"]["visited_on"] == "2026-03-11"
    assert [entry.status for entry in centre.log][-1] == "held"


def test_a_visit_of_today_is_accepted_and_seen_by_colleague_and_supervisor(centre):
    visit = centre.li_min.changes(start_visit(centre), VISITED)
    assert centre.li_min.pushes() == [(visit.id, "accepted")]
    for phone in (centre.zhang_qiang, centre.zhou_hui):
        phone.pulls()
        assert phone.sees(visit).outcome == "met_person"
    for phone in (centre.he_fang, centre.sun_lei, centre.ma_li, centre.huang_li):
        phone.pulls()
        assert phone.sees(visit) is None


def test_a_phone_clock_ten_minutes_ahead_does_not_make_today_the_future(centre):
    shift = start_shift(centre)
    centre.huang_li.changes(shift, signed_in_at="2026-03-10T02:10:00Z")
    assert [answer[1] for answer in centre.huang_li.meets_network()] == ["accepted"]
    late = centre.huang_li.changes(shift, signed_out_at="2026-03-10T02:10:01Z")
    assert centre.huang_li.pushes() == [held(late, "date_in_future", "signed_out_at")]


def test_what_day_it_is_the_phones_own_clock_does_not_say(centre):
    visit = start_visit(centre)
    centre.li_min.clock_ahead = timedelta(days=3652)
    early = centre.li_min.changes(visit, VISITED, visited_on="2026-03-11")
    assert centre.li_min.pushes() == [held(early, "date_in_future", "visited_on")]


# 1. Known id


def test_the_same_save_again_gets_the_same_receipt_and_changes_nothing(centre):
    visit = centre.li_min.changes(start_visit(centre), VISITED)
    first = centre.li_min.sends([visit])
    before = len(centre.log)
    assert centre.li_min.sends([visit, visit]) == first * 2
    assert len(centre.log) == before


def test_a_held_save_again_gets_its_reason_again(centre):
    visit = centre.li_min.changes(start_visit(centre), VISITED, visited_on="2026-03-11")
    first = centre.li_min.sends([visit])
    centre.passes(days=2)
    assert centre.li_min.sends([visit]) == first


@pytest.mark.parametrize("day", ["2026-03-10", "2026-03-11"])
def test_other_words_under_a_known_id_are_kept_beside_the_first_and_do_not_get_its_receipt(centre, day):
    first = centre.li_min.changes(start_visit(centre), VISITED, visited_on=day)
    receipt = centre.li_min.sends([first])[0]
    words = {name: first.save[name] for name in first.save if name not in ("signature", "replaces")}
    other = Written(sealed({**words, "set": {"observation": "other words"}, "replaces": {}}, centre.li_min.key))
    before = len(centre.log)
    assert [told(answer) for answer in centre.li_min.sends([other, other])] == [held(other, "id_reused")] * 2
    assert len(centre.log) == before + 1
    kept = centre.log[-1]
    assert json.loads(kept.body)["set"] == {"observation": "other words"}
    assert centre.li_min.sends([first]) == [receipt], "the first is told what it was told"
    assert (
        sealed(words | {"replaces": first.save["replaces"]}, centre.li_min.key)["signature"] != first.save["signature"]
    )
    again = Written(sealed(words | {"replaces": first.save["replaces"]}, centre.li_min.key))
    assert centre.li_min.sends([again]) == [receipt], "another signature over the same words is the same save"
    centre.zhou_hui.pulls()
    assert "observation" not in centre.zhou_hui.sees(first).values
    assert rebuild(centre.store, centre.schema) == []


def test_another_persons_id_tells_nothing_of_their_save(centre, database):
    home = centre.home()
    visit = centre.li_min.changes(start_visit(centre, home), VISITED)
    centre.li_min.pushes()
    centre.sun_lei.seals(visit.record, "home_visit", VISITED, 0, {}, id=visit.id, client=visit.save["client"])
    answer = centre.sun_lei.pushes()
    if database == "postgres":
        # Centres that are kept apart know nothing of each other's records, as if they were still on their way.
        assert answer == [(visit.id, "retry", "unknown_record", None)]
        return
    assert answer == [(visit.id, "held", "client_reused", None)]
    assert centre.sun_lei.sends([centre.sun_lei.held[visit.id]])[0].status == "held"


# 2. Client number


def test_a_client_number_used_before_on_the_record_is_held(centre):
    visit = start_visit(centre)
    first = centre.li_min.changes(visit, arrived_at="10:30")
    second = centre.li_min.seals(visit, "home_visit", {"left_at": "10:50"}, 0, {}, client=first.save["client"])
    assert centre.li_min.pushes() == [(first.id, "accepted"), held(second, "client_reused")]


# 3. Shape, limits, signature


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"made_at": "yesterday"}, "malformed"),
        ({"client": 0}, "malformed"),
        ({"client": 2**32}, "malformed"),
        ({"client": True}, "malformed"),
        ({"device_sequence": -1}, "malformed"),
        ({"set": {}}, "malformed"),
        ({"set": {"observation": 2**60}}, "malformed"),
        ({"set": {"observation": "\ud800"}}, "malformed"),
        ({"replaces": {"outcome": ["a"]}}, "malformed"),
        ({"replaces": {"observation": ["NOT A KEY"]}}, "malformed"),
        ({"author": "zhou_hui"}, "malformed"),
        ({"set": {"observation": [[[[1]]]]}}, "wrong_type"),
        ({"set": {"observation": [[[[[1]]]]]}}, "too_deep"),
        ({"set": {"observation": "x" * (limits.STRING_CHARACTERS_MAX + 1)}}, "text_too_long"),
        ({"set": {f"remarks.row{n:05d}": {"text": "x"} for n in range(limits.SAVE_FIELDS_MAX + 1)}}, "too_many_fields"),
        ({"set": {f"remarks.row{n:05d}": {"text": "x" * 2000} for n in range(32)}}, None),
        ({"set": {f"remarks.row{n:05d}": {"text": "x" * 2000} for n in range(33)}}, "save_too_large"),
    ],
)
def test_a_save_in_a_wrong_shape_or_beyond_a_limit_is_held_by_name(centre, members, code):
    visit = start_visit(centre)
    good = {"record": visit, "kind": "home_visit", "set": {"observation": "x"}, "replaces": {}, **members}
    written = unsigned(centre, good)
    answers = [told(receipt) for receipt in centre.li_min.sends([written])]
    assert [answer[1:3] for answer in answers] == [("accepted",) if code is None else ("held", code)]


@pytest.mark.parametrize("raw", [None, 7, "save", [], {}, {"id": "x"}, {"id": None, "set": {"a": float("nan")}}])
def test_what_is_no_save_at_all_is_kept_and_answered(centre, raw):
    before = len(centre.log)
    receipts = push(centre.store, centre.schema, centre.li_min.me(), [raw, raw], centre.now)
    assert [told(receipt) for receipt in receipts] == [("", "held", "malformed", None)] * 2
    assert len(centre.log) == before + 1


def test_a_save_changed_after_it_was_signed_is_held(centre):
    visit = centre.li_min.changes(start_visit(centre), VISITED)
    forged = {**visit.save, "set": {**visit.save["set"], "outcome": "no_answer"}}
    receipts = push(centre.store, centre.schema, centre.li_min.me(), [forged], centre.now)
    assert [receipt.problem for receipt in receipts] == [Problem("wrong_signature")]


@pytest.mark.parametrize("signature", ["\ud800", "a\0b"])
def test_a_signature_that_no_store_can_keep_is_held_with_the_whole_save(centre, signature):
    visit = centre.li_min.writes("home_visit", household=centre.home(), assigned_to="li_min")
    (receipt,) = push(
        centre.store, centre.schema, centre.li_min.me(), [{**visit.save, "signature": signature}], centre.now
    )
    assert receipt.problem == Problem("malformed", details={"member": "signature"})
    assert json.loads(log.entry_of(centre.store, visit.id).body)["signature"] == signature


def test_of_many_saves_only_those_changed_after_they_were_signed_are_held(centre):
    count = received.MANY + 9
    saves = [centre.zhou_hui.writes("household", new_home(str(room))).save for room in range(count)]
    changed = {0, count // 2, count - 2, count - 1}
    for number in changed:
        saves[number] = {**saves[number], "set": {**saves[number]["set"], "room": "999"}}
    receipts = push(centre.store, centre.schema, centre.zhou_hui.me(), saves, centre.now)
    assert [receipt.status == "held" for receipt in receipts] == [number in changed for number in range(len(saves))]
    assert {receipt.problem.code for receipt in receipts if receipt.problem} == {"wrong_signature"}


def new_home(room):
    return {"estate": "和平里", "building": "3", "unit": "2", "room": room, "team": "heping_1"}


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64 at all", "A" * 86 + "==", "é"])
def test_a_signature_that_is_none_is_held(centre, signature):
    visit = centre.li_min.changes(start_visit(centre), VISITED)
    receipts = push(
        centre.store, centre.schema, centre.li_min.me(), [{**visit.save, "signature": signature}], centre.now
    )
    assert receipts[0].problem == Problem("wrong_signature")


def test_a_save_signed_by_a_colleagues_phone_is_held(centre):
    visit = start_visit(centre)
    written = centre.zhang_qiang.seals(visit, "home_visit", {"observation": "x"}, 0, {})
    assert [told(receipt) for receipt in centre.li_min.sends([written])] == [held(written, "wrong_signature")]


# 4. Unknown record


def test_a_change_of_a_record_still_on_its_way_is_sent_again(centre):
    centre.home()
    written = centre.li_min.seals(centre.new_id(), "home_visit", {"arrived_at": "10:30"}, 1, {"arrived_at": ["abc"]})
    assert centre.li_min.pushes() == [retry(written, "unknown_record")]
    assert len(centre.log) == 1, "only the home"


def test_a_change_of_a_record_whose_creation_is_held_waits_with_it_and_then_goes_through(centre):
    home = centre.home()
    visit = centre.li_min.writes("home_visit", VISITED, household=home, assigned_to="li_min", visited_on="2026-03-11")
    note = centre.li_min.changes(visit, observation="精神不错")
    assert centre.li_min.pushes() == [held(visit, "date_in_future", "visited_on"), held(note, "depends_on_held")]
    again = centre.li_min.seals(visit.record, "home_visit", {**visit.save["set"], "visited_on": "2026-03-10"}, 0, {})
    more = centre.li_min.changes(visit.record, observation="精神不错")
    assert centre.li_min.pushes() == [(again.id, "accepted"), (more.id, "accepted")]


def test_a_follower_waits_when_the_first_save_must_come_again(centre):
    visit = centre.li_min.writes("home_visit", household=centre.new_id(), assigned_to="li_min")
    note = centre.li_min.changes(visit, observation="x")
    assert centre.li_min.pushes() == [retry(visit, "unknown_record", "household"), retry(note, "unknown_record")]
    assert centre.log == []


def test_what_follows_a_first_save_on_its_way_is_never_taken_for_the_first(centre):
    centre.zhou_hui.meets_network()
    visit = centre.li_min.writes("home_visit", household=centre.home(), assigned_to="li_min")
    # It replaces nothing and was written on no base, as the first save of a record would be.
    note = centre.li_min.seals(visit.record, "home_visit", {"observation": "x"}, 0, {})
    assert [told(receipt) for receipt in centre.li_min.sends([note])] == [retry(note, "unknown_record")]
    assert [told(receipt) for receipt in centre.li_min.sends([visit, note])] == [
        (visit.id, "accepted"),
        (note.id, "accepted"),
    ]


def test_a_first_save_without_scopes_must_bring_what_is_required(centre):
    home = centre.home()
    whole = centre.li_min.seals(centre.new_id(), "home_visit", {"household": home, "assigned_to": "li_min"}, 0, {})
    part = centre.li_min.seals(centre.new_id(), "home_visit", {"household": home}, 0, {})
    assert centre.li_min.pushes() == [(whole.id, "accepted"), retry(part, "unknown_record")]


def test_a_first_save_goes_through_behind_a_follower_that_came_too_early(centre):
    home = centre.home()
    visit = centre.li_min.writes("home_visit", household=home, assigned_to="li_min")
    note = centre.li_min.changes(visit, assigned_to="li_min", observation="x")
    assert [told(receipt) for receipt in centre.li_min.sends([note, visit, note])] == [
        retry(note, "unknown_record"),
        (visit.id, "accepted"),
        (note.id, "held", "field_not_permitted", "assigned_to"),
    ]


def test_a_record_in_a_home_whose_creation_is_held_depends_on_it(centre):
    home = centre.li_min.writes("household", estate="和平里", building="1", room="101", team="heping_2")
    person = centre.li_min.writes("resident", name="王秀兰", household=home.record)
    assert centre.li_min.pushes() == [held(home, "not_permitted"), held(person, "depends_on_held", "household")]


@pytest.mark.parametrize("person", ["he_fang", "sun_lei", "huang_li", "wu_jianguo"])
def test_whoever_may_not_create_a_record_here_is_told_so(centre, person, database):
    home = centre.home()
    phone = centre.phones[person]
    visit = phone.writes("home_visit", household=home, assigned_to="li_min")
    # In a centre that is kept apart nobody knows this home.
    is_apart = database == "postgres" and person == "sun_lei"
    expected = ("retry", "unknown_record") if is_apart else ("held", "not_permitted")
    assert [answer[1:3] for answer in phone.pushes()] == [expected]
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.sees(visit) is None


def test_a_new_record_without_the_home_that_leads_to_its_team_lacks_the_home(centre):
    visit = centre.li_min.writes("home_visit", assigned_to="li_min")
    assert centre.li_min.pushes() == [held(visit, "missing", "household")]


# 5. Version


def test_a_save_of_a_newer_declaration_waits_for_the_server(centre):
    newer = centre.schema.kinds["home_visit"].version + 1
    written = centre.li_min.seals(start_visit(centre), "home_visit", {"arrived_at": "10:30"}, 0, {}, schema=newer)
    assert centre.li_min.pushes() == [retry(written, "schema_newer")]


def test_a_save_of_a_declaration_too_old_asks_for_an_update(centre):
    written = centre.li_min.seals(start_visit(centre), "home_visit", {"arrived_at": "10:30"}, 0, {}, schema=0)
    assert [told(r)[1:3] for r in centre.li_min.sends([written])] == [("upgrade_required", "app_too_old")]
    assert centre.log[-1].id != written.id


def test_what_an_old_app_had_sealed_is_taken_when_the_new_one_has_sealed_it_anew_and_what_follows_it_too(centre):
    visit = start_visit(centre)
    first = centre.li_min.seals(visit, "home_visit", {"arrived_at": "10:30"}, 0, {}, schema=0)
    follows = {"arrived_at": [save_key(first.save["client"])]}
    second = centre.li_min.seals(visit, "home_visit", {"arrived_at": "10:40"}, 0, follows, schema=0)
    assert [answer[1] for answer in centre.li_min.pushes()] == ["upgrade_required", "upgrade_required"]
    anew = []
    for written in (first, second):
        words = {name: value for name, value in written.save.items() if name != "signature"} | {"schema": 1}
        anew.append(Written(sealed(words, centre.li_min.key)))
    assert [told(receipt) for receipt in centre.li_min.sends(anew)] == [(first.id, "accepted"), (second.id, "accepted")]
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.sees(visit).arrived_at == "10:40"


# 6. Fields, values, permission, rules


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"weather": "rain"}, "unknown_field", "weather"),
        ({"outcome": "flew_away"}, "unknown_choice", "outcome"),
        ({"services.singing": True}, "unknown_choice", "services.singing"),
        ({"planned_on": "tomorrow"}, "wrong_type", "planned_on"),
        ({"arrived_at": "10:30", "left_at": "10:30"}, "out_of_order", "left_at"),
        ({"observation": "x" * 4001}, "text_too_long", "observation"),
        ({"visited_on": "2026-03-10"}, "missing", "outcome"),
        ({**VISITED, "condition": "follow_up"}, "missing", "follow_up_on"),
    ],
)
def test_a_value_that_is_not_allowed_is_held_at_its_field(centre, values, code, field):
    written = centre.li_min.changes(start_visit(centre), values)
    assert centre.li_min.pushes() == [held(written, code, field)]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"minutes": 90}, "derived_field", "minutes"),
        ({"break_minutes": 481}, "out_of_range", "break_minutes"),
        ({"break_minutes": 150}, "break_too_long", "break_minutes"),
        ({"provenance": "added_later"}, "missing", "late_reason"),
    ],
)
def test_hours_that_do_not_add_up_are_held(centre, values, code, field):
    written = centre.huang_li.changes(centre.hours(), values)
    assert centre.huang_li.pushes() == [held(written, code, field)]


def test_a_name_of_one_character_is_too_short(centre):
    written = centre.zhou_hui.changes(centre.resident(centre.home()), name="王")
    assert centre.zhou_hui.pushes() == [held(written, "text_too_short", "name")]


def test_a_sixth_goal_is_one_too_many(centre):
    case = start_case(centre)
    five = centre.li_min.changes(case, {f"goals.goal000{n}": {"text": "x"} for n in range(5)})
    sixth = centre.li_min.changes(case, {"goals.goal0009": {"text": "x"}})
    assert centre.li_min.pushes() == [(five.id, "accepted"), held(sixth, "too_many_rows", "goals")]


def test_a_kind_nobody_declared_is_held(centre):
    written = centre.li_min.seals(centre.new_id(), "dragon", {"teeth": 1}, 0, {})
    assert centre.li_min.pushes() == [held(written, "unknown_kind")]


def test_a_remark_once_written_is_not_rewritten(centre):
    visit = start_visit(centre)
    first = centre.li_min.changes(visit, {"remarks.row00001": {"text": "一早去的"}})
    again = centre.li_min.changes(visit, {"remarks.row00001": {"text": "下午去的"}})
    gone = centre.li_min.changes(visit, {"remarks.row00001": None})
    assert centre.li_min.pushes() == [
        (first.id, "accepted"),
        held(again, "append_only", "remarks.row00001"),
        held(gone, "append_only", "remarks.row00001"),
    ]


def test_a_colleague_may_see_a_visit_but_not_change_it(centre):
    visit = start_visit(centre)
    centre.zhang_qiang.pulls()
    written = centre.zhang_qiang.changes(visit, observation="x")
    # That she came along she may say of it, and nothing else.
    assert centre.zhang_qiang.pushes() == [held(written, "field_not_permitted", "observation")]


def test_a_visit_is_given_to_somebody_else_by_the_supervisor_only(centre):
    visit = start_visit(centre)
    refused = centre.li_min.changes(visit, assigned_to="zhang_qiang")
    assert centre.li_min.pushes() == [held(refused, "field_not_permitted", "assigned_to")]
    centre.zhou_hui.changes(visit, assigned_to="zhang_qiang")
    assert [answer[1] for answer in centre.zhou_hui.pushes()] == ["accepted"]


@pytest.mark.parametrize("person", ["huang_li", "sun_lei", "nobody"])
def test_a_visit_is_given_to_nobody_who_does_not_visit(centre, person):
    written = centre.zhou_hui.changes(start_visit(centre), assigned_to=person)
    assert centre.zhou_hui.pushes() == [held(written, "unknown_choice", "assigned_to")]


@pytest.mark.parametrize("team", ["guanhu_1", "no_such_team"])
def test_a_home_is_not_moved_to_a_team_of_another_centre(centre, team):
    written = centre.zhou_hui.changes(centre.home(), team=team)
    assert centre.zhou_hui.pushes() == [held(written, "unknown_choice", "team")]


def test_a_reference_to_a_record_out_of_sight_is_not_permitted(centre):
    foreign = centre.resident_of_other_team = centre.home("heping_3")
    written = centre.li_min.writes("resident", name="王秀兰", household=foreign)
    assert centre.li_min.pushes() == [held(written, "not_permitted", "household")]


def test_a_reference_to_a_record_of_another_kind_is_of_a_wrong_type(centre):
    home = centre.home()
    centre.li_min.pulls()
    written = centre.li_min.writes("home_visit", household=home, resident=home, assigned_to="li_min")
    assert centre.li_min.pushes() == [held(written, "wrong_type", "resident")]


def test_a_reference_to_a_record_not_yet_here_waits_for_it(centre):
    written = centre.li_min.writes("resident", name="王秀兰", household=centre.new_id())
    assert centre.li_min.pushes() == [retry(written, "unknown_record", "household")]


def test_a_save_of_another_kind_than_its_record_is_malformed(centre):
    home = centre.home()
    written = centre.li_min.seals(home, "resident", {"name": "王秀兰"}, 0, {})
    assert centre.li_min.pushes() == [held(written, "malformed")]


def test_a_record_moved_to_another_team_keeps_the_words_of_who_was_offline(centre):
    home = centre.home()
    visit = centre.visit(home)
    centre.li_min.pulls()
    centre.zhou_hui.changes(home, team="heping_2")
    centre.zhou_hui.meets_network()
    written = centre.li_min.changes(home, care_note="有狗")
    seen = centre.li_min.writes("home_visit", household=home, assigned_to="li_min")
    assert centre.li_min.meets_network() == [
        held(written, "out_of_scope"),
        held(seen, "out_of_scope", "household"),
    ]
    assert centre.li_min.sees(home) is None
    assert visit not in centre.li_min.base or centre.li_min.sees(visit).standing["team"] == "heping_2"


def test_a_field_invalid_before_does_not_hold_a_save_that_leaves_it_alone(centre):
    visit = start_visit(centre)
    centre.zhou_hui.pulls()
    # Each is valid alone; together she left before she arrived.
    centre.zhou_hui.changes(visit, arrived_at="10:30")
    centre.zhou_hui.pushes()
    late = centre.li_min.changes(visit, left_at="10:00")
    assert centre.li_min.pushes() == [held(late, "out_of_order", "left_at")]
    make_invalid(centre, visit)
    fine = centre.li_min.changes(visit, observation="精神不错")
    still = centre.li_min.changes(visit, left_at="10:05")
    assert centre.li_min.pushes() == [(fine.id, "accepted"), held(still, "out_of_order", "left_at")]


def make_invalid(centre: Centre, visit: str) -> None:
    """As if the declaration had become stricter: the record is invalid without anybody's present doing."""
    found = record_of(centre.store, centre.schema, visit)
    claims = [*found.claims, Claim("left_at", "zzz", "10:00", "0000000000001-0000", "x")]
    found.content = centre.store.compressed(joined(packed_saves(claims), found.state))
    write_record(centre.store, found)


def test_the_author_of_a_case_moves_it_along_and_the_supervisor_takes_it_into_service(centre):
    case = start_case(centre)
    skips = centre.li_min.changes(case, stage="closing")
    assert centre.li_min.meets_network() == [held(skips, "illegal_move", "stage")]
    centre.li_min.changes(case, stage="assessed")
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted"]
    alone = centre.li_min.changes(case, stage="in_service")
    assert centre.li_min.meets_network() == [held(alone, "field_not_permitted", "stage")]
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(case, stage="in_service")
    assert [answer[1] for answer in centre.zhou_hui.pushes()] == ["accepted"]


def test_two_steps_taken_apart_both_stand_until_somebody_chooses(centre):
    case = start_case(centre)
    centre.li_min.changes(case, stage="assessed")
    centre.li_min.meets_network()
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(case, stage="in_service")
    centre.zhou_hui.meets_network()
    centre.li_min.pulls()
    # Each goes on from what they saw: in service.
    centre.li_min.changes(case, stage="suspended")
    centre.zhou_hui.changes(case, stage="closing", close_reason=first_code(centre, "close_reason"), outcome_summary="x")
    assert [answer[1] for answer in (*centre.li_min.meets_network(), *centre.zhou_hui.meets_network())] == [
        "accepted"
    ] * 2
    assert sorted(centre.zhou_hui.sees(case).versions["stage"]) == ["closing", "suspended"]


# 7. Lock


def test_hours_changed_after_they_were_certified_are_held_by_who_knew_and_who_could_not(centre):
    hours = centre.hours()
    other = centre.new_phone("huang_li")
    other.pulls()
    centre.chen_jing.pulls()
    assert centre.chen_jing.decides(hours, "approve")["locked_at"]
    unaware = other.changes(hours, break_minutes=10)
    assert other.pushes() == [held(unaware, "locked_after_edit")]
    centre.huang_li.pulls()
    aware = centre.huang_li.changes(hours, break_minutes=20)
    assert centre.huang_li.pushes() == [held(aware, "locked")]


# 8. replaces


def test_a_change_on_top_of_one_still_on_its_way_waits(centre):
    visit = start_visit(centre)
    written = centre.li_min.seals(visit, "home_visit", {"observation": "x"}, 0, {"observation": ["zzzzz"]})
    assert centre.li_min.pushes() == [retry(written, "unknown_replaces", "observation")]


def test_what_a_held_save_had_replaced_is_replaced_by_the_save_that_follows_it(centre):
    visit = start_visit(centre)
    centre.li_min.changes(visit, observation="一")
    centre.li_min.meets_network()
    first = centre.li_min.changes(visit, observation="二", planned_on="no date")
    second = centre.li_min.changes(visit, observation="三", planned_on="no date")
    third = centre.li_min.changes(visit, observation="四")
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["held", "held", "accepted"]
    assert third.save["replaces"] != first.save["replaces"] != second.save["replaces"]
    seen = centre.li_min.sees(visit)
    assert (seen.observation, seen.versions) == ("四", {})


def test_a_save_that_could_not_be_read_vouches_for_nothing_and_two_versions_stand(centre):
    visit = start_visit(centre)
    centre.li_min.changes(visit, observation="一")
    centre.li_min.meets_network()
    broken = centre.li_min.changes(visit, observation="二")
    centre.li_min.changes(visit, observation="三")
    forged = {**broken.save, "signature": "A" * 86 + "=="}
    centre.li_min.outbox[0] = type(broken)(forged)
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["held", "accepted"]
    assert sorted(centre.li_min.sees(visit).versions["observation"]) == ["一", "三"]


def test_replacing_a_claim_of_another_field_is_malformed(centre):
    visit = start_visit(centre)
    first = centre.li_min.changes(visit, arrived_at="10:30")
    key = centre.li_min.live(visit)[-1].save_key
    second = centre.li_min.seals(visit, "home_visit", {"observation": "x"}, 0, {"observation": [key]})
    assert centre.li_min.pushes() == [(first.id, "accepted"), held(second, "malformed", "observation")]


# 9, 10. What follows


def test_changes_of_different_fields_merge_and_changes_of_one_field_both_stand(centre):
    home = centre.home()
    person = centre.resident(home, risk_level="low")
    for phone in (centre.li_min, centre.zhang_qiang):
        phone.pulls()
    centre.li_min.changes(person, risk_level="high")
    centre.zhang_qiang.changes(person, risk_level="medium")
    centre.zhang_qiang.changes(home, phone="13800005521")
    for phone in (centre.zhang_qiang, centre.li_min, centre.zhang_qiang, centre.zhou_hui):
        phone.meets_network()
    for phone in (centre.li_min, centre.zhang_qiang, centre.zhou_hui):
        assert sorted(phone.sees(person).versions["risk_level"]) == ["high", "medium"]
        assert phone.sees(person).risk_level == "high"
        assert phone.sees(home).phone == "13800005521"


def test_one_bad_save_does_not_delay_the_others(centre):
    visit = start_visit(centre)
    good = centre.li_min.changes(visit, arrived_at="10:30")
    bad = centre.li_min.changes(visit, weather="rain")
    after = centre.li_min.changes(visit, left_at="10:50")
    assert centre.li_min.pushes() == [
        (good.id, "accepted"),
        held(bad, "unknown_field", "weather"),
        (after.id, "accepted"),
    ]


def test_a_push_beyond_its_bounds_is_refused_as_a_whole():
    assert refusal_of([{}] * limits.PUSH_SAVES_MAX, limits.PUSH_BYTES_MAX) is None
    assert refusal_of([{}] * (limits.PUSH_SAVES_MAX + 1)).code == "too_many_saves"
    assert refusal_of([], limits.PUSH_BYTES_MAX + 1).code == "request_too_large"


def test_a_revoked_phone_has_no_say_any_more(centre):
    from sync.people import revoke_device

    visit = start_visit(centre)
    me = centre.li_min.me()
    written = centre.li_min.changes(visit, arrived_at="10:30")
    revoke_device(centre.store, centre.li_min.device, centre.now)
    receipts = push(centre.store, centre.schema, me, [written.save], centre.now)
    assert receipts[0].problem == Problem("wrong_signature")


# What our own code fails at


class Panic(BaseException):
    """What the engine raises when it gives up: no Exception."""

    __module__ = "pyo3_runtime"


@pytest.mark.parametrize("error", [ValueError("王秀兰"), Panic("王秀兰"), RecursionError(), OverflowError()])
def test_a_save_that_our_own_code_fails_at_is_held_alone_and_told_to_us(centre, monkeypatch, error):
    visit = start_visit(centre)
    before = centre.li_min.changes(visit, arrived_at="10:30")
    bad = centre.li_min.changes(visit, observation="摔了一跤")
    after = centre.li_min.changes(visit, left_at="10:50")
    with failing_at(monkeypatch, "observation", error):
        seen: list[BaseException] = []
        receipts = centre.li_min.sends([before, bad, after], failed=seen.append)
    assert [told(receipt) for receipt in receipts] == [
        (before.id, "accepted"),
        held(bad, "not_judged"),
        (after.id, "accepted"),
    ]
    assert seen == [error, error]
    assert "摔了一跤" in centre.log[-2].body
    assert centre.li_min.sends([bad]) == [receipts[1]]
    assert rebuild(centre.store, centre.schema) == []
    centre.li_min.hears(receipts)
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides_held(bad, "release").verdict == "release"
    centre.li_min.pulls()
    assert (centre.li_min.sees(visit).observation, centre.li_min.sees(visit).left_at) == ("摔了一跤", "10:50")


def test_what_follows_a_first_save_that_our_own_code_fails_at_waits_with_it(centre, monkeypatch):
    home = centre.home()
    first = centre.li_min.writes("home_visit", household=home, assigned_to="li_min", observation="x")
    note = centre.li_min.changes(first, arrived_at="10:30")
    other = centre.li_min.writes("home_visit", household=home, assigned_to="li_min")
    with failing_at(monkeypatch, "observation", ZeroDivisionError()):
        receipts = centre.li_min.sends([first, note, other], failed=lambda error: None)
    assert [told(receipt) for receipt in receipts] == [
        held(first, "not_judged"),
        held(note, "depends_on_held"),
        (other.id, "accepted"),
    ]


def test_a_save_that_cannot_even_be_read_here_is_kept_as_it_came(centre, monkeypatch):
    bad, fine = (centre.li_min.writes("home_visit", household=centre.home(), assigned_to="li_min") for _ in range(2))
    honest = received.read_save

    def read_save(raw: Any) -> Any:
        if raw["id"] == bad.id:
            raise ZeroDivisionError
        return honest(raw)

    monkeypatch.setattr(received, "read_save", read_save)
    receipts = centre.li_min.sends([bad, fine], failed=lambda error: None)
    assert [told(receipt) for receipt in receipts] == [held(bad, "malformed"), (fine.id, "accepted")]
    assert bad.save["signature"] in next(entry.body for entry in centre.log if entry.id == bad.id)


def test_a_full_disk_is_no_fault_of_a_save_and_ends_the_push(centre, monkeypatch):
    written = centre.li_min.changes(start_visit(centre), observation="x")
    before = everything(centre)
    seen: list[BaseException] = []
    with failing_at(monkeypatch, "observation", OSError(errno.ENOSPC, "full")), pytest.raises(OSError, match="full"):
        centre.li_min.sends([written], failed=seen.append)
    assert (seen, everything(centre)) == ([], before)


def test_a_centre_that_fails_at_every_save_holds_none_of_them(centre, monkeypatch):
    visit = start_visit(centre)
    written = [centre.li_min.changes(visit, observation=text) for text in ("一", "二")]
    before = everything(centre)
    with failing_at(monkeypatch, "observation", ZeroDivisionError()), pytest.raises(ZeroDivisionError):
        centre.li_min.sends(written, failed=lambda error: None)
    assert everything(centre) == before
    assert [receipt.status for receipt in centre.li_min.sends(written)] == ["accepted"] * 2


def test_where_nobody_is_told_what_our_own_code_raises_ends_the_push(centre, monkeypatch):
    written = centre.li_min.changes(start_visit(centre), observation="x")
    before = everything(centre)
    with failing_at(monkeypatch, "observation", ZeroDivisionError()), pytest.raises(ZeroDivisionError):
        centre.li_min.sends([written])
    assert everything(centre) == before


@contextmanager
def failing_at(monkeypatch: pytest.MonkeyPatch, field_key: str, error: BaseException) -> Iterator[None]:
    """Our own code fails at every save that writes this field, after most of it was written."""
    honest = push_module.accept

    def accept(store: Any, schema: Any, admitted: Any) -> int:
        revision = honest(store, schema, admitted)
        if field_key in admitted.accepted.values:
            raise error
        return revision

    with monkeypatch.context() as patch:
        patch.setattr(push_module, "accept", accept)
        yield


# Waiting


def test_a_save_that_nobody_can_bring_the_earlier_one_of_is_held_with_its_words_after_two_weeks(centre):
    visit = start_visit(centre)
    written = centre.li_min.seals(visit, "home_visit", {"observation": "摔了一跤"}, 0, {"observation": ["zzzzz"]})
    waits = retry(written, "unknown_replaces", "observation")
    assert centre.li_min.pushes() == [waits]
    centre.passes(days=limits.WAITING_DAYS_MAX, seconds=-1)
    assert centre.li_min.pushes() == [waits]
    centre.passes(seconds=1)
    assert centre.li_min.pushes() == [held(written, "earlier_missing", "observation")]
    assert "摔了一跤" in centre.log[-1].body
    assert centre.store.value("SELECT count(*) FROM waiting") == 0


def test_what_was_held_for_an_earlier_one_that_is_missing_is_let_in_beside_what_stands(centre):
    visit = start_visit(centre)
    centre.li_min.changes(visit, observation="好")
    centre.li_min.meets_network()
    written = centre.li_min.seals(visit, "home_visit", {"observation": "摔了一跤"}, 0, {"observation": ["zzzzz"]})
    assert waits_in_vain(centre, centre.li_min) == [held(written, "earlier_missing", "observation")]
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides_held(written, "release").verdict == "release"
    centre.zhou_hui.pulls()
    assert sorted(centre.zhou_hui.sees(visit).versions["observation"]) == ["好", "摔了一跤"]
    assert rebuild(centre.store, centre.schema) == []


def test_what_follows_a_save_whose_earlier_one_is_missing_does_not_wait_for_it_again(centre):
    visit = start_visit(centre)
    written = centre.li_min.seals(visit, "home_visit", {"observation": "摔了一跤"}, 0, {"observation": ["zzzzz"]})
    waits_in_vain(centre, centre.li_min)
    seen = [base36(written.save["client"])]
    follows = centre.li_min.seals(visit, "home_visit", {"observation": "扶起来了"}, 0, {"observation": seen})
    assert centre.li_min.pushes() == [(follows.id, "accepted")]
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.sees(visit).observation == "扶起来了"


def test_what_follows_a_first_save_that_never_comes_is_held_and_the_supervisor_reads_it(centre):
    centre.home()
    record = centre.new_id()
    written = centre.li_min.seals(record, "home_visit", {"observation": "摔了一跤"}, 1, {})
    assert waits_in_vain(centre, centre.li_min) == [held(written, "earlier_missing")]
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides_held(written, "reject", sentence="请重新登记").verdict == "reject"


def test_what_follows_a_save_that_waits_itself_is_not_missing_it(centre):
    centre.home()
    record = centre.new_id()
    newer = centre.schema.kinds["home_visit"].version + 1
    first = centre.li_min.seals(record, "home_visit", {"observation": "摔了一跤"}, 0, {}, schema=newer, scopes=[])
    follows = centre.li_min.seals(record, "home_visit", {"observation": "扶起来了"}, 0, {}, schema=newer - 1)
    for days in (0, limits.WAITING_DAYS_MAX, limits.WAITING_DAYS_MAX):
        centre.passes(days=days)
        assert centre.li_min.pushes() == [retry(first, "schema_newer"), retry(follows, "unknown_record")]


def test_a_save_whose_earlier_one_comes_waits_no_more(centre):
    home = centre.home()
    visit = centre.li_min.writes("home_visit", household=home, assigned_to="li_min")
    note = centre.li_min.seals(visit.record, "home_visit", {"observation": "x"}, 0, {})
    assert [told(receipt)[1] for receipt in centre.li_min.sends([note, visit, note])] == [
        "retry",
        "accepted",
        "accepted",
    ]
    assert centre.store.value("SELECT count(*) FROM waiting") == 0


def waits_in_vain(centre: Centre, phone: Phone) -> list[Any]:
    """The answers after a phone has sent its outbox for two weeks."""
    assert [answer[1] for answer in phone.pushes()] == ["retry"]
    centre.passes(days=limits.WAITING_DAYS_MAX)
    return phone.pushes()


def start_visit(centre: Centre, home: str | None = None) -> str:
    """A planned visit of Li Min's that her phone has."""
    visit = centre.visit(home or centre.home())
    centre.li_min.pulls()
    return visit


def start_shift(centre: Centre) -> str:
    """A shift of Huang Li's that her phone has."""
    written = centre.chen_jing.writes(
        "shift",
        volunteer="huang_li",
        activity="便民服务日",
        shift_on="2026-03-10",
        starts_at="09:00",
        ends_at="11:30",
    )
    assert centre.chen_jing.pushes() == [(written.id, "accepted")]
    centre.huang_li.pulls()
    return written.record


def start_case(centre: Centre) -> str:
    """A case of Li Min's."""
    home = centre.home()
    person = centre.resident(home)
    centre.li_min.pulls()
    case = centre.li_min.writes(
        "case",
        resident=person,
        household=home,
        worker="li_min",
        category=first_code(centre, "case_category"),
        opened_on="2026-03-01",
        presenting_problem="独居，最近摔过一次",
    )
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted"]
    return case.record


def first_code(centre: Centre, vocabulary: str) -> str:
    return next(iter(centre.schema.vocabularies[vocabulary].choices))


def unsigned(centre: Centre, members: dict) -> "object":
    """A save with odd members, signed where it can be."""
    whole = {
        "id": centre.new_id(),
        "schema": 1,
        "device_sequence": 1,
        "client": 4242,
        "base": 0,
        "made_at": "1700000000000-0000",
        **members,
    }
    try:
        return Written(sealed(whole, centre.li_min.key))
    except ValueError:
        return Written({**whole, "signature": "A" * 86 + "=="})


def test_a_number_with_an_empty_fraction_is_kept_as_the_whole_number(centre):
    hours = centre.hours(break_minutes=10.0)
    centre.huang_li.pulls()
    assert repr(centre.huang_li.sees(hours).break_minutes) == "10"


def test_a_push_that_fails_at_any_statement_leaves_nothing_and_goes_through_when_sent_again():
    centre = Centre(store=open_fragile)
    visit = start_visit(centre)
    for statements in range(200):
        wrong = centre.li_min.changes(visit, VISITED, visited_on="2026-03-11")
        fine = centre.li_min.changes(visit, observation=f"第{statements}次")
        before = everything(centre)
        centre.store.statements_left = statements
        try:
            centre.li_min.pushes()
        except PowerCut:
            assert everything(centre) == before
        else:
            break
        finally:
            centre.store.statements_left = None
        assert centre.li_min.pushes() == [held(wrong, "date_in_future", "visited_on"), (fine.id, "accepted")]
        centre.li_min.pulls()
    else:
        pytest.fail("a push never came to its end")
    assert statements > 5
    assert rebuild(centre.store, centre.schema) == []
    centre.store.close()


def everything(centre: Centre) -> dict[str, list]:
    names = ["log", "record", "feed", "held", "home_visit", "counter", "conflict"]
    return {name: centre.store.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in names}  # noqa: S608
