"""What is written about a person has a basis that counts, or is held with its words; what was written under a consent
that has ended is kept and shown to nobody (S39).

Not here: how consents stand on a day (tests/schema/test_basis.py), and how a file leaves (server/test_exports.py).
"""

from datetime import timedelta
from typing import Any

import pytest

from schema.basis import consent_kind
from sync import exports
from sync.exports import Export, Wanted
from sync.files import readable, withheld
from sync.titles import Titles
from tests.centre import VISITED, Centre, Written, told

HASH = "ab" * 32
PHOTO = {"hash": HASH, "media": "photo", "bytes": 2048, "width": 640, "height": 640, "taken_at": "2026-03-10T01:30:00Z"}
AGREED = {"purpose": "photo", "wording": "door_2026_11", "given_by": "self", "proof": "oral", "witness": "李敏"}
WITHDRAWN = {"state": "withdrawn", "withdrawn_on": "2026-03-10", "withdrawn_by": "self", "withdrawn_how": "当面说"}
# What the person has said -> what becomes of a photo of them today.
STATES: dict[str, tuple[list[dict[str, Any]], str | None]] = {
    "nothing": ([], "consent_missing"),
    "agreed": ([{"given_on": "2026-03-10"}], None),
    "agreed until today": ([{"given_on": "2026-02-01", "until": "2026-03-10"}], None),
    "agreed until yesterday": ([{"given_on": "2026-02-01", "until": "2026-03-09"}], "consent_over"),
    "agreed, and withdrew today": ([{"given_on": "2026-03-10", **WITHDRAWN}], "consent_withdrawn"),
    "withdrew, and agreed again": ([{"given_on": "2026-02-01", **WITHDRAWN}, {"given_on": "2026-03-10"}], None),
    "agreed to something else": ([{"given_on": "2026-03-10", "purpose": "publicity"}], "consent_missing"),
}

VOICE = {"hash": HASH, "media": "voice", "bytes": 9000, "seconds": 20, "taken_at": "2026-03-10T01:30:00Z"}
UNIT = "街道社会事务办"
# Of each purpose what it is asked for, and of the others why nothing is: no screen and no file is made for them.
ASKED_FOR = {"photo": "a file", "voice": "a file", "sharing": "a step, a list", "sensitive": "a cell"}
FOR_NOTHING_HERE = {"service", "publicity"}


@pytest.fixture
def visited(centre: Centre) -> tuple[Centre, str, str]:
    """A home with one resident, whom Li Min visits today."""
    home = centre.home()
    resident = centre.resident(home)
    centre.li_min.pulls()
    return centre, home, resident


def agrees(centre: Centre, resident: str, **values: Any) -> Written:
    """A consent; one that is withdrawn at once was given before."""
    given = {key: value for key, value in values.items() if not key.startswith("withdrawn") and key != "state"}
    consent = centre.li_min.writes("consent", {"resident": resident, **AGREED, **given})
    centre.li_min.meets_network()
    taken_back = {key: value for key, value in values.items() if key not in given}
    if taken_back:
        centre.li_min.changes(consent, taken_back)
        assert [answer[1] for answer in centre.li_min.meets_network()] == ["accepted"]
    return consent


def photographs(centre: Centre, home: str, resident: str | None, version: int = 4, **others: Any) -> Written:
    values = {"household": home, "assigned_to": "li_min", **VISITED, "photo_consent": "file", "photos.row00001": PHOTO}
    named = {"resident": resident} if resident else {}
    return centre.li_min.seals(
        centre.new_id(), "home_visit", {**values, **named, **others}, base=0, replaces={}, scopes=[], schema=version
    )


def records(centre: Centre, home: str, resident: str) -> Written:
    """A visit with a voice note that is not only the worker's own voice."""
    values = {"household": home, "assigned_to": "li_min", "resident": resident, **VISITED, "voice_whose": "agreed"}
    made = {**values, "voice_notes.row00001": VOICE}
    return centre.li_min.seals(centre.new_id(), "home_visit", made, base=0, replaces={}, scopes=[], schema=4)


def refers(centre: Centre, home: str, resident: str) -> Written:
    """A case in service, which the supervisor hands on to another unit."""
    opened = {"household": home, "resident": resident, "worker": "li_min", "category": "family"}
    case = centre.li_min.writes("case", {**opened, "opened_on": "2026-03-01", "presenting_problem": "照顾负担重"})
    centre.li_min.meets_network()
    for stage in ("assessed", "in_service", "referred_out"):
        centre.zhou_hui.pulls()
        centre.zhou_hui.version = 3
        step = centre.zhou_hui.changes(case, stage=stage)
        if stage != "referred_out":
            assert centre.zhou_hui.meets_network()[0][1] == "accepted"
    return step


def proposes(centre: Centre, home: str, resident: str, receiver: str = UNIT) -> Written:
    """Li Min's wish to refer somebody to a unit."""
    opened = {"household": home, "resident": resident, "worker": "li_min", "category": "family"}
    case = centre.li_min.writes("case", {**opened, "opened_on": "2026-03-01", "presenting_problem": "照顾负担重"})
    wish = {"case": case.record, "receiver": receiver, "reason": "要申请长护险", "summary": "下楼要人扶"}
    made = centre.li_min.writes("referral", {**wish, "proposed_on": "2026-03-10"})
    centre.li_min.meets_network()
    return made


def takes_away(centre: Centre, kind: str, **wanted: Any) -> Any:
    """What the supervisor is given of a kind: its rows, or the code of why there is none."""
    me = centre.zhou_hui.me()
    made = exports.ask(
        centre.store, centre.schema, me, centre.new_id(), Wanted(kind, "csv", "名册", **wanted), centre.now
    )
    if not isinstance(made, Export):
        return made.code
    titles = Titles(centre.store, centre.schema, me)
    return exports.rows_of(centre.store, centre.schema, me, made, titles, centre.now)


def answer(centre: Centre, written: Written) -> tuple:
    return next(one for one in centre.li_min.meets_network() if one[0] == written.id)


@pytest.mark.parametrize("state", STATES)
def test_a_photo_of_somebody_needs_a_consent_that_counts_today(visited, state: str):
    centre, home, resident = visited
    said, code = STATES[state]
    for one in said:
        agrees(centre, resident, **one)

    found = answer(centre, photographs(centre, home, resident))

    assert found[1:] == (("held", code, "photos") if code else ("accepted",))
    # The same visit without a photo has nothing to ask for.
    plain = centre.li_min.writes("home_visit", {"household": home, "assigned_to": "li_min", "resident": resident})
    assert answer(centre, plain)[1] == "accepted"


def test_nobody_is_asked_where_nobody_is_in_the_picture_or_nobody_is_named(visited):
    centre, home, resident = visited

    assert answer(centre, photographs(centre, home, resident, photo_consent="nobody"))[1] == "accepted"
    assert answer(centre, photographs(centre, home, None))[1] == "accepted"


def test_naming_the_person_later_asks_for_their_consent(visited):
    centre, home, resident = visited
    visit = photographs(centre, home, None)
    assert answer(centre, visit)[1] == "accepted"

    centre.li_min.version = 4
    named = centre.li_min.changes(visit, resident=resident)

    assert answer(centre, named)[1:] == ("held", "consent_missing", "photos")


def test_an_older_app_that_could_not_write_a_consent_is_held_only_where_one_has_ended(visited):
    centre, home, resident = visited
    assert answer(centre, photographs(centre, home, resident, version=3))[1] == "accepted"

    agrees(centre, resident, given_on="2026-03-01", **WITHDRAWN)
    again = photographs(centre, home, resident, version=3)

    assert answer(centre, again)[1:] == ("held", "consent_withdrawn", "photos")


def test_what_was_taken_while_the_consent_counted_comes_in_afterwards_and_is_shown_to_nobody(visited):
    centre, home, resident = visited
    agrees(centre, resident, given_on="2026-03-01")
    visit = photographs(centre, home, resident)
    centre.passes(days=1)
    second = centre.new_phone("li_min")
    second.pulls()
    consent = next(name for name, base in second.base.items() if base.kind == "consent")
    second.changes(consent, {**WITHDRAWN, "withdrawn_on": "2026-03-11"})
    assert [one[1] for one in second.meets_network()] == ["accepted"]

    assert answer(centre, visit)[1] == "accepted"
    asked = (centre.store, centre.schema, centre.zhou_hui.me(), visit.record, centre.now)
    assert readable(*asked) == {} and withheld(*asked) == [HASH]


def test_a_withdrawal_shuts_what_was_shown_at_once_and_a_new_consent_opens_it_again(visited):
    centre, home, resident = visited
    consent = agrees(centre, resident, given_on="2026-03-01")
    visit = photographs(centre, home, resident)
    assert answer(centre, visit)[1] == "accepted"
    asked = (centre.store, centre.schema, centre.zhou_hui.me(), visit.record)
    assert list(readable(*asked, centre.now)) == [HASH] and withheld(*asked, centre.now) == []

    centre.li_min.changes(consent, WITHDRAWN)
    centre.li_min.meets_network()
    assert readable(*asked, centre.now) == {} and withheld(*asked, centre.now) == [HASH]
    # The visit stays, with what it says.
    assert centre.li_min.sees(visit).outcome == "met_person" and centre.li_min.sees(visit).photos

    centre.now += timedelta(days=1)
    agrees(centre, resident, given_on="2026-03-11")
    assert list(readable(*asked, centre.now)) == [HASH] and withheld(*asked, centre.now) == []


def test_a_photo_that_is_held_for_want_of_consent_is_looked_at_by_nobody_and_released_by_a_consent_alone(visited):
    centre, home, resident = visited
    visit = photographs(centre, home, resident)
    assert answer(centre, visit)[1:] == ("held", "consent_missing", "photos")
    asked = (centre.store, centre.schema, centre.zhou_hui.me(), visit.record, centre.now)
    assert readable(*asked) == {}
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.decides_held(visit, "release").code == "consent_missing"

    agrees(centre, resident, given_on="2026-03-10")

    assert centre.zhou_hui.decides_held(visit, "release").verdict == "release"
    assert list(readable(*asked)) == [HASH]


def test_what_was_agreed_to_is_not_rewritten_and_a_withdrawal_is_not_taken_back(visited):
    centre, _, resident = visited
    consent = agrees(centre, resident, given_on="2026-03-01")
    for change in ({"purpose": "publicity"}, {"given_on": "2026-02-01"}, {"until": "2027-01-01"}):
        refused = centre.li_min.changes(consent, change)
        assert answer(centre, refused)[1:] == ("held", "field_not_permitted", next(iter(change)))
        centre.li_min.held.clear()
    centre.li_min.changes(consent, WITHDRAWN)
    centre.li_min.meets_network()

    back = centre.li_min.changes(consent, state="given")

    assert told(centre.li_min.sends([back])[0])[1:] == ("held", "illegal_move", "state")


def test_every_purpose_is_asked_for_somewhere_or_named_as_one_that_nothing_is_made_for(centre: Centre):
    kind = consent_kind(centre.schema)
    assert kind is not None and kind.consent is not None
    purposes = kind.fields[kind.consent.purpose].vocabulary
    declared = {
        field.basis.purpose for one in centre.schema.kinds.values() for field in one.fields.values() if field.basis
    }
    declared |= {field.leaves_with for one in centre.schema.kinds.values() for field in one.fields.values()} - {None}
    steps = [move for one in centre.schema.kinds.values() if one.states for move in one.states.moves]
    declared |= {move.basis.purpose for move in steps if move.basis}

    assert purposes is not None and declared == set(ASKED_FOR)
    assert set(purposes.choices) == declared | FOR_NOTHING_HERE


@pytest.mark.parametrize("state", STATES)
def test_voice_a_referral_a_shared_list_and_a_sensitive_cell_need_a_consent_that_counts_today(visited, state: str):
    """Purpose by state by operation, for all but the photos above."""
    centre, home, resident = visited
    said, code = STATES[state]
    for purpose in ("voice", "sharing", "sensitive"):
        for one in said:
            agrees(centre, resident, **{"purpose": purpose, "partner": UNIT} | one)
    centre.li_min.changes(resident, health_note="糖尿病")
    centre.li_min.meets_network()

    recorded = records(centre, home, resident)
    assert answer(centre, recorded)[1:] == (("held", code, "voice_notes") if code else ("accepted",))
    referred = refers(centre, home, resident)
    assert centre.zhou_hui.meets_network()[0][1:] == (("held", code, "stage") if code else ("accepted",))
    assert referred.record
    shared = takes_away(centre, "resident", shared_with=UNIT)
    assert shared == "export_nobody_agreed" if code else [row.record for row in shared] == [resident]
    (row,) = takes_away(centre, "resident")
    assert row.values["name"] and row.withheld == ({"health_note"} if code else set())
    assert row.values.get("health_note") == (None if code else "糖尿病")


def test_a_withdrawal_acts_on_what_was_asked_for_before_and_is_not_fetched_yet(visited):
    centre, _, resident = visited
    for purpose in ("sharing", "sensitive"):
        consent = agrees(centre, resident, purpose=purpose, partner=UNIT, given_on="2026-03-01")
        me = centre.zhou_hui.me()
        wanted = Wanted("resident", "csv", "名册", shared_with=UNIT if purpose == "sharing" else None)
        made = exports.ask(centre.store, centre.schema, me, centre.new_id(), wanted, centre.now)
        centre.li_min.changes(resident, health_note="糖尿病")
        centre.li_min.changes(consent, WITHDRAWN)
        centre.li_min.meets_network()

        assert isinstance(made, Export) and made.needs_second
        rows = exports.rows_of(
            centre.store, centre.schema, me, made, Titles(centre.store, centre.schema, me), centre.now
        )

        assert [row.withheld for row in rows] == ([] if purpose == "sharing" else [{"health_note"}])


def test_a_consent_to_give_something_to_one_unit_is_none_for_another(visited):
    centre, _, resident = visited
    agrees(centre, resident, purpose="sharing", partner=UNIT, given_on="2026-03-01")

    assert takes_away(centre, "resident", shared_with="保险公司") == "export_nobody_agreed"
    assert [row.record for row in takes_away(centre, "resident", shared_with=f" {UNIT} ")] == [resident]
    assert takes_away(centre, "household", shared_with=UNIT) == "export_about_nobody"
    assert takes_away(centre, "resident", shared_with="  ") == "export_needs_unit"


def test_a_referral_goes_on_only_with_a_consent_to_this_very_unit_from_proposal_to_the_day_it_is_sent(visited):
    centre, home, resident = visited
    agrees(centre, resident, purpose="sharing", partner="保险公司", given_on="2026-03-01")
    referral = proposes(centre, home, resident)
    too_soon = centre.li_min.changes(referral, state="consented")
    assert answer(centre, too_soon)[1:] == ("held", "consent_missing", "state")
    centre.li_min.held.clear()

    consent = agrees(centre, resident, purpose="sharing", partner=f" {UNIT} ", given_on="2026-03-10")
    assert answer(centre, centre.li_min.changes(referral, state="consented"))[1] == "accepted"
    centre.zhou_hui.pulls()
    centre.zhou_hui.changes(referral, state="approved")
    assert [one[1] for one in centre.zhou_hui.meets_network()] == ["accepted"]

    centre.passes(days=1)
    centre.li_min.pulls()
    centre.li_min.changes(consent, {**WITHDRAWN, "withdrawn_on": "2026-03-11"})
    centre.li_min.meets_network()
    sent = {"state": "sent", "sent_on": "2026-03-11", "follow_up_on": "2026-03-18"}
    assert answer(centre, centre.li_min.changes(referral, sent))[1:] == ("held", "consent_withdrawn", "state")


def test_a_worker_approves_no_referral_of_her_own_and_sends_none_that_nobody_approved(visited):
    centre, home, resident = visited
    agrees(centre, resident, purpose="sharing", partner=UNIT, given_on="2026-03-01")
    referral = proposes(centre, home, resident)
    assert answer(centre, centre.li_min.changes(referral, state="consented"))[1] == "accepted"

    sent = {"state": "sent", "sent_on": "2026-03-10", "follow_up_on": "2026-03-17"}
    for step, code in (({"state": "approved"}, "field_not_permitted"), (sent, "illegal_move")):
        assert answer(centre, centre.li_min.changes(referral, step))[1:] == ("held", code, "state")
        centre.li_min.held.clear()


def test_a_step_of_before_needs_a_consent_only_where_one_has_ended(visited):
    centre, home, resident = visited
    refers(centre, home, resident)
    assert centre.zhou_hui.meets_network()[0][1:] == ("held", "consent_missing", "stage")
    older = next(iter(centre.zhou_hui.held.values()))
    again = centre.zhou_hui.seals(
        older.record, "case", {"stage": "referred_out"}, older.save["base"], older.save["replaces"], schema=2
    )
    assert told(centre.zhou_hui.sends([again])[0])[1] == "accepted"
