"""What a device is sent: everything of its scopes, nothing else, resumable at any page."""

import pytest

from schema.model import Problem
from sync import limits
from sync.document import claims_in
from sync.pull import Page, pull
from tests.centre import VISITED, base36, claims_of, unpacked


def test_a_phone_gets_the_records_of_its_team_and_no_others(centre):
    ours, theirs = centre.home("heping_1"), centre.home("heping_3")
    for phone, expected in (
        (centre.li_min, {ours}),
        (centre.zhou_hui, {ours}),
        (centre.luo_wei, {theirs}),
        (centre.he_fang, set()),
        (centre.sun_lei, set()),
        (centre.huang_li, set()),
    ):
        phone.pulls()
        assert set(phone.base) == expected


def test_a_director_and_a_clerk_read_at_the_desk_and_their_devices_keep_no_copies(centre):
    centre.home()
    for phone in (centre.wu_jianguo, centre.lin_yan):
        phone.pulls()
        assert phone.base == {}


def test_a_volunteer_gets_her_own_hours_and_the_coordinator_everybodys(centre):
    hers, other = centre.hours("huang_li"), centre.hours("deng_jie")
    for phone, expected in ((centre.huang_li, {hers}), (centre.deng_jie, {other}), (centre.chen_jing, {hers, other})):
        phone.pulls()
        assert set(phone.base) == expected


def test_scopes_come_most_urgent_first(centre):
    page = centre.zhou_hui.asks()
    assert [cursor.scope for cursor in page.cursors] == [
        "person:zhou_hui",
        "team:heping_1:supervisor",
        "team:heping_2:supervisor",
        "centre:heping:supervisor",
    ]


def test_a_first_sync_cut_off_anywhere_goes_on_where_it_was(centre):
    homes = [centre.home() for _ in range(60)]
    pages = 0
    while True:
        page = centre.li_min.asks(bytes_max=1)
        pages += 1
        # The first try is lost on the way; the same cursors give the same page.
        assert centre.li_min.asks(bytes_max=1) == page
        centre.li_min.keeps(page)
        if not page.more:
            break
        assert not all(cursor.complete for cursor in page.cursors)
    assert pages > 3
    assert set(centre.li_min.base) == set(homes)


def test_a_record_that_moves_while_a_phone_pages_is_seen_again(centre):
    homes = [centre.home() for _ in range(60)]
    centre.li_min.keeps(centre.li_min.asks(bytes_max=1))
    first = next(iter(centre.li_min.base))
    centre.zhou_hui.changes(first, care_note="有狗")
    centre.zhou_hui.meets_network()
    centre.li_min.pulls(bytes_max=1)
    assert centre.li_min.sees(first).care_note == "有狗"
    assert set(centre.li_min.base) == set(homes)


def test_nothing_new_is_an_empty_page_at_the_head(centre):
    centre.home()
    centre.li_min.pulls()
    page = centre.li_min.asks()
    assert (page.rows, page.gone, page.more) == ((), (), False)
    assert unpacked(page.packed) == []


def test_a_home_moved_to_another_team_takes_along_all_that_is_known_about_it(centre):
    home = centre.home("heping_1")
    person, visit = centre.resident(home), centre.visit(home, "zhang_qiang")
    for phone in (centre.li_min, centre.he_fang):
        phone.pulls()
    assert set(centre.li_min.base) == {home, person, visit}
    centre.zhou_hui.changes(home, team="heping_2")
    centre.zhou_hui.meets_network()
    page = centre.li_min.asks()
    assert set(page.gone) == {home, person, visit}
    for phone in (centre.li_min, centre.he_fang, centre.zhou_hui):
        phone.pulls()
    assert set(centre.li_min.base) == set()
    assert set(centre.he_fang.base) == {home, person, visit}
    assert set(centre.zhou_hui.base) == {home, person, visit}
    assert centre.zhou_hui.base[visit].standing["team"] == "heping_2"


def test_a_record_that_stays_in_another_scope_of_the_person_is_not_gone(centre):
    home = centre.home("heping_1")
    centre.zhou_hui.changes(home, team="heping_2")
    assert centre.zhou_hui.pushes()
    page = centre.zhou_hui.asks()
    assert page.gone == ()
    assert [row.record for row in page.rows] == [home]


def test_a_case_follows_its_worker(centre):
    from tests.sync.test_push import start_case

    case = start_case(centre)
    note = centre.li_min.writes(
        "case_progress", case=case, written_on="2026-03-10", mode=mode(centre), content="初次面谈"
    )
    centre.li_min.meets_network()
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(case, worker="zhang_qiang")
    centre.zhou_hui.meets_network()
    for phone in (centre.li_min, centre.zhang_qiang):
        phone.pulls()
    assert case not in centre.li_min.base
    # She wrote the note, so it stays hers.
    assert note.record in centre.li_min.base
    assert {case, note.record} <= set(centre.zhang_qiang.base)


def mode(centre):
    return next(iter(centre.schema.vocabularies["contact_mode"].choices))


def test_a_scope_gained_starts_from_the_beginning_and_a_scope_lost_is_let_go(centre):
    first, second = centre.home("heping_1"), centre.home("heping_2")
    centre.li_min.pulls()
    assert set(centre.li_min.base) == {first}
    centre.sets_roles("li_min", ("outreach_worker", "heping_2"))
    centre.li_min.pulls()
    assert set(centre.li_min.base) == {second}
    centre.sets_roles("li_min", ("outreach_worker", "heping_1"), ("outreach_worker", "heping_2"))
    centre.li_min.pulls()
    assert set(centre.li_min.base) == {first, second}


def test_a_packed_page_holds_the_same_records_as_the_typed_one(centre):
    visit = centre.visit(centre.home())
    page = centre.li_min.asks()
    packed = unpacked(page.packed)
    assert [row[:4] for row in packed] == [[row.record, row.kind, row.revision, row.standing] for row in page.rows]
    for row, (*_, saves) in zip(page.rows, packed, strict=True):
        assert by_name(claims_of(saves)) == claims_in(row.state)
    assert visit in [row[0] for row in packed]
    assert set(page.rows[0].standing) == {
        "centre",
        "team",
        "own",
        "created_by",
        "delivered_at",
        "locked_at",
        "duplicates",
        "search",
        "review",
    }


def by_name(claims):
    return {f"{claim.field_key}:{claim.save_key}": [claim.value, claim.made_at, claim.author] for claim in claims}


def test_the_saves_of_a_record_travel_oldest_first_with_what_of_them_still_stands(centre):
    visit = centre.visit(centre.home(), "li_min")
    for phone in (centre.li_min, centre.zhou_hui):
        phone.pulls()
    first = centre.li_min.changes(visit, VISITED, observation="精神不错")
    centre.li_min.meets_network()
    second = centre.zhou_hui.changes(visit, observation="睡着了")
    centre.zhou_hui.meets_network()
    third = centre.li_min.changes(visit, condition="urgent")
    centre.li_min.meets_network()
    rows = {record: saves for record, _, _, _, saves in unpacked(centre.zhang_qiang.asks().packed)}
    planned, *later = rows[visit]
    assert planned[2] == "zhou_hui" and planned[3]["assigned_to"] == "li_min"
    assert [save[0] for save in later] == [base36(written.save["client"]) for written in (first, second, third)]
    assert [save[1:] for save in later] == [
        [
            first.save["made_at"],
            "li_min",
            {"visited_on": "2026-03-10", "outcome": "met_person", "observation": "精神不错"},
        ],
        [second.save["made_at"], "zhou_hui", {"observation": "睡着了"}],
        [third.save["made_at"], "li_min", {"condition": "urgent"}],
    ]


def test_a_page_keeps_to_its_size_and_always_brings_something(centre):
    home = centre.home()
    centre.li_min.pulls()
    for _ in range(40):
        centre.li_min.writes("home_visit", household=home, assigned_to="li_min", observation=noise(centre))
    centre.li_min.pushes()
    page = centre.zhang_qiang.asks(bytes_max=5_000)
    assert page.more
    assert len(page.text) < 5_000 * limits.PAGE_SHRINKS + 5_000
    least = centre.zhang_qiang.asks(bytes_max=0)
    assert 0 < len(least.rows) < 40


def noise(centre):
    return "".join(chr(0x4E00 + centre.random.randrange(8000)) for _ in range(500))


def test_a_page_holds_no_more_records_than_a_slow_phone_can_write_at_once(centre, monkeypatch):
    monkeypatch.setattr(limits, "PAGE_RECORDS_MAX", 5)
    homes = {centre.home() for _ in range(11)}
    assert len(centre.li_min.asks().rows) == 5
    centre.li_min.pulls()
    assert set(centre.li_min.base) == homes


def test_a_cursor_beyond_the_log_says_that_the_centre_was_restored(centre):
    scope = centre.li_min.scopes[1]
    found = pull(centre.store, centre.schema, centre.li_min.me(), {scope: "1000"}, None, centre.now)
    assert found == Problem("cursor_ahead", details={"scope": scope})


def test_a_scope_that_is_not_mine_is_ignored(centre):
    centre.home("heping_3")
    asked = {"team:heping_3:supervisor": "0", "person:luo_wei": "0"}
    page = pull(centre.store, centre.schema, centre.li_min.me(), asked, None, centre.now)
    assert isinstance(page, Page)
    assert page.rows == ()
    assert not asked.keys() & {cursor.scope for cursor in page.cursors}


@pytest.mark.parametrize("name", ["王秀兰", "单玉芬"])
def test_a_name_travels_with_its_pinyin(centre, name):
    person = centre.resident(centre.home(), name)
    centre.li_min.pulls()
    expected = {"王秀兰": "wangxiulan wxl", "单玉芬": "shanyufen syf"}[name]
    assert centre.li_min.base[person].standing["search"] == expected


def test_a_save_leaves_the_outbox_only_when_the_base_has_it(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    centre.li_min.changes(visit, VISITED)
    centre.li_min.pushes()
    assert len(centre.li_min.outbox) == 1
    assert centre.li_min.sees(visit).outcome == "met_person"
    centre.li_min.pulls()
    assert centre.li_min.outbox == []
    assert centre.li_min.sees(visit).outcome == "met_person"


def test_a_first_sync_brings_her_own_work_with_its_homes_before_the_teams_thousands(centre):
    home = centre.home()
    visit = centre.visit(home, "li_min")
    for _ in range(30):
        centre.home()
    first = centre.li_min.asks(bytes_max=1)
    assert [row.record for row in first.rows[:2]] == [visit, home]
    assert first.more


def test_within_a_scope_the_newest_comes_first(centre):
    homes = [centre.home() for _ in range(12)]
    centre.zhou_hui.changes(homes[3], care_note="有狗")
    centre.zhou_hui.meets_network()
    order = [row.record for row in centre.li_min.asks().rows]
    assert order == [homes[3], *[home for home in reversed(homes) if home != homes[3]]]


def test_a_first_sync_sends_what_is_in_two_scopes_of_a_person_once(centre, monkeypatch):
    monkeypatch.setattr(limits, "PAGE_RECORDS_MAX", 3)
    home = centre.home()
    mine = [centre.visit(home, "li_min") for _ in range(4)]
    theirs = [centre.visit(home, "zhang_qiang") for _ in range(4)]
    sent, more = [], True
    while more:
        page = centre.li_min.asks()
        sent += [row.record for row in page.rows if row.record != home]
        centre.li_min.keeps(page)
        more = page.more
    assert sorted(sent) == sorted(mine + theirs)

    # One that changes meanwhile is news, and comes again.
    centre.zhang_qiang.pulls()
    centre.zhang_qiang.changes(theirs[0], observation="门口有台阶")
    centre.zhang_qiang.meets_network()
    assert [row.record for row in centre.li_min.asks().rows] == [theirs[0]]


@pytest.mark.parametrize("pages", range(1, 9))
def test_what_changes_comes_and_goes_during_a_first_sync_is_right_at_its_end(centre, monkeypatch, pages):
    monkeypatch.setattr(limits, "PAGE_RECORDS_MAX", 3)
    homes = [centre.home() for _ in range(20)]
    for _ in range(pages):
        centre.li_min.keeps(centre.li_min.asks())
    for moved in (homes[0], homes[-1]):
        centre.zhou_hui.changes(moved, team="heping_2")
    for changed in (homes[1], homes[-2]):
        centre.zhou_hui.changes(changed, care_note="有狗")
    new = centre.home()
    centre.zhou_hui.meets_network()
    page = centre.li_min.asks()
    # What has left her sight is told before anything more is filled in.
    assert set(page.gone) == {homes[0], homes[-1]}
    centre.li_min.keeps(page)
    centre.li_min.pulls()
    assert set(centre.li_min.base) == {*homes[1:-1], new}
    assert [centre.li_min.sees(home).care_note for home in (homes[1], homes[-2])] == ["有狗", "有狗"]
    assert centre.li_min.asks().rows == ()


def test_a_count_is_complete_only_when_the_last_record_has_come(centre, monkeypatch):
    monkeypatch.setattr(limits, "PAGE_RECORDS_MAX", 3)
    for _ in range(7):
        centre.home()
    told = []
    while True:
        page = centre.li_min.asks()
        centre.li_min.keeps(page)
        told.append({cursor.scope: cursor.complete for cursor in page.cursors}["team:heping_1:outreach_worker"])
        if not page.more:
            break
    assert told == [False, False, True]


def test_more_records_than_a_phone_may_carry_are_refused_by_name_and_the_newest_are_there(centre, monkeypatch):
    monkeypatch.setattr(limits, "PAGE_RECORDS_MAX", 2)
    set_records_max(centre, 5)
    homes = [centre.home() for _ in range(5)]
    centre.li_min.pulls()
    assert set(centre.li_min.base) == set(homes)
    assert centre.li_min.asks().refused is None

    visit = centre.visit(homes[0], "he_fang")
    phone = centre.new_phone("li_min")
    page = phone.asks()
    assert page.refused == Problem("too_many_records", details={"records": 6, "records_max": 5})
    phone.pulls()
    assert set(phone.base) == {*homes[1:], visit}
    last = phone.asks()
    assert not last.more
    assert not all(cursor.complete for cursor in last.cursors)
    assert last.refused == page.refused

    # What happens from now on is told all the same; and when the bound rises, the rest follows.
    centre.zhou_hui.changes(homes[0], care_note="有狗")
    centre.zhou_hui.meets_network()
    phone.pulls()
    assert phone.sees(homes[0]).care_note == "有狗"
    set_records_max(centre, 6)
    phone.pulls()
    assert set(phone.base) == {*homes, visit}
    assert all(cursor.complete for cursor in phone.asks().cursors)


def test_a_persons_own_records_are_carried_before_the_teams(centre):
    home = centre.home()
    visits = {centre.visit(home, "li_min") for _ in range(3)}
    for _ in range(5):
        centre.home()
    set_records_max(centre, 4)
    phone = centre.li_min
    phone.pulls()
    assert visits <= set(phone.base)
    assert home in phone.base
    assert len(phone.base) == 5  # the newest home of the team, and the one that the visits name


def set_records_max(centre, records):
    centre.store.execute("DELETE FROM setting WHERE name = 'phone_records_max'")
    centre.store.execute("INSERT INTO setting VALUES ('phone_records_max', ?)", (str(records),))


@pytest.mark.parametrize("cursor", ["x", "", "-1", "1-", "1-2-3", "９", "1" * 16])
def test_a_cursor_that_is_none_is_refused(centre, cursor):
    found = pull(centre.store, centre.schema, centre.li_min.me(), {"person:li_min": cursor}, None, centre.now)
    assert found == Problem("query_refused", "cursor", {"reason": "cursor"})


def test_a_log_that_lacks_the_mark_of_a_phone_is_another_log(centre):
    centre.home()
    centre.li_min.pulls()
    position, _, hash = centre.li_min.mark.partition("-")
    for mark in (f"{int(position) + 1}-{hash}", f"{position}-{hash[::-1]}", "x", f"-{hash}"):
        found = pull(centre.store, centre.schema, centre.li_min.me(), centre.li_min.cursors, None, centre.now, mark)
        assert found == Problem("cursor_ahead", details={"mark": mark})
    assert isinstance(centre.li_min.asks(), Page)


def test_the_page_says_how_far_the_centre_is_backed_up(centre):
    assert centre.li_min.asks().backed_up == 0
    centre.store.execute("INSERT INTO setting VALUES ('backed_up', '17')")
    assert centre.li_min.asks().backed_up == 17
