"""A person's name as it is typed on a phone keyboard: pinyin and initials. The only owner of pypinyin.

Not here: searching; the phone compares what is typed with this text.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# Its 47,000 phrases take 45 MB of each process; a name is no phrase, and family names are told apart below.
os.environ["PYPINYIN_NO_PHRASES"] = "true"
from pypinyin import lazy_pinyin

from schema.model import Kind

# Characters that are read otherwise when they are a family name. Source: 现代汉语词典, entries marked 姓.
SURNAMES = {
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
    "长孙": ("zhang", "sun"),
    "令狐": ("ling", "hu"),
    "澹台": ("tan", "tai"),
    "单于": ("chan", "yu"),
    "单": ("shan",),
    "曾": ("zeng",),
    "解": ("xie",),
    "仇": ("qiu",),
    "区": ("ou",),
    "查": ("zha",),
    "盖": ("ge",),
    "朴": ("piao",),
    "乐": ("yue",),
    "缪": ("miao",),
    "洗": ("xian",),
    "覃": ("qin",),
    "翟": ("zhai",),
    "员": ("yun",),
    "黑": ("he",),
    "繁": ("po",),
    "召": ("shao",),
    "折": ("she",),
    "秘": ("bi",),
    "重": ("chong",),
    "阚": ("kan",),
    "郇": ("xun",),
    "隗": ("wei",),
    "能": ("nai",),
    "种": ("chong",),
    "牟": ("mu",),
    "薄": ("bo",),
    "祭": ("zhai",),
}


def sound_of(kind: Kind, values: Mapping[str, Any]) -> str:
    """How the names in a record with these values sound, as it is searched by."""
    names = (values.get(field.name) for field in kind.fields.values() if field.search == "name")
    return " ".join(name_in_pinyin(name) for name in names if isinstance(name, str))


@lru_cache(maxsize=20_000)
def name_in_pinyin(name: str) -> str:
    """Full pinyin and initials of a name, as `wangxiulan wxl`; empty for an empty name.

    What is not a Chinese character stays as it is, in small letters and without spaces.
    """
    text = "".join(name.split())
    if not text:
        return ""
    given = text
    syllables: list[str] = []
    for length in (2, 1):
        reading = SURNAMES.get(text[:length])
        if reading and len(text) > length:
            syllables, given = list(reading), text[length:]
            break
    syllables += [syllable.lower() for syllable in lazy_pinyin(given)]
    return f"{''.join(syllables)} {''.join(syllable[:1] for syllable in syllables)}"
