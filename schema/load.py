"""Reads the declarations of a folder into one Schema; the only reader of TOML.

Not here: what a kind, the rights, the classes of retention, the years and the clocks must look like (load_kind.py,
load_rights.py, load_retention.py, load_statutory.py, load_clocks.py), what must agree between files (cross_check.py).
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from schema.cross_check import cross_check
from schema.declaration import DeclarationError, Table
from schema.examples import judge_examples
from schema.load_clocks import read_clocks
from schema.load_kind import read_kind
from schema.load_retention import read_retention
from schema.load_rights import read_rights
from schema.load_statutory import read_statutory
from schema.model import Choice, Kind, ProblemWords, Reach, Role, Schema, Vocabulary

FOLDER = Path(__file__).parent
REACHES = ("own", "team", "centre")
ANSWERS = ("held", "retry", "upgrade_required", "form", "request", "import")
FIXERS = ("author", "supervisor", "admin", "developer", "nobody")
_EXAMPLES = ".examples.toml"


def load_schema(folder: Path | None = None) -> Schema:
    """The schema declared in a folder, the product's own by default (read once per process).

    Raises DeclarationError with file, key and reason for the first thing that is wrong.
    """
    return _default() if folder is None else _load(folder)


@cache
def _default() -> Schema:
    return _load(FOLDER)


def load_examples(folder: Path | None = None) -> dict[str, Mapping[str, Any]]:
    """Kind name -> its examples as parsed; schema/README.md tells their form."""
    records = (folder or FOLDER) / "records"
    return {
        path.name.removesuffix(_EXAMPLES): _parse(path, f"records/{path.name}")
        for path in sorted(records.glob(f"*{_EXAMPLES}"))
    }


def _load(folder: Path) -> Schema:
    vocabularies = _vocabularies(folder)
    kinds = _kinds(folder, vocabularies)
    schema = Schema(
        kinds=kinds,
        vocabularies=vocabularies,
        roles=_roles(folder),
        reaches=_reaches(folder),
        problems=_problems(folder),
        rights=read_rights(_table(folder, "permissions.toml")),
        retention=read_retention(_table(folder, "retention.toml")),
        statutory_years=read_statutory(_table(folder, "statutory_days.toml")),
        clocks=read_clocks(_table(folder, "clocks.toml"), kinds),
    )
    cross_check(schema)
    _examples_exist(folder, schema)
    return schema


def _parse(path: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DeclarationError(file, "", "the file is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise DeclarationError(file, "", f"is not TOML: {fault}") from fault


def _table(folder: Path, file: str) -> Table:
    return Table(file, "", _parse(folder / file, file))


def _named_as_file(table: Table, name: str, path: Path) -> None:
    if name != path.stem:
        table.refuse("name", f"must be the name of the file, {path.stem}")


def _kinds(folder: Path, vocabularies: Mapping[str, Vocabulary]) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for path in sorted((folder / "records").glob("*.toml")):
        if path.name.endswith(_EXAMPLES):
            continue
        table = _table(folder, f"records/{path.name}")
        kind = read_kind(table, vocabularies)
        _named_as_file(table, kind.name, path)
        kinds[kind.name] = kind
    if not kinds:
        raise DeclarationError("records", "", "no record kind is declared")
    return kinds


def _examples_exist(folder: Path, schema: Schema) -> None:
    examples = load_examples(folder)
    for name in schema.kinds:
        file = f"records/{name}{_EXAMPLES}"
        if name not in examples:
            raise DeclarationError(file, "", f"{name} has no examples")
        judge_examples(file, examples[name], schema.problems)
    for name in examples:
        if name not in schema.kinds:
            raise DeclarationError(f"records/{name}{_EXAMPLES}", "", f"there is no record kind {name}")


def _vocabularies(folder: Path) -> dict[str, Vocabulary]:
    found: dict[str, Vocabulary] = {}
    for path in sorted((folder / "vocabularies").glob("*.toml")):
        table = _table(folder, f"vocabularies/{path.name}")
        name = table.name_of("name")
        _named_as_file(table, name, path)
        choices: dict[str, Choice] = {}
        for inner in table.tables("code", named_by="code"):
            code = inner.name_of("code")
            if code in choices:
                inner.refuse("code", "is declared twice")
            choices[code] = Choice(code, inner.words_here(), inner.boolean("retired"))
            inner.close()
        if not choices:
            table.refuse("code", "a vocabulary needs at least one code")
        table.close()
        found[name] = Vocabulary(name, choices)
    return found


def _roles(folder: Path) -> dict[str, Role]:
    table = _table(folder, "roles.toml").table("role")
    found: dict[str, Role] = {}
    for name in table.names():
        inner = table.table(name)
        home = inner.one_of("home", ("phone", "desk"))
        found[name] = Role(name, inner.words_here(), home, inner.boolean("replicates"))
        inner.close()
    return found


def _reaches(folder: Path) -> dict[str, Reach]:
    table = _table(folder, "roles.toml").table("reach")
    found: dict[str, Reach] = {}
    for name in table.names():
        if name not in REACHES:
            table.refuse(name, f"must be one of {', '.join(REACHES)}")
        inner = table.table(name)
        found[name] = Reach(name, inner.words_here(), inner.text("meaning"))
        inner.close()
    return found


def _problems(folder: Path) -> dict[str, ProblemWords]:
    table = _table(folder, "problems.toml")
    return {code: _problem(code, table.table(code)) for code in table.names()}


def _problem(code: str, table: Table) -> ProblemWords:
    on = table.one_of("on", ANSWERS)
    fixer = table.one_of("fixer", FIXERS)
    http = table.integer_or_none("http", least=400)
    if (http is None) == (on in ("request", "import")):
        table.refuse("http", "a problem of a whole request has an HTTP status, and no other has one")
    retry_after = table.integer_or_none("retry_after_seconds", least=1)
    if retry_after is not None and on != "request":
        table.refuse("retry_after_seconds", "only a request as a whole is told to come again")
    next_step = table.words_here("next_")
    problem = ProblemWords(code, on, fixer, table.words_here(), next_step, http, retry_after)
    table.close()
    return problem
