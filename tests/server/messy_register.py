"""Writes a register as centres really have them: two rows of headings, merged cells, dates in seven forms, numbers that
a spreadsheet shortened, people written down twice, and some who only look alike.

Not here: what an import makes of it (test_register_desk.py).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高"
GIVEN = "秀英桂兰建国志强丽华淑珍海燕春梅德福玉珍文军晓东美玲"
FIRST_ROW = 5
ROWS = 800


@dataclass
class Messy:
    """The file, and what is true of the people in it: (name, birth date, place) of each."""

    path: Path
    people: set[tuple[str, str, str]] = field(default_factory=set)
    homes: set[str] = field(default_factory=set)
    twice: list[int] = field(default_factory=list)
    alike: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)
    wrong_words: list[int] = field(default_factory=list)


def write_messy(path: Path, seed: int = 7, rows: int = ROWS) -> Messy:
    """A register of so many rows, the same for the same seed."""
    made, dice = Messy(path), random.Random(seed)  # noqa: S311
    book = openpyxl.Workbook()
    book.active.title = "填表说明"
    book.active.append(["请如实填写"])
    sheet = book.create_sheet("登记表")
    sheet.append(["桂花苑 2026 年住户登记表"])
    sheet.merge_cells("A1:K1")
    sheet.append(["填表人：周慧", None, None, "2026 年 11 月"])
    sheet.append(["序号", "姓名", "性别", "出生日期", "身份证号", "住址", None, None, None, "联系电话", "负责小组"])
    sheet.append([None, None, None, None, None, "小区", "楼栋", "单元", "房号", None, None])
    for column in "ABCDEJK":
        sheet.merge_cells(f"{column}3:{column}4")
    sheet.merge_cells("F3:I3")
    number, home = FIRST_ROW, 0
    while number < FIRST_ROW + rows:
        home += 1
        place = (str(1 + home % 9), str(1 + home % 3), f"{1 + home // 27}{home % 27:02d}")
        first = number
        names: set[str] = set()
        for _ in range(min(1 + home % 4, FIRST_ROW + rows - number)):
            name = _name(dice, names)
            _add(sheet, made, number, name, _born(dice), place, is_first=number == first)
            number += 1
        if number > first + 1:
            for column in "FGHI":
                sheet.merge_cells(f"{column}{first}:{column}{number - 1}")
    _spoil(sheet, made, dice, rows)
    book.save(path)
    return made


def _add(
    sheet: Any, made: Messy, number: int, name: str, born: date, place: tuple[str, str, str], is_first: bool
) -> None:
    building, unit, room = place
    cells = ["桂花苑", f"{building} 栋", f"{unit} 单元", f"{room} 室"] if is_first else [None] * 4
    phone = f"13{number:09d}"
    shown = (phone, int(phone), f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", f" {phone} ")[number % 4]
    sheet.append(
        [number - FIRST_ROW + 1, name, "男女"[number % 2], _written(born, number), 4.40306e17, *cells, shown, "二组"]
    )
    made.people.add((name, born.isoformat(), "-".join(place)))
    made.homes.add("-".join(place))


def _written(born: date, number: int) -> Any:
    forms = (
        born.isoformat(),
        f"{born.year}/{born.month}/{born.day}",
        f"{born.year}年{born.month}月{born.day}日",
        f"{born:%Y%m%d}",
        datetime(born.year, born.month, born.day),
        (born - date(1899, 12, 30)).days,
        f"{born.year}.{born.month}.{born.day}",
    )
    return forms[number % len(forms)]


def _spoil(sheet: Any, made: Messy, dice: random.Random, rows: int) -> None:
    """Rows that are wrong, and rows that stand there twice: each of its own, far enough from each other."""
    chosen = dice.sample(range(FIRST_ROW, FIRST_ROW + rows), 30)
    for number in chosen[:12]:
        sheet.cell(number, 10).value = 1.38e20
        made.lost.append(number)
    for number in chosen[12:18]:
        sheet.cell(number, 3).value = "=IF(1,2,3)"
        made.formulas.append(number)
    for number in chosen[18:]:
        sheet.cell(number, 3).value = "公"
        made.wrong_words.append(number)
    tail = FIRST_ROW + rows
    spoilt = set(chosen)
    heads = [row for row in range(FIRST_ROW, FIRST_ROW + rows) if sheet.cell(row, 6).value and row not in spoilt][:24]
    for row in heads[:9]:
        _copy(sheet, row, tail)
        made.twice.append(tail)
        tail += 1
    for row in heads[9:17]:
        # The same person in another home: maybe moved, maybe not; a person decides.
        _copy(sheet, row, tail, room="9901 室", same_phone=row % 2 == 0)
        made.alike.append(tail)
        made.people.add(_truth(sheet, row, tail))
        made.homes.add(_truth(sheet, row, tail)[2])
        tail += 1
    for row in heads[17:]:
        # Another person of the same name in the same home, as father and daughter can be.
        _copy(sheet, row, tail, born=date(1999, 9, 9))
        made.people.add((sheet.cell(row, 2).value, "1999-09-09", _truth(sheet, row, row)[2]))
        tail += 1


def _copy(
    sheet: Any, row: int, to: int, room: str | None = None, born: date | None = None, same_phone: bool = False
) -> None:
    for column in range(1, 12):
        sheet.cell(to, column).value = sheet.cell(row, column).value
    if room:
        sheet.cell(to, 9).value = room
        if not same_phone:
            sheet.cell(to, 10).value = None
    if born:
        sheet.cell(to, 4).value = born.isoformat()
        sheet.cell(to, 10).value = None


def _truth(sheet: Any, row: int, placed: int) -> tuple[str, str, str]:
    building, unit, room = (str(sheet.cell(placed, column).value).split()[0] for column in (7, 8, 9))
    name = sheet.cell(row, 2).value
    return name, _born_of(sheet.cell(row, 4).value), f"{building}-{unit}-{room}"


def _born_of(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, int):
        return (date(1899, 12, 30) + timedelta(days=value)).isoformat()
    digits = "".join(character if character.isdigit() else " " for character in value).split()
    if len(digits) == 1:
        digits = [digits[0][:4], digits[0][4:6], digits[0][6:]]
    return date(*map(int, digits)).isoformat()


def _name(dice: random.Random, taken: set[str]) -> str:
    while True:
        name = dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, 2))
        if name not in taken:
            taken.add(name)
            return name


def _born(dice: random.Random) -> date:
    return date(1935, 1, 1) + timedelta(days=dice.randrange(29_000))
