"""Bugs that seeds of the simulation found, each as the shortest story that shows it.

Not here: the simulation.
"""

from schema.model import Problem
from sync.materialise import rebuild
from sync.pull import pull
from sync.record import record_of
from sync.store.opening import open_store
from tests.centre import WORKER, Centre, held


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
