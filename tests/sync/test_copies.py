"""A person's copy holds what is kept about them and nobody else, or somebody else makes it.

Not here: the file (tests/server/test_exports.py), and whose names stand in it.
"""

import pytest

from schema.model import Problem
from sync.copies import kinds_about, names_of_others, records_about
from tests.centre import VISITED, Centre, Written

AGREED = {"purpose": "photo", "wording": "door_2026_11", "given_by": "self", "proof": "oral", "witness": "李敏"}


@pytest.fixture
def kept(centre: Centre) -> tuple[Centre, str, list[str]]:
    """A person with a visit, a case, its note, a referral and a consent; one beside her with a visit of his own."""
    home = centre.home()
    resident, other = centre.resident(home), centre.resident(home, "陈志强")
    li_min = centre.li_min
    li_min.pulls()
    visit = {"household": home, "assigned_to": "li_min", **VISITED}
    written: list[Written] = [li_min.writes("home_visit", {**visit, "resident": resident})]
    opened = {"household": home, "resident": resident, "worker": "li_min", "category": "family"}
    written.append(li_min.writes("case", {**opened, "opened_on": "2026-03-01", "presenting_problem": "照顾负担重"}))
    note = {"case": written[1].record, "written_on": "2026-03-10", "mode": "visit", "content": "谈了一次"}
    written.append(li_min.writes("case_progress", note))
    written.append(li_min.writes("consent", {"resident": resident, **AGREED, "given_on": "2026-03-01"}))
    wish = {"case": written[1].record, "receiver": "街道社会事务办", "reason": "要申请长护险", "summary": "下楼要人扶"}
    written.append(li_min.writes("referral", {**wish, "proposed_on": "2026-03-10"}))
    li_min.writes("home_visit", {**visit, "resident": other})
    assert {answer[1] for answer in li_min.meets_network()} == {"accepted"}
    return centre, resident, [resident, *(one.record for one in written)]


def test_a_copy_is_of_every_kind_that_is_about_the_person_and_of_nobody_else(kept):
    centre, resident, names = kept

    found = records_about(centre.store, centre.schema, centre.zhou_hui.me(), "resident", resident)

    assert isinstance(found, list) and found[0] == resident and set(found) == set(names)
    kinds = [kind.name for kind in kinds_about(centre.schema, "resident")]
    everything = ["resident", "case", "case_progress", "consent", "home_visit", "referral"]
    assert kinds == everything, "what is confidential is in no copy"


def test_whoever_sees_only_a_part_makes_no_copy(kept):
    centre, resident, _ = kept
    asked = (centre.store, centre.schema)

    assert records_about(*asked, centre.wu_jianguo.me(), "resident", resident) == Problem("copy_incomplete")
    # Of another team, of another centre, and of somebody who does not exist: the same answer.
    for person, name in ((centre.luo_wei, resident), (centre.ma_li, resident), (centre.zhou_hui, centre.new_id())):
        assert records_about(*asked, person.me(), "resident", name) == Problem("not_found")
    assert records_about(*asked, centre.zhou_hui.me(), "household", resident) == Problem("not_found")


def test_the_names_of_others_are_those_of_the_centre_but_for_the_persons_own(kept):
    centre, resident, _ = kept
    assert names_of_others(centre.store, centre.schema, "heping", "resident", resident) == ["陈志强"]
    assert names_of_others(centre.store, centre.schema, "guanhu", "resident", resident) == []
