"""One record in full, as a desk shows it: every claim, what is in conflict, what changed, and its history.

Not here: lists (lists.py).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schema.model import Claim, Kind, Person, Schema
from schema.view import view_of
from sync import limits, log, returns, sampling
from sync.break_glass import may_read
from sync.lists import baseline, review_item
from sync.log import Entry
from sync.materialise import accepted_of
from sync.put_away import aliases_of
from sync.record import Record, record_of, values_of
from sync.references import fields_naming_records, sees
from sync.save import MADE_AT, save_key
from sync.shapes import Alias, ClaimView, ConflictView, FieldChange, HistoryEntry, HouseholdView, RecordDetail
from sync.shapes import Named as NamedBy
from sync.store.store import Store
from sync.times import read_instant
from sync.titles import Titles
from sync.visibility import Follower, decide_at, records_following, seen_by

GIVEN = {"release": "released", "reject": "not_taken", "withdraw": "withdrawn", "keep": "held"}
DECIDED = {  # nosec B105  a verdict, no password
    "approve": "approved",
    "return": "returned",
    "reject": "rejected",
    "undo": "undone",
    "pass": "passed",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One accepted claim with what the store knows about it."""

    claim: Claim
    is_live: bool
    replaces: tuple[str, ...]
    revision: int
    save: str
    delivered_at: str


def record_detail(
    store: Store, schema: Schema, person: Person, record: str, now: datetime | None = None
) -> RecordDetail | None:
    """One record with its claims, conflicts, changes and history, or None when the person may not see it.

    now  where one that was opened in an emergency may be seen too
    """
    with store.snapshot():
        found = record_of(store, schema, record)
        if found is None or not may_read(store, schema, person, found, now):
            return None
        titles = Titles(store, schema, person)
        entries = list(log.entries(store, record))
        kept = _kept(schema, found, entries)
        view = found.view()
        since = baseline(store, found)
        values = values_of(store, found.kind, record)
        return RecordDetail(
            record=record,
            kind=found.kind.name,
            revision=found.revision,
            title_zh=titles.of(found.kind, values, "zh"),
            title_en=titles.of(found.kind, values, "en"),
            values=values,
            claims=[_claim_view(titles, entry) for entry in kept],
            standing=found.standing(),
            conflicts=[_conflict(titles, kept, key, versions) for key, versions in sorted(view.conflicts.items())],
            changes=_changes(titles, found, kept, since),
            merged=_merged(titles, found, kept, entries, set(view.conflicts), since),
            history=[_history(titles, entry) for entry in entries if entry.status != "refused"],
            duplicates=_duplicates(store, schema, person, titles, found),
            household=_household(store, schema, person, titles, found),
            returns=returns.count(store, record),
            passes_at=_passes_at(store, schema, found),
            named=_named(store, schema, person, found) if found.kind.aliases else [],
            aliases=_aliases(store, schema, person, titles, found, now) if found.kind.aliases else [],
        )


def _kept(schema: Schema, found: Record, entries: Iterable[Entry]) -> list[Kept]:
    """Every claim that was ever accepted, oldest save first."""
    live = {(claim.field_key, claim.save_key) for claim in found.claims}
    kept = []
    for entry in entries:
        if entry.entry == "save" and entry.status == "accepted":
            save = accepted_of(schema, entry)
            key = save_key(save.client)
            for field_key, value in sorted(save.values.items()):
                claim = Claim(field_key, key, value, save.made_at, save.person)
                replaces = save.replaces.get(field_key, ())
                revision = int(entry.revision or 0)
                kept.append(Kept(claim, (field_key, key) in live, replaces, revision, save.save, save.at))
    return kept


def _claim_view(titles: Titles, kept: Kept) -> ClaimView:
    claim = kept.claim
    return ClaimView(
        field_key=claim.field_key,
        key=claim.save_key,
        value=claim.value,
        author=claim.author,
        author_name=titles.name(claim.author),
        made_at=claim.made_at,
        delivered_at=kept.delivered_at,
        save=kept.save,
        live=kept.is_live,
    )


def _conflict(titles: Titles, kept: list[Kept], field_key: str, versions: list[Claim]) -> ConflictView:
    """The versions of one field, and the newest value that every one of them had replaced."""
    of_field = {entry.claim.save_key: entry for entry in kept if entry.claim.field_key == field_key}
    pasts = [_past(of_field, claim.save_key) for claim in versions]
    common = set.intersection(*pasts) if pasts else set()
    before = max((of_field[key] for key in common), key=lambda entry: entry.revision, default=None)
    return ConflictView(
        field_key=field_key,
        before=before.claim.value if before else None,
        has_before=before is not None,
        versions=[_claim_view(titles, of_field[claim.save_key]) for claim in versions],
    )


def _past(of_field: dict[str, Kept], save_key: str) -> set[str]:
    """Every claim of a field that its author had seen, directly or through others."""
    found: set[str] = set()
    waiting = list(of_field[save_key].replaces)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += of_field[key].replaces
    return found


def _values_at(kind: Kind, kept: Iterable[Kept], revision: int) -> dict[str, Any]:
    """The displayed values as they were at a revision."""
    known = [entry for entry in kept if entry.revision <= revision]
    gone = {(entry.claim.field_key, key) for entry in known for key in entry.replaces}
    return view_of(
        kind, [entry.claim for entry in known if (entry.claim.field_key, entry.claim.save_key) not in gone]
    ).values


def _value_of(values: dict[str, Any], field_key: str) -> Any:
    name, dot, part = field_key.partition(".")
    value = values.get(name)
    return value.get(part) if dot and isinstance(value, dict) else value


def _changes(titles: Titles, found: Record, kept: list[Kept], since: int) -> list[FieldChange]:
    before = _values_at(found.kind, kept, since)
    after = found.view().values
    newest = {entry.claim.field_key: entry for entry in kept if entry.revision > since}
    return [
        change
        for key, entry in sorted(newest.items())
        if (change := _change(titles, key, before, after, entry)).before != change.after
    ]


def _change(titles: Titles, field_key: str, before: dict[str, Any], after: dict[str, Any], newest: Kept) -> FieldChange:
    author = newest.claim.author
    return FieldChange(
        field_key=field_key,
        before=_value_of(before, field_key),
        after=_value_of(after, field_key),
        by=author,
        by_name=titles.name(author),
        at=newest.delivered_at,
    )


def _merged(
    titles: Titles, found: Record, kept: list[Kept], entries: list[Entry], conflicts: set[str], since: int
) -> list[FieldChange]:
    """Fields written by people who had not seen each other's save, and that came together without a conflict."""
    saves = [
        (entry, json.loads(entry.body)) for entry in entries if entry.entry == "save" and entry.status == "accepted"
    ]
    keys: dict[str, int] = {}
    for entry, body in saves:
        for other, earlier in saves:
            is_unseen = body["base"] < (other.revision or 0) < (entry.revision or 0) and other.person != entry.person
            # The first save of a record is what the others build on; nothing was merged into it.
            if is_unseen and other is not saves[0][0] and (entry.revision or 0) > since:
                for key in (*body["set"], *earlier["set"]):
                    keys[key] = min(keys.get(key, body["base"]), body["base"])
    newest = {entry.claim.field_key: entry for entry in kept}
    after = found.view().values
    changes = [
        _change(titles, key, _values_at(found.kind, kept, base), after, newest[key])
        for key, base in sorted(keys.items())
        if key not in conflicts
    ]
    return [change for change in changes if change.before != change.after]


def _history(titles: Titles, entry: Entry) -> HistoryEntry:
    body = json.loads(entry.body)
    members = body if isinstance(body, dict) else {}
    fields, sentence = [], None
    if entry.entry == "save":
        values = members.get("set")
        fields = sorted(values) if isinstance(values, dict) else []
        is_first = "creates" in entry.facts and entry.facts["creates"]
        what = "held" if entry.status == "held" else "created" if is_first else "changed"
    elif entry.entry == "decision":
        what, sentence = DECIDED[members["verdict"]], members.get("sentence")
        fields = [members["field"]] if members.get("field") else []
    elif entry.entry == "verdict":
        what, sentence, fields = GIVEN[members["verdict"]], members.get("sentence"), sorted(members["set"])
    elif entry.entry == "archive":
        what, sentence = {"away": "put_away", "back": "taken_back"}[members["verdict"]], None
    else:
        what, sentence = "duplicate", members["verdict"]
    return HistoryEntry(
        at=entry.received_at,
        what=what,
        by=entry.person,
        by_name=titles.name(entry.person),
        fields=fields,
        sentence=sentence,
        revision=entry.revision,
        clock_minutes_ahead=_clock(entry, members.get("made_at")),
        percent=entry.facts.get("percent") if what == "passed" else None,
        days=entry.facts.get("days") if what == "passed" else None,
    )


def _clock(entry: Entry, made_at: object) -> int | None:
    """What the phone's clock said when it sent the save; without that, a save made after it came tells as much."""
    told: int | None = entry.facts.get("clock_minutes_ahead")
    if told is not None or entry.entry != "save" or not (isinstance(made_at, str) and MADE_AT.fullmatch(made_at)):
        return told
    seconds, received_at = int(made_at[:13]) / 1000, read_instant(entry.received_at)
    minutes = round((seconds - received_at.timestamp()) / 60)
    return minutes if minutes > limits.CLOCK_AHEAD_MINUTES_MAX else None


def _passes_at(store: Store, schema: Schema, found: Record) -> str | None:
    if found.review is None or found.review.state != "waiting":
        return None
    passing = sampling.passing(store, schema, found.centre, found.record).get(found.record)
    return passing[1] if passing else None


def _named(store: Store, schema: Schema, person: Person, found: Record) -> list[NamedBy]:
    """How many records name this one, kind by kind; of those that can be put away, the ones in lists."""
    counts = []
    for kind in schema.kinds.values():
        names = [name for name in fields_naming_records(kind) if kind.fields[name].of == found.kind.name]
        ids = {id for name in names for id in records_following(store, _by(kind, name), found.record)}
        if ids:
            seen = seen_by(schema, person, [kind.name])
            count = store.value(
                f"SELECT count(*) FROM record r WHERE {seen.sql} AND r.record IN (SELECT value FROM json_each(?))",  # noqa: S608
                (*seen.parameters, json.dumps(sorted(ids))),
            )
            counts.append(NamedBy(kind.name, int(count)))
    return [one for one in counts if one.count]


def _by(kind: Kind, name: str) -> Follower:
    return Follower(kind.name, (name,), (kind.name,))


def _aliases(
    store: Store, schema: Schema, person: Person, titles: Titles, found: Record, now: datetime | None
) -> list[Alias]:
    several = []
    for name in aliases_of(store, found.record):
        other = record_of(store, schema, name)
        if other is None or other.put_away is None or other.put_away.into is None:
            continue
        kept = _kept(schema, other, log.entries(store, name))
        values, at = values_of(store, other.kind, name), other.put_away.at
        is_young = now is None or now - read_instant(at) <= timedelta(days=limits.UNDO_MERGE_DAYS_MAX)
        may = all(decide_at(schema, person, "settle", one.kind, one.place).allowed for one in (found, other))
        several.append(
            Alias(
                record=name,
                into=other.put_away.into,
                title_zh=titles.of(other.kind, values, "zh"),
                title_en=titles.of(other.kind, values, "en"),
                values=values,
                at=at,
                by_name=titles.name(other.put_away.by),
                changes=_changes(titles, other, kept, other.put_away.revision),
                can_part=is_young and may,
            )
        )
    return several


def _duplicates(store: Store, schema: Schema, person: Person, titles: Titles, found: Record) -> list[Any]:
    others = (record_of(store, schema, other, with_claims=False) for other in found.duplicates)
    return [review_item(store, titles, other) for other in others if other is not None and sees(schema, person, other)]


def _household(store: Store, schema: Schema, person: Person, titles: Titles, found: Record) -> HouseholdView | None:
    """The record whose team this one follows: the home that everything is about."""
    if found.kind.team is None:
        return None
    kind, record = found.kind, str(found.record)
    for name in found.kind.team.split(".")[:-1]:
        value = values_of(store, kind, record).get(name)
        if value is None:
            return None
        kind, record = schema.kinds[str(kind.fields[name].of)], str(value)
    home = record_of(store, schema, record, with_claims=False)
    if home is None or home.record == found.record or not sees(schema, person, home):
        return None
    values = values_of(store, kind, record)
    phone = next((values.get(field.name) for field in kind.fields.values() if field.type == "phone"), None)
    return HouseholdView(record, titles.of(kind, values, "zh"), titles.of(kind, values, "en"), phone)
