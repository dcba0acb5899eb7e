"""The consents of the people that records are about: whether what is written, shown or shared has a basis that counts.

Not here: how consents stand on a day (schema/basis.py), and which fields need one (the declarations).
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from schema.basis import ENDED, ITSELF, Consent, Standing, consent_kind, needs_consent, standing_of
from schema.model import Field, Kind, Problem, Schema
from sync.store.store import Store
from sync.tables import quoted
from sync.times import local_date
from sync.visibility import Paths, at_path

MISSING = "consent_missing"
# Why a save is held, and with it what nobody agreed to be shown.
REFUSALS = frozenset((MISSING, *ENDED.values()))


def subject_of(paths: Paths, schema: Schema, kind: Kind, record: str, values: Mapping[str, Any]) -> str | None:
    """The person that a record is about; None where its kind is about nobody, or nobody is named."""
    if kind.subject is None or kind.subject == ITSELF:
        return record if kind.subject else None
    return at_path(paths, schema, kind, values, "", kind.subject)


def judge_consent(
    store: Store,
    schema: Schema,
    kind: Kind,
    record: str,
    after: Mapping[str, Any],
    touched: Collection[str],
    version: int,
    made_at: str,
    now: datetime,
) -> Problem | None:
    """Whether each field that needs a basis has one in the record that would result.

    touched  the field keys that are written: what was there before is not held against who writes something else
    version  of the declaration the author worked with: one that did not ask is held only where consent has ended
    made_at  of the save. What counted on that day was rightly collected, whatever came afterwards
    """
    names = {key.partition(".")[0] for key in touched}
    for field in _with_basis(kind):
        basis = needs_consent(field, after)
        if basis is None or not names & _concerned(kind, field):
            continue
        subject = subject_of(Paths(store), schema, kind, record, after)
        if subject is None:
            # Nobody is named: the answer that the form asks for is all there can be.
            continue
        consents = consents_of(store, schema, subject, basis.purpose)
        made = standing_of(consents, _day_of(made_at))
        today = standing_of(consents, local_date(now).isoformat())
        if "current" in (made, today) or (today == "none" and version < basis.since):
            continue
        return Problem(ENDED.get(today, MISSING), field.name, {"purpose": basis.purpose})
    return None


def withheld_fields(
    store: Store, schema: Schema, kind: Kind, record: str, values: Mapping[str, Any], now: datetime
) -> Iterator[str]:
    """The fields that may not be shown now: the consent under which they were written has ended."""
    for field in _with_basis(kind):
        basis = needs_consent(field, values)
        subject = subject_of(Paths(store), schema, kind, record, values) if basis else None
        if basis is None or subject is None:
            continue
        if standing_of(consents_of(store, schema, subject, basis.purpose), local_date(now).isoformat()) in ENDED:
            yield field.name


def standing_to(store: Store, schema: Schema, subject: str, purpose: str, now: datetime) -> Standing:
    """How the consent of a person to a purpose stands today."""
    return standing_of(consents_of(store, schema, subject, purpose), local_date(now).isoformat())


def consents_of(store: Store, schema: Schema, subject: str, purpose: str) -> list[Consent]:
    """What a person agreed to for a purpose, in a stable order."""
    kind = consent_kind(schema)
    if kind is None or kind.consent is None or kind.subject is None:
        return []
    names = kind.consent
    columns = ", ".join(quoted(name) for name in (names.given_on, names.until, names.withdrawn_on))
    rows = store.rows(
        f"SELECT {columns} FROM {quoted(kind.name)}"  # noqa: S608
        f" WHERE {quoted(kind.subject)} = ? AND {quoted(names.purpose)} = ? ORDER BY record",
        (subject, purpose),
    )
    return [Consent(*row) for row in rows]


def _with_basis(kind: Kind) -> Iterator[Field]:
    return (field for field in kind.fields.values() if field.basis is not None)


def _concerned(kind: Kind, field: Field) -> set[str]:
    """The fields that decide whether consent is needed, and whose."""
    unless = field.basis.unless if field.basis else None
    return {field.name, *(unless or ()), (kind.subject or "").partition(".")[0]}


def _day_of(made_at: str) -> str:
    return local_date(datetime.fromtimestamp(int(made_at[:13]) / 1000, UTC)).isoformat()
