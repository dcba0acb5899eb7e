"""An act that is not this person's is refused before its question runs. Not here: the table itself (tests/schema)."""

from dataclasses import replace

import pytest

from schema.access import UNTOLD
from schema.load import load_schema
from schema.model import Person
from server.auth.keys import Keys
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.rights import require
from server.operations.metrics import Metrics
from sync import people
from tests.server.http_world import HttpWorld


def refused(asking: Asking, act: str) -> str | None:
    try:
        require(asking, act)
    except Refusal as refusal:
        return refusal.problem.code
    return None


def test_an_act_is_refused_by_role_and_then_until_its_person_has_shown_who_they_are(world: HttpWorld):
    store = world.opened()
    asked = {}
    for name in ("huang_li", "chen_jing"):
        person = Person(name, name, "heping", people.memberships_of(store, name))
        asked[name] = Asking(person, world.now, UNTOLD, load_schema(), store, Metrics(), Keys(b"", b""))
    volunteer, coordinator = asked.values()
    fresh = replace(UNTOLD, path="key", verified_at=world.now, now=world.now)

    assert refused(volunteer, "members.manage") == "not_allowed"
    assert refused(replace(volunteer, context=fresh), "members.manage") == "not_allowed"
    assert refused(coordinator, "members.manage") == "step_up_required"
    assert refused(replace(coordinator, context=fresh), "members.manage") is None
    assert refused(volunteer, "self") is None
    store.close()


@pytest.mark.parametrize("person", ["huang_li", "li_min", "wu_jianguo"])
def test_everybody_may_ask_who_they_are_and_who_works_here(world: HttpWorld, person: str):
    found = world.signs_in(person).finds("{ me { person } members { person } }")

    assert found["me"]["person"] == person
    assert person in {member["person"] for member in found["members"]}
