"""Clocks over tickets as people count them from the rules, written by hand (clocks.json; the phone is held to the same
table), and tables that are refused.

Not here: what a desk is told of them (tests/sync/test_overdue.py).
"""

import json
from pathlib import Path

import pytest

from schema.clocks import deadlines, is_late
from schema.declaration import DeclarationError
from schema.load import load_schema
from tests.schema.declared import change, copy_declarations

HAND_MADE = json.loads((Path(__file__).parent / "clocks.json").read_text(encoding="utf-8"))
WRONG = {
    "a kind that there is not": ('kind = "field_task"', 'kind = "nothing"', "clock.accept.kind", "no such record kind"),
    "a moment that is none": ('starts = "raised_at"', 'starts = "title"', "clock.accept.starts", "not a field of type"),
    "a code that there is not": (
        'urgency = "emergency"',
        'urgency = "soon"',
        "clock.on_scene.when",
        "has no code soon",
    ),
    "a field without codes": ('urgency = "emergency"', 'title = "x"', "clock.on_scene.when", "not a coded field"),
    "no time at all": ("minutes = 30", "minutes = 0", "clock.accept.rule.1.minutes", "1 or more"),
    "a time of day that there is not": ('"17:30"', '"25:30"', "clock.on_scene.rule.1.begun_to", "no time of day"),
    "a day that there is not": ('"2026-01-01"', '"2026-02-30"', "clock.accept.rule.1.in_force_on", "is no day"),
    "nothing that says how long": ('until = "expected_by"\n', "", "clock.agreed.rule", "either rules or a moment"),
    "a clock twice": ('name = "on_scene"', 'name = "accept"', "clock.accept.name", "declared twice"),
}


@pytest.mark.parametrize("case", HAND_MADE, ids=lambda case: case["name"])
def test_a_clock_ends_when_people_say(case):
    found = deadlines(load_schema().clocks.get(case["kind"], ()), case["values"])

    told = [[one.clock, one.due_at, one.runs, is_late(one, case["now"])] for one in found]
    assert told == case["clocks"]


def test_what_began_before_a_change_keeps_the_minutes_it_began_with(tmp_path: Path):
    folder = copy_declarations(tmp_path)
    newer = '\n[[clock.rule]]\nin_force_on = "2026-11-23"\nminutes = 20\nsource = "the centre"\n'
    change(folder, "clocks.toml", '30 minutes"\n', f'30 minutes"\n{newer}')
    clocks = load_schema(folder).clocks["field_task"]

    due = [
        deadlines(clocks, {"raised_at": at, "urgency": "normal"})[0].due_at
        for at in ("2026-11-22T15:59:59Z", "2026-11-22T16:00:00Z")
    ]

    assert due == ["2026-11-22T16:29:59Z", "2026-11-22T16:20:00Z"]


def test_a_rule_that_is_not_later_than_the_one_before_is_refused(tmp_path: Path):
    folder = copy_declarations(tmp_path)
    same = '\n[[clock.rule]]\nin_force_on = "2026-01-01"\nminutes = 20\nsource = "the centre"\n'
    change(folder, "clocks.toml", '30 minutes"\n', f'30 minutes"\n{same}')

    with pytest.raises(DeclarationError, match="not later"):
        load_schema(folder)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_table_that_cannot_be_is_refused_by_its_place(tmp_path: Path, wrong: str):
    old, new, key, reason = WRONG[wrong]
    folder = copy_declarations(tmp_path)
    change(folder, "clocks.toml", old, new)

    with pytest.raises(DeclarationError, match=reason) as refusal:
        load_schema(folder)

    assert (refusal.value.file, refusal.value.key) == ("clocks.toml", key)
