"""Undoing an import of a register within seven days: what it made leaves the lists, but for what somebody works with.

Nothing is deleted: an archived record keeps its page and comes back with the first change. Not here: the import itself
(server/register_desk.py), and what archiving does (sync/decide.py).
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schema.model import Person, Problem, Schema
from server.register import IMPORT_NAME
from server.register_plan import Entropy, new_id
from sync import limits
from sync.decide import put_away
from sync.references import fields_naming_records
from sync.store.store import Store
from sync.tables import quoted
from sync.times import read_instant, written
from sync.titles import Titles

BECAUSE = "import_undone"
# Of what stays, so many are named; more are counted.
KEPT_SHOWN = 200


@dataclass(frozen=True)
class Imported:
    """One import: who brought it in and when, how much of it is in the lists, and until when it can be undone."""

    id: str
    at: str
    by_name: str
    households: int
    residents: int
    until: str


@dataclass(frozen=True)
class Kept:
    """A record that stays because somebody works with it."""

    record: str
    kind: str
    title_zh: str
    title_en: str


@dataclass
class Undone:
    """What an undoing put away, and what it left; `kept_more`: how many it left besides those that are named."""

    problem: Problem | None = None
    households: int = 0
    residents: int = 0
    kept: list[Kept] = field(default_factory=list)
    kept_more: int = 0


def imports(store: Store, person: Person, now: datetime) -> list[Imported]:
    """The imports of this person's centre that can still be undone, the newest first."""
    since = written(now - timedelta(days=limits.UNDO_IMPORT_DAYS_MAX))
    rows = store.rows(
        "SELECT d.device, d.added_at, p.name FROM device d JOIN person p ON p.person = d.person"
        " WHERE d.name LIKE ? AND d.added_at >= ? AND p.centre = ? ORDER BY d.added_at DESC, d.device",
        (f"{IMPORT_NAME} %", since, person.centre),
    )
    found = []
    for device, added_at, name in rows:
        made = _made_by(store, device)
        until = written(read_instant(added_at) + timedelta(days=limits.UNDO_IMPORT_DAYS_MAX))
        found.append(Imported(device, added_at, name, len(made["household"]), len(made["resident"]), until))
    return found


def undo(store: Store, schema: Schema, person: Person, id: str, now: datetime, entropy: Entropy) -> Undone:
    """Put away what the import of this id made and nobody works with; asked again, it finds nothing more to do."""
    added = store.row(
        "SELECT d.added_at FROM device d JOIN person p ON p.person = d.person"
        " WHERE d.device = ? AND d.name LIKE ? AND p.centre = ?",
        (id, f"{IMPORT_NAME} %", person.centre),
    )
    if added is None:
        return Undone(Problem("not_found"))
    if now - read_instant(added[0]) > timedelta(days=limits.UNDO_IMPORT_DAYS_MAX):
        return Undone(Problem("import_is_old", details={"days_max": limits.UNDO_IMPORT_DAYS_MAX}))
    with store.atomic():
        made = _made_by(store, id)
        worked_on = _worked_on(store, schema, id, made)
        done, stays = Undone(), list[tuple[str, str]]()
        # Who lives there leaves before the home does.
        for kind in ("resident", "household"):
            for record in made[kind]:
                is_kept = record in worked_on
                asked = (store, schema, person, new_id(now, entropy), record, "away", BECAUSE, now)
                if is_kept or isinstance(put_away(*asked), Problem):
                    stays.append((record, kind))
                elif kind == "household":
                    done.households += 1
                else:
                    done.residents += 1
        titles = Titles(store, schema, person)
        for record, name in stays:
            # What is not theirs to see is counted, and not named.
            zh, en = (titles.called(name, record, language) for language in ("zh", "en"))
            if zh is None or en is None or len(done.kept) == KEPT_SHOWN:
                done.kept_more += 1
            else:
                done.kept.append(Kept(record, name, zh, en))
        return done


def _made_by(store: Store, device: str) -> dict[str, list[str]]:
    """What an import made that is still in the lists, by kind."""
    made: dict[str, list[str]] = {"household": [], "resident": []}
    sql = (
        "SELECT kind, record FROM record WHERE record IN (SELECT record FROM log WHERE device = ?)"
        " AND put_away IS NULL ORDER BY record"
    )
    for kind, record in store.rows(sql, (device,)):
        made[kind].append(record)
    return made


def _worked_on(store: Store, schema: Schema, device: str, made: dict[str, list[str]]) -> set[str]:
    """What somebody wrote in since or named, and the home of whoever stays."""
    ids = json.dumps([record for several in made.values() for record in several])
    mine = "(SELECT value FROM json_each(?))"
    found = {
        row[0]
        for row in store.rows(
            f"SELECT DISTINCT record FROM log WHERE record IN {mine} AND device <> ?",  # noqa: S608
            (ids, device),
        )
    }
    for kind in schema.kinds.values():
        for name in fields_naming_records(kind):
            column = quoted(name)
            sql = (
                f"SELECT DISTINCT {column} FROM {quoted(kind.name)}"  # noqa: S608
                f" WHERE {column} IN {mine} AND record NOT IN {mine}"
            )
            found |= {row[0] for row in store.rows(sql, (ids, ids))}
    sql = f"SELECT household FROM resident WHERE record IN {mine}"  # noqa: S608
    return found | {row[0] for row in store.rows(sql, (json.dumps(sorted(found)),)) if row[0]}
