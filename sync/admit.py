"""Whether one save may join the log: the declaration's version, permission, values, lock, and the rules across fields.

Not here: fetching what the judgement needs (push.py). Pure; never raises for anything a phone can send.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from schema.access import UNTOLD, Context, Decision
from schema.model import Claim, Kind, Person, Problem, Schema
from schema.validate import judge_of, validate
from sync import limits
from sync.record import Record
from sync.save import Save
from sync.times import local_date, written
from sync.visibility import Place, decide_at

# How the centre's own device keeps what it opens, when it writes something on somebody's word. No device of a person
# can be enrolled in this way.
CENTRE_PATH = "centre"

NOTHING: Mapping[str, Any] = {}


def judge_version(kind: Kind, save: Save) -> Problem | None:
    """Step 5: may a save made with this version of the declaration be judged here?"""
    if save.schema > kind.version:
        return Problem("schema_newer", details={"version": save.schema, "server_version": kind.version})
    oldest = max(1, kind.version - limits.SCHEMA_VERSIONS_BEHIND_MAX)
    if save.schema < oldest:
        return Problem("app_too_old", details={"version": save.schema, "oldest_version": oldest})
    return None


def normal_values(kind: Kind, save: Save) -> dict[str, Any] | Problem:
    """Step 6: every field known and every value valid by itself; the values in their normal form."""
    values = {}
    newer = _fields_since(kind, save.schema)
    for field_key, value in save.set.items():
        judged = judge_of(kind, field_key)(value)
        if isinstance(judged, Problem):
            return judged
        if newer and field_key.partition(".")[0] in newer:
            return Problem("unknown_field", field_key)
        values[field_key] = judged
    return values


@lru_cache(maxsize=1000)
def _fields_since(kind: Kind, version: int) -> frozenset[str]:
    """The fields that a declaration of this version did not have yet."""
    return frozenset(name for name, field in kind.fields.items() if field.since is not None and field.since > version)


def judge_creation(
    schema: Schema, person: Person, kind: Kind, place: Place, values: Mapping[str, Any], context: Context = UNTOLD
) -> Problem | None:
    """Step 4: may this person create a record of this kind here?"""
    if kind.by_centre and context.path != CENTRE_PATH:
        return Problem("made_by_centre")
    decision = decide_at(schema, person, "create", kind, place, context=context)
    if decision.allowed:
        return None
    first = kind.team.partition(".")[0] if kind.team else None
    if first and place.relation.team is None and values.get(first) is None:
        # Without the field that leads to a team nobody may create it; filling it in is what the author can do.
        return Problem("missing", first)
    return _refused(decision)


def judge_change(
    schema: Schema,
    person: Person,
    record: Record,
    place: Place,
    values: Mapping[str, Any],
    conflicts: Collection[str],
    context: Context = UNTOLD,
    shown: Mapping[str, Any] = NOTHING,
    is_first: bool = False,
) -> Problem | None:
    """Step 6: may this person change each of these fields of this record?

    is_first  its author made the record without knowing that somebody else had made it too: records whose id follows
              from another record (the hours of a shift) are made by whichever phone is there. What such a save says of
              a field as it stands changes nothing, and whoever may not change that field later may still have said it
    shown  what is displayed now. Whoever a field is offered to may put themselves there or decline, by no other rule
    Whoever may not edit may still settle: write only fields that are in conflict, and remarks by their own rule.
    """
    kind = record.kind

    def decided(operation: str, field: str | None = None) -> Decision:
        return decide_at(schema, person, operation, kind, place, field=field, context=context)

    # Most fields have no rule of their own: one decision stands for all of them.
    whole = decided("change")
    plain = _fields_by_the_rule_of(kind)
    answered = _answers_offer(kind, person, shown, values)
    if is_first and whole.allowed:
        answered = answered | {key for key in values if key in shown and shown[key] == values[key]}
    refused = [
        key
        for key in values
        if not (key in answered or (whole if key.partition(".")[0] in plain else decided("change", key)).allowed)
    ]
    if not refused:
        return None
    if decided("settle").allowed and all(key in conflicts or _is_note(kind, key) for key in refused):
        return None
    if whole.allowed or any(decided("change", name).allowed for name in kind.fields):
        return Problem("field_not_permitted", refused[0])
    return _refused(whole)


def place_for(kind: Kind, person: Person, place: Place, shown: Mapping[str, Any]) -> Place:
    """The place by which somebody's changes are judged. A record that is merely offered to them is not theirs yet."""
    offers = offers_of(kind)
    if not offers or person.person not in place.relation.own:
        return place
    named = {path for path in kind.own if path != "created_by" and shown.get(path) == person.person}
    if not named or named - {offer for _, offer in offers}:
        return place
    return Place(place.centre, replace(place.relation, own=place.relation.own - {person.person}))


def _answers_offer(kind: Kind, person: Person, shown: Mapping[str, Any], values: Mapping[str, Any]) -> set[str]:
    """The fields by which somebody takes what is offered to them, or declines it: in the same save the offer ends."""
    found = set[str]()
    for name, offer in offers_of(kind):
        if shown.get(offer) == person.person and offer in values and values[offer] is None:
            found |= {offer, name} if values.get(name) == person.person else {offer}
    return found


@lru_cache(maxsize=1000)
def offers_of(kind: Kind) -> tuple[tuple[str, str], ...]:
    """The fields that are offered before they are given, and the field that says to whom."""
    return tuple((field.name, field.offer) for field in kind.fields.values() if field.offer)


@lru_cache(maxsize=1000)
def _fields_by_the_rule_of(kind: Kind) -> frozenset[str]:
    """The fields of a kind that are changed by its own rule."""
    return frozenset(name for name, field in kind.fields.items() if field.edit is None)


def _refused(decision: Decision) -> Problem:
    """Why a person may not write here at all: it is not theirs, or it is, but not on such a device."""
    return Problem("device_not_fit" if decision.rule.startswith("tier.") else "not_permitted")


def _is_note(kind: Kind, field_key: str) -> bool:
    field = kind.field_of(field_key)
    return field is not None and field.append_only


def judge_lock(locked_at: int | None, base: int) -> Problem | None:
    """Step 7: whoever wrote before the lock did nothing wrong, and is told so."""
    if locked_at is None:
        return None
    return Problem("locked_after_edit" if base < locked_at else "locked", details={"locked_at": locked_at})


def judge_move(
    schema: Schema,
    person: Person,
    kind: Kind,
    place: Place,
    values: Mapping[str, Any],
    seen: Mapping[str, list[Any]],
    context: Context = UNTOLD,
    shown: Mapping[str, Any] = NOTHING,
) -> Problem | None:
    """Step 6: may this person take the record's state where the save takes it? Judged from the state they saw.

    shown  what would be displayed: whoever stands there in the field that a step is `apart` from may not take it
    """
    if kind.states is None or kind.states.field not in values:
        return None
    name, initial = kind.states.field, kind.states.initial
    to = values[name] or initial
    origins = [value or initial for value in seen.get(name, [])] or [initial]
    if not any(move.to == to and set(origins) & set(move.origins) for move in kind.states.moves) and to not in origins:
        return Problem("illegal_move", name, {"from": sorted(set(origins)), "to": to})
    steps = [move for move in kind.states.moves if move.to == to and set(origins) & set(move.origins)]
    if steps and to not in origins and all(move.apart and shown.get(move.apart) == person.person for move in steps):
        return Problem("own_step", name)
    if decide_at(schema, person, "change", kind, place, state=(origins, to), context=context).allowed:
        return None
    return Problem("field_not_permitted", name)


def judge_rules(
    kind: Kind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    values: Mapping[str, Any],
    seen: Mapping[str, list[Any]],
    version: int,
    now: datetime,
) -> Problem | None:
    """Step 6: the rules across fields, judged on the record that would result.

    version  of the declaration that its author worked with: nobody is asked for a field that it did not have

    A problem that was there before, about a field this save does not write, is not held against it: two saves that
    merged into something invalid, or a declaration that became stricter, must not stop the next person's words.
    """
    today, instant = _today_and_now(now)
    problems = validate(kind, before, after, today, instant, values, seen)
    if not problems:
        return None
    touched = {key.partition(".")[0] for key in values}
    known = {(problem.code, problem.field) for problem in validate(kind, before, before, today, instant, {})}
    for problem in problems:
        field = (problem.field or "").partition(".")[0]
        if problem.code == "missing" and (kind.fields[field].since or 0) > version:
            continue
        if field in touched or not before or (problem.code, problem.field) not in known:
            return problem
    return None


@lru_cache(maxsize=1)
def _today_and_now(now: datetime) -> tuple[date, str]:
    # A phone's clock may be a little ahead; what it calls now and today must not be the future here.
    tolerant = now + timedelta(minutes=limits.CLOCK_AHEAD_MINUTES_MAX)
    return local_date(tolerant), written(tolerant)


def values_seen(
    field_keys: Collection[str], replaced: Mapping[str, list[Any]], live: list[Claim]
) -> dict[str, list[Any]]:
    """For each field key the values its author saw: those replaced, or the live ones where nothing was replaced.

    Of a new record there was nothing to be seen.
    """
    if not live and not replaced:
        return {}
    return {
        field_key: replaced.get(field_key) or [claim.value for claim in live if claim.field_key == field_key]
        for field_key in field_keys
    }
