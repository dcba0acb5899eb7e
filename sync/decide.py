"""Decisions of a reviewer: approve, return, reject, undo, and what to make of a possible double.

Not here: what a decision does to the tables (materialise.py), and settling a conflict, which is an ordinary save.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from schema.model import Person, Problem, Schema
from schema.view import view_of
from sync import limits, log, second_person
from sync.hour_decisions import refusal_to_move
from sync.log import Entry
from sync.materialise import fold
from sync.record import Record, record_of
from sync.references import sees
from sync.save import canonical
from sync.store.store import Store, can_keep
from sync.times import read_instant, written
from sync.visibility import decide_at

VERDICTS = ("approve", "return", "reject", "undo")
DUPLICATE_VERDICTS = ("different", "same", "apart")
ARCHIVE_VERDICTS = ("away", "back")
Standing = dict[str, Any]


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided on a record.

    id        drawn by the desk; sent again, it gets the same answer
    revision  of the record as the reviewer saw it
    verdict   approve | return | reject | undo
    sentence  for the author; a return needs one. field: the field key it is about, if it is about one
    """

    id: str
    record: str
    revision: int
    verdict: str
    sentence: str | None = None
    field: str | None = None


def decide(store: Store, schema: Schema, person: Person, decision: Decision, now: datetime) -> Standing | Problem:
    """Apply one decision; the record's new standing, or why not.

    Refused when the content or the review moved since the revision that was seen (revision_moved); a record that only
    followed its home to another team has not moved in a way that matters.
    """
    if not _is_shape(decision.id, decision.record, decision.sentence, decision.field):
        return Problem("query_refused", details={"reason": "decision"})
    if decision.verdict not in VERDICTS:
        return Problem("query_refused", "verdict", {"reason": "verdict"})
    with store.atomic():
        known = log.entry_of(store, decision.id)
        if known is not None:
            return _answer_again(known, person)
        found = record_of(store, schema, decision.record)
        if found is None or not sees(schema, person, found):
            return Problem("not_found")
        facts: dict[str, Any] = {}
        refused = _refusal(store, schema, person, found, decision, now, facts)
        return _log(store, schema, person, "decision", decision.id, found, asdict(decision), refused, facts, now)


def _is_shape(*texts: str | None) -> bool:
    longest = (
        limits.DECISION_ID_CHARACTERS_MAX,
        limits.DECISION_ID_CHARACTERS_MAX,
        limits.DECISION_SENTENCE_CHARACTERS_MAX,
        limits.FIELD_KEY_CHARACTERS_MAX,
    )
    for text, characters_max in zip(texts, longest, strict=True):
        if text is not None and (len(text) > characters_max or not can_keep(text)):
            return False
    return bool(texts[0])


def _refusal(
    store: Store,
    schema: Schema,
    person: Person,
    found: Record,
    decision: Decision,
    now: datetime,
    facts: dict[str, Any],
) -> Problem | None:
    """Why a decision cannot be taken; fills in the facts that a rebuild needs."""
    if found.kind.review is None:
        return Problem("not_waiting")
    if not decide_at(schema, person, "review", found.kind, found.place).allowed:
        return Problem("cannot_decide")
    state = found.review.state if found.review else None
    if decision.verdict == "undo":
        return _refusal_to_undo(store, person, found, now, facts)
    becomes = decision.verdict == "approve"
    if not found.moved_revision <= decision.revision <= found.revision:
        return Problem("revision_moved", details={"revision": found.revision})
    if decision.verdict == "approve":
        # What passed without a look may still be looked at.
        if state not in ("waiting", "changed", "passed"):
            return Problem("not_waiting")
        view = view_of(found.kind, found.claims)
        if view.conflicts:
            return Problem("open_conflict", sorted(view.conflicts)[0], {"fields": sorted(view.conflicts)})
        refused = second_person.refusal(store, person, found)
        if refused is not None:
            return refused
        # What was approved, so that it can be proven later that this and nothing else was meant.
        facts["view"] = log.digest(canonical(view.values).decode("utf-8"))
    elif decision.verdict == "return":
        # An approved record may be returned too: that is how a locked one is opened again.
        if state not in ("waiting", "changed", "passed", "approved"):
            return Problem("not_waiting")
        if not (decision.sentence or "").strip():
            return Problem("needs_sentence")
    elif state not in ("waiting", "changed", "passed", "returned"):
        return Problem("not_waiting")
    facts["before"] = _before(found)
    return refusal_to_move(store, found, state == "approved", becomes)


def _before(found: Record) -> dict[str, Any]:
    """What an undo restores."""
    return {
        "review": found.review.as_json() if found.review else None,
        "locked_at": found.locked_at,
        "waiting_since": found.waiting_since,
    }


def _refusal_to_undo(
    store: Store, person: Person, found: Record, now: datetime, facts: dict[str, Any]
) -> Problem | None:
    last = log.last_decision(store, found.record)
    if last is None or last.person != person.person or "before" not in last.facts:
        return Problem("cannot_decide", details={"reason": "not_yours_to_undo"})
    if last.revision != found.moved_revision:
        return Problem("revision_moved", details={"revision": found.revision})
    if now - read_instant(last.received_at) > timedelta(minutes=limits.UNDO_MINUTES_MAX):
        return Problem("cannot_decide", details={"reason": "too_late", "minutes_max": limits.UNDO_MINUTES_MAX})
    restored = last.facts["before"]["review"]
    states = (found.review.state if found.review else None, restored["state"] if restored else None)
    if (states[0] == "approved") != (states[1] == "approved"):
        refused = refusal_to_move(store, found, states[0] == "approved", states[1] == "approved")
        if refused is not None:
            return refused
    facts["restores"] = last.facts["before"]
    facts["undoes"] = last.id
    return None


def settle_duplicate(
    store: Store, schema: Schema, person: Person, id: str, record: str, other: str, verdict: str, now: datetime
) -> Standing | Problem:
    """Say that two records are "different", or the "same": then `other` is rejected, if its kind is reviewed, or an
    alias of `record` from now on, if its kind has these. "apart" undoes that within 30 days.

    The pair is remembered and not shown again, unless it is undone. Gives the standing of `record`.
    """
    if not _is_shape(id, record, None, None) or not _is_shape(id, other, None, None):
        return Problem("query_refused", details={"reason": "decision"})
    if verdict not in DUPLICATE_VERDICTS:
        return Problem("query_refused", "verdict", {"reason": "verdict"})
    with store.atomic():
        known = log.entry_of(store, id)
        if known is not None:
            return _answer_again(known, person)
        pair = [record_of(store, schema, name) for name in (record, other)]
        first, second = pair
        if first is None or second is None or not all(found and sees(schema, person, found) for found in pair):
            return Problem("not_found")
        refused = _refusal_of_pair(schema, person, first, second, verdict, now)
        body = {"id": id, "record": record, "other": other, "verdict": verdict}
        return _log(store, schema, person, "duplicate", id, first, body, refused, {}, now)


def put_away(
    store: Store, schema: Schema, person: Person, id: str, record: str, verdict: str, because: str, now: datetime
) -> Standing | Problem:
    """Take a record out of all lists ("away") or bring it "back"; whoever may change it may. Nothing of it is lost.

    because  a word that names the reason, never what somebody wrote
    """
    if verdict not in ARCHIVE_VERDICTS or not _is_shape(id, record, because, None):
        return Problem("query_refused", details={"reason": "decision"})
    with store.atomic():
        known = log.entry_of(store, id)
        if known is not None:
            return _answer_again(known, person)
        found = record_of(store, schema, record)
        if found is None or not sees(schema, person, found):
            return Problem("not_found")
        refused = _refusal_to_put_away(schema, person, found, verdict)
        body = {"id": id, "record": record, "verdict": verdict, "because": because}
        return _log(store, schema, person, "archive", id, found, body, refused, {}, now)


def _refusal_to_put_away(schema: Schema, person: Person, found: Record, verdict: str) -> Problem | None:
    if not found.kind.aliases or not decide_at(schema, person, "change", found.kind, found.place).allowed:
        return Problem("cannot_decide")
    what = found.put_away.what if found.put_away else None
    wanted = None if verdict == "away" else "archived"
    return None if what == wanted else Problem("put_away_already")


def _refusal_of_pair(
    schema: Schema, person: Person, first: Record, second: Record, verdict: str, now: datetime
) -> Problem | None:
    if first.kind is not second.kind or first.record == second.record:
        return Problem("query_refused", details={"reason": "decision"})
    for found in (first, second):
        verb = "review" if found.kind.review else "settle"
        if not decide_at(schema, person, verb, found.kind, found.place).allowed:
            return Problem("cannot_decide")
    if verdict == "apart":
        return _refusal_to_part(first, second, now)
    if first.kind.aliases and (first.put_away or second.put_away):
        return Problem("put_away_already")
    # Two people or homes may be the same although nothing tells a machine.
    if second.record not in first.duplicates and not (first.kind.aliases and verdict == "same"):
        return Problem("not_waiting", details={"reason": "not_a_double"})
    # What was certified is opened first, with a sentence; it is not rejected in passing.
    return Problem("locked") if verdict == "same" and second.locked_at is not None else None


def _refusal_to_part(first: Record, second: Record, now: datetime) -> Problem | None:
    away = second.put_away
    if away is None or away.into != first.record:
        return Problem("put_away_already")
    is_over = now - read_instant(away.at) > timedelta(days=limits.UNDO_MERGE_DAYS_MAX)
    return Problem("merge_is_old", details={"days_max": limits.UNDO_MERGE_DAYS_MAX}) if is_over else None


def _answer_again(known: Entry, person: Person) -> Standing | Problem:
    if known.person != person.person or known.entry not in ("decision", "duplicate", "archive"):
        return Problem("query_refused", details={"reason": "decision"})
    if known.is_destroyed:
        return Problem("not_found")
    return known.problem or dict(known.facts["standing"])


def _log(
    store: Store,
    schema: Schema,
    person: Person,
    what: str,
    id: str,
    found: Record,
    body: Mapping[str, Any],
    refused: Problem | None,
    facts: dict[str, Any],
    now: datetime,
) -> Standing | Problem:
    """Apply a decision unless it is refused, and log it with its answer either way."""
    entry = Entry(
        position=log.next_position(store),
        entry=what,
        id=id,
        record=found.record,
        client=None,
        person=person.person,
        device=person.device,
        received_at=written(now),
        status="refused" if refused else "accepted",
        revision=None,
        problem=refused,
        facts=facts,
        body=json.dumps(body, ensure_ascii=False, sort_keys=True),
        signature=None,
    )
    if refused is not None:
        log.append(store, entry)
        return refused
    revision = fold(store, schema, entry)
    after = record_of(store, schema, found.record, with_claims=False)
    standing = after.standing() if after else {}
    log.append(store, log.completed(entry, revision, {**facts, "standing": standing}))
    return standing
