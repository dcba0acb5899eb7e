"""The page that shows who may do what (docs/permissions.md), written from the same table that `decide` goes by.

Not here: writing it to the disk (generate.py).
"""

from collections.abc import Iterable, Mapping

from schema.access import is_hidden, permissions_of
from schema.load_rights import OPERATIONS
from schema.model import Kind, Operation, Permissions, Schema, Tier, Words

HEAD = """# 谁可以做什么 · Who may do what

Written by `python -m schema.generate` from `schema/records/`, `schema/roles.toml` and `schema/permissions.toml`; not by
hand. A cell names how far a role reaches: {reaches}. An empty cell is nobody's. Another centre is out of reach of all.
² waits for a second way in.
"""


def permissions_page(schema: Schema) -> str:
    """The whole page. The same declarations always give the same text."""
    reaches = "; ".join(f"**{_both(reach.words)}** {reach.meaning}" for reach in schema.reaches.values())
    parts = [HEAD.format(reaches=reaches), _tiers(schema)]
    parts += [_kind(schema, kind) for kind in schema.kinds.values()]
    parts += [_acts(schema), _asks(schema)]
    return "\n".join(parts)


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = list(heads)
    lines = [names, ["---"] * len(names), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _roles(schema: Schema, permissions: Permissions) -> list[str]:
    return [
        "、".join(_both(schema.reaches[reach].words) for reach in permissions.get(role, ())) for role in schema.roles
    ]


def _heads(schema: Schema, first: str) -> list[str]:
    return [first, *(_both(role.words) for role in schema.roles.values())]


def _tiers(schema: Schema) -> str:
    rows = [
        [str(tier.number), _both(tier.words), _asked_of_device(schema, tier)] for tier in schema.rights.tiers.values()
    ]
    return "\n".join(["## 敏感程度 · Tiers", "", *_table(("", "", "设备 · The device"), rows), ""])


def _asked_of_device(schema: Schema, tier: Tier) -> str:
    asked = []
    if tier.paths:
        asked.append(f"path {', '.join(tier.paths)}; hidden from everybody who is not named")
    if tier.verified:
        asked.append(f"opened within {schema.rights.verified_minutes} minutes of showing who it is")
    return "; ".join(asked)


def _kind(schema: Schema, kind: Kind) -> str:
    tier = schema.rights.tiers[kind.sensitivity]
    rows = [
        [_named(schema.rights.operations[name]), *_roles(schema, permissions_of(schema, name, kind))]
        for name in OPERATIONS
    ]
    lines = [f"## {_both(kind.one)} · `{kind.name}`", "", f"{_both(tier.words)} ({tier.number})."]
    if is_hidden(schema, kind):
        lines.append("Hidden: to everybody else a record of this kind does not exist.")
    lines += ["", *_table(_heads(schema, "操作 · Operation"), rows), ""]
    fields = [
        [f"{_both(field.words)} `{name}`", *_roles(schema, field.edit)]
        for name, field in kind.fields.items()
        if field.edit is not None
    ]
    if fields:
        lines += ["Fields that are changed by a rule of their own:", ""]
        lines += [*_table(_heads(schema, "字段 · Field"), fields), ""]
    if kind.states:
        lines += ["Steps, for whom the record is within reach of `change`:", ""]
        lines += [*_table(_heads(schema, "步骤 · Step"), _steps(schema, kind)), ""]
    return "\n".join(lines)


def _steps(schema: Schema, kind: Kind) -> list[list[str]]:
    states: Mapping[str, Words] = kind.states.states if kind.states else {}
    rows = []
    for move in kind.states.moves if kind.states else ():
        name = f"{'、'.join(states[origin].zh for origin in move.origins)} → {_both(states[move.to])}"
        rows.append([name, *("✓" if role in move.by else "" for role in schema.roles)])
    return rows


def _named(operation: Operation) -> str:
    return _both(operation.words) + (" ²" if operation.second_way else "")


def _acts(schema: Schema) -> str:
    rows = []
    for name, act in schema.rights.acts.items():
        everybody = dict.fromkeys(schema.roles, ("own",))
        once_more = "✓" if act.verified else ""
        second = "✓" if act.second_way else ""
        rows.append(
            [
                f"{_both(act.words)} `{name}`",
                *_roles(schema, everybody if act.by is None else act.by),
                once_more,
                second,
            ]
        )
    heads = [*_heads(schema, "事情 · Act"), "再确认是本人 · Shows who it is", "有两条登录的路 · Has two ways in"]
    return "\n".join(["## 记录以外 · Without a record", "", *_table(heads, rows), ""])


def _asks(schema: Schema) -> str:
    rows = [[f"`{name}`", ", ".join(does)] for name, does in schema.rights.asks.items()]
    rows += [["`<kind>`", "read"], ["`<kind>_list`", "list, count"]]
    return "\n".join(["## 每个问题做什么 · What each question does", "", *_table(("GraphQL", ""), rows), ""])
