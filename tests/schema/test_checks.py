"""What the rules refuse beyond the examples of the kinds: anything JSON can hold, moves between states, added rows.

Not here: bounds of declared fields (schema/records/*.examples.toml).
"""

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.load import load_schema
from schema.model import Problem
from schema.validate import check_write, holds, validate

TODAY = date(2026, 11, 22)
NOW = "2026-11-22T02:30:00Z"
KINDS = load_schema().kinds
CASE = {
    "resident": "r1",
    "household": "h1",
    "worker": "li_min",
    "category": "family",
    "opened_on": "2026-11-01",
    "presenting_problem": "独居",
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300)
    | st.floats()
    | st.text(st.characters(exclude_categories=[]))
    | st.sampled_from(["2026-11-22", "2026-02-30", "10:30", NOW, "urgent", "closed", "\ud800", "\x00", "13800005521"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def kinds_with_values(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any]]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    names = st.sampled_from([*KINDS[kind].fields, "unknown"])
    return kind, draw(st.dictionaries(names, JSON)), draw(st.dictionaries(names, JSON))


@given(kinds_with_values())
def test_validate_judges_anything_json_can_hold_and_never_raises(drawn: tuple[str, dict[str, Any], dict[str, Any]]):
    kind, before, after = drawn

    problems = validate(KINDS[kind], before, after, TODAY, NOW)

    assert all(isinstance(problem, Problem) and problem.code in load_schema().problems for problem in problems)


@given(kinds_with_values(), JSON)
def test_a_save_of_anything_is_judged_and_never_raises(drawn: tuple[str, dict[str, Any], dict[str, Any]], value: Any):
    kind, before, written = drawn
    seen = {key: [value, None] for key in written}

    assert isinstance(validate(KINDS[kind], before, {**before, **written}, TODAY, NOW, written, seen), list)


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=40) | st.sampled_from(["remarks.", ".", "tags.dog", ""]), JSON)
def test_a_written_value_is_judged_whatever_its_key(kind: str, key: str, value: Any):
    judged = check_write(KINDS[kind], key, value)

    if isinstance(judged, Problem):
        assert judged.code in load_schema().problems
        # What is answered must be storable, whatever was sent.
        assert str(judged).encode("utf-8")


@given(st.sampled_from([(kind.name, field) for kind in KINDS.values() for field in kind.fields]), JSON)
def test_what_is_accepted_is_in_its_normal_form_already(kind_and_field: tuple[str, str], value: Any):
    kind, field = KINDS[kind_and_field[0]], kind_and_field[1]
    key = f"{field}.a1b2c3d4" if kind.fields[field].type in ("rows", "files") else field

    judged = check_write(kind, key, value)

    assert isinstance(judged, Problem) or check_write(kind, key, judged) == judged


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**53, -(2**53), 10**400, 1e308, False, [], {}])
def test_a_number_that_is_none_is_refused(value: Any):
    assert check_write(KINDS["hour_entry"], "break_minutes", value) == Problem("wrong_type", "break_minutes")


def test_a_negative_nought_is_nought():
    judged = check_write(KINDS["hour_entry"], "break_minutes", -0.0)

    assert (judged, type(judged)) == (0, int)


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[2J", "\x7f", "\x85", "\ud83d", "\udc00 half", "a\x0bb"])
@pytest.mark.parametrize("field", ["health_note", "name"])
def test_a_text_that_could_not_be_stored_or_shown_is_refused(field: str, text: str):
    assert check_write(KINDS["resident"], field, text) == Problem("wrong_type", field)


def test_twenty_thousand_characters_are_the_most_of_any_text():
    note = KINDS["resident"].fields["health_note"]
    kind = KINDS["resident"]

    assert note.max == 1000
    assert check_write(kind, "health_note", "好" * 1000) == "好" * 1000
    assert check_write(kind, "health_note", "好" * 1001).code == "text_too_long"


def test_a_refusal_names_the_field_and_never_repeats_the_value():
    refused = check_write(KINDS["resident"], "risk_level", "secret words")

    assert refused == Problem("unknown_choice", "risk_level")


def test_a_refusal_of_a_strange_key_does_not_repeat_it():
    assert check_write(KINDS["resident"], "\ud800<script>", 1) == Problem("unknown_field", None)
    assert check_write(KINDS["household"], "tags.<b>", True) == Problem("unknown_choice", "tags")
    assert check_write(KINDS["household"], "remarks.a1b2c3d4", {"<b>": 1}).details == {"column": None}


def test_a_field_calculated_from_others_is_not_written():
    assert check_write(KINDS["hour_entry"], "minutes", None) == Problem("derived_field", "minutes")


def test_a_column_is_judged_like_a_field_of_its_type():
    goal = {"text": "自己做饭" * 51, "due_on": "2026-12-31"}

    refused = check_write(KINDS["case"], "goals.goal0001", goal)

    assert refused == Problem("text_too_long", "goals.goal0001", {"max": 200, "column": "text"})


def test_two_hundred_rows_are_the_most_where_nothing_is_declared():
    rows = {f"row{number:05}": {"text": "好"} for number in range(201)}
    home = {"estate": "和平里", "building": "3", "room": "502", "team": "heping_1"}

    assert validate(KINDS["household"], {}, {**home, "remarks": dict(list(rows.items())[:200])}, TODAY, NOW) == []
    assert validate(KINDS["household"], {}, {**home, "remarks": rows}, TODAY, NOW) == [
        Problem("too_many_rows", "remarks", {"max": 200})
    ]


def test_a_save_that_rewrites_an_added_row_is_refused_even_if_another_version_is_displayed():
    home = {"estate": "和平里", "building": "3", "room": "502", "team": "heping_1"}
    record = {**home, "remarks": {"a1b2c3d4": {"text": "狗很凶"}}}

    def judge(written: dict[str, Any]) -> list[str | None]:
        return [problem.field for problem in validate(KINDS["household"], record, record, TODAY, NOW, written)]

    assert judge({"remarks.a1b2c3d4": {"text": "没有狗"}}) == ["remarks.a1b2c3d4"]
    assert judge({"remarks.a1b2c3d4": None}) == ["remarks.a1b2c3d4"]
    assert judge({"remarks.a1b2c3d4": {"text": "狗很凶"}}) == []
    assert judge({"remarks.e5f6g7h8": {"text": "没有狗"}}) == []


def move(before: str, after: str, written: str | None = None, seen: list[str | None] | None = None) -> list[str]:
    more = {"close_reason": "moved", "outcome_summary": "搬走", "closed_on": "2026-11-22"}
    more |= {"needs": {"health": True}, "assessed_on": "2026-11-22"}
    record = {**CASE, **more}
    found = validate(
        KINDS["case"],
        {**record, "stage": before},
        {**record, "stage": after},
        TODAY,
        NOW,
        None if written is None else {"stage": written, "suspended_because": "住院"},
        None if seen is None else {"stage": seen},
    )
    return [problem.code for problem in found]


def test_a_step_is_judged_from_the_state_its_author_saw():
    # Offline, the worker suspended a case that the supervisor has meanwhile taken into closing.
    assert move("closing", "suspended", "suspended", ["in_service"]) == []
    assert move("closing", "suspended", "suspended", ["closing"]) == ["illegal_move"]


def test_an_illegal_step_is_refused_even_if_another_version_is_displayed():
    assert move("closing", "closing", "closed", ["in_service"]) == ["illegal_move"]


def test_settling_two_states_may_choose_either():
    assert move("closing", "suspended", "suspended", ["closing", "suspended"]) == []
    assert move("closing", "closing", "closing", ["closing", "suspended"]) == []
    assert move("closing", "assessed", "assessed", ["closing", "suspended"]) == ["illegal_move"]


def test_a_case_without_a_claim_on_its_stage_is_moved_from_intake():
    assert move("assessed", "assessed", "assessed", [None]) == []
    assert move("assessed", "assessed", "in_service", [None]) == ["illegal_move"]


def test_a_save_that_does_not_touch_the_stage_makes_no_step():
    found = validate(KINDS["case"], CASE, CASE, TODAY, NOW, {"next_step": "打电话"}, {"next_step": []})

    assert found == []


def test_a_condition_holds_when_every_field_has_an_accepted_value():
    assert holds({"outcome": ("*",)}, {"outcome": "no_answer"})
    assert not holds({"outcome": ("*",)}, {"outcome": " "})
    assert not holds({"outcome": ("*",)}, {})
    assert holds({"a": ("x", "y"), "b": (1,)}, {"a": "y", "b": 1})
    assert not holds({"a": ("x", "y"), "b": (1,)}, {"a": "y", "b": True})
    assert holds({"tags": ("dog",)}, {"tags": {"dog": True}})
    assert not holds({"tags": ("dog",)}, {"tags": {"no_lift": True}})


def test_an_empty_record_lacks_what_is_required_in_the_order_of_its_fields():
    missing = validate(KINDS["hour_entry"], {}, {}, TODAY, NOW)

    assert missing == [
        Problem("missing", field)
        for field in ("volunteer", "activity", "worked_on", "started_at", "ended_at", "provenance")
    ]
