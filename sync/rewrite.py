"""What a save replaces, in terms of accepted claims only (push step 8).

Not here: whether the save is accepted (admit.py). Reads the claims of accepted and of held saves.
"""

import json
from collections.abc import Mapping

from schema.model import Problem, Value
from sync import limits, log
from sync.record import Record
from sync.save import Save, save_key
from sync.store.sqlite import Store
from sync.verdicts import released_key

Replaces = dict[str, tuple[str, ...]]


def rewritten(store: Store, save: Save, before: Record | None) -> Replaces | Problem:
    """`replaces` of a save with accepted claims of the same field only.

    A held save's claim is replaced by what that claim had replaced, claim by claim and recursively: the author saw a
    value that the record never got, and through it the values it would have replaced. A key that nobody knows means
    that an earlier save is still on its way (unknown_replaces).
    """
    live = {(claim.field_key, claim.save_key) for claim in before.claims} if before else set()
    found: Replaces = {}
    for field_key, keys in save.replaces.items():
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
        row = store.row(
            "SELECT status, replaces FROM claim WHERE record = ? AND field_key = ? AND save_key = ?",
            (save.record, field_key, key),
        )
        if row is None:
            refused = _unknown(store, save, field_key, key)
            if refused is not None:
                return refused
        elif row[0] == "held":
            # Released since: whoever saw the held claim has seen what it became.
            released = released_key(store, save.record, field_key, key)
            waiting += [released] if released is not None else reversed(json.loads(row[1]))
        else:
            found[key] = None
    return tuple(found)


def _unknown(store: Store, save: Save, field_key: str, key: str) -> Problem | None:
    """A key that names no claim of the field: None for a held save that could not vouch for what its author saw."""
    client = int(key, 36)
    known = log.save_of_client(store, save.record, client) if save_key(client) == key else None
    if known is None:
        return Problem("unknown_replaces", field_key)
    # An accepted save that never wrote the field: no phone that tells the truth can have seen this.
    return None if known == "held" else Problem("malformed", field_key, {"member": "replaces"})


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
                value = json.loads(
                    store.value(
                        "SELECT value FROM claim WHERE record = ? AND field_key = ? AND save_key = ?",
                        (before.record, field_key, key),
                    )
                )
            found.setdefault(field_key, []).append(value)
    return found
