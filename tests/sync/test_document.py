"""One save does to a record's document exactly what it says, or nothing may be committed."""

import pytest

from sync import document
from sync.document import Change, DocumentError, apply, claims_in, replay, self_test

FIRST = Change(7, {"outcome": "met_person", "services.greeting": True}, {}, "0000000000001-0000", "li_min")


def test_a_save_sets_one_claim_a_field_under_its_own_key():
    assert claims_in(apply(b"", FIRST)) == {
        "outcome:7": ["met_person", "0000000000001-0000", "li_min"],
        "services.greeting:7": [True, "0000000000001-0000", "li_min"],
    }


def test_clearing_a_field_writes_null_and_takes_the_place_of_what_was_seen():
    state = apply(apply(b"", FIRST), Change(36, {"outcome": None}, {"outcome": ["7"]}, "0000000000002-0000", "li_min"))
    assert claims_in(state)["outcome:10"] == [None, "0000000000002-0000", "li_min"]
    assert "outcome:7" not in claims_in(state)


def test_values_written_without_knowing_of_each_other_both_live():
    state = apply(apply(b"", FIRST), Change(8, {"outcome": "no_answer"}, {}, "0000000000002-0000", "zhou_hui"))
    assert {name for name in claims_in(state) if name.startswith("outcome")} == {"outcome:7", "outcome:8"}


def test_replacing_what_is_already_gone_changes_nothing_else():
    state = apply(apply(b"", FIRST), Change(8, {"outcome": "a"}, {"outcome": ["7"]}, "0000000000002-0000", "x"))
    state = apply(state, Change(9, {"outcome": "b"}, {"outcome": ["7"]}, "0000000000003-0000", "y"))
    assert {name for name in claims_in(state) if name.startswith("outcome")} == {"outcome:8", "outcome:9"}


def test_a_client_number_used_twice_is_an_error():
    with pytest.raises(DocumentError):
        apply(apply(b"", FIRST), FIRST)


def test_rows_keep_numbers_texts_and_nulls():
    row = {"text": "王秀兰 😀", "n": 72, "due_on": None}
    state = apply(b"", Change(2**32 - 1, {"goals.row00001": row}, {}, "0000000000001-0000", "x"))
    assert claims_in(state) == {"goals.row00001:1z141z3": [row, "0000000000001-0000", "x"]}


def test_a_change_given_before_what_it_replaces_waits_for_it():
    second = Change(8, {"outcome": "no_answer"}, {"outcome": ["7"]}, "0000000000002-0000", "x")
    assert claims_in(replay([second, FIRST])) == claims_in(replay([FIRST, second]))


def test_a_change_that_replaces_what_never_comes_is_an_error():
    with pytest.raises(DocumentError):
        replay([Change(8, {"outcome": "a"}, {"outcome": ["zz"]}, "0000000000002-0000", "x")])


def test_an_engine_that_loses_a_field_is_not_trusted(monkeypatch):
    self_test.__wrapped__()
    honest = document._read
    monkeypatch.setattr(document, "_read", lambda claims: dict(list(honest(claims).items())[1:]))
    with pytest.raises(DocumentError):
        self_test.__wrapped__()
