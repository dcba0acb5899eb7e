"""How consents stand on a day, on both sides of each boundary. Not here: what follows from it (tests/sync)."""

import pytest

from schema.basis import Consent, standing_of

DAY = "2026-03-10"
GIVEN = Consent("2026-03-10", None, None)
OVER = Consent("2026-03-01", "2026-03-09", None)
WITHDRAWN = Consent("2026-03-01", None, "2026-03-10")


@pytest.mark.parametrize(
    ("consents", "standing"),
    [
        ([], "none"),
        ([GIVEN], "current"),
        ([Consent("2026-03-11", None, None)], "none"),
        ([Consent("2026-03-01", "2026-03-10", None)], "current"),
        ([OVER], "over"),
        ([WITHDRAWN], "withdrawn"),
        ([Consent("2026-03-01", None, "2026-03-11")], "current"),
        ([OVER, WITHDRAWN], "withdrawn"),
        ([WITHDRAWN, OVER], "withdrawn"),
        ([WITHDRAWN, OVER, GIVEN], "current"),
    ],
)
def test_one_consent_that_counts_is_enough_and_of_those_that_ended_a_withdrawal_says_most(
    consents: list[Consent], standing: str
) -> None:
    assert standing_of(consents, DAY) == standing
