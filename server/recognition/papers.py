"""Papers about hours and what else the centre writes down about its volunteers' service by itself: made on somebody's
word, numbered, and found again by their numbers.

Not here: how a paper looks (pdf.py), and what is known of somebody's service (sync/recognition.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schema.model import Person, Problem, Schema
from server.by_centre import Entropy, NewId, RefusedError, write_for
from server.recognition.numbers import new_number
from sync import people, recognition
from sync.hour_rules import rule_on, rules_of
from sync.hours import HourFilter, certified
from sync.recognition import Due, Service
from sync.save import PrivateKey
from sync.store.store import Store
from sync.times import CENTRE_ZONE, local_date

RECORD, PROOF = "service_record", "certified_proof"


@dataclass(frozen=True)
class Paper:
    """A paper as it was made. minutes: certified then; state: issued | revoked."""

    record: str
    centre: str
    volunteer: str
    paper: str
    number: str
    issuer: str
    from_on: str
    to_on: str
    issued_on: str
    minutes: int
    digest: str
    state: str
    revoked_on: str | None


_COLUMNS = (
    "k.record, r.centre, k.volunteer, k.paper, k.number, k.issuer, k.from_on, k.to_on, k.issued_on, k.minutes,"
    " k.digest, coalesce(k.state, 'issued'), k.revoked_on"
)


@dataclass(frozen=True)
class Maker:
    """On whose word something is made, when, and where its chance comes from."""

    person: Person
    now: datetime
    entropy: Entropy
    new_id: NewId
    key: PrivateKey | None = None

    @property
    def today(self) -> date:
        """The day at the centre."""
        return local_date(self.now)


def make_paper(store: Store, schema: Schema, maker: Maker, volunteer: str, from_on: str, to_on: str) -> str | Problem:
    """Make a paper of the certified hours of some days; its id, or why there is none. Certified hours alone count.

    It is called a proof only where the centre's rule of today says that it may issue one.
    """
    if to_on > maker.today.isoformat():
        return Problem("date_in_future", "to_on")
    if from_on > to_on:
        return Problem("out_of_order", "to_on", {"before": "from_on"})
    centre = maker.person.centre
    entries = recognition.entries_of(store, centre, volunteer, from_on, to_on)
    if not entries:
        return Problem("no_certified_hours")
    rule = rule_on(rules_of(store, centre), maker.today.isoformat())
    values = {
        "volunteer": volunteer,
        "paper": PROOF if rule.may_certify else RECORD,
        "number": new_number(maker.entropy),
        "issuer": rule.issuer or people.centre_name(store, centre),
        "from_on": from_on,
        "to_on": to_on,
        "issued_on": maker.today.isoformat(),
        "minutes": sum(entry.minutes for entry in entries),
        "entries": len(entries),
        "digest": recognition.digest_of(entries),
    }
    return _write(store, schema, maker, "服务记录", recognition.PAPER, values)


def propose_medal(store: Store, schema: Schema, maker: Maker, volunteer: str, rule: str) -> str | Problem:
    """Note that somebody has reached a medal, with the certified hours there are; its id, or why not."""
    centre = maker.person.centre
    if volunteer == maker.person.person:
        return Problem("own_step")
    found = next((one for one in recognition.rules_on(store, centre, maker.today) if one.record == rule), None)
    if found is None:
        return Problem("not_found")
    if recognition.awards_of(store, centre).get((volunteer, found.medal), ("", "declined"))[1] != "declined":
        return Problem("medal_there_already")
    minutes = sum(entry.minutes for entry in certified(store, centre, HourFilter(volunteer=volunteer)))
    if minutes < found.min_hours * 60:
        return Problem("medal_not_reached")
    values = {
        "volunteer": volunteer,
        "medal": found.medal,
        "rule": rule,
        "hours_at": minutes // 60,
        "counted_on": maker.today.isoformat(),
    }
    return _write(store, schema, maker, "奖章", recognition.AWARD, values)


def open_assessment(
    store: Store, schema: Schema, maker: Maker, volunteer: str, period: str, to_on: str
) -> str | Problem:
    """Begin an assessment that is due, with what the centre knows of the period; its id, or why not."""
    centre = maker.person.centre
    if volunteer == maker.person.person:
        return Problem("own_step")
    due = next(
        (
            one
            for one in recognition.due_on(store, schema, centre, maker.today)
            if (one.volunteer, one.period, one.to_on) == (volunteer, period, to_on)
        ),
        None,
    )
    if due is None:
        return Problem("assessment_not_due")
    service = recognition.service_of(store, schema, centre, volunteer, due.from_on, due.to_on)
    values = {
        "volunteer": volunteer,
        "period": period,
        "from_on": due.from_on,
        "to_on": due.to_on,
        "certified_hours": service.minutes // 60,
        "trainings": len(service.trainings),
        "conduct": _matters(store, centre, due),
    }
    return _write(store, schema, maker, "义工考核", recognition.ASSESSMENT, values)


def paper_of(store: Store, record: str) -> Paper | None:
    """A paper by its record; who may see it is judged by whoever calls."""
    return _found(store, "k.record = ?", record)


def paper_numbered(store: Store, number: str) -> Paper | None:
    """A paper by its number, of whichever centre; each is asked, so that how long it takes tells nothing."""
    found = None
    for centre, _ in [*people.centres(store)]:
        store.bind(centre)
        found = _found(store, "k.number = ?", number) or found
    return found


def is_as_made(store: Store, schema: Schema, paper: Paper) -> bool:
    """Whether the entries that a paper is about are what they were when it was made."""
    entries = recognition.entries_of(store, paper.centre, paper.volunteer, paper.from_on, paper.to_on)
    return recognition.digest_of(entries) == paper.digest


def service_for(store: Store, schema: Schema, paper: Paper) -> Service | Problem:
    """What a paper is to say, as long as it still says what it did when it was made."""
    if paper.state == "revoked":
        return Problem("certificate_revoked")
    service = recognition.service_of(store, schema, paper.centre, paper.volunteer, paper.from_on, paper.to_on)
    return service if recognition.digest_of(service.entries) == paper.digest else Problem("certificate_changed")


def _found(store: Store, where: str, value: str) -> Paper | None:
    row = store.row(
        f"SELECT {_COLUMNS} FROM hour_certificate k JOIN record r ON r.record = k.record WHERE {where}",  # noqa: S608
        (value,),
    )
    return None if row is None else Paper(*row)


def _matters(store: Store, centre: str, due: Due) -> int:
    """How many matters of conduct of the period were decided otherwise than as unfounded."""
    found = store.value(
        "SELECT count(*) FROM conduct_event k JOIN record r ON r.record = k.record WHERE r.centre = ?"
        " AND k.volunteer = ? AND k.state = 'decided' AND k.outcome <> 'unfounded' AND k.happened_on BETWEEN ? AND ?",
        (centre, due.volunteer, due.from_on, due.to_on),
    )
    return int(found or 0)


def _write(store: Store, schema: Schema, maker: Maker, what: str, kind: str, values: dict[str, Any]) -> str | Problem:
    record = maker.new_id(maker.now, maker.entropy)
    name = f"{what} {maker.now.astimezone(CENTRE_ZONE):%Y-%m-%d %H:%M}"
    try:
        with store.atomic():
            write_for(
                store,
                schema,
                maker.person,
                name,
                [(record, kind, values)],
                maker.now,
                maker.entropy,
                maker.new_id,
                maker.key,
            )
    except RefusedError as refused:
        return refused.problem
    return record
