"""The table of the register: found by words, place, name and pinyin, in the order that was asked for, and no row
more than who asks may see."""

import pytest

from sync.read import records, sortable_fields


@pytest.fixture
def people(centre):
    """Three residents of two teams' homes, one of another supervisor's."""
    first, second = centre.home(building="3", room="502"), centre.home("heping_2", building="12", room="99")
    centre.resident(first, "王秀兰", born_on="1948-05-01", risk_level="high")
    centre.resident(first, "李大_山", born_on="1950-01-01")
    centre.resident(second, "欧阳军", risk_level="low")
    return first, second


def found(centre, kind="resident", person="zhou_hui", where=None, **more):
    page = records(centre.store, centre.schema, centre.phones[person].me(), kind, where, **more)
    return [row.values.get("name") or f"{row.values['building']}-{row.values['room']}" for row in page.items]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("秀", ["王秀兰"]),
        ("wangx", ["王秀兰"]),
        ("OYJ", ["欧阳军"]),
        ("yang", []),
        ("_", ["李大_山"]),
        ("%", []),
        ("\\", []),
        (" ", ["李大_山", "欧阳军", "王秀兰"]),
    ],
)
def test_a_name_is_found_as_it_is_written_or_begins_in_pinyin(centre, people, text, names):
    assert sorted(found(centre, text=text)) == sorted(names)


@pytest.mark.parametrize(
    ("text", "homes"), [("12-2-99", ["12-99"]), ("和平", ["12-99", "3-502"]), ("3-2-5", ["3-502"])]
)
def test_a_home_is_found_by_its_place(centre, people, text, homes):
    assert sorted(found(centre, "household", text=text)) == homes


def test_the_order_is_the_one_that_was_asked_for(centre, people):
    assert found(centre, sort="-born_on") == ["李大_山", "王秀兰", "欧阳军"]
    assert found(centre, sort="born_on")[-1] == "李大_山"
    with pytest.raises(ValueError, match="not sorted by phone"):
        found(centre, sort="phone")
    assert "phone" not in sortable_fields(centre.schema.kinds["resident"])


def test_nobody_gets_a_row_more_than_they_may_see(centre, people):
    first, _ = people
    assert found(centre, where={"household": first, "risk_level": "high"}) == ["王秀兰"]
    assert found(centre, person="luo_wei") == found(centre, person="huang_li") == []
    assert found(centre, person="ma_li", text="王") == []
