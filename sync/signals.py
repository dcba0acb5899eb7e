"""Signals of a desk: records in which nothing moves, reviews that wait, and what was said about each.

Not here: phones that are silent (server/graphql/signals.py, which knows whose devices a person may see), and writing
down what is said, an ordinary save (schema/records/signal_note.toml). Nothing here adds up what one person did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from schema.model import Kind, Person, Schema, Signal, When
from sync.record import record_of, values_of
from sync.store.store import Store
from sync.tables import AT_MOST, quoted
from sync.times import CENTRE_ZONE, local_date, local_date_of, written
from sync.titles import Titles
from sync.visibility import Condition, seen_by

ITEMS_MAX = 50
REVIEW_DAYS = 3
REVIEW_OLD = "review.old"


@dataclass(frozen=True)
class Note:
    """What somebody said to a signal; until: it rests until that day, None for: it is known."""

    by_name: str
    on: str
    until: str | None
    reason: str


@dataclass(frozen=True)
class Raised:
    """One thing a signal is about. since: the day its days count from; raised_on: the day it became a signal."""

    subject: str
    kind: str | None
    title_zh: str
    title_en: str
    team: str | None
    since: str
    raised_on: str
    note: Note | None = None


@dataclass(frozen=True)
class Signals:
    """One signal: how many there are that nobody has answered, and the longest-standing of all of them."""

    rule: str
    zh: str
    en: str
    open: int
    answered: int
    items: list[Raised]


def signals(store: Store, schema: Schema, person: Person, now: datetime) -> list[Signals]:
    """What a person at a desk is told; for anybody else nothing."""
    if not is_at_desk(schema, person):
        return []
    today = local_date(now)
    with store.snapshot():
        titles = Titles(store, schema, person)
        found = [
            answered(store, titles, f"{kind.name}.{signal.name}", signal.words.zh, signal.words.en, raised, today)
            for kind in schema.kinds.values()
            for signal in kind.signals
            for raised in [_still(store, schema, titles, person, kind, signal, today)]
        ]
        waiting = _waiting(store, schema, titles, person, today)
        old = f"{REVIEW_DAYS} 天还没审的记录", f"Records not reviewed for {REVIEW_DAYS} days"
        return [*found, answered(store, titles, REVIEW_OLD, *old, waiting, today)]


def is_at_desk(schema: Schema, person: Person) -> bool:
    """Whether a person works at a desk in some role."""
    roles = {membership.role for membership in person.memberships}
    return any(schema.roles[role].home == "desk" for role in roles & schema.roles.keys())


def answered(
    store: Store, titles: Titles, rule: str, zh: str, en: str, raised: Iterable[Raised], today: date
) -> Signals:
    """A signal with what was said: what is known, or rests until a later day, is no open one."""
    notes = _notes(store, titles, rule)
    told = [replace(one, note=_holding(notes.get(one.subject), one.raised_on, today)) for one in raised]
    return Signals(
        rule=rule,
        zh=zh,
        en=en,
        open=sum(one.note is None for one in told),
        answered=sum(one.note is not None for one in told),
        items=sorted(told, key=lambda one: (one.note is not None, one.raised_on, one.subject))[:ITEMS_MAX],
    )


def _holding(note: Note | None, raised_on: str, today: date) -> Note | None:
    # What was said before it was raised again was about the time before.
    if note is None or note.on < raised_on:
        return None
    return note if note.until is None or note.until >= today.isoformat() else None


def _notes(store: Store, titles: Titles, rule: str) -> Mapping[str, Note]:
    rows = store.rows(
        "SELECT k.subject, r.created_by, r.delivered_at, k.until, k.reason"
        " FROM signal_note k JOIN record r ON r.record = k.record WHERE k.rule = ? ORDER BY r.delivered_at, k.record",
        (rule,),
    )
    # Of several the last one stands.
    return {subject: Note(titles.name(by), local_date_of(at), until, reason) for subject, by, at, until, reason in rows}


def _still(
    store: Store, schema: Schema, titles: Titles, person: Person, kind: Kind, signal: Signal, today: date
) -> list[Raised]:
    seen = seen_by(schema, person, [kind.name], "list")
    since = f"k.{quoted(signal.since)}"
    if signal.renewed_by is not None:
        other, reference, day = (quoted(name) for name in signal.renewed_by)
        # In both databases the larger of two texts, where either may be missing.
        newest = f"(SELECT max(m.{day}) FROM {other} m WHERE m.{reference} = k.record)"  # noqa: S608
        since = f"CASE WHEN {newest} > {since} THEN {newest} ELSE {since} END"
    met = _meets(kind, signal.when)
    ended = ""
    if signal.ended_by is not None:
        same, day = (quoted(name) for name in signal.ended_by)
        ended = (
            f" AND NOT EXISTS (SELECT 1 FROM {quoted(kind.name)} m WHERE m.{same} = k.{same}"  # noqa: S608
            f" AND m.record <> k.record AND m.{day} > k.{day})"
        )
    rows = store.rows(
        f"SELECT k.record, {since}, r.team FROM record r JOIN {quoted(kind.name)} k ON k.record = r.record"  # noqa: S608
        f" WHERE {seen.sql} AND {met.sql} AND {since} <= ?{ended} ORDER BY 2, k.record {AT_MOST}",
        (*seen.parameters, *met.parameters, (today - timedelta(days=signal.after_days)).isoformat(), COUNTED_MAX),
    )
    return _raised(store, schema, titles, rows, signal.after_days)


# More than anybody works through; what is beyond comes up when these are done.
COUNTED_MAX = 1000


def _meets(kind: Kind, when: When) -> Condition:
    parts, parameters = ["TRUE"], list[str]()
    for name, accepted in when.items():
        column = f"k.{quoted(name)}"
        if kind.states is not None and name == kind.states.field:
            column = f"coalesce({column}, ?)"
            parameters.append(kind.states.initial)
        parts.append(f"{column} IN ({', '.join('?' * len(accepted))})")
        parameters += [str(one) for one in accepted]
    return Condition(" AND ".join(parts), tuple(parameters))


def _waiting(store: Store, schema: Schema, titles: Titles, person: Person, today: date) -> list[Raised]:
    # Who only looks on is told too, by what they may see.
    reviewed = [kind.name for kind in schema.kinds.values() if kind.review]
    for verb in ("review", "list"):
        seen = seen_by(schema, person, reviewed, verb)
        before = datetime.combine(today - timedelta(days=REVIEW_DAYS - 1), time(), CENTRE_ZONE)
        rows = store.rows(
            "SELECT r.record, r.waiting_since, r.team FROM record r"  # noqa: S608
            f" WHERE r.review_state IN ('waiting', 'changed') AND r.waiting_since < ? AND {seen.sql}"
            f" ORDER BY r.waiting_since, r.record {AT_MOST}",
            (written(before), *seen.parameters, COUNTED_MAX),
        )
        if rows:
            break
    days = [(record, local_date_of(since), team) for record, since, team in rows]
    return _raised(store, schema, titles, days, REVIEW_DAYS)


def _raised(
    store: Store, schema: Schema, titles: Titles, rows: Iterable[tuple[str, ...]], after_days: int
) -> list[Raised]:
    found = []
    for at, (record, since, team) in enumerate(rows):
        # Only what is shown is read.
        one = record_of(store, schema, record, with_claims=False) if at < ITEMS_MAX * 2 else None
        values = values_of(store, one.kind, record) if one else {}
        found.append(
            Raised(
                subject=record,
                kind=one.kind.name if one else None,
                title_zh=titles.of(one.kind, values, "zh") if one else "",
                title_en=titles.of(one.kind, values, "en") if one else "",
                team=team,
                since=since,
                raised_on=(date.fromisoformat(since) + timedelta(days=after_days)).isoformat(),
            )
        )
    return found
