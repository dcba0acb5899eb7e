"""What permissions.toml must say: a question, an operation, a tier or a kind without a rule is refused when it loads.

Not here: what is decided by it (test_access.py).
"""

from pathlib import Path

import pytest

from schema.access import decide, permissions_of
from schema.declaration import DeclarationError
from schema.load import load_schema
from schema.load_rights import OPERATIONS
from schema.model import Membership, Person
from server.graphql.root import graphql_schema
from server.graphql.types import MEMBERS
from tests.schema.declared import change, copy_declarations

SCHEMA = load_schema()
RIGHTS = "permissions.toml"
HIDDEN = "records/case_confidential.toml"
EXPORT = 'follows = "see"\nroles = ["volunteer_coordinator", "supervisor", "director"]'

WRONG = {
    "an operation without a rule": (RIGHTS, "[operation.export]", "[operation.exports]", "operation.export", "missing"),
    "an operation nobody asks for": (
        RIGHTS,
        "[operation.list]",
        '[operation.guess]\nzh = "猜"\nen = "guess"\nfollows = "see"\n[operation.list]',
        "operation.guess",
        "unknown key",
    ),
    "an operation by two rules": (RIGHTS, EXPORT, f'{EXPORT}\nby = {{ director = "centre" }}', "export.follows", "one"),
    "an operation of a role nobody has": (RIGHTS, '"supervisor", "director"]', '"wizard"]', "export.roles", "wizard"),
    "an operation that follows nothing": (
        RIGHTS,
        'follows = "settle"',
        'follows = "luck"',
        "operation.settle.follows",
        "luck",
    ),
    "an act of a role nobody has": (
        RIGHTS,
        'by = { director = "centre" }',
        'by = { wizard = "centre" }',
        "act.audit.read.by",
        "wizard",
    ),
    "an act as far as nothing reaches": (
        RIGHTS,
        'by = { director = "centre" }',
        'by = { director = "world" }',
        "act.audit.read.by.director",
        "world",
    ),
    "an act with the name of an operation": (RIGHTS, "[act.self]", "[act.list]", "act.list", "operation on records"),
    "a question that does nothing known": (RIGHTS, 'news = "carry"', 'news = "magic"', "asks.news", "magic"),
    "an act beside an operation": (
        RIGHTS,
        'pull = "carry"',
        'pull = ["carry", "self"]',
        "asks.pull",
        "stands alone",
    ),
    "a tier that is left out": (RIGHTS, "[tier.2]", "[tier.4]", "tier.4", "numbered from 1"),
    "a tier that no device can meet": (RIGHTS, 'paths = ["prf", "demo"]', 'paths = ["magic"]', "tier.3.paths", "magic"),
    "a tier above all": (RIGHTS, "tier_max = 2", "tier_max = 9", "export.tier_max", "no tier 9"),
    "a kind without a tier": (HIDDEN, "sensitivity = 3", "sensitivity = 4", "sensitivity", "no tier 4"),
    "a field above its kind": (
        "records/shift.toml",
        'name = "place"\ntype = "text"',
        'name = "place"\ntype = "text"\nsensitivity = 2',
        "field.place.sensitivity",
        "a record of its own",
    ),
    "a hidden kind that a centre sees": (HIDDEN, 'director = "own"', 'director = "centre"', "see.director", "only own"),
    "a hidden kind of a team": (HIDDEN, "own = [", 'team = "case.household.team"\nown = [', "team", "to others"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_missing_or_wrong_rule_is_refused_by_file_key_and_reason(what: str, tmp_path: Path):
    file, old, new, key, reason = WRONG[what]
    folder = copy_declarations(tmp_path)
    change(folder, file, old, new)

    with pytest.raises(DeclarationError) as refused:
        load_schema(folder)

    assert refused.value.file == file
    assert refused.value.key.endswith(key)
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [('workbench = "count"\n', "", "asks.workbench"), ('me = "self"', 'me = "self"\nyou = "self"', "asks.you")],
)
def test_a_server_does_not_start_with_a_question_without_a_rule_or_a_rule_without_a_question(
    old: str, new: str, key: str, tmp_path: Path
):
    folder = copy_declarations(tmp_path)
    change(folder, RIGHTS, old, new)

    with pytest.raises(DeclarationError) as refused:
        graphql_schema(load_schema(folder), False)

    assert (refused.value.file, refused.value.key) == (RIGHTS, key)


def test_every_question_every_member_of_a_record_and_every_operation_on_every_kind_has_a_rule():
    made = graphql_schema(SCHEMA, False)._schema
    roots = [root for root in (made.query_type, made.mutation_type, made.subscription_type) if root]
    of_kinds = {name for kind in SCHEMA.kinds for name in (kind, f"{kind}_list")}

    assert {name for root in roots for name in root.fields} == of_kinds | set(SCHEMA.rights.asks)
    for kind in SCHEMA.kinds.values():
        assert set(made.type_map[kind.name].fields) == set(kind.fields) | set(MEMBERS)
    director = Person("wu_jianguo", "吴建国", "heping", (Membership("director", "heping"),))
    for kind in SCHEMA.kinds.values():
        for operation in OPERATIONS:
            permissions_of(SCHEMA, operation, kind)
            for field in (None, *kind.fields):
                found = decide(SCHEMA, director, operation, kind, centre="heping", field=field)
                assert found.rule.startswith((f"{kind.name}.", "tier."))
