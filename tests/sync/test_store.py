"""The store keeps what is acknowledged: its settings, all or nothing, and tables that only ever grow."""

from dataclasses import replace

import pytest

from schema.load import load_schema
from schema.model import Field, Words
from sync import limits
from sync.log import LogHead, check_log
from sync.materialise import rebuild
from sync.store.opening import open_store
from sync.store.store import StoreError
from tests.centre import VISITED, Centre


@pytest.mark.of_sqlite  # of PostgreSQL in test_postgres.py
def test_a_commit_waits_for_the_disk(centre):
    assert centre.store.value("PRAGMA journal_mode") == "wal"
    assert centre.store.value("PRAGMA synchronous") == 2


def test_a_sqlite_that_can_lose_commits_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SQLITE_VERSION_MIN", (99, 0, 0))
    with pytest.raises(StoreError, match="99"):
        open_store(tmp_path / "centre.sqlite3")


def test_what_fails_half_way_leaves_nothing(centre):
    def half() -> None:
        with centre.store.atomic():
            centre.store.execute("INSERT INTO setting VALUES ('a', '1')")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert centre.store.value("SELECT count(*) FROM setting WHERE name = 'a'") == 0


@pytest.mark.of_sqlite  # of PostgreSQL in test_postgres.py
def test_a_commit_that_fails_leaves_nothing_and_the_next_one_is_kept(centre, tmp_path):
    honest = centre.store.execute

    def execute(sql, parameters=()):
        if sql == "COMMIT":
            raise OSError("the disk is full")
        return honest(sql, parameters)

    visit = centre.li_min.writes("home_visit", household=centre.home(), assigned_to="li_min")
    centre.store.execute = execute
    with pytest.raises(OSError, match="full"):
        centre.li_min.pushes()
    centre.store.execute = honest
    assert centre.li_min.pushes() == [(visit.id, "accepted")]
    reader = open_store(tmp_path / "centre.sqlite3")
    assert reader.value("SELECT status FROM log WHERE id = ?", (visit.id,)) == "accepted"
    reader.close()


def test_a_step_that_fails_leaves_the_other_steps(centre):
    with centre.store.atomic():
        centre.store.execute("INSERT INTO setting VALUES ('a', '1')")
        with pytest.raises(KeyError), centre.store.atomic():
            centre.store.execute("INSERT INTO setting VALUES ('b', '1')")
            raise KeyError
    assert centre.store.rows("SELECT name FROM setting WHERE name IN ('a', 'b')") == [("a",)]


def test_a_reader_beside_the_writer_sees_whole_commits_only(centre):
    reader = centre.opened()
    with reader.snapshot():
        before = reader.value("SELECT count(*) FROM record")
        centre.home()
        assert reader.value("SELECT count(*) FROM record") == before
    assert reader.value("SELECT count(*) FROM record") == before + 1
    reader.close()


def test_a_store_opened_again_has_everything_and_the_same_epoch(centre):
    home = centre.home()
    epoch = centre.zhou_hui.asks().epoch
    again = centre.opened()
    assert again.value("SELECT room FROM household WHERE record = ?", (home,)) == "502"
    assert again.value("SELECT value FROM setting WHERE name = 'epoch'") == epoch
    again.close()


@pytest.mark.of_sqlite  # of PostgreSQL in test_postgres.py
def test_a_store_of_an_older_version_has_its_tables_made_again_from_the_log(centre, tmp_path):
    # As it was: a log without keys, a claim table, documents in the record rows, bodies as text.
    centre.store.sealing = None
    visit = centre.visit(centre.home(), **VISITED)
    centre.zhou_hui.decides(visit, "approve")
    centre.li_min.pulls()
    for name in ("log_is_never_changed", "log_is_never_shortened"):
        centre.store.execute(f"DROP TRIGGER {name}")
    for entry in centre.log:
        centre.store.execute("UPDATE log SET body = ? WHERE position = ?", (entry.body, entry.position))
    centre.store.execute("ALTER TABLE log DROP COLUMN key")
    centre.store.execute("CREATE TABLE claim (record TEXT, field_key TEXT)")
    centre.store.execute("ALTER TABLE record RENAME COLUMN content TO state")
    centre.store.execute("PRAGMA user_version = 0")
    centre.store.close()
    centre.store = open_store(tmp_path / "centre.sqlite3")
    assert centre.store.value("SELECT count(*) FROM sqlite_master WHERE name = 'claim'") == 0
    assert isinstance(check_log(centre.store), LogHead)
    assert rebuild(centre.store, centre.schema) == []
    before = dict(centre.li_min.base)
    assert centre.li_min.asks().rows == ()
    centre.li_min.cursors = {}
    centre.li_min.pulls()
    assert centre.li_min.base == before
    centre.li_min.changes(visit, observation="又去了一次")
    assert [answer[1] for answer in centre.li_min.pushes()] == ["accepted"]
    centre.store.close()
    centre.store = open_store(tmp_path / "centre.sqlite3")
    assert rebuild(centre.store, centre.schema) == []


def test_two_centres_have_different_epochs(centre, tmp_path):
    other = Centre(tmp_path / "other.sqlite3")
    assert other.zhou_hui.asks().epoch != centre.zhou_hui.asks().epoch
    other.store.close()


@pytest.mark.of_sqlite  # of PostgreSQL in test_postgres.py
def test_a_field_declared_later_gets_its_column_and_old_records_stay(centre, tmp_path):
    home = centre.home()
    schema = load_schema()
    pet = Field("pet", "text", Words("宠物", "Pet"))
    household = replace(schema.kinds["household"], fields={**schema.kinds["household"].fields, "pet": pet})
    grown = replace(schema, kinds={**schema.kinds, "household": household})
    centre.store.close()
    centre.store = open_store(tmp_path / "centre.sqlite3", grown)
    centre.schema = grown
    centre.zhou_hui.changes(home, pet="猫")
    assert [answer[1] for answer in centre.zhou_hui.pushes()] == ["accepted"]
    assert centre.store.row("SELECT room, pet FROM household WHERE record = ?", (home,)) == ("502", "猫")
    assert rebuild(centre.store, grown) == []


@pytest.mark.of_sqlite
def test_every_kind_has_a_table_with_a_column_for_each_field_and_every_declared_index(centre):
    for kind in centre.schema.kinds.values():
        columns = {row[1] for row in centre.store.rows(f'PRAGMA table_info("{kind.name}")')}
        assert columns == {"record", *kind.fields}
        indexes = {row[1] for row in centre.store.rows(f'PRAGMA index_list("{kind.name}")')}
        for fields in kind.indexes:
            # One that begins with these fields finds the same.
            assert any(index.startswith(f"{kind.name}_by_{'_'.join(fields)}") for index in indexes)


@pytest.mark.of_sqlite
@pytest.mark.parametrize("field", ["household", "case"])
def test_the_records_that_follow_another_are_found_by_an_index(centre, field):
    kind = {"household": "home_visit", "case": "case_progress"}[field]
    plan = centre.store.rows(f'EXPLAIN QUERY PLAN SELECT record FROM "{kind}" WHERE "{field}" = ?', ("x",))  # noqa: S608
    assert "USING" in plan[0][3]
