"""Bugs that seeds of the simulation found, each as the shortest story that shows it.

Not here: the simulation.
"""

from sync.materialise import rebuild


def test_a_save_that_a_stranger_sent_first_is_still_its_authors(centre):
    home = centre.home()
    centre.li_min.pulls()
    phoned = centre.li_min.changes(home, phone="13800005521")
    centre.zhang_qiang.sends([phoned])
    assert centre.li_min.meets_network() == [(phoned.id, "accepted")]
    assert centre.li_min.sees(home).phone == "13800005521"


def test_a_rebuild_keeps_the_name_under_which_a_save_was_logged(centre):
    home = centre.home()
    centre.li_min.pulls()
    phoned = centre.li_min.changes(home, phone="13800005521")
    centre.zhang_qiang.sends([phoned])
    centre.li_min.meets_network()
    assert rebuild(centre.store, centre.schema) == []
