"""Verdicts on held saves: what one does to the tables, and who is told of it later.

Not here: whether it may be given (release.py), and the saves that a release writes (materialise.py).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schema.model import Problem, Schema
from sync import feed, limits, log
from sync.log import Entry
from sync.people import name_of
from sync.record import record_of, write_record
from sync.save import Receipt, save_key
from sync.store.store import Store
from sync.tables import AT_MOST

_COLUMNS = "save, verdict, person, at, sentence, edited, problem, revision, released_revision, told"
_WRITTEN = (
    *("save", "record", "device", "verdict", "person", "at", "sentence", "edited", "problem", "revision", "told"),
    *("save_key", "released_fields", "released_key", "released_revision"),
)
# A save that was looked at again in the same act as another may be decided on later: then the last word stands.
_WRITE = (
    f"INSERT INTO verdict ({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))}) ON CONFLICT (save)"  # noqa: S608
    f" DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _WRITTEN)}"
)


@dataclass(frozen=True)
class Verdict:
    """What became of a held save after its receipt.

    verdict   release | reject | withdraw; keep: looked at again in the same act as another, and held as `problem` says
    revision  of the verdict; `released_revision` is that of the last save a release wrote
    edited    field keys whose value is not the author's but that of who released it
    told      the id the author's device knows the save by
    """

    save: str
    verdict: str
    by: str
    by_name: str
    at: str
    sentence: str | None
    edited: tuple[str, ...]
    problem: Problem | None
    revision: int
    released_revision: int | None
    told: str

    def receipt(self) -> Receipt:
        """The receipt that takes the place of the first one."""
        if self.verdict == "release":
            return Receipt(self.told, "accepted", self.released_revision)
        return Receipt(self.told, "held", None, self.problem)


def apply_verdict(store: Store, schema: Schema, entry: Entry) -> int:
    """What one accepted verdict does to the derived tables; its revision. The saves of a release are entries after it.

    A release of what was held by a lock opens the lock here, so that nothing is ever accepted under one.
    """
    body, facts = json.loads(entry.body), entry.facts
    original = log.entry_of(store, body["save"])
    if original is None:
        raise ValueError(f"entry {entry.position} decides on a save that is not there")
    revision = feed.next_revision(store)
    # The author's devices ask for verdicts with their next pull.
    store.touched.add(f"person:{original.person}")
    problem = _problem_of(entry, body, original)
    store.execute(
        _WRITE,
        (
            original.id,
            original.record,
            original.device,
            body["verdict"],
            entry.person,
            entry.received_at,
            body.get("sentence"),
            json.dumps(sorted(body.get("set") or {})),
            None if problem is None else log.problem_text(problem),
            revision,
            facts.get("told", original.id),
            None if original.client is None else save_key(original.client),
            "[]",
            None,
            None,
        ),
    )
    if problem is not None and body["verdict"] == "keep":
        store.execute("UPDATE held SET problem = ? WHERE save = ?", (problem.code, original.id))
    else:
        store.execute("UPDATE held SET open = 0 WHERE save = ?", (original.id,))
    if facts.get("opens"):
        found = record_of(store, schema, str(original.record))
        if found is None:
            raise ValueError(f"entry {entry.position} opens a record that is not there")
        found.locked_at = None
        found.revision = found.moved_revision = revision
        write_record(store, found)
        scopes = feed.replicated(schema, found.scopes)
        feed.touch(store, found.record, revision, scopes, scopes)
    return revision


def note_released(store: Store, entry: Entry, revision: int) -> None:
    """Remember which save a release wrote, so that `replaces` naming the held one can be followed to it."""
    original = entry.facts["releases"]
    store.execute("UPDATE verdict SET released_revision = ? WHERE save = ?", (revision, original))
    if entry.facts.get("part") == "author" and entry.client is not None:
        store.execute(
            "UPDATE verdict SET released_key = ?, released_fields = ? WHERE save = ?",
            (save_key(entry.client), json.dumps(sorted(json.loads(entry.body)["set"])), original),
        )


def released_key(store: Store, record: str, field_key: str, held_key: str) -> str | None:
    """The claim that a held save's claim became when it was released, if it was and with the author's own value."""
    found = store.value(
        "SELECT released_key FROM verdict WHERE record = ? AND save_key = ? AND released_key IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM json_each(released_fields) WHERE value = ?)",
        (record, held_key, field_key),
    )
    return None if found is None else str(found)


def verdict_of(store: Store, save: str) -> Verdict | None:
    """What became of a held save, if anybody has decided on it."""
    row = store.row(f"SELECT {_COLUMNS} FROM verdict WHERE save = ?", (save,))  # noqa: S608
    return None if row is None else _verdict(store, row)


def receipt_now(store: Store, entry: Entry) -> Receipt:
    """The receipt of a known save: the first one, or what somebody decided since."""
    found = verdict_of(store, entry.id) if entry.status == "held" else None
    return entry.receipt() if found is None else found.receipt()


def decided_since(store: Store, device: str, revision: int) -> tuple[Verdict, ...]:
    """The verdicts on held saves of a device that came after a revision, oldest first; the newest where there are many.

    A device asks with the cursor of its person's own scope: whatever is beyond it has not been told, and telling a
    verdict twice changes nothing.
    """
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM verdict WHERE device = ? AND revision > ? ORDER BY revision DESC {AT_MOST}",  # noqa: S608
        (device, revision, limits.DECIDED_MAX),
    )
    return tuple(_verdict(store, row) for row in reversed(rows))


def _problem_of(entry: Entry, body: Mapping[str, Any], original: Entry) -> Problem | None:
    if body["verdict"] == "keep":
        return log.problem_from(json.dumps(entry.facts["problem"]))
    if body["verdict"] == "reject":
        details = {"by": entry.person, "sentence": body.get("sentence")}
        return Problem("held_rejected", _question_of(original), details)
    return Problem("held_withdrawn") if body["verdict"] == "withdraw" else None


def _question_of(original: Entry) -> str | None:
    """The field at which the author shall read the sentence: what the reason was about, else the one they wrote."""
    members = json.loads(original.body)
    values = members.get("set") if isinstance(members, dict) else None
    if original.problem is not None and original.problem.field is not None:
        return original.problem.field
    return next(iter(values)) if isinstance(values, dict) and len(values) == 1 else None


def _verdict(store: Store, row: tuple[Any, ...]) -> Verdict:
    return Verdict(
        save=row[0],
        verdict=row[1],
        by=row[2],
        by_name=name_of(store, row[2]),
        at=row[3],
        sentence=row[4],
        edited=tuple(json.loads(row[5])),
        problem=None if row[6] is None else log.problem_from(row[6]),
        revision=row[7],
        released_revision=row[8],
        told=row[9],
    )
