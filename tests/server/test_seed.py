"""What everybody may rely on in the fictional neighbourhood: who is there, what awaits them, that it stays the same."""

import re
from collections import Counter
from datetime import date

import pytest

from schema.load import load_schema
from schema.validate import check_write
from server.seed import SeedReport, seed
from server.world import (
    CENTRES,
    PEOPLE,
    SIZES,
    TEAMS,
    VOLUNTEERS,
    Act,
    Verdict,
    Write,
    moment,
    record_id,
    workers_of,
)
from server.world_story import story
from sync.log import LogHead, check_log
from sync.materialise import rebuild
from sync.people import members, teams
from sync.store.opening import open_store
from sync.store.store import Store
from sync.tables import quoted

SCHEMA = load_schema()
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("seeded") / "centre.sqlite3", SCHEMA)
    sentences: list[str] = []
    report = seed(store, SCHEMA, "small", TODAY, progress=sentences.append)
    yield store, report, sentences
    store.close()


@pytest.fixture
def store(seeded) -> Store:
    return seeded[0]


@pytest.fixture(scope="module")
def full() -> list[Act]:
    return story("full", TODAY, 1)


def writes(acts: list[Act], kind: str) -> list[Write]:
    return [act for act in acts if isinstance(act, Write) and act.kind == kind]


def records(acts: list[Act], kind: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for write in writes(acts, kind):
        found.setdefault(write.record, {}).update(write.values)
    return found


def planned_today(store: Store, worker: str) -> list[tuple[object, ...]]:
    return store.rows(
        "SELECT planned_at, resident, visited_on FROM home_visit WHERE assigned_to = ? AND planned_on = ?"
        " ORDER BY planned_at",
        (worker, TODAY.isoformat()),
    )


# --- who is there ---------------------------------------------------------------------------------------------------


def test_the_two_centres_have_their_teams_and_their_named_people(store):
    people = {member.person: member for centre in CENTRES for member in members(store, centre)}

    assert {team.team: team.name for team in teams(store, "heping")} == {
        "heping_1": "一组",
        "heping_2": "二组",
        "heping_3": "三组",
        "heping_4": "四组",
    }
    named = {
        "li_min": ("李敏", ["outreach_worker"], ["heping_1"]),
        "zhang_qiang": ("张强", ["outreach_worker"], ["heping_1"]),
        "zhou_hui": ("周慧", ["supervisor"], ["heping_1", "heping_2"]),
        "he_fang": ("何芳", ["outreach_worker"], ["heping_2"]),
        "luo_wei": ("罗伟", ["supervisor"], ["heping_3", "heping_4"]),
        "huang_li": ("黄丽", ["volunteer"], []),
        "deng_jie": ("邓洁", ["volunteer"], []),
        "chen_jing": ("陈静", ["volunteer_coordinator"], []),
        "lin_yan": ("林燕", ["window_clerk"], []),
        "wu_jianguo": ("吴建国", ["director"], []),
        "sun_lei": ("孙磊", ["outreach_worker"], ["guanhu_1"]),
        "ma_li": ("马丽", ["supervisor"], ["guanhu_1"]),
    }
    assert {key: (people[key].name, people[key].roles, people[key].teams) for key in named} == named
    assert len(people) == len(PEOPLE) == len({person.person for person in PEOPLE})


def test_every_team_has_two_workers_and_the_station_25_volunteers():
    assert {team: len(workers_of(team)) for team in TEAMS} == dict.fromkeys(TEAMS, 2)
    assert len(VOLUNTEERS) == 25


def test_wang_xiulan_lives_where_the_story_says(store):
    household = store.row(
        "SELECT estate, building, unit, room, phone, tags, team FROM household WHERE record = ?",
        (record_id("wang_xiulan.household"),),
    )
    resident = store.row(
        "SELECT name, sex, household, risk_level, vulnerabilities FROM resident WHERE record = ?",
        (record_id("wang_xiulan"),),
    )

    tags = '{"call_first":true,"dog":true}'
    assert household == ("和平里", "3", "2", "502", "138 0000 5521", tags, "heping_1")
    home = record_id("wang_xiulan.household")
    assert resident == ("王秀兰", "female", home, "medium", '{"lives_alone":true}')
    assert store.value('SELECT worker FROM "case" WHERE record = ?', (record_id("wang_xiulan.case"),)) == "li_min"


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 1), date(2028, 2, 29), date(2028, 9, 16)])
def test_wang_xiulan_is_78_on_whatever_day_the_world_is_made(today):
    born_on = date.fromisoformat(
        str(records(story("small", today, 1), "resident")[record_id("wang_xiulan")]["born_on"])
    )

    assert today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day)) == 78


# --- what awaits them today -----------------------------------------------------------------------------------------


def test_li_min_has_six_homes_today_and_wang_xiulan_is_the_first_at_half_past_ten(store):
    visits = planned_today(store, "li_min")

    assert len(visits) == 6
    assert visits[0] == ("10:30", record_id("wang_xiulan"), None)
    assert (
        store.value("SELECT planned_at FROM home_visit WHERE record = ?", (record_id("wang_xiulan.visit_today"),))
        == "10:30"
    )
    assert len(planned_today(store, "zhang_qiang")) == 5


def test_huang_li_has_her_shift_at_the_service_day(store):
    shift = store.row(
        "SELECT volunteer, activity, place, shift_on, starts_at, ends_at, signed_in_at FROM shift WHERE record = ?",
        (record_id("huang_li.shift_today"),),
    )

    assert shift == ("huang_li", "便民服务日", "中心大厅", TODAY.isoformat(), "09:00", "11:30", None)
    assert store.value("SELECT count(*) FROM shift WHERE volunteer = 'huang_li' AND shift_on = ?", (shift[3],)) == 1


def test_the_desks_are_alive_this_morning(store):
    def count(sql: str) -> int:
        return int(store.value(sql))

    assert count("SELECT count(*) FROM record WHERE review_state = 'waiting' AND kind = 'home_visit'") >= 4
    assert count("SELECT count(*) FROM record WHERE review_state = 'waiting' AND kind = 'hour_entry'") >= 3
    assert store.rows("SELECT author FROM record WHERE review_state = 'returned'") == [("li_min",)]
    assert count("SELECT count(*) FROM record WHERE review_state = 'changed'") == 1
    assert count("SELECT count(*) FROM record WHERE review_state = 'approved'") > 50
    contested = "SELECT kind, team FROM record WHERE conflicts > 0 ORDER BY kind"
    assert store.rows(contested) == [("home_visit", "heping_2"), ("household", "heping_3"), ("resident", "heping_1")]
    doubled = "SELECT kind, count(*) FROM record WHERE duplicates <> '[]' GROUP BY kind ORDER BY kind"
    assert store.rows(doubled) == [("home_visit", 2), ("hour_entry", 2)]
    assert store.rows("SELECT person, problem LIKE '%date_in_future%' FROM held") == [("zhang_qiang", 1)]
    assert count(f"SELECT count(*) FROM home_visit WHERE follow_up_on >= '{TODAY.isoformat()}'") >= 3  # noqa: S608


def test_nothing_has_reached_the_centre_today_yet(full):
    # The demo opens at any hour: what is delivered lies before the midnight that began the day.
    assert full[-1].sent < moment(TODAY, 0)
    assert all(write.at <= write.sent for write in full if isinstance(write, Write))


# --- the same for everybody -----------------------------------------------------------------------------------------


def test_a_second_run_does_nothing_and_says_so(seeded):
    store, _, _ = seeded
    sentences: list[str] = []

    assert seed(store, SCHEMA, "small", TODAY, progress=sentences.append) == SeedReport(is_new=False)
    assert sentences == ["The store has its people already; nothing was added."]


def test_it_says_what_it_is_doing_and_counts_what_it_wrote(seeded):
    store, report, sentences = seeded

    assert sentences[0].startswith("Writing ") and sentences[-1].startswith("Done: ")
    assert report.saves["household"] >= SIZES["small"].homes["heping_1"]
    assert sum(report.saves.values()) + report.decisions == store.value("SELECT count(*) FROM log")


def test_the_same_seed_makes_the_same_world_in_either_database_and_another_seed_another(cluster, store):
    again = open_store(cluster.emptied(), SCHEMA)
    seed(again, SCHEMA, "small", TODAY)

    for kind in SCHEMA.kinds.values():
        names = ", ".join(quoted(name) for name in ("record", *kind.fields))
        everything = f"SELECT {names} FROM {quoted(kind.name)}"  # noqa: S608
        assert rows_of(store, everything) == rows_of(again, everything)
    keys = "SELECT device, person, name, public_key FROM device"
    assert rows_of(store, keys) == rows_of(again, keys)
    for part in again.parts():
        again.bind(part)
        assert isinstance(check_log(again), LogHead)
    again.close()
    assert story("small", TODAY, 1) == story("small", TODAY, 1)
    assert records(story("small", TODAY, 2), "household") != records(story("small", TODAY, 1), "household")


def rows_of(store: Store, sql: str) -> list[tuple[object, ...]]:
    """The rows of all centres, in the order of their first column."""
    found: list[tuple[object, ...]] = []
    for part in store.parts():
        store.bind(part)
        found += store.rows(sql)
    return sorted(found, key=lambda row: str(row[0]))


def test_ids_depend_on_the_name_alone_and_have_the_shape_of_every_other_id():
    assert record_id("wang_xiulan") == "0199dadb-60d8-779a-8d99-22897e8300ee"
    shape = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(shape, record_id(f"home.{number}")) for number in range(500))


def test_the_log_of_the_seeded_world_is_whole(store):
    assert isinstance(check_log(store), LogHead)
    assert store.rows("SELECT status, count(*) FROM log WHERE status <> 'accepted' GROUP BY status") == [("held", 1)]


def test_every_table_of_the_seeded_world_follows_from_its_log(store):
    assert rebuild(store, SCHEMA) == []


# --- as large and as varied as life ---------------------------------------------------------------------------------


def test_the_full_world_has_the_homes_and_people_of_the_neighbourhood(full):
    homes, residents = records(full, "household"), records(full, "resident")

    assert (len(homes), len(residents)) == (3200, 8000)
    assert len({(home["estate"], home["building"]) for home in homes.values()}) == 60
    assert {home["estate"] for home in homes.values()} == {"和平里", "翠竹苑", "春晓园", "工人新村"}
    assert (
        len({tuple(home[name] for name in ("estate", "building", "unit", "room")) for home in homes.values()}) == 3200
    )
    assert len({act.record for act in full}) >= 12_000
    days = {write.values["visited_on"] for write in writes(full, "home_visit") if "visited_on" in write.values}
    assert len(days) > 340


def test_names_are_as_frequent_as_in_life_and_phones_belong_to_nobody(full):
    residents = records(full, "resident").values()
    surnames = Counter(str(resident["name"])[0] for resident in residents)

    assert {name for name, _ in surnames.most_common(5)} <= set("王李张刘陈杨")
    assert len(surnames) > 80
    assert len({resident["name"] for resident in residents}) > 2500
    phones = [value for act in full if isinstance(act, Write) for key, value in act.values.items() if key == "phone"]
    assert phones and all(re.fullmatch(r"1\d\d 0000 \d{4}", phone) for phone in phones)


def test_notes_of_visits_are_not_the_same_few_lines(full):
    notes = [str(write.values["observation"]) for write in writes(full, "home_visit") if "observation" in write.values]

    assert len(notes) > 4000
    assert len(set(notes)) > 0.8 * len(notes)
    assert Counter(notes).most_common(1)[0][1] < 0.02 * len(notes)


def test_every_value_is_one_that_a_form_would_take(full):
    for write in full:
        if isinstance(write, Write):
            kind = SCHEMA.kinds[write.kind]
            assert [check_write(kind, key, value) for key, value in write.values.items()] == list(write.values.values())


def test_every_decision_is_made_by_the_reviewer_of_that_kind(full):
    roles = {person.person: {role for role, _ in person.roles} for person in PEOPLE}
    kinds = {write.record: write.kind for write in full if isinstance(write, Write)}

    for act in full:
        if isinstance(act, Verdict):
            review = SCHEMA.kinds[kinds[act.record]].review
            assert review is not None and roles[act.person] & set(review.by)


def test_li_mins_phone_carries_just_under_ten_thousand_records_in_the_world_for_measuring():
    acts = story("phone", TODAY, 1)
    own_homes = {record for record, home in records(acts, "household").items() if home["team"] == "heping_1"}
    in_homes = [
        record
        for kind in ("resident", "home_visit")
        for record, values in records(acts, kind).items()
        if values["household"] in own_homes
    ]
    own_cases = {record for record, case in records(acts, "case").items() if case["worker"] == "li_min"}
    notes = [record for record, note in records(acts, "case_progress").items() if note["case"] in own_cases]

    assert 9_500 <= len(own_homes) + len(in_homes) + len(own_cases) + len(notes) <= 10_000


def test_a_world_that_is_interrupted_leaves_no_trace(tmp_path):
    store = open_store(tmp_path / "centre.sqlite3", SCHEMA)

    def interrupt(sentence: str) -> None:
        if store.value("SELECT count(*) FROM log") > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed(store, SCHEMA, "small", TODAY, progress=interrupt)

    assert store.value("SELECT count(*) FROM log") == 0
    assert members(store, "heping") == []
    store.close()
