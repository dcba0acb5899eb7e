"""What a desk asks and decides through the server: lists, one record, decisions with their own problems."""

from typing import Any

import pytest

from tests.server.http_world import HOME, HttpWorld, Phone, key_of, visit_of

PROBLEM = "problem { code field words_zh words_en next_step next_step_en }"
DECIDE = (
    "mutation decide($decisions: [DecisionInput!]!) { decide(decisions: $decisions) { id record standing "
    + PROBLEM
    + " } }"
)
SETTLE = (
    "mutation settle($id: ID!, $record: ID!, $other: ID!, $verdict: String!) {"
    " settle_duplicate(id: $id, record: $record, other: $other, verdict: $verdict) { id record standing "
    + PROBLEM
    + " } }"
)
LIST = """query list($tab: ReviewTab!, $kinds: [String!], $first: Int = 50, $after: String) {
  review_list(tab: $tab, kinds: $kinds, first: $first, after: $after) { total next items {
    record kind title_zh title_en author author_name happened_on delivered_at revision state urgent conflicts duplicates
    changed late_days values save problem { code words_zh } } } }"""
DETAIL = """query detail($record: ID!) { record_detail(record: $record) {
  record kind revision title_zh title_en values standing household
  claims { field_key key value author author_name made_at delivered_at save live }
  conflicts { field_key before has_before versions { key value author author_name } }
  changes { field_key before after by by_name at } merged { field_key before after by by_name at }
  history { at what by by_name fields sentence revision } duplicates { record title_zh } } }"""
WORKBENCH = """{ workbench { waiting oldest_waiting_hours conflicts duplicates returned held urgent hours_waiting
  reviewed_today } }"""


HELD = """query held($save: ID!) { held_detail(save: $save) {
  save record kind title_zh author_name made_at delivered_at revision values stands is_new is_elsewhere locked_by
  opens_lock waits can_release can_edit can_reject problem { code words_zh next_step }
  fields { field_key wrote has_seen seen stands stands_by_name stands_at is_unseen }
  verdict { verdict by by_name at sentence edited } } }"""
DECIDE_HELD = (
    "mutation decide_held($decisions: [HeldDecisionInput!]!) { decide_held(decisions: $decisions) { id save revision"
    " verdict { verdict by_name sentence edited } " + PROBLEM + " } }"
)


class Desk:
    """A supervisor or coordinator at a desk."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    def items(self, tab: str, **others: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.phone.finds(LIST, tab=tab, **others)["review_list"]["items"]
        return items

    def detail(self, record: str) -> dict[str, Any]:
        found: dict[str, Any] = self.phone.finds(DETAIL, record=record)["record_detail"]
        return found

    def decides(self, record: str, verdict: str, revision: int | None = None, **others: Any) -> dict[str, Any]:
        seen = self.detail(record)["revision"] if revision is None else revision
        decision = {"id": self.phone.world.new_id(), "record": record, "revision": seen, "verdict": verdict, **others}
        (result,) = self.phone.finds(DECIDE, decisions=[decision])["decide"]
        assert result["record"] == record and (result["standing"] is None) != (result["problem"] is None)
        found: dict[str, Any] = result
        return found

    def state_after(self, record: str, verdict: str, **others: Any) -> str:
        result = self.decides(record, verdict, **others)
        assert result["problem"] is None, result
        return str(result["standing"]["review"]["state"])

    def problem_of(self, record: str, verdict: str, **others: Any) -> str:
        result = self.decides(record, verdict, **others)
        problem = result["problem"]
        assert problem["words_zh"] and problem["words_en"] and problem["next_step"] and problem["next_step_en"]
        return str(problem["code"])


@pytest.fixture
def zhou_hui(world: HttpWorld) -> Desk:
    return Desk(world.signs_in("zhou_hui"))


@pytest.fixture
def home(li_min: Phone) -> str:
    return li_min.writes("household", HOME)


@pytest.fixture
def visit(li_min: Phone, home: str) -> str:
    resident = li_min.writes("resident", {"name": "王秀兰", "household": home, "risk_level": "medium"})
    return li_min.writes("home_visit", visit_of(home, resident=resident))


def test_a_visit_waits_and_is_approved_at_the_revision_seen(
    world: HttpWorld, li_min: Phone, zhou_hui: Desk, visit: str
) -> None:
    (item,) = zhou_hui.items("waiting")
    assert (item["record"], item["kind"], item["state"]) == (visit, "home_visit", "waiting")
    assert item["title_zh"].startswith("王秀兰") and item["author_name"] == "李敏"
    assert item["happened_on"] == "2026-11-19" and item["values"]["outcome"] == "met_person"
    assert zhou_hui.phone.finds(WORKBENCH)["workbench"]["waiting"] == 1
    assert zhou_hui.state_after(visit, "approve") == "approved"
    assert zhou_hui.items("waiting") == []
    counts = zhou_hui.phone.finds(WORKBENCH)["workbench"]
    assert (counts["waiting"], counts["oldest_waiting_hours"], counts["reviewed_today"]) == (0, None, 1)
    # The mark reaches the author's phone with the next pull.
    (row,) = [row for row in li_min.pulls()["changed"] if row["record"] == visit]
    assert row["standing"]["review"]["state"] == "approved" and row["standing"]["review"]["by"] == "zhou_hui"


def test_a_return_needs_a_sentence_names_its_field_and_is_answered(
    world: HttpWorld, li_min: Phone, zhou_hui: Desk, visit: str
) -> None:
    assert zhou_hui.problem_of(visit, "return") == "needs_sentence"
    assert zhou_hui.problem_of(visit, "return", sentence="  ") == "needs_sentence"
    assert zhou_hui.state_after(visit, "return", sentence="药够吃几天？", field="observation") == "returned"
    (row,) = [row for row in li_min.pulls()["changed"] if row["record"] == visit]
    review = row["standing"]["review"]
    assert (review["sentence"], review["field"], review["answered"]) == ("药够吃几天？", "observation", False)
    (item,) = zhou_hui.items("returned")
    assert item["record"] == visit
    li_min.writes("home_visit", {"observation": "还够三天。"}, record=visit, base=row["revision"])
    (item,) = zhou_hui.items("waiting")
    assert item["record"] == visit and item["changed"] == ["observation"]
    assert zhou_hui.state_after(visit, "approve") == "approved"
    told = [(entry["what"], entry["by_name"], entry["sentence"]) for entry in zhou_hui.detail(visit)["history"]]
    assert ("returned", "周慧", "药够吃几天？") in told and ("approved", "周慧", None) in told


def test_a_decision_on_what_has_moved_is_refused(world: HttpWorld, li_min: Phone, zhou_hui: Desk, visit: str) -> None:
    seen = zhou_hui.detail(visit)["revision"]
    li_min.writes("home_visit", {"observation": "又想起一件事。"}, record=visit, base=seen)
    assert zhou_hui.problem_of(visit, "approve", revision=seen) == "revision_moved"
    assert zhou_hui.state_after(visit, "approve") == "approved"


def test_a_change_after_approval_shows_only_what_is_new(
    world: HttpWorld, li_min: Phone, zhou_hui: Desk, visit: str
) -> None:
    zhou_hui.state_after(visit, "approve")
    world.passes(minutes=1)
    seen = zhou_hui.detail(visit)["revision"]
    li_min.writes("home_visit", {"observation": "药下周吃完。"}, record=visit, base=seen)
    detail = zhou_hui.detail(visit)
    assert detail["standing"]["review"]["state"] == "changed"
    (change,) = detail["changes"]
    assert (change["field_key"], change["before"], change["after"]) == ("observation", None, "药下周吃完。")
    assert (change["by"], change["by_name"]) == ("li_min", "李敏")


def test_two_versions_block_approval_until_one_save_settles_them(
    world: HttpWorld, li_min: Phone, zhou_hui: Desk, home: str
) -> None:
    zhang_qiang = world.signs_in("zhang_qiang")
    first = li_min.save("resident", {"name": "王秀兰", "household": home, "risk_level": "low"})
    li_min.pushes(first)
    resident, seen = first["record"], {"risk_level": [key_of(first)]}
    higher = li_min.save("resident", {"risk_level": "high"}, record=resident, base=2, replaces=seen)
    medium = zhang_qiang.save(
        "resident", {"risk_level": "medium", "phone": "13800005521"}, record=resident, base=2, replaces=seen
    )
    li_min.pushes(higher)
    zhang_qiang.pushes(medium)
    (item,) = zhou_hui.items("conflicts")
    assert (item["record"], item["conflicts"]) == (resident, ["risk_level"])
    detail = zhou_hui.detail(resident)
    (conflict,) = detail["conflicts"]
    assert (conflict["before"], conflict["has_before"]) == ("low", True)
    assert {(version["value"], version["author_name"]) for version in conflict["versions"]} == {
        ("high", "李敏"),
        ("medium", "张强"),
    }
    assert detail["values"]["risk_level"] == "high", "while open, the higher risk is shown"
    assert "phone" in [change["field_key"] for change in detail["merged"]]
    note = {"text": "两天前跌倒过，先按高风险。", "about": "risk_level"}
    keys = [version["key"] for version in conflict["versions"]]
    zhou_hui.phone.writes(
        "resident",
        {"risk_level": "high", "remarks.a1b2c3d4": note},
        record=resident,
        base=detail["revision"],
        replaces={"risk_level": keys},
    )
    assert zhou_hui.items("conflicts") == [] and zhou_hui.detail(resident)["conflicts"] == []


def test_a_visit_with_two_versions_cannot_be_approved(
    world: HttpWorld, li_min: Phone, zhou_hui: Desk, home: str
) -> None:
    first = li_min.save("home_visit", visit_of(home, observation="一"))
    li_min.pushes(first)
    seen = {"observation": [key_of(first)]}
    for phone, text in ((li_min, "二"), (zhou_hui.phone, "三")):
        phone.writes("home_visit", {"observation": text}, record=first["record"], base=2, replaces=seen)
    assert zhou_hui.problem_of(first["record"], "approve") == "open_conflict"


def test_undo_takes_back_ones_own_decision_within_ten_minutes(world: HttpWorld, zhou_hui: Desk, visit: str) -> None:
    assert zhou_hui.state_after(visit, "approve") == "approved"
    world.passes(minutes=9, seconds=59)
    assert zhou_hui.state_after(visit, "undo") == "waiting"
    assert zhou_hui.state_after(visit, "approve") == "approved"
    world.passes(minutes=10, seconds=1)
    assert zhou_hui.decides(visit, "undo")["problem"] is not None


def test_the_same_decision_again_gives_the_same_answer(world: HttpWorld, zhou_hui: Desk, visit: str) -> None:
    decision = {
        "id": world.new_id(),
        "record": visit,
        "revision": zhou_hui.detail(visit)["revision"],
        "verdict": "approve",
    }
    first = zhou_hui.phone.finds(DECIDE, decisions=[decision])
    assert zhou_hui.phone.finds(DECIDE, decisions=[decision]) == first
    assert zhou_hui.problem_of(visit, "approve") == "not_waiting"


def test_several_decisions_are_each_answered_for_themselves(
    world: HttpWorld, li_min: Phone, zhou_hui: Desk, home: str, visit: str
) -> None:
    other = li_min.writes("home_visit", visit_of(home, visited_on="2026-11-18"))
    decisions = [
        {"id": world.new_id(), "record": record, "revision": revision, "verdict": "approve"}
        for record, revision in ((visit, 0), (other, zhou_hui.detail(other)["revision"]))
    ]
    results = zhou_hui.phone.finds(DECIDE, decisions=decisions)["decide"]
    assert [result["problem"] and result["problem"]["code"] for result in results] == ["revision_moved", None]


def test_only_the_reviewer_decides(world: HttpWorld, li_min: Phone, zhou_hui: Desk, home: str, visit: str) -> None:
    assert Desk(li_min).problem_of(visit, "approve") == "cannot_decide"
    assert zhou_hui.problem_of(home, "approve", revision=1) in ("not_waiting", "cannot_decide")


def test_what_a_reviewer_may_not_see_does_not_exist_for_them(world: HttpWorld, zhou_hui: Desk, visit: str) -> None:
    unknown = world.new_id()
    for stranger in ("ma_li", "luo_wei", "chen_jing"):
        desk = Desk(world.signs_in(stranger))
        assert desk.detail(visit) is None
        assert desk.problem_of(visit, "approve", revision=1) == "not_found"
        assert desk.problem_of(unknown, "approve", revision=1) == "not_found"
        assert desk.items("waiting") == []
        assert desk.phone.finds(WORKBENCH)["workbench"]["waiting"] == 0
    assert len(zhou_hui.items("waiting")) == 1


def test_doubled_hours_are_shown_to_the_coordinator_and_settled(world: HttpWorld) -> None:
    huang_li, chen_jing = world.signs_in("huang_li"), Desk(world.signs_in("chen_jing"))
    hours = {
        "volunteer": "huang_li",
        "activity": "便民服务日",
        "worked_on": "2026-11-18",
        "started_at": "09:00",
        "ended_at": "11:30",
        "provenance": "signed",
    }
    mine = huang_li.writes("hour_entry", hours)
    theirs = chen_jing.phone.writes("hour_entry", hours | {"started_at": "09:05"})
    listed = chen_jing.items("duplicates")
    assert {item["record"] for item in listed} & {mine, theirs}
    assert {other["record"] for other in chen_jing.detail(mine)["duplicates"]} == {theirs}
    assert chen_jing.phone.finds(WORKBENCH)["workbench"]["duplicates"] >= 1
    variables = {"id": world.new_id(), "record": mine, "other": theirs, "verdict": "same"}
    result = chen_jing.phone.finds(SETTLE, **variables)["settle_duplicate"]
    assert result["problem"] is None and result["standing"]["duplicates"] == []
    assert chen_jing.phone.finds(SETTLE, **variables)["settle_duplicate"] == result
    assert chen_jing.items("duplicates") == []
    assert chen_jing.detail(theirs)["standing"]["review"]["state"] == "rejected"
    # Certified hours are locked; only certified hours count.
    assert chen_jing.state_after(mine, "approve") == "approved"
    seen = chen_jing.detail(mine)["revision"]
    (receipt,) = huang_li.pushes(huang_li.save("hour_entry", {"ended_at": "12:00"}, record=mine, base=seen))
    assert (receipt["status"], receipt["problem"]["code"]) == ("held", "locked")
    (held,) = [item for item in chen_jing.items("held") if item["record"] == mine]
    assert held["problem"]["code"] == "locked" and held["save"] == receipt["save"]


def test_a_volunteer_cannot_settle_doubled_hours(world: HttpWorld) -> None:
    huang_li, chen_jing = world.signs_in("huang_li"), world.signs_in("chen_jing")
    hours = {
        "volunteer": "huang_li",
        "activity": "便民服务日",
        "worked_on": "2026-11-18",
        "started_at": "09:00",
        "ended_at": "11:30",
        "provenance": "signed",
    }
    mine, theirs = huang_li.writes("hour_entry", hours), chen_jing.writes("hour_entry", hours)
    variables = {"id": world.new_id(), "record": mine, "other": theirs, "verdict": "same"}
    result = huang_li.finds(SETTLE, **variables)["settle_duplicate"]
    assert result["standing"] is None and result["problem"]["code"] == "cannot_decide"


def test_a_list_goes_page_by_page(world: HttpWorld, li_min: Phone, zhou_hui: Desk, home: str) -> None:
    made = {li_min.writes("home_visit", visit_of(home, visited_on=f"2026-11-{day:02}")) for day in range(1, 8)}
    found: list[str] = []
    after = None
    while True:
        page = zhou_hui.phone.finds(LIST, tab="waiting", first=3, after=after)["review_list"]
        assert page["total"] == 7
        found += [item["record"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(found) == 7 and set(found) == made


def test_a_list_can_be_narrowed_to_kinds(world: HttpWorld, zhou_hui: Desk, visit: str) -> None:
    assert len(zhou_hui.items("waiting", kinds=["home_visit"])) == 1
    assert zhou_hui.items("waiting", kinds=["case_progress"]) == []
    assert zhou_hui.items("waiting", kinds=["nothing"]) == []


def test_an_urgent_visit_comes_first(world: HttpWorld, li_min: Phone, zhou_hui: Desk, home: str, visit: str) -> None:
    world.passes(minutes=5)
    urgent = li_min.writes("home_visit", visit_of(home, condition="urgent", visited_on="2026-11-18"))
    items = zhou_hui.items("waiting")
    assert [item["record"] for item in items] == [urgent, visit]
    assert [item["urgent"] for item in items] == [True, False]


def test_the_desk_sees_the_home_a_visit_belongs_to(zhou_hui: Desk, home: str, visit: str) -> None:
    household = zhou_hui.detail(visit)["household"]
    assert household["record"] == home and household["phone"] == "138 **** 5521"
    assert "502" in household["title_zh"] and "502" in household["title_en"]


@pytest.fixture
def late_hours(world: HttpWorld) -> tuple[Phone, Desk, str, dict[str, Any]]:
    """Hours that were certified while their volunteer wrote another end."""
    huang_li, chen_jing = world.signs_in("huang_li"), Desk(world.signs_in("chen_jing"))
    save = huang_li.save(
        "hour_entry",
        {
            "volunteer": "huang_li",
            "activity": "便民服务日",
            "worked_on": "2026-11-18",
            "started_at": "09:00",
            "ended_at": "11:30",
            "provenance": "signed",
        },
    )
    huang_li.pushes(save)
    hours = str(save["record"])
    seen = chen_jing.detail(hours)["revision"]
    assert chen_jing.state_after(hours, "approve") == "approved"
    late = huang_li.save(
        "hour_entry", {"ended_at": "12:00"}, record=hours, base=seen, replaces={"ended_at": [key_of(save)]}
    )
    (receipt,) = huang_li.pushes(late)
    assert receipt["problem"]["code"] == "locked_after_edit"
    return huang_li, chen_jing, hours, late


def test_a_held_save_is_read_against_what_stands_and_let_in(
    world: HttpWorld, late_hours: tuple[Phone, Desk, str, dict[str, Any]]
) -> None:
    huang_li, chen_jing, hours, late = late_hours
    (item,) = chen_jing.items("held")
    held = chen_jing.phone.finds(HELD, save=item["save"])["held_detail"]
    assert held["author_name"] == "黄丽" and held["opens_lock"] and held["locked_by"] == "陈静"
    (field,) = held["fields"]
    assert (field["wrote"], field["seen"], field["stands"], field["is_unseen"]) == ("12:00", "11:30", "11:30", False)
    assert held["can_release"] and held["can_edit"] and held["can_reject"] and held["verdict"] is None
    decision = {"id": world.new_id(), "save": item["save"], "revision": held["revision"], "verdict": "release"}
    (result,) = chen_jing.phone.finds(DECIDE_HELD, decisions=[decision])["decide_held"]
    assert result["problem"] is None and result["verdict"]["by_name"] == "陈静"
    assert chen_jing.phone.finds(DECIDE_HELD, decisions=[decision])["decide_held"] == [result]
    assert chen_jing.items("held") == []
    detail = chen_jing.detail(hours)
    assert detail["values"]["ended_at"] == "12:00" and detail["standing"]["locked_at"] is None
    assert [(change["field_key"], change["by_name"]) for change in detail["changes"]] == [("ended_at", "黄丽")]
    assert "released" in [entry["what"] for entry in detail["history"]]
    told = huang_li.finds(
        "query ($after: [ScopeCursorInput!]!) { pull(after: $after) { decided {"
        " save status revision verdict { verdict by_name } } } }",
        after=[],
    )["pull"]["decided"]
    assert told == [
        {
            "save": late["id"],
            "status": "accepted",
            "revision": result["revision"],
            "verdict": {"verdict": "release", "by_name": "陈静"},
        }
    ]
    after = chen_jing.phone.finds(HELD, save=item["save"])["held_detail"]
    assert after["verdict"]["verdict"] == "release" and not after["can_release"]


def test_a_held_save_is_let_in_with_an_edit_or_not_at_all(
    world: HttpWorld, late_hours: tuple[Phone, Desk, str, dict[str, Any]]
) -> None:
    _, chen_jing, hours, late = late_hours
    revision = chen_jing.detail(hours)["revision"]

    def decided(**others: Any) -> dict[str, Any]:
        decision = {"id": world.new_id(), "save": late["id"], "revision": revision, **others}
        (result,) = chen_jing.phone.finds(DECIDE_HELD, decisions=[decision])["decide_held"]
        found: dict[str, Any] = result
        return found

    assert decided(verdict="reject")["problem"]["code"] == "needs_reason"
    assert decided(verdict="release", revision=1)["problem"]["code"] == "revision_moved"
    assert decided(verdict="release", set=["12:00"])["problem"]["code"] == "query_refused"
    assert decided(verdict="release", set={"ended_at": "11:45"}, sentence="签到表上是 11:45")["problem"] is None
    assert decided(verdict="reject", sentence="不对")["problem"]["code"] == "already_decided"
    assert chen_jing.detail(hours)["values"]["ended_at"] == "11:45"


def test_a_held_save_of_others_does_not_exist(
    world: HttpWorld, zhou_hui: Desk, late_hours: tuple[Phone, Desk, str, dict[str, Any]]
) -> None:
    *_, late = late_hours
    assert zhou_hui.phone.finds(HELD, save=late["id"])["held_detail"] is None
    decision = {"id": world.new_id(), "save": late["id"], "revision": 0, "verdict": "release"}
    (result,) = zhou_hui.phone.finds(DECIDE_HELD, decisions=[decision])["decide_held"]
    assert result["problem"]["code"] == "not_found"
