"""The permission matrix by every path: each role, relation, kind and operation is asked of the real server, and
answered as a table written by hand says. Fifty rules changed at random show that the table would notice.

Not here: the decision function alone (tests/schema/test_access.py), and what stands in the answers (test_canaries.py).
"""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from schema import access
from schema.model import Membership, Person, Schema
from tests.permission_table import MATRIX
from tests.server.http_world import Phone
from tests.server.small_world import ASKER, AT, KINDS, Placed, SmallWorld, small_world

ROLES = ("outreach_worker", "volunteer", "volunteer_coordinator", "supervisor", "window_clerk", "director", None)
REACHED = {"o": {"own"}, "t": {"team"}, "c": {"own", "team", "centre"}}
# The roles whose devices keep copies of what their team or centre sees. What names a person stays on their device while
# it does, whatever their role has become; what is confidential does not.
COPYING = ("outreach_worker", "volunteer", "volunteer_coordinator", "supervisor")
# The roles that decide on nothing and look on: their review lists show what they see.
ONLOOKERS = ("window_clerk", "director")
# A text of each kind that needs no rule of its own, and what a record of a kind names.
CHANGED = {
    **{"household": "care_note", "resident": "risk_reason", "home_visit": "observation", "case": "outcome_summary"},
    **{"case_progress": "next_step", "case_confidential": "content", "shift": "note", "hour_entry": "late_reason"},
    **{"duty": "note", "duty_code": "hangs_at", "sign_up": "note"},
    "consent": "paper_place",
    "calendar_year": "note",
    "review_setting": "note",
    "signal_note": "reason",
    "referral": "outcome",
    "incident": "first_actions",
    "visit_request": "wanted",
    "field_task": "client_requirement",
    "follow_up": "other_opinions",
    "follow_up_plan": "improvements",
    "hour_check": "asked_name",
    "hour_check_plan": "summary",
    **{"volunteer": "guardian_name", "volunteer_screening": "note", "training": "place"},
    **{"group": "plan", "group_session": "observations", "activity": "problems", "activity_session": "observations"},
    **{"medal_rule": "note", "assessment_setting": "note", "hour_certificate": "revoked_because"},
    **{"medal_award": "because", "volunteer_assessment": "appeal", "conduct_decision": "answer"},
    **{"conduct_event": "findings", "supervision_session": "topics"},
}
NAMES = {
    **{"resident": ["household"], "home_visit": ["household", "resident"], "case": ["household", "resident"]},
    **{"case_progress": ["case"], "case_confidential": ["case"], "consent": ["resident"]},
    "referral": ["case"],
    **{"sign_up": ["duty"], "duty_code": ["duty"]},
    "follow_up": ["household", "home_visit"],
    "hour_check": ["hour_entry", "hour_check_plan"],
    "visit_request": ["household"],
    **{"group_session": ["group"], "activity_session": ["activity"]},
    "volunteer_screening": ["volunteer"],
    "conduct_decision": ["conduct_event"],
}
# A text of each kind that a list can be narrowed by; of a confidential note, the case; of a check, the entry.
SEARCHED = {
    **{
        "household": "estate",
        "resident": "name",
        "home_visit": "signed_with",
        "case": "next_step",
        "shift": "activity",
    },
    **{"case_progress": "goal", "case_confidential": "case", "hour_entry": "activity", "consent": "giver_name"},
    **{"duty": "contact", "duty_code": "code", "sign_up": "role"},
    "calendar_year": "published_in",
    "review_setting": "note",
    "signal_note": "subject",
    "referral": "answered_by",
    "incident": "place",
    "visit_request": "asked_by",
    "field_task": "requested_by",
    "follow_up": "problem",
    "follow_up_plan": "seed",
    "hour_check": "entry",
    "hour_check_plan": "seed",
    **{"volunteer": "name", "volunteer_screening": "volunteer", "training": "topics"},
    **{"group": "name", "group_session": "name", "activity": "name", "activity_session": "name"},
    **{"medal_rule": "note", "assessment_setting": "note", "hour_certificate": "number"},
    **{"medal_award": "declined_because", "volunteer_assessment": "because", "conduct_decision": "reply"},
    **{"conduct_event": "reporter", "supervision_session": "place"},
}
WAITING = ("home_visit", "case_progress", "hour_entry", "incident")
TABS = ("waiting", "conflicts")
DECIDE = "mutation d($decisions: [DecisionInput!]!) { decide(decisions: $decisions) { problem { code } } }"
Cells = dict[tuple[str, str], bool]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWorld]:
    made = small_world(tmp_path_factory.mktemp("small"))
    yield made
    made.world.client.__exit__(None, None, None)


def reached(role: str | None, kind: str, letter: str) -> set[str]:
    """The relations in which a role may do something, by the table."""
    entries = MATRIX[kind].get(role or "", "").split()
    return {relation for entry in entries if entry[0] == letter for reach in entry[1:] for relation in REACHED[reach]}


def expected(small: SmallWorld, role: str | None, kind: str) -> Cells:
    """What the table says of every cell that can be asked of a role and a kind."""
    sees, changes, creates = (reached(role, kind, letter) for letter in "SEC")
    settles, reviews = reached(role, kind, "T"), reached(role, kind, "R")
    hidden, looks_on = kind == "case_confidential", role in ONLOOKERS
    cells: Cells = {("any", "count"): True}
    # Whoever may have it made by the centre, writes none by hand.
    by_hand = set() if small.schema.kinds[kind].by_centre else creates
    for one in of_kind(small, kind):
        at = one.relation
        visible = at in sees
        named = all(_is_named_seen(role, name, at) for name in NAMES.get(kind, []))
        cells |= {(at, path): visible for path in ("read", "list", "search")}
        cells |= {
            (at, "detail"): visible and not hidden,
            (at, "carry"): visible and (role in COPYING or hidden),
            (at, "files"): visible and one.file is not None,
            (at, "change"): at in changes,
            (at, "create"): at in by_hand and named and at != "elsewhere" and _may_be_named(role, kind, at),
            (at, "decided"): at in creates,
            (at, "review"): at in reviews and visible,
            (at, "waits"): kind in WAITING and at in (sees if looks_on else reviews),
            (at, "conflicts"): not hidden and at in (sees if looks_on else settles),
        }
    return cells


def of_kind(small: SmallWorld, kind: str) -> list[Placed]:
    return [one for one in small.placed if one.kind == kind]


def _is_named_seen(role: str | None, kind: str, at: str) -> bool:
    # What is one's own stands at a home of another team; its case is one's own.
    place = "centre" if at == "own" and kind in ("household", "resident", "duty") else at
    return place in reached(role, kind, "S")


def _may_be_named(role: str | None, kind: str, at: str) -> bool:
    """Whether the person, in this role, may be whose visit, case or shift it is."""
    needs = {
        "home_visit": "outreach_worker",
        "case": "outreach_worker",
        "field_task": "outreach_worker",
        "follow_up": "outreach_worker",
        "shift": "volunteer",
        "sign_up": "volunteer",
        "hour_entry": "volunteer",
        "volunteer": "volunteer",
        "conduct_decision": "volunteer",
        "group": "outreach_worker",
        "activity": "outreach_worker",
    }
    # Their own file says that they have applied and do not serve yet.
    return at != "own" or (needs.get(kind, role) == role and kind != "sign_up")


def observed(small: SmallWorld, role: str | None, kind: str) -> Cells:
    """What the server answers in every cell of a kind."""
    phone, placed = small.asks_as(role), of_kind(small, kind)
    # Reading first: what is written below is another thing to see.
    found = phone.finds(_reading(placed)) | phone.finds(_listing(kind, placed))
    carried = {row["record"] for row in phone.pulls({})["changed"]}
    files = {one.record: list(_files(phone, one.record)) for one in placed}
    decisions = [
        {"id": small.world.new_id(), "record": one.record, "revision": 0, "verdict": "approve"} for one in placed
    ]
    decided = phone.finds(DECIDE, decisions=decisions)["decide"]
    changes = [phone.save(kind, {CHANGED[kind]: small.mark()}, record=one.record, base=1) for one in placed]
    creations = [_creation(small, phone, one) for one in placed]
    accepted = {one["save"] for one in phone.pushes(*changes, *creations) if one["status"] == "accepted"}
    listed = {item["record"] for item in found["whole"]["items"]}
    tabs = {tab: {item["record"] for item in found[tab]["items"]} for tab in ("waiting", "conflicts")}
    cells: Cells = {("any", "count"): found["whole"]["total"] == len(listed)}
    for n, one in enumerate(placed):
        at = one.relation
        cells |= {
            (at, "read"): found[f"r{n}"] is not None,
            (at, "list"): one.record in listed,
            (at, "search"): found[f"s{n}"]["total"] > 0,
            (at, "detail"): found[f"d{n}"] is not None,
            (at, "carry"): one.record in carried,
            (at, "files"): one.file is not None and one.file in files[one.record],
            (at, "change"): changes[n]["id"] in accepted,
            (at, "create"): at != "elsewhere" and creations[n]["id"] in accepted,
            (at, "decided"): _is_decided(small.schema, role, kind, at),
            (at, "review"): decided[n]["problem"]["code"] == "revision_moved",
            (at, "waits"): one.record in tabs["waiting"],
            (at, "conflicts"): one.record in tabs["conflicts"],
        }
    return cells


def _reading(placed: list[Placed]) -> str:
    one_by_one = [f'r{n}: {one.kind}(id: "{one.record}") {{ record }}' for n, one in enumerate(placed)]
    details = [f'd{n}: record_detail(record: "{one.record}") {{ record }}' for n, one in enumerate(placed)]
    return f"{{ {' '.join(one_by_one + details)} }}"


def _listing(kind: str, placed: list[Placed]) -> str:
    name = SEARCHED[kind]
    parts = [f's{n}: {kind}_list(where: {{{name}: "{one.texts[name]}"}}) {{ total }}' for n, one in enumerate(placed)]
    parts += [f"whole: {kind}_list(first: 100) {{ total items {{ record }} }}"]
    parts += [f'{tab}: review_list(tab: {tab}, kinds: ["{kind}"], first: 100) {{ items {{ record }} }}' for tab in TABS]
    return f"{{ {' '.join(parts)} }}"


def _files(phone: Phone, record: str) -> Mapping[str, bool]:
    headers = {"authorization": f"Bearer {phone.token}"}
    found: dict[str, bool] = phone.world.client.get(f"/api/files/{record}", headers=headers).json()["files"]
    return found


def _creation(small: SmallWorld, phone: Phone, like: Placed) -> dict[str, Any]:
    """A first save of a record that would stand where another one does."""
    relation = "centre" if like.relation == "elsewhere" else like.relation
    named = {}
    for kind in ("household", "resident", "case", "group", "activity", "hour_entry", "hour_check_plan", "volunteer"):
        at_others = ("household", "resident", "hour_entry", "hour_check_plan")
        place = "centre" if relation == "own" and kind in at_others else relation
        found = small.of(kind, place)
        named[kind] = found.record if found else ""
    if like.kind in ("sign_up", "duty_code"):
        named["duty"] = small.open_duty()
    if like.kind == "follow_up":
        visit = small.of("home_visit", "centre" if relation == "own" else relation)
        named["home_visit"] = visit.record if visit else ""
    values = small.wanted(like.kind, relation, named) or {}
    return phone.save(like.kind, {**small.marked(like.kind)[0], **values})


def _is_decided(schema: Schema, role: str | None, kind: str, at: str) -> bool:
    """Whether the function alone lets this role create here: what a record names may forbid it too."""
    team = "heping_1" if role in ("outreach_worker", "supervisor") else None
    person = Person(ASKER, "", "heping", (Membership(role, "heping", team),) if role else ())
    declared, place = schema.kinds[kind], AT[at]
    own = {"own": {ASKER}}.get(at, {"somebody"}) if declared.own else set()
    context = access.Context("demo")
    centre, its_team = ("guanhu" if at == "elsewhere" else "heping"), place[0] if declared.team else None
    found = access.decide(schema, person, "create", declared, centre=centre, team=its_team, own=own, context=context)
    return found.allowed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ROLES)
def test_every_path_answers_as_the_table_says(small: SmallWorld, role: str | None, kind: str):
    assert observed(small, role, kind) == expected(small, role, kind)


def test_a_rule_that_was_changed_is_noticed(small: SmallWorld):
    chance = random.Random(1)  # noqa: S311
    rules = [
        (kind, verb, role)
        for kind in KINDS
        for verb in ("see", "create", "edit", "settle", "review")
        for role in ROLES
        if role and not (verb == "review" and not _can_review(small.schema, kind, role))
    ]
    missed = []
    for kind, verb, role in chance.sample(rules, 50):
        with changed(small.schema, kind, verb, role):
            # Whoever settles may write a field that has two versions, which the field that is changed here has by then.
            rights = small.schema.kinds[kind].access
            settles = verb == "edit" and role in rights.settle
            # Who looks on sees every conflict of what they see; a path that only settles is asked by nobody here.
            settles |= verb == "settle" and role in ONLOOKERS and (role in rights.edit or role in rights.see)
            if observed(small, role, kind) == expected(small, role, kind) and not settles:
                missed.append((kind, verb, role))

    assert missed == []


def _can_review(schema: Schema, kind: str, role: str) -> bool:
    """Whether it would show that somebody may review: in what waits here, or in what they see."""
    declared = schema.kinds[kind]
    return declared.review is not None and (kind in WAITING or role in declared.access.see)


@contextmanager
def changed(schema: Schema, kind: str, verb: str, role: str) -> Iterator[None]:
    """A role that had a permission has it no more; one that had none has it in the whole centre, or for its own."""
    declared = schema.kinds[kind]
    rule = declared.review.by if verb == "review" and declared.review else getattr(declared.access, verb)
    assert isinstance(rule, dict)
    before = dict(rule)
    if role in rule:
        del rule[role]
    else:
        rule[role] = ("own",) if kind == "case_confidential" else ("centre",)
    access._rules.cache_clear()
    try:
        yield
    finally:
        rule.clear()
        rule.update(before)
        access._rules.cache_clear()
