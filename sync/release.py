"""Decisions on held saves: release, release with an edit, reject, and the author's own withdrawal.

Not here: what a verdict does to the tables (verdicts.py), and why a save is held in the first place (admit.py).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from schema.access import UNTOLD
from schema.model import Claim, Kind, Person, Problem, Schema, View
from schema.view import view_of
from sync import admit, limits, log, people
from sync.consents import judge_consent
from sync.destroyed import is_destroyed
from sync.held import CANNOT_VOUCH
from sync.hour_decisions import judge_hours, refusal_to_move
from sync.log import Entry
from sync.materialise import Accepted, fold, projected
from sync.places import judge_places
from sync.record import Record, record_of
from sync.references import Named, judge_references
from sync.rewrite import replaced_values, rewritten
from sync.save import Save, canonical, read_save
from sync.steps import judge_step
from sync.store.store import Store, can_keep
from sync.times import written
from sync.verdicts import Verdict, verdict_of
from sync.visibility import Paths, Place, Relation, decide_at, desk_scopes, relation_of
from sync.waiting import MISSING

VERDICTS = ("release", "reject", "withdraw")
# Reasons about who may, not about what is true. Whoever releases such a save stands for it with a right of their own.
WHO_MAY = frozenset(("not_permitted", "field_not_permitted", "out_of_scope", "illegal_move"))
# A rule of the centre that lets in what somebody who answers for it has looked at.
LET_IN = frozenset(("month_closed",))
LOCKS = frozenset(("locked", "locked_after_edit"))


@dataclass(frozen=True)
class HeldDecision:
    """What somebody decided on a held save.

    id        drawn by the desk; sent again, it gets the same answer
    save      the held save, by the name the review list gives
    revision  of its record as it was seen, 0 for a record that does not exist
    verdict   release | reject | withdraw
    set       {field key: value}: what is released with another value than its author's
    sentence  for the author; a rejection needs one
    """

    id: str
    save: str
    revision: int
    verdict: str
    set: Mapping[str, Any] = field(default_factory=dict)
    sentence: str | None = None


@dataclass(frozen=True)
class Held:
    """One held save that nobody has dealt with, and what concerns it."""

    entry: Entry
    problem: Problem
    save: Save | None
    kind: Kind | None
    before: Record | None
    author: Person

    @property
    def waits_for_first(self) -> bool:
        """Whether it can go nowhere because the first save of its own record is held."""
        return self.before is None and self.problem.code == "depends_on_held" and self.problem.field is None


@dataclass(frozen=True)
class Part:
    """A save that a release writes: the author's values, or those of who released it."""

    name: str
    person: str
    made_at: str
    values: Mapping[str, Any]
    replaces: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Asked:
    """What stays the same while one decision is taken."""

    store: Store
    schema: Schema
    person: Person
    now: datetime
    at: str


def decide_held(
    store: Store, schema: Schema, person: Person, decision: HeldDecision, now: datetime
) -> Verdict | Problem:
    """Take one decision on a held save; what has become of it, or why nothing has.

    A release is judged as the save would be today, except for the reason that held it: for a reason about who may,
    the right of whoever releases takes its place; a lock is opened by who may review. What is not true (a date to
    come, a missing answer) is never waived: it is released with an edit. Refused when the save is dealt with already
    (already_decided) or its record is not as it was seen (revision_moved).
    """
    if not _is_shape(decision):
        return Problem("query_refused", details={"reason": "decision"})
    asked = Asked(store, schema, person, now, written(now))
    with store.atomic():
        known = log.entry_of(store, decision.id)
        if known is not None:
            return _answer_again(store, known, person)
        held = held_save(store, schema, decision.save)
        if held is None or not is_shown(store, person, held):
            return Problem("not_found")
        refused = _refusal(asked, held, decision)
        parts = refused or (_judged(asked, held, decision) if decision.verdict == "release" else [])
        if isinstance(parts, Problem):
            _append(asked, held, _body(decision), "refused", problem=parts)
            return parts
        _apply(asked, held, decision, parts)
        _tell_followers(asked, held, decision)
        found = verdict_of(store, held.entry.id)
        if found is None:
            raise ValueError(f"the verdict on {held.entry.id} was not written")
        return found


def held_save(store: Store, schema: Schema, save: str) -> Held | None:
    """A save that was held, with its reason as of now; None when no such save was."""
    entry = log.entry_of(store, save)
    if entry is None or entry.entry != "save" or entry.status != "held" or entry.problem is None:
        return None
    verdict = verdict_of(store, save)
    problem = verdict.problem if verdict and verdict.verdict == "keep" and verdict.problem else entry.problem
    found: Save | None = None
    if entry.problem.code not in CANNOT_VOUCH:
        readable = read_save({**json.loads(entry.body), "signature": entry.signature})
        found = None if isinstance(readable, Problem) else readable[0]
    before = record_of(store, schema, entry.record) if entry.record else None
    memberships = people.memberships_of(store, entry.person)
    centre = before.centre if before else next((held.centre for held in memberships), "")
    author = Person(entry.person, people.name_of(store, entry.person), centre, memberships, entry.device)
    return Held(entry, problem, found, schema.kinds.get(found.kind) if found else None, before, author)


def is_shown(store: Store, person: Person, held: Held) -> bool:
    """Whether a person is one of those who are shown a held save, dealt with or not."""
    scopes = store.value("SELECT scopes FROM held WHERE save = ?", (held.entry.id,))
    return scopes is not None and not set(json.loads(scopes)).isdisjoint(desk_scopes(person))


def may_decide(schema: Schema, person: Person, held: Held) -> bool:
    """Whether a person may decide: who reviews or settles where the record is, or where its author was."""
    kinds = [held.kind] if held.kind else list(schema.kinds.values())
    return any(
        decide_at(schema, person, verb, kind, place).allowed
        for kind in kinds
        for place in _places(held)
        for verb in ("review", "settle")
    )


def _places(held: Held) -> list[Place]:
    """Where a held save is answered for. Who lost the record writes from where they are, and both sides decide."""
    if held.before is not None:
        here = [Place(held.before.centre, held.before.relation)]
        if held.problem.code not in ("out_of_scope", "not_permitted"):
            return here
    else:
        here = []
    own = frozenset((held.author.person,)) | (held.before.relation.own if held.before else frozenset())
    teams = dict.fromkeys((membership.centre, membership.team) for membership in held.author.memberships)
    return here + [Place(centre, Relation(team, own)) for centre, team in teams]


def _is_shape(decision: HeldDecision) -> bool:
    texts = (
        (decision.id, limits.DECISION_ID_CHARACTERS_MAX),
        (decision.save, limits.HELD_NAME_CHARACTERS_MAX),
        (decision.sentence or "", limits.DECISION_SENTENCE_CHARACTERS_MAX),
    )
    if any(len(text) > most or not can_keep(text) for text, most in texts):
        return False
    try:
        set_bytes = len(canonical(decision.set))
    except ValueError:
        return False
    return (
        bool(decision.id)
        and decision.verdict in VERDICTS
        and (decision.verdict == "release" or not decision.set)
        and len(decision.set) <= limits.SAVE_FIELDS_MAX
        and set_bytes <= limits.SAVE_BYTES_MAX
    )


def _answer_again(store: Store, known: Entry, person: Person) -> Verdict | Problem:
    if known.person != person.person or known.entry != "verdict":
        return Problem("query_refused", details={"reason": "decision"})
    found = None if known.is_destroyed else verdict_of(store, json.loads(known.body)["save"])
    if known.problem is not None or found is None:
        return known.problem or Problem("not_found")
    return found


def _refusal(asked: Asked, held: Held, decision: HeldDecision) -> Problem | None:
    """Why this person cannot take this decision now, whatever the save says."""
    if decision.verdict == "withdraw":
        if held.author.person != asked.person.person:
            return Problem("cannot_decide")
    elif not may_decide(asked.schema, asked.person, held):
        return Problem("cannot_decide")
    if not asked.store.value("SELECT open FROM held WHERE save = ?", (held.entry.id,)):
        return _already(asked.store, held)
    if decision.verdict != "release":
        needs = decision.verdict == "reject" and not (decision.sentence or "").strip()
        return Problem("needs_reason") if needs else None
    seen, before = decision.revision, held.before
    if before is None:
        return Problem("revision_moved", details={"revision": 0}) if seen else None
    if not before.moved_revision <= seen <= before.revision:
        return Problem("revision_moved", details={"revision": before.revision})
    return None


def _already(store: Store, held: Held) -> Problem:
    """Who decided, and how; without a verdict it was the author, who wrote it anew."""
    found = verdict_of(store, held.entry.id)
    if found is None:
        return Problem("already_decided", details={"verdict": "remade", "by_name": held.author.name})
    return Problem("already_decided", details={"verdict": found.verdict, "by_name": found.by_name, "at": found.at})


def _judged(asked: Asked, held: Held, decision: HeldDecision | None) -> list[Part] | Problem:
    """The saves that let a held one in, or why it cannot be let in.

    decision  None for a follower, which nobody vouches for: it is judged as its author would be
    """
    store, save, kind, before = asked.store, held.save, held.kind, held.before
    if save is None or kind is None or (before is not None and before.kind is not kind):
        return Problem("cannot_release")
    if before is None and is_destroyed(store, save.record):
        return Problem("record_destroyed")
    if held.waits_for_first:
        return held.problem
    edits = admit.normal_values(kind, replace(save, set=decision.set, schema=kind.version)) if decision else {}
    if isinstance(edits, Problem):
        return edits
    kept = {key: value for key, value in save.set.items() if key not in edits}
    meant = replace(save, set=kept, replaces={key: keys for key, keys in save.replaces.items() if key in kept})
    values = admit.normal_values(kind, meant)
    if isinstance(values, Problem):
        return values
    replaces = rewritten(store, meant, before, without_missing=held.problem.code == MISSING)
    if isinstance(replaces, Problem):
        return replaces
    live = before.claims if before else []
    chosen = {key: tuple(sorted(claim.save_key for claim in live if claim.field_key == key)) for key in edits}
    parts = [
        Part("author", held.author.person, save.made_at, values, replaces),
        Part(
            "edit", asked.person.person, _stamp(asked.now), edits, {key: keys for key, keys in chosen.items() if keys}
        ),
    ]
    parts = [part for part in parts if part.values]
    return _refused_parts(asked, held, parts, released=decision is not None) or parts


def _refused_parts(asked: Asked, held: Held, parts: Sequence[Part], released: bool) -> Problem | None:
    """Who may write these parts, whether the record that results is right, and whether its lock may be opened."""
    store, schema, kind, before = asked.store, asked.schema, held.kind, held.before
    if kind is None or held.save is None:
        return Problem("cannot_release")
    centre = before.centre if before else held.author.centre
    claims: list[Claim] = list(before.claims) if before else []
    seen: dict[str, list[Any]] = {}
    for part in parts:
        replaced = replaced_values(store, before, part.replaces)
        seen |= admit.values_seen(part.values, replaced, before.claims if before else [])
        claims = _with(before, claims, part, kind, centre)
    old_view = before.view() if before else View({}, {})
    view = view_of(kind, claims)
    relation = before.relation if before else relation_of(Paths(store), schema, kind, view.values, held.author.person)
    here = Place(centre, relation)
    for part in parts:
        # Whose right it is: the author's own, or where that was the reason, the right of who releases it.
        rights = [(held.author if part.name == "author" else asked.person, here)]
        if part.name == "author" and released and held.problem.code in WHO_MAY:
            rights = [(asked.person, place) for place in ([here] if before is None else _places(held))] + rights
        refusals = [_refusal_of_person(asked, held, one, place, part, view, old_view, seen) for one, place in rights]
        if all(refusals):
            return refusals[0]
    everything = {key: value for part in parts for key, value in part.values.items()}
    wrong = admit.judge_rules(kind, old_view.values, view.values, everything, seen, held.save.schema, asked.now)
    wrong = wrong or judge_consent(
        store, schema, kind, held.save.record, view.values, everything, held.save.schema, held.save.made_at, asked.now
    )
    wrong = wrong or judge_step(store, schema, kind, held.save.record, view.values, everything, seen)
    wrong = wrong or judge_places(store, kind, held.save.record, old_view.values, view.values, everything, asked.now)
    wrong = wrong or judge_hours(
        store,
        kind,
        held.save.record,
        centre,
        old_view.values,
        view.values,
        everything,
        asked.now,
        is_let_in=released and held.problem.code in LET_IN,
    )
    if wrong is not None or before is None or before.locked_at is None:
        return wrong
    opens = released and held.problem.code in LOCKS
    if opens and decide_at(schema, asked.person, "review", kind, here).allowed:
        # It is certified no more from then on, until somebody looks again.
        is_certified = before.review is not None and before.review.state == "approved"
        return refusal_to_move(store, before, is_certified, becomes_certified=False)
    return Problem("cannot_decide") if opens else admit.judge_lock(before.locked_at, held.save.base)


def _refusal_of_person(
    asked: Asked,
    held: Held,
    person: Person,
    place: Place,
    part: Part,
    view: View,
    old_view: View,
    seen: Mapping[str, list[Any]],
) -> Problem | None:
    """Why one person may not write one part."""
    schema, kind = asked.schema, held.kind
    if kind is None:
        return Problem("cannot_release")
    wrong = judge_references(Named(asked.store), schema, person, kind, place.centre, part.values, old_view.values)
    if wrong is None and held.before is None:
        wrong = admit.judge_creation(schema, person, kind, place, view.values)
    elif wrong is None and held.before is not None:
        # What another phone had begun too: it says of some fields what they say already, as in push.
        save = held.save
        is_first = part.name == "author" and save is not None and save.base == 0 and not any(save.replaces.values())
        shown = old_view.values if is_first else admit.NOTHING
        values, conflicts = part.values, old_view.conflicts
        wrong = admit.judge_change(schema, person, held.before, place, values, conflicts, UNTOLD, shown, is_first)
    return wrong or admit.judge_move(schema, person, kind, place, part.values, seen, shown=view.values)


def _with(before: Record | None, claims: list[Claim], part: Part, kind: Kind, centre: str) -> list[Claim]:
    """The claims that would stand after one more part. No field is in two parts, so that one save key will do."""
    accepted = Accepted("", "", kind, 1, part.made_at, part.values, part.replaces, part.person, centre, "")
    if before is None:
        return claims + projected(None, accepted)
    return projected(replace(before, claims=claims), accepted)


def _apply(asked: Asked, held: Held, decision: HeldDecision, parts: Sequence[Part], because: str | None = None) -> None:
    """Write the verdict, then the saves that it lets in."""
    opens = bool(parts) and held.before is not None and held.before.locked_at is not None
    facts: dict[str, Any] = {"told": held.save.id if held.save else held.entry.id}
    if opens:
        facts["opens"] = True
    if because:
        facts["because"] = because
    _append(asked, held, _body(decision), "accepted", facts=facts)
    for part in parts:
        _write(asked, held, decision, part)


def _write(asked: Asked, held: Held, decision: HeldDecision, part: Part) -> None:
    """One save on the author's behalf, or of who released it; it names the original."""
    if held.save is None or held.kind is None:
        raise ValueError(f"{held.entry.id} cannot be released")
    store, record = asked.store, held.save.record
    before = record_of(store, asked.schema, record, with_claims=False)
    client = _free_client(store, record, decision.id, part.name)
    id = _id_from(decision.id, part.name, client)
    save = {
        "id": id,
        "record": record,
        "kind": held.kind.name,
        "schema": held.kind.version,
        "device_sequence": 0,
        "client": client,
        "base": before.revision if before else 0,
        "made_at": part.made_at,
        "set": dict(part.values),
        "replaces": {key: list(keys) for key, keys in part.replaces.items() if keys},
    }
    entry = Entry(
        position=log.next_position(store),
        entry="save",
        id=id,
        record=record,
        client=client,
        person=part.person,
        device=asked.person.device,
        received_at=asked.at,
        status="accepted",
        revision=None,
        problem=None,
        facts={
            "centre": before.centre if before else held.author.centre,
            "creates": before is None,
            "releases": held.entry.id,
            "released_by": asked.person.person,
            "verdict": decision.id,
            "part": part.name,
        },
        body=canonical(save).decode("utf-8"),
        signature=None,
    )
    log.append(store, log.completed(entry, fold(store, asked.schema, entry), entry.facts))


def _append(
    asked: Asked,
    held: Held,
    body: Mapping[str, Any],
    status: str,
    facts: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
) -> None:
    """Log one verdict, applied unless it is refused."""
    entry = Entry(
        position=log.next_position(asked.store),
        entry="verdict",
        id=body["id"],
        record=held.entry.record,
        client=None,
        person=asked.person.person,
        device=asked.person.device,
        received_at=asked.at,
        status=status,
        revision=None,
        problem=problem,
        facts=dict(facts or {}),
        body=json.dumps(body, ensure_ascii=False, sort_keys=True),
        signature=None,
    )
    revision = fold(asked.store, asked.schema, entry)
    log.append(asked.store, log.completed(entry, revision, entry.facts))


def _body(decision: HeldDecision) -> dict[str, Any]:
    return {
        "id": decision.id,
        "save": decision.save,
        "revision": decision.revision,
        "verdict": decision.verdict,
        "set": dict(decision.set),
        "sentence": decision.sentence,
    }


def _tell_followers(asked: Asked, held: Held, decision: HeldDecision) -> None:
    """Saves that waited for this one are taken in, held for a reason of their own, or sent back with it."""
    waiting, steps = [(held, decision)], 0
    while waiting and steps < limits.HELD_FOLLOWERS_MAX:
        first, cause = waiting.pop(0)
        exists = first.entry.record is not None and record_of(asked.store, asked.schema, first.entry.record) is not None
        if first.before is not None or (cause.verdict == "release" and not exists):
            continue
        for follower in _followers(asked, first):
            steps += 1
            told = _told(asked, follower, cause)
            if told is not None:
                waiting.append((follower, told))


def _followers(asked: Asked, first: Held) -> list[Held]:
    names = asked.store.rows("SELECT save FROM held WHERE open = 1 AND problem = 'depends_on_held' ORDER BY position")
    found = (held_save(asked.store, asked.schema, name) for (name,) in names)
    return [one for one in found if one is not None and _follows(one, str(first.entry.record))]


def _follows(one: Held, record: str) -> bool:
    if one.save is None or one.problem.code != "depends_on_held":
        return False
    return one.save.record == record if one.problem.field is None else one.save.set.get(one.problem.field) == record


def _told(asked: Asked, follower: Held, cause: HeldDecision) -> HeldDecision | None:
    """What the decision on one save means for another that waited for it; None when it goes on waiting as before."""
    id = _id_from(cause.id, follower.entry.id, 0)
    if cause.verdict != "release":
        told = HeldDecision(id, follower.entry.id, 0, cause.verdict, {}, cause.sentence)
        _apply(asked, follower, told, [], because=cause.id)
        return told
    parts = _judged(asked, follower, None)
    if isinstance(parts, Problem):
        if parts.code in ("depends_on_held", "unknown_record", "unknown_replaces"):
            return None
        kept = json.loads(log.problem_text(parts))
        facts = {"told": follower.save.id if follower.save else follower.entry.id, "because": cause.id, "problem": kept}
        body = {**_body(HeldDecision(id, follower.entry.id, 0, "keep")), "set": {}}
        _append(asked, follower, body, "accepted", facts=facts)
        return None
    told = HeldDecision(id, follower.entry.id, 0, "release")
    _apply(asked, follower, told, parts, because=cause.id)
    return told


def _stamp(now: datetime) -> str:
    return f"{int(now.timestamp() * 1000):013d}-0000"


def _free_client(store: Store, record: str, decision: str, part: str) -> int:
    """A client number that no save of the record has, the same whenever the same decision is taken."""
    for step in range(limits.CLIENT_TRIES_MAX):
        number = int.from_bytes(hashlib.sha256(f"{decision}/{part}/{step}".encode()).digest()[:4], "big")
        if number and not log.is_client_used(store, record, number):
            return number
    raise ValueError("no free client number")


def _id_from(decision: str, part: str, number: int) -> str:
    """An id in the form of a save's, that follows from a decision: taken again, it would be the same save."""
    text = hashlib.sha256(f"{decision}/{part}/{number}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-7{text[13:16]}-a{text[17:20]}-{text[20:32]}"
