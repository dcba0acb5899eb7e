"""What is grave asks for a fresh proof that the person is there."""

from datetime import UTC, datetime, timedelta

import pytest

from schema.access import Context
from schema.load import load_schema
from schema.model import Person
from server.auth.keys import Keys
from server.auth.person import Asking
from server.auth.step_up import FRESH, require_recent
from server.errors import Refusal
from server.operations.metrics import Metrics
from sync.store.opening import open_store
from tests.server.http_world import HttpWorld
from tests.server.test_sessions import is_signed_in

NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)


def asks_after(seconds: float | None) -> None:
    """Somebody asks for something grave, so long after they proved to be there."""
    verified_at = None if seconds is None else NOW - timedelta(seconds=seconds)
    person = Person("zhou_hui", "周慧", "heping", (), "device")
    context = Context("prf", verified_at, NOW)
    keys = Keys(b"", b"")
    require_recent(Asking(person, NOW, context, load_schema(), open_store(":memory:"), Metrics(), keys))


def test_a_proof_is_good_for_five_minutes() -> None:
    asks_after(FRESH.total_seconds())


@pytest.mark.parametrize("seconds", [None, FRESH.total_seconds() + 1, -1])
def test_an_old_proof_or_none_or_one_of_the_future_is_not_enough(seconds: float | None) -> None:
    with pytest.raises(Refusal) as refused:
        asks_after(seconds)
    assert refused.value.problem.code == "step_up_required"


def test_after_a_step_up_in_the_demo_the_old_token_is_worth_nothing(world: HttpWorld) -> None:
    zhou_hui = world.signs_in("zhou_hui")
    answer = world.client.post("/api/demo/step-up", headers={"authorization": f"Bearer {zhou_hui.token}"})
    assert answer.status_code == 200 and "doorstep=" in answer.headers["set-cookie"]
    world.client.cookies.clear()
    assert not is_signed_in(zhou_hui)
    zhou_hui.token = answer.json()["token"]
    assert is_signed_in(zhou_hui)
