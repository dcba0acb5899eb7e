"""A small world for questions about rights: of every kind one record in each relation to one person, who asks in one
role after another. Every text in it is a mark that stands nowhere else.

Not here: what each role should be given, which a test writes down by hand.
"""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from schema.access import Context
from schema.load import FOLDER, load_schema
from schema.model import Column, Field, Membership, Schema
from server.app import create_app
from sync import people
from sync.admit import CENTRE_PATH
from sync.push import push
from tests.server.http_world import HttpWorld, Phone, new_world

ASKER = "li_min"
# own: names the person, in another team; team: of a colleague in the same team; centre: of another team;
# elsewhere: of another centre.
RELATIONS = ("team", "centre", "own", "elsewhere")
# Where a record of a relation stands: team, worker, volunteer.
AT = {
    "own": ("heping_2", ASKER, ASKER),
    "team": ("heping_1", "zhang_qiang", None),
    "centre": ("heping_2", "he_fang", "huang_li"),
    "elsewhere": ("guanhu_1", "sun_lei", "sun_lei"),
}
# Who asks afterwards: never who was there.
ASKS = {"own": ASKER, "team": "he_fang", "centre": "zhang_qiang", "elsewhere": "qin_lan"}
# Who checks hours: never who wrote them.
CHECKS = {"own": ASKER, "centre": "chen_jing", "elsewhere": "qin_lan"}
MAKERS = {"heping": "zhou_hui", "guanhu": "ma_li"}
# Of a row, what is no text.
SOME = {"date": "2026-11-19", "datetime": "2026-11-19T01:30:00Z", "integer": 1}
FILE = {"media": "photo", "bytes": 1000, "taken_at": "2026-11-19T01:30:00Z"}


# A text of each kind that two people wrote without having seen the other's.
CONFLICTING = {
    **{"household": "unit", "resident": "emergency_contact", "home_visit": "signed_with", "case": "presenting_problem"},
    **{"case_progress": "goal", "case_confidential": "content", "shift": "place", "hour_entry": "activity"},
    **{"duty": "note", "duty_code": "hangs_at", "sign_up": "note", "consent": "withdrawn_how"},
    "calendar_year": "published_in",
    "review_setting": "note",
    "signal_note": "reason",
    "referral": "returned_because",
    "incident": "description",
    "visit_request": "asked_by",
    "field_task": "declined_because",
    "follow_up": "reasons",
    "follow_up_plan": "summary",
    "hour_check": "note",
    "hour_check_plan": "summary",
    **{"volunteer": "motive", "volunteer_screening": "note", "training": "trainer"},
    **{"medal_rule": "note", "assessment_setting": "note", "hour_certificate": "revoked_because"},
    **{"medal_award": "because", "volunteer_assessment": "appeal", "conduct_decision": "answer"},
    **{"conduct_event": "findings", "supervision_session": "topics"},
    **{"group": "plan", "group_session": "observations", "activity": "problems", "activity_session": "observations"},
}


# Nobody's own: what a director or a desk lays down.
SETTINGS = ("review_setting", "signal_note", "duty", "duty_code", "medal_rule", "assessment_setting")
# What no role reaches as its own.
NOBODYS = (
    *("household", "resident", "consent", "calendar_year", "hour_check_plan", "conduct_event", "supervision_session"),
    *SETTINGS,
)
# What is about one volunteer.
OF_A_VOLUNTEER = (*("hour_certificate", "medal_award", "volunteer_assessment", "conduct_event", "conduct_decision"),)


@dataclass
class Placed:
    """One record, in its relation to the person who asks, and the marks that stand in it."""

    kind: str
    relation: str
    record: str
    marks: set[str]
    texts: dict[str, Any]
    file: str | None = None


@dataclass
class SmallWorld:
    """The world, who asks in it, and what is in it."""

    world: HttpWorld
    schema: Schema
    random: random.Random
    placed: list[Placed] = field(default_factory=list)
    held_marks: set[str] = field(default_factory=set)
    held: str = ""
    drawn: set[str] = field(default_factory=set)

    phone: Phone | None = None
    maker: Phone | None = None

    def asks_as(self, role: str | None) -> Phone:
        """The person's phone, with this role and no other: in team one of the centre, or in the centre at large."""
        store = self.world.opened()
        team = "heping_1" if role in ("outreach_worker", "supervisor") else None
        memberships = [] if role is None else [Membership(role, "heping", team)]
        people.add_member(store, ASKER, "李敏", "heping", memberships)
        store.close()
        if self.phone is None:
            self.phone = self.world.signs_in(ASKER)
        return self.phone

    def of(self, kind: str, relation: str) -> Placed | None:
        """The record of a kind in a relation, where such a relation can be."""
        return next((one for one in self.placed if (one.kind, one.relation) == (kind, relation)), None)

    def mark(self, most: int | None = None) -> str:
        """A text that stands nowhere else; short enough for a room."""
        # Without q, so that no mark begins in the middle of another one.
        letters = (string.ascii_lowercase + string.digits).replace("q", "")
        while True:
            mark = "zq" + "".join(self.random.choice(letters) for _ in range(min(most or 12, 12) - 2))
            # A short one must not stand at the beginning of a longer one, by which it would seem to be heard.
            if not any(other.startswith(mark) or mark.startswith(other) for other in self.drawn):
                self.drawn.add(mark)
                return mark

    def open_duty(self) -> str:
        """A duty for which nobody has signed up yet."""
        if self.maker is None:
            self.maker = self.world.signs_in(MAKERS["heping"])
        wanted = self.wanted("duty", "centre", {}) or {}
        return self.maker.writes("duty", {"activity": self.mark(), **wanted})

    def marked(self, kind: str, named: Mapping[str, str] | None = None) -> tuple[dict[str, Any], set[str]]:
        """Values for every text of a kind, and their marks.

        named  records and the person that rows name; without it there are no such rows
        """
        values: dict[str, Any] = {}
        marks: set[str] = set()
        for name, declared in self.schema.kinds[kind].fields.items():
            if declared.type in ("text", "long_text", "phone"):
                values[name] = self._text(declared)
                marks.add(values[name])
            elif declared.type == "rows" and (named or not _names_somebody(declared)):
                row = {
                    column.name: self._text(column)
                    for column in declared.columns.values()
                    if column.type in ("text", "long_text")
                }
                key = (named or {})[declared.of].replace("-", "") if declared.of else self.mark()
                values[f"{name}.{key}"] = row
                marks |= {*([] if declared.of else [key]), *row.values()}
                some = {**SOME, "person": (named or {}).get("person")}
                row |= {column.name: some[column.type] for column in declared.columns.values() if column.type in some}
                coded = [column for column in declared.columns.values() if column.required and column.vocabulary]
                row |= {column.name: self._first(column.vocabulary.name) for column in coded if column.vocabulary}
        return values, marks

    def _text(self, declared: Field | Column) -> str:
        if declared.type == "phone":
            return "1" + "".join(self.random.choice(string.digits) for _ in range(14))
        return self.mark(declared.max)

    def wanted(self, kind: str, relation: str, known: Mapping[str, str]) -> dict[str, Any] | None:
        """What a record of a kind says besides its texts, to stand in a relation; None where it cannot.

        known  the records that it names, by kind
        """
        team, worker, volunteer = AT[relation]
        named = {**dict.fromkeys(("household", "resident", "case", "group", "activity", "duty"), ""), **known}
        if kind in (*OF_VOLUNTEERS, *OF_A_VOLUNTEER) and volunteer is None:
            return None
        if kind == "volunteer_screening" and relation == "own":
            return None
        # Checked is an entry that is there, and in no relation by its team: it has none.
        if kind == "hour_check" and relation == "team":
            return None
        if kind in NOBODYS and relation == "own":
            return None
        if kind == "incident" and relation == "team":
            return None
        maker = MAKERS["guanhu" if relation == "elsewhere" else "heping"]
        # Hours may not lie before the day of a file, and a shift is given to nobody who does not serve.
        filed = {"person": ASKER if relation == "own" else maker, "active_since": "2026-01-05"}
        helping: dict[str, Any] = {"helpers.zqhelper": {"person": ASKER}} if relation == "own" else {}
        at_home = ("resident", "home_visit", "case", "visit_request")
        home = {"household": named["household"]} if kind in at_home else {}
        return {
            "calendar_year": {"year": 2026, "effective_on": "2026-11-19"},
            "signal_note": {"team": team, "rule": "case.still"},
            "review_setting": {"effective_on": "2026-11-19", "mode": "all"},
            "household": {"team": team},
            "resident": {},
            "home_visit": {
                **{"resident": named["resident"], "assigned_to": worker, "visited_on": "2026-11-19"},
                **{"outcome": "met_person", "condition": "as_usual", "photo_consent": self._first("photo_consent")},
            },
            "case": {
                **{"resident": named["resident"], "worker": worker, "opened_on": "2026-11-01"},
                "category": self._first("case_category"),
            },
            "case_progress": {"case": named["case"], "written_on": "2026-11-19", "mode": self._first("contact_mode")},
            "case_confidential": {
                **{"case": named["case"], "topic": "violence", "basis": "separate_consent", "keeper": worker},
                **{"written_on": "2026-11-19", "second_person": maker},
            },
            "consent": {
                **{"resident": named["resident"], "purpose": "photo", "wording": "door_2026_11", "given_by": "self"},
                **{"proof": "oral", "given_on": "2026-11-19"},
            },
            "referral": {"case": named["case"], "proposed_on": "2026-11-19"},
            "group": {"team": team, "worker": worker, "planned_sessions": 6, **FOR_WHOM},
            "group_session": {"group": named["group"], "number": 1, "planned_on": "2026-11-19"},
            "activity": {
                **{"team": team, "worker": worker, "starts_on": "2026-11-19", "expected_headcount": 30, "large": False},
                **FOR_WHOM,
            },
            "activity_session": {
                **{"activity": named["activity"], "planned_on": "2026-11-19", "headcount_method": "counter"},
            },
            "incident": {"what": "injury", "happened_at": "2026-11-19T01:30:00Z"},
            "visit_request": {
                **{"channel": "phone", "asked_on": "2026-11-19"},
                **({"visit": known["home_visit"]} if relation == "own" and "home_visit" in known else {}),
            },
            "follow_up": {
                **{"household": named["household"], "visit": named.get("home_visit"), "why": "sample"},
                "assigned_to": ASKS[relation],
            },
            "follow_up_plan": {
                **{"team": team, "month_on": "2026-11-01", "drawn_at": "2026-11-19T01:30:00Z"},
                **{"percent": 10, "least": 5, "frame_size": 0, "drawn_size": 0},
            },
            "hour_check_plan": {
                **{"month_on": "2026-11-01", "drawn_at": "2026-11-19T01:30:00Z", "each": 1},
                **{"percent": 5, "least": 3, "frame_size": 0, "drawn_size": 0},
            },
            "hour_check": {
                **{"entry": named.get("hour_entry"), "plan": named.get("hour_check_plan")},
                "checked_by": CHECKS.get(relation),
            },
            "field_task": {
                **{"team": team, "assigned_to": worker, "urgency": "small", "source": "phone"},
                "raised_at": "2026-11-19T01:30:00Z",
            },
            "duty": {"duty_on": "2026-12-24", "starts_at": "09:00", "ends_at": "11:00", "capacity": 3},
            "duty_code": {"duty": named["duty"], "shown_from_at": "2026-11-19T01:30:00Z"},
            "sign_up": {"duty": named["duty"], "volunteer": volunteer},
            "volunteer": {**filed, "applied_on": "2026-01-02", "birth_date": "1968-05-04"},
            "volunteer_screening": {
                **{"volunteer": known.get("volunteer", ""), "done_on": "2026-11-18"},
                "step": self._first("volunteer_screening_step"),
            },
            "training": {
                **{"type": "pre_service", "held_on": "2026-11-19", "starts_at": "09:00", "ends_at": "11:00"},
                **helping,
            },
            "medal_rule": {"effective_on": "2026-11-19", "medal": "bronze", "min_hours": 50},
            "assessment_setting": {"effective_on": "2026-11-19", "counts_from": "admission"},
            "hour_certificate": {
                **{"volunteer": volunteer, "paper": "service_record", "from_on": "2026-01-01", "to_on": "2026-11-19"},
                **{"issued_on": "2026-11-19", "minutes": 60, "entries": 1},
            },
            "medal_award": {
                **{"volunteer": volunteer, "medal": "bronze", "hours_at": 50, "counted_on": "2026-11-19"},
                "rule": self._named_at("medal_rule", relation),
            },
            "volunteer_assessment": {
                **{"volunteer": volunteer, "period": "half_year", "from_on": "2026-05-01", "to_on": "2026-10-31"},
                **{"certified_hours": 1, "trainings": 0, "conduct": 0, "told_to": volunteer},
            },
            "conduct_event": {"volunteer": volunteer, "rule": "on_time", "happened_on": "2026-11-18"},
            "conduct_decision": {
                **{"volunteer": volunteer, "rule": "on_time", "outcome": "warning", "told_on": "2026-11-19"},
                "matter": self._named_at("conduct_event", relation),
            },
            "supervision_session": {
                **{"type": "supportive", "held_on": "2026-11-19", "supervisor": maker},
                "people.a1b2c3d4": {"person": maker},
            },
            "shift": {"volunteer": volunteer, "shift_on": "2026-11-19", "starts_at": "09:00", "ends_at": "11:00"},
            "hour_entry": {
                **{"volunteer": volunteer, "worked_on": "2026-11-18", "started_at": "09:00", "ended_at": "11:00"},
                "provenance": self._first("hour_provenance"),
            },
        }[kind] | home

    def _named_at(self, kind: str, relation: str) -> str | None:
        """What is nobody's own, of the same centre."""
        found = self.of(kind, "elsewhere" if relation == "elsewhere" else "centre")
        return found.record if found else None

    def _first(self, vocabulary: str) -> str:
        return next(iter(self.schema.vocabularies[vocabulary].choices))


def _names_somebody(declared: Field) -> bool:
    return declared.of is not None or any(column.type == "person" for column in declared.columns.values())


OF_VOLUNTEERS = ("shift", "sign_up", "hour_entry", "volunteer", "volunteer_screening", "training")
FOR_WHOM = {"target_group": "elders", "service_class": "basic"}
KINDS = (
    "household",
    "resident",
    "home_visit",
    "case",
    "case_progress",
    "case_confidential",
    "duty",
    "duty_code",
    "sign_up",
    "shift",
    "hour_entry",
    "consent",
    "calendar_year",
    "review_setting",
    "signal_note",
    "referral",
    "incident",
    "visit_request",
    "field_task",
    "follow_up_plan",
    "follow_up",
    "hour_check_plan",
    "hour_check",
    "group",
    "group_session",
    "activity",
    "activity_session",
    "volunteer",
    "volunteer_screening",
    "training",
    *("medal_rule", "assessment_setting", "hour_certificate", "medal_award", "volunteer_assessment"),
    *("conduct_event", "conduct_decision", "supervision_session"),
)


def small_world(folder: Path) -> SmallWorld:
    """Everything written by people with every role; then nobody but those who ask has any."""
    world = new_world(folder)
    schema = load_schema(FOLDER)
    app = create_app(world.settings, clock=lambda: world.now, schema=schema)
    world.client = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50000))
    small = SmallWorld(world, schema, random.Random(11))  # noqa: S311
    world.client.__enter__()
    _give_roles(small)
    for centre, maker in MAKERS.items():
        phone = world.signs_in(maker)
        for relation in RELATIONS:
            if (relation == "elsewhere") == (centre == "guanhu"):
                _write(small, phone, relation)
    _hold(small)
    return small


def _give_roles(small: SmallWorld) -> None:
    everything = ("outreach_worker", "supervisor")
    teams = {"heping": ("heping_1", "heping_2"), "guanhu": ("guanhu_1",)}
    held = {
        maker: [Membership(role, centre, team) for role in everything for team in teams[centre]]
        + [Membership(role, centre) for role in ("volunteer_coordinator", "director", "volunteer")]
        for centre, maker in MAKERS.items()
    }
    coordinator = Membership("volunteer_coordinator", "heping")
    held[ASKER] = [Membership("outreach_worker", "heping", "heping_1"), Membership("volunteer", "heping"), coordinator]
    held["chen_jing"] = [coordinator]
    held["qin_lan"] = [
        Membership("outreach_worker", "guanhu", "guanhu_1"),
        Membership("volunteer_coordinator", "guanhu"),
    ]
    held["sun_lei"] = [Membership("outreach_worker", "guanhu", "guanhu_1"), Membership("volunteer", "guanhu")]
    for person, memberships in held.items():
        centre = memberships[0].centre
        store = small.world.opened(centre)
        people.add_member(store, person, person, centre, memberships)
        store.close()


def _write(small: SmallWorld, phone: Phone, relation: str) -> None:
    # What is one's own stands at a home of another team, which is not.
    homes = (small.of(kind, "centre") for kind in ("household", "resident", "duty"))
    named = {home.kind: home.record for home in homes if home} if relation == "own" else {}
    # An incident names nobody: it is its author's own.
    writers = {"incident": small.world.signs_in(ASKER)} if relation == "own" else {}
    for kind in KINDS:
        known = named
        if kind == "follow_up" and relation == "own":
            colleagues = small.of("home_visit", "centre")
            known = {**named, "home_visit": colleagues.record if colleagues else ""}
        if kind == "hour_check" and relation == "own":
            # Nobody checks their own hours.
            others = (small.of(one, "centre") for one in ("hour_entry", "hour_check_plan"))
            known = {**named, **{one.kind: one.record for one in others if one}}
        values = small.wanted(kind, relation, known)
        if values is None:
            continue
        texts, marks = small.marked(kind, {**named, "person": phone.person})
        file = None
        if kind == "home_visit":
            file = "".join(small.random.choice("0123456789abcdef") for _ in range(64))
            texts[f"photos.{small.mark()}"] = {"hash": file, **FILE}
        author = writers.get(kind, phone)
        write = _writes_as_centre if small.schema.kinds[kind].by_centre else Phone.writes
        named[kind] = write(author, kind, {**texts, **values})
        # A second version, by somebody who had not seen the first: every record has something to settle.
        other = small.mark(10)
        second = small.world.signs_in(CHECKS[relation]) if kind == "hour_check" else author
        second.writes(kind, {CONFLICTING[kind]: other}, record=named[kind], base=1)
        texts |= {CONFLICTING[kind]: other} | _searched(kind, named)
        texts |= {"entry": values["entry"]} if kind == "hour_check" else {}
        small.placed.append(Placed(kind, relation, named[kind], marks | {other}, texts, file))


def _searched(kind: str, named: Mapping[str, str]) -> dict[str, Any]:
    """What a kind without a short text is found by: the record that it names."""
    name = {"case_confidential": "case", "volunteer_screening": "volunteer"}.get(kind)
    return {name: named[name]} if name else {}


def _writes_as_centre(phone: Phone, kind: str, values: Mapping[str, Any]) -> str:
    """What no device of a person may create, as the centre writes it on that person's word."""
    store = phone.world.opened("guanhu" if phone.person == MAKERS["guanhu"] else "heping")
    author = people.person_of(store, phone.person, phone.device)
    assert author is not None
    save = phone.save(kind, values)
    (receipt,) = push(store, load_schema(FOLDER), author, [save], phone.world.now, context=Context(CENTRE_PATH))
    store.close()
    assert receipt.status == "accepted", receipt
    return str(save["record"])


def _hold(small: SmallWorld) -> None:
    """One save of another team that is held: its visit has not happened yet."""
    home = small.of("household", "centre")
    assert home is not None
    texts, small.held_marks = small.marked("home_visit")
    phone = small.world.signs_in("he_fang")
    when = {"visited_on": "2026-12-24", "outcome": "met_person", "condition": "as_usual"}
    save = phone.save("home_visit", {**texts, "household": home.record, "assigned_to": "he_fang", **when})
    (receipt,) = phone.pushes(save)
    assert receipt["status"] == "held", receipt
    small.held = str(save["id"])
