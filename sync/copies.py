"""A person's copy of what is kept about them: which records those are, and whose names have no place in it.

Not here: how it is asked for, agreed to and fetched (sync/exports.py), and the file (server/exports/copies.py).
What is confidential is in no copy: whoever keeps it reads it to the person.
"""

import json

from schema.access import UNTOLD, Context, is_hidden
from schema.basis import ITSELF
from schema.model import Kind, Person, Problem, Schema
from sync.put_away import names_of, survivor_of
from sync.store.store import Store
from sync.tables import quoted
from sync.visibility import Follower, records_following, seen_by


def records_about(
    store: Store, schema: Schema, person: Person, kind: str, subject: str, context: Context = UNTOLD
) -> list[str] | Problem:
    """The records about somebody: the one that is themselves first, then kind by kind, the newest first.

    Refused `not_found` where the asking person sees nobody of that id, `copy_incomplete` where some of what is kept is
    not theirs to take away: a copy is whole, or somebody else makes it.
    """
    subject = survivor_of(store, subject)
    found: list[str] = []
    is_whole = True
    for other in kinds_about(schema, kind):
        # The survivor itself first: its aliases are about the same person.
        is_self = other.name == kind
        names = names_of(store, subject) if is_self else records_following(store, _towards(schema, other), subject)
        seen = seen_by(schema, person, [other.name], "export", context, put_away=True)
        rows = store.rows(
            f"SELECT r.record FROM record r WHERE {seen.sql} AND r.record IN (SELECT value FROM json_each(?))"  # noqa: S608
            " ORDER BY r.happened_on DESC, r.record",
            (*seen.parameters, json.dumps(names)),
        )
        if other.name == kind and not rows:
            return Problem("not_found")
        is_whole = is_whole and len(rows) == len(names)
        found += [name for (name,) in rows]
    return found if is_whole and found else Problem("copy_incomplete" if found else "not_found")


def kinds_about(schema: Schema, kind: str) -> list[Kind]:
    """The kinds whose records are about persons of a kind, that kind first; none where it is not one of persons."""
    own = schema.kinds[kind]
    if own.subject != ITSELF:
        return []
    others = [
        other for other in schema.kinds.values() if not is_hidden(schema, other) and _leads_to(schema, other, kind)
    ]
    return [own, *others]


def names_of_others(store: Store, schema: Schema, centre: str, kind: str, subject: str) -> list[str]:
    """What the others of this kind are called, the longest first; but for whoever has the same name."""
    field = next((field.name for field in schema.kinds[kind].fields.values() if field.search == "name"), None)
    if field is None:
        return []
    rows = store.rows(
        f"SELECT k.record, k.{quoted(field)} FROM {quoted(kind)} k JOIN record r ON r.record = k.record"  # noqa: S608
        f" WHERE r.centre = ? AND k.{quoted(field)} IS NOT NULL",
        (centre,),
    )
    theirs = set(names_of(store, subject))
    own = {name for record, name in rows if record in theirs}
    return sorted({name for _, name in rows} - own, key=lambda name: (-len(name), name))


def _leads_to(schema: Schema, kind: Kind, subject: str) -> bool:
    return kind.subject not in (None, ITSELF) and _ends(schema, kind)[-1] == subject


def _towards(schema: Schema, kind: Kind) -> Follower:
    return Follower(kind.name, tuple(str(kind.subject).split(".")), tuple(_ends(schema, kind)[:-1]))


def _ends(schema: Schema, kind: Kind) -> list[str]:
    """The kinds along the path to the person, from this one to that of the person."""
    kinds = [kind.name]
    for name in str(kind.subject).split("."):
        kinds.append(str(schema.kinds[kinds[-1]].fields[name].of))
    return kinds
