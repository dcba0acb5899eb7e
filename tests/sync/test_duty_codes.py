"""A code at the place is compared by the centre, and forbids nothing.

Not here: where it is shown (e2e/test_signing.py).
"""

import pytest

from sync.duty_codes import wrongly_said
from sync.hours import lines
from tests.centre import Centre
from tests.sync.test_hours_of_a_shift import SHIFT, hours

DUTY = {"activity": "便民服务日", "duty_on": "2026-03-10", "starts_at": "09:00", "ends_at": "11:30", "capacity": 3}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [({"said_code": "0417"}, False), ({"said_code": "2222"}, False), ({"said_code": "0418"}, True), ({}, True)],
    ids=["right", "the one before", "wrong", "missing"],
)
def test_a_wrong_or_missing_code_is_told_and_the_sign_in_stands(centre: Centre, said: dict[str, str], wrong: bool):
    desk, phone = centre.chen_jing, centre.huang_li
    desk.version = phone.version = 2
    duty = desk.seals(centre.new_id(), "duty", DUTY, base=0, replaces={}, scopes=[], schema=1)
    for code in ("2222", "0417"):
        values = {"duty": duty.record, "code": code, "shown_from_at": "2026-03-10T01:00:00Z"}
        desk.seals(centre.new_id(), "duty_code", values, base=0, replaces={}, scopes=[], schema=1)
    shift = desk.writes("shift", SHIFT, duty=duty.record)
    seen = desk.writes("shift", SHIFT, duty=duty.record)
    desk.changes(seen, signed_in_at="2026-03-10T01:00:00Z", signed_in_by="chen_jing")
    desk.meets_network()
    phone.pulls()
    assert not any(base.kind == "duty_code" for base in phone.base.values())
    phone.changes(shift, signed_in_at="2026-03-10T01:02:00Z", **said)

    assert [answer[1] for answer in phone.meets_network()] == ["accepted"]

    assert wrongly_said(centre.store, [shift.record, seen.record]) == ({shift.record} if wrong else set())
    centre.passes(hours=3)
    phone.changes(shift, signed_out_at="2026-03-10T03:30:00Z")
    hours(phone, shift, "09:02", "11:30")
    phone.meets_network()
    (line,) = lines(centre.store, centre.schema, desk.me())
    assert ("code_wrong" in line.checks) == wrong
