"""Runs the examples beside every record kind through the Python rules. Not here: what the examples say.

pwa/tests/schema/examples.test.ts runs the same examples through the phone's rules.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from schema.load import load_examples, load_schema
from schema.model import Claim, Kind, Problem
from schema.validate import check_write, validate
from schema.view import view_of, with_derived
from schema.words import title_of

EXAMPLES = load_examples()


def examples(section: str) -> list[Any]:
    return [
        pytest.param(load_schema().kinds[kind], entry, id=f"{kind}: {entry.get('name', entry.get('zh'))}")
        for kind, file in EXAMPLES.items()
        for entry in file.get(section, [])
    ]


def record(kind: Kind, entry: Mapping[str, Any], values: str = "values") -> dict[str, Any]:
    """The example's record: the kind's base with its own values over it, without what it leaves out."""
    left_out = entry.get("without", []) if values == "values" else []
    whole = {**EXAMPLES[kind.name]["base"], **entry.get(values, {})}
    return with_derived(kind, {name: value for name, value in whole.items() if name not in left_out})


def problems(kind: Kind, entry: Mapping[str, Any]) -> list[Problem]:
    file = EXAMPLES[kind.name]
    before = record(kind, entry, "before") if "before" in entry else {}
    return validate(kind, before, record(kind, entry), date.fromisoformat(file["today"]), file["now"])


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_values_of_an_example_that_passes_can_be_written(kind: str) -> None:
    declared = load_schema().kinds[kind]
    for entry in EXAMPLES[kind]["pass"]:
        for name, value in record(declared, entry).items():
            field = declared.fields[name]
            if field.derive:
                continue
            parts = {f"{name}.{part}": value[part] for part in value} if isinstance(value, dict) else {name: value}
            assert {key: check_write(declared, key, part) for key, part in parts.items()} == parts


@pytest.mark.parametrize(("kind", "entry"), examples("pass"))
def test_a_record_that_must_pass(kind: Kind, entry: Mapping[str, Any]) -> None:
    assert problems(kind, entry) == []


@pytest.mark.parametrize(("kind", "entry"), examples("fail"))
def test_a_record_that_must_fail(kind: Kind, entry: Mapping[str, Any]) -> None:
    assert [(problem.code, problem.field) for problem in problems(kind, entry)] == [(entry["code"], entry["field"])]


@pytest.mark.parametrize(("kind", "entry"), examples("write"))
def test_a_value_that_is_written(kind: Kind, entry: Mapping[str, Any]) -> None:
    value = entry.get("value")
    written = value * entry["times"] if "times" in entry else value

    judged = check_write(kind, entry["key"], written)

    if "code" in entry:
        assert (judged.code, judged.field) == (entry["code"], entry["key"])
    else:
        assert judged == entry.get("gives", written)
        assert type(judged) is type(entry.get("gives", written))


@pytest.mark.parametrize(("kind", "entry"), examples("derive"))
def test_a_value_that_is_calculated(kind: Kind, entry: Mapping[str, Any]) -> None:
    assert record(kind, entry).get(entry["field"]) == entry.get("gives")


@pytest.mark.parametrize(("kind", "entry"), examples("show"))
def test_versions_that_are_shown(kind: Kind, entry: Mapping[str, Any]) -> None:
    claims = [
        Claim(claim["key"], claim["save"], claim.get("value"), claim["at"], claim["by"]) for claim in entry["claims"]
    ]

    for order in (claims, claims[::-1]):
        view = view_of(kind, order)
        assert view.values == entry["values"]
        assert sorted(view.conflicts) == entry["conflicts"]


@pytest.mark.parametrize(("kind", "entry"), examples("title"))
def test_a_title(kind: Kind, entry: Mapping[str, Any]) -> None:
    names = entry.get("names", {})

    for language in ("zh", "en"):
        title = title_of(kind, record(kind, entry), language, lambda _of, id_: names.get(id_))
        assert title == entry[language]
