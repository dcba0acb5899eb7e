"""Two desks that certify in one moment, each at a process of its own: no hour is certified twice.

Not here: one desk after the other (test_hour_bad_input.py).
"""

import threading
from collections.abc import Callable

import pytest

from tests.server.http_world import HttpWorld, Phone, open_client
from tests.server.test_hour_clocks import ENTRY
from tests.server.test_review_api import DECIDE, Desk


@pytest.fixture
def huang_li(world: HttpWorld) -> Phone:
    return world.signs_in("huang_li")


@pytest.fixture
def chen_jing(world: HttpWorld) -> Desk:
    return Desk(world.signs_in("chen_jing"))


def at_once(world: HttpWorld, *asked: Callable[[Phone], str | None], person: tuple[str, str]) -> list[str | None]:
    """What two desks are told that press in the same moment, each at a process of its own."""
    phones = [world.signs_in(one) for one in person]
    clients = [open_client(world) for _ in asked]
    begin, told = threading.Barrier(len(asked)), dict[int, str | None]()

    def press(number: int) -> None:
        own = HttpWorld(world.settings, world.now, clients[number])
        phone = Phone(own, person[number], phones[number].key, phones[number].token, phones[number].device, {})
        begin.wait()
        told[number] = asked[number](phone)

    for client in clients:
        client.__enter__()
    threads = [threading.Thread(target=press, args=(number,)) for number in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.__exit__(None, None, None)
    return [told[number] for number in range(len(asked))]


def approves(record: str, revision: int, id: str) -> Callable[[Phone], str | None]:
    def press(phone: Phone) -> str | None:
        decision = {"id": id, "record": record, "revision": revision, "verdict": "approve"}
        (result,) = phone.finds(DECIDE, decisions=[decision])["decide"]
        return None if result["problem"] is None else str(result["problem"]["code"])

    return press


def test_of_two_desks_that_certify_the_same_entry_at_once_one_is_told_so(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    entry = huang_li.writes("hour_entry", ENTRY)
    seen = chen_jing.detail(entry)["revision"]
    several = [approves(entry, seen, world.new_id()) for _ in range(2)]
    told = at_once(world, *several, person=("chen_jing", "wu_jianguo"))
    assert sorted(map(str, told)) in (["None", "not_waiting"], ["None", "revision_moved"])


def test_of_two_entries_at_one_time_that_are_certified_at_once_one_counts(
    world: HttpWorld, huang_li: Phone, chen_jing: Desk
) -> None:
    one = huang_li.writes("hour_entry", ENTRY)
    two = huang_li.writes("hour_entry", {**ENTRY, "started_at": "10:00", "ended_at": "12:00"})
    several = [approves(name, chen_jing.detail(name)["revision"], world.new_id()) for name in (one, two)]
    told = at_once(world, *several, person=("chen_jing", "wu_jianguo"))
    assert sorted(map(str, told)) == ["None", "hours_overlap_certified"]
