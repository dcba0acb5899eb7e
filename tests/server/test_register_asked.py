"""A desk brings its register in through the server: who may, what is written down of it, and what no file can do.

Not here: how a file is understood (test_register_desk.py).
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from server.graphql import register
from tests.server.http_world import HttpWorld, Phone

ANSWER = """{ is_done problem { code } sheet header_row rows households known_households residents already
  alike { row other_row } columns { position heading kind field how id_number }
  repairs { problem { code words_zh } column position rows texts { text rows } } left_out_csv }"""
LOOK = f"query look($register: RegisterInput!) {{ look_at_register(register: $register) {ANSWER} }}"
IMPORT = f"""mutation bring($id: ID!, $register: RegisterInput!) {{
  import_register(id: $id, register: $register) {ANSWER} }}"""
ROWS = "小区,栋,单元,房号,姓名,性别\n海棠苑,8,1,301,马秀珍,女\n海棠苑,8,1,302,覃军,公\n"


def file_of(text: str | bytes = ROWS, name: str = "register.csv", **choices: Any) -> dict[str, Any]:
    content = base64.b64encode(text.encode() if isinstance(text, str) else text).decode()
    return {"name": name, "content": content, "columns": [], "fixes": [], "left_out": [], "team": "heping_1", **choices}


def looks(phone: Phone, file: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = phone.finds(LOOK, register=file)["look_at_register"]
    return found


def brings(phone: Phone, id: str, file: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = phone.finds(IMPORT, id=id, register=file)["import_register"]
    return found


def counted(world: HttpWorld) -> tuple[int, int]:
    store = world.opened()
    found = store.row("SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM log)")
    store.close()
    return found or (0, 0)


def test_a_supervisor_mends_a_file_once_for_all_and_brings_it_in_once(world: HttpWorld) -> None:
    zhou_hui, id = world.signs_in("zhou_hui"), world.new_id()
    found = looks(zhou_hui, file_of())
    assert [(one["problem"]["code"], one["position"], one["rows"], one["texts"]) for one in found["repairs"]] == [
        ("unknown_choice", 5, [3], [{"text": "公", "rows": 1}])
    ]
    assert brings(zhou_hui, id, file_of())["is_done"] is False
    assert counted(world) == (0, 0)

    mended = file_of(fixes=[{"position": 5, "text": "公", "to": "男"}])
    for _ in range(2):
        done = brings(zhou_hui, id, mended)
        assert (done["is_done"], done["households"], done["residents"]) == (True, 2, 2)
    assert counted(world) == (4, 4)
    store = world.opened()
    assert store.rows("SELECT DISTINCT person, device, status FROM log") == [("zhou_hui", id, "accepted")]
    noted = store.rows("SELECT person, details FROM audit WHERE action = 'imported'")
    store.close()
    assert {person for person, _ in noted} == {"zhou_hui"}
    assert not [details for _, details in noted if "马秀珍" in details or "海棠苑" in details]


def test_rows_left_out_come_back_as_a_file(world: HttpWorld) -> None:
    done = brings(world.signs_in("zhou_hui"), world.new_id(), file_of(left_out=[3]))

    assert (done["residents"], done["is_done"]) == (1, True)
    assert "覃军" in done["left_out_csv"] and "马秀珍" not in done["left_out_csv"]


@pytest.mark.parametrize("person", ["li_min", "lin_yan", "huang_li"])
def test_whoever_may_not_import_is_refused_before_the_file_is_read(world: HttpWorld, person: str) -> None:
    phone = world.signs_in(person)
    for query, more in ((LOOK, {}), (IMPORT, {"id": world.new_id()})):
        answer = phone.asks(query, {"register": file_of(b"\xff\xff\xff\x00"), **more})
        assert answer.json()["errors"][0]["extensions"]["code"] == "not_allowed"


def test_a_file_that_is_none_and_one_that_is_too_long_are_told_in_words(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    zhou_hui = world.signs_in("zhou_hui")
    assert looks(zhou_hui, file_of(b"PK", "register.xlsx"))["problem"]["code"] == "import_unreadable"
    assert looks(zhou_hui, file_of("你好\n"))["problem"]["code"] == "import_no_header"
    assert looks(zhou_hui, file_of(team="no_team"))["problem"]["code"] == "unknown_choice"
    monkeypatch.setattr(register, "ROWS_MAX", 1)
    assert brings(zhou_hui, world.new_id(), file_of(left_out=[3]))["problem"]["code"] == "request_too_large"
    monkeypatch.setattr(register, "CHOICES_MAX", 0)
    many = file_of(columns=[{"position": 0}])
    for wrong, code in ((many, "request_too_large"), (file_of() | {"content": "*"}, "damaged_request")):
        answer = zhou_hui.asks(LOOK, {"register": wrong})
        assert answer.json()["errors"][0]["extensions"]["code"] == code
    answer = zhou_hui.asks(IMPORT, {"id": "one", "register": file_of()})
    assert answer.json()["errors"][0]["extensions"]["code"] == "damaged_request"


def test_nobody_imports_into_a_team_that_is_not_theirs(world: HttpWorld) -> None:
    zhou_hui = world.signs_in("zhou_hui")
    found = brings(zhou_hui, world.new_id(), file_of(team="heping_3", left_out=[3]))
    elsewhere = brings(zhou_hui, world.new_id(), file_of(team="guanhu_1", left_out=[3]))

    assert {one["problem"]["code"] for one in found["repairs"]} == {"not_permitted"}
    assert elsewhere["problem"]["code"] == "unknown_choice"
    assert counted(world) == (0, 0)
