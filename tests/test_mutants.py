"""Every known bug can still be planted in the source as it is. Not here: that each is caught (`make mutants`)."""

import pytest

from tests.bugs import BUGS
from tests.mutants import ROOT, planted


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_known_bug_still_applies(bug):
    text = (ROOT / bug.path).read_text("utf-8")
    assert planted(bug, text) != text


def test_a_bug_whose_line_has_changed_is_named():
    bug = BUGS[0]
    with pytest.raises(ValueError, match=bug.name):
        planted(bug, "")
