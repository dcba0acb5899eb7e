"""Held saves beside the log: who is shown them, and when they are dealt with.

Not here: why a save is held (admit.py), and the entry itself (log.py).
"""

import json
from collections.abc import Mapping
from typing import Any

from sync import limits
from sync.lives import devices_followed
from sync.log import UNREAD, Entry, entry_of
from sync.store.store import Store

# A save refused for its shape or its signature cannot vouch for what its author had seen: what it replaced stays live,
# and a later save that names it shows up as a conflict, which is safe.
CANNOT_VOUCH = UNREAD


def hold(store: Store, entry: Entry) -> None:
    """Remember a held save for its author and supervisors. What it meant to replace stays in the log (rewrite.py)."""
    body = json.loads(entry.body)
    members = body if isinstance(body, dict) else {}
    problem, kind = entry.problem, members.get("kind")
    values = members.get("set")
    values = values if isinstance(values, dict) else {}
    field_keys = [key for key in values if len(key) <= limits.FIELD_KEY_CHARACTERS_MAX][: limits.SAVE_FIELDS_MAX]
    store.execute(
        "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
        (
            entry.id,
            entry.record,
            kind.encode("ascii", "replace").decode("ascii").replace("\0", "?") if isinstance(kind, str) else None,
            entry.person,
            entry.position,
            entry.received_at,
            int(bool(entry.facts.get("creates"))),
            json.dumps(entry.facts.get("scopes", [])),
            json.dumps(field_keys),
            problem.code if problem else "",
        ),
    )


def open_count(store: Store) -> int:
    """How many held saves nobody has dealt with."""
    return int(store.value("SELECT count(*) FROM held WHERE open = 1"))


def close_held(store: Store, record: str, person: str, device: str, values: Mapping[str, Any]) -> None:
    """A held save is dealt with when its author's later save of the same record writes all that it wrote, on the device
    that has it: on another they may not have seen it, and its words are for a desk to decide on.
    """
    held = store.rows(
        "SELECT save, field_keys FROM held WHERE record = ? AND person = ? AND open = 1",
        (record, person),
    )
    if not held:
        return
    devices = devices_followed(store, device)
    for save, field_keys in held:
        keys, entry = set(json.loads(field_keys)), entry_of(store, save)
        if keys and keys <= values.keys() and entry is not None and entry.device in devices:
            store.execute("UPDATE held SET open = 0 WHERE save = ?", (save,))
