"""Many centres in one PostgreSQL: each sees its own rows alone, has its own log, and keeps what is acknowledged.

Not here: the protocol, which the other tests of this folder try on both databases; several processes (tests/server).
"""

import threading
from dataclasses import replace

import psycopg
import pytest

from schema.load import load_schema
from schema.model import Field, Words
from sync import feed, people
from sync.epoch import epoch_of
from sync.log import LogBroken, LogHead, check_log
from sync.materialise import rebuild
from sync.store.faults import DatabaseFault, Fault
from sync.store.layout import DERIVED_VERSION
from sync.store.opening import open_store
from sync.store.portable import in_postgres
from sync.store.store import StoreError
from tests.centre import VISITED, Centre
from tests.postgres import OWNER, SERVING, SUPERUSER


@pytest.fixture
def place(cluster):
    """The place of an empty store."""
    return cluster.emptied()


@pytest.fixture
def world(place):
    """Two centres in one database, each with a home; bound to the first."""
    found = Centre(place)
    found.home()
    found.home("guanhu_1", estate="观湖苑")
    found.store.bind("heping")
    yield found
    found.store.close()


@pytest.fixture
def own(cluster):
    """A database of its own, for a test that changes more than rows; removed at the end."""
    name = cluster.new_database()
    yield name
    cluster.drop(name)


# Whose rows


def test_each_centre_has_a_log_counters_and_an_epoch_of_its_own(world):
    heads, epochs = [], []
    for centre in world.store.parts():
        world.store.bind(centre)
        heads.append((feed.head(world.store), check_log(world.store).entries))
        epochs.append(epoch_of(world.store))
    assert world.store.parts() == ["guanhu", "heping"]
    assert heads == [(1, 1), (1, 1)]
    assert epochs[0] != epochs[1]


def test_a_question_without_any_condition_shows_one_centre_and_nothing_to_nobody(world):
    tables = [name for name in world.store.tables() if world.store.value(f'SELECT count(*) FROM "{name}"')]  # noqa: S608
    assert {"record", "log", "feed", "household", "person", "membership", "device", "setting"} <= set(tables)
    for name in world.store.tables():
        world.store.bind("heping")
        found = world.store.rows(f'SELECT DISTINCT centre FROM "{name}"')  # noqa: S608
        assert found in ([("heping",)], []), name
        world.store.bind("")
        assert world.store.value(f'SELECT count(*) FROM "{name}"') == 0, name  # noqa: S608


def test_nothing_is_written_changed_or_removed_in_another_centre(world):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.store.execute("INSERT INTO team VALUES ('x', 'x', 'guanhu')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.store.execute("UPDATE team SET centre = 'guanhu'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.store.execute("INSERT INTO directory VALUES ('person', 'somebody', 'guanhu')")
    world.store.execute("UPDATE household SET estate = '别处'")
    world.store.execute("DELETE FROM conflict")
    world.store.bind("guanhu")
    assert world.store.rows("SELECT estate FROM household") == [("观湖苑",)]


def test_the_owner_of_the_tables_is_bound_as_well(world, cluster):
    owner = open_store(cluster.url(cluster.shared, OWNER))
    assert owner.value("SELECT count(*) FROM household") == 0
    owner.bind("guanhu")
    assert owner.rows("SELECT estate FROM household") == [("观湖苑",)]
    owner.close()


def test_without_the_policies_everything_would_be_seen(own, cluster):
    # The negative control: the tests above would notice.
    world = Centre(cluster.url(own))
    world.home()
    world.home("guanhu_1", estate="观湖苑")
    with cluster.as_superuser(own) as connection:
        connection.execute("ALTER TABLE household DISABLE ROW LEVEL SECURITY")
    world.store.bind("heping")
    assert world.store.value("SELECT count(*) FROM household") == 2
    world.store.close()


def test_every_table_has_its_policy_and_a_key_that_begins_with_the_centre(world, cluster):
    with cluster.as_superuser(cluster.shared) as connection:
        keys = dict(
            connection.execute(
                "SELECT relname, attname FROM pg_index JOIN pg_class ON pg_class.oid = indrelid JOIN pg_attribute"
                " ON attrelid = indrelid AND attnum = indkey[0] WHERE indisprimary AND relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace"
            ).fetchall()
        )
        forced = connection.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        guarded = {row[0] for row in forced.fetchall()}
    for name in world.store.tables():
        assert keys[name] == "centre", name
        assert name in guarded, name


def test_a_person_and_a_session_lead_to_their_centre_and_unknown_ones_to_none(world):
    people.add_session(world.store, b"hash", "sun_lei", "device_1", world.now)
    world.store.bind("heping")
    assert people.session_of(world.store, b"hash").person == "sun_lei"
    assert people.session_of(world.store, b"other") is None
    assert people.person_of(world.store, "nobody", "device_1") is None
    assert world.store.value("SELECT count(*) FROM person") == 0


@pytest.mark.parametrize("text", ["a\0b", "\0"])
def test_a_text_that_no_table_keeps_is_asked_for_and_not_found(world, text):
    assert world.store.row("SELECT 1 FROM record WHERE record = ?", (text,)) is None


# What is acknowledged is kept


def test_a_commit_waits_for_the_disk(world):
    assert world.store.value("SHOW synchronous_commit") == "on"


def test_a_database_told_to_answer_before_the_disk_is_overruled(own, cluster):
    with cluster.as_superuser(own) as connection:
        connection.execute(f"ALTER DATABASE {own} SET synchronous_commit = off")
    store = open_store(cluster.url(own))
    assert store.value("SHOW synchronous_commit") == "on"
    store.close()


def test_who_may_pass_by_the_policies_does_not_serve(place, cluster):
    with pytest.raises(StoreError, match="row security"):
        open_store(cluster.url(cluster.shared, SUPERUSER))


def test_a_transaction_that_failed_is_never_told_as_kept(world):
    # PostgreSQL answers the COMMIT of a failed transaction without an error.
    def swallows() -> None:
        with world.store.atomic(), pytest.raises(psycopg.errors.UndefinedTable):
            world.store.execute("SELECT * FROM nothing")

    with pytest.raises(StoreError, match="not kept"):
        swallows()
    assert world.store.value("SELECT count(*) FROM household") == 1


def test_what_was_bound_in_a_transaction_that_failed_is_bound_anew(world):
    def half() -> None:
        with world.store.atomic():
            world.store.bind("guanhu")
            world.store.execute("UPDATE household SET estate = 'x'")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert world.store.rows("SELECT estate FROM household") == [("观湖苑",)]
    world.store.bind("heping")
    assert world.store.rows("SELECT estate FROM household") == [("和平里",)]


def ended(cluster, store) -> None:
    """The database ends the connection of a store, as when it is started anew."""
    process = store.value("SELECT pg_backend_pid()")
    with cluster.as_superuser(cluster.shared) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))


def test_a_lost_connection_is_opened_again_where_nothing_can_be_lost(world, cluster):
    ended(cluster, world.store)
    assert world.store.value("SELECT count(*) FROM household") == 1
    ended(cluster, world.store)
    world.home(room="503")
    ended(cluster, world.store)
    with world.store.snapshot():
        assert world.store.value("SELECT count(*) FROM household") == 2


def test_a_connection_lost_in_a_transaction_ends_it_and_the_next_one_goes_through(world, cluster):
    visit = world.zhou_hui.writes("household", estate="和平里", building="9", unit="1", room="1", team="heping_1")

    def half() -> None:
        with world.store.atomic():
            world.zhou_hui.sends([visit])
            ended(cluster, world.store)
            world.store.value("SELECT 1")

    with pytest.raises(DatabaseFault) as told:
        half()
    assert told.value.fault is Fault.unreachable
    assert world.zhou_hui.pushes() == [(visit.id, "accepted")]


def test_a_database_that_is_not_there_is_told_without_its_address(cluster):
    with pytest.raises(DatabaseFault) as told:
        open_store(f"postgresql://somebody:canary@/none?host={cluster.folder}")
    assert "canary" not in str(told.value) and told.value.fault is Fault.unreachable


# Writers


def test_writers_of_one_centre_follow_one_another_and_those_of_two_do_not_wait(world):
    other = world.opened()
    with world.store.atomic():
        other.bind("guanhu")
        with other.atomic():
            other.execute("UPDATE setting SET value = value")
        other.bind("heping")
        other.execute("SET lock_timeout = 50")
        with pytest.raises(DatabaseFault) as told, other.atomic():
            pass
    assert told.value.fault is Fault.busy
    with other.atomic():
        other.execute("UPDATE setting SET value = value")
    other.close()


def test_eight_writers_and_a_reader_that_misses_nothing(world):
    """Revisions come from a row that is locked to the commit: whoever has read one has seen all before it."""
    homes, phones = 12, [world.new_phone("zhou_hui") for _ in range(8)]
    written = [
        [phone.writes("household", estate="和平里", building="7", unit="1", room=f"{n}-{m}", team="heping_1")]
        for n, phone in enumerate(phones)
        for m in range(homes)
    ]
    failed: list[BaseException] = []

    def write(number: int) -> None:
        store = world.opened()
        try:
            for saves in written[number * homes : (number + 1) * homes]:
                from sync.push import push

                person = people.person_of(store, "zhou_hui", phones[number].device)
                push(store, world.schema, person, [save.save for save in saves], world.now)
        except BaseException as error:
            failed.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    reader, seen, after = world.opened(), set(), 0
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or after < feed.head(reader):
        for record, revision, _ in feed.changes(reader, "team:heping_1:outreach_worker", after, 5):
            seen.add(record)
            after = revision
    for thread in threads:
        thread.join()
    reader.close()
    assert failed == []
    assert {save.record for saves in written for save in saves} <= seen
    assert isinstance(check_log(world.store), LogHead)
    assert rebuild(world.store, world.schema) == []


# The log


@pytest.mark.parametrize(
    ("change", "position"),
    [
        ("UPDATE log SET body = '\\xfffe' WHERE position = 2", 2),
        ("UPDATE log SET person = 'li_min' WHERE position = 1", 1),
        ("DELETE FROM log WHERE position = 1", 1),
        ("DELETE FROM log WHERE position = 2", 2),
    ],
)
def test_a_log_changed_by_who_may_do_anything_is_found(world, cluster, change, position):
    world.home(room="503")
    with cluster.as_superuser(cluster.shared) as connection:
        connection.execute(f"{change} AND centre = 'heping'".encode())
    found = check_log(world.store)
    assert isinstance(found, LogBroken) and found.position == position


def test_the_owner_of_the_tables_changes_no_entry_of_the_log(world, cluster):
    owner = open_store(cluster.url(cluster.shared, OWNER))
    owner.bind("heping")
    owner.execute("UPDATE log SET person = 'x'")
    owner.execute("DELETE FROM log")
    assert isinstance(check_log(owner), LogHead)
    owner.close()


# Versions


def test_a_database_without_tables_is_not_served(cluster):
    with pytest.raises(StoreError, match="prepare-store"):
        open_store(cluster.url("postgres"))


def test_a_store_of_an_older_version_has_its_tables_made_again_from_the_logs(own, cluster):
    world = Centre(cluster.url(own))
    visit = world.visit(world.home(), **VISITED)
    world.home("guanhu_1")
    world.zhou_hui.decides(visit, "approve")
    with cluster.as_superuser(own) as connection:
        connection.execute(f"UPDATE layout SET version = {DERIVED_VERSION - 1}".encode())  # noqa: S608
        connection.execute("ALTER TABLE record RENAME COLUMN content TO state")
    world.store.close()
    with pytest.raises(StoreError, match="prepare-store"):
        open_store(world.place)
    cluster.prepared(own, world.schema)
    world.store = open_store(world.place)
    for centre in world.store.parts():
        world.store.bind(centre)
        assert rebuild(world.store, world.schema) == []
    assert world.store.value("SELECT review_state FROM record WHERE record = ?", (visit,)) == "approved"
    world.store.close()


def test_a_field_declared_later_gets_its_column_and_old_records_stay(own, cluster):
    world = Centre(cluster.url(own))
    home = world.home()
    schema = load_schema()
    household = schema.kinds["household"]
    pet = Field("pet", "text", Words("宠物", "Pet"))
    grown = replace(
        schema, kinds={**schema.kinds, "household": replace(household, fields={**household.fields, "pet": pet})}
    )
    world.store.close()
    cluster.prepared(own, grown)
    world.store = open_store(world.place, grown)
    world.schema = grown
    world.zhou_hui.changes(home, pet="猫")
    assert [answer[1] for answer in world.zhou_hui.pushes()] == ["accepted"]
    assert world.store.row("SELECT room, pet FROM household WHERE record = ?", (home,)) == ("502", "猫")
    assert rebuild(world.store, grown) == []
    world.store.close()


def test_the_role_that_serves_changes_no_table(world):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.store.execute("ALTER TABLE household DISABLE ROW LEVEL SECURITY")
    assert SERVING != OWNER


# The statements


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT 1 WHERE a = ? AND b = ?", b"SELECT 1 WHERE a = $1 AND b = $2"),
        ("INSERT INTO t VALUES (?) ON CONFLICT (a) DO", b"INSERT INTO t VALUES ($1) ON CONFLICT (centre, a) DO"),
        ("ON CONFLICT (centre) DO UPDATE", b"ON CONFLICT (centre) DO UPDATE"),
        ("FROM record r INDEXED BY record_review WHERE", b"FROM record r WHERE"),
        ("json_each(r.own)", b"json_array_elements_text(CAST(r.own AS json)) AS each (value)"),
        ("json_each(?)", b"json_array_elements_text(CAST($1 AS json)) AS each (value)"),
    ],
)
def test_a_statement_is_told_to_postgresql_in_its_own_words(sql, told):
    assert in_postgres(sql) == told
