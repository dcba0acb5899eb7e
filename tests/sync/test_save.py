"""The save: canonical form, signature, shape. What no phone can send to stop a push."""

import json
from contextlib import suppress

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schema.model import Problem
from sync import save as saves
from sync.push import push
from sync.save import canonical, is_signed, private_key_from, public_point, read_public_key, read_save, save_key, sealed
from tests.centre import Centre, base36

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(st.characters(exclude_categories=()), max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=12).filter(lambda name: name not in ("signature", "scopes")), PLAIN))
@example({"a": '\x00\x1f\x7f\u2028"\\/', "é": 1, "z": {"😀": 1, "ﬀ": 2}})
def test_the_canonical_form_is_that_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", {"\udfff": 1}])
def test_what_has_no_canonical_form_is_a_value_error(value):
    with pytest.raises(ValueError, match="canonical"):
        canonical({"a": value})


def test_the_signature_and_absent_scopes_are_not_signed():
    assert canonical({"b": 1, "a": "x", "signature": "s", "scopes": None}) == b'{"a":"x","b":1}'
    assert canonical({"scopes": []}) == b'{"scopes":[]}'


def test_numbers_are_written_as_javascript_writes_them():
    assert canonical({"a": 72.0, "b": 1e21, "c": 0.1}) == b'{"a":72,"b":1e+21,"c":0.1}'


@given(st.integers(1, 2**32 - 1))
def test_a_save_key_is_base36_of_the_client(client):
    assert save_key(client) == base36(client)
    assert int(save_key(client), 36) == client


def test_a_signature_holds_for_its_own_bytes_and_key_only():
    key, other = private_key_from(1), private_key_from(2)
    save = sealed({"id": "x"}, key)
    public = read_public_key(public_point(key))
    assert is_signed(canonical(save), save["signature"], public)
    assert not is_signed(canonical({"id": "y"}), save["signature"], public)
    assert not is_signed(canonical(save), save["signature"], read_public_key(public_point(other)))


@pytest.mark.parametrize("point", [b"", bytes(65), b"\x04" + bytes(64), public_point(private_key_from(1))[:-1]])
def test_a_public_key_that_is_no_point_is_a_value_error(point):
    with pytest.raises(ValueError, match=r"point|key|curve|encod"):
        read_public_key(point)


@given(JSON)
def test_reading_never_raises(received):
    found = read_save(received)
    assert isinstance(found, Problem)
    json.loads(saves.kept_text(received))


# Whatever a phone sends, the next save goes through.


@pytest.fixture(scope="module")
def fuzzed() -> Centre:
    centre = Centre(":memory:")
    centre.home_id = centre.home()
    centre.visit_id = centre.visit(centre.home_id)
    return centre


MEMBER = st.sampled_from(
    ["id", "record", "kind", "schema", "device_sequence", "client", "base", "made_at", "scopes", "set", "replaces"]
)
FIELD_KEYS = [
    "outcome",
    "observation",
    "services.greeting",
    "services",
    "services.",
    "remarks.row00001",
    "remarks",
    "household",
    "assigned_to",
    "resident",
    "planned_on",
    "arrived_at",
    "minutes",
    "weather",
    "a:b",
    ".x",
    "",
]
FIELD_KEY = st.sampled_from(FIELD_KEYS) | st.text(max_size=8)


@settings(max_examples=300)
@given(changes=st.dictionaries(MEMBER | st.text(max_size=5), JSON, max_size=3), is_signed_again=st.booleans())
def test_a_save_with_any_member_replaced_by_anything_is_answered_and_kept(fuzzed, changes, is_signed_again):
    good = fuzzed.li_min.seals(fuzzed.visit_id, "home_visit", {"observation": "x"}, 0, {}).save
    fuzzed.li_min.outbox.clear()
    odd = {**good, **changes}
    if is_signed_again:
        with suppress(ValueError):
            odd = sealed({name: value for name, value in odd.items() if name != "signature"}, fuzzed.li_min.key)
    answers_and_goes_on(fuzzed, odd)


@settings(max_examples=300)
@given(
    values=st.dictionaries(FIELD_KEY, JSON, min_size=1, max_size=3),
    replaced=st.lists(st.sampled_from(["a", "zz", "0", "1z141z3", "zzzzzzz"]), max_size=3),
    kind=st.sampled_from(["home_visit", "case", "hour_entry", "shift", "household"]),
    is_new=st.booleans(),
)
def test_a_well_signed_save_of_any_values_is_answered_and_kept(fuzzed, values, replaced, kind, is_new):
    record = fuzzed.new_id() if is_new else fuzzed.visit_id
    try:
        odd = fuzzed.li_min.seals(record, kind, values, 0, {next(iter(values)): replaced}).save
    except ValueError:
        return
    finally:
        fuzzed.li_min.outbox.clear()
    answers_and_goes_on(fuzzed, odd)


@settings(max_examples=200)
@given(JSON)
def test_anything_at_all_is_answered(fuzzed, received):
    answers_and_goes_on(fuzzed, received)


def answers_and_goes_on(centre: Centre, odd: object) -> None:
    next_one = centre.li_min.writes("home_visit", household=centre.home_id, assigned_to="li_min")
    centre.li_min.outbox.clear()
    me = centre.li_min.me()
    first, second = push(centre.store, centre.schema, me, [odd, next_one.save], centre.now)
    assert first.status in ("accepted", "held", "retry", "upgrade_required")
    assert first.problem is None or first.problem.code in centre.schema.problems
    assert second.status == "accepted"
    again = push(centre.store, centre.schema, me, [odd], centre.now)
    assert again == [first]
