"""Somebody leaves: what is open in their name goes to others first, then nobody comes in as them, and nothing is lost.

Not here: how a device delivers and is cleared (test_lost_phone.py).
"""

from typing import Any

from sync.save import save_key
from tests.server.http_world import HOME, HttpWorld, Phone, visit_of
from tests.server.test_devices import code, listed
from tests.server.test_traces import traces_of

STOP = "mutation s($person: ID!) { stop_member(person: $person) }"


def refused(phone: Phone, person: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.asks(STOP, {"person": person}).json()["errors"][0]["extensions"]
    return found


def test_an_account_stops_once_its_case_and_visit_are_somebody_elses(world: HttpWorld, li_min: Phone) -> None:
    home = li_min.writes("household", HOME)
    resident = li_min.writes("resident", {"name": "王秀兰", "household": home})
    about = {"household": home, "resident": resident}
    opened = {"worker": "li_min", "category": "elderly_care", "opened_on": "2026-11-01", "presenting_problem": "独居"}
    case = li_min.save("case", {**about, **opened})
    li_min.pushes(case)
    li_min.writes("home_visit", visit_of(home, resident=resident))
    chen_jing, zhou_hui = world.signs_in("chen_jing"), world.signs_in("zhou_hui")

    told = refused(chen_jing, "li_min")
    assert (told["code"], told["details"]) == ("still_responsible", {"case": 1})
    assert not listed(chen_jing)[li_min.device]["revoked_at"]

    known = {"worker": [save_key(case["client"])]}
    handed = zhou_hui.save("case", {"worker": "zhang_qiang"}, case["record"], known, base=3)
    assert zhou_hui.pushes(handed)[0]["status"] == "accepted"
    assert chen_jing.finds(STOP, person="li_min")["stop_member"] == "li_min"

    assert listed(chen_jing)[li_min.device]["order"] == "deliver_first"
    assert code(li_min, "{ me { person } }") in ("device_revoked", "not_signed_in")
    assert [trace[:2] for trace in traces_of(world)][-2:] == [
        ("device_revoked", "chen_jing"),
        ("member_stopped", "chen_jing"),
    ]


def test_nobody_stops_themselves_somebody_above_or_somebody_elsewhere(world: HttpWorld) -> None:
    chen_jing = world.signs_in("chen_jing")

    for person, why in [
        ("chen_jing", "cannot_manage"),
        ("zhou_hui", "cannot_manage"),
        ("sun_lei", "not_found"),
        ("nobody", "not_found"),
    ]:
        assert refused(chen_jing, person)["code"] == why
    assert refused(world.signs_in("li_min"), "huang_li")["code"] == "not_allowed"


OPEN = "query o($person: ID!) { open_of(person: $person) { record kind field title_zh } }"


def test_a_supervisor_is_told_what_is_to_be_handed_over_and_nobody_else(world: HttpWorld, li_min: Phone) -> None:
    home = li_min.writes("household", HOME)
    resident = li_min.writes("resident", {"name": "王秀兰", "household": home})
    about = {"household": home, "resident": resident}
    opened = {"worker": "li_min", "category": "elderly_care", "opened_on": "2026-11-01", "presenting_problem": "独居"}
    case = li_min.writes("case", {**about, **opened})
    zhou_hui = world.signs_in("zhou_hui")
    planned = {"household": home, "assigned_to": "li_min", "planned_on": "2026-11-20"}
    visit = zhou_hui.writes("home_visit", planned)
    li_min.writes("home_visit", visit_of(home, resident=resident))

    told = zhou_hui.finds(OPEN, person="li_min")["open_of"]

    assert {(one["record"], one["kind"], one["field"]) for one in told} == {
        (case, "case", "worker"),
        (visit, "home_visit", "assigned_to"),
    }
    assert {one["title_zh"] for one in told if one["kind"] == "case"} == {"王秀兰 · 长者照护"}
    # Who may not give it away is told nothing, also of their own; of another centre there is nobody.
    for person in ("li_min", "chen_jing", "wu_jianguo", "luo_wei"):
        assert world.signs_in(person).finds(OPEN, person="li_min")["open_of"] == []
    assert code(zhou_hui, OPEN, person="sun_lei") == "not_found"
