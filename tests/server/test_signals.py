"""A phone that has been silent is told to whoever answers for its person, as a phone to help; and to nobody else.

Not here: signals about records (tests/sync/test_signals.py).
"""

from typing import Any

from sync import devices
from tests.server.http_world import HttpWorld, Phone

SIGNALS = "{ signals { rule open answered items { subject kind title_zh since note { by_name reason until } } } }"


def silent(phone: Phone) -> dict[str, Any]:
    found = {one["rule"]: one for one in phone.finds(SIGNALS)["signals"]}
    return dict(found.get("phone.silent", {}))


def test_a_phone_is_silent_on_the_third_day_and_no_longer_once_it_came(world: HttpWorld, li_min: Phone):
    world.passes(days=2)
    assert silent(world.signs_in("zhou_hui"))["open"] == 0
    world.passes(days=1)
    zhou_hui = world.signs_in("zhou_hui")
    found = silent(zhou_hui)
    (item,) = [one for one in found["items"] if one["subject"] == li_min.device]
    assert (item["kind"], item["title_zh"]) == (None, "李敏 · phone of li_min")

    team = {"team": "heping_1", "rule": "phone.silent", "subject": li_min.device, "reason": "手机送修"}
    zhou_hui.writes("signal_note", {**team, "until": (world.now.date()).isoformat()})
    assert [one["note"]["reason"] for one in silent(zhou_hui)["items"] if one["note"]] == ["手机送修"]

    store = world.opened()
    devices.was_seen(store, li_min.device, None, None, world.now)
    store.close()
    assert li_min.device not in [one["subject"] for one in silent(zhou_hui)["items"]]


def test_whoever_answers_for_nobodys_devices_is_told_of_none(world: HttpWorld, li_min: Phone):
    world.passes(days=4)
    assert silent(world.signs_in("luo_wei")).get("items", []) == []
    assert world.signs_in("zhang_qiang").finds(SIGNALS)["signals"] == []
