"""What is to be destroyed, as one person proposes it and a second one confirms: which records and why, never their
words; and the certificate of what became of it.

Not here: destroying (destroy.py), which only the operator's command does, and who may propose or confirm
(schema/permissions.toml).
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from schema.access import Context, is_hidden
from schema.model import Person, Problem, Schema
from sync.holds import REASON_CHARACTERS_MAX, REASON_CHARACTERS_MIN, is_reason, with_naming
from sync.kept_back import kept_back
from sync.record import record_of
from sync.references import sees
from sync.retention import Due, due
from sync.store.store import Row, Store
from sync.times import read_instant, written

# More stay due, for the next time.
RECORDS_MAX = 5000
# A proposal that nobody has confirmed by then is made anew: what is due has changed.
OPEN_DAYS = 14
RECENT_MAX = 50
# Shown to whoever confirms; of more they see the number.
LISTED_MAX = 200
_COLUMNS = (
    "id, centre, ground, kinds, records, reason, person, made_at, confirmed_by, confirmed_at, refused_by, refused_at,"
    " begun_at, done_at, certificate"
)


@dataclass(frozen=True)
class Certificate:
    """What was destroyed, in numbers: records by kind, entries of the log, files; how many stayed, and the log's head
    before and after. What nobody may know of is counted in `entries` alone."""

    records: Mapping[str, int]
    stayed: int
    entries: int
    files: int
    head_before: str
    head_after: str


@dataclass(frozen=True)
class Destruction:
    """One proposal and what became of it. ground: retention (the years are over) | request (whom it is about asks)."""

    id: str
    centre: str
    ground: str
    kinds: tuple[str, ...]
    records: tuple[str, ...]
    reason: str
    person: str
    made_at: str
    confirmed_by: str | None = None
    confirmed_at: str | None = None
    refused_by: str | None = None
    refused_at: str | None = None
    begun_at: str | None = None
    done_at: str | None = None
    certificate: Certificate | None = None

    @property
    def number(self) -> str:
        """What stands on its certificate, short enough to be read out."""
        return self.id[-8:].upper()

    def state(self, now: datetime) -> str:
        """waiting (for a second person) | confirmed | begun | done | refused | over."""
        if self.done_at is not None:
            return "done"
        if self.begun_at is not None:
            return "begun"
        if self.refused_at is not None:
            return "refused"
        if self.confirmed_at is not None:
            return "confirmed"
        return "over" if now - read_instant(self.made_at) > timedelta(days=OPEN_DAYS) else "waiting"


def ready(store: Store, schema: Schema, centre: str, kinds: Collection[str], now: datetime) -> list[str]:
    """The records of these kinds that are due and that nothing keeps back, those due longest first."""
    return free_of(store, schema, due(store, schema, centre, now), kinds)


def free_of(store: Store, schema: Schema, found: Collection[Due], kinds: Collection[str]) -> list[str]:
    """Of what is due, the records of these kinds that nothing keeps back.

    What is hidden goes with what it names, unasked: nobody is told that it was there.
    """
    chosen = [record for one in found if one.kind in kinds for record in one.records][:RECORDS_MAX]
    hidden = {record for one in found if is_hidden(schema, schema.kinds[one.kind]) for record in one.records}
    chosen += sorted(hidden & with_naming(store, schema, chosen))
    kept = kept_back(store, schema, chosen)
    return [record for record in chosen if record not in kept]


def propose(
    store: Store, schema: Schema, person: Person, id: str, kinds: Collection[str], reason: str, now: datetime
) -> Destruction | Problem:
    """Propose to destroy what is due of some kinds and nothing keeps back; in the transaction that is open."""
    refused = _refused(store, reason)
    if refused is not None:
        return refused
    if not all(name in schema.kinds and not is_hidden(schema, schema.kinds[name]) for name in kinds):
        return Problem("not_found")
    records = ready(store, schema, person.centre, kinds, now)
    if not records:
        return Problem("nothing_to_destroy")
    return _noted(store, person, id, "retention", kinds, records, reason, now)


def propose_for(
    store: Store, schema: Schema, person: Person, id: str, record: str, reason: str, now: datetime, context: Context
) -> Destruction | Problem:
    """Propose to destroy a record that somebody asks to have destroyed, with all that names it, or nothing of it.

    Refused `kept_by_law` where a class of it is kept for ever or for a number of years that a statute names, and these
    are not over; `kept_back` where something else keeps a part of it.
    """
    refused = _refused(store, reason)
    if refused is not None:
        return refused
    found = record_of(store, schema, record, with_claims=False)
    if (
        found is None
        or is_hidden(schema, found.kind)
        or found.centre != person.centre
        or not sees(schema, person, found, "list", context)
    ):
        return Problem("not_found")
    records = sorted(with_naming(store, schema, {record}))
    kinds = kinds_of(store, records)
    if len(records) > RECORDS_MAX:
        return Problem("kept_back", details={"reason": "too_many"})
    over = {one for entry in due(store, schema, person.centre, now) for one in entry.records}
    for name, kind in kinds.items():
        retention = schema.retention[schema.kinds[kind].retention.name]
        if name not in over and (retention.years is None or retention.statutory):
            return Problem("kept_by_law")
    kept = kept_back(store, schema, records)
    if kept:
        return Problem("kept_back", details={"reason": sorted(kept.values())[0]})
    shown = sorted({kind for kind in kinds.values() if not is_hidden(schema, schema.kinds[kind])})
    return _noted(store, person, id, "request", shown, records, reason, now)


def confirm(store: Store, person: Person, id: str, now: datetime) -> Destruction | Problem:
    """A second person of the same centre confirms; never the one who proposed. Then the command may destroy."""
    found = _of(store, person.centre, id)
    if found is None or found.state(now) != "waiting":
        return Problem("not_found")
    if found.person == person.person:
        return Problem("needs_another_person")
    sql = "UPDATE destruction SET confirmed_by = ?, confirmed_at = ? WHERE id = ?"
    store.execute(sql, (person.person, written(now), id))
    return _of(store, person.centre, id) or Problem("not_found")


def refuse(store: Store, person: Person, id: str, now: datetime) -> Destruction | Problem:
    """Stop a proposal, one's own or another's, as long as nothing of it was begun."""
    found = _of(store, person.centre, id)
    if found is None or found.state(now) not in ("waiting", "confirmed"):
        return Problem("not_found")
    sql = "UPDATE destruction SET refused_by = ?, refused_at = ? WHERE id = ?"
    store.execute(sql, (person.person, written(now), id))
    return _of(store, person.centre, id) or Problem("not_found")


def recent(store: Store, centre: str) -> list[Destruction]:
    """The newest of a centre, newest first."""
    sql = f"SELECT {_COLUMNS} FROM destruction WHERE centre = ? ORDER BY made_at DESC, id DESC LIMIT {RECENT_MAX}"  # noqa: S608
    return [_destruction(row) for row in store.rows(sql, (centre,))]


def to_be_done(store: Store) -> list[Destruction]:
    """What was begun and not finished, then what two people agreed to, oldest first."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM destruction"  # noqa: S608
        " WHERE confirmed_at IS NOT NULL AND refused_at IS NULL AND done_at IS NULL"
        " ORDER BY CASE WHEN begun_at IS NULL THEN 1 ELSE 0 END, confirmed_at, id"
    )
    return [_destruction(row) for row in rows]


def still_to_go(store: Store, schema: Schema, destruction: Destruction, now: datetime) -> list[str]:
    """Those of its records that may still be destroyed today, with what is hidden and names them."""
    if destruction.ground == "retention":
        proposed = set(destruction.records)
        free = ready(store, schema, destruction.centre, destruction.kinds, now)
        return [record for record in free if record in proposed]
    there = kinds_of(store, destruction.records)
    records = [record for record in destruction.records if record in there]
    kept = kept_back(store, schema, records)
    return [record for record in records if record not in kept]


def shown_of(store: Store, schema: Schema, destruction: Destruction) -> dict[str, int]:
    """How many of its records there are of each kind, without what is hidden."""
    kinds = Counter(kinds_of(store, destruction.records).values())
    return {name: kinds[name] for name in sorted(kinds) if not is_hidden(schema, schema.kinds[name])}


def listed(store: Store, schema: Schema, centre: str, id: str) -> list[tuple[str, str]]:
    """The first records of a proposal that are there, and their kinds, for whoever looks; without what is hidden."""
    found = _of(store, centre, id)
    if found is None:
        return []
    kinds = kinds_of(store, found.records)
    shown = [(name, kinds[name]) for name in found.records if name in kinds]
    return [one for one in shown if not is_hidden(schema, schema.kinds[one[1]])][:LISTED_MAX]


def note_begun(store: Store, destruction: Destruction, certificate: Certificate, now: datetime) -> None:
    """From here on it is finished, whatever happens."""
    sql = "UPDATE destruction SET begun_at = ?, certificate = ? WHERE id = ?"
    store.execute(sql, (written(now), json.dumps(asdict(certificate)), destruction.id))


def note_done(store: Store, id: str, now: datetime) -> Destruction:
    """Nothing of it is left; its certificate."""
    store.execute("UPDATE destruction SET done_at = ? WHERE id = ?", (written(now), id))
    (row,) = store.rows(f"SELECT {_COLUMNS} FROM destruction WHERE id = ?", (id,))  # noqa: S608
    return _destruction(row)


def _refused(store: Store, reason: str) -> Problem | None:
    if store.sealing is None:
        return Problem("destroy_not_here")
    if not is_reason(reason):
        return Problem("needs_a_sentence", "reason", {"min": REASON_CHARACTERS_MIN, "max": REASON_CHARACTERS_MAX})
    return None


def kinds_of(store: Store, records: Collection[str]) -> dict[str, str]:
    """The kind of each of these records that is there."""
    sql = "SELECT record, kind FROM record WHERE record IN (SELECT value FROM json_each(?))"
    return dict(store.rows(sql, (json.dumps(list(records)),)))


def _noted(
    store: Store,
    person: Person,
    id: str,
    ground: str,
    kinds: Collection[str],
    records: Collection[str],
    reason: str,
    now: datetime,
) -> Destruction:
    found = Destruction(
        id, person.centre, ground, tuple(kinds), tuple(records), reason.strip(), person.person, written(now)
    )
    store.execute(
        "INSERT INTO destruction (id, centre, ground, kinds, records, reason, person, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            id,
            found.centre,
            ground,
            json.dumps(found.kinds),
            json.dumps(found.records),
            found.reason,
            found.person,
            found.made_at,
        ),
    )
    return found


def _of(store: Store, centre: str, id: str) -> Destruction | None:
    row = store.row(f"SELECT {_COLUMNS} FROM destruction WHERE id = ? AND centre = ?", (id, centre))  # noqa: S608
    return None if row is None else _destruction(row)


def _destruction(row: Row) -> Destruction:
    return Destruction(
        id=row[0],
        centre=row[1],
        ground=row[2],
        kinds=tuple(json.loads(row[3])),
        records=tuple(json.loads(row[4])),
        reason=row[5],
        person=row[6],
        made_at=row[7],
        confirmed_by=row[8],
        confirmed_at=row[9],
        refused_by=row[10],
        refused_at=row[11],
        begun_at=row[12],
        done_at=row[13],
        certificate=None if row[14] is None else Certificate(**json.loads(row[14])),
    )
