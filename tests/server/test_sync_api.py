"""Push and pull through the server: each bad save gets its own code and is kept, and the next save goes through."""

import base64
import json
import logging
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import cbor2
import pytest
import zstandard

from schema.load import load_schema
from sync.document import claims_in
from tests.server.http_world import HOME, PUSH, HttpWorld, Phone, key_of, visit_of

CANARY = "canary-7f3a"


@pytest.fixture
def home(li_min: Phone) -> str:
    return li_min.writes("household", HOME)


def held_rows(world: HttpWorld) -> list[tuple[str, str]]:
    """Save and code of every held row."""
    store = world.opened()
    rows = store.rows("SELECT save, problem FROM held ORDER BY position")
    store.close()
    return [(save, code) for save, code in rows]


def counts(world: HttpWorld) -> dict[str, int]:
    """Rows of every table but those that a held save is kept in, or noted in."""
    store = world.opened()
    tables = store.tables()
    kept = {"held", "log", "audit", "session", "device", "device_life"}
    found = {table: store.value(f'SELECT count(*) FROM "{table}"') for table in tables if table not in kept}  # noqa: S608
    found["revision"] = store.value("SELECT value FROM counter WHERE name = 'revision'")
    store.close()
    return found


def nested(depth: int) -> Any:
    value: Any = CANARY
    for _ in range(depth):
        value = [value]
    return value


def resigned(save: dict[str, Any], signature: str) -> dict[str, Any]:
    return save | {"signature": signature}


Bad = Callable[[Phone, str], dict[str, Any]]
BAD_SAVES: dict[str, tuple[Bad, str, str | None]] = {
    "an undeclared field": (
        lambda p, home: p.save("home_visit", visit_of(home, blood_type=CANARY)),
        "unknown_field",
        "blood_type",
    ),
    "a wrong type": (
        lambda p, home: p.save("home_visit", visit_of(home, observation=[CANARY])),
        "wrong_type",
        "observation",
    ),
    "a number for a date": (
        lambda p, home: p.save("home_visit", visit_of(home, visited_on=20261119)),
        "wrong_type",
        "visited_on",
    ),
    "a date in the future": (
        lambda p, home: p.save("home_visit", visit_of(home, visited_on="2026-11-20", observation=CANARY)),
        "date_in_future",
        "visited_on",
    ),
    "a choice that does not exist": (
        lambda p, home: p.save("home_visit", visit_of(home, outcome=CANARY)),
        "unknown_choice",
        "outcome",
    ),
    "a missing answer": (
        lambda p, home: p.save("home_visit", {"household": home, "assigned_to": "li_min", "outcome": "met_person"}),
        "missing",
        None,
    ),
    "a save of 65 KiB": (
        lambda p, home: p.save(
            "home_visit",
            visit_of(home) | {f"remarks.row0000{n}": {"text": CANARY + "x" * 17_000} for n in range(4)},
        ),
        "save_too_large",
        None,
    ),
    "65 fields": (
        lambda p, home: p.save("home_visit", {f"remarks.row{n:05}": {"text": CANARY} for n in range(65)}),
        "too_many_fields",
        None,
    ),
    "a value nested five deep": (
        lambda p, home: p.save("home_visit", visit_of(home, observation=nested(5))),
        "too_deep",
        "observation",
    ),
    "a string of 20,001 characters": (
        lambda p, home: p.save("home_visit", visit_of(home, observation="长" * 20_001)),
        "text_too_long",
        "observation",
    ),
    "another's signature": (
        lambda p, home: resigned(
            p.save("home_visit", visit_of(home)),
            p.world.signs_in("zhang_qiang").save("home_visit", visit_of(home))["signature"],
        ),
        "wrong_signature",
        None,
    ),
    "a signature over other words": (
        lambda p, home: p.save("home_visit", visit_of(home)) | {"set": visit_of(home, observation=CANARY)},
        "wrong_signature",
        None,
    ),
    "a signature that is none": (
        lambda p, home: resigned(p.save("home_visit", visit_of(home)), CANARY),
        "wrong_signature",
        None,
    ),
    "a member nobody knows": (
        lambda p, home: p.save("home_visit", visit_of(home), author="zhou_hui"),
        "malformed",
        None,
    ),
    "a number where an id belongs": (
        lambda p, home: p.save("home_visit", visit_of(home), record=None, base="0"),
        "malformed",
        None,
    ),
    "a kind nobody declared": (lambda p, home: p.save("blood_type", {"value": CANARY}), "unknown_kind", None),
    "half an emoji": (
        lambda p, home: (
            resigned(p.save("home_visit", visit_of(home)), "") | {"set": visit_of(home, observation="\ud83d")}
        ),
        "malformed",
        None,
    ),
}


@pytest.mark.parametrize("name", BAD_SAVES)
def test_a_bad_save_is_held_with_its_own_code_and_the_next_one_goes_through(
    world: HttpWorld, li_min: Phone, home: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    make, code, field = BAD_SAVES[name]
    bad = make(li_min, home)
    before = counts(world)
    answer = li_min.asks(PUSH, {"saves": [bad]})
    (receipt,) = answer.json()["data"]["push"]["receipts"]
    assert (receipt["status"], receipt["revision"]) == ("held", None)
    assert receipt["save"] == bad["id"]
    problem = receipt["problem"]
    assert problem["code"] == code
    assert field is None or problem["field"] == field
    for words in ("words_zh", "words_en", "next_step_zh", "next_step_en", "next_step"):
        assert problem[words] and "{" not in problem[words]
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert CANARY not in answer.text and CANARY not in logged
    # Nothing is written but the held row.
    assert counts(world) == before
    assert held_rows(world) == [(bad["id"], code)]
    # The same request again gets the same answer, and the next save goes through.
    assert li_min.asks(PUSH, {"saves": [bad]}).json()["data"]["push"]["receipts"] == [receipt]
    assert held_rows(world) == [(bad["id"], code)]
    li_min.writes("home_visit", visit_of(home))


def test_one_bad_save_does_not_delay_the_others_of_its_push(world: HttpWorld, li_min: Phone, home: str) -> None:
    saves = [
        li_min.save("home_visit", visit_of(home)),
        li_min.save("home_visit", visit_of(home, outcome="nobody knows")),
        li_min.save("home_visit", visit_of(home, visited_on="2026-11-18")),
    ]
    assert [receipt["status"] for receipt in li_min.pushes(*saves)] == ["accepted", "held", "accepted"]


def test_problems_name_the_field_as_people_know_it(world: HttpWorld, li_min: Phone, home: str) -> None:
    (receipt,) = li_min.pushes(li_min.save("home_visit", visit_of(home, outcome="nobody knows")))
    label = load_schema().kinds["home_visit"].fields["outcome"].words
    assert label.zh in receipt["problem"]["words_zh"] and label.en in receipt["problem"]["words_en"]


def test_a_record_of_another_centre_cannot_be_written_to_nor_seen(
    world: HttpWorld, li_min: Phone, home: str, database: str
) -> None:
    visit = li_min.writes("home_visit", visit_of(home))
    sun_lei = world.signs_in("sun_lei")
    before = counts(world)
    (receipt,) = sun_lei.pushes(sun_lei.save("home_visit", {"observation": CANARY}, record=visit, base=2))
    # A centre that is kept apart has neither this record nor its revisions.
    expected = ("retry", "base_ahead") if database == "postgres" else ("held", "not_permitted")
    assert (receipt["status"], receipt["problem"]["code"]) == expected
    assert counts(world) == before
    mine = sun_lei.save("household", HOME | {"team": "guanhu_1"})
    (receipt,) = sun_lei.pushes(mine)
    assert receipt["status"] == "accepted"
    assert sun_lei.holds() == {mine["record"]}


def test_a_home_of_another_centre_s_team_cannot_be_made(world: HttpWorld, li_min: Phone) -> None:
    sun_lei = world.signs_in("sun_lei")
    (receipt,) = sun_lei.pushes(sun_lei.save("household", HOME))
    assert receipt["status"] == "held" and receipt["problem"]["code"] in (
        "not_permitted",
        "unknown_choice",
        "out_of_scope",
    )
    assert li_min.holds() == set()


def test_a_change_of_a_record_that_is_not_there_yet_is_sent_again(world: HttpWorld, li_min: Phone, home: str) -> None:
    first = li_min.save("home_visit", visit_of(home))
    then = li_min.save(
        "home_visit", {"observation": "later"}, record=first["record"], base=1, replaces={"observation": ["1a2b3c"]}
    )
    (receipt,) = li_min.pushes(then)
    assert (receipt["status"], receipt["problem"]["code"]) == ("retry", "unknown_record")
    assert held_rows(world) == []
    later = li_min.save(
        "home_visit", {"outcome": "met_family"}, record=first["record"], replaces={"outcome": [key_of(first)]}
    )
    assert [receipt["status"] for receipt in li_min.pushes(first, later)] == ["accepted", "accepted"]


def test_a_declaration_newer_than_the_server_s_waits_on_the_phone(world: HttpWorld, li_min: Phone, home: str) -> None:
    (receipt,) = li_min.pushes(li_min.save("home_visit", visit_of(home), schema=99))
    assert (receipt["status"], receipt["problem"]["code"]) == ("retry", "schema_newer")
    assert held_rows(world) == []


def test_a_hundred_saves_are_taken_and_one_more_is_refused_as_a_whole(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    saves = [li_min.save("resident", {"name": f"王{n}号", "household": home}) for n in range(101)]
    before = counts(world)
    answer = li_min.asks(PUSH, {"saves": saves})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "too_many_saves"
    assert counts(world) == before and held_rows(world) == []
    assert {receipt["status"] for receipt in li_min.pushes(*saves[:100])} == {"accepted"}


def test_a_push_over_256_kib_is_refused_as_a_whole_and_goes_through_in_parts(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    saves = [
        li_min.save("home_visit", visit_of(home, observation="记" * 4000) | {"remarks.a1b2c3d4": {"text": "x" * 2000}})
        for _ in range(19)
    ]
    assert len(json.dumps(saves, ensure_ascii=False, separators=(",", ":")).encode()) > 256 * 1024
    before = counts(world)
    answer = li_min.asks(PUSH, {"saves": saves})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "request_too_large"
    assert counts(world) == before
    assert {receipt["status"] for receipt in li_min.pushes(*saves[:10])} == {"accepted"}
    assert {receipt["status"] for receipt in li_min.pushes(*saves[10:])} == {"accepted"}


def test_the_same_push_again_gives_the_same_receipts(world: HttpWorld, li_min: Phone, home: str) -> None:
    saves = [li_min.save("home_visit", visit_of(home)), li_min.save("home_visit", visit_of(home, outcome="?"))]
    first = li_min.pushes(*saves)
    before = counts(world)
    assert li_min.pushes(*saves) == first
    assert counts(world) == before


def test_the_largest_client_number_is_taken(world: HttpWorld, li_min: Phone, home: str) -> None:
    # A GraphQL Int ends at 2,147,483,647; half of all client numbers are larger.
    (receipt,) = li_min.pushes(li_min.save("home_visit", visit_of(home), client=2**32 - 1))
    assert receipt["status"] == "accepted"


def test_a_phone_pulls_what_its_person_may_see_packed_and_typed_alike(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    visit = li_min.writes("home_visit", visit_of(home))
    page = li_min.pulls()
    assert {row["record"] for row in page["changed"]} == {home, visit}
    stream = BytesIO(zlib.decompress(base64.b64decode(page["packed"]), wbits=-15))
    packed = []
    while stream.tell() < len(stream.getbuffer()):
        packed.append(cbor2.load(stream))
    typed = [
        [row["record"], row["kind"], row["revision"], row["standing"], claims_in(base64.b64decode(row["state"]))]
        for row in page["changed"]
    ]
    for row in packed:
        row[4] = {
            f"{field_key}:{key}": [value, made_at, author]
            for key, made_at, author, values in row[4]
            for field_key, value in values.items()
        }
    assert packed == typed
    assert page["more"] is False and all(cursor["complete"] for cursor in page["cursors"])
    assert {cursor["scope"] for cursor in page["cursors"]} == set(li_min.me["scopes"])
    assert page["server_time"] == "2026-11-19T02:00:00Z"
    after = {cursor["scope"]: cursor["cursor"] for cursor in page["cursors"]}
    again = li_min.pulls(after)
    assert (again["changed"], again["gone"]) == ([], [])
    # A colleague of the team sees the same, another team does not.
    assert world.signs_in("zhang_qiang").holds() == {home, visit}
    assert world.signs_in("he_fang").holds() == set()


def test_rows_travel_as_they_are_kept_and_say_what_the_typed_records_say(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    visit = li_min.writes("home_visit", visit_of(home, observation='他说："好"\\ 😀\n第二行'))
    given = [{"scope": scope, "cursor": "0"} for scope in li_min.me["scopes"]]
    page = li_min.finds(
        "query q($after: [ScopeCursorInput!]!) { pull(after: $after) {"
        " more rows again: rows changed { record kind revision standing } at } }",
        after=given,
    )["pull"]
    typed = [[row["record"], row["kind"], row["revision"], row["standing"]] for row in page["changed"]]
    assert [row[:4] for row in page["rows"]] == typed and page["again"] == page["rows"]
    values = {row[0]: row[4][0][3] for row in page["rows"]}
    assert values[visit]["observation"] == '他说："好"\\ 😀\n第二行'

    # The question for news has a name, and its answer is small.
    seen = {row["record"]: row["revision"] for row in page["changed"]}
    li_min.writes("home_visit", {"observation": "好多了"}, record=visit, base=seen[visit])
    body = json.dumps({"documentId": "news.1", "variables": {"at": page["at"]}})
    told = li_min.asks_named(body)
    ((record, _, _, standing, saves, sum_),) = told.json()["data"]["news"]["rows"]
    assert (record, [values for *_, values in saves][-1]) == (visit, {"observation": "好多了"})
    assert len(sum_) == 12 and standing["team"] == "heping_1"
    assert told.headers["content-encoding"] == "gzip" and int(told.headers["content-length"]) < 600
    unknown = li_min.asks_named(json.dumps({"documentId": "news.0", "variables": {"at": page["at"]}}))
    assert unknown.json()["errors"][0]["extensions"]["code"] == "query_refused"


def test_a_page_comes_as_zstandard_to_whoever_reads_it_and_says_the_same(
    world: HttpWorld, li_min: Phone, home: str
) -> None:
    made = {li_min.writes("home_visit", visit_of(home, observation=f"{n} " * 900)) for n in range(8)}
    asked = "query pull($after: [ScopeCursorInput!]!) { pull(after: $after) { rows } }"
    after = [{"scope": scope, "cursor": "0"} for scope in li_min.me["scopes"]]
    rows = {}
    for accepted, encoding in (("gzip, zstd", "zstd"), ("gzip", "gzip"), ("identity", None)):
        answer = li_min.asks(asked, {"after": after}, **{"accept-encoding": accepted})
        assert answer.headers.get("content-encoding") == encoding
        body = zstandard.decompress(answer.content) if encoding == "zstd" else answer.content
        rows[accepted] = json.loads(body)["data"]["pull"]["rows"]
    assert {row[0] for row in rows["identity"]} == made | {home}
    assert rows["gzip, zstd"] == rows["gzip"] == rows["identity"]


def test_a_first_pull_goes_page_by_page(world: HttpWorld, li_min: Phone, home: str) -> None:
    made = {li_min.writes("home_visit", visit_of(home, observation=f"{n} " * 300)) for n in range(12)}
    found: set[str] = set()
    cursors, pages, more = dict.fromkeys(li_min.me["scopes"], "0"), 0, True
    while more:
        page = li_min.pulls(cursors, bytes_max=1024)
        found |= {row["record"] for row in page["changed"]}
        cursors |= {cursor["scope"]: cursor["cursor"] for cursor in page["cursors"]}
        pages, more = pages + 1, page["more"]
    assert found == made | {home} and pages > 2


def test_a_scope_of_others_gives_nothing(world: HttpWorld, li_min: Phone, home: str) -> None:
    sun_lei = world.signs_in("sun_lei")
    page = sun_lei.pulls({scope: "0" for scope in (*sun_lei.me["scopes"], "team:heping_1:outreach_worker", CANARY)})
    assert page["changed"] == []
    assert {cursor["scope"] for cursor in page["cursors"]} <= set(sun_lei.me["scopes"])


def test_a_cursor_beyond_the_log_is_told(world: HttpWorld, li_min: Phone, home: str) -> None:
    answer = li_min.asks(
        "query q($after: [ScopeCursorInput!]!) { pull(after: $after) { more } }",
        {"after": [{"scope": "person:li_min", "cursor": "999999"}]},
    )
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["extensions"]["code"] == "cursor_ahead"


def test_people_of_centre_wide_roles_hold_no_copies(world: HttpWorld, li_min: Phone, home: str) -> None:
    assert world.signs_in("wu_jianguo").holds() == set()
    assert world.signs_in("lin_yan").holds() == set()
