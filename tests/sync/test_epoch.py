"""A restored store says so, an older copy put in its place is noticed, and phones learn what a backup holds."""

import pytest

from sync import log
from sync.backup import copy_to
from sync.epoch import backed_up, begin_epoch, epoch_of, last_backup_at, note_backup, parent_of
from sync.log import LogHead, check_log
from sync.materialise import rebuild
from sync.store.opening import open_store
from tests.centre import START, VISITED, Centre, accepted, retry, told


@pytest.fixture
def older(centre, database, tmp_path, request):
    """A copy of a centre's store with a visit, and that visit."""
    visit = centre.visit(centre.home(), **VISITED)
    if database == "sqlite":
        copy_to(centre.store, tmp_path / "copy.sqlite3")
        store = open_store(tmp_path / "copy.sqlite3", keys_of=tmp_path / "centre.sqlite3")
    else:
        cluster = request.getfixturevalue("cluster")
        other = cluster.new_database()
        cluster.put(cluster.copied(cluster.shared), other)
        store = open_store(cluster.url(other))
        store.bind("heping")
    centre.li_min.pulls()
    yield store, visit
    store.close()


def test_a_restored_store_has_a_new_epoch_that_names_its_parent_in_the_log_too(centre, older):
    store, _ = older
    before = epoch_of(store)
    assert parent_of(store) is None
    begin_epoch(store, "5eed" * 4, START)
    parent = parent_of(store)
    assert epoch_of(store) == "5eed" * 4 and parent is not None
    assert (parent.epoch, parent.revision) == (before, 2)
    last = list(log.entries(store))[-1]
    assert (last.entry, last.facts) == ("epoch", {"parent": before, "from": 2})
    assert isinstance(check_log(store), LogHead)
    assert rebuild(store, centre.schema) == []


def put_in_place(centre: Centre, store) -> None:
    """A copy of the file takes the place of the centre's store."""
    centre.store.close()
    centre.store = store


def test_a_phone_that_knows_more_than_an_older_copy_is_told_and_keeps_its_save(centre, older):
    store, visit = older
    centre.li_min.changes(visit, observation="药快吃完了")
    centre.li_min.meets_network()
    put_in_place(centre, store)
    later = centre.li_min.changes(visit, arrived_at="10:30")
    another = centre.zhou_hui.writes("household", estate="和平里", building="4", unit="1", room="101", team="heping_1")
    assert centre.li_min.pushes() == [retry(later, "base_ahead")]
    assert centre.zhou_hui.pushes() == [(another.id, "accepted")], "who knows no more is not held up"
    assert later in centre.li_min.outbox
    # The administrator gives the copy its epoch; phones then begin again and send what they hold.
    begin_epoch(centre.store, "5eed" * 4, centre.now)
    assert [told(receipt) for receipt in centre.li_min.sends([later])] == [(later.id, "accepted")]


def test_a_base_at_the_head_is_no_reason_to_doubt(centre):
    visit = centre.visit(centre.home(), **VISITED)
    centre.li_min.pulls()
    assert centre.li_min.sees(visit).revision == 2
    change = centre.li_min.changes(visit, observation="好")
    assert centre.li_min.sends([change]) == [accepted(change, 3)]


def test_phones_may_rely_on_a_backup_only_when_it_lies_elsewhere(centre):
    epoch = epoch_of(centre.store)
    assert (backed_up(centre.store), last_backup_at(centre.store)) == (0, None)
    note_backup(centre.store, epoch, 3, "2026-03-10T02:00:00Z", is_away=False)
    assert (backed_up(centre.store), last_backup_at(centre.store)) == (0, START)
    note_backup(centre.store, epoch, 3, "2026-03-10T03:00:00Z", is_away=True)
    note_backup(centre.store, epoch, 2, "2026-03-10T02:30:00Z", is_away=True)
    assert backed_up(centre.store) == 3, "it never goes back"


def test_a_backup_of_another_epoch_says_nothing(centre):
    note_backup(centre.store, "another", 3, "2026-03-10T03:00:00Z", is_away=True)
    assert (backed_up(centre.store), last_backup_at(centre.store)) == (0, None)
