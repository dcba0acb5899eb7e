"""One save does to a record's document exactly what it says, or nothing may be committed."""

import pytest
from pycrdt import Doc, Map

from sync import document
from sync.document import Change, DocumentError, apply, claims_in, replay, self_test
from sync.first_update import first_update

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


VALUES = [
    None, True, False, 0, 1, -1, 63, 64, -64, 127, 128, 8191, -8192, 2**31 - 1, -(2**31) + 1, 2**31, -(2**31),
    2**53 - 1, -(2**53) + 1, 0.5, -2.25, "", "王秀兰", "a" * 127, "b" * 128, "🙂" * 5000, {},
    {"text": "早", "n": None, "deep": {"x": [1]}}, [], [1, ["二", {"三": 3}]],
]  # fmt: skip


def test_the_first_save_of_a_record_is_read_back_as_it_was_meant():
    values = {f"field_{number}": value for number, value in enumerate(VALUES)}
    state = apply(b"", Change(2**32 - 1, values, {}, "0000000000001-0000", "li_min"))
    found = claims_in(state)
    assert found == {
        f"{field_key}:1z141z3": [value, "0000000000001-0000", "li_min"] for field_key, value in values.items()
    }
    # Not only equal: true is not 1, and 0 is not false.
    assert [type(claim[0]) is bool for claim in found.values()] == [
        type(values[name.partition(":")[0]]) is bool for name in found
    ]


def test_the_update_that_begins_a_document_is_what_the_engine_itself_writes():
    made_at, key = "0000000000001-0000", "h"
    values = {"a": "王", "b": True, "c": None, "d": {"text": "x"}}
    doc = Doc(client_id=17)
    claims = doc.get("claims", type=Map)
    with doc.transaction():
        for field_key, value in values.items():
            claims[f"{field_key}:{key}"] = [value, made_at, "x"]
    entries = {f"{field_key}:{key}": [value, made_at, "x"] for field_key, value in values.items()}
    assert first_update("claims", 17, entries) == doc.get_update()
    assert apply(b"", Change(17, values, {}, made_at, "x")) == doc.get_update()


@pytest.mark.parametrize("wrong", [b"\0\0", None])
def test_a_beginning_that_the_engine_reads_otherwise_is_never_kept(monkeypatch, wrong):
    def bad(root, client, entries):
        name = next(iter(entries))
        return wrong or first_update(root, client, {**entries, name: ["other", *entries[name][1:]]})

    monkeypatch.setattr("sync.document.first_update", bad)
    with pytest.raises(DocumentError):
        apply(b"", Change(17, {"a": 1, "b": "walks"}, {}, "0000000000001-0000", "x"))
