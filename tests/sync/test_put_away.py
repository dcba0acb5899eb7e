"""Two records that are one: merged under the survivor, found there by all that names them, taken apart again; and a
record that is put away until somebody works with it.

Not here: how likely doubles are found (tests/sync/test_likeness.py), and who sees which screen (e2e/test_register.py).
"""

from datetime import timedelta

import pytest

from schema.model import Problem
from sync import limits
from sync.consents import standing_to
from sync.copies import records_about
from sync.decide import put_away
from sync.materialise import rebuild
from sync.read import record_detail, records
from tests.centre import VISITED
from tests.sync.test_consents import AGREED


def code(answer):
    return answer.code if isinstance(answer, Problem) else None


@pytest.fixture
def twice(centre):
    """A home that was written down twice, by two people without a network; somebody lives in each and is visited."""
    homes = [centre.home(), centre.home(room="5O2")]
    people = [centre.resident(home) for home in homes]
    visits = [centre.visit(home) for home in homes]
    centre.li_min.pulls()
    return homes, people, visits


def listed(centre, person, kind, **where):
    page = records(centre.store, centre.schema, centre.phones[person].me(), kind, where)
    return {row.record for row in page.items}


def test_what_names_a_merged_home_stands_under_the_survivor_in_lists_and_counts_and_comes_back(centre, twice):
    (kept, gone), people, visits = twice
    standing = centre.zhou_hui.says_of_double(kept, gone, "same")
    assert "put_away" not in standing
    assert listed(centre, "zhou_hui", "household") == {kept}
    for named in (kept, gone):
        assert listed(centre, "zhou_hui", "home_visit", household=named) == set(visits)
        assert listed(centre, "zhou_hui", "resident", household=named) == set(people)
    found = record_detail(centre.store, centre.schema, centre.zhou_hui.me(), kept, centre.now)
    assert {one.kind: one.count for one in found.named} == {"resident": 2, "home_visit": 2}
    assert [(one.record, one.into, one.changes, one.can_part) for one in found.aliases] == [(gone, kept, [], True)]
    # The two who live there are the same by name and home now.
    centre.li_min.pulls()
    assert centre.li_min.base[people[0]].standing["duplicates"] == [people[1]]
    away = centre.li_min.base[gone].standing["put_away"]
    assert (away["what"], away["survivor"], away["by"]) == ("merged", kept, "zhou_hui")
    assert rebuild(centre.store, centre.schema) == []

    centre.zhou_hui.says_of_double(kept, gone, "apart")
    centre.li_min.pulls()
    assert listed(centre, "zhou_hui", "household") == {kept, gone}
    assert listed(centre, "zhou_hui", "home_visit", household=kept) == {visits[0]}
    assert centre.li_min.base[people[0]].standing["duplicates"] == []
    assert "put_away" not in centre.li_min.base[gone].standing
    assert rebuild(centre.store, centre.schema) == []


def test_everything_that_names_an_alias_follows_the_survivor_to_another_team(centre, twice):
    (kept, _), _, _ = twice
    elsewhere = centre.home("heping_2", room="601")
    visit = centre.visit(elsewhere)
    centre.li_min.pulls()
    assert centre.zhou_hui.says_of_double(kept, elsewhere, "same")["team"] == "heping_1"
    centre.zhou_hui.pulls()
    assert {centre.zhou_hui.base[name].standing["team"] for name in (elsewhere, visit)} == {"heping_1"}
    centre.zhou_hui.changes(kept, team="heping_2")
    centre.zhou_hui.meets_network()
    assert {centre.zhou_hui.base[name].standing["team"] for name in (kept, elsewhere, visit)} == {"heping_2"}
    # What is written in the alias moves nothing any more.
    centre.zhou_hui.changes(elsewhere, team="heping_1")
    centre.zhou_hui.meets_network()
    assert {centre.zhou_hui.base[name].standing["team"] for name in (elsewhere, visit)} == {"heping_2"}
    assert rebuild(centre.store, centre.schema) == []
    centre.zhou_hui.says_of_double(kept, elsewhere, "apart")
    centre.zhou_hui.pulls()
    assert {centre.zhou_hui.base[name].standing["team"] for name in (elsewhere, visit)} == {"heping_1"}
    assert rebuild(centre.store, centre.schema) == []


def test_what_is_written_offline_about_an_alias_arrives_and_is_shown_with_the_survivor(centre, twice):
    (kept, gone), _, _ = twice
    centre.li_min.changes(gone, care_note="门铃坏了，敲窗")
    visit = centre.li_min.writes("home_visit", {"household": gone, "assigned_to": "li_min", **VISITED})
    centre.zhou_hui.says_of_double(kept, gone, "same")
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted", "accepted"]
    found = record_detail(centre.store, centre.schema, centre.zhou_hui.me(), kept, centre.now)
    (alias,) = found.aliases
    assert [(change.field_key, change.after) for change in alias.changes] == [("care_note", "门铃坏了，敲窗")]
    assert visit.record in listed(centre, "zhou_hui", "home_visit", household=kept)
    assert rebuild(centre.store, centre.schema) == []


def test_a_merge_through_a_merge_ends_at_the_last_and_opens_in_any_order(centre, twice):
    (kept, gone), _, visits = twice
    third = centre.home(room="507")
    centre.zhou_hui.says_of_double(kept, gone, "same")
    assert code(centre.zhou_hui.says_of_double(gone, third, "same")) == "put_away_already"
    centre.zhou_hui.says_of_double(third, kept, "same")
    assert listed(centre, "zhou_hui", "home_visit", household=third) == set(visits)
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.base[gone].standing["put_away"]["survivor"] == third
    assert rebuild(centre.store, centre.schema) == []
    assert code(centre.zhou_hui.says_of_double(third, gone, "apart")) == "put_away_already"
    centre.zhou_hui.says_of_double(third, kept, "apart")
    assert listed(centre, "zhou_hui", "home_visit", household=third) == set()
    assert listed(centre, "zhou_hui", "home_visit", household=kept) == set(visits)
    assert rebuild(centre.store, centre.schema) == []


def test_a_consent_of_an_alias_is_the_survivors_and_so_is_the_copy(centre, twice):
    _, (one, other), _ = twice
    centre.li_min.writes("consent", {"resident": other, "given_on": "2026-03-10", **AGREED})
    centre.li_min.meets_network()
    assert standing_to(centre.store, centre.schema, one, "photo", centre.now) == "none"
    centre.zhou_hui.says_of_double(one, other, "same")
    assert standing_to(centre.store, centre.schema, one, "photo", centre.now) == "current"
    about = records_about(centre.store, centre.schema, centre.zhou_hui.me(), "resident", other)
    assert about[:1] + sorted(about[1:2]) == [one, other] or set(about[:2]) == {one, other}
    assert len(about) == 3


def test_a_merge_is_undone_within_thirty_days_and_not_after(centre, twice):
    (kept, gone), (one, other), _ = twice
    centre.zhou_hui.says_of_double(kept, gone, "same")
    centre.zhou_hui.says_of_double(one, other, "same")
    centre.now += timedelta(days=limits.UNDO_MERGE_DAYS_MAX)
    assert code(centre.zhou_hui.says_of_double(kept, gone, "apart")) is None
    centre.now += timedelta(seconds=1)
    assert code(centre.zhou_hui.says_of_double(one, other, "apart")) == "merge_is_old"
    found = record_detail(centre.store, centre.schema, centre.zhou_hui.me(), one, centre.now)
    assert [alias.can_part for alias in found.aliases] == [False]


def test_only_a_supervisor_of_both_merges(centre, twice):
    (kept, gone), _, _ = twice
    beyond = centre.home("heping_3")
    assert code(centre.li_min.says_of_double(kept, gone, "same")) == "cannot_decide"
    assert code(centre.wu_jianguo.says_of_double(kept, gone, "same")) == "cannot_decide"
    assert code(centre.zhou_hui.says_of_double(kept, beyond, "same")) == "not_found"
    assert code(centre.zhou_hui.says_of_double(kept, kept, "same")) == "query_refused"
    assert listed(centre, "zhou_hui", "household") == {kept, gone}


def test_what_is_archived_is_in_no_list_until_somebody_works_with_it(centre, twice):
    (one, other), _, visits = twice
    me = centre.zhou_hui.me()

    def says(record, verdict):
        return put_away(centre.store, centre.schema, me, centre.new_id(), record, verdict, "import_undone", centre.now)

    for home in (one, other):
        assert code(says(home, "away")) is None
    assert code(says(one, "away")) == "put_away_already"
    assert listed(centre, "zhou_hui", "household") == set()
    assert code(says(visits[0], "away")) == "cannot_decide"
    centre.li_min.pulls()
    assert centre.li_min.base[one].standing["put_away"]["what"] == "archived"
    # One is written in, the other is named by a new visit.
    centre.li_min.changes(one, care_note="有狗")
    centre.li_min.writes("home_visit", {"household": other, "assigned_to": "li_min", **VISITED})
    centre.li_min.meets_network()
    assert listed(centre, "zhou_hui", "household") == {one, other}
    says(one, "away")
    assert rebuild(centre.store, centre.schema) == []
    assert code(says(one, "back")) is None
    assert listed(centre, "zhou_hui", "household") == {one, other}
    assert rebuild(centre.store, centre.schema) == []
