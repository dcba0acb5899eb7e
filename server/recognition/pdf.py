"""The paper about hours itself, a PDF that any phone or printer shows: its glyphs are in it, rare ones of names too;
what the font does not have stands there by its number with a line that says so.

Not here: what it may be called and what counts (papers.py, sync/recognition.py).
"""

# fpdf2 and segno ship without types, or with wrong ones.
# mypy: disable-error-code="import-untyped, no-untyped-call, misc, attr-defined"

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path

import pylopdf_fonts_zh_cn
import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF

from schema.model import Schema
from server.exports.cells import masked, readable
from server.recognition.numbers import shown
from server.recognition.papers import Paper
from sync.recognition import Service

FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
NAME = "noto"
MARGIN, WIDTH, BOTTOM = 18.0, 174.0, 24.0
LINE, SMALL, BODY, HEAD, TITLE = 6.2, 8.5, 10.5, 12.5, 20.0
QR = 30.0
COLUMNS = (("日期", 28.0), ("时间", 30.0), ("做什么", 88.0), ("已核定", 28.0))
# What breaks no line of a table: a longer text ends with these.
MORE = "…"
# Stands for how many pages there are until that is known.
PAGES = "##"
GREY, INK, RULE = (90, 96, 104), (20, 24, 30), (196, 202, 208)


@dataclass(frozen=True)
class Told:
    """What a paper says besides the service itself.

    centre   its name; verify_at: the address where a number is verified, without the number
    name     of the volunteer
    """

    paper: Paper
    name: str
    centre: str
    verify_at: str


def pdf_of(schema: Schema, told: Told, service: Service) -> bytes:
    """The paper, byte for byte the same whenever it is made of the same."""
    page = _Page(told)
    page.begins()
    page.part("基本信息", _basic(schema, told, service))
    page.part("服务", [("期间", f"{told.paper.from_on} 至 {told.paper.to_on}"), ("已核定", _hours(service.minutes))])
    page.entries(service)
    page.part("培训", [(one.held_on, _joined(one.topics, one.trainer, one.place)) for one in service.trainings])
    page.part("表彰奖励", [(on, _choice(schema, "medal", medal)) for medal, on in service.medals])
    page.part(
        "评价",
        [
            (
                f"{first} 至 {last}",
                f"{_choice(schema, 'assessment_period', period)}：{_choice(schema, 'assessment_result', result)}",
            )
            for period, first, last, result in service.evaluations
        ],
    )
    page.ends()
    return bytes(page.output())


@cache
def _known() -> frozenset[int]:
    """What the font has a glyph for."""
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _basic(schema: Schema, told: Told, service: Service) -> list[tuple[str, str]]:
    file = service.file
    born = str(file.get("birth_date") or "")
    return [
        ("姓名", told.name),
        # Enough to tell two of one name apart, and no more.
        *([("出生年月", born[:7])] if born else []),
        *([("入站", str(file["admitted_on"]))] if file.get("admitted_on") else []),
        *([("小队", str(file["team_name"]))] if file.get("team_name") else []),
        ("服务单位", told.centre),
    ]


def _choice(schema: Schema, vocabulary: str, code: str) -> str:
    choice = schema.vocabularies[vocabulary].choices.get(code)
    return code if choice is None else choice.words.zh


def _joined(*texts: str) -> str:
    return " · ".join(text for text in texts if text)


def _hours(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return f"{whole} 小时" + (f" {rest} 分" if rest else "")


class _Page(FPDF):
    """The pages of one paper: on each its number, which page it is, and where it is verified."""

    def __init__(self, told: Told) -> None:
        super().__init__(format="A4")
        self._told = told
        self._missing: set[str] = set()
        self._fitted: dict[tuple[str, float], str] = {}
        self.title_words = {"certified_proof": "服务时数证明"}.get(told.paper.paper, "服务记录")
        self.set_margins(MARGIN, 16.0, MARGIN)
        self.set_auto_page_break(True, BOTTOM)
        made = datetime.fromisoformat(told.paper.issued_on).replace(tzinfo=UTC)
        self.set_creation_date(made)
        self.set_title(f"{self.title_words} {shown(told.paper.number)}")
        self.set_lang("zh-CN")
        self.set_producer("Doorstep")
        self.add_font(NAME, fname=FONT)
        self.alias_nb_pages(PAGES)

    def shows(self, text: str) -> str:
        """A text as the font can show it; a character it has not stands there by its number, never as an empty box."""
        found = []
        for letter in readable(text).replace("\n", " "):
            if ord(letter) in _known():
                found.append(letter)
            else:
                self._missing.add(letter)
                found.append(f"〔U+{ord(letter):X}〕")
        return "".join(found)

    def begins(self) -> None:
        """The head of the first page, with the code that leads to where the number is verified."""
        paper = self._told.paper
        self.add_page()
        self._code(f"{self._told.verify_at}#{paper.number}", MARGIN + WIDTH - QR, 16.0)
        self._text(TITLE, 11.0, self.title_words, WIDTH - QR - 4)
        self._text(BODY, LINE, f"编号 {shown(paper.number)}", WIDTH - QR - 4)
        self._text(BODY, LINE, f"出具单位 {paper.issuer}", WIDTH - QR - 4)
        self._text(BODY, LINE, f"出具日期 {paper.issued_on}", WIDTH - QR - 4)
        self.set_y(max(self.get_y(), 16.0 + QR + 3))

    def part(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """A heading and its lines; what there is nothing of says so."""
        self._heading(title)
        for name, words in rows or [("", "没有记录")]:
            self._line(name, words)

    def entries(self, service: Service) -> None:
        """Each certified entry, day by day."""
        self._columns()
        for day, several in groupby(service.entries, lambda entry: entry.worked_on):
            for place, entry in enumerate(several):
                self._row(
                    (
                        day if place == 0 else "",
                        f"{entry.started_at}–{entry.ended_at}",
                        masked(entry.activity),
                        _hours(entry.minutes),
                    )
                )
        self._row(("合计", f"{len(service.entries)} 条", "只列已核定的；待核定的不在内", _hours(service.minutes)))

    def ends(self) -> None:
        """What the reader should know of it."""
        self.ln(3)
        words = f"扫描首页的二维码，或打开 {self._told.verify_at} 输入编号，可以核对这一份是否有效。"
        self._text(SMALL, 5.0, words, WIDTH, GREY)
        if self._missing:
            listed = "、".join(f"U+{ord(letter):X}" for letter in sorted(self._missing))
            self._text(SMALL, 5.0, f"标作〔U+…〕的字（{listed}）这种字体里没有，请手写补上。", WIDTH, GREY)

    def header(self) -> None:
        """On each page but the first, whose it is; the columns of a table go on by themselves."""
        if self.page_no() > 1:
            self._text(
                SMALL,
                7.0,
                f"{self.title_words} · {self._told.name} · 编号 {shown(self._told.paper.number)}",
                WIDTH,
                GREY,
            )

    def footer(self) -> None:
        """Its number, where it is verified, and which page of how many."""
        self.set_y(-16.0)
        self.set_font(NAME, size=SMALL)
        self.set_text_color(*GREY)
        self.cell(WIDTH - 30, 5, self.shows(f"编号 {shown(self._told.paper.number)} · 核对 {self._told.verify_at}"))
        self.cell(30, 5, f"第 {self.page_no()} 页，共 {PAGES} 页", align="R")

    def _heading(self, title: str) -> None:
        if self.will_page_break(HEAD + 2 * LINE):
            self.add_page()
        self.ln(2.5)
        self._text(HEAD, 8.0, title, WIDTH)
        self.set_draw_color(*RULE)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())
        self.ln(1.2)

    def _line(self, name: str, words: str) -> None:
        self.set_font(NAME, size=BODY)
        self.set_text_color(*GREY)
        self.cell(48, LINE, self.shows(name))
        self.set_text_color(*INK)
        self.multi_cell(WIDTH - 48, LINE, self.shows(words), align="L", new_x="LMARGIN", new_y="NEXT")

    def _columns(self) -> None:
        self.ln(1)
        self.set_font(NAME, size=SMALL)
        self.set_text_color(*GREY)
        for title, width in COLUMNS:
            self.cell(width, LINE, title, border="B", align="R" if title == COLUMNS[-1][0] else "L")
        self.ln()

    def _row(self, cells: Sequence[str]) -> None:
        if self.will_page_break(LINE):
            self.add_page()
            self._columns()
        self.set_font(NAME, size=SMALL)
        self.set_text_color(*INK)
        self.set_draw_color(*RULE)
        for text, (title, width) in zip(cells, COLUMNS, strict=True):
            self.cell(
                width,
                LINE,
                self._fitting(self.shows(text), width - 2),
                border="B",
                align="R" if title == COLUMNS[-1][0] else "L",
            )
        self.ln()

    def _fitting(self, text: str, width: float) -> str:
        # The same words stand on many lines.
        if (text, width) not in self._fitted:
            fitted = text
            while fitted and self.get_string_width(fitted + MORE) > width:
                fitted = fitted[:-1]
            self._fitted[text, width] = text if self.get_string_width(text) <= width else fitted + MORE
        return self._fitted[text, width]

    def _text(self, size: float, line: float, words: str, width: float, colour: tuple[int, int, int] = INK) -> None:
        self.set_font(NAME, size=size)
        self.set_text_color(*colour)
        self.multi_cell(width, line, self.shows(words), align="L", new_x="LMARGIN", new_y="NEXT")

    def _code(self, address: str, x: float, y: float) -> None:
        """A QR code drawn as squares, one for each run of dark modules."""
        rows: Iterable[bytearray] = segno.make(address, error="m", micro=False).matrix
        rows = [*rows]
        module = QR / len(rows)
        self.set_fill_color(0, 0, 0)
        for down, row in enumerate(rows):
            across = 0
            for is_dark, run in groupby(row):
                length = len([*run])
                if is_dark:
                    self.rect(x + across * module, y + down * module, length * module, module, style="F")
                across += length
