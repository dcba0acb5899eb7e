"""Rules of structure as pure functions: each takes the text of files and returns what breaks the rule, one line each.

Not here: which files are looked at and the proof that each rule can fail (test_tidy.py).
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

Files = Mapping[str, str]
"""Path from the root of the repository, with forward slashes, to text."""

# Which package may import which of ours, from the centre outwards. The browser tests know the server from outside; only
# the names of the seeded world are shared with it. The benchmark starts a server of its own, with one more record kind,
# or a real PostgreSQL as the tests do.
MAY_IMPORT = {
    "schema": {"schema"},
    "sync": {"sync", "schema"},
    "server": {"server", "sync", "schema"},
    "tools": {"tools"},
    "e2e": {"e2e", "tools", "server.world"},
    "bench": {"bench", "e2e", "tools", "server", "sync", "schema", "tests.postgres", "tests.server"},
}
OURS = {"schema", "sync", "server", "tools", "e2e", "bench", "tests"}

# The one file or folder (ending in a slash) that may use a tool, so that replacing the tool touches one place; two for
# one that does two things, signatures and sealing.
PYTHON_OWNERS: dict[str, str | tuple[str, ...]] = {
    "pycrdt": "sync/document.py",
    "pysqlite3": "sync/store/",
    "sqlite3": "sync/store/",
    "sqlite_utils": "sync/store/",
    "psycopg": "sync/store/",
    "rfc8785": "sync/save.py",
    "cryptography": ("sync/save.py", "sync/store/data_keys.py"),
    "pypinyin": "sync/search.py",
    "cbor2": "sync/packed.py",
    "orjson": "sync/json_text.py",
    "zstandard": "sync/store/compression.py",
    "starlette": "server/",
    "strawberry": "server/",
    "graphql": "server/",
    "uvicorn": "server/",
    "openpyxl": "server/",
    "xlrd": "server/register_sheet.py",
    "prometheus_client": "server/operations/metrics.py",
    "PIL": "server/files/content.py",
    "fpdf": "server/recognition/pdf.py",
    "fontTools": "server/recognition/pdf.py",
    "segno": "server/recognition/pdf.py",
    "webauthn": "server/auth/passkeys.py",
    "argon2": "server/auth/slow_hash.py",
}
PHONE_OWNERS = {
    "yjs": "pwa/src/sync/document.ts",
    "idb": "pwa/src/sync/store.ts",
    "canonicalize": "pwa/src/sync/save.ts",
    "hash-wasm": "pwa/src/auth/argon2.ts",
    "@noble/ciphers": "pwa/src/seal/envelope.ts",
    "@noble/hashes": "pwa/src/seal/keys.ts",
    "tus-js-client": "pwa/src/files/upload.ts",
    "workbox-precaching": "pwa/src/service_worker.ts",
    "workbox-routing": "pwa/src/service_worker.ts",
}
# What a browser has by itself and only one module uses.
CALL_OWNERS = {
    "fetch": (re.compile(r"(?<![\w'\"-])fetch\s*\("), "pwa/src/network.ts"),
    "navigator.credentials": (re.compile(r"\bnavigator\.credentials\b"), "pwa/src/auth/passkeys.ts"),
}


# --- Python ---------------------------------------------------------------------------------------------------------


def imports_of(text: str, module: str = "") -> set[str]:
    """Dotted names that a Python module imports, also inside functions; `from a import b` gives both a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(module.split(".")[: -node.level]) if node.level else ""
            source = ".".join(part for part in (start, node.module or "") if part)
            found |= {source} | {f"{source}.{alias.name}" for alias in node.names}
    return found


def wrong_directions(files: Files, standard_library: Iterable[str]) -> list[str]:
    """Imports against the direction schema <- sync <- server, and anything foreign in schema."""
    standard = set(standard_library)
    wrong = []
    for path, text in python(files):
        package = path.split("/")[0]
        imported = imports_of(text, module_name(path)) - {""}
        allowed = MAY_IMPORT.get(package, OURS)
        backwards = {
            name.split(".")[0]
            for name in imported
            if name.split(".")[0] in OURS and not any(f"{name}.".startswith(f"{part}.") for part in allowed)
        }
        wrong += [f"{path} imports {name}" for name in sorted(backwards)]
        if package in ("schema", "tools") and path != "tools/browser.py":
            foreign = {name.split(".")[0] for name in imported} - OURS - standard
            wrong += [f"{path} imports {name}, which is not in the standard library" for name in sorted(foreign)]
    return wrong


def foreign_tools(files: Files) -> list[str]:
    """Python modules that import a tool another module owns."""
    wrong = []
    for path, text in python(files):
        if path.split("/")[0] not in ("schema", "sync", "server", "tools"):
            continue
        for name in sorted({name.split(".")[0] for name in imports_of(text)}):
            found = PYTHON_OWNERS.get(name, ())
            owners = (found,) if isinstance(found, str) else found
            if owners and not any(path == own or (own.endswith("/") and path.startswith(own)) for own in owners):
                wrong.append(f"{path} imports {name}, which belongs to {' and '.join(owners)}")
    return wrong


def dead_python(files: Files, entries: Iterable[str]) -> list[str]:
    """Modules that no entry point reaches by imports."""
    modules = {module_name(path): (path, text) for path, text in python(files)}
    reached: set[str] = set()
    waiting = [module_name(path) for path in entries]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in modules:
            continue
        reached.add(name)
        waiting += imports_of(modules[name][1], name if not modules[name][0].endswith("__init__.py") else f"{name}._")
        # Importing a.b.c runs a and a.b first.
        waiting += [name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)]
    return sorted(path for name, (path, _) in modules.items() if name not in reached)


def module_name(path: str) -> str:
    parts = list(PurePosixPath(path).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def python(files: Files) -> Iterator[tuple[str, str]]:
    return ((path, text) for path, text in sorted(files.items()) if path.endswith(".py"))


# --- The phone ------------------------------------------------------------------------------------------------------

IMPORT = re.compile(
    r"""(?:\bfrom\s*|\bimport\s*\(\s*(?:/\*.*?\*/\s*)?|\bimport\s+|\bnew\s+URL\(\s*)(['"])(?P<what>[^'"\n]+)\1"""
)
COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->|(?<![:'\"\w])//[^\n]*", re.DOTALL)
SUFFIXES = ("", ".ts", ".svelte", ".svelte.ts", ".json", "/index.ts")


def phone_imports(text: str) -> list[str]:
    """What a TypeScript or Svelte module imports, as written, lazily or not; comments do not count.

    Any text that is the relative name of a file counts too: a list of screens loads them by name.
    """
    code = COMMENT.sub("", text)
    return [found["what"] for found in IMPORT.finditer(code)] + re.findall(r"""['"](\.{1,2}/[^'"*\n]+)['"]""", code)


def foreign_phone_tools(files: Files) -> list[str]:
    """Phone modules that import a tool another module owns, or that use one of the browser's that does."""
    wrong = []
    for path, text in phone(files):
        for what in phone_imports(text):
            package = "/".join(what.split("/")[: 2 if what.startswith("@") else 1])
            if PHONE_OWNERS.get(package, path) != path:
                wrong.append(f"{path} imports {package}, which belongs to {PHONE_OWNERS[package]}")
        for call, (pattern, owner) in CALL_OWNERS.items():
            if path != owner and pattern.search(COMMENT.sub("", text)):
                wrong.append(f"{path} calls {call}, which belongs to {owner}")
    return wrong


def dead_phone(files: Files, entries: Iterable[str]) -> list[str]:
    """Modules under pwa/src that neither main.ts nor the service worker reaches."""
    reached: set[str] = set()
    waiting = list(entries)
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        for what in phone_imports(files.get(path, "")):
            if what.startswith("."):
                target = _joined(path, what.split("?")[0])
                waiting += [target + suffix for suffix in SUFFIXES if target + suffix in files]
    return sorted(path for path in files if path.startswith("pwa/src/") and path not in reached)


def _joined(path: str, relative: str) -> str:
    parts = path.split("/")[:-1]
    for word in relative.split("/"):
        if word == "..":
            parts.pop()
        elif word != ".":
            parts.append(word)
    return "/".join(parts)


def phone(files: Files) -> Iterator[tuple[str, str]]:
    inside = (item for item in sorted(files.items()) if item[0].startswith("pwa/src/"))
    return ((path, text) for path, text in inside if path.endswith((".ts", ".svelte")))


# --- Declarations ---------------------------------------------------------------------------------------------------


def kinds_without_examples(files: Files) -> list[str]:
    """Record kinds without a file of examples beside them, or whose examples show no failure."""
    wrong = []
    for path in sorted(files):
        if re.fullmatch(r"schema/records/\w+\.toml", path):
            examples = files.get(path.replace(".toml", ".examples.toml"), "")
            if not re.search(r"^\[\[pass", examples, re.M) or not re.search(r"^\[\[fail", examples, re.M):
                wrong.append(f"{path} has no examples of both kinds: what passes, what fails")
    return wrong


def unprovoked_problems(problems: str, tests: Files) -> list[str]:
    """Problem codes that no test or example names."""
    whole = "\n".join(tests.values())
    codes = tomllib.loads(problems)
    return [f"{code} is provoked by no test" for code in codes if not re.search(rf"['\"]{code}['\"]", whole)]


# --- Documents ------------------------------------------------------------------------------------------------------


def missing_names(document: str, files: Files, made: Iterable[str] = ()) -> list[str]:
    """Names in backticks that look like a path or a dotted Python symbol and do not exist.

    made   folders that exist only after a build; what lies in them is not looked for
    """
    wrong = []
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    for name in sorted(set(re.findall(r"`([^`\n]+)`", document))):
        if re.search(r"[\s(){}=,|\"']|^/|^-|://", name) or name.rstrip("/") in folders | set(files):
            continue
        if any(name.startswith(folder) for folder in made):
            continue
        if re.fullmatch(r"[\w.*<>/-]+", name) and (
            "/" in name or re.search(r"\.(py|ts|svelte|toml|md|css|json)$", name)
        ):
            pattern = re.sub(r"<[^>]*>|\*+", "*", name.rstrip("/"))
            if not any(PurePosixPath(path).match(pattern) for path in folders | set(files)):
                wrong.append(f"`{name}` does not exist")
        elif re.fullmatch(r"(schema|sync|server|tools)(\.\w+)+", name) and not _is_symbol(name, files):
            wrong.append(f"`{name}` does not exist")
    return wrong


def _is_symbol(name: str, files: Files) -> bool:
    """Whether a dotted name is a module, or something defined at the top of one (or inside a class there)."""
    parts = name.split(".")
    for depth in range(len(parts), 0, -1):
        place = "/".join(parts[:depth])
        text = files.get(f"{place}.py", files.get(f"{place}/__init__.py"))
        if text is None:
            continue
        body: list[ast.stmt] = ast.parse(text).body
        for part in parts[depth:]:
            found = [statement for statement in body if part in _defined(statement)]
            if not found:
                return False
            body = found[0].body if isinstance(found[0], ast.ClassDef) else []
        return True
    return any(path.startswith("/".join(parts) + "/") for path in files)


def _defined(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.ImportFrom | ast.Import):
        return {alias.asname or alias.name for alias in statement.names}
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def headless_modules(files: Files) -> list[str]:
    """Modules that do not open by saying what lives in them."""
    wrong = []
    for path, text in sorted(files.items()):
        if path.endswith(".py"):
            empty = not ast.parse(text).body
            opens = empty or ast.get_docstring(ast.parse(text)) is not None
        elif path.endswith((".ts", ".svelte", ".js", ".css")):
            # A component's own words may stand at the head of its script.
            opens = re.match(r"\s*(?:<script[^>]*>\s*)?(//|/\*|<!--)", text) is not None
        elif re.fullmatch(r"schema/records/\w+\.toml|Makefile|\.ci/run|tools/\w+\.sh", path):
            opens = text.startswith("#")
        else:
            continue
        if not opens:
            wrong.append(f"{path} does not say what lives in it")
    return wrong


# --- Lines ----------------------------------------------------------------------------------------------------------

# Written in pieces so that this file does not break its own rules.
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:work|root|home/\w+|Users/\w+|tmp/bash" + r"_jobs)/|\.\./" + "shared")
UNFINISHED = re.compile(
    r"\b(?:TODO|FIXME|XXX)\b|NotImplementedError|console\.log\(|#\s*type:\s*ignore|@ts-(?:ignore|nocheck)"
)
SWITCHED_OFF = re.compile(
    r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b|unittest\.skip"
    r"|\b(?:it|test|describe)\.(?:skip|only|todo|fails|skipIf|runIf)\b|\b(?:xit|xdescribe|fit|fdescribe)\("
)
WAITING = re.compile(r"\btime\.sleep\(|\bwait_for_timeout\(")
BARE_EXCEPT = re.compile(r"^\s*except\s*:|^\s*except (?:Base)?Exception[^:]*:\s*(?:pass|continue)\b", re.M)


def lines_with(pattern: re.Pattern[str], files: Files) -> list[str]:
    """Every place where the pattern occurs, as path:line."""
    return [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1} {found[0].strip()}"
        for path, text in sorted(files.items())
        for found in pattern.finditer(text)
    ]


# --- Lock files -----------------------------------------------------------------------------------------------------


def locks_with_addresses(files: Files) -> list[str]:
    """Lock files that name the registry they were made at; elsewhere it may not be reachable."""
    locks = {path: text for path, text in files.items() if path.endswith((".lock", "package-lock.json"))}
    addresses = re.compile(r'"resolved": *"https?:[^"]*|^(?:-i|--\S*index-url|--find-links).*|@ https?:.*', re.M)
    return lines_with(addresses, locks)


def different_pins(smaller: str, larger: str) -> list[str]:
    """Packages that the two lock files pin differently: the demo must run what was tested."""
    pins = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.M)
    tested = dict(pins.findall(larger))
    return [
        f"{name} {version}, tested {tested.get(name)}"
        for name, version in pins.findall(smaller)
        if tested.get(name) != version
    ]
