"""Writes what the phone needs of the declarations into pwa/src/generated, and two pages of docs; `--check` says which
files are stale.

Not here: anything the server needs, which loads the declarations directly.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schema.access import is_hidden
from schema.field_types import FIELD_TYPES
from schema.load import load_examples, load_schema
from schema.merging_page import merging_page
from schema.model import Basis, Clock, Column, Field, Kind, Move, Review, Schema, States, When, Words
from schema.permissions_page import permissions_page

ROOT = Path(__file__).parent.parent
# A phone of this role opens with what this role sees; all other kinds come in a file of their own, for whoever has
# another role (pwa/src/schema/schema.ts).
FIRST_ROLE = "outreach_worker"
GENERATED = ROOT / "pwa" / "src" / "generated"
DOCUMENTS = ROOT / "docs"
# Names that TypeScript keeps for itself: such a kind's interface gets an underscore. ValuesOf names it plainly.
_TYPESCRIPT_KEEPS = re.compile(
    r"break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|"
    r"finally|for|function|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|"
    r"typeof|var|void|while|with|any|boolean|never|number|object|string|symbol|undefined|unknown|bigint"
)


def generated(schema: Schema, examples: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """File name -> its whole text. The same declarations always give the same bytes."""
    return {
        **{name: _json(part) for name, part in schema_json(schema).items()},
        "labels.json": _json(labels_json(schema)),
        "examples.json": _json(dict(examples)),
        "types.ts": types_ts(schema),
        "problems.json": _json(problems_json(schema)),
        "statutory_days.json": _json(statutory_json(schema)),
    }


def stale(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """The names of the files in a folder that are missing or differ from what they should hold."""
    return [
        name
        for name, text in texts.items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]


def schema_json(schema: Schema) -> dict[str, dict[str, Any]]:
    """File name -> the declarations as the phone reads them; absent attributes are left out."""
    later = {name for name, kind in schema.kinds.items() if FIRST_ROLE not in kind.access.see}
    named_first = {name for one, kind in schema.kinds.items() if one not in later for name in _vocabularies_of(kind)}
    named_later = {name for one in later for name in _vocabularies_of(schema.kinds[one])} - named_first
    kinds = {name: _kind(kind, is_hidden(schema, kind)) for name, kind in schema.kinds.items()}
    vocabularies = {
        name: [
            {"code": choice.code, **_words(choice.words), **({"retired": True} if choice.retired else {})}
            for choice in vocabulary.choices.values()
        ]
        for name, vocabulary in schema.vocabularies.items()
    }
    first = {
        "opens": [FIRST_ROLE],
        "kinds": {name: kind for name, kind in kinds.items() if name not in later},
        "vocabularies": {name: choices for name, choices in vocabularies.items() if name not in named_later},
        "roles": {
            name: {**_words(role.words), "home": role.home, "replicates": role.replicates}
            for name, role in schema.roles.items()
        },
        "clocks": {kind: [_clock(clock) for clock in several] for kind, several in schema.clocks.items()},
        # Who has a screen for it; what may be done to whom is judged by the centre.
        "acts": {
            **{name: list(act.by) for name, act in schema.rights.acts.items() if act.by is not None},
            **{name: list(one.by) for name, one in schema.rights.operations.items() if one.by},
        },
    }
    second = {
        "kinds": {name: kind for name, kind in kinds.items() if name in later},
        "vocabularies": {name: choices for name, choices in vocabularies.items() if name in named_later},
    }
    return {"schema.json": first, "further_kinds.json": second}


def _vocabularies_of(kind: Kind) -> set[str]:
    fields = kind.fields.values()
    named = {field.of for field in fields} | {column.of for field in fields for column in field.columns.values()}
    return {name for name in named if name is not None}


def statutory_json(schema: Schema) -> dict[str, Any]:
    """The days of each year that is known, for whoever counts without the centre."""
    return {
        str(number): {
            "holidays": sorted(day.isoformat() for day in year.holidays),
            "workdays": sorted(day.isoformat() for day in year.workdays),
        }
        for number, year in schema.statutory_years.items()
    }


def labels_json(schema: Schema) -> dict[str, Any]:
    """Kind -> field -> what it is called, asked and explained by. Apart, because a phone's first screen shows none."""
    return {name: {field.name: _labels(field) for field in kind.fields.values()} for name, kind in schema.kinds.items()}


def problems_json(schema: Schema) -> dict[str, Any]:
    """Code -> its words and next step in both languages, and who can mend it."""
    return {
        code: {
            "on": told.on,
            "fixer": told.fixer,
            **_words(told.words),
            "next_zh": told.next_step.zh,
            "next_en": told.next_step.en,
        }
        for code, told in schema.problems.items()
    }


def types_ts(schema: Schema) -> str:
    """The TypeScript types of every vocabulary and of every kind's values."""
    lines = [
        "// The types of what a centre records. Written by `python -m schema.generate`, not by hand.",
        "// Not here: labels and rules, which are in schema.json and further_kinds.json.",
        "",
        f"export type Kind = {_union(schema.kinds)};",
        "",
    ]
    for name, vocabulary in schema.vocabularies.items():
        lines.append(f"export type {_type_name(name)} = {_union(vocabulary.choices)};")
    rows = [(kind, field) for kind in schema.kinds.values() for field in kind.fields.values() if field.type == "files"]
    # A row about a file is the same wherever one is declared.
    for kind, field in rows[:1]:
        lines += ["", *_row_type(kind, "file_row", field)]
    for kind in schema.kinds.values():
        lines += ["", *_kind_types(kind)]
    lines += ["", "export interface ValuesOf {"]
    lines += [f"  {name}: {_type_name(name)};" for name in schema.kinds]
    return "\n".join([*lines, "}", ""])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _given(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not said: null, false, and empty text or lists. An empty `edit` says something and stays."""
    return {name: value for name, value in entries.items() if value is not None and value is not False and value != ()}


def _when(when: When | None) -> dict[str, Any] | None:
    """A condition as it is declared: a single value stands by itself."""
    if when is None:
        return None
    return {name: accepted[0] if len(accepted) == 1 else accepted for name, accepted in when.items()}


def _kind(kind: Kind, hidden: bool) -> dict[str, Any]:
    return {
        "name": kind.name,
        "version": kind.version,
        "sensitivity": kind.sensitivity,
        **({"hidden": True} if hidden else {}),
        "icon": kind.icon,
        "words": {
            "zh": {"one": kind.one.zh, "many": kind.many.zh},
            "en": {"one": kind.one.en, "many": kind.many.en},
        },
        "title": _words(kind.title),
        "team": kind.team,
        "own": list(kind.own),
        **({"subject": kind.subject} if kind.subject else {}),
        **({"consent": vars(kind.consent)} if kind.consent else {}),
        "fields": [_field(field) for field in kind.fields.values()],
        "checks": [{"rule": check.rule, **check.arguments} for check in kind.checks],
        "duplicates": [_given(vars(duplicate)) for duplicate in kind.duplicates],
        **({"aliases": True} if kind.aliases else {}),
        "review": _review(kind.review) if kind.review else None,
        "states": _states(kind.states) if kind.states else None,
        "access": {verb: dict(getattr(kind.access, verb)) for verb in ("see", "create", "edit", "settle")},
        "list": {"columns": list(kind.list_columns), "sort": list(kind.list_sort)},
        "indexes": [list(index) for index in kind.indexes],
        "form": [{**_words(section.words or kind.one), "fields": list(section.fields)} for section in kind.form],
    }


def _field(field: Field) -> dict[str, Any]:
    return _given(
        {
            "name": field.name,
            "type": field.type,
            "required": field.required,
            "required_when": _when(field.required_when),
            "min": field.min,
            "max": field.max,
            "not_after": field.not_after,
            "not_before": field.not_before,
            "working_days": field.working_days,
            "of": field.of,
            "role": field.role,
            "merge": field.merge if field.merge != "latest" else None,
            "near_minutes": field.near_minutes,
            "edit": field.edit,
            "derive": {"rule": field.derive.rule, **field.derive.arguments} if field.derive else None,
            "columns": tuple(_column(column) for column in field.columns.values()),
            "append_only": field.append_only,
            "among": field.among,
            "rows_max": field.rows_max,
            "rows_min": field.rows_min,
            "apart_from": field.apart_from,
            "media": field.media,
            "bytes_max": field.bytes_max,
            "search": field.search,
            "since": field.since,
            "retired": field.retired,
            "basis": _basis(field.basis) if field.basis else None,
            "sensitivity": field.sensitivity,
            "says": field.says,
            "trail": field.trail,
            "offer": field.offer,
            "takes": field.takes,
            "asked_when": _when(field.asked_when),
        }
    )


def _labels(field: Field) -> dict[str, Any]:
    return _given(
        {
            "words": _words(field.words),
            "ask": _words(field.ask) if field.ask else None,
            "help": _words(field.help) if field.help else None,
            "columns": {name: _words(column.words) for name, column in field.columns.items()} or None,
        }
    )


def _column(column: Column) -> dict[str, Any]:
    return _given(
        {
            "name": column.name,
            "type": column.type,
            "required": column.required,
            "min": column.min,
            "max": column.max,
            "of": column.of,
        }
    )


def _review(review: Review) -> dict[str, Any]:
    return {
        "by": review.by,
        "waits_when": _when(review.waits_when),
        "urgent_when": _when(review.urgent_when),
        "locks": review.locks,
        **({"stands_in": list(review.stands_in)} if review.stands_in else {}),
        "words": {state: _words(words) for state, words in review.words.items()},
    }


def _states(states: States) -> dict[str, Any]:
    return {
        "field": states.field,
        "initial": states.initial,
        "states": [{"code": code, **_words(words)} for code, words in states.states.items()],
        "moves": [_move(move) for move in states.moves],
    }


def _move(move: Move) -> dict[str, Any]:
    basis = _basis(move.basis) if move.basis else None
    words = _words(move.words) if move.words else None
    more = _given({"basis": basis, "says": move.says, "asks": move.asks, "words": words, "when": _when(move.when)})
    more |= _given({"apart": move.apart})
    return {"from": move.origins, "to": move.to, "by": move.by, **more}


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "name": clock.name,
        **_words(clock.words),
        "starts": clock.starts,
        "ends": clock.ends,
        **_given({"until": clock.until, "when": _when(clock.when) or None, "stops_when": _when(clock.stops_when)}),
        "rules": [
            _given(
                {
                    "in_force_on": rule.in_force_on.isoformat(),
                    "minutes": rule.minutes,
                    "begun_from": rule.begun_from,
                    "begun_to": rule.begun_to,
                }
            )
            for rule in clock.rules
        ],
    }


def _basis(basis: Basis) -> dict[str, Any]:
    return _given({"purpose": basis.purpose, "unless": _when(basis.unless), "to": basis.to})


def _type_name(name: str) -> str:
    return f"{name}_" if _TYPESCRIPT_KEEPS.fullmatch(name) else name


def _union(codes: Mapping[str, Any]) -> str:
    return " | ".join(f"'{code}'" for code in codes)


def _kind_types(kind: Kind) -> list[str]:
    lines: list[str] = []
    if kind.states:
        lines += [f"export type {kind.name}_{kind.states.field} = {_union(kind.states.states)};", ""]
    for field in kind.fields.values():
        if field.columns and field.type != "files":
            lines += [*_row_type(kind, f"{kind.name}_{field.name}_row", field), ""]
    lines.append(f"export interface {_type_name(kind.name)} {{")
    # Everything may be absent: a draft, a record of an older declaration, a cleared field.
    lines += [f"  {field.name}?: {_type(kind, field)};" for field in kind.fields.values()]
    return [*lines, "}"]


def _row_type(kind: Kind, name: str, field: Field) -> list[str]:
    columns = (field.columns or {}).values()
    members = [f"  {column.name}{'' if column.required else '?'}: {_type(kind, column)};" for column in columns]
    return [f"export interface {name} {{", *members, "}"]


def _type(kind: Kind, field: Field | Column) -> str:
    return FIELD_TYPES[field.type].typescript.format(
        of=_type_name(field.of or ""), row=f"{kind.name}_{field.name}_row", states=f"{kind.name}_{field.name}"
    )


def main(arguments: list[str]) -> int:
    """Write the generated files, or with --check only compare them: 1 when one is stale."""
    parser = argparse.ArgumentParser(prog="python -m schema.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    check = parser.parse_args(arguments).check
    schema = load_schema()
    count, old = 0, list[str]()
    for folder, texts in (
        (GENERATED, generated(schema, load_examples())),
        (DOCUMENTS, {"permissions.md": permissions_page(schema), "merging.md": merging_page(schema)}),
    ):
        names = stale(folder, texts)
        count += len(texts)
        old += [(folder / name).relative_to(ROOT).as_posix() for name in names]
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                (folder / name).write_text(texts[name], encoding="utf-8")
    if check:
        for name in old:
            print(f"{name} is stale: run `python -m schema.generate`", file=sys.stderr)
        return 1 if old else 0
    print(f"{len(old)} of {count} generated files written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
