"""Who works at a centre: roles, devices, sessions."""

import pytest

from schema.model import Membership
from sync import people
from sync.save import private_key_from, public_point
from sync.times import written
from tests.centre import START


def test_a_person_asks_from_their_own_device_only(centre):
    me = people.person_of(centre.store, "li_min", centre.li_min.device)
    assert (me.name, me.centre, me.device) == ("李敏", "heping", centre.li_min.device)
    assert me.memberships == (Membership("outreach_worker", "heping", "heping_1"),)
    assert people.person_of(centre.store, "li_min", centre.zhou_hui.device) is None
    assert people.person_of(centre.store, "li_min", "no_such_device") is None


def test_a_role_without_a_team_is_in_the_centre_at_large(centre):
    assert centre.huang_li.me().memberships == (Membership("volunteer", "heping", None),)


def test_roles_set_anew_take_the_place_of_the_old(centre):
    centre.sets_roles("li_min", ("outreach_worker", "heping_2"), ("supervisor", "heping_3"))
    assert [(m.role, m.team) for m in centre.li_min.me().memberships] == [
        ("outreach_worker", "heping_2"),
        ("supervisor", "heping_3"),
    ]


def test_the_members_of_a_centre_come_with_their_roles_and_teams_and_nobody_elses(centre):
    found = {member.person: member for member in people.members(centre.store, "heping")}
    assert found["zhou_hui"].roles == ["supervisor"]
    assert found["zhou_hui"].teams == ["heping_1", "heping_2"]
    assert found["huang_li"].teams == []
    assert "sun_lei" not in found
    assert [team.team for team in people.teams(centre.store, "heping")] == ["heping_1", "heping_2", "heping_3"]


def test_a_revoked_device_is_nobodys_and_its_sessions_end(centre):
    people.add_session(centre.store, b"hash", "li_min", centre.li_min.device, centre.now)
    people.revoke_device(centre.store, centre.li_min.device, centre.now)
    assert people.person_of(centre.store, "li_min", centre.li_min.device) is None
    assert people.device_of(centre.store, centre.li_min.device) is None
    assert people.session_of(centre.store, b"hash") is None


def test_whoever_took_a_device_back_first_is_who_took_it_back(centre):
    for by in ("zhou_hui", "chen_jing"):
        people.revoke_device(centre.store, centre.li_min.device, centre.now, by)
        centre.passes(minutes=5)
    kept = centre.store.row("SELECT revoked_at, revoked_by FROM device WHERE device = ?", (centre.li_min.device,))
    assert kept == (written(START), "zhou_hui")


def test_a_session_that_ended_is_not_found(centre):
    people.add_session(centre.store, b"hash", "li_min", centre.li_min.device, centre.now)
    centre.passes(minutes=5)
    people.use_session(centre.store, b"hash", centre.now)
    use = people.session_of(centre.store, b"hash")
    assert (use.person, use.device, use.began_at, use.used_at) == (
        "li_min",
        centre.li_min.device,
        "2026-03-10T02:00:00Z",
        "2026-03-10T02:05:00Z",
    )
    people.end_session(centre.store, b"hash", centre.now)
    assert people.session_of(centre.store, b"hash") is None


def test_a_device_id_is_given_once(centre):
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        people.add_device(
            centre.store, "li_min", public_point(private_key_from(99)), "x", centre.li_min.device, centre.now
        )


def test_names_fall_back_to_ids(centre):
    assert people.name_of(centre.store, "li_min") == "李敏"
    assert people.name_of(centre.store, "gone") == "gone"
    assert people.centre_name(centre.store, "heping") == "和平社区服务中心"
    assert people.centre_name(centre.store, "gone") == "gone"
