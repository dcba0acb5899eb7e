"""Whether somebody's consent to a purpose counts on a day, judged from the consents they gave.

Not here: finding those consents (sync/consents.py). Mirrored in pwa/src/schema/basis.ts.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from schema.model import Basis, Field, Kind, Schema, Values
from schema.validate import holds

# The subject of a kind whose records are the persons themselves.
ITSELF = "record"
Standing = Literal["current", "withdrawn", "over", "none"]
# A consent that is no more, and the problem of what is done in spite of it.
ENDED = {"withdrawn": "consent_withdrawn", "over": "consent_over"}


class Consent(NamedTuple):
    """From when somebody agreed, until when (that day included), and from which day on no more."""

    given_on: str
    until: str | None
    withdrawn_on: str | None


def consent_kind(schema: Schema) -> Kind | None:
    """The kind whose records say that somebody agreed."""
    return next((kind for kind in schema.kinds.values() if kind.consent is not None), None)


def standing_of(consents: Iterable[Consent], on: str) -> Standing:
    """How the consents of one person to one purpose stand on a day: one that counts is enough.

    On the day of a withdrawal nothing counts any more; of those that ended, a withdrawal says most.
    """
    found: Standing = "none"
    for consent in consents:
        if consent.given_on > on:
            continue
        if consent.withdrawn_on is not None and consent.withdrawn_on <= on:
            found = "withdrawn"
        elif consent.until is not None and consent.until < on:
            found = found if found == "withdrawn" else "over"
        else:
            return "current"
    return found


def needs_consent(field: Field, values: Values) -> Basis | None:
    """What a field of such a record may only be written and shown with; None where nobody has to be asked."""
    basis = field.basis
    if basis is None or not values.get(field.name):
        return None
    return None if basis.unless and holds(basis.unless, values) else basis
