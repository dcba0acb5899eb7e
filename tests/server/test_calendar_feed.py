"""A volunteer's calendar asks for her shifts at a secret address: renewable, dead when she stops it or leaves.

Not here: the file of one shift that a phone makes (pwa/tests/phone).
"""

from __future__ import annotations

import pytest

from server.auth.strangers import FAILURES_MAX
from server.calendar_feed import calendar_of
from sync import people
from sync.calendar_feed import FeedShift
from tests.server.http_world import HttpWorld, Phone
from tests.server.test_registered_operations import REGISTERED
from tests.server.test_traces import traces_of

LOOK = next(text for text in REGISTERED if text.startswith("query calendar_feed"))
RENEW = next(text for text in REGISTERED if text.startswith("mutation renew_calendar_feed"))
STOP = next(text for text in REGISTERED if text.startswith("mutation stop_calendar_feed"))
SHIFT = {
    "volunteer": "huang_li",
    "activity": "便民, 服务日",
    "place": "中心大厅",
    "starts_at": "09:00",
    "ends_at": "11:30",
}


@pytest.fixture
def huang_li(world: HttpWorld) -> Phone:
    return world.signs_in("huang_li")


@pytest.fixture
def chen_jing(world: HttpWorld) -> Phone:
    return world.signs_in("chen_jing")


def lines(world: HttpWorld, path: str) -> list[str]:
    """What a calendar reads there, which signs in nowhere; rows put together again."""
    answer = world.client.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["cache-control"]
    assert all(len(row.encode()) <= 75 for row in answer.text.split("\r\n"))
    return answer.text.replace("\r\n ", "").split("\r\n")


def test_her_shifts_are_read_there_and_one_that_is_called_off_says_so(
    world: HttpWorld, huang_li: Phone, chen_jing: Phone
) -> None:
    coming = chen_jing.writes("shift", SHIFT | {"shift_on": "2026-11-21"})
    chen_jing.writes("shift", SHIFT | {"shift_on": "2026-10-01"})
    chen_jing.writes("shift", SHIFT | {"shift_on": "2026-11-21", "volunteer": "deng_jie"})
    path = huang_li.finds(RENEW)["renew_calendar_feed"]["path"]

    before = lines(world, path)

    assert before.count("BEGIN:VEVENT") == before.count("BEGIN:VALARM") == 1
    assert {f"UID:{coming}@doorstep", "DTSTART:20261121T010000Z", "DTEND:20261121T033000Z"} <= set(before)
    assert {"SUMMARY:便民\\, 服务日", "LOCATION:中心大厅", "STATUS:CONFIRMED"} <= set(before)
    assert "huang_li" not in path and "黄丽" not in "".join(before)

    chen_jing.writes("shift", {"state": "called_off"}, record=coming, base=1)
    after = lines(world, path)
    assert "STATUS:CANCELLED" in after and "BEGIN:VALARM" not in after
    sequence = [next(int(line[9:]) for line in told if line.startswith("SEQUENCE:")) for told in (before, after)]
    assert sequence[0] < sequence[1]


def test_an_address_is_told_once_renewed_stopped_and_ends_with_the_last_role(world: HttpWorld, huang_li: Phone) -> None:
    assert huang_li.finds(LOOK)["calendar_feed"] == {"made_at": None, "path": None}
    old = huang_li.finds(RENEW)["renew_calendar_feed"]["path"]
    assert huang_li.finds(LOOK)["calendar_feed"]["path"] is None
    new = huang_li.finds(RENEW)["renew_calendar_feed"]["path"]
    assert world.client.get(old).status_code == 404 and world.client.get(new).status_code == 200
    store = world.opened()
    kept = store.rows("SELECT person, token_hash FROM calendar_feed")
    store.close()
    assert [person for person, _ in kept] == ["huang_li"] and new.split("/")[-1][:43] not in str(kept)

    assert huang_li.finds(STOP)["stop_calendar_feed"] == {"made_at": None, "path": None}
    assert world.client.get(new).status_code == 404
    noted = [trace[3] for trace in traces_of(world) if trace[:2] == ("calendar_feed", "huang_li")]
    assert [details["rule"] for details in noted] == ["made", "made", "stopped"]

    last = huang_li.finds(RENEW)["renew_calendar_feed"]["path"]
    store = world.opened()
    people.add_member(store, "huang_li", "黄丽", "heping", [])
    store.close()
    assert world.client.get(last).status_code == 404


def test_who_guesses_addresses_is_slowed_down_and_a_right_one_still_opens(world: HttpWorld, huang_li: Phone) -> None:
    path = huang_li.finds(RENEW)["renew_calendar_feed"]["path"]
    for number in range(FAILURES_MAX):
        assert world.client.get(f"/api/calendar/{number:043d}.ics").status_code == 404
    over = world.client.get(f"/api/calendar/{'x' * 43}.ics")
    assert over.status_code == 429
    assert world.client.get(path).status_code == 200
    assert world.client.get("/api/calendar/../me.ics").status_code in (404, 429)


def test_a_long_name_is_folded_between_letters_and_line_ends_are_escaped(world: HttpWorld) -> None:
    shift = FeedShift("r", "义" * 60 + "\n;", None, "2026-11-21", "09:00", "11:30", False, 3)
    text = calendar_of([shift], world.now)
    assert all(len(row.encode()) <= 75 for row in text.split("\r\n"))
    assert f"SUMMARY:{'义' * 60}\\n\\;" in text.replace("\r\n ", "").split("\r\n")
