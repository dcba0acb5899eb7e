"""Rules of the surface as pure functions: each takes the text of files and returns what breaks the rule, one line each.

Not here: the proof that each rule can fail (test_security_rules.py), and what bandit and eslint look for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

Files = Mapping[str, str]

# Words would become markup, or a program, through these.
SINKS = {
    "markup made of text": re.compile(r"\{@html\b|\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bsetHTMLUnsafe\b"),
    "a page written as text": re.compile(r"\bdocument\.write(?:ln)?\(|\bcreateContextualFragment\b|\bDOMParser\b"),
    "a program made of text": re.compile(r"(?<![\w.])eval\(|\bnew Function\(|\bset(?:Timeout|Interval)\(\s*['\"`]"),
    "an address that runs": re.compile(r"\bjavascript:|\bsrcdoc\b|\bdata:text/html"),
    "a policy of one's own": re.compile(r"\bcreatePolicy\("),
    "a script by its address": re.compile(r"\bnew (?:Shared)?Worker\((?!scriptAddress)|\bimportScripts\("),
    "another site's files": re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//"),
}
POLICY_OWNER = "pwa/src/trusted.ts"
COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->|(?<![:'\"\w])//[^\n]*", re.DOTALL)

# What asks the database, and what may stand in the text that it is asked: names of our own tables, never a value.
ASKS = frozenset(("execute", "row", "rows", "value", "each"))
# `_of_tab` and `_before` put the names of tabs and tables of this program together.
NAMES_ONLY = frozenset(("quoted", "one_of", "_of_tab", "_before", "len"))
# Words of SQL that one function of a module gives to another.
GIVEN_AS_SQL = {
    "sync/lists.py": {"columns"},
    "sync/audit_trail.py": {"select", "where"},
    "sync/hours.py": {"where", "tail"},
    "server/recognition/papers.py": {"where"},
}
CAUGHT_ALL = frozenset(("BaseException", "Exception"))
MADE_PATTERN = re.compile(r"\bRegExp\(")


def sinks(files: Files) -> list[str]:
    """Where the app could turn words into markup or a program."""
    wrong = []
    for path, text in sorted(files.items()):
        if not path.startswith(("pwa/src/", "pwa/index.html")) or "/generated/" in path:
            continue
        code = COMMENT.sub("", text)
        for what, pattern in SINKS.items():
            if path == POLICY_OWNER and what == "a policy of one's own":
                continue
            wrong += [f"{path}: {what}: {found[0]}" for found in pattern.finditer(code)]
    return wrong


def values_in_sql(files: Files) -> list[str]:
    """Questions to the database into whose text a function puts what it was given, except as the name of a table."""
    wrong = []
    for path, tree in _modules(files):
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            given = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)} - {"self"}
            given -= GIVEN_AS_SQL.get(path, set())
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _asks(call):
                    wrong += [f"{path}:{call.lineno} {name}" for name in _put_in(call.args[0]) if name in given]
    return sorted(set(wrong))


def _asks(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ASKS and bool(call.args)


def _put_in(sql: ast.expr) -> Iterator[str]:
    """Names whose values stand in a text that is put together where it is used."""
    if isinstance(sql, ast.JoinedStr):
        for part in sql.values:
            if isinstance(part, ast.FormattedValue):
                yield from _names(part.value)
    elif isinstance(sql, ast.BinOp):
        yield from _names(sql)
    elif isinstance(sql, ast.Call) and isinstance(sql.func, ast.Attribute) and sql.func.attr == "format":
        for argument in (*sql.args, *(keyword.value for keyword in sql.keywords)):
            yield from _names(argument)


def _names(part: ast.AST) -> Iterator[str]:
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in NAMES_ONLY:
        return
    if isinstance(part, ast.Attribute) and part.attr == "sql":
        # A condition with its parameters beside it (sync/visibility.py).
        return
    if isinstance(part, ast.Name):
        yield part.id
    for child in ast.iter_child_nodes(part):
        yield from _names(child)


def swallowed(files: Files) -> list[str]:
    """Handlers that catch everything and go on as if nothing had happened."""
    wrong = []
    for path, tree in _modules(files):
        for node in ast.walk(tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            catches_all = any(one is None or (isinstance(one, ast.Name) and one.id in CAUGHT_ALL) for one in caught)
            if catches_all and all(
                isinstance(line, ast.Pass | ast.Continue | ast.Expr) and _is_empty(line) for line in node.body
            ):
                wrong.append(f"{path}:{node.lineno}")
    return wrong


def made_patterns(files: Files) -> list[str]:
    """Patterns that are made while the program runs: words that somebody typed would be read as one."""
    wrong = [
        f"{path}: {found[0]}"
        for path, text in sorted(files.items())
        if path.startswith("pwa/src/")
        for found in MADE_PATTERN.finditer(COMMENT.sub("", text))
    ]
    for path, tree in _modules(files):
        for call in () if path.startswith("tools/") else ast.walk(tree):
            if isinstance(call, ast.Call) and _is_pattern(call.func) and not _is_written(call.args[0]):
                wrong.append(f"{path}:{call.lineno}")
    return wrong


def _is_pattern(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re"


def _is_written(text: ast.expr) -> bool:
    """Whether a pattern stands in the source, with no more put in than constants of the module."""
    parts = [part.value for part in ast.walk(text) if isinstance(part, ast.FormattedValue)]
    tables = [part.value if isinstance(part, ast.Subscript) else part for part in parts]
    is_text = isinstance(text, ast.Constant | ast.JoinedStr)
    return is_text and all(isinstance(one, ast.Name) and one.id.isupper() for one in tables)


def _is_empty(line: ast.stmt) -> bool:
    return not isinstance(line, ast.Expr) or isinstance(line.value, ast.Constant)


def _modules(files: Files) -> Iterator[tuple[str, ast.Module]]:
    for path, text in sorted(files.items()):
        if path.endswith(".py") and path.startswith(("schema/", "sync/", "server/", "tools/")):
            yield path, ast.parse(text)
