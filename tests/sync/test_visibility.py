"""Who sees and follows which record: each word of reach, for one record and for a list alike."""

import pytest

from sync.people import memberships_of
from sync.record import record_of
from sync.visibility import Paths, decide_at, followers_of, held_scopes, relation_of, seen_by
from tests.centre import HOURS, PEOPLE, VISITED
from tests.sync.test_push import start_case


@pytest.fixture
def world(centre):
    """Records of every kind, in several teams and both centres."""
    case = start_case(centre)
    centre.li_min.writes(
        "case_progress",
        case=case,
        written_on="2026-03-10",
        mode=next(iter(centre.schema.vocabularies["contact_mode"].choices)),
        content="初次面谈",
    )
    centre.li_min.meets_network()
    for team, person in (("heping_1", "zhang_qiang"), ("heping_2", "he_fang")):
        centre.visit(centre.home(team), person, **VISITED)
    centre.home("heping_3")
    centre.home("guanhu_1")
    centre.hours("huang_li")
    centre.hours("deng_jie")
    return centre


def listed(world, person, kinds, verb="list"):
    condition = seen_by(world.schema, person, kinds, verb)
    sql = f"SELECT record FROM record r WHERE {condition.sql}"  # noqa: S608
    return {row[0] for row in world.store.rows(sql, condition.parameters)}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("verb", ["list", "settle", "review"])
def test_a_list_shows_exactly_the_records_that_one_by_one_may_be_seen(world, person, verb):
    me = world.phones[person].me()
    records = [row[0] for row in world.store.rows("SELECT record FROM record")]
    expected = set()
    for name in records:
        found = record_of(world.store, world.schema, name)
        if decide_at(world.schema, me, verb, found.kind, found.place).allowed:
            expected.add(name)
    assert listed(world, me, list(world.schema.kinds), verb) == expected


@pytest.mark.parametrize("person", ["li_min", "zhou_hui", "huang_li", "chen_jing", "luo_wei"])
def test_a_phone_holds_exactly_what_its_person_sees(world, person):
    phone = world.phones[person]
    phone.pulls()
    assert set(phone.base) == listed(world, phone.me(), list(world.schema.kinds))


def test_nobody_of_another_centre_sees_anything(world):
    assert listed(world, world.sun_lei.me(), ["resident", "case", "hour_entry", "home_visit"]) == set()


def test_a_person_without_roles_sees_nothing(centre):
    centre.home()
    centre.sets_roles("li_min")
    assert memberships_of(centre.store, "li_min") == ()
    assert seen_by(centre.schema, centre.li_min.me(), list(centre.schema.kinds)).sql == "FALSE"


def test_a_case_note_belongs_to_the_team_of_the_home_of_its_case_and_to_its_worker_and_author(world):
    note = world.store.value("SELECT record FROM record WHERE kind = 'case_progress'")
    found = record_of(world.store, world.schema, note)
    assert (found.relation.team, found.relation.own) == ("heping_1", {"li_min"})


def test_a_path_that_leads_nowhere_gives_no_team(centre):
    kind = centre.schema.kinds["home_visit"]
    assert relation_of(Paths(centre.store), centre.schema, kind, {}, "li_min").team is None
    assert relation_of(Paths(centre.store), centre.schema, kind, {"household": "nowhere"}, "li_min").team is None


def test_the_records_that_follow_a_home_are_found_from_the_declarations(centre):
    kinds = centre.schema.kinds
    assert {(f.kind, f.fields) for f in followers_of(centre.schema, kinds["household"], "team")} == {
        ("resident", ("household",)),
        ("home_visit", ("household",)),
        ("visit_request", ("household",)),
        ("case", ("household",)),
        ("case_progress", ("case", "household")),
        ("referral", ("case", "household")),
        ("follow_up", ("household",)),
        ("consent", ("resident", "household")),
    }
    assert {f.kind for f in followers_of(centre.schema, kinds["case"], "worker")} == {"case_progress", "referral"}
    assert {f.kind for f in followers_of(centre.schema, kinds["case"], "household")} == {"case_progress", "referral"}
    assert followers_of(centre.schema, kinds["household"], "phone") == ()


def test_a_held_save_is_shown_to_its_author_and_to_who_answers_for_the_record_or_the_author(centre):
    kind = centre.schema.kinds["home_visit"]
    found = held_scopes(centre.schema, centre.li_min.me(), kind, "heping", "heping_2")
    assert found == ["person:li_min", "team:heping_1:supervisor", "team:heping_2:supervisor"]
    unknown = held_scopes(centre.schema, centre.huang_li.me(), None, None, None)
    # Though a supervisor sees any incident of the centre: nobody knows whether it was one. The director stands in where
    # a coordinator may not certify.
    assert unknown == ["centre:heping:director", "centre:heping:volunteer_coordinator", "person:huang_li"]


def test_hours_written_by_the_coordinator_belong_to_the_volunteer(centre):
    written = centre.chen_jing.writes("hour_entry", {**HOURS, "volunteer": "huang_li"})
    centre.chen_jing.meets_network()
    assert record_of(centre.store, centre.schema, written.record).relation.own == {"huang_li"}
