"""The command that tells what is due by the classes of retention: how many, on what basis, and their ids on request.

Not here: what is due (sync/retention.py), and destroying it (destruction.py). Nothing of what a record says is told,
and of what is hidden no id.
"""

from collections.abc import Iterator

from schema.access import is_hidden
from schema.model import Schema
from sync.retention import Due


def told_of_centre(schema: Schema, name: str, found: list[Due], with_ids: bool) -> Iterator[str]:
    """The lines about one centre, in both languages of whoever decides on them."""
    total = sum(len(one.records) for one in found)
    if total == 0:
        yield f"{name}：没有到期的记录 / nothing is due."
        return
    yield f"{name}：到期 {total:,} 条 / {total:,} due:"
    for one in found:
        kept, kind = one.retention, schema.kinds[one.kind]
        number = "" if kept.statutory else "（年限由中心核定 / the number is the centre's）"
        yield f"  {kind.many.zh} / {kind.many.en}: {len(one.records):,} · {kept.words.zh} {kept.years} 年{number}"
        yield f"    {kept.basis.zh}"
        yield f"    {kept.basis.en}"
        # An id of what is hidden would tell whoever finds it elsewhere what it belongs to.
        if with_ids and not is_hidden(schema, kind):
            yield from (f"    {record}" for record in one.records)
    yield "这里只列出，没有销毁任何记录 / This is a list; nothing was destroyed."
