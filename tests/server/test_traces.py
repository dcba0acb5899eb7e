"""Who looked at what leaves a trace before they see it, and no trace says what they saw."""

import json

import pytest

from server.audit_key import audit_key, audit_key_path
from sync.audit import AuditHead, check_audit
from tests.server.http_world import HOME, HttpWorld, Phone, visit_of

DETAIL = "query($record: ID!) { record_detail(record: $record) { values } }"
DECIDE = "mutation($decisions: [DecisionInput!]!) { decide(decisions: $decisions) { id problem { code } } }"


def traces_of(world: HttpWorld, centre: str = "heping") -> list[tuple[str, str, str | None, dict[str, object]]]:
    """Every trace: action, person, record and details, in order."""
    store = world.opened(centre)
    found = store.rows(
        "SELECT action, person, record, details FROM audit WHERE centre = ? ORDER BY position", (centre,)
    )
    store.close()
    return [(action, person, record, json.loads(details)) for action, person, record, details in found]


def stopped(world: HttpWorld) -> None:
    """Stop the server, which writes down what still waits."""
    world.client.__exit__(None, None, None)


@pytest.fixture
def visit(world: HttpWorld, li_min: Phone) -> str:
    """A visit that Li Min wrote down."""
    return li_min.writes("home_visit", visit_of(li_min.writes("household", HOME), observation="canary-words"))


def test_a_supervisor_who_opens_a_visit_leaves_her_name_before_she_sees_it(world: HttpWorld, visit: str) -> None:
    zhou_hui = world.signs_in("zhou_hui")
    zhou_hui.finds(DETAIL, record=visit)
    assert traces_of(world)[-1] == ("read", "zhou_hui", visit, {"tier": 2})


def test_a_home_which_everybody_needs_all_day_leaves_none(world: HttpWorld, li_min: Phone) -> None:
    home = li_min.writes("household", HOME)
    before = traces_of(world)
    li_min.finds(DETAIL, record=home)
    assert traces_of(world) == before


def test_asking_for_what_is_not_ones_own_and_for_what_is_not_there_leave_the_same_trace(
    world: HttpWorld, visit: str
) -> None:
    he_fang = world.signs_in("he_fang")
    for record in (visit, world.new_id(), "canary 陈桂兰"):
        assert he_fang.finds(DETAIL, record=record) == {"record_detail": None}
    found = traces_of(world)[-3:]
    assert [(action, person, details) for action, person, _, details in found] == [
        ("refused", "he_fang", {"rule": "not_found"})
    ] * 3
    assert found[0][2] == visit and found[2][2] is None


def test_a_page_to_a_phone_is_one_trace_with_numbers(world: HttpWorld, li_min: Phone, visit: str) -> None:
    li_min.writes("home_visit", visit_of(li_min.writes("household", {**HOME, "room": "503"})))
    world.signs_in("zhang_qiang").pulls()
    stopped(world)
    (page,) = [trace for trace in traces_of(world) if trace[0] == "delivered"]
    assert page == ("delivered", "zhang_qiang", None, {"counts": {"home_visit": 2}, "tier": 2})


def test_a_decision_and_a_refused_one_are_noted_with_what_was_decided(world: HttpWorld, visit: str) -> None:
    zhou_hui = world.signs_in("zhou_hui")
    revision = zhou_hui.finds("query($id: ID!) { home_visit(id: $id) { revision } }", id=visit)["home_visit"][
        "revision"
    ]
    for id in ("d1", "d2"):
        zhou_hui.finds(DECIDE, decisions=[{"id": id, "record": visit, "revision": revision, "verdict": "approve"}])
    assert [trace[3]["rule"] for trace in traces_of(world) if trace[0] == "decided"] == ["approve", "revision_moved"]


def test_a_save_without_the_right_to_it_is_noted_by_its_rule_and_a_wrong_one_is_not(
    world: HttpWorld, li_min: Phone
) -> None:
    (refused,) = li_min.pushes(li_min.save("household", {**HOME, "team": "heping_2"}))
    (wrong,) = li_min.pushes(li_min.save("household", {**HOME, "phone": 7}))
    assert (refused["status"], wrong["status"]) == ("held", "held")
    noted = [trace for trace in traces_of(world) if trace[0] == "refused"]
    assert [trace[3]["rule"] for trace in noted] == [refused["problem"]["code"]]


def test_signing_in_and_out_is_noted(world: HttpWorld, li_min: Phone) -> None:
    world.client.delete("/api/session", headers={"authorization": f"Bearer {li_min.token}"})
    assert [trace[:2] for trace in traces_of(world)] == [("sign_in", "li_min"), ("sign_out", "li_min")]


def test_no_trace_repeats_a_word_of_a_record_and_the_chain_is_whole(
    world: HttpWorld, li_min: Phone, visit: str
) -> None:
    zhou_hui = world.signs_in("zhou_hui")
    zhou_hui.finds(DETAIL, record=visit)
    zhou_hui.pulls()
    li_min.finds("{ home_visit_list { items { revision } } }")
    stopped(world)
    store = world.opened()
    kept = b" ".join(str(value).encode() for row in store.rows("SELECT * FROM audit") for value in row)
    store.audit_key = audit_key(world.settings)
    head = check_audit(store, "heping")
    store.close()
    assert b"canary" not in kept and HOME["room"].encode() not in kept and HOME["phone"].encode() not in kept
    assert isinstance(head, AuditHead) and head.size == len(traces_of(world))


def test_the_key_lies_beside_the_database_for_its_owner_alone_and_is_made_once(world: HttpWorld) -> None:
    path = audit_key_path(world.settings)
    assert path.stat().st_mode & 0o777 == 0o600
    assert audit_key(world.settings) == audit_key(world.settings) == path.read_bytes()
    assert world.settings.store_path.read_bytes().count(path.read_bytes()) == 0
