"""A digest says what a device should hold, and no more than that travels to find what differs."""

import hashlib

import pytest

from schema.model import Problem
from sync import limits
from sync.digest import digest, part_of, rows_of_parts, whole_records
from sync.document import claims_in

TEAM = "team:heping_1:outreach_worker"


def asked(phone, by_part=False):
    found = digest(phone.centre.store, phone.centre.schema, phone.me(), phone.cursors, by_part)
    return {entry.scope: entry for entry in found}


def counted(phone, entry):
    """The digest of what a phone holds, counted here a second time."""
    count, xor = 0, 0
    for record, base in phone.base.items():
        if entry.scope not in phone.scopes_of(base) or record in entry.moved:
            continue
        if entry.low <= base.revision <= entry.high:
            count += 1
            xor ^= int.from_bytes(hashlib.sha256(f"{record}:{base.revision}".encode()).digest()[:8], "big")
    return [(count, f"{xor:016x}")] if count else []


def agrees(phone):
    return all(
        [(part.count, part.xor) for part in entry.parts] == counted(phone, entry) for entry in asked(phone).values()
    )


def test_a_phone_that_has_everything_agrees(centre):
    home = centre.home()
    centre.visit(home)
    centre.li_min.pulls()
    assert agrees(centre.li_min)


@pytest.mark.parametrize("pages", [1, 2, 3])
def test_a_phone_that_is_still_reading_agrees_about_what_it_has(centre, monkeypatch, pages):
    monkeypatch.setattr(limits, "PAGE_RECORDS_MAX", 3)
    for _ in range(8):
        centre.visit(centre.home(), centre.random.choice(["li_min", "zhang_qiang"]))
    for _ in range(pages):
        centre.li_min.keeps(centre.li_min.asks())
    assert agrees(centre.li_min)


def test_news_since_the_cursor_are_named_and_left_out(centre):
    homes = [centre.home() for _ in range(4)]
    centre.li_min.pulls()
    centre.zhou_hui.changes(homes[0], care_note="有狗")
    centre.zhou_hui.changes(homes[1], team="heping_2")
    centre.zhou_hui.meets_network()
    assert set(asked(centre.li_min)[TEAM].moved) == {homes[0], homes[1]}
    assert agrees(centre.li_min)


def test_a_missing_an_extra_and_an_older_record_differ(centre):
    homes = [centre.home() for _ in range(4)]
    centre.li_min.pulls()
    whole = dict(centre.li_min.base)
    del centre.li_min.base[homes[0]]
    assert not agrees(centre.li_min)
    centre.li_min.base = {**whole, centre.new_id(): whole[homes[0]]}
    assert not agrees(centre.li_min)
    centre.li_min.base = dict(whole)
    centre.li_min.base[homes[0]].revision -= 1
    assert not agrees(centre.li_min)


def test_parts_add_up_and_name_their_records(centre):
    homes = [centre.home() for _ in range(12)]
    centre.li_min.pulls()
    entry = asked(centre.li_min, by_part=True)[TEAM]
    assert sum(part.count for part in entry.parts) == 12
    part = part_of(homes[0])
    person, cursor = centre.li_min.me(), centre.li_min.cursors[TEAM]
    rows = rows_of_parts(centre.store, centre.schema, person, TEAM, cursor, [part])
    assert rows == [(home, centre.li_min.base[home].revision) for home in homes if part_of(home) == part]


def test_only_the_scopes_and_records_of_the_person_are_answered_for(centre):
    other = centre.home("heping_3")
    mine = centre.home()
    person = centre.li_min.me()
    theirs = {"team:heping_3:supervisor": "9", "person:luo_wei": "9"}
    assert digest(centre.store, centre.schema, person, theirs, False) == []
    assert rows_of_parts(centre.store, centre.schema, person, "person:luo_wei", "9", ["00"]) == []
    found = whole_records(centre.store, centre.schema, person, [other, mine, mine, "unknown"])
    assert [row.record for row in found] == [mine]


@pytest.mark.parametrize("saves", [1, 2])
def test_a_whole_record_is_its_document(centre, saves):
    home = centre.home()
    centre.li_min.pulls()
    if saves == 2:
        centre.li_min.changes(home, care_note="门铃坏了，敲门大声一点")
        centre.li_min.meets_network()
    (found,) = whole_records(centre.store, centre.schema, centre.li_min.me(), [home])
    said = [[f"{claim.field_key}:{claim.save_key}", claim.value] for claim in centre.li_min.base[home].claims]
    assert sorted([name, entry[0]] for name, entry in claims_in(found.state).items()) == sorted(said)


def test_a_cursor_that_is_none_or_too_old_is_refused(centre, monkeypatch):
    refused = Problem("query_refused", "cursor", {"reason": "cursor"})
    person = centre.li_min.me()
    assert digest(centre.store, centre.schema, person, {TEAM: "x"}, False) == refused
    assert rows_of_parts(centre.store, centre.schema, person, TEAM, "x", []) == refused
    monkeypatch.setattr(limits, "DIGEST_MOVED_MAX", 2)
    for _ in range(2):
        centre.home()
    assert isinstance(digest(centre.store, centre.schema, person, {TEAM: "0"}, False), list)
    centre.home()
    assert digest(centre.store, centre.schema, person, {TEAM: "0"}, False) == refused
