"""The lists and counts of a desk. Each judges in its own SQL what the person who asks may see.

Not here: one record in full (detail.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from schema.access import UNTOLD, Context, permissions_of
from schema.model import Claim, Kind, Person, Schema
from schema.view import view_of
from sync import leases, limits, log, returns, sampling
from sync.break_glass import unseen
from sync.held import CANNOT_VOUCH
from sync.overdue import overdue
from sync.put_away import names_of
from sync.record import COLUMNS, Record, live_claims, record_from, record_of, values_of
from sync.references import fields_naming_records, sees
from sync.save import save_key
from sync.shapes import Looking, RecordPage, RecordRow, ReviewItem, ReviewPage, TeamFigures, Workbench
from sync.store.store import Store
from sync.tables import AT_MOST, column_type, is_document, quoted
from sync.times import CENTRE_ZONE, local_date, local_date_of, read_instant, written
from sync.titles import Titles
from sync.verdicts import verdict_of
from sync.visibility import NOTHING, Condition, desk_scopes, seen_by
from sync.work_calendar import work_calendar

_RECORD = ", ".join(f"r.{name}" for name in COLUMNS)
_WAITING = "count(*), CAST(coalesce(sum(r.urgent), 0) AS INTEGER), min(r.waiting_since)"
_OLDEST_FIRST = "r.delivered_at, r.record"
_PASSES = "CASE WHEN r.record IN (SELECT value FROM json_each(?)) THEN 1 ELSE 0 END"
# tab -> the index that holds only such records, what a record must be, and the order in which it is looked at
TABS = {
    "waiting": (
        "record_review",
        "r.review_state IN ('waiting', 'changed')",
        # A return that was answered goes back to its reviewer before what is new, except what is urgent.
        "r.urgent DESC, coalesce(CAST(r.review ->> 'answered' AS TEXT), '') IN ('1', 'true') DESC,"
        " r.waiting_since, r.record",
    ),
    "returned": ("record_review", "r.review_state = 'returned'", _OLDEST_FIRST),
    # Nobody looked at these; somebody still may.
    "passed": ("record_review", "r.review_state = 'passed'", "r.delivered_at DESC, r.record"),
    # What lies behind the time that answers to returns take.
    "answered": ("", returns.ANSWERED_LATELY, "r.delivered_at DESC, r.record"),
    "conflicts": ("record_conflicts", "r.conflicts > 0", _OLDEST_FIRST),
    "duplicates": ("record_duplicates", "r.duplicates <> '[]'", _OLDEST_FIRST),
}


def record_row(
    store: Store, schema: Schema, person: Person, record: str, context: Context = UNTOLD
) -> RecordRow | None:
    """One record, or None when the person may not see it or it does not exist."""
    with store.snapshot():
        found = record_of(store, schema, record, with_claims=False)
        if found is None or not sees(schema, person, found, context=context):
            return None
        return _row(Titles(store, schema, person), found, values_of(store, found.kind, record))


def records(
    store: Store,
    schema: Schema,
    person: Person,
    kind: str,
    where: Mapping[str, Any] | None = None,
    first: int = 50,
    after: str | None = None,
    context: Context = UNTOLD,
    text: str = "",
    sort: str | None = None,
) -> RecordPage:
    """A list of one kind in its declared order, of what the person may see.

    where  {field: value} | {field: [values]} | {field: {"from": ..., "to": ...}} (either end, both included)
    after  `next` of the page before; anything else starts at the beginning
    text   in what is searched as words or a place, or how a name is written or begins in pinyin
    sort   another order: a field of `sortable_fields`, with - before it from the end
    """
    declared = schema.kinds[kind]
    seen = seen_by(schema, person, [kind], context=context)
    narrowed = _narrowed(declared, _with_aliases(store, declared, where or {}))
    source = f"FROM record r CROSS JOIN {quoted(kind)} k ON k.record = r.record"
    if narrowed.parameters:
        source = f"FROM {quoted(kind)} k CROSS JOIN record r ON r.record = k.record"
    found_by = _found_by(declared, text)
    condition = f"{source} WHERE {seen.sql} AND {narrowed.sql} AND {found_by.sql}"
    parameters = (*seen.parameters, *narrowed.parameters, *found_by.parameters)
    order = _order(declared, sort)
    begin, count = _page(first, after)
    with store.snapshot():
        total = store.value(f"SELECT count(*) {condition}", parameters)
        # Only names are sorted; the rows, with their documents, are read for one page.
        names = store.rows(
            f"SELECT r.record {condition} ORDER BY {order} {AT_MOST} OFFSET ?",
            (*parameters, count, begin),
        )
        titles = Titles(store, schema, person)
        found = [record_of(store, schema, name, with_claims=False) for (name,) in names]
        items = [_row(titles, one, values_of(store, declared, one.record)) for one in found if one is not None]
    return RecordPage(items, total, _next(begin, len(items), total))


def review_items(
    store: Store,
    schema: Schema,
    person: Person,
    tab: str,
    kinds: Sequence[str] | None = None,
    first: int = 50,
    after: str | None = None,
    team: str | None = None,
    now: datetime | None = None,
) -> ReviewPage:
    """What waits for a person who reviews or settles, most pressing first; what passes by itself comes last.

    tab   waiting | conflicts | duplicates | returned | held | passed | answered (within 30 days, after a return)
    team  only what belongs to this team; held saves are not narrowed by it
    now   where it is to be said who looks at what just now, and for the tab "answered"
    Who decides on nothing, as a director, looks at the lists of what they may see.
    """
    begin, count = _page(first, after)
    with store.snapshot():
        if tab == "held":
            return _held_page(store, schema, person, kinds, begin, count)
        order = TABS[tab][2]
        seen = seen_by(schema, person, _kinds(schema, kinds), _verb(schema, person, tab))
        if team is not None:
            seen = Condition(f"{seen.sql} AND r.team = ?", (*seen.parameters, team))
        condition = _of_tab(tab, seen)
        parameters = seen.parameters
        if tab == "answered":
            parameters = (returns.since(now) if now else "", *parameters)
        total = store.value(f"SELECT count(*) {condition}", parameters)
        passing = _passing(store, schema, person) if tab == "waiting" else {}
        last: tuple[Any, ...] = ()
        if passing:
            order, last = f"{_PASSES}, {order}", (json.dumps([*passing]),)
        rows = store.rows(
            f"SELECT {_RECORD} {condition} ORDER BY {order} {AT_MOST} OFFSET ?",
            (*parameters, *last, count, begin),
        )
        titles = Titles(store, schema, person)
        found = [record_from(schema, row) for row in rows]
        held = leases.holders(store, [one.record for one in found], now) if now else {}
        items = [
            replace(
                review_item(store, titles, one),
                passes_at=passing[one.record][1] if one.record in passing else None,
                looking=looking(titles, held.get(one.record)),
            )
            for one in found
        ]
    return ReviewPage(items, total, _next(begin, len(items), total))


def looking(titles: Titles, lease: leases.Lease | None) -> Looking | None:
    """Who looks at a record, as a desk is told."""
    return None if lease is None else Looking(lease.record, lease.person, titles.name(lease.person), lease.until)


def _passing(store: Store, schema: Schema, person: Person) -> dict[str, tuple[sampling.Setting, str]]:
    by_centre = (sampling.passing(store, schema, centre) for centre in _centres(person))
    return {record: found for passing in by_centre for record, found in passing.items()}


def workbench(store: Store, schema: Schema, person: Person, now: datetime) -> Workbench:
    """The counts of what the person has to look at.

    hours_waiting counts waiting records of kinds that an approval locks: certified hours, in the kinds of a centre;
    openings, what was opened in an emergency and nobody who answers for it has read; overdue, what is over a clock that
    still runs.
    """
    kinds = list(schema.kinds)
    locking = [kind.name for kind in schema.kinds.values() if kind.review and kind.review.locks]
    midnight = datetime.combine(local_date(now), time(), CENTRE_ZONE)
    with store.snapshot():
        reviewed = seen_by(schema, person, kinds, _verb(schema, person, "waiting"))
        count, urgent, oldest = store.rows(
            f"SELECT {_WAITING} {_of_tab('waiting', reviewed)}",
            reviewed.parameters,
        )[0]
        days = work_calendar(store, schema, person.centre, local_date(now))
        answered, median_days = returns.loop(store, reviewed, days, now)
        return Workbench(
            waiting=count,
            oldest_waiting_hours=_hours_since(oldest, now),
            conflicts=_count(store, "conflicts", seen_by(schema, person, kinds, _verb(schema, person, "conflicts"))),
            duplicates=_count(store, "duplicates", seen_by(schema, person, kinds, _verb(schema, person, "duplicates"))),
            returned=_count(store, "returned", reviewed),
            held=_held_count(store, schema, person, None),
            passed=_count(store, "passed", reviewed),
            answered=answered,
            answer_median_days=median_days,
            urgent=urgent,
            hours_waiting=_count(store, "waiting", seen_by(schema, person, locking, _verb(schema, person, "waiting"))),
            openings=unseen(store, schema, person),
            overdue=overdue(store, schema, person, now),
            reviewed_today=store.value(
                "SELECT count(*) FROM log WHERE entry = 'decision' AND person = ? AND received_at >= ?"
                " AND status = 'accepted'",
                (person.person, written(midnight)),
            ),
        )


def team_figures(store: Store, schema: Schema, person: Person, now: datetime) -> list[TeamFigures]:
    """What waits, team by team, for somebody who looks on over a whole centre; for anybody else nothing."""
    if not is_onlooker(schema, person):
        return []
    seen = seen_by(schema, person, list(schema.kinds), "count")
    with store.snapshot():
        waiting = _by_team(store, "waiting", seen, _WAITING)
        others = {tab: _by_team(store, tab, seen, "count(*)") for tab in ("returned", "conflicts", "duplicates")}
        held = _held_by_team(store, person)
        found = []
        known = [(row[0], row[1]) for centre in _centres(person) for row in _teams(store, centre)]
        for team, name in [*known, (None, None)]:
            count, urgent, oldest = waiting.get(team, (0, 0, None))
            counts = {tab: rows.get(team, (0,))[0] for tab, rows in others.items()}
            figures = TeamFigures(
                team=team,
                team_name=name,
                waiting=count,
                oldest_waiting_hours=_hours_since(oldest, now),
                urgent=urgent,
                held=held.get(team, 0),
                **counts,
            )
            if team is not None or figures.waiting or figures.held or any(counts.values()):
                found.append(figures)
        return found


def _hours_since(instant: str | None, now: datetime) -> int | None:
    return None if instant is None else int((now - read_instant(instant)) / timedelta(hours=1))


def _centres(person: Person) -> list[str]:
    return list(dict.fromkeys(membership.centre for membership in person.memberships))


def _teams(store: Store, centre: str) -> list[tuple[str, str]]:
    return [
        (row[0], row[1]) for row in store.rows("SELECT team, name FROM team WHERE centre = ? ORDER BY team", (centre,))
    ]


def _by_team(store: Store, tab: str, seen: Condition, columns: str) -> dict[str | None, tuple[Any, ...]]:
    rows = store.rows(f"SELECT r.team, {columns} {_of_tab(tab, seen)} GROUP BY r.team", seen.parameters)
    return {row[0]: row[1:] for row in rows}


def _held_by_team(store: Store, person: Person) -> dict[str | None, int]:
    """Open held saves by the first team that is shown them; how many there are is no secret of anybody's words."""
    centres = _centres(person)
    mine = {row[0] for centre in centres for row in _teams(store, centre)}
    counts: dict[str | None, int] = {}
    for (scopes,) in store.rows("SELECT scopes FROM held WHERE open = 1"):
        names = [scope.split(":") for scope in json.loads(scopes)]
        teams = sorted({name[1] for name in names if name[0] == "team"} & mine)
        if teams or any(name[0] == "centre" and name[1] in centres for name in names):
            team = teams[0] if teams else None
            counts[team] = counts.get(team, 0) + 1
    return counts


def held_saves(store: Store, schema: Schema, person: Person, first: int = 50, after: str | None = None) -> ReviewPage:
    """The held saves that a person answers for and that nobody has dealt with, oldest first."""
    return review_items(store, schema, person, "held", None, first, after)


def review_item(store: Store, titles: Titles, found: Record) -> ReviewItem:
    """One record as a review list shows it."""
    values = values_of(store, found.kind, found.record)
    fields = store.rows("SELECT field_key FROM conflict WHERE record = ? ORDER BY field_key", (found.record,))
    since = baseline(store, found)
    later = {save_key(client) for client in log.clients_after(store, found.record, since)}
    changed = {claim.field_key for claim in live_claims(store, found) if claim.save_key in later} if later else set()
    return ReviewItem(
        record=found.record,
        kind=found.kind.name,
        title_zh=titles.of(found.kind, values, "zh"),
        title_en=titles.of(found.kind, values, "en"),
        author=found.author,
        author_name=titles.name(found.author),
        happened_on=found.happened_on,
        delivered_at=found.delivered_at,
        revision=found.revision,
        state=found.review.state if found.review else None,
        urgent=found.urgent,
        conflicts=[row[0] for row in fields],
        duplicates=list(found.duplicates),
        changed=sorted(changed),
        late_days=_late_days(found.happened_on, found.waiting_since or found.delivered_at),
        values=values,
        answered=found.review is not None and found.review.answered,
    )


def baseline(store: Store, found: Record) -> int:
    """The revision that changes are shown since: the return that was answered, so that the answer alone is read; else
    the last approval that stands, else the first save of the record.
    """
    if found.review and found.review.state == "waiting" and found.review.answered:
        answered = returns.last_answered(store, found.record)
        if answered is not None:
            return answered
    if found.review and found.review.state in ("approved", "changed"):
        return found.review.revision
    last = log.last_approval(store, found.record)
    if last is not None:
        return last
    return log.first_revision(store, found.record)


def _verb(schema: Schema, person: Person, tab: str) -> str:
    if is_onlooker(schema, person):
        return "list"
    return {"conflicts": "settle", "duplicates": "settle_or_review"}.get(tab, "review")


def is_onlooker(schema: Schema, person: Person) -> bool:
    """Whether somebody at a desk decides on nothing, or only where they stand in: a director, a window clerk."""
    roles = {membership.role for membership in person.memberships}
    decides = any(
        role in permissions_of(schema, "settle", kind)
        or (role in permissions_of(schema, "review", kind) and not (kind.review and role in kind.review.stands_in))
        for kind in schema.kinds.values()
        for role in roles
    )
    return not decides and any(role in schema.roles and schema.roles[role].home == "desk" for role in roles)


def _of_tab(tab: str, seen: Condition) -> str:
    index, state, _ = TABS[tab]
    # The index is named because the planner guesses that most records are doubles; hardly any are. Where nothing can
    # be seen it drops the condition, and then could not use the index.
    named = "" if seen.sql == NOTHING.sql or not index else f"INDEXED BY {index}"
    return f"FROM record r {named} WHERE {state} AND {seen.sql}"


def _count(store: Store, tab: str, seen: Condition) -> int:
    return int(store.value(f"SELECT count(*) {_of_tab(tab, seen)}", seen.parameters))


def _row(titles: Titles, found: Record, values: dict[str, Any]) -> RecordRow:
    return RecordRow(
        record=found.record,
        kind=found.kind.name,
        revision=found.revision,
        values=values,
        standing=found.standing(),
        title_zh=titles.of(found.kind, values, "zh"),
        title_en=titles.of(found.kind, values, "en"),
    )


def _with_aliases(store: Store, kind: Kind, where: Mapping[str, Any]) -> dict[str, Any]:
    """The same narrowing, where what names a record also names it by the records that it was found to be."""
    found = dict(where)
    for name in fields_naming_records(kind):
        wanted = where.get(name)
        if isinstance(wanted, str | list | tuple):
            named = [wanted] if isinstance(wanted, str) else wanted
            several = list(dict.fromkeys(other for one in named for other in names_of(store, one)))
            found[name] = wanted if several == [wanted] else several
    return found


def _narrowed(kind: Kind, where: Mapping[str, Any]) -> Condition:
    parts, parameters = ["TRUE"], list[Any]()
    for name, wanted in where.items():
        if is_document(kind.fields[name]):
            raise ValueError(f"{kind.name}.{name} cannot be searched by value")
        column = f"k.{quoted(name)}"
        if isinstance(wanted, Mapping):
            for end, sign in (("from", ">="), ("to", "<=")):
                if wanted.get(end) is not None:
                    parts.append(f"{column} {sign} ?")
                    parameters.append(wanted[end])
        elif isinstance(wanted, list | tuple):
            # Through one parameter, whatever their number; a yes or no is kept as a number.
            is_number = column_type(kind.fields[name]) == "INTEGER"
            value = "CAST(value AS BIGINT)" if is_number else "value"
            parts.append(f"{column} IN (SELECT {value} FROM json_each(?))")  # noqa: S608
            parameters.append(json.dumps([int(one) if is_number else one for one in wanted]))
        else:
            parts.append(f"{column} IS NOT DISTINCT FROM ?")
            parameters.append(wanted)
    return Condition(" AND ".join(parts), tuple(parameters))


def sortable_fields(kind: Kind) -> tuple[str, ...]:
    """The fields by which a list may be asked in another order: those whose values are in one that people know."""
    return tuple(field.name for field in kind.fields.values() if field.type in ("text", "date", "integer", "choice"))


def _found_by(kind: Kind, text: str) -> Condition:
    wanted = text.strip().lower()
    if not wanted:
        return Condition("TRUE", ())
    within = "%" + wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = [f"k.{quoted(field.name)}" for field in kind.fields.values() if field.search in ("name", "words")]
    place = [f"coalesce(k.{quoted(one.name)}, '')" for one in kind.fields.values() if one.search == "place"]
    if place:
        columns.append(" || '-' || ".join(place))
    parts = [f"lower({column}) LIKE ? ESCAPE '\\'" for column in columns]
    # Pinyin, and after a blank the initials; each from its beginning.
    parts += ["r.search LIKE ? ESCAPE '\\'", "r.search LIKE ? ESCAPE '\\'"]
    beginning = within[1:]
    return Condition(f"({' OR '.join(parts)})", (*[within] * len(columns), beginning, f"% {beginning}"))


def _order(kind: Kind, sort: str | None = None) -> str:
    by = kind.list_sort
    if sort is not None:
        if sort.removeprefix("-") not in sortable_fields(kind):
            raise ValueError(f"{kind.name} is not sorted by {sort}")
        by = (sort, *(name for name in kind.list_sort if name != sort))
    columns = [
        f"k.{quoted(name.removeprefix('-'))} {'DESC NULLS LAST' if name.startswith('-') else 'ASC NULLS FIRST'}"
        for name in by
    ]
    return ", ".join([*columns, "k.record"])


def _page(first: int, after: str | None) -> tuple[int, int]:
    """Where a page begins and how long it is. A cursor that is none starts at the beginning."""
    is_cursor = after is not None and after.isascii() and after.isdecimal() and len(after) < 10
    begin = int(after) if after is not None and is_cursor else 0
    return min(begin, limits.LIST_OFFSET_MAX), min(max(first, 1), limits.LIST_FIRST_MAX)


def _next(begin: int, found: int, total: int) -> str | None:
    return str(begin + found) if found and begin + found < total else None


def _kinds(schema: Schema, kinds: Sequence[str] | None) -> list[str]:
    return [name for name in schema.kinds if kinds is None or name in kinds]


def _late_days(happened_on: str | None, delivered_at: str) -> int:
    if happened_on is None:
        return 0
    late = date.fromisoformat(local_date_of(delivered_at)) - date.fromisoformat(happened_on)
    return max(0, late.days)


def _held_condition(schema: Schema, person: Person, kinds: Sequence[str] | None) -> Condition:
    sql = "open = 1 AND EXISTS (SELECT 1 FROM json_each(scopes) WHERE value IN (SELECT value FROM json_each(?)))"
    scopes = json.dumps(desk_scopes(person))
    if kinds is None:
        return Condition(sql, (scopes,))
    by_kind = f"{sql} AND kind IN (SELECT value FROM json_each(?))"  # noqa: S608
    return Condition(by_kind, (scopes, json.dumps(list(kinds))))


def _held_count(store: Store, schema: Schema, person: Person, kinds: Sequence[str] | None) -> int:
    shown = _held_condition(schema, person, kinds)
    return int(store.value(f"SELECT count(*) FROM held WHERE {shown.sql}", shown.parameters))  # noqa: S608


def _held_page(
    store: Store, schema: Schema, person: Person, kinds: Sequence[str] | None, begin: int, count: int
) -> ReviewPage:
    shown = _held_condition(schema, person, kinds)
    total = _held_count(store, schema, person, kinds)
    rows = store.rows(
        f"SELECT save FROM held WHERE {shown.sql} ORDER BY position {AT_MOST} OFFSET ?",  # noqa: S608
        (*shown.parameters, count, begin),
    )
    titles = Titles(store, schema, person)
    items = [_held_item(store, schema, person, titles, row[0]) for row in rows]
    return ReviewPage(items, total, _next(begin, len(items), total))


def _held_item(store: Store, schema: Schema, person: Person, titles: Titles, save: str) -> ReviewItem:
    entry = log.entry_of(store, save)
    if entry is None or entry.problem is None:
        raise ValueError(f"held save {save} has no entry in the log")
    kept = verdict_of(store, save)
    problem = kept.problem if kept and kept.verdict == "keep" else entry.problem
    body = json.loads(entry.body)
    is_read = entry.problem.code not in CANNOT_VOUCH
    kind = schema.kinds.get(body["kind"]) if is_read else None
    found = record_of(store, schema, entry.record, with_claims=False) if entry.record else None
    if found is not None and not sees(schema, person, found):
        found = None
    values: dict[str, Any] = {}
    if kind is not None:
        claims = [Claim(key, "", value, body["made_at"], entry.person) for key, value in body["set"].items()]
        values = view_of(kind, claims).values
    known = values_of(store, found.kind, found.record) if found else {}
    named = found.kind if found else kind
    return ReviewItem(
        record=entry.record or "",
        kind=named.name if named else None,
        title_zh=titles.of(named, {**values, **known}, "zh") if named else "",
        title_en=titles.of(named, {**values, **known}, "en") if named else "",
        author=entry.person,
        author_name=titles.name(entry.person),
        happened_on=found.happened_on if found else None,
        delivered_at=entry.received_at,
        revision=found.revision if found else 0,
        state="held",
        urgent=False,
        conflicts=[],
        duplicates=[],
        changed=sorted(body["set"]) if is_read else [],
        late_days=0,
        values=values,
        problem=problem,
        save=entry.id,
    )
