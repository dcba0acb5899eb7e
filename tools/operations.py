"""Collects every GraphQL operation that the app can ask, as the very text it sends, into the list that a centre answers
(server/graphql/operations.json). `--check` only says whether the list is fresh; `--keep` is for a release: what the app
asks now stays answered for phones that have not taken a later app yet.

Not here: who answers what (server/graphql/registered.py).
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from posixpath import normpath

from tools.steps import ROOT

LIST = ROOT / "server" / "graphql" / "operations.json"
SOURCES = ROOT / "pwa" / "src"
ENDINGS = ("", ".ts", ".svelte", ".svelte.ts", "/index.ts")

TEXT = r"`(?P<{0}_template>(?:[^`\\]|\\.)*)`|'(?P<{0}_plain>[^'\n]*)'"
CONSTANT = re.compile(r"\bconst (?P<name>\w+)(?:: string)? = (?:" + TEXT.format("of") + ");")
OPERATION = re.compile(
    r"(?:`(?P<template>(?:query|mutation|subscription)\s[^`]*\{[^`]*)`)"
    r"|'(?P<plain>(?:query|mutation|subscription)\s[^'\n]*\{[^'\n]*)'"
)
IMPORTED = re.compile(r"import (?:type )?\{(?P<names>[^}]*)\} from '(?P<source>\.[^']*)'")
PART = re.compile(r"\$\{([^}]*)\}")


class NotConstant(Exception):
    """An operation has a part that is known only when the app runs; the message names it."""


def operations_of(files: Mapping[str, str]) -> list[str]:
    """Every operation in these sources, sorted; raises NotConstant.

    files  path to text
    """
    found = set()
    for path, text in files.items():
        for match in OPERATION.finditer(text):
            found.add(_whole(files, path, match["template"] or match["plain"]))
    return sorted(found)


def _whole(files: Mapping[str, str], path: str, text: str) -> str:
    if "\\" in text:
        # What it would stand for, only JavaScript knows.
        raise NotConstant(f"{path}: an operation with a backslash: {text[:40]}")
    return PART.sub(lambda part: _constant(files, path, part[1].strip()), text)


def _constant(files: Mapping[str, str], path: str, name: str) -> str:
    for match in CONSTANT.finditer(files[path]):
        if match["name"] == name:
            template, plain = match["of_template"], match["of_plain"]
            return _whole(files, path, template) if template is not None else plain
    for match in IMPORTED.finditer(files[path]):
        names = dict(reversed(f"{one.strip()} as {one.strip()}".split(" as ")[:2]) for one in match["names"].split(","))
        if name in names:
            beside = normpath(str(PurePosixPath(path).parent / match["source"]))
            source = next((beside + ending for ending in ENDINGS if beside + ending in files), None)
            if source is not None:
                return _constant(files, source, names[name])
    raise NotConstant(f"{path}: ${{{name}}} in an operation is no constant text")


def listed(now: Sequence[str], before: Mapping[str, Mapping[str, str]], keeps: bool) -> dict[str, dict[str, str]]:
    """The list with what the app asks now; earlier ones stay, each by its hash."""
    app = {_hash(text): text for text in now}
    earlier = {**before.get("earlier", {}), **(before.get("app", {}) if keeps else {})}
    return {"app": app, "earlier": {key: text for key, text in sorted(earlier.items()) if key not in app}}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Write the list, or say that it is stale; returns the exit status."""
    files = {
        path.relative_to(SOURCES).as_posix(): path.read_text("utf-8")
        for path in sorted(SOURCES.rglob("*"))
        if path.suffix in (".ts", ".svelte")
    }
    was = LIST.read_text("utf-8") if LIST.is_file() else "{}"
    made = listed(operations_of(files), json.loads(was), "--keep" in arguments)
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    if "--check" in arguments:
        if text != was:
            print(f"{LIST.relative_to(ROOT)} is stale. Run `make generate`.")
        return int(text != was)
    LIST.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
