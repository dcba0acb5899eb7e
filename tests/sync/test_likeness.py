"""Which residents and homes are shown as possible doubles: by name or its sound, and something more that agrees."""

import pytest

BORN = {"born_on": "1948-05-01"}
PHONE = {"phone": "13800138000"}


@pytest.mark.parametrize(
    ("one", "other", "is_double"),
    [
        ({**BORN}, {**BORN}, True),
        ({**BORN}, {"born_on": "1948-05-02"}, False),
        ({**BORN}, {"name": "王秀岚", **BORN}, True),
        ({**BORN}, {"name": "王秀梅", **BORN}, False),
        ({**PHONE}, {**PHONE}, True),
        ({**PHONE}, {"name": "王秀岚", **PHONE}, False),
        ({}, {}, False),
    ],
)
def test_two_residents_of_different_homes(centre, one, other, is_double):
    first = centre.resident(centre.home(), **one)
    second = centre.resident(centre.home(), **other)
    centre.zhou_hui.pulls()
    assert (centre.zhou_hui.base[first].standing["duplicates"] == [second]) is is_double
    assert (centre.zhou_hui.base[second].standing["duplicates"] == [first]) is is_double


@pytest.mark.parametrize(("name", "is_double"), [("王秀兰", True), ("王秀岚", True), ("王秀梅", False)])
def test_two_residents_of_one_home(centre, name, is_double):
    home = centre.home()
    first, second = centre.resident(home), centre.resident(home, name)
    centre.zhou_hui.pulls()
    assert (centre.zhou_hui.base[first].standing["duplicates"] == [second]) is is_double


@pytest.mark.parametrize(
    ("one", "other", "is_double"),
    [
        ({"room": "502"}, {"room": "502"}, True),
        ({"room": "502"}, {"room": "503"}, False),
        ({"room": "502", "unit": None}, {"room": "502", "unit": ""}, True),
        ({"room": "502", "unit": None}, {"room": "502", "unit": "1"}, False),
    ],
)
def test_two_homes_at_one_place(centre, one, other, is_double):
    first, second = (centre.home(**values) for values in (one, other))
    centre.zhou_hui.pulls()
    assert (centre.zhou_hui.base[first].standing["duplicates"] == [second]) is is_double
