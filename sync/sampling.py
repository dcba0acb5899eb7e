"""Reviewing a sample: which records were drawn by the centre's setting, and the decision that lets the others pass.

Not here: what the decision does to the tables (decisions.py). A setting counts for what begins to wait while it is in
force; drawing needs its id and the record's alone, so that everybody who asks later finds the same.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schema.model import Schema
from sync import log
from sync.log import Entry
from sync.materialise import fold
from sync.record import record_of
from sync.save import canonical
from sync.store.store import Store
from sync.tables import one_of
from sync.times import local_date_of, read_instant, written

# Written down by the director (schema/records/review_setting.toml); its id is the seed, which no author knows.
SETTING = "review_setting"
# Ordinary: nothing about it asks for a person, and nobody has touched it since it began to wait.
_ORDINARY = (
    "r.review_state = 'waiting' AND r.centre = ? AND r.urgent = 0 AND r.conflicts = 0 AND r.duplicates = '[]'"
    " AND NOT EXISTS (SELECT 1 FROM log d WHERE d.record = r.record AND d.entry IN ('decision', 'verdict'))"
    " AND NOT EXISTS (SELECT 1 FROM held h WHERE h.record = r.record AND h.open = 1)"
    " AND (SELECT count(*) FROM log s WHERE s.record = r.record AND s.entry = 'save' AND s.status = 'accepted'"
    " AND s.received_at >= r.waiting_since) = 1"
)
# When it first came: a later word in its note changes nothing.
_WRITTEN_AT = "(SELECT min(l.received_at) FROM log l WHERE l.record = k.record AND l.status = 'accepted')"


@dataclass(frozen=True)
class Setting:
    """What the centre reviews from a day on. percent of ordinary records is drawn, the rest passes after so many days;
    both are 0 where everything is reviewed.
    """

    record: str
    effective_on: str
    written_at: str
    percent: int
    days: int


def settings_of(store: Store, centre: str) -> list[Setting]:
    """The settings of a centre, the one in force last at the end."""
    if not store.value("SELECT 1 FROM record WHERE kind = ? LIMIT 1", (SETTING,)):
        return []
    rows = store.rows(
        f"SELECT k.record, k.effective_on, {_WRITTEN_AT} AS written_at, k.mode, k.percent, k.passes_after_days"  # noqa: S608
        " FROM review_setting k JOIN record r ON r.record = k.record WHERE r.centre = ?"
        " ORDER BY k.effective_on, written_at, k.record",
        (centre,),
    )
    return [
        Setting(record, on, at, *((percent, days) if mode == "sample" else (0, 0)))
        for record, on, at, mode, percent, days in rows
    ]


def setting_at(settings: Iterable[Setting], at: str) -> Setting | None:
    """The setting in force at an instant; one that was written later never reaches back. None reviews everything."""
    on = local_date_of(at)
    return next((one for one in reversed([*settings]) if one.effective_on <= on and one.written_at <= at), None)


def is_drawn(setting: Setting, record: str) -> bool:
    """Whether a record belongs to the sample: by a number that follows from the setting's id and its own."""
    drawn = hashlib.sha256(f"{setting.record}/{record}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % 100 < setting.percent


def passing(store: Store, schema: Schema, centre: str, only: str | None = None) -> dict[str, tuple[Setting, str]]:
    """The ordinary records that wait and were not drawn: by which setting, and the instant at which they pass.

    only  where one alone is asked for
    """
    settings = settings_of(store, centre)
    kinds = [kind.name for kind in schema.kinds.values() if kind.review and kind.review.sampled]
    if not kinds or not any(one.days for one in settings):
        return {}
    narrowed, names = ("", ()) if only is None else (" AND r.record = ?", (only,))
    rows = store.rows(
        f"SELECT r.record, r.waiting_since FROM record r WHERE r.kind IN {one_of(kinds)} AND {_ORDINARY}{narrowed}",  # noqa: S608
        (*kinds, centre, *names),
    )
    found = {}
    for record, since in rows:
        setting = setting_at(settings, since)
        if setting is not None and setting.days and not is_drawn(setting, record):
            found[record] = setting, written(read_instant(since) + timedelta(days=setting.days))
    return found


def pass_due(store: Store, schema: Schema, centre: str, now: datetime) -> list[str]:
    """Let pass what was not drawn and has waited long enough, each by an entry of the log with its reason; which."""
    due = [record for record, (_, at) in passing(store, schema, centre).items() if at <= written(now)]
    if not due:
        return []
    with store.atomic():
        # Read again inside: somebody may have decided, or written, in between.
        still = passing(store, schema, centre)
        passed = [record for record in sorted(due) if record in still]
        for record in passed:
            _pass(store, schema, record, still[record][0], now)
    return passed


def _pass(store: Store, schema: Schema, record: str, setting: Setting, now: datetime) -> None:
    found = record_of(store, schema, record)
    if found is None or found.waiting_since is None:
        raise ValueError(f"{record} was said to wait")
    # The same name for the same passing, whichever process comes upon it.
    id = log.digest(f"pass/{setting.record}/{record}/{found.waiting_since}")
    body = {"id": id, "record": record, "revision": found.revision, "verdict": "pass", "sentence": None, "field": None}
    facts = {
        "rule": "not_drawn",
        "setting": setting.record,
        "percent": setting.percent,
        "days": setting.days,
        "view": log.digest(canonical(found.view().values).decode("utf-8")),
    }
    entry = Entry(
        position=log.next_position(store),
        entry="decision",
        id=id,
        record=record,
        client=None,
        # Nobody decided this: it must never be read as the word of a person.
        person="",
        device="",
        received_at=written(now),
        status="accepted",
        revision=None,
        problem=None,
        facts=facts,
        body=json.dumps(body, ensure_ascii=False, sort_keys=True),
        signature=None,
    )
    revision = fold(store, schema, entry)
    after = record_of(store, schema, record, with_claims=False)
    log.append(store, log.completed(entry, revision, {**facts, "standing": after.standing() if after else {}}))
