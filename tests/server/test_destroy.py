"""`destroy` as an operator runs it after two people agreed: the words are in no file any more, not in the backups that
were made before, and not on a phone after its next contact; and it ends destroyed or untouched wherever it is killed.

Not here: what the log and the tables derive (tests/sync/test_destroy.py).
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from schema.load import load_schema
from server.files.content import Kept
from server.files.store import FileStore
from server.operations import backup as backing
from server.operations import destruction, doctor
from server.operations.file_copies import copy_path
from server.settings import Settings
from sync.destructions import to_be_done
from sync.files import File, note_arrival
from sync.log import LogHead, check_log
from sync.materialise import rebuild
from sync.store.opening import open_store
from tests.server.commands import says, secrets_brought
from tests.server.door_world import APP, CODES, Door, code_of, described
from tests.server.http_world import HOME, HttpWorld, Phone
from tests.server.test_sign_in import signs_in

CANARY = "金丝雀四号的话"
PICTURE = f"a picture of {CANARY}".encode()
HASH = hashlib.sha256(PICTURE).hexdigest()
PROPOSED = """mutation propose_destruction($kinds: [String!]!, $reason: String!) {
  propose_destruction(kinds: $kinds, reason: $reason) {
    destruction { id number state records can_confirm } problem { code } } }"""
CONFIRMED = """mutation confirm_destruction($id: ID!) {
  confirm_destruction(id: $id) { destruction { state confirmed_by_name } problem { code } } }"""
REFUSED = """mutation refuse_destruction($id: ID!) {
  refuse_destruction(id: $id) { destruction { state refused_by_name } problem { code } } }"""
REQUESTED = """mutation propose_destruction_for($record: ID!, $reason: String!) {
  propose_destruction_for(record: $record, reason: $reason) {
    destruction { id ground records kinds } problem { code } } }"""
HELD = """mutation set_hold($record: ID!, $reason: String!) {
  set_hold(record: $record, reason: $reason) { hold { id title_zh reason by_name lifted_at } problem { code } } }"""
LIFTED = """mutation lift_hold($id: ID!, $reason: String!) {
  lift_hold(id: $id, reason: $reason) { hold { lifted_by_name lifted_reason } problem { code } } }"""
KEPT = """query retention { retention { can_destroy due { kind records day years statutory on_hold waiting named }
  holds { id kind title_zh lifted_at } destructions { id state records certificate {
    records { kind records class_zh } stayed entries files head_before head_after } } } }"""


@pytest.fixture
def zhou_hui(world: HttpWorld) -> Phone:
    return world.signs_in("zhou_hui")


@pytest.fixture
def wu_jianguo(world: HttpWorld) -> Phone:
    return world.signs_in("wu_jianguo")


@pytest.fixture
def made(world: HttpWorld, li_min: Phone) -> dict[str, str]:
    """A home, and a visit to it whose years are over, with words and a picture that nothing else has."""
    home = li_min.writes("household", HOME)
    kept = FileStore(world.settings.files_path)
    kept.keep(HASH, Kept("image/jpeg", PICTURE, PICTURE))
    store = world.opened()
    file = File(HASH, "image/jpeg", len(PICTURE), len(PICTURE), HASH, True)
    note_arrival(store, file, "li_min", world.now)
    store.close()
    row = {"hash": HASH, "media": "signature", "bytes": len(PICTURE), "taken_at": "2019-03-10T01:30:00Z"}
    visit = li_min.writes(
        "home_visit",
        {
            "household": home,
            "assigned_to": "li_min",
            "planned_on": "2019-03-10",
            "observation": CANARY,
            "signed_how": "by_other",
            "signed_with": CANARY,
            "signature.row00001": row,
        },
    )
    return {"home": home, "visit": visit}


def agreed(zhou_hui: Phone, wu_jianguo: Phone, *kinds: str) -> str:
    asked = {"kinds": list(kinds or ("home_visit",)), "reason": "年限已到"}
    proposed = zhou_hui.finds(PROPOSED, **asked)["propose_destruction"]
    assert proposed["problem"] is None, proposed
    id = str(proposed["destruction"]["id"])
    assert wu_jianguo.finds(CONFIRMED, id=id)["confirm_destruction"]["destruction"]["state"] == "confirmed"
    return id


def hits(*folders: Path) -> list[str]:
    """The files in which the words stand, in one of two encodings."""
    forms = [CANARY.encode(form) for form in ("utf-8", "utf-16-le")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if any(one in path.read_bytes() for one in forms))


def opened_from(backup: Path, keys: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """All that a backup says once it is put back on a new machine by whoever has the key of the centre."""
    status, said = says(capsys, "restore", backup, "--data", folder, "--keys-from", keys)
    assert status == 0, said
    store = open_store(folder / "doorstep.sqlite3")
    tables = [store.rows(f'SELECT * FROM "{name}"') for name in store.tables()]  # noqa: S608
    assert isinstance(check_log(store), LogHead)
    store.close()
    return repr(tables)


def test_the_words_are_in_no_file_no_backup_and_on_no_phone_any_more(
    world: HttpWorld,
    li_min: Phone,
    zhou_hui: Phone,
    wu_jianguo: Phone,
    made: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data, away = world.settings.data, tmp_path_factory.mktemp("away")
    assert says(capsys, "backup", "--data", data)[0] == 0
    (before,) = backing.backups_in(data / "backups")
    stick = away / "stick"
    shutil.copytree(data / "backups", stick)
    page = li_min.pulls()
    cursors = {cursor["scope"]: cursor["cursor"] for cursor in page["cursors"]}
    assert made["visit"] in {row["record"] for row in page["changed"]}
    assert {HASH} < {name.removesuffix("-wal") for name in hits(data)} >= {"doorstep.sqlite3"}, "the control"
    owner = secrets_brought(data, away / "first")
    assert CANARY in opened_from(before, before.parent / "keys", owner, capsys), "the control: who has all reads all"

    agreed(zhou_hui, wu_jianguo)
    status, said = says(capsys, "destroy", "--data", data, "--to", stick)

    assert status == 0, said
    assert "Certificate of destruction" in said and "Home visits: 1" in said and CANARY not in said
    assert hits(data, stick) == [] and not copy_path(stick, HASH).exists()
    store = open_store(world.settings.store_path)
    assert rebuild(store, load_schema()) == [] and isinstance(check_log(store), LogHead)
    store.close()
    since = li_min.pulls(cursors)
    assert made["visit"] in since["gone"] and made["home"] not in since["gone"]
    # The backup of before, with the copy of the keys that lay beside it; and a backup made since.
    for name, place in (("before", data / "backups"), ("stick", stick)):
        found = opened_from(place / before.name, place / "keys", secrets_brought(data, away / name), capsys)
        assert CANARY not in found and made["home"] in found
    (away / "later").mkdir()
    assert says(capsys, "backup", "--data", data, "--to", away / "later")[0] == 0
    assert hits(away / "later") == []
    shown = wu_jianguo.finds(KEPT)["retention"]["destructions"][0]
    assert shown["state"] == "done" and shown["certificate"]["records"] == [
        {"kind": "home_visit", "records": 1, "class_zh": "探访与日常服务记录"}
    ]
    assert (shown["certificate"]["files"], shown["certificate"]["entries"], shown["certificate"]["stayed"]) == (1, 1, 0)
    assert "Nothing was agreed" in says(capsys, "destroy", "--data", data)[1]


def test_a_copy_of_the_keys_of_before_opens_no_backup_that_was_made_since(
    world: HttpWorld,
    zhou_hui: Phone,
    wu_jianguo: Phone,
    made: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = world.settings.data
    assert says(capsys, "backup", "--data", data)[0] == 0
    away = tmp_path / "away"
    shutil.copytree(data / "backups" / "keys", away)
    agreed(zhou_hui, wu_jianguo)
    assert says(capsys, "destroy", "--data", data)[0] == 0
    (tmp_path / "later").mkdir()
    assert says(capsys, "backup", "--data", data, "--to", tmp_path / "later")[0] == 0
    (newer,) = backing.backups_in(tmp_path / "later")
    folder = secrets_brought(data, tmp_path / "new")
    # What says that it was destroyed is sealed by a key that no copy of before has.
    status, said = says(capsys, "restore", newer, "--data", folder, "--keys-from", away)
    assert status == 1 and "Keys of the data are missing" in said and not (folder / "doorstep.sqlite3").exists()
    assert CANARY not in opened_from(newer, tmp_path / "later" / "keys", folder, capsys)


STEPS = ("begin", "destroy_in_copies", "strike", "copy_path", "note_done")


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_ends_destroyed_or_untouched(
    world: HttpWorld,
    zhou_hui: Phone,
    wu_jianguo: Phone,
    made: dict[str, str],
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = world.settings.data
    assert says(capsys, "backup", "--data", data)[0] == 0
    agreed(zhou_hui, wu_jianguo)

    class Killed(BaseException):
        """The process ends here."""

    def dies(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(destruction, step, dies)
        with pytest.raises(Killed):
            says(capsys, "destroy", "--data", data)
    found = Settings(data=data, app=data / "app", free_megabytes_min=1)
    codes = {finding.code for finding in doctor.examine(found, world.now)}
    store = open_store(world.settings.store_path)
    is_shown = store.value("SELECT count(*) FROM home_visit") == 1
    assert rebuild(store, load_schema()) == []
    store.close()
    assert is_shown == (step == "begin") and ("destroy_unfinished" in codes) != is_shown

    assert says(capsys, "destroy", "--data", data)[0] == 0

    assert hits(data) == []
    assert "destroy_unfinished" not in {finding.code for finding in doctor.examine(found, world.now)}


def test_the_desk_shows_what_is_due_and_two_people_decide(
    world: HttpWorld, zhou_hui: Phone, wu_jianguo: Phone, made: dict[str, str]
) -> None:
    kept = zhou_hui.finds(KEPT)["retention"]
    (due,) = kept["due"]
    assert kept["can_destroy"] and due["kind"] == "home_visit" and due["day"] == "2019-03-10"
    assert (due["records"], due["on_hold"], due["waiting"], due["named"]) == (1, 0, 0, 0)
    hold = zhou_hui.finds(HELD, record=made["visit"], reason="法院来函要求保留")["set_hold"]["hold"]
    assert hold["reason"] == "法院来函要求保留" and hold["lifted_at"] is None
    assert wu_jianguo.finds(KEPT)["retention"]["due"][0]["on_hold"] == 1
    asked = {"kinds": ["home_visit"], "reason": "年限已到"}
    refused = zhou_hui.finds(PROPOSED, **asked)["propose_destruction"]
    assert refused["problem"]["code"] == "nothing_to_destroy"
    asked_for = {"record": made["home"], "reason": "本人来信要求删除"}
    refused = zhou_hui.finds(REQUESTED, **asked_for)["propose_destruction_for"]
    assert refused["problem"]["code"] == "kept_back"
    lifted = wu_jianguo.finds(LIFTED, id=hold["id"], reason="法院已结案")["lift_hold"]["hold"]
    assert lifted == {"lifted_by_name": "吴建国", "lifted_reason": "法院已结案"}
    whole = zhou_hui.finds(REQUESTED, **asked_for)["propose_destruction_for"]["destruction"]
    assert (whole["ground"], whole["records"], whole["kinds"]) == ("request", 2, ["home_visit", "household"])
    proposed = zhou_hui.finds(PROPOSED, **asked)["propose_destruction"]["destruction"]
    assert proposed["state"] == "waiting" and not proposed["can_confirm"]
    looked = "query destruction_records($id: ID!) { destruction_records(id: $id) { record kind title_zh } }"
    (listed,) = wu_jianguo.finds(looked, id=proposed["id"])["destruction_records"]
    assert (listed["record"], listed["kind"]) == (made["visit"], "home_visit")
    assert world.signs_in("ma_li").finds(looked, id=proposed["id"])["destruction_records"] == [], "of another centre"
    own = zhou_hui.finds(CONFIRMED, id=proposed["id"])["confirm_destruction"]
    assert own["problem"]["code"] == "needs_another_person"
    stopped = wu_jianguo.finds(REFUSED, id=proposed["id"])["refuse_destruction"]["destruction"]
    assert stopped == {"state": "refused", "refused_by_name": "吴建国"}
    store = world.opened()
    rows = store.rows("SELECT action, person, details FROM audit WHERE action LIKE '%hold%' OR action LIKE 'destroy%'")
    store.close()
    actions = [(action, person) for action, person, _ in rows]
    assert actions == [
        ("hold_lifted", "wu_jianguo"),
        ("destroy_proposed", "zhou_hui"),
        ("destroy_proposed", "zhou_hui"),
        ("destroy_refused", "wu_jianguo"),
    ]
    assert all(CANARY not in details for *_, details in rows)
    assert json.loads(rows[0][2])["reason"] == "法院已结案"


@pytest.mark.of_sqlite
def test_to_confirm_waits_for_a_fresh_proof_and_for_a_second_way_in(door: Door) -> None:
    li_min, zhou_hui = door.brings_in("li_min"), door.brings_in("zhou_hui", form="desk")
    wu_jianguo = door.brings_in("wu_jianguo", form="desk")
    home = li_min.writes("household", HOME)
    li_min.writes("home_visit", {"household": home, "assigned_to": "li_min", "planned_on": "2019-03-10"})
    asked = {"kinds": ["home_visit"], "reason": "年限已到"}
    id = zhou_hui.finds(APP["propose_destruction"], **asked)["propose_destruction"]["destruction"]["id"]
    confirmed = APP["confirm_destruction"]
    door.world.passes(days=7)
    same = described(wu_jianguo.key, "desk", id=wu_jianguo.device)
    wu_jianguo.token = signs_in(door, wu_jianguo, device=same).json()["token"]
    assert code_of(wu_jianguo.asks(confirmed, {"id": id})) == "second_way_missing"
    wu_jianguo.finds(CODES)
    minutes = load_schema().rights.verified_minutes
    door.world.passes(minutes=minutes, seconds=1)
    assert code_of(wu_jianguo.asks(confirmed, {"id": id})) == "step_up_required"
    store = door.world.opened()
    assert to_be_done(store) == []
    wu_jianguo.token = signs_in(door, wu_jianguo, device=same).json()["token"]
    door.world.passes(minutes=minutes)
    found = wu_jianguo.finds(confirmed, id=id)["confirm_destruction"]["destruction"]
    assert (found["state"], [one.id for one in to_be_done(store)]) == ("confirmed", [id])
    store.close()


def test_nobody_else_sees_or_decides_what_is_due(world: HttpWorld, li_min: Phone, made: dict[str, str]) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        (KEPT, {}),
        (PROPOSED, {"kinds": ["home_visit"], "reason": "年限已到"}),
        (HELD, {"record": made["visit"], "reason": "法院来函"}),
    ]
    assert all("not_allowed" in li_min.asks(question, given).text for question, given in asked)
