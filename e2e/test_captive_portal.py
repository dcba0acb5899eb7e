"""A mall's Wi-Fi answers every request with its own page, and 200: that is no receipt, and nothing is lost."""

from __future__ import annotations

from e2e.conftest import Opens
from e2e.world import VISIT_TODAY


def test_a_log_in_page_is_not_mistaken_for_a_receipt(phone: Opens):
    li_min = phone("li_min").signs_in()
    li_min.network.captive_portal()
    li_min.opens(f"/visit/{VISIT_TODAY}").screen("visit")
    li_min.chooses("outcome", "no_answer")
    li_min.does("save")
    li_min.sees_saved()

    li_min.goes_to("/sync").screen("sync")
    li_min.does("send-now")
    li_min.waits_until(lambda: "portal" in li_min.network.happened)
    li_min.goes_to("/today").screen("today")
    li_min.sees_mark(VISIT_TODAY, "saved")
    assert len(li_min.stored("outbox")) == 1
    li_min.shot("behind-a-portal")

    li_min.network.restore()
    li_min.goes_to("/sync").screen("sync")
    li_min.does("send-now")
    li_min.waits_until_sent()
    li_min.goes_to("/today").screen("today")
    li_min.sees_mark(VISIT_TODAY, "sent")
