"""Push: from a received save to its receipt, in the ten steps of the protocol.

Not here: the judgements themselves (admit.py), and what an accepted save does to the tables (materialise.py).
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from schema.access import UNTOLD, Context, is_hidden
from schema.model import Kind, Person, Problem, Schema, View
from schema.view import view_of, view_of_one
from sync import admit, feed, limits, log, people, waiting
from sync.ahead import Ahead
from sync.consents import judge_consent
from sync.destroyed import is_destroyed
from sync.epoch import is_behind
from sync.held import hold
from sync.hour_decisions import judge_hours
from sync.lives import Life, keep_life, keys_before, life_of
from sync.log import Entry
from sync.materialise import Accepted, Admitted, accept, projected
from sync.places import judge_places
from sync.received import Received, received, unread
from sync.record import Record, record_of
from sync.references import fields_naming_records, is_creation_held, judge_references, sees
from sync.rewrite import replaced_values, rewritten
from sync.save import PublicKey, Receipt, Save, canonical, kept_text, read_public_key, save_key
from sync.steps import judge_step
from sync.store.behind import written_behind
from sync.store.faults import fault_of
from sync.store.store import Store
from sync.times import written, wrong_minutes
from sync.verdicts import receipt_now
from sync.visibility import Place, has_moved_away, held_scopes, relation_of

RETRY = frozenset(("unknown_record", "unknown_replaces", "schema_newer", "base_ahead"))
UPGRADE = frozenset(("app_too_old",))


def refusal_of(saves: Sequence[Any], body_bytes: int = 0) -> Problem | None:
    """The problem of a push as a whole, if it has one; nothing of such a push is judged."""
    if len(saves) > limits.PUSH_SAVES_MAX:
        return Problem("too_many_saves", details={"saves": len(saves), "saves_max": limits.PUSH_SAVES_MAX})
    if body_bytes > limits.PUSH_BYTES_MAX:
        return Problem("request_too_large", details={"bytes": body_bytes, "bytes_max": limits.PUSH_BYTES_MAX})
    return None


@dataclass(slots=True)
class Push:
    """What stays the same for all saves of one push, what was read ahead, and the records whose first save must come
    again."""

    store: Store
    schema: Schema
    person: Person
    now: datetime
    at: str
    head: int
    ahead: Ahead
    chain: log.Chain
    life: Life
    retried: set[str]
    clock_minutes_ahead: int | None
    context: Context


def push(
    store: Store,
    schema: Schema,
    person: Person,
    saves: Sequence[Any],
    now: datetime,
    failed: Callable[[BaseException], None] | None = None,
    sent_at: datetime | None = None,
    context: Context = UNTOLD,
) -> list[Receipt]:
    """Judge each save in order and commit all that was decided; one receipt for each, in order.

    person  the author of every save; `person.device` names the device whose key must have signed them
    now     an aware instant
    sent_at  what the phone's clock said when it sent them, where it told
    context  what is known of the device
    failed  is told what our own code raised for a save; that one is then held for it, and the others are judged.
            Without somebody to tell, or where it fails at all of them, it ends the push.
    Never raises for anything a phone can send. When this returns, every receipt survives a power cut.
    """
    try:
        keys = _keys_of(store, person)
        several = received(saves, keys)
        with written_behind(store) as behind:
            # A save is judged before anything of it is written: a savepoint for each would change nothing.
            asked = _asked(behind, schema, person, now, set(), sent_at, context)
            asked.ahead.read(several, person.centre)
            return _receive_all(asked, several)
    except BaseException as error:
        if failed is None or not _is_ours(error):
            raise
        failed(error)
    return _one_by_one(store, schema, person, saves, now, failed, sent_at, context)


def _one_by_one(
    store: Store,
    schema: Schema,
    person: Person,
    saves: Sequence[Any],
    now: datetime,
    failed: Callable[[BaseException], None],
    sent_at: datetime | None,
    context: Context,
) -> list[Receipt]:
    """Judge saves of which one at least makes our own code fail, each in a step of its own, with nothing read ahead.

    Where it fails at every one of them, the fault is not in a save: nothing is held, and the phone sends them again.
    """
    keys, receipts, retried, failures = _keys_of(store, person), list[Receipt](), set[str](), 0
    with store.atomic():
        for raw in saves:
            one = unread(raw)
            try:
                with store.atomic():
                    (one,) = received([raw], keys)
                    receipts += _receive_all(_asked(store, schema, person, now, retried, sent_at, context), [one])
            except BaseException as error:
                if not _is_ours(error):
                    raise
                failures += 1
                if failures == len(saves):
                    raise
                failed(error)
                problem = Problem("not_judged") if isinstance(one.save, Save) else one.save
                asked = _asked(store, schema, person, now, retried, sent_at, context)
                receipts.append(_hold(asked, one, problem))
    return receipts


def _is_ours(error: BaseException) -> bool:
    """Whether our code or the engine failed, and not the disk, the database, or somebody who stops the process."""
    is_panic = type(error).__module__ == "pyo3_runtime"
    return (is_panic or isinstance(error, Exception)) and fault_of(error) is None


def _keys_of(store: Store, person: Person) -> list[PublicKey]:
    """The keys that count for this push: the device's own, then of those that it follows on and whose outbox it has."""
    device = people.device_of(store, person.device, delivering=True)
    if device is None or device[0] != person.person:
        return []
    return [read_public_key(key) for key in (device[1], *keys_before(store, person.person, person.device))]


def _asked(
    store: Store,
    schema: Schema,
    person: Person,
    now: datetime,
    retried: set[str],
    sent_at: datetime | None,
    context: Context,
) -> Push:
    ahead, chain, life = Ahead(store, schema), log.Chain(store), life_of(store, person.device)
    minutes = wrong_minutes(sent_at, now)
    return Push(
        store, schema, person, now, written(now), feed.head(store), ahead, chain, life, retried, minutes, context
    )


def _receive_all(asked: Push, several: Sequence[Received]) -> list[Receipt]:
    before = deepcopy(asked.life)
    receipts = [_receive(asked, one) for one in several]
    if asked.life != before:
        keep_life(asked.store, asked.person.device, asked.life)
    return receipts


def _receive(asked: Push, one: Received) -> Receipt:
    """The receipt of one save; everything it changes is written."""
    # 1. Known id: the stored receipt again, or what was decided on it since. For other words under that id it would be
    # a lie: they are kept beside the first.
    one, known = _known(asked, one)
    if known is not None and not _is_the_same(known, one.raw):
        one = replace(one, name=f"{one.name}:{log.digest(kept_text(one.raw))}")
        known = log.entry_of(asked.store, one.name)
        if known is None:
            return _hold(asked, replace(one, client=None, signed=None), Problem("id_reused"))
    if known is not None:
        return replace(receipt_now(asked.store, known), save=one.told)

    # 2. A client number used twice would lose the later honest edit for ever.
    if one.record and one.client and _is_client_used(asked, one.record, one.client):
        return _hold(asked, replace(one, client=None, signed=None), Problem("client_reused"))

    # 3. Signature, shape, limits.
    if isinstance(one.save, Problem):
        return _hold(asked, one, one.save)

    admitted = _judge(asked, one.save, one.name)
    if isinstance(admitted, Problem):
        admitted = _waited(asked, one, admitted)
        if admitted.code not in RETRY | UPGRADE:
            return _hold(asked, one, admitted)
        if admitted != Problem("unknown_record"):
            # It may be the first save of its record: what follows it must wait, and not pass for the first.
            asked.retried.add(one.save.record)
        return Receipt(one.told, "retry" if admitted.code in RETRY else "upgrade_required", None, admitted)

    # 9. Apply. 10. Write what follows, allocate the revision last, then the log row; `push` commits, then answers.
    revision = accept(asked.store, asked.schema, admitted)
    asked.ahead.accepted(admitted)
    accepted = admitted.accepted
    facts: dict[str, Any] = {"centre": accepted.centre, "creates": admitted.before is None}
    if accepted.values != one.save.set:
        facts["values"] = accepted.values
    if accepted.replaces != one.save.replaces:
        facts["replaces"] = accepted.replaces
    _append(asked, one, "accepted", revision, None, facts)
    return Receipt(one.told, "accepted", revision)


def _waited(asked: Push, one: Received, problem: Problem) -> Problem:
    """The same problem; where it has kept the save waiting for an earlier one too long, the reason to hold it."""
    if problem.code not in waiting.FOR_ANOTHER:
        return problem
    since = asked.ahead.waiting_since(one.name)
    if since is None:
        waiting.begin(asked.store, one.name, asked.at)
        asked.ahead.waits(one.name, asked.at)
        return problem
    if isinstance(one.save, Save) and one.save.record in asked.retried:
        # The earlier one came in this push, and waits for something else itself: nothing is missing.
        return problem
    return waiting.given_up(problem, since, asked.now) or problem


def _known(asked: Push, one: Received) -> tuple[Received, Entry | None]:
    """The entry of a save that was received before, and the save by the name it has or would have in the log."""
    known = log.entry_of(asked.store, one.name) if asked.ahead.is_received(one.name) else None
    if known is None or (known.entry == "save" and known.person == asked.person.person):
        return one, known
    # Somebody else's id: kept under a name of its own, so that nobody is told what became of another's save.
    one = replace(one, name=f"{one.name}:{asked.person.person}")
    return one, log.entry_of(asked.store, one.name)


def _is_client_used(asked: Push, record: str, client: int) -> bool:
    return asked.ahead.is_heard_of(record) and log.is_client_used(asked.store, record, client, asked.person.person)


def _is_the_same(known: Entry, raw: Any) -> bool:
    """Whether what came is what was received before under its id; another signature over the same words is no other.

    Of what was destroyed nobody knows; the words are not taken in again.
    """
    if known.is_destroyed or known.body == kept_text(raw):
        return True
    try:
        return isinstance(raw, dict) and known.body == canonical(raw).decode("utf-8")
    except ValueError:
        return False


def _judge(asked: Push, save: Save, name: str) -> Admitted | Problem:
    """Steps 4 to 8: what is to be applied, or why not."""
    store, schema, person = asked.store, asked.schema, asked.person
    if is_behind(store, save.base, asked.head):
        # An older copy lies here. Accepted, the save would get a revision that its phone believes to have seen already.
        return Problem("base_ahead")
    kind = schema.kinds.get(save.kind)
    if kind is None:
        return Problem("unknown_kind")
    is_heard_of = asked.ahead.is_heard_of(save.record)
    before = record_of(store, schema, save.record) if is_heard_of else None

    if before is not None and _is_hidden_from(asked, save, before):
        # Whoever is not named in it is answered as if it did not exist.
        return Problem("unknown_record")

    # 4. An unknown record: is this its first save, or is that one held, or still on its way?
    if before is None:
        if is_heard_of and is_destroyed(store, save.record):
            was_theirs = has_moved_away(store, schema, person, save.record, asked.context)
            return Problem("record_destroyed" if was_theirs else "unknown_record")
        waits = _waits_for_first(asked, kind, save)
        if waits is not None:
            return waits
    elif before.kind is not kind:
        return Problem("malformed", details={"member": "kind"})

    # 5. The version of the declaration it was written by.
    refused = admit.judge_version(kind, save)
    if refused is not None:
        return refused

    # 8. What it replaces, early: the rules across fields are judged on the record that results.
    replaces = rewritten(store, save, before)
    if isinstance(replaces, Problem):
        return replaces

    # 6. Each field and value, then who may, then the rules across fields.
    values = admit.normal_values(kind, save)
    if isinstance(values, Problem):
        return values
    centre = before.centre if before else person.centre
    accepted = Accepted(
        save=name,
        record=save.record,
        kind=kind,
        client=save.client,
        made_at=save.made_at,
        values=values,
        replaces=replaces,
        person=person.person,
        centre=centre,
        at=asked.at,
        device=person.device,
    )
    claims = projected(before, accepted) if before else []
    view = view_of(kind, claims) if before else view_of_one(kind, values)
    old_view = before.view() if before else View({}, {})
    live = before.claims if before else []
    seen = admit.values_seen(values, replaced_values(store, before, replaces), live)
    context = asked.context
    refused = judge_references(asked.ahead.named, schema, person, kind, centre, values, old_view.values, context)
    if before is None:
        relation = relation_of(asked.ahead.paths, schema, kind, view.values, person.person)
        place = Place(centre, relation)
        refused = refused or admit.judge_creation(schema, person, kind, place, view.values, context)
    else:
        relation = None
        place = admit.place_for(kind, person, Place(centre, before.relation), old_view.values)
        is_first = save.base == 0 and not any(save.replaces.values())
        refused = _judge_change(asked, before, place, values, old_view, is_first) or refused
    refused = (
        refused
        or admit.judge_move(schema, person, kind, place, values, seen, context, view.values)
        or admit.judge_rules(kind, old_view.values, view.values, values, seen, save.schema, asked.now)
        or judge_consent(store, schema, kind, save.record, view.values, values, save.schema, save.made_at, asked.now)
        or judge_step(store, schema, kind, save.record, view.values, values, seen)
        or judge_places(store, kind, save.record, old_view.values, view.values, values, asked.now)
        or judge_hours(store, kind, save.record, centre, old_view.values, view.values, values, asked.now)
        # 7. The lock.
        or admit.judge_lock(before.locked_at if before else None, save.base)
    )
    is_alone = before is None and asked.ahead.agreements.is_alone(kind, view.values)
    named = {view.values[name] for name in fields_naming_records(kind) if name in view.values}
    names_listed = asked.ahead.named.are_listed(named)
    return refused or Admitted(
        before, accepted, claims, view, old_view, relation, not is_heard_of, is_alone, names_listed
    )


def _waits_for_first(asked: Push, kind: Kind, save: Save) -> Problem | None:
    """Step 4: None when this save may be the first of its record.

    A first save says so by `scopes`. Without, it must have base 0, replace nothing and bring every required field, so
    that what merely follows is never taken for the first. Where an earlier creation is held, such a save may make the
    record anew.
    """
    if save.record in asked.retried:
        return Problem("unknown_record")
    required = _required(kind)
    is_whole = bool(required) and all(name in save.set for name in required)
    if asked.ahead.is_heard_of(save.record) and is_creation_held(asked.store, save.record):
        is_remade = save.base == 0 and (save.scopes is not None or is_whole)
        return None if is_remade else Problem("depends_on_held")
    is_follower = save.base > 0 or any(save.replaces.values()) or not is_whole
    return Problem("unknown_record") if is_follower and save.scopes is None else None


@cache
def _required(kind: Kind) -> tuple[str, ...]:
    return tuple(name for name, declared in kind.fields.items() if declared.required)


def _judge_change(
    asked: Push, before: Record, place: Place, values: dict[str, Any], old_view: View, is_first: bool
) -> Problem | None:
    schema, person, context = asked.schema, asked.person, asked.context
    shown = old_view.values
    refused = admit.judge_change(schema, person, before, place, values, old_view.conflicts, context, shown, is_first)
    if refused is None or refused.code == "device_not_fit" or sees(schema, person, before, "carry", context):
        return refused
    moved = has_moved_away(asked.store, schema, person, before.record, context)
    return Problem("out_of_scope" if moved else "not_permitted")


def _hold(asked: Push, one: Received, problem: Problem) -> Receipt:
    """A refusal is a stored row: the save as received, and the reason."""
    record = record_of(asked.store, asked.schema, one.record, with_claims=False) if one.record else None
    name = one.raw.get("kind") if isinstance(one.raw, dict) else None
    kind = asked.schema.kinds.get(name) if isinstance(name, str) else None
    is_theirs = record is not None and (
        sees(asked.schema, asked.person, record, "carry", asked.context)
        or has_moved_away(asked.store, asked.schema, asked.person, record.record, asked.context)
        or _has_seen(asked, one.save, record)
    )
    # Whoever has nothing to do with a record shall not reach the desks that have.
    centre, team = (record.centre, record.relation.team) if record is not None and is_theirs else (None, None)
    facts = {
        "scopes": held_scopes(asked.schema, asked.person, kind, centre, team),
        "creates": record is None and one.record is not None,
    }
    hold(asked.store, _append(asked, one, "held", None, problem, facts))
    return Receipt(one.told, "held", None, problem)


def _is_hidden_from(asked: Push, save: Save, record: Record) -> bool:
    """Whether this person must not learn that a record exists: it is none of theirs, and never was."""
    if not is_hidden(asked.schema, record.kind) or asked.person.person in record.relation.own:
        return False
    was_theirs = has_moved_away(asked.store, asked.schema, asked.person, record.record, asked.context)
    return not was_theirs and not _has_seen(asked, save, record)


def _has_seen(asked: Push, save: Save | Problem, record: Record) -> bool:
    """Whether the author had the record, although their role has ended since: it is theirs, or they name a save of it.

    Nobody guesses the 32 bits of a save key.
    """
    if asked.person.person in record.relation.own:
        return True
    named = {key for keys in save.replaces.values() for key in keys} if isinstance(save, Save) else set()
    return bool(named) and any(save_key(client) in named for client in log.clients_after(asked.store, record.record, 0))


def _append(
    asked: Push, one: Received, status: str, revision: int | None, problem: Problem | None, facts: dict[str, Any]
) -> Entry:
    signature = one.raw.get("signature") if isinstance(one.raw, dict) else None
    if asked.clock_minutes_ahead is not None:
        facts |= {"clock_minutes_ahead": asked.clock_minutes_ahead}
    if isinstance(one.save, Save) and one.signed is not None:
        asked.life.note(one.save.device_sequence, asked.at)
    entry = Entry(
        position=log.next_position(asked.store),
        entry="save",
        id=one.name,
        record=one.record,
        client=one.client,
        person=asked.person.person,
        device=asked.person.device,
        received_at=asked.at,
        status=status,
        revision=revision,
        problem=problem,
        facts=facts,
        body=kept_text(one.raw) if one.signed is None else one.signed.decode("utf-8"),
        # Of a save that could not be read, the signature is kept inside the text, whatever it was.
        signature=None if one.signed is None else signature,
    )
    asked.chain.append(entry)
    asked.ahead.appended(one)
    if asked.ahead.waiting_since(one.name) is not None:
        waiting.end(asked.store, one.name)
    return entry
