"""The typed questions: one record, lists with where and pages, and that everyone finds only what is theirs."""

from pathlib import Path

import pytest

from schema.load import load_schema
from server.graphql.root import graphql_schema
from tests.server.http_world import HOME, OPERATIONS, HttpWorld, Phone, open_client, visit_of

PRINTED = Path(__file__).parent / "schema.graphql"
VISIT = """query visit($id: ID!) { home_visit(id: $id) { record revision standing title_zh title_en
  household assigned_to visited_on outcome services observation remarks } }"""
VISITS = """query visits($first: Int = 50, $after: String, $where: home_visit_where) {
  home_visit_list(first: $first, after: $after, where: $where) { total next items { record visited_on } } }"""


@pytest.fixture
def home(li_min: Phone) -> str:
    return li_min.writes("household", HOME | {"tags.dog": True, "tags.call_first": True})


@pytest.fixture
def visits(li_min: Phone, home: str) -> list[str]:
    """One visit a day, from the 1st to the 5th; the last one met nobody."""
    days = [li_min.writes("home_visit", visit_of(home, visited_on=f"2026-11-{day:02}")) for day in range(1, 5)]
    nobody = {"household": home, "assigned_to": "li_min", "visited_on": "2026-11-05", "outcome": "no_answer"}
    return [*days, li_min.writes("home_visit", nobody)]


def listed(phone: Phone, **where: object) -> list[str]:
    return [item["record"] for item in phone.finds(VISITS, where=where)["home_visit_list"]["items"]]


def test_one_record_is_typed_as_its_kind_is_declared(li_min: Phone, home: str) -> None:
    note = {"text": "门铃坏了", "about": "observation"}
    record = li_min.writes(
        "home_visit",
        visit_of(home, observation="精神不错")
        | {"services.greeting": True, "services.safety_check": False, "remarks.a1b2c3d4": note},
    )
    found = li_min.finds(VISIT, id=record)["home_visit"]
    assert found["outcome"] == "met_person" and found["observation"] == "精神不错"
    assert found["services"] == ["greeting"] and found["remarks"]["a1b2c3d4"]["text"] == "门铃坏了"
    assert found["household"] == home and found["revision"] > 0
    assert found["standing"]["review"]["state"] == "waiting"
    assert found["title_zh"].endswith("2026-11-19")


def test_a_record_asked_for_as_another_kind_is_not_there(li_min: Phone, home: str) -> None:
    assert li_min.finds(VISIT, id=home)["home_visit"] is None
    assert li_min.finds(VISIT, id="nothing")["home_visit"] is None


def test_a_list_is_narrowed_by_value_by_values_and_by_span(li_min: Phone, visits: list[str]) -> None:
    assert listed(li_min) == visits[::-1], "the declared order is newest first"
    assert listed(li_min, visited_on="2026-11-02") == [visits[1]]
    assert listed(li_min, outcome="no_answer") == [visits[4]]
    assert listed(li_min, outcome_in=["no_answer", "met_person"]) == visits[::-1]
    assert listed(li_min, outcome_in=[]) == []
    assert listed(li_min, visited_on_from="2026-11-02", visited_on_to="2026-11-04") == visits[3:0:-1]
    assert listed(li_min, visited_on_from="2026-11-05") == [visits[4]]
    assert listed(li_min, visited_on_to="2026-11-01") == [visits[0]]
    assert listed(li_min, assigned_to="zhang_qiang") == []
    assert listed(li_min, outcome="met_person", visited_on="2026-11-05") == []


def test_words_of_a_search_language_are_only_words(li_min: Phone, visits: list[str]) -> None:
    assert listed(li_min, outcome="' OR 1=1 --") == []
    assert listed(li_min, assigned_to="%") == []


def test_a_list_goes_page_by_page_and_counts_all(li_min: Phone, visits: list[str]) -> None:
    found, after = [], None
    for length in (2, 2, 1):
        page = li_min.finds(VISITS, first=2, after=after)["home_visit_list"]
        assert page["total"] == 5 and len(page["items"]) == length
        found += [item["record"] for item in page["items"]]
        after = page["next"]
    assert after is None and found == visits[::-1]


@pytest.mark.parametrize("variables", [{"first": 0}, {"first": -1}, {"first": 100_000}, {"after": "canary"}])
def test_a_page_that_is_none_breaks_nothing(li_min: Phone, visits: list[str], variables: dict[str, object]) -> None:
    answer = li_min.asks(VISITS, variables)
    assert answer.status_code in (200, 400) and "canary" not in answer.text
    if answer.status_code == 400:
        assert answer.json()["errors"][0]["extensions"]["code"] == "query_refused"


def test_everyone_finds_only_what_is_theirs(world: HttpWorld, li_min: Phone, home: str, visits: list[str]) -> None:
    seen = {
        person: (
            world.signs_in(person).finds(VISIT, id=visits[0])["home_visit"] is not None,
            len(listed(world.signs_in(person))),
        )
        for person in (
            "zhang_qiang",
            "zhou_hui",
            "wu_jianguo",
            "he_fang",
            "luo_wei",
            "huang_li",
            "lin_yan",
            "sun_lei",
            "ma_li",
        )
    }
    assert seen == {
        "zhang_qiang": (True, 5),
        "zhou_hui": (True, 5),
        "wu_jianguo": (True, 5),
        "he_fang": (False, 0),
        "luo_wei": (False, 0),
        "huang_li": (False, 0),
        "lin_yan": (False, 0),
        "sun_lei": (False, 0),
        "ma_li": (False, 0),
    }


def test_the_window_finds_homes_but_not_what_was_seen_there(world: HttpWorld, home: str, visits: list[str]) -> None:
    lin_yan = world.signs_in("lin_yan")
    found = lin_yan.finds("{ household_list { total items { record title_zh tags } } }")["household_list"]
    assert (found["total"], found["items"][0]["record"]) == (1, home)
    assert set(found["items"][0]["tags"]) == {"dog", "call_first"}
    assert lin_yan.finds("{ resident_list { total } home_visit_list { total } case_list { total } }") == {
        "resident_list": {"total": 0},
        "home_visit_list": {"total": 0},
        "case_list": {"total": 0},
    }


def test_a_worker_of_the_other_centre_sees_nothing_of_this_one(
    world: HttpWorld, li_min: Phone, home: str, visits: list[str]
) -> None:
    sun_lei = world.signs_in("sun_lei")
    for kind in load_schema().kinds:
        page = sun_lei.finds(f"{{ {kind}_list {{ total items {{ record }} }} }}")[f"{kind}_list"]
        assert page == {"total": 0, "items": []}, kind
    assert sun_lei.finds("query d($record: ID!) { record_detail(record: $record) { kind } }", record=home) == {
        "record_detail": None
    }
    names = {member["person"] for member in sun_lei.finds("{ members { person centre } }")["members"]}
    assert "ma_li" in names and not names & {"li_min", "zhou_hui", "wu_jianguo"}
    for tab in ("waiting", "conflicts", "duplicates", "returned", "held"):
        assert sun_lei.finds(f"{{ review_list(tab: {tab}) {{ total }} }}")["review_list"]["total"] == 0


def test_a_phone_knows_its_colleagues(li_min: Phone) -> None:
    members = {
        member["person"]: member for member in li_min.finds("{ members { person name roles teams } }")["members"]
    }
    assert members["zhou_hui"] == {
        "person": "zhou_hui",
        "name": "周慧",
        "roles": ["supervisor"],
        "teams": ["heping_1", "heping_2"],
    }


def test_only_the_demo_tells_what_can_be_asked(world: HttpWorld) -> None:
    question = "{ __schema { types { name } } }"
    li_min = world.signs_in("li_min")
    assert {"name": "home_visit"} in li_min.finds(question)["__schema"]["types"]
    # The same database and session behind a server that is no demo.
    world.becomes_a_centre(operations=OPERATIONS)
    with open_client(world) as world.client:
        answer = li_min.asks(question)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "query_refused"
        assert "home_visit" not in answer.text
        assert li_min.finds("{ me { person } }")["me"]["person"] == "li_min"


def test_the_printed_schema_is_fresh() -> None:
    """A change of a declaration shows up in review as a readable difference of this file.

    To print it anew: python -m server print-schema > tests/server/schema.graphql
    """
    assert PRINTED.read_text("utf-8") == graphql_schema(load_schema(), True).as_str() + "\n"


def test_every_name_is_spelled_as_it_is_declared() -> None:
    printed = graphql_schema(load_schema(), True).as_str()
    for kind in load_schema().kinds.values():
        assert f"type {kind.name} {{" in printed and f"input {kind.name}_where {{" in printed
        for name in kind.fields:
            assert f"\n  {name}: " in printed, (kind.name, name)
