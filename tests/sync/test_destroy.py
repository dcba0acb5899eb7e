"""What is destroyed is in no table and no entry any more; what stays is as the log derives it, and all who had it are
told that it is gone."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from schema.model import Problem
from sync import log
from sync.backup import head_of
from sync.destroy import begin, files_gone, keys_to_strike, strike
from sync.destructions import (
    OPEN_DAYS,
    Destruction,
    confirm,
    listed,
    note_done,
    propose,
    propose_for,
    ready,
    refuse,
    shown_of,
    to_be_done,
)
from sync.holds import Hold, lift_hold, set_hold
from sync.kept_back import kept_back
from sync.log import LogBroken, LogHead, check_log
from sync.materialise import rebuild
from tests.centre import VISITED, Centre, Written
from tests.sync.test_confidential import note_of
from tests.sync.test_retention import CLOSED

# Keys lie beside a file; PostgreSQL has none.
pytestmark = pytest.mark.of_sqlite

CANARY = "金丝雀三号的床头话"
LATER = datetime(2031, 4, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def made(centre: Centre) -> tuple[Centre, dict[str, str]]:
    """Two visits of before whose years are over by LATER, one of them with the words; and a home that is kept."""
    home = centre.home()
    old = centre.visit(home, **VISITED | {"observation": CANARY})
    centre.li_min.pulls()
    centre.li_min.changes(old, observation=f"{CANARY}，又说了一遍")
    centre.li_min.meets_network()
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(old, "return", f"{CANARY}？", field="observation")
    other = centre.visit(home, **VISITED)
    new = centre.visit(home, **VISITED | {"visited_on": "2026-03-09", "planned_on": "2026-03-09"})
    return centre, {"home": home, "old": old, "other": other, "new": new}


def agreed(centre: Centre, *kinds: str, by: str = "zhou_hui") -> Destruction:
    """A proposal of one person that the director confirmed, long after everything was written."""
    centre.now = max(centre.now, LATER)
    proposed = propose(
        centre.store, centre.schema, centre.phones[by].me(), centre.new_id(), kinds, "年限已到", centre.now
    )
    assert isinstance(proposed, Destruction), proposed
    found = confirm(centre.store, centre.wu_jianguo.me(), proposed.id, centre.now)
    assert isinstance(found, Destruction) and found.state(centre.now) == "confirmed"
    return found


def destroyed(centre: Centre, *kinds: str) -> Destruction:
    one = agreed(centre, *kinds)
    begin(centre.store, centre.schema, one, centre.now)
    strike(centre.store)
    return note_done(centre.store, one.id, centre.now)


def said(centre: Centre) -> str:
    """All that the log gives and every table keeps."""
    tables = {name: centre.store.rows(f'SELECT * FROM "{name}"') for name in centre.store.tables()}  # noqa: S608
    entries = [(entry.body, dict(entry.facts), str(entry.problem)) for entry in log.entries(centre.store)]
    return repr(tables) + json.dumps(entries, ensure_ascii=False)


def test_nothing_says_any_more_what_was_destroyed_and_everything_else_stays(made):
    centre, names = made
    assert CANARY in said(centre), "the control"
    before = check_log(centre.store)

    found = destroyed(centre, "home_visit")

    assert found.certificate is not None and found.certificate.records == {"home_visit": 3}
    assert CANARY not in said(centre)
    assert rebuild(centre.store, centre.schema) == []
    assert centre.store.rows("SELECT record FROM record") == [(names["home"],)]
    after = check_log(centre.store, before if isinstance(before, LogHead) else None)
    assert isinstance(after, LogHead) and not isinstance(head_of(centre.store, centre.now), LogBroken)
    assert found.certificate.head_after == log.mark_of(centre.store) != found.certificate.head_before
    gone = [entry for entry in log.entries(centre.store) if entry.is_destroyed]
    assert len(gone) == found.certificate.entries == 5 and {entry.body for entry in gone} == {"{}"}


def test_whoever_had_it_is_told_that_it_is_gone_and_keeps_what_they_wrote_since(made):
    centre, names = made
    centre.li_min.pulls()
    assert names["old"] in centre.li_min.base
    late = centre.li_min.changes(names["old"], observation="路上写的")
    destroyed(centre, "home_visit")

    answers = centre.li_min.meets_network()

    assert answers == [(late.id, "held", "record_destroyed", None)]
    assert names["old"] not in centre.li_min.base and names["home"] in centre.li_min.base
    assert late.id in centre.li_min.held
    assert rebuild(centre.store, centre.schema) == []
    # Nobody lets it in again, and nobody who never had it learns that it was there.
    refused = centre.zhou_hui.decides_held(late, "release")
    assert isinstance(refused, Problem) and refused.code == "record_destroyed"
    stranger = centre.he_fang.seals(names["old"], "home_visit", {"note": "x"}, 0, {}, scopes=[])
    assert [answer[1:3] for answer in centre.he_fang.pushes()] == [("retry", "unknown_record")], stranger


def test_a_save_of_before_that_is_sent_again_gets_its_receipt_and_is_not_taken_in(made):
    centre, names = made
    sent = [entry for entry in log.entries(centre.store, names["old"]) if entry.entry == "save"]
    again = {**json.loads(sent[0].body), "signature": sent[0].signature}
    destroyed(centre, "home_visit")
    count = len(centre.log)

    (receipt,) = centre.zhou_hui.sends([Written(again)])

    assert (receipt.save, receipt.status, receipt.revision) == (sent[0].id, "accepted", sent[0].revision)
    assert len(centre.log) == count and CANARY not in said(centre)


def test_it_is_finished_wherever_it_was_cut_off(made):
    centre, names = made
    one = agreed(centre, "home_visit")
    begin(centre.store, centre.schema, one, centre.now)
    assert [left.state(centre.now) for left in to_be_done(centre.store)] == ["begun"]
    # Cut off here nobody is shown it, also after the tables are derived from a log that can still be read.
    assert CANARY in "".join(entry.body for entry in log.entries(centre.store))
    assert rebuild(centre.store, centre.schema) == []
    assert names["old"] not in {record for (record,) in centre.store.rows("SELECT record FROM record")}
    assert len(keys_to_strike(centre.store)) == 5
    assert strike(centre.store) == 5 and strike(centre.store) == 0
    note_done(centre.store, one.id, centre.now)
    assert to_be_done(centre.store) == [] and CANARY not in said(centre)


def test_a_failure_on_the_way_leaves_all_as_it_was(made, monkeypatch):
    centre, _ = made
    one, before = agreed(centre, "home_visit"), said(centre)

    def fails(*_: Any) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("sync.destroy.note_begun", fails)
    with pytest.raises(OSError):
        begin(centre.store, centre.schema, one, centre.now)
    assert said(centre) == before and keys_to_strike(centre.store) == {}


def test_what_is_named_on_hold_or_waits_is_kept_and_goes_once_it_may(made):
    centre, names = made
    centre.now = LATER
    centre.li_min.pulls()
    held = centre.li_min.changes(names["other"], visited_on="2099-01-01")
    centre.li_min.meets_network()
    me, context = centre.zhou_hui.me(), centre.zhou_hui.context
    hold = set_hold(centre.store, centre.schema, me, "h1", names["new"], "法院来函要求保留", LATER, context)
    free = ready(centre.store, centre.schema, "heping", ["home_visit"], LATER)
    assert free == [names["old"]], held
    # A home is due years later, and stays as long as one visit of it does.
    much_later = datetime(2099, 1, 1, tzinfo=UTC)
    assert names["home"] not in ready(centre.store, centre.schema, "heping", ["household"], much_later)
    assert not isinstance(hold, Problem)
    assert not isinstance(lift_hold(centre.store, me, hold.id, "法院已结案", LATER), Problem)
    centre.zhou_hui.decides_held(held, "reject", sentence="写错了日期")
    everything = ready(centre.store, centre.schema, "heping", ["home_visit", "household"], much_later)
    assert set(everything) == set(names.values())


def test_what_is_put_on_hold_after_two_people_agreed_stays_and_is_counted(made):
    centre, names = made
    one, director = agreed(centre, "home_visit"), centre.wu_jianguo
    reason = "法院来函要求保留"
    held = set_hold(
        centre.store, centre.schema, director.me(), "h1", names["other"], reason, centre.now, director.context
    )
    assert isinstance(held, Hold)
    certificate = begin(centre.store, centre.schema, one, centre.now)
    assert (certificate.records, certificate.stayed) == ({"home_visit": 2}, 1)
    stay = {names["home"], names["other"]}
    assert {record for (record,) in centre.store.rows("SELECT record FROM record")} == stay


def test_a_double_that_stays_is_told_that_it_has_none_any_more(made):
    centre, names = made
    centre.zhou_hui.pulls()
    doubles = centre.zhou_hui.base[names["other"]].standing["duplicates"]
    assert doubles == [names["old"]], "the control: two visits to one home on one day"
    me, context = centre.zhou_hui.me(), centre.zhou_hui.context
    held = set_hold(centre.store, centre.schema, me, "h1", names["other"], "投诉还在处理", LATER, context)
    assert isinstance(held, Hold)
    assert destroyed(centre, "home_visit").certificate.records == {"home_visit": 2}
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.base[names["other"]].standing["duplicates"] == []
    assert centre.zhou_hui.base.keys() == {names["other"], names["home"]}
    assert rebuild(centre.store, centre.schema) == []


def test_on_request_goes_all_that_names_somebody_or_nothing(made):
    centre, names = made
    store, schema, asking = centre.store, centre.schema, centre.wu_jianguo.me()
    context = centre.wu_jianguo.context
    found = propose_for(store, schema, asking, "d1", names["home"], "本人要求删除", centre.now, context)
    assert isinstance(found, Destruction)
    assert set(found.records) == set(names.values()) and found.ground == "request"
    set_hold(store, schema, asking, "h1", names["new"], "投诉还在处理", centre.now, context)
    refused = propose_for(store, schema, asking, "d2", names["home"], "本人要求删除", centre.now, context)
    assert isinstance(refused, Problem) and refused.code == "kept_back"
    hours = centre.hours()
    refused = propose_for(store, schema, asking, "d3", hours, "本人要求删除", centre.now, context)
    assert isinstance(refused, Problem) and refused.code == "kept_by_law"


def test_two_people_agree_or_nothing_is_destroyed(made):
    centre, _ = made
    centre.now = LATER
    store, schema, zhou_hui = centre.store, centre.schema, centre.zhou_hui.me()
    refused = [
        propose(store, schema, zhou_hui, "d1", ["home_visit"], "到", LATER),
        propose(store, schema, zhou_hui, "d2", ["case_confidential"], "年限已到", LATER),
        propose(store, schema, zhou_hui, "d3", ["shift"], "年限已到", LATER),
    ]
    codes = ["needs_a_sentence", "not_found", "nothing_to_destroy"]
    assert [one.code for one in refused if isinstance(one, Problem)] == codes
    proposed = propose(store, schema, zhou_hui, "d4", ["home_visit"], "年限已到", LATER)
    assert isinstance(proposed, Destruction)
    assert confirm(store, zhou_hui, "d4", LATER) == Problem("needs_another_person")
    assert confirm(store, centre.ma_li.me(), "d4", LATER) == Problem("not_found"), "of another centre"
    assert to_be_done(store) == []
    centre.passes(days=OPEN_DAYS, minutes=1)
    assert confirm(store, centre.wu_jianguo.me(), "d4", centre.now) == Problem("not_found"), "too old"
    one = agreed(centre, "home_visit")
    assert isinstance(refuse(store, zhou_hui, one.id, centre.now), Destruction)
    assert to_be_done(store) == []


def test_what_was_written_before_the_log_was_sealed_is_kept_back(centre: Centre):
    sealing, centre.store.sealing = centre.store.sealing, None
    home, me = centre.home(), centre.zhou_hui.me()
    refused = propose(centre.store, centre.schema, me, "d1", ["household"], "年限已到", centre.now)
    assert refused == Problem("destroy_not_here")
    centre.store.sealing = sealing
    much_later = datetime(2099, 1, 1, tzinfo=UTC)
    assert kept_back(centre.store, centre.schema, [home]) == {home: "unsealed"}
    refused = propose(centre.store, centre.schema, me, "d1", ["household"], "年限已到", much_later)
    assert refused == Problem("nothing_to_destroy") and list(files_gone(centre.store)) == []


def test_what_is_hidden_goes_with_what_it_names_and_is_in_no_count(centre: Centre):
    centre.li_min.path = centre.zhou_hui.path = "prf"
    named = note_of(centre)
    case = str(named["case"])
    note = centre.li_min.writes("case_confidential", {**named, "content": CANARY})
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted"]
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(case, CLOSED)
    assert [answer[1] for answer in centre.zhou_hui.meets_network()] == ["accepted"]
    centre.now = datetime(2036, 3, 11, tzinfo=UTC)
    context, me = centre.wu_jianguo.context, centre.wu_jianguo.me()
    refused = set_hold(centre.store, centre.schema, me, "h1", note.record, "法院来函要求保留", centre.now, context)
    assert refused == Problem("not_found"), "a list of holds would tell of it"
    one = agreed(centre, "case")
    assert set(one.records) == {case, note.record}
    assert shown_of(centre.store, centre.schema, one) == {"case": 1}
    assert listed(centre.store, centre.schema, "heping", one.id) == [(case, "case")]
    certificate = begin(centre.store, centre.schema, one, centre.now)
    strike(centre.store)
    assert certificate.records == {"case": 1} and certificate.entries == 3
    assert CANARY not in said(centre) and rebuild(centre.store, centre.schema) == []
