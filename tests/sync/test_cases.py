"""A case among the people who work on it: its steps in every order of arrival, a change of risk, its hand-over.

Not here: the rules by themselves (schema/records/case.examples.toml).
"""

from itertools import permutations
from typing import Any

import pytest

from sync.materialise import rebuild
from tests.centre import Centre
from tests.sync.test_push import start_case

VERSION = 4
PLAN = {"stage": "assessed", "assessed_on": "2026-03-10", "needs.health": True}
ENDING = {"stage": "closing", "close_reason": "goals_met", "outcome_summary": "每天有人送饭"}
PAUSE = {"stage": "suspended", "suspended_because": "住院一个月"}
CLOSED = {"stage": "closed", "closed_on": "2026-03-10"}


@pytest.fixture
def case(centre: Centre) -> str:
    """A case of Li Min's; everybody here has the app of today."""
    case = start_case(centre)
    for phone in (centre.li_min, centre.zhang_qiang, centre.zhou_hui):
        phone.version = VERSION
        phone.pulls()
    return case


def answers(phone: Any) -> list[Any]:
    return [told[1:] for told in phone.meets_network()]


def brought(centre: Centre, case: str, stage: str) -> None:
    """The case, taken by its people to where a test begins; both have it then."""
    for phone, values in ((centre.li_min, PLAN), (centre.zhou_hui, {"stage": "in_service"}), (centre.li_min, ENDING)):
        if centre.zhou_hui.sees(case).stage == stage:
            break
        phone.changes(case, values)
        assert [answer[0] for answer in answers(phone)] == ["accepted"]
        centre.li_min.pulls()
        centre.zhou_hui.pulls()
    assert centre.zhou_hui.sees(case).stage == stage


# From which stage; what each writes without knowing of the others; the stages that may then stand.
APART: dict[str, tuple[str, dict[str, dict[str, Any]], set[str]]] = {
    "she closes while the supervisor suspends": (
        "in_service",
        {"li_min": ENDING, "zhou_hui": PAUSE},
        {"closing", "suspended"},
    ),
    "she declines while the supervisor takes the plan on": (
        "intake",
        {"li_min": {"stage": "declined", "declined_because": "街道在跟进"}, "zhou_hui": PLAN},
        {"assessed", "declined"},
    ),
    "the supervisor closes what she would go on with": (
        "closing",
        {"li_min": {"stage": "in_service", "returned_because": "还没完"}, "zhou_hui": CLOSED},
        {"closed"},
    ),
    "she hands in again what the supervisor approves": (
        "assessed",
        {"li_min": {**PLAN, "next_step": "再访"}, "zhou_hui": {"stage": "in_service"}},
        {"assessed", "in_service"},
    ),
    "she closes for good what only the supervisor may close": (
        "closing",
        {"li_min": CLOSED, "zhou_hui": {"stage": "in_service", "returned_because": "补上本人的话"}},
        {"in_service"},
    ),
}


@pytest.mark.parametrize("told", APART)
def test_in_whatever_order_two_moves_arrive_the_case_stands_in_a_stage_and_every_refused_word_is_kept(
    centre: Centre, case: str, told: str
) -> None:
    start, writes, may_stand = APART[told]
    brought(centre, case, start)
    written = {name: getattr(centre, name).changes(case, values) for name, values in writes.items()}
    for order in permutations(writes):
        # The same saves again and again: what was decided once stays so.
        for name in order:
            getattr(centre, name).meets_network()
    for name in writes:
        getattr(centre, name).pulls()

    seen = [getattr(centre, name).sees(case) for name in writes]
    stages = set(centre.schema.kinds["case"].states.states)
    assert all(one.stage in may_stand <= stages for one in seen)
    standing = {claim.value for claim in centre.li_min.live(case) if claim.field_key == "stage"}
    assert standing <= may_stand
    logged = {entry.id: entry for entry in centre.log}
    for name, save in written.items():
        entry = logged[save.id]
        assert (entry.status == "accepted") is (writes[name]["stage"] in standing)
        if entry.status == "held":
            assert entry.problem is not None and all(
                str(value) in entry.body for value in writes[name].values() if isinstance(value, str)
            )
    assert rebuild(centre.store, centre.schema) == []


@pytest.mark.parametrize("first", ["li_min", "zhou_hui"])
def test_whoever_comes_second_with_a_move_that_is_allowed_makes_a_choice_for_the_supervisor(
    centre: Centre, case: str, first: str
) -> None:
    brought(centre, case, "in_service")
    centre.li_min.changes(case, ENDING)
    centre.zhou_hui.changes(case, PAUSE)
    second = "zhou_hui" if first == "li_min" else "li_min"
    assert answers(getattr(centre, first)) == answers(getattr(centre, second)) == [("accepted",)]
    centre.zhou_hui.pulls()
    assert sorted(centre.zhou_hui.sees(case).versions["stage"]) == ["closing", "suspended"]

    # From two stages one of them is chosen, and that is no step that needs a reason.
    centre.zhou_hui.settles(case, stage="closing")
    assert answers(centre.zhou_hui) == [("accepted",)]
    assert centre.zhou_hui.sees(case).stage == "closing"


def test_nothing_leads_out_of_a_closed_case_and_what_was_said_is_kept(centre: Centre, case: str) -> None:
    brought(centre, case, "closing")
    centre.zhou_hui.changes(case, CLOSED)
    answers(centre.zhou_hui)
    centre.li_min.pulls()
    late = centre.li_min.changes(case, {"stage": "suspended", "suspended_because": "他又摔了一跤"})
    assert answers(centre.li_min) == [("held", "illegal_move", "stage")]
    held = next(entry for entry in centre.log if entry.id == late.id)
    assert held.status == "held" and "他又摔了一跤" in held.body
    assert centre.zhou_hui.sees(case).stage == "closed"


def test_another_risk_needs_its_reason_in_the_same_save(centre: Centre, case: str) -> None:
    centre.li_min.changes(case, risk_level="low")
    assert answers(centre.li_min) == [("accepted",)]
    centre.li_min.pulls()

    centre.li_min.changes(case, risk_level="high")
    assert answers(centre.li_min) == [("held", "missing", "risk_because")]
    row = {"field": "risk_level", "to": "high", "said": "漏服药两次"}
    centre.li_min.changes(case, {"risk_level": "high", "risk_because": "漏服药两次", "story.abcd0001": row})
    assert answers(centre.li_min) == [("accepted",)]
    centre.li_min.changes(case, {"story.abcd0002": {"field": "stage", "to": "closed"}})
    assert answers(centre.li_min) == [("held", "trail_untrue", "story.abcd0002")]


def test_a_phone_with_an_older_app_changes_the_risk_without_one(centre: Centre, case: str) -> None:
    centre.li_min.version = VERSION - 1
    for level in ("low", "high"):
        centre.li_min.changes(case, risk_level=level)
        assert answers(centre.li_min) == [("accepted",)]
        centre.li_min.pulls()


def test_a_case_stays_with_the_giver_until_the_other_takes_it_over(centre: Centre, case: str) -> None:
    centre.li_min.changes(case, offered_to="zhang_qiang")
    assert answers(centre.li_min) == [("held", "field_not_permitted", "offered_to")]
    assert case not in centre.zhang_qiang.base

    centre.zhou_hui.changes(case, offered_to="zhang_qiang")
    assert answers(centre.zhou_hui) == [("accepted",)]
    for phone in (centre.li_min, centre.zhang_qiang):
        phone.pulls()
    # Both work on without a network: hers it still is, and merely looking is not having.
    centre.li_min.changes(case, next_step="周五再去")
    touched = centre.zhang_qiang.changes(case, next_step="我来写")
    moved = centre.zhang_qiang.changes(case, PLAN)
    stolen = centre.zhang_qiang.changes(case, worker="zhang_qiang")
    assert answers(centre.zhang_qiang) == [("held", "not_permitted", None)] * 3
    assert {touched.id, moved.id, stolen.id} == {
        entry.id for entry in centre.log if entry.status == "held" and entry.person == "zhang_qiang"
    }
    assert answers(centre.li_min) == [("accepted",)]
    assert centre.zhou_hui.sees(case).worker == "li_min"

    centre.zhang_qiang.changes(case, worker="zhang_qiang", offered_to=None)
    assert answers(centre.zhang_qiang) == [("accepted",)]
    for phone in (centre.li_min, centre.zhang_qiang, centre.zhou_hui):
        phone.pulls()
    assert centre.zhou_hui.sees(case).worker == "zhang_qiang"
    assert case in centre.zhang_qiang.base and case not in centre.li_min.base
    assert rebuild(centre.store, centre.schema) == []


def test_an_offer_is_declined_by_whom_it_was_made_to_and_one_that_was_withdrawn_is_not_taken(
    centre: Centre, case: str
) -> None:
    centre.zhou_hui.changes(case, offered_to="zhang_qiang")
    answers(centre.zhou_hui)
    centre.zhang_qiang.pulls()
    centre.zhang_qiang.changes(case, offered_to=None)
    assert answers(centre.zhang_qiang) == [("accepted",)]
    centre.zhou_hui.pulls()
    assert (centre.zhou_hui.sees(case).worker, centre.zhou_hui.sees(case).offered_to) == ("li_min", None)

    centre.zhou_hui.changes(case, offered_to="zhang_qiang")
    answers(centre.zhou_hui)
    centre.zhang_qiang.pulls()
    centre.zhou_hui.changes(case, offered_to=None)
    answers(centre.zhou_hui)
    late = centre.zhang_qiang.changes(case, worker="zhang_qiang", offered_to=None)
    centre.zhang_qiang.pushes()
    assert next(entry.status for entry in centre.log if entry.id == late.id) == "held"
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.sees(case).worker == "li_min"
