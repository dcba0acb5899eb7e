"""What a save replaces, in terms of accepted claims only (push step 8).

Not here: whether the save is accepted (admit.py). Reads the claims of accepted and of held saves.
"""

import json
from collections.abc import Mapping

from schema.model import Problem, Value
from sync import limits, log
from sync.held import CANNOT_VOUCH
from sync.log import Entry
from sync.record import Record
from sync.save import Save, client_of
from sync.store.store import Store
from sync.verdicts import released_key
from sync.waiting import MISSING

Replaces = dict[str, tuple[str, ...]]


def rewritten(store: Store, save: Save, before: Record | None, without_missing: bool = False) -> Replaces | Problem:
    """`replaces` of a save with accepted claims of the same field only.

    A held save's claim is replaced by what that claim had replaced, claim by claim and recursively: the author saw a
    value that the record never got, and through it the values it would have replaced. A key that nobody knows means
    that an earlier save is still on its way (unknown_replaces).

    without_missing  leave such keys out: what has never arrived cannot be replaced, and whatever stands stays beside it
    """
    live = {(claim.field_key, claim.save_key) for claim in before.claims} if before else set()
    found: Replaces = {}
    for field_key, keys in save.replaces.items():
        if without_missing:
            keys = tuple(key for key in keys if log.save_of_client(store, save.record, client_of(key)) is not None)
        followed = _followed(store, save, field_key, keys, live)
        if isinstance(followed, Problem):
            return followed
        found[field_key] = followed
    return found


def _followed(
    store: Store, save: Save, field_key: str, keys: tuple[str, ...], live: set[tuple[str, str]]
) -> tuple[str, ...] | Problem:
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(reversed(keys))
    while waiting and len(seen) < limits.HELD_CHAIN_STEPS_MAX:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        if (field_key, key) in live:
            found[key] = None
            continue
        entry = log.save_of_client(store, save.record, client_of(key))
        told = _told(store, save, field_key, key, entry)
        if isinstance(told, Problem):
            return told
        if told is None:
            found[key] = None
        else:
            waiting += reversed(told)
    return tuple(found)


def _told(store: Store, save: Save, field_key: str, key: str, entry: Entry | None) -> list[str] | Problem | None:
    """What a claim that is not live tells: None for an accepted one, else the keys that a held one stands for."""
    if entry is None:
        return Problem("unknown_replaces", field_key)
    is_held = entry.status == "held"
    if is_held and (entry.problem is None or entry.problem.code in CANNOT_VOUCH):
        return []
    body = json.loads(entry.body)
    if field_key not in body["set"]:
        # An accepted save that never wrote the field: no phone that tells the truth can have seen this.
        return [] if is_held else Problem("malformed", field_key, {"member": "replaces"})
    if not is_held:
        return None
    # Released since: whoever saw the held claim has seen what it became.
    released = released_key(store, save.record, field_key, key)
    if released is not None:
        return [released]
    replaced = body["replaces"].get(field_key, [])
    if entry.problem is not None and entry.problem.code == MISSING:
        # It was held because it waited for these in vain; who follows it need not wait for them once more.
        return [old for old in replaced if log.save_of_client(store, save.record, client_of(old)) is not None]
    return list(replaced)


def replaced_values(
    store: Store, before: Record | None, replaces: Mapping[str, tuple[str, ...]]
) -> dict[str, list[Value]]:
    """The values that a save replaces, for those fields where it replaces any: what its author saw there."""
    if before is None:
        return {}
    live = {(claim.field_key, claim.save_key): claim.value for claim in before.claims}
    found: dict[str, list[Value]] = {}
    for field_key, keys in replaces.items():
        for key in keys:
            if (field_key, key) in live:
                value = live[field_key, key]
            else:
                value = _replaced_value(store, before.record, field_key, key)
            found.setdefault(field_key, []).append(value)
    return found


def _replaced_value(store: Store, record: str, field_key: str, key: str) -> Value:
    entry = log.save_of_client(store, record, client_of(key))
    if entry is None:
        raise ValueError("a claim that was replaced is not in the log")
    return entry.facts.get("values", json.loads(entry.body)["set"])[field_key]
