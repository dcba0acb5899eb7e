"""How hours are counted, example by example; the phone runs the same table (pwa/tests/hours/counting.test.ts).

Not here: which hours are certified (tests/sync/test_hours.py).
"""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from sync.hour_rules import FIRST, Rule, Served, closes_on, counted, rule_on

TABLE = json.loads(Path(__file__).with_name("hours.json").read_text("utf-8"))


def served(example: dict) -> Served:
    return Served(**{"is_certified": False, **example})


@pytest.mark.parametrize("example", TABLE["counted"], ids=lambda example: example["name"])
def test_the_minutes_that_count_are_the_same_in_whatever_order_entries_come(example: dict):
    rule = replace(FIRST, **example["rule"])
    for day in itertools.permutations(example["day"]):
        assert counted(rule, [served(one) for one in day]) == example["counts"]


def test_the_sum_of_a_day_does_not_depend_on_what_is_certified():
    for example in TABLE["counted"]:
        rule = replace(FIRST, **example["rule"])
        for certified in itertools.product((False, True), repeat=len(example["day"])):
            day = [served({**one, "is_certified": at}) for one, at in zip(example["day"], certified, strict=True)]
            assert sum(counted(rule, day).values()) == sum(example["counts"].values()), example["name"]


@pytest.mark.parametrize("example", TABLE["closes"])
def test_a_month_closes_on_a_day_of_the_next(example: dict):
    rule = replace(FIRST, closes_on_day=example["closes_on_day"])
    assert closes_on(rule, example["worked_on"]) == example["gives"]


@pytest.mark.parametrize("example", TABLE["rule_on"])
def test_a_rule_counts_from_its_day_on_and_of_two_the_one_written_last(example: dict):
    rules = [Rule(**rule) for rule in TABLE["rules"]]
    assert rule_on(rules, example["worked_on"]).record == example["gives"]
