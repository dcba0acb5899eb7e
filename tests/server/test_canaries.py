"""Nothing foreign reaches anybody: every text of a small world is a mark, all bytes that eight people are answered by
every path are kept, and none of them holds a mark that is not theirs (nor does the log of the server). A name that is
foreign is answered like one that does not exist, byte for byte.

Not here: which operations are allowed (test_matrix.py).
"""

import base64
import binascii
import json
import logging
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server.http_world import Phone
from tests.server.small_world import KINDS, Placed, SmallWorld, small_world
from tests.server.test_matrix import ROLES, reached

DETAIL = """record_detail(record: "{id}") { record title_zh values claims { value } standing history { sentence }
  changes { after } merged { after } conflicts { versions { value } }
  duplicates { title_zh values } household }"""
PULL = """query p($after: [ScopeCursorInput!]!) { pull(after: $after) { rows packed changed { record state standing }
  gone at cursors { scope cursor } decided { save } } }"""
LISTS = """{ waiting: review_list(tab: waiting) { items { title_zh values } total }
  conflicts: review_list(tab: conflicts) { items { title_zh values } total }
  duplicates: review_list(tab: duplicates) { items { title_zh values } total }
  returned: review_list(tab: returned) { items { title_zh values } total }
  held: review_list(tab: held) { items { title_zh values } total }
  workbench { waiting held conflicts } team_figures { team waiting } me { name scopes } members { name } }"""
WHOLE = "query w($records: [ID!]!) { whole_records(records: $records) { record state standing } }"
DECIDE = """mutation d($decisions: [DecisionInput!]!) { decide(decisions: $decisions) { standing
  problem { code field details words_zh } } }"""
HELD = """mutation h($decisions: [HeldDecisionInput!]!) { decide_held(decisions: $decisions) { revision
  problem { code details } } }"""
SETTLE = """mutation s {{ settle_duplicate(id: "{id}", record: "{record}", other: "{other}", verdict: "same") {{
  problem {{ code }} }} }}"""
PUSH = """mutation push($saves: [SaveInput!]!) { push(saves: $saves) { receipts {
  status revision problem { code field details words_zh words_en next_step_zh } } } }"""
UNREADABLE = "{ nothing }"
# People besides the one who asks in seven roles: somebody of another centre, and nobody.
OTHERS = ("xu_jianping", "")
AT_ONCE_MAX = 100


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWorld]:
    made = small_world(tmp_path_factory.mktemp("small"))
    yield made
    made.world.client.__exit__(None, None, None)


class Ear:
    """Keeps every byte that one person is answered, whatever it is packed in."""

    def __init__(self, phone: Phone | None, small: SmallWorld) -> None:
        self.small = small
        self.phone = phone
        self.heard: list[bytes] = []
        self.refused = 0

    def asks(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        answer = self.calls("POST", "/graphql", json={"query": query, "variables": variables or {}})
        # A question that is not even read hears nothing of anybody.
        assert query == UNREADABLE or b"query_refused" not in answer.content, answer.text
        return answer.json().get("data")

    def calls(self, method: str, path: str, **others: Any) -> Any:
        headers = {"authorization": f"Bearer {self.phone.token}"} if self.phone else {}
        return self.hears(self.small.world.client.request(method, path, headers=headers, **others))

    def hears(self, answer: Any) -> Any:
        self.heard += [answer.content, str(dict(answer.headers)).encode()]
        self.heard += _unpacked(answer.content)
        self.refused += answer.status_code >= 400 or "errors" in answer.text
        return answer

    @property
    def bytes(self) -> bytes:
        return b"\n".join(self.heard)


def _unpacked(content: bytes) -> list[bytes]:
    """What lies in the longer texts of an answer: documents and pages travel in base64, pages deflated too."""
    found = []
    for text in re.findall(rb'"([A-Za-z0-9+/]{24,}={0,2})"', content):
        try:
            plain = base64.b64decode(text, validate=True)
        except binascii.Error:
            continue
        found.append(plain)
        try:
            found.append(zlib.decompress(plain, -zlib.MAX_WBITS))
        except zlib.error:
            continue
    return found


def asks_everything(small: SmallWorld, phone: Phone | None, records: list[str]) -> Ear:
    """Every path there is, with every name there is."""
    ear = Ear(phone, small)
    for one in small.placed:
        ear.asks("{ " + DETAIL.replace("{id}", one.record) + " }")
        fields = " ".join(small.schema.kinds[one.kind].fields)
        ear.asks(f'{{ {one.kind}(id: "{one.record}") {{ record title_zh standing {fields} }} }}')
        ear.calls("GET", f"/api/files/{one.record}")
        if one.file:
            ear.calls("GET", f"/api/files/{one.record}/{one.file}")
    for kind in KINDS:
        fields = " ".join(small.schema.kinds[kind].fields)
        ear.asks(f"{{ {kind}_list(first: 100) {{ total items {{ title_zh standing {fields} }} }} }}")
    ear.asks(LISTS)
    ear.asks(f'{{ held_detail(save: "{small.held}") {{ title_zh values stands fields {{ wrote seen stands }} }} }}')
    page = ear.asks(PULL, {"after": []})
    if page:
        ear.asks(f"{{ news(at: {json.dumps(page['pull']['at'])}) {{ rows }} }}")
    # Scopes of others are asked for too.
    foreign = ["team:heping_2:supervisor", "centre:heping:director", "person:he_fang"]
    foreign += [f"{scope}:heping:outreach_worker" for scope in ("own:he_fang", "confidential:zhang_qiang")]
    ear.asks(PULL, {"after": [{"scope": scope, "cursor": "0"} for scope in foreign]})
    # No question names more at once.
    several = [records[start : start + AT_ONCE_MAX] for start in range(0, len(records), AT_ONCE_MAX)]
    for names in several:
        ear.asks(WHOLE, {"records": names})
        decisions = [
            {"id": small.world.new_id(), "record": name, "revision": 0, "verdict": "approve"} for name in names
        ]
        ear.asks(DECIDE, {"decisions": decisions})
    held = {"id": small.world.new_id(), "save": small.held, "revision": 0, "verdict": "release"}
    ear.asks(HELD, {"decisions": [held]})
    ear.asks(SETTLE.format(id=small.world.new_id(), record=records[0], other=records[-1]))
    if phone:
        for names in several:
            ear.asks(PUSH, {"saves": [phone.save("case_progress", {"content": "x"}, record=name) for name in names]})
    ear.asks(UNREADABLE)
    ear.calls("POST", "/graphql", content=b"{")
    return ear


def marks_of(small: SmallWorld, role: str | None) -> set[str]:
    """The marks that a role may be told, by the table of the matrix."""
    found: set[str] = set()
    for one in small.placed:
        if is_theirs(role, one):
            found |= one.marks
    return found


def is_theirs(role: str | None, one: Placed) -> bool:
    """Whether a record may be told to somebody in this role."""
    return one.relation in reached(role, one.kind, "S")


def all_marks(small: SmallWorld) -> set[str]:
    return set().union(*(one.marks for one in small.placed)) | small.held_marks


@pytest.mark.parametrize("who", [*ROLES, *OTHERS])
def test_nobody_is_told_a_word_that_is_not_theirs(small: SmallWorld, who: str | None, caplog: pytest.LogCaptureFixture):
    records = [one.record for one in small.placed]
    phone = small.world.signs_in(who) if who == "xu_jianping" else small.asks_as(who) if who != "" else None
    allowed = set[str]() if who == "" else marks_of(small, who)
    if who == "xu_jianping":
        sees = [kind for kind in KINDS if "centre" in reached("director", kind, "S")]
        away = [one for one in small.placed if one.relation == "elsewhere" and one.kind in sees]
        allowed = set().union(*(one.marks for one in away))
    with caplog.at_level(logging.DEBUG):
        ear = asks_everything(small, phone, records)

    heard = {mark for mark in all_marks(small) if mark.encode() in ear.bytes}
    assert heard - allowed == set()
    # The ear is not deaf: most of what is theirs was told, and refusals were among what was asked.
    assert len(heard) >= len(allowed) * 0.8
    assert ear.refused > 0
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert [mark for mark in all_marks(small) if mark in logged] == []


def test_a_mark_that_gets_out_is_heard(small: SmallWorld):
    foreign = small.of("home_visit", "centre")
    assert foreign is not None
    mark = foreign.texts["observation"]
    ear = Ear(None, small)
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = base64.b64encode(deflate.compress(f'["{mark}", "{"x" * 40}"]'.encode()) + deflate.flush()).decode()
    for leak in (mark, packed, base64.b64encode(f"before {mark} behind it".encode()).decode()):
        ear.heard = [leak.encode(), *_unpacked(json.dumps({"packed": leak}).encode())]
        assert mark.encode() in ear.bytes


# Questions with one name in them. A push that names a record of another team is answered with a reason instead: whoever
# had it on their phone must not wait two weeks for that (DECISIONS).
QUESTIONS = {
    "detail": "{ " + DETAIL.replace("{id}", "%s") + " }",
    **{kind: f'{{ {kind}(id: "%s") {{ record }} }}' for kind in KINDS},
    "whole": '{ whole_records(records: ["%s"]) { record } }',
    "held": '{ held_detail(save: "%s") { save } }',
    "decide": """mutation d { decide(decisions: [{id: "ID", record: "%s", revision: 1, verdict: "approve"}]) {
      standing problem { code details words_zh } } }""",
    "double": """mutation s { settle_duplicate(id: "ID", record: "%s", other: "%s", verdict: "same") {
      standing problem { code details } } }""",
    "release": """mutation h { decide_held(decisions: [{id: "ID", save: "%s", revision: 0, verdict: "release"}]) {
      problem { code details } } }""",
}
ADDRESSES = ("/api/files/%s", "/api/files/%s/" + "a" * 64, "/api/files/%s/" + "a" * 64 + "/thumbnail")


@pytest.mark.parametrize("role", ["outreach_worker", "window_clerk"])
def test_a_foreign_name_is_answered_like_one_that_does_not_exist(small: SmallWorld, role: str | None):
    phone, absent = small.asks_as(role), "019a0000-0000-7000-8000-0000000000ff"
    foreign = [one.record for one in small.placed if not is_theirs(role, one)]
    assert len(foreign) >= 8

    def answer(name: str, what: str) -> tuple[int, bytes, dict[str, str]]:
        if what.startswith("/"):
            found = Ear(phone, small).calls("GET", what.replace("%s", name))
        else:
            query = what.replace("%s", name).replace("ID", small.world.new_id())
            found = Ear(phone, small).calls("POST", "/graphql", json={"query": query})
        # What is asked is echoed nowhere but where it was put by whoever asked.
        headers = {key: value for key, value in found.headers.items() if key != "x-request-id"}
        return found.status_code, found.content.replace(name.encode(), b"NAME"), headers

    for what in (*QUESTIONS.values(), *ADDRESSES):
        unknown = answer(absent, what)
        for name in [*foreign, *([small.held] if role != "supervisor" else [])]:
            assert answer(name, what) == unknown, what


def test_a_hidden_record_is_pushed_to_as_to_one_that_does_not_exist(small: SmallWorld):
    hidden = small.of("case_confidential", "team")
    assert hidden is not None
    for role in ("outreach_worker", "supervisor", "director", "volunteer"):
        phone = small.asks_as(role)
        answers = []
        for name in (hidden.record, small.world.new_id()):
            saves = [
                phone.save("case_confidential", {"content": "x"}, record=name, base=1),
                phone.save(
                    "case_progress", {"case": name, "content": "x", "mode": "visit", "written_on": "2026-11-19"}
                ),
            ]
            answers.append(
                Ear(phone, small).calls("POST", "/graphql", json={"query": PUSH, "variables": {"saves": saves}})
            )
        assert answers[0].content == answers[1].content
        assert {one["status"] for one in answers[0].json()["data"]["push"]["receipts"]} == {"retry"}
