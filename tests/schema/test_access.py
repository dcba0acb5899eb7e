"""The permission matrix of a centre: every role, every kind, every verb, inside and outside of its reach.

Not here: how a record's team and own persons are found (sync).
"""

import pytest

from schema.access import may, may_move, scopes_of_person, scopes_of_record
from schema.load import load_schema
from schema.model import Membership, Person

SCHEMA = load_schema()
VERBS = ("see", "create", "edit", "settle", "review")

# Who may do what: S see, C create, E edit, T settle, R review; and how far: o own, t team, c centre, several added up.
MATRIX = {
    "household": {
        "outreach_worker": "St Ct Et",
        "supervisor": "St Ct Et Tt",
        "window_clerk": "Sc Cc",
        "director": "Sc Cc Ec",
    },
    "resident": {"outreach_worker": "St Ct Et", "supervisor": "St Ct Et Tt", "director": "Sc Cc Ec"},
    "home_visit": {"outreach_worker": "Sot Ct Eo", "supervisor": "St Ct Et Tt Rt", "director": "Sc"},
    "case": {"outreach_worker": "So Co Eo", "supervisor": "St Ct Et Tt", "director": "Sc"},
    "case_progress": {"outreach_worker": "So Co Eo", "supervisor": "St Ct Tt Rt", "director": "Sc"},
    "shift": {"volunteer": "So Eo", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc"},
    "hour_entry": {"volunteer": "So Co Eo", "volunteer_coordinator": "Sc Cc Ec Tc Rc", "director": "Sc"},
}
LETTERS = dict(zip("SCETR", VERBS, strict=True)) | {"o": "own", "t": "team", "c": "centre"}


def person(role: str, team: str | None = "heping_1", centre: str = "heping", name: str = "li_min") -> Person:
    return Person(name, "李敏", centre, (Membership(role, centre, team),), "phone-1")


def reaches_of(kind: str, role: str, verb: str) -> set[str]:
    """How far the matrix goes; empty for no permission."""
    pairs = {LETTERS[entry[0]]: {LETTERS[reach] for reach in entry[1:]} for entry in MATRIX[kind].get(role, "").split()}
    return pairs.get(verb, set())


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", SCHEMA.roles)
@pytest.mark.parametrize("kind", SCHEMA.kinds)
def test_a_role_reaches_exactly_as_far_as_the_matrix_says(kind: str, role: str, verb: str):
    who, reaches, declared = person(role), reaches_of(kind, role, verb), SCHEMA.kinds[kind]

    def allowed(centre: str, team: str | None, own: set[str]) -> bool:
        return may(SCHEMA, who, verb, declared, centre, team, own)

    assert allowed("heping", "heping_2", set()) == ("centre" in reaches)
    assert allowed("heping", "heping_1", set()) == bool({"centre", "team"} & reaches)
    assert allowed("heping", "heping_2", {"li_min"}) == bool({"centre", "own"} & reaches)
    assert allowed("heping", None, {"zhang_qiang"}) == ("centre" in reaches)
    # Another centre is out of reach, whatever the record says of its team and its people.
    assert not allowed("guanhu", "heping_1", {"li_min"})


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", SCHEMA.kinds)
def test_a_person_without_a_membership_may_nothing(kind: str, verb: str):
    nobody = Person("li_min", "李敏", "heping", (), "phone-1")

    assert not may(SCHEMA, nobody, verb, SCHEMA.kinds[kind], "heping", "heping_1", {"li_min"})


def edits(
    role: str, kind: str, field: str, creating: bool = False, own: frozenset[str] = frozenset({"li_min"})
) -> bool:
    return may(SCHEMA, person(role), "edit", SCHEMA.kinds[kind], "heping", "heping_1", own, field, creating)


def test_the_team_of_a_home_is_changed_by_those_above_the_team_after_it_was_created():
    assert edits("outreach_worker", "household", "phone")
    assert not edits("outreach_worker", "household", "team")
    assert edits("outreach_worker", "household", "team", creating=True)
    assert edits("supervisor", "household", "team")
    assert edits("director", "household", "team")


def test_the_case_of_a_note_is_never_changed():
    assert edits("outreach_worker", "case_progress", "case", creating=True)
    assert not any(edits(role, "case_progress", "case") for role in SCHEMA.roles)


def test_a_supervisor_adds_to_a_note_that_is_not_hers_to_change():
    assert not edits("supervisor", "case_progress", "content")
    assert edits("supervisor", "case_progress", "remarks.a1b2c3d4")


def test_a_volunteer_signs_in_and_changes_nothing_else_of_the_shift():
    writable = [name for name in SCHEMA.kinds["shift"].fields if edits("volunteer", "shift", name)]

    assert writable == ["signed_in_at", "signed_out_at", "note"]


def test_who_may_not_create_may_not_write_a_first_save():
    assert not edits("volunteer", "shift", "note", creating=True)
    assert not may(SCHEMA, person("volunteer"), "create", SCHEMA.kinds["shift"], "heping", None, {"li_min"}, "note")


def test_a_field_nobody_declared_is_nobody_s_to_change():
    assert not edits("director", "household", "gold")


def moves(role: str, origin: str, to: str, team: str = "heping_1", own: frozenset[str] = frozenset({"li_min"})) -> bool:
    return may_move(SCHEMA, person(role), SCHEMA.kinds["case"], [origin], to, "heping", team, own)


def test_a_case_goes_into_service_by_the_supervisor_only():
    assert moves("outreach_worker", "intake", "assessed")
    assert not moves("outreach_worker", "assessed", "in_service")
    assert moves("supervisor", "assessed", "in_service")
    assert not moves("supervisor", "assessed", "in_service", team="heping_2")
    assert not moves("director", "assessed", "in_service")


def test_a_worker_moves_only_cases_of_their_own():
    assert not moves("outreach_worker", "intake", "assessed", own=frozenset({"zhang_qiang"}))


def test_staying_is_no_step_and_a_step_that_is_not_declared_is_nobody_s():
    assert moves("director", "closed", "closed")
    assert not moves("supervisor", "closed", "in_service")
    assert not may_move(SCHEMA, person("supervisor"), SCHEMA.kinds["shift"], ["a"], "b", "heping", None, set())


def test_a_device_keeps_its_person_first_then_the_teams_then_the_centre():
    zhou_hui = Person(
        "zhou_hui",
        "周慧",
        "heping",
        (Membership("supervisor", "heping", "heping_1"), Membership("supervisor", "heping", "heping_2")),
        "desk-1",
    )

    assert scopes_of_person(SCHEMA, zhou_hui) == [
        "person:zhou_hui",
        "team:heping_1:supervisor",
        "team:heping_2:supervisor",
        "centre:heping:supervisor",
    ]


@pytest.mark.parametrize("role", ["director", "window_clerk"])
def test_roles_that_read_at_the_desk_keep_no_copies(role: str):
    assert scopes_of_person(SCHEMA, person(role, team=None)) == ["person:li_min"]


def test_a_record_is_fed_to_whoever_may_see_it():
    visit, shift, case = (SCHEMA.kinds[name] for name in ("home_visit", "shift", "case"))

    assert scopes_of_record(SCHEMA, visit, "heping", "heping_1", {"li_min"}) == {
        "person:li_min",
        "team:heping_1:outreach_worker",
        "team:heping_1:supervisor",
        "centre:heping:director",
    }
    assert scopes_of_record(SCHEMA, shift, "heping", None, {"huang_li"}) == {
        "person:huang_li",
        "centre:heping:volunteer_coordinator",
        "centre:heping:director",
    }
    assert scopes_of_record(SCHEMA, case, "heping", None, {"li_min"}) == {"person:li_min", "centre:heping:director"}


@pytest.mark.parametrize("kind", SCHEMA.kinds)
@pytest.mark.parametrize("role", [role.name for role in SCHEMA.roles.values() if role.replicates])
def test_what_a_device_is_fed_is_what_its_person_may_see(kind: str, role: str):
    who, declared = person(role), SCHEMA.kinds[kind]
    for centre, teams in (("heping", (None, "heping_1", "heping_2")), ("guanhu", (None, "guanhu_1"))):
        for team in teams:
            for own in (set(), {"li_min"}, {"zhang_qiang"}):
                fed = scopes_of_record(SCHEMA, declared, centre, team, own) & set(scopes_of_person(SCHEMA, who))
                if may(SCHEMA, who, "see", declared, centre, team, own):
                    assert fed
                # A person keeps what is their own even after moving to another role or centre; nothing else slips in.
                elif fed:
                    assert fed == {"person:li_min"}
