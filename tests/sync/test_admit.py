"""One save is judged as plain data: version, permission, lock, and the rules across fields. Nothing is stored here."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schema.access import UNTOLD, Context
from schema.load import load_schema
from schema.model import Claim, Membership, Person, Problem
from schema.validate import check_write
from sync import admit, limits
from sync.record import Record
from sync.save import Save
from sync.visibility import Place, Relation

SCHEMA = load_schema()
VISIT, HOURS, CASE = (SCHEMA.kinds[name] for name in ("home_visit", "hour_entry", "case"))
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LI_MIN = Person("li_min", "李敏", "heping", (Membership("outreach_worker", "heping", "heping_1"),))
ZHOU_HUI = Person("zhou_hui", "周慧", "heping", (Membership("supervisor", "heping", "heping_1"),))
HERS = Place("heping", Relation("heping_1", frozenset(["li_min"])))
THEIRS = Place("heping", Relation("heping_2", frozenset(["he_fang"])))


def save(values, **members):
    whole = {"id": "i", "record": "r", "kind": "home_visit", "schema": 1, "device_sequence": 1, "client": 1, "base": 0}
    return Save(**{**whole, "made_at": "0000000000001-0000", "scopes": None, "replaces": {}, "set": values, **members})


def record(kind, place):
    return Record(
        record="r",
        kind=kind,
        centre=place.centre,
        relation=place.relation,
        created_by="li_min",
        delivered_at="2026-03-10T02:00:00Z",
        revision=1,
        moved_revision=1,
        locked_at=None,
        review=None,
        waiting_since=None,
        urgent=False,
        author="li_min",
        happened_on=None,
        conflicts=0,
        duplicates=(),
        scopes=frozenset(),
        search="",
        content=b"",
    )


@pytest.mark.parametrize(
    "values",
    [
        {"outcome": "met_person", "observation": "  好 ", "services.greeting": True, "remarks.a1b2c3d4": None},
        {"outcome": None, "visited_on": "2026-02-30"},
        {"services.no_such": True},
        {"observation": "好" * 20_001},
        {"outcome": "met_person", "no_such": 1, "visited_on": "never"},
        {"assigned_to": 7},
    ],
)
def test_values_are_judged_one_by_one_whichever_way_they_came(values):
    judged = {key: check_write(VISIT, key, value) for key, value in values.items()}
    wrong = [one for one in judged.values() if isinstance(one, Problem)]
    assert admit.normal_values(VISIT, save(values, schema=VISIT.version)) == (wrong[0] if wrong else judged)


@pytest.mark.parametrize(
    ("server", "phone", "code"),
    [
        (1, 1, None),
        (1, 2, "schema_newer"),
        (1, 0, "app_too_old"),
        (7, 3, None),
        (7, 2, "app_too_old"),
        (7, 8, "schema_newer"),
    ],
)
def test_a_declaration_a_little_behind_is_judged_and_one_far_behind_asks_for_an_update(server, phone, code):
    assert limits.SCHEMA_VERSIONS_BEHIND_MAX == 4
    found = admit.judge_version(replace(VISIT, version=server), save({}, schema=phone))
    assert (found and found.code) == code


def test_a_field_younger_than_the_phones_declaration_is_not_known_to_it():
    young = replace(VISIT, fields={**VISIT.fields, "reason": replace(VISIT.fields["reason"], since=2)})
    assert admit.normal_values(young, save({"reason": "routine"}, schema=1)) == Problem("unknown_field", "reason")
    assert admit.normal_values(young, save({"reason": "routine"}, schema=2)) == {"reason": "routine"}


def test_values_are_kept_in_their_normal_form():
    # By its text: 10.0 is equal to 10.
    assert repr(admit.normal_values(HOURS, save({"break_minutes": 10.0}))) == "{'break_minutes': 10}"


def test_a_worker_creates_visits_of_her_own_team_only():
    assert admit.judge_creation(SCHEMA, LI_MIN, VISIT, HERS, {"household": "h"}) is None
    assert admit.judge_creation(SCHEMA, LI_MIN, VISIT, THEIRS, {"household": "h"}) == Problem("not_permitted")


def test_a_field_with_a_rule_of_its_own_is_refused_by_its_name():
    visit = record(VISIT, HERS)
    assert admit.judge_change(SCHEMA, LI_MIN, visit, HERS, {"observation": "x"}, ()) is None
    refused = admit.judge_change(SCHEMA, LI_MIN, visit, HERS, {"observation": "x", "assigned_to": "x"}, ())
    assert refused == Problem("field_not_permitted", "assigned_to")
    assert admit.judge_change(SCHEMA, ZHOU_HUI, visit, HERS, {"assigned_to": "x"}, ()) is None
    assert admit.judge_change(SCHEMA, ZHOU_HUI, visit, THEIRS, {"observation": "x"}, ()) == Problem("not_permitted")


def test_who_may_only_settle_writes_only_what_is_in_conflict_and_a_note():
    note = SCHEMA.kinds["case_progress"]
    about = record(note, HERS)
    values = {"content": "x", "remarks.row00001": {"text": "x"}}
    assert admit.judge_change(SCHEMA, ZHOU_HUI, about, HERS, values, {"content"}) is None
    assert admit.judge_change(SCHEMA, ZHOU_HUI, about, HERS, values, ()) == Problem("field_not_permitted", "content")
    more = {**values, "next_step": "x"}
    assert admit.judge_change(SCHEMA, ZHOU_HUI, about, HERS, more, {"content"}).code == "field_not_permitted"


@pytest.mark.parametrize(
    ("locked_at", "base", "code"),
    [(None, 0, None), (7, 6, "locked_after_edit"), (7, 7, "locked"), (7, 8, "locked")],
)
def test_a_lock_is_told_by_whether_the_author_could_know_it(locked_at, base, code):
    found = admit.judge_lock(locked_at, base)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("person", "seen", "to", "code"),
    [
        (LI_MIN, [], "assessed", None),
        (LI_MIN, [], "in_service", "illegal_move"),
        (LI_MIN, ["assessed"], "in_service", "field_not_permitted"),
        (ZHOU_HUI, ["assessed"], "in_service", None),
        (LI_MIN, ["in_service"], "in_service", None),
        # Who settles chooses among the versions they saw.
        (ZHOU_HUI, ["suspended", "closing"], "closing", None),
        (ZHOU_HUI, ["suspended", "closing"], "in_service", None),
        (ZHOU_HUI, ["suspended", "closing"], "intake", "illegal_move"),
    ],
)
def test_a_step_is_judged_from_the_state_its_author_saw(person, seen, to, code):
    found = admit.judge_move(SCHEMA, person, CASE, HERS, {"stage": to}, {"stage": seen})
    assert (found and found.code) == code


def test_a_save_that_writes_no_state_is_no_step():
    assert admit.judge_move(SCHEMA, LI_MIN, CASE, HERS, {"next_step": "x"}, {}) is None
    assert admit.judge_move(SCHEMA, LI_MIN, VISIT, HERS, {"observation": "x"}, {}) is None


PLANNED = {"household": "h", "assigned_to": "li_min"}
WRONG = {**PLANNED, "arrived_at": "10:30", "left_at": "10:00"}


@pytest.mark.parametrize(
    ("before", "values", "code"),
    [
        (PLANNED, {"arrived_at": "10:30", "left_at": "10:00"}, "out_of_order"),
        (WRONG, {"observation": "x"}, None),
        (WRONG, {"left_at": "10:10"}, "out_of_order"),
        (WRONG, {"left_at": "10:40"}, None),
        (WRONG, {"visited_on": "2026-03-10"}, "missing"),
        ({}, WRONG, "out_of_order"),
    ],
)
def test_what_was_invalid_before_is_not_held_against_who_leaves_it_alone(before, values, code):
    found = admit.judge_rules(VISIT, before, {**before, **values}, values, {}, VISIT.version, NOW)
    assert (found and found.code) == code


@pytest.mark.parametrize(("older", "code"), [(0, "missing"), (1, None)])
def test_an_older_app_is_not_asked_for_a_field_that_it_did_not_have(older, code):
    """It could not ask its person for the consent to a photo; the words it brings are taken."""
    version = VISIT.fields["photo_consent"].since - older
    photographed = {**PLANNED, "photos": {"row00001": {"hash": "ab" * 32}}}
    found = admit.judge_rules(VISIT, {}, photographed, photographed, {}, version, NOW)
    assert (found and found.code) == code


@pytest.mark.parametrize(("minute", "code"), [(10, None), (11, "date_in_future")])
def test_now_and_today_are_taken_ten_minutes_wide(minute, code):
    shift = SCHEMA.kinds["shift"]
    signed = {"signed_in_at": f"2026-03-10T02:{minute:02d}:00Z"}
    before = {name: "x" for name, field in shift.fields.items() if field.required}
    before |= {"shift_on": "2026-03-10", "starts_at": "09:00", "ends_at": "11:30"}
    found = admit.judge_rules(shift, before, {**before, **signed}, signed, {}, shift.version, NOW)
    assert (found and found.code) == code


def test_what_an_author_saw_is_what_they_replaced_else_what_is_live():
    live = [
        Claim("stage", "a", "assessed", "0", "x"),
        Claim("stage", "b", "intake", "0", "y"),
        Claim("goal", "c", 1, "0", "z"),
    ]
    assert admit.values_seen(["stage"], {"stage": ["suspended"]}, live) == {"stage": ["suspended"]}
    assert admit.values_seen(["stage", "next_step"], {}, live) == {"stage": ["assessed", "intake"], "next_step": []}


def test_what_is_confidential_is_written_on_a_device_that_keeps_it_sealed():
    kind = SCHEMA.kinds["case_confidential"]
    place = Place("heping", Relation(None, frozenset(["li_min"])))
    elsewhere = Place("heping", Relation(None, frozenset(["zhang_qiang"])))
    sealed = Context("prf", None, NOW)

    for judged, context, code in [
        (place, sealed, None),
        (place, UNTOLD, "device_not_fit"),
        (place, Context("pin", NOW, NOW), "device_not_fit"),
        (elsewhere, sealed, "not_permitted"),
        (elsewhere, UNTOLD, "not_permitted"),
    ]:
        made = admit.judge_creation(SCHEMA, LI_MIN, kind, judged, {"keeper": "li_min"}, context)
        changed = admit.judge_change(SCHEMA, LI_MIN, record(kind, judged), judged, {"content": "x"}, (), context)
        assert [found and found.code for found in (made, changed)] == [code, code]
