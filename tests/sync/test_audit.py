"""The audit shows when somebody has changed, cut or rewritten it, and never says what a record says."""

import hmac
import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from sync.audit import COLUMNS, FIRST_MAC, AuditBroken, AuditHead, chained, check_audit, check_stretch, head_of, note
from sync.store.opening import open_store
from sync.store.store import StoreError

KEY = bytes(range(32))
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ENTRIES = 24
TRIALS = 60
_INSERT = f"INSERT INTO audit ({COLUMNS}, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


def fill(store, entries=ENTRIES, centre="heping"):
    for number in range(entries):
        note(
            store,
            action="read",
            by="zhou_hui",
            device="desk",
            centre=centre,
            at=NOW + timedelta(seconds=number),
            kind="home_visit",
            record=f"visit-{number}",
            tier=2,
        )


@pytest.fixture
def store():
    """A store in memory whose audit can be reached by somebody with all rights."""
    made = open_store(":memory:")
    made.audit_key = KEY
    yield made
    made.close()


def rows_of(store):
    return [list(row) for row in store.rows(f"SELECT {COLUMNS}, mac FROM audit ORDER BY position")]  # noqa: S608


def put_in_place(store, rows):
    """What somebody does who owns the database: triggers and counter are no hindrance."""
    for how in ("changed", "shortened"):
        store.execute(f"DROP TRIGGER IF EXISTS audit_is_never_{how}")
    with store.atomic():
        store.execute("DELETE FROM audit")
        store.execute_many(_INSERT, rows)
        store.execute("UPDATE counter SET value = ? WHERE name = 'audit:heping'", (len(rows),))


def stamped_anew(rows):
    """The same entries as somebody writes them who has the key too."""
    before = FIRST_MAC
    for position, row in enumerate(rows, start=1):
        row[0] = position
        before = chained(KEY, before, tuple(row[:-1]))
        row[-1] = before
    return rows


def edit(rows, chance):
    rows[chance.randrange(len(rows))][4] = "li_min"
    return rows


def delete(rows, chance):
    del rows[chance.randrange(len(rows) - 1)]
    return [[place, *row[1:]] for place, row in enumerate(rows, start=1)]


def insert(rows, chance):
    at = chance.randrange(len(rows))
    rows.insert(at, [at + 1, *rows[at][1:7], "another", *rows[at][8:]])
    return [[place, *row[1:]] for place, row in enumerate(rows, start=1)]


def swap(rows, chance):
    one, other = chance.sample(range(len(rows)), 2)
    rows[one][1:], rows[other][1:] = rows[other][1:], rows[one][1:]
    return rows


def truncate(rows, chance):
    return rows[: chance.randrange(len(rows))]


def restamp(rows, chance):
    return stamped_anew(edit(rows, chance))


def truncate_and_append(rows, chance):
    kept = truncate(rows, chance)
    added = ["heping", "2026-11-22T03:00:00Z", "read", "x", "", None, None, "{}", b""]
    return stamped_anew(kept + [[0, *added] for _ in range(ENTRIES + chance.randrange(1, 5) - len(kept))])


@pytest.mark.parametrize("tamper", [edit, delete, insert, swap, truncate, restamp, truncate_and_append])
def test_whatever_is_done_to_the_audit_is_found_with_a_head_kept_elsewhere(store, tamper):
    fill(store)
    whole, head, chance = rows_of(store), head_of(store, "heping"), random.Random(27)  # noqa: S311
    found = 0
    for _ in range(TRIALS):
        put_in_place(store, tamper([list(row) for row in whole], chance))
        found += isinstance(check_audit(store, "heping", [head]), AuditBroken)
    put_in_place(store, whole)
    assert (found, check_audit(store, "heping", [head])) == (TRIALS, head)


@pytest.mark.parametrize("wrong", [b"li_min", 7, 1.5, "李敏"])
def test_what_was_never_written_there_is_found_whatever_it_is(store, wrong):
    fill(store, 3)
    rows = rows_of(store)
    rows[1][4] = wrong
    put_in_place(store, rows)
    assert check_audit(store, "heping") == AuditBroken(2, "an entry is not what was written")


@pytest.mark.parametrize("value", ["", "a", '"', "\\", "李敏", "\n\t\x00\x1f\x7f", "🏠", 0, 10**12, None])
def test_the_chain_is_over_the_columns_as_json(value):
    columns = (1, "heping", value)
    text = json.dumps(columns, ensure_ascii=True).encode()
    assert chained(KEY, FIRST_MAC, columns) == hmac.digest(KEY, FIRST_MAC + text, "sha256")


@pytest.mark.parametrize("first", range(1, 7))
def test_a_chain_followed_in_stretches_is_broken_where_it_is_as_a_whole(store, first):
    fill(store, 6)
    head = head_of(store, "heping")
    stretches = [(1, first - 1), (first, None)] if first > 1 else [(1, None)]

    def found():
        return [check_stretch(store, "heping", *ends, [head]) for ends in stretches]

    assert found()[-1] == head and not [one for one in found() if isinstance(one, AuditBroken)]
    whole = rows_of(store)
    for change in (edit, delete, insert, swap, restamp):
        put_in_place(store, change([list(row) for row in whole], random.Random(first)))  # noqa: S311
        broken = [one for one in found() if isinstance(one, AuditBroken)]
        assert broken[0].position == check_audit(store, "heping", [head]).position


@pytest.mark.parametrize("tamper", [truncate, restamp, truncate_and_append])
def test_a_cut_or_rewritten_audit_is_whole_to_whoever_has_no_witness(store, tamper):
    fill(store)
    put_in_place(store, tamper(rows_of(store), random.Random(28)))  # noqa: S311
    assert isinstance(check_audit(store, "heping"), AuditHead)


def test_an_entry_cut_off_is_found_by_the_counter_alone(store):
    fill(store)
    store.execute("DROP TRIGGER audit_is_never_shortened")
    store.execute("DELETE FROM audit WHERE position > 20")
    assert check_audit(store, "heping") == AuditBroken(21, "entries are missing at the end: there were 24")
    note(store, action="sign_in", by="li_min", device="d", centre="heping", at=NOW)
    assert check_audit(store, "heping") == AuditBroken(21, "an entry is missing")


def test_a_head_cut_to_twelve_digits_is_witness_enough(store):
    fill(store, 3)
    head = head_of(store, "heping")
    fill(store, 3)
    assert isinstance(check_audit(store, "heping", [AuditHead(3, head.mac[:12])]), AuditHead)
    assert isinstance(check_audit(store, "heping", [AuditHead(3, "0" * 12)]), AuditBroken)


def test_each_centre_has_a_chain_of_its_own(store):
    fill(store, 3)
    fill(store, 2, "guanhu")
    assert (check_audit(store, "heping").size, check_audit(store, "guanhu").size) == (3, 2)


def test_another_key_proves_nothing(store):
    fill(store, 2)
    store.audit_key = bytes(32)
    assert check_audit(store, "heping") == AuditBroken(1, "an entry is not what was written")


@pytest.mark.parametrize("key", [None, b"short"])
def test_nothing_is_noted_without_the_key(store, key):
    store.audit_key = key
    with pytest.raises(StoreError, match="no key"):
        fill(store, 1)
    assert rows_of(store) == []


def test_an_action_nobody_declared_is_refused(store):
    with pytest.raises(ValueError, match="no action"):
        note(store, action="peeked", by="li_min", device="", centre="heping", at=NOW)
    assert head_of(store, "heping").size == 0


def test_an_entry_is_undone_with_the_act_it_tells_of(store):
    with pytest.raises(ZeroDivisionError), store.atomic():
        fill(store, 1)
        _ = 1 / 0
    fill(store, 1)
    assert check_audit(store, "heping").size == 1


@pytest.mark.parametrize("change", ["UPDATE audit SET person = 'x'", "DELETE FROM audit"])
def test_the_store_refuses_to_change_or_shorten_the_audit(centre, change):
    centre.store.audit_key = KEY
    fill(centre.store, 1)
    with pytest.raises(Exception, match=r"append-only|permission denied for table audit"):
        centre.store.execute(change)
    assert check_audit(centre.store, "heping").size == 1
