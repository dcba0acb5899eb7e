"""Files of records leave by one way: with a reason, a fresh proof, a second person where there is much in them, a link
that works once, and nothing in any cell but text.

Not here: what a record of the audit looks like (tests/sync/test_audit.py).
"""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from httpx2 import Response

from schema.load import load_schema
from server.exports.cells import guarded, is_formula, masked, readable
from server.exports.sheets import Sheet, as_csv, as_xlsx
from sync import exports
from tests.server.http_world import HOME, HttpWorld, Phone, visit_of

ENTRY = (
    "id number kind format reason is_whole shared_with subject_name rows state by_name approved_by_name fetched_at"
    " is_mine can_agree"
)
ASK = f"""mutation ask($export: ExportInput!) {{ ask_export(export: $export) {{
  token export {{ {ENTRY} }} problem {{ code }} }} }}"""
AGREE = f"mutation agree($id: ID!) {{ agree_to_export(id: $id) {{ export {{ {ENTRY} }} problem {{ code }} }} }}"
OPEN = f"mutation open($id: ID!) {{ open_export(id: $id) {{ token export {{ {ENTRY} }} problem {{ code }} }} }}"
EXPORTS = f"{{ exports {{ {ENTRY} }} }}"
REASON = "街道要十一月的名册"
HOSTILE = '=HYPERLINK("//elsewhere","x")'


@pytest.fixture
def zhou_hui(world: HttpWorld) -> Phone:
    return world.signs_in("zhou_hui")


@pytest.fixture
def wu_jianguo(world: HttpWorld) -> Phone:
    return world.signs_in("wu_jianguo")


@pytest.fixture
def homes(world: HttpWorld) -> list[str]:
    """Two homes; the second one's words would be a formula."""
    li_min = world.signs_in("li_min")
    return [li_min.writes("household", HOME), li_min.writes("household", HOME | {"room": "503", "estate": HOSTILE})]


def asks(phone: Phone, kind: str = "household", **others: Any) -> dict[str, Any]:
    asked = {"kind": kind, "format": "xlsx", "reason": REASON, **others}
    found: dict[str, Any] = phone.finds(ASK, export=asked)["ask_export"]
    return found


def asked(phone: Phone, **others: Any) -> str:
    found = asks(phone, **others)
    assert found["problem"] is None, found
    return str(found["export"]["id"])


def link(phone: Phone, id: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.finds(OPEN, id=id)["open_export"]
    return found


def fetches(phone: Phone, token: str) -> Response:
    headers = {"authorization": f"Bearer {phone.token}"}
    return phone.world.client.post("/api/exports", json={"token": token}, headers=headers)


def code_of(answer: Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


def sheet_in(answer: Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [[cell.value or "" for cell in row] for row in page.iter_rows()]


def noted(world: HttpWorld) -> list[tuple[str, str]]:
    store = world.opened()
    rows = store.rows("SELECT person, details FROM audit WHERE action = 'exported' ORDER BY position")
    store.close()
    return [(person, details) for person, details in rows]


def test_a_list_leaves_with_its_reason_its_watermark_and_no_whole_numbers(
    world: HttpWorld, zhou_hui: Phone, homes: list[str]
) -> None:
    token = link(zhou_hui, asked(zhou_hui))["token"]
    answer = fetches(zhou_hui, token)
    mark, head, *rows = sheet_in(answer)
    number = zhou_hui.finds(EXPORTS)["exports"][0]["number"]
    assert mark[0] == f"周慧 · 2026-11-19 10:00 · 编号 {number} · 内部资料，不得外传"
    assert "电话" in "".join(head) and len(rows) == 2
    whole = " ".join(cell for row in rows for cell in row)
    assert "138****5521" in whole and "138 0000 5521" not in whole
    assert answer.headers["content-disposition"] == f'attachment; filename="doorstep-{number}.xlsx"'
    assert (
        answer.headers["content-security-policy"].startswith("sandbox;")
        and "no-store" in answer.headers["cache-control"]
    )
    assert [person for person, _ in noted(world)] == ["zhou_hui", "zhou_hui"]
    assert all(REASON in details and HOME["room"] not in details for _, details in noted(world))


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_what_somebody_wrote_is_text_in_every_cell(
    world: HttpWorld, zhou_hui: Phone, homes: list[str], format: str
) -> None:
    answer = fetches(zhou_hui, link(zhou_hui, asked(zhou_hui, format=format))["token"])
    if format == "xlsx":
        page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
        assert HOSTILE in [cell.value for row in page.iter_rows() for cell in row]
        assert page.oddHeader.center.text.startswith("周慧")
    else:
        cells = [cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) for cell in row]
        assert f"'{HOSTILE}" in cells and not [cell for cell in cells if is_formula(cell) and not cell.startswith("'")]


FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "＝1", "＋1",
    "－1", "＠a", "=cmd|' /C calc'!A0", "DDE", '=DDE("cmd";"/C calc";"x")', "|calc", "%0A=1", '"=1', "'=1",
    "=\x00cmd", "\x00=1", "a\n=1", "#N/A", "1e9", "TRUE", "2026-01-01", "0x1", "=" * 300, "a" * 40_000,
)  # fmt: skip


def test_no_text_becomes_a_formula_in_either_file_when_it_is_read_again() -> None:
    sheet = Sheet("=mark", ("=head",), tuple((readable(text),) for text in FORMULAS))
    page = openpyxl.load_workbook(io.BytesIO(as_xlsx(sheet))).active
    assert {cell.data_type for row in page.iter_rows() for cell in row} == {"s"}
    rows = list(csv.reader(io.StringIO(as_csv(sheet).decode("utf-8-sig"))))
    assert len(rows) == len(FORMULAS) + 2
    for (cell,) in rows:
        assert not cell.startswith(tuple("=+-@|%\t\r\n＝＋－＠\x00")), cell


def test_left_as_it_comes_such_a_text_would_be_a_formula() -> None:
    book = openpyxl.Workbook()
    book.active.append([HOSTILE])
    out = io.BytesIO()
    book.save(out)
    assert openpyxl.load_workbook(io.BytesIO(out.getvalue())).active["A1"].data_type == "f"
    assert guarded(HOSTILE) == f"'{HOSTILE}" and guarded("和平里 3-2-502") == "和平里 3-2-502"


def test_long_numbers_lose_their_middle_and_days_do_not() -> None:
    assert masked("电话 13800005521，卡 11010519491231002X") == "电话 138****5521，卡 110***********002X"
    assert masked("138 0000 5521") == "138****5521"
    assert masked("2026-11-19 10:00，3-2-502，120 分钟") == "2026-11-19 10:00，3-2-502，120 分钟"


def test_a_link_works_once_for_ten_minutes_and_for_the_one_who_asked(
    world: HttpWorld, zhou_hui: Phone, wu_jianguo: Phone, homes: list[str]
) -> None:
    id = asked(zhou_hui)
    first, second = link(zhou_hui, id)["token"], link(zhou_hui, id)["token"]
    for phone, token in ((zhou_hui, first), (wu_jianguo, second), (zhou_hui, "nothing")):
        refused = fetches(phone, token)
        assert (refused.status_code, code_of(refused)) == (410, "export_link_over")
    assert fetches(zhou_hui, second).status_code == 200
    assert code_of(fetches(zhou_hui, second)) == "export_link_over"
    assert link(zhou_hui, id)["problem"]["code"] == "not_found", "what was fetched is asked for anew"


def test_a_link_is_over_after_ten_minutes(world: HttpWorld, zhou_hui: Phone, homes: list[str]) -> None:
    at_the_edge, too_late = (link(zhou_hui, asked(zhou_hui))["token"] for _ in range(2))
    world.passes(minutes=exports.LINK_MINUTES)
    assert fetches(zhou_hui, at_the_edge).status_code == 200
    world.passes(seconds=1)
    assert code_of(fetches(zhou_hui, too_late)) == "export_link_over"
    world.passes(seconds=-60)
    assert code_of(fetches(zhou_hui, too_late)) == "export_link_over", "asking used it up"


def test_what_is_personal_leaves_only_after_a_second_person_agreed(
    world: HttpWorld, zhou_hui: Phone, wu_jianguo: Phone, homes: list[str]
) -> None:
    world.signs_in("li_min").writes("home_visit", visit_of(homes[0]))
    id = asked(zhou_hui, kind="home_visit")
    assert link(zhou_hui, id)["problem"]["code"] == "export_waits"
    assert zhou_hui.finds(AGREE, id=id)["agree_to_export"]["problem"]["code"] == "needs_another_person"
    (entry,) = wu_jianguo.finds(EXPORTS)["exports"]
    assert entry["can_agree"] and entry["state"] == "waiting" and entry["reason"] == REASON
    agreed = wu_jianguo.finds(AGREE, id=id)["agree_to_export"]
    assert agreed["problem"] is None and agreed["export"]["approved_by_name"] == "吴建国"
    assert wu_jianguo.finds(AGREE, id=id)["agree_to_export"]["problem"]["code"] == "not_found"
    assert link(wu_jianguo, id)["problem"]["code"] == "not_found", "only who asked for it takes it"
    assert len(sheet_in(fetches(zhou_hui, link(zhou_hui, id)["token"]))) == 3


def test_whole_numbers_need_a_second_person_too(zhou_hui: Phone, wu_jianguo: Phone, homes: list[str]) -> None:
    id = asked(zhou_hui, is_whole=True)
    assert link(zhou_hui, id)["problem"]["code"] == "export_waits"
    wu_jianguo.finds(AGREE, id=id)
    assert "138 0000 5521" in str(sheet_in(fetches(zhou_hui, link(zhou_hui, id)["token"])))


def test_more_than_two_hundred_rows_need_a_second_person(
    zhou_hui: Phone, homes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "ROWS_ALONE_MAX", 2)
    assert link(zhou_hui, asked(zhou_hui))["token"] is not None
    monkeypatch.setattr(exports, "ROWS_ALONE_MAX", 1)
    assert link(zhou_hui, asked(zhou_hui))["problem"]["code"] == "export_waits"
    monkeypatch.setattr(exports, "ROWS_MAX", 1)
    assert asks(zhou_hui)["problem"]["code"] == "export_too_large"


def test_only_what_may_still_be_seen_is_in_the_file(world: HttpWorld, zhou_hui: Phone, homes: list[str]) -> None:
    token = link(zhou_hui, asked(zhou_hui))["token"]
    store = world.opened()
    store.execute("DELETE FROM membership WHERE person = 'zhou_hui' AND team = 'heping_1'")
    store.close()
    assert len(sheet_in(fetches(zhou_hui, token))) == 2, "the watermark and the heads of the columns"


@pytest.mark.parametrize(
    ("others", "code"),
    [
        ({"reason": "  "}, "export_needs_reason"),
        ({"reason": "x" * 201}, "export_needs_reason"),
        ({"format": "pdf"}, "not_found"),
        ({"kind": "nothing"}, "not_found"),
        ({"kind": "case"}, "export_empty"),
        ({"kind": "case_confidential"}, "export_empty"),
    ],
)
def test_what_cannot_leave_says_why(zhou_hui: Phone, homes: list[str], others: dict[str, Any], code: str) -> None:
    assert asks(zhou_hui, **others)["problem"]["code"] == code


@pytest.mark.parametrize("person", ["li_min", "lin_yan"])
def test_who_works_outside_or_at_the_window_takes_nothing_away(world: HttpWorld, homes: list[str], person: str) -> None:
    answer = world.signs_in(person).asks(ASK, {"export": {"kind": "household", "format": "csv", "reason": REASON}})
    assert code_of(answer) == "not_allowed"


def test_to_ask_and_to_agree_need_a_fresh_proof(world: HttpWorld, zhou_hui: Phone, homes: list[str]) -> None:
    id = asked(zhou_hui)
    world.passes(minutes=load_schema().rights.verified_minutes, seconds=1)
    for query, variables in (
        (ASK, {"export": {"kind": "household", "format": "csv", "reason": REASON}}),
        (AGREE, {"id": id}),
        (OPEN, {"id": id}),
    ):
        assert code_of(zhou_hui.asks(query, variables)) == "step_up_required"


def test_another_centre_sees_no_export_of_this_one(world: HttpWorld, zhou_hui: Phone, homes: list[str]) -> None:
    id = asked(zhou_hui, is_whole=True)
    elsewhere = world.signs_in("xu_jianping")
    assert elsewhere.finds(EXPORTS)["exports"] == []
    assert elsewhere.finds(AGREE, id=id)["agree_to_export"]["problem"]["code"] == "not_found"


def test_what_nobody_fetched_in_a_day_is_over(world: HttpWorld, homes: list[str]) -> None:
    id = asked(world.signs_in("zhou_hui"))
    world.passes(hours=exports.OPEN_HOURS, seconds=1)
    zhou_hui = world.signs_in("zhou_hui")
    assert zhou_hui.finds(EXPORTS)["exports"][0]["state"] == "over"
    assert link(zhou_hui, id)["problem"]["code"] == "not_found"


@pytest.mark.parametrize("body", [{}, {"token": 7}, {"token": None}])
def test_a_request_without_a_token_is_refused(world: HttpWorld, zhou_hui: Phone, body: dict[str, Any]) -> None:
    answer = world.client.post("/api/exports", json=body, headers={"authorization": f"Bearer {zhou_hui.token}"})
    assert (answer.status_code, code_of(answer)) == (400, "damaged_request")
    assert world.client.get("/api/exports").status_code in (404, 405)


AGREED = {"wording": "form_2026_11", "given_by": "self", "proof": "oral", "witness": "李敏", "given_on": "2026-11-19"}


def test_a_shared_list_holds_who_agreed_and_no_sensitive_cell_of_who_did_not(
    world: HttpWorld, zhou_hui: Phone, wu_jianguo: Phone, homes: list[str]
) -> None:
    li_min = world.signs_in("li_min")
    said = {"health_note": "糖尿病", "phone": "138 0000 5522"}
    one = li_min.writes("resident", {"name": "王秀兰", "household": homes[0], **said})
    li_min.writes("resident", {"name": "陈志强", "household": homes[0], **said})
    li_min.writes("consent", {"resident": one, "purpose": "sharing", "partner": "街道社会事务办", **AGREED})
    assert asks(zhou_hui, "resident", shared_with="保险公司")["problem"]["code"] == "export_nobody_agreed"
    assert asks(zhou_hui, "household", shared_with="街道社会事务办")["problem"]["code"] == "export_about_nobody"
    assert asks(zhou_hui, "resident", shared_with=" ")["problem"]["code"] == "export_needs_unit"
    assert asks(zhou_hui, "resident", shared_with="x" * 61)["problem"]["code"] == "export_needs_unit"

    id = asked(zhou_hui, kind="resident", shared_with="街道社会事务办")
    wu_jianguo.finds(AGREE, id=id)
    mark, _, *rows = sheet_in(fetches(zhou_hui, link(zhou_hui, id)["token"]))

    assert mark[0].endswith("只提供给 街道社会事务办") and [row[0] for row in rows] == ["王秀兰"]
    assert "（本人未同意，不导出）" in rows[0] and "糖尿病" not in rows[0]
    assert all("街道社会事务办" in details for _, details in noted(world))


def test_a_persons_copy_holds_everything_about_them_and_nobody_else_by_name_or_number(
    world: HttpWorld, zhou_hui: Phone, wu_jianguo: Phone, homes: list[str]
) -> None:
    li_min = world.signs_in("li_min")
    one = {"name": "王秀兰", "household": homes[0], "phone": "138 0000 5522", "emergency_contact": "女儿王梅"}
    resident = li_min.writes("resident", {**one, "health_note": "糖尿病"})
    li_min.writes("resident", {"name": "陈志强", "household": homes[0]})
    li_min.writes("home_visit", visit_of(homes[0], resident=resident, observation="陈志强说可打13900001111"))
    li_min.writes("consent", {"resident": resident, "purpose": "service", **AGREED})
    assert asks(wu_jianguo, "household", subject=resident)["problem"]["code"] == "not_found"
    assert asks(zhou_hui, "resident", subject=resident, shared_with="保险公司")["problem"]["code"] == "not_found"

    id = asked(zhou_hui, kind="resident", subject=resident)
    assert link(zhou_hui, id)["problem"]["code"] == "export_waits"
    wu_jianguo.finds(AGREE, id=id)
    mark, head, *rows = sheet_in(fetches(zhou_hui, link(zhou_hui, id)["token"]))

    assert mark[0].endswith("提供给本人") and head == ["记录", "哪一条", "项目", "内容"]
    assert {row[0] for row in rows} == {"居民", "入户探访", "同意书"}
    told = {(row[0], row[2]): row[3] for row in rows}
    assert told["居民", "身体情况"] == "糖尿病" and told["居民", "电话"] == "138 0000 5522"
    assert told["居民", "紧急联系人"] == told["同意书", "谁在场"] == "（写的是别人，已隐去）"
    assert told["入户探访", "情况记录"] == "陈＊＊说可打139****1111"


def test_who_sees_only_a_part_of_a_person_makes_no_copy(
    world: HttpWorld, zhou_hui: Phone, wu_jianguo: Phone, homes: list[str]
) -> None:
    li_min = world.signs_in("li_min")
    resident = li_min.writes("resident", {"name": "王秀兰", "household": homes[0]})
    case = {"resident": resident, "household": homes[0], "worker": "li_min", "category": "family"}
    li_min.writes("case", {**case, "opened_on": "2026-11-01", "presenting_problem": "照顾负担重"})

    assert asks(wu_jianguo, "resident", subject=resident)["problem"]["code"] == "copy_incomplete"
    assert asks(zhou_hui, "resident", subject=resident)["export"]["subject_name"] == "王秀兰"
