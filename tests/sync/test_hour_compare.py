"""What a phone counts of a volunteer's hours beside the centre, entry by entry, and nothing left over after one sync.

Not here: counting itself (test_hours.py), and the questions (tests/server/test_hour_questions.py).
"""

from __future__ import annotations

from sync.hour_compare import Comparison, Told, comparisons, keep_told
from tests.centre import HOURS, Centre


def tells(centre: Centre, *told: Told, by: str = "chen_jing") -> Comparison:
    phone = centre.huang_li
    keep_told(centre.store, phone.me(), told, centre.now)
    (found,) = comparisons(centre.store, centre.schema, centre.phones[by].me(), "huang_li")
    return found


def codes(found: Comparison) -> dict[str, str]:
    return {one.record: one.code for one in found.differences}


def test_where_phone_and_centre_count_the_same_it_says_so_and_what_waits_is_named(centre: Centre):
    one = centre.hours("huang_li", started_at="07:00", ended_at="09:00")
    found = tells(centre, Told(one, HOURS["worked_on"], 120, "sent"))
    assert (found.phone, found.centre, found.certified, found.is_equal) == (120, 120, 0, True)
    assert codes(found) == {one: "waiting"}

    centre.chen_jing.pulls()
    centre.chen_jing.decides(one, "approve")
    found = tells(centre, Told(one, HOURS["worked_on"], 120, "reviewed"))
    assert (found.certified, found.is_equal, found.differences) == (120, True, [])


def test_what_was_not_sent_held_or_is_a_draft_is_told_apart(centre: Centre):
    found = tells(
        centre,
        Told("unsent", "2026-03-09", 60, "saved"),
        Told("held", "2026-03-08", 0, "held", "date_in_future"),
        Told("draft-1", "2026-03-07", 0, "draft"),
    )
    assert codes(found) == {"unsent": "not_sent", "held": "held", "draft-1": "draft"}
    assert (found.phone, found.centre, found.is_equal) == (60, 0, False)
    assert {one.problem for one in found.differences} == {"date_in_future", None}


def test_what_the_phone_does_not_have_or_has_otherwise_is_named(centre: Centre):
    missing = centre.hours("huang_li", started_at="08:00", ended_at="09:00")
    moved = centre.hours("huang_li", started_at="09:00", ended_at="10:00")
    older = centre.hours("huang_li", started_at="10:00", ended_at="11:00")
    day = centre.store.value("SELECT worked_on FROM hour_entry WHERE record = ?", (missing,))
    found = tells(
        centre,
        Told(moved, "2026-01-01", 60, "sent"),
        Told(older, day, 90, "sent"),
        Told("taken-away", day, 240, "sent"),
    )
    assert codes(found) == {missing: "not_on_phone", moved: "other_day", older: "behind", "taken-away": "gone"}
    # The known failure of a peer: the phone said so much more than the centre; every minute of it has a reason here.
    assert found.phone - found.centre == sum((one.phone or 0) - (one.centre or 0) for one in found.differences)


def test_returned_and_joined_entries_carry_their_sentence_and_what_stands_in_their_place(centre: Centre):
    one = centre.hours("huang_li", started_at="08:00", ended_at="09:00")
    other = centre.hours("huang_li", started_at="10:00", ended_at="11:00")
    centre.chen_jing.pulls()
    centre.chen_jing.decides(one, "return", "几点走的？")
    centre.chen_jing.decides(other, "reject", "那天没有开门")
    day = centre.store.value("SELECT worked_on FROM hour_entry WHERE record = ?", (one,))
    found = tells(centre, Told(one, day, 0, "returned"), Told(other, day, 0, "reviewed"))
    assert codes(found) == {one: "returned", other: "rejected"}
    assert {one.sentence for one in found.differences} == {"几点走的？", "那天没有开门"}
    assert found.is_equal


def test_what_counts_for_less_than_was_written_says_why(centre: Centre):
    shift = centre.chen_jing.writes(
        "shift",
        {
            **{"volunteer": "huang_li", "activity": "陪老人散步", "shift_on": "2026-03-09"},
            **{"starts_at": "09:00", "ends_at": "10:00"},
        },
    )
    centre.chen_jing.meets_network()
    centre.huang_li.pulls()
    long = centre.hours("huang_li", worked_on="2026-03-09", started_at="09:00", ended_at="12:00", shift=shift.record)
    found = tells(centre, Told(long, "2026-03-09", 90, "sent"))
    assert codes(found) == {long: "cut_to_shift"}
    (one,) = found.differences
    assert (one.written, one.centre, found.is_equal) == (180, 90, True)


def test_a_phone_says_it_anew_and_the_last_word_stands(centre: Centre):
    tells(centre, Told("unsent", "2026-03-09", 60, "saved"))
    sent = centre.hours("huang_li", started_at="09:00", ended_at="10:00")
    day = centre.store.value("SELECT worked_on FROM hour_entry WHERE record = ?", (sent,))
    found = tells(centre, Told(sent, day, 60, "sent"))
    assert found.is_equal and found.phone == found.centre == 60
