"""Where somebody should go next, as a desk is told: each rule, its end, and to whom it is told.

Not here: planning, which is a save like any other (tests/sync).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.server.http_world import HttpWorld, Phone

DUE = """query d($until: String!, $days: Int, $why: String, $building: String) {
  homes_due(until: $until, days: $days, why: $why, building: $building) {
  total items { household why on visit request assigned_to planned_on note building title_zh } } }"""
BETWEEN = """query v($first: String!, $last: String!) { visits_between(first: $first, last: $last) {
  total items { record home_zh resident building assigned_to planned_on visited_on outcome skipped } } }"""
MET = {"outcome": "met_person", "condition": "as_usual"}


class Street:
    """Homes of one team in one street, each known by its room."""

    def __init__(self, world: HttpWorld) -> None:
        self.world = world
        self.supervisor = world.signs_in("zhou_hui")
        self.homes: dict[str, str] = {}

    def day(self, days: int) -> str:
        return (self.world.now + timedelta(days=days)).date().isoformat()

    def home(self, room: str, building: str = "3") -> str:
        values = {"estate": "和平里", "building": building, "room": room, "team": "heping_1"}
        self.homes[room] = self.supervisor.writes("household", values)
        return self.homes[room]

    def visit(self, room: str, **values: Any) -> str:
        return self.supervisor.writes("home_visit", {"household": self.homes[room], "assigned_to": "li_min", **values})

    def due(self, phone: Phone | None = None, **asked: Any) -> list[tuple[str, str, str | None]]:
        """Room, why and day of what is due within a week."""
        asked = {"until": self.day(7), "days": 60, **asked}
        rooms = {record: room for room, record in self.homes.items()}
        found = (phone or self.supervisor).finds(DUE, **asked)["homes_due"]
        assert found["total"] == len(found["items"])
        return [(rooms[one["household"]], one["why"], one["on"]) for one in found["items"]]


@pytest.fixture
def street(world: HttpWorld) -> Street:
    return Street(world)


def test_every_rule_names_its_homes_and_nothing_that_was_done_since(street: Street):
    for room in ("101", "102", "103", "104", "105", "106", "107", "108"):
        street.home(room)
    long_ago, lately = street.day(-61), street.day(-60)
    street.visit("101", visited_on=long_ago, **MET)
    street.visit("102", visited_on=lately, **MET)
    street.visit(
        "103", visited_on=street.day(-9), outcome="met_person", condition="follow_up", follow_up_on=street.day(7)
    )
    street.visit("104", visited_on=street.day(-9), outcome="no_answer", rebook_on=street.day(8))
    street.visit("105", planned_on=street.day(-1))
    street.visit("106", planned_on=street.day(-1), skipped="no_time")
    street.visit("107", planned_on=street.day(-1), skipped="not_needed")
    street.visit("107", visited_on=lately, **MET)
    asked = {"household": street.homes["108"], "asked_by": "女儿", "channel": "phone", "asked_on": street.day(0)}
    request = street.supervisor.writes("visit_request", {**asked, "wanted": "量血压", "wish_on": street.day(3)})

    assert street.due() == [
        ("105", "missed", street.day(-1)),
        ("108", "requested", street.day(3)),
        ("103", "follow_up", street.day(7)),
        ("106", "skipped", street.day(-1)),
        ("101", "long_ago", long_ago),
    ]
    assert street.due(until=street.day(8), why="rebook") == [("104", "rebook", street.day(8))]
    assert street.due(days=59, why="long_ago") == [
        ("101", "long_ago", long_ago),
        *[(r, "long_ago", lately) for r in ("102", "107")],
    ]

    # Somebody goes, somebody will: nothing of it is due any more; what was asked for is no longer asked.
    street.visit("105", visited_on=street.day(0), **MET)
    street.visit("103", planned_on=street.day(0))
    planned = street.visit("108", planned_on=street.day(3), request=request)
    street.supervisor.writes("visit_request", {"state": "planned", "visit": planned}, record=request, base=1)
    assert street.due() == [("106", "skipped", street.day(-1)), ("101", "long_ago", long_ago)]
    assert street.due(building="和平里 4") == []


def test_what_is_due_is_told_to_who_may_see_it_and_to_nobody_else(street: Street):
    street.home("101")
    street.visit("101", visited_on=street.day(-1), outcome="no_answer", rebook_on=street.day(0))
    told = [("101", "rebook", street.day(0))]
    assert street.due(street.world.signs_in("li_min")) == told
    assert street.due(street.world.signs_in("wu_jianguo")) == told
    for person in ("sun_lei", "ma_li", "huang_li", "chen_jing"):
        assert street.due(street.world.signs_in(person)) == [], person
        days = {"first": street.day(-1), "last": street.day(0)}
        assert street.world.signs_in(person).finds(BETWEEN, **days)["visits_between"]["total"] == 0, person


def test_visits_of_some_days_stand_in_the_order_of_days_and_doors(street: Street):
    street.home("202")
    street.home("201")
    first, second = street.visit("202", planned_on=street.day(0)), street.visit("201", planned_on=street.day(0))
    early = street.visit("202", planned_on=street.day(0), visited_on=street.day(-1), outcome="refused")
    street.visit("202", planned_on=street.day(2))

    found = street.supervisor.finds(BETWEEN, first=street.day(-1), last=street.day(1))["visits_between"]

    assert [one["record"] for one in found["items"]] == [early, second, first]
    assert (found["total"], found["items"][0]["home_zh"]) == (3, "和平里 3 栋 202")


def test_days_that_are_none_are_refused(street: Street):
    for asked in ({"until": "2026-02-30"}, {"until": street.day(0), "days": 0}, {"until": street.day(0), "days": 3651}):
        answer = street.supervisor.asks(DUE, asked).json()
        assert answer["errors"][0]["extensions"]["code"] == "query_refused"
    for first, last in (("x", street.day(0)), (street.day(0), street.day(-1)), (street.day(-92), street.day(0))):
        answer = street.supervisor.asks(BETWEEN, {"first": first, "last": last}).json()
        assert answer["errors"][0]["extensions"]["code"] == "query_refused"
    assert street.supervisor.finds(BETWEEN, first=street.day(-91), last=street.day(0))["visits_between"]["total"] == 0
