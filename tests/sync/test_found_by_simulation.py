"""Bugs that seeds of the simulation found, each as the shortest story that shows it.

Not here: the simulation.
"""

from schema.model import Problem
from sync import read
from sync.materialise import rebuild
from sync.pull import pull
from sync.record import record_of
from sync.store.opening import open_store
from tests.centre import HOURS, WORKER, Centre, held


def test_a_save_that_a_stranger_sent_first_is_still_its_authors(centre):
    home = centre.home()
    centre.li_min.pulls()
    phoned = centre.li_min.changes(home, phone="13800005521")
    centre.zhang_qiang.sends([phoned])
    assert centre.li_min.meets_network() == [(phoned.id, "accepted")]
    assert centre.li_min.sees(home).phone == "13800005521"


def test_a_rebuild_keeps_the_name_under_which_a_save_was_logged(centre):
    home = centre.home()
    centre.li_min.pulls()
    phoned = centre.li_min.changes(home, phone="13800005521")
    centre.zhang_qiang.sends([phoned])
    centre.li_min.meets_network()
    assert rebuild(centre.store, centre.schema) == []


def test_a_copy_put_back_behind_news_is_noticed_by_the_next_pull(tmp_path):
    centre = Centre(tmp_path / "centre.sqlite3")
    home = centre.home()
    centre.li_min.pulls()
    centre.zhang_qiang.pulls()
    centre.store.execute("VACUUM INTO ?", (str(tmp_path / "copy.sqlite3"),))
    centre.zhang_qiang.changes(home, phone="13800005521")
    centre.zhang_qiang.pushes()
    assert centre.li_min.takes_news()
    centre.store.close()
    centre.store = open_store(tmp_path / "copy.sqlite3", keys_of=tmp_path / "centre.sqlite3")
    # The copy goes another way, past what the news had told.
    for room in ("601", "602"):
        centre.home(room=room)
    li_min = centre.li_min
    found = pull(centre.store, centre.schema, li_min.me(), li_min.cursors, None, centre.now, li_min.mark)
    assert found == Problem("cursor_ahead", details={"mark": li_min.mark})
    centre.store.close()


def test_work_about_a_home_of_a_former_team_is_held_at_the_field_that_names_it(centre):
    home = centre.home()
    resident = centre.resident(home)
    centre.li_min.pulls()
    opened = centre.li_min.writes(
        "case",
        {
            "resident": resident,
            "household": home,
            "worker": "li_min",
            "category": "elderly_care",
            "opened_on": "2026-03-01",
            "presenting_problem": "独居",
        },
    )
    centre.sets_roles("li_min", (WORKER, "heping_2"))
    assert centre.li_min.pushes() == [held(opened, "not_permitted", "resident")]


def test_a_visit_sent_with_the_move_of_the_home_that_its_home_is_goes_to_the_new_team(centre):
    old, kept = centre.home("heping_1"), centre.home("heping_2")
    centre.zhou_hui.pulls()
    centre.zhou_hui.says_of_double(kept, old, "same")
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(kept, team="heping_1")
    visit = centre.zhou_hui.writes(
        "home_visit", {"household": old, "assigned_to": "li_min", "planned_on": "2026-03-10"}
    )
    centre.zhou_hui.pushes()
    assert record_of(centre.store, centre.schema, visit.record).relation.team == "heping_1"
    assert rebuild(centre.store, centre.schema) == []


def test_words_held_from_one_phone_are_not_dealt_with_by_what_its_person_writes_on_another(centre):
    hours = centre.hours(break_minutes=0)
    other = centre.new_phone("huang_li")
    for phone in (centre.chen_jing, other):
        phone.pulls()
    centre.chen_jing.decides(hours, "approve")
    longer = other.changes(hours, break_minutes=10)
    assert other.pushes() == [held(longer, "locked_after_edit")]
    centre.chen_jing.pulls()
    centre.chen_jing.decides(hours, "return", "请说明")
    # Her first phone knows nothing of it.
    centre.huang_li.changes(hours, break_minutes=20)
    centre.huang_li.meets_network()
    items = read.held_saves(centre.store, centre.schema, centre.chen_jing.me()).items
    assert [item.save for item in items] == [longer.id]
    assert rebuild(centre.store, centre.schema) == []


def test_hours_of_a_shift_that_two_phones_wrote_are_let_in_after_they_were_certified(centre):
    shift = {"volunteer": "huang_li", "activity": "便民服务日", "shift_on": "2026-03-09"}
    planned = centre.chen_jing.writes("shift", {**shift, "starts_at": "09:00", "ends_at": "11:00"}).record
    centre.chen_jing.meets_network()
    other = centre.new_phone("huang_li")
    entry = f"{planned[:14]}8{planned[15:]}"
    hours = {**HOURS, "volunteer": "huang_li", "shift": planned, "worked_on": "2026-03-09", "started_at": "09:00"}
    late = None
    for phone, ended_at in ((centre.huang_li, "11:00"), (other, "11:30")):
        phone.pulls()
        late = phone.seals(entry, "hour_entry", {**hours, "ended_at": ended_at}, base=0, replaces={}, scopes=[])
    centre.huang_li.meets_network()
    centre.chen_jing.pulls()
    assert not isinstance(centre.chen_jing.decides(entry, "approve"), Problem)
    assert other.pushes() == [held(late, "locked_after_edit")]
    assert not isinstance(centre.chen_jing.decides_held(late, "release"), Problem)
    centre.chen_jing.pulls()
    assert sorted(centre.chen_jing.sees(entry).versions["ended_at"]) == ["11:00", "11:30"]
    assert centre.chen_jing.sees(entry).review == "changed"
