"""The page that says what two people get who write the same field without knowing of each other (docs/merging.md).

Not here: writing it to the disk (generate.py), and merging itself (sync/document.py, view.py), to which
tests/sync/test_merging.py holds every line of the page.
"""

from schema.access import permissions_of
from schema.field_types import IN_PARTS
from schema.model import Field, Kind, Schema, Words

# What becomes of two values of one field, each written without knowing of the other.
RULES = {
    "latest": Words("都留着，先显示后写的，等人定", "Both stay; the later is shown until somebody decides"),
    "max": Words("都留着，先显示高的，等人定", "Both stay; the higher is shown until somebody decides"),
    "min": Words("都留着，先显示低的，等人定", "Both stay; the lower is shown until somebody decides"),
    "choices": Words(
        "每一项各算各的：勾了不同的项，都在；同一项一个勾、一个取消，等人定",
        "Each choice by itself: different ticks all stay; one choice ticked and unticked waits for somebody",
    ),
    "rows": Words(
        "每一行各算各的：各加的行都在；同一行写得不同，都留着等人定",
        "Each row by itself: rows added by both stay; one row written twice waits for somebody",
    ),
    "added": Words("各加的都在；加了的不改、不删", "What both add stays; nothing is changed or removed"),
    "derived": Words("从别的字段算出来，谁也不写", "Calculated from other fields; nobody writes it"),
}

HEAD = """# 两个人都改了会怎样 · What two people get

Written by `python -m schema.generate` from `schema/records/`; not by hand. It is about two people who write the same
field of the same record without a network, and meet later, in whatever order.

- Nothing that anybody wrote is dropped. What waits for somebody (等人定) is shown as two versions on every device, with
  who wrote each and when. Whoever may change the field settles it by writing it again, and so may the roles below.
- Two people who write the same have not disagreed. Different fields never wait for each other.
- A record that both of them made is two records; where the table of a kind says so they are shown as a possible double.
- A sentence is never woven out of two.
"""


def rule_of(field: Field) -> str:
    """The name in RULES of what becomes of two values of this field."""
    if field.derive is not None:
        return "derived"
    if field.append_only:
        return "added"
    return field.type if field.type in IN_PARTS else field.merge


def merging_page(schema: Schema) -> str:
    """The whole page. The same declarations always give the same text."""
    return "\n".join([HEAD, *(_kind(schema, kind) for kind in schema.kinds.values())])


def _kind(schema: Schema, kind: Kind) -> str:
    lines = [f"## {_both(kind.one)} · `{kind.name}`", ""]
    lines += ["| 字段 · Field | 两个人都写了 · Both wrote it |", "| --- | --- |"]
    lines += [
        f"| {_both(field.words)} `{name}` | {_both(RULES[rule_of(field)])} |" for name, field in kind.fields.items()
    ]
    settling = [_both(schema.roles[role].words) for role in permissions_of(schema, "settle", kind)]
    lines += ["", f"由谁来定 · Settled also by: {'、'.join(settling) or '–'}."]
    if kind.states is not None:
        field = kind.fields[kind.states.field]
        lines.append(
            f"{_both(field.words)}：每一步都按写的人当时看到的来判；两个人各走一步，两步都留着等人定。"
            " Each step is judged from the state its writer saw; two different steps wait for somebody."
        )
    for duplicate in kind.duplicates:
        same = [_both(kind.fields[name].words) for name in duplicate.same]
        same += [f"{_both(kind.fields[name].words)}（同音 by sound）" for name in duplicate.sounds]
        lines.append(f"可能重复 · A possible double: {'、'.join(same)}.")
    if kind.aliases:
        lines.append(
            "合并以后，旧的编号还认得：写着它的记录都算在留下的那一条名下，30 天内可以撤销。"
            " Merged into another, its id goes on as another name of that one; undone within 30 days."
        )
    return "\n".join([*lines, ""])


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}"
