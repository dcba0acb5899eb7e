"""What is confidential is carried by sealed devices of the persons named in it, and does not exist for anybody else.

Not here: what a device must be to open it, which is decided in schema/access.py, and the questions of a desk.
"""

import json
from datetime import timedelta

import pytest

from schema.access import Context
from sync import limits
from sync.digest import digest, whole_records
from sync.files import readable
from sync.read import held_saves, record_detail, record_row, records, review_items, workbench
from sync.references import referred
from tests.centre import PEOPLE, Centre, Written, told
from tests.sync.test_push import start_case

TOLD = "她说了上周夜里的事"


@pytest.fixture
def world(centre: Centre) -> Centre:
    """Three people have sealed phones; Li Min's case has a confidential note, open to her and her supervisor."""
    for name in ("li_min", "zhou_hui", "zhang_qiang"):
        centre.phones[name].path = "prf"
    return centre


def tells(centre: Centre, **others: object) -> Written:
    note = centre.li_min.writes("case_confidential", {**note_of(centre), **others})
    assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted"]
    return note


def note_of(centre: Centre) -> dict[str, object]:
    return {
        "case": start_case(centre),
        "topic": "violence",
        "basis": "separate_consent",
        "written_on": "2026-03-10",
        "content": TOLD,
        "keeper": "li_min",
        "second_person": "zhou_hui",
    }


def answered(receipts: list) -> list[tuple]:
    """Answers without the id of the save."""
    return [told(receipt)[1:] for receipt in receipts]


def test_it_is_carried_by_the_sealed_phones_of_those_who_are_named(world: Centre):
    note = tells(world)
    for name in PEOPLE:
        world.phones[name].pulls()

    carrying = [name for name in PEOPLE if note.record in world.phones[name].base]
    assert carrying == ["li_min", "zhou_hui"]
    assert world.zhou_hui.sees(note).content == TOLD


def test_a_phone_that_does_not_seal_never_carries_it_and_one_that_seals_no_more_lets_go(world: Centre):
    note = tells(world)
    other = world.new_phone("li_min")
    other.path = "pin"
    other.pulls()
    assert note.record not in other.base

    world.li_min.path = "passkey"
    world.li_min.pulls()
    assert note.record not in world.li_min.base


def test_who_is_named_no_more_loses_it_and_who_is_named_gains_it(world: Centre):
    note = tells(world)
    world.zhou_hui.pulls()
    world.li_min.changes(note, second_person="zhang_qiang")
    assert [answer[1] for answer in world.li_min.meets_network()] == ["accepted"]
    for name in ("zhou_hui", "zhang_qiang"):
        world.phones[name].pulls()

    assert note.record not in world.zhou_hui.base
    assert world.zhang_qiang.sees(note).content == TOLD
    late = world.zhou_hui.seals(note.record, "case_confidential", {"content": "x"}, base=1, replaces={})
    assert answered(world.zhou_hui.sends([late])) == [("held", "out_of_scope", None)]


@pytest.mark.parametrize("base", [0, 1])
def test_a_save_on_it_by_somebody_else_is_answered_as_for_a_record_that_does_not_exist(world: Centre, base: int):
    note = tells(world)
    before = len(world.log)
    answers = []
    for record in (note.record, world.new_id()):
        change = world.zhang_qiang.seals(record, "case_confidential", {"content": "x"}, base=base, replaces={})
        answers.append(answered(world.zhang_qiang.sends([change])))

    assert answers[0] == answers[1] == [("retry", "unknown_record", None)]
    assert len(world.log) == before
    # Two weeks later both are held in the same words, and neither changed anything.
    world.now += timedelta(days=limits.WAITING_DAYS_MAX + 1)
    assert len({json.dumps(answered(world.zhang_qiang.sends([one]))) for one in world.zhang_qiang.outbox[-2:]}) == 1
    world.li_min.pulls()
    assert world.li_min.sees(note).content == TOLD


def test_nobody_else_finds_it_by_any_question(world: Centre):
    note = tells(world)
    store, schema, now = world.store, world.schema, world.now
    sealed = Context("prf", now, now)
    for name in PEOPLE:
        me = world.phones[name].me()
        is_named = name in ("li_min", "zhou_hui")
        assert (record_row(store, schema, me, note.record, sealed) is not None) == is_named
        assert records(store, schema, me, "case_confidential", context=sealed).total == is_named
        # Without showing who it is, not even those who are named.
        assert record_row(store, schema, me, note.record) is None
        assert records(store, schema, me, "case_confidential").total == 0
        assert record_detail(store, schema, me, note.record) is None
        assert readable(store, schema, me, note.record, now) == {}
        found = whole_records(store, schema, me, [note.record], sealed)
        assert [row.record for row in found] == ([note.record] if is_named else [])
        assert whole_records(store, schema, me, [note.record]) == []
        assert digest(store, schema, me, {f"confidential:{name}": "5"}, False) == []
        assert all(note.record != item.record for item in review_items(store, schema, me, "waiting").items)


def test_it_is_in_nobodys_counts(world: Centre):
    note = tells(world)
    figures = {name: workbench(world.store, world.schema, world.phones[name].me(), world.now) for name in PEOPLE}
    # Two versions of it are open: a conflict, which no desk counts.
    world.zhou_hui.pulls()
    world.zhou_hui.changes(note, content="另一种说法")
    world.li_min.changes(note, content="又一种说法")
    world.zhou_hui.meets_network()
    world.li_min.meets_network()

    assert len(world.li_min.sees(note).versions["content"]) == 2
    after = {name: workbench(world.store, world.schema, world.phones[name].me(), world.now) for name in PEOPLE}
    assert after == figures


def test_one_that_is_held_is_shown_to_its_author_alone(world: Centre):
    world.li_min.path = "pin"
    values = note_of(world)
    note = world.li_min.writes("case_confidential", values)

    assert answered(world.li_min.sends([note])) == [("held", "device_not_fit", None)]
    shown = {name: held_saves(world.store, world.schema, world.phones[name].me()).total for name in PEOPLE}
    assert {name for name, total in shown.items() if total} == {"li_min"}
    assert world.li_min.decides_held(note, "withdraw").verdict == "withdraw"


def test_naming_it_elsewhere_tells_nothing_of_it(world: Centre):
    note = tells(world)
    named = []
    for record in (note.record, world.new_id()):
        change = world.zhang_qiang.writes(
            "case_progress", case=record, written_on="2026-03-10", content="x", mode="visit"
        )
        named.append(answered(world.zhang_qiang.sends([change])))

    assert named[0] == named[1] == [("retry", "unknown_record", "case")]
    assert note.record not in referred(world.store, world.schema.kinds["case"], note.save["set"]["case"])
