"""Record kinds as GraphQL types, made from the declarations when the server starts: one type, one page and one `where`
for each kind. A newly declared kind or field needs nothing here.

Annotations are set by hand and not postponed: the types they name exist only while this runs.
"""

from types import GenericAlias
from typing import Any

import strawberry

from schema.field_types import IN_PARTS
from schema.model import Field, Kind
from server.graphql.scalars import JSON
from sync.read import RecordRow

# How a declared field type is typed in GraphQL. Dates, times and codes are strings in the form of the declarations.
TYPES: dict[str, Any] = {
    "text": str,
    "long_text": str,
    "date": str,
    "time": str,
    "datetime": str,
    "phone": str,
    "choice": str,
    "state": str,
    "integer": int,
    "boolean": bool,
    "person": strawberry.ID,
    "team": strawberry.ID,
    "ref": strawberry.ID,
    "choices": list[str],
    "rows": JSON,
    "files": JSON,
}
IN_ORDER = ("date", "time", "datetime", "integer")
NOT_ASKED = (*IN_PARTS, "long_text")
# Members of every record; a declared field of such a name could not be told from them.
MEMBERS = ("record", "revision", "standing", "title_zh", "title_en")


def record_type(kind: Kind) -> type:
    """The type of one kind: what every record has, and one nullable member for each declared field."""
    for name in MEMBERS:
        if name in kind.fields:
            raise ValueError(f"{kind.name}: the field name {name} is taken by every record")
    members: dict[str, Any] = {
        "record": strawberry.ID,
        "revision": int,
        "standing": JSON,
        "title_zh": str,
        "title_en": str,
        **{name: TYPES[field.type] | None for name, field in kind.fields.items()},
    }
    described = {
        name: strawberry.field(description=_described(field), default=None) for name, field in kind.fields.items()
    }
    made = type(kind.name, (), {"__annotations__": members, **described})
    return strawberry.type(made, name=kind.name, description=f"{kind.one.zh} · {kind.one.en}")


def page_type(kind: Kind, record: type) -> type:
    """One page of a list of this kind."""
    members = {"items": GenericAlias(list, (record,)), "next": str | None, "total": int}
    made = type(f"{kind.name}_page", (), {"__annotations__": members})
    return strawberry.type(made, name=f"{kind.name}_page", description="`next` goes back into `after`.")


def where_type(kind: Kind) -> type:
    """What a list can be narrowed by: a field's value, one of several, or a span with both ends included."""
    members: dict[str, Any] = {}
    for name, field in kind.fields.items():
        if field.type not in NOT_ASKED:
            of = TYPES[field.type]
            asked = {name: of, f"{name}_in": GenericAlias(list, (of,))}
            if field.type in IN_ORDER:
                asked |= {f"{name}_from": of, f"{name}_to": of}
            for key, form in asked.items():
                if key in members:
                    raise ValueError(f"{kind.name}: {key} would be asked for in two ways")
                members[key] = form | None
    unset = {name: strawberry.UNSET for name in members}
    made = type(f"{kind.name}_where", (), {"__annotations__": members, **unset})
    return strawberry.input(made, name=f"{kind.name}_where")


def record_of(kind: Kind, made: type, row: RecordRow) -> Any:
    """A record of a list as its type has it."""
    values = {
        name: _chosen(row.values.get(name)) if field.type == "choices" else row.values.get(name)
        for name, field in kind.fields.items()
    }
    return made(
        record=row.record,
        revision=row.revision,
        standing=row.standing,
        title_zh=row.title_zh,
        title_en=row.title_en,
        **values,
    )


def where_of(kind: Kind, asked: Any) -> dict[str, Any]:
    """The narrowing as `sync.read` takes it: {field: value | [values] | {"from", "to"}}."""
    found: dict[str, Any] = {}
    for name in kind.fields:
        span = {end: _asked(asked, f"{name}_{end}") for end in ("from", "to")}
        span = {end: value for end, value in span.items() if value is not None}
        for wanted in (_asked(asked, name), _asked(asked, f"{name}_in"), span or None):
            if wanted is not None:
                found[name] = wanted
    return found


def _asked(asked: Any, name: str) -> Any:
    value = getattr(asked, name, None)
    return None if value is strawberry.UNSET else value


def _chosen(value: Any) -> Any:
    return None if value is None else [code for code, is_chosen in value.items() if is_chosen]


def _described(field: Field) -> str:
    return f"{field.words.zh} · {field.words.en}"
