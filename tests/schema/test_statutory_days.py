"""The declared holidays are those that the kept library knows, and a wrong table does not load.

Not here: counting with them (test_working_days.py).
"""

from pathlib import Path

import pytest
from chinese_calendar.constants import holidays, workdays

from schema.declaration import DeclarationError
from schema.load import load_schema
from tests.schema.declared import change, copy_declarations

DAYS = "statutory_days.toml"
WRONG = {
    "a day that there is not": ('"02-28"', '"02-29"', "year.2026.workdays", "is no day of 2026"),
    "a holiday that is worked": ('"09-20"', '"09-25"', "year.2026.workdays", "2026-09-25 is a holiday too"),
    "a year twice": ("year = 2025", "year = 2024", "year.2024.year", "declared twice"),
}


def test_every_year_says_what_the_library_says():
    for year, declared in load_schema().statutory_years.items():
        assert declared.holidays == {day for day in holidays if day.year == year}
        assert declared.workdays == {day for day in workdays if day.year == year}


def test_no_year_that_the_library_knows_is_left_out():
    newest = max(holidays).year
    assert max(load_schema().statutory_years) == newest, f"write {newest} into schema/{DAYS}"


@pytest.mark.parametrize("wrong", WRONG)
def test_a_table_that_cannot_be_is_refused_by_its_place(tmp_path: Path, wrong: str):
    old, new, key, reason = WRONG[wrong]
    folder = copy_declarations(tmp_path)
    change(folder, DAYS, old, new)

    with pytest.raises(DeclarationError, match=reason) as refusal:
        load_schema(folder)

    assert (refusal.value.file, refusal.value.key) == (DAYS, key)
