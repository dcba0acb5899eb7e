"""Adding a record kind touches its declaration and its examples, and everything else follows.

Not here: what a declaration may say (test_declarations.py).
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from schema.access import decide, scopes_of_record
from schema.generate import generated
from schema.load import load_examples, load_schema
from schema.model import Membership, Person, Problem, Schema
from schema.validate import check_write, validate
from schema.view import with_derived
from schema.words import title_of
from server.app import create_app
from server.settings import Settings
from sync.materialise import rebuild
from sync.store.opening import open_store
from tests.schema.declared import copy_declarations
from tests.server.http_world import HttpWorld, empty_store

DECLARATION = """
name = "group_activity"
version = 1
sensitivity = 1
icon = "people"
source = "District operating rules, Att. 2 (groups)"
words.zh = { one = "小组活动", many = "小组活动" }
words.en = { one = "Group activity", many = "Group activities" }
title.zh = "{theme}[ · {held_on}]"
title.en = "{theme}[ · {held_on}]"
team = "team"
own = ["led_by", "created_by"]

[retention]
class = "visits"
from = "held_on"

[[field]]
name = "theme"
type = "text"
max = 40
required = true
search = "words"
words.zh = "主题"
words.en = "Theme"

[[field]]
name = "team"
type = "team"
required = true
words.zh = "小组"
words.en = "Team"

[[field]]
name = "led_by"
type = "person"
role = "outreach_worker"
words.zh = "带组社工"
words.en = "Led by"

[[field]]
name = "held_on"
type = "date"
not_after = "today"
required_when = { stage = "held" }
words.zh = "日期"
words.en = "Held on"

[[field]]
name = "starts_at"
type = "time"
words.zh = "开始"
words.en = "From"

[[field]]
name = "ends_at"
type = "time"
words.zh = "结束"
words.en = "To"

[[field]]
name = "minutes"
type = "integer"
derive = { rule = "minutes_between", from = "starts_at", to = "ends_at" }
words.zh = "分钟"
words.en = "Minutes"

[[field]]
name = "attended"
type = "integer"
min = 0
max = 500
words.zh = "到了多少人"
words.en = "People who came"

[[field]]
name = "services"
type = "choices"
of = "visit_service"
words.zh = "做了什么"
words.en = "What was done"

[[field]]
name = "stage"
type = "state"
words.zh = "阶段"
words.en = "Stage"

[[field]]
name = "sessions"
type = "rows"
words.zh = "各节"
words.en = "Sessions"
[[field.column]]
name = "topic"
type = "text"
required = true
words.zh = "内容"
words.en = "Topic"

[[check]]
rule = "order"
before = "starts_at"
after = "ends_at"

[states]
field = "stage"
initial = "planned"
[[states.state]]
code = "planned"
zh = "计划"
en = "Planned"
[[states.state]]
code = "held"
zh = "已办"
en = "Held"
[[states.move]]
from = ["planned"]
to = "held"
by = ["outreach_worker"]

[access]
see = { outreach_worker = "team", supervisor = "team", director = "centre" }
create = { outreach_worker = "team" }
edit = { outreach_worker = "own", supervisor = "team" }

[list]
columns = ["held_on", "theme", "attended"]
sort = ["-held_on"]

[[index]]
fields = ["team", "held_on"]
"""

EXAMPLES = """
today = "2026-11-19"
now = "2026-11-19T02:00:00Z"
[base]
theme = "手机课"
team = "heping_1"
[[pass]]
name = "held today"
values = { held_on = "2026-11-19" }
[[fail]]
name = "held tomorrow"
values = { held_on = "2026-11-20" }
code = "date_in_future"
field = "held_on"
"""

NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
ACTIVITY = {
    "theme": "手机课",
    "team": "heping_1",
    "led_by": "li_min",
    "held_on": "2026-11-19",
    "starts_at": "09:00",
    "ends_at": "10:30",
    "attended": 12,
}
LIST = """{ group_activity_list(where: {team: "heping_1"}) { total items {
  record title_zh theme held_on minutes attended stage services sessions } } }"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = copy_declarations(tmp_path / "declared")
    (made / "records/group_activity.toml").write_text(DECLARATION, encoding="utf-8")
    (made / "records/group_activity.examples.toml").write_text(EXAMPLES, encoding="utf-8")
    return made


@pytest.fixture
def schema(folder: Path) -> Schema:
    return load_schema(folder)


@pytest.fixture
def world(schema: Schema, tmp_path: Path) -> Iterator[HttpWorld]:
    settings = Settings(data=tmp_path, app=tmp_path / "app", demo=True)
    settings.store_path.write_bytes(empty_store())
    app = create_app(settings, clock=lambda: NOW, schema=schema)
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50000)) as client:
        yield HttpWorld(settings, NOW, client)


def test_the_other_kinds_stay_as_they_were(schema: Schema):
    assert list(schema.kinds) == sorted([*load_schema().kinds, "group_activity"])


def test_its_values_are_judged(schema: Schema):
    kind = schema.kinds["group_activity"]

    assert check_write(kind, "attended", 501) == Problem("out_of_range", "attended", {"min": 0, "max": 500})
    assert check_write(kind, "sessions.abcd1234", {}) == Problem("missing", "sessions.abcd1234", {"column": "topic"})
    found = validate(kind, {}, {"theme": "手机课", "stage": "held"}, date(2026, 11, 19), "2026-11-19T02:00:00Z")
    assert [(problem.code, problem.field) for problem in found] == [("missing", "team"), ("missing", "held_on")]


def test_its_title_and_its_minutes_follow(schema: Schema):
    kind = schema.kinds["group_activity"]

    values = with_derived(kind, dict(ACTIVITY))

    assert (values["minutes"], values["stage"]) == (90, "planned")
    assert title_of(kind, values, "zh", lambda _of, _id: None) == "手机课 · 2026-11-19"
    assert title_of(kind, {"theme": "手机课"}, "zh", lambda _of, _id: None) == "手机课"


def test_its_access_and_scopes_follow(schema: Schema):
    kind = schema.kinds["group_activity"]
    li_min = Person("li_min", "李敏", "heping", (Membership("outreach_worker", "heping", "heping_1"),))

    assert decide(schema, li_min, "create", kind, centre="heping", team="heping_1").allowed
    assert not decide(schema, li_min, "create", kind, centre="heping", team="heping_2").allowed
    assert scopes_of_record(schema, kind, "heping", "heping_1", set()) == {
        "team:heping_1:outreach_worker",
        "team:heping_1:supervisor",
        "centre:heping:director",
    }


def test_the_phone_gets_its_form_list_labels_types_and_examples(schema: Schema, folder: Path):
    texts = generated(schema, load_examples(folder))

    kind = json.loads(texts["schema.json"])["kinds"]["group_activity"]
    assert kind["form"] == [
        {
            "zh": "小组活动",
            "en": "Group activity",
            "fields": [name for name in schema.kinds["group_activity"].fields if name != "minutes"],
        }
    ]
    assert kind["list"] == {"columns": ["held_on", "theme", "attended"], "sort": ["-held_on"]}
    labels = json.loads(texts["labels.json"])["group_activity"]
    assert labels[kind["fields"][0]["name"]]["words"] == {"zh": "主题", "en": "Theme"}
    assert "export interface group_activity {" in texts["types.ts"]
    assert "  services?: Partial<Record<visit_service, true>>;" in texts["types.ts"]
    assert "| 'group_activity' |" in texts["types.ts"]
    assert json.loads(texts["examples.json"])["group_activity"]["fail"][0]["field"] == "held_on"


def test_its_table_and_indexes_are_made(schema: Schema, tmp_path: Path):
    store = open_store(tmp_path / "new.sqlite3", schema)

    columns = dict(store.rows("SELECT name, type FROM pragma_table_info('group_activity')"))

    assert set(schema.kinds["group_activity"].fields) <= set(columns)
    assert (columns["attended"], columns["theme"]) == ("INTEGER", "TEXT")
    assert store.value("SELECT count(*) FROM pragma_index_list('group_activity')") >= 1
    store.close()


def test_a_save_of_it_is_pushed_listed_and_pulled_by_those_who_may_see_it(world: HttpWorld):
    li_min, zhang_qiang, sun_lei = (world.signs_in(name) for name in ("li_min", "zhang_qiang", "sun_lei"))

    record = li_min.writes(
        "group_activity", {**ACTIVITY, "services.policy": True, "sessions.abcd1234": {"topic": "扫码"}}
    )

    assert zhang_qiang.finds(LIST)["group_activity_list"] == {
        "total": 1,
        "items": [
            {
                "record": record,
                "title_zh": "手机课 · 2026-11-19",
                "theme": "手机课",
                "held_on": "2026-11-19",
                "minutes": 90,
                "attended": 12,
                "stage": "planned",
                "services": ["policy"],
                "sessions": {"abcd1234": {"topic": "扫码"}},
            }
        ],
    }
    assert zhang_qiang.holds() == {record}
    assert sun_lei.finds(LIST)["group_activity_list"]["total"] == 0
    assert sun_lei.holds() == set()


def test_its_rules_hold_a_save_with_the_words_of_the_field(world: HttpWorld):
    li_min = world.signs_in("li_min")

    (receipt,) = li_min.pushes(li_min.save("group_activity", {**ACTIVITY, "held_on": "2026-11-20"}))

    assert (receipt["status"], receipt["problem"]["code"]) == ("held", "date_in_future")
    assert receipt["problem"]["words_zh"] == "日期还没到"


def test_its_table_is_rebuilt_from_the_log_to_the_same_rows(world: HttpWorld, schema: Schema):
    world.signs_in("li_min").writes("group_activity", ACTIVITY)

    store = open_store(world.settings.store_path, schema)

    assert rebuild(store, schema) == []
    assert store.value("SELECT minutes FROM group_activity") == 90
    store.close()
