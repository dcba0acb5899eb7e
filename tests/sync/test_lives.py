"""A device that lives twice is noticed by the numbers of its saves, nothing of either life is lost, and no honest phone
is ever taken for two."""

import pytest

from sync.lives import STRETCHES_MAX, Life, follow_on, keys_before, life_of
from sync.people import add_device, device_of, revoke_device
from sync.save import private_key_from, public_point, sealed
from tests.centre import Written


@pytest.mark.parametrize(
    ("numbers", "free"),
    [
        ((1, 2, 3), (True, True, True)),
        ((1, 2, 2), (True, True, False)),
        ((1, 1), (True, False)),
        # Sent again later: their turn had not come.
        ((5, 3, 1, 2, 4), (True,) * 5),
        ((5, 3, 3), (True, True, False)),
        ((7, 9, 8, 8, 7), (True, True, True, False, False)),
    ],
)
def test_a_number_is_used_once_in_any_order(numbers, free):
    life = Life()
    assert tuple(life.uses(number) for number in numbers) == free


def test_many_holes_are_kept_in_bounds_and_never_make_one_life_two():
    life = Life()
    assert all(life.uses(number) for number in range(2, 400, 2))
    assert len(life.missing) == STRETCHES_MAX
    assert all(life.uses(number) for number in range(1, 400, 2))


def test_both_lives_of_a_cloned_phone_keep_their_words_and_are_told(centre):
    home = centre.home()
    centre.li_min.pulls()
    first = centre.li_min.changes(home, phone="13800005521")
    twin = centre.li_min.copied()
    assert centre.li_min.meets_network() == [(first.id, "accepted")]
    assert twin.meets_network() == [(first.id, "accepted")], "the same save, which both have, is no sign of two"
    assert life_of(centre.store, centre.li_min.device).twice_at is None

    one = centre.li_min.changes(home, care_note="from the one")
    other = twin.changes(home, care_note="from the other")
    assert one.save["device_sequence"] == other.save["device_sequence"]
    assert centre.li_min.meets_network() == [(one.id, "accepted")]
    assert life_of(centre.store, centre.li_min.device).twice_at is None
    assert twin.meets_network() == [(other.id, "accepted")]
    assert life_of(centre.store, centre.li_min.device).twice_at is not None
    centre.zhou_hui.pulls()
    seen = {claim.value for claim in centre.zhou_hui.live(home) if claim.field_key == "care_note"}
    assert seen == {"from the one", "from the other"}


def test_what_was_refused_uses_its_number_and_what_nobody_could_read_does_not(centre):
    home = centre.home()
    centre.li_min.pulls()
    spoilt = centre.li_min.changes(home, phone="13800005521")
    centre.li_min.outbox.remove(spoilt)
    forged = Written({**spoilt.save, "made_at": "0000000000001-0000"})
    assert centre.li_min.sends([forged])[0].problem.code == "wrong_signature"
    life = life_of(centre.store, centre.li_min.device)
    assert (life.newest, life.twice_at) == (0, None)
    refused = centre.li_min.changes(home, phone=["no phone"])
    assert centre.li_min.meets_network()[0][1] == "held"
    assert life_of(centre.store, centre.li_min.device).newest == refused.save["device_sequence"]


def test_who_signs_in_anew_is_another_device_and_what_the_old_one_sealed_is_taken_from_it(centre):
    home = centre.home()
    li_min = centre.li_min
    li_min.pulls()
    sealed_before = li_min.changes(home, phone="13800005521")
    old, key = li_min.device, private_key_from(4711)
    add_device(centre.store, "li_min", public_point(key), "new", "new-device", centre.now)
    follow_on(centre.store, "new-device", old)
    li_min.device, li_min.key = "new-device", key
    assert keys_before(centre.store, "li_min", "new-device") == [device_of(centre.store, old)[1]]
    sealed_after = li_min.changes(home, care_note="with the new key")
    assert li_min.meets_network() == [(sealed_before.id, "accepted"), (sealed_after.id, "accepted")]


@pytest.mark.parametrize("case", ["another's", "revoked", "none"])
def test_only_an_own_device_that_is_not_revoked_is_followed_on(centre, case):
    home = centre.home()
    li_min = centre.li_min
    li_min.pulls()
    old = centre.zhang_qiang if case == "another's" else li_min
    written = li_min.changes(home, phone="13800005521")
    if case == "another's":
        words = {name: value for name, value in written.save.items() if name != "signature"}
        written = Written(sealed(words, old.key))
    add_device(centre.store, "li_min", public_point(private_key_from(4711)), "new", "new-device", centre.now)
    if case != "none":
        follow_on(centre.store, "new-device", old.device)
    if case == "revoked":
        revoke_device(centre.store, old.device, centre.now)
    li_min.device = "new-device"
    assert li_min.sends([written])[0].problem.code == "wrong_signature"
