"""Nothing here ranks people, gives them points, counts the time they are online, or makes a place, a picture or a
signature compulsory: neither what is declared, nor what is asked, nor what a screen says.

Not here: what a person decides with the figures that there are.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
# Words of comparing people, in both languages, and as part of a name.
RANKS = re.compile(
    r"排名|排行|名次|积分|得分榜|星级员工|末位|倒数第|绩效分|点赞|龙虎榜|标兵榜"
    r"|在线时长|在线时间|登录时长|使用时长"
    r"|\b(rank(ing|ed|s)?|leader_?board|top_performers?|points_earned|badges?_earned|high_?score|gamif\w+|streaks?)\b"
    r"|\b(online_?(time|minutes|hours)|time_online|screen_?time|active_minutes)\b",
    re.IGNORECASE,
)
# What must never be compulsory.
TRACES_TYPES = {"files"}
TRACES = re.compile(
    r"(?<![a-z])(location|latitude|longitude|gps|coordinates?|photos?|pictures?|signature|signed_with|fingerprint|face)(?![a-z])"
    r"|位置|定位|经纬度|照片|拍照|签名|签字|指纹|人脸",
    re.IGNORECASE,
)
# Asked for once somebody has chosen that way of several; who chooses another is asked for none.
CHOSEN = {
    "consent.toml: signature": "proof",
    "home_visit.toml: signature": "signed_how",
    "home_visit.toml: signed_with": "signed_how",
}
# What is meant otherwise: the wish itself, and the city's way into its schools.
MEANT_OTHERWISE = re.compile(
    r"不排名|没有排名|不会排名|不比谁|积分入学|nobody is ranked|counts or ranks anybody", re.IGNORECASE
)
# What fits a search best.
OF_HITS = {"search.ts": re.compile(r"\brank\b")}


def declared(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.glob("records/*.toml")):
        if not path.name.endswith(".examples.toml"):
            yield path.name, tomllib.loads(path.read_text(encoding="utf-8"))


def compulsory(folder: Path) -> list[str]:
    """Fields that trace somebody and must have a value, always or under some condition, or at some step."""
    found = []
    for name, kind in declared(folder):
        says = {move.get("says") for move in kind.get("states", {}).get("move", [])}
        for field in kind.get("field", []):
            for part in [field, *field.get("column", [])]:
                is_compulsory = part.get("required") or "required_when" in part or part["name"] in says
                words = " ".join([part["name"], *part.get("words", {}).values()])
                traces = part["type"] in TRACES_TYPES or (
                    TRACES.search(words) and part["type"] not in ("boolean", "choice")
                )
                at = f"{name}: {part['name']}"
                is_chosen = [*part.get("required_when", {})] == [CHOSEN.get(at)] and not part.get("required")
                if is_compulsory and traces and not is_chosen:
                    found.append(at)
    return found


def ranking(paths: list[Path]) -> list[str]:
    """Lines that speak of comparing people, or of how long somebody was there."""
    found = []
    for path in paths:
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            said = MEANT_OTHERWISE.sub("", text)
            said = OF_HITS[path.name].sub("", said) if path.name in OF_HITS else said
            if RANKS.search(said):
                found.append(f"{path.name}:{number}: {text.strip()[:80]}")
    return found


def said(root: Path) -> list[Path]:
    """What is declared, asked and shown; not the prose about the program."""
    kept = [*root.glob("schema/**/*.toml"), *root.glob("server/*.toml"), *root.glob("server/graphql/*.py")]
    shown = [path for path in root.glob("pwa/src/**/*") if path.suffix in (".ts", ".svelte")]
    return sorted([*kept, *shown])


def test_nothing_declared_asked_or_shown_ranks_anybody():
    assert len(said(ROOT)) > 200
    assert ranking(said(ROOT)) == []


def test_no_place_picture_or_signature_is_compulsory():
    assert compulsory(ROOT / "schema") == []


@pytest.mark.parametrize(
    "line",
    [
        "words.zh = '本月外勤排名'",
        "ranking: ['排行榜', 'Ranking'],",
        "<p>{w.points_earned}</p>",
        "words.zh = '积分'",
        'name = "online_minutes"',
        "words.zh = '在线时长'",
        "leaderboard: list[str]",
    ],
)
def test_a_planted_word_is_found(tmp_path: Path, line: str):
    planted = tmp_path / "planted.toml"
    planted.write_text(line, encoding="utf-8")
    assert len(ranking([planted])) == 1


@pytest.mark.parametrize(
    ("name", "type", "rule"),
    [
        ("location", "text", "required = true"),
        ("photos", "files", 'required_when = { outcome = "met_person" }'),
        ("client_signature", "text", "required = true"),
        ("gps_latitude", "integer", "required = true"),
    ],
)
def test_a_planted_compulsory_field_is_found(tmp_path: Path, name: str, type: str, rule: str):
    (tmp_path / "records").mkdir()
    field = f'[[field]]\nname = "{name}"\ntype = "{type}"\n{rule}\nwords.zh = "甲"\nwords.en = "A"\n'
    (tmp_path / "records" / "planted.toml").write_text(field, encoding="utf-8")
    assert compulsory(tmp_path) == [f"planted.toml: {name}"]
    optional = field.replace(rule + "\n", "")
    (tmp_path / "records" / "planted.toml").write_text(optional, encoding="utf-8")
    assert compulsory(tmp_path) == []
