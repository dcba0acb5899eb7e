"""Two people write the same field of the same record without knowing of each other: for every field of every kind the
documents do what docs/merging.md says, in whatever order the saves arrive.

Not here: judging a save (test_admit.py), and many people at once (test_simulation.py).
"""

import json
import random
from itertools import permutations
from typing import Any

import pytest

from schema.load import load_schema
from schema.merging_page import RULES, rule_of
from schema.model import Claim, Field, Kind, Problem, View
from schema.validate import check_write
from schema.view import same_value, view_of
from sync.document import Change, claims_in, replay
from sync.save import save_key

SCHEMA = load_schema()
WRITTEN = [
    pytest.param(kind, field, id=f"{kind.name}.{field.name}")
    for kind in SCHEMA.kinds.values()
    for field in kind.fields.values()
    # A list of one code leaves two people nothing to disagree about.
    if field.derive is None and (field.vocabulary is None or len(field.vocabulary.choices) > 1)
]
STEPPING = [kind for kind in SCHEMA.kinds.values() if kind.states is not None]
FILE = {"bytes": 1000, "taken_at": "2026-11-22T01:00:00Z"}


def two_of(field: Field, kind: Kind) -> tuple[Any, Any]:
    """Two values of a field that differ, the lower one first."""
    if field.vocabulary is not None:
        first, *_, last = field.vocabulary.choices
        return first, last
    if field.type == "state" and kind.states is not None:
        first, *_, last = kind.states.states
        return first, last
    fixed: dict[str, tuple[Any, Any]] = {
        "text": ("甲写的话", "乙写的话"),
        "long_text": ("甲写的话", "乙写的话\n两行"),
        "date": ("2026-11-20", "2026-11-21"),
        "time": ("09:00", "10:00"),
        "datetime": ("2026-11-20T01:00:00Z", "2026-11-20T02:00:00Z"),
        "integer": (field.min or 0, (field.min or 0) + 1),
        "boolean": (False, True),
        "phone": ("13800000001", "13800000002"),
        **{name: ("first-one", "second-one") for name in ("person", "team", "ref")},
    }
    return fixed[field.type]


def part_of(field: Field, kind: Kind, number: int) -> Any:
    """A row or a file, another one for each number."""
    if field.type == "files":
        return {**FILE, "media": field.media[0], "hash": f"{number:064x}"}
    columns = [(name, column) for name, column in field.columns.items() if column.required or number]
    return {name: two_of(Field(name=name, **_as_field(column)), kind)[min(number, 1)] for name, column in columns}


def _as_field(column: Any) -> dict[str, Any]:
    return {"type": column.type, "words": column.words, "min": column.min, "vocabulary": column.vocabulary}


def merged(kind: Kind, *changes: Change) -> tuple[View, list[Claim]]:
    """What stands after these changes, which must not depend on the order in which they come."""
    states = {json.dumps(claims_in(replay(order)), sort_keys=True) for order in permutations(changes)}
    assert len(states) == 1
    claims = [
        Claim(*name.rpartition(":")[::2], value, made_at, author)
        for name, (value, made_at, author) in claims_in(replay(changes)).items()
    ]
    return view_of(kind, claims), claims


def said(number: int, values: dict[str, Any], replaces: dict[str, list[str]] | None = None) -> Change:
    """What the person of that number wrote; whoever has the higher number wrote later."""
    return Change(number, values, replaces or {}, f"000000000000{number}-0000", f"person_{number}")


@pytest.mark.parametrize(("kind", "field"), WRITTEN)
def test_two_people_get_what_the_page_says(kind: Kind, field: Field) -> None:
    if rule_of(field) in ("latest", "max", "min"):
        one_value(kind, field)
    elif rule_of(field) == "choices":
        choices(kind, field)
    else:
        parts(kind, field)


def one_value(kind: Kind, field: Field) -> None:
    lower, higher = two_of(field, kind)
    for first, second in ((lower, higher), (higher, lower)):
        seen = {field.name: [save_key(1)]}
        view, claims = merged(
            kind, said(1, {field.name: None}), said(2, {field.name: first}, seen), said(3, {field.name: second}, seen)
        )
        assert {claim.value for claim in claims} == {lower, higher}
        assert {claim.value for claim in view.conflicts[field.name]} == {lower, higher}
        shown = {"latest": second, "max": higher, "min": lower}[rule_of(field)]
        assert view.values[field.name] == shown
        # Whoever has seen both and writes it again has settled it.
        both = {field.name: [save_key(2), save_key(3)]}
        view, claims = merged(
            kind, said(2, {field.name: first}), said(3, {field.name: second}), said(4, {field.name: lower}, both)
        )
        assert (view.values[field.name], view.conflicts, len(claims)) == (lower, {}, 1)
    view, _ = merged(kind, said(2, {field.name: lower}), said(3, {field.name: lower}))
    assert view.conflicts == {}


def choices(kind: Kind, field: Field) -> None:
    assert field.vocabulary is not None
    one, other = list(field.vocabulary.choices)[:2]
    view, _ = merged(kind, said(2, {f"{field.name}.{one}": True}), said(3, {f"{field.name}.{other}": True}))
    assert (view.values[field.name], view.conflicts) == ({one: True, other: True}, {})
    name = f"{field.name}.{one}"
    view, _ = merged(
        kind,
        said(1, {name: True}),
        said(2, {name: True}, {name: [save_key(1)]}),
        said(3, {name: False}, {name: [save_key(1)]}),
    )
    assert [claim.value for claim in view.conflicts[name]] == [False, True]


def parts(kind: Kind, field: Field) -> None:
    ids = [f"{at:032x}" if field.of else f"row{at:05}" for at in (1, 2)]
    one, other = (f"{field.name}.{row}" for row in ids)
    first, second = part_of(field, kind, 1), part_of(field, kind, 2)
    assert not isinstance(check_write(kind, one, first), Problem)
    view, _ = merged(kind, said(2, {one: first}), said(3, {other: second}))
    assert (view.values[field.name], view.conflicts) == (dict(zip(ids, (first, second), strict=True)), {})
    if rule_of(field) == "rows":
        changed = part_of(field, kind, 0)
        view, claims = merged(
            kind,
            said(1, {one: first}),
            said(2, {one: changed}, {one: [save_key(1)]}),
            said(3, {one: None}, {one: [save_key(1)]}),
        )
        assert [claim.value for claim in view.conflicts.get(one, [])] == [None, changed] and len(claims) == 2


@pytest.mark.parametrize("kind", STEPPING, ids=lambda kind: kind.name)
def test_whatever_steps_arrive_in_whatever_order_a_record_is_in_a_declared_state_and_no_step_is_gone(
    kind: Kind,
) -> None:
    assert kind.states is not None
    name, draw = kind.states.field, random.Random(kind.name)  # noqa: S311
    moves = [(origin, move.to) for move in kind.states.moves for origin in move.origins]
    for _ in range(60):
        stands, changes = {0: kind.states.initial}, [said(1, {name: kind.states.initial})]
        # Each writer saw one earlier state, whichever, and took a step that is allowed from there.
        for number in range(2, 6):
            seen, to = draw.choice(
                [(at, to) for at, state in stands.items() for origin, to in moves if origin == state]
            )
            stands[number] = to
            changes.append(said(number, {name: to}, {name: [save_key(seen or 1)]}))
        view, claims = merged(kind, *changes)
        assert view.values[name] in kind.states.states
        replaced = {key for change in changes for key in change.replaces.get(name, [])}
        left = {
            save_key(change.client): change.values[name]
            for change in changes
            if save_key(change.client) not in replaced
        }
        assert {claim.save_key: claim.value for claim in claims} == left
        is_open = any(not same_value(kind.fields[name], value, view.values[name]) for value in left.values())
        assert (name in view.conflicts) == is_open


def test_every_rule_of_the_page_has_a_field_that_follows_it() -> None:
    found = {rule_of(field) for kind in SCHEMA.kinds.values() for field in kind.fields.values()}
    assert found <= RULES.keys() and RULES.keys() - found <= {"min"}
