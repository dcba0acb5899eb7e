"""A disk that is full: nothing is acknowledged that was not kept, reading goes on, and it heals without a restart.

Not here: the phone's own full disk (e2e/test_when_things_run_out.py).
"""

import pytest

from sync.log import LogHead, check_log
from sync.materialise import rebuild
from tests.centre import Centre


def room_for(centre: Centre, pages_more: int) -> None:
    """Let the file grow by so many pages, and no further."""
    pages = centre.store.value("PRAGMA page_count")
    centre.store.execute(f"PRAGMA max_page_count = {pages + pages_more}")


@pytest.mark.parametrize("pages_more", range(0, 100))
def test_a_full_disk_refuses_whole_pushes_and_heals(centre, pages_more):
    home = centre.home()
    centre.li_min.pulls()
    room_for(centre, pages_more // 4)
    acknowledged, refused = 0, False
    for _ in range(200):
        # What cannot be compressed, one to three saves a push.
        for _ in range(1 + pages_more % 3):
            centre.li_min.changes(home, care_note=f"{centre.random.getrandbits(700):x}")
        try:
            acknowledged += sum(answer[1] == "accepted" for answer in centre.li_min.pushes())
        except Exception as error:
            assert "full" in str(error)
            refused = True
            break
    assert refused
    assert sum(entry.status == "accepted" and entry.person == "li_min" for entry in centre.log) == acknowledged
    assert isinstance(check_log(centre.store), LogHead)
    centre.zhou_hui.pulls()
    assert centre.zhou_hui.sees(home) is not None

    centre.store.execute("PRAGMA max_page_count = 1073741823")
    centre.li_min.meets_network()
    assert centre.li_min.outbox == []
    assert rebuild(centre.store, centre.schema) == []
