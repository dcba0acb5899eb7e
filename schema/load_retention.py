"""Reads retention.toml: how long a centre keeps what, and why.

Not here: which class a kind belongs to (its own declaration), and what is due by it (sync/retention.py).
"""

from collections.abc import Mapping

from schema.declaration import Table
from schema.model import RetentionClass


def read_retention(table: Table) -> Mapping[str, RetentionClass]:
    """The classes by name. Refuses one that neither says how many years nor that it is for ever."""
    found: dict[str, RetentionClass] = {}
    for inner in table.tables("class", named_by="name"):
        name = inner.name_of("name")
        if name in found:
            inner.refuse("name", "is declared twice")
        years, for_ever = inner.integer_or_none("years", least=1), inner.boolean("for_ever")
        if (years is None) != for_ever:
            inner.refuse("years", "a class says how many years, or that it is for ever: one of the two")
        words, statutory = inner.words_here(), inner.boolean("statutory")
        found[name] = RetentionClass(name, words, years, statutory, inner.words("basis"), inner.text("source"))
        inner.close()
    table.close()
    return found
