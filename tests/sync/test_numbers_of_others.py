"""The number of a save that others wrote is worth nothing to whoever knows it: not to a colleague, not to somebody of
another centre, not to a thief with a phone and a session of the author's; and no word of the author is lost.

Not here: what else may be wrong with a save (hostile.py).
"""

import random
from collections.abc import Iterator

import pytest

from sync import push
from sync.document import DocumentError
from sync.materialise import rebuild
from tests.centre import Centre, Phone, base36
from tests.sizes import SPOOFED

WORDS = ("第一句", "第二句", "第三句")


@pytest.fixture
def alone() -> Iterator[Centre]:
    made = Centre()
    yield made
    made.store.close()


def written_by_li_min(centre: Centre) -> tuple[str, list[int]]:
    """A visit on which she wrote three times, and the numbers of her saves."""
    visit = centre.visit(centre.home())
    centre.li_min.pulls()
    numbers = []
    for at, words in enumerate(WORDS):
        numbers.append(centre.li_min.changes(visit, {f"remarks.a1b2c3d{at}": {"text": words}}).save["client"])
        centre.li_min.meets_network()
    return visit, numbers


def thieves(centre: Centre) -> list[Phone]:
    """Who sees the visit, who does not, who decides on it, and another phone of her own."""
    found = [centre.zhang_qiang, centre.zhou_hui, centre.he_fang, centre.sun_lei, centre.new_phone("li_min")]
    for phone in found:
        phone.pulls()
    return found


def spoof(centre: Centre, chance: random.Random, phone: Phone, visit: str, numbers: list[int]) -> str:
    """What the centre says to one save under a number of hers."""
    values = {
        chance.choice(("remarks.a1b2c3d0", "remarks.zzzzzzz9", "observation")): chance.choice(({"text": "x"}, "x"))
    }
    replaces = {next(iter(values)): [base36(chance.choice(numbers))]} if chance.random() < 0.5 else {}
    written = phone.seals(
        visit, "home_visit", values, chance.choice((0, 1, 10**6)), replaces, client=chance.choice(numbers)
    )
    receipt = phone.sends([written])[0]
    phone.outbox.clear()
    return receipt.status


def test_a_number_of_somebody_elses_save_is_never_accepted_and_takes_no_word_away(alone: Centre) -> None:
    chance = random.Random(3)  # noqa: S311
    visit, numbers = written_by_li_min(alone)
    found = thieves(alone)
    told = [spoof(alone, chance, found[number % len(found)], visit, numbers) for number in range(SPOOFED)]
    assert set(told) == {"held"}
    alone.li_min.pulls()
    seen = alone.li_min.sees(visit)
    assert seen is not None and [row["text"] for row in seen.remarks.values()] == list(WORDS)
    alone.li_min.changes(visit, observation="她以后写的")
    assert [answer[1] for answer in alone.li_min.pushes()] == ["accepted"]
    assert rebuild(alone.store, alone.schema) == []


def test_a_centre_that_did_not_remember_numbers_would_meet_them_in_the_document(
    alone: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, numbers = written_by_li_min(alone)
    monkeypatch.setattr(push, "_is_client_used", lambda *_: False)
    thief = alone.new_phone("li_min")
    thief.pulls()
    thief.seals(visit, "home_visit", {"observation": "x"}, thief.base[visit].revision, {}, client=numbers[0])
    # Nothing but the engine's own check is left, and that one ends the push.
    with pytest.raises(DocumentError, match="already used"):
        thief.pushes()
