"""The rules of structure hold in this repository; beside each rule, a bad sample that it catches.

Not here: how a rule is decided (tidy.py).
"""

import os
import subprocess
import sys
from pathlib import Path

from tests import tidy
from tools import operations

ROOT = Path(__file__).resolve().parent.parent
MADE = {
    ".git",
    ".make",
    ".venv",
    "node_modules",
    "__pycache__",
    "dist",
    "dev-dist",
    "data",
    "test-results",
    "screenshots",
}
TEXT = {
    ".py",
    ".ts",
    ".js",
    ".svelte",
    ".toml",
    ".md",
    ".css",
    ".html",
    ".json",
    ".lock",
    ".in",
    ".sh",
    ".svg",
    ".yml",
    "",
}


def read_repository() -> dict[str, str]:
    files = {}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name for name in folders if name not in MADE and not name.endswith("_cache") and name != ".hypothesis"
        ]
        for name in names:
            path = Path(folder, name)
            if path.suffix in TEXT:
                files[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    return files


FILES = read_repository()
PACKAGES = ("schema/", "sync/", "server/")


def under(*starts: str) -> dict[str, str]:
    return {path: text for path, text in FILES.items() if path.startswith(starts)}


TESTS = under("tests/", "pwa/tests/", "e2e/")


def test_schema_knows_the_standard_library_only_and_imports_run_from_server_over_sync_to_schema():
    assert tidy.wrong_directions(FILES, sys.stdlib_module_names) == []


def test_the_direction_rule_catches_an_import_that_runs_back():
    bad = {
        "sync/push.py": "def push():\n    from server import app",
        "schema/load.py": "import sync.push",
        "schema/view.py": "import pycrdt",
        "sync/log.py": "from ..server import errors",
        "server/app.py": "import sync, schema, os, starlette",
        "e2e/people.py": "from server.world import record_id\nfrom server import app",
    }
    assert tidy.wrong_directions(bad, sys.stdlib_module_names) == [
        "e2e/people.py imports server",
        "schema/load.py imports sync",
        "schema/view.py imports pycrdt, which is not in the standard library",
        "sync/log.py imports server",
        "sync/push.py imports server",
    ]


def test_the_list_of_what_the_app_asks_is_fresh(capsys):
    # After a change of a question: make generate, or python -m tools.operations
    assert operations.main(["--check"]) == 0, capsys.readouterr().out


def test_each_python_tool_has_one_owner():
    assert tidy.foreign_tools(FILES) == []


def test_the_owner_rule_catches_a_second_user():
    bad = {
        "sync/document.py": "import pycrdt",
        "sync/push.py": "from pycrdt import Doc",
        "sync/store/sqlite.py": "import pysqlite3.dbapi2",
        "server/app.py": "import sqlite3\nimport starlette.routing",
        "tests/sync/test_document.py": "import pycrdt",
    }
    assert tidy.foreign_tools(bad) == [
        "server/app.py imports sqlite3, which belongs to sync/store/",
        "sync/push.py imports pycrdt, which belongs to sync/document.py",
    ]


def test_each_tool_of_the_phone_has_one_owner():
    assert tidy.foreign_phone_tools(FILES) == []


def test_the_phone_owner_rule_catches_a_second_user_and_a_stray_fetch():
    bad = {
        "pwa/src/sync/document.ts": "import * as Y from 'yjs';",
        "pwa/src/phone/Today.svelte": "<script>\nimport { Map } from 'yjs';\nawait fetch('/x');\n</script>",
        "pwa/src/service_worker.ts": "addEventListener('fetch', answer); // never fetch(anything)",
        "pwa/src/sync/loop.ts": "const { openDB } = await import('idb/with-async-ittr');",
        "pwa/src/auth/Unlock.svelte": "<script>await navigator.credentials.get({});</script>",
    }
    assert tidy.foreign_phone_tools(bad) == [
        "pwa/src/auth/Unlock.svelte calls navigator.credentials, which belongs to pwa/src/auth/passkeys.ts",
        "pwa/src/phone/Today.svelte imports yjs, which belongs to pwa/src/sync/document.ts",
        "pwa/src/phone/Today.svelte calls fetch, which belongs to pwa/src/network.ts",
        "pwa/src/sync/loop.ts imports idb, which belongs to pwa/src/sync/store.ts",
    ]


def test_generated_files_are_fresh():
    checked = subprocess.run(
        [sys.executable, "-m", "schema.generate", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_python_module_is_reached_from_a_command():
    entries = ["server/__main__.py", "schema/generate.py", *(p for p in FILES if p.startswith("schema/records/"))]
    assert tidy.dead_python(under(*PACKAGES), entries) == []


def test_the_dead_module_rule_catches_a_module_nobody_imports():
    files = {
        "server/__init__.py": "",
        "server/__main__.py": "from server import app",
        "server/app.py": "def make():\n    from sync.push import push",
        "sync/__init__.py": "",
        "sync/push.py": "",
        "sync/forgotten.py": "import sync.push",
    }
    assert tidy.dead_python(files, ["server/__main__.py"]) == ["sync/forgotten.py"]


def test_every_module_of_the_app_is_reached_from_its_start_or_its_worker():
    # The examples are generated for vitest, beside what the app reads.
    files = {path: text for path, text in FILES.items() if not path.endswith((".d.ts", ".md", "examples.json"))}
    assert tidy.dead_phone(files, ["pwa/src/main.ts", "pwa/src/service_worker.ts"]) == []


def test_the_dead_module_rule_follows_lazy_screens_and_catches_an_orphan_of_the_app():
    files = {
        "pwa/src/main.ts": "import App from './App.svelte';\nimport './styles/base.css';",
        "pwa/src/App.svelte": "<script>import { screens } from './screens';</script>",
        "pwa/src/screens.ts": "import.meta.glob('./*/*.svelte'); at('./phone/Today.svelte') // './phone/Old.svelte'",
        "pwa/src/phone/Today.svelte": "",
        "pwa/src/styles/base.css": "",
        "pwa/src/phone/Old.svelte": "",
    }
    assert tidy.dead_phone(files, ["pwa/src/main.ts"]) == ["pwa/src/phone/Old.svelte"]


def test_every_record_kind_has_examples_that_pass_and_that_fail():
    assert tidy.kinds_without_examples(FILES) == []


def test_the_examples_rule_catches_a_kind_without_a_failing_example():
    bad = {
        "schema/records/a.toml": "",
        "schema/records/b.toml": "",
        "schema/records/b.examples.toml": "[[pass]]\n",
        "schema/records/c.toml": "",
        "schema/records/c.examples.toml": "[[pass]]\n[[fail]]\n",
    }
    assert [line.split()[0] for line in tidy.kinds_without_examples(bad)] == [
        "schema/records/a.toml",
        "schema/records/b.toml",
    ]


def test_every_problem_is_provoked_by_a_test():
    tests = {path: text for path, text in TESTS.items() if path != "tests/test_tidy.py"}
    examples = {path: text for path, text in FILES.items() if path.endswith(".examples.toml")}
    assert tidy.unprovoked_problems(FILES["schema/problems.toml"], tests | examples) == []


def test_the_problem_rule_catches_a_code_that_is_only_mentioned_in_passing():
    problems = "[locked]\n[missing]\n"
    tests = {"tests/a.py": "assert code == 'missing'  # not locked"}
    assert tidy.unprovoked_problems(problems, tests) == ["locked is provoked by no test"]


def test_every_name_in_the_documents_exists():
    made = ("pwa/dist", "pwa/node_modules", "data", "test-results", ".venv", ".make")
    documents = ("ARCHITECTURE.md", "README.md", "README.zh-CN.md", "STYLE.md", "schema/README.md", "sync/README.md")
    documents += ("docs/security.md", "docs/asvs.md")
    assert {name: tidy.missing_names(FILES[name], FILES, made) for name in documents if name in FILES} == {
        name: [] for name in documents if name in FILES
    }
    assert "ARCHITECTURE.md" in FILES


def test_the_names_rule_catches_a_path_and_a_symbol_that_are_gone():
    files = {"sync/push.py": "def push(): ...\nclass Receipt:\n    save: str", "schema/records/case.toml": ""}
    text = "`sync/push.py` `sync/gone.py` `sync.push.push` `sync.push.Receipt.save` `sync.push.gone` `POST /graphql`"
    text += " `schema/records/<kind>.toml` `schema/*.toml` `sync/` `/today` `make test`"
    assert tidy.missing_names(text, files) == [
        "`schema/*.toml` does not exist",
        "`sync.push.gone` does not exist",
        "`sync/gone.py` does not exist",
    ]


def test_every_module_says_what_lives_in_it():
    parts = under("schema/", "sync/", "server/", "tools/", "e2e/", "bench/", "tests/", "pwa/src/", "pwa/tests/", ".ci/")
    assert tidy.headless_modules(parts | {"Makefile": FILES["Makefile"]}) == []


def test_the_head_rule_catches_a_module_that_starts_with_code():
    bad = {"sync/a.py": "import os", "sync/__init__.py": "", "pwa/src/a.ts": "export {}", "pwa/src/b.ts": "// Says it."}
    assert tidy.headless_modules(bad) == [
        "pwa/src/a.ts does not say what lives in it",
        "sync/a.py does not say what lives in it",
    ]


def test_no_file_names_a_folder_of_the_machine_it_was_written_on():
    assert tidy.lines_with(tidy.MACHINE_PATH, FILES) == []


def test_no_file_is_left_unfinished():
    sources = {path: text for path, text in FILES.items() if not path.endswith(".md") and path not in TIDY}
    assert tidy.lines_with(tidy.UNFINISHED, sources) == []
    assert tidy.lines_with(tidy.BARE_EXCEPT, {p: t for p, t in sources.items() if p.endswith(".py")}) == []


def test_no_test_is_switched_off_and_none_waits_for_a_clock():
    tests = {path: text for path, text in TESTS.items() if path not in TIDY}
    assert tidy.lines_with(tidy.SWITCHED_OFF, tests) == []
    assert tidy.lines_with(tidy.WAITING, tests) == []


TIDY = ("tests/tidy.py", "tests/test_tidy.py")


def test_the_line_rules_catch_what_they_name():
    home = "/".join(["", "home", "li", "doorstep"])
    assert tidy.lines_with(tidy.MACHINE_PATH, {"a.py": f"x\nopen('{home}')"}) == [f"a.py:2 {home[:-8]}"]
    assert tidy.lines_with(tidy.UNFINISHED, {"a.ts": "// TODO later", "b.py": "x = 1  # type: ignore"}) != []
    assert tidy.lines_with(tidy.BARE_EXCEPT, {"a.py": "try:\n    x()\nexcept:\n    y()"}) == ["a.py:3 except:"]
    for off in ("@pytest.mark.skip", "pytest.importorskip('x')", "it.only('x')", "describe.skip('x')", "xit('x')"):
        assert tidy.lines_with(tidy.SWITCHED_OFF, {"t": off}) != [], off
    for fine in ("split.only", "exit('x')", "test.each([1])"):
        assert tidy.lines_with(tidy.SWITCHED_OFF, {"t": fine}) == [], fine
    assert tidy.lines_with(tidy.WAITING, {"t.py": "time.sleep(1)"}) == ["t.py:1 time.sleep("]


def test_lock_files_name_no_registry():
    assert tidy.locks_with_addresses(FILES) == []


def test_the_lock_rule_catches_an_address():
    bad = {
        "pwa/package-lock.json": '"resolved": "https://registry.example/x.tgz"',
        "requirements.lock": "--index-url https://example.org/simple\nx==1 --hash=sha256:0",
    }
    assert len(tidy.locks_with_addresses(bad)) == 2


def test_the_demo_runs_the_versions_that_were_tested():
    assert tidy.different_pins(FILES["requirements.lock"], FILES["requirements-dev.lock"]) == []


def test_the_pin_rule_catches_two_versions():
    assert tidy.different_pins("a==1 \\\nb==2\n", "a==1\nb==3\nc==1\n") == ["b 2, tested 3"]
