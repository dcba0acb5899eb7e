"""Who comes when too many have come is told at once when there will be room, each at a time of their own."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from server.admission import COME_AGAIN_SECONDS_MAX, Admission, Line
from server.app import create_app
from server.errors import Refusal
from tests.server.http_world import HOME, PULL, PUSH, HttpWorld, new_world


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def told(line: Line, weight: float = 1) -> int:
    """After how many seconds somebody who is sent away may come again."""
    with pytest.raises(Refusal) as refused, line.place(weight, is_patient=True):
        pass
    assert refused.value.problem.code == "busy" and refused.value.headers is not None
    return int(refused.value.headers["retry-after"])


def test_as_many_are_let_in_as_are_answered_within_a_second_and_the_others_come_one_after_the_other(
    clock: Clock,
) -> None:
    line = Line(guessed=0.5, clock=clock)
    with ExitStack() as inside:
        for _ in range(3):
            inside.enter_context(line.place(1, is_patient=True))
        # One and a half seconds are ahead; then everybody gets half a second more.
        assert [told(line) for _ in range(4)] == [2, 3, 3, 4]
        clock.seconds += 10
        assert told(line) == 2, "those times are over"


def test_a_person_at_a_desk_is_never_sent_away(clock: Clock) -> None:
    line = Line(guessed=10, weight=100, clock=clock)
    with line.place(1, is_patient=False):
        assert line.weight == 101
    assert line.weight == 100


def test_nobody_is_told_to_come_after_more_than_minutes(clock: Clock) -> None:
    assert told(Line(guessed=1, weight=10_000, clock=clock)) == COME_AGAIN_SECONDS_MAX


def test_what_work_takes_is_learnt_from_the_answers_without_the_waiting(clock: Clock) -> None:
    line = Line(guessed=1, clock=clock)
    for _ in range(100):
        first, second = line.place(2, is_patient=False), line.place(2, is_patient=False)
        first.__enter__()
        second.__enter__()
        clock.seconds += 0.2
        first.__exit__(None, None, None)
        clock.seconds += 0.2
        second.__exit__(None, None, None)
    assert line.seconds == pytest.approx(0.1, rel=0.1)
    assert line.weight == 0


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[HttpWorld, Admission]]:
    world, admission = new_world(tmp_path), Admission()
    app = create_app(world.settings, clock=lambda: world.now, admission=admission)
    world.client = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50000))
    with world.client:
        yield world, admission


def test_a_busy_centre_sends_phones_away_and_answers_desks(full: tuple[HttpWorld, Admission]) -> None:
    world, admission = full
    zhou_hui = world.signs_in("zhou_hui")
    save = zhou_hui.save("household", HOME)
    admission.writes.weight = admission.reads.weight = 10_000
    after = [{"scope": scope, "cursor": "0"} for scope in zhou_hui.me["scopes"]]
    for query, variables in ((PUSH, {"saves": [save]}), (PULL, {"after": after})):
        answer = zhou_hui.asks(query, variables)
        assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 1
        assert answer.json()["errors"][0]["extensions"]["code"] == "busy"
    assert zhou_hui.finds("{ me { person } }")["me"]["person"] == "zhou_hui"
    admission.writes.weight = admission.reads.weight = 0
    (receipt,) = zhou_hui.pushes(save)
    assert receipt["status"] == "accepted"
    assert zhou_hui.holds() == {save["record"]}
