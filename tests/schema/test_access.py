"""The permission matrix of a centre: every role, every kind, every verb, inside and outside of its reach.

Not here: how a record's team and own persons are found (sync).
"""

from datetime import UTC, datetime, timedelta

import pytest

from schema.access import Context, decide, scopes_of_person, scopes_of_record
from schema.load import load_schema
from schema.model import Membership, Person
from tests.permission_table import MATRIX

SCHEMA = load_schema()
NOON = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)
# A phone that keeps what it opens sealed, and whose person has just shown that it is they.
SEALED = Context("prf", NOON, NOON)
VERBS = ("read", "create", "change", "settle", "review")

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
        return decide(SCHEMA, who, verb, declared, centre=centre, team=team, own=own, context=SEALED).allowed

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

    declared = SCHEMA.kinds[kind]
    assert not decide(SCHEMA, nobody, verb, declared, centre="heping", team="heping_1", own={"li_min"}).allowed


def edits(
    role: str, kind: str, field: str, creating: bool = False, own: frozenset[str] = frozenset({"li_min"})
) -> bool:
    declared, at = SCHEMA.kinds[kind], {"centre": "heping", "team": "heping_1"}
    return decide(SCHEMA, person(role), "change", declared, **at, own=own, field=field, creating=creating).allowed


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


def test_a_volunteer_signs_in_offers_or_calls_off_and_changes_nothing_else_of_the_shift():
    writable = [name for name in SCHEMA.kinds["shift"].fields if edits("volunteer", "shift", name)]

    assert writable == [
        *("offered_to", "signed_in_at", "signed_out_at", "phone_in_at", "phone_out_at", "said_code", "note"),
        *("state", "called_off_because"),
    ]


def test_who_may_not_create_may_not_write_a_first_save():
    assert not edits("volunteer", "shift", "note", creating=True)
    shift, own = SCHEMA.kinds["shift"], {"li_min"}
    assert not decide(SCHEMA, person("volunteer"), "create", shift, centre="heping", own=own, field="note").allowed


def test_a_field_nobody_declared_is_nobody_s_to_change():
    assert not edits("director", "household", "gold")


def moves(role: str, origin: str, to: str, team: str = "heping_1", own: frozenset[str] = frozenset({"li_min"})) -> bool:
    step, case = ([origin], to), SCHEMA.kinds["case"]
    return decide(SCHEMA, person(role), "change", case, centre="heping", team=team, own=own, state=step).allowed


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
    shift = SCHEMA.kinds["shift"]
    assert not decide(SCHEMA, person("supervisor"), "change", shift, centre="heping", state=(["a"], "b")).allowed


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
        "own:li_min:heping:outreach_worker",
        "team:heping_1:outreach_worker",
        "team:heping_1:supervisor",
        "centre:heping:director",
    }
    assert scopes_of_record(SCHEMA, shift, "heping", None, {"huang_li"}) == {
        "own:huang_li:heping:volunteer",
        "centre:heping:volunteer_coordinator",
        "centre:heping:director",
    }
    assert scopes_of_record(SCHEMA, case, "heping", None, {"li_min"}) == {"own:li_min:heping:outreach_worker"}


@pytest.mark.parametrize("kind", SCHEMA.kinds)
@pytest.mark.parametrize("role", [role.name for role in SCHEMA.roles.values() if role.replicates])
def test_what_a_device_is_fed_is_what_its_person_may_see(kind: str, role: str):
    who, declared = person(role), SCHEMA.kinds[kind]
    for centre, teams in (("heping", (None, "heping_1", "heping_2")), ("guanhu", (None, "guanhu_1"))):
        for team in teams:
            for own in (set(), {"li_min"}, {"zhang_qiang"}):
                mine = set(scopes_of_person(SCHEMA, who, SEALED))
                fed = scopes_of_record(SCHEMA, declared, centre, team, own) & mine
                may = decide(SCHEMA, who, "carry", declared, centre=centre, team=team, own=own, context=SEALED).allowed
                assert bool(fed) == may


CONFIDENTIAL = SCHEMA.kinds["case_confidential"]


def opens(context: Context, operation: str = "read", own: frozenset[str] = frozenset({"li_min"})) -> tuple[bool, str]:
    found = decide(
        SCHEMA, person("outreach_worker"), operation, CONFIDENTIAL, centre="heping", own=own, context=context
    )
    return found.allowed, found.rule


def test_what_is_confidential_is_opened_on_a_sealed_phone_within_five_minutes_of_showing_who_it_is():
    minute = timedelta(minutes=1)

    assert opens(Context("prf", NOON - 5 * minute, NOON)) == (True, "case_confidential.read.outreach_worker.own")
    assert opens(Context("demo", NOON, NOON))[0]
    assert opens(Context("prf", NOON - 5 * minute - timedelta(seconds=1), NOON)) == (False, "tier.3.verified")
    assert opens(Context("prf", NOON + minute, NOON)) == (False, "tier.3.verified")
    assert opens(Context("prf", None, NOON)) == (False, "tier.3.verified")


@pytest.mark.parametrize("path", ["", "passkey", "pin", "key"])
def test_what_is_confidential_is_neither_read_nor_written_nor_kept_on_another_device(path: str):
    for operation in ("read", "list", "count", "search", "carry", "create", "change"):
        assert opens(Context(path, NOON, NOON), operation) == (False, "tier.3.path")


def test_writing_and_carrying_what_is_confidential_asks_nobody_to_show_who_they_are():
    for operation in ("carry", "create", "change"):
        assert opens(Context("prf", None, NOON), operation)[0]


def test_who_is_not_named_is_refused_by_the_same_rule_on_every_device():
    for context in (SEALED, Context(), Context("pin", NOON, NOON)):
        assert opens(context, own=frozenset({"zhou_hui"})) == (False, "case_confidential.read")


def test_a_step_is_decided_with_the_rule_that_names_it():
    case, at = SCHEMA.kinds["case"], {"centre": "heping", "team": "heping_1"}
    found = decide(SCHEMA, person("supervisor"), "change", case, **at, state=(["assessed"], "in_service"))

    assert found == (True, "case.stage.in_service.supervisor.team", False)


def test_nobody_deletes_and_only_some_export():
    home, at = SCHEMA.kinds["household"], {"centre": "heping", "team": "heping_1"}
    exporting = [role for role in SCHEMA.roles if decide(SCHEMA, person(role), "export", home, **at).allowed]

    assert exporting == ["supervisor", "director"]
    assert not any(decide(SCHEMA, person(role), "delete", home, **at).allowed for role in SCHEMA.roles)
    hidden = {"centre": "heping", "own": {"li_min"}, "context": SEALED}
    assert not decide(SCHEMA, person("supervisor"), "export", CONFIDENTIAL, **hidden).allowed


def test_an_act_is_decided_by_role_and_may_ask_the_person_to_show_who_they_are():
    coordinator, at = person("volunteer_coordinator", team=None), {"centre": "heping"}

    assert decide(SCHEMA, coordinator, "members.manage", None, **at, context=SEALED).allowed
    late = decide(SCHEMA, coordinator, "members.manage", None, **at)
    assert (late.allowed, late.step_up, late.rule) == (False, True, "members.manage.verified")
    assert not decide(SCHEMA, coordinator, "members.manage", None, centre="guanhu", context=SEALED).allowed
    assert not decide(SCHEMA, person("volunteer"), "members.manage", None, **at, context=SEALED).allowed
    assert decide(SCHEMA, person("volunteer"), "self", None, **at).allowed
