"""Whatever is asked, in whatever role, is soon answered or refused by a declared code, with no word of another centre;
and what the tables then hold is what the log says.

Not here: what is asked (scan.py).
"""

from collections.abc import Iterator

import pytest

from schema.load import load_schema
from sync.materialise import rebuild
from tests.server.scan import Scan
from tests.server.small_world import SmallWorld, small_world
from tests.sizes import SCANNED


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWorld]:
    made = small_world(tmp_path_factory.mktemp("small"))
    yield made
    made.world.client.__exit__(None, None, None)


def marks_at(small: SmallWorld, relation: str) -> set[str]:
    return set().union(*(one.marks for one in small.placed if one.relation == relation))


def test_a_scan_of_every_question_and_address_finds_no_fault_and_no_word_of_another_centre(small: SmallWorld) -> None:
    scan = Scan(small, marks_at(small, "elsewhere"))
    seen = scan.run("every run", SCANNED)
    print(
        f"{SCANNED} asked, {seen.answered} answered, {len(seen.asked)} different ones; {dict(seen.codes.most_common())}"
    )
    assert (seen.failed, seen.slow, seen.leaked) == ([], [], [])
    # It gets behind the first door: many are answered, and others refused for what they are.
    assert seen.answered > SCANNED // 5 and len(seen.codes) >= 6 and len(seen.asked) > min(SCANNED // 4, 100)
    store = small.world.opened()
    assert rebuild(store, load_schema()) == []
    store.close()


def test_the_scan_sees_a_word_that_gets_out_and_a_question_that_fails(
    small: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = Scan(small, marks_at(small, "team") | marks_at(small, "own"))
    # Which of the drawn questions answers with a word, nobody knows beforehand.
    assert any(scan.run(f"control-{portion}", 100).leaked for portion in range(10))

    def fails(*_: object) -> None:
        raise RuntimeError("not thought of")

    monkeypatch.setattr("server.graphql.operation.execute_sync", fails)
    assert Scan(small, set()).run("control", 20).failed
