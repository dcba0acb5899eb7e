"""In the demo a step-up asks for no proof. What asks for one: tests/server/test_rights.py; how it is proved:
tests/server/test_sign_in.py.
"""

from tests.server.http_world import HttpWorld
from tests.server.test_sessions import is_signed_in


def test_after_a_step_up_in_the_demo_the_old_token_is_worth_nothing(world: HttpWorld) -> None:
    zhou_hui = world.signs_in("zhou_hui")
    answer = world.client.post("/api/demo/step-up", headers={"authorization": f"Bearer {zhou_hui.token}"})
    assert answer.status_code == 200 and "doorstep=" in answer.headers["set-cookie"]
    world.client.cookies.clear()
    assert not is_signed_in(zhou_hui)
    zhou_hui.token = answer.json()["token"]
    assert is_signed_in(zhou_hui)
