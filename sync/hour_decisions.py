"""What the centre refuses about hours, so that none count twice: entries for a month that is closed, corrections of
what was corrected already, certifying a time that is certified, and opening what something certified rests on.

Not here: how minutes are counted (hour_rules.py), and whoever may decide (decide.py, second_person.py). The one module
that refuses by the name of a kind.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schema.derive import minutes_from
from schema.model import Kind, Problem
from sync.hour_rules import Served, closes_on, minutes_written, rule_on, rules_of
from sync.record import Record
from sync.store.store import Store
from sync.tables import one_of
from sync.times import local_date

ENTRY, SHIFT = "hour_entry", "shift"
MEASURED = frozenset(("volunteer", "worked_on", "started_at", "ended_at", "break_minutes", "travel_minutes"))
PLANNED = frozenset(("volunteer", "shift_on", "starts_at", "ends_at"))
CERTIFIED = "r.review_state = 'approved'"
# An entry counts no more, and stands corrected, once a certified one names it.
IS_CORRECTED = (
    "EXISTS (SELECT 1 FROM hour_entry c JOIN record rc ON rc.record = c.record"
    " WHERE c.corrects = k.record AND rc.review_state = 'approved')"
)
_STANDING = f"{CERTIFIED} AND NOT {IS_CORRECTED}"


def judge_hours(
    store: Store,
    kind: Kind,
    record: str,
    centre: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    written: Mapping[str, Any],
    now: datetime,
    is_let_in: bool = False,
) -> Problem | None:
    """Why a save about hours, or about a shift they were certified for, is not taken in.

    before, after  the displayed values; written: field key -> value of the save
    is_let_in      somebody who answers for it lets it in although its month is closed
    """
    changed = {name for name in written if before.get(name) != after.get(name)}
    if kind.name == SHIFT:
        return _certified_for(store, record) if before and changed & PLANNED else None
    if kind.name != ENTRY or not changed & (MEASURED | {"corrects"}):
        return None
    if "corrects" in changed and after.get("corrects"):
        return _wrong_correction(store, after)
    return None if is_let_in else _closed(store, centre, before, after, now)


def _certified_for(store: Store, shift: str) -> Problem | None:
    """Whether hours of a shift are certified, whose bound its times are."""
    sql = f"SELECT k.record FROM hour_entry k JOIN record r ON r.record = k.record WHERE k.shift = ? AND {CERTIFIED}"  # noqa: S608
    found = store.value(f"{sql} ORDER BY k.record LIMIT 1", (shift,))
    return None if found is None else Problem("shift_certified", details={"record": found})


def _wrong_correction(store: Store, after: Mapping[str, Any]) -> Problem | None:
    volunteer = store.value("SELECT volunteer FROM hour_entry WHERE record = ?", (after["corrects"],))
    if volunteer is not None and volunteer != after.get("volunteer"):
        return Problem("correction_of_another", "corrects")
    if _is_rejected(store, after["corrects"]):
        return Problem("correction_of_rejected", "corrects")
    end = end_of_chain(store, after["corrects"])
    return None if end == after["corrects"] else Problem("correction_of_correction", "corrects", {"record": end})


def _closed(
    store: Store, centre: str, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> Problem | None:
    """An entry of a closed month, where the centre takes none in. To cut one short is always allowed; a correction of
    what was certified comes as an entry of its own, and shows its day."""
    on = after.get("worked_on")
    if not isinstance(on, str) or after.get("corrects"):
        return None
    rule = rule_on(rules_of(store, centre), on)
    if rule.after_close != "refuse" or local_date(now).isoformat() <= closes_on(rule, on):
        return None
    if before and before.get("worked_on") == on and _minutes(after) <= _minutes(before):
        return None
    return Problem("month_closed", "worked_on", {"closed_on": closes_on(rule, on)})


def _minutes(values: Mapping[str, Any]) -> int:
    began, ended = (str(values.get(name) or "") for name in ("started_at", "ended_at"))
    return minutes_written(Served("", False, began, ended, values.get("break_minutes"), values.get("travel_minutes")))


def _is_rejected(store: Store, record: str) -> bool:
    state = store.value("SELECT review_state FROM record WHERE record = ?", (record,))
    return bool(state == "rejected")


def correction_of(store: Store, record: str, but: str | None = None) -> str | None:
    """The certified entry that stands in place of this one, if there is one."""
    found = store.value(
        f"SELECT k.record FROM hour_entry k JOIN record r ON r.record = k.record"  # noqa: S608
        f" WHERE k.corrects = ? AND {CERTIFIED} AND k.record <> ? ORDER BY k.record LIMIT 1",
        (record, but or ""),
    )
    return None if found is None else str(found)


def end_of_chain(store: Store, record: str) -> str:
    """The entry that stands at the end of a chain of certified corrections."""
    seen = {record}
    while (following := correction_of(store, record)) is not None and following not in seen:
        seen.add(following)
        record = following
    return record


def refusal_to_move(store: Store, found: Record, is_certified: bool, becomes_certified: bool) -> Problem | None:
    """Why a decision that certifies an entry, or opens it, would make hours count twice; None for any other record.

    Judged within the one transaction that takes the decision, so that of two approvals that race the second is refused.
    """
    if found.kind.name != ENTRY or not (is_certified or becomes_certified):
        return None
    later = correction_of(store, found.record)
    if later is not None:
        return Problem("hours_corrected", details={"record": later})
    values = found.view().values
    earlier = values.get("corrects")
    if becomes_certified:
        if earlier and _is_rejected(store, earlier):
            return Problem("correction_of_rejected", "corrects")
        if earlier and (other := correction_of(store, earlier, but=found.record)) is not None:
            return Problem("correction_of_correction", "corrects", {"record": other})
        return _overlapped(store, found.centre, values, {found.record, earlier})
    # What it corrected counts again.
    row = earlier and store.row(
        "SELECT k.volunteer, k.worked_on, k.started_at, k.ended_at FROM hour_entry k JOIN record r"  # noqa: S608
        f" ON r.record = k.record WHERE k.record = ? AND {CERTIFIED}",
        (earlier,),
    )
    if not row:
        return None
    again = dict(zip(("volunteer", "worked_on", "started_at", "ended_at"), row, strict=True))
    return _overlapped(store, found.centre, again, {found.record, earlier})


def _overlapped(store: Store, centre: str, values: Mapping[str, Any], but: set[str | None]) -> Problem | None:
    """The certified entry of the same volunteer at the same time, which this one would count twice."""
    names = sorted(name for name in but if name)
    rows = store.rows(
        "SELECT k.record, k.started_at, k.ended_at FROM hour_entry k JOIN record r ON r.record = k.record"  # noqa: S608
        f" WHERE k.volunteer = ? AND k.worked_on = ? AND k.started_at < ? AND k.ended_at > ? AND r.centre = ?"
        f" AND k.record NOT IN {one_of(names)} AND {_STANDING} ORDER BY k.started_at, k.record LIMIT 1",
        (values["volunteer"], values["worked_on"], values["ended_at"], values["started_at"], centre, *names),
    )
    if not rows:
        return None
    record, started_at, ended_at = rows[0]
    common = minutes_from(max(started_at, values["started_at"]), min(ended_at, values["ended_at"])) or 0
    return Problem("hours_overlap_certified", details={"record": record, "minutes": common})
