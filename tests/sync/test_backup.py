"""A backup is one moment of a running store that proves itself; whatever is not what its head says is doubted."""

import pytest

from sync.backup import Head, HeadError, copy_to, differences_of, doubts_about, head_of, read_head, written_head
from sync.epoch import epoch_of
from sync.store.opening import open_store
from tests.centre import START, VISITED

# A copy of the file. What takes its place in PostgreSQL is tried in test_postgres.py.
pytestmark = pytest.mark.of_sqlite


@pytest.fixture
def copied(centre, tmp_path):
    """A copy of a centre with a visit, and its head; the centre goes on working."""
    centre.visit(centre.home(), **VISITED)
    copy_to(centre.store, tmp_path / "copy.sqlite3")
    store = open_store(tmp_path / "copy.sqlite3", keys_of=tmp_path / "centre.sqlite3")
    yield store
    store.close()


def test_a_copy_is_of_one_moment_and_proves_itself(centre, copied):
    head = head_of(copied, START)
    assert isinstance(head, Head)
    centre.home(room="503")
    assert (head.entries, head.epoch) == (2, epoch_of(centre.store))
    assert doubts_about(copied, head) == []
    assert differences_of(copied, centre.schema, head) == []


def test_a_head_survives_its_file_and_other_text_is_no_head(centre, copied):
    head = head_of(copied, START)
    assert read_head(written_head(head, sha256="0")) == head
    for text in ("", "[]", "{}", "null", '{"entries": 1}', written_head(head).replace(head.hash, "xyz")):
        with pytest.raises(HeadError):
            read_head(text)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE log SET person = 'x' WHERE position = 2", "log is broken at entry 2"),
        ("DELETE FROM log WHERE position = 2", "log is broken at entry 2"),
        ("DELETE FROM person WHERE person = 'li_min'", "person has"),
        ("UPDATE household SET room = '9'", "household"),
        ("DELETE FROM feed", "feed has"),
        ("UPDATE setting SET value = 'other' WHERE name = 'epoch'", "moment"),
    ],
)
def test_a_copy_that_is_not_what_its_head_says_is_doubted(centre, copied, damage, words):
    head = head_of(copied, START)
    copied.execute("DROP TRIGGER log_is_never_changed")
    copied.execute("DROP TRIGGER log_is_never_shortened")
    copied.execute(damage)
    doubts = doubts_about(copied, head) or differences_of(copied, centre.schema, head)
    assert doubts and words in doubts[0]
