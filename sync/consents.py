"""The consents of the people that records are about: whether what is written, shown, shared or taken away has a basis
that counts.

Not here: how consents stand on a day (schema/basis.py), and which fields need one (the declarations).
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from schema.basis import ENDED, ITSELF, Consent, Standing, consent_kind, needs_consent, standing_of
from schema.model import Basis, Field, Kind, Problem, Schema
from sync.put_away import names_of
from sync.store.store import Store
from sync.tables import one_of, quoted
from sync.times import local_date
from sync.visibility import Paths, at_path

MISSING = "consent_missing"
# Why a save is held, and with it what nobody agreed to be shown.
REFUSALS = frozenset((MISSING, *ENDED.values()))


def subject_of(paths: Paths, schema: Schema, kind: Kind, record: str, values: Mapping[str, Any]) -> str | None:
    """The person that a record is about; None where its kind is about nobody, or nobody is named."""
    if kind.subject is None:
        return None
    found = record if kind.subject == ITSELF else at_path(paths, schema, kind, values, "", kind.subject)
    return None if found is None else paths.survivor_of(found)


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
    """Whether each field and each step that needs a basis has one in the record that would result.

    touched  the field keys that are written: what was there before is not held against who writes something else
    version  of the declaration the author worked with: one that did not ask is held only where consent has ended
    made_at  of the save. What counted on that day was rightly collected, whatever came afterwards
    """
    if not (_with_basis(kind) or _steps_with_basis(kind)):
        return None
    for field, basis in _asked_for(kind, after, {key.partition(".")[0] for key in touched}):
        subject = subject_of(Paths(store), schema, kind, record, after)
        if subject is None:
            # Nobody is named: the answer that the form asks for is all there can be.
            continue
        consents = consents_of(store, schema, subject, basis.purpose, after.get(basis.to) if basis.to else None)
        made = standing_of(consents, _day_of(made_at))
        today = standing_of(consents, local_date(now).isoformat())
        if "current" in (made, today) or (today == "none" and version < basis.since):
            continue
        return Problem(ENDED.get(today, MISSING), field, {"purpose": basis.purpose})
    return None


def _asked_for(kind: Kind, after: Mapping[str, Any], touched: set[str]) -> Iterator[tuple[str, Basis]]:
    """What a save writes that somebody must have agreed to: fields, and the state that it brings the record to."""
    for field in _with_basis(kind):
        basis = needs_consent(field, after)
        if basis is not None and touched & _concerned(kind, field):
            yield field.name, basis
    for name, state, basis in _steps_with_basis(kind):
        if name in touched and after.get(name) == state:
            yield name, basis


def withheld_fields(
    store: Store, schema: Schema, kind: Kind, record: str, values: Mapping[str, Any], now: datetime
) -> Iterator[str]:
    """The fields that may not be shown now: the consent under which they were written has ended."""
    for field in _with_basis(kind):
        basis = needs_consent(field, values)
        subject = subject_of(Paths(store), schema, kind, record, values) if basis else None
        if basis is None or subject is None:
            continue
        if standing_to(store, schema, subject, basis.purpose, now) in ENDED:
            yield field.name


def standing_to(store: Store, schema: Schema, subject: str, purpose: str, now: datetime) -> Standing:
    """How the consent of a person to a purpose stands today."""
    return standing_of(consents_of(store, schema, subject, purpose), local_date(now).isoformat())


def who_agreed(store: Store, schema: Schema, purpose: str, now: datetime, shared_with: str | None = None) -> set[str]:
    """Everybody whose consent to a purpose counts today; with `shared_with` only to this other unit."""
    kind = consent_kind(schema)
    if kind is None or kind.consent is None or kind.subject is None:
        return set()
    names = kind.consent
    columns = ", ".join(f"k.{quoted(name)}" for name in (names.shared_with, *_days(kind)))
    given: defaultdict[str, list[Consent]] = defaultdict(list)
    for subject, partner, *days in store.rows(
        f"SELECT coalesce(r.survivor, r.record), {columns} FROM {quoted(kind.name)} k"  # noqa: S608
        f" JOIN record r ON r.record = k.{quoted(kind.subject)} WHERE k.{quoted(names.purpose)} = ?",
        (purpose,),
    ):
        if shared_with is None or _alike(partner or "") == _alike(shared_with):
            given[subject].append(Consent(*days))
    today = local_date(now).isoformat()
    return {subject for subject, consents in given.items() if standing_of(consents, today) == "current"}


def consents_of(
    store: Store, schema: Schema, subject: str, purpose: str, shared_with: str | None = None
) -> list[Consent]:
    """What a person agreed to for a purpose, in a stable order; with `shared_with` only to this other unit."""
    kind = consent_kind(schema)
    if kind is None or kind.consent is None or kind.subject is None:
        return []
    columns = ", ".join(map(quoted, (*_days(kind), kind.consent.shared_with)))
    named = names_of(store, subject)
    rows = store.rows(
        f"SELECT {columns} FROM {quoted(kind.name)}"  # noqa: S608
        f" WHERE {quoted(kind.subject)} IN {one_of(named)} AND {quoted(kind.consent.purpose)} = ? ORDER BY record",
        (*named, purpose),
    )
    return [
        Consent(*days) for *days, partner in rows if shared_with is None or _alike(partner or "") == _alike(shared_with)
    ]


def _days(kind: Kind) -> Iterable[str]:
    return (kind.consent.given_on, kind.consent.until, kind.consent.withdrawn_on) if kind.consent else ()


def _alike(name: str) -> str:
    """A name as it is compared: however wide its characters are, without the blanks in it."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@cache
def _with_basis(kind: Kind) -> tuple[Field, ...]:
    return tuple(field for field in kind.fields.values() if field.basis is not None)


@cache
def _steps_with_basis(kind: Kind) -> tuple[tuple[str, str, Basis], ...]:
    """The field of the states, the state that a step leads to, and the basis of that step."""
    if kind.states is None:
        return ()
    return tuple((kind.states.field, move.to, move.basis) for move in kind.states.moves if move.basis is not None)


def _concerned(kind: Kind, field: Field) -> set[str]:
    """The fields that decide whether consent is needed, and whose."""
    unless = field.basis.unless if field.basis else None
    return {field.name, *(unless or ()), (kind.subject or "").partition(".")[0]}


def _day_of(made_at: str) -> str:
    return local_date(datetime.fromtimestamp(int(made_at[:13]) / 1000, UTC)).isoformat()
