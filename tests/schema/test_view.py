"""Claims become one displayed record, the same for everybody who holds the same claims.

Not here: the versions that each kind shows (its examples).
"""

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schema.load import load_schema
from schema.model import Claim
from schema.view import same_value, view_of, view_of_one, with_derived

KINDS = load_schema().kinds


def claim(key: str, value: Any, minute: int, save: str, author: str = "li_min") -> Claim:
    return Claim(key, save, value, f"{1795312800000 + minute * 60_000:013}-0000", author)


def test_the_order_in_which_claims_arrive_changes_nothing():
    claims = [
        claim("risk_level", "medium", 3, "c1"),
        claim("risk_level", "high", 1, "a1"),
        claim("risk_level", "high", 2, "b1", "zhang_qiang"),
        claim("phone", "13800005521", 1, "a1"),
    ]

    views = [view_of(KINDS["resident"], order) for order in permutations(claims)]

    assert all(view == views[0] for view in views)
    assert views[0].values == {"phone": "13800005521", "risk_level": "high"}
    assert [version.save_key for version in views[0].conflicts["risk_level"]] == ["c1", "b1", "a1"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["risk_level", "born_on", "remarks.a1b2c3d4", "vulnerabilities.frail", "strange"]),
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()) | st.just({}),
            st.integers(0, 3),
            st.sampled_from("abcd"),
        ),
        unique_by=lambda entry: (entry[0], entry[3]),
    )
)
def test_claims_of_any_form_are_shown_and_nothing_is_raised(entries: list[tuple[str, Any, int, str]]):
    claims = [claim(*entry) for entry in entries]

    view = view_of(KINDS["resident"], claims)

    assert set(view.values) <= set(KINDS["resident"].fields)
    assert all(len(versions) > 1 for versions in view.conflicts.values())


@given(
    st.dictionaries(
        st.sampled_from(
            ("risk_level", "phone", "tags.dog", "services.greeting", "remarks.a1b2c3d4", "tags.", "no_such")
        ),
        st.none() | st.booleans() | st.text(max_size=3) | st.integers(),
    )
)
def test_one_save_reads_the_same_with_and_without_its_claims(values: dict[str, Any]):
    for kind in (KINDS["resident"], KINDS["household"], KINDS["home_visit"], KINDS["hour_entry"]):
        assert view_of_one(kind, values) == view_of(kind, [claim(key, value, 1, "a1") for key, value in values.items()])


def test_a_cleared_field_is_not_among_the_values():
    view = view_of(KINDS["resident"], [claim("phone", None, 1, "a1"), claim("name", "王秀兰", 1, "a1")])

    assert view.values == {"name": "王秀兰"}
    assert view.conflicts == {}


def test_a_removed_row_is_gone_and_a_removal_against_a_change_is_open():
    gone = view_of(KINDS["case"], [claim("goals.goal0001", None, 1, "a1")])
    both = view_of(
        KINDS["case"], [claim("goals.goal0001", None, 2, "a1"), claim("goals.goal0001", {"text": "一"}, 1, "b1")]
    )

    assert "goals" not in gone.values
    assert list(both.conflicts) == ["goals.goal0001"]


def test_a_code_that_is_not_in_the_list_is_shown_only_where_no_other_is():
    claims = [claim("risk_level", "extreme", 2, "a1"), claim("risk_level", "low", 1, "b1")]

    assert view_of(KINDS["resident"], claims).values == {"risk_level": "low"}
    assert view_of(KINDS["resident"], claims[:1]).values == {"risk_level": "extreme"}


def test_empty_is_empty_however_it_was_written():
    note = KINDS["resident"].fields["risk_reason"]

    assert same_value(note, None, " ")
    assert not same_value(note, None, "独居")


def test_two_ticks_of_one_moment_are_one_and_those_further_apart_are_two_versions():
    signed_in = KINDS["shift"].fields["signed_in_at"]

    assert same_value(signed_in, "2026-11-22T01:00:00Z", "2026-11-22T01:10:00Z")
    assert same_value(signed_in, "2026-11-22T01:10:00Z", "2026-11-22T01:00:00Z")
    assert not same_value(signed_in, "2026-11-22T01:00:00Z", "2026-11-22T01:10:01Z")
    assert not same_value(signed_in, "2026-11-22T01:00:00Z", None)
    assert not same_value(signed_in, "2026-11-22T01:00:00Z", "soon")


def test_yes_is_not_one():
    minutes = KINDS["hour_entry"].fields["break_minutes"]

    assert same_value(minutes, 1, 1.0)
    assert not same_value(minutes, 1, True)


def test_an_unchosen_choice_is_no_conflict_with_one_that_was_taken_back():
    view = view_of(KINDS["household"], [claim("tags.dog", None, 1, "a1"), claim("tags.dog", False, 2, "b1")])

    assert (view.values, view.conflicts) == ({}, {})


def test_a_form_shows_what_is_calculated_before_it_is_saved():
    entry = {"started_at": "09:00", "ended_at": "10:00", "minutes": 7, "colour": "red"}

    assert with_derived(KINDS["hour_entry"], entry) == {"started_at": "09:00", "ended_at": "10:00", "minutes": 60}
