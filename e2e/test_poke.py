"""What one phone delivers is on another connected phone within moments, whatever stands in between.

Not here: what a poke says and who gets it (tests/server/test_poke.py).
"""

from __future__ import annotations

import time

import pytest

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.people import Person
from e2e.world import HER_HOME

# Two browsers on a busy machine take some seconds; the interval that must not be mistaken for a poke is 48 s or more.
SECONDS_MAX = 15.0


def phone_of_the_home(person: Person) -> object:
    return next(row["values"]["phone"] for row in person.stored("view") if row["record"] == HER_HOME)


@pytest.mark.parametrize(
    "way", ["by a socket", pytest.param("through a proxy that knows no sockets", marks=pytest.mark.nightly)]
)
def test_a_colleagues_save_appears_on_a_phone_that_is_only_looked_at(phone: Opens, centre: Centre, way: str) -> None:
    li_min, zhang_qiang = phone("li_min"), phone("zhang_qiang")
    if way == "by a socket":
        # The tests' own network speaks no upgrade, as some proxies do not.
        li_min.network.address = f"http://localhost:{centre.port}"
    li_min.signs_in()
    zhang_qiang.signs_in()
    zhang_qiang.opens(f"/record/household/{HER_HOME}/edit").screen("record-edit")
    if way == "by a socket":
        heard: list[object] = []
        # Listened to from its opening on: the centre's greeting may come before the screen does.
        li_min.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(frame)))
        li_min.opens(f"/homes/{HER_HOME}").screen("home")
        li_min.waits_until(lambda: bool(heard))
    else:
        # After two tries at a socket.
        with li_min.page.expect_request("**/api/poke"):
            li_min.opens(f"/homes/{HER_HOME}").screen("home")
    zhang_qiang.writes("phone", "13800001234")
    zhang_qiang.does("save")
    zhang_qiang.waits_until(lambda: "passed" in zhang_qiang.network.happened)
    delivered = time.monotonic()
    li_min.waits_until(lambda: phone_of_the_home(li_min) == "13800001234")
    took = time.monotonic() - delivered
    print(f"{way}: on the other phone {took:.2f} s after the push was passed on")
    assert took < SECONDS_MAX
