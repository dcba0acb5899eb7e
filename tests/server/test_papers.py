"""Papers about certified hours: made by the centre for who may have them, drawn so that any reader shows them, and
verified by strangers who learn no more than they must.

Not here: how minutes are counted (tests/sync/test_hours.py), and the screens (e2e/test_recognition.py).
"""

from __future__ import annotations

import csv
import io
import logging
import random
import re
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from pypdf import PdfReader

from schema.load import load_schema
from server.auth.strangers import FAILURES_MAX
from server.exports.cells import is_formula
from server.recognition.numbers import LETTERS, is_whole, new_number, read_number, shown
from server.recognition.papers import Paper
from server.recognition.pdf import Told, pdf_of
from server.recognition.verify import hidden_name
from sync.hours import HourCertified
from sync.recognition import Service, Taught
from tests.server.http_world import HttpWorld, Phone

MAKE = """mutation m($volunteer: ID!, $from_on: String!, $to_on: String!) {
  make_paper(volunteer: $volunteer, from_on: $from_on, to_on: $to_on) { record problem { code } } }"""
DECIDE = "mutation d($decisions: [DecisionInput!]!) { decide(decisions: $decisions) { problem { code } } }"
MEDAL = """mutation p($volunteer: ID!, $rule: ID!) { propose_medal(volunteer: $volunteer, rule: $rule) {
  record problem { code } } }"""
BEGIN = """mutation b($volunteer: ID!, $period: String!, $to_on: String!) {
  open_assessment(volunteer: $volunteer, period: $period, to_on: $to_on) { record problem { code } } }"""
MINE = "{ my_recognition { certified_minutes next_medal { medal min_hours minutes_to_go } paper first_on last_on } }"
BOARD = "{ recognition { medals { volunteer name medal rule is_reached award state } due { volunteer period to_on } } }"
HOURS = {"activity": "便民服务日", "worked_on": "2026-11-18", "started_at": "09:00", "ended_at": "11:30"}
PROOF = "服务时数证明"


@pytest.fixture
def huang_li(world: HttpWorld) -> Phone:
    return world.signs_in("huang_li")


@pytest.fixture
def chen_jing(world: HttpWorld) -> Phone:
    return world.signs_in("chen_jing")


def serves(phone: Phone, by: Phone, **values: Any) -> str:
    """Hours that somebody wrote down and somebody else certified."""
    entry = phone.writes("hour_entry", {**HOURS, "volunteer": phone.person, "provenance": "signed", **values})
    certifies(by, entry)
    return entry


def certifies(by: Phone, entry: str) -> None:
    revision = by.finds(f'{{ record_detail(record: "{entry}") {{ revision }} }}')["record_detail"]["revision"]
    decision = {"id": by.world.new_id(), "record": entry, "revision": revision, "verdict": "approve"}
    (done,) = by.finds(DECIDE, decisions=[decision])["decide"]
    assert done["problem"] is None, done


def makes(phone: Phone, volunteer: str = "huang_li", **days: str) -> dict[str, Any]:
    asked = {"from_on": "2026-01-01", "to_on": "2026-11-19", **days}
    found: dict[str, Any] = phone.finds(MAKE, volunteer=volunteer, **asked)["make_paper"]
    return found


def made(phone: Phone, **days: str) -> str:
    found = makes(phone, **days)
    assert found["problem"] is None, found
    return str(found["record"])


def fetches(phone: Phone, record: str) -> Response:
    headers = {"authorization": f"Bearer {phone.token}"}
    return phone.world.client.post("/api/papers", json={"record": record}, headers=headers)


def number_of(phone: Phone, record: str) -> str:
    found = phone.finds(f'{{ hour_certificate(id: "{record}") {{ number paper minutes entries }} }}')
    return str(found["hour_certificate"]["number"])


def verifies(world: HttpWorld, number: str) -> Response:
    """A stranger: no session, no device."""
    world.client.cookies.clear()
    return world.client.post("/api/verify", json={"number": number})


def code_of(answer: Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


def text_in(content: bytes) -> str:
    return "\n".join(pages_in(content))


def pages_in(content: bytes) -> list[str]:
    """The texts of the pages, as any other reader extracts them: this one leaves half of each character behind."""
    return [page.extract_text().replace("\0", "") for page in PdfReader(io.BytesIO(content)).pages]


def test_a_volunteer_has_a_record_of_her_certified_hours_made_and_a_stranger_verifies_it(world, huang_li, chen_jing):
    serves(huang_li, chen_jing)
    huang_li.writes("hour_entry", {**HOURS, "volunteer": "huang_li", "provenance": "signed", "worked_on": "2026-11-17"})
    record = made(huang_li)
    answer = fetches(huang_li, record)

    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    assert "no-store" in answer.headers["cache-control"] and "黄" not in answer.headers["content-disposition"]
    text = text_in(answer.content)
    number = number_of(huang_li, record)
    for part in ("黄丽", "便民服务日", "2 小时 30 分", "基本信息"):
        assert part in text
    assert shown(number) in text and "2026-11-17" not in text
    found = verifies(world, shown(number)).json()
    assert found == {
        **{
            "state": "valid",
            "is_as_made": True,
            "paper": "service_record",
            "name": "黄*",
            "issuer": "和平社区服务中心",
        },
        **{"from_on": "2026-01-01", "to_on": "2026-11-19", "minutes": 150, "issued_on": "2026-11-19"},
        "revoked_on": None,
    }


def test_it_is_called_a_proof_only_where_the_rule_in_force_says_so(world, huang_li, chen_jing):
    serves(huang_li, chen_jing)
    before = fetches(huang_li, made(huang_li)).content
    rule = {"effective_on": "2026-11-20", "may_certify": True, "issuer": "和平街道义工站", "round_to": 1}
    world.signs_in("wu_jianguo").writes("hour_rule", {**RULE, **rule})
    still = fetches(huang_li, made(huang_li)).content
    world.passes(days=1)
    huang_li = world.signs_in("huang_li")
    after = fetches(huang_li, made(huang_li, to_on="2026-11-20")).content

    assert "证明" not in text_in(before) and "服务记录" in text_in(before)
    assert "证明" not in text_in(still)
    assert PROOF in text_in(after) and "和平街道义工站" in text_in(after)


RULE = {
    **{"round_how": "down", "day_minutes_max": 600, "late_after_days": 7, "closes_on_day": 5, "after_close": "flag"},
}


def test_the_word_proof_stands_only_where_a_paper_is_named_that_is_one():
    """Of everything about papers: in the paper's own name, in its vocabulary, and where screens name it by its code."""
    named = re.compile(r"证明|certified proof", re.IGNORECASE)
    found = {}
    for pattern in ("server/recognition/*.py", "server/graphql/recognition.py", "server/world_recognition.py"):
        found |= {str(path): lines_with(named, path) for path in Path().glob(pattern)}
    for pattern in ("pwa/src/recognition/*", "pwa/src/words/recognition.ts", "pwa/src/words/verify.ts"):
        found |= {str(path): lines_with(named, path) for path in Path().glob(pattern)}
    for name in ("hour_certificate", "medal_award", "volunteer_assessment"):
        path = Path("schema/records") / f"{name}.toml"
        found[str(path)] = lines_with(named, path)
    stands = {path: lines for path, lines in found.items() if lines}

    assert set(stands) == {"server/recognition/pdf.py", "pwa/src/words/recognition.ts", "pwa/src/words/verify.ts"}
    assert all(len(lines) == 1 and "certified_proof" in lines[0] for lines in stands.values())
    assert "证明" not in text_in(pdf_of(load_schema(), told("service_record"), service()))
    assert PROOF in text_in(pdf_of(load_schema(), told("certified_proof"), service()))


def lines_with(what: re.Pattern[str], path: Path) -> list[str]:
    # The law that asks for such records is named so.
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if what.search(line) and not line.lstrip().startswith(("#", "source"))]


def test_nobody_has_a_paper_made_for_somebody_else_but_a_coordinator(world, huang_li, chen_jing):
    serves(huang_li, chen_jing)
    deng_jie = world.signs_in("deng_jie")
    assert (
        "not_allowed"
        in deng_jie.asks(MAKE, {"volunteer": "huang_li", "from_on": "2026-01-01", "to_on": "2026-11-19"}).text
    )
    record = made(chen_jing)
    assert code_of(fetches(deng_jie, record)) == "not_found"
    assert fetches(huang_li, record).status_code == fetches(chen_jing, record).status_code == 200
    other_centre = world.signs_in("xu_jianping")
    assert code_of(fetches(other_centre, record)) == "not_found"


def test_there_is_no_paper_of_nothing_of_tomorrow_or_backwards(huang_li):
    assert makes(huang_li)["problem"]["code"] == "no_certified_hours"
    assert makes(huang_li, to_on="2026-11-20")["problem"]["code"] == "date_in_future"
    assert makes(huang_li, from_on="2026-11-19", to_on="2026-11-18")["problem"]["code"] == "out_of_order"


def test_a_revoked_paper_is_told_so_and_drawn_no_more(world, huang_li, chen_jing):
    serves(huang_li, chen_jing)
    record = made(huang_li)
    number = number_of(huang_li, record)
    chen_jing.writes(
        "hour_certificate",
        {"state": "revoked", "revoked_because": "名字写错了", "revoked_on": "2026-11-19"},
        record=record,
        base=1,
    )
    found = verifies(world, number).json()
    assert (found["state"], found["revoked_on"]) == ("revoked", "2026-11-19")
    assert "名字写错了" not in str(found)
    assert code_of(fetches(huang_li, record)) == "certificate_revoked"


def test_hours_that_were_corrected_since_are_told_and_the_old_paper_is_drawn_no_more(world, huang_li, chen_jing):
    serves(huang_li, chen_jing)
    record = made(huang_li)
    serves(huang_li, chen_jing, worked_on="2026-11-16")
    found = verifies(world, number_of(huang_li, record)).json()
    assert (found["state"], found["is_as_made"], found["minutes"]) == ("valid", False, 150)
    assert code_of(fetches(huang_li, record)) == "certificate_changed"


def test_forged_and_mistyped_numbers_are_refused_apart_and_in_one_shape(world, huang_li, chen_jing):
    serves(huang_li, chen_jing)
    number = number_of(huang_li, made(huang_li))
    forged = new_number(random.Random(5).randbytes)  # noqa: S311
    mistyped = number[:3] + LETTERS[(LETTERS.index(number[3]) + 1) % 32] + number[4:]
    answers = [verifies(world, forged), verifies(world, mistyped), verifies(world, "12"), verifies(world, "号码")]

    assert [code_of(answer) for answer in answers] == ["certificate_unknown", *["certificate_mistyped"] * 3]
    assert {answer.status_code for answer in answers} == {404}
    shapes = {frozenset(answer.json()["errors"][0]["extensions"]) for answer in answers}
    assert len(shapes) == 1
    for answer in answers:
        assert answer.json()["errors"][0]["extensions"]["next_step_zh"]
        assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"


def test_who_guesses_is_slowed_down_and_a_right_number_is_answered_all_the_same(world, huang_li, chen_jing):
    serves(huang_li, chen_jing)
    number, chance = number_of(huang_li, made(huang_li)), random.Random(6)  # noqa: S311
    codes = [code_of(verifies(world, new_number(chance.randbytes))) for _ in range(FAILURES_MAX + 1)]
    assert codes == ["certificate_unknown"] * FAILURES_MAX + ["too_many_tries"]
    assert verifies(world, number).status_code == 200
    assert verifies(world, new_number(chance.randbytes)).status_code == 429


def test_a_number_is_in_no_log(world, huang_li, chen_jing, caplog):
    serves(huang_li, chen_jing)
    number = number_of(huang_li, made(huang_li))
    with caplog.at_level(logging.DEBUG):
        verifies(world, number)
        verifies(world, new_number(random.Random(7).randbytes))  # noqa: S311
    assert number not in caplog.text and shown(number) not in caplog.text


def test_every_wrong_character_and_every_swap_of_neighbours_is_noticed():
    chance = random.Random(1)  # noqa: S311
    for _ in range(40):
        number = new_number(chance.randbytes)
        assert is_whole(number) and read_number(shown(number).lower()) == number
        for at in range(len(number)):
            for letter in LETTERS:
                assert letter == number[at] or not is_whole(number[:at] + letter + number[at + 1 :])
        for at in range(len(number) - 1):
            swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
            assert swapped == number or not is_whole(swapped)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("8k2m 4p6r-8t0v 2x4z", "8K2M4P6R8T0V2X4Z"),
        ("８Ｋ２Ｍ４Ｐ６Ｒ８Ｔ０Ｖ２Ｘ４Ｚ", "8K2M4P6R8T0V2X4Z"),
        ("8K2M4P6R8TOV2X4Z", "8K2M4P6R8T0V2X4Z"),
        ("8K2M4P6R8T0V2X4", None),
        ("8K2M4P6R8T0V2X4U", None),
        ("", None),
        (5, None),
        ("8" * 100, None),
    ],
)
def test_a_number_is_read_however_it_was_typed(typed, read):
    assert read_number(typed) == read


@pytest.mark.parametrize(
    ("name", "hidden"), [("黄丽", "黄*"), ("欧阳小芳", "欧***"), ("黄", "黄*"), ("Maria Lee Wong", "M***")]
)
def test_a_name_is_told_by_its_first_character(name, hidden):
    assert hidden_name(name) == hidden


def told(paper: str = "service_record", name: str = "黄丽") -> Told:
    made = Paper(
        *("r", "heping", "huang_li", paper, "8K2M4P6R8T0V2X4Z", "和平社区服务中心", "2026-01-01", "2026-11-19"),
        *("2026-11-19", 150, "", "issued", None),
    )
    return Told(made, name, "和平社区服务中心", "https://doorstep.example/verify")


def service(activity: str = "便民服务日", entries: int = 1) -> Service:
    lines = [
        HourCertified(
            f"r{n}", "huang_li", activity, None, f"2026-{1 + n // 28:02d}-{1 + n % 28:02d}", "09:00", "11:30", 150
        )
        for n in range(entries)
    ]
    return Service(
        volunteer="huang_li",
        file={"birth_date": "1968-03-05", "admitted_on": "2024-02-01", "team_name": "和平里队"},
        entries=tuple(lines),
        trainings=(Taught("2026-02-01", "急救", "二楼", "陈静"),),
        medals=(("bronze", "2026-06-01"),),
        evaluations=(("half_year", "2026-01-01", "2026-06-30", "excellent"),),
    )


def test_a_paper_says_what_the_rule_on_volunteer_records_asks_for_on_numbered_pages():
    content = pdf_of(load_schema(), told(), service(entries=100))
    pages = pages_in(content)
    text = "\n".join(pages)
    for part in ("基本信息", "1968-03", "服务", "培训", "急救", "表彰奖励", "铜章", "评价", "优秀", "250 小时"):
        assert part in text
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 页，共 {len(pages)} 页" in page and "8K2M-4P6R-8T0V-2X4Z" in page
    assert "1968-03-05" not in text
    assert content == pdf_of(load_schema(), told(), service(entries=100))


def test_the_glyphs_are_in_the_paper_also_rare_ones_and_what_is_missing_stands_there_by_its_number():
    content = pdf_of(load_schema(), told(name="黄䶮𬱖𠮷"), service(activity="打给 13800005521"))
    text = text_in(content)
    assert "黄䶮𬱖〔U+20BB7〕" in text and "请手写补上" in text
    assert "13800005521" not in text and "138****5521" in text
    fonts = [
        font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in PdfReader(io.BytesIO(content)).pages
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values())
    ]
    assert fonts and all("/FontFile3" in font or "/FontFile2" in font for font in fonts)
    assert len(content) < 200_000


def test_a_medal_is_put_forward_by_certified_hours_alone_once_and_never_for_oneself(world, huang_li, chen_jing):
    wu_jianguo = world.signs_in("wu_jianguo")
    rule = wu_jianguo.writes("medal_rule", {"effective_on": "2026-11-01", "medal": "bronze", "min_hours": 3})
    serves(huang_li, chen_jing)

    def asked(phone: Phone, volunteer: str = "huang_li") -> Any:
        return phone.finds(MEDAL, volunteer=volunteer, rule=rule)["propose_medal"]

    assert huang_li.finds(MINE)["my_recognition"]["next_medal"] == {
        **{"medal": "bronze", "min_hours": 3, "minutes_to_go": 30},
    }
    assert asked(chen_jing)["problem"]["code"] == "medal_not_reached"
    serves(huang_li, chen_jing, worked_on="2026-11-16")
    assert huang_li.finds(MINE)["my_recognition"]["next_medal"] is None
    (near,) = chen_jing.finds(BOARD)["recognition"]["medals"]
    assert (near["name"], near["medal"], near["is_reached"], near["award"]) == ("黄丽", "bronze", True, None)
    award = asked(chen_jing)["record"]
    assert asked(chen_jing)["problem"]["code"] == "medal_there_already"
    assert asked(chen_jing, "chen_jing")["problem"]["code"] == "own_step"
    found = chen_jing.finds(f'{{ medal_award(id: "{award}") {{ hours_at counted_on }} }}')["medal_award"]
    assert found == {"hours_at": 5, "counted_on": "2026-11-19"}
    assert "not_allowed" in huang_li.asks(MEDAL, {"volunteer": "huang_li", "rule": rule}).text


def test_an_assessment_that_is_not_due_is_not_begun(chen_jing):
    found = chen_jing.finds(BEGIN, volunteer="huang_li", period="half_year", to_on="2026-11-18")["open_assessment"]
    assert found["problem"]["code"] == "assessment_not_due"


ASK = """mutation ask($export: ExportInput!) { ask_export(export: $export) { token export { id rows state kind }
  problem { code } } }"""
AGREE = "mutation agree($id: ID!) { agree_to_export(id: $id) { export { state } problem { code } } }"
OPEN = "mutation open($id: ID!) { open_export(id: $id) { token problem { code } } }"


def test_service_records_leave_by_the_way_of_all_exports_and_no_cell_is_a_formula(world, huang_li, chen_jing):
    serves(huang_li, chen_jing, activity='=HYPERLINK("//elsewhere","x")')
    huang_li.writes("hour_entry", {**HOURS, "volunteer": "huang_li", "provenance": "signed", "worked_on": "2026-11-17"})
    wanted = {"kind": "service_record", "format": "csv", "reason": "民政系统要的"}
    found = chen_jing.finds(ASK, export=wanted)["ask_export"]
    assert found["problem"] is None and (found["export"]["state"], found["export"]["rows"]) == ("waiting", 1)
    export = found["export"]["id"]
    assert world.signs_in("wu_jianguo").finds(AGREE, id=export)["agree_to_export"]["problem"] is None
    token = chen_jing.finds(OPEN, id=export)["open_export"]["token"]
    headers = {"authorization": f"Bearer {chen_jing.token}"}
    answer = world.client.post("/api/exports", json={"token": token}, headers=headers)

    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[1] == ["义工", "项目", "日期", "内容", "已核定分钟"]
    served = [line for line in lines[2:] if line[1] == "服务"]
    assert served == [["黄丽", "服务", "2026-11-18", '09:00–11:30 =HYPERLINK("//elsewhere","x")', "150"]]
    assert not any(is_formula(cell) for line in lines for cell in line)
    other = {**wanted, "subject": "deng_jie"}
    assert chen_jing.finds(ASK, export=other)["ask_export"]["problem"]["code"] == "export_empty"
    assert "not_allowed" in huang_li.asks(ASK, {"export": wanted}).text
