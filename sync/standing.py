"""The standing of a record: the server's facts that travel beside its document, and how a save moves them.

Not here: who may decide (decide.py), and where the facts are kept (record.py). Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from schema.model import Kind
from schema.validate import holds


@dataclass(frozen=True, slots=True)
class Review:
    """The review of one record.

    state     waiting | returned | approved | changed | rejected | passed; changed: accepted saves came after the
              approval; passed: not drawn for review, and nobody looked
    by, at    who decided last and when; for a first wait, and for what passed, nobody, and when it began
    revision  of the record when it came into this state; for changed, of the approval
    answered  a save came after the return or rejection whose sentence still stands here
    """

    state: str
    by: str | None
    at: str
    revision: int
    sentence: str | None = None
    field: str | None = None
    answered: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form that travels."""
        return {
            "state": self.state,
            "by": self.by,
            "at": self.at,
            "revision": self.revision,
            "sentence": self.sentence,
            "field": self.field,
            "answered": self.answered,
        }


def review_after_save(
    kind: Kind, before: Review | None, values: Mapping[str, Any], at: str, revision: int
) -> Review | None:
    """The review after an accepted save that left these displayed values."""
    if kind.review is None:
        return None
    if before is not None and before.state in ("approved", "changed"):
        return replace(before, state="changed")
    if not holds(kind.review.waits_when, values):
        return None
    if before is None:
        return Review("waiting", None, at, revision)
    answered = before.answered or before.state in ("returned", "rejected")
    return replace(before, state="waiting", at=at, revision=revision, answered=answered)


def is_urgent(kind: Kind, values: Mapping[str, Any]) -> bool:
    """Whether a reviewer should see the record first."""
    return kind.review is not None and kind.review.urgent_when is not None and holds(kind.review.urgent_when, values)


def happened_on(kind: Kind, values: Mapping[str, Any]) -> str | None:
    """The day a reviewed record is about: the first date that may not lie in the future, else the first of its list.

    None for a kind that nobody reviews: the first date of a resident is a birthday, and nothing about it is late.
    """
    if kind.review is None:
        return None
    dates = [field for field in kind.fields.values() if field.type == "date"]
    for field in dates:
        if field.not_after == "today" and values.get(field.name):
            return str(values[field.name])
    listed = [field for field in dates if field.name in kind.list_columns]
    return next((str(values[field.name]) for field in listed if values.get(field.name)), None)
