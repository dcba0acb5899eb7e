"""The rules of the surface hold in this repository; beside each, a bad sample that it catches.

Not here: how a rule is decided (security_rules.py); what bandit finds is part of `make check` (tools/checks.py).
"""

import re

import pytest

from tests import security_rules, tidy
from tests.test_tidy import FILES


def test_no_words_become_markup_or_a_program():
    assert security_rules.sinks(FILES) == []


@pytest.mark.parametrize(
    "code",
    [
        "{@html note}",
        "box.innerHTML = note",
        "box.outerHTML = note",
        "box.insertAdjacentHTML('beforeend', note)",
        "document.write(note)",
        "new DOMParser().parseFromString(note, 'text/html')",
        "eval(note)",
        "new Function(note)",
        "setTimeout('work()', 1)",
        '<a href="javascript:work()">',
        "trustedTypes.createPolicy('mine', {})",
        "new Worker('/other.js')",
        "importScripts(note)",
        '<script src="https://elsewhere.example/a.js">',
        '<img src="//elsewhere.example/a.png">',
    ],
)
def test_the_rule_of_sinks_catches(code):
    assert len(security_rules.sinks({"pwa/src/a.svelte": code})) >= 1


def test_the_rule_of_sinks_lets_pass_what_is_none():
    fine = {
        "pwa/src/a.ts": "// innerHTML is never used\nbox.textContent = note; setTimeout(work, 1); retrieval(note)",
        "pwa/src/trusted.ts": "trustedTypes.createPolicy('app', {})",
        "pwa/src/b.ts": "new Worker(scriptAddress('/worker.js'))",
        "server/a.py": "eval(note)",
    }
    assert security_rules.sinks(fine) == []


def test_no_value_is_written_into_a_question_to_the_database():
    assert security_rules.values_in_sql(FILES) == []


def test_the_rule_of_questions_catches_values_and_lets_names_pass():
    bad = {
        "sync/a.py": "def f(store, name):\n    return store.rows(f\"SELECT * FROM t WHERE n = '{name}'\")",
        "sync/b.py": "def f(store, name):\n    store.execute('DELETE FROM t WHERE n = ' + name)",
        "sync/c.py": "def f(store, save):\n    store.value('SELECT {}'.format(save.words))",
        "sync/d.py": "def f(store, *, name):\n    store.row(f'SELECT {name.lower()}')",
        "sync/e.py": "def f(store, kind, seen, ids):\n"
        "    store.rows(f'SELECT {COLUMNS} FROM {quoted(kind.name)} WHERE {seen.sql} AND id IN {one_of(ids)}')",
    }
    assert security_rules.values_in_sql(bad) == [
        "sync/a.py:2 name", "sync/b.py:2 name", "sync/c.py:2 save", "sync/d.py:2 name"
    ]  # fmt: skip


def test_nothing_is_caught_and_swallowed():
    assert security_rules.swallowed(FILES) == []


def test_the_rule_of_swallowing_catches():
    bad = {
        "sync/a.py": "try:\n    f()\nexcept BaseException:\n    pass",
        "sync/b.py": "try:\n    f()\nexcept (ValueError, Exception):\n    ...",
        "sync/c.py": "try:\n    f()\nexcept:\n    'never mind'",
        "sync/d.py": "try:\n    f()\nexcept ValueError:\n    pass",
        "sync/e.py": "try:\n    f()\nexcept Exception as error:\n    tell(error)",
    }
    assert security_rules.swallowed(bad) == ["sync/a.py:3", "sync/b.py:3", "sync/c.py:3"]


def test_no_pattern_is_made_of_words():
    assert security_rules.made_patterns(FILES) == []


def test_the_rule_of_patterns_catches_what_is_made_and_lets_pass_what_is_written():
    bad = {
        "sync/a.py": "re.compile(typed)\nre.match(f'^{typed}', 'x')\nre.sub(r'a' + typed, '', 'x')",
        "pwa/src/a.ts": "new RegExp(typed); // RegExp(typed)",
        "sync/good.py": "re.compile(r'a')\nre.match(f'^{LETTERS}$', typed)",
    }
    assert security_rules.made_patterns(bad) == ["pwa/src/a.ts: RegExp(", "sync/a.py:1", "sync/a.py:2", "sync/a.py:3"]


def test_the_engine_of_documents_is_used_in_one_module():
    assert tidy.PYTHON_OWNERS["pycrdt"] == "sync/document.py" and tidy.foreign_tools(FILES) == []


def test_every_row_of_the_goals_is_told_with_its_test_or_why_there_is_none():
    document = FILES["docs/security.md"]
    rows = re.findall(r"^\| S(\d+) \| (.+) \|$", document, re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 45))
    for number, row in rows:
        is_tested = re.search(r"`[\w/.]+\.(py|ts)`|the same|below", row) is not None
        assert is_tested or re.search(r"not (built|run|done|measured)|nothing statistical", row), f"S{number}"


def test_every_refusal_that_is_told_is_a_declared_code_which_its_test_meets():
    _, _, table = FILES["docs/security.md"].partition("## What is refused, and by which code")
    rows = re.findall(r"^\| (.+) \| (`\w+`(?:, `\w+`)*) \| `([\w/.]+)` \|$", table.partition("\n## ")[0], re.M)
    assert len(rows) >= 20
    for told, codes, test in rows:
        for code in re.findall(r"\w+", codes):
            assert f"\n[{code}]\n" in FILES["schema/problems.toml"] and f'"{code}"' in FILES[test], (told, code)


# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they are its first ones. Chapters 9, 10 and 17
# apply to nothing here, and are told in a line each.
ASVS_LEVEL_2 = {
    **{"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4},
    **{"3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3},
    **{"6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5},
    **{"7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4},
    **{"11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2},
    **{"14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3},
}


def untold(document: str) -> list[str]:
    """What the map to the standard leaves out, kept without a test, or proven by one that is not there."""
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| (\w+)[^|]*\| ([^|]+) \|$", document, re.M)
    asked = {f"{section}.{place + 1}" for section, count in ASVS_LEVEL_2.items() for place in range(count)}
    wrong = sorted(asked ^ {number for number, _, _ in rows})
    for number, state, test in rows:
        named = re.findall(r"`([\w/.]+\.(?:py|ts))`", test)
        is_told = bool(named) or (state != "kept" and test == "—")
        if state not in ("kept", "none", "host", "other", "open") or not is_told or not FILES.keys() >= set(named):
            wrong.append(number)
    return wrong


def test_every_requirement_of_the_standard_is_told_with_its_test_or_why_there_is_none():
    assert untold(FILES["docs/asvs.md"]) == []
    assert len(re.findall(r"^\| (?:9|10|17)\..*\| none: ", FILES["docs/asvs.md"], re.M)) == 3


@pytest.mark.parametrize(
    ("told", "instead"),
    [
        (r"^\| 7\.4\.1 .*\n", ""),
        (r"^\| 7\.4\.1 \|", "| 7.4.9 |"),
        (r"^(\| 7\.4\.1 \|) \w+", r"\1 perhaps"),
        (r"^(\| 7\.4\.1 \|.*)\| .* \|$", r"\1| — |"),
        (r"^(\| 7\.4\.1 \|.*)\| .* \|$", r"\1| `tests/test_of_nothing.py` |"),
    ],
)
def test_a_requirement_left_out_or_proven_by_nothing_is_found(told, instead):
    changed, count = re.subn(told, instead, FILES["docs/asvs.md"], flags=re.M)
    assert count == 1 and "7.4.1" in untold(changed)
