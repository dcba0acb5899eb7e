"""Brings a centre's own register of homes and residents in, as signed saves of a named person: all of it or nothing.

Not here: what a file says (register_sheet, register_columns), and what would be written (register_plan).
"""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from schema.model import Person, Problem, Schema
from server.register_plan import Entropy, Plan, Planned, new_id, read_register
from server.register_report import ImportProblem, ImportReport
from sync import limits
from sync.people import add_device, memberships_of, person_of, revoke_device, teams
from sync.push import push
from sync.save import new_private_key, public_point, sealed
from sync.store.store import Store
from sync.times import CENTRE_ZONE

__all__ = ["carry_out", "import_register", "read_register"]

IMPORTING_ROLES = {"director", "supervisor"}
# What the device of an import is called, with the time after it.
IMPORT_NAME = "登记表导入"


class _Refused(Exception):
    """A save that the centre would not take; undoes the whole import."""

    def __init__(self, row: int, problem: Problem) -> None:
        super().__init__(problem.code)
        self.row = row
        self.problem = problem


def import_register(
    store: Store,
    schema: Schema,
    person: str,
    path: Path,
    now: datetime,
    dry_run: bool = False,
    entropy: Entropy = secrets.token_bytes,
) -> ImportReport:
    """Import a register as `person`, a director or a supervisor of the centre it is for.

    Every row is checked before anything is written. A home is recognised by estate, building, unit and room, a
    resident by home, name and date of birth; what the centre has already is neither changed nor doubled.
    """
    importer = _importer(store, person)
    if isinstance(importer, Problem):
        return ImportReport(dry_run, problems=[ImportProblem(importer)])
    known_teams = {team.name: team.team for team in teams(store, importer.centre)}
    register = read_register(path, schema, known_teams)
    if register.problems:
        return ImportReport(dry_run, problems=register.problems)
    with store.atomic():
        plan = Plan(store, schema, importer, register, now, entropy)
        report = plan.report
        report.is_dry_run = dry_run
        if report.problems or dry_run or not plan.saves:
            return report
        return carry_out(store, schema, importer, plan, now, entropy, new_id(now, entropy))


def carry_out(
    store: Store, schema: Schema, importer: Person, plan: Plan, now: datetime, entropy: Entropy, device: str
) -> ImportReport:
    """Write all that a plan without problems says, or nothing; `device` is a new id, which then names this import."""
    try:
        with store.atomic():
            _write(store, schema, importer, plan, now, entropy, device)
    except _Refused as refused:
        problems = [ImportProblem(Problem("import_bad_row")), ImportProblem(refused.problem, refused.row)]
        return ImportReport(problems=problems)
    return plan.report


def _importer(store: Store, person: str) -> Person | Problem:
    store.bind_by("person", person)
    found = store.row("SELECT name, centre FROM person WHERE person = ?", (person,))
    if found is None:
        return Problem("unknown_person")
    memberships = memberships_of(store, person)
    if not any(membership.role in IMPORTING_ROLES for membership in memberships):
        return Problem("not_permitted")
    return Person(person, found[0], found[1], memberships)


def _write(
    store: Store, schema: Schema, importer: Person, plan: Plan, now: datetime, entropy: Entropy, device: str
) -> None:
    """Push all saves from a device that lives as long as the import; raises _Refused, and all is undone."""
    key = new_private_key()
    name = f"{IMPORT_NAME} {now.astimezone(CENTRE_ZONE):%Y-%m-%d %H:%M}"
    add_device(store, importer.person, public_point(key), name, device, now)
    author = person_of(store, importer.person, device)
    if author is None:
        raise RuntimeError("the device of the import was not added")
    for start in range(0, len(plan.saves), limits.PUSH_SAVES_MAX):
        batch = plan.saves[start : start + limits.PUSH_SAVES_MAX]
        saves = [
            sealed(_save(schema, planned, start + offset, now, entropy), key) for offset, planned in enumerate(batch, 1)
        ]
        for planned, receipt in zip(batch, push(store, schema, author, saves, now), strict=True):
            if receipt.status != "accepted":
                raise _Refused(planned.row, receipt.problem or Problem("failed"))
    # The key is forgotten with this process; a device that can sign nothing more is shown as ended.
    revoke_device(store, device, now)


def _save(schema: Schema, planned: Planned, sequence: int, now: datetime, entropy: Entropy) -> dict[str, Any]:
    # The counter has four digits; every ten thousand saves count as one millisecond more.
    milliseconds = int(now.timestamp() * 1000) + sequence // 10_000
    return {
        "id": new_id(now, entropy),
        "record": planned.record,
        "kind": planned.kind,
        "schema": schema.kinds[planned.kind].version,
        "device_sequence": sequence,
        "client": 1 + int.from_bytes(entropy(4)) % limits.CLIENT_MAX,
        "base": 0,
        "made_at": f"{milliseconds:013d}-{sequence % 10_000:04d}",
        "set": planned.values,
        "replaces": {},
    }
