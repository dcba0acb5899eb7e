"""The declared words in a person's language: labels, choices, titles of records, problems with their next step.

Not here: the interface's own words, which belong to the screens.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from schema.field_types import is_datetime, is_empty
from schema.load import load_schema
from schema.model import Column, Field, Kind, Problem, Value, Values, Words

# (kind name, "person" or "team"; id) -> the title or name in the language asked for, None if it is not known here.
Lookup: TypeAlias = Callable[[str, str], str | None]

_PLACE = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_SEPARATOR = " · "
_THIS = Words("这一项", "This item")
_YES, _NO = Words("是", "Yes"), Words("否", "No")
CHINA = timedelta(hours=8)


def problem_words(problem: Problem, language: str, label: str = "") -> tuple[str, str]:
    """What to tell a person about a problem, and the next step; `label` is the name of the field it concerns."""
    told = load_schema().problems[problem.code]
    name = label or _THIS.in_language(language)
    words, next_step = told.words.in_language(language), told.next_step.in_language(language)
    return words.replace("{label}", name), next_step.replace("{label}", name)


def label(kind: Kind, field_key: str, language: str) -> str:
    """The name of a field; of one choice or of a row's field, the name of the field it belongs to."""
    field = kind.field_of(field_key)
    return field.words.in_language(language) if field else field_key


def problem_label(kind: Kind, problem: Problem, language: str) -> str:
    """The name of what a problem concerns, for problem_words: the field, and its column if it is about one."""
    field = kind.field_of(problem.field or "")
    if field is None:
        return ""
    column = field.columns.get(str(problem.details.get("column")))
    named = field.words.in_language(language)
    return f"{named}{_SEPARATOR}{column.words.in_language(language)}" if column else named


def value_words(field: Field | Column, value: Value, language: str, lookup: Lookup) -> str:
    """One value as text: names in place of ids, words in place of codes; "" for what is not known here."""
    if isinstance(value, bool):
        return (_YES if value else _NO).in_language(language)
    return _shown(field, value, language, lookup)


def choice_words(field: Field | Column, code: str, language: str) -> str:
    """The words of a code; a code nobody knows is shown as it is."""
    choice = field.vocabulary.choices.get(code) if field.vocabulary else None
    return choice.words.in_language(language) if choice else code


def title_of(kind: Kind, values: Values, language: str, lookup: Lookup) -> str:
    """The title of a record from its displayed values.

    In the template `{field}` is the displayed value and `{a|b}` the first of both that has one; `[ ... ]` is left out
    when a place in it is empty, and so is a part between " · ". A record with nothing to show has its kind's name.
    """

    def place(match: re.Match[str]) -> str:
        names = match[1].split("|")
        return next(filter(None, (_shown(kind.fields[name], values.get(name), language, lookup) for name in names)), "")

    def optional(match: re.Match[str]) -> str:
        return match[1] if all(place(inner) for inner in _PLACE.finditer(match[1])) else ""

    def filled(part: str) -> str:
        places = [place(match) for match in _PLACE.finditer(part)]
        return _PLACE.sub(place, part).strip(" ") if any(places) or not places else ""

    parts = _OPTIONAL.sub(optional, kind.title.in_language(language)).split(_SEPARATOR)
    return _SEPARATOR.join(filter(None, map(filled, parts))) or kind.one.in_language(language)


def _shown(field: Field | Column, value: Value, language: str, lookup: Lookup) -> str:
    if field.type == "integer" and isinstance(value, int):
        return str(value)
    if not isinstance(value, str) or is_empty(value):
        return ""
    if field.type == "ref":
        return lookup(field.of or "", value) or ""
    if field.type in ("person", "team"):
        return lookup(field.type, value) or ""
    if field.vocabulary:
        return choice_words(field, value, language)
    if field.type == "datetime" and is_datetime(value):
        return f"{datetime.fromisoformat(value[:19]) + CHINA:%Y-%m-%d %H:%M}"
    return value
