"""Reads permissions.toml: tiers, operations on records, acts without one, and what each question and command does.

Not here: what needs the kinds and the roles to be judged (cross_check.py), and deciding by it (access.py).
"""

from collections.abc import Mapping

from schema.declaration import Table
from schema.model import Act, Operation, Rights, Tier

# How a device keeps what it opens: sealed by a passkey's own secret, by a passkey or a PIN with the centre's share, at
# a desk with a key, or in the demo, where everybody is invented.
PATHS = ("prf", "passkey", "pin", "key", "demo")
# The entries of a kind that permit something; `count` is whoever sees it, and whoever only
# counts it; `certify` is its review where an approval locks.
ENTRIES = ("see", "count", "create", "edit", "settle", "review", "certify")
# Everything that is ever asked of `decide` about a record. A name that is not declared would be asked in vain.
OPERATIONS = (
    *("list", "count", "search", "read", "read_sensitive", "carry", "create", "change", "settle", "review", "certify"),
    *("export", "delete", "break_glass"),
)


def read_rights(table: Table) -> Rights:
    """The rights, complete in themselves. Refuses anything unknown, missing or contradictory within the file."""
    rights = Rights(
        table.integer("verified_minutes", least=1),
        table.integer("second_way_days", least=1),
        _tiers(table.table("tier")),
        _operations(table.table("operation")),
        _acts(table.table("act")),
        _asks(table.table("asks")),
    )
    for ask, names in rights.asks.items():
        for name in names:
            if name not in rights.operations and name not in rights.acts:
                table.refuse(f"asks.{ask}", f"there is no operation and no act {name}")
        if len(names) > 1 and set(names) & set(rights.acts):
            table.refuse(f"asks.{ask}", "an act stands alone: it is judged before anything is answered")
    table.close()
    return rights


def _tiers(table: Table) -> Mapping[int, Tier]:
    found: dict[int, Tier] = {}
    for name in table.names():
        if name != str(len(found) + 1):
            table.refuse(name, "tiers are numbered from 1")
        inner = table.table(name)
        paths = inner.texts("paths")
        for path in paths:
            if path not in PATHS:
                inner.refuse("paths", f"{path} is none of {', '.join(PATHS)}")
        found[int(name)] = Tier(int(name), inner.words_here(), paths, inner.boolean("verified"))
        inner.close()
    return found


def _operations(table: Table) -> Mapping[str, Operation]:
    found: dict[str, Operation] = {}
    for name in OPERATIONS:
        inner = table.table(name)
        follows = inner.one_of("follows", ENTRIES) if inner.has("follows") else None
        by = inner.permissions_or_none("by")
        if (follows is None) == (by is None):
            inner.refuse("follows", "an operation follows an entry of the kind, or says by whom: one of the two")
        roles = inner.texts("roles") if inner.has("roles") else None
        tier_max, opens = inner.integer_or_none("tier_max", least=1), inner.boolean("opens")
        second_way = inner.boolean("second_way")
        found[name] = Operation(name, inner.words_here(), follows, roles, by or {}, tier_max, opens, second_way)
        inner.close()
    table.close()
    return found


def _acts(table: Table) -> Mapping[str, Act]:
    found: dict[str, Act] = {}
    for name in table.names():
        if name in OPERATIONS:
            table.refuse(name, "is the name of an operation on records")
        inner = table.table(name)
        by, verified, second_way = (
            inner.permissions_or_none("by"),
            inner.boolean("verified"),
            inner.boolean("second_way"),
        )
        found[name] = Act(name, inner.words_here(), by, verified, second_way)
        inner.close()
    return found


def _asks(table: Table) -> Mapping[str, tuple[str, ...]]:
    return {name: table.one_or_more(name) for name in table.names()}
