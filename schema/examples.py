"""What a file of examples must look like, so that a misspelt example cannot pass by saying nothing.

Not here: running them; pytest and vitest do, each through its own rules.
"""

from collections.abc import Mapping
from typing import Any

from schema.declaration import DeclarationError, Table

# Section -> (keys an entry must have, keys it may have). Meaning of every key: schema/README.md.
SECTIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pass": (("name",), ("before", "values", "without")),
    "fail": (("name", "code", "field"), ("before", "values", "without")),
    "write": (("name", "key"), ("value", "times", "gives", "code")),
    "derive": (("name", "field"), ("values", "without", "gives")),
    "show": (("name", "claims", "values", "conflicts"), ()),
    "title": (("zh", "en"), ("values", "without", "names")),
}
NEEDED = ("today", "now", "base", "pass", "fail")


def judge_examples(file: str, examples: Mapping[str, Any], problems: Mapping[str, Any]) -> None:
    """Refuse a file of examples that lacks a part, or has one that nobody would run."""
    for key in NEEDED:
        if not examples.get(key):
            raise DeclarationError(file, key, "is missing")
    for key in examples:
        if key not in SECTIONS and key not in NEEDED:
            raise DeclarationError(file, key, "unknown key")
    table = Table(file, "", examples)
    for section, (needed, allowed) in SECTIONS.items():
        for entry in table.tables(section):
            _judge_entry(entry, needed, allowed, problems)


def _judge_entry(entry: Table, needed: tuple[str, ...], allowed: tuple[str, ...], problems: Mapping[str, Any]) -> None:
    for key in needed:
        if not entry.has(key):
            entry.refuse(key, "is missing")
    for key in entry.names():
        if key not in needed and key not in allowed:
            entry.refuse(key, "unknown key")
    code = entry.text_or_none("code")
    if code is not None and code not in problems:
        entry.refuse("code", f"there is no problem {code}")
