"""A duty of today at which everybody is signed in on one phone: who is expected, and the code that hangs there.

Not here: the duties that are open to sign-ups, and the shifts of the rest of the year (world_shifts).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from server.world import COORDINATOR, VOLUNTEERS, Write, moment, record_id

DAY = timedelta(days=1)
# The story's own volunteers have the shifts that it names, and no others.
EXPECTED = tuple(person for person in VOLUNTEERS if person not in ("huang_li", "deng_jie"))
_FEAST = {"activity": "重阳百家宴", "place": "中心大厅", "starts_at": "09:00", "ends_at": "13:00"}


def feast(today: date) -> Iterator[Write]:
    """Planned a fortnight ago for whoever has time; each has a shift of their own."""
    at = moment(today - 14 * DAY, 15 * 60 + 20)
    duty = record_id("duty.feast")
    planned = {**_FEAST, "duty_on": today.isoformat(), "capacity": 30, "sign_up_until": "2020-01-01T00:00:00Z"}
    yield Write(at, at, COORDINATOR, "duty", duty, planned)
    for number, person in enumerate(EXPECTED):
        values = {**_FEAST, "volunteer": person, "shift_on": today.isoformat(), "duty": duty}
        made = at + timedelta(seconds=number)
        yield Write(made, made, COORDINATOR, "shift", record_id(f"feast.{person}"), values)
    hung = moment(today - DAY, 17 * 60)
    code = {"duty": duty, "code": "0417", "shown_from_at": hung.strftime("%Y-%m-%dT%H:%M:%SZ"), "hangs_at": "大厅门口"}
    yield Write(hung, hung, COORDINATOR, "duty_code", record_id("feast.code"), code)
