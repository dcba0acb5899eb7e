"""The trail: who saw, changed, took away and decided what, newest first; entries of the audit and saves of the log.

Not here: how entries come to be (audit.py, log.py), and who may read them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.model import Person, Schema
from sync import limits
from sync.log import entry_at
from sync.record import place_of, record_of, values_of
from sync.references import sees
from sync.store.store import Row, Store
from sync.tables import one_of, quoted
from sync.titles import Titles

# A save that was accepted; kept in the log and not once more in the audit.
CHANGED = "changed"
# Whoever asks about a home means its residents, visits and cases too, and what those have.
STEPS_MAX = 3
RECORDS_MAX = 500
# What a page without any entry of one of the two leaves as it was is read again.
PLACE_DIGITS_MAX = len(str(limits.INTEGER_MAX))


@dataclass(frozen=True)
class Asked:
    """What is looked for; all that is given must hold.

    record      a record, or one that others lead to; actions: of the audit, or CHANGED
    from_, to   local days as instants: from the first, before the second
    """

    person: str | None = None
    record: str | None = None
    actions: Sequence[str] = ()
    from_: str | None = None
    to: str | None = None


@dataclass(frozen=True)
class Step:
    """One entry of the trail. Titles are there for a record that the reader may see; other members are a trace's."""

    at: str
    action: str
    by: str
    by_name: str
    device: str
    device_name: str | None
    kind: str | None
    record: str | None
    title_zh: str | None
    title_en: str | None
    fields: list[str] = field(default_factory=list)
    tier: int | None = None
    rule: str | None = None
    reason: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    about: str | None = None
    device_at: str | None = None


@dataclass(frozen=True)
class TrailPage:
    """`next` goes back into `after`; None on the last page."""

    items: list[Step]
    next: str | None


def trail(store: Store, schema: Schema, person: Person, asked: Asked, first: int, after: str | None) -> TrailPage:
    """One page of what happened at the person's centre, newest first."""
    count = min(max(first, 1), limits.LIST_FIRST_MAX)
    below_audit, below_log = _places(after)
    with store.snapshot():
        records = None if asked.record is None else _with_followers(store, schema, asked.record)
        found = [
            *((row, "audit") for row in _of_audit(store, person.centre, asked, records, below_audit, count + 1)),
            *((row, "log") for row in _of_log(store, person.centre, asked, records, below_log, count + 1)),
        ]
        found.sort(key=lambda one: (one[0][1], one[1], one[0][0]), reverse=True)
        page = found[:count]
        titles = Titles(store, schema, person)
        steps = [_step(store, schema, person, titles, row) for row, _ in page]
        if len(found) <= count:
            return TrailPage(steps, None)
        last_audit = min([row[0] for row, source in page if source == "audit"], default=below_audit)
        last_log = min([row[0] for row, source in page if source == "log"], default=below_log)
        return TrailPage(steps, f"{last_audit}/{last_log}")


def _places(after: str | None) -> tuple[int, int]:
    audit, _, log = (after or "").partition("/")
    if all(part.isascii() and part.isdecimal() and len(part) <= PLACE_DIGITS_MAX for part in (audit, log)):
        return int(audit), int(log)
    return limits.INTEGER_MAX, limits.INTEGER_MAX


def _with_followers(store: Store, schema: Schema, record: str) -> list[str]:
    """A record and those that lead to it, for example the visits of a home."""
    found = dict.fromkeys([record])
    place = place_of(store, record)
    here = {place[0]: [record]} if place else {}
    for _ in range(STEPS_MAX):
        further: dict[str, list[str]] = {}
        for kind in schema.kinds.values():
            for one in kind.fields.values():
                for name in here.get(str(one.of), []) if one.type == "ref" else []:
                    sql = f"SELECT record FROM {quoted(kind.name)} WHERE {quoted(one.name)} = ?"  # noqa: S608
                    fresh = [row[0] for row in store.rows(sql, (name,)) if row[0] not in found]
                    further.setdefault(kind.name, []).extend(fresh)
                    found |= dict.fromkeys(fresh)
            if len(found) > RECORDS_MAX:
                return list(found)[:RECORDS_MAX]
        here = further
    return list(found)


def _of_audit(store: Store, centre: str, asked: Asked, records: list[str] | None, below: int, count: int) -> list[Row]:
    actions = [action for action in asked.actions if action != CHANGED]
    if asked.actions and not actions:
        return []
    where, parameters = ["centre = ?", "position < ?"], [centre, below]
    if actions:
        where.append(f"action IN {one_of(actions)}")
        parameters += actions
    return _rows(
        store,
        "SELECT position, at, action, person, device, kind, record, details FROM audit",
        *_narrowed(where, parameters, asked, records, "at"),
        count,
    )


def _of_log(store: Store, centre: str, asked: Asked, records: list[str] | None, below: int, count: int) -> list[Row]:
    if asked.actions and CHANGED not in asked.actions:
        return []
    # A record that was never accepted has no centre, and no save of it is a change.
    where = ["entry = 'save'", "status = 'accepted'", "position < ?"]
    where.append("record IN (SELECT record FROM record WHERE centre = ?)")
    kind = "(SELECT kind FROM record r WHERE r.record = log.record)"
    select = f"SELECT position, received_at, '{CHANGED}', person, device, {kind}, record, NULL FROM log"  # noqa: S608
    return _rows(store, select, *_narrowed(where, [below, centre], asked, records, "received_at"), count)


def _narrowed(
    where: list[str], parameters: list[Any], asked: Asked, records: list[str] | None, at: str
) -> tuple[list[str], list[Any]]:
    for condition, value in (("person = ?", asked.person), (f"{at} >= ?", asked.from_), (f"{at} < ?", asked.to)):
        if value is not None:
            where.append(condition)
            parameters.append(value)
    if records is not None:
        where.append(f"record IN {one_of(records)}")
        parameters += records
    return where, parameters


def _rows(store: Store, select: str, where: list[str], parameters: list[Any], count: int) -> list[Row]:
    return store.rows(f"{select} WHERE {' AND '.join(where)} ORDER BY position DESC LIMIT ?", (*parameters, count))


def _step(store: Store, schema: Schema, person: Person, titles: Titles, row: Row) -> Step:
    position, at, action, by, device, kind, record, kept = row
    if action == CHANGED:
        details: dict[str, Any] = {"fields": sorted(json.loads(entry_at(store, position).body)["set"])}
    else:
        details = json.loads(kept)
    title_zh, title_en = _titles(store, schema, person, titles, record)
    return Step(
        at=at,
        action=action,
        by=by,
        by_name=titles.name(by) if by else "",
        device=device,
        device_name=store.value("SELECT name FROM device WHERE device = ?", (device,)) if device else None,
        kind=kind,
        record=record,
        title_zh=title_zh,
        title_en=title_en,
        **details,
    )


def _titles(
    store: Store, schema: Schema, person: Person, titles: Titles, record: str | None
) -> tuple[str | None, str | None]:
    found = None if record is None else record_of(store, schema, record, with_claims=False)
    if found is None or not sees(schema, person, found):
        return None, None
    values = values_of(store, found.kind, found.record)
    return titles.of(found.kind, values, "zh"), titles.of(found.kind, values, "en")
