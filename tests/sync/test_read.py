"""What a desk reads: lists for review, one record with its history, counts. Each for the person who asks."""

from datetime import timedelta

import pytest

from sync import read
from sync.materialise import rebuild
from sync.push import push
from tests.centre import HOURS, VISITED, Centre


@pytest.fixture
def visit(centre):
    """Li Min's visit of today, planned by Zhou Hui and carried out a day before it was sent."""
    home = centre.home(phone="13800005521")
    person = centre.resident(home)
    planned = centre.visit(home, resident=person)
    centre.li_min.pulls()
    centre.li_min.changes(planned, {**VISITED, "services.greeting": True})
    centre.passes(days=1)
    centre.li_min.meets_network()
    return planned


def items(centre: Centre, person: str, tab: str, **more):
    return read.review_items(centre.store, centre.schema, centre.phones[person].me(), tab, **more).items


def detail(centre: Centre, person: str, record: str):
    return read.record_detail(centre.store, centre.schema, centre.phones[person].me(), record)


# Lists for review


def test_a_waiting_visit_is_listed_with_what_a_supervisor_needs_to_see(centre, visit):
    (item,) = items(centre, "zhou_hui", "waiting")
    assert (item.record, item.kind, item.state, item.urgent) == (visit, "home_visit", "waiting", False)
    assert (item.author, item.author_name) == ("li_min", "李敏")
    assert (item.title_zh, item.title_en) == ("王秀兰 · 2026-03-10", "王秀兰 · 2026-03-10")
    assert (item.happened_on, item.late_days) == ("2026-03-10", 1)
    assert item.changed == ["condition", "outcome", "services.greeting", "visited_on"]
    assert item.values["outcome"] == "met_person"


@pytest.mark.parametrize("person", ["li_min", "zhang_qiang", "luo_wei", "chen_jing", "ma_li", "lin_yan"])
def test_whoever_does_not_review_a_visit_has_it_in_no_review_list(centre, visit, person):
    assert items(centre, person, "waiting") == []
    assert read.workbench(centre.store, centre.schema, centre.phones[person].me(), centre.now).waiting == 0


def test_a_director_looks_at_what_waits_and_decides_on_nothing(centre, visit):
    (item,) = items(centre, "wu_jianguo", "waiting")
    assert item.record == visit
    assert centre.wu_jianguo.decides(visit, "approve", revision=item.revision).code == "cannot_decide"
    (one, *others) = read.team_figures(centre.store, centre.schema, centre.wu_jianguo.me(), centre.now)
    assert (one.team, one.team_name, one.waiting, one.oldest_waiting_hours) == ("heping_1", "一组", 1, 0)
    assert [(team.team, team.waiting) for team in others] == [("heping_2", 0), ("heping_3", 0)]
    assert items(centre, "wu_jianguo", "waiting", team="heping_2") == []
    assert items(centre, "wu_jianguo", "waiting", team="heping_1")[0].record == visit


def test_the_figures_of_teams_are_for_who_looks_on(centre, visit):
    for person in ("zhou_hui", "li_min", "chen_jing"):
        assert read.team_figures(centre.store, centre.schema, centre.phones[person].me(), centre.now) == []
    guanhu = read.team_figures(centre.store, centre.schema, centre.lin_yan.me(), centre.now)
    assert [team.waiting for team in guanhu] == [0, 0, 0]


def test_held_saves_are_counted_by_team_for_the_director_who_cannot_read_them(centre):
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    centre.li_min.changes(visit, {**VISITED, "visited_on": "2026-03-11"})
    centre.li_min.pushes()
    (one, *_) = read.team_figures(centre.store, centre.schema, centre.wu_jianguo.me(), centre.now)
    assert one.held == 1
    assert items(centre, "wu_jianguo", "held") == []


def test_a_return_that_was_answered_comes_back_before_what_is_new_and_after_what_is_urgent(centre):
    returned, new = centre.visit(centre.home(), **VISITED), centre.visit(centre.home(), **VISITED)
    urgent = centre.visit(centre.home(), **{**VISITED, "condition": "urgent"})
    centre.zhou_hui.decides(returned, "return", "老人现在吃什么药？")
    centre.passes(minutes=5)
    centre.li_min.pulls()
    centre.li_min.changes(returned, observation="降压药，一天一片")
    centre.li_min.meets_network()
    found = items(centre, "zhou_hui", "waiting")
    assert [(item.record, item.answered) for item in found] == [(urgent, False), (returned, True), (new, False)]


def test_after_an_approval_only_the_difference_since_it_is_shown_with_who_and_when(centre, visit):
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "approve")
    approved = centre.log[-1]
    centre.passes(hours=2)
    centre.li_min.pulls()
    # The outcome is written again with the value it had: nothing about it has changed.
    centre.li_min.changes(visit, observation="儿子周末回来", outcome="met_person")
    centre.li_min.meets_network()
    found = detail(centre, "zhou_hui", visit)
    assert [(one.field_key, one.before, one.after, one.by_name) for one in found.changes] == [
        ("observation", None, "儿子周末回来", "李敏")
    ]
    assert found.changes[0].at == "2026-03-11T04:00:00Z"
    assert found.standing["review"]["revision"] == approved.revision
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "approve")
    again = centre.log[-1]
    assert again.facts["view"] != approved.facts["view"]
    assert again.revision > approved.revision
    found = detail(centre, "zhou_hui", visit)
    assert found.changes == []
    assert found.standing["review"]["revision"] == again.revision


def test_the_same_content_approved_twice_has_the_same_hash(centre, visit):
    centre.zhou_hui.pulls()
    hashes = []
    for text in ("一句话", "另一句", "一句话"):
        centre.li_min.pulls()
        centre.li_min.changes(visit, observation=text)
        centre.li_min.meets_network()
        centre.zhou_hui.pulls()
        centre.zhou_hui.decides(visit, "approve")
        hashes.append(centre.log[-1].facts["view"])
    assert hashes[0] == hashes[2] != hashes[1]


def test_urgent_visits_come_first_then_those_that_wait_longest(centre):
    calm, later = centre.visit(centre.home(), **VISITED), None
    centre.passes(minutes=5)
    later = centre.visit(centre.home(), **VISITED)
    urgent = centre.visit(centre.home(), **{**VISITED, "condition": "urgent"})
    assert [item.record for item in items(centre, "zhou_hui", "waiting")] == [urgent, calm, later]


def test_a_list_can_be_paged_and_narrowed_to_kinds(centre):
    visits = {centre.visit(centre.home(), **VISITED) for _ in range(5)}
    me = centre.zhou_hui.me()
    page, found = read.review_items(centre.store, centre.schema, me, "waiting", first=2), []
    assert (page.total, len(page.items)) == (5, 2)
    while True:
        found += [item.record for item in page.items]
        if page.next is None:
            break
        page = read.review_items(centre.store, centre.schema, me, "waiting", first=2, after=page.next)
    assert (len(found), set(found)) == (5, visits)
    assert items(centre, "zhou_hui", "waiting", kinds=["hour_entry"]) == []
    assert len(items(centre, "zhou_hui", "waiting", kinds=["home_visit"], after="nonsense")) == 5


def test_returned_and_settled_records_leave_one_list_for_another(centre, visit):
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "return", "再补一句")
    assert items(centre, "zhou_hui", "waiting") == []
    assert [item.record for item in items(centre, "zhou_hui", "returned")] == [visit]
    centre.li_min.pulls()
    centre.li_min.changes(visit, observation="补好了")
    centre.li_min.meets_network()
    assert [item.record for item in items(centre, "zhou_hui", "waiting")] == [visit]
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "approve")
    assert items(centre, "zhou_hui", "waiting") == items(centre, "zhou_hui", "returned") == []


def test_open_versions_are_listed_for_who_may_settle_them(centre):
    person = two_versions(centre)
    (item,) = items(centre, "zhou_hui", "conflicts")
    assert (item.record, item.conflicts, item.title_zh) == (person, ["risk_level"], "王秀兰")
    assert items(centre, "li_min", "conflicts") == items(centre, "chen_jing", "conflicts") == []
    centre.zhou_hui.pulls()
    centre.zhou_hui.settles(person, risk_level="high")
    centre.zhou_hui.meets_network()
    assert items(centre, "zhou_hui", "conflicts") == []


def test_doubled_hours_are_listed_for_the_coordinator(centre):
    first, second = centre.hours(), centre.hours(started_at="09:10")
    found = items(centre, "chen_jing", "duplicates")
    assert {item.record: item.duplicates for item in found} == {first: [second], second: [first]}
    assert items(centre, "zhou_hui", "duplicates") == items(centre, "huang_li", "duplicates") == []


def test_a_held_save_is_listed_with_its_words_and_reason_for_author_and_supervisor(centre, visit):
    centre.li_min.pulls()
    held = centre.li_min.changes(visit, observation="要紧的话", visited_on="2026-04-01")
    centre.li_min.pushes()
    for person in ("zhou_hui", "li_min"):
        (item,) = items(centre, person, "held")
        assert (item.save, item.record, item.author_name) == (held.id, visit, "李敏")
        assert (item.problem.code, item.problem.field) == ("date_in_future", "visited_on")
        assert item.values["observation"] == "要紧的话"
        assert item.changed == ["observation", "visited_on"]
    for person in ("luo_wei", "ma_li", "chen_jing", "zhang_qiang", "wu_jianguo", "lin_yan"):
        assert items(centre, person, "held") == []
    centre.li_min.changes(visit, observation="要紧的话", visited_on="2026-03-11")
    centre.li_min.pushes()
    assert items(centre, "zhou_hui", "held") == []


def test_a_held_creation_and_a_save_that_could_not_be_read_are_listed_too(centre):
    home = centre.home()
    centre.li_min.pulls()
    centre.li_min.writes(
        "home_visit", household=home, assigned_to="li_min", visited_on="2026-04-01", outcome="no_answer"
    )
    centre.li_min.seals(centre.new_id(), "home_visit", {"observation": "x"}, 0, {}, made_at="never")
    centre.li_min.seals(centre.new_id(), "dragon", {"teeth": 1}, 0, {})
    centre.li_min.pushes()
    found = items(centre, "zhou_hui", "held")
    assert [(item.problem.code, item.kind) for item in found] == [
        ("date_in_future", "home_visit"),
        ("malformed", None),
        ("unknown_kind", None),
    ]
    assert found[0].values["outcome"] == "no_answer"


def test_a_held_save_that_names_foreign_records_tells_nothing_of_them_and_reaches_no_foreign_desk(centre, database):
    home = centre.home("heping_3", room="909")
    centre.sun_lei.seals(home, "household", {"care_note": "x"}, 0, {})
    centre.sun_lei.writes("home_visit", household=home, assigned_to="sun_lei")
    # Centres that are kept apart know nothing of each other's records, as if they were still on their way.
    is_apart = database == "postgres"
    answers = [answer[2] for answer in centre.sun_lei.pushes()]
    assert answers == (["unknown_record"] if is_apart else ["not_permitted"]) * 2
    for person in ("sun_lei", "ma_li"):
        found = items(centre, person, "held")
        assert len(found) == (0 if is_apart else 2)
        assert "909" not in str(found)
    assert items(centre, "luo_wei", "held") == []


# One record


def two_versions(centre: Centre) -> str:
    """A resident whose risk level two people changed offline, while one of them also changed something else."""
    person = centre.resident(centre.home(), risk_level="low")
    for phone in (centre.li_min, centre.zhang_qiang):
        phone.pulls()
    centre.li_min.changes(person, risk_level="high")
    centre.zhang_qiang.changes(person, risk_level="medium", phone="13800005521")
    for phone in (centre.li_min, centre.zhang_qiang):
        phone.meets_network()
    return person


def test_two_versions_are_shown_with_who_wrote_them_and_what_stood_there_before(centre):
    found = detail(centre, "zhou_hui", two_versions(centre))
    (conflict,) = found.conflicts
    assert (conflict.field_key, conflict.before, conflict.has_before) == ("risk_level", "low", True)
    assert {(version.value, version.author_name, version.live) for version in conflict.versions} == {
        ("high", "李敏", True),
        ("medium", "张强", True),
    }
    assert {(claim.value, claim.live) for claim in found.claims if claim.field_key == "risk_level"} == {
        ("low", False),
        ("high", True),
        ("medium", True),
    }
    assert [(change.field_key, change.after, change.by) for change in found.merged] == [
        ("phone", "13800005521", "zhang_qiang")
    ]


def test_versions_of_a_field_that_nobody_had_filled_in_have_nothing_before_them(centre):
    home = centre.home()
    for phone in (centre.li_min, centre.zhang_qiang):
        phone.pulls()
        phone.changes(home, care_note=phone.person)
    for phone in (centre.li_min, centre.zhang_qiang):
        phone.meets_network()
    (conflict,) = detail(centre, "zhou_hui", home).conflicts
    assert (conflict.before, conflict.has_before) == (None, False)


def test_what_is_new_is_shown_against_the_plan_and_later_against_the_approval(centre, visit):
    changes = {change.field_key: change for change in detail(centre, "zhou_hui", visit).changes}
    assert set(changes) == {"condition", "outcome", "services.greeting", "visited_on"}
    assert (changes["outcome"].before, changes["outcome"].after) == (None, "met_person")
    assert (changes["outcome"].by_name, changes["services.greeting"].after) == ("李敏", True)
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "approve")
    assert detail(centre, "zhou_hui", visit).changes == []
    centre.li_min.pulls()
    centre.li_min.changes(visit, outcome="met_family")
    centre.li_min.meets_network()
    (change,) = detail(centre, "zhou_hui", visit).changes
    assert (change.field_key, change.before, change.after) == ("outcome", "met_person", "met_family")


def test_an_approval_that_was_undone_is_no_baseline(centre, visit):
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "approve")
    centre.zhou_hui.decides(visit, "undo")
    assert len(detail(centre, "zhou_hui", visit).changes) == 4


@pytest.mark.parametrize(
    ("minutes", "told"), [(600, 600), (-600, -600), (11, 11), (10, None), (-10, None), (None, None)]
)
def test_a_phone_whose_clock_was_wrong_when_it_sent_is_told_of_at_review(centre, visit, minutes, told):
    centre.li_min.pulls()
    written = centre.li_min.changes(visit, left_at="10:50")
    sent_at = None if minutes is None else centre.now + timedelta(minutes=minutes)
    push(centre.store, centre.schema, centre.li_min.me(), [written.save], centre.now, sent_at=sent_at)
    centre.passes(minutes=1)
    assert detail(centre, "zhou_hui", visit).history[-1].clock_minutes_ahead == told
    assert rebuild(centre.store, centre.schema) == []


@pytest.mark.parametrize(("minutes", "told"), [(600, 600), (10, None), (-600, None)])
def test_a_save_made_after_it_came_tells_of_a_fast_clock_by_itself_and_an_old_one_of_a_day_offline(
    centre, visit, minutes, told
):
    centre.li_min.pulls()
    centre.li_min.clock_ahead = timedelta(minutes=minutes)
    centre.li_min.changes(visit, left_at="10:50")
    centre.li_min.pushes()
    assert detail(centre, "zhou_hui", visit).history[-1].clock_minutes_ahead == told


def test_the_history_tells_who_did_what_in_order(centre, visit):
    centre.li_min.changes(visit, weather="rain")
    centre.li_min.pushes()
    centre.zhou_hui.pulls()
    centre.zhou_hui.decides(visit, "return", "再补一句", "observation")
    found = detail(centre, "zhou_hui", visit).history
    assert [(entry.what, entry.by) for entry in found] == [
        ("created", "zhou_hui"),
        ("changed", "li_min"),
        ("held", "li_min"),
        ("returned", "zhou_hui"),
    ]
    assert (found[-1].sentence, found[-1].fields) == ("再补一句", ["observation"])
    assert found[1].fields == ["condition", "outcome", "services.greeting", "visited_on"]


def test_a_visit_is_shown_with_its_home(centre, visit):
    found = detail(centre, "zhou_hui", visit).household
    assert (found.title_zh, found.phone) == ("和平里 3 栋 2 单元 502", "13800005521")
    assert detail(centre, "zhou_hui", found.record).household is None


def test_doubles_are_shown_beside_a_record(centre):
    first, second = centre.hours(), centre.hours()
    assert [item.record for item in detail(centre, "chen_jing", first).duplicates] == [second]


@pytest.mark.parametrize(
    ("person", "is_seen"),
    [
        ("li_min", True),
        ("wu_jianguo", True),
        ("lin_yan", False),
        ("luo_wei", False),
        ("ma_li", False),
        ("huang_li", False),
    ],
)
def test_a_record_out_of_sight_does_not_exist(centre, visit, person, is_seen):
    assert (detail(centre, person, visit) is not None) is is_seen
    me = centre.phones[person].me()
    assert (read.record_row(centre.store, centre.schema, me, visit) is not None) is is_seen
    assert read.records(centre.store, centre.schema, me, "home_visit").total == int(is_seen)


# Lists of a kind


def test_a_list_is_sorted_as_declared_and_narrowed_by_value_list_and_span(centre):
    home = centre.home()
    days = ["2026-03-08", "2026-03-10", "2026-03-09", None]
    for day in days:
        centre.visit(home, **({**VISITED, "visited_on": day} if day else {}))

    def listed(**where):
        page = read.records(centre.store, centre.schema, centre.zhou_hui.me(), "home_visit", where)
        return [row.values.get("visited_on") for row in page.items]

    assert listed() == ["2026-03-10", "2026-03-09", "2026-03-08", None]
    assert listed(visited_on="2026-03-09") == ["2026-03-09"]
    assert listed(visited_on=None) == [None]
    assert listed(visited_on=["2026-03-08", "2026-03-10"]) == ["2026-03-10", "2026-03-08"]
    assert listed(visited_on={"from": "2026-03-09"}) == ["2026-03-10", "2026-03-09"]
    assert listed(visited_on={"from": "2026-03-08", "to": "2026-03-08"}) == ["2026-03-08"]
    assert listed(household="elsewhere") == []
    with pytest.raises(ValueError, match="services"):
        listed(services="greeting")


def test_a_row_of_a_list_has_title_values_and_standing(centre, visit):
    row = read.record_row(centre.store, centre.schema, centre.zhou_hui.me(), visit)
    assert row.title_zh == "王秀兰 · 2026-03-10"
    assert row.values["services"] == {"greeting": True}
    assert row.standing["team"] == "heping_1"


@pytest.mark.parametrize(("first", "count"), [(-5, 1), (0, 1), (3, 3), (10_000, 5)])
def test_a_page_is_never_longer_than_asked_nor_than_allowed(centre, first, count):
    for _ in range(5):
        centre.home()
    page = read.records(centre.store, centre.schema, centre.zhou_hui.me(), "household", first=first)
    assert (len(page.items), page.total) == (count, 5)


# Counts


def test_the_workbench_counts_what_each_person_has_to_look_at(centre, visit):
    two_versions(centre)
    centre.hours()
    centre.chen_jing.writes("hour_entry", {**HOURS, "volunteer": "huang_li"})
    centre.chen_jing.meets_network()
    centre.zhou_hui.pulls()
    held = centre.li_min.changes(visit, weather="rain")
    centre.li_min.pushes()
    assert held.id in centre.li_min.held
    centre.passes(hours=5)
    found = read.workbench(centre.store, centre.schema, centre.zhou_hui.me(), centre.now)
    assert (found.waiting, found.oldest_waiting_hours, found.conflicts, found.held) == (1, 5, 1, 1)
    assert (found.hours_waiting, found.duplicates, found.returned, found.urgent, found.reviewed_today) == (
        0,
        0,
        0,
        0,
        0,
    )
    centre.zhou_hui.decides(visit, "return", "再补一句")
    found = read.workbench(centre.store, centre.schema, centre.zhou_hui.me(), centre.now)
    assert (found.waiting, found.oldest_waiting_hours, found.returned, found.reviewed_today) == (0, None, 1, 1)
    found = read.workbench(centre.store, centre.schema, centre.chen_jing.me(), centre.now)
    assert (found.waiting, found.hours_waiting, found.duplicates, found.held) == (2, 2, 2, 0)
    centre.passes(hours=16)
    assert read.workbench(centre.store, centre.schema, centre.zhou_hui.me(), centre.now).reviewed_today == 0
