"""Whose records change hands while somebody is offline: what left goes, what came back comes whole, and no unsent word
is lost on the way, or kept from those who must decide on it."""

import pytest

from sync import read
from tests.centre import HOURS, VISITED, Centre


def held_words(centre: Centre, *people: str) -> list[list[str]]:
    """For each of these desks, the observations in its list of held saves."""
    shown = [read.held_saves(centre.store, centre.schema, centre.phones[person].me()).items for person in people]
    return [[item.values["observation"] for item in items if "observation" in item.values] for items in shown]


@pytest.fixture
def home(centre):
    return centre.home(phone="13800005521")


@pytest.fixture
def visit(centre, home):
    """Li Min's visit, which she carried out and wrote down offline."""
    planned = centre.visit(home)
    centre.li_min.pulls()
    centre.li_min.changes(planned, VISITED, observation="her words")
    return planned


def test_a_worker_who_changed_teams_offline_delivers_what_is_her_own_and_keeps_nothing_else(centre, home, visit):
    centre.sets_roles("li_min", ("outreach_worker", "heping_3"))
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted"]
    assert set(centre.li_min.base) == {visit}
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.sees(visit).observation == "her words"


def test_a_scope_lost_and_gained_again_is_filled_again_from_its_start(centre, home, visit):
    centre.li_min.meets_network()
    centre.sets_roles("li_min", ("outreach_worker", "heping_3"))
    centre.li_min.pulls()
    assert home not in centre.li_min.base
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(home, care_note="written meanwhile")
    centre.zhou_hui.meets_network()
    centre.sets_roles("li_min", ("outreach_worker", "heping_1"))
    centre.li_min.pulls()
    assert centre.li_min.sees(home).care_note == "written meanwhile"


def test_a_role_taken_away_and_given_back_while_offline_is_as_if_nothing_had_been(centre, home, visit):
    before = dict(centre.li_min.cursors)
    centre.sets_roles("li_min")
    centre.sets_roles("li_min", ("outreach_worker", "heping_1"))
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted"]
    assert {home, visit} <= set(centre.li_min.base) and before.keys() == centre.li_min.cursors.keys()


@pytest.mark.parametrize("is_assigned", [True, False])
def test_the_words_of_somebody_whose_role_has_ended_reach_the_supervisor_of_the_record(centre, home, is_assigned):
    visit = centre.visit(home, "li_min" if is_assigned else "zhang_qiang", observation="planned with care")
    centre.li_min.pulls()
    words = centre.li_min.changes(visit, observation="her words")
    centre.sets_roles("li_min")
    assert [answer[1:3] for answer in centre.li_min.meets_network()] == [("held", "not_permitted")]
    assert centre.li_min.held[words.id].save["set"]["observation"] == "her words"
    assert held_words(centre, "zhou_hui", "luo_wei", "ma_li") == [["her words"], [], []]


def test_what_somebody_begins_after_their_last_role_ended_reaches_the_desk_of_their_centre(centre):
    new = centre.huang_li.writes("hour_entry", {**HOURS, "volunteer": "huang_li", "activity": "her words"})
    centre.sets_roles("huang_li")
    assert [answer[1] for answer in centre.huang_li.pushes()] == ["held"]
    shown = [
        read.held_saves(centre.store, centre.schema, centre.phones[name].me()).items for name in ("chen_jing", "ma_li")
    ]
    assert [[item.save for item in items] for items in shown] == [[new.id], []]


def test_what_was_ones_own_goes_with_the_role_and_comes_back_with_it(centre, home, visit):
    centre.li_min.meets_network()
    assert {home, visit} <= set(centre.li_min.base)
    centre.sets_roles("li_min", ("volunteer", None))
    centre.li_min.pulls()
    assert visit not in centre.li_min.base and home not in centre.li_min.base
    assert read.records(centre.store, centre.schema, centre.li_min.me(), "home_visit").items == []
    centre.sets_roles("li_min", ("outreach_worker", "heping_3"))
    centre.li_min.pulls()
    assert centre.li_min.sees(visit).observation == "her words"


def test_somebody_who_never_had_the_record_reaches_no_desk_with_it(centre, home, visit):
    centre.sun_lei.seals(visit, "home_visit", {"observation": "noise"}, 3, {"observation": ["1a2b3c"]})
    assert [answer[1] for answer in centre.sun_lei.pushes()] in (["held"], ["retry"])
    assert held_words(centre, "zhou_hui", "luo_wei") == [[], []]


def test_an_assignment_that_ended_while_offline_keeps_the_words_for_the_supervisor(centre, home, visit):
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(visit, assigned_to="zhang_qiang")
    centre.zhou_hui.meets_network()
    assert [answer[1:3] for answer in centre.li_min.meets_network()] == [("held", "field_not_permitted")]
    assert held_words(centre, "zhou_hui", "luo_wei") == [["her words"], []]


def test_a_home_and_its_visit_that_went_to_another_team_take_the_words_to_both_supervisors(centre, home, visit):
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(visit, assigned_to="he_fang")
    centre.zhou_hui.meets_network()
    centre.zhou_hui.changes(home, team="heping_3")
    centre.zhou_hui.meets_network()
    assert [answer[1:3] for answer in centre.li_min.meets_network()] == [("held", "out_of_scope")]
    assert visit not in centre.li_min.base and home not in centre.li_min.base
    assert held_words(centre, "zhou_hui", "luo_wei", "ma_li") == [["her words"], ["her words"], []]
