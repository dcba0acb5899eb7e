"""A name as it is typed: pinyin and initials, with family names read as family names."""

import pytest

from sync.search import name_in_pinyin


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王秀兰", "wangxiulan wxl"),
        ("单玉芬", "shanyufen syf"),
        ("曾建国", "zengjianguo zjg"),
        ("解小东", "xiexiaodong xxd"),
        ("仇英", "qiuying qy"),
        ("区志强", "ouzhiqiang ozq"),
        ("查良", "zhaliang zl"),
        ("盖丽", "geli gl"),
        ("尉迟恭", "yuchigong ycg"),
        ("欧阳修", "ouyangxiu oyx"),
        ("王 秀兰", "wangxiulan wxl"),
        ("Anna Li", "annali a"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_name_is_found_by_its_reading_and_its_initials(name, expected):
    assert name_in_pinyin(name) == expected


def test_a_character_that_is_no_family_name_here_keeps_its_common_reading():
    assert name_in_pinyin("李单") == "lidan ld"
    assert name_in_pinyin("单") == "dan d"
