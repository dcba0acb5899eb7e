"""Reads clocks.toml: which clocks run over the records of which kind, and how long they allow.

Not here: when one of them ends (clocks.py).
"""

import re
from collections.abc import Mapping
from datetime import date

from schema.declaration import Table
from schema.model import Clock, ClockRule, Kind

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def read_clocks(table: Table, kinds: Mapping[str, Kind]) -> Mapping[str, tuple[Clock, ...]]:
    """The clocks by kind. Refuses a moment that is no field of type datetime, and a clock that allows no time."""
    found: dict[str, list[Clock]] = {}
    for inner in table.tables("clock", named_by="name"):
        name, kind = inner.name_of("name"), kinds.get(inner.text("kind"))
        if kind is None:
            inner.refuse("kind", "there is no such record kind")
        clock = Clock(
            name=name,
            words=inner.words_here(),
            starts=_moment(inner, kind, "starts"),
            ends=_moment(inner, kind, "ends"),
            until=_moment(inner, kind, "until") if inner.has("until") else None,
            when=inner.when_or_none("when") or {},
            stops_when=inner.when_or_none("stops_when"),
            rules=_rules(inner),
        )
        if bool(clock.rules) == (clock.until is not None):
            inner.refuse("rule", "a clock has either rules or a moment it runs until")
        for key, when in (("when", clock.when), ("stops_when", clock.stops_when or {})):
            _known(inner, kind, key, when)
        inner.close()
        several = found.setdefault(kind.name, [])
        if any(other.name == name for other in several):
            inner.refuse("name", "is declared twice")
        several.append(clock)
    table.close()
    return {name: tuple(several) for name, several in found.items()}


def _moment(table: Table, kind: Kind, key: str) -> str:
    name = table.text(key)
    if name not in kind.fields or kind.fields[name].type != "datetime":
        table.refuse(key, f"{name} is not a field of type datetime in {kind.name}")
    return name


def _known(table: Table, kind: Kind, key: str, when: Mapping[str, tuple[object, ...]]) -> None:
    for name, accepted in when.items():
        vocabulary = kind.fields[name].vocabulary if name in kind.fields else None
        if vocabulary is None:
            table.refuse(key, f"{name} is not a coded field of {kind.name}")
        for code in accepted:
            if code != "*" and code not in vocabulary.choices:
                table.refuse(key, f"{vocabulary.name} has no code {code}")


def _rules(table: Table) -> tuple[ClockRule, ...]:
    """Oldest first; each holds until the next one is in force."""
    found: list[ClockRule] = []
    for inner in table.tables("rule"):
        try:
            in_force_on = date.fromisoformat(inner.text("in_force_on"))
        except ValueError:
            inner.refuse("in_force_on", "is no day")
        if found and in_force_on <= found[-1].in_force_on:
            inner.refuse("in_force_on", "is not later than the rule before")
        minutes = inner.integer("minutes", least=1)
        begun = tuple(_time(inner, key) for key in ("begun_from", "begun_to"))
        found.append(ClockRule(in_force_on, minutes, begun[0], begun[1], inner.text("source")))
        inner.close()
    return tuple(found)


def _time(table: Table, key: str) -> str | None:
    time = table.text_or_none(key)
    if time is not None and not _TIME.fullmatch(time):
        table.refuse(key, "is no time of day")
    return time
