"""A store whose writes wait says the same as the store behind it, and loses nothing."""

import pytest

from sync.store.behind import written_behind

INSERT = "INSERT INTO setting VALUES (?, ?)"
# Bytes, in a column that takes them.
KEEP = "INSERT INTO device (device, person, name, public_key, added_at) VALUES (?, 'x', 'x', ?, '')"
NAMES = "SELECT name FROM setting WHERE name LIKE 'x%' ORDER BY name"


def test_what_waits_is_there_for_whoever_reads_in_any_way(centre):
    reads = (
        lambda store: store.rows(NAMES),
        lambda store: [store.row(NAMES)],
        lambda store: [(store.value(NAMES),)],
        lambda store: list(store.each(NAMES)),
    )
    for number, read in enumerate(reads):
        with written_behind(centre.store) as store:
            store.execute("DELETE FROM setting WHERE name LIKE 'x%'")
            store.execute_many(INSERT, [(f"x{number}", "1")])
            assert read(store) == [(f"x{number}",)]


def test_work_that_waits_is_done_before_whoever_reads(centre):
    with written_behind(centre.store) as store:
        store.soon(lambda: store.execute_many(INSERT, [("x1", "1")]))
        assert centre.store.rows(NAMES) == []
        assert store.rows(NAMES) == [("x1",)]
        store.soon(lambda: store.execute_many(INSERT, [("x2", "1")]))
        with pytest.raises(ZeroDivisionError), store.atomic():
            store.soon(lambda: store.execute_many(INSERT, [("x3", "1")]))
            raise ZeroDivisionError
        store.soon(lambda: store.execute_many(INSERT, [("x4", "1")]))
    assert centre.store.rows(NAMES) == [("x1",), ("x2",), ("x4",)]


def test_a_change_comes_after_what_waits(centre):
    with written_behind(centre.store) as store:
        store.execute_many(INSERT, [("x1", "1")])
        store.execute("UPDATE setting SET value = '2' WHERE name = 'x1'")
    assert centre.store.value("SELECT value FROM setting WHERE name = 'x1'") == "2"


def test_nothing_is_written_before_it_must_be_and_all_of_it_at_the_end(centre):
    with written_behind(centre.store) as store:
        store.execute_many(INSERT, [("x1", "1")])
        store.execute_many(INSERT, [("x2", "1")])
        assert centre.store.rows(NAMES) == []
    assert centre.store.rows(NAMES) == [("x1",), ("x2",)]


def test_a_counter_goes_on_where_it_was_and_is_kept(centre):
    before = centre.store.counted("revision")
    with written_behind(centre.store) as store:
        assert [store.counted("revision") for _ in range(3)] == [before + 1, before + 2, before + 3]
        store.execute("UPDATE counter SET value = value + 10 WHERE name = 'revision'")
        assert store.counted("revision") == before + 14
        assert store.counted("revision") == before + 15
        assert store.value("SELECT value FROM counter WHERE name = 'revision'") == before + 15
        assert store.counted("revision") == before + 16
    assert centre.store.counted("revision") == before + 17


def test_a_step_that_fails_takes_back_what_waits_in_it_and_nothing_else(centre):
    before = centre.store.counted("revision")
    with written_behind(centre.store) as store:
        store.execute_many(INSERT, [("x1", "1")])
        assert store.counted("revision") == before + 1
        with pytest.raises(ZeroDivisionError), store.atomic():
            store.execute_many(INSERT, [("x2", "1")])
            assert [store.counted("revision") for _ in range(2)] == [before + 2, before + 3]
            raise ZeroDivisionError
        assert store.counted("revision") == before + 2
    assert centre.store.rows(NAMES) == [("x1",)]


def test_a_transaction_that_fails_leaves_nothing(centre):
    before = centre.store.counted("revision")
    with pytest.raises(ZeroDivisionError), written_behind(centre.store) as store:
        store.execute_many(INSERT, [("x1", "1")])
        store.counted("revision")
        raise ZeroDivisionError
    assert centre.store.rows(NAMES) == []
    assert centre.store.counted("revision") == before + 1


@pytest.mark.parametrize("count", [1, 7, 8, 40])
def test_large_values_are_made_small_as_one_by_one_and_read_back_as_they_were(centre, count):
    values = [f"精神不错，说话清楚。{number}".encode() * 9 for number in range(count)]
    with written_behind(centre.store) as store:
        for number, value in enumerate(values):
            store.execute_many(KEEP, [(f"x{number:02d}", store.compressed(value))])
        store.execute(KEEP, ("y", store.compressed(b"one")))
    rows = centre.store.rows("SELECT public_key FROM device WHERE person = 'x' AND device <> 'y' ORDER BY device")
    kept = [bytes(row[0]) for row in rows]
    assert kept == [centre.store.compressed(value) for value in values]
    assert [centre.store.restored(value) for value in kept] == values
    assert centre.store.restored(centre.store.value("SELECT public_key FROM device WHERE device = 'y'")) == b"one"
